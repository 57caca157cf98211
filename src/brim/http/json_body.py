"""Reads JSON bodies, which the second version of the API takes, into what forms are read into.

A number or a truth value becomes its text, and null the empty text that clears: so the kinds of parameters read both
versions, and a key stands for the same request however it is written. Bounds are those of forms. Source: what the
official SDKs send to paths below `/v2`.
"""

from typing import Any

import msgspec

from brim.base import json_codec
from brim.http.form import MAX_DEPTH, MAX_PARAMETERS, Value
from brim.http.parameter_errors import (
    MalformedJsonError,
    NullCharacterError,
    ParameterTooDeepError,
    TooManyParametersError,
)


def decode_json(data: bytes) -> dict[str, Value]:
    """Return a body's parameters by their top name; an empty body has none.

    Raises:
        MalformedJsonError: it is no JSON object, or not UTF-8.
        NullCharacterError: for U+0000 anywhere.
        TooManyParametersError: for more than `MAX_PARAMETERS` values.
        ParameterTooDeepError: for more than `MAX_DEPTH` levels.
    """
    if not data.strip():
        return {}
    try:
        body = json_codec.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise MalformedJsonError from None
    if type(body) is not dict:
        raise MalformedJsonError
    return _Reader().read_object(body, depth=1)


class _Reader:
    """Reads one body, counting its values."""

    def __init__(self) -> None:
        self._values = 0

    def read_object(self, given: dict[str, Any], *, depth: int) -> dict[str, Value]:
        if depth > MAX_DEPTH:
            raise ParameterTooDeepError(MAX_DEPTH)
        return {_checked(name): self._read(value, depth=depth) for name, value in given.items()}

    def _read(self, given: Any, *, depth: int) -> Value:
        self._count(1)
        if isinstance(given, dict):
            return self.read_object(given, depth=depth + 1)
        if isinstance(given, list):
            return self._read_array(given, depth=depth + 1)
        if isinstance(given, str):
            return _checked(given)
        return "" if given is None else json_codec.encode_text(given)

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > MAX_PARAMETERS:
            raise TooManyParametersError(MAX_PARAMETERS)

    def _read_array(self, given: list[Any], *, depth: int) -> Value:
        """Return an array of texts; one of anything else as an object by index, as forms write it."""
        if all(isinstance(item, str) for item in given):
            self._count(len(given))
            return [_checked(item) for item in given]
        return self.read_object({str(index): item for index, item in enumerate(given)}, depth=depth)


def _checked(text: str) -> str:
    if "\0" in text:
        raise NullCharacterError
    return text
