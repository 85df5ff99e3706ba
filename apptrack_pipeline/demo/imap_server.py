"""The demo's mail server: a real IMAP server (pymap) in a thread of this process, its mail in memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import threading
from argparse import Namespace
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Self

from imapclient import IMAPClient

_START_S: Final = 20.0
_BLOCK: Final = 200


class MemoryImapServer:
    """An account with an empty INBOX, on loopback for as long as the `with` block lasts."""

    def __init__(
        self, user: str, password: str, *, certificate: Path | None = None, key: Path | None = None
    ) -> None:
        """Serve this account; over TLS where a certificate is given."""
        self.user = user
        self.password = password
        self.port = free_port()
        self._certificate = certificate
        self._key = key
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_START_S):
            raise RuntimeError("the mail server did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(_START_S)

    def fill(self, mails: Sequence[tuple[bytes, dt.datetime]], folder: str = "INBOX") -> None:
        """Put messages into a folder, each with the time it was received."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=_START_S) as client:
            # Without it each literal waits 40 ms for a delayed acknowledgement: 21 messages a second.
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.login(self.user, self.password)
            batch = [{"msg": raw, "date": received_at} for raw, received_at in mails]
            for start in range(0, len(batch), _BLOCK):
                client.multiappend(folder, batch[start : start + _BLOCK])

    async def _serve(self) -> None:
        from pymap.backend.dict import DictBackend
        from pymap.imap import IMAPService
        from pysasl.hashing import BuiltinHash

        options = Namespace(
            debug=False,
            host="127.0.0.1",
            port=str(self.port),
            tls=self._certificate is not None,
            cert=str(self._certificate) if self._certificate else None,
            key=str(self._key) if self._key else None,
            proxy_protocol=None,
            inherited_sockets=None,
            passlib_cfg=None,
            demo_data=False,
            demo_user=self.user,
            demo_password=self.password,
            skip_services=[],
        )
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        # One round of hashing in place of 500,000: a login would take a quarter of a second.
        backend, config = await DictBackend.init(
            options, invalid_user_sleep=0.0, hash_context=BuiltinHash(rounds=1)
        )
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            self._ready.set()
            await self._end.wait()


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
