"""The kinds of parameters that only webhooks have. Neighbour: `kinds` has all others."""

from typing import Final

from brim.api.framework.kinds import TEXTS_ERRORS, Text, read_texts
from brim.api.framework.params import Errors, Kind, Schema
from brim.base.clock import system_clock_ms
from brim.core.events import ENDPOINT_EVENTS, is_api_version
from brim.core.webhooks import ALL_EVENTS, unknown_events
from brim.http.form import Value
from brim.http.parameter_errors import InvalidEnumError, InvalidVersionError

_WORDS: Final = (ALL_EVENTS, *ENDPOINT_EVENTS)


class EventTypes(Kind, frozen=True):
    """An array of types of events, or of `*` for all of them."""

    def read(self, raw: Value, name: str) -> tuple[str, ...]:
        """Return the types in order, each once."""
        texts = read_texts(raw, name)
        unknown = unknown_events(texts)
        if unknown:
            raise InvalidEnumError(f"{name}[{texts.index(unknown[0])}]", ENDPOINT_EVENTS)
        return tuple(dict.fromkeys(texts))

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "array", "items": {"type": "string", "enum": list(_WORDS)}, "minItems": 1}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*TEXTS_ERRORS, InvalidEnumError)


class ApiVersion(Text, frozen=True):
    """A version of the API: a date, and a release's name where it has one."""

    def read(self, raw: Value, name: str) -> str | None:
        """Return the version."""
        text = super().read(raw, name)
        if text is not None and not is_api_version(text, now_ms=system_clock_ms()):
            raise InvalidVersionError(name, text)
        return text

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*super().errors(), InvalidVersionError)
