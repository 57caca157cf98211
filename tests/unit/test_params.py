"""Every way a parameter can be wrong, with the exact place and sentence of its answer."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships none

from brim.api.framework.errors import render_error
from brim.api.framework.kinds import IntegerRange
from brim.api.framework.operation import Operation
from brim.api.framework.params import Parameter, object_schema, read_parameters
from brim.api.resources.balance.params import BALANCE_TRANSACTION_LIST
from brim.api.resources.events.params import EVENT_LIST
from brim.api.resources.operations import OPERATIONS
from brim.api.resources.topups.params import TOPUP_CREATE, TOPUP_LIST, TOPUP_UPDATE
from brim.base.currency import CURRENCIES
from brim.base.errors import BrimError
from brim.base.metadata import CLEAR_ALL, MetadataChange
from brim.base.paging import Range
from brim.http.form import Value, decode_form

Spec = tuple[Parameter, ...]
_DIGITS_OF_ALL_SCRIPTS = st.characters(categories=["Nd"])


def _read(spec: Spec, form: str) -> dict[str, Any]:
    return read_parameters(spec, decode_form(form.encode()))


def _refusal(spec: Spec, form: str) -> tuple[int, dict[str, str]]:
    """Return the status and the error object that a form is answered with."""
    with pytest.raises(BrimError) as caught:
        _read(spec, form)
    status, body = render_error(caught.value)
    return status, msgspec.json.decode(body)["error"]


def _created(extra: str) -> str:
    return f"amount=2000&currency=usd&{extra}"


def _cannot_be_unset(name: str) -> str:
    return (
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; however "
        f"'{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value."
    )


_LONG = "abcd" + "x" * 4993 + "wxyz"
_NETWORK = "payment_method_options[us_bank_account][network]"
_TYPES = "&".join(f"types[]=t{number}" for number in range(21))


@pytest.mark.parametrize(
    ("spec", "form", "code", "param", "message"),
    [
        # Which there are
        (TOPUP_CREATE, "currency=usd", "parameter_missing", "amount", "Missing required param: amount."),
        (TOPUP_CREATE, "amount=1", "parameter_missing", "currency", "Missing required param: currency."),
        (TOPUP_CREATE, "", "parameter_missing", "amount", "Missing required param: amount."),
        (TOPUP_CREATE, "foo=1", "parameter_unknown", "foo", "Received unknown parameter: foo"),
        (TOPUP_CREATE, "b=1&a=2", "parameter_unknown", "b", "Received unknown parameters: b, a"),
        (TOPUP_CREATE, "metadata2[x]=1", "parameter_unknown", "metadata2[x]",
         "Received unknown parameter: metadata2[x]"),
        (TOPUP_CREATE, "a[b][c]=1&a[b][d]=2", "parameter_unknown", "a[b][c]",
         "Received unknown parameters: a[b][c], a[b][d]"),
        (TOPUP_CREATE, "foo[]=1", "parameter_unknown", "foo", "Received unknown parameter: foo"),
        (TOPUP_CREATE, "metadata[a[b]]=1", "parameter_unknown", "metadata[a[b]]",
         "Received unknown parameter: metadata[a[b]]"),
        (TOPUP_LIST, "created[foo]=1", "parameter_unknown", "created[foo]", "Received unknown parameter: created[foo]"),
        (TOPUP_CREATE, "payment_method_options[card][x]=1", "parameter_unknown", "payment_method_options[card][x]",
         "Received unknown parameter: payment_method_options[card][x]"),
        (TOPUP_CREATE, "payment_method_options[us_bank_account][x]=1", "parameter_unknown",
         "payment_method_options[us_bank_account][x]",
         "Received unknown parameter: payment_method_options[us_bank_account][x]"),
        (TOPUP_UPDATE, "amount=1", "parameter_unknown", "amount", "Received unknown parameter: amount"),
        # Integers
        (TOPUP_CREATE, "amount=abc", "parameter_invalid_integer", "amount", "Invalid integer: abc"),
        (TOPUP_CREATE, "amount=1e3", "parameter_invalid_integer", "amount", "Invalid integer: 1e3"),
        (TOPUP_CREATE, "amount=+5", "parameter_invalid_integer", "amount", "Invalid integer:  5"),
        (TOPUP_CREATE, "amount=%2B5", "parameter_invalid_integer", "amount", "Invalid integer: +5"),
        (TOPUP_CREATE, "amount=--5", "parameter_invalid_integer", "amount", "Invalid integer: --5"),
        (TOPUP_CREATE, "amount=1_0", "parameter_invalid_integer", "amount", "Invalid integer: 1_0"),
        (TOPUP_CREATE, "amount=1.0", "parameter_invalid_integer", "amount", "Invalid integer: 1.0"),
        (TOPUP_CREATE, "amount=٣", "parameter_invalid_integer", "amount", "Invalid integer: ٣"),
        (TOPUP_CREATE, "amount[x]=5", "parameter_invalid_integer", "amount", 'Invalid integer: {"x": "5"}'),
        (TOPUP_CREATE, "amount=" + "9" * 1000, "parameter_invalid_integer", "amount", "Invalid integer: 9999...9999"),
        (TOPUP_CREATE, "amount=0", "parameter_invalid_integer", "amount",
         "This value must be greater than or equal to 1."),
        (TOPUP_CREATE, "amount=-1", "parameter_invalid_integer", "amount",
         "This value must be greater than or equal to 1."),
        (TOPUP_CREATE, "amount=", "parameter_invalid_empty", "amount", _cannot_be_unset("amount")),
        (TOPUP_LIST, "limit=ten", "parameter_invalid_integer", "limit", "Invalid integer: ten"),
        (TOPUP_LIST, "created[gte]=x", "parameter_invalid_integer", "created[gte]", "Invalid integer: x"),
        (TOPUP_LIST, "created[gte]=", "parameter_invalid_empty", "created[gte]", _cannot_be_unset("created[gte]")),
        (TOPUP_LIST, "created=", "parameter_invalid_empty", "created", _cannot_be_unset("created")),
        (TOPUP_LIST, "created[]=1", "parameter_invalid_integer", "created", 'Invalid integer: ["1"]'),
        # Words
        (TOPUP_LIST, "status=bogus", None, "status",
         "Invalid status: must be one of canceled, failed, pending, reversed, or succeeded"),
        (TOPUP_LIST, "status[]=pending", None, "status",
         "Invalid status: must be one of canceled, failed, pending, reversed, or succeeded"),
        (TOPUP_LIST, "status=", "parameter_invalid_empty", "status", _cannot_be_unset("status")),
        (TOPUP_CREATE, _created(f"{_NETWORK}=wire"), None, _NETWORK, f"Invalid {_NETWORK}: must be ach"),
        (TOPUP_CREATE, _created("currency=xxd"), None, "currency",
         f"Invalid currency: xxd. Stripe currently supports these currencies: {', '.join(CURRENCIES)}"),
        (TOPUP_CREATE, _created("currency=\u212awd"), None, "currency",  # the Kelvin sign
         f"Invalid currency: \u212awd. Stripe currently supports these currencies: {', '.join(CURRENCIES)}"),
        (TOPUP_CREATE, _created("currency="), "parameter_invalid_empty", "currency", _cannot_be_unset("currency")),
        (EVENT_LIST, "delivery_success=x", None, "delivery_success", "Invalid boolean: x"),
        (EVENT_LIST, "delivery_success=", "parameter_invalid_empty", "delivery_success",
         _cannot_be_unset("delivery_success")),
        # Texts
        (TOPUP_CREATE, _created(f"description={_LONG}"), None, "description",
         "Invalid string: abcd...wxyz; must be at most 5000 characters"),
        (TOPUP_CREATE, _created("source[x]=1"), None, "source", 'Invalid string: {"x": "1"}'),
        (TOPUP_CREATE, _created("source="), "parameter_invalid_empty", "source", _cannot_be_unset("source")),
        (TOPUP_CREATE, _created("statement_descriptor=sixteen+letters+"), None, "statement_descriptor",
         "The statement descriptor must be at most 15 characters. sixteen letters  is 16 characters long."),
        (TOPUP_CREATE, _created("statement_descriptor=a<b"), None, "statement_descriptor",
         "The statement descriptor cannot include <."),
        (TOPUP_CREATE, _created("statement_descriptor=caf%C3%A9"), None, "statement_descriptor",
         "The statement descriptor cannot include é."),
        (TOPUP_CREATE, _created("statement_descriptor=1234"), None, "statement_descriptor",
         "The statement descriptor must contain at least one Latin character."),
        # Objects and arrays
        (TOPUP_CREATE, _created("metadata=foo"), None, "metadata", "Invalid object"),
        (TOPUP_CREATE, _created("metadata[]=foo"), None, "metadata", "Invalid object"),
        (TOPUP_CREATE, _created("metadata[a][b]=foo"), None, "metadata[a]", 'Invalid string: {"b": "foo"}'),
        (TOPUP_CREATE, _created(f"metadata[{'k' * 41}]=v"), None, None,
         ("Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. "
         f"Invalid key: {'k' * 41}")),
        (TOPUP_CREATE, _created(f"metadata[k]={'v' * 501}"), None, None,
         ("Metadata values can have up to 500 characters, but you passed in a value that is 501 characters. "
         f"Invalid value: {'v' * 501}")),
        (TOPUP_CREATE, _created("payment_method_options=x"), None, "payment_method_options", "Invalid object"),
        (TOPUP_CREATE, _created("payment_method_options="), "parameter_invalid_empty", "payment_method_options",
         _cannot_be_unset("payment_method_options")),
        (TOPUP_CREATE, _created("payment_method_options[us_bank_account][]=x"), None,
         "payment_method_options[us_bank_account]", "Invalid object"),
        (TOPUP_CREATE, _created("expand=balance_transaction"), None, "expand", "Invalid array"),
        (TOPUP_CREATE, _created("expand[x]=balance_transaction"), None, "expand", "Invalid array"),
        (TOPUP_CREATE, _created("expand="), "parameter_invalid_empty", "expand", _cannot_be_unset("expand")),
        (EVENT_LIST, _TYPES, None, "types", "Invalid array: types can have at most 20 items"),
        (EVENT_LIST, f"types[]={_LONG}", None, "types", "Invalid string: abcd...wxyz; must be at most 5000 characters"),
        # Expansion
        (TOPUP_CREATE, _created("expand[]=amount"), None, None, "This property cannot be expanded (amount)."),
        (TOPUP_CREATE, _created("expand[]=x"), None, None,
         "This property cannot be expanded (x)."),
        (TOPUP_CREATE, _created("expand[]=a.b.c.d.e"), "property_expansion_max_depth", None,
         "You cannot expand more than 4 levels of a property. Property: a.b.c.d.e"),
        (TOPUP_LIST, "expand[]=balance_transaction", None, None,
         ("This property cannot be expanded (balance_transaction). You may want to try expanding "
         "'data.balance_transaction' instead.")),
        (TOPUP_LIST, "expand[]=data.amount", None, None, "This property cannot be expanded (data.amount)."),
        (TOPUP_LIST, "expand[]=data.x", None, None,
         "This property cannot be expanded (data.x)."),
        (TOPUP_LIST, "expand[]=data", None, None, "This property cannot be expanded (data)."),
        (TOPUP_LIST, "expand[]=x", None, None, "This property cannot be expanded (x)."),
        (TOPUP_LIST, "expand[]=total_count", None, None, "This property cannot be included (total_count)."),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_with_its_exact_sentence(
    spec: Spec, form: str, code: str | None, param: str | None, message: str
) -> None:
    status, error = _refusal(spec, form)
    assert status == 400
    assert error["message"] == message
    assert error["type"] == "invalid_request_error"
    assert (error.get("code"), error.get("param")) == (code, param)


def test_unknown_parameters_are_reported_before_any_other_problem() -> None:
    _, error = _refusal(TOPUP_CREATE, "amount=abc&foo=1")
    assert error["code"] == "parameter_unknown"


def test_the_first_failure_in_the_order_of_the_table_wins() -> None:
    _, error = _refusal(TOPUP_CREATE, "statement_descriptor=1&description=x&currency=xxd&amount=2000")
    assert error["param"] == "currency"
    _, error = _refusal(TOPUP_CREATE, "statement_descriptor=1&currency=xxd&amount=-1")
    assert error["param"] == "amount"


def test_a_nested_required_parameter_is_missed_by_its_full_name() -> None:
    rows = (Parameter(name="network", kind=IntegerRange(), required=True, description=""),)
    with pytest.raises(BrimError) as caught:
        read_parameters(rows, {}, within="options[bank]")
    assert caught.value.message == "Missing required param: options[bank][network]."


def test_a_full_create_is_read() -> None:
    assert _read(
        TOPUP_CREATE,
        "amount=2000&currency=USD&description=Week%2022&metadata[order_id]=6735&metadata[gone]=&transfer_group=g1"
        "&statement_descriptor=Weekly+top-up&payment_method=pm_1&payment_method_options[us_bank_account][network]=ach"
        "&source=btok_us_verified&expand[0]=balance_transaction.source&expand[1]=payment_method",
    ) == {
        "amount": 2000,
        "currency": "usd",
        "description": "Week 22",
        "metadata": MetadataChange({"order_id": "6735", "gone": ""}),
        "payment_method": "pm_1",
        "payment_method_options": {"us_bank_account": {"network": "ach"}},
        "source": "btok_us_verified",
        "statement_descriptor": "Weekly top-up",
        "transfer_group": "g1",
        "expand": ("balance_transaction.source", "payment_method"),
    }


def test_an_empty_description_clears_and_an_absent_one_does_not() -> None:
    assert _read(TOPUP_UPDATE, "description=") == {"description": None}
    assert _read(TOPUP_UPDATE, "") == {}


def test_empty_metadata_clears_all() -> None:
    assert _read(TOPUP_UPDATE, "metadata=") == {"metadata": CLEAR_ALL}


def test_lengths_count_characters_and_not_bytes() -> None:
    assert _read(TOPUP_UPDATE, "description=" + "💸" * 5000)["description"] == "💸" * 5000


@pytest.mark.parametrize("amount", ["1", "2000", "007", "999999999999", "1000000000000", str(2**63), "9" * 40])
def test_an_amount_in_digits_is_an_integer(amount: str) -> None:
    assert _read(TOPUP_CREATE, f"amount={amount}&currency=usd")["amount"] == int(amount)


@given(st.text(_DIGITS_OF_ALL_SCRIPTS, min_size=1, max_size=12))
def test_only_ascii_digits_make_a_number(digits: str) -> None:
    raw: dict[str, Value] = {"amount": "1" + digits, "currency": "usd"}
    if digits.isascii():
        assert read_parameters(TOPUP_CREATE, raw)["amount"] == int("1" + digits)
    else:
        with pytest.raises(BrimError, match="Invalid integer"):
            read_parameters(TOPUP_CREATE, raw)


@pytest.mark.parametrize(
    ("sent", "limit"), [("0", 1), ("-5", 1), ("1", 1), ("100", 100), ("101", 100), ("9" * 40, 100)]
)
def test_a_limit_outside_its_bounds_becomes_the_nearest_inside(sent: str, limit: int) -> None:
    assert _read(TOPUP_LIST, f"limit={sent}") == {"limit": limit}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("amount=5", Range(5, 5)),
        ("amount=-5", Range(-5, -5)),
        ("amount[gt]=5", Range(6, None)),
        ("amount[gte]=5", Range(5, None)),
        ("amount[lt]=5", Range(None, 4)),
        ("amount[lte]=5", Range(None, 5)),
        ("amount[gt]=5&amount[gte]=5&amount[lt]=9&amount[lte]=9", Range(6, 8)),
        ("amount[gt]=9&amount[lt]=5", Range(10, 4)),
        (f"amount[gt]={'9' * 40}", Range(2**63 - 1, None)),
        (f"amount[lt]=-{'9' * 40}", Range(None, -(2**63) + 1)),
    ],
)
def test_bounds_become_one_closed_range_that_the_database_can_hold(form: str, expected: Range) -> None:
    assert _read(TOPUP_LIST, form) == {"amount": expected}


@given(st.dictionaries(st.sampled_from(["gt", "gte", "lt", "lte"]), st.integers(-20, 20), min_size=1))
def test_a_range_holds_exactly_the_numbers_that_its_bounds_allow(bounds: dict[str, int]) -> None:
    closed = IntegerRange().read({key: str(bound) for key, bound in bounds.items()}, "amount")
    for number in range(-25, 25):
        allowed = (
            number > bounds.get("gt", -99)
            and number >= bounds.get("gte", -99)
            and number < bounds.get("lt", 99)
            and number <= bounds.get("lte", 99)
        )
        low = -99 if closed.low is None else closed.low
        high = 99 if closed.high is None else closed.high
        assert (low <= number <= high) == allowed


def test_arrays_keep_the_order_of_their_indexes() -> None:
    many = "&".join(f"types[{index}]=t{index}" for index in reversed(range(12)))
    assert _read(EVENT_LIST, many)["types"] == tuple(f"t{index}" for index in range(12))
    assert _read(EVENT_LIST, "types[]=b&types[]=a")["types"] == ("b", "a")


def test_booleans_are_read() -> None:
    assert _read(EVENT_LIST, "delivery_success=true") == {"delivery_success": True}
    assert _read(EVENT_LIST, "delivery_success=false") == {"delivery_success": False}


def test_paths_in_a_list_are_returned_relative_to_its_items() -> None:
    assert _read(BALANCE_TRANSACTION_LIST, "expand[]=data.source.payment_method")["expand"] == (
        "source.payment_method",
    )


@pytest.mark.parametrize("form", ["expand[]=source", "expand[]=balance_transaction.source.balance_transaction.source"])
def test_expanding_what_stands_in_full_and_four_levels_are_allowed(form: str) -> None:
    assert _read(TOPUP_CREATE, _created(form))["expand"]


def test_what_stands_behind_an_id_is_not_looked_at() -> None:
    assert _read(TOPUP_CREATE, _created("expand[]=balance_transaction.nonsense"))["expand"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_every_declaration_is_a_valid_json_schema(operation: Operation) -> None:
    Draft202012Validator.check_schema(object_schema(operation.parameters))


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], max_codepoint=0x17F), min_size=1, max_size=16))
def test_the_published_descriptor_schema_accepts_what_the_reader_accepts(text: str) -> None:
    schema = object_schema(TOPUP_CREATE)["properties"]["statement_descriptor"]
    raw: dict[str, Value] = {"amount": "1", "currency": "usd", "statement_descriptor": text}
    try:
        read_parameters(TOPUP_CREATE, raw)
    except BrimError:
        accepted = False
    else:
        accepted = True
    assert Draft202012Validator(schema).is_valid(text) == accepted
