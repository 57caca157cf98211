"""The life of a live top-up by SEPA, from the create to the bank's statement and what comes back."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.scope import AccountScope
from brim.core import direct_debits, originators
from brim.core.funding import AlreadyVerifiedError
from brim.core.line_settlements import Part, PartKind, Proposal, propose_settlement
from brim.core.money_at_risk import MoneyAtRisk, Risk, Sum, read_money_at_risk
from brim.core.pruning.store import delete_exposures
from brim.core.rails.ach import ProfileError, check_profile
from brim.core.rails.sepa import Version
from brim.core.reversals import NotReversibleError, ReversalReason
from brim.core.topups import CurrencyNotCollectedError
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM
from tests.support.pain008 import schema_of
from tests.support.sepa_money import SepaMoney, batch_line, berlin, find_all, payment_list, return_line

BELOW = AccountScope("acct_below", livemode=True)
BATCH = "CstmrDrctDbtInitn/PmtInf/PmtInfId"
ENDS = "CstmrDrctDbtInitn/PmtInf/DrctDbtTxInf/PmtId/EndToEndId"


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> SepaMoney:
    return SepaMoney(database, tmp_path)


async def test_a_topup_leaves_at_the_cutoff_and_succeeds_after_the_hold_once_the_statement_confirms(
    live: SepaMoney,
) -> None:
    await live.open()
    topup = await live.create(await live.iban())
    row = await live.topup(topup)
    assert (row["status"], row["rail"], row["currency"]) == ("pending", "sepa", "eur")
    assert row["due_ms"] == berlin("2026-12-01 17:00")
    assert row["expected_availability_date"] * 1000 == berlin("2026-12-09 09:00")
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    schema_of(Version.V8).validate(message.decode())
    (batch,) = find_all(message, BATCH)
    assert find_all(message, "CstmrDrctDbtInitn/PmtInf/ReqdColltnDt") == ["2026-12-02"]
    await live.report("<GrpSts>ACCP</GrpSts>")
    (file,) = await rows(live.database, "SELECT status, entry_count, total_debit FROM ach_files")
    assert tuple(file.values()) == ("acknowledged", 1, 5_000)
    await live.pass_time("2026-12-02 20:00")
    await live.state((5_000, batch_line(batch)), day="2026-12-02")
    assert await live.ledger() == {"bank:operating": 5_000, "funding:clearing": -5_000}
    await live.pass_time("2026-12-09 08:59")
    assert (await live.topup(topup))["status"] == "pending"
    await live.pass_time("2026-12-09 09:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await live.ledger() == {"bank:operating": 5_000, "funding:clearing": 0, "balance:available": -5_000}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_money_at_risk_and_arrivals_are_of_euros_too(live: SepaMoney) -> None:
    await live.open()
    await live.create(await live.iban())

    async def look() -> MoneyAtRisk:
        return await read_money_at_risk(live.database, PLATFORM, now_ms=live.now_ms)

    def told(found: MoneyAtRisk) -> list[tuple[str, str, int | None]]:
        return [(each.currency, each.stage, each.usable_ms) for each in found.arrivals]

    assert told(await look()) == [("eur", "cutoff", berlin("2026-12-09 09:00"))]
    await live.pass_time("2026-12-01 17:00")
    assert told(await look()) == [("eur", "in_file", berlin("2026-12-09 09:00"))]
    (batch,) = find_all(live.sent()[0], BATCH)
    await live.pass_time("2026-12-02 20:00")
    await live.state((5_000, batch_line(batch)), day="2026-12-02")
    await live.pass_time("2026-12-09 09:00")
    for day, risk in (("2027-01-27", Risk.RETURNABLE), ("2028-01-02", Risk.UNAUTHORIZED)):
        live.now_ms = berlin(f"{day} 20:00")
        (found,) = (await look()).currencies
        assert (found.currency, dict(found.sums)) == ("eur", {risk: Sum(5_000, 1)})
    live.now_ms = berlin("2028-01-03 10:00")
    assert (await look()).currencies == ()


async def _collected(live: SepaMoney, *amounts: int) -> tuple[list[str], list[str], str]:
    """Let top-ups of so much be collected; return them, their end-to-end ids, and the batch that they are in."""
    await live.open()
    made = [await live.create(await live.iban(), amount) for amount in amounts]
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    (batch,) = find_all(message, BATCH)
    return made, find_all(message, ENDS), batch


async def _booked(live: SepaMoney, *amounts: int) -> tuple[list[str], list[str]]:
    """Let the bank accept such a batch and book it as one line; return the top-ups and their end-to-end ids."""
    made, ends, batch = await _collected(live, *amounts)
    await live.report("<GrpSts>ACCP</GrpSts>")
    await live.pass_time("2026-12-02 20:00")
    await live.state((sum(amounts), batch_line(batch, len(amounts))), day="2026-12-02")
    return made, ends


async def _statuses(live: SepaMoney, made: list[str]) -> list[tuple[str, str | None]]:
    found = [await live.topup(each) for each in made]
    return [(row["status"], row["failure_code"]) for row in found]


async def test_a_return_before_the_hold_is_over_fails_the_topup_and_a_refund_after_it_reverses_it(
    live: SepaMoney,
) -> None:
    made, ends = await _booked(live, 1_000, 2_000, 4_000)
    await live.pass_time("2026-12-04 20:00")
    await live.state((-1_000, return_line(ends[0], "AM04")), day="2026-12-04")
    assert await _statuses(live, made) == [("failed", "insufficient_funds"), ("pending", None), ("pending", None)]
    await live.pass_time("2026-12-09 09:00")
    assert await _statuses(live, made[1:]) == [("succeeded", None), ("succeeded", None)]
    await live.pass_time("2027-01-20 20:00")  # within eight weeks
    await live.state((-2_000, return_line(ends[1], "MD06")), day="2027-01-20")
    assert await _statuses(live, made[1:]) == [("reversed", "debit_not_authorized"), ("succeeded", None)]
    await live.pass_time("2027-12-20 20:00")  # within thirteen months, with the banks' charge
    await live.state((-4_150, return_line(ends[2], "MD01")), day="2027-12-20")
    assert await _statuses(live, made[2:]) == [("reversed", "debit_not_authorized")]
    assert await live.ledger() == {
        "bank:operating": -150,
        "funding:clearing": 0,
        "balance:available": 0,
        "fees": 150,
    }
    ended = await rows(live.database, "SELECT end_reason FROM authorizations WHERE ended_ms IS NOT NULL")
    assert [each["end_reason"] for each in ended] == ["returned with MD01"]
    lines = (
        "SELECT bank_reference, return_trace FROM statement_lines JOIN ach_entries ON matched = topup || '/' || number"
    )
    assert [each["return_trace"] == each["bank_reference"] for each in await rows(live.database, lines)] == [True] * 3
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_a_collection_of_one_cent_is_booked_and_returned(live: SepaMoney) -> None:
    made, ends = await _booked(live, 1)
    assert (await live.ledger())["bank:operating"] == 1
    await live.state((-1, return_line(ends[0], "AM04")), day="2026-12-03")
    assert await _statuses(live, made) == [("failed", "insufficient_funds")]
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_a_line_that_books_several_returns_takes_each_collection_back(live: SepaMoney) -> None:
    made, ends = await _booked(live, 1_000, 2_000)
    await live.pass_time("2026-12-04 20:00")
    listed = "".join(
        return_line(end, reason).replace("</Refs>", f'</Refs><Amt Ccy="EUR">{amount}</Amt>')
        for end, reason, amount in zip(ends, ("AM04", "MD01"), ("10.00", "20.00"), strict=True)
    )
    await live.state((-3_000, listed), day="2026-12-04")
    assert await _statuses(live, made) == [("failed", "insufficient_funds"), ("failed", "debit_not_authorized")]
    assert await live.ledger() == {"bank:operating": 0, "funding:clearing": 0}
    traces = [each["return_trace"] for each in await rows(live.database, "SELECT return_trace FROM ach_entries")]
    assert len({*traces} - {None}) == 2
    assert await rows(live.database, "SELECT detail FROM breaks WHERE resolved_ms IS NULL") == []
    await assert_books_hold(live.database)


async def test_a_statement_that_comes_again_changes_nothing(live: SepaMoney) -> None:
    made, ends = await _booked(live, 1_000)
    await live.pass_time("2026-12-03 20:00")
    await live.state((-1_000, return_line(ends[0], "AC04")), day="2026-12-03")
    before = await live.ledger()
    for path in sorted((live.folder / "from-bank").iterdir()):
        path.with_name(f"again-{path.name}").write_bytes(path.read_bytes() + b"\n")
    await live.work()
    assert await live.ledger() == before == {"bank:operating": 0, "funding:clearing": 0}
    assert await _statuses(live, made) == [("failed", "account_closed")]
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_a_collection_that_is_rejected_alone_fails_and_the_bank_books_the_rest(live: SepaMoney) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000)
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    assert await _statuses(live, made) == [("failed", "invalid_account_number"), ("pending", None)]
    await live.pass_time("2026-12-02 20:00")
    await live.state((2_000, batch_line(batch)), day="2026-12-02")
    await live.pass_time("2026-12-09 09:00")
    assert await _statuses(live, made[1:]) == [("succeeded", None)]
    assert await live.ledger() == {"bank:operating": 2_000, "funding:clearing": 0, "balance:available": -2_000}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_a_batch_of_which_everything_is_rejected_is_settled_with_nothing(live: SepaMoney) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000)
    await live.report("", batch=(batch, ""), rejected={ends[0]: "AC01", ends[1]: "MD01"})
    assert await _statuses(live, made) == [("failed", "invalid_account_number"), ("failed", "debit_not_authorized")]
    (file,) = await rows(live.database, "SELECT status FROM ach_files")
    assert file["status"] == "settled"
    assert await live.ledger() == {}
    await assert_books_hold(live.database)


@pytest.mark.parametrize(
    ("group", "at_batch"),
    [("<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>", ""), ("", "<PmtInfSts>RJCT</PmtInfSts>")],
)
async def test_a_rejected_file_or_batch_goes_out_again_in_another_message(
    live: SepaMoney, group: str, at_batch: str
) -> None:
    made, ends, batch = await _collected(live, 1_000)
    await live.report(group, batch=(batch, at_batch) if at_batch else None)
    (listed,) = await rows(live.database, "SELECT kind, amount, currency FROM breaks")
    assert tuple(listed.values()) == ("rejected_file", 1_000, "eur")
    (file,) = await rows(live.database, "SELECT id FROM ach_files")
    async with live.database.transaction() as conn:
        await direct_debits.resubmit_file(conn, PLATFORM, file["id"], by=OPERATOR, now_ms=live.now_ms, ids=live.ids)
    await live.pass_time("2026-12-02 17:00")
    first, again = live.sent()
    name = "CstmrDrctDbtInitn/GrpHdr/MsgId"
    assert find_all(again, ENDS) == ends
    assert find_all(again, name) != find_all(first, name)
    assert (await live.topup(made[0]))["status"] == "pending"


async def test_a_batch_that_is_rejected_after_one_of_its_collections_goes_out_again_without_it(live: SepaMoney) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000)
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    await live.report("<GrpSts>RJCT</GrpSts>", batch=(batch, "<PmtInfSts>RJCT</PmtInfSts>"))
    await live.resubmit()
    await live.pass_time("2026-12-02 17:00")
    assert find_all(live.sent()[1], ENDS) == ends[1:]
    assert await _statuses(live, made) == [("failed", "invalid_account_number"), ("pending", None)]
    await live.pass_time("2026-12-03 20:00")
    await live.state((2_000, batch_line(find_all(live.sent()[1], BATCH)[0])), day="2026-12-03")
    await live.pass_time("2026-12-10 09:00")
    assert await _statuses(live, made[1:]) == [("succeeded", None)]
    await assert_books_hold(live.database)


@pytest.mark.parametrize("level", ["group", "batch"])
async def test_of_a_rejected_whole_a_collection_with_a_reason_of_its_own_fails_and_the_others_go_out_again(
    live: SepaMoney, level: str
) -> None:
    """Its IBAN is wrong in the next message, too; that the format was wrong is no reason of the other's own."""
    made, ends, batch = await _collected(live, 1_000, 2_000, 4_000)
    why = "<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    group = f"<GrpSts>RJCT</GrpSts>{why}" if level == "group" else "<GrpSts>PART</GrpSts>"
    for _ in range(2):
        await live.report(
            group, batch=(batch, f"<PmtInfSts>RJCT</PmtInfSts>{why}"), rejected={ends[0]: "AC01", ends[1]: "FF01"}
        )
        fine = ("pending", None)
        assert await _statuses(live, made) == [("failed", "invalid_account_number"), fine, fine]
    (file,) = await rows(live.database, "SELECT id FROM ach_files")
    assert await live.resubmit(file["id"]) == 2
    await live.pass_time("2026-12-02 17:00")
    assert find_all(live.sent()[1], ENDS) == ends[1:]
    await live.pass_time("2026-12-03 20:00")
    await live.state((6_000, batch_line(find_all(live.sent()[1], BATCH)[0], 2)), day="2026-12-03")
    assert await live.ledger() == {"bank:operating": 6_000, "funding:clearing": -6_000}
    breaks = await rows(live.database, "SELECT kind FROM breaks WHERE kind <> 'silent_bank'")
    assert [each["kind"] for each in breaks] == ["rejected_file"]
    await assert_books_hold(live.database)


