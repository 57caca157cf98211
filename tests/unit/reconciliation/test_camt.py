"""camt.053 and camt.054: the entry decides, details explain, and what does not add up waits for a person."""

from datetime import date

import pytest

from brim.core.reconciliation.formats import LineStatus, Statement, StatementFile, Verdict, read_statement
from tests.support.statement_writers import Account, Entry, camt053

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
ACCOUNT = "<Acct><Id><IBAN>DE1</IBAN></Id><Ccy>EUR</Ccy></Acct>"


def message(*statements: str, header: str = "<MsgId>M</MsgId>", namespace: str = NAMESPACE) -> bytes:
    body = f"<BkToCstmrStmt><GrpHdr>{header}</GrpHdr>{''.join(statements)}</BkToCstmrStmt>"
    return f'<?xml version="1.0"?><Document xmlns="{namespace}">{body}</Document>'.encode()


def statement(*content: str, account: str = ACCOUNT) -> str:
    return f"<Stmt><Id>S</Id>{account}{''.join(content)}</Stmt>"


def entry(
    inside: str = "", *, amount: str = "1.00", currency: str = "EUR", way: str = "CRDT", status: str = "<Cd>BOOK</Cd>"
) -> str:
    return f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts>{status}</Sts>{inside}</Ntry>'


def balance(kind: str, amount: str, *, currency: str = "EUR", way: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{way}</CdtDbtInd><Dt><Dt>2026-11-27</Dt></Dt></Bal>"
    )


def codes(file: StatementFile) -> list[str]:
    return [finding.code for finding in file.findings]


def read_entry(inside: str = "", **rest: str) -> tuple[StatementFile, Statement]:
    file = read_statement(message(statement(entry(inside, **rest))))
    return file, file.statements[0]


@pytest.mark.parametrize("changed", range(3))
def test_a_changed_amount_is_seen_in_the_balance_and_in_the_summary(changed: int) -> None:
    account = Account("DE1", "eur", 500, (Entry(700), Entry(-30), Entry(45)))
    good = camt053([account, Account("DE2", "eur", 0)])
    amount = ("7.00", "0.30", "0.45")[changed].encode()
    broken = good.replace(b'<Ntry><Amt Ccy="EUR">' + amount, b'<Ntry><Amt Ccy="EUR">1' + amount)
    assert broken != good
    file = read_statement(broken)
    assert file.verdict is Verdict.FLAG
    assert set(codes(file)) == {"balance_mismatch", "summary_mismatch"}
    assert {finding.statement for finding in file.findings} == {0}
    assert list(file.postable()) == []


def test_a_missing_entry_is_seen_though_it_is_nothing() -> None:
    good = camt053([Account("DE1", "eur", 500, (Entry(700), Entry(-700)))])
    start, end = good.index(b"<Ntry>"), good.rindex(b"</Ntry>") + len(b"</Ntry>")
    file = read_statement(good[:start] + good[end:])
    assert set(codes(file)) == {"summary_mismatch"}
    assert "states 2 entries; 0 were read" in file.findings[0].sentence


def test_a_statement_is_posted_though_its_neighbour_is_not() -> None:
    broken = statement(balance("OPBD", "0"), balance("CLBD", "5"), entry())
    file = read_statement(message(broken, statement(entry(amount="2"))))
    assert file.verdict is Verdict.FLAG
    assert [line.amount_minor for _, line in file.postable()] == [200]


def test_a_statement_without_entries_is_one() -> None:
    file = read_statement(message(statement(balance("OPBD", "5"), balance("CLBD", "5"))))
    assert (file.verdict, file.statements[0].lines, file.statements[0].is_balanced) == (Verdict.ACCEPT, (), True)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("BOOK", "booked"), ("<Cd>BOOK</Cd>", "booked"), ("PDNG", "pending"), ("<Cd>PDNG</Cd>", "pending"),
     ("<Cd>FUTR</Cd>", "pending"), ("INFO", "information")],
)  # fmt: skip
def test_only_what_is_booked_is_posted(status: str, expected: str) -> None:
    file, found = read_entry(status=status)
    assert [line.status for line in found.lines] == [LineStatus(expected)]
    assert bool(list(file.postable())) == (expected == "booked")


