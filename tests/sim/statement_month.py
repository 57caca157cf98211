"""A small month of money at one bank, told in one format: what a bank model wrote is matched, and nothing else is.

Top-ups leave in files; the bank books their batches, takes some debits back, charges fees, and receives transfers from
customers, one by one or as collective entries. Its files are given to the matcher as they are, twice, out of order, cut
off or put together, without processes. It follows from a seed, whatever the format is.
"""

import random
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.scope import AccountScope
from brim.core import direct_debits
from brim.core.push import NewInstructions, create_instructions
from brim.core.rails.ach import Transfers
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.bank_books import Day, Format, Movement, write, write_details
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import PAYS, LiveMoney, at

NUMBER: Final = "9876543210"
SHOP: Final = "acct_shop"
FIRST_DAY: Final = date(2026, 12, 1)
FAULTS: Final = ("twice", "out of order", "cut off", "together")

_LINES: Final = """
SELECT
    l.amount, CASE p.kind WHEN 'transfer_back' THEN 'incoming_transfer_back' ELSE l.matched_kind END AS matched_kind,
    b.resolved_ms IS NULL AND b.id IS NOT NULL AS is_open
FROM statement_lines AS l
LEFT JOIN breaks AS b ON b.line = l.id
LEFT JOIN line_settlement_lines AS s ON s.line = l.id
LEFT JOIN line_settlement_parts AS p ON p.settlement = s.settlement
WHERE NOT EXISTS (SELECT FROM statement_lines AS p WHERE p.parent = l.id)
"""
_LEDGER: Final = """
SELECT code, sum(amount)::bigint AS amount
FROM (
    SELECT debit_account AS code, amount FROM journal_entries
    UNION ALL SELECT credit_account, -amount FROM journal_entries
    UNION ALL SELECT debit_account, amount FROM journal_entry_lines
    UNION ALL SELECT credit_account, -amount FROM journal_entry_lines
) AS legs
GROUP BY code
"""


