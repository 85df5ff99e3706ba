"""Everything between the database and the matcher: which mails are matched together, and what became of them.

`component.py` and `rows.py` are pure. `store.py` reads facts and decisions and writes links; `relinking.py`
is the loop of a run.
"""