async def test_a_collection_that_the_statement_took_back_before_its_rejection_was_read_stays_as_it_is(
    live: SepaMoney,
) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000)
    await live.pass_time("2026-12-02 16:00")
    await live.state((3_000, batch_line(batch, 2)), (-1_000, return_line(ends[0], "AC01")), day="2026-12-02")
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    assert await _statuses(live, made) == [("failed", "invalid_account_number"), ("pending", None)]
    assert await live.ledger() == {"bank:operating": 2_000, "funding:clearing": -2_000}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


@pytest.mark.parametrize("is_rejected", [False, True])
@pytest.mark.parametrize("names_batch", [False, True])
async def test_a_batch_that_is_booked_less_returns_is_both_where_the_entry_lists_them(
    live: SepaMoney, is_rejected: bool, names_batch: bool
) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000, 4_000)
    if is_rejected:
        await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[2]: "AC01"})
    await live.pass_time("2026-12-02 16:00")
    amounts = (1_000, 2_000) if is_rejected else (1_000, 2_000, 4_000)
    details = payment_list(
        *((end, amount, "") for end, amount in zip(ends, amounts, strict=False)), (ends[0], -1_000, "AM04")
    )
    head = batch_line(batch, len(amounts)) if names_batch else ""
    rest = sum(amounts) - 1_000
    await live.state((rest, head + details), day="2026-12-02")
    path = max((live.folder / "from-bank").iterdir())
    path.with_name(f"z{path.name}").write_bytes(path.read_bytes() + b"\n")
    await live.work()
    last = ("failed", "invalid_account_number") if is_rejected else ("pending", None)
    assert await _statuses(live, made) == [("failed", "insufficient_funds"), ("pending", None), last]
    assert await live.ledger() == {"bank:operating": rest, "funding:clearing": -rest}
    assert await rows(live.database, "SELECT detail FROM breaks WHERE resolved_ms IS NULL") == []
    lines = await rows(
        live.database, "SELECT amount, matched_kind FROM statement_lines ORDER BY parent IS NULL, amount"
    )
    assert [tuple(row.values()) for row in lines] == [
        (-1_000, "ach_return"),
        (sum(amounts), "ach_batch"),
        (rest, None),
    ]
    await live.pass_time("2026-12-09 09:00")
    assert await _statuses(live, made[1:2]) == [("succeeded", None)]
    await assert_books_hold(live.database)


