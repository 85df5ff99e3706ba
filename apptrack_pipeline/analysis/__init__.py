"""How well the resume fits a posting, each point with the words that show it.

`resume.py` reads a resume, `skills.py` finds the skills of the gazetteer `skills.csv`, `offline.py` compares
and scores: no key, no network. There is no score for fewer than 3 skills or 400 characters of posting, but a
reason. `assets.py` materializes `resume_data` and `analysis_results`; the same resume, posting and version
are compared once. A new resume queues the analysis of every posting.
"""
