"""MT940 and MT942 as banks write them, and as they should not."""

import time
from datetime import date

import pytest

from brim.core.reconciliation.formats import AccountIdKind, LineStatus, StatementFile, StatementKind, Verdict
from brim.core.reconciliation.formats import read_statement as read_bytes
from brim.core.reconciliation.formats.limits import MAX_LINE

HEAD = ":20:X\n:25:DE89370400440532013000\n:28C:7/2\n"


def read(text: str) -> StatementFile:
    return read_bytes(text.encode())


def one_line(line: str, *, opening: str = "C260101EUR10,", closing: str = "C260102EUR10,") -> StatementFile:
    return read(f"{HEAD}:60F:{opening}\n{line}\n:62F:{closing}\n-\n")


def codes(file: StatementFile) -> list[str]:
    return [finding.code for finding in file.findings]


@pytest.mark.parametrize(
    ("mark", "amount", "is_reversal"),
    [("C", 100, False), ("D", -100, False), ("RC", -100, True), ("RD", 100, True)],
)
def test_a_mark_says_the_direction_and_a_taken_back_credit_is_a_debit(
    mark: str, amount: int, is_reversal: bool
) -> None:
    closing = f"C260102EUR{(1000 + amount) // 100},"
    file = one_line(f":61:2601020102{mark}1,NTRFREF//BANK", closing=closing)
    (line,) = file.statements[0].lines
    assert (file.verdict, line.amount_minor, line.is_reversal) == (Verdict.ACCEPT, amount, is_reversal)
    assert (line.customer_reference, line.bank_reference) == ("REF", "BANK")


@pytest.mark.parametrize(
    ("value", "entry", "booked"),
    [
        ("251231", "0102", date(2026, 1, 2)),
        ("260102", "1231", date(2025, 12, 31)),
        ("260102", "", date(2026, 1, 2)),
        ("240228", "0229", date(2024, 2, 29)),
        ("230301", "0229", date(2024, 2, 29)),
    ],
)
def test_an_entry_date_is_in_the_year_that_is_nearest_to_the_value_date(value: str, entry: str, booked: date) -> None:
    (line,) = one_line(f":61:{value}{entry}C0,NTRFNONREF").statements[0].lines
    assert line.booking_date == booked


def test_an_account_may_be_an_iban_with_a_currency_behind_it() -> None:
    statement = one_line("").statements[0]
    assert (statement.account_number, statement.account_id_kind) == ("DE89370400440532013000", AccountIdKind.IBAN)
    with_currency = read(f"{HEAD}:60F:C260101EUR1,\n:62F:C260101EUR1,\n".replace("3000\n", "3000EUR\n")).statements[0]
    assert with_currency.account_number == "DE89370400440532013000"
    wrong = read(f"{HEAD}:60F:C260101EUR1,\n:62F:C260101EUR1,\n".replace("DE89", "DE88")).statements[0]
    assert (wrong.account_number, wrong.account_id_kind) == ("DE88370400440532013000", AccountIdKind.OTHER)


@pytest.mark.parametrize(
    "line",
    [
        ":61:2601320102C1,NTRFNONREF",
        ":61:2601020230C1,NTRFNONREF",
        ":61:2601020102C1.5NTRFNONREF",
        ":61:2601020102C1NTRFNONREF",
        ":61:2601020102C,5NTRFNONREF",
        ":61:2601020102C1,2,3NTRFNONREF",
        ":61:2601020102C1,234NTRFNONREF",
        ":61:2601020102X1,NTRFNONREF",
        ":61:2601020102C1,",
        ":61:",
    ],
)
def test_a_line_that_cannot_be_read_waits_for_a_person_with_its_text(line: str) -> None:
    file = one_line(f"{line}\n:86:who knows")
    (statement,) = file.statements
    assert codes(file) == ["unread_line"]
    assert (statement.lines, statement.unread_lines[0].raw) == ((), f"{line[4:]}\nwho knows")


def test_only_the_information_behind_a_line_belongs_to_it() -> None:
    lines = ":61:2601020102C1,NTRFNONREF\n:61:2601020102D1,NTRFNONREF\n:86:second\nof two lines"
    (statement,) = read(f"{HEAD}:60F:C260101EUR10,\n{lines}\n:62F:C260102EUR10,\n:86:of the statement\n-").statements
    assert [line.text for line in statement.lines] == ["", "second\nof two lines"]


