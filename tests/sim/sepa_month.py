"""A month of SEPA by chance: messages rejected at three levels, returns, refunds up to thirteen months, a restore."""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.sepa import iban_of
from brim.bank.target_days import on_or_after
from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core import direct_debits
from brim.core.direct_debits.sent_lists import SENT_LIST
from brim.core.line_settlements import Part, PartKind, Proposal, propose_settlement
from brim.core.rails.sepa import SEPA
from brim.platform.database import Conn
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.houses import Houses
from tests.support.live_money import OPERATOR, PLATFORM
from tests.support.live_month import FIRST_DAY, SHOP, WHOLE, Month, read_stored
from tests.support.sepa_books import StoredSepa, read_sepa_bank, read_settled, sepa_problems
from tests.support.sepa_money import SepaMoney, berlin

if TYPE_CHECKING:
    from tests.support.live_books import Made

PAYS: Final = ("NL91ABNA0417164300", "FR1420041010050500013M02606", "AT611904300234573201")
RETURNED: Final = (
    *(("AC01", 0), ("AC04", 0), ("MD01", 0), ("AM04", 1), ("AM04", 2), ("MS03", 3), ("AC06", 4), ("MD07", 5)),
    *(("SL01", 5), ("MS02", 2), ("AG01", 1), ("MD06", 9), ("MD06", 40), ("MD01", 12), ("MD01", 50)),
)
"""Reasons, and days after settlement: rejected before, returned before success and after it, refunded."""
UNAUTHORIZED_DAYS: Final = 390
"""Calendar days, within thirteen months."""
RULES: Final = (
    {"action": "reject", "file": "{day}*", "reason": "by chance"},
    {"action": "reject", "file": "{day}*", "reason": "by chance", "level": "batch"},
    {"action": "book_gross", "file": "{day}*"},
    {"action": "book_gross", "file": "{day}*"},
    {"action": "delay", "file": "{day}*", "minutes": 90},
    {"action": "delay_acknowledgement", "file": "{day}*", "minutes": 400},
    {"action": "lose_acknowledgement", "file": "{day}*"},
    {"action": "duplicate_statement", "date": "{date}"},
)
ACTIONS: Final = {
    "create": 40,
    "repeat": 2,
    "cancel": 4,
    "claim_back": 10,
    "rule": 6,
    "stop": 1,
    "resume": 5,
    "void": 1,
    "restart": 2,
}
"""What is done, and how often."""
EXPECTED: Final = frozenset({"rejected_file", "silent_bank", "statement_gap"})
"""Breaks that a month calls for."""
OF_A_RESTORE: Final = frozenset({"unknown_debit", "unmatched_line", "line_amount", "unmatched_return"})
"""Breaks about what a restored database does not know any more."""
OF_A_LOST_REPORT: Final = frozenset({"line_amount"})
"""Breaks about batches of which the bank has rejected something in a report that was lost: it books less."""
_TAIL_DAYS: Final = 45
_LEAP_DAYS: Final = 28


