"""A month of live money by chance: what people and a bank do, without any process of its own.

It follows from a seed, but for ids, and for how far a worker has come when it ends.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, closing, nullcontext, suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.banking_days import is_banking_day
from brim.bank.simulation import Bank
from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core import direct_debits, ledger, originators
from brim.core.dishonors import DISHONOR_CODES
from brim.core.negative_balances import TEST_HOLD_SOURCE_TYPE
from brim.core.rails.ach import ACH, Microdeposits
from brim.core.reversals import ReversalReason
from brim.core.time import OwnerTime
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_books import (
    Made,
    Refunded,
    Stored,
    Verifying,
    has_settled,
    problems,
    problems_of_verifying,
    read_acknowledgements,
    read_amounts,
    read_bank,
    read_coming_back,
    read_credits,
)
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney, at

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

SHOP: Final = AccountScope("acct_shop", livemode=True)
FIRST_DAY: Final = date(2026, 12, 1)
WHOLE: Final = 31
"""How many days a whole month has."""
_LONGEST_TAIL: Final = 45
NUMBERS: Final = (
    *("000123456789",) * 8,
    *("9901020000", "9510100000", "9520900000", "9509010000", "000111111116", "9902010000", "9910060000"),
    *("9916040000", "9929050000", "9911030000", "9901050000", "9901050000", "9906020000", "9906020000"),
    *("9906020073", "9901050071", "9906050072", "9801000000", "9805000000", "9807000000", "9702000000"),
    *("9402010000", "9403020000", "9404040000"),
)
"""Paid, returned before the hold is over and after it, as often as it is presented, late, by permission, contested;
notifications of change; and paid, but what is paid back comes back."""
OPEN: Final = (
    *("000123456789",) * 6,
    *("9902010000", "9902060000", "000111111116", "9901020000", "9402010000", "9801000000", "9805000000"),
)
"""Bank accounts that micro-deposits go to: credited, returned before their amounts are stated and after it, the debit
alone or the credits alone returned; and notifications of change."""
FAULTS: Final = ("misrouted", "amount", "account", "twice")
RULES: Final = (
    {"action": "reject", "file": "{day}*", "reason": "by chance"},
    {"action": "delay", "file": "{day}*", "minutes": 90},
    {"action": "delay_acknowledgement", "file": "{day}*", "minutes": 400},
    {"action": "lose_acknowledgement", "file": "{day}*"},
    {"action": "duplicate_returns", "date": "{date}"},
    {"action": "duplicate_statement", "date": "{date}"},
)
ACTIONS: Final = {
    "create": 40,
    "repeat": 2,
    "cancel": 4,
    "retry": 6,
    "dishonor": 14,
    "spend": 4,
    "prenote": 2,
    "reverse": 10,
    "refund": 18,
    "cancel_refund": 5,
    "microdeposit": 4,
    "state": 8,
    "send_back": 1,
    "rule": 3,
    "stop": 1,
    "resume": 5,
    "void": 1,
    "restart": 2,
}
"""What is done, and how often."""
MOST_WRONG: Final = 3
"""How often amounts can be stated wrong."""
UNEXPECTED: Final = {"failed_work", "held_file", "unknown_debit", "unmatched_acknowledgement", "unreadable_item"}
"""Breaks that nothing calls for."""

_LEGS: Final = """
WITH lines AS (
    SELECT source, debit_account, credit_account, amount FROM journal_entries
    UNION ALL
    SELECT e.source, l.debit_account, l.credit_account, l.amount
    FROM journal_entry_lines AS l JOIN journal_entries AS e ON (e.account, e.id) = (l.account, l.entry)
)
SELECT l.source, l.ledger_account, sum(l.amount)::bigint AS amount
FROM (
    SELECT source, debit_account AS ledger_account, amount FROM lines
    UNION ALL
    SELECT source, credit_account, -amount FROM lines
) AS l
WHERE l.ledger_account IS NOT NULL
GROUP BY 1, 2
"""
"""By what was posted and ledger account: debits less credits."""
_UNEXPLAINED: Final = """
SELECT coalesce(sum(l.amount), 0)::bigint AS amount
FROM statement_lines AS l
WHERE EXISTS (
    SELECT FROM breaks AS b
    WHERE b.cause = l.bank_account || '/' || l.line_key
        OR b.cause LIKE '%/unposted/' || l.bank_account || '/' || l.line_key
        AND coalesce(b.resolution, '') NOT LIKE '%both are posted%'
) OR EXISTS (SELECT FROM ach_returns AS r WHERE r.id = l.matched AND r.topup IS NULL)
"""
"""Lines of which nothing is posted: breaks, and those about the dishonor of a return that names no debit."""


class Month:
    """One month, or its first `days`: a platform and an account under it, their bank, and what clients were told."""

    rail = ACH
    actions: Mapping[str, int] = ACTIONS
    rules: Sequence[Mapping[str, Any]] = RULES
    may_be_late: tuple[str, ...] = ("returns", "statement")
    """How the names of the bank's files begin that at times come late."""

    def __init__(self, live: LiveMoney, seed: int, *, days: int = WHOLE) -> None:
        self._days = days
        self.chance = random.Random(seed)
        self.live = live
        self.made: list[Made] = []
        self.held = 0
        self.is_punctual = True
        self._verified: list[tuple[str, AccountScope]] = []
        self._sets: list[Verifying] = []
        self._refunds: list[Refunded] = []
        self._withheld: list[tuple[date, Path]] = []
        self._unread: dict[str, date] = {}
        self._numbers = 0
        self._newest: tuple[str, str, int, AccountScope, str] | None = None
        self._sources: dict[str, str] = {}
        self._lonely: dict[str, str] = {}
        self._requires_approval = seed % 3 == 0

    async def run(self, opening: AbstractAsyncContextManager[Any] | None = None) -> Counter[str]:
        """Live through it, assert what holds in the end, and return what happened how often.

        Two that run at once have one `opening`: the bank's commands, which open it, take the process's output.
        """
        async with opening or nullcontext():
            await self._open()
        self._bank = Bank(self.live.folder / "bank")
        with closing(self._bank.store):
            await self._live_through()
        await self._check()
        return await self._figures()

    async def _open(self) -> None:
        await self.live.open(
            SHOP.account,
            requires_approval=self._requires_approval,
            retry_schedule=("+1", "+0"),
            return_rate_minimum=10_000,
            microdeposits=self.chance.choice((Microdeposits.CREDITS, Microdeposits.CREDITS_AND_DEBIT)),
            microdeposits_per_bank_account=30,
            microdeposit_return_percent=100,
        )

    async def _live_through(self) -> None:
        day = FIRST_DAY
        while day < FIRST_DAY + timedelta(days=self._days):
            if self._is_banking_day(day):
                await self._day(day)
            day += timedelta(days=1)
        await self._end(day)

    def _is_banking_day(self, day: date) -> bool:
        return is_banking_day(day)

    def _at(self, text: str) -> int:
        return at(text)

    async def _day(self, day: date) -> None:
        self._to(day, "10:00")
        for _ in range(self.chance.randint(3, 8)):
            await self._act(day)
        await self._cutoff(day)
        for _ in range(self.chance.randint(0, 2)):
            await self._act(day)
        await self._night(day)

    async def _act(self, day: date) -> None:
        (action,) = self.chance.choices(list(self.actions), list(self.actions.values()))
        with suppress(BrimError):  # a refusal is an answer
            await getattr(self, f"_{action}")(day)

    async def _cutoff(self, day: date, *, is_sure: bool = False) -> None:
        """Let files be made and sent, and the bank have them; what came until now is read."""
        live = self.live
        if self._refunds and self.chance.random() < 0.5:  # a return may come just before the refund would leave
            self._to(day, "16:30")
            await self._advance_bank(day, is_before_cutoff=True)
        self._to(day, "17:00")
        by: dict[str, Any] = {"now_ms": live.now_ms, "ids": live.ids}
        await live.claim()
        await direct_debits.void_late(live.database, now_ms=live.now_ms)
        await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, **by)
        if is_sure or self.chance.random() < 0.9:
            await self._approve()
        await direct_debits.send_due(live.database, live.vault, WIRE_FORMATS, **by)
        self._to(day, "17:05")
        await self._advance_bank(day)
        if await self._files("built", "approved"):  # who comes late may find that a debit has come back
            await self._approve()
            await direct_debits.send_due(live.database, live.vault, WIRE_FORMATS, **by)
            await self._void_held()
        await self._resubmit()

    async def _night(self, day: date) -> None:
        self._to(day, "23:30")
        await self._advance_bank(day)

    async def _advance_bank(self, day: date, *, is_before_cutoff: bool = False) -> None:
        """Let the bank work until now; at times a file of its comes a day or two late."""
        inbox = self.live.folder / "from-bank"
        unread = day - timedelta(days=is_before_cutoff)
        for due, path in list(self._withheld):
            if due <= day:
                path.rename(inbox / path.name)
                self._unread[path.name] = unread
                self._withheld.remove((due, path))
        before = set(inbox.iterdir())
        self._bank.advance(self.live.now_ms // 1000)
        for path in sorted(set(inbox.iterdir()) - before):
            if path.name.startswith(self.may_be_late) and self.chance.random() < 0.04:
                late = self.live.folder / path.name
                path.rename(late)
                self._withheld.append((day + timedelta(days=self.chance.randint(1, 4)), late))
                self.is_punctual = False
            else:
                self._unread[path.name] = unread
        live = self.live
        by: dict[str, Any] = {"now_ms": live.now_ms, "ids": live.ids}
        await live.read_bank()
        await live.claim()
        await direct_debits.settle_prenote_files(live.database, WIRE_FORMATS, **by)
        beside: dict[str, Any] = {"clock": lambda: live.now_ms, "ids": live.ids}
        await direct_debits.end_contests(live.database, WIRE_FORMATS, **beside)
        await direct_debits.end_unanswered_reversals(live.database, WIRE_FORMATS, **beside)
        await direct_debits.end_unanswered_refunds(live.database, WIRE_FORMATS, **beside)
        await direct_debits.report_silence(live.database, WIRE_FORMATS, **by)

    def _to(self, day: date, wall: str) -> None:
        self.live.now_ms = max(self.live.now_ms, self._at(f"{day} {wall}"))

    # What people do

    async def _create(self, _day: date) -> None:
        scope = self.chance.choice((PLATFORM, SHOP))
        amount = 1_000 + self.chance.randrange(9_000)
        source, scope = await self._paying(scope)
        key = f"key-{len(self.made)}"
        created = await self.live.create(source, amount, scope=scope, key=key)
        self.made.append(Made(created, scope.account, amount))
        self._newest = (created, source, amount, scope, key)

    async def _paying(self, scope: AccountScope) -> tuple[str, AccountScope]:
        """Return a bank account that pays for a top-up, and whose that is."""
        if self._verified and self.chance.random() < 0.2:
            return self._verified[-1]
        if self.chance.random() < 0.05:
            return await self._faulty(scope), scope
        if self.chance.random() < 0.1:
            return await self._alone(scope), scope
        number = self.chance.choice(NUMBERS)
        key = f"{scope.account}/{number}"
        if key not in self._sources or self.chance.random() < 0.5:
            self._sources[key] = await self.live.bank_account(number, scope=scope)
        return self._sources[key], scope

    async def _alone(self, scope: AccountScope) -> str:
        """Return a bank account that nobody else debits, so that its bank can be told what to do with it."""
        self._numbers += 1
        number = f"0007{self._numbers:08}"
        source = await self.live.bank_account(number, scope=scope)
        self._lonely[source] = number
        return source

    async def _faulty(self, scope: AccountScope) -> str:
        """Return a bank account whose debit comes back by a return in which something is wrong."""
        self._numbers += 1
        number = f"0008{self._numbers:08}"
        self.is_punctual = False
        await self._tell_bank(
            {"account": number, "action": "return", "code": "R03", "fault": self.chance.choice(FAULTS)}
        )
        return await self.live.bank_account(number, scope=scope)

    async def _repeat(self, _day: date) -> None:
        """Send the newest create again, as a client does that has not heard the answer."""
        if self._newest is not None:
            created, source, amount, scope, key = self._newest
            again = await self.live.create(source, amount, scope=scope, key=key)
            assert again == created, f"{key} created {created} and {again}"

    async def _cancel(self, _day: date) -> None:
        if not self.made:
            return
        topup = self.chance.choice(self.made)
        topup.is_canceled |= await self.live.cancel(topup.id, scope=AccountScope(topup.account, livemode=True))

    async def _retry(self, _day: date) -> None:
        ended = await rows(
            self.live.database, "SELECT id FROM topups WHERE status IN ('failed', 'reversed') ORDER BY id"
        )
        known = {each["id"] for each in ended}
        if not known:
            return
        topup = self.chance.choice([each for each in self.made if each.id in known])
        scope = AccountScope(topup.account, livemode=True)
        source = None if self.chance.random() < 0.5 else await self.live.bank_account(scope=scope)
        again = await self.live.create(source, topup.amount, scope=scope, retry_of=topup.id, by=OPERATOR)
        self.made.append(Made(again, topup.account, topup.amount, retry_of=topup.id))

    async def _dishonor(self, _day: date) -> None:
        found = await rows(
            self.live.database,
            "SELECT id FROM ach_returns WHERE status = 'returned' ORDER BY received_ms, original_trace, trace",
        )
        if not found:
            return
        code = self.chance.choice(sorted(DISHONOR_CODES))
        asked = self.chance.choice(found)["id"]
        async with self.live.database.transaction() as conn:
            await direct_debits.dishonor_return(
                conn,
                PLATFORM,
                asked,
                code=code,
                information={"R62": "REVERSED", "R69": "03"}.get(code),
                renderers=WIRE_FORMATS,
                **self._by(OPERATOR),
            )

    async def _spend(self, _day: date) -> None:
        """Spend what an account has, so that a return takes it below zero."""
        scope = self.chance.choice((PLATFORM, SHOP))
        found = await rows(self.live.database, "SELECT available FROM balances WHERE account = $1", scope.account)
        amount = sum(row["available"] for row in found)
        if amount <= 0:
            return
        amount = self.chance.randint(amount // 2 + 1, amount)
        moment = OwnerTime(self.live.now_ms, self.live.ids)
        async with self.live.database.transaction() as conn:
            hold = await ledger.reserve(
                conn,
                scope,
                source_type=TEST_HOLD_SOURCE_TYPE,
                source=self.live.ids.new_at("spent_", self.live.now_ms),
                amount=amount,
                currency="usd",
                moment=moment,
            )
        assert hold.amount == amount, hold

    async def _prenote(self, _day: date) -> None:
        number = self.chance.choice(("000123456789", "000123456789", "9902010000"))
        source = await self.live.bank_account(number, verified=False)
        await self.live.prenote(source)
        self._verified.append((source, PLATFORM))  # a create from it is refused until it is verified

    async def _reverse(self, _day: date) -> None:
        """Reverse a debit that has left not long ago, or one that cannot be; at times its bank never books it."""
        if not self.made:
            return
        topup = self.chance.choice(self.made[-25:])
        reason = self.chance.choice(list(ReversalReason))
        async with self.live.database.transaction() as conn:
            await direct_debits.request_reversal(
                conn, PLATFORM, topup.id, reason=reason, renderers=WIRE_FORMATS, **self._by(TESTER)
            )
        topup.is_reversed = True
        number = self._lonely.get((await self.live.topup(topup.id))["source"])
        if self.chance.random() < 0.5 and number and has_settled(self.live.folder / "bank", number):
            self.is_punctual = False
            await self._tell_bank({"account": number, "action": "never_settle"})

    async def _refund(self, day: date) -> None:
        """Refund a top-up, in whole or in part, mostly one that can be; at times its bank never books it.

        One whose debit comes back on this day is preferred: it may be refunded, and then the refund must not leave.
        """
        if not self.made:
            return
        found = await rows(self.live.database, "SELECT id FROM topups WHERE status = 'succeeded'")
        known = {each["id"] for each in found}
        asked = [each for each in self.made if each.id in known][-12:] or self.made
        coming_back = read_coming_back(self.live.folder / "bank", at(f"{day} 16:30") // 1000)
        returned_today = [each for each in self.made if each.id in known and each.id[-15:] in coming_back]
        if returned_today and self.chance.random() < 0.5:
            asked = returned_today
        topup = self.chance.choice(asked if self.chance.random() < 0.9 else self.made)
        root = self._root(topup)
        used = {each.amount for each in self._refunds if self._root(self._made_as(each.topup)) == root}
        amount = self.chance.choice((None, topup.amount // 2, self.chance.randint(1, topup.amount)))
        if used and (amount is None or amount in used):
            amount = next(less for less in range(topup.amount - len(used), 0, -1) if less not in used)
        async with self.live.database.transaction() as conn:
            made = await direct_debits.request_refund(
                conn,
                PLATFORM,
                topup.id,
                direct_debits.RefundRequest(amount=amount),
                renderers=WIRE_FORMATS,
                **self._by(TESTER),
            )
        assert made.amount == (topup.amount if amount is None else amount), made
        self._refunds.append(Refunded(id=made.id, topup=topup.id, account=topup.account, amount=made.amount))
        number = self._lonely.get((await self.live.topup(topup.id))["source"])
        if self.chance.random() < 0.5 and number and has_settled(self.live.folder / "bank", number):
            self.is_punctual = False
            await self._tell_bank({"account": number, "action": "never_settle"})

    def _made_as(self, topup: str) -> Made:
        return next(each for each in self.made if each.id == topup)

    def _root(self, topup: Made) -> str:
        while topup.retry_of is not None:
            topup = self._made_as(topup.retry_of)
        return topup.id

    async def _cancel_refund(self, _day: date) -> None:
        found = await rows(self.live.database, "SELECT id FROM refunds WHERE status = 'pending' ORDER BY id")
        known = {each["id"] for each in found}
        if not known:
            return
        asked = self.chance.choice([each for each in self._refunds if each.id in known])
        async with self.live.database.transaction() as conn:
            await direct_debits.cancel_refund(conn, PLATFORM, asked.id, renderers=WIRE_FORMATS, **self._by(TESTER))
        asked.is_canceled = True

    async def _microdeposit(self, _day: date) -> None:
        scope, number = self.chance.choice((PLATFORM, SHOP)), self.chance.choice(OPEN)
        source = await self.live.bank_account(number, scope=scope, verified=False)
        self._sets.append(Verifying(await self.live.microdeposits(source, scope=scope), scope.account, source, number))

    async def _state(self, _day: date) -> None:
        """State what a bank account was sent, as its holder reads it at the bank; at times something else."""
        waiting = [each for each in self._sets if not each.is_verified and each.wrong < MOST_WRONG]
        if not waiting:
            return
        asked = self.chance.choice(waiting)
        amounts = read_amounts(self.live.folder / "bank", asked.id)
        is_right = bool(amounts) and self.chance.random() < 0.7
        if not is_right:
            amounts = [99, 99]
        self.chance.shuffle(amounts)
        scope = AccountScope(asked.account, livemode=True)
        told = await self.live.state(asked.source, *amounts, scope=scope)
        if "error" in told:
            asked.wrong += 1
        else:
            assert is_right, f"{asked.id} was verified by wrong amounts"
            asked.is_verified = True
            self._verified.append((asked.source, scope))

    async def _send_back(self, _day: date) -> None:
        """Let a bank send back what it was paid, at times wrongly."""
        paid = read_credits(self.live.folder / "bank")[-20:]
        if paid:
            rule = {"trace": self.chance.choice(paid), "action": "return", "code": "R03", "days": 1}
            fault = self.chance.choice(("", *FAULTS))
            self.is_punctual = self.is_punctual and not fault
            await self._tell_bank({**rule, **({"fault": fault} if fault else {})})

    async def _rule(self, day: date) -> None:
        rule = self.chance.choice(self.rules)
        self.is_punctual = False
        await self._tell_bank({name: _filled(value, day) for name, value in rule.items()})

    async def _stop(self, _day: date) -> None:
        account = self.chance.choice((None, SHOP.account))
        self.is_punctual = False
        async with self.live.database.transaction() as conn:
            await originators.stop_rail(
                conn, PLATFORM, rail=self.rail, account=account, reason="by chance", **self._by(TESTER)
            )

    async def _resume(self, _day: date) -> None:
        for account in (None, SHOP.account):
            with suppress(BrimError):
                async with self.live.database.transaction() as conn:
                    await originators.resume_rail(conn, PLATFORM, rail=self.rail, account=account, **self._by(TESTER))

    async def _void(self, _day: date) -> None:
        self.is_punctual = False
        for row in await self._files("built", "approved"):
            async with self.live.database.transaction() as conn:
                await direct_debits.void_file(conn, PLATFORM, row, **self._by(TESTER))

    async def _void_held(self) -> None:
        for row in await rows(
            self.live.database,
            "SELECT id FROM ach_files WHERE status IN ('built', 'approved') AND held_because IS NOT NULL ORDER BY id",
        ):
            self.held += 1
            async with self.live.database.transaction() as conn:
                await direct_debits.void_file(conn, PLATFORM, row["id"], **self._by(TESTER))

    async def _approve(self) -> None:
        for row in await self._files("built"):
            with suppress(BrimError):
                async with self.live.database.transaction() as conn:
                    await direct_debits.approve_file(
                        conn, PLATFORM, row, sha256=None, approvers=1, renderers=WIRE_FORMATS, **self._by(OPERATOR)
                    )

    async def _resubmit(self) -> None:
        rejected = await rows(self.live.database, "SELECT DISTINCT file FROM ach_batches WHERE status = 'rejected'")
        for row in rejected:
            with suppress(BrimError):
                async with self.live.database.transaction() as conn:
                    await direct_debits.resubmit_file(conn, PLATFORM, row["file"], **self._by(TESTER))

    async def _restart(self, _day: date) -> None:
        """End a worker amid its work, and go on as new processes do, which remember nothing."""
        live = self.live
        by: dict[str, Any] = {"now_ms": live.now_ms, "ids": live.ids}
        step: Coroutine[Any, Any, Any] = self.chance.choice(
            (live.claim, live.read_bank, lambda: direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, **by))
        )()
        working = asyncio.create_task(step)
        for _ in range(self.chance.randrange(60)):
            await asyncio.sleep(0)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        live.move_to(live.database)

    async def _tell_bank(self, rule: dict[str, Any]) -> None:
        self._bank.add_rules([rule])

    async def _files(self, *statuses: str) -> list[str]:
        found = await rows(
            self.live.database, "SELECT id FROM ach_files WHERE status = ANY($1) ORDER BY id", list(statuses)
        )
        return [row["id"] for row in found]

    def _by(self, who: Any) -> dict[str, Any]:
        return {"by": who, "now_ms": self.live.now_ms, "ids": self.live.ids}

    # The end

    async def _end(self, day: date) -> None:
        """Let money move again, resolve what waits for a person, and let everything come to its end."""
        await self._resume(day)
        for _ in range(_LONGEST_TAIL):
            if self._is_banking_day(day):
                await self._resolve()
                await self._cutoff(day, is_sure=True)
                await self._night(day)
                if await self._is_over():
                    return
            day += timedelta(days=1)
        raise AssertionError(f"not over by {day}: {await self._waiting()}")

    async def _resolve(self) -> None:
        """Say of each break that a person has looked into it, and get the acknowledgments that were lost."""
        self._get_acknowledgements()
        await self._say_seen()

    def _get_acknowledgements(self) -> None:
        """Get again from the bank what it has said of each file."""
        inbox = self.live.folder / "from-bank"
        for number, acknowledgement in enumerate(read_acknowledgements(self.live.folder / "bank")):
            again = inbox / f"again_{number}.{'csv' if self.rail == ACH else 'xml'}"
            if not again.exists():
                again.write_bytes(acknowledgement)

    async def _say_seen(self, *, but: Sequence[str] = ()) -> None:
        for row in await rows(
            self.live.database,
            "SELECT id FROM breaks WHERE resolved_ms IS NULL AND kind <> ALL ($1) ORDER BY id",
            list(but),
        ):
            async with self.live.database.transaction() as conn:
                await direct_debits.resolve_break(
                    conn, PLATFORM, row["id"], resolution="seen", approvers=1, **self._by(OPERATOR)
                )

    async def _waiting(self) -> list[dict[str, Any]]:
        return await rows(
            self.live.database,
            "SELECT id, status FROM topups AS t WHERE status = 'pending' AND NOT EXISTS ("
            "SELECT FROM due_exceptions AS d JOIN ach_entries AS e ON e.topup = d.object_id AND e.status = 'confirmed'"
            " WHERE d.object_id = t.id AND d.error LIKE 'The bank has reversed%(trace number ' || e.trace || ')%')"
            " UNION ALL SELECT id, status FROM ach_returns WHERE status IN ('dishonored', 'money_back')"
            " UNION ALL SELECT id, status FROM prenotes WHERE status = 'pending'"
            " UNION ALL SELECT id, status FROM ach_reversals WHERE status = 'requested'"
            " UNION ALL SELECT id, status FROM refunds WHERE status = 'pending'",
        )

    async def _is_over(self) -> bool:
        if self._withheld or not self._is_bank_quiet():
            return False
        for row in await self._waiting():  # what will never be sent is canceled
            topup = next((each for each in self.made if each.id == row["id"]), None)
            if topup is not None:
                topup.is_canceled |= await self.live.cancel(topup.id, scope=AccountScope(topup.account, livemode=True))
        return not await self._waiting()

    def _is_bank_quiet(self) -> bool:
        return read_bank(self.live.folder / "bank").is_quiet

    async def _check(self) -> None:
        """Assert that the books hold, that they are the bank's, and that every account has what it should."""
        database = self.live.database
        await assert_books_hold(database)
        bank, stored = read_bank(self.live.folder / "bank"), await read_stored(database)
        found = problems(
            self.made,
            bank,
            stored,
            refunds=self._refunds,
            is_punctual=self.is_punctual,
            unread=self._unread,
        )
        found += problems_of_verifying(self._sets, bank, stored)
        found += [f"{kind}: {detail}" for kind, detail in stored.breaks if kind in UNEXPECTED]
        assert not found, "\n".join(found[:12])

    async def _figures(self) -> Counter[str]:
        found = await rows(
            self.live.database,
            "SELECT 'top-ups ' || status AS what FROM topups UNION ALL SELECT 'returns ' || status FROM ach_returns"
            " UNION ALL SELECT 'files ' || status FROM ach_files UNION ALL SELECT"
            " CASE WHEN id LIKE 'mdep%' THEN 'micro-deposits ' ELSE 'prenotes ' END || status FROM prenotes"
            " UNION ALL SELECT 'corrections ' || status FROM corrections"
            " UNION ALL SELECT 'reversals ' || status FROM ach_reversals"
            " UNION ALL SELECT concat_ws(' ', 'refunds', status, failure_reason) FROM refunds"
            " UNION ALL SELECT 'breaks ' || kind FROM breaks UNION ALL SELECT type FROM events"
            " WHERE type IN ('brim.negative_balance.created', 'brim.topup.retry_scheduled')",
        )
        return Counter(row["what"] for row in found) + Counter({"files held": self.held})


async def read_stored(database: Database) -> Stored:
    """Return what the service's database says of live money."""
    statuses = await rows(database, "SELECT id, status FROM topups WHERE livemode")
    legs = await rows(database, _LEGS)
    sums: dict[str, dict[str, int]] = {}
    for row in legs:
        sums.setdefault(row["ledger_account"], {})[row["source"]] = row["amount"]
    balances = await rows(database, "SELECT account, available + reserved AS amount FROM balances WHERE livemode")
    credits_ = await rows(
        database,
        "SELECT source, count(*) AS count FROM balance_transactions"
        " WHERE type IN ('topup', 'topup_dishonored_return') GROUP BY source",
    )
    (unexplained,) = await rows(database, _UNEXPLAINED)
    breaks = await rows(database, "SELECT kind, detail FROM breaks ORDER BY id")
    verifying = await rows(database, "SELECT id, status FROM prenotes")
    refunds = await rows(database, "SELECT id, status FROM refunds")
    taken_back = await rows(database, "SELECT split_part(cause, '/', 1) AS id FROM breaks WHERE kind = 'taken_back'")
    return Stored(
        statuses={row["id"]: row["status"] for row in statuses},
        credited={source: -amount for source, amount in sums.get("balance:available", {}).items()},
        at_bank=sums.get("bank:operating", {}),
        clearing=sums.get("funding:clearing", {}),
        balances={row["account"]: row["amount"] for row in balances},
        credits={row["source"]: row["count"] for row in credits_},
        operating=sum(sums.get("bank:operating", {}).values()),
        unexplained=unexplained["amount"],
        taken_back=frozenset(row["id"] for row in taken_back),
        breaks=[(row["kind"], row["detail"]) for row in breaks],
        verifying={row["id"]: row["status"] for row in verifying},
        spent=sums.get("verification", {}),
        refunds={row["id"]: row["status"] for row in refunds},
    )


def _filled(value: Any, day: date) -> Any:
    return value.format(day=f"{day:%Y%m%d}", date=day) if isinstance(value, str) else value
