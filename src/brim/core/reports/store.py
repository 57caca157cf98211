"""Runs of reports and their files in the database, and the books as reports read them."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from brim.base import json_codec
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.ledger import FUNDING_CLEARING
from brim.core.reports.rules import FileKind, Made, ReportRun, RunParameters, RunStatus
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)
_parameters: Final = json_codec.decoder(RunParameters)
_made: Final = json_codec.decoder(Made)


class ClaimedRun(NamedTuple):
    """A run that a worker has taken, and which attempt that is."""

    run: ReportRun
    attempt: int


class Signed(NamedTuple):
    """The manifest of a run as it was signed, and its signature."""

    manifest: str
    signature: bytes


class TransactionSum(NamedTuple):
    """What balance transactions of a currency and type, before the end of an interval or not, come to: minor units."""

    currency: str
    type: str
    is_before: bool
    number: int
    gross: int
    fee: int
    net: int


class TransactionRow(NamedTuple):
    """A balance transaction as reports show it."""

    id: str
    created: int
    available_on: int
    currency: str
    amount: int
    fee: int
    net: int
    type: str
    source: str


class TopupRow(NamedTuple):
    """A top-up with what of it, and of its refunds (by id), is between the balance and the bank: signed minor units."""

    id: str
    created: int
    currency: str
    amount: int
    status: str
    balance_transaction: str | None
    rail: str
    clearing: int
    refunds: list[str]


class Movement(NamedTuple):
    """What a statement says of a top-up or a refund: the step, the bank's amount and the name of the line."""

    source: str
    step: str
    bank_account: str
    amount: int
    reference: str


class ChainHead(NamedTuple):
    """Where the chain of an account ends."""

    account: str
    position: int
    hash: bytes


async def insert_run(conn: Conn, new: ReportRun, *, due_ms: int) -> None:
    """Store a run that waits for a worker."""
    await conn.execute(
        _SQL["insert_run"],
        *_key(new),
        new.report_type,
        json_codec.encode_text(new.parameters),
        new.created_ms,
        due_ms,
    )


async def count_pending(conn: Conn, scope: AccountScope, *, most: int) -> int:
    """Return how many runs wait, counted up to a number."""
    counted: int = await conn.fetchval(_SQL["count_pending"], scope.account, scope.livemode, most)
    return counted


async def fetch_runs(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, ReportRun]:
    """Return an account's runs by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_runs"], scope.account, scope.livemode, list(ids))
    return {record["id"]: _run(scope, record) for record in records}


async def page_runs(conn: Conn, scope: AccountScope, window: Window) -> Page[ReportRun]:
    """Return a page of an account's runs."""
    records = await conn.fetch(
        _SQL["page_runs"], scope.account, scope.livemode, window.low, window.high, window.newest_first, window.wanted
    )
    return page_of([_run(scope, record) for record in records], window)


async def read_signed(conn: Conn, scope: AccountScope, run: str) -> Signed | None:
    """Return the manifest of a run and its signature; None while there is none."""
    record = await conn.fetchrow(_SQL["read_signed"], scope.account, scope.livemode, run)
    return Signed(*record) if record and record["manifest"] is not None else None


async def read_part(conn: Conn, scope: AccountScope, run: str, kind: FileKind, number: int) -> bytes | None:
    """Return one part of a file, compressed."""
    content: bytes | None = await conn.fetchval(
        _SQL["read_part"], scope.account, scope.livemode, run, kind.value, number
    )
    return content


async def claim_run(conn: Conn, *, now_ms: int, until_ms: int) -> ClaimedRun | None:
    """Take the run that has waited longest, until a time; None where none is due."""
    record = await conn.fetchrow(_SQL["claim_run"], now_ms, until_ms)
    if record is None:
        return None
    fields = dict(record)
    scope, attempt = AccountScope(fields.pop("account"), fields.pop("livemode")), fields.pop("attempt")
    return ClaimedRun(_run(scope, fields), attempt)


async def keep_run(conn: Conn, claimed: ClaimedRun, *, until_ms: int) -> bool:
    """Keep a run until another time, or give it back for then; tell whether it was still ours."""
    kept = await conn.fetchval(_SQL["keep_run"], *_key(claimed.run), claimed.attempt, until_ms)
    return kept is not None


