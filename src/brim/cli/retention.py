"""`brim retention`: how long what is kept, and what is due."""

from typing import TYPE_CHECKING, Final

import click

from brim.base.clock import system_clock_ms
from brim.cli.database import on_database, show_table
from brim.cli.options import reaching_settings, read_settings
from brim.platform.settings import SETTINGS

if TYPE_CHECKING:
    from brim.core.pruning import Due
    from brim.platform.database import Database
    from brim.platform.settings import Settings

# ruff: noqa: PLC0415  each command loads only what it runs

_MOST: Final = 10_000
_PRUNED: Final = (
    ("events and delivery attempts", "keep_events_s", "events"),
    ("idempotency keys", "keep_idempotency_keys_s", "idempotency_keys"),
    ("request logs", "keep_request_logs_s", None),
    ("expired API keys", "keep_ended_keys_s", "ended_keys"),
    ("bank account tokens", "keep_bank_tokens_s", "bank_tokens"),
    ("contents of files for the bank", "keep_file_bytes_s", "ach_file_bytes"),
    ("contents of files from the bank", "keep_file_bytes_s", "bank_file_bytes"),
    ("reports with their files", "keep_reports_s", "reports"),
    ("daily sums for caps", None, "exposures"),
    ("return counts", None, "return_counts"),
)
"""What is pruned, by which setting, and the kind that counts it; request logs are looked through account by account."""


@click.command()
@reaching_settings
def retention(**flags: str | None) -> None:
    """Show retention periods, how much data is due for removal, and how much a legal hold keeps.

    Data that isn't in the table is kept forever: the books and their proofs. docs/retention.md has every table.
    """
    settings = read_settings(flags)
    found = {each.kind.value: each for each in on_database(flags, lambda database: _read(database, settings))}
    show_table(
        ("what", "kept", "setting", "due", "under a legal hold"),
        [_row(what, field, found.get(kind or ""), settings) for what, field, kind in _PRUNED],
    )


async def _read(database: "Database", settings: "Settings") -> "list[Due]":
    from brim.core.pruning import periods_of, read_due

    async with database.connection() as conn:
        return await read_due(conn, periods_of(settings), now_ms=system_clock_ms(), most=_MOST)


def _row(what: str, field: str | None, due: "Due | None", settings: "Settings") -> tuple[str, ...]:
    from brim.core.pruning import periods_of

    setting = next((each for each in SETTINGS if each.field == field), None)
    if setting is not None:
        kept, flag = setting.show(getattr(settings, setting.field)), setting.flag
    else:
        days = 0 if due is None else periods_of(settings).kept_ms(due.kind) // 86_400_000
        kept, flag = f"{days}d", ""
    if due is None:
        return what, kept, flag, "", ""
    return what, kept, flag, _count(due.due, due), _count(due.held, due)


def _count(rows: int, due: "Due") -> str:
    return f"{rows} or more" if due.due + due.held == _MOST and rows else str(rows)
