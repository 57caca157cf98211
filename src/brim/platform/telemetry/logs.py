"""Logs: structlog for what happens, and a buffered writer for the line that each request leaves.

JSON lines unless the output is a terminal. Whatever looks like a secret is masked before it is written.
"""

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TextIO

import msgspec
import structlog

from brim.base import json_codec
from brim.base.disclosure import without_numbers

_SECRET: Final = re.compile(r"\b((?:sk|rk|pk)_(?:test|live)_|whsec_|btok_)[A-Za-z0-9_]{4,}|(://[^:/@\s]+:)[^@\s]+@")
_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
# A line waits at most this long; a batch of lines costs one write instead of hundreds.
FLUSH_INTERVAL_S: Final = 0.05


def mask(text: str) -> str:
    """Return a text with API keys, webhook secrets, bank tokens and passwords in URLs replaced by stars."""
    return _SECRET.sub(lambda match: f"{match[1]}***" if match[1] else f"{match[2]}***@", text)


def shown_path(path: str) -> str:
    """Return a path with what is secret in it replaced: a key or a bank account's number where an id belongs."""
    return without_numbers(mask(path))


def _mask_values(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every text of a log entry; a structlog processor."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = mask(value)
    return event


def wants_json(log_format: str, stream: TextIO) -> bool:
    """Tell whether lines are JSON: asked for, or nobody watches a terminal."""
    return log_format == "json" or (log_format == "auto" and not stream.isatty())


def configure_logging(level: str, log_format: str, stream: TextIO = sys.stderr) -> None:
    """Set up structlog, and the standard library's logging through it, for this process."""
    renderer: Any = (
        structlog.processors.JSONRenderer(serializer=lambda event, **_: json_codec.encode_text(event))
        if wants_json(log_format, stream)
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        _mask_values,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(_LEVELS[level], logging.WARNING))  # libraries speak up only when something is wrong


def write_time(milliseconds: int) -> str:
    """Return a Unix time as ISO 8601 with milliseconds, in UTC."""
    second, fraction = divmod(milliseconds, 1000)
    return f"{_write_second(second)}.{fraction:03d}+00:00"


@lru_cache(maxsize=2)
def _write_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class RequestLine(msgspec.Struct, frozen=True):
    """What one request leaves in the log; `duration_ms` from the last byte received to the reply's first."""

    time: str
    request_id: str
    method: str
    path: str
    status: int
    duration_ms: float
    account: str | None
    livemode: bool | None
    level: str = "info"
    event: str = "request"


class RequestLog:
    """Writes a line for each request, many lines at a time.

    Args:
        stream: where to; a failing stream (a closed pipe) drops lines rather than requests.
        as_json: JSON lines, or columns for a person.
        call_later: the event loop's, to write what is buffered soon.
    """

    def __init__(
        self, stream: TextIO, *, as_json: bool, call_later: Callable[[float, Callable[[], None]], Any]
    ) -> None:
        self._stream = stream
        self._encode = json_codec.encode if as_json else _columns
        self._call_later = call_later
        self._lines: list[bytes] = []

    def write(self, line: RequestLine) -> None:
        """Queue one line."""
        if not self._lines:
            self._call_later(FLUSH_INTERVAL_S, self.flush)
        self._lines.append(self._encode(line))

    def flush(self) -> None:
        """Write what is queued."""
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        text = b"\n".join(lines).decode("utf-8", "replace") + "\n"
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            return


def _columns(line: RequestLine) -> bytes:
    return (
        f"{line.time[11:23]} {line.status} {line.method:<6} {line.path} {line.duration_ms:.1f} ms {line.request_id}"
    ).encode()
