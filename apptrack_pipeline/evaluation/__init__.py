"""How well the stages work together, measured on labelled corpora.

What one stage does by itself is measured in that stage (`ingestion/mail/evaluation.py`,
`correlation/company_evaluation.py`); here mail goes through reading and matching as one. All of it is pure.
"""
