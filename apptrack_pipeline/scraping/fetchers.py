"""The fetcher that the settings name: the network, or a folder of recorded answers in its place."""

from __future__ import annotations

from functools import cached_property

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.postings.platform import Request
from apptrack_pipeline.scraping.archive import ArchiveFetcher
from apptrack_pipeline.scraping.fetching import UNCONDITIONAL, Conditions, Fetched, Fetcher
from apptrack_pipeline.scraping.hosts import SharedRobots, SharedTurns
from apptrack_pipeline.scraping.network import NetworkFetcher


class FetcherOfSettings:
    """Fetches as the settings say; reads them, and opens what it needs, when it is first used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @cached_property
    def _fetcher(self) -> Fetcher:
        archive = self._database.settings.fetch_archive
        if archive is not None:
            return ArchiveFetcher(archive)
        return NetworkFetcher(SharedTurns(self._database), SharedRobots(self._database))

    def fetch(self, request: Request, *, conditions: Conditions = UNCONDITIONAL) -> Fetched:
        """Return the answer to a request; a status of 4xx or 5xx is an answer too."""
        return self._fetcher.fetch(request, conditions=conditions)
