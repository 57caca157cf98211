"""Prenotes and micro-deposits in the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.direct_debits.entry_store import KnownTopup
from brim.core.direct_debits.microdeposit_rules import MicrodepositCounts
from brim.core.direct_debits.prenote_rules import Prenote, PrenoteStatus
from brim.core.topups import Status
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, "prenotes")
_COLUMNS: Final = tuple(name for name in Prenote.__struct_fields__ if name not in {"scope", "status"})


async def insert_prenote(conn: Conn, prenote: Prenote) -> bool:
    """Start a prenote; return whether none of its bank account was pending."""
    done: str = await conn.execute(
        _SQL["insert_prenote"],
        prenote.scope.account,
        prenote.scope.livemode,
        prenote.id,
        prenote.funding_source,
        prenote.created_ms,
        prenote.due_ms,
        prenote.test_clock,
        prenote.expected_ms,
        prenote.sealed,
        prenote.fingerprint,
        prenote.has_debit,
    )
    return done == "INSERT 0 1"


async def lock_prenote(conn: Conn, scope: AccountScope, prenote_id: str) -> Prenote | None:
    """Return a prenote that nobody else can change until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_prenote"], scope.account, scope.livemode, prenote_id)
    return _prenote_from_record(record) if record else None


async def lock_pending(conn: Conn, scope: AccountScope, funding_source: str) -> Prenote | None:
    """Return what verifies a bank account now, which nobody else can change until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_pending_prenote"], scope.account, scope.livemode, funding_source)
    return _prenote_from_record(record) if record else None


async def lock_newest_microdeposits(conn: Conn, scope: AccountScope, funding_source: str) -> Prenote | None:
    """Return the newest micro-deposits to a bank account, which nobody else can change until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_newest_microdeposits"], scope.account, scope.livemode, funding_source)
    return _prenote_from_record(record) if record else None


async def platform_of(conn: Conn, scope: AccountScope) -> AccountScope:
    """Return into whose files an account's prenotes and micro-deposits go."""
    platform: str = await conn.fetchval(_SQL["platform_of_prenotes"], scope.account)
    return AccountScope(platform, scope.livemode)


async def count_microdeposits(
    conn: Conn, platform: AccountScope, account: str, fingerprint: str, *, day_ms: int, since_ms: int
) -> MicrodepositCounts:
    """Return how many micro-deposits a platform's accounts have started: since a day began, and since a moment."""
    record = await conn.fetchrow(
        _SQL["count_microdeposits"], platform.account, platform.livemode, account, fingerprint, day_ms, since_ms
    )
    return MicrodepositCounts(**record)


async def hold_prenotes(conn: Conn, wanted: Sequence[tuple[AccountScope, str]]) -> None:
    """Hold those of the named that are prenotes until the transaction ends, in one order."""
    rows = sorted((scope.account, scope.livemode, prenote_id) for scope, prenote_id in wanted)
    if rows:
        await conn.execute(_SQL["hold_prenotes"], *columns(rows))


async def update_prenote(conn: Conn, prenote: Prenote) -> None:
    """Write where a prenote that the transaction holds stands."""
    await conn.execute(
        _SQL["update_prenote"],
        prenote.scope.account,
        prenote.scope.livemode,
        prenote.id,
        prenote.status,
        prenote.due_ms,
        prenote.test_clock,
        prenote.expected_ms,
        prenote.return_code,
        prenote.change_code,
        prenote.reason,
        prenote.ended_ms,
    )


async def claim_due(conn: Conn, *, now_ms: int, limit: int) -> list[Prenote]:
    """Return up to `limit` prenotes due by now, earliest first; nobody else can change them meanwhile."""
    return [_prenote_from_record(each) for each in await conn.fetch(_SQL["claim_due_prenotes"], now_ms, limit)]


async def claim_by_clock(conn: Conn, scope: AccountScope, *, until_ms: int, limit: int) -> list[Prenote]:
    """Return up to `limit` prenotes that an account's clock makes due by then, in order."""
    records = await conn.fetch(_SQL["claim_prenotes_by_clock"], scope.account, scope.livemode, until_ms, limit)
    return [_prenote_from_record(record) for record in records]


async def adopt_prenotes(conn: Conn, scope: AccountScope, clock_id: str) -> None:
    """Let a clock keep the time of an account's pending prenotes."""
    await conn.execute(_SQL["adopt_prenotes"], scope.account, scope.livemode, clock_id)


async def release_prenotes(conn: Conn, scope: AccountScope) -> None:
    """Give an account's prenotes back to real time."""
    await conn.execute(_SQL["release_prenotes"], scope.account, scope.livemode)


async def forget_exceptions(conn: Conn, *, job: str) -> int:
    """Remove the exceptions of a job whose prenotes are not due at the time that was noted; return how many."""
    forgotten: int = await conn.fetchval(_SQL["forget_prenote_exceptions"], job)
    return forgotten


async def lock_by_individual_id(
    conn: Conn, scope: AccountScope, individual_ids: Sequence[str], *, length: int
) -> dict[str, list[KnownTopup]]:
    """Return a platform's prenotes by the ends of their ids, as what moves nothing, held until the transaction ends."""
    found: dict[str, list[KnownTopup]] = defaultdict(list)
    for record in await conn.fetch(
        _SQL["lock_prenotes_by_individual_id"], scope.account, scope.livemode, list(individual_ids), length
    ):
        fields = dict(record)
        found[fields["id"][-length:]].append(KnownTopup(**{**fields, "status": Status(fields["status"])}))
    return found


async def fetch_prenotes(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, Prenote]:
    """Return an account's prenotes by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_prenotes"], scope.account, scope.livemode, ids)
    return {record["id"]: _prenote_from_record(record) for record in records}


async def page_prenotes(conn: Conn, scope: AccountScope, place: Window, *, funding_source: str | None) -> Page[Prenote]:
    """Return a page of an account's prenotes, of one bank account or of all."""
    arguments = (scope.account, scope.livemode, place.low, place.high, place.newest_first, place.wanted, funding_source)
    records = await conn.fetch(_SQL["page_prenotes"], *arguments)
    return page_of((_prenote_from_record(record) for record in records), place)


def _prenote_from_record(record: Mapping[str, Any]) -> Prenote:
    return Prenote(
        scope=AccountScope(record["account"], record["livemode"]),
        status=PrenoteStatus(record["status"]),
        **{name: record[name] for name in _COLUMNS},
    )
