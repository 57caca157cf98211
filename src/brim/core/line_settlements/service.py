"""Settle open lines: one person proposes, another confirms or rejects; what was posted is undone by a counter entry.

Everything happens under the lock of the bank account, which the matcher takes, too; then the settlement is held, then
the breaks of its lines in the order of the lines' ids.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.ledger import Posting, post_entries
from brim.core.line_settlements import store
from brim.core.line_settlements.rules import (
    SETTLEMENT_PREFIX,
    LinesDifferError,
    LineSettlement,
    LineShare,
    LineTakenError,
    Part,
    Proposal,
    SettlementStateError,
    SettlementStatus,
    check_parts,
    check_undone,
    entry_of,
)
from brim.core.originators import SecondPersonError, check_not_key, check_person, name_of
from brim.core.reconciliation import (
    LINE_BREAKS,
    BankAccountName,
    ShownLine,
    fetch_lines,
    lock_bank_account,
    lock_break,
    reopen_break,
    settle_break,
)
from brim.core.time import lock_owner_time
from brim.platform import lookups
from brim.platform.database import Conn, Database

_STATEMENT: Final = "statement"
"""Who has proposed what a statement itself says."""


class Posts(Protocol):
    """What posts the parts that are batches, returned debits or transfers."""

    async def post(self, conn: Conn, settlement: LineSettlement, *, now_ms: int, ids: IdFactory) -> None:
        """Post them, in the caller's transaction."""


class Matches(Posts, Protocol):
    """What also undoes them."""

    async def undo(
        self, conn: Conn, settlement: LineSettlement, *, is_trial: bool, now_ms: int, ids: IdFactory
    ) -> None:
        """Undo the batches by counter entries, in the caller's transaction; `is_trial` only tells whether that can be.

        Raises:
            MatchedSettlementError: something came of a batch that cannot be undone.
        """


async def propose_settlement(
    conn: Conn,
    scope: AccountScope,
    proposal: Proposal,
    *,
    matches: Matches,
    by: Actor,
    approvers: int,
    now_ms: int,
    ids: IdFactory,
) -> LineSettlement:
    """Propose what open lines are, in the caller's transaction; where there is one person only, it is posted at once.

    Args:
        conn: the caller's transaction.
        scope: the platform.
        proposal: what the lines are; the parts add up to what they leave open.
        matches: posts the parts that are batches or returned debits.
        by: who says so.
        approvers: how many operators have to do with live money.
        now_ms: Unix milliseconds.
        ids: makes ids.

    Raises:
        ResourceMissingError: there is no such line.
        SecondPersonError: an API key would, where operators could.
        LinesDifferError: the lines are of different bank accounts or currencies.
        LineTakenError: a line is not open, or in another settlement.
        NotSettledByPartsError: the parts add up to something else.
    """
    check_not_key(by, approvers=approvers)
    wanted = sorted(set(proposal.lines))
    found = await _find_lines(conn, scope, wanted)
    if len({(each.bank_account, each.currency) for each in found}) != 1:
        raise LinesDifferError
    await _lock_account(conn, scope, found[0].bank_account, found[0].currency)
    shares = tuple([await _hold_open(conn, scope, each) for each in await _find_lines(conn, scope, wanted)])
    proposed = LineSettlement(
        scope=scope,
        id=ids.new_at(SETTLEMENT_PREFIX, now_ms),
        bank_account=found[0].bank_account,
        currency=found[0].currency,
        amount=check_parts(shares, proposal.parts, found[0].currency),
        status=SettlementStatus.PROPOSED,
        note=proposal.note,
        proposed_by=name_of(by),
        proposed_ms=now_ms,
        lines=shares,
        parts=proposal.parts,
    )
    taken = await store.insert_settlement(conn, proposed)
    for line in wanted:
        if line not in taken:
            raise LineTakenError(line)
    await _record(conn, by, Action.LINE_SETTLEMENT_PROPOSED, None, proposed, now_ms=now_ms, ids=ids)
    if approvers > 1:
        return proposed
    after = msgspec.structs.replace(
        proposed, status=SettlementStatus.POSTED, decided_by=name_of(by), decided_ms=now_ms, one_person=True
    )
    await _post(conn, matches, proposed, after, by=by, now_ms=now_ms, ids=ids)
    return after


