"""Every sample of another's statement gives the facts that were established by other readers and by eye."""

from datetime import date
from pathlib import Path

import pytest

from brim.core.reconciliation.formats import (
    AccountIdKind,
    Severity,
    Statement,
    StatementFile,
    StatementKind,
    StatementStatus,
    Verdict,
    read_statement,
)
from brim.core.reconciliation.formats.bai2_records import read_records, write_records

SAMPLES = Path(__file__).parent / "samples"


def read(name: str) -> StatementFile:
    return read_statement(next(SAMPLES.glob(f"{name}_*")).read_bytes())


def amounts(file: StatementFile) -> list[list[int]]:
    return [[line.amount_minor for line in statement.lines] for statement in file.statements]


def codes(file: StatementFile) -> list[tuple[str, int | None, int | None]]:
    return [(found.code, found.statement, found.line) for found in file.findings]


def ends(statement: Statement) -> tuple[int | None, int | None]:
    opening, closing = (found.amount_minor if found else None for found in (statement.opening, statement.closing))
    return opening, closing


VERDICTS = {
    "bai01": ("bai2", Verdict.ACCEPT, []),
    "bai02": ("bai2", Verdict.ACCEPT, []),
    "bai03": ("bai2", Verdict.ACCEPT, [("lines_not_in_balance", 0, None)]),
    "bai04": ("bai2", Verdict.ACCEPT, []),
    "bai05": ("bai2", Verdict.HOLD, [("bai2_control", None, None)] * 3),
    "iso01": ("camt.054", Verdict.ACCEPT, []),
    "iso02": ("camt.053", Verdict.FLAG, [("entry_currency", 0, 3), ("balance_mismatch", 0, None)]),
    "iso03": ("camt.053", Verdict.ACCEPT, []),
    "iso04": ("camt.053", Verdict.ACCEPT, []),
    "iso05": ("camt.054", Verdict.ACCEPT, []),
    "iso06": ("unknown", Verdict.HOLD, [("not_a_statement", None, None)]),
    "iso07": ("camt.053", Verdict.HOLD, [("no_statement", None, None)]),
    "mt01": ("mt940", Verdict.FLAG, [("balance_mismatch", 0, None)]),
    "mt02": (
        "mt940",
        Verdict.FLAG,
        [("currency", 0, None), ("date", 1, None), ("currency", 3, None), ("repeated_statement", 3, None)],
    ),
    "mt03": ("mt940", Verdict.FLAG, [("balance_mismatch", 0, None), ("balance_mismatch", 1, None)]),
    "mt04": ("mt940", Verdict.ACCEPT, []),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_each_sample_has_its_format_verdict_and_findings(name: str) -> None:
    file = read(name)
    assert (file.format, file.verdict, codes(file)) == VERDICTS[name]


def test_every_sample_is_tested() -> None:
    assert {path.name.partition("_")[0] for path in SAMPLES.glob("[bim]*")} == set(VERDICTS)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("bai*")), ids=lambda path: path.name[:5])
def test_bai2_records_are_written_byte_for_byte(path: Path) -> None:
    content = path.read_bytes()
    assert write_records(read_records(content)) == content
    windows = content.replace(b"\n", b"\r\n")
    assert write_records(read_records(windows)) == windows


def test_bai01_has_four_groups_of_five_accounts() -> None:
    file = read("bai01")
    assert (file.id, file.created, file.sender, file.receiver) == ("1", "2004-06-21T02:00:00", "122099999", "123456789")
    assert [statement.account_number for statement in file.statements] == [
        "0123456789", "9876543210", "4589761203", "0975312468", "7890654321"
    ]  # fmt: skip
    assert amounts(file) == [[450000], [500000], [20000000, 10000000], [], []]
    assert {statement.currency for statement in file.statements} == {"usd"}
    assert [statement.status for statement in file.statements[3:]] == [
        StatementStatus.UPDATE,
        StatementStatus.CORRECTION,
    ]
    balances = [[(balance.kind, balance.amount_minor) for balance in found.balances] for found in file.statements]
    assert balances == [
        [("010", 4350000), ("040", 2830000), ("072", 1020000), ("074", 500000)],
        [("010", -500000), ("072", 500000), ("074", 500000), ("040", -1500000)],
        [("010", 10000000), ("040", 5000000), ("074", 4000000), ("072", 1000000)],
        [("010", 500000)],
        [("010", 800000), ("040", 6000000)],
    ]
    letter = file.statements[2].lines[0]
    assert (letter.type_code, letter.value_date) == ("218", date(2004, 6, 22))
    assert (letter.bank_reference, letter.customer_reference) == ("SP4738", "YRC065321")
    assert letter.text == "PROCEEDS OF LETTER OF CREDIT FROM THE ARAMCO OIL CO"
    assert file.statements[1].lines[0].text == "LOCK BOX NO.68751"


