"""Files that banks and others have published give the facts that were found in them by other readers.

The files are in `shared/bank_files` beside the checkout, with their sources; without it these tests are skipped.
"""

from typing import Any

import pytest

from brim.core.rails.ach.nacha import (
    ChangeAddenda,
    Correction,
    Dishonour,
    DishonourAddenda,
    Item,
    ItemKind,
    NotificationOfChange,
    PaymentAddenda,
    ReturnAddenda,
    ReturnInfo,
    Verdict,
    check,
    entries,
)
from brim.core.rails.ach.nacha.addenda import layout_for
from brim.core.rails.ach.nacha.records import BATCH_CONTROL, BATCH_HEADER, ENTRY_DETAIL, FILE_CONTROL, FILE_HEADER
from brim.core.rails.ach.nacha.routing import check_digit
from tests.support.ach_samples import expected, sample, written_again

VERDICTS = {
    "ach01": Verdict.ACCEPT_WITH_WARNINGS,  # two lines have lost their blanks
    "ach02": Verdict.ACCEPT,
    "ach03": Verdict.ACCEPT,
    "ach04": Verdict.ACCEPT,
    "ach05": Verdict.ACCEPT_WITH_WARNINGS,  # the controls have the company shifted by a blank
    "ach06": Verdict.ACCEPT_WITH_WARNINGS,  # the addenda has another trace number than the entry
    "ach07": Verdict.ACCEPT,
    "ach08": Verdict.ACCEPT,
    "ach09": Verdict.ACCEPT_WITH_WARNINGS,  # not filled up to a block
    "ach10": Verdict.HOLD,  # bare batches
    "ach11": Verdict.HOLD,  # controls do not fit
    "ach12": Verdict.ACCEPT,
}
WELL_FORMED = sorted(name for name, verdict in VERDICTS.items() if verdict is Verdict.ACCEPT)


@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_each_sample_gets_its_verdict(name: str) -> None:
    assert check(sample(name)).verdict is VERDICTS[name]


@pytest.mark.parametrize("name", sorted(VERDICTS.keys() - {"ach09"}))  # of that one, the facts are a sentence
def test_each_sample_gives_the_facts_that_are_known_of_it(name: str) -> None:
    data = sample(name)
    [facts] = [facts["parsed"] for file, facts in expected().items() if file.startswith(name)]
    report = check(data, lenient=True)
    items = list(entries(data, lenient=True))
    assert totals_of(report.totals, report.batch_count) == facts["calc"]
    place = 0
    for batch, known in zip(report.batches, facts["batches"], strict=True):
        assert batch.header is not None
        assert batch.header.service_class_code == known["scc"]
        assert batch.header.standard_entry_class_code == known["sec"]
        assert batch.header.company_entry_description == known["desc"]
        assert batch.header.company_identification == known["company_id"]
        assert batch.header.odfi_identification == known["odfi"]
        assert batch.header.effective_entry_date == known["effective"]
        assert f"{batch.header.batch_number:07d}" == known["number"]
        if known["calc"]:
            assert totals_of(batch.totals, None) == known["calc"]
        for item, entry in zip(items[place:], known["entries"], strict=False):
            assert facts_of(item) == entry
            place += 1
    assert place == len(items) == report.totals.entries
    if facts["control"]:
        assert report.control is not None
        assert f"{report.control.entry_hash:010d}" == facts["control"]["hash"]
        assert f"{report.control.block_count:06d}" == facts["control"]["blocks"]
        assert f"{report.control.total_debits_cents:012d}" == facts["control"]["debit"]
        assert f"{report.control.total_credits_cents:012d}" == facts["control"]["credit"]
    else:
        assert report.control is None


def test_a_file_without_line_ends_is_cut_every_94_characters() -> None:
    data = sample("ach09")
    assert data.count(b"\n") == 1
    report = check(data)
    assert (report.totals.entries, report.totals.debits_cents, report.line_ending) == (1, 10500, "none")
    [item] = entries(data)
    assert item.entry is not None
    assert (item.entry.detail.transaction_code, item.entry.detail.amount_cents) == ("27", 10500)


def totals_of(totals: Any, batches: int | None) -> dict[str, int]:
    found = {
        "count": totals.records,
        "hash": totals.entry_hash,
        "debit": totals.debits_cents,
        "credit": totals.credits_cents,
    }
    return found if batches is None else {"batches": batches, **found}


def facts_of(item: Item) -> dict[str, Any]:
    """Return an item in the words of expected.json; what could not be read by positions."""
    text = item.raw[0]
    detail = item.entry.detail if item.entry else None
    return {
        "tc": detail.transaction_code if detail else text[1:3],
        "rdfi": detail.routing_number if detail else text[3:12],
        "account": detail.dfi_account_number if detail else text[12:29].rstrip(),
        "amount": detail.amount_cents if detail else None,
        "trace": detail.trace_number if detail else text[79:94],
        "addenda": [addenda_of(raw) for raw in item.raw[1:]],
    }


