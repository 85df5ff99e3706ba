"""What happened to an application: the ledger of events and the history of runs.

`ledger.py` appends events in the transaction of the work that they speak of, each dated by when it
happened. `runs.py` keeps one row per run, application and stage. A ledger that fails costs no work, and is
counted: the check `no_lost_events` reports it.
"""
