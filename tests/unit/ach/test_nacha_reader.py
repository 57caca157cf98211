"""Files as banks send them are read; what is wrong is said with its place, and holds a file or parks an item."""

from collections.abc import Callable
from pathlib import Path

import pytest

from brim.core.rails.ach.nacha import (
    Batch,
    FileFormat,
    FileReport,
    Item,
    ItemKind,
    LineEnding,
    Movement,
    ReturnAddenda,
    ReturnInfo,
    Scope,
    Verdict,
    check,
    entries,
    make_notification,
    write_file,
)
from brim.core.rails.ach.nacha.findings import MOST_FINDINGS, WEIGHTS
from tests.support.ach_files import simple_batch_header, simple_entry, simple_header

LF = FileFormat(line_ending=LineEnding.LF)


def debits() -> list[str]:
    """Return the lines of a file of one batch of two debits, the first with an addenda."""
    batch = Batch(simple_batch_header(), [simple_entry(1, text="first"), simple_entry(2)])
    return write_file(simple_header(), [batch], LF).content.decode().splitlines()


def returned(code: str = "R01", *, transaction_code: str = "26", amount_cents: int = 100) -> list[str]:
    """Return the lines of a file of one return, by a bank whose routing number is 231380104."""
    addenda = ReturnAddenda(
        return_reason_code="R01",
        original_trace_number="121042880000001",
        original_rdfi_identification="23138010",
        trace_number="231380100000007",
    )
    movement = Movement(
        transaction_code=transaction_code, routing_number="121042882", account_number="1", amount_cents=amount_cents
    )
    header = simple_batch_header(odfi_identification="23138010")
    content = write_file(simple_header(), [Batch(header, [make_notification(movement, addenda)])], LF).content
    return content.decode().replace("799R01", f"799{code}").splitlines()


def joined(lines: list[str], end: str = "\n") -> bytes:
    return "".join(line + end for line in lines).encode("latin-1")


def judged(lines: list[str]) -> tuple[FileReport, list[Item]]:
    return check(joined(lines)), list(entries(joined(lines)))


def changed(lines: list[str], line: int, first: int, text: str) -> list[str]:
    """Return lines with a text at a position of one of them, both counted from 1."""
    old = lines[line - 1]
    new = old[: first - 1] + text + old[first - 1 + len(text) :]
    return [*lines[: line - 1], new, *lines[line:]]


FRAMINGS: dict[str, tuple[Callable[[list[str]], bytes], set[str]]] = {
    "CRLF": (lambda lines: joined(lines, "\r\n"), set()),
    "CR CR LF": (lambda lines: joined(lines, "\r\r\n"), set()),
    "none": (lambda lines: joined(lines, ""), set()),
    "no last line end": (lambda lines: joined(lines)[:-1], set()),
    "short lines": (lambda lines: joined([line.rstrip() for line in lines]), {"short_line"}),
    "blanks after lines": (lambda lines: joined([line + "   " for line in lines]), {"trailing_blanks"}),
    "many blanks after lines": (lambda lines: joined([line + " " * 90 for line in lines]), {"trailing_blanks"}),
    "blank lines": (lambda lines: joined(lines, "\n\n"), {"blank_line"}),
    "no padding": (lambda lines: joined([line for line in lines if line != "9" * 94]), {"padding"}),
    "byte order mark": (lambda lines: b"\xef\xbb\xbf" + joined(lines), {"byte_order_mark"}),
    "end of file mark": (lambda lines: joined(lines) + b"\x1a", {"end_of_file_mark"}),
    "no line ends and short at the end": (
        lambda lines: joined(lines[:7], "").rstrip(b" "),
        {"short_line", "padding"},
    ),
}


@pytest.mark.parametrize("name", FRAMINGS)
def test_lines_are_taken_as_banks_send_them(name: str) -> None:
    frame, findings = FRAMINGS[name]
    report = check(frame(debits()))
    assert report.finding_counts.keys() == findings
    assert report.verdict is (Verdict.ACCEPT_WITH_WARNINGS if findings else Verdict.ACCEPT)
    assert [item.entry for item in entries(frame(debits()))] == [item.entry for item in entries(joined(debits()))]
    assert report.totals.debits_cents == 200


