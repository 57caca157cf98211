"""Whatever people and the bank do, in any order: money is conserved, and nothing succeeds without the bank's word.

The bank loses files and statements here, so in the end nobody can say what every account should have;
tests/sim/test_live_months.py does, with a bank that is late, and wrong, and loses nothing.
"""

import json
import random
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import BrimError
from brim.core import direct_debits, originators
from brim.core.rails.ach import ACH
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, OPERATOR, PAYS, PLATFORM, RETURNS_AT_ONCE, LiveMoney

DAYS: Final = [f"2026-12-{day:02}" for day in (1, 2, 3, 4, 7, 8, 9, 10, 11, 14)]
RULES: Final = (
    'action = "reject"\nfile = "{day}*"\nreason = "by chance"',
    'action = "lose"\nfile = "{day}*"',
    'action = "delay"\nfile = "{day}*"\nminutes = 900',
    'action = "lose_acknowledgement"\nfile = "{day}*"',
    'action = "delay_acknowledgement"\nfile = "{day}*"\nminutes = 2000',
    'action = "duplicate_returns"\ndate = "{date}"',
    'action = "lose_returns"\ndate = "{date}"',
    'action = "duplicate_statement"\ndate = "{date}"',
    'action = "lose_statement"\ndate = "{date}"',
    'action = "change_line"\ndate = "{date}"\ncents = 7',
)


class _Chance:
    """Does by chance what people and banks do."""

    def __init__(self, live: LiveMoney, seed: int) -> None:
        self.live = live
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.topups: list[str] = []

    async def step(self, date: str) -> None:
        """Do one thing."""
        action = self.random.choice(
            [
                "create",
                "create",
                "create",
                "cancel",
                "rule",
                "stop",
                "resume",
                "void",
                "resubmit",
                "other return",
                "approve",
            ]
        )
        with suppress(BrimError):  # a refusal is an answer
            await getattr(self, "_" + action.replace(" ", "_"))(date)
            self.done[action] += 1

    async def _create(self, _date: str) -> None:
        number = self.random.choice([PAYS, PAYS, NO_ACCOUNT, RETURNS_AT_ONCE, "9910060000"])
        source = await self.live.bank_account(number)
        self.topups.append(await self.live.create(source, 1_000 + len(self.topups)))

    async def _cancel(self, _date: str) -> None:
        if self.topups:
            await self.live.cancel(self.random.choice(self.topups))

    async def _rule(self, date: str) -> None:
        rule = self.random.choice(RULES).format(date=date, day=date.replace("-", ""))
        path = self.live.folder / "rule.toml"
        path.write_text(f"[[rule]]\n{rule}\n", encoding="utf-8")
        await self.live.bank("script", str(path))

    async def _stop(self, _date: str) -> None:
        live = self.live
        async with live.database.transaction() as conn:
            await originators.stop_rail(
                conn, PLATFORM, rail=ACH, account=None, reason="x", by=TESTER, now_ms=live.now_ms, ids=live.ids
            )

    async def _resume(self, _date: str) -> None:
        live = self.live
        async with live.database.transaction() as conn:
            await originators.resume_rail(
                conn, PLATFORM, rail=ACH, account=None, by=TESTER, now_ms=live.now_ms, ids=live.ids
            )

    async def _void(self, _date: str) -> None:
        live = self.live
        for row in await rows(live.database, "SELECT id FROM ach_files"):
            with suppress(BrimError):
                async with live.database.transaction() as conn:
                    await direct_debits.void_file(
                        conn, PLATFORM, row["id"], by=TESTER, now_ms=live.now_ms, ids=live.ids
                    )

    async def _approve(self, _date: str) -> None:
        live = self.live
        for row in await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'"):
            async with live.database.transaction() as conn:
                await direct_debits.approve_file(
                    conn,
                    PLATFORM,
                    row["id"],
                    sha256=None,
                    approvers=1,
                    by=OPERATOR,
                    now_ms=live.now_ms,
                    ids=live.ids,
                    renderers=WIRE_FORMATS,
                )

    async def end(self) -> None:
        """Let money move again, and everything come to its end."""
        await self._resume("")
        await self._resubmit("")
        for day in range(15, 31):
            await self.live.until(f"2026-12-{day} 17:00", step_hours=24)
            await self._approve("")
            await self.live.until(f"2026-12-{day} 18:00")

    async def _resubmit(self, _date: str) -> None:
        live = self.live
        for row in await rows(live.database, "SELECT id FROM ach_files"):
            with suppress(BrimError):
                async with live.database.transaction() as conn:
                    await direct_debits.resubmit_file(
                        conn, PLATFORM, row["id"], by=TESTER, now_ms=live.now_ms, ids=live.ids
                    )

    async def _other_return(self, _date: str) -> None:
        """Let the bank return again, with another code, what it has returned."""
        folder = self.live.folder / "from-bank"
        found = sorted(folder.glob("return*"))
        if found:
            content = found[0].read_bytes().replace(b"799R03", b"799R04").replace(b"799R01", b"799R09")
            (folder / f"other_{len(self.done)}_{self.random.random()}.ach").write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
