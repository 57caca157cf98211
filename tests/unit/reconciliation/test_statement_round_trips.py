"""What a bank writes is what is read: entries of every shape, by a writer that knows nothing of the reader."""

from hypothesis import given
from hypothesis import strategies as st

from brim.core.reconciliation.formats import LineStatus, StatementFile, Verdict, read_statement
from tests.support.statement_writers import Account, Entry, bai2, camt053, mt940

AMOUNTS = st.integers(-(10**12), 10**12)
MOVED = AMOUNTS.filter(bool)
WORDS = st.text("ABCdef019 ,/:.-ÄÖé", min_size=1, max_size=30).map(str.strip).filter(bool)
REFERENCES = st.text("ABC019-", max_size=16)
# A slash at the end of a line closes a record, and the bank's text cannot be told from it.
BAI2_TEXTS = st.lists(WORDS.filter(lambda text: not text.endswith("/")), max_size=4).map(tuple)
NUMBERS = st.text("0123456789", min_size=4, max_size=12)


@st.composite
def bai2_accounts(draw: st.DrawFn) -> Account:
    entries = st.builds(Entry, amount=MOVED, reference=REFERENCES, customer_reference=REFERENCES, text=BAI2_TEXTS)
    currency = draw(st.sampled_from(["usd", "eur", "jpy", "kwd"]))
    return Account(draw(NUMBERS), currency, draw(AMOUNTS), tuple(draw(st.lists(entries, max_size=6))))


@st.composite
def entries_with_details(draw: st.DrawFn) -> Entry:
    """Return an entry whose details, less its charges, make its amount."""
    ids = st.text("ABC019-<&é", min_size=1, max_size=12)
    parts = tuple(draw(st.lists(st.tuples(MOVED, ids), max_size=4)))
    charges = draw(st.integers(0, 500)) if parts else 0
    amount = sum(part for part, _ in parts) - charges if parts else draw(MOVED)
    status = draw(st.sampled_from(["BOOK", "BOOK", "BOOK", "PDNG", "INFO"]))
    reason = draw(st.sampled_from(["", "MD06", "AC04"])) if parts else ""
    text = tuple(draw(st.lists(WORDS, max_size=2)))
    return Entry(amount, draw(REFERENCES), "", text, parts, charges, reason, status)


def is_version_2_readable(entry: Entry) -> bool:
    """Version 2 has no direction for a detail: all details of an entry have the entry's."""
    return all((part > 0) == (entry.amount >= 0) for part, _ in entry.parts)


@st.composite
def camt_accounts(draw: st.DrawFn, version: int) -> Account:
    entries = entries_with_details()
    if version < 3:
        entries = entries.filter(is_version_2_readable)
    currency = draw(st.sampled_from(["usd", "eur", "jpy", "kwd"]))
    return Account(draw(NUMBERS), currency, draw(AMOUNTS), tuple(draw(st.lists(entries, max_size=5))))


def facts(file: StatementFile) -> list[tuple[object, ...]]:
    return [
        (
            statement.account_number,
            statement.currency,
            statement.opening and statement.opening.amount_minor,
            statement.closing and statement.closing.amount_minor,
            statement.period_to,
            [line.amount_minor for line in statement.lines],
            [line.bank_reference for line in statement.lines],
        )
        for statement in file.statements
    ]


def expected(accounts: list[Account]) -> list[tuple[object, ...]]:
    return [
        (
            account.number,
            account.currency,
            account.opening,
            account.opening + account.booked,
            account.day,
            [entry.amount for entry in account.entries],
            [entry.reference for entry in account.entries],
        )
        for account in accounts
    ]


