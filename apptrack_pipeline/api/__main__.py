"""`python -m apptrack_pipeline.api`: serves the API on the address that the settings name."""

from __future__ import annotations

import datetime as dt
import gc
import json
import logging
import sys
from typing import Final

import uvicorn

from apptrack_pipeline.api.app import create_app
from apptrack_pipeline.api.token_file import read_token
from apptrack_pipeline.db.connect import app_url, dagster_url
from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.settings import load_settings

_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}
_STOP_GRACE_S: Final = 5


class JsonLines(logging.Formatter):
    """One JSON object per line; what was given as `extra` becomes its members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in record.__dict__.items() if name not in _STANDARD},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def main() -> int:
    """Serve until a signal ends it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # tells of each connection given out
    settings = load_settings()
    try:
        token = read_token(settings)
        app_url(settings)
        dagster_url(settings)
    except ConfigurationError as error:
        logging.getLogger(__name__).critical("%s", error)
        return 1
    app = create_app(settings, token=token)
    # What was imported stays: without this, the collector looks through it again and again, and each time
    # all connections wait (longest answer under load 105 ms, with it 24 to 53 ms).
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.api_host,
        port=settings.api_port,
        loop="auto",  # uvloop and httptools wherever they are installed: everywhere but on Windows
        http="auto",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # nothing here looks at who called or by which scheme
        timeout_graceful_shutdown=_STOP_GRACE_S,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