async def end_run(
    conn: Conn,
    claimed: ClaimedRun,
    status: RunStatus,
    *,
    now_ms: int,
    error: str | None = None,
    made: Made | None = None,
    signed: Signed | None = None,
) -> ReportRun | None:
    """End a run, and return it as it is then; None if somebody else has taken it over."""
    record = await conn.fetchrow(
        _SQL["end_run"],
        *_key(claimed.run),
        claimed.attempt,
        status.value,
        now_ms,
        error,
        json_codec.encode_text(made) if made else None,
        signed.manifest if signed else None,
        signed.signature if signed else None,
    )
    return _run(claimed.run.scope, record) if record else None


async def find_run_before(conn: Conn, run: ReportRun) -> tuple[str, Made] | None:
    """Return the last run of the same report before one, and what came of it; None where there is none."""
    record = await conn.fetchrow(
        _SQL["find_run_before"], *_key(run), run.report_type, json_codec.encode_text(run.parameters)
    )
    return (record["id"], _made(record["made"])) if record else None


async def delete_parts(conn: Conn, run: ReportRun) -> None:
    """Remove the parts of a run that another attempt has written."""
    await conn.execute(_SQL["delete_parts"], *_key(run))


async def insert_part(conn: Conn, run: ReportRun, kind: FileKind, number: int, content: bytes) -> None:
    """Store one part of a file, compressed."""
    await conn.execute(_SQL["insert_part"], *_key(run), kind.value, number, content)


async def find_oldest_transaction(conn: Conn) -> int | None:
    """Return when the oldest open transaction of the service began (Unix milliseconds); None where there is none."""
    oldest: int | None = await conn.fetchval(_SQL["find_oldest_transaction"])
    return oldest


async def sum_transactions(
    conn: Conn, scope: AccountScope, *, after: str, end: str, limit: int
) -> tuple[list[TransactionSum], str | None, int]:
    """Return what the next balance transactions come to, the id of the last of them, and how many they are."""
    records = await conn.fetch(_SQL["sum_transactions"], scope.account, scope.livemode, after, end, limit)
    sums = [TransactionSum(*list(record)[:-1]) for record in records]
    return sums, max((record["last_id"] for record in records), default=None), sum(each.number for each in sums)


async def page_transactions(
    conn: Conn, scope: AccountScope, *, after: str, end: str, limit: int
) -> list[TransactionRow]:
    """Return the next balance transactions after an id and before another."""
    records = await conn.fetch(_SQL["page_transactions"], scope.account, scope.livemode, after, end, limit)
    return [TransactionRow(*record) for record in records]


async def page_heads(conn: Conn, accounts: Sequence[str], *, livemode: bool) -> list[ChainHead]:
    """Return where the chains of accounts end, by account; of those that have one."""
    records = await conn.fetch(_SQL["page_heads"], list(accounts), livemode)
    return sorted(ChainHead(*record) for record in records)


async def page_topups(conn: Conn, scope: AccountScope, *, after: str, end: str, limit: int) -> list[TopupRow]:
    """Return the next top-ups after an id and before another."""
    records = await conn.fetch(_SQL["page_topups"], scope.account, scope.livemode, after, end, limit, FUNDING_CLEARING)
    return [TopupRow(*record) for record in records]


async def movements_of(conn: Conn, scope: AccountScope, sources: Sequence[str]) -> list[Movement]:
    """Return what statements say of top-ups and refunds."""
    records = await conn.fetch(_SQL["movements_of"], scope.account, scope.livemode, list(sources))
    return [Movement(*record) for record in records]


async def traces_of(conn: Conn, platform: AccountScope, topups: Sequence[str]) -> list[tuple[str, str]]:
    """Return the traces of top-ups' debits: pairs of the top-up and the trace."""
    records = await conn.fetch(_SQL["traces_of"], platform.account, platform.livemode, list(topups))
    return [(record["topup"], record["trace"]) for record in records]


async def open_breaks_of(conn: Conn, platform: AccountScope, references: Sequence[str]) -> dict[str, str]:
    """Return an open break of each reference that has one."""
    records = await conn.fetch(_SQL["open_breaks_of"], platform.account, platform.livemode, list(references))
    return {record["reference"]: record["id"] for record in records}


def _key(run: ReportRun) -> tuple[str, bool, str]:
    return run.scope.account, run.scope.livemode, run.id


def _run(scope: AccountScope, record: Any) -> ReportRun:
    fields = dict(record)
    made = fields.pop("made")
    return ReportRun(
        **{
            **fields,
            "scope": scope,
            "parameters": _parameters(fields["parameters"]),
            "status": RunStatus(fields["status"]),
            "made": _made(made) if made else None,
        }
    )
