"""What Schemathesis is told: whose key requests carry, which objects there are, and that nothing leaves this machine.

It is loaded by the variable SCHEMATHESIS_HOOKS. `CONTRACT_KEY` is a test key, `CONTRACT_LIVE_KEY` a live one for the
operations listed in `CONTRACT_LIVE`. `CONTRACT_IDS` is JSON: the id of an object for each operation that has one in its
path, such as `GET /v1/topups/{topup}`, two with a slash between them. What was answered is written to the file
`CONTRACT_ANSWERS`.
"""

import json
import os
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zlib import crc32

import schemathesis
from schemathesis import AuthContext, Case, HookContext, Response

_IDS: Final[dict[str, str]] = json.loads(os.environ["CONTRACT_IDS"])
_LIVE: Final = frozenset(json.loads(os.environ["CONTRACT_LIVE"]))
_ALL_IDS: Final = frozenset(part for ids in _IDS.values() for part in ids.split("/"))
"""What was made for one operation is not for another, which may delete it; answers lead there, as a list's do."""

_ANSWERS: Final = Path(os.environ["CONTRACT_ANSWERS"])
_done: Final[set[str]] = set()
"""The operations answered 200 so far; until then each is led to what there is, and generated ids come later."""

_LOOPBACK: Final = "http://127.0.0.1:9/hooks"
_OF_OTHERS: Final = ("Stripe-Account", "Stripe-Context")
"""Generated ones name accounts that the key may not act for, so each would be a 403 and nothing else."""


@schemathesis.auth()
class TestKey:
    """Gives every request the key of its mode."""

    __test__ = False

    def get(self, _case: Case[Any], _context: AuthContext) -> str:
        return os.environ["CONTRACT_KEY"]  # one for all: Schemathesis asks for it once in a while

    def set(self, case: Case[Any], data: str, _context: AuthContext) -> None:
        key = os.environ["CONTRACT_LIVE_KEY"] if case.operation.label in _LIVE else data
        case.headers["Authorization"] = f"Bearer {key}"


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _options: dict[str, Any]) -> None:
    """Lead a request to something that is there, and its webhooks to nobody."""
    for name in _OF_OTHERS:
        case.headers.pop(name, None)
    if not _keeps(case.headers.get("Stripe-Version")):
        case.headers.pop("Stripe-Version", None)
    label = case.operation.label
    names = re.findall(r"{(\w+)}", case.operation.path)
    for name, known in zip(names, _IDS.get(label, "").split("/"), strict=False):
        given = case.path_parameters[name]
        if known and (label not in _done or given in _ALL_IDS or not _keeps(given)):
            case.path_parameters[name] = known
    _lead_to_loopback(case.body)


@schemathesis.hook
def after_call(_context: HookContext, case: Case[Any], response: Response) -> None:
    """Note what an operation was answered."""
    if response.status_code == HTTPStatus.OK:
        _done.add(case.operation.label)
    with _ANSWERS.open("a", encoding="utf-8") as answers:
        answers.write(f"{response.status_code} {case.operation.label}\n")


def _keeps(value: object) -> bool:
    """Tell for one in four values that it stays as it was generated, always for the same ones."""
    return crc32(str(value).encode("utf-8", "surrogatepass")) % 4 == 0


def _lead_to_loopback(body: object) -> None:
    """Replace every URL in a body that leads anywhere, and most of what stands where one belongs."""
    if isinstance(body, dict):
        for name, value in body.items():
            if isinstance(value, str) and (_leads_somewhere(value) or (name == "url" and not _keeps(value))):
                body[name] = _LOOPBACK
            else:
                _lead_to_loopback(value)
    elif isinstance(body, list):
        for value in body:
            _lead_to_loopback(value)


def _leads_somewhere(text: str) -> bool:
    try:
        return bool(urlsplit(text.strip()).netloc)
    except ValueError:
        return "//" in text
