"""BAI2: every control is checked, nothing is lost, and what is the bank's own waits for its map."""

from datetime import date
from pathlib import Path

import pytest

from brim.core.reconciliation.formats import (
    LineStatus,
    StatementFile,
    StatementStatus,
    Verdict,
    read_statement,
)
from brim.core.reconciliation.formats.bai2_records import read_records, write_records
from tests.support.statement_writers import Account, Entry, bai2

SAMPLES = sorted((Path(__file__).parent / "samples").glob("bai0[1-4]*"))
WELL_FORMED = [(path.name[:5], path.read_bytes().splitlines(keepends=True)) for path in SAMPLES]


def statement(
    *details: str, account: str = "03,12345,USD,010,1000,,", as_of: str = "261127", group: str = "1", time: str = "2400"
) -> bytes:
    """Return a file of one account, with the controls that its lines have."""
    lines = [f"{account}/", *details]
    amounts = [int(field) for field in account.split(",")[4::4] if field]
    amounts += [int(line.split(",")[2]) for line in details if line.startswith("16") and line.split(",")[2].isdigit()]
    total, count = sum(amounts), len(lines) + 1
    around = [
        "01,B,C,261128,0600,1,,,2/", f"02,C,B,{group},{as_of},{time},USD,/", *lines, f"49,{total},{count}/",
        f"98,{total},1,{count + 2}/", f"99,{total},1,{count + 4}/",
    ]  # fmt: skip
    return "\n".join(around).encode()


def codes(file: StatementFile) -> list[str]:
    return [finding.code for finding in file.findings]


@pytest.mark.parametrize(("name", "lines"), WELL_FORMED)
def test_no_line_can_be_missing_or_doubled(name: str, lines: list[bytes]) -> None:
    for at, line in enumerate(lines):
        without = read_statement(b"".join(lines[:at] + lines[at + 1 :]))
        assert without.verdict is Verdict.HOLD, (name, at)
        twice = read_statement(b"".join([*lines[:at], line.rstrip() + b"\n", *lines[at:]]))
        assert twice.verdict is Verdict.HOLD, (name, at)


@pytest.mark.parametrize(("name", "lines"), WELL_FORMED)
def test_no_end_can_be_missing(name: str, lines: list[bytes]) -> None:
    for length in range(1, len(lines)):
        assert read_statement(b"".join(lines[:length])).verdict is Verdict.HOLD, (name, length)


@pytest.mark.parametrize(("name", "lines"), WELL_FORMED)
def test_every_number_of_a_trailer_counts(name: str, lines: list[bytes]) -> None:
    for at, line in enumerate(lines):
        code, *fields = line.rstrip(b"/\n").split(b",")
        if code not in {b"49", b"98", b"99"}:
            continue
        for index, field in enumerate(fields):
            changed = [code, *fields[:index], b"%d" % (int(field) + 1), *fields[index + 1 :]]
            file = read_statement(b"".join([*lines[:at], b",".join(changed) + b"/\n", *lines[at + 1 :]]))
            assert codes(file).count("bai2_control") == 1, (name, at, index)
            assert file.findings[0].where == f"line {at + 1}"
            assert file.verdict is Verdict.HOLD


def test_every_detail_amount_is_in_the_controls() -> None:
    good = bai2([Account("1", "usd", 5, (Entry(700), Entry(-30)))])
    assert read_statement(good).verdict is Verdict.ACCEPT
    for amount in (b",700,", b",30,"):
        assert codes(read_statement(good.replace(amount, b",701,"))).count("bai2_control") == 3


def test_two_records_on_a_line_are_both_read_when_the_controls_prove_it() -> None:
    good = bai2([Account("1", "usd", 0, (Entry(700, "A"), Entry(-30, "B"), Entry(45, "C")))])
    for glued in (good.replace(b"/\n16,455", b"/16,455"), good.replace(b"/\n16,142,45", b"/  16,142,45")):
        assert glued != good
        file = read_statement(glued)
        assert (file.verdict, codes(file)) == (Verdict.ACCEPT, ["bai2_shared_line"])
        assert [line.amount_minor for line in file.statements[0].lines] == [700, -30, 45]
        assert write_records(read_records(glued, split=True)) == glued
    broken = read_statement(good.replace(b"/\n16,455", b"16,455"))
    assert broken.verdict is Verdict.HOLD
    doubtful = read_statement(good.replace(b"/\n16,455", b"/16,455").replace(b",700,", b",701,"))
    assert (doubtful.verdict, set(codes(doubtful))) == (Verdict.HOLD, {"bai2_control", "balance_mismatch"})


def test_text_that_looks_like_a_record_stays_text() -> None:
    file = read_statement(bai2([Account("1", "usd", 0, (Entry(700, text=("PAID/16,195,99,,,,X", "/88,MORE")),))]))
    assert (file.verdict, codes(file)) == (Verdict.ACCEPT, [])
    assert file.statements[0].lines[0].text == "PAID/16,195,99,,,,X\n/88,MORE"


