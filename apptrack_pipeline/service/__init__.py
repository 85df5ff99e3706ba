"""Everything around the pipeline: the home folder, `apptrack up` and `apptrack doctor`.

`up.py` starts PostgreSQL, code server, daemon, UI and API in order, `supervisor.py` restarts what dies and
ends all of it within 10 s. `home.py` prepares the folder that all is kept in. `doctor.py` says what is
configured, what is reachable, and what to do about the rest.
"""
