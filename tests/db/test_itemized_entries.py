"""Entries that carry several payments: each is a line, and is matched by itself, whatever file lists it first."""

import asyncio
import random
from datetime import date
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from brim.core.integrity.books import verify_books
from brim.core.push import NotSuspendedError, Proposal, find_transfer
from brim.core.rails.ach import Transfers
from brim.core.topups import Status
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import PLATFORM, LiveMoney
from tests.support.push_house import MONDAY, NUMBER, House
from tests.support.statement_writers import Account, Entry, camt053, camt054
from tests.support.waiting import until_somebody_waits

TUESDAY = date(2026, 12, 8)


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def house(live: LiveMoney) -> House:
    return await House(live).open()


def account(opening: int, *entries: Entry, on: date = MONDAY) -> Account:
    return Account(NUMBER, "usd", opening, entries, on)


async def lines(house: House) -> list[tuple[int, bool, str | None, str | None]]:
    """Return each stored line: its amount, whether it is a payment of an entry, its kind of match, and what is open."""
    found = await rows(
        house.database,
        "SELECT l.amount, l.parent IS NOT NULL AS is_payment, l.matched_kind,"
        " (SELECT kind FROM breaks WHERE line = l.id AND resolved_ms IS NULL) AS open"
        " FROM statement_lines AS l ORDER BY l.parent IS NOT NULL, l.amount",
    )
    return [tuple(row.values()) for row in found]


async def test_each_payment_of_an_entry_is_matched_by_itself(house: House) -> None:
    mine = (await house.instructions()).reference
    batch = Entry(1_000, "B1", parts=((100, mine), (900, "INVOICE 7")), text=("COLLECTIVE CREDIT",))
    content = await house.book(batch, write=camt053)
    assert await house.states() == [("credited", None, 100), ("suspended", "no_reference", 900)]
    assert (await house.balance(), await house.suspense()) == (100, 900)
    assert await lines(house) == [
        (1_000, False, None, None),
        (100, True, "incoming_transfer", None),
        (900, True, "incoming_transfer", None),
    ]
    (statement,) = await rows(house.database, "SELECT id, line_count, new_count FROM bank_statements")
    assert (statement["line_count"], statement["new_count"]) == (1, 1)
    stored = await rows(house.database, "SELECT DISTINCT statement, position, booked_on FROM statement_lines")
    assert [tuple(row.values()) for row in stored] == [(statement["id"], 1, MONDAY)]
    in_order = await rows(house.database, "SELECT amount FROM statement_lines ORDER BY id")
    assert [row["amount"] for row in in_order] == [1_000, 100, 900]
    for again in (content, content + b"\n", camt053([account(0, batch, Entry(5, "B2"))])):
        await house.send(again)
    assert len(await lines(house)) == 4
    assert await house.balance() == 100
    await assert_books_hold(house.database)


async def test_a_returned_batch_takes_each_debit_back(live: LiveMoney) -> None:
    house = await House(live).open()
    source = await live.bank_account()
    topups = [await live.create(source, amount) for amount in (2_500, 1_200)]
    await live.until("2026-12-03 12:00")
    entries = await rows(house.database, "SELECT topup, trace, amount FROM ach_entries ORDER BY topup")
    parts = tuple((-entry["amount"], entry["trace"]) for entry in entries)
    await house.book(Entry(-3_700, "R1", parts=parts, text=(f"RETURNS {entries[0]['trace']}",)), write=camt053)
    found = await lines(house)
    assert [line for line in found if line[1]] == [
        (-2_500, True, "ach_return", None),
        (-1_200, True, "ach_return", None),
    ]
    confirmed = await rows(house.database, "SELECT topup, amount FROM bank_confirmations WHERE step = 'bank_return'")
    assert {tuple(row.values()) for row in confirmed} == {(topups[0], 2_500), (topups[1], 1_200)}


@pytest.mark.parametrize(
    "entry",
    [
        Entry(1_000, "B1", parts=((100, "A"), (900, "B")), counted=3),
        Entry(1_000, "B1", parts=((0, "A"), (1_000, "B"))),
        Entry(1_000, "B1", parts=((1_000, "A"),)),
        Entry(990, "B1", parts=((100, "A"), (900, "B")), charges=10),
        Entry(1_000, "B1", counted=2),
    ],
    ids=["count", "no amount", "one", "charges", "none"],
)
async def test_an_entry_that_is_not_listed_in_full_stays_one_line(house: House, entry: Entry) -> None:
    await house.book(entry, write=camt053)
    assert [line[:2] for line in await lines(house)] == [(entry.amount, False)]


