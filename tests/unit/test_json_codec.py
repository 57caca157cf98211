"""The bytes that hashes are made from, and the forms of JSON that clients and columns get."""

import msgspec
import pytest

from brim.base import json_codec


class _Point(msgspec.Struct):
    y: int
    x: str | None = None


VALUE = {"b": [1, True, None], "a": {"d": "\u00e4/\u2028<", "c": 0.5}}


def test_the_compact_form_keeps_the_order_and_escapes_no_more_than_it_must() -> None:
    compact = '{"b":[1,true,null],"a":{"d":"\u00e4/\u2028<","c":0.5}}'
    assert json_codec.encode(VALUE) == compact.encode()
    assert json_codec.encode_text(VALUE) == compact
    assert json_codec.encode(("acct_1", False, _Point(2))) == b'["acct_1",false,{"y":2,"x":null}]'


def test_the_sorted_form_is_the_same_for_equal_values() -> None:
    assert json_codec.encode_sorted(VALUE) == '{"a":{"c":0.5,"d":"\u00e4/\u2028<"},"b":[1,true,null]}'.encode()
    assert json_codec.encode_sorted(dict(reversed(VALUE.items()))) == json_codec.encode_sorted(VALUE)


def test_the_indented_form_ends_in_a_newline() -> None:
    assert json_codec.pretty(b'{"a":[1,{}],"b":[]}') == b'{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}\n'


def test_a_decoder_reads_its_type_and_nothing_else() -> None:
    read = json_codec.decoder(dict[str, str])
    assert read('{"a":"1"}') == {"a": "1"}
    with pytest.raises(msgspec.ValidationError):
        read(b'{"a":1}')
