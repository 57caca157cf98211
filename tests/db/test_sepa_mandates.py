"""What mandates of SEPA allow: of the Core and B2B schemes, for several collections or for one."""

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.core import direct_debits, originators
from brim.core.line_settlements import Proposal, propose_settlement, propose_undo
from brim.core.rails.ach import SecCode
from brim.core.rails.sepa import MandateReferenceInvalidError, SequenceType, Version
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM
from tests.support.pain008 import CREDITOR_ID, schema_of
from tests.support.sepa_money import SepaMoney, batch_line, find_all, return_line

PAYMENT = "CstmrDrctDbtInitn/PmtInf"
ENDS = f"{PAYMENT}/DrctDbtTxInf/PmtId/EndToEndId"
ONE_OFF: dict[str, Any] = {"sequence_type": SequenceType.ONE_OFF}
B2B: dict[str, Any] = {"sec_code": SecCode.B2B, "confirmed_ms": 1_700_000_000_000}


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> SepaMoney:
    return SepaMoney(database, tmp_path)


async def _statuses(live: SepaMoney, *made: str) -> list[str]:
    return [(await live.topup(each))["status"] for each in made]


async def _settle(live: SepaMoney, amount: int) -> str:
    """Say that the open line of an amount is the only batch, alone; return the settlement."""
    matches = direct_debits.HandMatches(live.database, live.vault, WIRE_FORMATS)
    async with live.database.transaction() as conn:
        line = await conn.fetchval("SELECT line FROM breaks WHERE amount = $1 AND resolved_ms IS NULL", amount)
        (batch,) = await conn.fetch("SELECT file, number FROM ach_batches")
        parts = await matches.find_parts(
            conn, PLATFORM, bank_account="operating", currency="eur", batches=[f"{batch['file']}/{batch['number']}"]
        )
        proposal = Proposal(lines=(line,), parts=parts, note="As the bank says.")
        told: dict[str, Any] = {"approvers": 1, "by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
        return (await propose_settlement(conn, PLATFORM, proposal, matches=matches, **told)).id


async def _undo(live: SepaMoney, settlement: str) -> None:
    matches = direct_debits.HandMatches(live.database, live.vault, WIRE_FORMATS)
    told: dict[str, Any] = {"approvers": 1, "by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        await propose_undo(conn, PLATFORM, settlement, note="Another one.", matches=matches, **told)


async def test_a_one_off_mandate_is_in_force_again_once_what_settled_its_collection_is_undone(live: SepaMoney) -> None:
    """So its collection can go out again; unless its bank account has another mandate by then."""
    await live.open()
    source = await live.iban(**ONE_OFF)
    topup = await live.create(source, 2_000)
    await live.pass_time("2026-12-02 16:00")
    await live.state((2_000, ""), day="2026-12-02")
    settlement = await _settle(live, 2_000)
    assert await _in_force(live, source) == []
    await _undo(live, settlement)
    (mandate,) = await _in_force(live, source)
    assert (mandate["used_by"], mandate["end_reason"]) == (topup, None)
    audited = await rows(live.database, "SELECT action FROM audit_log WHERE action LIKE 'authorization%' ORDER BY id")
    assert [row["action"].partition(".")[2] for row in audited] == ["created", "ended", "reinstated"]
    await assert_books_hold(live.database)

    again = await _settle(live, 2_000)
    async with live.database.transaction() as conn:
        await live.sign(conn, source)
    await _undo(live, again)
    (another,) = await _in_force(live, source)
    assert another["used_by"] is None
    await assert_books_hold(live.database)


async def _in_force(live: SepaMoney, source: str) -> list[dict[str, Any]]:
    found = await rows(
        live.database, "SELECT funding_source, used_by, ended_ms, end_reason FROM authorizations ORDER BY id"
    )
    return [dict(each) for each in found if each["funding_source"] == source and each["ended_ms"] is None]


@pytest.mark.parametrize("version", list(Version))
async def test_each_scheme_and_sequence_type_has_a_batch_that_the_bank_answers_by_itself(
    live: SepaMoney, version: Version
) -> None:
    terms = live.profile().sepa
    assert terms is not None
    await live.open(sepa=_with(terms, message=version))
    recurrent = await live.create(await live.iban(), 1_000)
    one_off = await live.create(await live.iban(**ONE_OFF), 2_000)
    business = await live.create(await live.iban(**B2B), 4_000)
    both = await live.create(await live.iban(**B2B, **ONE_OFF), 8_000)
    another = await live.create(await live.iban(), 16_000)
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    schema_of(version).validate(message.decode())
    assert find_all(message, f"{PAYMENT}/PmtTpInf/LclInstrm/Cd") == ["CORE", "CORE", "B2B", "B2B"]
    assert find_all(message, f"{PAYMENT}/PmtTpInf/SeqTp") == ["RCUR", "OOFF", "RCUR", "OOFF"]
    assert find_all(message, f"{PAYMENT}/CtrlSum") == ["170.00", "20.00", "40.00", "80.00"]
    batches = find_all(message, f"{PAYMENT}/PmtInfId")
    (file,) = await rows(live.database, "SELECT status, entry_count, total_debit, held_because FROM ach_files")
    assert tuple(file.values()) == ("sent", 5, 31_000, None)

    await live.report("<GrpSts>PART</GrpSts>", batch=(batches[2], "<PmtInfSts>RJCT</PmtInfSts>"))
    ends = find_all(message, ENDS)
    await live.report("", batch=(batches[1], ""), rejected={ends[2]: "AM04"})
    assert await _statuses(live, recurrent, one_off, business, both, another) == [
        "pending", "failed", "pending", "pending", "pending"
    ]  # fmt: skip
    await live.pass_time("2026-12-02 16:00")
    await live.state((17_000, batch_line(batches[0], 2)), (8_000, batch_line(batches[3])), day="2026-12-02")
    assert await live.ledger() == {"bank:operating": 25_000, "funding:clearing": -25_000}
    (file,) = await rows(live.database, "SELECT id FROM ach_files")
    async with live.database.transaction() as conn:
        await direct_debits.resubmit_file(conn, PLATFORM, file["id"], by=OPERATOR, now_ms=live.now_ms, ids=live.ids)
    await live.pass_time("2026-12-02 17:00")
    again = live.sent()[1]
    assert find_all(again, f"{PAYMENT}/PmtTpInf/LclInstrm/Cd") == ["B2B"]
    await live.report("<GrpSts>ACCP</GrpSts>")
    await live.pass_time("2026-12-03 20:00")
    await live.state((4_000, batch_line(find_all(again, f"{PAYMENT}/PmtInfId")[0])), day="2026-12-03")
    await live.pass_time("2026-12-10 09:00")
    assert await _statuses(live, recurrent, one_off, business, both, another) == [
        "succeeded", "failed", "succeeded", "succeeded", "succeeded"
    ]  # fmt: skip
    assert [each["kind"] for each in await rows(live.database, "SELECT kind FROM breaks")] == ["rejected_file"]
    await assert_books_hold(live.database)


def _with(terms: Any, **changes: Any) -> Any:
    return type(terms)(**{name: getattr(terms, name) for name in terms.__struct_fields__} | changes)


async def test_a_one_off_mandate_is_for_one_topup_and_ends_when_that_is_settled(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban(**ONE_OFF)
    topup = await live.create(source, 1_000)
    with pytest.raises(originators.MandateUnusableError, match="a one-off mandate"):
        await live.create(source, 2_000)
    assert await live.cancel(topup)
    topup = await live.create(source, 3_000)  # the canceled one was never collected
    assert [each["used_by"] for each in await _in_force(live, source)] == [topup]
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    with pytest.raises(originators.MandateUnusableError):
        await live.create(source, 2_000)
    await live.pass_time("2026-12-02 20:00")
    await live.state((3_000, batch_line(find_all(message, f"{PAYMENT}/PmtInfId")[0])), day="2026-12-02")
    assert await _in_force(live, source) == []
    with pytest.raises(originators.NotAuthorizedError):
        await live.create(source, 2_000)
    told = await rows(live.database, "SELECT detail FROM audit_log WHERE action = 'authorization.ended'")
    assert [each["detail"] for each in told] == [f"{topup}: the one collection"]
    await live.pass_time("2026-12-03 20:00")
    await live.state((-3_000, return_line(find_all(message, ENDS)[0], "AM04")), day="2026-12-03")
    assert await _statuses(live, topup) == ["failed"]
    assert await _in_force(live, source) == []  # what was settled and returned was the one collection
    await assert_books_hold(live.database)


async def test_a_one_off_collection_that_is_rejected_leaves_its_mandate_to_another(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban(**ONE_OFF)
    topup = await live.create(source, 1_000)
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    (batch,) = find_all(message, f"{PAYMENT}/PmtInfId")
    await live.report("", batch=(batch, ""), rejected={find_all(message, ENDS)[0]: "AM04"})
    assert await _statuses(live, topup) == ["failed"]
    again = await live.create(source, 1_000, allow_duplicate=True)
    await live.pass_time("2026-12-02 17:00")
    assert find_all(live.sent()[1], f"{PAYMENT}/PmtTpInf/SeqTp") == ["OOFF"]
    assert [each["used_by"] for each in await _in_force(live, source)] == [again]
    await assert_books_hold(live.database)


async def test_of_creates_that_race_for_a_one_off_mandate_one_gets_it(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban(**ONE_OFF)
    asked = [live.create(source, 1_000 + number) for number in range(12)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert Counter(type(each) for each in found) == {str: 1, originators.MandateUnusableError: 11}
    (only,) = [each for each in found if isinstance(each, str)]
    assert [each["used_by"] for each in await _in_force(live, source)] == [only]
    assert len(await rows(live.database, "SELECT FROM topups")) == 1


async def test_of_topups_that_come_under_a_new_one_off_mandate_the_first_is_collected(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban()
    made = [await live.create(source, amount) for amount in (1_000, 2_000)]
    async with live.database.connection() as conn:
        await live.sign(conn, source, **ONE_OFF)
    await live.pass_time("2026-12-01 17:00")
    await live.pass_time("2026-12-01 17:05")
    assert len(find_all(live.sent()[0], ENDS)) == 1
    ((waiting,),) = [tuple(each.values()) for each in await rows(live.database, "SELECT error FROM due_exceptions")]
    assert "a one-off mandate" in waiting
    async with live.database.connection() as conn:
        await live.sign(conn, source)
    await live.pass_time("2026-12-02 17:00")
    assert await _statuses(live, *made) == ["pending", "pending"]
    assert len([end for message in live.sent() for end in find_all(message, ENDS)]) == 2
    await assert_books_hold(live.database)


async def test_a_mandate_of_the_b2b_scheme_is_used_once_the_debtor_has_confirmed_it(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban(sec_code=SecCode.B2B)
    with pytest.raises(originators.MandateUnusableError, match="confirmed it to their bank"):
        await live.create(source)
    (mandate,) = await rows(live.database, "SELECT id FROM authorizations")
    told: dict[str, Any] = {"confirmed_ms": live.now_ms, "by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        first = await originators.confirm_mandate(conn, PLATFORM, mandate["id"], **told)
        again = await originators.confirm_mandate(conn, PLATFORM, mandate["id"], **(told | {"confirmed_ms": 5}))
    assert first == again
    topup = await live.create(source)
    async with live.database.connection() as conn:
        renewed = await live.sign(conn, source, sec_code=SecCode.B2B)
    await live.pass_time("2026-12-01 17:00")
    assert live.sent() == []  # the new mandate is not confirmed
    async with live.database.transaction() as conn:
        await originators.confirm_mandate(conn, PLATFORM, renewed.id, **told)
    await live.pass_time("2026-12-02 17:00")
    (message,) = live.sent()
    (batch,), (end,) = find_all(message, f"{PAYMENT}/PmtInfId"), find_all(message, ENDS)
    await live.report("", batch=(batch, ""), rejected={end: "AC13"})
    row = await live.topup(topup)
    assert (row["status"], row["failure_code"]) == ("failed", "bank_account_restricted")
    assert len(await rows(live.database, "SELECT FROM audit_log WHERE action = 'authorization.confirmed'")) == 2


async def test_only_mandates_have_a_sequence_type_and_only_those_of_b2b_are_confirmed(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban()
    (core,) = await rows(live.database, "SELECT id FROM authorizations")
    moment: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    async with live.database.connection() as conn:
        for wrong in ({"sec_code": SecCode.WEB, **ONE_OFF}, {"sec_code": SecCode.CORE, "confirmed_ms": 1}):
            with pytest.raises(originators.MandateTermsError):
                await live.sign(conn, source, **wrong)
        with pytest.raises(originators.MandateTermsError):
            await originators.confirm_mandate(conn, PLATFORM, core["id"], confirmed_ms=1, **moment)
        gone = await live.sign(conn, source, sec_code=SecCode.B2B)
        await live.sign(conn, source)
        with pytest.raises(originators.MandateTermsError, match="has ended"):
            await originators.confirm_mandate(conn, PLATFORM, gone.id, confirmed_ms=1, **moment)


async def test_a_mandate_lapses_36_months_after_its_last_collection_or_its_signature(live: SepaMoney) -> None:
    await live.open()
    fresh = await live.iban()
    source = await live.iban(last_collected_on=date(2023, 12, 2))  # the collection is due on 2026-12-02
    late = await live.iban(last_collected_on=date(2023, 12, 1))
    with pytest.raises(originators.MandateUnusableError, match="has lapsed on 2026-12-01"):
        await live.create(late)
    await live.create(source)
    await live.pass_time("2026-12-01 17:00")
    found = await rows(live.database, "SELECT funding_source, lapses_on FROM authorizations ORDER BY id")
    assert {each["funding_source"]: each["lapses_on"] for each in found} == {
        fresh: date(2029, 12, 1), source: date(2029, 12, 2), late: date(2026, 12, 1)
    }  # fmt: skip
    (batch,) = find_all(live.sent()[0], f"{PAYMENT}/PmtInfId")
    await live.report("", batch=(batch, ""), rejected={find_all(live.sent()[0], ENDS)[0]: "AM04"})
    await live.create(source, allow_duplicate=True)  # a rejected collection counts, too


async def test_a_topup_whose_mandate_has_lapsed_at_its_cutoff_fails_alone(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban(last_collected_on=date(2023, 12, 2))
    topup = await live.create(source)
    other = await live.create(await live.iban())
    async with live.database.transaction() as conn:
        stopped: dict[str, Any] = {"account": None, "by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
        await originators.stop_rail(conn, PLATFORM, rail="sepa", reason="drill", **stopped)
    await live.pass_time("2026-12-01 17:00")
    async with live.database.transaction() as conn:
        await originators.resume_rail(conn, PLATFORM, rail="sepa", **stopped)
    await live.pass_time("2026-12-02 17:00")
    row = await live.topup(topup)
    assert (row["status"], row["failure_code"]) == ("failed", "debit_not_authorized")
    assert row["failure_message"].startswith("The mandate has lapsed")
    assert await _statuses(live, other) == ["pending"]
    assert len(find_all(live.sent()[0], ENDS)) == 1
    async with live.database.connection() as conn:
        assert await originators.count_lapsing(conn, after=date(2026, 12, 1), until=date(2026, 12, 2), most=10) == 1
    await assert_books_hold(live.database)


MANDATE = f"{PAYMENT}/DrctDbtTxInf/DrctDbtTx/MndtRltdInf"
FORMER = f"{MANDATE}/AmdmntInfDtls"


async def _amend(live: SepaMoney, mandate: str, **changes: Any) -> originators.Authorization:
    wanted = {"mandate_reference": None, "funding_source": None} | changes
    async with live.database.transaction() as conn:
        return await originators.amend_mandate(
            conn, PLATFORM, mandate, by=OPERATOR, now_ms=live.now_ms, ids=live.ids, **wanted
        )


async def _history(live: SepaMoney) -> list[tuple[Any, ...]]:
    found = await rows(
        live.database,
        "SELECT former_reference, former_funding_source, former_creditor_identifier, former_creditor_name, presented_on"
        " FROM mandate_amendments ORDER BY authorization_id, number",
    )
    return [tuple(each.values()) for each in found]


@pytest.mark.parametrize("version", list(Version))
async def test_an_amended_mandate_says_so_once_and_again_where_that_was_rejected(
    live: SepaMoney, version: Version
) -> None:
    terms = live.profile().sepa
    assert terms is not None
    await live.open(sepa=_with(terms, message=version))
    old, new = await live.iban(reference="M-1"), await live.iban("FR1420041010050500013M02606", mandate=False)
    (mandate,) = [each["id"] for each in await rows(live.database, "SELECT id FROM authorizations")]
    await _amend(live, mandate, mandate_reference="M-2")
    moved = await _amend(live, mandate, funding_source=new)
    assert (moved.mandate_reference, moved.funding_source) == ("M-2", new)
    with pytest.raises(originators.NotAuthorizedError):
        await live.create(old)
    first = await live.create(new, 1_000)
    await live.create(new, 2_000)
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    schema_of(version).validate(message.decode())
    assert find_all(message, f"{MANDATE}/MndtId") == ["M-2", "M-2"]
    assert find_all(message, f"{FORMER}/OrgnlMndtId") == ["M-1"]
    assert find_all(message, f"{FORMER}/OrgnlDbtrAcct/Id/Othr/Id") == ["SMNDA"]
    with pytest.raises(originators.MandateTermsError, match=first):
        await _amend(live, mandate, mandate_reference="M-3")

    (batch,) = find_all(message, f"{PAYMENT}/PmtInfId")
    told = find_all(message, ENDS)[find_all(message, f"{PAYMENT}/DrctDbtTxInf/InstdAmt").index("10.00")]
    await live.report("", batch=(batch, ""), rejected={told: "AM04"})
    await live.create(new, 4_000)
    await live.pass_time("2026-12-02 16:00")
    await live.state((2_000, batch_line(batch)), day="2026-12-02")  # the one that told nothing
    assert [each[-1] for each in await _history(live)] == [None, None]
    await live.pass_time("2026-12-02 17:00")
    again = live.sent()[1]
    assert find_all(again, f"{FORMER}/OrgnlMndtId") == ["M-1"]
    await live.pass_time("2026-12-03 16:00")
    await live.state((4_000, batch_line(find_all(again, f"{PAYMENT}/PmtInfId")[0])), day="2026-12-03")
    day = date(2026, 12, 3)
    assert await _history(live) == [("M-1", None, None, None, day), (None, old, None, None, day)]
    await live.create(new, 8_000)
    await live.pass_time("2026-12-03 17:00")
    assert find_all(live.sent()[2], f"{MANDATE}/AmdmntInd") == []
    async with live.database.connection() as conn:
        with pytest.raises(originators.MandateReferenceTakenError):  # banks know the mandate by it
            await live.sign(conn, old, reference="M-1")
    assert len(await rows(live.database, "SELECT FROM audit_log WHERE action = 'authorization.amended'")) == 2
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_each_mandate_that_was_presented_says_that_its_creditor_has_changed(live: SepaMoney) -> None:
    originator = await live.open()
    known, unknown = await live.iban(), await live.iban()
    await live.create(known, 1_000)
    await live.pass_time("2026-12-01 17:00")
    (batch,) = find_all(live.sent()[0], f"{PAYMENT}/PmtInfId")
    await live.pass_time("2026-12-02 16:00")
    await live.state((1_000, batch_line(batch)), day="2026-12-02")
    profile = originator.profile
    terms = _with(profile.sepa, creditor_identifier="DE41EON00000129793", creditor_name="Beta Top-ups")
    async with live.database.transaction() as conn:
        change = originators.ProfileChange(_with(profile, sepa=terms), originator_id=originator.id)
        moment: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
        await originators.save_originator(conn, live.vault, PLATFORM, change, **moment)
        await originators.activate_originator(conn, PLATFORM, originator.id, approvers=1, **moment)
    await live.create(known, 2_000)
    await live.create(unknown, 4_000)
    await live.pass_time("2026-12-02 17:00")
    message = live.sent()[1]
    schema_of(Version.V8).validate(message.decode())
    assert find_all(message, f"{FORMER}/OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id") == [CREDITOR_ID]
    assert find_all(message, f"{FORMER}/OrgnlCdtrSchmeId/Nm") == ["Acme Top-ups"]
    assert len(find_all(message, f"{MANDATE}/AmdmntInd")) == 1
    await live.pass_time("2026-12-03 16:00")
    await live.state((6_000, batch_line(find_all(message, f"{PAYMENT}/PmtInfId")[0], 2)), day="2026-12-03")
    assert await _history(live) == [(None, None, CREDITOR_ID, "Acme Top-ups", date(2026, 12, 3))]
    told = find_all(message, ENDS)[find_all(message, f"{PAYMENT}/DrctDbtTxInf/InstdAmt").index("20.00")]
    await live.state((-2_000, return_line(told, "AM04")), day="2026-12-03")  # tells nothing more
    assert await _history(live) == [(None, None, CREDITOR_ID, "Acme Top-ups", date(2026, 12, 3))]
    await live.create(known, 8_000)
    await live.pass_time("2026-12-03 17:00")
    assert find_all(live.sent()[2], f"{MANDATE}/AmdmntInd") == []
    await assert_books_hold(live.database)


async def test_what_cannot_be_amended_is_refused(live: SepaMoney) -> None:
    await live.open()
    source, other = await live.iban(), await live.iban(**ONE_OFF)
    mandates = await rows(live.database, "SELECT id, funding_source, mandate_reference FROM authorizations")
    ids = {each["funding_source"]: each["id"] for each in mandates}
    references = {each["funding_source"]: each["mandate_reference"] for each in mandates}
    for mandate, changes, wrong in (
        (ids[other], {"mandate_reference": "M-2"}, originators.MandateTermsError),
        (ids[source], {}, originators.MandateTermsError),
        (ids[source], {"funding_source": other}, originators.MandateTermsError),
        (ids[source], {"mandate_reference": references[other]}, originators.MandateReferenceTakenError),
        (ids[source], {"mandate_reference": "a//b"}, MandateReferenceInvalidError),
    ):
        with pytest.raises(wrong):
            await _amend(live, mandate, **changes)
    assert await _history(live) == []


async def test_a_collection_that_was_not_authorized_ends_its_mandate_wherever_that_has_moved(live: SepaMoney) -> None:
    await live.open()
    old, new = await live.iban(), await live.iban("FR1420041010050500013M02606", mandate=False)
    topup = await live.create(old)
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    await live.pass_time("2026-12-02 20:00")
    await live.state((5_000, batch_line(find_all(message, f"{PAYMENT}/PmtInfId")[0])), day="2026-12-02")
    (mandate,) = await rows(live.database, "SELECT id FROM authorizations")
    await _amend(live, mandate["id"], funding_source=new)
    async with live.database.connection() as conn:
        await live.sign(conn, old)  # another mandate of the account, which stays
    await live.pass_time("2026-12-03 20:00")
    await live.state((-5_000, return_line(find_all(message, ENDS)[0], "MD01")), day="2026-12-03")
    assert await _statuses(live, topup) == ["failed"]
    ended = await rows(live.database, "SELECT id, end_reason FROM authorizations WHERE ended_ms IS NOT NULL")
    assert [tuple(each.values()) for each in ended] == [(mandate["id"], "returned with MD01")]
    await assert_books_hold(live.database)


async def test_of_a_message_with_a_rejected_batch_each_one_off_mandate_is_used_once(live: SepaMoney) -> None:
    """One collection of the batch fails for a reason of its own, and its mandate is free before the others go again."""
    await live.open()
    sources = [await live.iban(**ONE_OFF), await live.iban(**ONE_OFF), await live.iban()]
    sources.append(await live.iban(sec_code=SecCode.B2B, confirmed_ms=live.now_ms))
    fails, goes_again, recurs, business = [
        await live.create(source, 1_000 * 2**place) for place, source in enumerate(sources)
    ]
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    names = dict(zip(find_all(message, f"{PAYMENT}/CtrlSum"), find_all(message, f"{PAYMENT}/PmtInfId"), strict=True))
    amounts = find_all(message, f"{PAYMENT}/DrctDbtTxInf/InstdAmt")
    ends = dict(zip(amounts, find_all(message, ENDS), strict=True))
    why = "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    for _ in range(2):  # once more under another number
        await live.report("", batch=(names["30.00"], why), rejected={ends["10.00"]: "AC06", ends["20.00"]: "FF01"})
    assert await _statuses(live, fails, goes_again) == ["failed", "pending"]
    with pytest.raises(originators.MandateUnusableError):
        await live.create(sources[1], 16_000)
    another = await live.create(sources[0], 32_000)
    with pytest.raises(originators.MandateUnusableError):
        await live.create(sources[0], 64_000)
    (file,) = await rows(live.database, "SELECT id FROM ach_files")
    assert await live.resubmit(file["id"]) == 1
    assert await live.resubmit(file["id"]) == 0
    await live.pass_time("2026-12-02 16:00")
    await live.state((4_000, batch_line(names["40.00"])), (8_000, batch_line(names["80.00"])), day="2026-12-02")
    await live.pass_time("2026-12-02 17:00")
    again = live.sent()[1:]
    assert [find_all(each, f"{PAYMENT}/CtrlSum") for each in again] == [["20.00"], ["320.00"]]
    first, second = [find_all(each, f"{PAYMENT}/PmtInfId")[0] for each in again]
    await live.report("", batch=(names["30.00"], why), original=find_all(message, "CstmrDrctDbtInitn/GrpHdr/MsgId")[0])
    await live.pass_time("2026-12-03 16:00")
    await live.state((2_000, batch_line(first)), (32_000, batch_line(second)), day="2026-12-03")
    ended = await rows(live.database, "SELECT used_by, end_reason FROM authorizations WHERE ended_ms IS NOT NULL")
    assert {row["used_by"]: row["end_reason"] for row in ended} == {goes_again: "collected", another: "collected"}
    for source in sources[:2]:
        with pytest.raises(originators.NotAuthorizedError):
            await live.create(source)
    await live.pass_time("2026-12-11 09:00")
    assert await _statuses(live, fails, goes_again, recurs, business, another) == ["failed", *["succeeded"] * 4]
    kinds = await rows(live.database, "SELECT DISTINCT kind FROM breaks ORDER BY kind")
    assert [row["kind"] for row in kinds] == ["rejected_file", "silent_bank"]
    await assert_books_hold(live.database)
