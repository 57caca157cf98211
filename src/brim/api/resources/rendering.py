"""Writes objects as replies, with what was asked to be expanded in place of its id.

A top-up leads to its balance transaction, which leads back to the top-up; the depth of a path (four) is where that
ends. All objects of one kind that a reply needs are read by one query. Paths are relative to the object at hand,
as `params.Expand` returns them.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from brim.api.framework.expansion import EXTRAS, check_property, paths_below
from brim.api.resources.balance import wire as balance_wire
from brim.api.resources.funding import wire as funding_wire
from brim.api.resources.topups import wire as topup_wire
from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core import accounts, direct_debits, funding, ledger, money_at_risk, refunds
from brim.core import topups as topups_lists
from brim.core.calendars import availability, calendar_named, calendar_of
from brim.core.funding import FundingSource
from brim.core.ledger import BalanceTransaction
from brim.core.rails import FILE_RAILS
from brim.core.topups import Topup
from brim.platform.database import Conn, Database

Paths = tuple[str, ...]
FindTopup = Callable[[AccountScope, str], Awaitable[Topup]]


async def render_topup(database: Database, topup: Topup, paths: Paths) -> bytes:
    """Return a top-up's compact JSON; the database is asked only when there is something to expand."""
    (body,) = await render_topups(database, [topup], paths)
    return body


async def render_topups(database: Database, topups: Sequence[Topup], paths: Paths) -> list[bytes]:
    """Return the compact JSON of several top-ups of one account."""
    if not paths:
        return [topup_wire.topup_json(topup) for topup in topups]
    async with database.connection() as conn:
        return await expand_topups(conn, topups, paths)


async def expand_topups(conn: Conn, topups: Sequence[Topup], paths: Paths, *, within: str = "") -> list[bytes]:
    """Return the compact JSON of several top-ups of one account, read on the caller's connection."""
    for path in paths:
        check_property(path, "topup", within=within)
    line_paths = paths_below(paths, "balance_transaction")
    lines: dict[str, bytes] = {}
    if line_paths is not None:
        lines = await _lines_by_id(conn, topups, line_paths, within=within)
    presented = await _presented_by_id(conn, topups, paths)
    methods = await _methods_by_id(conn, topups, paths, within=within)
    return [
        topup_wire.topup_json(
            topup,
            balance_transaction=lines.get(topup.balance_transaction or ""),
            payment_method=methods.get(topup.payment_method or ""),
            extras=_extras_of(topup, paths, presented),
        )
        for topup in topups
    ]


def _extras_of(
    topup: Topup, paths: Paths, presented: Mapping[str, topup_wire.TopupExtras]
) -> topup_wire.TopupExtras | msgspec.UnsetType:
    """Return what is asked for beyond the vendor's object; unset where that is nothing."""
    with_availability = paths_below(paths, "brim.availability") is not None
    if not with_availability:
        return presented.get(topup.id, msgspec.UNSET)
    extras = presented.get(topup.id, topup_wire.TopupExtras())
    return msgspec.structs.replace(extras, availability=availability_of(topup))


async def _presented_by_id(conn: Conn, topups: Sequence[Topup], paths: Paths) -> dict[str, topup_wire.TopupExtras]:
    """Return the rail details and retries of one account's top-ups, as far as they are to be shown.

    Four queries for all of them, and a fifth for retries.
    """
    with_rail = paths_below(paths, "brim.rail") is not None
    with_retry = paths_below(paths, "brim.retry") is not None
    if not topups or not (with_rail or with_retry):
        return {}
    scope = topups[0].scope
    platform = await accounts.account_platform(conn, scope.account)
    owner = AccountScope(platform or scope.account, scope.livemode)
    found = await direct_debits.list_entries_of_topups(conn, owner, [topup.id for topup in topups])
    refunded = await refunds.find_of_topups(conn, owner, [topup.id for topup in topups]) if with_rail else {}
    clocks = await money_at_risk.read_clocks(conn, topups) if with_rail else {}
    standings = await direct_debits.read_standings(conn, scope, topups, found) if with_retry else {}
    entries: dict[str, list[direct_debits.Entry]] = defaultdict(list)
    for entry in found:
        entries[entry.topup].append(entry)
    is_platforms = platform is None
    return {
        topup.id: topup_wire.TopupExtras(
            rail=topup_wire.rail_object(
                topup,
                entries[topup.id],
                refunded=refunds.refunded_of(refunded.get(topup.id, ())),
                clocks=clocks[topup.id],
                with_files=is_platforms,
            )
            if with_rail
            else msgspec.UNSET,
            retry=topup_wire.retry_object(standings[topup.id]) if with_retry else msgspec.UNSET,
        )
        for topup in topups
    }