@pytest.mark.parametrize("what", ["lacks one", "another amount", "returns a stranger's", "not listed"])
async def test_a_batch_that_is_booked_less_something_else_is_left_to_a_person(live: SepaMoney, what: str) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000, 4_000)
    coming = [(ends[0], 1_000, ""), (ends[1], 2_000, ""), (ends[2], 4_000, "")]
    back = (ends[0], -1_000, "AM04")
    if what == "lacks one":
        coming.pop()
    elif what == "another amount":
        coming[1] = (ends[1], 2_100, "")
    elif what == "returns a stranger's":
        back = ("NOTOURS", -1_000, "AM04")
    total = sum(amount for _, amount, _ in coming) + back[1]
    details = "" if what == "not listed" else payment_list(*coming, back)
    await live.pass_time("2026-12-02 16:00")
    await live.state((total, batch_line(batch, 3) + details), day="2026-12-02")
    (found,) = await rows(live.database, "SELECT kind, amount FROM breaks WHERE resolved_ms IS NULL")
    assert tuple(found.values()) == ("line_amount", total)
    assert await live.ledger() == {}
    assert await _statuses(live, made) == [("pending", None)] * 3
    await assert_books_hold(live.database)


async def test_a_return_that_is_booked_before_its_batch_is_applied(live: SepaMoney) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000)
    await live.pass_time("2026-12-02 16:00")
    await live.state((-1_000, return_line(ends[0], "AM04")), day="2026-12-02")
    await live.state((3_000, batch_line(batch, 2)), day="2026-12-03")
    assert await _statuses(live, made) == [("failed", "insufficient_funds"), ("pending", None)]
    assert await live.ledger() == {"bank:operating": 2_000, "funding:clearing": -2_000}
    await live.pass_time("2026-12-09 09:00")
    assert await _statuses(live, made[1:]) == [("succeeded", None)]
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_what_a_bank_says_of_unknown_files_and_with_unknown_reasons_is_left_to_a_person(live: SepaMoney) -> None:
    made, ends, batch = await _collected(live, 1_000)
    await live.report("<GrpSts>ACCP</GrpSts>", original="achf-000000000000000000000000")
    await live.report("<GrpSts>XXXX</GrpSts>")
    await live.report("<GrpSts>ACCP</GrpSts>", batch=("someone-else-1", "<PmtInfSts>RJCT</PmtInfSts>"))
    await live.pass_time("2026-12-02 16:00")
    await live.state((1_000, batch_line(batch)), day="2026-12-02")
    await live.report("<GrpSts>RJCT</GrpSts>")
    await live.state((-1_000, return_line(ends[0], "ZZ99")), (-70, return_line("NOTOURS", "AM04")), day="2026-12-03")
    kinds = await rows(live.database, "SELECT kind FROM breaks ORDER BY id")
    assert [each["kind"] for each in kinds] == [
        "unmatched_acknowledgement",
        "unreadable_item",
        "unmatched_acknowledgement",
        "unmatched_acknowledgement",
        "unmatched_line",
    ]
    await live.pass_time("2026-12-09 09:00")
    assert await _statuses(live, made) == [("failed", "could_not_process")]  # whatever the reason, it came back
    await assert_books_hold(live.database)