NAMED = Entry(1_000, "B1", counted=2)
UNNAMED = Entry(1_000, text=("COLLECTIVE CREDIT",))


@pytest.mark.parametrize("plain", [NAMED, UNNAMED], ids=["named", "unnamed"])
@pytest.mark.parametrize("is_notified_first", [True, False])
@pytest.mark.parametrize("transfers", [Transfers.ON, Transfers.OFF])
async def test_a_notification_lists_the_payments_of_an_entry_once_whichever_comes_first(
    live: LiveMoney, plain: Entry, transfers: Transfers, *, is_notified_first: bool
) -> None:
    house = await House(live).open(transfers=transfers)
    mine = (await house.instructions()).reference if transfers is Transfers.ON else "INVOICE 6"
    listed = Entry(1_000, plain.reference, parts=((100, mine), (900, "INVOICE 7")))
    files = [camt053([account(0, plain, Entry(7, "B2"))]), camt054([account(0, listed)])]
    for content in reversed(files) if is_notified_first else files:
        await house.send(content)
        await assert_books_hold(house.database)
    for content in (files[0] + b"\n", files[1] + b"\n"):
        await house.send(content)
    await assert_books_hold(house.database)
    found = await lines(house)
    assert [line[:2] for line in found] == [(7, False), (1_000, False), (100, True), (900, True)]
    if transfers is Transfers.OFF:
        assert [line[3] for line in found] == ["unmatched_line", None, "unmatched_line", "unmatched_line"]
        return
    itemized = [] if is_notified_first else [("itemized", None, 1_000)]
    states = [(status, None, amount) for status, _, amount in await house.states() if amount != 7]
    assert states == [("credited", None, 100), ("suspended", None, 900), *itemized]
    assert (await house.balance(), await house.suspense()) == (100, 907)


async def test_payments_that_are_notified_together_and_booked_one_by_one_are_credited_once(house: House) -> None:
    """Those of the statement are left to a person, but for what no notified payment can be."""
    mine = (await house.instructions()).reference
    notified = camt054([account(0, Entry(1_000, "N1", parts=((100, mine), (900, "INVOICE 7"))))])
    booked = [account(0, Entry(100, "B1", text=(mine,)), Entry(900, "B2"), Entry(55, "B3", text=(mine,)))]
    await house.send(notified)
    for content in (camt053(booked), camt053(booked) + b"\n", notified + b"\n"):
        await house.send(content)
        await assert_books_hold(house.database)
    assert (await house.balance(), await house.suspense()) == (155, 900)
    found = await lines(house)
    assert [line for line in found if line[3]] == [
        (100, False, None, "unmatched_line"),
        (900, False, None, "unmatched_line"),
    ]


async def test_a_notified_entry_that_the_statement_books_as_one_keeps_nothing_else_back(house: House) -> None:
    mine = (await house.instructions()).reference
    together = Entry(1_000, "N1", parts=((100, mine), (900, "INVOICE 7")))
    await house.send(camt054([account(0, together)]))
    await house.send(camt053([account(0, together, Entry(100, "B1", text=(mine,)))]))
    assert (await house.balance(), await house.suspense()) == (200, 900)
    assert await house.breaks() == []
    await assert_books_hold(house.database)


async def test_what_a_person_has_said_of_an_entry_stays(house: House) -> None:
    await house.book(NAMED, write=camt053)
    transfer = await house.only()
    await house.propose(transfer, Proposal.SEND_BACK)
    await house.send(camt054([account(0, Entry(1_000, "B1", parts=((100, "A"), (900, "B"))))]))
    assert await house.states() == [("suspended", "no_reference", 1_000)]
    assert len(await lines(house)) == 1


async def test_what_a_person_proposes_meanwhile_stays(house: House, database_url: str) -> None:
    """The notification waits for whoever holds the transfer, and leaves it alone then."""
    await house.book(NAMED, write=camt053)
    transfer = await house.only()
    listed = camt054([account(0, Entry(1_000, "B1", parts=((100, "A"), (900, "B"))))])
    async with house.database.transaction() as conn:
        await conn.execute("SELECT FROM incoming_transfers FOR UPDATE")
        sending = asyncio.ensure_future(house.send(listed))
        await until_somebody_waits(database_url)
        await conn.execute(
            "UPDATE incoming_transfers SET proposed = 'send_back', proposed_by = 'op_1', proposed_ms = 1 WHERE id = $1",
            transfer,
        )
    await sending
    assert await house.states() == [("suspended", "no_reference", 1_000)]
    assert len(await lines(house)) == 1
    await assert_books_hold(house.database)


