"""Whatever bytes a client sends, however they are cut, the server does what the protocol says, and forgets them.

CI runs a few hundred examples of each property, and fewer where the machine is slow; `make fuzz` runs for as long as
FUZZ_SECONDS says. Hypothesis prints how to repeat what failed.
"""

import os
import re
import time
from collections.abc import Callable

import httptools
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.wired import Wired, send_all
from tests.support.flooding import frame

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
MOST_S = max(SECONDS, 12.0)
"""However slow the machine: the properties here take no more than a minute together unless more is asked for."""

EXAMPLES = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)

TOKENS = st.text("abcXYZ019-_", min_size=1, max_size=8)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20)
TEXTS = st.text(max_size=300) | st.integers(500, 5_000).map("long".ljust)
UPGRADES = st.sampled_from(
    ["", "", "Connection: Upgrade\r\nUpgrade: h2c\r\n", "Upgrade: websocket\r\nConnection: keep-alive, upgrade\r\n"]
)
BODIES = st.binary(max_size=300) | st.sampled_from([b"", b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n", b"0\r\n\r\n"])
HOSTILE = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b"\0", b"\r\n\r\n", b":", b" ", b"\t", b"Content-Length: 3\r\n", b"Host: y\r\n",
        b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: identity\r\n", b"Connection: close\r\n", b"-1", b"\xff",
        b"Upgrade: websocket\r\n", b"Upgrade: h2c\r\nConnection: Upgrade\r\n", b"Expect: 100-continue\r\n", b"HTTP/1.0",
        b"CONNECT x:1 HTTP/1.1\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"0\r\nA: b\r\n\r\n", b"ffffffffffffffff\r\n",
    ]
)  # fmt: skip
HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: echo\r\n\r\n"
)


class Patience:
    """Leaves out the examples of a property once its time is up.

    None is left out once one has failed, so that Hypothesis finds the smallest that fails.
    """

    def __init__(self) -> None:
        self._ends = time.monotonic() + MOST_S

    def allows(self, example: Callable[[], None]) -> None:
        """Try an example, unless the time is up."""
        if time.monotonic() > self._ends:
            return
        try:
            example()
        except BaseException:
            self._ends = float("inf")
            raise


def again_and_again(check: Callable[[], None]) -> None:
    """Check a property once, or anew for as long as FUZZ_SECONDS says."""
    ends = time.monotonic() + SECONDS
    check()
    while time.monotonic() < ends:
        check()


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, bytes, bytes]:
    """Return method, path, body and bytes of a request that is one."""
    method = draw(st.sampled_from(["GET", "POST", "DELETE", "PUT"]))
    path = "/" + draw(TOKENS)
    body = draw(BODIES)
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nEcho: {draw(VALUES)}\r\n{draw(UPGRADES)}"
    if draw(st.booleans()):
        cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=4)))
        chunks = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True) if a < b]
        framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        return method, path, body, f"{head}Transfer-Encoding: chunked\r\n\r\n".encode("latin-1") + framed
    return method, path, body, f"{head}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body


@st.composite
def cut(draw: st.DrawFn, whole: bytes) -> list[bytes]:
    """Return the bytes in pieces."""
    places = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    return [piece for a, b in zip([0, *places], [*places, len(whole)], strict=True) if (piece := whole[a:b])]


@st.composite
def mutated(draw: st.DrawFn, whole: bytes) -> bytes:
    """Return bytes with a few changes of the kind that attacks are made of."""
    for _ in range(draw(st.integers(0, 4))):
        place, length = draw(st.integers(0, len(whole))), draw(st.integers(0, 12))
        patch = draw(HOSTILE | st.binary(max_size=8) | st.just(whole[place : place + 20]))
        whole = whole[:place] + patch + whole[place + length :]
    return whole


class Answers:
    """What a client reads of the server's answers; what is none fails."""

    def __init__(self, data: bytes) -> None:
        self.names: list[list[bytes]] = []
        self.statuses: list[int] = []
        self._parser = httptools.HttpResponseParser(self)
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.names.append([])

    def on_header(self, name: bytes, _value: bytes) -> None:
        self.names[-1].append(name.lower())

    def on_headers_complete(self) -> None:
        self.statuses.append(self._parser.get_status_code())


KNOWN_HEADERS = {b"content-type", b"content-length", b"date", b"echo", b"path", b"connection", b"retry-after",
                 b"stripe-should-retry", b"transfer-encoding"}  # fmt: skip
KNOWN_STATUSES = {100, 200, 400, 413, 414, 431, 503}


