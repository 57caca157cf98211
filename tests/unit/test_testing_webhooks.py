"""Signatures as the fixtures of pytest verify them, which shares no code with what signs; and how a catcher ends."""

import asyncio
import gc
import socket
import warnings
from collections.abc import Callable

import pytest
import uvloop

from brim.core.webhooks.rules import sign
from brim.testing.catcher import Caught, catching
from brim.testing.webhooks import TOLERANCE_S, BadSignatureError, check_signature

NOW = 1_782_921_600
BODY = b'{"id": "evt_1"}'
SECRET = "whsec_1"


def caught(signature: str, body: bytes = BODY) -> Caught:
    return Caught("/hooks", {"stripe-signature": signature}, body, NOW)


@pytest.mark.parametrize("secrets", [[SECRET], [SECRET, "whsec_old"], ["whsec_new", SECRET]])
def test_a_signature_by_the_secret_or_by_two_of_which_it_is_one_is_good(secrets: list[str]) -> None:
    check_signature(caught(sign(BODY, timestamp=NOW, secrets=secrets)), SECRET)


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        ("", "it has none"),
        ("t=soon,v1=abc", "it has none"),
        (f"t={NOW}", "another secret"),
        (f"t={NOW},v1=", "another secret"),
        (sign(BODY, timestamp=NOW, secrets=["whsec_other"]), "another secret"),
        (sign(BODY + b" ", timestamp=NOW, secrets=[SECRET]), "another secret"),
        (sign(BODY, timestamp=NOW, secrets=[SECRET]).replace("v1=", "v0="), "another secret"),
        (sign(BODY, timestamp=NOW - TOLERANCE_S - 1, secrets=[SECRET]), "it was made 301 s before it came"),
        (sign(BODY, timestamp=NOW + TOLERANCE_S + 1, secrets=[SECRET]), "it was made -301 s before it came"),
    ],
)
def test_any_other_signature_is_told(signature: str, reason: str) -> None:
    with pytest.raises(BadSignatureError, match=reason):
        check_signature(caught(signature), SECRET)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("turns", range(7))
def test_a_catcher_leaves_no_socket_open_however_far_a_connection_is(turns: int, run: Callable[..., None]) -> None:
    """A socket that is only found by the garbage collector fails whichever test runs then."""

    async def connect() -> None:
        async with catching() as catcher:
            for each in clients:
                each.connect(("127.0.0.1", catcher.port))
            for _ in range(turns):
                await asyncio.sleep(0)

    clients = [socket.socket() for _ in range(5)]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        run(connect())
        gc.collect()
    for each in clients:
        each.close()
    assert [str(each.message) for each in warned] == []
