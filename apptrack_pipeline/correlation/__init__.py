"""What an application is: the fold of its evidence and of a person's decisions.

`fold.py` is pure: the same captures and decisions give the same row, history and events, in whatever order
they arrived. `assets.py` materializes `applications`, one partition per application; `sensors.py` starts
runs for what is new; `checks.py` holds that no capture is without its application, nor the other way round.
"""
