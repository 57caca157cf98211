"""Files in multipart/form-data: every byte as it was sent, and nothing that is malformed."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.http.multipart import MAX_PARTS, Part, decode_multipart, encode_multipart, file_bytes, text_of
from brim.http.parameter_errors import MalformedMultipartError

BOUNDARY = "b0undary"
TYPE = b"multipart/form-data; boundary=b0undary"
NAMES = st.text(st.characters(exclude_categories=["C"], exclude_characters="%"), min_size=1, max_size=20)


@given(
    fields=st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"])), max_size=4),
    name=NAMES,
    content=st.binary(max_size=500),
)
def test_fields_and_every_byte_of_a_file_arrive(fields: dict[str, str], name: str, content: bytes) -> None:
    parts = [*(Part(field, text, None) for field, text in fields.items()), Part("file", text_of(content), name)]
    content_type, body = encode_multipart(parts, boundary="q" * 40)
    read = decode_multipart(content_type, body)
    assert [(part.name, part.text) for part in read] == [(part.name, part.text) for part in parts]
    assert file_bytes(read[-1].text) == content
    assert read[-1].file_name is not None


@pytest.mark.parametrize("written", [b'a\\"b.ach', b"a%22b.ach"], ids=["curl", "browsers"])
def test_names_are_read_as_browsers_and_curl_write_them(written: bytes) -> None:
    body = (
        b'--b0undary\r\ncontent-disposition: form-data; name="file"; filename="' + written + b'"\r\n'
        b"Content-Type: text/plain\r\n\r\n101 \r\n\r\n--b0undar\xff\r\n--b0undary--\r\n"
    )
    [part] = decode_multipart(TYPE, body)
    assert (part.name, part.file_name) == ("file", 'a"b.ach')
    assert file_bytes(part.text) == b"101 \r\n\r\n--b0undar\xff"
    assert decode_multipart(b'multipart/form-data; boundary="b0undary"', body) == [part]


def _field(name: bytes) -> bytes:
    return b'--b0undary\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\nx\r\n'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (b"multipart/form-data", _field(b"a") + b"--b0undary--"),
        (TYPE, b""),
        (TYPE, _field(b"a")),
        (TYPE, b"before" + _field(b"a") + b"--b0undary--"),
        (TYPE, b"--b0undary\r\n\r\nx\r\n--b0undary--"),
        (TYPE, b"--b0undary\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b0undary--"),
        (TYPE, b'--b0undary\r\nX: y\r\n\r\nContent-Disposition: form-data; name="a"\r\n--b0undary--'),
        (TYPE, _field(b"a") * (MAX_PARTS + 1) + b"--b0undary--"),
        (TYPE, _field(b"a" * 3000) + b"--b0undary--"),
    ],
)
def test_what_is_malformed_is_refused(content_type: bytes, body: bytes) -> None:
    with pytest.raises(MalformedMultipartError):
        decode_multipart(content_type, body)


@given(st.binary(max_size=300), st.sampled_from([TYPE, b"multipart/form-data; boundary=a", b"multipart/form-data"]))
def test_any_bytes_are_read_or_refused(body: bytes, content_type: bytes) -> None:
    with suppress(MalformedMultipartError):
        decode_multipart(content_type, body)
