"""What an erasure did, in words and for programs. Neither holds anything but ids, counts and dates."""

from collections.abc import Iterator
from typing import Any, Final

from brim.base import json_codec
from brim.core.erasure.rules import Erasure, day_of

ELSEWHERE: Final = (
    "Backups keep erased data until they expire. After a restore, run brim erasures again.",
    "The outgoing and incoming folders of bank files, and .brim-sent.d beside them, are files of the host.",
    "Receivers of webhooks, and whoever read the API or a page, have what they were given.",
    "Logs of processes and proxies have addresses and paths for as long as the host keeps them.",
)
"""What the database cannot reach."""


def report_json(erasure: Erasure, *, is_preview: bool = False) -> str:
    """Return the report for a program, which is also a line of the list that is kept outside."""
    return json_codec.encode_text(_report(erasure, is_preview=is_preview))


def report_text(erasure: Erasure, *, is_preview: bool = False) -> str:
    """Return the report for a person."""
    return "\n".join(_lines(erasure, is_preview=is_preview))


def _report(erasure: Erasure, *, is_preview: bool) -> dict[str, Any]:
    target = erasure.target
    return {
        "account": target.account,
        "livemode": None if target.is_account else target.livemode,
        "target": target.id,
        "status": "preview" if is_preview else "done" if erasure.is_done else "begun",
        "began_ms": erasure.began_ms,
        "ended_ms": erasure.ended_ms,
        "erased": dict(sorted(erasure.counts.items())),
        "kept": erasure.kept,
        "elsewhere": ELSEWHERE,
    }


def _lines(erasure: Erasure, *, is_preview: bool) -> Iterator[str]:
    would = "Would erase" if is_preview else "Erased" if erasure.is_done else "Erased so far, interrupted"
    yield f"{would}: {erasure.target}, begun {day_of(erasure.began_ms)}"
    for table, count in sorted(erasure.counts.items()):
        yield f"  {table}: {count} rows"
    if not erasure.counts:
        yield "  nothing"
    yield "Kept:"
    for kept in erasure.kept:
        number = f", {kept.count}" if kept.count else ""
        until = f" Until {kept.until}, then removed by {kept.removed_by}." if kept.until else ""
        yield f"  {kept.what}{number}: {kept.why}{until}"
    yield "  amounts, dates, statuses and ids of the books"
    yield "Out of reach:"
    for sentence in ELSEWHERE:
        yield f"  {sentence}"