async def test_money_is_conserved_whatever_people_and_the_bank_do(
    database: Database, tmp_path: Path, seed: int
) -> None:
    live = LiveMoney(database, tmp_path)
    await live.open(requires_approval=seed % 2 == 1)
    chance = _Chance(live, seed)
    for date in DAYS:
        for clock in ("11:00", "17:00", "23:00"):
            await live.until(f"{date} {clock}", step_hours=48)
            for _ in range(3):
                await chance.step(date)
            await _assert_conserved(live)
    await chance.end()
    await _assert_conserved(live)
    await assert_books_hold(live.database)
    assert chance.topups


async def _assert_conserved(live: LiveMoney) -> None:
    """Assert what holds at every moment."""
    shown = json.loads(await live.bank("show", "--json", "--entries", "100000"))
    debits = Counter(entry["individual_id"] for entry in shown["entries"])
    assert {each: count for each, count in debits.items() if count > 1} == {}
    entries = await rows(
        live.database,
        "SELECT e.topup, e.trace, e.status, e.confirmed_by, b.status AS batch_status, t.status AS topup_status"
        " FROM ach_entries AS e JOIN topups AS t ON t.id = e.topup"
        " LEFT JOIN ach_batches AS b ON b.file = e.file AND b.number = e.batch",
    )
    assert max(Counter(entry["topup"] for entry in entries).values(), default=1) == 1
    traces = [entry["trace"] for entry in entries if entry["trace"]]
    assert len(traces) == len(set(traces))
    by_topup = {entry["topup"]: entry for entry in entries}
    for row in await rows(live.database, "SELECT id, status FROM topups WHERE status IN ('succeeded', 'reversed')"):
        assert by_topup[row["id"]]["confirmed_by"]
        assert by_topup[row["id"]]["batch_status"] == "settled"
    for row in await rows(live.database, "SELECT id FROM topups WHERE status = 'canceled'"):
        assert row["id"] not in by_topup
        assert row["id"][-15:] not in debits
    (explained,) = await rows(
        live.database,
        "SELECT coalesce(sum(amount), 0)::bigint AS amount FROM statement_lines AS l WHERE NOT EXISTS ("
        "SELECT FROM breaks AS b WHERE b.cause = l.bank_account || '/' || l.line_key)",
    )
    ledger = await live.ledger()
    assert ledger.get("bank:operating", 0) == explained["amount"]
    pending = await rows(
        live.database, "SELECT coalesce(sum(amount), 0)::bigint AS amount FROM topups WHERE status = 'pending'"
    )
    exposed = await rows(
        live.database, "SELECT coalesce(sum(amount), 0)::bigint AS amount FROM exposures WHERE kind = 'source'"
    )
    assert exposed == pending