def check_answers(wired: Wired) -> None:
    written = bytes(wired.written)
    if re.search(rb"HTTP/1\.1 (101|426) ", written):  # what follows is another property's
        return
    answers = Answers(written)
    assert set(answers.statuses) <= KNOWN_STATUSES
    for names in answers.names:
        assert set(names) <= KNOWN_HEADERS


@st.composite
def sent_requests(draw: st.DrawFn) -> tuple[list[tuple[str, str, bytes, bytes]], list[bytes]]:
    """Return requests and their bytes in pieces."""
    sent = draw(st.lists(requests(), min_size=1, max_size=4))
    return sent, draw(cut(b"".join(each[3] for each in sent)))


def test_requests_arrive_as_they_were_sent_however_they_are_cut() -> None:
    patience = Patience()

    @EXAMPLES
    @given(sent_requests())
    def check(drawn: tuple[list[tuple[str, str, bytes, bytes]], list[bytes]]) -> None:
        patience.allows(lambda: assert_arrives(*drawn))

    again_and_again(check)


def assert_arrives(sent: list[tuple[str, str, bytes, bytes]], pieces: list[bytes]) -> None:
    wired = send_all(pieces)
    assert [(request.method, request.path, request.body) for request in wired.app.requests] == [s[:3] for s in sent]
    assert wired.written.count(b"HTTP/1.1 200 OK\r\n") >= len(sent)


@st.composite
def no_requests(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """Return bytes that hardly are requests, whole and in pieces."""
    sent = b"".join(each[3] for each in draw(st.lists(requests(), max_size=3)))
    sent = draw(mutated(draw(st.sampled_from([sent, sent, HANDSHAKE + sent, b""]))))
    return sent, draw(cut(sent))


def test_bytes_that_are_no_requests_harm_nobody() -> None:
    patience = Patience()

    @EXAMPLES
    @given(no_requests())
    def check(drawn: tuple[bytes, list[bytes]]) -> None:
        patience.allows(lambda: assert_harmless(*drawn))

    again_and_again(check)


def assert_harmless(sent: bytes, pieces: list[bytes]) -> None:
    seen = []
    for wired in (send_all([sent]), send_all(pieces)):
        check_answers(wired)
        seen.append([(r.method, r.path, r.query, r.body, r.headers) for r in wired.app.requests])
    # Whoever sends all at once gets no answer to what came before an error, if it had to wait: fewer, never others.
    at_once, in_pieces = seen
    assert in_pieces[: len(at_once)] == at_once


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """Return a frame, perhaps one that no client may send."""
    opcode = draw(st.sampled_from([0, 1, 1, 1, 2, 8, 9, 10, 3]))
    data = draw(st.binary(max_size=200) | st.text(max_size=20).map(str.encode))
    if draw(st.integers(0, 9)) == 0:
        return frame(opcode, data, length=draw(st.sampled_from([125, 65_535, 262_145, 2**40, 2**63])))
    return frame(opcode, data, fin=draw(st.booleans()))


@st.composite
def sent_messages(draw: st.DrawFn) -> tuple[list[str], list[bytes]]:
    """Return messages, and the bytes of a websocket that carries them, with pings between, in pieces."""
    texts, sent = draw(st.lists(TEXTS, min_size=1, max_size=6)), HANDSHAKE
    for text in texts:
        parts = draw(cut(text.encode())) or [b""]
        for index, part in enumerate(parts):
            sent += frame(0 if index else 1, part, fin=index == len(parts) - 1)
            sent += frame(9, b"ping") * draw(st.integers(0, 2))
    return texts, draw(cut(sent))


def test_messages_arrive_as_they_were_sent_however_they_are_cut() -> None:
    patience = Patience()

    def try_one(texts: list[str], pieces: list[bytes]) -> None:
        assert send_all(pieces).app.messages == texts

    @EXAMPLES
    @given(sent_messages())
    def check(drawn: tuple[list[str], list[bytes]]) -> None:
        patience.allows(lambda: try_one(*drawn))

    again_and_again(check)


@st.composite
def no_messages(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """Return the bytes of a websocket that hardly carries messages, whole and in pieces."""
    sent = HANDSHAKE + draw(mutated(b"".join(draw(st.lists(frames(), max_size=20)))))
    return sent, draw(cut(sent))


def test_frames_that_no_client_may_send_harm_nobody() -> None:
    patience = Patience()

    def try_one(sent: bytes, pieces: list[bytes]) -> None:
        at_once, in_pieces = send_all([sent]), send_all(pieces)
        for wired in (at_once, in_pieces):
            assert wired.written.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
        assert at_once.app.messages == in_pieces.app.messages

    @EXAMPLES
    @given(no_messages())
    def check(drawn: tuple[bytes, list[bytes]]) -> None:
        patience.allows(lambda: try_one(*drawn))

    again_and_again(check)
