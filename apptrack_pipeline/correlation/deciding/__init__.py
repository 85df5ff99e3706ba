"""What a person decides about mail, names of companies and applications; `store.py` writes it down."""
