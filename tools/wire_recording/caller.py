"""Calls operations with a key, records what is answered, and waits for what comes later."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from wire_recording.recording import Recording
from wire_recording.wire import Form, Reply, Wire, encode

Result = TypeVar("Result")

_WITHIN_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.02


class NeverHappenedError(RuntimeError):
    """What was waited for did not come."""


class Call(NamedTuple):
    """One request to an operation: its path with ids in it, and what it was sent."""

    method: str
    path: str
    form: Form | None = None
    data: Mapping[str, object] | None = None


class Operations:
    """The operations of a server's own document, and what they have answered so far.

    Attributes:
        document: `/openapi.json`.
        statuses: all statuses of each operation, such as `GET /v1/topups`.
        examples: the last call of each that succeeded.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        paths = document["paths"]
        self.statuses: dict[str, list[int]] = {f"{m.upper()} {path}": [] for path in paths for m in paths[path]}
        self.examples: dict[str, Call] = {}

    def note(self, call: Call, status: int) -> None:
        """Keep what a call was answered."""
        name = self.name_of(call.method, call.path)
        if name is None:
            return
        self.statuses[name].append(status)
        if 200 <= status < 300:
            self.examples[name] = call

    def name_of(self, method: str, path: str) -> str | None:
        """Return the operation that a path is of; a path with fewer placeholders counts first."""
        segments = path.split("?", maxsplit=1)[0].split("/")
        fitting = [name for name in self.statuses if _fits(name, method, segments)]
        return min(fitting, key=lambda name: name.count("{"), default=None)

    def described(self, name: str) -> Mapping[str, Any]:
        """Return what the document says of an operation."""
        method, _, path = name.partition(" ")
        operation = self.document["paths"][path][method.lower()]
        return {**operation, "parameters": [self._resolved(each) for each in operation.get("parameters", [])]}

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a part of the document that another may refer to."""
        if "$ref" not in schema:
            return schema
        found: Mapping[str, Any] = self.document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found

    @property
    def unanswered(self) -> list[str]:
        """The operations that never succeeded."""
        return [name for name, statuses in self.statuses.items() if not any(200 <= each < 300 for each in statuses)]


class Caller:
    """Speaks for one account in one mode.

    Attributes:
        key: its secret key.
    """

    def __init__(self, wire: Wire, recording: Recording, operations: Operations, key: str) -> None:
        self.key = key
        self.wire = wire
        self.recording = recording
        self.operations = operations

    def with_key(self, key: str) -> "Caller":
        """Return one that speaks with another key."""
        return Caller(self.wire, self.recording, self.operations, key)

    def get(self, group: str, name: str, path: str, **headers: str) -> Reply:
        """Record a GET; `path` has the query."""
        return self.call(group, name, Call("GET", path), headers=headers)

    def post(self, group: str, name: str, path: str, form: Form | None = None, **headers: str) -> Reply:
        """Record a POST of a form."""
        return self.call(group, name, Call("POST", path, form or {}), headers=headers)

    def delete(self, group: str, name: str, path: str) -> Reply:
        """Record a DELETE."""
        return self.call(group, name, Call("DELETE", path))

    def post_json(self, group: str, name: str, path: str, data: Mapping[str, object] | None = None) -> Reply:
        """Record a POST of JSON."""
        return self.call(group, name, Call("POST", path, data=data or {}))

    def make(self, group: str, name: str, path: str, form: Form | None = None) -> str:
        """Record a POST three times under one key, the third with another parameter, and return the object's id."""
        key = {"Idempotency-Key": f"{group} {name}"}
        call = Call("POST", path, form or {})
        reply = self.call(group, name, call, headers=key)
        self.call(group, f"{name} again", call, headers=key)
        self.call(group, f"{name} with others", Call("POST", path, {**dict(form or {}), "other": "1"}), headers=key)
        return str(reply.json["id"])

    def call(
        self, group: str, name: str, call: Call, *, headers: Mapping[str, str] | None = None, kind: str = "replies"
    ) -> Reply:
        """Record one call; underscores in the names of headers are hyphens."""
        sent = {each.replace("_", "-"): value for each, value in (headers or {}).items()}
        reply, body = self._send(call, sent)
        asked = "\n".join([f"{call.method} {call.path}", *(f"{each}: {sent[each]}" for each in sent)])
        self.recording.reply(kind, group, name, f"{asked}\n{body}".rstrip(), reply)
        self.operations.note(call, reply.status)
        return reply

    def read(self, path: str) -> Any:
        """Return what a GET answers, unrecorded."""
        return self.read_reply(path).json

    def read_reply(self, path: str) -> Reply:
        """Return the answer to a GET, unrecorded."""
        return self._send(Call("GET", path), {})[0]

    def wait(self, path: str, wanted: Callable[[Any], bool]) -> Any:
        """Return what a GET answers once it is as wanted; nothing of it is recorded."""
        return until(lambda: self.read(path), wanted, what=f"{path} to be as wanted")

    def wait_for_logs(self, request_id: str) -> None:
        """Return once a request of this account is in its log, and with it all that were answered before."""
        self.wait(f"/v1/brim/request_logs?request_id={request_id}", lambda found: bool(found["data"]))

    def _send(self, call: Call, headers: Mapping[str, str]) -> tuple[Reply, str]:
        body, kind = "", {}
        if call.form is not None:
            body, kind = encode(call.form), {"Content-Type": "application/x-www-form-urlencoded"}
        if call.data is not None:
            body, kind = json.dumps(call.data, indent=2), {"Content-Type": "application/json"}
        authorization = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        sent = body.encode() if call.method == "POST" else None
        return self.wire.send(call.method, call.path, body=sent, headers={**authorization, **kind, **headers}), body


def until(look: Callable[[], Result], wanted: Callable[[Result], bool], *, what: str) -> Result:
    """Return what is seen once it is as wanted.

    Raises:
        NeverHappenedError: that took too long.
    """
    deadline = time.monotonic() + _WITHIN_S
    while not wanted(seen := look()):
        if time.monotonic() > deadline:
            raise NeverHappenedError(f"{what} within {_WITHIN_S:g} s; last seen: {seen!r}")
        time.sleep(_LOOK_EVERY_S)  # between two looks at what announces itself to nobody who asks by HTTP
    return seen


def next_second() -> None:
    """Return once another second has begun: within one things are listed in an order of chance."""
    began = int(time.time())
    until(lambda: int(time.time()), lambda now: now > began, what="the next second")


def _fits(name: str, method: str, segments: list[str]) -> bool:
    wanted_method, _, path = name.partition(" ")
    wanted = path.split("/")
    return (
        wanted_method == method
        and len(wanted) == len(segments)
        and all(
            each == segment or (each.startswith("{") and segment)
            for each, segment in zip(wanted, segments, strict=True)
        )
    )