@pytest.mark.parametrize("is_late", [False, True])
async def test_what_takes_a_collection_back_and_is_not_called_a_return_is_left_to_a_person(
    live: SepaMoney, is_late: bool
) -> None:
    made, ends = await _booked(live, 1_000)
    if is_late:
        await live.pass_time("2026-12-09 09:00")
    unnamed = f"<TxDtls><Refs><EndToEndId>{ends[0]}</EndToEndId></Refs></TxDtls>"
    await live.state((-1_000, unnamed), day="2026-12-09" if is_late else "2026-12-03")
    (listed,) = await rows(live.database, "SELECT kind, amount, currency, detail FROM breaks")
    assert tuple(listed.values())[:3] == ("taken_back", -1_000, "eur")
    standing = "which has succeeded" if is_late else "which is pending and can no longer succeed"
    assert f"{standing}, and no applied return explains it. Ask the bank: the line doesn't say" in listed["detail"]
    await live.pass_time("2026-12-10 09:00")
    assert await _statuses(live, made) == [("succeeded" if is_late else "pending", None)]
    await assert_books_hold(live.database)


async def test_a_return_of_a_collection_that_was_rejected_and_never_booked_is_left_to_a_person(live: SepaMoney) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000)
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    await live.pass_time("2026-12-02 20:00")
    await live.state((2_000, batch_line(batch)), (-1_000, return_line(ends[0], "AC04")), day="2026-12-02")
    (listed,) = await rows(live.database, "SELECT kind, amount, currency, reference, detail FROM breaks")
    assert tuple(listed.values())[:4] == ("unmatched_return", -1_000, "eur", ends[0])
    assert f"The statement returns {ends[0]} with AC04, but its top-up has ended another way" in listed["detail"]
    assert await _statuses(live, made) == [("failed", "invalid_account_number"), ("pending", None)]
    assert await live.ledger() == {"bank:operating": 1_000, "funding:clearing": -1_000}
    await assert_books_hold(live.database)


