"""The form decoder against the official SDK's encoder, against urllib, and against hostile input."""

import time
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from brim.base.errors import BrimError
from brim.http.form import (
    MAX_DEPTH,
    MAX_NAME_LENGTH,
    MAX_PARAMETERS,
    BodyKind,
    Value,
    body_kind,
    decode_form,
    decode_pairs,
    encode_form,
    encode_pair,
    encode_pairs,
)
from brim.http.parameter_errors import (
    ConflictingParameterError,
    MalformedEncodingError,
    NullCharacterError,
    ParameterNameTooLongError,
    ParameterTooDeepError,
    TooManyParametersError,
)

_CHARACTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
_VALUES = st.text(_CHARACTERS, max_size=20)
_NAMES = st.text(_CHARACTERS.filter(lambda character: character not in "[]"), min_size=1, max_size=12)
_TREES = st.dictionaries(
    _NAMES,
    st.recursive(
        _VALUES,
        lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(_NAMES, inner, min_size=1, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)


def _depth(tree: Any) -> int:
    if isinstance(tree, dict):
        return 1 + max(map(_depth, tree.values()), default=0)
    if isinstance(tree, list):
        return 1 + max(map(_depth, tree), default=0)
    return 0


def _with_indexes(tree: Any) -> Any:
    """Return a tree as the SDK sends it: an array is an object whose keys are the indexes."""
    if isinstance(tree, dict):
        return {key: _with_indexes(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return {str(index): _with_indexes(value) for index, value in enumerate(tree)}
    return tree


@given(_TREES.filter(lambda tree: _depth(tree) <= MAX_DEPTH), st.booleans())
def test_what_the_official_sdk_encodes_is_decoded(tree: dict[str, Any], brackets_as_sent: bool) -> None:
    body = urlencode(list(_api_encode(tree)))
    if brackets_as_sent:
        body = body.replace("%5B", "[").replace("%5D", "]")
    assert decode_form(body.encode()) == _with_indexes(tree)


@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=20))
def test_flat_forms_decode_as_urllib_decodes_them(pairs: list[tuple[str, str]]) -> None:
    body = urlencode(pairs)
    assert decode_form(body.encode()) == dict(parse_qsl(body, keep_blank_values=True, separator="&"))


@given(_VALUES)
def test_a_value_survives_whether_escaped_or_raw(value: str) -> None:
    raw = value.replace("%", "%25").replace("+", "%2B").replace("&", "%26")
    assert decode_form(b"a=" + raw.encode()) == {"a": value}
    assert decode_form(b"a=" + quote_plus(value, safe="\\<>\"'").encode()) == {"a": value}


@given(st.binary(max_size=60) | st.text("ab[]=&%+0\\x", max_size=40).map(str.encode))
def test_any_bytes_are_refused_with_a_sentence_or_mean_the_same_when_sent_again(data: bytes) -> None:
    try:
        form = decode_form(data)
    except BrimError:
        return
    assert decode_form(urlencode(list(_api_encode(form))).encode()) == _with_indexes(form)


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"", {}),
        (b"amount=2000&currency=usd", {"amount": "2000", "currency": "usd"}),
        (b"metadata[order_id]=6735", {"metadata": {"order_id": "6735"}}),
        (b"metadata%5Border_id%5D=6735", {"metadata": {"order_id": "6735"}}),
        (b"created[gte]=1&created[lt]=9", {"created": {"gte": "1", "lt": "9"}}),
        (b"o[us_bank_account][network]=ach", {"o": {"us_bank_account": {"network": "ach"}}}),
        (b"expand[]=a&expand[]=b", {"expand": ["a", "b"]}),
        (b"expand[0]=a&expand[1]=b", {"expand": {"0": "a", "1": "b"}}),
        (b"a[b][]=x&a[b][]=y", {"a": {"b": ["x", "y"]}}),
        (b"description=Top-up+for%20May%2B1", {"description": "Top-up for May+1"}),
        (b"description=Caf%C3%A9+%F0%9F%92%B8", {"description": "Café 💸"}),
        ("description=Café".encode(), {"description": "Café"}),
        (b"description=", {"description": ""}),
        (b"description", {"description": ""}),
        (b"a=b=c", {"a": "b=c"}),
        (b"&a=1&&b=2&", {"a": "1", "b": "2"}),
        (b"a=1&a=2", {"a": "2"}),
        (b"m[k]=1&m[k]=2", {"m": {"k": "2"}}),
        (b"path=C%3A%5Cx41", {"path": "C:\\x41"}),
        (rb"path=C:\x41%20\n", {"path": r"C:\x41 \n"}),
    ],
)
def test_every_form_that_clients_send_is_read(body: bytes, form: dict[str, Value]) -> None:
    assert decode_form(body) == form


