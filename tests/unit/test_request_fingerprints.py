"""Which requests are the same under an idempotency key, and whose digest needs a secret."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.idempotency import MAX_KEY_LENGTH, IdempotencyMismatchError, KeptReply, KeyClaim, fingerprint
from brim.core.idempotency.rules import KEPT_MS, check_same_request

_TREES = st.recursive(
    st.text(max_size=5), lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6
)
_PARAMETERS = st.dictionaries(st.text(max_size=5), _TREES, max_size=4)
_PUBLIC = {"amount": "1000", "currency": "usd", "company": "Acme"}
_PATHS_OF_PEOPLE = ("/v1/accounts", "/v1/accounts/acct_1", "/v1/tokens")


def _reversed(tree: Any) -> Any:
    return {key: _reversed(tree[key]) for key in reversed(tree)} if isinstance(tree, dict) else tree


@given(_PARAMETERS)
def test_the_order_of_parameters_does_not_count_at_any_depth(parameters: dict[str, Any]) -> None:
    assert fingerprint("POST", "/v1/topups", parameters) == fingerprint("POST", "/v1/topups", _reversed(parameters))


@given(_PARAMETERS, _PARAMETERS)
def test_other_parameters_are_another_request(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (fingerprint("POST", "/", one) == fingerprint("POST", "/", other)) is (one == other)


def test_method_and_path_count() -> None:
    digests = {
        fingerprint(method, path, _PUBLIC)
        for method in ("POST", "DELETE")
        for path in ("/v1/topups", "/v1/topups/tu_1")
    }
    assert len(digests) == 4


def test_a_digest_has_16_bytes_which_the_database_keeps_for_each_key() -> None:
    assert len(fingerprint("POST", "/v1/topups", _PUBLIC)) == 16


@pytest.mark.parametrize("path", ["/v1/topups", "/v2/accounts", *_PATHS_OF_PEOPLE])
def test_a_request_that_says_nothing_private_has_one_digest_on_every_server(path: str) -> None:
    parameters = {"amount": "1000", "email": "a@example.com"}
    assert fingerprint("POST", path, parameters, secret=b"one") == fingerprint("POST", path, parameters, secret=b"two")


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/v1/topups", {"source": {"account_number": "000123456789"}}),
        *((path, {group: {"x": "y"}}) for path in _PATHS_OF_PEOPLE for group in ("company", "individual", "person")),
        *((path, {group: {"x": "y"}}) for path in _PATHS_OF_PEOPLE for group in ("pii", "tos_acceptance")),
    ],
)
def test_a_request_whose_contents_could_be_guessed_is_digested_under_the_secret(
    path: str, parameters: dict[str, Any]
) -> None:
    digests = {fingerprint("POST", path, parameters, secret=secret) for secret in (b"", b"one", b"two")}
    assert len(digests) == 3


def test_a_digest_is_that_of_the_request_as_sorted_json() -> None:
    """It may not change: servers of two versions run beside each other, and keys outlive an upgrade."""
    plain = hashlib.blake2b(b'["POST","/v1/topups",{"amount":"1","b":{"a":"2"}}]', digest_size=16).digest()
    assert fingerprint("POST", "/v1/topups", {"b": {"a": "2"}, "amount": "1"}, secret=b"one") == plain
    private = b'["POST","/v1/tokens",{"pii":{"id_number":"1"}}]'
    for secret in (b"", b"one"):
        digest = hashlib.blake2b(private, digest_size=16, key=secret).digest()
        assert fingerprint("POST", "/v1/tokens", {"pii": {"id_number": "1"}}, secret=secret) == digest
    digest = hashlib.blake2b(private, digest_size=16).digest()
    assert fingerprint("POST", "/v1/tokens", {"pii": {"id_number": "1"}}) == digest


def test_words_that_would_be_private_in_an_account_need_no_secret_elsewhere() -> None:
    assert fingerprint("POST", "/v1/topups", _PUBLIC, secret=b"one") == fingerprint("POST", "/v1/topups", _PUBLIC)


def test_a_kept_reply_is_for_the_same_request_only() -> None:
    kept = KeptReply(fingerprint=b"same", request_id="req_1", status=200, body=b"{}")
    check_same_request(KeyClaim("k", b"same"), kept)
    with pytest.raises(IdempotencyMismatchError, match="other than 'k'"):
        check_same_request(KeyClaim("k", b"other"), kept)


def test_keys_have_up_to_255_characters_and_are_kept_for_a_day() -> None:
    """As Stripe documents both."""
    assert (MAX_KEY_LENGTH, KEPT_MS) == (255, 86_400_000)