def test_bai02_has_two_days_that_balance() -> None:
    file = read("bai02")
    assert amounts(file) == [[490196], [905800]]
    assert [line.bank_reference for statement in file.statements for line in statement.lines] == ["172629", "150675"]
    assert [statement.period_to for statement in file.statements] == [date(2022, 2, 1), date(2022, 2, 2)]
    assert [statement.closing and statement.closing.amount_minor for statement in file.statements] == [
        35217175,
        36122975,
    ]
    assert [statement.is_balanced for statement in file.statements] == [True, True]
    assert [statement.is_final for statement in file.statements] == [True, True]


def test_bai03_has_a_credit_that_is_not_in_the_balance_yet() -> None:
    (statement,) = read("bai03").statements
    (line,) = statement.lines
    assert (line.amount_minor, line.currency, line.type_code) == (1, "gbp", "191")
    assert (line.bank_reference, line.customer_reference) == ("1234567890", "RP12312312312312")
    assert line.value_date == date(2015, 7, 15)
    assert line.text.splitlines()[3] == "PY:RP1231231231231200                 A1234BC 22/03/66"
    assert statement.is_balanced is False


def test_bai04_keeps_slashes_and_commas_of_a_text() -> None:
    (statement,) = read("bai04").statements
    (line,) = statement.lines
    assert (line.amount_minor, line.type_code, line.where) == (8325982, "195", "lines 4 to 15")
    text = line.text.splitlines()
    assert text[0] == "FED NO: 20100831L1B77D1CDSDSDJSIO15608310954FT01"
    assert text[4:6] == ["ORG ADDRESS:=2/AV MAIN 2/AVENUE DE ANGELLIST 3/MX", "/MEXICO ;"]
    assert text[8] == "BNF ADDRESS:=185 B ST SAN FRAN, CA 94011"
    assert (ends(statement), statement.is_balanced) == ((None, None), None)


def test_bai05_names_each_control_that_disagrees() -> None:
    file = read("bai05")
    assert [found.where for found in file.findings] == ["line 15", "line 16", "line 17"]
    assert all("8325983" in found.sentence and "8325982" in found.sentence for found in file.findings)
    assert list(file.postable()) == []


def test_iso01_never_turns_an_amount_round_for_its_reversal_indicator() -> None:
    (statement,) = read("iso01").statements
    assert (statement.kind, statement.account_number) == (StatementKind.NOTIFICATION, "CH0309000000250090342")
    assert statement.account_id_kind is AccountIdKind.IBAN
    assert [line.amount_minor for line in statement.lines] == [2400, 5656, -600, -1553]
    assert statement.booked_minor == 5903
    assert [line.is_reversal for line in statement.lines] == [False, False, True, True]
    assert [detail.amount_minor for detail in statement.lines[0].details] == [1500, 900]
    returns = statement.lines[2:]
    assert [line.return_reason for line in returns] == ["MD06", "MD06"]
    assert [line.end_to_end_id for line in returns] == ["EndToEnd-2B6C-CHDDBB5", "E2E-1-1-16030913"]
    assert [line.charges_minor for line in returns] == [70, 70]
    assert [line.details[0].counterparty_name for line in returns] == ["Bernasconi Maria", "Rutschmann Pia"]
    assert {line.entry_reference for line in statement.lines} == {"41107767420881932"}
    assert len({line.bank_reference for line in statement.lines}) == 4


def test_iso02_parks_an_entry_in_another_currency() -> None:
    (statement,) = read("iso02").statements
    assert [(line.amount_minor, line.currency) for line in statement.lines] == [
        (47440, "chf"), (8885, "chf"), (-2097, "eur")
    ]  # fmt: skip
    assert [line.is_parked for line in statement.lines] == [False, False, True]
    assert statement.lines[1].details[0].creditor_reference == "RF38000000000000000000552"
    assert statement.lines[2].details[0].instructed_minor == -1969
    assert statement.lines[2].details[0].instructed_currency == "chf"
    assert ends(statement) == (8272195, 8451525)
    assert list(read("iso02").postable()) == []


def test_iso03_has_two_statements_of_which_the_second_opens_where_the_first_closed() -> None:
    first, second = read("iso03").statements
    assert (ends(first), first.booked_minor) == ((1815, 2700), 885)
    assert (ends(second), second.booked_minor) == ((2700, 2000), -700)
    assert (first.is_balanced, second.is_balanced) == (True, True)
    assert (first.statement_id, second.statement_id) == ("253EURNL26VAYB8060476890", "254EURNL26VAYB8060476890")
    assert first.lines[0].end_to_end_id == "000000001"
    assert (first.is_copy, second.is_copy) == (True, False)