def addenda_of(raw: str) -> dict[str, str]:
    layout = layout_for(raw)
    assert layout is not None
    record, _ = layout.read(raw)
    match record:
        case PaymentAddenda():
            text = record.payment_related_information
            sequence = record.entry_detail_sequence_number
            # expected.json calls the first three characters of the text a code
            return {
                "type": "05", "code": text[:3], "text": text, "seq": f"{record.addenda_sequence_number:04d}",
                "dseq": sequence,
            }  # fmt: skip
        case ReturnAddenda():
            code, death, info = record.return_reason_code, record.date_of_death, record.addenda_information
        case DishonourAddenda():
            code, death = record.return_reason_code, ""
            info = (
                f"   {record.return_trace_number}{record.return_settlement_date}"
                f"{record.original_return_reason}{record.addenda_information}"
            )
        case ChangeAddenda():
            code, death, info = record.change_code, "", record.corrected_data
        case _:
            raise AssertionError(raw)
    return {
        "type": raw[1:3], "code": code, "orig_trace": record.original_trace_number, "dod": death,
        "orig_rdfi": record.original_rdfi_identification, "info": info, "trace": record.trace_number,
    }  # fmt: skip


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_sample_is_written_again_byte_for_byte(name: str) -> None:
    data = sample(name)
    assert not check(data).findings
    assert written_again(data) == data


def test_samples_that_lost_blanks_or_padding_are_written_again_with_them() -> None:
    padded = b"\n".join(line.ljust(94) for line in sample("ach01").split(b"\n"))
    assert written_again(sample("ach01")) == padded
    assert written_again(sample("ach09")) == sample("ach09").rstrip(b"\n") + b"9" * 94 * 5
    again = written_again(sample("ach05"))
    assert again == sample("ach05").replace(b" 123456789   ", b"123456789    ")
    assert again != sample("ach05")


LAYOUTS = {"1": FILE_HEADER, "5": BATCH_HEADER, "6": ENTRY_DETAIL, "8": BATCH_CONTROL, "9": FILE_CONTROL}


@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_each_readable_record_of_each_sample_is_written_again_as_it_was(name: str) -> None:
    data = sample(name).decode()
    lines = [data[at : at + 94] for at in range(0, 470, 94)] if name == "ach09" else data.splitlines()
    written = 0
    for line in (line.ljust(94) for line in lines if line != "9" * 94):
        layout: Any = layout_for(line) if line[0] == "7" else LAYOUTS[line[0]]
        record, _ = layout.read(line)
        if record is None:
            assert name == "ach11"
            continue
        assert layout.write(record) == line
        written += 1
    assert written >= 5


def test_returns_tell_what_came_back() -> None:
    first, second = [item.notice for item in entries(sample("ach05"))]
    assert isinstance(first, ReturnInfo)
    assert isinstance(second, ReturnInfo)
    assert (first.code, first.amount_cents, first.is_debit) == ("R01", 12354, True)
    assert (first.original_trace_number, first.original_rdfi_identification) == ("091400600000001", "09100001")
    assert first.reason.failure_code == "insufficient_funds"
    assert (second.code, second.amount_cents, second.is_debit) == ("R03", 4565, False)
    assert (second.original_trace_number, second.original_rdfi_identification) == ("091400600000003", "02100002")


def test_a_notification_of_change_tells_what_to_correct() -> None:
    [item] = entries(sample("ach06"))
    assert item.kind is ItemKind.CHANGE
    assert isinstance(item.notice, NotificationOfChange)
    assert item.notice.correction == Correction(account_number="1918171614")
    assert item.notice.original_trace_number == "121042880000001"
    assert [finding.code for finding in item.findings] == ["addenda_trace"]


def test_a_dishonoured_return_is_known_under_a_forward_transaction_code() -> None:
    items = list(entries(sample("ach08")))
    assert [item.kind for item in items] == [ItemKind.DISHONOUR] * 2
    for item in items:
        assert item.entry is not None
        assert item.entry.detail.transaction_code == "27"
        assert isinstance(item.notice, Dishonour)
        assert item.notice.code == "R68"
        assert item.notice.return_trace_number == "123918710000001"
        assert item.notice.return_settlement_date == "179"
        assert item.notice.return_code == "R01"
        assert item.notice.information == "Untimely Return"


def test_bare_batches_are_read_where_that_is_allowed() -> None:
    data = sample("ach10")
    assert check(data).finding_counts.keys() == {"no_file_header", "no_batch_control", "no_file_control", "batch_order"}
    report = check(data, lenient=True)
    assert report.verdict is Verdict.ACCEPT_WITH_WARNINGS
    notices = [item.notice for item in entries(data, lenient=True)]
    assert [(n.code, n.amount_cents, n.original_trace_number) for n in notices if isinstance(n, ReturnInfo)] == [
        ("R02", 146, "273976368613175"),
        ("R03", 8, "273976360000001"),
        ("R03", 19, "273976360000001"),
    ]


def test_a_damaged_entry_keeps_its_record_and_its_controls_hold_the_file() -> None:
    data = sample("ach11")
    report = check(data)
    held = [(f.code, f.line, f.scope) for f in report.findings if f.scope == "file"]
    assert held == [("total_debits", 17, "file"), ("total_debits", 18, "file")]
    [damaged] = [item for item in entries(data) if item.is_parked]
    assert damaged.entry is None
    assert damaged.raw == tuple(data.decode().splitlines()[14:16])
    assert {finding.field for finding in damaged.findings} == {"amount_cents", "trace_number"}


def test_every_routing_number_of_the_samples_has_its_check_digit() -> None:
    numbers = {
        entry["rdfi"]
        for facts in expected().values()
        for batch in facts.get("parsed", {"batches": []})["batches"]
        for entry in batch["entries"]
    }
    if not numbers:
        pytest.skip("no folder shared/bank_files beside the checkout")
    assert all(check_digit(number[:8]) == number[8] for number in numbers)
    assert len(numbers) > 5