@given(accounts=st.lists(bai2_accounts(), min_size=1, max_size=3), line_end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_bai2_is_read_as_it_was_written(accounts: list[Account], line_end: str) -> None:
    file = read_statement(bai2(accounts, line_end=line_end))
    assert (file.verdict, facts(file)) == (Verdict.ACCEPT, expected(accounts))
    for statement, account in zip(file.statements, accounts, strict=True):
        assert [line.customer_reference for line in statement.lines] == [
            entry.customer_reference for entry in account.entries
        ]
        assert [line.text for line in statement.lines] == ["\n".join(entry.text) for entry in account.entries]


@given(version=st.sampled_from([2, 3, 4, 6, 8, 13]), prefix=st.sampled_from(["", "ns2"]), data=st.data())
def test_camt_is_read_as_it_was_written(version: int, prefix: str, data: st.DataObject) -> None:
    accounts = data.draw(st.lists(camt_accounts(version), min_size=1, max_size=3))
    file = read_statement(camt053(accounts, version=version, prefix=prefix))
    assert (file.verdict, facts(file)) == (Verdict.ACCEPT, expected(accounts))
    for statement, account in zip(file.statements, accounts, strict=True):
        for line, entry in zip(statement.lines, account.entries, strict=True):
            assert [(detail.amount_minor, detail.end_to_end_id) for detail in line.details] == list(entry.parts)
            assert (line.charges_minor or 0, line.return_reason) == (entry.charges, entry.reason)
            assert (line.is_reversal, line.status is LineStatus.BOOKED) == (bool(entry.reason), entry.status == "BOOK")
            assert line.text == " ".join(entry.text)
    assert sum(line.amount_minor for _, line in file.postable()) == sum(account.booked for account in accounts)


# A question mark begins a subfield, a line cannot begin with a colon or a hyphen, and blanks at its end are lost.
SWIFT_WORDS = st.text("ABCdef019,/.()ÄÖé", min_size=1, max_size=60)
SWIFT_REFERENCES = st.text("ABC019", max_size=16)


@st.composite
def swift_accounts(draw: st.DrawFn) -> Account:
    entries = st.builds(
        Entry,
        amount=MOVED,
        reference=SWIFT_REFERENCES,
        customer_reference=SWIFT_REFERENCES,
        text=st.tuples(SWIFT_WORDS),
        parts=st.lists(st.tuples(MOVED, st.text("abc019-", min_size=1, max_size=35)), max_size=1).map(tuple),
        reason=st.sampled_from(["", "", "back"]),
    )
    currency = draw(st.sampled_from(["usd", "eur", "jpy", "kwd"]))
    return Account(draw(NUMBERS), currency, draw(AMOUNTS), tuple(draw(st.lists(entries, max_size=6))))


@given(
    accounts=st.lists(swift_accounts(), min_size=1, max_size=3),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    envelope=st.booleans(),
)
def test_mt940_is_read_as_it_was_written(accounts: list[Account], line_end: str, envelope: bool) -> None:
    file = read_statement(mt940(accounts, line_end=line_end, envelope=envelope))
    assert (file.format, file.verdict, facts(file)) == ("mt940", Verdict.ACCEPT, expected(accounts))
    for statement, account in zip(file.statements, accounts, strict=True):
        for line, entry in zip(statement.lines, account.entries, strict=True):
            assert line.customer_reference == entry.customer_reference
            assert line.end_to_end_id == (entry.parts[0][1] if entry.parts else "")
            assert (line.text, line.is_reversal) == ("".join(entry.text), bool(entry.reason))
            assert line.details[0].counterparty_name == "PAYER"


@given(accounts=st.lists(swift_accounts(), min_size=1, max_size=3), data=st.data())
def test_of_a_file_that_breaks_off_only_whole_statements_are_posted(
    accounts: list[Account], data: st.DataObject
) -> None:
    content = mt940(accounts)
    whole = list(read_statement(content).postable())
    cut = content[: data.draw(st.integers(0, len(content)))]
    posted = list(read_statement(cut).postable())
    assert posted == whole[: len(posted)]
    at = {statement.statement_id for statement, _ in posted}
    assert len(posted) == sum(len(account.entries) for number, account in enumerate(accounts, 1) if f"S{number}" in at)
