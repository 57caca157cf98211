"""Statements as CSV: what a bank writes in any layout is what is read, and whatever is unexpected holds the file."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.reconciliation.formats import MappingError, StatementFile, Verdict, csv_rows, read_statement
from brim.core.reconciliation.formats.limits import MAX_LINE
from brim.core.statement_mappings import mapping_of
from tests.support.csv_statements import Line, csv_file, simple

AMOUNTS = st.integers(-(10**12), 10**12)
TEXTS = st.text("ABCdef019 ,;|\t\n\"'=+-@äöß", max_size=20)
DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))
FORMATS = ["YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YYYY", "YYYYMMDD", "DD-MMM-YY", "M/D/YYYY", "YYYY-MM-DD HH:mm:ss"]
JUNE = [
    Line(date(2026, 12, 3), 12_500, ("ACH", "PAYROLL")),
    Line(date(2026, 12, 4), -2_500, ("Wire fee",)),
]


def read(fields: dict[str, Any], content: bytes) -> StatementFile:
    return read_statement(content, mapping=mapping_of(fields))


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, Any]:
    """Return the fields of a mapping of any kind."""
    decimal, thousands = draw(
        st.sampled_from(
            [("point", "none"), ("point", "comma"), ("comma", "point"), ("comma", "space"), ("point", "apostrophe")]
        )
    )
    fields: dict[str, Any] = {
        "delimiter": draw(st.sampled_from(["comma", "semicolon", "tab", "pipe"])),
        "encoding": draw(st.sampled_from(["utf-8", "windows-1252", "iso-8859-1", "utf-16"])),
        "decimal_sign": decimal,
        "thousands_sign": thousands,
        "date_format": draw(st.sampled_from(FORMATS)),
        "booking_date_column": "Booked on",
        "newest_first": draw(st.booleans()),
        "text_columns": ["Text", "Höhe, mehr"][: draw(st.integers(0, 2))],
        "ignored_columns": ["Memo"][: draw(st.integers(0, 1))],
        "rows_before_header": draw(st.integers(0, 3)),
        "footer_rows": draw(st.integers(0, 3)),
    }
    amounts = draw(st.sampled_from(["signed", "direction", "two", "two negative"]))
    if amounts in {"signed", "direction"}:
        fields["amount_column"] = "Amount"
    if amounts == "direction":
        fields |= {"direction_column": "D/C", "debit_words": ["D", "Soll"], "credit_words": ["C", "Haben"]}
    if amounts.startswith("two"):
        fields |= {"debit_column": "Paid out", "credit_column": "Paid in", "debit_is_negative": amounts != "two"}
    for field, name in (("value_date_column", "Value"), ("reference_column", "Ref"), ("account_column", "Account")):
        if draw(st.booleans()):
            fields[field] = name
    balances = draw(st.sampled_from(["column", "labels", "both", "none"]))
    if balances in {"column", "both"}:
        fields["balance_column"] = "Balance"
    if balances in {"labels", "both"}:
        fields |= {"opening_balance_label": "Opening balance", "closing_balance_label": "Closing balance"}
        if fields["rows_before_header"] + fields["footer_rows"] < 2:
            fields["footer_rows"] = 2
    if balances == "none" or draw(st.booleans()):
        fields["key_column"] = "Id"
    return fields


@given(
    fields=layouts(),
    currency=st.sampled_from(["usd", "eur", "jpy", "kwd"]),
    has_column=st.booleans(),
    opening=AMOUNTS,
    movements=st.lists(st.tuples(DAYS, AMOUNTS.filter(bool), st.tuples(TEXTS, TEXTS)), min_size=1, max_size=6),
    order=st.lists(st.integers(0, 9), min_size=1, max_size=12),
    written=st.fixed_dictionaries(
        {
            "quote_all": st.booleans(),
            "has_mark": st.booleans(),
            "line_end": st.sampled_from(["\n", "\r\n", "\r"]),
        }
    ),
)
def test_what_is_written_in_any_layout_is_read(
    fields: dict[str, Any],
    currency: str,
    has_column: bool,
    opening: int,
    movements: list[tuple[date, int, tuple[str, str]]],
    order: list[int],
    written: dict[str, Any],
) -> None:
    fields |= {"currency_column": "Ccy"} if has_column else {"currency": currency}
    lines = [Line(on, amount, text, f"K{n}", f"R{n}") for n, (on, amount, text) in enumerate(movements)]
    content = csv_file(fields, opening, lines, currency=currency, order=order, **written)
    file = read(fields, content)
    assert (file.verdict, file.findings, file.format) == (Verdict.ACCEPT, (), "csv")
    (statement,) = file.statements
    said = [
        (
            line.on,
            line.amount,
            " ".join(" ".join(line.text[: len(fields["text_columns"])]).split()),
            line.key if "key_column" in fields else "",
            line.reference if "reference_column" in fields else "",
        )
        for line in lines
    ]
    found = [
        (line.booking_date, line.amount_minor, line.text, line.bank_reference, line.customer_reference)
        for line in statement.lines
    ]
    assert found == said
    assert statement.currency == currency
    assert statement.account_number == ("9876543210" if "account_column" in fields else "")
    closing = opening + sum(line.amount for line in lines)
    balances = [each.amount_minor for each in statement.balances]
    assert balances == ([opening, closing] if "balance_column" in fields or "opening_balance_label" in fields else [])


GOOD = csv_file(simple(), 100_000, JUNE)
HEADER = b"Date,Amount,Description,Balance\r\n"


@pytest.mark.parametrize(
    ("changes", "content", "code", "where", "sentence"),
    [
        ({}, GOOD.replace(b"Balance", b"Saldo", 1), "csv_header", "row 1", "doesn't mention the column 'Saldo'"),
        ({}, HEADER.replace(b",Balance", b""), "csv_header", "row 1", "column 'Balance' is missing"),
        ({}, HEADER.replace(b"Description", b"Amount"), "csv_header", "row 1", "'Amount' appears twice"),
        ({"rows_before_header": 9}, GOOD, "csv_header", "file", "no row 10"),
        ({}, GOOD.replace(b"12/03/2026", b"13/03/2026"), "csv_date", "row 2, column 'Date'", "does not exist"),
        ({}, GOOD.replace(b"12/03/2026", b"2026-12-03"), "csv_date", "row 2, column 'Date'", "isn't a date like"),
        ({}, GOOD.replace(b",125.00", b",125.001"), "csv_amount", "row 2, column 'Amount'", "more decimals than USD"),
        ({}, GOOD.replace(b",125.00", b',"125,00"'), "csv_amount", "row 2, column 'Amount'", "isn't an amount"),
        ({}, GOOD.replace(b",125.00", b",1e2"), "csv_amount", "row 2, column 'Amount'", "isn't an amount"),
        ({}, GOOD.replace(b",125.00", b","), "csv_amount", "row 2, column 'Amount'", "isn't an amount"),
        ({}, GOOD.replace(b",125.00", b"," + b"9" * 19), "csv_amount", "row 2, column 'Amount'", "too large"),
        ({}, GOOD.replace(b",125.00", ",١٢٥".encode()), "csv_amount", "row 2, column 'Amount'", "isn't an amount"),
        ({}, GOOD.replace(b"1100.00", b"1101.00"), "csv_balance", "row 3, column 'Balance'", "make 1100.00 USD"),
        ({"newest_first": True}, GOOD, "csv_balance", "row 2, column 'Balance'", "newest_first"),
        ({}, GOOD + b"12/05/2026,1.00\r\n", "csv_columns", "row 4", "has 2 cells, and the header has 4"),
        ({}, GOOD + b"12/05/2026,1.00,x,1101.00,y\r\n", "csv_columns", "row 4", "has 5 cells"),
        ({"footer_rows": 3}, GOOD, "csv_footer", "file", "may be cut off"),
        ({}, GOOD + b'"12/05/2026,1.00', "csv_quotes", "line 4", "quotes"),
        ({}, GOOD + b'"12"/05/2026,1.00,x,1.00', "csv_quotes", "line 4", "quotes"),
        ({}, GOOD.replace(b"fee", b"f\0e"), "csv_encoding", "line 3", "NUL"),
        ({}, GOOD.replace(b"fee", b"f\xe4e"), "csv_encoding", "line 3", "0xE4 is not of utf-8"),
        ({"encoding": "windows-1252"}, GOOD.replace(b"fee", b"f\x81e"), "csv_encoding", "line 3", "0x81"),
        ({"encoding": "windows-1252"}, GOOD.replace(b"fee", "fäe".encode()), "csv_encoding", "file", "is in utf-8"),
        ({"encoding": "iso-8859-1"}, GOOD.replace(b"fee", b"f\x80e"), "csv_encoding", "file", "windows-1252 has"),
        ({"encoding": "windows-1252"}, b"\xef\xbb\xbf" + GOOD, "csv_encoding", "line 1", "mark of utf-8"),
        ({}, GOOD.decode().encode("utf-16"), "csv_encoding", "line 1", "mark of utf-16"),
        ({"encoding": "utf-16"}, GOOD + b"x", "csv_encoding", "line", "utf-16"),
        ({}, HEADER + b"x" * (MAX_LINE + 1), "line_too_long", "file", "longer than"),
        ({}, HEADER + b'"' + b"x\n" * MAX_LINE, "line_too_long", "file", "longer than"),
        ({}, HEADER + b"," * 300, "csv_columns", "row 2", "more than 200 columns"),
        (
            {"currency": None, "currency_column": "Description"},
            GOOD.replace(b"ACH", b"EUR").replace(b"Wire fee", b"USD"),
            "csv_currency",
            "row 3, column 'Description'",
            "is in USD, others in EUR",
        ),
        (
            {"balance_column": None, "key_column": "Balance"},
            HEADER + b"12/03/2026,1.00,x,A\r\n12/03/2026,1.00,x,A\r\n",
            "csv_key",
            "row 3, column 'Balance'",
            "Row 2 has the same key",
        ),
        (
            {"balance_column": None, "key_column": "Balance"},
            HEADER + b"12/03/2026,1.00,x,\r\n",
            "csv_key",
            "row 2, column 'Balance'",
            "has no key",
        ),
        (
            {"text_columns": [], "account_column": "Description"},
            HEADER + b"12/03/2026,1.00,1,1.00\r\n12/03/2026,1.00,2,2.00\r\n",
            "csv_account",
            "row 3, column 'Description'",
            "another bank account",
        ),
        (
            {"text_columns": [], "direction_column": "Description", "debit_words": ["D"], "credit_words": ["C"]},
            HEADER + b"12/03/2026,1.00,S,1.00\r\n",
            "csv_direction",
            "row 2, column 'Description'",
            "isn't one of the words",
        ),
        (
            {"text_columns": [], "direction_column": "Description", "debit_words": ["D"], "credit_words": ["C"]},
            HEADER + b"12/03/2026,-1.00,D,1.00\r\n",
            "csv_amount",
            "row 2, column 'Amount'",
            "has a minus",
        ),
        (
            {"amount_column": None, "text_columns": [], "debit_column": "Amount", "credit_column": "Description"},
            HEADER + b"12/03/2026,1.00,1.00,1.00\r\n",
            "csv_amount",
            "row 2",
            "both a debit and a credit",
        ),
        (
            {"amount_column": None, "text_columns": [], "debit_column": "Amount", "credit_column": "Description"},
            HEADER + b"12/03/2026,-1.00,,1.00\r\n",
            "csv_amount",
            "row 2, column 'Amount'",
            "has a minus",
        ),
        (
            {"opening_balance_label": "Opening", "closing_balance_label": "Closing", "footer_rows": 2},
            GOOD + b"Opening,1000.00\r\nClosing,1101.00\r\n",
            "csv_balance",
            "row 3, column 'Balance'",
            "closing balance of the file is 1101.00 USD",
        ),
        (
            {
                "balance_column": None,
                "ignored_columns": ["Balance"],
                "opening_balance_label": "Opening",
                "closing_balance_label": "Closing",
                "footer_rows": 2,
            },
            GOOD + b"Opening,1000.00\r\nClosing,1101.00\r\n",
            "csv_balance",
            "file",
            "make 1100.00 USD, and not 1101.00 USD",
        ),
        (
            {"opening_balance_label": "Opening", "closing_balance_label": "Closing", "footer_rows": 1},
            GOOD + b"Opening,1000.00 EUR\r\n",
            "csv_currency",
            "row 4",
            "in EUR, not USD",
        ),
    ],
)
def test_whatever_is_unexpected_holds_the_file_and_says_where(
    changes: dict[str, Any], content: bytes, code: str, where: str, sentence: str
) -> None:
    file = read(simple(**changes), content)
    assert file.verdict is Verdict.HOLD
    assert list(file.postable()) == []
    found = [each for each in file.findings if each.code == code]
    assert found, file.findings
    assert any(each.where.startswith(where) and sentence in each.sentence for each in found), found


def test_a_sound_file_gives_its_lines_and_balances() -> None:
    (statement,) = read(simple(), GOOD).statements
    assert [(line.amount_minor, line.text, line.where) for line in statement.lines] == [
        (12_500, "ACH", "row 2"),
        (-2_500, "Wire fee", "row 3"),
    ]
    assert (statement.is_balanced, statement.period_from, statement.period_to) == (
        True,
        date(2026, 12, 3),
        date(2026, 12, 4),
    )


def test_amounts_have_the_signs_that_banks_write() -> None:
    rows = ["-1.50", "1.50-", "(1.50)", "\N{MINUS SIGN}1.50", "+1.50", "1.5", ".50", '"1,234.50"', "0.00"]
    content = HEADER.decode() + "".join(f"12/03/2026,{amount},K,K{n}\r\n" for n, amount in enumerate(rows))
    fields = simple(thousands_sign="comma", balance_column=None, key_column="Balance")
    (statement,) = read(fields, content.encode()).statements
    assert [line.amount_minor for line in statement.lines] == [-150, -150, -150, -150, 150, 150, 50, 123_450, 0]


def test_formulas_are_texts_and_never_evaluated() -> None:
    content = HEADER + b'12/03/2026,1.00,=1+1,1.00\r\n12/03/2026,1.00,"@SUM(A1)",2.00\r\n'
    (statement,) = read(simple(), content).statements
    assert [line.text for line in statement.lines] == ["=1+1", "@SUM(A1)"]
    held = read(simple(), content.replace(b",1.00,=1", b",=1.00,=1", 1))
    assert [(each.code, each.where) for each in held.findings] == [("csv_amount", "row 2, column 'Amount'")]


def test_characters_of_windows_are_read() -> None:
    content = GOOD.replace(b"fee", "fee 5 € Œ ™".encode("cp1252"))
    (statement,) = read(simple(encoding="windows-1252"), content).statements
    assert statement.lines[1].text == "Wire fee 5 € Œ ™"


def test_a_file_with_a_header_alone_has_no_statement() -> None:
    file = read(simple(), HEADER)
    assert (file.verdict, file.statements, [each.code for each in file.findings]) == (
        Verdict.ACCEPT,
        (),
        ["csv_no_lines"],
    )


def test_without_a_mapping_a_csv_file_is_held_and_says_where_to_make_one() -> None:
    file = read_statement(GOOD)
    assert (file.verdict, [each.code for each in file.findings]) == (Verdict.HOLD, ["csv_no_mapping"])
    assert "brim statements mapping set" in file.findings[0].sentence


def test_more_bytes_or_rows_than_are_read_hold_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = read_statement(GOOD, mapping=mapping_of(simple()), max_bytes=10)
    assert [each.code for each in file.findings] == ["too_large"]
    monkeypatch.setattr(csv_rows, "MAX_ITEMS", 3)
    assert [each.code for each in read(simple(), GOOD + b"\r\n").findings] == ["too_many"]


@given(content=st.binary(max_size=300), encoding=st.sampled_from(["utf-8", "windows-1252", "iso-8859-1", "utf-16"]))
def test_no_bytes_raise(content: bytes, encoding: str) -> None:
    file = read(simple(encoding=encoding), GOOD[: len(content)] + content)
    assert "reader_failed" not in [each.code for each in file.findings]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"date_format": "DD.MM."}, "date_format"),
        ({"date_format": "DD.MM.YYYY.MM"}, "date_format"),
        ({"date_format": "DD.MM.YYYYx"}, "date_format"),
        ({"thousands_sign": "point"}, "thousands_sign"),
        ({"amount_column": None}, "amount_column"),
        ({"debit_column": "Out", "credit_column": "In"}, "amount_column"),
        ({"amount_column": None, "debit_column": "Out"}, "credit_column"),
        ({"amount_column": None, "debit_column": "Out", "credit_column": "Out"}, "credit_column"),
        ({"debit_is_negative": True}, "debit_is_negative"),
        ({"direction_column": "D/C"}, "debit_words"),
        ({"direction_column": "D/C", "debit_words": ["d"], "credit_words": ["D"]}, "credit_words"),
        ({"debit_words": ["D"]}, "direction_column"),
        ({"currency": None}, "currency"),
        ({"currency_column": "Ccy"}, "currency"),
        ({"currency": "USD"}, "currency"),
        ({"currency": "zzz"}, "currency"),
        ({"balance_column": None}, "key_column"),
        ({"opening_balance_label": "Opening"}, "closing_balance_label"),
        ({"opening_balance_label": "Opening", "closing_balance_label": "Closing"}, "opening_balance_label"),
        ({"ignored_columns": ["Amount"]}, "ignored_columns"),
        ({"rows_before_header": 101}, "rows_before_header"),
        ({"amount_column": " Amount"}, "amount_column"),
        ({"amount_column": "A\nB"}, "amount_column"),
        ({"delimiter": "colon"}, "delimiter"),
        ({"what": 1}, "what"),
    ],
)
def test_a_mapping_that_no_file_could_be_read_with_is_refused(changes: dict[str, Any], param: str) -> None:
    with pytest.raises(MappingError) as refused:
        mapping_of(simple(**changes))
    assert refused.value.param == param


@pytest.mark.parametrize("field", ["delimiter", "decimal_sign", "date_format", "booking_date_column"])
def test_what_is_missing_is_named(field: str) -> None:
    fields = simple()
    del fields[field]
    with pytest.raises(MappingError) as refused:
        mapping_of(fields)
    assert refused.value.param == field
