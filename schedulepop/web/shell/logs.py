"""What a log may hold: which page and what kind of error, never an address with a token or an ID, never a value.

It is done where a record is made, so every handler has it: gunicorn's, the worker's, a test's.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import structlog
from django.conf import settings
from django.urls import Resolver404, resolve

_plain = logging.getLogRecordFactory()


def configure() -> None:
    """From now on, in this process; with SCHEDULEPOP_LOG_JSON every line is one object."""
    logging.setLogRecordFactory(_record)
    if settings.LOG_JSON:
        write_json()


class JsonLine(logging.Formatter):
    """A line of a library as one of ours is written: timestamp, level, event, and whose it is."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        return json.dumps(said | ({"where": record.exc_text} if record.exc_text else {}))


def write_json() -> None:
    """Our lines and those of libraries, gunicorn's included."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    everything = logging.StreamHandler(sys.stderr)
    logging.getLogger().handlers = [everything]
    for handler in (everything, *logging.getLogger("gunicorn.error").handlers):
        handler.setFormatter(JsonLine())


def route_of(path: str) -> str:
    """The name of a page's route instead of its address."""
    try:
        return resolve(path).url_name or "unnamed"
    except Resolver404:
        return "no such page"


def _record(*args: Any, **more: Any) -> logging.LogRecord:
    record = _plain(*args, **more)
    if record.name.startswith("django.") and isinstance(record.args, tuple):
        record.args = tuple(
            route_of(value) if isinstance(value, str) and value.startswith("/") else value
            for value in record.args
        )
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        record.exc_text = "\n".join(_places_of(record.exc_info[1]))
    return record


def _places_of(error: BaseException | None) -> Iterator[str]:
    """Where an error came up and of what kind it and its causes are. Its text may quote a row."""
    while error is not None:
        yield "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