async def settle_by_itself(  # noqa: PLR0913  what the line is, and what posts that
    conn: Conn,
    scope: AccountScope,
    line: ShownLine,
    part: Part,
    *,
    note: str,
    bank_file: str,
    matches: Posts,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> LineSettlement:
    """Settle an open line as what it is since something else came, as the matcher would have had it come before.

    Nobody is asked, as about any line that the matcher knows. The caller's transaction has all of it. `bank_file` has
    brought the other thing: no other file of the bank account may be applied to a part.

    Raises:
        LineTakenError: the line is not open, or in another settlement.
    """
    await _lock_account(conn, scope, line.bank_account, line.currency, bank_file=bank_file)
    share = await _hold_open(conn, scope, line)
    proposed = LineSettlement(
        scope=scope,
        id=ids.new_at(SETTLEMENT_PREFIX, now_ms),
        bank_account=line.bank_account,
        currency=line.currency,
        amount=check_parts([share], [part], line.currency),
        status=SettlementStatus.PROPOSED,
        note=note,
        proposed_by=_STATEMENT,
        proposed_ms=now_ms,
        lines=(share,),
        parts=(part,),
    )
    if not await store.insert_settlement(conn, proposed):
        raise LineTakenError(line.id)
    after = msgspec.structs.replace(proposed, status=SettlementStatus.POSTED, decided_by=name_of(by), decided_ms=now_ms)
    await _post(conn, matches, proposed, after, by=by, now_ms=now_ms, ids=ids)
    return after


async def confirm_settlement(  # noqa: PLR0913  what was seen, who confirms, and what posts
    conn: Conn,
    scope: AccountScope,
    settlement: str,
    *,
    expected: SettlementStatus,
    matches: Matches,
    by: Actor,
    approvers: int,
    now_ms: int,
    ids: IdFactory,
) -> LineSettlement:
    """Post what another person has proposed, or undo what another person says is wrong, in the caller's transaction.

    Raises:
        ResourceMissingError: there is no such settlement.
        SettlementStateError: it does not stand at `expected`, or nothing of it waits to be confirmed.
        SecondPersonError: whoever proposed it would confirm it, or an API key.
        LineTakenError: a line is not open any more.
        MatchedSettlementError: something has come of what is to be undone that cannot be undone.
    """
    before = await _hold(conn, scope, settlement)
    if before.status is not expected or expected not in {SettlementStatus.PROPOSED, SettlementStatus.UNDO_PROPOSED}:
        raise SettlementStateError(before, "confirmed")
    check_confirms(by, before, approvers=approvers)
    name, alone = name_of(by), approvers <= 1
    if before.status is SettlementStatus.PROPOSED:
        for share in before.lines:
            found = await _find_lines(conn, scope, [share.line])
            if await _hold_open(conn, scope, found[0]) != share:
                raise LineTakenError(share.line)
        after = msgspec.structs.replace(
            before, status=SettlementStatus.POSTED, decided_by=name, decided_ms=now_ms, one_person=alone
        )
        await _post(conn, matches, before, after, by=by, now_ms=now_ms, ids=ids)
        return after
    after = msgspec.structs.replace(
        before, status=SettlementStatus.UNDONE, undone_by=name, undone_ms=now_ms, one_person=before.one_person or alone
    )
    await _undo(conn, matches, before, after, by=by, now_ms=now_ms, ids=ids)
    return after


async def reject_settlement(
    conn: Conn, scope: AccountScope, settlement: str, *, by: Actor, approvers: int, now_ms: int, ids: IdFactory
) -> LineSettlement:
    """Reject or withdraw what was proposed: a settlement, or that one is undone. Nothing is posted.

    Raises:
        ResourceMissingError: there is no such settlement.
        SettlementStateError: nothing of it is proposed.
        SecondPersonError: an API key would, where operators could.
    """
    check_not_key(by, approvers=approvers)
    before = await _hold(conn, scope, settlement)
    if before.status is SettlementStatus.UNDO_PROPOSED:
        after = msgspec.structs.replace(
            before, status=SettlementStatus.POSTED, undo_note=None, undo_by=None, undo_ms=None
        )
        await store.update_settlement(conn, after)
        await _record(conn, by, Action.LINE_SETTLEMENT_KEPT, before, after, now_ms=now_ms, ids=ids)
        return after
    if before.status is not SettlementStatus.PROPOSED:
        raise SettlementStateError(before, "rejected")
    after = msgspec.structs.replace(before, status=SettlementStatus.REJECTED, decided_by=name_of(by), decided_ms=now_ms)
    await store.update_settlement(conn, after)
    await store.release_lines(conn, scope, settlement)
    await _record(conn, by, Action.LINE_SETTLEMENT_REJECTED, before, after, now_ms=now_ms, ids=ids)
    return after


async def propose_undo(  # noqa: PLR0913  why, who, and what undoes
    conn: Conn,
    scope: AccountScope,
    settlement: str,
    *,
    note: str,
    matches: Matches,
    by: Actor,
    approvers: int,
    now_ms: int,
    ids: IdFactory,
) -> LineSettlement:
    """Propose that a posted settlement is undone; where there is one person only, it is at once.

    Raises:
        ResourceMissingError: there is no such settlement.
        SettlementStateError: it is not posted.
        MatchedSettlementError: it says what cannot be undone, or something has come of it that cannot.
        SecondPersonError: an API key would, where operators could.
    """
    check_not_key(by, approvers=approvers)
    before = await _hold(conn, scope, settlement)
    if before.status is not SettlementStatus.POSTED:
        raise SettlementStateError(before, "undone")
    check_undone(before)
    await matches.undo(conn, before, is_trial=True, now_ms=now_ms, ids=ids)
    proposed = msgspec.structs.replace(
        before, status=SettlementStatus.UNDO_PROPOSED, undo_note=note, undo_by=name_of(by), undo_ms=now_ms
    )
    await store.update_settlement(conn, proposed)
    await _record(conn, by, Action.LINE_SETTLEMENT_UNDO_PROPOSED, before, proposed, now_ms=now_ms, ids=ids)
    if approvers > 1:
        return proposed
    after = msgspec.structs.replace(
        proposed, status=SettlementStatus.UNDONE, undone_by=name_of(by), undone_ms=now_ms, one_person=True
    )
    await _undo(conn, matches, proposed, after, by=by, now_ms=now_ms, ids=ids)
    return after


def check_confirms(by: Actor, settlement: LineSettlement, *, approvers: int) -> None:
    """Let an actor pass who may confirm what waits of a settlement.

    Raises:
        SecondPersonError: see `originators.check_person`.
    """
    is_undo = settlement.status is SettlementStatus.UNDO_PROPOSED
    maker = settlement.undo_by if is_undo and settlement.undo_by else settlement.proposed_by
    if approvers > 1 and name_of(by) == maker:
        raise SecondPersonError("You proposed this, so another operator has to confirm it.")
    check_person(by, prepared_by=maker, approvers=approvers)


async def retrieve_settlement(database: Database, scope: AccountScope, settlement: str) -> LineSettlement:
    """Return a platform's settlement.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, settlement, store.fetch_settlements, kind="line settlement")


async def list_settlements(
    database: Database, scope: AccountScope, request: PageRequest, *, status: SettlementStatus | None = None
) -> Page[LineSettlement]:
    """Return a page of a platform's settlements, the newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="line settlement", exists=_exists)
    async with database.connection() as conn:
        return await store.page_settlements(conn, scope, window_of(SETTLEMENT_PREFIX, None, request), status)


async def _exists(conn: Conn, scope: AccountScope, settlement: str) -> bool:
    return settlement in await store.fetch_settlements(conn, scope, [settlement])


async def _find_lines(conn: Conn, scope: AccountScope, lines: Sequence[str]) -> list[ShownLine]:
    found = await fetch_lines(conn, scope, lines)
    for line in lines:
        if line not in found:
            raise ResourceMissingError("statement line", line, param="lines")
    return [found[line] for line in lines]


async def _hold(conn: Conn, scope: AccountScope, settlement: str) -> LineSettlement:
    """Return a settlement that the caller's transaction holds, with its bank account."""
    found = (await store.fetch_settlements(conn, scope, [settlement])).get(settlement)
    if found is None:
        raise ResourceMissingError("line settlement", settlement, param="line_settlement", in_path=True)
    await _lock_account(conn, scope, found.bank_account, found.currency)
    held = await store.lock_settlement(conn, scope, settlement)
    if held is None:
        raise RuntimeError("a settlement that was just read is not there")
    return held


async def _lock_account(
    conn: Conn, scope: AccountScope, name: str, currency: str, *, bank_file: str | None = None
) -> None:
    await lock_bank_account(conn, BankAccountName(scope, name, currency), bank_file=bank_file)


async def _hold_open(conn: Conn, scope: AccountScope, line: ShownLine) -> LineShare:
    """Return what a line leaves open, whose break the transaction holds."""
    held = None if line.break_id is None else await lock_break(conn, scope, line.break_id)
    if held is None or held.kind not in LINE_BREAKS or held.resolved_ms is not None or not held.amount:
        raise LineTakenError(line.id)
    return LineShare(line.id, held.amount)


async def _post(
    conn: Conn,
    matches: Posts,
    before: LineSettlement,
    after: LineSettlement,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await store.update_settlement(conn, after)
    await matches.post(conn, after, now_ms=now_ms, ids=ids)
    await _write_entry(conn, after, is_undo=False, now_ms=now_ms, ids=ids)
    for line in await _find_lines(conn, after.scope, [share.line for share in after.lines]):
        if line.break_id is not None:
            resolution = f"Settled by {after.id}: {after.note}"
            await settle_break(conn, after.scope, line.break_id, resolution=resolution, by=by, now_ms=now_ms, ids=ids)
    await _record(conn, by, Action.LINE_SETTLEMENT_POSTED, before, after, now_ms=now_ms, ids=ids)


async def _undo(
    conn: Conn,
    matches: Matches,
    before: LineSettlement,
    after: LineSettlement,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await store.update_settlement(conn, after)
    await matches.undo(conn, after, is_trial=False, now_ms=now_ms, ids=ids)
    await _write_entry(conn, after, is_undo=True, now_ms=now_ms, ids=ids)
    await store.release_lines(conn, after.scope, after.id)
    for line in await _find_lines(conn, after.scope, [share.line for share in after.lines]):
        if line.break_id is not None:
            await reopen_break(conn, after.scope, line.break_id)
    await _record(conn, by, Action.LINE_SETTLEMENT_UNDONE, before, after, now_ms=now_ms, ids=ids)


async def _write_entry(conn: Conn, settlement: LineSettlement, *, is_undo: bool, now_ms: int, ids: IdFactory) -> None:
    moment = await lock_owner_time(conn, settlement.scope, now_ms=now_ms, ids=ids)
    entry = entry_of(settlement, entry_id=moment.new_id("je_"), created=moment.now_ms // 1000, is_undo=is_undo)
    if entry is not None:
        await post_entries(conn, [Posting(entry=entry)])


async def _record(
    conn: Conn,
    by: Actor,
    action: Action,
    before: LineSettlement | None,
    after: LineSettlement,
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.LINE_SETTLEMENT,
        object_id=after.id,
        before=before,
        after=after,
        scope=after.scope,
        now_ms=now_ms,
        ids=ids,
    )
