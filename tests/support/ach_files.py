"""Random ACH files that are valid, of every kind that is written."""

import string
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from brim.core.rails.ach.nacha import (
    Batch,
    BatchHeader,
    ChangeAddenda,
    ContestAddenda,
    Correction,
    DishonourAddenda,
    Entry,
    FileFormat,
    FileHeader,
    LineEnding,
    Movement,
    RefusedChangeAddenda,
    ReturnAddenda,
    Stage,
    check_digit,
    format_correction,
    make_entry,
    make_notification,
    to_yymmdd,
    trace_number,
)
from brim.core.rails.ach.nacha.returns import CHANGE_CODES, REFUSED_CHANGE_CODES, RETURN_CODES

PRINTABLE = "".join(chr(code) for code in range(32, 127))

FORMATS = st.builds(
    FileFormat, line_ending=st.sampled_from([LineEnding.CRLF, LineEnding.LF]), ends_with_line_ending=st.booleans()
)


def texts(most: int, *, least: int = 0) -> st.SearchStrategy[str]:
    """Return texts as a reader gives them back: without blanks at the end, and none that are only blanks."""
    return (
        st.text(PRINTABLE, min_size=least, max_size=most)
        .map(lambda text: text.rstrip())
        .filter(lambda text: len(text) >= least)
    )


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(to_yymmdd)
JULIAN_DAYS = st.integers(1, 366).map("{:03d}".format)
ROUTING_NUMBERS = digits(8).map(lambda text: text + check_digit(text))
AMOUNTS = st.integers(1, 10**10 - 1)


@st.composite
def file_headers(draw: st.DrawFn) -> FileHeader:
    return FileHeader(
        immediate_destination=draw(ROUTING_NUMBERS),
        immediate_origin=draw(st.text(string.digits + string.ascii_uppercase, min_size=1, max_size=10)),
        file_creation_date=draw(DAYS),
        file_creation_time=draw(st.sampled_from(["", "0000", "2359", "1201"])),
        file_id_modifier=draw(st.sampled_from(string.ascii_uppercase + string.digits)),
        immediate_destination_name=draw(texts(23)),
        immediate_origin_name=draw(texts(23)),
        reference_code=draw(texts(8)),
    )


@st.composite
def movements(draw: st.DrawFn, codes: list[str], amounts: st.SearchStrategy[int] = AMOUNTS) -> Movement:
    return Movement(
        transaction_code=draw(st.sampled_from(codes)),
        routing_number=draw(ROUTING_NUMBERS),
        account_number=draw(texts(17, least=1)),
        amount_cents=draw(amounts),
        individual_identification_number=draw(texts(15)),
        individual_name=draw(texts(22)),
        discretionary_data=draw(texts(2)),
    )


@st.composite
def forward_entries(draw: st.DrawFn, entry_class: str, trace: str) -> Entry:
    text = None if entry_class == "TEL" else draw(st.none() | texts(80))
    if draw(st.booleans()):
        return make_entry(draw(movements(["22", "27", "32", "37"])), trace_number=trace, payment_text=text)
    if entry_class == "CCD" and text is not None:
        return make_entry(draw(movements(["24", "29"], st.just(0))), trace_number=trace, payment_text=text)
    return make_entry(draw(movements(["23", "28", "33", "38"], st.just(0))), trace_number=trace, payment_text=text)


RETURNED = ["21", "26", "31", "36"]
TRACES = digits(15)
DIGITS_OF_CODE = st.sampled_from(["01", "02", "10", "29"])


def codes_of(stage: Stage) -> st.SearchStrategy[str]:
    return st.sampled_from([code for code, each in RETURN_CODES.items() if each.stage is stage])


@st.composite
def returns(draw: st.DrawFn, trace: str) -> Entry:
    addenda = ReturnAddenda(
        return_reason_code=draw(codes_of(Stage.RETURN)),
        original_trace_number=draw(TRACES),
        date_of_death=draw(st.just("") | DAYS),
        original_rdfi_identification=draw(digits(8)),
        addenda_information=draw(texts(44)),
        trace_number=trace,
    )
    return make_notification(draw(movements([*RETURNED, "27"], st.integers(0, 10**10 - 1))), addenda)


@st.composite
def dishonours(draw: st.DrawFn, trace: str) -> Entry:
    addenda = DishonourAddenda(
        return_reason_code=draw(codes_of(Stage.DISHONOUR)),
        original_trace_number=draw(TRACES),
        original_rdfi_identification=draw(digits(8)),
        return_trace_number=draw(TRACES),
        return_settlement_date=draw(st.just("") | JULIAN_DAYS),
        original_return_reason=draw(DIGITS_OF_CODE),
        addenda_information=draw(texts(21)),
        trace_number=trace,
    )
    return make_notification(draw(movements(RETURNED)), addenda)


@st.composite
def contests(draw: st.DrawFn, trace: str) -> Entry:
    addenda = ContestAddenda(
        return_reason_code=draw(codes_of(Stage.CONTEST)),
        original_trace_number=draw(TRACES),
        date_original_entry_returned=draw(st.just("") | DAYS),
        original_rdfi_identification=draw(digits(8)),
        original_settlement_date=draw(st.just("") | JULIAN_DAYS),
        return_trace_number=draw(TRACES),
        return_settlement_date=draw(st.just("") | JULIAN_DAYS),
        original_return_reason=draw(DIGITS_OF_CODE),
        dishonoured_return_trace_number=draw(TRACES),
        dishonoured_return_settlement_date=draw(st.just("") | JULIAN_DAYS),
        dishonoured_return_reason=draw(st.sampled_from(["61", "67", "68", "69"])),
        trace_number=trace,
    )
    return make_notification(draw(movements(RETURNED)), addenda)


