"""The kinds of parameters that only the second version of the API has. Neighbour: `kinds` has all others."""

import math
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from brim.api.framework.kinds import BOUNDS, TEXTS_ERRORS, read_texts
from brim.api.framework.params import Errors, Kind, Schema, leaf_names
from brim.base.paging import PageRequest, Range
from brim.core.events import ENDPOINT_EVENTS, ONLY_THIN_NAMES, V2_NAMES, snapshot_name, thin_name
from brim.core.webhooks import ALL_EVENTS, EVENTS_OF_ACCOUNTS, OWN_EVENTS
from brim.http.form import Value
from brim.http.parameter_errors import (
    ArrayTooLongError,
    InvalidEnumError,
    InvalidObjectError,
    InvalidPageError,
    InvalidTimestampError,
)

_RFC_3339: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")
_UNIX_SECONDS: Final = re.compile(r"[0-9]{1,11}")
_SECONDS_SCHEMA: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 99_999_999_999}
_EVENT_NAMES: Final = {
    name: snapshot_name(name)
    for name in (*ENDPOINT_EVENTS, *map(thin_name, ENDPOINT_EVENTS), *ONLY_THIN_NAMES, *V2_NAMES)
}
_KNOWN_EVENTS: Final = sorted(_EVENT_NAMES)
_EVENT_WORDS: Final = (ALL_EVENTS, *_KNOWN_EVENTS)


_ACCOUNTS_MEANT: Final = {OWN_EVENTS: False, "self": False, EVENTS_OF_ACCOUNTS: True, "other_accounts": True}
"""Whether each word means the events of other accounts; those without @ are the API's earlier ones."""

_MAX_CURSOR: Final = 255


class DestinationEvents(Kind, frozen=True):
    """An array of types of events, each named in either form, or of `*` for all of them."""

    def read(self, raw: Value, name: str) -> tuple[str, ...]:
        """Return the types in order, each once, named in snapshot form."""
        texts = read_texts(raw, name)
        for index, text in enumerate(texts):
            if text != ALL_EVENTS and text not in _EVENT_NAMES:
                raise InvalidEnumError(f"{name}[{index}]", _KNOWN_EVENTS)
        return tuple(dict.fromkeys(_EVENT_NAMES.get(text, text) for text in texts))

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "array", "items": {"type": "string", "enum": list(_EVENT_WORDS)}, "minItems": 1}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*TEXTS_ERRORS, InvalidEnumError)


class EventsFrom(Kind, frozen=True):
    """An array with the one word that says whose events are sent."""

    def read(self, raw: Value, name: str) -> bool:
        """Return whether the events of accounts are sent, in place of one's own."""
        texts = read_texts(raw, name)
        if len(texts) > 1:
            raise ArrayTooLongError(name, 1)
        if not texts or texts[0] not in _ACCOUNTS_MEANT:
            raise InvalidEnumError(f"{name}[0]", (OWN_EVENTS, EVENTS_OF_ACCOUNTS))
        return _ACCOUNTS_MEANT[texts[0]]

    def schema(self) -> Schema:
        """Return its JSON schema."""
        words = {"type": "string", "enum": list(_ACCOUNTS_MEANT)}
        return {"type": "array", "items": words, "minItems": 1, "maxItems": 1}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*TEXTS_ERRORS, ArrayTooLongError, InvalidEnumError)


class Include(Kind, frozen=True):
    """Which properties, otherwise null, are told in the reply: an array, or one name alone."""

    names: tuple[str, ...]

    def read(self, raw: Value, name: str) -> tuple[str, ...]:
        """Return the names, each once."""
        texts = read_texts([raw] if type(raw) is str and raw else raw, name)
        for index, text in enumerate(texts):
            if text not in self.names:
                raise InvalidEnumError(f"{name}[{index}]", self.names)
        return tuple(dict.fromkeys(texts))

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "array", "items": {"type": "string", "enum": list(self.names)}}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*TEXTS_ERRORS, InvalidEnumError)


class TimestampRange(Kind, frozen=True):
    """An object of bounds: `gt`, `gte`, `lt`, `lte`, in any combination, each in RFC 3339 or in Unix seconds.

    Source: the SDKs write RFC 3339, but for Go's, whose `V2CoreEventListParams.Created` holds whole seconds.
    """

    def read(self, raw: Value, name: str) -> Range:
        """Return the closed range of Unix seconds; what happens has no finer time than those."""
        if type(raw) is not dict:
            raise InvalidObjectError(name)
        bounds = {key: _read_timestamp(value, f"{name}[{key}]") for key, value in raw.items()}
        lows = [math.ceil(bounds["gte"])] if "gte" in bounds else []
        lows += [math.floor(bounds["gt"]) + 1] if "gt" in bounds else []
        highs = [math.floor(bounds["lte"])] if "lte" in bounds else []
        highs += [math.ceil(bounds["lt"]) - 1] if "lt" in bounds else []
        return Range(max(lows, default=None), min(highs, default=None))

    def schema(self) -> Schema:
        """Return its JSON schema."""
        bound = {"anyOf": [{"type": "string", "format": "date-time"}, _SECONDS_SCHEMA]}
        properties = {key: {**bound, "description": text} for key, text in BOUNDS.items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (InvalidObjectError, InvalidTimestampError)

    def unknown_names(self, raw: dict[str, Value], name: str) -> Iterable[str]:
        """Yield the keys that are no bounds."""
        for key, value in raw.items():
            if key not in BOUNDS:
                yield from leaf_names(value, f"{name}[{key}]")


def _read_timestamp(raw: Value, name: str) -> float:
    """Return the Unix time of a text, with its fraction of a second."""
    if type(raw) is str and _UNIX_SECONDS.fullmatch(raw):
        return float(raw)
    if type(raw) is not str or not _RFC_3339.fullmatch(raw):
        raise InvalidTimestampError(name, raw)
    try:
        return datetime.fromisoformat(raw.upper()).timestamp()
    except (ValueError, OverflowError):
        raise InvalidTimestampError(name, raw) from None


class PageToken(Kind, frozen=True):
    """What a `next_page_url` or `previous_page_url` says of where its page is."""

    def read(self, raw: Value, name: str) -> PageRequest:
        """Return the page, with as many objects as there are where nobody says how many."""
        text = raw if type(raw) is str else ""
        way, _, cursor = text.partition("_")
        if way == "after" and 0 < len(cursor) <= _MAX_CURSOR:
            return PageRequest(starting_after=cursor)
        if way == "before" and 0 < len(cursor) <= _MAX_CURSOR:
            return PageRequest(ending_before=cursor)
        raise InvalidPageError(name, text)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "pattern": "^(after|before)_.+$", "maxLength": _MAX_CURSOR}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (InvalidPageError,)
