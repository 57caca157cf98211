"""What is kept of a request: the same shape, valid, and nothing secret at any depth."""

import json
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.api.framework.params import read_parameters
from brim.api.framework.recording import Answered, make_record
from brim.api.resources.topups.params import TOPUP_CREATE
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.request_logs.rules import RequestRecord
from brim.http.form import decode_form
from brim.http.message import Reply, Request

SECRETS: Final = (
    "sk_test_abcdefghijklmnop", "rk_live_abcdefghijklmnop", "whsec_abcdefghijklmnop", "postgresql://brim:hunter2@db/x",
)  # fmt: skip
_TEXTS: Final = st.one_of(st.text(max_size=30), st.sampled_from(SECRETS), st.sampled_from(["://a:", "@", '"', "\\"]))
_JSON: Final = st.recursive(
    st.one_of(_TEXTS, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def kept(path: str, body: bytes, *, reply: Reply | None = None, **headers: str) -> RequestRecord:
    """Return the record of a request."""
    sent = {name.replace("_", "-").encode(): text.encode("latin-1", "replace") for name, text in headers.items()}
    request = Request("POST", path, b"", sent, body)
    answered = Answered(
        AccountScope("acct_x", livemode=False), "req_x", "v", request, reply or Reply(200, b"{}"), 0.1, 1, "mk_1"
    )
    return make_record(IdFactory(), answered)


def _is_storable(record: RequestRecord) -> None:
    written = msgspec.json.encode(record).decode()
    assert "\\u0000" not in written.replace("\\\\", "")
    for secret in SECRETS:
        assert secret not in written


@given(st.dictionaries(_TEXTS, _JSON, max_size=4))
def test_any_json_body_is_kept_in_its_shape_without_secrets(body: dict[str, Any]) -> None:
    record = kept("/v2/core/event_destinations", json.dumps(body).encode())
    _is_storable(record)
    if record.parameters is not None:
        assert len(record.parameters) <= len(body)


@given(st.lists(st.tuples(_TEXTS, _TEXTS), max_size=5))
def test_any_form_is_kept_without_secrets(form: list[tuple[str, str]]) -> None:
    encoded = [(name.encode("utf-8", "replace"), text.encode("utf-8", "replace")) for name, text in form]
    _is_storable(kept("/v1/topups", urlencode(encoded).encode()))


@given(_JSON)
def test_any_error_is_kept_without_secrets(answered: Any) -> None:
    for body in ({"error": answered}, answered):
        _is_storable(kept("/v1/topups", b"", reply=Reply(400, json.dumps(body).encode())))


@given(st.binary(max_size=60))
def test_any_reply_and_body_can_be_kept(noise: bytes) -> None:
    _is_storable(kept("/v1/topups", noise, reply=Reply(500, noise)))
    _is_storable(kept("/v2/core/events", noise))


@pytest.mark.parametrize(
    "form",
    [
        "bank_account[account_number]=000123456789",
        "bank_account[account_number][0]=000123456789",
        "bank_account[account_number][]=000123456789",
        "bank_account[account_number][a][b]=000123456789",
        "external_account[number]=000123456789",
        "secret[inner]=000123456789",
        "a[token][deep][deeper]=000123456789",
    ],
)
def test_what_stands_below_a_secret_name_is_secret(form: str) -> None:
    record = kept("/v1/tokens", form.encode())
    assert "000123456789" not in str(record.parameters)
    assert "***" in str(record.parameters)


def test_a_pattern_never_reaches_from_one_text_into_the_next() -> None:
    sent = {"a": "see http://x:y", "b": "me@example.com"}
    record = kept("/v2/core/event_destinations", json.dumps(sent).encode())
    assert record.parameters == sent


def test_headers_are_kept_without_secrets() -> None:
    record = kept(f"/v1/topups/{SECRETS[0]}", b"", idempotency_key=SECRETS[1], user_agent=f"x {SECRETS[2]}")
    _is_storable(record)


CANARIES: Final = ("000987650010", "987-65-0011", "DE89370400440532013000")
FORMS: Final = (
    "{c}=x",
    "individual[{c}]=x",
    "individual[id_number={c}",
    "individual[id_number]]={c}",
    "[id_number]={c}",
    "id_number {c}=x",
    "external_account={c}",
    "source={c}",
    "a[b][c]={c}",
    "a[]={c}",
    "expand[]={c}",
    "bank_account[account number]={c}",
    '{{"bank_account":{{"account_number":"{c}"}}}}',
    '[{{"account_number":"{c}"}}]',
    '\n {{ "x": 1, "{c}": 2',
)
"""Ways to send what is private where it does not belong."""


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_private_is_kept_in_no_place_where_it_was_sent_by_mistake(form: str, canary: str) -> None:
    """A body of JSON was once read as one long name, and kept; so was what stood behind a bracket left open."""
    sent = form.format(c=canary)
    for content_type in ("application/x-www-form-urlencoded", "application/json", ""):
        record = kept(f"/v1/accounts/{canary}", sent.encode(), content_type=content_type)
        assert canary not in msgspec.json.encode(record).decode()
    record = kept("/v2/core/event_destinations", json.dumps({canary: {"id_number": canary}, "x": [canary]}).encode())
    assert canary not in msgspec.json.encode(record).decode()
    name, _, value = sent.partition("=")
    with pytest.raises(BrimError) as refused:
        read_parameters(TOPUP_CREATE, decode_form(urlencode([(name, value)]).encode()))
    if "={c}" not in form:  # an unknown name is repeated, its value is not
        assert canary not in str(refused.value)
        assert canary not in str(getattr(refused.value, "param", ""))


@pytest.mark.parametrize(("content_type", "sent"), [("application/json", "{}"), ("", '{"amount":1}')])
def test_a_body_of_another_kind_is_named_only(content_type: str, sent: str) -> None:
    record = kept("/v1/topups", sent.encode(), content_type=content_type)
    assert record.parameters == {"body": "(JSON body, not recorded)"}


def test_what_an_account_says_in_the_right_place_is_kept() -> None:
    sent = "amount=100000000&created[gte]=1795000000&metadata[order 6735123]=123456789&description=Invoice 1234567"
    parameters = kept("/v1/topups", sent.encode()).parameters
    assert parameters == {
        "amount": "100000000",
        "created": {"gte": "1795000000"},
        "metadata": {"order 6735123": "123456789"},
        "description": "Invoice 1234567",
    }
