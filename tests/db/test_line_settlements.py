"""Open lines of statements are settled by two people: each is posted once, and undone by a counter entry."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.base.errors import BrimError
from brim.base.paging import PageRequest
from brim.core import direct_debits
from brim.core.integrity.books import verify_books
from brim.core.line_settlements import (
    LineSettlement,
    LineTakenError,
    MatchedSettlementError,
    NotSettledByPartsError,
    Part,
    PartKind,
    Proposal,
    SettlementStateError,
    SettlementStatus,
    confirm_settlement,
    propose_settlement,
    propose_undo,
    reject_settlement,
    suggest,
)
from brim.core.money_at_risk import Risk, total_at_risk
from brim.core.originators import SecondPersonError
from brim.core.reconciliation import (
    Break,
    BreakNotReopenedError,
    BreakResolvedError,
    fetch_lines,
    page_lines,
    reopen_resolved,
    settle_break,
)
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_credits import approve
from tests.support.live_money import PAYS, PLATFORM, RETURNS_AT_ONCE, LiveMoney, at
from tests.support.statement_writers import Account, Entry, bai2, mt940
from tests.support.waiting import while_held

NUMBER: Final = "9876543210"
ADA: Final = Actor(kind=ActorKind.OPERATOR, id="op_ada", name="ada@example.com")
BOB: Final = Actor(kind=ActorKind.OPERATOR, id="op_bob", name="bob@example.com")
KEY: Final = Actor(kind=ActorKind.API_KEY, id="mk_1", name="sk_live_...")
BOOKED: Final = {"posted", "undo_proposed"}
LIVE: Final = {"proposed", *BOOKED}
FEE, WIRE, BACK = -250, 9_000, -9_000


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    live = LiveMoney(database, tmp_path)
    await live.open()
    return live


async def give(
    live: LiveMoney, *amounts: int, opening: int = 100_000, day: int = 1, currency: str = "usd"
) -> list[str]:
    """Let the bank send a statement of lines that nothing explains; return their ids in its order."""
    entries = tuple(Entry(amount, reference=f"B{day}-{n}", text=("WHAT",)) for n, amount in enumerate(amounts))
    content = bai2([Account(NUMBER, currency, opening, entries)])
    (live.folder / "from-bank" / f"statement-{day}.txt").write_bytes(content)
    await live.work()
    page = await page_lines(live.database, PLATFORM, PageRequest(limit=len(amounts)))
    return [each.id for each in page.items[::-1]]


class Desk:
    """People who settle lines; of two, unless `approvers` says otherwise."""

    def __init__(self, live: LiveMoney, approvers: int = 2) -> None:
        self._live = live
        self.approvers = approvers
        self.matches = direct_debits.HandMatches(live.database, live.vault, WIRE_FORMATS)

    async def propose(
        self,
        lines: list[str],
        parts: dict[PartKind, int],
        *,
        batches: Sequence[str] = (),
        returns: Sequence[str] = (),
        refunded: Sequence[str] = (),
        currency: str = "usd",
        by: Actor = ADA,
    ) -> LineSettlement:
        own = tuple(Part(kind=kind, amount=amount) for kind, amount in parts.items())
        more = {"matches": self.matches, "by": by, "approvers": self.approvers, **self._when}
        async with self._live.database.transaction() as conn:
            matched = await self.matches.find_parts(
                conn,
                PLATFORM,
                bank_account="operating",
                currency=currency,
                batches=batches,
                returns=returns,
                refunded=refunded,
            )
            proposal = Proposal(lines=tuple(lines), parts=(*matched, *own), note="As the bank says.")
            return await propose_settlement(conn, PLATFORM, proposal, **more)

    async def confirm(self, settlement: str, *, by: Actor = BOB) -> LineSettlement:
        (found,) = await rows(self._live.database, "SELECT status FROM line_settlements WHERE id = $1", settlement)
        more = {"matches": self.matches, "by": by, "approvers": self.approvers, **self._when}
        expected = SettlementStatus(found["status"])
        async with self._live.database.transaction() as conn:
            return await confirm_settlement(conn, PLATFORM, settlement, expected=expected, **more)

    async def reject(self, settlement: str, *, by: Actor = BOB) -> LineSettlement:
        async with self._live.database.transaction() as conn:
            return await reject_settlement(conn, PLATFORM, settlement, by=by, approvers=self.approvers, **self._when)

    async def undo(self, settlement: str, *, by: Actor = ADA) -> LineSettlement:
        more = {"matches": self.matches, "by": by, "approvers": self.approvers, **self._when}
        async with self._live.database.transaction() as conn:
            return await propose_undo(conn, PLATFORM, settlement, note="Wrong.", **more)

    async def settle(self, lines: list[str], parts: dict[PartKind, int], **matched: Any) -> LineSettlement:
        """Have two people settle lines."""
        return await self.confirm((await self.propose(lines, parts, **matched)).id)

    async def undo_by_two(self, settlement: str) -> LineSettlement:
        await self.undo(settlement)
        return await self.confirm(settlement)

    async def reopen(self, break_id: str) -> Break:
        async with self._live.database.transaction() as conn:
            return await reopen_resolved(conn, PLATFORM, break_id, note="It was another line.", by=ADA, **self._when)

    async def take_in(self, break_id: str) -> Break:
        live = self._live
        async with live.database.transaction() as conn:
            return await direct_debits.take_in(conn, live.vault, WIRE_FORMATS, PLATFORM, break_id, by=ADA, **self._when)

    @property
    def _when(self) -> dict[str, Any]:
        return {"now_ms": self._live.now_ms, "ids": self._live.ids}


async def ledger(live: LiveMoney) -> Counter[str]:
    """Return what each ledger account has by all entries: debits less credits."""
    sums = Counter[str]()
    for row in await rows(
        live.database,
        """
        SELECT debit_account, credit_account, amount FROM journal_entries
        UNION ALL SELECT debit_account, credit_account, amount FROM journal_entry_lines
        """,
    ):
        sums[row["debit_account"]] += row["amount"]
        sums[row["credit_account"]] -= row["amount"]
    return Counter({account: amount for account, amount in sums.items() if amount})


async def open_lines(live: LiveMoney) -> set[str]:
    page = await page_lines(live.database, PLATFORM, PageRequest(limit=100), only_open=True)
    return {each.id for each in page.items}


async def test_a_fee_is_posted_once_another_person_confirms_it_and_undone_by_a_counter_entry(live: LiveMoney) -> None:
    desk = Desk(live)
    (fee,) = await give(live, FEE)
    proposed = await desk.propose([fee], {PartKind.FEES: FEE})
    assert (proposed.status, await ledger(live), await open_lines(live)) == ("proposed", {}, {fee})
    with pytest.raises(SecondPersonError, match="You proposed this"):
        await desk.confirm(proposed.id, by=ADA)
    with pytest.raises(SecondPersonError):
        await desk.confirm(proposed.id, by=KEY)
    posted = await desk.confirm(proposed.id)
    assert (posted.status, posted.decided_by, posted.one_person) == ("posted", "op_bob", False)
    assert (await ledger(live), await open_lines(live)) == ({"fees": 250, "bank:operating": -250}, set())
    with pytest.raises(SettlementStateError):
        await desk.confirm(proposed.id)
    await desk.undo(proposed.id, by=BOB)
    with pytest.raises(SecondPersonError):
        await desk.confirm(proposed.id, by=BOB)
    undone = await desk.confirm(proposed.id, by=ADA)
    assert (undone.status, await ledger(live), await open_lines(live)) == ("undone", {}, {fee})
    steps = [row["step"] for row in await rows(live.database, "SELECT step FROM journal_entries ORDER BY id")]
    assert steps == ["line_settlement", "line_settlement_undone"]
    again = await desk.propose([fee], {PartKind.SUSPENSE: FEE})
    await desk.confirm(again.id)
    assert await ledger(live) == {"suspense:operating": 250, "bank:operating": -250}
    await assert_books_hold(live.database)


async def test_who_is_alone_settles_alone_and_the_database_knows_whether_that_is_so(live: LiveMoney) -> None:
    (fee,) = await give(live, FEE)
    desk = Desk(live, approvers=1)
    posted = await desk.propose([fee], {PartKind.FEES: FEE})
    assert (posted.status, posted.one_person) == (SettlementStatus.POSTED, True)
    undone = await desk.undo(posted.id)
    assert (undone.status, await ledger(live)) == (SettlementStatus.UNDONE, {})
    await add_operators(live.database)
    with pytest.raises(asyncpg.CheckViolationError, match="there are others"):
        await desk.propose([fee], {PartKind.FEES: FEE})
    assert await open_lines(live) == {fee}


async def add_operators(database: Database) -> None:
    async with database.connection() as conn:
        for name in ("ada", "bob"):
            await conn.execute(
                "INSERT INTO operators (id, email, name, role, created) VALUES ($1, $2, $3, 'finance', 0)",
                f"op_{name}",
                f"{name}@example.com",
                name,
            )


async def test_lines_that_make_up_for_each_other_are_settled_together(live: LiveMoney) -> None:
    desk = Desk(live)
    wire, back, fee = await give(live, WIRE, BACK, FEE)
    found = await suggest(live.database, PLATFORM, (await page_lines(live.database, PLATFORM, PageRequest())).items[2])
    assert found[0].lines == (wire, back)
    assert "same amount takes it back, booked on the same day" in found[0].reason
    with pytest.raises(NotSettledByPartsError, match=r"leave -2\.50 USD open, and the parts add up to 0\.00 USD"):
        await desk.propose([wire, back, fee], {})
    proposed = await desk.propose([wire, back], {})
    (other,) = await give(live, WIRE, opening=99_750, day=2)
    async with live.database.connection() as conn:
        (shown,) = (await fetch_lines(conn, PLATFORM, [other])).values()
    assert await suggest(live.database, PLATFORM, shown) == []
    with pytest.raises(LineTakenError):
        await desk.propose([back], {PartKind.SUSPENSE: BACK}, by=BOB)
    await desk.confirm(proposed.id)
    assert (await ledger(live), await open_lines(live)) == ({}, {fee, other})
    await assert_books_hold(live.database)


async def test_what_was_rejected_or_resolved_meanwhile_is_not_posted(live: LiveMoney) -> None:
    desk = Desk(live)
    fee, other = await give(live, FEE, -40)
    first = await desk.propose([fee], {PartKind.FEES: FEE})
    assert (await desk.reject(first.id)).status is SettlementStatus.REJECTED
    second = await desk.propose([other], {PartKind.FEES: -40})
    (found,) = await rows(live.database, "SELECT id FROM breaks WHERE line = $1", other)
    async with live.database.transaction() as conn:
        await settle_break(conn, PLATFORM, found["id"], resolution="Known.", by=BOB, now_ms=live.now_ms, ids=live.ids)
    with pytest.raises(LineTakenError):
        await desk.confirm(second.id)
    with pytest.raises(LineTakenError):
        await desk.propose([other], {PartKind.FEES: -40})
    assert await ledger(live) == {}
    posted = await desk.propose([fee], {PartKind.FEES: FEE})
    await desk.confirm(posted.id)
    await desk.undo(posted.id)
    assert (await desk.reject(posted.id)).status is SettlementStatus.POSTED
    assert await ledger(live) == {"fees": 250, "bank:operating": -250}
    await assert_books_hold(live.database)


async def test_of_two_who_settle_a_line_at_once_and_of_two_who_confirm_one_does(live: LiveMoney) -> None:
    desk = Desk(live)
    (fee,) = await give(live, FEE)
    tries = await asyncio.gather(
        desk.propose([fee], {PartKind.FEES: FEE}),
        desk.propose([fee], {PartKind.SUSPENSE: FEE}, by=BOB),
        give(live, -1, opening=99_750, day=2),
        return_exceptions=True,
    )
    made = [each for each in tries[:2] if isinstance(each, LineSettlement)]
    assert len(made) == 1
    assert isinstance(next(each for each in tries[:2] if each is not made[0]), LineTakenError)
    other = Actor(kind=ActorKind.OPERATOR, id="op_eve", name="eve@example.com")
    confirmed = await asyncio.gather(
        *(desk.confirm(made[0].id, by=other) for _ in range(3)), desk.reject(made[0].id), return_exceptions=True
    )
    assert sum(isinstance(each, LineSettlement) for each in confirmed) == 1
    (found,) = await rows(live.database, "SELECT status FROM line_settlements WHERE id = $1", made[0].id)
    entries = await rows(live.database, "SELECT id FROM journal_entries")
    assert len(entries) == (1 if found["status"] == "posted" else 0)
    await assert_books_hold(live.database)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_two_people_do_the_ledger_has_what_a_model_says(live: LiveMoney, seed: int) -> None:
    rng = random.Random(seed)
    desk = Desk(live)
    amounts = [rng.choice((-1, 1)) * rng.randint(1, 5_000) for _ in range(6)]
    amounts += [-amounts[0], -amounts[1]]
    lines = dict(zip(await give(live, *amounts), amounts, strict=True))
    settled: dict[str, tuple[list[str], dict[PartKind, int]]] = {}
    status: dict[str, str] = {}
    maker: dict[str, Actor] = {}
    for _ in range(60):
        by = rng.choice((ADA, BOB))
        known = rng.choice(list(status)) if status else ""
        act = rng.choice(("propose", "propose", "confirm", "confirm", "reject", "undo"))
        taken = {line for each, (held, _) in settled.items() if status[each] in LIVE for line in held}
        if act == "propose":
            chosen = rng.sample(sorted(lines), rng.randint(1, 3))
            total = sum(lines[each] for each in chosen)
            fee = rng.randint(-100, 100)
            parts = {kind: part for kind, part in ((PartKind.FEES, fee), (PartKind.SUSPENSE, total - fee)) if part}
            if taken.isdisjoint(chosen):
                made = await desk.propose(chosen, parts, by=by)
                settled[made.id], status[made.id], maker[made.id] = (chosen, parts), "proposed", by
            else:
                with pytest.raises(LineTakenError):
                    await desk.propose(chosen, parts, by=by)
        elif known:
            before = status[known]
            after = {
                ("confirm", "proposed"): "posted",
                ("confirm", "undo_proposed"): "undone",
                ("reject", "proposed"): "rejected",
                ("reject", "undo_proposed"): "posted",
                ("undo", "posted"): "undo_proposed",
            }.get((act, before))
            if after is None or (act == "confirm" and maker[known] is by):
                with pytest.raises(BrimError):
                    await getattr(desk, act)(known, by=by)
            else:
                await getattr(desk, act)(known, by=by)
                status[known] = after
                if act == "undo":
                    maker[known] = by
        expected = Counter[str]()
        for each, (_, parts) in settled.items():
            if status[each] in BOOKED:
                for kind, amount in parts.items():
                    expected["bank:operating"] += amount
                    expected["fees" if kind is PartKind.FEES else "suspense:operating"] -= amount
        assert await ledger(live) == Counter({account: amount for account, amount in expected.items() if amount})
        closed = {line for each, (held, _) in settled.items() if status[each] in BOOKED for line in held}
        assert await open_lines(live) == set(lines) - closed
    await assert_books_hold(live.database)


async def test_verify_names_a_bank_account_whose_entries_are_not_its_lines(
    live: LiveMoney, owner_database: Database
) -> None:
    desk = Desk(live)
    fee, _ = await give(live, FEE, -40)
    proposed = await desk.propose([fee], {PartKind.FEES: FEE})
    await desk.confirm(proposed.id)
    assert (await verify_books(live.database)).differences == []
    async with owner_database.connection() as conn:
        await conn.execute("UPDATE breaks SET amount = -39 WHERE amount = -40")
    (found,) = (await verify_books(live.database)).differences
    assert (found.row, found.expected, found.found) == (
        "bank account operating usd", "-251 by the lines of its statements", "-250 by its entries"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tampering", "row"),
    [
        ("UPDATE line_settlement_parts SET kind = 'suspense'", "journal_entries of {} (line_settlement)"),
        ("UPDATE line_settlement_parts SET amount = -100", "line_settlements {}"),
        ("UPDATE line_settlement_lines SET amount = -100", "line_settlements {}"),
        ("UPDATE breaks SET resolved_ms = NULL", "line_settlements {}"),
        ("UPDATE line_settlements SET status = 'undo_proposed', undo_by = 'x'", None),
        ("UPDATE line_settlements SET bank_account = 'other'", "journal_entries of {} (line_settlement)"),
    ],
)
async def test_verify_names_a_settlement_that_is_not_what_was_posted(
    live: LiveMoney, owner_database: Database, tampering: str, row: str | None
) -> None:
    desk = Desk(live)
    lines = await give(live, FEE, WIRE)
    posted = await desk.propose(lines, {PartKind.FEES: FEE, PartKind.SUSPENSE: WIRE})
    await desk.confirm(posted.id)
    async with owner_database.connection() as conn:
        await conn.execute("ALTER TABLE line_settlements DISABLE TRIGGER line_settlements_checked")
        await conn.execute(tampering)
    found = {each.row for each in (await verify_books(live.database)).differences}
    if row is None:
        assert found == set()
    else:
        assert row.format(posted.id) in found


async def sent_batch(live: LiveMoney, amount: int = 5_000) -> tuple[str, str]:
    """Return a top-up whose batch has left, and the name of the batch."""
    topup = await live.create(await live.bank_account(PAYS), amount)
    live.now_ms = at("2026-12-01 17:01")
    await live.work()
    (batch,) = await rows(live.database, "SELECT file, number FROM ach_batches")
    return topup, f"{batch['file']}/{batch['number']}"


async def test_a_batch_that_the_bank_books_without_its_name_is_matched_by_hand_less_a_fee(live: LiveMoney) -> None:
    desk = Desk(live)
    topup, batch = await sent_batch(live)
    (line,) = await give(live, 4_975)
    async with live.database.connection() as conn:
        (shown,) = (await fetch_lines(conn, PLATFORM, [line])).values()
        (suggested,) = await desk.matches.suggest(conn, PLATFORM, shown)
    assert [(part.kind, part.target, part.amount) for part in suggested.parts] == [
        (PartKind.BATCH, batch, 5_000),
        (PartKind.FEES, None, -25),
    ]
    assert "less $0.25 that may be a fee" in suggested.reason
    with pytest.raises(NotSettledByPartsError):
        await desk.propose([line], {}, batches=[batch])
    first = await desk.propose([line], {PartKind.FEES: -25}, batches=[batch])
    await desk.confirm(first.id)
    assert await ledger(live) == {"bank:operating": 4_975, "fees": 25, "funding:clearing": -5_000}
    assert [each.id for each in await direct_debits.list_lines_of_topup(live.database, PLATFORM, topup)] == [line]
    await assert_books_hold(live.database)
    (again,) = await give(live, 5_000, opening=104_975, day=2)
    with pytest.raises(direct_debits.UnfitMatchError, match="was already booked or rejected"):
        await desk.propose([again], {}, batches=[batch])
    live.now_ms = at("2026-12-08 17:01")
    await live.work()
    assert (await live.topup(topup))["status"] == "succeeded"
    await assert_books_hold(live.database)


async def test_of_two_lines_that_are_the_same_batch_one_is_posted(live: LiveMoney) -> None:
    desk = Desk(live)
    _, batch = await sent_batch(live)
    lines = await give(live, 5_000, 5_000)
    proposed = [await desk.propose([line], {}, batches=[batch]) for line in lines]
    done = await asyncio.gather(*(desk.confirm(each.id) for each in proposed), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["LineSettlement", "UnfitMatchError"]
    assert (await ledger(live))["bank:operating"] == 5_000
    with pytest.raises(direct_debits.UnfitMatchError, match="There is no batch"):
        await desk.propose([lines[0]], {}, batches=["achf_none/1"])
    file = batch.partition("/")[0]
    with pytest.raises(direct_debits.UnfitMatchError):
        await desk.propose(lines, {}, batches=[batch, f"{file}/000{batch.partition('/')[2]}"])
    await assert_books_hold(live.database)


async def test_a_line_in_another_currency_is_no_batch_and_no_returned_debit(live: LiveMoney) -> None:
    desk = Desk(live)
    topup, batch = await sent_batch(live)
    (line,) = await give(live, 5_000, currency="eur")
    for batches, returns in (([batch], []), ([], [topup])):
        with pytest.raises(direct_debits.UnfitMatchError, match="are in EUR, and ACH moves US dollars alone"):
            await desk.propose([line], {}, currency="eur", batches=batches, returns=returns)
    assert await ledger(live) == {}
    await assert_books_hold(live.database)


async def test_a_batch_that_the_bank_rejects_at_that_moment_is_not_posted(live: LiveMoney, database_url: str) -> None:
    desk = Desk(live)
    _, batch = await sent_batch(live)
    (line,) = await give(live, 5_000)
    proposed = await desk.propose([line], {}, batches=[batch])
    with pytest.raises(direct_debits.UnfitMatchError, match="was already booked or rejected"):
        await while_held(
            live.database,
            database_url,
            "SELECT FROM ach_files FOR UPDATE",
            lambda: desk.confirm(proposed.id),
            "UPDATE ach_batches SET status = 'rejected'",
        )
    assert await ledger(live) == {}


async def test_a_returned_debit_whose_line_names_nothing_is_matched_by_hand(live: LiveMoney) -> None:
    desk = Desk(live)
    topup = await live.create(await live.bank_account(RETURNS_AT_ONCE), 5_000)
    await live.until("2026-12-08 10:00")
    (known,) = await rows(live.database, "SELECT line_key, amount FROM statement_lines WHERE amount < 0")
    assert known["amount"] == -5_000
    (line,) = await give(live, -5_000, day=8)
    with pytest.raises(direct_debits.UnfitMatchError):  # the bank's own line of it was matched
        await desk.confirm((await desk.propose([line], {}, returns=[topup])).id)
    with pytest.raises(direct_debits.UnfitMatchError, match="listed twice"):
        await desk.propose([line], {}, returns=[topup, f"{topup}/1"])
    with pytest.raises(direct_debits.UnfitMatchError, match="No debit of tu_none was returned"):
        await desk.propose([line], {}, returns=["tu_none"])
    await assert_books_hold(live.database)


async def at_risk(live: LiveMoney) -> dict[Risk, int]:
    async with live.database.connection() as conn:
        found = await total_at_risk(conn, PLATFORM, now_ms=live.now_ms, most=100)
    return {kind: each.of(kind).amount for each in found for kind in Risk if each.of(kind).amount}


async def states(live: LiveMoney) -> list[tuple[str, str, str]]:
    """Return where files, their batches and their entries stand."""
    found = await rows(
        live.database,
        "SELECT f.status AS file, b.status AS batch, e.status AS entry FROM ach_files AS f"
        " JOIN ach_batches AS b ON b.file = f.id JOIN ach_entries AS e ON e.file = f.id ORDER BY f.id",
    )
    return [tuple(row.values()) for row in found]


async def test_a_batch_that_was_settled_by_a_wrong_line_is_unconfirmed_and_waits_for_the_right_one(
    live: LiveMoney,
) -> None:
    desk = Desk(live)
    topup, batch = await sent_batch(live)
    (wrong,) = await give(live, 4_975)
    settled = await desk.settle([wrong], {PartKind.FEES: -25}, batches=[batch])
    assert await states(live) == [("settled", "settled", "confirmed")]
    proposed = await desk.undo(settled.id, by=BOB)
    assert (proposed.status, (await ledger(live))["bank:operating"]) == ("undo_proposed", 4_975)
    with pytest.raises(SecondPersonError):
        await desk.confirm(settled.id, by=BOB)
    await desk.confirm(settled.id, by=ADA)
    assert (await ledger(live), await open_lines(live)) == ({}, {wrong})
    assert await states(live) == [("sent", "open", "in_file")]
    await assert_books_hold(live.database)
    live.now_ms = at("2026-12-08 17:01")
    await live.work()
    assert (await live.topup(topup))["status"] == "pending"
    (right,) = await give(live, 5_000, opening=104_975, day=2)
    again = await desk.settle([right], {}, batches=[batch])
    assert await states(live) == [("settled", "settled", "confirmed")]
    await live.work()
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await ledger(live) == {"bank:operating": 5_000, "balance:available": -5_000}
    await assert_books_hold(live.database)
    await desk.undo_by_two(again.id)
    assert await ledger(live) == {"funding:clearing": 5_000, "balance:available": -5_000}
    await assert_books_hold(live.database)


async def test_a_top_up_that_has_succeeded_stays_so_and_is_usable_and_not_confirmed(live: LiveMoney) -> None:
    desk = Desk(live)
    topup, batch = await sent_batch(live)
    (wrong,) = await give(live, 5_000)
    settled = await desk.settle([wrong], {}, batches=[batch])
    live.now_ms = at("2026-12-08 17:01")
    await live.work()
    assert (await live.topup(topup))["status"] == "succeeded"
    confirmed = await at_risk(live)
    await desk.undo_by_two(settled.id)
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await ledger(live) == {"funding:clearing": 5_000, "balance:available": -5_000}
    assert (await at_risk(live), await states(live)) == ({Risk.UNCONFIRMED: 5_000}, [("sent", "open", "released")])
    await assert_books_hold(live.database)
    (entry,) = await rows(live.database, "SELECT batch FROM ach_entries")
    named = Entry(5_000, "B2", f"1234567890-{entry['batch']:07}")  # the bank's own words, which the matcher knows
    content = bai2([Account(NUMBER, "usd", 105_000, (named,))])
    (live.folder / "from-bank" / "statement-2.txt").write_bytes(content)
    await live.work()
    assert (await at_risk(live), await states(live)) == (confirmed, [("settled", "settled", "released")])
    assert (await ledger(live), await open_lines(live)) == (
        {"bank:operating": 5_000, "balance:available": -5_000},
        {wrong},
    )
    steps = await rows(live.database, "SELECT step FROM bank_confirmations")
    assert {row["step"] for row in steps} == {"bank_credit", "bank_credit_undone", "bank_credit:1/2"}
    await assert_books_hold(live.database)


async def test_what_came_of_a_batch_since_keeps_it_from_being_undone(live: LiveMoney) -> None:
    desk = Desk(live)
    topup, batch = await sent_batch(live)
    (line,) = await give(live, 5_000)
    settled = await desk.settle([line], {}, batches=[batch])
    await desk.undo(settled.id)
    await rows(live.database, "UPDATE ach_entries SET status = 'returned', return_code = 'R01' WHERE topup = $1", topup)
    with pytest.raises(MatchedSettlementError, match="has been returned since"):
        await desk.confirm(settled.id)
    await desk.reject(settled.id)
    with pytest.raises(MatchedSettlementError, match="has been returned since"):
        await desk.undo(settled.id)
    assert (await ledger(live))["bank:operating"] == 5_000


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_lines_are_said_to_be_batches_and_undone_the_ledger_has_what_a_model_says(
    live: LiveMoney, seed: int
) -> None:
    rng = random.Random(seed)
    desk = Desk(live)
    batches: dict[str, list[str]] = {}
    for day in ("01", "02", "03"):
        live.now_ms = at(f"2026-12-{day} 12:00")
        topups = [await live.create(await live.bank_account(PAYS), 1_000 * number) for number in (1, 4)]
        live.now_ms = at(f"2026-12-{day} 17:01")
        await live.work()
        (newest,) = await rows(live.database, "SELECT file, number FROM ach_batches ORDER BY file DESC LIMIT 1")
        batches[f"{newest['file']}/{newest['number']}"] = topups
    lines = await give(live, *(5_000,) * 4)
    days = iter(range(4, 30))
    settled: dict[str, tuple[str, str]] = {}  # what is in force: line and batch
    confirmed: Counter[str] = Counter()
    for _ in range(14):
        act = rng.choice(("settle", "settle", "undo", "wait"))
        if act == "settle":
            line, batch = rng.choice(lines), rng.choice(sorted(batches))
            free = line not in {each for each, _ in settled.values()}
            if free and batch not in {each for _, each in settled.values()}:
                made = await desk.settle([line], {}, batches=[batch])
                settled[made.id] = (line, batch)
                confirmed[batch] += 1
            else:
                with pytest.raises(BrimError):
                    await desk.settle([line], {}, batches=[batch])
        elif act == "undo" and settled:
            chosen = rng.choice(sorted(settled))
            await desk.undo_by_two(chosen)
            del settled[chosen]
        elif act == "wait":
            live.now_ms = at(f"2026-12-{next(days):02} 12:00")
            await live.work()
        succeeded = {
            row["id"]: row["amount"]
            for row in await rows(live.database, "SELECT id, amount FROM topups WHERE status = 'succeeded'")
        }
        booked, usable = 5_000 * len(settled), sum(succeeded.values())
        expected = {
            "bank:operating": booked,
            "balance:available": -usable,
            "funding:clearing": usable - booked,
        }
        assert await ledger(live) == {name: amount for name, amount in expected.items() if amount}
        assert await open_lines(live) == set(lines) - {line for line, _ in settled.values()}
        once_confirmed = {topup for batch, count in confirmed.items() if count for topup in batches[batch]}
        assert set(succeeded) <= once_confirmed
        standing = {topup for _, batch in settled.values() for topup in batches[batch]}
        unbooked = sum(amount for topup, amount in succeeded.items() if topup not in standing)
        assert (await at_risk(live)).get(Risk.UNCONFIRMED, 0) == unbooked
    await assert_books_hold(live.database)


async def test_a_refund_that_the_bank_books_by_itself_is_matched_by_hand(live: LiveMoney) -> None:
    desk = Desk(live)
    topup, batch = await sent_batch(live)
    (line,) = await give(live, 5_000)
    await desk.settle([line], {}, batches=[batch])
    live.now_ms = at("2026-12-08 12:00")
    await live.work()
    paid = []
    for amount in (1_000, 1_500):
        async with live.database.transaction() as conn:
            found = await direct_debits.request_refund(
                conn,
                PLATFORM,
                topup,
                direct_debits.RefundRequest(amount=amount, description=None, metadata={}),
                renderers=WIRE_FORMATS,
                by=ADA,
                now_ms=live.now_ms,
                ids=live.ids,
            )
            paid.append(found.id)
    with pytest.raises(direct_debits.UnfitMatchError, match="hasn't been sent to the bank"):
        await desk.propose([line], {}, refunded=[paid[0]])
    live.now_ms = at("2026-12-08 17:00")
    await approve(live)
    live.now_ms = at("2026-12-08 17:01")
    await live.work()
    lines = await give(live, -1_000, -1_500, opening=105_000, day=2)
    with pytest.raises(NotSettledByPartsError):
        await desk.propose([lines[0]], {}, refunded=[paid[1]])
    posted = [await desk.settle([each], {}, refunded=[refund]) for each, refund in zip(lines, paid, strict=True)]
    assert (await ledger(live), await open_lines(live)) == (
        {"bank:operating": 2_500, "balance:available": -2_500},
        set(),
    )
    with pytest.raises(direct_debits.UnfitMatchError, match="was already booked"):
        await desk.propose([lines[0]], {}, refunded=[paid[0]])
    with pytest.raises(MatchedSettlementError, match="has been paid"):
        await desk.undo(posted[0].id)
    await assert_books_hold(live.database)


async def resolve(live: LiveMoney, break_id: str) -> None:
    async with live.database.transaction() as conn:
        await settle_break(conn, PLATFORM, break_id, resolution="Known.", by=BOB, now_ms=live.now_ms, ids=live.ids)


async def test_a_break_that_was_resolved_by_mistake_is_reopened_and_its_line_settled(live: LiveMoney) -> None:
    desk = Desk(live)
    fee, other = await give(live, FEE, -40)
    of = {row["line"]: row["id"] for row in await rows(live.database, "SELECT id, line FROM breaks")}
    with pytest.raises(BreakNotReopenedError, match="it is open"):
        await desk.reopen(of[fee])
    await resolve(live, of[fee])
    assert await open_lines(live) == {other}
    reopened = await desk.reopen(of[fee])
    assert (reopened.resolved_ms, reopened.note) == (None, "It was another line.")
    assert await open_lines(live) == {fee, other}
    await desk.settle([fee], {PartKind.FEES: FEE})
    with pytest.raises(BreakNotReopenedError, match="Undo the settlement"):
        await desk.reopen(of[fee])
    await assert_books_hold(live.database)


async def take_in_all(live: LiveMoney, kind: str) -> list[int]:
    """Take in what open breaks of a kind hold; return the amounts of the open lines then."""
    held = "SELECT id FROM breaks WHERE resolved_ms IS NULL AND line IS NULL AND kind = $1 ORDER BY id"
    for row in await rows(live.database, held, kind):
        await Desk(live).take_in(row["id"])
    await assert_books_hold(live.database)
    found = await page_lines(live.database, PLATFORM, PageRequest(limit=100), only_open=True)
    return sorted(each.amount for each in found.items)


async def test_a_statement_that_may_be_a_repeat_is_taken_in_as_open_lines(live: LiveMoney) -> None:
    day = Account(NUMBER, "usd", 1_000, (Entry(-5, text=("FEE",)), Entry(5, text=("BACK",))), date(2026, 12, 7))
    for number, content in enumerate((mt940([day]), mt940([day]).replace(b":28C:1/1", b":28C:2/1"))):
        (live.folder / "from-bank" / f"day-{number}.txt").write_bytes(content)
        await live.work()
    assert await take_in_all(live, "unposted_statement") == [-5, -5, 5, 5]
    statements = await rows(live.database, "SELECT line_count, new_count FROM bank_statements")
    assert [(row["line_count"], row["new_count"]) for row in statements] == [(2, 2), (2, 2)]
    (settled,) = await rows(live.database, "SELECT * FROM breaks WHERE kind = 'unposted_statement'")
    assert settled["resolution"] == "Taken in: 2 open lines."
    with pytest.raises(BreakResolvedError):
        await Desk(live).take_in(settled["id"])


async def test_a_line_that_may_be_a_known_one_is_taken_in(live: LiveMoney) -> None:
    for number, texts in enumerate((("A",), ("B", "C"))):
        entries = tuple(Entry(-5, text=(text,)) for text in texts)
        content = bai2([Account(NUMBER, "usd", 1_000, entries, date(2026, 12, 7))])
        (live.folder / "from-bank" / f"day-{number}.txt").write_bytes(content)
        await live.work()
    assert await take_in_all(live, "unmatched_line") == [-5, -5, -5]
    (other,) = await rows(live.database, "SELECT id FROM breaks WHERE line IS NOT NULL ORDER BY id LIMIT 1")
    with pytest.raises(direct_debits.NotTakenInError):
        await Desk(live).take_in(other["id"])
