"""JSON bodies: read into what forms are read into, within the same bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.api.framework.v2_kinds import TimestampRange
from brim.base.errors import BrimError
from brim.base.paging import Range
from brim.http.form import MAX_DEPTH, MAX_PARAMETERS, decode_form
from brim.http.json_body import decode_json
from brim.http.parameter_errors import (
    InvalidTimestampError,
    MalformedJsonError,
    NullCharacterError,
    ParameterTooDeepError,
    TooManyParametersError,
)


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"", b""),
        (b" \n", b""),
        (b"{}", b""),
        (b'{"a":"x","b":{"c":"y"}}', b"a=x&b[c]=y"),
        (b'{"a":["x","y"]}', b"a[]=x&a[]=y"),
        (b'{"a":[{"b":"x"},{"b":"y"}]}', b"a[0][b]=x&a[1][b]=y"),
        (b'{"a":12,"b":true,"c":false,"d":null}', b"a=12&b=true&c=false&d="),
        ('{"ä":"☃"}'.encode(), "ä=☃".encode()),
    ],
)
def test_a_body_says_what_a_form_says(body: bytes, form: bytes) -> None:
    assert decode_json(body) == decode_form(form)


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def many(count: int) -> bytes:
    return b'{"a":[' + b",".join([b'"x"'] * count) + b"]}"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"[]", MalformedJsonError),
        (b'{"a":}', MalformedJsonError),
        (b'{"a":"\xff"}', MalformedJsonError),
        (b'{"a":' * 100_000, MalformedJsonError),
        (b'{"a":"\\u0000"}', NullCharacterError),
        (b'{"\\u0000":"a"}', NullCharacterError),
        (b'{"a":["\\u0000"]}', NullCharacterError),
        (nested(MAX_DEPTH + 1), ParameterTooDeepError),
        (many(MAX_PARAMETERS + 1), TooManyParametersError),
        (b'{"a":[' + b",".join([b"[]"] * (MAX_PARAMETERS + 1)) + b"]}", TooManyParametersError),
    ],
)
def test_what_is_malformed_or_beyond_bounds_is_refused(body: bytes, error: type[BrimError]) -> None:
    with pytest.raises(error):
        decode_json(body)


def test_what_is_just_within_bounds_is_read() -> None:
    assert decode_json(nested(MAX_DEPTH))
    assert decode_json(many(MAX_PARAMETERS - 1))


SECOND = 1_795_324_462  # 2026-11-22T05:14:22Z


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"gte": "2026-11-22T05:14:22Z"}, Range(SECOND, None)),
        ({"gt": "2026-11-22T05:14:22Z"}, Range(SECOND + 1, None)),
        ({"gte": "2026-11-22T05:14:22.001Z"}, Range(SECOND + 1, None)),
        ({"gt": "2026-11-22T05:14:22.999Z"}, Range(SECOND + 1, None)),
        ({"lte": "2026-11-22T05:14:22.999Z"}, Range(None, SECOND)),
        ({"lt": "2026-11-22T05:14:22.999Z"}, Range(None, SECOND)),
        ({"lt": "2026-11-22T05:14:22.000Z"}, Range(None, SECOND - 1)),
        ({"gte": "2026-11-22T06:14:22+01:00", "lt": "2026-11-22t05:14:23z"}, Range(SECOND, SECOND)),
        ({"gt": str(SECOND), "lte": str(SECOND + 9)}, Range(SECOND + 1, SECOND + 9)),
        ({"gte": str(SECOND), "lt": "2026-11-22T05:14:23Z"}, Range(SECOND, SECOND)),
        ({}, Range(None, None)),
    ],
)
def test_a_range_of_times_is_the_seconds_inside_it(bounds: dict[str, str], expected: Range) -> None:
    assert TimestampRange().read({**bounds}, "created") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-11-22T05:14:22",
        "1795324462.5",
        "-1795324462",
        "179532446200",
        "١٧٩٥٣٢٤٤٦٢",
        "2026-13-01T00:00:00Z",
        "2026-11-22T25:00:00Z",
    ],
)
def test_what_is_no_time_in_full_is_refused(text: str) -> None:
    with pytest.raises(InvalidTimestampError):
        TimestampRange().read({"gt": text}, "created")


@given(st.datetimes(), st.sampled_from(["Z", "+14:00", "-23:59"]), st.sampled_from(["gt", "gte", "lt", "lte"]))
def test_every_time_that_a_calendar_has_is_read(moment: object, zone: str, bound: str) -> None:
    text = str(moment).replace(" ", "T") + zone
    assert TimestampRange().read({bound: text}, "created") != Range(None, None)
