"""Negative balances in the database, their journal entries, and reserves."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeVar

from brim.base.paging import Identified, Page, PageRequest
from brim.base.scope import AccountScope
from brim.core.ledger import JournalEntry, entries_of
from brim.core.negative_balances.rules import Reserve, balance_id, read_balance_id
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)
_Item = TypeVar("_Item", bound=Identified)

MOST_PENDING: Final = 1_000
"""How many pending top-ups are summed."""
AFTER_ALL: Final = "~"
"""Sorts after every id."""


class FoundBalance(NamedTuple):
    """A balance of an account, in minor units of a currency."""

    account: str
    currency: str
    available: int

    @property
    def id(self) -> str:
        """What it is called."""
        return balance_id(self.account, self.currency)


class NegativeTotal(NamedTuple):
    """How many balances of a mode and currency are below zero, their total, and since when (Unix ms)."""

    livemode: bool
    currency: str
    balances: int
    amount: int
    since_ms: int | None


class ReservePlace(NamedTuple):
    """The account, mode and currency of a reserve."""

    scope: AccountScope
    currency: str


async def newest_entries(conn: Conn, scope: AccountScope, *, before: str, limit: int) -> list[JournalEntry]:
    """Return an account's journal entries before an id, the newest first."""
    records = await conn.fetch(_SQL["newest_entries"], scope.account, scope.livemode, before, limit)
    return entries_of(scope, records)


async def page_negative_balances(
    conn: Conn,
    platform: AccountScope,
    page: PageRequest,
    *,
    account: str | None = None,
    currency: str | None = None,
) -> Page[FoundBalance]:
    """Return the negative balances of a platform and its connected accounts, by account and currency."""
    values = (platform.account, platform.livemode, *_bounds(page), account, currency)
    records = await conn.fetch(_SQL["page_negative_balances"], *values)
    return _page([FoundBalance(**record) for record in records], page)


def _bounds(page: PageRequest) -> tuple[str, str, str, str, bool, int]:
    """Return between which accounts and currencies a page lies, whether backwards, and how many rows are read."""
    low = read_balance_id(page.starting_after or "")
    high = read_balance_id(page.ending_before) if page.ending_before else (AFTER_ALL, AFTER_ALL)
    return *low, *high, page.ending_before is not None, page.limit + 1


def _page(items: list[_Item], page: PageRequest) -> Page[_Item]:
    found = items[: page.limit]
    return Page(items=found[::-1] if page.ending_before else found, has_more=len(items) > page.limit)


async def find_negative_balance(conn: Conn, platform: AccountScope, account: str, currency: str) -> FoundBalance | None:
    """Return a negative balance of a platform or one of its connected accounts; None if there is none."""
    record = await conn.fetchrow(_SQL["find_negative_balance"], platform.account, platform.livemode, account, currency)
    return FoundBalance(**record) if record else None


async def note_since(conn: Conn, scope: AccountScope, currency: str, *, since_ms: int) -> None:
    """Write since when (Unix milliseconds) a balance is below zero."""
    await conn.execute(_SQL["note_since"], scope.account, scope.livemode, currency, since_ms)


async def find_balance(conn: Conn, scope: AccountScope, currency: str) -> int:
    """Return an account's available balance in a currency; 0 if nothing was ever posted."""
    available: int | None = await conn.fetchval(_SQL["find_balance"], scope.account, scope.livemode, currency)
    return available or 0


async def pending_amount(conn: Conn, scope: AccountScope, currency: str) -> int:
    """Return the sum of an account's newest thousand pending top-ups in a currency."""
    return int(await conn.fetchval(_SQL["pending_amount"], scope.account, scope.livemode, currency, MOST_PENDING))


async def total_negative_balances(conn: Conn, *, most: int) -> list[NegativeTotal]:
    """Return how many balances are below zero by mode and currency, of `most` in all."""
    return [NegativeTotal(**record) for record in await conn.fetch(_SQL["total_negative_balances"], most)]


async def find_reserve(conn: Conn, scope: AccountScope, currency: str) -> Reserve | None:
    """Return an account's reserve in a currency."""
    record = await conn.fetchrow(_SQL["find_reserve"], scope.account, scope.livemode, currency)
    return _reserve(record) if record else None


async def lock_reserve(conn: Conn, scope: AccountScope, currency: str) -> Reserve | None:
    """Return the same, locked until the transaction ends; lock the balance first."""
    record = await conn.fetchrow(_SQL["lock_reserve"], scope.account, scope.livemode, currency)
    return _reserve(record) if record else None


async def write_reserve(conn: Conn, reserve: Reserve) -> None:
    """Write a reserve; delete it if its target is 0."""
    whose = (reserve.scope.account, reserve.scope.livemode, reserve.currency)
    if reserve.target == 0:
        await conn.execute(_SQL["delete_reserve"], *whose)
        return
    values = (reserve.target, reserve.held, reserve.hold, reserve.set_by, reserve.set_ms)
    await conn.execute(_SQL["write_reserve"], *whose, *values)


async def page_reserves(conn: Conn, platform: AccountScope, page: PageRequest) -> Page[Reserve]:
    """Return the reserves of a platform and its connected accounts, by account and currency."""
    records = await conn.fetch(_SQL["page_reserves"], platform.account, platform.livemode, *_bounds(page))
    return _page([_reserve(record) for record in records], page)


async def reserves_to_settle(conn: Conn, *, limit: int) -> list[ReservePlace]:
    """Return reserves that a negative balance draws on, then those below target while money is available."""
    found: list[ReservePlace] = []
    for name in ("reserves_to_draw_on", "reserves_to_fill"):
        records = await conn.fetch(_SQL[name], limit)
        found += [ReservePlace(AccountScope(each["account"], each["livemode"]), each["currency"]) for each in records]
    return found[:limit]


def _reserve(record: Mapping[str, Any]) -> Reserve:
    return Reserve(
        scope=AccountScope(record["account"], record["livemode"]),
        currency=record["currency"],
        target=record["target"],
        held=record["held"],
        hold=record["hold"],
        set_by=record["set_by"],
        set_ms=record["set_ms"],
    )
