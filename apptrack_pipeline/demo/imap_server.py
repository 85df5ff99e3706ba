"""The demo's mail server: a real IMAP server (pymap) in a thread of this process, its mail in memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import threading
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import Final

from imapclient import IMAPClient

_START_S: Final = 20.0
_BLOCK: Final = 200


@contextmanager
def imap_server(mails: Sequence[tuple[bytes, dt.datetime]], *, user: str, password: str) -> Iterator[int]:
    """Run a server whose INBOX holds these messages, each with the time it was received; yields its port."""
    from pymap.backend.dict import DictBackend
    from pymap.imap import IMAPService

    port = _free_port()
    options = Namespace(
        debug=False,
        host="127.0.0.1",
        port=str(port),
        tls=False,
        cert=None,
        key=None,
        proxy_protocol=None,
        inherited_sockets=None,
        passlib_cfg=None,
        demo_data=False,
        demo_user=user,
        demo_password=password,
        skip_services=[],
    )
    started = threading.Event()
    loop = asyncio.new_event_loop()
    end = asyncio.Event()

    async def serve() -> None:
        backend, config = await DictBackend.init(options, invalid_user_sleep=0.0)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            started.set()
            await end.wait()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.close()

    thread = threading.Thread(target=run, name="demo-imap", daemon=True)
    thread.start()
    try:
        if not started.wait(_START_S):
            raise RuntimeError("the demo's mail server did not start")
        _fill(port, mails, user, password)
        yield port
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(_START_S)


def _fill(port: int, mails: Sequence[tuple[bytes, dt.datetime]], user: str, password: str) -> None:
    with IMAPClient("127.0.0.1", port, ssl=False, timeout=_START_S) as client:
        # Without it each literal waits 40 ms for a delayed acknowledgement.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(user, password)
        batch = [{"msg": raw, "date": received_at} for raw, received_at in mails]
        for start in range(0, len(batch), _BLOCK):
            client.multiappend("INBOX", batch[start : start + _BLOCK])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
