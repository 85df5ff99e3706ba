"""What waits for a person: mail that found no application by itself, and applications with a doubt.

`items.py` is pure. `store.py` reads; what a person then says is written by `correlation.deciding`.
"""
