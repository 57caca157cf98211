"""What parameters an operation has, and how a request's are read.

An operation declares its parameters as a tuple; the same tuple validates the request and is published in
`/openapi.json`, so the two cannot drift. Neighbours: `kinds` has the kinds, `declarations` the tuples. Start
reading at `read_parameters`.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import msgspec

from brim.base.errors import BrimError
from brim.http.form import Value
from brim.http.parameter_errors import (
    EmptyParameterError,
    InvalidObjectError,
    MissingParameterError,
    UnknownParametersError,
)

Schema: TypeAlias = dict[str, Any]
Errors: TypeAlias = tuple[type[BrimError], ...]


class Kind(msgspec.Struct, frozen=True):
    """What a parameter may hold."""

    def read(self, raw: Value, name: str) -> Any:
        """Return the value that a form's value stands for; `name` is the full one, for the errors."""
        raise NotImplementedError

    def schema(self) -> Schema:
        """Return the JSON schema of what may be sent."""
        raise NotImplementedError

    def errors(self) -> Errors:
        """Return the failures that `read` can have, for the published document."""
        raise NotImplementedError

    def unknown_names(self, raw: dict[str, Value], name: str) -> Iterable[str]:  # noqa: ARG002  for kinds with keys
        """Return the full names inside an object that this kind does not know."""
        return ()


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an operation's table. Required parameters stand first, as errors are reported in this order."""

    name: str
    kind: Kind
    required: bool = False
    description: str


def read_parameters(spec: tuple[Parameter, ...], raw: dict[str, Value], *, within: str = "") -> dict[str, Any]:
    """Return the typed values of those parameters that were sent; None for one that was sent empty to clear it.

    Unknown parameters are reported before any other problem; then each is read in the table's order and the
    first failure wins.

    Args:
        spec: the operation's table.
        raw: a decoded form.
        within: the name of the object that holds these parameters, for nested ones.

    Raises:
        UnknownParametersError: for parameters that are not in the table.
        MissingParameterError: for a required one that was not sent.
        BrimError: whatever the kinds refuse.
    """
    if raw and not within:
        unknown = _unknown_names(spec, raw, within)
        if unknown:
            raise UnknownParametersError(unknown)
    values: dict[str, Any] = {}
    for parameter in spec:
        name = parameter.name
        given = raw.get(name)
        if given is not None:
            values[name] = parameter.kind.read(given, f"{within}[{name}]" if within else name)
        elif parameter.required:
            raise MissingParameterError(f"{within}[{name}]" if within else name)
    return values


def _unknown_names(spec: tuple[Parameter, ...], raw: dict[str, Value], within: str) -> list[str]:
    """Return the full names of what is sent but not in the table, in the order sent."""
    unknown: list[str] = []
    kinds = {parameter.name: parameter.kind for parameter in spec}
    for key, value in raw.items():
        kind = kinds.get(key)
        if kind is None:
            unknown += leaf_names(value, f"{within}[{key}]" if within else key)
        elif type(value) is dict:
            unknown += kind.unknown_names(value, f"{within}[{key}]" if within else key)
    return unknown


def leaf_names(value: Value, name: str) -> Iterator[str]:
    """Yield the full names of all that stands under a name."""
    if type(value) is dict:
        for key, inner in value.items():
            yield from leaf_names(inner, f"{name}[{key}]")
    else:
        yield name


class Hash(Kind, frozen=True):
    """An object with parameters of its own."""

    parameters: tuple[Parameter, ...]

    def read(self, raw: Value, name: str) -> dict[str, Any]:
        """Return its parameters' typed values."""
        if raw == "":
            raise EmptyParameterError(name)
        if type(raw) is not dict:
            raise InvalidObjectError(name)
        return read_parameters(self.parameters, raw, within=name)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return object_schema(self.parameters)

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidObjectError, *parameter_errors(self.parameters))

    def unknown_names(self, raw: dict[str, Value], name: str) -> Iterable[str]:
        """Return the names that none of its parameters has."""
        return _unknown_names(self.parameters, raw, name)


def object_schema(parameters: tuple[Parameter, ...]) -> Schema:
    """Return the JSON schema of an object, or of a whole form, with these parameters and no others."""
    schema: Schema = {
        "type": "object",
        "properties": {
            parameter.name: {**parameter.kind.schema(), "description": parameter.description}
            for parameter in parameters
        },
        "additionalProperties": False,
    }
    required = [parameter.name for parameter in parameters if parameter.required]
    return {**schema, "required": required} if required else schema


def parameter_errors(parameters: tuple[Parameter, ...]) -> Errors:
    """Return every failure that reading these parameters can have, each once."""
    missing = (MissingParameterError,) if any(parameter.required for parameter in parameters) else ()
    of_kinds = (error for parameter in parameters for error in parameter.kind.errors())
    return tuple(dict.fromkeys((UnknownParametersError, *missing, *of_kinds)))
