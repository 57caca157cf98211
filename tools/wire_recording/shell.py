"""What the Shell of the pages says on its websocket, line by line."""

import json
from typing import Final

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from wire_recording.recording import Recording
from wire_recording.server import TEST_KEY

_PATIENCE_S: Final = 60.0
_LINES: Final = (
    "help", "stripe help", "stripe topups --help", "stripe topups list --limit 1 --status canceled",
    "stripe topups create --amount 1200 --currency usd --source btok_us_verified_pending", "stripe topups create",
    "stripe topups create --amount ten --currency usd", "stripe topups retrieve tu_none", "stripe nonsense", "nonsense",
    "stripe balance retrieve", "stripe get /v1/balance", "stripe post /v1/topups", "stripe trigger topup.canceled",
    "stripe version", "clear", "stripe topups list --limit", 'stripe topups list --status "open',
)  # fmt: skip


def record_shell(url: str, recording: Recording) -> None:
    """Record a conversation that begins with a wrong key."""
    address = f"ws{url.removeprefix('http')}/shell/socket"
    said: list[str] = []
    with connect(
        address, origin=Origin(url), subprotocols=[Subprotocol("brim-shell-v1")], open_timeout=_PATIENCE_S, proxy=None
    ) as socket:
        said.append(_hear(socket))
        for key in ("sk_test_unknownunknownunknown", TEST_KEY):
            socket.send(json.dumps({"type": "key", "key": key}))
            said.append(_hear(socket))
        for line in _LINES:
            recording.write("shell", "shell", line, recording.masks.page(_run(socket, line)))
        for line in ("stripe to", "stripe topups cr", "stripe topups create --am", "zzz"):
            socket.send(json.dumps({"type": "complete", "id": 1, "line": line, "cursor": len(line)}))
            said.append(f"{line}\n{_hear(socket)}")
        socket.send("nonsense")
    recording.write("shell", "shell", "conversation", recording.masks.page("\n".join(said)))


def _run(socket: ClientConnection, line: str) -> str:
    """Return what a line prints, joined, and the message that ends it."""
    socket.send(json.dumps({"type": "run", "line": line}))
    printed = ""
    while True:
        message = json.loads(_hear(socket))
        if message["type"] != "output":
            return f"{line}\n\n{printed}\n{json.dumps(message)}"
        printed += message["text"]


def _hear(socket: ClientConnection) -> str:
    return str(socket.recv(timeout=_PATIENCE_S))
