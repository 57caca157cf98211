"""Reads and writes `application/x-www-form-urlencoded`, as bodies and query strings carry it.

The API reads names with brackets, strictly, by `decode_form`; pages read plain pairs, by `decode_pairs`.
`a[b][c]=x` nests, `a[]=x` appends to an array, and `a[0]=x` stays an object with the key `0`: only the parameter knows
whether it is an array. The work is linear in the form's size; count, depth and length of names are bounded.
Source: what the official SDKs, the official CLI and curl send.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import quote_plus, unquote_plus

from brim.http.parameter_errors import (
    ConflictingParameterError,
    MalformedEncodingError,
    NullCharacterError,
    ParameterNameTooLongError,
    ParameterTooDeepError,
    TooManyParametersError,
)

Value: TypeAlias = "str | list[str] | dict[str, Value]"
"""What one name of a form holds, once it is read."""

Field: TypeAlias = "str | int | bool | Sequence[Field] | Mapping[str, Field] | None"
"""What a parameter may hold that is written; None leaves it out, an empty text clears it."""

MAX_PARAMETERS: Final = 1000
MAX_DEPTH: Final = 8
MAX_NAME_LENGTH: Final = 1000
"""As sent. A metadata key of 40 characters outside the basic plane takes 480, so this refuses none that is valid."""

_CACHED_NAMES: Final = 1024
_LONGEST_CACHED: Final = 64
"""Names repeat from request to request: decoding one that is known costs a look-up. Longer ones do not, and all that
are kept take a few hundred kilobytes."""


_NO_FORMS: Final = (b"multipart/", b"text/xml", b"application/xml")


class BodyKind(StrEnum):
    """What a request's body is."""

    FORM = "form"
    JSON = "JSON"
    OTHER = "other"


def body_kind(content_type: bytes, body: bytes) -> BodyKind:
    """Return what a body is, by what is said of it and by how it begins: no parameter's name begins as JSON does."""
    said = content_type.lower().partition(b";")[0].strip()
    if said.endswith((b"/json", b"+json")) or body.lstrip()[:1] in {b"{", b"[", b'"'}:
        return BodyKind.JSON
    return BodyKind.OTHER if said.startswith(_NO_FORMS) else BodyKind.FORM


def decode_form(data: bytes) -> dict[str, Value]:
    """Return a form's parameters by their top name; of a value sent twice the last one counts.

    Raises:
        MalformedEncodingError: for what is not UTF-8, or a `%` without two hexadecimal digits.
        NullCharacterError: for U+0000 anywhere.
        TooManyParametersError: for more than `MAX_PARAMETERS`.
        ParameterNameTooLongError: for a name of more than `MAX_NAME_LENGTH` characters.
        ParameterTooDeepError: for a name of more than `MAX_DEPTH` parts.
        ConflictingParameterError: for a name used as two of value, array, object.
    """
    form: dict[str, Value] = {}
    if not data:
        return form
    if data.count(b"&") >= MAX_PARAMETERS:
        raise TooManyParametersError(MAX_PARAMETERS)
    for pair in _decode(data).split("&"):
        if pair:
            name, _, value = pair.partition("=")
            parts, appends = _known_parts_of(name) if len(name) <= _LONGEST_CACHED else _parts_of(name)
            if "%" in value or "+" in value:
                value = _unquote(value)
            if appends:
                _append(form, parts, value)
            elif len(parts) == 1 and type(form.get(parts[0], "")) is str:
                form[parts[0]] = value
            else:
                _set(form, parts, value)
    return form


def decode_pairs(data: bytes) -> list[tuple[str, str]]:
    """Return a form's names and values as they were sent, in their order; a bracket in a name means nothing.

    People type addresses by hand, so what is not encoded as it should be is read as it stands.

    Raises:
        TooManyParametersError: for more than `MAX_PARAMETERS`.
    """
    if data.count(b"&") >= MAX_PARAMETERS:
        raise TooManyParametersError(MAX_PARAMETERS)
    pairs = (pair.partition("=") for pair in data.decode("latin-1").split("&") if pair)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]


def encode_form(fields: Mapping[str, Field]) -> bytes:
    """Return parameters as a form or a query carries them, nested ones by brackets."""
    return encode_pairs(pair for name, value in fields.items() for pair in flatten(name, value)).encode()