async def test_an_itemized_transfer_is_decided_no_more(house: House) -> None:
    await house.book(NAMED, write=camt053)
    transfer = await house.only()
    listed = camt054([account(0, Entry(1_000, "B1", parts=((100, "A"), (900, "B"))))])
    await house.send(listed)
    with pytest.raises(NotSuspendedError, match="is itemized, and not in suspense"):
        await house.propose(transfer, Proposal.SEND_BACK)


async def test_nothing_leaves_suspense_as_itemized_without_its_payments(house: House) -> None:
    await house.book(NAMED, write=camt053)
    with pytest.raises(asyncpg.CheckViolationError, match="its payments are 0"):
        await rows(house.database, "UPDATE incoming_transfers SET status = 'itemized'")


async def test_entries_that_nobody_can_tell_apart_are_not_itemized(house: House) -> None:
    await house.book(UNNAMED, UNNAMED, write=camt053)
    await house.send(camt054([account(0, Entry(1_000, "X1", parts=((100, "A"), (900, "B"))))]))
    assert [line[:2] for line in await lines(house)] == [(1_000, False), (1_000, False)]


async def test_an_entry_that_is_a_batch_of_ours_stays_one_line(live: LiveMoney) -> None:
    """The bank lists the debits of the batch, and its reference says what all of it is."""
    house = await House(live).open()
    source = await live.bank_account()
    topups = [await live.create(source, amount) for amount in (2_500, 1_200)]
    await live.until("2026-12-02 20:00")
    (batch,) = await rows(house.database, "SELECT company_id, number FROM ach_batches")
    name = f"{batch['company_id'].strip()}-{batch['number']:07}"
    await house.book(Entry(3_700, "C1", parts=((2_500, "A"), (1_200, "B")), text=(name,)), write=camt053)
    assert (await lines(house))[-1][:3] == (3_700, False, "ach_batch")
    for topup in topups:
        assert (await live.topup(topup))["status"] == Status.PENDING


async def test_an_entry_that_may_be_a_batch_stays_one_line_however_often_it_comes(live: LiveMoney) -> None:
    """A person can settle it as the batch: its payments are not transfers of customers."""
    house = await House(live).open()
    source = await live.bank_account()
    for amount in (2_500, 1_200):
        await live.create(source, amount)
    await live.until("2026-12-02 20:00")
    listed = Entry(3_700, parts=((2_500, "A"), (1_200, "B")), text=("COLLECTIVE CREDIT",))
    content = await house.book(listed, write=camt053)
    for again in (content + b"\n", camt054([account(0, listed)])):
        await house.send(again)
    assert await lines(house) == [(3_700, False, None, "unmatched_line")]
    assert await house.transfers() == []


async def test_payments_that_are_listed_otherwise_than_before_are_a_break(house: House) -> None:
    mine = (await house.instructions()).reference
    await house.book(Entry(1_000, "B1", parts=((100, mine), (900, "E2"))), write=camt053)
    for parts, breaks in (
        (((900, "E2"), (100, mine)), []),
        (((900, "NOTPROVIDED"), (100, mine)), []),
        (((900, mine), (100, "E2")), ["withdrawn_line"]),
        (((800, "NOTPROVIDED"), (200, "NOTPROVIDED")), ["withdrawn_line"] * 2),
    ):
        await house.send(camt054([account(0, Entry(1_000, "B1", parts=parts))]))
        assert await house.breaks() == breaks
    assert await house.balance() == 100


ALONE = (Entry(100, "N1", parts=((100, "E1"),)), Entry(900, parts=((900, "E2"),)))


def paid(content: bytes, reference: str) -> bytes:
    """Return a file in which whoever paid the payment E1 wrote a reference."""
    note = b"<RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls>" % reference.encode()
    first, *more = content.split(b"<TxDtls>")
    return first + b"".join(
        b"<TxDtls>" + (each.replace(b"</TxDtls>", note, 1) if b"E1" in each else each) for each in more
    )


async def test_payments_that_are_notified_one_by_one_and_booked_together_count_once(house: House) -> None:
    """Whichever comes first: nobody is credited for the same payment twice."""
    mine = (await house.instructions()).reference
    together = Entry(1_050, "B1", parts=((100, "E1"), (900, "E2"), (50, "E3")), text=("COLLECTIVE CREDIT",))
    await house.send(paid(camt054([account(0, *ALONE)]), mine))
    assert (await house.balance(), await house.suspense()) == (100, 900)
    await house.send(paid(camt053([account(0, together)]), mine))
    assert (await house.balance(), await house.suspense()) == (100, 950)
    assert [line for line in await lines(house) if line[3]] == [
        (100, True, None, "unmatched_line"),
        (900, True, None, "unmatched_line"),
    ]
    await assert_books_hold(house.database)