@pytest.mark.parametrize(
    ("funds", "value_date"),
    [
        ("", None), ("Z", None), ("0", None), ("1", None), ("2", None), ("V,261130,", date(2026, 11, 30)),
        ("V,20261130,1500", date(2026, 11, 30)), ("V,,", None), ("S,1,2,3", None), ("S,,,", None), ("D,0", None),
        ("D,2,0,60,1,40", None), ("D,3,0,10,1,20,2,70", None),
    ],
)  # fmt: skip
def test_references_follow_the_funds_type_whatever_it_takes(funds: str, value_date: date | None) -> None:
    file = read_statement(statement(f"16,165,100,{funds},BANKREF,CUSTREF,TEXT, WITH COMMAS/"))
    (line,) = file.statements[0].lines
    assert (file.verdict, line.value_date) == (Verdict.ACCEPT, value_date)
    assert (line.bank_reference, line.customer_reference, line.text) == ("BANKREF", "CUSTREF", "TEXT, WITH COMMAS")


def test_availability_in_summaries_is_not_summed() -> None:
    account = "03,12345,USD,010,1000,,,100,500,2,D,2,0,300,1,200,400,0,,S,1,2,3,015,1500,,"
    content = statement("16,165,500,,,,/", account=account).replace(b"49,1", b"49,").split(b"\n")
    total = 1000 + 500 + 0 + 1500 + 500
    content[-3:] = [b"49,%d,3/" % total, b"98,%d,1,5/" % total, b"99,%d,1,7/" % total]
    file = read_statement(b"\n".join(content))
    assert (file.verdict, codes(file), file.statements[0].is_balanced) == (Verdict.ACCEPT, [], True)


def test_88_continues_every_record() -> None:
    lines = [
        "01,B,C,261128/", "88,0600,1,,,2/", "02,C,B,1/", "88,261127,2400,USD,2/", "03,123/", "88,USD,010,100/",
        "88,,,015/", "88,200,,/", "16,165/", "88,100,V,261128/", "88,,BREF,CREF/", "88,TEXT/", "49,400/", "88,10/",
        "98,400,1/", "88,14/", "99,400/", "88,1,18/",
    ]  # fmt: skip
    file = read_statement("\n".join(lines).encode())
    assert (file.verdict, file.id, file.created) == (Verdict.ACCEPT, "1", "2026-11-28T06:00:00")
    (found,) = file.statements
    assert (found.account_number, found.period_to, found.is_balanced) == ("123", date(2026, 11, 27), True)
    (line,) = found.lines
    assert (line.amount_minor, line.bank_reference, line.customer_reference) == (100, "BREF", "CREF")
    assert (line.text, line.value_date, line.where) == ("TEXT", date(2026, 11, 28), "lines 9 to 12")


@pytest.mark.parametrize("code", ["900", "920", "960", "100", "400", "700", "0", "1x5", "", "٣٠١"])
def test_a_line_of_unknown_direction_is_parked_and_its_neighbours_are_not(code: str) -> None:
    file = read_statement(statement("16,165,100,,,A,/", f"16,{code},70,,,B,/", "16,455,50,,,C,/"))
    (found,) = file.statements
    assert (file.verdict, codes(file)) == (Verdict.FLAG, ["unread_line"])
    assert (file.findings[0].statement, file.findings[0].line, file.findings[0].where) == (0, 2, "line 5")
    assert [(line.position, line.amount_minor) for line in found.lines] == [(1, 100), (3, -50)]
    assert [line.position for line in found.unread_lines] == [2]
    assert found.unread_lines[0].raw.startswith(f"{code},70,,,B" if code.isascii() else "")
    assert [line.amount_minor for _, line in file.postable()] == [100, -50]


def test_a_banks_map_says_what_its_own_codes_are() -> None:
    content = statement("16,921,100,,,A,/", "16,961,70,,,B,/")
    file = read_statement(content, bank_type_codes={"921": "credit", "961": "debit"})
    assert [line.amount_minor for line in file.statements[0].lines] == [100, -70]
    assert file.verdict is Verdict.ACCEPT


@pytest.mark.parametrize("amount", ["-5", "5.00", "", "1" * 19, "5 0", "٣"])
def test_a_detail_without_a_plain_amount_is_never_posted(amount: str) -> None:
    file = read_statement(statement(f"16,165,{amount},,,A,/"))
    assert file.statements[0].lines == ()
    assert "unread_line" in codes(file)
    assert list(file.postable()) == []


def test_information_without_money_is_no_line() -> None:
    file = read_statement(statement("16,890,,,,,NOTHING HAPPENED/"))
    assert (file.verdict, codes(file), file.statements[0].lines) == (Verdict.ACCEPT, ["bai2_information"], ())
    assert "NOTHING HAPPENED" in file.findings[0].sentence


def test_opening_and_lines_make_the_closing_balance() -> None:
    file = read_statement(statement("16,165,100,,,A,/", account="03,1,USD,010,1000,,,015,1099,,"))
    assert (file.verdict, codes(file), file.statements[0].is_balanced) == (Verdict.FLAG, ["balance_mismatch"], False)
    assert "10.00 USD" in file.findings[0].sentence
    assert list(file.postable()) == []


