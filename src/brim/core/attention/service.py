"""Looks for what needs attention, a kind at a time; each look counts by the list that the matter's page shows."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeAlias

import msgspec

from brim.base.paging import Page, PageRequest, Range
from brim.base.scope import AccountScope
from brim.core import (
    accounts,
    direct_debits,
    dishonors,
    integrity,
    jobs,
    line_settlements,
    negative_balances,
    notification_channels,
    originators,
    push,
    reconciliation,
    return_rates,
    topups,
    webhooks,
)
from brim.core.attention.rules import (
    MOST_COUNTED,
    WEEK_DAYS,
    Matter,
    MatterKind,
    count_in_words,
    totals_of,
    worst_first,
    zone_of,
)
from brim.core.direct_debits import FileStatus
from brim.core.dishonors import ReturnFilters
from brim.core.line_settlements import SettlementStatus
from brim.core.push import TransferStatus
from brim.core.return_rates import Level, RateKind, ReturnRates
from brim.core.topups import TopupFilters
from brim.platform.database import Conn, Database

_PAGE: Final = PageRequest(limit=MOST_COUNTED)
_AT_ONCE: Final = 500
"""Of how many accounts top-ups and endpoints are looked at by one statement."""

_RATES: Final = "Debits returned by banks"
_RAILS: Final = {"ach": "ACH", "sepa": "SEPA"}


async def find_attention(
    database: Database, scope: AccountScope, *, now_ms: int, account_now_s: int | None = None, timezone: str = "UTC"
) -> list[Matter]:
    """Return what needs attention of an account in a mode, the worst first; in live mode of a platform its banks too.

    The account that was created first, which operates this Brim, is told of workers and verification as well.

    Args:
        database: where everything is.
        scope: whose.
        now_ms: real time.
        account_now_s: the account's time, which a test clock may have moved.
        timezone: by its IANA name, in which days are counted.

    Raises:
        UnknownTimezoneError: there is no such zone.
    """
    since = _since(account_now_s or now_ms // 1000, timezone)
    async with database.connection() as conn:
        found = await _accounts_matters(conn, [scope], since)
        found += await _negative_balances(conn, scope)
        is_first = scope.account == await accounts.find_first_account(conn)
        is_platform = await accounts.account_platform(conn, scope.account) is None
        if is_first:
            found += await _installation(conn, scope, now_ms=now_ms)
    if scope.livemode and is_platform:
        found += await _banks(database, scope, now_ms=now_ms)
    return worst_first(found)


async def find_attention_everywhere(database: Database, *, now_ms: int) -> list[Matter]:
    """Return what needs attention in live mode of all accounts, the worst first.

    Whoever asks is a worker, so that none is running cannot be among it.
    """
    since = _since(now_ms // 1000, "UTC")
    found: list[Matter] = []
    async with database.connection() as conn:
        everyone = await accounts.list_accounts(conn)
        scopes = [AccountScope(each.account, livemode=True) for each in everyone]
        for start in range(0, len(scopes), _AT_ONCE):
            found += await _accounts_matters(conn, scopes[start : start + _AT_ONCE], since)
        platforms = [AccountScope(each.account, livemode=True) for each in everyone if each.platform is None]
        for platform in platforms:
            found += await _negative_balances(conn, platform)
        first = await accounts.find_first_account(conn)
        if first is not None:
            found += await _installation(conn, AccountScope(first, livemode=True), now_ms=now_ms, is_worker=True)
    for platform in platforms:
        found += await _banks(database, platform, now_ms=now_ms)
    return worst_first(found)


class _Since(msgspec.Struct, frozen=True):
    """Since when top-ups count: the first day, as pages name it, and its first second."""

    day: str
    second: int


def _since(now_s: int, timezone: str) -> _Since:
    zone = zone_of(timezone)
    day = datetime.fromtimestamp(now_s, zone).date() - timedelta(days=WEEK_DAYS - 1)
    return _Since(day.isoformat(), int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()))


async def _accounts_matters(conn: Conn, scopes: Sequence[AccountScope], since: _Since) -> list[Matter]:
    """Return what needs attention of each of some accounts by itself: its top-ups and its webhook endpoints."""
    found: list[Matter] = []
    for status, kind in (("failed", MatterKind.FAILED_TOPUPS), ("reversed", MatterKind.REVERSED_TOPUPS)):
        filters = TopupFilters(status=status, created=Range(low=since.second))
        pages = await topups.list_first_pages(conn, scopes, filters, _PAGE)
        for scope, page in zip(scopes, pages, strict=True):
            found += _ended_topups(scope, kind, status, page, since)
    for endpoint in await webhooks.list_failing_endpoints_of(conn, scopes):
        found.append(
            Matter(
                kind=MatterKind.WEBHOOK_ENDPOINT,
                account=endpoint.scope.account,
                livemode=endpoint.scope.livemode,
                subject=endpoint.id,
                title=endpoint.url,
                detail=webhooks.notice_of(endpoint) or "",
                page=f"/webhooks/{endpoint.id}",
            )
        )
    return found


def _ended_topups(
    scope: AccountScope, kind: MatterKind, status: str, page: Page[topups.Topup], since: _Since
) -> list[Matter]:
    listed = _Listed(
        kind=kind,
        one=f"{status} top-up",
        many=f"{status} top-ups",
        detail=f"Created in the last {WEEK_DAYS} days",
        page="/topups",
        query={"status": status, "created_from": since.day},
        is_bad=True,
    )
    return _matters_of(listed, scope, _found_in(page, [(each.currency, each.amount) for each in page.items]))


async def _negative_balances(conn: Conn, scope: AccountScope) -> list[Matter]:
    listed = _Listed(
        kind=MatterKind.NEGATIVE_BALANCES,
        one="negative balance",
        many="negative balances",
        detail="More was reversed than was available",
        page="/negative-balances",
        is_bad=True,
    )
    page = await negative_balances.page_negative_balances(conn, scope, _PAGE)
    return _matters_of(listed, scope, _found_in(page, [(each.currency, each.available) for each in page.items]))


async def _installation(conn: Conn, scope: AccountScope, *, now_ms: int, is_worker: bool = False) -> list[Matter]:
    """Return what needs attention of all accounts together; a worker that asks is one that runs."""
    return [
        *await _verification(conn, scope, now_ms=now_ms),
        *(() if is_worker else await _workers(conn, scope, now_ms=now_ms)),
        *await _stuck(conn, scope),
        *await _channels(conn, scope, now_ms=now_ms),
    ]


async def _verification(conn: Conn, scope: AccountScope, *, now_ms: int) -> list[Matter]:
    latest = await integrity.read_latest(conn, now_ms=now_ms)
    of = partial(Matter, account=scope.account, livemode=scope.livemode, page="/verification")
    if latest.run is None:
        title, detail = "The books were never verified", "Workers verify them hourly by default"
        return [of(kind=MatterKind.NEVER_VERIFIED, title=title, detail=detail, is_bad=False)]
    if latest.run.differences:
        title, detail = "The books don't balance", "Verification found differences"
        return [of(kind=MatterKind.BOOKS_DIFFER, title=title, detail=detail)]
    if latest.is_outdated:
        began = datetime.fromtimestamp(latest.run.began_ms // 1000, UTC)
        detail = f"It began on {began:%b} {began.day}, {began.year}"
        title = "The last verification is old"
        return [of(kind=MatterKind.VERIFICATION_OUTDATED, title=title, detail=detail, is_bad=False)]
    return []


async def _workers(conn: Conn, scope: AccountScope, *, now_ms: int) -> list[Matter]:
    if any(worker.is_alive(now_ms) for worker in await jobs.read_workers(conn)):
        return []
    return [
        Matter(
            kind=MatterKind.NO_WORKER,
            account=scope.account,
            livemode=scope.livemode,
            title="No worker is running",
            detail="Top-ups don't settle and webhooks aren't sent",
            page="/workers",
        )
    ]


async def _stuck(conn: Conn, scope: AccountScope) -> list[Matter]:
    count = sum((await integrity.count_stuck(conn, most=MOST_COUNTED)).values())
    if not count:
        return []
    return [
        Matter(
            kind=MatterKind.STUCK_WORK,
            account=scope.account,
            livemode=scope.livemode,
            title=count_in_words(count, "stuck item", "stuck items"),
            detail="Work that keeps failing",
            page="/workers",
            count=count,
        )
    ]


async def _channels(conn: Conn, scope: AccountScope, *, now_ms: int) -> list[Matter]:
    return [
        Matter(
            kind=MatterKind.NOTIFICATION_CHANNEL,
            account=scope.account,
            livemode=scope.livemode,
            subject=channel.id,
            title=f"{channel.label} aren't being delivered",
            detail=channel.error or "",
            page="/settings/notifications",
        )
        for channel in await notification_channels.find_failing(conn, now_ms=now_ms)
    ]


class _Found(msgspec.Struct, frozen=True):
    """How much a list holds."""

    count: int
    has_more: bool
    amounts: Sequence[tuple[str, int]] = ()


def _found_in(page: Page[Any], amounts: Iterable[tuple[str, int]] = ()) -> _Found:
    """Return how much a page holds, with the totals of amounts by currency."""
    return _Found(len(page.items), page.has_more, totals_of(amounts))


_Count: TypeAlias = Callable[[Database, AccountScope, int], Awaitable[_Found]]


async def _open_breaks(database: Database, scope: AccountScope, _now_ms: int) -> _Found:
    page = await reconciliation.page_breaks(database, scope, _PAGE, is_open=True)
    return _found_in(page)


async def _files(database: Database, scope: AccountScope, _now_ms: int) -> _Found:
    page = await direct_debits.page_files(database, scope, _PAGE, status=FileStatus.BUILT)
    return _found_in(page)


async def _bank_files(database: Database, scope: AccountScope, _now_ms: int, *, status: str) -> _Found:
    page = await direct_debits.page_bank_files(database, scope, _PAGE, status=status)
    return _found_in(page)


async def _settlements(database: Database, scope: AccountScope, _now_ms: int, *, status: SettlementStatus) -> _Found:
    page = await line_settlements.list_settlements(database, scope, _PAGE, status=status)
    return _found_in(page)


async def _transfers(database: Database, scope: AccountScope, _now_ms: int) -> _Found:
    page = await push.page_transfers(database, scope, _PAGE, status=TransferStatus.SUSPENDED)
    return _found_in(page, [(each.currency, each.amount) for each in page.items])


async def _returns(database: Database, scope: AccountScope, now_ms: int) -> _Found:
    page = await dishonors.list_returns(database, scope, _PAGE, ReturnFilters(undecided_ms=now_ms))
    return _found_in(page)


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a list, as people call it, and the page that shows just that part of it."""

    kind: MatterKind
    one: str
    many: str
    detail: str
    page: str
    query: dict[str, str] = {}
    is_bad: bool = False