@pytest.mark.parametrize("name", ["a[b", "a]b", "a[b]c", "[a]", "[]", "a[b[c]]", "a[b[c]", "a[b]]", "a[][b]", "a[[b]]"])
def test_a_name_whose_brackets_do_not_pair_stands_for_itself(name: str) -> None:
    assert decode_form(f"{name}=1".encode()) == {name: "1"}


@pytest.mark.parametrize("value", ["%", "%4", "%zz", "100%", "%+1", "% 1", "%\\", "%C3", "%ff", "%ED%A0%80", "%c0%80"])
def test_a_broken_escape_is_refused(value: str) -> None:
    with pytest.raises(MalformedEncodingError) as caught:
        decode_form(f"description={value}".encode())
    assert caught.value.message.endswith(value)


def test_bytes_that_are_not_utf_8_are_refused_with_their_surroundings() -> None:
    with pytest.raises(MalformedEncodingError) as caught:
        decode_form(b"description=caf\xe9")
    assert "description=caf" in caught.value.message


@pytest.mark.parametrize("body", [b"a=\0", b"a=%00", b"a%00=1", b"\0"])
def test_a_null_character_is_refused_wherever_it_stands(body: bytes) -> None:
    with pytest.raises(NullCharacterError):
        decode_form(body)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"a=1&a[b]=2", "a"),
        (b"a[b]=2&a=1", "a"),
        (b"a[]=1&a=2", "a"),
        (b"a=1&a[]=2", "a"),
        (b"a[]=1&a[b]=2", "a"),
        (b"a[b]=1&a[]=2", "a"),
        (b"a[b]=1&a[b][c]=2", "a[b]"),
        (b"a[b][c]=1&a[b]=2", "a[b]"),
        (b"a=1&a[b][c]=2", "a"),
        (b"a[b][c]=1&a[b][c][d]=2", "a[b][c]"),
    ],
)
def test_one_name_in_two_shapes_is_refused(body: bytes, param: str) -> None:
    with pytest.raises(ConflictingParameterError) as caught:
        decode_form(body)
    assert caught.value.param == param


def test_the_bounds_themselves_are_allowed() -> None:
    assert len(decode_form(b"&".join(b"a%d=1" % number for number in range(MAX_PARAMETERS)))) == MAX_PARAMETERS
    assert decode_form(b"a" * MAX_NAME_LENGTH + b"=1") == {"a" * MAX_NAME_LENGTH: "1"}
    assert decode_form(b"a" + b"[a]" * (MAX_DEPTH - 1) + b"=1")["a"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"&".join(b"a%d=1" % number for number in range(MAX_PARAMETERS + 1)), TooManyParametersError),
        (b"&" * 1_000_000, TooManyParametersError),
        (b"a" * (MAX_NAME_LENGTH + 1) + b"=1", ParameterNameTooLongError),
        (b"a" + b"[b]" * 10_000 + b"=1", ParameterNameTooLongError),
        (b"a" + b"[b]" * MAX_DEPTH + b"=1", ParameterTooDeepError),
        (b"%" * 1_000_000, ParameterNameTooLongError),
        (b"a=" + b"%" * 1_000_000, MalformedEncodingError),
        (b"a=" + b"%41" * 350_000 + b"%4", MalformedEncodingError),
    ],
)
def test_a_hostile_form_is_refused_shortly_and_soon(body: bytes, error: type[BrimError]) -> None:
    started = time.process_time()
    with pytest.raises(error) as caught:
        decode_form(body)
    assert time.process_time() - started < 0.5
    assert len(caught.value.message) < 500


def test_a_large_form_is_read_in_time_linear_in_its_size() -> None:
    started = time.process_time()
    assert decode_form(b"a=" + b"%41" * 350_000) == {"a": "A" * 350_000}
    assert decode_form(b"a=" + b"+" * 1_000_000) == {"a": " " * 1_000_000}
    assert len(decode_form(b"&".join(b"m[%d]=%s" % (number, b"x" * 1000) for number in range(1000)))["m"]) == 1000
    assert time.process_time() - started < 1.0


@given(st.binary(max_size=60) | st.text("a=&%+ä4;[]", max_size=40).map(str.encode))
def test_pages_read_whatever_is_sent_as_urllib_does(body: bytes) -> None:
    assert decode_pairs(body) == parse_qsl(body.decode("latin-1"), keep_blank_values=True)


