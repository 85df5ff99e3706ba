"""What postings say: read from the pages that a person captured, and from what their sites answer.

The parts:

* `asking.py`: what to ask a site next, and what its answers amount to. `choice.py`: one posting out of all
  captures and answers, and whether it is still open. Both are pure, so that what was archived can be judged
  and read again without the network.
* `fetching.py`: the port of the fetcher. `network.py` speaks to the network, bounded and polite (with
  `answers.py`, `addresses.py`, `connections.py`, `decompression.py`, `robots.py`, `turns.py`); `archive.py`
  replays recorded answers; `fetchers.py` takes the one that the settings name.
* `responses.py` archives each answer in `scraped_postings` as it comes; `hosts.py` keeps all processes apart
  at a host and remembers robots.txt; `store.py` reads captures and writes `job_postings`.
* `assets.py`: `scraped_postings` fetches, one look for each application whose work is in `scraper_queue`;
  `job_postings` reads, and never asks the network. `schedules.py` queues the weekly looks at open postings.

How a look ends: a posting or a proof that it is gone is a success; no answer, 429 and 5xx are tried again
after 1, 5 and 15 minutes; a block, a robot check, an answer without text and an address that may not be asked
are failed at once, and a posting of which nothing else is known is marked `needs_capture`: a person's browser
gets it. A page without posting text ends as failed, is kept as blank and shown for review.
"""