HELD: dict[str, tuple[Callable[[list[str]], list[str]], str, int]] = {
    "empty": (lambda _: [], "empty_file", 0),
    "two files": (lambda lines: lines + lines, "second_file", 11),
    "no file header": (lambda lines: lines[1:], "no_file_header", 1),
    "no batch header": (lambda lines: [lines[0], *lines[2:]], "record_order", 2),
    "entry after the control": (lambda lines: [*lines[:7], lines[4], *lines[7:]], "after_control", 8),
    "addenda before any entry": (lambda lines: [*lines[:2], lines[3], *lines[2:]], "record_order", 3),
    "unknown record": (lambda lines: [*lines[:3], "x" * 94, *lines[3:]], "record_type", 4),
    "no file control": (lambda lines: lines[:6] + lines[7:], "no_file_control", 9),
    "no batch control": (lambda lines: lines[:5] + lines[6:], "no_batch_control", 6),
    "two batch controls": (lambda lines: [*lines[:6], *lines[5:]], "record_order", 7),
    "padding inside": (lambda lines: [*lines[:2], "9" * 94, *lines[2:]], "after_control", 4),
    "record size": (lambda lines: changed(lines, 1, 35, "080"), "constant", 1),
    "another service class": (lambda lines: changed(lines, 2, 2, "299"), "service_class", 2),
    "ADV": (lambda lines: changed(lines, 2, 51, "ADV"), "unsupported_class", 2),
    "amount": (lambda lines: changed(lines, 3, 39, "1"), "total_debits", 6),
    "routing number": (lambda lines: changed(lines, 3, 11, "1"), "entry_hash", 6),
    "direction": (lambda lines: changed(lines, 3, 2, "22"), "total_credits", 6),
}


@pytest.mark.parametrize("name", HELD)
def test_what_is_wrong_with_a_file_holds_all_of_it(name: str) -> None:
    change, code, line = HELD[name]
    report = check(joined(change(debits())))
    assert report.verdict is Verdict.HOLD
    found = [finding for finding in report.findings if finding.code == code]
    assert (found[0].line, found[0].scope, found[0].severity) == (line, Scope.FILE, "error")
    assert found[0].sentence


PARKED: dict[str, tuple[list[str], str]] = {
    "return code": (returned("R99"), "unknown_return_code"),
    "lower-case return code": (returned("r01"), "unknown_return_code"),
    "original trace number": (changed(returned(), 4, 7, "12104288000000X"), "unreadable_addenda"),
    "original bank": (changed(returned(), 4, 28, "        "), "unreadable_addenda"),
    "change code": (changed(changed(returned(amount_cents=0), 4, 2, "98C99"), 4, 36, "1"), "unknown_change_code"),
    "corrected data": (changed(changed(returned(amount_cents=0), 4, 2, "98C02"), 4, 36, "1"), "corrected_data"),
    "blank corrected data": (changed(returned(amount_cents=0), 4, 2, "98C01"), "unreadable_addenda"),
    "addenda type": (changed(returned(), 4, 2, "42"), "unknown_addenda"),
    "account number": (changed(returned(), 3, 13, "\xe9"), "unreadable_entry"),
    "no account number": (changed(returned(), 3, 13, " "), "unreadable_entry"),
    "trace number": (changed(returned(), 3, 94, "x"), "unreadable_entry"),
    "international": (changed(returned(), 2, 51, "IAT"), "international"),
}


@pytest.mark.parametrize("name", PARKED)
def test_an_item_that_cannot_be_understood_is_parked_alone_with_its_records(name: str) -> None:
    lines, code = PARKED[name]
    report, [item] = judged(lines)
    assert report.verdict is Verdict.PARK_ITEMS
    assert report.parked == 1
    assert item.is_parked
    assert item.notice is None
    assert item.raw == (lines[2], lines[3])
    assert code in {finding.code for finding in item.findings}
    assert set(item.findings) <= set(report.findings)