class SepaMonth(Month):
    """One month, or its first `days`. `is_long` has debits claimed back for thirteen months."""

    rail = SEPA
    actions: Mapping[str, int] = ACTIONS
    rules: Sequence[Mapping[str, Any]] = RULES
    may_be_late = ("statement",)

    def __init__(self, live: SepaMoney, houses: Houses, seed: int, *, days: int = WHOLE, is_long: bool = False) -> None:
        super().__init__(live, seed, days=days)
        self._sepa = live
        self._houses = houses
        self._house = houses.names[-1]
        self._is_long = is_long
        self._backup: tuple[str, list[Made], dict[str, str]] | None = None
        self._may_restore = seed % 2 == 0
        backed_up = FIRST_DAY + timedelta(days=self.chance.randint(1, days // 2))
        self._backed_up_at = (backed_up, self.chance.randint(0, 3))
        restored = backed_up + timedelta(days=self.chance.randint(1, days // 3))
        self._restored_at = (restored, self.chance.randint(0, 3))
        self._originator = ""
        self._is_report_lost = False
        self.lost: set[str] = set()
        self.restores = 0

    async def _open(self) -> None:
        self.live.now_ms = berlin("2026-12-01 09:00")
        changes = {"requires_approval": self._requires_approval, "hold_days": self.chance.choice((3, 5, 6))}
        self._originator = (await self._sepa.rehearse(SHOP.account, changes=changes)).id

    def _is_banking_day(self, day: date) -> bool:
        return on_or_after(day) == day

    def _at(self, text: str) -> int:
        return berlin(text)

    # What people do

    async def _paying(self, scope: AccountScope) -> tuple[str, AccountScope]:
        iban = self.chance.choice(PAYS)
        if self.chance.random() < 0.35:
            reason, days = self.chance.choice(RETURNED)
            iban = iban_of(reason, days)
        key = f"{scope.account}/{iban}"
        if key not in self._sources or self.chance.random() < 0.4:
            self._sources[key] = await self._sepa.iban(iban, scope=scope)
        return self._sources[key], scope

    async def _claim_back(self, _day: date) -> None:
        """Let a debtor claim a collection back that was booked: authorized, or not."""
        settled = read_settled(self.live.folder / "bank")[-30:]
        if settled:
            code = self.chance.choice(("MD06", "MD06", "MD01"))
            longest = 55 if code == "MD06" or not self._is_long else UNAUTHORIZED_DAYS
            rule = {"trace": self.chance.choice(settled), "action": "return", "code": code}
            await self._tell_bank({**rule, "days": self.chance.randint(1, longest)})

    async def _day(self, day: date) -> None:
        await self._lose_or_keep(day, 0)
        await super()._day(day)
        await self._lose_or_keep(day, 3)

    async def _cutoff(self, day: date, *, is_sure: bool = False) -> None:
        await self._lose_or_keep(day, 1)
        await super()._cutoff(day, is_sure=is_sure)
        await self._lose_or_keep(day, 2)

    async def _lose_or_keep(self, day: date, moment: int) -> None:
        """Copy the database once in a month, and go on with the copy later, at one of four moments of a day."""
        if not self._may_restore:
            return
        if self._backup is not None and (day, moment) >= self._restored_at:
            self._may_restore = False
            await self._restore()
        elif self._backup is None and (day, moment) >= self._backed_up_at:
            await self._back_up()

    async def _back_up(self) -> None:
        """Copy the database, as a backup does."""
        await self._houses.close_all()
        name = await self._houses.create(template=self._house)
        self._backup = (name, copy.deepcopy(self.made), dict(self._sources))
        self.live.move_to(await self._houses.connect(self._house))

    async def _restore(self) -> None:
        """Lose the database, go on with the backup, and compare what has left with it."""
        assert self._backup is not None
        await self._houses.close_all()
        self._house, known, self._sources = self._backup
        self._backup, self._newest = None, None
        self.lost |= {each.id for each in self.made} - {each.id for each in known}
        self.made = known + [each for each in self.made if each.id in self.lost]
        self.live.move_to(await self._houses.connect(self._house))
        self.restores += 1

        is_new = not (self.live.folder / "to-bank" / SENT_LIST).exists()

        async def work(conn: Conn) -> direct_debits.Comparison:
            by = self._by(TESTER)
            return await direct_debits.compare_sent(
                conn, self.live.vault, WIRE_FORMATS, PLATFORM, self._originator, **by, without_list=is_new
            )

        await self.live.database.transact(work)
        await self.live.read_bank()

    async def _cancel(self, day: date) -> None:
        made = self.made
        self.made = [each for each in made if each.id not in self.lost]
        try:
            await super()._cancel(day)
        finally:
            self.made = made

    async def _rule(self, day: date) -> None:
        await super()._rule(day)
        told = self._bank.store.rows("rules")[-1]["rule"]
        self._is_report_lost |= "lose_acknowledgement" in told

    # The end

    async def _resolve(self) -> None:
        """Settle by hand what was booked before its status report was read, and look into all else."""
        self._get_acknowledgements()
        await self.live.read_bank()
        matches = direct_debits.HandMatches(self.live.database, self.live.vault, WIRE_FORMATS)
        told: dict[str, Any] = {"matches": matches, "approvers": 1, **self._by(OPERATOR)}
        for row in await rows(
            self.live.database,
            "SELECT l.id, l.matched, b.amount FROM breaks AS b JOIN statement_lines AS l ON l.id = b.line"
            " WHERE b.kind = 'line_amount' AND b.resolved_ms IS NULL AND l.matched_kind = 'ach_batch' ORDER BY l.id",
        ):
            with suppress(BrimError):  # a batch that was booked before
                async with self.live.database.transaction() as conn:
                    parts = await matches.find_parts(
                        conn, PLATFORM, bank_account="operating", currency="eur", batches=[row["matched"]]
                    )
                    rest = row["amount"] - parts[0].amount
                    if rest and self.restores:  # of top-ups that are in no database any more
                        parts = (*parts, Part(kind=PartKind.SUSPENSE, amount=rest))
                    proposal = Proposal(lines=(row["id"],), parts=parts, note="As the report says.")
                    await propose_settlement(conn, PLATFORM, proposal, **told)
        await self._say_seen(but=["line_amount"])

    async def _end(self, day: date) -> None:
        """Let money move again, resolve what waits for a person, and let the time pass in which debits come back."""
        self._may_restore = False
        await self._resume(day)
        for _ in range(_TAIL_DAYS):
            if self._is_banking_day(day):
                await self._resolve()
                await self._cutoff(day, is_sure=True)
                await self._night(day)
                if await self._is_over():
                    break
            day += timedelta(days=1)
        else:
            raise AssertionError(f"not over by {day}: {await self._waiting()}")
        while read_sepa_bank(self.live.folder / "bank").coming_back:
            day += timedelta(days=_LEAP_DAYS)
            await self._night(day)
        for _, path in self._withheld:
            path.rename(self.live.folder / "from-bank" / path.name)
        self._withheld.clear()
        await self.live.work()

    def _is_bank_quiet(self) -> bool:
        books = read_sepa_bank(self.live.folder / "bank")
        return books.waiting == books.coming_back

    async def _check(self) -> None:
        """Assert that the books hold, that they are the bank's, and that every account has what it should."""
        await assert_books_hold(self.live.database)
        stored = await self._stored_sepa()
        bank = read_sepa_bank(self.live.folder / "bank")
        found = sepa_problems(self.made, bank, stored, lost=self.lost, unread=self._unread)
        allowed = EXPECTED | (OF_A_RESTORE if self.restores else frozenset())
        allowed |= OF_A_LOST_REPORT if self._is_report_lost else frozenset()
        found += [f"{kind}: {detail}" for kind, detail in stored.breaks if kind not in allowed]
        assert not found, "\n".join(found[:12])

    async def _figures(self) -> Counter[str]:
        figures = await super()._figures()
        return figures + Counter({"restores": self.restores, "top-ups lost with their database": len(self.lost)})

    async def _stored_sepa(self) -> StoredSepa:
        stored = await read_stored(self.live.database)
        (unexplained,) = await rows(
            self.live.database,
            "SELECT coalesce(sum(amount), 0)::bigint AS amount FROM breaks AS b"
            " WHERE kind IN ('unmatched_line', 'line_amount')"
            " AND NOT EXISTS (SELECT FROM line_settlement_lines AS s WHERE s.line = b.line AND s.is_live)",
        )
        after = await rows(
            self.live.database,
            "SELECT e.topup FROM ach_entries AS e JOIN ach_files AS f ON f.id = e.file"
            " JOIN authorizations AS a ON a.mandate_reference = e.mandate_reference"
            " WHERE a.end_reason LIKE '%MD01' AND f.built_ms > a.ended_ms AND f.status <> 'voided'",
        )
        return StoredSepa(
            statuses=stored.statuses,
            credited=stored.credited,
            at_bank=stored.at_bank,
            clearing=stored.clearing,
            balances=stored.balances,
            credits=stored.credits,
            operating=stored.operating,
            unexplained=unexplained["amount"],
            breaks=stored.breaks,
            after_md01=[row["topup"] for row in after],
        )