async def test_a_person_says_which_collections_a_line_that_names_none_takes_back(live: SepaMoney) -> None:
    made, _, batch = await _collected(live, 1_000, 2_000, 4_000)
    await live.pass_time("2026-12-02 20:00")
    await live.state((7_000, batch_line(batch, 3)), day="2026-12-02")
    await live.pass_time("2026-12-09 09:00")
    await live.state((-3_100, "<Btch><NbOfTxs>2</NbOfTxs></Btch>"), day="2026-12-10")
    (line,) = await rows(live.database, "SELECT id FROM statement_lines WHERE amount < 0")
    matches = direct_debits.HandMatches(live.database, live.vault, WIRE_FORMATS)
    told: dict[str, Any] = {"matches": matches, "by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        parts = await matches.find_parts(conn, PLATFORM, bank_account="operating", currency="eur", returns=made[:2])
        fee = Part(kind=PartKind.FEES, amount=-100)
        proposal = Proposal(lines=(line["id"],), parts=(*parts, fee), note="As the bank says.")
        await propose_settlement(conn, PLATFORM, proposal, approvers=1, **told)
    reversed_ = ("reversed", "could_not_process")
    assert await _statuses(live, made) == [reversed_, reversed_, ("succeeded", None)]
    assert (await live.ledger())["balance:available"] == -4_000
    async with live.database.connection() as conn:
        with pytest.raises(direct_debits.UnfitMatchError):
            await matches.find_parts(conn, PLATFORM, bank_account="operating", currency="eur", returns=["tu_none"])
    await assert_books_hold(live.database)


async def test_what_an_earlier_originator_of_the_bank_account_collected_is_known_to_the_next(live: SepaMoney) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000)
    (first,) = await rows(live.database, "SELECT id FROM originators")
    async with live.database.transaction() as conn:
        await originators.suspend_originator(conn, PLATFORM, first["id"], by=OPERATOR, now_ms=live.now_ms, ids=live.ids)
    folders = {"outgoing_folder": str(live.folder / "to-next"), "incoming_folder": str(live.folder / "from-next")}
    for name in ("to-next", "from-next"):
        (live.folder / name).mkdir()
    await live.originate(**folders)
    live.inbox = "from-next"
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    await live.pass_time("2026-12-02 20:00")
    await live.state((2_000, batch_line(batch)), day="2026-12-02")
    await live.pass_time("2026-12-09 09:00")
    assert await _statuses(live, made) == [("failed", "invalid_account_number"), ("succeeded", None)]
    await live.state((-2_000, return_line(ends[1], "MD06")), day="2026-12-21")
    assert await _statuses(live, made[1:]) == [("reversed", "debit_not_authorized")]
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_a_return_without_a_reason_is_applied(live: SepaMoney) -> None:
    made, ends = await _booked(live, 1_000)
    await live.pass_time("2026-12-09 09:00")
    reversed_ = (
        f"<TxDtls><Refs><EndToEndId>{ends[0]}</EndToEndId></Refs><RtrInf><AddtlInf>gone</AddtlInf></RtrInf></TxDtls>"
    )
    await live.state((-1_250, reversed_), day="2026-12-10", inside="<RvslInd>true</RvslInd>")
    assert await _statuses(live, made) == [("reversed", "could_not_process")]
    assert await live.ledger() == {
        "bank:operating": -250, "funding:clearing": 0, "balance:available": 0, "fees": 250
    }  # fmt: skip
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


