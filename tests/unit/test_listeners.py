"""What the official CLI is sent, and what it says: pieces that its binary alone would not reach."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.request_logs.rules import BY_PAGES, RequestRecord, redact
from brim.core.stripe_cli.rules import (
    Acknowledgement,
    ListenerFiltersError,
    LocalAnswer,
    matches,
    read_filters,
    read_message,
)
from brim.core.webhooks.deliveries import Answer
from brim.core.webhooks.rules import Outcome

RECORD = RequestRecord(
    scope=AccountScope("acct_1", livemode=False),
    id="resp_1",
    request_id="req_1",
    created=1,
    method="POST",
    path="/v1/topups",
    status=404,
    duration_ms=1.0,
    api_version="v",
)


@pytest.mark.parametrize(
    ("name", "passing", "failing"),
    [
        ("filter_http_method", "post", "GET"),
        ("filter_request_path", "/v1/topups", "/v1"),
        ("filter_request_status", "FAILED", "SUCCEEDED"),
        ("filter_status_code", "404", "400"),
        ("filter_status_code_type", "400", "200"),
        ("filter_status_code_type", "4XX", "5XX"),
        ("filter_source", "api", "dashboard"),
        ("filter_account", "self", "connect_in"),
    ],
)
def test_a_filter_lets_pass_what_it_names(name: str, passing: str, failing: str) -> None:
    assert matches({name: [passing]}, RECORD)
    assert matches({name: [failing, passing]}, RECORD)
    assert not matches({name: [failing]}, RECORD)


def test_what_pages_asked_for_is_told_apart_from_what_programs_did() -> None:
    by_pages = msgspec.structs.replace(RECORD, user_agent=BY_PAGES)
    assert matches({"filter_source": ["DASHBOARD"]}, by_pages)
    assert not matches({"filter_source": ["API"]}, by_pages)


def test_all_filters_hold_and_one_that_is_unknown_lets_nothing_pass() -> None:
    assert matches({}, RECORD)
    assert matches({"filter_http_method": []}, RECORD)
    assert not matches({"filter_http_method": ["POST"], "filter_status_code": ["200"]}, RECORD)
    assert not matches({"filter_ip_address": ["192.0.2.1"]}, RECORD)


def test_filters_are_lists_of_texts() -> None:
    assert read_filters(None) == {}
    assert read_filters('{"filter_status_code":["400"]}') == {"filter_status_code": ["400"]}
    with pytest.raises(ListenerFiltersError):
        read_filters('{"filter_status_code":"400"}')


def test_messages_are_told_apart() -> None:
    assert read_message('{"type":"event_ack","webhook_id":"wh_1","new":1}') == Acknowledgement(webhook_id="wh_1")
    answer = read_message('{"type":"webhook_response","status":500,"body":"no","webhook_id":"wh_1"}')
    assert isinstance(answer, LocalAnswer)
    assert answer.answer == Answer(outcome=Outcome.REFUSED, http_status=500, body_head=b"no")
    assert read_message('{"type":"later_version"}') is None


def test_a_target_that_did_not_answer_is_told_of_with_its_reason() -> None:
    told = read_message('{"type":"webhook_response","status":0,"brim":{"outcome":"timed_out","error":"Late."}}')
    assert isinstance(told, LocalAnswer)
    assert told.answer == Answer(outcome=Outcome.TIMED_OUT, error="Late.")


@pytest.mark.parametrize(
    "strange",
    [
        '"status":100000',
        '"status":-1',
        '"brim":{"outcome":"unheard_of","error":""}',
        '"brim":{"outcome":"garbled","error":"\\u0000"}',
        f'"brim":{{"outcome":"garbled","error":"{"x" * 501}"}}',
    ],
)
def test_an_answer_that_no_database_could_keep_is_passed_over(strange: str) -> None:
    assert read_message(f'{{"type":"webhook_response",{strange}}}') is None


@given(st.text())
def test_no_message_is_too_strange(text: str) -> None:
    assert read_message(text) is None


def test_secrets_are_replaced_at_any_depth_and_metadata_stays() -> None:
    sent = {
        "metadata": {"order": "6735"},
        "us_bank_account": {"account_number": "000123456789", "routing_number": "110000000"},
        "bank_accounts": [{"iban": "DE00"}],
        "token": ["a", "b"],
    }
    assert redact(sent) == {
        "metadata": {"order": "6735"},
        "us_bank_account": {"account_number": "***", "routing_number": "***"},  # the two are easily exchanged
        "bank_accounts": [{"iban": "***"}],
        "token": "***",
    }
