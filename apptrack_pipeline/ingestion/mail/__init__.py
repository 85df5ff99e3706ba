"""How mail comes in: every job mail once, none lost, each one read right.

`mailbox.py` is the port; `imap.py` and `files.py` stand behind it. `message.py` says what a message is,
`reading.py` makes one of raw bytes, however broken; `classify.py` says what it is about, `extract.py` which
company, title and posting it names, `signals.py` what both come to. `assets.py` and `sensors.py` run that for
what is new, day by day.
"""