@pytest.mark.parametrize(
    ("code", "status", "verdict"),
    [
        ("1", StatementStatus.UPDATE, Verdict.ACCEPT),
        ("2", StatementStatus.DELETION, Verdict.FLAG),
        ("3", StatementStatus.CORRECTION, Verdict.ACCEPT),
        ("4", StatementStatus.TEST, Verdict.FLAG),
    ],
)
def test_a_group_that_withdraws_or_tests_posts_nothing(code: str, status: StatementStatus, verdict: Verdict) -> None:
    file = read_statement(statement("16,165,100,,,A,/", group=code))
    assert (file.statements[0].status, file.verdict) == (status, verdict)
    assert bool(list(file.postable())) == (verdict is Verdict.ACCEPT)


@pytest.mark.parametrize(("time", "is_final"), [("2400", True), ("9999", True), ("1200", None), ("", None)])
def test_the_end_of_day_has_two_times(time: str, is_final: bool | None) -> None:
    assert read_statement(statement(time=time)).statements[0].is_final is is_final


@pytest.mark.parametrize("as_of", ["", "261332", "2611", "99999999999"])
def test_a_group_without_a_date_is_held(as_of: str) -> None:
    assert codes(read_statement(statement(as_of=as_of))) == ["bai2_as_of_date"]


def test_the_currency_is_the_accounts_or_the_groups_or_dollars() -> None:
    assert read_statement(statement(account="03,1,,010,5,,")).statements[0].currency == "usd"
    content = statement(account="03,1,,010,5,,").replace(b",USD,/", b",GBP,/")
    assert read_statement(content).statements[0].currency == "gbp"
    assert read_statement(content.replace(b",GBP,/", b",,/")).statements[0].currency == "usd"
    unknown = read_statement(statement("16,165,100,,,A,/", account="03,1,ZZZ,010,5,,"))
    assert (unknown.verdict, list(unknown.postable())) == (Verdict.FLAG, [])


def test_minor_units_are_brims_where_the_banks_are_others() -> None:
    """ISO 4217 has no decimals for the krona of Iceland and the wire has two; for the ariary it is the other way."""
    isk = read_statement(statement("16,165,100,,,A,/", account="03,1,ISK,010,5,,"))
    assert isk.statements[0].lines[0].amount_minor == 10_000
    mga = read_statement(statement("16,165,100,,,A,/", "16,165,150,,,A,/", account="03,1,MGA,010,500,,"))
    assert [line.amount_minor for line in mga.statements[0].lines] == [1]
    assert codes(mga) == ["unread_line"]


def test_records_of_a_fixed_length_need_no_line_ends() -> None:
    lines = bai2([Account("1", "usd", 0, (Entry(700, "A"), Entry(-30, "B")))]).decode().replace("7,,,2/", "7,80,,2/")
    content = "".join(line.ljust(80) for line in lines.splitlines()).encode()
    file = read_statement(content)
    assert (file.verdict, [line.amount_minor for line in file.statements[0].lines]) == (Verdict.ACCEPT, [700, -30])
    assert write_records(read_records(content)) == content


def test_files_that_follow_each_other_are_each_checked() -> None:
    first, second = (bai2([Account(number, "usd", 0, (Entry(700),))]) for number in "12")
    file = read_statement(first + second)
    assert (file.verdict, codes(file)) == (Verdict.ACCEPT, ["bai2_several_files"])
    assert [found.account_number for found in file.statements] == ["1", "2"]
    assert read_statement(first + second[:-9]).verdict is Verdict.HOLD


def test_a_record_that_is_none_holds_the_file() -> None:
    good = bai2([Account("1", "usd", 0, (Entry(700),))])
    for line in (b"17,1/\n", b"hello\n", b"0 1,x\n"):
        assert "bai2_unknown_record" in codes(read_statement(good.replace(b"16,", line + b"16,")))


def test_returns_and_reversals_are_known_by_their_codes() -> None:
    file = read_statement(statement("16,557,100,,,A,/", "16,258,10,,,A,/", "16,466,10,,,A,/"))
    lines = file.statements[0].lines
    assert [(line.is_return, line.is_reversal) for line in lines] == [(True, False), (False, True), (False, False)]
    assert lines[0].type_name == "ACH return item debit"
    assert {line.status for line in lines} == {LineStatus.BOOKED}


def test_text_is_utf_8_or_latin_1_and_has_no_control_characters() -> None:
    for raw in ("MÜLLER".encode(), "MÜLLER".encode("latin-1"), b"M\xc3\x9cLLER\x00\x07"):
        content = statement("16,165,100,,,A,TEXT/").replace(b"TEXT", raw)
        assert read_statement(content).statements[0].lines[0].text.strip() == "MÜLLER"


def test_blank_lines_a_byte_order_mark_and_an_end_of_file_mark_do_not_matter() -> None:
    good = bai2([Account("1", "usd", 0, (Entry(700),))])
    for content in (
        b"\xef\xbb\xbf" + good,
        b"\r\n" + good,
        good.replace(b"\n", b"\n\n"),
        good + b"\x1a",
        good + b"\n  \n",
    ):
        assert read_statement(content).verdict is Verdict.ACCEPT