CORRECTIONS = st.builds(
    Correction,
    routing_number=ROUTING_NUMBERS,
    account_number=st.text(string.digits, min_size=1, max_size=17),
    transaction_code=st.sampled_from(["22", "27", "32", "37"]),
    individual_identification_number=texts(22, least=1).map(str.strip).filter(bool),
    individual_name=texts(22, least=1).map(str.strip).filter(bool),
)
CORRECTING_CODES = sorted(code for code, change in CHANGE_CODES.items() if change.parts)


@st.composite
def changes(draw: st.DrawFn, trace: str) -> Entry:
    code = draw(st.sampled_from(CORRECTING_CODES))
    addenda = ChangeAddenda(
        change_code=code,
        original_trace_number=draw(TRACES),
        original_rdfi_identification=draw(digits(8)),
        corrected_data=format_correction(code, draw(CORRECTIONS)),
        trace_number=trace,
    )
    return make_notification(draw(movements(RETURNED, st.just(0))), addenda)


@st.composite
def refused_changes(draw: st.DrawFn, trace: str) -> Entry:
    code = draw(st.sampled_from(CORRECTING_CODES))
    addenda = RefusedChangeAddenda(
        refused_change_code=draw(st.sampled_from(sorted(REFUSED_CHANGE_CODES))),
        original_trace_number=draw(TRACES),
        original_rdfi_identification=draw(digits(8)),
        corrected_data=format_correction(code, draw(CORRECTIONS)),
        change_code=code,
        trace_sequence_number=draw(digits(7)),
        trace_number=trace,
    )
    return make_notification(draw(movements(RETURNED, st.just(0))), addenda)


NOTIFICATIONS = {"return": returns, "dishonour": dishonours, "contest": contests}
CHANGES = {"change": changes, "refused_change": refused_changes}


@st.composite
def batches(draw: st.DrawFn, number: int, first: int) -> Batch:
    """Return a batch of one kind of entries, whose sequence numbers begin with `first`."""
    kind = draw(st.sampled_from(["forward", *NOTIFICATIONS, *CHANGES]))
    entry_class = "COR" if kind in CHANGES else draw(st.sampled_from(["PPD", "CCD", "WEB", "TEL"]))
    odfi = draw(digits(8))
    entries: list[Entry] = []
    for sequence in range(first, first + draw(st.integers(1, 5))):
        trace = trace_number(odfi, sequence)
        entries.append(
            draw(forward_entries(entry_class, trace) if kind == "forward" else (NOTIFICATIONS | CHANGES)[kind](trace))
        )
    header = BatchHeader(
        company_name=draw(texts(16, least=1)),
        company_discretionary_data=draw(texts(20)),
        company_identification=draw(texts(10, least=1)),
        standard_entry_class_code=entry_class,
        company_entry_description=draw(texts(10, least=1)),
        company_descriptive_date=draw(texts(6)),
        effective_entry_date=draw(DAYS if kind == "forward" else DAYS | st.sampled_from(["", "000000"])),
        settlement_date=draw(st.just("") | JULIAN_DAYS),
        odfi_identification=odfi,
        batch_number=number,
    )
    return Batch(header, entries)


@st.composite
def files(draw: st.DrawFn) -> tuple[FileHeader, list[Batch]]:
    """Return the header and the batches of a file, trace numbers ascending over all of it."""
    header, found, first, number = draw(file_headers()), [], 1, 0
    for _ in range(draw(st.integers(0, 4))):
        number += draw(st.integers(1, 3))
        found.append(draw(batches(number, first)))
        first += 10 + draw(st.integers(0, 100))
    return header, found


def simple_header(**changed: str) -> FileHeader:
    """Return a header that is right, but for what is changed."""
    values = {
        "immediate_destination": "231380104",
        "immediate_origin": "121042882",
        "file_creation_date": to_yymmdd(date(2026, 11, 29)),
        **changed,
    }
    return FileHeader(**values)


def simple_batch_header(**changed: Any) -> BatchHeader:
    """Return a header of a batch of debits that is right, but for what is changed."""
    values: dict[str, Any] = {
        "company_name": "ACME",
        "company_identification": "1234567890",
        "standard_entry_class_code": "PPD",
        "company_entry_description": "TOPUP",
        "effective_entry_date": to_yymmdd(date(2026, 11, 29) + timedelta(days=1)),
        "odfi_identification": "12104288",
        **changed,
    }
    return BatchHeader(**values)


def simple_entry(sequence: int = 1, *, text: str | None = None, **changed: Any) -> Entry:
    """Return a debit of one dollar that is right, but for what is changed in its movement."""
    values: dict[str, Any] = {
        "transaction_code": "27",
        "routing_number": "231380104",
        "account_number": "0012-3456",
        "amount_cents": 100,
        "individual_name": "Jane Doe",
        **changed,
    }
    movement = Movement(**values)
    return make_entry(movement, trace_number=trace_number("12104288", sequence), payment_text=text)
