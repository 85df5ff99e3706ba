"""The tracker as rows and files.

The view `tracker_export` (`sql/views`) says what a line is, `tracker_rows` keeps it and knows when it
changed, `tracker_csv` writes the file: RFC 4180, UTF-8, replaced as a whole, the same data the same bytes.
No cell can be run as a formula (`rows.py`); the escape can be undone.
"""