def test_pending_entries_are_not_in_the_balance() -> None:
    content = statement(balance("OPBD", "5"), balance("CLBD", "6"), entry(), entry(status="<Cd>PDNG</Cd>"))
    assert read_statement(message(content)).statements[0].is_balanced is True


@pytest.mark.parametrize(
    "broken",
    [
        {"amount": ""}, {"amount": "1,00"}, {"amount": "-1.00"}, {"amount": "1.005"}, {"amount": "1e2"},
        {"amount": "9" * 19}, {"amount": "9" * 18}, {"amount": "\u0661"}, {"amount": "NaN"}, {"currency": ""},
        {"currency": "EURO"}, {"currency": "XAU"}, {"way": ""}, {"way": "CREDIT"}, {"status": ""},
        {"status": "<Cd>HOLD</Cd>"},
    ],
)  # fmt: skip
def test_an_entry_without_amount_direction_or_status_is_kept_and_not_posted(broken: dict[str, str]) -> None:
    file = read_statement(message(statement(entry(amount="2"), entry("<NtryRef>R</NtryRef>", **broken), entry())))
    (found,) = file.statements
    assert (file.verdict, codes(file)) == (Verdict.FLAG, ["unread_line"])
    assert [line.position for line in found.unread_lines] == [2]
    assert "NtryRef=R" in found.unread_lines[0].raw
    assert [(line.position, line.amount_minor) for _, line in file.postable()] == [(1, 200), (3, 100)]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1", "EUR", 100), ("474.4", "CHF", 47440), (" +1.50000 ", "EUR", 150), ("1.", "EUR", 100), ("5", "JPY", 5),
     ("5.00", "JPY", 5), ("1.234", "KWD", 1234), ("0.01", "USD", 1), ("9" * 15 + ".99", "EUR", int("9" * 17))],
)  # fmt: skip
def test_amounts_are_integers_of_minor_units(text: str, currency: str, minor: int) -> None:
    account = ACCOUNT.replace("EUR", currency)
    file = read_statement(message(statement(entry(amount=text, currency=currency), account=account)))
    assert [line.amount_minor for line in file.statements[0].lines] == [minor]


def details(*amounts: str, extra: str = "") -> str:
    stated = [f'<Amt Ccy="EUR">{amount}</Amt>' if amount else "" for amount in amounts]
    return f"<NtryDtls>{''.join(f'<TxDtls>{amount}{extra}</TxDtls>' for amount in stated)}</NtryDtls>"


@pytest.mark.parametrize(
    ("amounts", "is_parked"),
    [
        ((), False), (("1.00",), False), (("0.40", "0.60"), False), (("0.40", "0.61"), True), (("2",), True),
        (("0",), False), (("",), False), (("0.40", ""), False),
    ],
)  # fmt: skip
def test_details_that_all_have_amounts_make_the_entry(amounts: tuple[str, ...], is_parked: bool) -> None:
    for way in ("CRDT", "DBIT"):
        file, found = read_entry(details(*amounts), way=way)
        assert found.lines[0].is_parked is is_parked
        assert codes(file) == ["details_mismatch"] * is_parked
        assert bool(list(file.postable())) is not is_parked


def test_charges_may_make_the_difference_between_a_return_and_its_collection() -> None:
    charge = '<Chrgs><Rcrd><Amt Ccy="EUR">0.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>'
    instructed = '<AmtDtls><InstdAmt><Amt Ccy="EUR">11.85</Amt></InstdAmt></AmtDtls>'
    reason = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>CLOSED</AddtlInf></RtrInf>"
    returned = details("11.85", extra=f"<CdtDbtInd>DBIT</CdtDbtInd>{instructed}{charge}{reason}")
    file, found = read_entry(returned, amount="12.35", way="DBIT")
    (line,) = found.lines
    assert (file.verdict, line.amount_minor, line.is_return, line.return_reason) == (
        Verdict.ACCEPT,
        -1235,
        True,
        "AC04",
    )
    (detail,) = line.details
    assert (detail.instructed_minor, detail.charges_minor, detail.return_text) == (-1185, 50, "CLOSED")
    wrong, _ = read_entry(returned, amount="12.34", way="DBIT")
    assert codes(wrong) == ["details_mismatch"]