def test_keys_between_slashes_are_read() -> None:
    information = (
        ":86:/TRTP/SEPA DIRECT DEBIT/RTRN/AM04/EREF/E-1/MARF/M-1/NAME/J. Smith\n/IBAN/NL91ABNA0417164300/REMI/late"
    )
    (line,) = one_line(f":61:2601020102D0,N549NONREF\n{information}").statements[0].lines
    assert (line.end_to_end_id, line.mandate_id, line.text) == ("E-1", "M-1", "late")
    assert (line.is_return, line.return_reason) == (True, "AM04")
    assert (line.details[0].counterparty_name, line.details[0].counterparty_account) == (
        "J. Smith", "NL91ABNA0417164300"
    )  # fmt: skip


def test_a_page_opens_and_closes_with_intermediate_balances() -> None:
    (statement,) = read(f"{HEAD}:60M:C260101EUR1,\n:61:260102C2,NTRFX\n:62M:C260102EUR3,\n-").statements
    assert (statement.page, statement.is_last_page, statement.is_balanced) == (2, False, True)


def test_an_interim_report_books_nothing() -> None:
    report = ":34F:EURD0,\n:13D:2601021200+0100\n:61:260102C2,NTRFX\n:61:260102ED3,NTRFY\n:90D:1EUR3,\n:90C:1EUR2,\n-"
    file = read(HEAD + report)
    (statement,) = file.statements
    assert (file.format, file.verdict, statement.kind) == ("mt942", Verdict.ACCEPT, StatementKind.NOTIFICATION)
    assert [line.status for line in statement.lines] == [LineStatus.PENDING] * 2
    assert list(file.postable()) == []
    assert codes(read(HEAD + report.replace(":90D:1EUR3,", ":90D:2EUR3,"))) == ["summary_mismatch"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{HEAD}:60F:C260101EUR1,\n:61:260102C2,NTRFX\n", "mt940_truncated"),
        (f"{HEAD}:60F:C260101EUR1,\n:61:260102C2,NTRFX\n:62F:C260102EUR2,\n", "balance_mismatch"),
        (f"{HEAD}:60F:C260101EUR1,\n:62F:C260102USD1,\n", "balance"),
        (f"{HEAD}:60F:C260101EUR1,\n:62F:C260102EUR\n", "balance"),
        (f"{HEAD}:60F:C260101XXQ1,\n:62F:C260102XXQ1,\n", "currency"),
        (":20:X\n:28C:1/1\n:60F:C260101EUR1,\n:62F:C260102EUR1,\n", "account"),
    ],
)
def test_a_statement_that_is_not_right_is_not_posted(text: str, code: str) -> None:
    file = read(text)
    assert (codes(file), file.verdict, list(file.postable())) == ([code], Verdict.FLAG, [])


def test_a_line_outside_a_statement_holds_the_file() -> None:
    whole = f"{HEAD}:60F:C260101EUR1,\n:62F:C260102EUR1,\n-\n"
    file = read(f"{whole}:61:260102C2,NTRFX\n")
    assert (codes(file), file.verdict) == (["mt940_order"], Verdict.HOLD)


def test_a_bank_reference_that_says_that_there_is_none_is_none() -> None:
    (line,) = one_line(":61:2601020102D0,NTRFREF//NONREF").statements[0].lines
    assert line.bank_reference == ""


def test_a_file_costs_what_its_size_is() -> None:
    """Statements are compared with all before by a hash, and pieces of a text are joined once."""
    began = time.process_time()
    statements = "".join(
        f":20:X\n:25:1\n:28C:{number}\n:60F:C260101EUR1,\n:62F:C260101EUR1,\n-\n" for number in range(10_000)
    )
    assert codes(read(statements)) == []
    again = statements.replace(":28C:9999\n", ":28C:0\n")
    assert codes(read(again)) == ["repeated_statement"]
    pieces = "\n".join(["?20a" * 100] * 200)
    lines = f":61:2601020102D0,NTRFX\n:86:166?00a{pieces}\n" * 40
    assert read(f"{HEAD}:60F:C260101EUR1,\n{lines}:62F:C260101EUR1,\n-\n").verdict is Verdict.ACCEPT
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f"{HEAD}:86:x\n".encode() + (b"x" * (MAX_LINE - 1) + b"\n") * 2, "too_many"),
        (f"{HEAD}{'x' * (MAX_LINE + 1)}".encode(), "line_too_long"),
        (f"{HEAD}:86:".encode() + b"x\n" * 1_100, "too_many"),
        (f"{{1:F01}}{'x' * 5_000}".encode(), "no_statement"),
    ],
)
def test_what_is_made_to_harm_is_held(content: bytes, code: str) -> None:
    file = read_bytes(content)
    assert (codes(file), file.verdict) == ([code], Verdict.HOLD)
