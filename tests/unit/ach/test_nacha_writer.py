"""What an operator would refuse is refused before it is written, with the record, the field and the value."""

import dataclasses
from typing import Any

import msgspec
import pytest

from brim.core.rails.ach.nacha import (
    Batch,
    ChangeAddenda,
    Entry,
    FieldError,
    FileWriter,
    Movement,
    NachaError,
    PaymentAddenda,
    ReturnAddenda,
    make_notification,
    to_ach_text,
    write_file,
)
from brim.core.rails.ach.nacha.fields import Layout
from brim.core.rails.ach.nacha.records import (
    BATCH_CONTROL,
    BATCH_HEADER,
    CHANGE_ADDENDA,
    CONTEST_ADDENDA,
    DISHONOUR_ADDENDA,
    ENTRY_DETAIL,
    FILE_CONTROL,
    FILE_HEADER,
    PAYMENT_ADDENDA,
    REFUSED_CHANGE_ADDENDA,
    RETURN_ADDENDA,
)
from tests.support.ach_files import simple_batch_header, simple_entry, simple_header

LAYOUTS: list[Layout[Any]] = [
    FILE_HEADER, BATCH_HEADER, ENTRY_DETAIL, PAYMENT_ADDENDA, RETURN_ADDENDA, DISHONOUR_ADDENDA, CONTEST_ADDENDA,
    CHANGE_ADDENDA, REFUSED_CHANGE_ADDENDA, BATCH_CONTROL, FILE_CONTROL,
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_the_fields_of_a_record_cover_it_without_a_gap(layout: Layout[Any]) -> None:
    assert layout.fields[0].first == 1
    assert layout.fields[-1].last == 94
    assert all(before.last + 1 == after.first for before, after in zip(layout.fields, layout.fields[1:], strict=False))
    assert layout.struct.__struct_fields__ == tuple(field.name for field in layout.fields if field.is_value)


def test_a_debit_is_written_at_the_positions_of_the_rule_book() -> None:
    batch = Batch(simple_batch_header(), [simple_entry(7, text="for the receiver")])
    lines = write_file(simple_header(file_id_modifier="B"), [batch]).content.decode().split("\r\n")
    assert lines[0] == "101 231380104 121042882261129    B094101" + " " * 54
    assert lines[1] == (
        "5225ACME                                1234567890PPDTOPUP           261130   1121042880000001"
    )
    assert lines[2] == (
        "6272313801040012-3456        0000000100               Jane Doe                1121042880000007"
    )
    assert lines[3] == "705" + "for the receiver".ljust(80) + "00010000007"
    assert lines[4] == ("8225000002002313801000000000010000000000000012345678" + "90" + " " * 25 + "121042880000001")
    assert lines[5] == "9000001000001000000020023138010000000000100000000000000" + " " * 39
    assert lines[6:] == ["9" * 94] * 4 + [""]


def test_the_service_class_follows_the_entries() -> None:
    debit, credit = simple_entry(1), simple_entry(2, transaction_code="22")
    for entries, expected in ([debit], b"225"), ([credit], b"220"), ([debit, credit], b"200"):
        content = write_file(simple_header(), [Batch(simple_batch_header(), entries)]).content
        assert content[97:100] == expected


def entry_with(**changed: Any) -> Entry:
    """Return an entry with a changed record."""
    entry = simple_entry()
    return Entry(msgspec.structs.replace(entry.detail, **changed))


def addenda_with(**changed: Any) -> Entry:
    """Return an entry with a changed addenda."""
    entry = simple_entry(text="x")
    return Entry(entry.detail, (msgspec.structs.replace(entry.addenda[0], **changed),))


BAD_ENTRIES = {
    "long name": (entry_with(individual_name="x" * 23), "individual_name"),
    "name that is not ASCII": (entry_with(individual_name="Zoë"), "individual_name"),
    "name with a line end": (entry_with(individual_name="a\nb"), "individual_name"),
    "name with a tab": (entry_with(individual_name="a\tb"), "individual_name"),
    "long account number": (entry_with(dfi_account_number="1" * 18), "dfi_account_number"),
    "blank account number": (entry_with(dfi_account_number=" "), "dfi_account_number"),
    "account number that is a number": (entry_with(dfi_account_number=123), "dfi_account_number"),
    "amount of eleven digits": (entry_with(amount_cents=10**10), "amount_cents"),
    "negative amount": (entry_with(amount_cents=-1), "amount_cents"),
    "amount with a fraction": (entry_with(amount_cents=1.5), "amount_cents"),
    "no amount": (entry_with(amount_cents=None), "amount_cents"),
    "live entry of nothing": (entry_with(amount_cents=0), "amount_cents"),
    "prenote of something": (entry_with(transaction_code="28"), "amount_cents"),
    "unknown transaction code": (entry_with(transaction_code="25"), "transaction_code"),
    "transaction code of a return": (entry_with(transaction_code="26"), "transaction_code"),
    "zero-dollar entry of a consumer": (entry_with(transaction_code="29", amount_cents=0), "transaction_code"),
    "wrong check digit": (entry_with(check_digit="5"), "check_digit"),
    "routing number with a letter": (entry_with(rdfi_identification="2313801A"), "rdfi_identification"),
    "trace number of another bank": (entry_with(trace_number="231380100000001"), "trace_number"),
    "short trace number": (entry_with(trace_number="12104288000001"), "trace_number"),
    "addenda that is not there": (entry_with(addenda_record_indicator="1"), "addenda_record_indicator"),
    "long discretionary data": (entry_with(discretionary_data="abc"), "discretionary_data"),
    "addenda of another number": (addenda_with(addenda_sequence_number=2), "addenda_sequence_number"),
    "addenda of another entry": (addenda_with(entry_detail_sequence_number="0000009"), "entry_detail_sequence_number"),
    "long addenda": (addenda_with(payment_related_information="x" * 81), "payment_related_information"),
}


@pytest.mark.parametrize("name", BAD_ENTRIES)
def test_an_entry_that_would_come_back_is_not_written(name: str) -> None:
    entry, field = BAD_ENTRIES[name]
    with pytest.raises(FieldError) as raised:
        write_file(simple_header(), [Batch(simple_batch_header(), [entry])])
    assert raised.value.field == field
    assert raised.value.record
    assert str(raised.value).startswith(f"{raised.value.record}, {field}: ")


BAD_BATCH_HEADERS: dict[str, Any] = {
    "company_name": ["", " ", "x" * 17, "Müller"],
    "company_identification": ["", "12345678901"],
    "company_entry_description": ["", "x" * 11],
    "standard_entry_class_code": ["", "ppd", "PP", "P1D", "ADV", "COR"],
    "service_class_code": ["201", "280", "22"],
    "effective_entry_date": ["261131", "26-1-1", "", "000000"],
    "odfi_identification": ["1210428", "1210428A", ""],
    "originator_status_code": ["", "x"],
    "batch_number": [-1, 10**7],
    "settlement_date": ["1"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in BAD_BATCH_HEADERS.items() for value in values]
)
def test_a_batch_that_would_be_rejected_is_not_written(field: str, value: object) -> None:
    with pytest.raises(FieldError) as raised:
        write_file(simple_header(), [Batch(simple_batch_header(**{field: value}), [simple_entry()])])
    assert (raised.value.record, raised.value.field, raised.value.value) == ("batch header", field, value)


BAD_FILE_HEADERS = {
    "immediate_destination": ["", "12345678901"],
    "immediate_origin": [" "],
    "file_creation_date": ["", "261301", "2611"],
    "file_creation_time": ["2400", "1260", "12"],
    "file_id_modifier": ["a", "", "AB", "-"],
    "immediate_origin_name": ["x" * 24, "Ü"],
    "reference_code": ["123456789"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in BAD_FILE_HEADERS.items() for value in values]
)
def test_a_file_that_would_be_rejected_is_not_written(field: str, value: str) -> None:
    with pytest.raises(FieldError) as raised:
        write_file(simple_header(**{field: value}), [])
    assert (raised.value.record, raised.value.field, raised.value.value) == ("file header", field, value)


RETURN = ReturnAddenda(
    return_reason_code="R01",
    original_trace_number="231380100000001",
    original_rdfi_identification="12104288",
    trace_number="121042880000001",
)
CHANGE = ChangeAddenda(
    change_code="C01",
    original_trace_number="231380100000001",
    original_rdfi_identification="12104288",
    corrected_data="123",
    trace_number="121042880000001",
)


def notification(addenda: ReturnAddenda | ChangeAddenda, amount_cents: int) -> Entry:
    movement = Movement(
        transaction_code="26", routing_number="231380104", account_number="123", amount_cents=amount_cents
    )
    return make_notification(movement, addenda)


def changed(addenda: Any, **values: str) -> Any:
    return msgspec.structs.replace(addenda, **values)


BAD_NOTIFICATIONS = {
    "lower-case code": (notification(changed(RETURN, return_reason_code="r01"), 1), "PPD", "return_reason_code"),
    "unknown return code": (notification(changed(RETURN, return_reason_code="R99"), 1), "PPD", "return_reason_code"),
    "code of a dishonour": (notification(changed(RETURN, return_reason_code="R61"), 1), "PPD", "return_reason_code"),
    "return among changes": (notification(RETURN, 1), "COR", "standard_entry_class_code"),
    "change among returns": (notification(CHANGE, 0), "PPD", "standard_entry_class_code"),
    "change of money": (notification(CHANGE, 1), "COR", "amount_cents"),
    "unknown change code": (notification(changed(CHANGE, change_code="C99"), 0), "COR", "change_code"),
    "two addenda": (Entry(notification(RETURN, 1).detail, (RETURN, RETURN)), "PPD", "addenda_record_indicator"),
}


@pytest.mark.parametrize("name", BAD_NOTIFICATIONS)
def test_a_return_or_change_that_makes_no_sense_is_not_written(name: str) -> None:
    entry, entry_class, field = BAD_NOTIFICATIONS[name]
    with pytest.raises(FieldError) as raised:
        write_file(simple_header(), [Batch(simple_batch_header(standard_entry_class_code=entry_class), [entry])])
    assert raised.value.field == field


def test_an_addenda_with_another_trace_number_than_its_entry_is_not_written() -> None:
    entry = notification(RETURN, 1)
    other = Entry(entry.detail, (msgspec.structs.replace(RETURN, trace_number="121042880000002"),))
    with pytest.raises(FieldError, match="is not that of the entry"):
        write_file(simple_header(), [Batch(simple_batch_header(), [other])])


def test_corrected_data_without_a_value_is_not_written() -> None:
    entry = notification(msgspec.structs.replace(CHANGE, change_code="C02", corrected_data="231380105"), 0)
    with pytest.raises(NachaError, match="no valid routing number"):
        write_file(simple_header(), [Batch(simple_batch_header(standard_entry_class_code="COR"), [entry])])


def test_trace_numbers_ascend_in_a_batch() -> None:
    for second in (1, 2):
        entries = [simple_entry(2), simple_entry(second)]
        with pytest.raises(FieldError, match="is not greater than 121042880000002"):
            write_file(simple_header(), [Batch(simple_batch_header(), entries)])


def test_batch_numbers_ascend_in_a_file() -> None:
    batches = [Batch(simple_batch_header(batch_number=2), [simple_entry(number)]) for number in (1, 2)]
    with pytest.raises(FieldError, match="is not greater than 2"):
        write_file(simple_header(), batches)


def test_forward_entries_and_returns_do_not_share_a_batch() -> None:
    back = notification(msgspec.structs.replace(RETURN, trace_number="121042880000002"), 1)
    with pytest.raises(FieldError, match="a return in a batch of forward entries"):
        write_file(simple_header(), [Batch(simple_batch_header(), [simple_entry(1), back])])


def test_a_batch_has_entries_of_its_class() -> None:
    with pytest.raises(FieldError, match="a batch without entries"):
        write_file(simple_header(), [Batch(simple_batch_header(service_class_code="225"), [])])
    for service_class, code in ("220", "27"), ("225", "22"):
        header = simple_batch_header(service_class_code=service_class)
        with pytest.raises(FieldError, match=f"is not of class {service_class}"):
            write_file(simple_header(), [Batch(header, [simple_entry(transaction_code=code)])])


def test_entries_that_are_read_once_need_a_service_class() -> None:
    with pytest.raises(FieldError, match="is needed where entries are read once"):
        write_file(simple_header(), [Batch(simple_batch_header(), iter([simple_entry()]))])


def test_telephone_entries_have_no_addenda_and_others_one() -> None:
    with pytest.raises(FieldError, match="TEL has at most 0"):
        write_file(
            simple_header(), [Batch(simple_batch_header(standard_entry_class_code="TEL"), [simple_entry(text="x")])]
        )
    entry = simple_entry(text="x")
    second = PaymentAddenda(addenda_sequence_number=2, entry_detail_sequence_number="0000001")
    with pytest.raises(FieldError, match="PPD has at most 1"):
        write_file(simple_header(), [Batch(simple_batch_header(), [Entry(entry.detail, (*entry.addenda, second))])])


def test_a_corporate_zero_dollar_entry_carries_a_text() -> None:
    header = simple_batch_header(standard_entry_class_code="CCD")
    entry = simple_entry(transaction_code="29", amount_cents=0, text="REF*1")
    assert write_file(simple_header(), [Batch(header, [entry])]).totals.records == 2
    bare = simple_entry(transaction_code="29", amount_cents=0)
    with pytest.raises(FieldError, match="needs an addenda"):
        write_file(simple_header(), [Batch(header, [bare])])


def test_totals_that_do_not_fit_their_control_are_an_error() -> None:
    entries = [simple_entry(number, amount_cents=10**10 - 1) for number in range(1, 102)]
    with pytest.raises(FieldError, match="total_debits_cents"):
        write_file(simple_header(), [Batch(simple_batch_header(), entries)])


def test_an_error_shows_no_account_number() -> None:
    with pytest.raises(FieldError) as raised:
        write_file(
            simple_header(), [Batch(simple_batch_header(), [simple_entry(account_number="9876543210-98765432")])]
        )
    assert "5432" in str(raised.value)
    assert "98765" not in str(raised.value)
    assert raised.value.value == "9876543210-98765432"
    assert "0012-3456" not in repr(simple_entry())


def test_a_routing_number_that_is_none_makes_no_entry() -> None:
    for number in "231380105", "23138010", "abcdefghi":
        with pytest.raises(FieldError, match="isn't a routing number"):
            simple_entry(routing_number=number)


def test_a_writer_writes_one_file_and_knows_its_totals_at_the_end() -> None:
    writer = FileWriter(simple_header())
    with pytest.raises(RuntimeError):
        _ = writer.totals
    list(writer.pieces([]))
    assert writer.totals.batches == 0
    with pytest.raises(RuntimeError):
        list(writer.pieces([]))


@dataclasses.dataclass
class Case:
    text: str
    length: int
    expected: str


@pytest.mark.parametrize(
    "case",
    [
        Case("Zoë Müller-Łódź", 22, "Zoe Muller-Lodz"),
        Case("Straße  Ærø\n", 22, "Strasse AEro"),
        Case("O\N{RIGHT SINGLE QUOTATION MARK}Neill & Söhne", 9, "O'Neill &"),
        Case("abc def", 4, "abc"),
        Case("日本 GmbH", 10, "?? GmbH"),
        Case("１２３", 5, "123"),  # noqa: RUF001  wide digits
        Case("", 5, ""),
    ],
    ids=lambda case: case.text,
)
def test_text_becomes_ach_text_only_where_it_is_asked_for(case: Case) -> None:
    assert to_ach_text(case.text, case.length) == case.expected
