"""Thin events: their times, and what is left out of those that are delivered."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from brim.api.resources.v2_core.event_wire import notification_json, read_second, thin_json, write_second
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION, Event, EventType

SETTLED = Event(
    scope=AccountScope("acct_1", livemode=False),
    id="evt_1",
    type=EventType.TOPUP_SUCCEEDED,
    created=1_795_000_000,
    api_version=DEFAULT_API_VERSION,
    object_id="tu_1",
    payload=b"{}",
)
CANCELED = msgspec.structs.replace(SETTLED, type=EventType.TOPUP_CANCELED, request_id="req_1")
BALANCE = msgspec.structs.replace(SETTLED, type=EventType.BALANCE_AVAILABLE, object_id="balance")


@given(st.integers(min_value=0, max_value=253_402_300_799))
def test_a_second_is_read_as_it_was_written(second: int) -> None:
    assert read_second(write_second(second)) == second


def test_what_nobody_asked_for_is_delivered_without_a_reason_and_read_with_a_null_one() -> None:
    """PHP's library looks into a reason wherever the key stands, and its warning is an exception in most frameworks."""
    read = json.loads(thin_json(SETTLED, context="acct_1"))
    assert read["reason"] is None
    assert json.loads(notification_json(SETTLED, context="acct_1")) == {
        name: value for name, value in read.items() if name != "reason"
    }


def test_what_a_request_caused_is_delivered_as_it_is_read() -> None:
    assert notification_json(CANCELED) == thin_json(CANCELED)
    request = json.loads(thin_json(CANCELED))["reason"]["request"]
    assert request == {"id": "req_1", "idempotency_key": ""}


def test_an_object_of_which_there_is_one_has_a_null_id_where_libraries_look_for_an_id() -> None:
    """PHP's warns of an id that is missing, and Python's fails on one where it does not know the type."""
    related = {"id": None, "type": "balance", "url": "/v1/balance"}
    assert json.loads(thin_json(BALANCE))["related_object"] == related
    assert json.loads(notification_json(BALANCE))["related_object"] == related