def test_a_reversal_indicator_never_turns_an_amount_round() -> None:
    for way, amount in (("CRDT", 100), ("DBIT", -100)):
        for indicator in ("true", "1", "false"):
            _, found = read_entry(f"<RvslInd>{indicator}</RvslInd>", way=way)
            assert (found.lines[0].amount_minor, found.lines[0].is_reversal) == (amount, indicator != "false")


def test_references_are_the_lines_where_all_details_agree() -> None:
    def refs(end_to_end_id: str) -> str:
        return f"<TxDtls><Refs><PmtInfId>P</PmtInfId><EndToEndId>{end_to_end_id}</EndToEndId></Refs></TxDtls>"

    _, found = read_entry(f"<NtryDtls>{refs('A')}{refs('B')}</NtryDtls>")
    assert (found.lines[0].payment_information_id, found.lines[0].end_to_end_id) == ("P", "")
    _, found = read_entry(f"<NtryDtls>{refs('NOTPROVIDED')}</NtryDtls>")
    assert found.lines[0].details[0].end_to_end_id == ""
    two_batches = "".join(
        f"<NtryDtls><Btch><PmtInfId>{name}</PmtInfId><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>" for name in "AB"
    )
    _, found = read_entry(two_batches)
    assert found.lines[0].payment_information_id == ""
    assert [batch.payment_information_id for batch in found.lines[0].batches] == ["A", "B"]
    assert found.lines[0].batch_items == 4


def test_a_batch_of_another_count_is_a_warning() -> None:
    file, _ = read_entry("<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch><TxDtls/><TxDtls/></NtryDtls>")
    assert (file.verdict, codes(file)) == (Verdict.ACCEPT, ["batch_count"])


def test_dates_may_be_moments_and_are_the_banks() -> None:
    _, found = read_entry(
        "<BookgDt><DtTm>2026-11-27T23:30:00-05:00</DtTm></BookgDt><ValDt><Dt>2026-11-28+01:00</Dt></ValDt>"
    )
    assert (found.lines[0].booking_date, found.lines[0].value_date) == (date(2026, 11, 27), date(2026, 11, 28))
    file, found = read_entry("<BookgDt><Dt>2026-11-31</Dt></BookgDt>")
    assert (codes(file), found.lines[0].is_parked) == (["date"], True)


def test_the_currency_is_the_accounts_or_the_balances_or_the_entries() -> None:
    bare = "<Acct><Id><Othr><Id>5</Id></Othr></Id></Acct>"
    by_balance = read_statement(message(statement(balance("OPBD", "1", currency="SEK"), entry(), account=bare)))
    assert (by_balance.statements[0].currency, codes(by_balance)) == ("sek", ["entry_currency"])
    by_entry = read_statement(message(statement(entry(), entry(currency="SEK"), account=bare)))
    assert (by_entry.statements[0].currency, codes(by_entry)) == ("eur", ["entry_currency"])
    assert [line.currency for _, line in by_entry.postable()] == ["eur"]
    late = read_statement(message(statement(entry(currency="SEK"), ACCOUNT, account="")))
    assert "currency" in codes(late)
    assert list(late.postable()) == []


def test_a_statement_without_an_account_is_flagged() -> None:
    file = read_statement(message(statement(entry(), account="<Acct><Ccy>EUR</Ccy></Acct>")))
    assert (file.verdict, codes(file)) == (Verdict.FLAG, ["account"])