class _Queue(_Listed, frozen=True, kw_only=True):
    """A list of what waits for a person."""

    find: _Count


def _matters_of(listed: _Listed, scope: AccountScope, found: _Found) -> list[Matter]:
    """Return the matter that a list holds something; none where it holds nothing."""
    if not found.count:
        return []
    return [
        Matter(
            kind=listed.kind,
            account=scope.account,
            livemode=scope.livemode,
            title=count_in_words(found.count, listed.one, listed.many, is_complete=not found.has_more),
            detail=listed.detail,
            page=listed.page,
            query=listed.query,
            count=found.count,
            is_complete=not found.has_more,
            is_bad=listed.is_bad,
            amounts=found.amounts,
        )
    ]


_QUEUES: Final = (
    _Queue(
        kind=MatterKind.BREAKS,
        find=_open_breaks,
        one="open break",
        many="open breaks",
        detail="The bank's records and the books don't match",
        page="/breaks",
        is_bad=True,
    ),
    _Queue(
        kind=MatterKind.FILES_TO_APPROVE,
        find=_files,
        one="file awaits approval or is held",
        many="files await approval or are held",
        detail="Approved files are sent; held ones aren't",
        page="/ach/files",
        query={"status": "built"},
    ),
    _Queue(
        kind=MatterKind.STATEMENTS_TO_APPROVE,
        find=partial(_bank_files, status=direct_debits.AWAITING),
        one="imported statement awaits approval",
        many="imported statements await approval",
        detail="Applied once approved by a second person",
        page="/ach/bank-files",
        query={"status": direct_debits.AWAITING},
    ),
    _Queue(
        kind=MatterKind.HELD_BANK_FILES,
        find=partial(_bank_files, status="held"),
        one="bank file is held",
        many="bank files are held",
        detail="Couldn't be read or applied",
        page="/ach/bank-files",
        query={"status": "held"},
        is_bad=True,
    ),
    _Queue(
        kind=MatterKind.SETTLEMENTS_TO_CONFIRM,
        find=partial(_settlements, status=SettlementStatus.PROPOSED),
        one="settlement awaits confirmation",
        many="settlements await confirmation",
        detail="Proposed for lines of bank statements",
        page="/line-settlements",
        query={"status": "proposed"},
    ),
    _Queue(
        kind=MatterKind.UNDOS_TO_CONFIRM,
        find=partial(_settlements, status=SettlementStatus.UNDO_PROPOSED),
        one="undo awaits confirmation",
        many="undos await confirmation",
        detail="Would undo posted settlements",
        page="/line-settlements",
        query={"status": "undo_proposed"},
    ),
    _Queue(
        kind=MatterKind.SUSPENDED_TRANSFERS,
        find=_transfers,
        one="transfer in suspense",
        many="transfers in suspense",
        detail="Not assigned to an account yet",
        page="/incoming-transfers",
        query={"status": "suspended"},
    ),
    _Queue(
        kind=MatterKind.DISHONORABLE_RETURNS,
        find=_returns,
        one="return can be dishonored",
        many="returns can be dishonored",
        detail="Each until its deadline",
        page="/ach/returns",
        query={"status": "dishonorable"},
    ),
)


