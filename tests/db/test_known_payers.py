"""Accounts that are paid by known payers only: others wait, and are remembered with the assignment by two people."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.core import push
from brim.core.line_settlements import Part, PartKind
from brim.core.operators import Role
from brim.core.push import KnownPayer, NoPayerError, NotProposedError, Payer, Proposal
from brim.core.push.rules import is_known
from brim.core.rails.ach import TransferPayers
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney
from tests.support.people import add
from tests.support.push_house import FRIEND, MONDAY, OTHER, House, pays
from tests.support.statement_writers import Entry, camt053

JENNY, STRANGER = ("JENNY ROSEN", "000123456789"), ("JENNY ROSEN", "000999999999")


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def house(live: LiveMoney) -> House:
    return await House(live).open(transfers_payers=TransferPayers.KNOWN)


async def remember(house: House, transfer: str) -> None:
    """Assign a transfer to the account, and have its payer remembered, by two people."""
    more: Any = {"approvers": 2, "now_ms": house.live.now_ms, "ids": house.live.ids}
    more["renderers"] = house.renderers
    async with house.database.transaction() as conn:
        await push.propose(
            conn, PLATFORM, transfer, Proposal.ASSIGN, owner=FRIEND, remember_payer=True, by=OPERATOR, **more
        )
    seen = push.Expected(Proposal.ASSIGN, FRIEND)
    with pytest.raises(NotProposedError):  # they have not seen that the payer is remembered
        await house.approve(transfer, expected=seen)
    await house.approve(transfer, expected=seen._replace(remember_payer=True))


def paid_by(amount: int, reference: str, payer: tuple[str, str], *, number: int = 1) -> Entry:
    return Entry(amount, f"B{number}", text=(reference,), payer=payer)


async def test_a_payer_waits_until_they_are_known_and_is_credited_then(house: House, database: Database) -> None:
    await add(database, "one@example.com", role=Role.FINANCE)
    await add(database, "two@example.com", role=Role.APPROVER)
    mine = (await house.instructions()).reference
    await house.book(paid_by(2_500, mine, JENNY), write=camt053)
    assert await house.states() == [("suspended", "unknown_payer", 2_500)]
    (waiting,) = await house.transfers()
    assert (waiting["payer_name"], waiting["payer_last4"]) == ("JENNY ROSEN", "6789")
    assert JENNY[1] not in (waiting["payer_fingerprint"] or "")
    await remember(house, waiting["id"])
    assert await house.balance() == 2_500
    (known,) = await rows(database, "SELECT * FROM known_payers")
    assert (known["owner"], known["proposed_by"], known["approved_by"]) == (FRIEND, OPERATOR.id, OTHER.id)
    await house.book(
        paid_by(700, mine, JENNY), paid_by(800, mine, STRANGER, number=2), write=camt053, on=MONDAY + timedelta(1)
    )
    assert ("credited", None, 700) in await house.states()
    assert ("suspended", "unknown_payer", 800) in await house.states()
    await assert_books_hold(database)


async def test_where_the_statement_names_no_payer_the_transfer_waits_and_nobody_is_remembered(house: House) -> None:
    mine = (await house.instructions()).reference
    await house.book(pays(2_500, mine))
    assert await house.states() == [("suspended", "no_payer", 2_500)]
    transfer = await house.only()
    more: Any = {"approvers": 2, "now_ms": house.live.now_ms, "ids": house.live.ids}
    async with house.database.transaction() as conn:
        with pytest.raises(NoPayerError):
            await push.propose(
                conn,
                PLATFORM,
                transfer,
                Proposal.ASSIGN,
                owner=FRIEND,
                remember_payer=True,
                renderers=house.renderers,
                by=OPERATOR,
                **more,
            )
    await house.propose(transfer, Proposal.ASSIGN, owner=FRIEND)
    await house.approve(transfer)
    assert await rows(house.database, "SELECT id FROM known_payers") == []


async def test_what_people_settle_as_a_transfer_has_its_payer_and_the_number_that_it_was_sent_to(
    live: LiveMoney,
) -> None:
    """So it is credited without a reference, waits for an unknown payer, and is taken back by its number."""
    house = await House(live).open(transfers_payers=TransferPayers.KNOWN, transfers_numbers="4400000000-4400000039")
    await house.instructions()
    await rows(house.database, """UPDATE originators SET profile = profile || '{"transfers": "off"}'""")
    sent = [
        Entry(amount, f"B{amount}", text=("Thanks",), payer=payer, sent_to="4400000000")
        for amount, payer in ((2_500, JENNY), (700, JENNY), (800, STRANGER), (900, JENNY))
    ]
    await house.book(*sent, write=camt053)
    assert await house.breaks() == ["unmatched_line"] * 4
    await rows(house.database, """UPDATE originators SET profile = profile || '{"transfers": "on"}'""")
    lines = {row["amount"]: row["id"] for row in await rows(house.database, "SELECT id, amount FROM statement_lines")}
    for amount in (2_500, 800):
        await house.settle(lines[amount], Part(kind=PartKind.TRANSFER, amount=amount))
    assert await house.states() == [("suspended", "unknown_payer", 800), ("suspended", "unknown_payer", 2_500)]
    waiting = {row["amount"]: row for row in await house.transfers()}
    assert [(row["payer_last4"], row["number"]) for row in waiting.values()] == [
        ("6789", "4400000000"),
        ("9999", "4400000000"),
    ]
    await remember(house, waiting[2_500]["id"])
    await house.settle(lines[700], Part(kind=PartKind.TRANSFER, amount=700))
    assert await house.balance() == 3_200
    await house.book(pays(-700, "RECALL 4400000000"), on=MONDAY + timedelta(1), write=camt053)
    assert ("recalled", None, 700) in await house.states()
    assert (await house.balance(), await house.breaks()) == (2_500, ["unmatched_line"])
    await rows(house.database, "UPDATE bank_files SET sealed = NULL")  # as once they are not kept any more
    await house.settle(lines[900], Part(kind=PartKind.TRANSFER, amount=900))
    assert ("suspended", "no_reference", 900) in await house.states()
    await assert_books_hold(house.database)


async def test_a_payer_is_known_however_many_were_before(house: House) -> None:
    mine = (await house.instructions()).reference
    await house.book(paid_by(2_500, mine, JENNY), write=camt053)
    await remember(house, await house.only())
    await rows(
        house.database,
        "INSERT INTO known_payers (account, livemode, id, owner, name, transfer, proposed_by, approved_by, one_person,"
        " created_ms) SELECT account, livemode, 'kpay_0' || n, owner, 'N' || n, transfer, proposed_by, approved_by,"
        " one_person, 1 FROM known_payers CROSS JOIN generate_series(1, 500) AS n",
    )
    await house.book(paid_by(700, mine, JENNY), write=camt053, on=MONDAY + timedelta(1))
    assert ("credited", None, 700) in await house.states()
    async with house.database.connection() as conn:
        assert len(await push.list_payers(conn, PLATFORM, FRIEND)) == 501


async def test_instructions_may_be_stricter_than_the_profile(live: LiveMoney) -> None:
    house = await House(live).open()
    strict = await house.instructions(amount=900, payers=TransferPayers.KNOWN)
    lasting = await house.instructions()
    await house.book(
        paid_by(900, strict.reference, JENNY), paid_by(700, lasting.reference, JENNY, number=2), write=camt053
    )
    assert await house.states() == [("credited", None, 700), ("suspended", "unknown_payer", 900)]


async def test_lasting_instructions_become_stricter_when_they_are_asked_for_so(live: LiveMoney) -> None:
    house = await House(live).open()
    assert (await house.instructions()).payers is None
    strict = await house.instructions(payers=TransferPayers.KNOWN)
    again = [await house.instructions(), await house.instructions(payers=TransferPayers.ANY)]
    assert {(each.id, each.payers) for each in again} == {(strict.id, TransferPayers.KNOWN)}
    await house.book(paid_by(700, strict.reference, JENNY), write=camt053)
    assert await house.states() == [("suspended", "unknown_payer", 700)]


async def test_who_was_forgotten_waits_again(house: House) -> None:
    mine = (await house.instructions()).reference
    await house.book(paid_by(2_500, mine, JENNY), write=camt053)
    await remember(house, await house.only())
    (known,) = await rows(house.database, "SELECT id FROM known_payers")
    for _ in range(2):
        async with house.database.transaction() as conn:
            await push.forget_payer(
                conn, PLATFORM, known["id"], by=OPERATOR, now_ms=house.live.now_ms, ids=house.live.ids
            )
    await house.book(paid_by(700, mine, JENNY), write=camt053, on=MONDAY + timedelta(1))
    assert ("suspended", "unknown_payer", 700) in await house.states()


@pytest.mark.parametrize(
    ("payer", "known", "expected"),
    [
        (("Jenny  Rosen", "f1"), ("JENNY ROSEN", "f1"), True),
        (("Somebody", "f1"), ("JENNY ROSEN", "f1"), True),
        (("Jenny Rosen", "f2"), ("JENNY ROSEN", "f1"), False),
        (("jenny rosen", None), ("JENNY ROSEN", "f1"), True),
        (("jenny rosen", "f2"), ("JENNY ROSEN", None), True),
        (("jenny", None), ("JENNY ROSEN", None), False),
        ((None, "f1"), ("JENNY ROSEN", None), False),
    ],
)
def test_a_bank_account_says_more_than_a_name(
    payer: tuple[str | None, str | None], known: tuple[str | None, str | None], *, expected: bool
) -> None:
    row = KnownPayer(
        scope=PLATFORM,
        id="kpay_1",
        owner=FRIEND,
        name=known[0],
        fingerprint=known[1],
        transfer="itr_1",
        proposed_by="op_1",
        approved_by="op_2",
        one_person=False,
        created_ms=1,
    )
    assert is_known(Payer(name=payer[0], fingerprint=payer[1]), row) is expected