def test_iso04_counts_the_entry_and_not_its_details() -> None:
    (statement,) = read("iso04").statements
    assert [line.amount_minor for line in statement.lines] == [10567850, -20000000, 3000000]
    assert (statement.currency, statement.is_balanced) == ("sek", True)
    batch = statement.lines[1]
    assert (batch.message_id, batch.payment_information_id) == ("FINP-0055", "FINP-0055/001")
    assert (batch.batch_items, batch.details) == (20, ())
    assert statement.lines[0].booking_date == date(2010, 10, 18)
    assert statement.lines[0].details[0].amount_minor is None


def test_iso05_announces_the_first_movement_of_iso04() -> None:
    (notification,), (statement,) = read("iso05").statements, read("iso04").statements
    announced, stated = notification.lines[0], statement.lines[0]
    assert (announced.amount_minor, announced.booking_date) == (stated.amount_minor, stated.booking_date)
    assert announced.end_to_end_id == stated.end_to_end_id == "MUELL/FINP/RA12345"
    assert (announced.bank_reference, stated.bank_reference) == ("AAAASESS-FP-CN-98765/01", "AAAASESS-FP-CN_98765/01")
    assert notification.account_number == statement.account_number


def test_iso06_is_refused_by_its_name() -> None:
    (finding,) = read("iso06").findings
    assert "pain.002.001.03" in finding.sentence
    assert finding.severity is Severity.ERROR


def test_iso07_is_not_a_statement_without_entries() -> None:
    file = read("iso07")
    assert file.statements == ()
    assert file.findings[0].sentence == "The camt.053.001.02 contains no statement, which its schema demands."


def test_mt01_is_a_return_that_is_larger_than_the_collection() -> None:
    (statement,) = read("mt01").statements
    (line,) = statement.lines
    assert (statement.bank, statement.account_number) == ("25040066", "0123456789")
    assert (line.amount_minor, line.value_date, line.type_code) == (-1235, date(2020, 6, 8), "NRTI")
    assert (line.type_name, line.is_return, line.is_reversal) == ("109 SEPA-LASTSCHR. RETOURE CORE", True, False)
    assert (line.end_to_end_id, line.charges_minor) == ("A1.200080779.400143254.4961336", 50)
    assert line.mandate_id == "20852HW2723821"  # subfield 22 ends with its first digit, 23 has the others
    assert line.bank_reference == "2016021783252833"
    (payment,) = line.details
    assert (payment.instructed_minor, payment.instructed_currency) == (-1185, "eur")
    assert payment.counterparty_account == "DE50712345600200691329"
    assert (ends(statement), statement.is_balanced) == ((0, 0), False)


def test_mt02_loses_nothing_of_its_four_statements_and_posts_the_one_that_is_right() -> None:
    file = read("mt02")
    assert [statement.currency for statement in file.statements] == ["dem", "eur", "pln", "dem"]
    assert [ends(statement) for statement in file.statements] == [
        (8434974, 8443704), (218795, 438795), (4000000, 5004000), (8434974, 8443704)
    ]  # fmt: skip
    assert [statement.is_balanced for statement in file.statements] == [True] * 4
    assert [statement.booked_minor for statement in file.statements] == [8730, 220000, 1004000, 8730]
    assert [len(statement.lines) for statement in file.statements] == [11, 2, 3, 11]
    assert [statement.currency for statement, _ in file.postable()] == ["pln"] * 3
    assert file.statements[2].lines[2].type_name == "844 Uznanie kwotą odsetek"
    assert file.findings[-1].sentence.startswith("This is the statement of line 1 again")


def test_mt03_has_two_pages() -> None:
    first, second = read("mt03").statements
    assert [(page.sequence, page.page, page.is_last_page) for page in (first, second)] == [
        ("19321", 1, True), ("19322", 1, False)
    ]  # fmt: skip
    assert (ends(first), first.booked_minor, len(first.lines)) == ((323628, 87684), -32144, 8)
    assert (ends(second), second.booked_minor, len(second.lines)) == ((287684, 184975), -2449, 2)
    assert first.lines[1].booking_date == date(2011, 5, 23)
    assert first.lines[1].value_date == date(2011, 5, 21)


def test_mt04_is_read_out_of_its_envelope() -> None:
    (statement,) = read("mt04").statements
    assert ([line.amount_minor for line in statement.lines], ends(statement)) == ([-80000, 300000], (218795, 438795))
    assert statement.is_balanced is True
    assert statement.period_to == date(2016, 3, 15)
    assert [line.value_date for line in statement.lines] == [date(2002, 11, 1), date(2002, 11, 2)]
    assert [line.details[0].counterparty_name for line in statement.lines] == ["MUELLER", "MUELLER"]
