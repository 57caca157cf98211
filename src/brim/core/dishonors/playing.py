"""Plays dishonored returns in test mode, where the scenario of a bank account says so: the same events and money.

The return is dishonored with the failure or reversal of its top-up. Its money is back on the next banking day. It is
contested on the banking day after that, or the customer's at the opening of the fourth.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import structlog

from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.accounts import account_platform
from brim.core.calendars import calendar_of
from brim.core.dishonors import store
from brim.core.dishonors.rules import RETURN_PREFIX, AchReturn, ReturnStatus
from brim.core.dishonors.service import announce, hold_return, write_accepted, write_contested, write_missed
from brim.core.due import DueItem
from brim.core.events import EventType, Renderers
from brim.core.rails import Rails
from brim.core.rails.ach import DISHONOR_DAYS, FINAL_DAYS
from brim.core.rails.sandbox import SANDBOX, Dispute, SandboxRail, dispute_of
from brim.core.time import OwnerTime, lock_owner_time
from brim.core.topups import BankStep, Change, Status, Topup, fetch_topups, post_balance_step
from brim.platform.database import Conn, Database

MAX_BATCH: Final = 500
_CONTESTED_AFTER: Final = 1
"""Banking days from the day on which the money is back until it is contested."""
_RDFI: Final = "11000000"
"""The test bank."""
_BANK_ACCOUNT: Final = "sandbox"
_PLAYED_BY: Final = "sandbox"

_log = structlog.get_logger()


class DisputePlayer:
    """Dishonors returns of test mode, and lets what follows happen: in real time, and as a queue of a test clock."""

    def __init__(self, rails: Rails, renderers: Renderers) -> None:
        self._rails = rails
        self._renderers = renderers

    async def __call__(self, conn: Conn, written: Sequence[Change]) -> None:
        """Dishonor the returns of top-ups that have failed or were reversed just now; what fails holds nothing up."""
        for change in written:
            topup = change.transition.topup
            if topup.rail != SANDBOX or topup.status not in {Status.FAILED, Status.REVERSED}:
                continue
            dispute = dispute_of(topup.scenario)
            if dispute is None:
                continue
            try:
                async with conn.transaction():
                    await self._dishonor(conn, topup, dispute, change.moment)
            except Exception:  # noqa: BLE001  the top-up has come to its end all the same
                _log.exception("return could not be dishonored", account=topup.scope.account, topup=topup.id)

    async def _dishonor(self, conn: Conn, topup: Topup, dispute: Dispute, moment: OwnerTime) -> None:
        platform = await account_platform(conn, topup.scope.account) or topup.scope.account
        today = _day(topup.currency, moment.now_ms)
        original_trace, trace = _traces(topup)
        received = AchReturn(
            scope=AccountScope(platform, topup.scope.livemode),
            id=moment.new_id(RETURN_PREFIX),
            owner=topup.scope.account,
            originator="",
            topup=topup.id,
            number=1,
            bank_file="",
            break_id=None,
            code=dispute.return_code,
            original_trace=original_trace,
            original_rdfi=_RDFI,
            trace=trace,
            amount=topup.amount,
            sec_code="WEB",
            settled_on=today,
            debited_on=_day(topup.currency, topup.created * 1000),
            is_applied=True,
            status=ReturnStatus.RETURNED,
            dishonorable_until_ms=self._after(DISHONOR_DAYS, topup, moment),
            received_ms=moment.now_ms,
        )
        if not await store.insert_return(conn, received, None):
            return
        dishonored = msgspec.structs.replace(
            received,
            status=ReturnStatus.DISHONORED,
            dishonor_code=dispute.dishonor_code,
            information=dispute.information,
            dishonored_ms=moment.now_ms,
            dishonored_by=_PLAYED_BY,
            leaves_ms=self._after(1, topup, moment),
        )
        await store.update_return(conn, dishonored)
        await announce(conn, self._renderers, dishonored, EventType.ACH_RETURN_DISHONORED, moment)

    def _after(self, days: int, topup: Topup, moment: OwnerTime) -> int:
        rail = self._rails.named(SANDBOX)
        if not isinstance(rail, SandboxRail):
            raise TypeError(rail)
        is_frozen = moment.test_clock is not None
        return rail.after_days_ms(days, currency=topup.currency, now_ms=moment.now_ms, is_frozen=is_frozen)

    async def play_due(self, database: Database, *, now_ms: int, ids: IdFactory, limit: int = MAX_BATCH) -> int:
        """Let what is due by real time come to its next step; return how many dishonors have."""
        async with database.connection() as conn:
            due = await store.list_played_returns(conn, now_ms=now_ms, limit=limit)
        for each in due:

            async def work(conn: Conn, each: AchReturn = each) -> None:
                moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
                found = await hold_return(conn, each.scope, each.id)
                if moment.test_clock is None and found.status is each.status:
                    await self._take_step(conn, found, moment)

            await database.transact(work)
        return len(due)

    async def _take_step(self, conn: Conn, found: AchReturn, moment: OwnerTime) -> None:
        """Let a dishonor come to its next step; one that cannot is given up, and holds up no other."""
        try:
            async with conn.transaction():
                await self._step(conn, found, moment)
        except (BrimError, LookupError, TypeError, ValueError):
            _log.exception("dishonor could not be simulated", ach_return=found.id)
            await write_missed(conn, found, now_ms=moment.now_ms)

    async def _step(self, conn: Conn, found: AchReturn, moment: OwnerTime) -> None:
        """Let a dishonor that the transaction holds come to its next step."""
        (topup,) = await fetch_topups(conn, found.owner_scope, [found.topup or ""])
        dispute = dispute_of(topup.scenario)
        if dispute is None:
            raise ValueError(f"{topup.scenario} plays no dishonor")
        if found.status is ReturnStatus.DISHONORED:
            days = FINAL_DAYS if dispute.contest_code is None else _CONTESTED_AFTER
            booked = msgspec.structs.replace(
                found,
                status=ReturnStatus.MONEY_BACK,
                booked_on=_day(topup.currency, moment.now_ms),
                booked_by=found.id,
                final_ms=self._after(days, topup, moment),
            )
            await store.update_return(conn, booked)
        elif dispute.contest_code is not None:
            final_ms = self._after(FINAL_DAYS - _CONTESTED_AFTER, topup, moment)
            told = msgspec.structs.replace(found, final_ms=final_ms, taken_by=found.id)
            await write_contested(
                conn, told, code=dispute.contest_code, trace=found.trace, renderers=self._renderers, moment=moment
            )
        else:
            await post_balance_step(
                conn,
                found.owner_scope,
                topup.id,
                BankStep.ACCEPTED,
                bank_account=_BANK_ACCOUNT,
                reference=found.id,
                renderers=self._renderers,
                moment=moment,
            )
            await write_accepted(conn, found, renderers=self._renderers, moment=moment)

    # As a queue of a test clock

    async def adopt(self, conn: Conn, scope: AccountScope, clock_id: str) -> None:
        """Do nothing: whose account has a clock is in its time."""

    async def release(self, conn: Conn, scope: AccountScope) -> None:
        """Do nothing: without a clock an account is in real time."""

    async def claim_by_clock(self, conn: Conn, scope: AccountScope, *, until_ms: int, limit: int) -> Sequence[DueItem]:
        """Return the dishonors of test mode that an account's clock brings to their next step by then, in order."""
        if scope.livemode:
            return []
        found = await store.claim_played_returns(conn, scope, until_ms=until_ms, limit=limit)
        return [DueItem(queue=self, due_ms=_due_ms(each), key=each.id, work=each) for each in found]

    def brings_ms(self, item: DueItem, *, now_ms: int) -> int | None:
        """Return a moment before which a dishonor comes to no further step; None if it has come to its end."""
        return now_ms + 1 if item.work.status is ReturnStatus.DISHONORED else None

    async def work_off(self, conn: Conn, items: Sequence[tuple[DueItem, OwnerTime]]) -> Callable[[], None]:
        """Let dishonors come to their next step, each at its moment."""
        for item, moment in items:
            await self._take_step(conn, item.work, moment)
        return lambda: None


def _traces(topup: Topup) -> tuple[str, str]:
    """Return the trace numbers of a debit that no bank has seen, and of its return: fifteen digits each."""
    number = int.from_bytes(hashlib.sha256(topup.id.encode()).digest()[:8])
    return f"{_RDFI}{number % 10_000_000:07}", f"{_RDFI}{number // 10_000_000 % 10_000_000:07}"


def _due_ms(found: AchReturn) -> int:
    return (found.leaves_ms if found.status is ReturnStatus.DISHONORED else found.final_ms) or 0


def _day(currency: str, moment_ms: int) -> date:
    zone = ZoneInfo(calendar_of(currency).time_zone)
    return datetime.fromtimestamp(moment_ms // 1000, UTC).astimezone(zone).date()
