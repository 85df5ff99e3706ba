"""What a posting says, read from the page that a person captured.

`posting.py` reads one page: JSON-LD, then what the person typed, then the page's head, then its main text;
each field says where it came from and how sure that is. `choice.py` picks among several captures of one
posting. A page without posting text ends as failed, is kept as blank and shown for review. `assets.py`
materializes `job_postings`; `sensors.py` starts what is due in `scraper_queue`.
"""
