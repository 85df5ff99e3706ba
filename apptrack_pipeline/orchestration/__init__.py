"""What the stages' Dagster code shares.

`work.py` is the loop of a partitioned stage: claim what is due, one transaction per application, the truth
about each partition. `partitions.py` turns due rows into runs over neighbouring partitions. `stretches.py`
is the pure part of that. `mail_days.py` and, pure, `days.py` do the same for the days of mail. `schema.py`
shows each table's columns in Dagster's UI.
"""