def test_pages_are_known_and_close_at_their_interim_balance() -> None:
    pages = "<StmtPgntn><PgNb>{}</PgNb><LastPgInd>{}</LastPgInd></StmtPgntn>"
    summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    first = statement(pages.format(1, "false"), balance("OPBD", "5"), balance("ITBD", "6"), summary, entry())
    last = statement(pages.format(2, "true"), balance("ITBD", "6"), balance("CLBD", "7"), summary, entry())
    file = read_statement(message(first, last))
    assert (file.verdict, codes(file)) == (Verdict.ACCEPT, [])
    assert [(found.page, found.is_last_page, found.is_balanced) for found in file.statements] == [
        (1, False, True), (2, True, True)
    ]  # fmt: skip
    middle = statement(pages.format(2, "false"), balance("ITBD", "6"), balance("ITBD", "7"), entry())
    assert read_statement(message(middle)).statements[0].is_balanced is True
    header = "<MsgPgntn><PgNb>3</PgNb><LastPgInd>true</LastPgInd></MsgPgntn>"
    by_header = read_statement(message(statement(entry()), header=header)).statements[0]
    assert (by_header.page, by_header.is_last_page) == (3, True)


@pytest.mark.parametrize("opening", ["OPBD", "PRCD"])
def test_the_balance_before_may_be_the_last_ones_closing(opening: str) -> None:
    content = statement(balance(opening, "5", way="DBIT"), balance("CLBD", "4", way="DBIT"), entry())
    found = read_statement(message(content)).statements[0]
    assert (found.is_balanced, found.opening and found.opening.amount_minor) == (True, -500)


@pytest.mark.parametrize(
    ("namespace", "code"),
    [
        ("urn:iso:std:iso:20022:tech:xsd:camt.052.001.08", "not_a_statement"),
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.01", "camt_version"),
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.08.evil", "not_a_statement"),
        ("http://example.com/", "not_a_statement"),
        ("", "not_a_statement"),
    ],
)
def test_another_namespace_is_another_document(namespace: str, code: str) -> None:
    file = read_statement(message(statement(entry()), namespace=namespace))
    assert (file.verdict, codes(file), file.statements) == (Verdict.HOLD, [code], ())


def test_a_newer_version_is_read_with_a_warning() -> None:
    file = read_statement(message(statement(entry()), namespace=NAMESPACE.replace(".08", ".42")))
    assert (file.verdict, codes(file), len(file.statements)) == (Verdict.ACCEPT, ["camt_version"], 1)


def test_elements_of_another_namespace_are_not_the_banks_entries() -> None:
    hidden = entry(amount="99").replace("<Ntry>", '<Ntry xmlns="urn:other">')
    supplementary = f"<SplmtryData><Envlp><x xmlns='urn:other'>{entry()}</x></Envlp></SplmtryData>"
    file = read_statement(message(statement(hidden, entry(supplementary))))
    assert [line.amount_minor for line in file.statements[0].lines] == [100]
    only_others = read_statement(message(statement(entry()).replace("<Stmt>", '<Stmt xmlns="urn:other">')))
    assert (only_others.verdict, codes(only_others)) == (Verdict.HOLD, ["no_statement"])


def test_an_envelope_around_the_document_is_looked_into() -> None:
    inner = message(statement(entry())).removeprefix(b'<?xml version="1.0"?>')
    file = read_statement(b"<Envelope xmlns='urn:x'><AppHdr/>" + inner + b"</Envelope>")
    assert (file.verdict, len(file.statements), file.id) == (Verdict.ACCEPT, 1, "M")


@pytest.mark.parametrize("cut", [30, 200, -1, -30])
def test_a_document_that_breaks_off_is_held(cut: int) -> None:
    file = read_statement(message(statement(entry()), statement(entry()))[:cut])
    assert (file.verdict, codes(file)) == (Verdict.HOLD, ["xml_malformed"])
    assert list(file.postable()) == []


def test_an_entry_among_many_payments_keeps_them_all() -> None:
    parts = tuple((100, f"E{number}") for number in range(5_000))
    file = read_statement(camt053([Account("DE1", "eur", 0, (Entry(500_000, parts=parts),))]))
    assert file.verdict is Verdict.ACCEPT
    assert [detail.end_to_end_id for detail in file.statements[0].lines[0].details] == [name for _, name in parts]
