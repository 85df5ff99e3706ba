"""What a posting is, on any site: which platform an address belongs to, what to ask it for, what its answer
says.

All of it is pure: addresses and documents go in, findings come out; `scraping/` is the stage that fetches and
stores. The parts:

* `urls.py`: the one spelling of an address; `detection.py`: `detect(url, html)`, which platform, employer and
  posting it names, where its API is, and why that is believed.
* `platforms/`: one module a platform: its addresses, what to ask it for, how its answers are read, and how it
  says that a posting is closed. A new platform is one such module, listed in `platforms/__init__.py`.
* `parsing.py`: `parse(platform, payload)`, a posting whose every field has its source and confidence. Order
  of sources: public API, JSON-LD, microdata, embedded state, the platform's elements, meta tags, text.
* `pay.py`, `vocabulary.py`, `dates.py`, `closed.py`, `markup.py`: what pay, words, dates, banners and HTML
  mean.

Here, below the stages, because an address means the same to the stage that takes captures, to the one that
links mail and to the one that fetches postings.
"""