async def test_payments_that_were_booked_together_are_not_taken_again_as_they_are_notified(house: House) -> None:
    mine = (await house.instructions()).reference
    together = Entry(1_000, "B1", parts=((100, "E1"), (900, "E2")), text=("COLLECTIVE CREDIT",))
    await house.send(paid(camt053([account(0, together)]), mine))
    await house.send(paid(camt054([account(0, *ALONE)]), mine))
    assert (await house.balance(), await house.suspense()) == (100, 900)
    assert [line[:2] for line in await lines(house)] == [(1_000, False), (100, True), (900, True)]
    await assert_books_hold(house.database)


async def test_what_is_notified_and_booked_one_by_one_makes_no_doubt_of_another_payment(house: House) -> None:
    mine = (await house.instructions()).reference
    await house.send(paid(camt054([account(0, ALONE[0])]), mine))
    together = Entry(1_000, "B1", parts=((100, "E1"), (900, "E2")), text=("COLLECTIVE CREDIT",))
    await house.send(paid(camt053([account(0, ALONE[0], together)]), mine))
    assert (await house.balance(), await house.suspense()) == (200, 900)
    assert all(line[3] is None for line in await lines(house))


async def test_what_the_payer_wrote_is_on_the_line_and_in_the_queue(house: House) -> None:
    content = camt053([account(0, Entry(900, "B1", text=("CREDIT",), parts=((900, "NOTPROVIDED"),)))])
    note = b"<RmtInf><Ustrd>Rent for May</Ustrd><Strd><CdtrRefInf><Ref>RF00</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    await house.send(content.replace(b"</TxDtls>", note))
    (line,) = await rows(house.database, "SELECT description, remittance FROM statement_lines")
    assert tuple(line.values()) == ("CREDIT", "RF00\nRent for May")
    async with house.database.connection() as conn:
        transfer = await find_transfer(conn, PLATFORM, await house.only())
    assert transfer.description == "CREDIT\nRF00\nRent for May"


async def test_each_file_is_applied_in_the_time_of_its_own_transaction(house: House) -> None:
    """A file may take minutes; what the next one posts has a time for which reports of an interval have waited."""
    moments = iter(range(house.live.now_ms, house.live.now_ms + 10**9, 60_000))
    for number, day in enumerate((MONDAY, TUESDAY)):
        content = camt053([account(900 * number, Entry(900, f"B{number}"), on=day)])
        (house.live.folder / "from-bank" / f"{number}.xml").write_bytes(content)
    await house.live.incoming.receive_all(house.database, now_ms=house.live.now_ms, ids=house.live.ids)
    await house.live.incoming.apply_all(house.database, clock=lambda: next(moments), ids=house.live.ids)
    first, second = [row["created_ms"] for row in await house.transfers()]
    assert second - first >= 60_000


async def test_batches_at_random_come_in_any_order_and_count_once(house: House) -> None:
    """What names the reference is credited once, and suspense is the rest, whatever came first or twice."""
    chance = random.Random(5)
    mine = (await house.instructions()).reference
    opening, credited, total = 0, 0, 0
    files: list[bytes] = []
    for number in range(12):
        on = date(2026, 12, 7 + number % 5)
        parts = tuple(
            (chance.randint(1, 900), mine if chance.random() < 0.5 else f"I{number}/{part}")
            for part in range(chance.randint(2, 4))
        )
        amount = sum(part[0] for part in parts)
        credited += sum(part[0] for part in parts if part[1] == mine)
        listed, plain = Entry(amount, f"N{number}", parts=parts), Entry(amount, f"N{number}", counted=len(parts))
        files.append(camt053([account(opening, listed if number % 4 == 0 else plain, on=on)]))
        files += [camt054([account(0, listed, on=on)])] if number % 4 else []
        opening, total = opening + amount, total + amount
    files += chance.sample(files, 5)
    chance.shuffle(files)
    for place, content in enumerate(files):
        await house.send(content + b"\n" * (place % 3))
    await assert_books_hold(house.database)
    assert (await house.balance(), await house.suspense()) == (credited, total - credited)


async def test_verification_finds_an_entry_that_is_open_beside_its_payments(house: House) -> None:
    await house.book(Entry(1_000, "B1", parts=((100, "A"), (900, "B"))), write=camt053)
    await rows(house.database, "UPDATE breaks SET resolved_ms = NULL, resolved_by = NULL, resolution = NULL")
    (entry,) = await rows(house.database, "SELECT id FROM statement_lines WHERE parent IS NULL")
    found = (await verify_books(house.database)).differences
    assert [each.row for each in found] == [f"statement_lines {entry['id']}"]