def availability_of(topup: Topup) -> topup_wire.AvailabilityObject:
    """Return why a top-up's money is usable when it is: by the banking days between, where any were asked for.

    What a rail promises whose bank takes files goes by the cut-offs and the hold of its originator's profile, which
    may have changed since; so only what the top-up itself keeps is told of it.
    """
    if topup.rail in FILE_RAILS:
        return topup_wire.AvailabilityObject(
            available_on=topup.expected_availability_date, calendar=topup.calendar, submitted=topup.created
        )
    days = topup.settlement_days
    if days is None:
        return topup_wire.AvailabilityObject(available_on=topup.expected_availability_date, submitted=topup.created)
    calendar = calendar_named(topup.calendar) or calendar_of(topup.currency)
    counted = availability(calendar, submitted_ms=topup.created * 1000, settlement_days=days)
    why = msgspec.convert(counted, topup_wire.AvailabilityObject, from_attributes=True)
    return msgspec.structs.replace(why, settlement_days=days)


async def expand_created(
    database: Database, body: bytes, scope: AccountScope, paths: Paths, *, find: FindTopup
) -> bytes:
    """Return a create's reply with what was asked for; a new top-up has no balance transaction to expand yet.

    Args:
        database: asked only for that.
        body: the reply as its event keeps it: a first one or a replay.
        scope: whose top-up it is.
        paths: what to expand.
        find: looks the top-up up, for what its reply does not tell.
    """
    reply = json_codec.decode(body, type=topup_wire.TopupObject)
    below = paths_below(paths, "payment_method")
    if below is not None and isinstance(reply.payment_method, str):
        async with database.connection() as conn:
            methods = await _expand_methods(conn, scope, [reply.payment_method], below, within="payment_method.")
        method = methods.get(reply.payment_method)
        reply = msgspec.structs.replace(reply, payment_method=msgspec.Raw(method) if method else reply.payment_method)
    if any(paths_below(paths, path) is not None for path in EXTRAS["topup"]):
        topup = await find(scope, reply.id)
        async with database.connection() as conn:
            presented = await _presented_by_id(conn, [topup], paths)
        reply = msgspec.structs.replace(reply, brim=_extras_of(topup, paths, presented))
    return json_codec.encode(reply)


async def _methods_by_id(conn: Conn, topups: Sequence[Topup], paths: Paths, *, within: str) -> dict[str, bytes]:
    """Return the encoded payment methods of those top-ups that name one, if they are to be expanded."""
    below = paths_below(paths, "payment_method")
    ids = [topup.payment_method for topup in topups if topup.payment_method]
    if below is None or not ids:
        return {}
    return await _expand_methods(conn, topups[0].scope, ids, below, within=f"{within}payment_method.")


async def _expand_methods(
    conn: Conn, scope: AccountScope, ids: Sequence[str], paths: Paths, *, within: str
) -> dict[str, bytes]:
    """Return encoded payment methods by id: those on file, and what documented test ids stand for."""
    for path in paths:
        check_property(path, "payment_method", within=within)
    methods = await funding.fetch_payment_methods(conn, scope, ids)
    return {method.id: render_payment_method(method, paths) for method in methods}


def render_payment_method(method: FundingSource, paths: Paths) -> bytes:
    """Return a payment method's compact JSON, with its state under our own key if that was asked for."""
    return funding_wire.payment_method_json(method, with_state=paths_below(paths, "brim") is not None)


async def _lines_by_id(conn: Conn, topups: Sequence[Topup], paths: Paths, *, within: str) -> dict[str, bytes]:
    """Return the encoded balance transactions of those top-ups that have one."""
    ids = [topup.balance_transaction for topup in topups if topup.balance_transaction]
    if not ids:
        return {}
    lines = await ledger.fetch_balance_transactions(conn, topups[0].scope, ids)
    bodies = await expand_balance_transactions(conn, lines, paths, within=f"{within}balance_transaction.")
    return {line.id: body for line, body in zip(lines, bodies, strict=True)}


async def render_balance_transactions(
    database: Database, lines: Sequence[BalanceTransaction], paths: Paths
) -> list[bytes]:
    """Return the compact JSON of several balance transactions of one account."""
    if not paths:
        return [balance_wire.balance_transaction_json(line) for line in lines]
    async with database.connection() as conn:
        return await expand_balance_transactions(conn, lines, paths)


async def expand_balance_transactions(
    conn: Conn, lines: Sequence[BalanceTransaction], paths: Paths, *, within: str = ""
) -> list[bytes]:
    """Return the compact JSON of several balance transactions of one account, read on the caller's connection."""
    for path in paths:
        check_property(path, "balance_transaction", within=within)
    source_paths = paths_below(paths, "source")
    sources: dict[str, bytes] = {}
    if source_paths is not None and lines:
        topups = await topups_lists.fetch_topups(conn, lines[0].scope, [line.source for line in lines])
        bodies = await expand_topups(conn, topups, source_paths, within=f"{within}source.")
        sources = {topup.id: body for topup, body in zip(topups, bodies, strict=True)}
    return [balance_wire.balance_transaction_json(line, source=sources.get(line.source)) for line in lines]