def encode_pairs(pairs: Iterable[tuple[str, str]], *, safe: str = "") -> str:
    """Return names and values as a form carries them: brackets of names stay, all else but `safe` is escaped."""
    return "&".join(f"{quote_plus(name, safe=f'[]{safe}')}={quote_plus(value, safe=safe)}" for name, value in pairs)


def encode_pair(name: str, value: bytes) -> bytes:
    """Return one name and its value as a form carries them, whatever the bytes of the value are."""
    return f"{quote_plus(name, safe='[]')}={quote_plus(value)}".encode()


def flatten(name: str, value: Field) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of one parameter, such as `metadata[order_id]` and `6735`."""
    if isinstance(value, str | int):
        yield name, plain_text(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flatten(f"{name}[{key}]", inner)
    elif value is not None:
        for inner in value:
            yield from flatten(f"{name}[]", inner)


def plain_text(value: str | int) -> str:
    """Return a value as a form holds it: a truth value is `true` or `false`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decode(data: bytes) -> str:
    if b"\0" in data:
        raise NullCharacterError
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedEncodingError(_surroundings(data, error.start)) from None


def _surroundings(data: bytes, position: int) -> str:
    """Return a few characters around the byte that could not be read."""
    return data[max(position - 20, 0) : position + 20].decode(errors="replace")


def _unquote(text: str) -> str:
    r"""Return the text that `+` and `%XX` stand for.

    `%41` is rewritten as the escape `\x41`, which Python's own codec reads as strictly as we want it and at the speed
    of C: a body of a million escapes must not hold up everybody else.
    """
    spaced = text.replace("+", " ")
    if "%" not in spaced:
        return spaced
    escaped = spaced.encode().replace(b"\\", b"\\\\").replace(b"%", b"\\x")
    try:
        unquoted = escaped.decode("unicode_escape").encode("latin-1").decode()
    except UnicodeDecodeError:
        raise MalformedEncodingError(text) from None
    if "\0" in unquoted:
        raise NullCharacterError
    return unquoted


def _parts_of(quoted_name: str) -> tuple[tuple[str, ...], bool]:
    """Return the parts of a name, and whether it ends in `[]`.

    A name whose brackets do not pair is one part as it stands, so that it is answered as an unknown parameter.
    """
    if len(quoted_name) > MAX_NAME_LENGTH:
        raise ParameterNameTooLongError(quoted_name, MAX_NAME_LENGTH)
    name = _unquote(quoted_name)
    head, bracket, inner = name.partition("[")
    if not bracket or not head or not inner.endswith("]"):
        return (name,), False
    parts = [head, *inner[:-1].split("][")]
    if len(parts) > MAX_DEPTH:
        raise ParameterTooDeepError(MAX_DEPTH)
    appends = not parts[-1]
    if appends:
        parts.pop()
    if not all(parts) or any("[" in part or "]" in part for part in parts):
        return (name,), False
    return tuple(parts), appends


_known_parts_of: Final = lru_cache(maxsize=_CACHED_NAMES)(_parts_of)


def _set(form: dict[str, Value], parts: tuple[str, ...], value: str) -> None:
    holder = _object_at(form, parts[:-1])
    if type(holder.get(parts[-1], "")) is not str:
        raise ConflictingParameterError(join_name(parts))
    holder[parts[-1]] = value


def _append(form: dict[str, Value], parts: tuple[str, ...], value: str) -> None:
    array = _object_at(form, parts[:-1]).setdefault(parts[-1], [])
    if type(array) is not list:
        raise ConflictingParameterError(join_name(parts))
    array.append(value)


def _object_at(form: dict[str, Value], parts: tuple[str, ...]) -> dict[str, Value]:
    """Return the object that a name's leading parts lead to, made where it is not there yet."""
    holder = form
    for depth, part in enumerate(parts, start=1):
        inner = holder.setdefault(part, {})
        if type(inner) is not dict:
            raise ConflictingParameterError(join_name(parts[:depth]))
        holder = inner
    return holder


def join_name(parts: tuple[str, ...]) -> str:
    """Return a parameter's full name, such as `created[gte]`."""
    return parts[0] + "".join(f"[{part}]" for part in parts[1:])