@pytest.mark.parametrize("is_all", [False, True])
async def test_a_batch_may_be_booked_with_what_was_rejected_which_then_comes_back(
    live: SepaMoney, is_all: bool
) -> None:
    made, ends, batch = await _collected(live, 1_000, 2_000)
    rejected = dict.fromkeys(ends if is_all else ends[:1], "AC01")
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected=rejected)
    await live.pass_time("2026-12-02 20:00")
    back = [(-1_000 * number, return_line(end, "AC01")) for number, end in enumerate(rejected, 1)]
    await live.state((3_000, batch_line(batch, 2)), *back, day="2026-12-02")
    await live.state((3_000, batch_line(batch, 2)), day="2026-12-03")
    (listed,) = await rows(live.database, "SELECT kind, amount FROM breaks")
    assert tuple(listed.values()) == ("line_amount", 3_000)  # booked a second time
    await live.pass_time("2026-12-09 09:00")
    fine = ("failed", "invalid_account_number") if is_all else ("succeeded", None)
    assert await _statuses(live, made) == [("failed", "invalid_account_number"), fine]
    assert (await live.ledger())["funding:clearing"] == 0
    await assert_books_hold(live.database)


@pytest.mark.parametrize(("at_batch", "code"), [(False, "DU01"), (True, "DU01"), (False, "AM05")])
async def test_a_second_copy_that_is_refused_leaves_the_first_as_it_is(
    live: SepaMoney, at_batch: bool, code: str
) -> None:
    made, _, batch = await _collected(live, 1_000)
    reason = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"
    if at_batch:
        await live.report("", batch=(batch, f"<PmtInfSts>RJCT</PmtInfSts>{reason}"))
    else:
        await live.report(f"<GrpSts>RJCT</GrpSts>{reason}")
    (file,) = await rows(live.database, "SELECT status FROM ach_files")
    assert file["status"] == "sent"
    (listed,) = await rows(live.database, "SELECT kind FROM breaks")
    assert listed["kind"] == "unmatched_acknowledgement"
    await live.pass_time("2026-12-02 20:00")
    await live.state((1_000, batch_line(batch)), day="2026-12-02")
    await live.pass_time("2026-12-09 09:00")
    assert await _statuses(live, made) == [("succeeded", None)]
    await assert_books_hold(live.database)


