"""What is kept of a request: the same shape, valid, and nothing secret at any depth."""

import json
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.api.framework.recording import Answered, make_record
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.request_logs.rules import RequestRecord
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
        AccountScope("acct_x", livemode=False), "req_x", "v", request, reply or Reply(200, b"{}"), 0.1, 1
    )
    return make_record(IdFactory(), answered)


def _is_storable(record: RequestRecord) -> None:
    written = msgspec.json.encode(record).decode()
    assert "\\u0000" not in written.replace("\\\\", "")
    for secret in ("abcdefghijklmnop", "hunter2"):
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
