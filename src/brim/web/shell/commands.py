"""The commands that the operations of the API make: one for each, named as the official CLI names them.

Source: the names and flags that version 1.52.0 of the official CLI prints; where it has no command, ours follow its
way.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import msgspec

from brim.api.framework.operation import Operation
from brim.api.framework.params import Parameter, Schema
from brim.web.operation_names import collection_of, verb_of

FlagKind: TypeAlias = Literal["string", "integer", "boolean", "list"]
Method: TypeAlias = Literal["GET", "POST", "DELETE"]
Words: TypeAlias = tuple[str, ...]

_NOT_COMMANDS: Final = frozenset({"PostStripecliSessions", "GetBalanceHistory", "GetBalanceHistoryId"})
"""What `listen` does by itself, and older names of what has a command."""

_NAMES: Final[dict[str, Words]] = {
    "GetBrimTopupsSearch": ("topups", "search"),
    "GetBrimTopupsCounts": ("topups", "count"),
    "GetAccount": ("accounts", "retrieve"),
    "PostEventsIdRetry": ("events", "resend"),
    "PostTestHelpersBalanceHold": ("test_helpers", "balance", "hold"),
}
_OF_ALL: Final = frozenset({"expand"})
"""Parameters that have a flag of every command's."""

_HIDDEN: Final = frozenset({("events", "resend", "for_stripecli")})
"""Parameters that a command sets by itself."""

_PLACE: Final = re.compile(r"\{(\w+)\}")


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """One flag: `--name`, perhaps a letter, and the form's name for what it sets.

    `choices` are the values there are, empty where there are too many to list.
    """

    name: str
    kind: FlagKind
    field: str = ""
    letter: str = ""
    description: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """What one command asks.

    `arguments` are what the ids in the path are called; `path_without` is the path where the only one may be left out.
    `roots` are the names of parameters that hold others, for `--metadata[key]=value`.
    """

    words: Words
    method: Method
    path: str
    arguments: tuple[str, ...]
    path_without: str | None
    summary: str
    flags: tuple[Flag, ...]
    roots: frozenset[str]


def build_commands(operations: Sequence[Operation]) -> Mapping[Words, Command]:
    """Return the commands by their words, such as `("topups", "create")`, in the table's order."""
    commands: dict[Words, Command] = {}
    for operation in operations:
        if operation.operation_id in _NOT_COMMANDS or not operation.path.startswith("/v1/"):
            continue  # those of /v2 take no forms
        command = _command(operation)
        other = commands.get(command.words)
        commands[command.words] = command if other is None else _join(other, command)
    return commands


def _command(operation: Operation) -> Command:
    words = _NAMES.get(operation.operation_id) or _words(operation)
    parameters = [
        parameter
        for parameter in operation.parameters
        if parameter.name not in _OF_ALL and (*words, parameter.name) not in _HIDDEN
    ]
    return Command(
        words=words,
        method=operation.method,
        path=operation.path,
        arguments=tuple(_PLACE.findall(operation.path)),
        path_without=None,
        summary=operation.summary,
        flags=tuple(sorted(_flags(parameters), key=lambda flag: flag.name)),
        roots=frozenset(parameter.name for parameter in parameters if _holds_others(parameter.kind.schema())),
    )


def _words(operation: Operation) -> Words:
    """Return a command's words: what stands before the id is the resource, what stands behind it the operation.

    What belongs to one object is a resource by itself, as with the official CLI: `external_accounts list ACCOUNT`.
    """
    collection, verb = collection_of(operation), verb_of(operation)
    nested = collection.rpartition("}/")[2]
    resource = nested if nested != collection else collection.removeprefix("/v1/").removeprefix("brim/")
    behind = operation.path.removeprefix(collection).partition("}/")[2]
    return (*resource.split("/"), behind or verb)


def _join(one: Command, other: Command) -> Command:
    """Return two commands of one name as one whose argument may be left out."""
    with_id, without = (one, other) if one.arguments else (other, one)
    return msgspec.structs.replace(with_id, path_without=without.path)


def _flags(parameters: Sequence[Parameter]) -> Iterator[Flag]:
    for parameter in parameters:
        yield from _schema_flags(
            parameter.name, parameter.kind.schema(), parameter.description, required=parameter.required
        )


def _schema_flags(field: str, schema: Schema, description: str, *, required: bool) -> Iterator[Flag]:
    """Yield a parameter's flag, or those of what it holds; what holds any names has none."""
    for name, inner in schema.get("properties", {}).items():
        needed = required and name in schema.get("required", ())
        yield from _schema_flags(f"{field}[{name}]", inner, inner.get("description", ""), required=needed)
    kind = _kind(schema)
    if kind:
        choices = tuple(schema.get("enum") or schema.get("items", {}).get("enum") or ())
        is_list = kind == "list"
        yield Flag(
            name=flag_name(field),
            kind=kind,
            field=f"{field}[]" if is_list else field,
            description=description,
            choices=choices,
            required=required,
        )


def _kind(schema: Mapping[str, Any]) -> FlagKind | None:
    """Return what a value is written as; None for an object."""
    kinds = {one.get("type") for one in schema.get("anyOf", (schema,))}
    if "integer" in kinds:
        return "integer"
    if "boolean" in kinds:
        return "boolean"
    if "array" in kinds:
        return "list"
    return None if "object" in kinds else "string"


def _holds_others(schema: Mapping[str, Any]) -> bool:
    return any(one.get("type") == "object" for one in schema.get("anyOf", (schema,)))


def flag_name(field: str) -> str:
    """Return the flag's name for a form's: `a_b[c_d]` is `a-b.c-d`."""
    return field.replace("][", ".").replace("[", ".").replace("]", "").replace("_", "-")