async def test_what_is_asked_for_in_a_day_is_counted_by_rail_and_forgotten(live: SepaMoney) -> None:
    await live.open()
    await live.create(await live.iban())
    days = "SELECT key FROM exposures WHERE kind = 'day'"
    assert await rows(live.database, days) == [{"key": "2026-12-01/sepa"}]
    async with live.database.connection() as conn:
        assert (await delete_exposures(conn, 0, live.now_ms + 10 * 86_400_000, 10)).gone == 1


async def test_each_rail_has_an_originator_of_its_own_and_collects_from_its_own_bank_accounts(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban()
    with pytest.raises(originators.NotAuthorizedError):
        await live.create(await live.iban(mandate=False))
    live.currency = "usd"
    with pytest.raises(originators.LiveModeNotReadyError):
        await live.create(source)
    live.currency = "gbp"
    with pytest.raises(CurrencyNotCollectedError, match="sepa collects eur"):
        await live.create(source)
    live.currency = "eur"
    american = await live.bank_account()
    with pytest.raises(originators.NotAuthorizedError):
        await live.create(american)
    with pytest.raises(originators.OriginatorStateError):
        await live.originate(outgoing_folder=str(live.folder / "other"), incoming_folder=str(live.folder / "others"))


async def test_a_stop_of_sepa_keeps_its_files_back(live: SepaMoney) -> None:
    await live.open()
    source = await live.iban()
    await live.create(source)
    moment: dict[str, Any] = {"now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        await originators.stop_rail(conn, PLATFORM, rail="sepa", account=None, reason="drill", by=TESTER, **moment)
    with pytest.raises(originators.RailStoppedError):
        await live.create(source)
    await live.pass_time("2026-12-01 17:00")
    assert live.sent() == []
    async with live.database.transaction() as conn:
        await originators.resume_rail(conn, PLATFORM, rail="sepa", account=None, by=TESTER, **moment)
    await live.pass_time("2026-12-01 17:05")
    assert len(live.sent()) == 1


async def test_a_profile_of_sepa_has_nothing_of_nachas_and_an_iban(live: SepaMoney) -> None:
    await live.open()
    terms = live.profile().sepa
    assert terms is not None
    cases: list[tuple[dict[str, Any], str]] = [
        ({"odfi_routing_number": "121042882"}, "odfi_routing_number"),
        ({"retry_schedule": ("+1",)}, "retry_schedule"),
        ({"time_zone": "America/New_York"}, "time_zone"),
        (
            {"sepa": msgspec.structs.replace(terms, creditor_identifier="DE99ZZZ09999999999")},
            "sepa[creditor_identifier]",
        ),
        ({"sepa": msgspec.structs.replace(terms, bic="NOBIC")}, "sepa[bic]"),
        ({"sepa": msgspec.structs.replace(terms, creditor_name="Müller")}, "sepa[creditor_name]"),
    ]
    for wrong, field in cases:
        with pytest.raises(ProfileError) as refused:
            check_profile(live.profile(**wrong))
        assert refused.value.param == field


async def test_a_mandate_has_a_reference_of_its_own(live: SepaMoney) -> None:
    await live.open(BELOW.account)
    source, other = await live.iban(mandate=False), await live.iban(mandate=False)
    below = await live.iban(scope=BELOW, mandate=False)
    async with live.database.connection() as conn:
        given = await live.sign(conn, source, reference="OLD-4711")
        with pytest.raises(originators.MandateReferenceTakenError):  # the creditor is the platform
            await live.sign(conn, below, scope=BELOW, reference="OLD-4711")
        with pytest.raises(originators.MandateReferenceTakenError):
            await live.sign(conn, other, reference="OLD-4711")
        made = await live.sign(conn, other)
    assert (given.mandate_reference, made.mandate_reference) == ("OLD-4711", made.id.replace("_", "-"))
    await live.create(source)
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    mandate = "CstmrDrctDbtInitn/PmtInf/DrctDbtTxInf/DrctDbtTx/MndtRltdInf"
    assert find_all(message, f"{mandate}/MndtId") == ["OLD-4711"]
    assert find_all(message, f"{mandate}/DtOfSgntr") == ["2026-12-01"]


async def test_debtors_are_told_of_a_collection_so_many_days_before_it(live: SepaMoney) -> None:
    terms = live.profile().sepa
    assert terms is not None
    terms = msgspec.structs.replace(terms, prenotification_days=14)
    await live.open(sepa=terms)
    row = await live.topup(await live.create(await live.iban()))
    assert row["due_ms"] == berlin("2026-12-14 17:00")  # for the 15th, fourteen days after the 1st
    await live.pass_time("2026-12-14 17:00")
    (message,) = live.sent()
    assert find_all(message, "CstmrDrctDbtInitn/PmtInf/ReqdColltnDt") == ["2026-12-15"]


async def test_a_name_that_cannot_be_written_fails_its_topup_alone(live: SepaMoney) -> None:
    await live.open()
    fine, unfit = await live.create(await live.iban()), await live.create(await live.iban(name="名前"))
    await live.pass_time("2026-12-01 17:00")
    assert await _statuses(live, [fine, unfit]) == [("pending", None), ("failed", "could_not_process")]
    (message,) = live.sent()
    assert len(find_all(message, ENDS)) == 1
    await assert_books_hold(live.database)


async def test_what_only_ach_knows_is_refused_for_a_collection(live: SepaMoney) -> None:
    made, _ = await _booked(live, 1_000)
    moment: dict[str, Any] = {"renderers": WIRE_FORMATS, "by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    async with live.database.connection() as conn:
        with pytest.raises(NotReversibleError, match="SEPA collections can't be reversed"):
            await direct_debits.request_reversal(conn, PLATFORM, made[0], reason=ReversalReason.DUPLICATE, **moment)
    (source,) = await rows(live.database, "SELECT id FROM funding_sources")
    with pytest.raises(AlreadyVerifiedError):
        await live.prenote(source["id"])
    with pytest.raises(AlreadyVerifiedError):
        await live.microdeposits(source["id"])
