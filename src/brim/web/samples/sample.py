"""One call to be written down: the operation, its values, and what the SDKs call it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec

from brim.api.framework.operation import Operation
from brim.api.resources.schemas import NAMES
from brim.http.form import encode_pairs, flatten
from brim.web.operation_names import collection_of, verb_of, with_ids

NEWLINE: Final = "\n"

Values: TypeAlias = Mapping[str, Any]
"""What is sent, by name: texts, whole numbers, truth values, arrays of texts, and mappings of the same."""

_METHODS: Final = {
    "/v1/topups": (("topups",), "create list retrieve update cancel"),
    "/v1/balance": (("balance",), "retrieve"),
    "/v1/balance_transactions": (("balance_transactions",), "list retrieve"),
    "/v1/events": (("events",), "list retrieve"),
    "/v1/webhook_endpoints": (("webhook_endpoints",), "create list retrieve update delete"),
    "/v1/payment_methods": (("payment_methods",), "create list retrieve update attach detach"),
    "/v1/sources": (("sources",), "create retrieve update verify"),
    "/v1/tokens": (("tokens",), "create retrieve"),
    "/v1/accounts": (("accounts",), "create list retrieve update delete reject"),
    "/v1/account": (("accounts",), "retrieve_current"),
    "/v1/test_helpers/test_clocks": (("test_helpers", "test_clocks"), "create list retrieve advance delete"),
    "/v2/core/events": (("core", "events"), "list retrieve"),
    "/v2/core/event_destinations": (
        ("core", "event_destinations"),
        "create list retrieve update delete disable enable ping",
    ),
}
"""Which methods the official SDKs have, by collection. Source: their services, read in the packages.

What belongs to one object is not here: each SDK has a way of its own to name that.
"""


class SdkCall(msgspec.Struct, frozen=True):
    """A method of an SDK's service: `v1`, `("test_helpers", "test_clocks")` and `advance`."""

    version: Literal["v1", "v2"]
    service: tuple[str, ...]
    method: str

    @property
    def noun(self) -> str:
        """What the service is about, in the singular."""
        return self.service[-1].removesuffix("s")


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One call.

    Attributes:
        operation: what is asked for.
        path_id: the id that stands in the path, two with a slash between them; empty where it has none.
        values: what is sent.
        base: the service's address, such as `http://127.0.0.1:12111`.
        key: the secret key.
        idempotency_key: under which it is sent; empty for none.
        account: the account that it acts for; empty for the key's own.
    """

    operation: Operation
    path_id: str
    values: Values
    base: str
    key: str
    idempotency_key: str = ""
    account: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers beside the key's."""
        found = {"Idempotency-Key": self.idempotency_key, "Stripe-Account": self.account}
        return {name: text for name, text in found.items() if text}

    @property
    def options(self) -> dict[str, str]:
        """The same as SDKs call them: `idempotency_key` and `stripe_account`."""
        return {name.lower().replace("-", "_"): text for name, text in self.headers.items()}

    @property
    def path(self) -> str:
        """The path with the id in its place."""
        return with_ids(self.operation, self.path_id)

    @property
    def sdk(self) -> SdkCall | None:
        """The SDKs' method, or None for what no SDK knows: then their raw request is written."""
        service, methods = _METHODS.get(collection_of(self.operation), ((), ""))
        verb = verb_of(self.operation)
        version: Literal["v1", "v2"] = "v2" if self.is_v2 else "v1"
        return SdkCall(version, service, verb) if verb in methods.split() else None

    @property
    def is_v2(self) -> bool:
        """Whether the call belongs to the second version of the API, whose bodies are JSON."""
        return self.operation.path.startswith("/v2/")

    @property
    def target(self) -> str:
        """The path with the query of a call that has no body."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def query(self) -> str:
        """The query of a call that has no body; else empty."""
        return "" if self.operation.method == "POST" else self._encoded

    @property
    def content(self) -> str:
        """The body; empty where there is none."""
        if self.operation.method != "POST" or not self.values:
            return ""
        return json_text(self.values) if self.is_v2 else self._encoded

    @property
    def content_type(self) -> str:
        """What a body is."""
        return "application/json" if self.is_v2 else "application/x-www-form-urlencoded"

    @property
    def _encoded(self) -> str:
        return encode_pairs(self.pairs(), safe="[]/:@")

    @property
    def result(self) -> str:
        """A name for what comes back."""
        if self.operation.method == "DELETE":
            return "deleted"
        noun = NAMES[self.operation.returns].rpartition(".")[2]
        noun = "found_break" if noun == "break" else noun  # a keyword of most languages
        return _plural(noun) if self.operation.in_list else noun

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield names and texts as they are sent in a form: `metadata[order_id]` and `6735`."""
        for name, value in self.values.items():
            yield from flatten(name, value)


class Literals(msgspec.Struct, frozen=True):
    """How a language writes values whose mappings stand over several lines.

    Attributes:
        scalar: returns the literal of a text, number, truth value or array.
        key: returns a mapping's key as it is written.
        between: what stands between key and value.
        brackets: what a mapping begins and ends with.
        step: how far its lines stand in.
    """

    scalar: Callable[[Any], str]
    key: Callable[[str], str]
    between: str = ": "
    brackets: str = "{}"
    step: str = "  "

    def write(self, value: Any) -> str:
        """Return a value's literal."""
        if not isinstance(value, Mapping):
            return self.scalar(value)
        lines = [
            f"{self.step}{self.key(key)}{self.between}{self.write(inner).replace(NEWLINE, NEWLINE + self.step)},\n"
            for key, inner in value.items()
        ]
        return f"{self.brackets[0]}\n{''.join(lines)}{self.brackets[1]}"


def _plural(noun: str) -> str:
    """Return a name for several of a thing: `accounts`, `entries`, `microdeposits`."""
    if noun.endswith("s"):
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def json_text(value: Any) -> str:
    """Return a value as JSON, which is also a literal of many languages."""
    return json.dumps(value, ensure_ascii=False)


def bare_or_quoted(key: str) -> str:
    """Return a key bare where it is a word, else in double quotes."""
    return key if key.isidentifier() and key.isascii() else json_text(key)