async def _banks(database: Database, platform: AccountScope, *, now_ms: int) -> list[Matter]:
    """Return what needs attention of a platform's exchange with its banks."""
    async with database.transaction() as conn:
        known = await originators.list_originators(conn, platform)
        found = await _stops(conn, platform)
        rates = [
            each
            for originator in known
            for each in await return_rates.list_return_rates(conn, originator, now_ms=now_ms)
        ]
    for queue in _QUEUES:
        found += _matters_of(queue, platform, await queue.find(database, platform, now_ms))
    return [*found, *_return_rates(platform, rates)]


async def _stops(conn: Conn, platform: AccountScope) -> list[Matter]:
    stops = await originators.list_stops(conn, platform)
    found = []
    for rail, called in _RAILS.items():
        of_rail = [stop for stop in stops if stop.rail == rail]
        if of_rail:
            is_all = any(not stop.stopped_account for stop in of_rail)
            detail = "for all accounts" if is_all else count_in_words(len(of_rail), "account", "accounts")
            found.append(
                Matter(
                    kind=MatterKind.RAIL_STOPPED,
                    account=platform.account,
                    livemode=True,
                    subject=rail,
                    title=f"Live money by {called} is stopped",
                    detail=detail,
                    page="/live-money/stops",
                )
            )
    return found


def _return_rates(platform: AccountScope, rates: Sequence[ReturnRates]) -> list[Matter]:
    of = partial(Matter, account=platform.account, livemode=True, page="/ach/return-rates")
    levels = {
        return_rates.level_of(kind, each.counts, minimum_debits=each.originator.profile.return_rate_minimum)
        for each in rates
        for kind in RateKind
    }
    found = []
    if Level.REACHED in levels:
        title = "A return rate has reached its limit"
        found.append(of(kind=MatterKind.RETURN_RATE, subject=Level.REACHED, title=title, detail=_RATES))
    elif Level.WARNED in levels:
        title = "A return rate is near its limit"
        found.append(of(kind=MatterKind.RETURN_RATE, subject=Level.WARNED, title=title, detail=_RATES, is_bad=False))
    if any(each.asked is not None for each in rates):
        title, detail = (
            "An override of a return rate awaits approval",
            "Takes effect once approved",
        )
        found.append(of(kind=MatterKind.RETURN_RATE_OVERRIDE, title=title, detail=detail, is_bad=False))
    return found
