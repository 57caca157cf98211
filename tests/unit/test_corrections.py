"""What notifications of change ask for, whatever stands in them, and what is left of it to do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.corrections import Presented, UnusableCorrectionError, changes_of, wanted_of
from brim.core.funding import Corrected
from brim.core.rails.ach.nacha import CHANGE_CODES, Correction, Use, check_digit, format_correction, parse_correction

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz -"
ACCOUNT_NUMBERS = (
    st.text(_CHARACTERS, min_size=1, max_size=17)
    .map(str.strip)
    .filter(lambda text: any(each in "123456789" for each in text) and not {text[0], text[-1]} & {"-"})
)
ROUTING_NUMBERS = (
    st.text("0123456789", min_size=8, max_size=8)
    .filter(lambda text: text != "0" * 8)
    .map(lambda text: text + check_digit(text))
)
TYPES = {"27": "checking", "28": "checking", "26": "checking", "37": "savings", "38": "savings", "36": "savings"}
CODES = st.sampled_from(sorted(TYPES))
NAMES = st.text(_CHARACTERS, min_size=1, max_size=22).map(str.strip).filter(bool)
PARTS = {
    "C01": ("account_number",),
    "C02": ("routing_number",),
    "C03": ("routing_number", "account_number"),
    "C04": ("individual_name",),
    "C05": ("transaction_code",),
    "C06": ("account_number", "transaction_code"),
    "C07": ("routing_number", "account_number", "transaction_code"),
}
VALUES = {
    "account_number": ACCOUNT_NUMBERS,
    "routing_number": ROUTING_NUMBERS,
    "transaction_code": CODES,
    "individual_name": NAMES,
}
CORRECTIONS = st.sampled_from(sorted(PARTS)).flatmap(
    lambda code: st.tuples(st.just(code), st.fixed_dictionaries({name: VALUES[name] for name in PARTS[code]}))
)
PRESENTED = Presented(
    routing_number="110000000", account_number="000123456789", account_type="checking", holder_name="Jenny Rosen"
)


def expected(values: dict[str, str]) -> Corrected:
    code = values.get("transaction_code")
    return Corrected(
        routing_number=values.get("routing_number"),
        account_number=values.get("account_number"),
        account_type=TYPES[code] if code else None,
        holder_name=values.get("individual_name"),
    )


@given(CORRECTIONS)
def test_corrected_data_say_what_was_written_into_them(given: tuple[str, dict[str, str]]) -> None:
    code, values = given
    data = format_correction(code, Correction(**values))
    assert len(data) <= 29
    assert parse_correction(code, data) == Correction(**values)
    assert wanted_of(code, data) == expected(values)


@given(st.sampled_from(["C06", "C07"]), ROUTING_NUMBERS, ACCOUNT_NUMBERS, CODES)
def test_a_transaction_code_at_the_end_is_read_as_one_where_the_rules_have_it(
    code: str, routing: str, number: str, transaction_code: str
) -> None:
    values = {"account_number": number, "transaction_code": transaction_code}
    before = "" if code == "C06" else routing
    values |= {} if code == "C06" else {"routing_number": routing}
    data = (before + number).ljust(27) + transaction_code
    assert len(data) == 29
    assert wanted_of(code, data) == expected(values)


@given(ROUTING_NUMBERS, st.integers(1, 9))
def test_a_routing_number_with_another_check_digit_is_not_taken(routing: str, off: int) -> None:
    wrong = routing[:8] + str((int(routing[8]) + off) % 10)
    with pytest.raises(UnusableCorrectionError, match="routing number"):
        wanted_of("C02", wrong)


@given(st.sampled_from(sorted(CHANGE_CODES)), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=29))
def test_whatever_a_bank_writes_is_taken_or_refused_and_never_shown(code: str, data: str) -> None:
    try:
        found = wanted_of(code, data)
    except UnusableCorrectionError as error:
        found, shown = Corrected(), str(error)
    else:
        shown = ""
    assert not any(number in shown for number in re.findall("[0-9]{3,}", data))
    if found != Corrected():
        assert found.routing_number is None or check_digit(found.routing_number[:8]) == found.routing_number[8]
        assert found.account_number is None or 1 <= len(found.account_number) <= 17
        assert found.account_type in {None, "checking", "savings"}


@pytest.mark.parametrize(
    ("code", "data", "reason"),
    [
        ("C01", "0" * 17, "account number isn't valid"),
        ("C01", "12_34", "account number isn't valid"),
        ("C02", "0" * 9, "routing number isn't valid"),
        ("C05", "22", "is for credits"),
        ("C05", "47", "general ledger account"),
        ("C05", "55", "loan account"),
        ("C05", "99", "no valid transaction code"),
        ("C09", "ANOTHER", "was assigned by Brim"),
        ("C99", "1", "unknown"),
        *((code, "x", "doesn't concern the bank account") for code in ("C08", "C10", "C11", "C12", "C13", "C14")),
    ],
)
def test_what_cannot_be_changed_is_refused_with_its_reason(code: str, data: str, reason: str) -> None:
    with pytest.raises(UnusableCorrectionError, match=reason):
        wanted_of(code, data)


def test_the_table_has_all_codes_and_where_each_is_allowed() -> None:
    assert sorted(CHANGE_CODES) == [f"C{number:02}" for number in range(1, 15)]
    of_use = {use: {code for code, each in CHANGE_CODES.items() if each.use is use} for use in Use}
    assert of_use[Use.INTERNATIONAL] == {"C08", "C14"}
    assert of_use[Use.WITHDRAWN] == {"C04", "C10", "C11", "C12"}


@given(CORRECTIONS)
def test_a_correction_that_is_on_file_leaves_nothing_to_change(given: tuple[str, dict[str, str]]) -> None:
    wanted = expected(given[1])
    changed = {name: value for name in Corrected.__struct_fields__ if (value := getattr(wanted, name)) is not None}
    on_file = Presented(**{name: getattr(PRESENTED, name) for name in Presented.__struct_fields__} | changed)
    assert changes_of(wanted, presented=PRESENTED, on_file=on_file) == Corrected()
    left = changes_of(wanted, presented=PRESENTED, on_file=PRESENTED)
    assert all(getattr(left, name) in {None, value} for name, value in changed.items())


@pytest.mark.parametrize("name", Corrected.__struct_fields__)
def test_what_was_changed_since_by_somebody_else_is_not_overwritten(name: str) -> None:
    others = {"routing_number": "021000021", "account_number": "111", "account_type": "savings", "holder_name": "Ann"}
    since = Presented(**{field: getattr(PRESENTED, field) for field in others} | {name: others[name]})
    wanted = Corrected(**{name: "222"})
    with pytest.raises(UnusableCorrectionError, match=name.replace("_", " ")):
        changes_of(wanted, presented=PRESENTED, on_file=since)