def test_a_parked_item_leaves_its_neighbours_alone() -> None:
    lines = changed(debits(), 4, 2, "77")
    report, [parked, other] = judged(lines)
    assert (report.verdict, report.parked, report.items) == (
        Verdict.PARK_ITEMS, 1, {ItemKind.UNKNOWN: 1, ItemKind.FORWARD: 1},
    )  # fmt: skip
    assert parked.is_parked
    assert not other.findings


def test_an_entry_that_announces_addenda_and_has_none_is_parked() -> None:
    lines = changed(debits(), 5, 79, "1")
    report, [_, item] = judged(lines)
    assert report.verdict is Verdict.PARK_ITEMS
    assert [finding.code for finding in item.findings] == ["missing_addenda"]


@pytest.mark.parametrize("code", ["26", "27", "36", "37"])
def test_a_return_is_known_by_its_addenda_whatever_the_transaction_code(code: str) -> None:
    report, [item] = judged(returned(transaction_code=code))
    assert report.verdict is Verdict.ACCEPT
    assert item.kind is ItemKind.RETURN
    assert isinstance(item.notice, ReturnInfo)
    assert item.notice.is_debit
    assert item.notice.amount_cents == 100


def test_a_return_without_an_addenda_indicator_is_a_return_all_the_same() -> None:
    report, [item] = judged(changed(returned(), 3, 79, "0"))
    assert report.verdict is Verdict.ACCEPT_WITH_WARNINGS
    assert item.kind is ItemKind.RETURN
    assert [finding.code for finding in item.findings] == ["addenda_indicator"]


def test_two_returns_in_one_entry_are_parked() -> None:
    lines = returned()
    lines.insert(4, lines[3])
    item = next(iter(entries(joined(lines))))
    assert item.is_parked
    assert "several_notices" in {finding.code for finding in item.findings}


WARNED: dict[str, tuple[list[str], str]] = {
    "name with an accent": (changed(debits(), 5, 55, "Zo\xeb"), "item_text"),
    "trace number of another bank": (changed(returned(), 2, 80, "23138011"), "trace_prefix"),
    "check digit": (changed(debits(), 5, 12, "5"), "check_digit"),
    "trace numbers descend": (changed(debits(), 5, 94, "0"), "trace_order"),
    "addenda of another entry": (changed(debits(), 4, 94, "9"), "addenda_trace"),
    "addenda sequence": (changed(debits(), 4, 87, "3"), "addenda_sequence"),
    "no date": (changed(debits(), 1, 24, "261345"), "date"),
    "no effective date": (changed(debits(), 2, 70, "269999"), "date"),
    "reserved": (changed(debits(), 7, 90, "x"), "reserved_not_blank"),
    "company name": (changed(debits(), 2, 5, "    "), "blank"),
    "lower-case class": (changed(debits(), 2, 51, "ppd"), "characters"),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_does_no_harm_is_a_warning(name: str) -> None:
    lines, code = WARNED[name]
    if name == "trace number of another bank":
        lines = changed(lines, 5, 80, "23138011")
    report, items = judged(lines)
    assert report.verdict is Verdict.ACCEPT_WITH_WARNINGS
    assert report.finding_counts == {code: 1}
    assert all(item.entry for item in items)


def test_findings_never_show_an_account_number() -> None:
    lines = changed(returned(), 3, 13, "98765432109876\xe9")
    report, [item] = judged(lines)
    assert report.findings
    assert all("98765" not in finding.sentence for finding in report.findings)
    assert "98765" not in repr(item)


def test_a_report_of_a_broken_file_stays_short() -> None:
    report = check(b"x" * 94 * 50_000)
    assert len(report.findings) == MOST_FINDINGS
    assert report.finding_counts["record_type"] == 50_000
    assert report.verdict is Verdict.HOLD


def test_every_kind_of_finding_is_described_in_the_document() -> None:
    document = (Path(__file__).parents[3] / "docs" / "nacha.md").read_text(encoding="utf-8")
    assert not [code for code in WEIGHTS if f"`{code}`" not in document]