class StatementMonth:
    """One month in one format. What the bank knows of our files is what they say: batches, traces and amounts."""

    def __init__(self, database: Database, folder: Path, seed: int, kind: Format) -> None:
        self._database, self._folder, self._seed, self._kind = database, folder, seed, kind
        self._chance = random.Random(seed)
        self._live = LiveMoney(database, folder)
        self._faults = [fault for fault in FAULTS if self._chance.random() < 0.4]
        self._has_references = self._chance.random() < 0.7
        self._expected = Counter[tuple[int, str | None, bool]]()
        self._days: dict[date, list[Movement]] = {}
        self._amounts = iter(self._chance.sample(range(100, 90_000), 400))
        self._count = 0
        self._lasting = ""
        self._credited = 0
        self._suspended = 0

    async def run(self) -> Counter[str]:
        """Live through it; return what was in it, and raise AssertionError where something else came of it."""
        await self._live.open(SHOP, transfers=Transfers.ON)
        expected = await self._give_instructions()
        await self._send_files()
        await self._book_batches()
        for day in range(2, 18):
            self._book_day(FIRST_DAY + timedelta(day), expected)
        for name, content in self._files():
            (self._live.folder / "from-bank" / name).write_bytes(content)
            await self._live.read_bank()
        try:
            await self._check()
        except AssertionError as error:
            raise AssertionError(f"seed {self._seed}, {self._kind}, {self._faults}: {error}") from error
        late = await rows(self._database, "SELECT id FROM line_settlements WHERE decided_by = 'matcher'")
        return Counter(
            {
                "lines": self._expected.total(),
                "open": sum(n for (_, _, is_open), n in self._expected.items() if is_open),
                "taken back before they came": len(late),
            }
            | {f"files {fault}": 1 for fault in self._faults}
        )

    async def _give_instructions(self) -> list[tuple[str, int]]:
        """Return references with what each expects."""
        found = []
        for amount in (None, *(next(self._amounts) for _ in range(self._chance.randint(2, 5)))):
            async with self._database.transaction() as conn:
                made = await create_instructions(
                    conn,
                    AccountScope(SHOP, livemode=True),
                    NewInstructions(currency="usd", amount=amount),
                    by=TESTER,
                    now_ms=self._live.now_ms,
                    ids=self._live.ids,
                )
            if amount is None:
                self._lasting = made.reference
            else:
                found.append((made.reference, amount))
        return found

    async def _send_files(self) -> None:
        source = await self._live.bank_account(PAYS)
        for day in range(self._chance.randint(1, 3)):
            self._live.now_ms = at(f"{FIRST_DAY + timedelta(day)} 10:00")
            for _ in range(self._chance.randint(1, 4)):
                await self._live.create(source, next(self._amounts))
            self._live.now_ms = at(f"{FIRST_DAY + timedelta(day)} 18:00")
            await self._live.claim()
            told: Any = {"now_ms": self._live.now_ms, "ids": self._live.ids}
            await direct_debits.build_due(self._database, self._live.vault, WIRE_FORMATS, **told)
            await direct_debits.send_due(self._database, self._live.vault, WIRE_FORMATS, **told)

    async def _book_batches(self) -> None:
        """Book each batch in full on its day, and take some of its debits back on later days."""
        batches = await rows(
            self._database,
            "SELECT file, number, company_id, effective_date, total_debit FROM ach_batches ORDER BY file",
        )
        entries = await rows(self._database, "SELECT file, batch, trace, amount FROM ach_entries ORDER BY trace")
        for batch in batches:
            on = batch["effective_date"]
            name = f"{batch['company_id'].strip()}-{batch['number']:07}"
            self._book(on, self._movement(batch["total_debit"], "ach_batch", ours=name))
            mine = [each for each in entries if (each["file"], each["batch"]) == (batch["file"], batch["number"])]
            back = [each for each in mine if self._chance.random() < 0.4]
            taken = [self._movement(-each["amount"], "ach_return", ours=each["trace"]) for each in back]
            self._book(on + timedelta(self._chance.randint(1, 4)), *self._collected(taken))

    def _book_day(self, on: date, expected: list[tuple[str, int]]) -> None:
        """Book what others bring and the bank charges on a day."""
        if self._chance.random() < 0.3:
            fee = self._chance.choice([250, next(self._amounts)])
            self._book(on, self._movement(-fee, None, text="ACCOUNT FEE"))
        if self._chance.random() < 0.1:
            self._book(on, self._movement(-next(self._amounts), None, text="UNKNOWN DEBIT"))
        pushed = []
        for _ in range(self._chance.choice([0, 0, 1, 1, 2, 4])):
            amount, text = next(self._amounts), f"RENT {self._chance.randint(1, 999)}"
            which = self._chance.random()
            if which < 0.5:
                text = f"{text} {self._lasting}"
                self._credited += amount
            elif which < 0.7 and expected:
                reference, amount = expected.pop()
                text = f"{reference[:4]} {reference[4:8]} {reference[8:]}"
                self._credited += amount
            else:
                self._suspended += amount
            pushed.append(self._movement(amount, "incoming_transfer", text=text))
        booked = self._collected(pushed)
        self._book(on, *booked)
        credited = [each for each in booked if self._lasting in each.text]  # not those that are listed later, perhaps
        if credited and self._chance.random() < 0.6:
            back = self._movement(-credited[0].amount, "incoming_transfer_back", text=f"RECALL {self._lasting}")
            self._credited -= credited[0].amount
            self._book(on + timedelta(1), back)

    def _movement(self, amount: int, matched: str | None, *, ours: str = "", text: str = "") -> Movement:
        """Return something that is to be matched as a kind, or not at all."""
        self._count += 1
        self._expected[amount, matched, matched is None] += 1
        reference = f"B{self._seed}X{self._count}" if self._has_references else ""
        return Movement(amount, reference, ours, text)

    def _collected(self, movements: list[Movement]) -> list[Movement]:
        """Return movements, or one collective entry of all of them, which a format without details books one by one."""
        if len(movements) < 2 or self._chance.random() < 0.4:
            return movements
        self._count += 1
        total = sum(each.amount for each in movements)
        return [Movement(total, f"C{self._seed}X{self._count}", payments=tuple(movements))]

    def _book(self, on: date, *movements: Movement) -> None:
        self._days.setdefault(on, []).extend(movements)

    def _files(self) -> list[tuple[str, bytes]]:
        """Return the files of the month, in the order in which they come."""
        days, opening = list[Day](), 5_000_000
        for number, (on, movements) in enumerate(sorted(self._days.items()), 1):
            if movements:
                days.append(Day(on, number, opening, movements))
                opening = days[-1].closing
        parts = [[day] for day in days]
        if "together" in self._faults:
            cuts = sorted({0, len(days), *self._chance.sample(range(len(days)), min(3, len(days)))})
            parts = [days[start:end] for start, end in pairwise(cuts)]
        contents = [write(self._kind, NUMBER, part) for part in parts]
        files = list(contents)
        details = [write_details(NUMBER, day) for day in days if any(each.payments for each in day.movements)]
        if self._kind is Format.CAMT:
            files = self._dealt(files, details)
        if "out of order" in self._faults:
            self._chance.shuffle(files)
        if "twice" in self._faults:
            for content in self._chance.sample(files, min(3, len(files))):
                files.insert(self._chance.randint(files.index(content) + 1, len(files)), content + b"\n")
        if "cut off" in self._faults:
            for content in self._chance.sample(contents, min(2, len(contents))):
                cut = content[: self._chance.randint(len(content) // 3, len(content) - 12)]
                files.insert(self._chance.randint(0, len(files)), cut)
        return [(f"{number:03}.txt", content) for number, content in enumerate(files)]

    def _dealt(self, files: list[bytes], details: list[bytes]) -> list[bytes]:
        """Return two lists as one, each in its own order."""
        places = sorted(self._chance.sample(range(len(files) + len(details)), len(details)))
        left, right = iter(files), iter(details)
        return [next(right) if place in places else next(left) for place in range(len(files) + len(details))]

    async def _check(self) -> None:
        found = Counter(
            (row["amount"], row["matched_kind"], row["is_open"]) for row in await rows(self._database, _LINES)
        )
        assert found == self._expected, f"lines: {found - self._expected} instead of {self._expected - found}"
        breaks = await rows(
            self._database, "SELECT kind, detail FROM breaks WHERE resolved_ms IS NULL AND line IS NULL"
        )
        ours = {"held_file", "unposted_statement", "unreadable_item"} if "cut off" in self._faults else set()
        others = [row["detail"] for row in breaks if row["kind"] not in ours]
        assert not others, f"breaks: {others}"
        ledger = {row["code"]: row["amount"] for row in await rows(self._database, _LEDGER)}
        moved = sum(amount * count for (amount, _, is_open), count in self._expected.items() if not is_open)
        posted = (ledger.get("bank:operating", 0), -ledger.get("suspense:operating", 0))
        assert posted == (moved, self._suspended), f"{posted} is posted, and {(moved, self._suspended)} was booked"
        balances = await rows(self._database, "SELECT available FROM balances WHERE account = $1 AND livemode", SHOP)
        credited: Any = balances[0]["available"] if balances else 0
        assert credited == self._credited, f"{credited} is credited instead of {self._credited}"
        await assert_books_hold(self._database)
