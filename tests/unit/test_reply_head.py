"""No reply has a header that its handler did not name, whatever the header's text is made of."""

from urllib.parse import quote

import msgspec
import pytest

from tests.support.echo_server import echoing, request, status_of

ILLEGAL = [
    "Location: /x\r\nSet-Cookie: a=b",
    "Location: /x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "Location: /x\nSet-Cookie: a=b",
    "Location: /x\rSet-Cookie: a=b",
    "Location: /x\0",
    "Location: /x\x0b",
    "Location: /x\x1f",
    "Location: /x\x7f",
    "Loc\r\nSet-Cookie: a=b",
    "",
]


@pytest.mark.parametrize("path", ["/header", "/header-of-a-stream"])
@pytest.mark.parametrize("header", ILLEGAL)
async def test_an_illegal_header_becomes_an_answer_that_holds_nothing_of_it(path: str, header: str) -> None:
    async with echoing() as serving:
        serving.app.may_go_on.set()
        answer = await serving.send(request(f"{path}?{quote(header)}"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status_of(answer) == 500
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
    assert names == [b"content-type", b"content-length", b"date", b"connection"]
    assert f"Content-Length: {len(body)}\r\n".encode() in answer
    assert msgspec.json.decode(body)["error"]["type"] == "api_error"


@pytest.mark.parametrize("header", ["X-Name: caf\xe9\xa0", "X-Name: a\tb", "X-Name:"])
async def test_what_is_legal_goes_out_as_it_is(header: str) -> None:
    async with echoing() as serving:
        answer = await serving.send(request(f"/header?{quote(header, encoding='latin-1')}"))
    assert status_of(answer) == 200
    assert b"\r\n" + header.encode("latin-1") + b"\r\n" in answer


async def test_a_connection_goes_on_after_an_illegal_header() -> None:
    async with echoing() as serving:
        answer = await serving.send(request(f"/header?{quote(ILLEGAL[0])}", extra="") + request("/next"))
    assert answer.endswith(b"GET /next 0")