def test_pages_and_the_api_take_as_many_parameters() -> None:
    most = b"&".join([b"a=1"] * MAX_PARAMETERS)
    assert len(decode_pairs(most)) == MAX_PARAMETERS
    with pytest.raises(TooManyParametersError):
        decode_pairs(most + b"&a=1")


@given(st.lists(st.tuples(_VALUES, _VALUES)))
def test_pairs_are_read_back_as_they_were_written(pairs: list[tuple[str, str]]) -> None:
    assert decode_pairs(encode_pairs(pairs).encode()) == pairs


@given(
    st.dictionaries(
        _NAMES, _VALUES | st.lists(_VALUES, min_size=1) | st.dictionaries(_NAMES, _VALUES, min_size=1), max_size=5
    )
)
def test_what_pages_send_the_api_reads(fields: dict[str, Any]) -> None:
    assert decode_form(encode_form(fields)) == fields


@pytest.mark.parametrize(
    ("content_type", "body", "kind"),
    [
        (b"application/x-www-form-urlencoded", b"amount=1", BodyKind.FORM),
        (b"", b"amount=1", BodyKind.FORM),
        (b"", b"", BodyKind.FORM),
        (b"text/plain", b"amount=1", BodyKind.FORM),
        (b"application/jsonp", b"amount=1", BodyKind.FORM),
        (b"application/json", b"amount=1", BodyKind.JSON),
        (b"Application/JSON ; charset=utf-8", b"", BodyKind.JSON),
        (b"application/vnd.api+json", b"", BodyKind.JSON),
        (b"application/x-www-form-urlencoded", b'{"amount": 1}', BodyKind.JSON),
        (b"", b" \n[1]", BodyKind.JSON),
        (b"", b'"text"', BodyKind.JSON),
        (b"multipart/form-data; boundary=json", b"--", BodyKind.OTHER),
        (b"text/xml", b"<a/>", BodyKind.OTHER),
        (b"application/xml", b"<a/>", BodyKind.OTHER),
        (b"multipart/form-data", b"{}", BodyKind.JSON),
    ],
)
def test_a_body_is_what_is_said_of_it_unless_it_begins_as_json(
    content_type: bytes, body: bytes, kind: BodyKind
) -> None:
    assert body_kind(content_type, body) is kind


def test_the_kinds_of_bodies_are_named_as_messages_name_them() -> None:
    assert {kind.name: kind.value for kind in BodyKind} == {"FORM": "form", "JSON": "JSON", "OTHER": "other"}


def test_the_bounds_are_those_that_clients_rely_on() -> None:
    assert (MAX_PARAMETERS, MAX_DEPTH, MAX_NAME_LENGTH) == (1000, 8, 1000)


@pytest.mark.parametrize("length", [63, 64, 65, 66, 400])
def test_a_name_means_the_same_whether_it_is_short_enough_to_be_kept(length: int) -> None:
    name = "m[" + "k" * (length - 3) + "]"
    for _ in range(2):
        assert decode_form(f"{name}=1".encode()) == {"m": {"k" * (length - 3): "1"}}


def test_what_cannot_be_read_is_told_with_twenty_bytes_on_either_side() -> None:
    with pytest.raises(MalformedEncodingError) as caught:
        decode_form(b"x" + b"b" * 20 + b"\xff" + b"a" * 19 + b"y")
    assert caught.value.message.endswith(": " + "b" * 20 + "\ufffd" + "a" * 19)
    with pytest.raises(MalformedEncodingError) as caught:
        decode_form(b"ab\xff")
    assert "ab\ufffd" in caught.value.message


@pytest.mark.parametrize(
    ("fields", "form"),
    [
        ({"a": 5, "b": True, "c": False, "d": None, "e": ""}, b"a=5&b=true&c=false&e="),
        ({"a": {"b": [1, "x"], "c": None}}, b"a[b][]=1&a[b][]=x"),
        ({"a&b": "1 2"}, b"a%26b=1+2"),
        ({"a": "[x]/"}, b"a=%5Bx%5D%2F"),
    ],
)
def test_parameters_are_written_with_brackets_and_escaped_values(fields: dict[str, Any], form: bytes) -> None:
    assert encode_form(fields) == form


def test_characters_named_as_safe_are_written_as_they_are() -> None:
    assert encode_pairs([("a[/]", "x/[y]")], safe="/") == "a[/]=x/%5By%5D"


@given(_NAMES, st.binary(max_size=20))
def test_one_pair_carries_any_bytes(name: str, value: bytes) -> None:
    written = encode_pair(name + "[k]", value)
    assert written.isascii()
    assert parse_qsl(written.decode(), keep_blank_values=True, encoding="latin-1")[0][1].encode("latin-1") == value
    assert b"[k]=" in written
