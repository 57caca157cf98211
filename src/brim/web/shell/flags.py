"""Reads a command's words: which are flags and with which values, and which are arguments.

Source: the rules of pflag, the library of the official CLI: `--name value`, `--name=value`, `-n value`, `-nvalue`,
`-n=value`, letters together, flags that are true by being there, `--` before what is no flag.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from brim.web.shell.commands import Flag, flag_name
from brim.web.shell.failures import (
    MissingValueError,
    UnknownFlagError,
    UnknownShorthandError,
    UnreadableValueError,
    UselessFlagError,
)

_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,40}")
_WHOLE: Final = {"amount": "it must be an integer in the smallest currency unit"}
"""What a number has to be, by the flag; elsewhere, an integer."""

_BRACKETED: Final = re.compile(r"([A-Za-z0-9_-]+)((?:\[[^\[\]]*\])+)")

REQUEST_FLAGS: Final = (
    Flag(name="confirm", letter="c", kind="boolean", description="Skip the confirmation of a deletion"),
    Flag(name="dark-style", kind="boolean", description="No effect: the page's theme is used"),
    Flag(name="data", letter="d", kind="list", description="A parameter, as name=value"),
    Flag(name="dry-run", kind="boolean", description="Show the request without sending it"),
    Flag(name="expand", letter="e", kind="list", description="Expand an ID in the response"),
    Flag(name="help", letter="h", kind="boolean", description="Show this help"),
    Flag(name="idempotency", letter="i", kind="string", description="An idempotency key for the request"),
    Flag(name="show-headers", letter="s", kind="boolean", description="Also show the response headers"),
    Flag(name="stripe-account", kind="string", description="The account to act for"),
    Flag(name="stripe-context", kind="string", description="The context to act in"),
    Flag(name="stripe-version", letter="v", kind="string", description="The API version to use"),
)
"""What every command has that sends one request."""

PLAIN_FLAGS: Final = (
    *REQUEST_FLAGS,
    Flag(name="ending-before", letter="b", kind="string", field="ending_before", description="A cursor"),
    Flag(name="limit", letter="l", kind="string", field="limit", description="The maximum number of objects on a page"),
    Flag(name="starting-after", letter="a", kind="string", field="starting_after", description="A cursor"),
)
"""What `get` has."""

IGNORED_FLAGS: Final = (Flag(name="color", kind="string"), Flag(name="log-level", kind="string"))
"""Global flags of the official CLI that may stay in a line: they change nothing here."""

_USELESS: Final = frozenset({"api-base", "api-key", "config", "device-name", "live", "map", "project-name"})


class ParsedFlag(NamedTuple):
    """A flag that was given, and its value: checked, and as text."""

    flag: Flag
    value: str


class Parsed(NamedTuple):
    """A command's words, told apart."""

    arguments: list[str]
    given: list[ParsedFlag]

    def last(self, name: str) -> str | None:
        """Return the value of a flag that counts once; None where it was not given."""
        return next((given.value for given in reversed(self.given) if given.flag.name == name), None)

    def all(self, name: str) -> list[str]:
        """Return every value of a flag."""
        return [given.value for given in self.given if given.flag.name == name]

    def has(self, name: str) -> bool:
        """Tell whether a flag is on."""
        return self.last(name) == "true"


class FlagSet:
    """The flags of one command.

    Args:
        flags: those there are.
        roots: parameters that hold others: `--metadata[key]=value` is read for them as `-d "metadata[key]=value"`.
    """

    def __init__(self, flags: Iterable[Flag], roots: frozenset[str] = frozenset()) -> None:
        self._by_name: dict[str, Flag] = {}
        self._by_letter: dict[str, Flag] = {}
        for flag in (*flags, *IGNORED_FLAGS):
            self._by_name.setdefault(flag.name, flag)  # an operation's own parameters come first
            if flag.letter:
                self._by_letter.setdefault(flag.letter, flag)
        self._roots = roots

    def parse(self, words: list[str]) -> Parsed:
        """Return the arguments and the flags among some words.

        Raises:
            UnknownFlagError, UnknownShorthandError, UselessFlagError: there is no such flag.
            MissingValueError, UnreadableValueError: it is there without a value that it can have.
        """
        parsed = Parsed([], [])
        waiting = words[::-1]
        while waiting:
            word = waiting.pop()
            if word == "--":
                parsed.arguments.extend(reversed(waiting))
                break
            if word.startswith("--"):
                parsed.given.append(self._long(word, waiting))
            elif word.startswith("-") and word != "-":
                parsed.given.extend(self._short(word, waiting))
            else:
                parsed.arguments.append(word)
        return parsed

    def _long(self, word: str, waiting: list[str]) -> ParsedFlag:
        name, equals, value = word[2:].partition("=")
        flag = self._find(name)
        if flag is None:
            raise UselessFlagError(f"--{name}") if name in _USELESS else UnknownFlagError(f"--{name}")
        if equals:
            return _given(flag, value)
        return _given(flag, "true") if flag.kind == "boolean" else _given(flag, _next(f"--{name}", waiting))

    def _short(self, word: str, waiting: list[str]) -> list[ParsedFlag]:
        """Return what letters after one dash mean; the first that takes a value takes the rest of the word."""
        given: list[ParsedFlag] = []
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            flag = self._by_letter.get(letter)
            if flag is None:
                raise UselessFlagError(word) if letter == "p" else UnknownShorthandError(letter, word)
            if letters.startswith("="):
                return [*given, _given(flag, letters[1:])]
            if flag.kind != "boolean":
                return [*given, _given(flag, letters or _next(f"{letter!r} in {word}", waiting))]
            given.append(_given(flag, "true"))
        return given

    def _find(self, name: str) -> Flag | None:
        """Return the flag of a name, also where the name is written with brackets."""
        bracketed = _BRACKETED.fullmatch(name)
        if bracketed is None:
            return self._by_name.get(name)
        root = bracketed[1].replace("-", "_")
        known = self._by_name.get(flag_name(root + bracketed[2]))
        if known is None and root in self._roots:
            return Flag(name=name, kind="string", field=root + bracketed[2])
        return known


def _next(flag: str, waiting: list[str]) -> str:
    if not waiting:
        raise MissingValueError(flag)
    return waiting.pop()


def _given(flag: Flag, value: str) -> ParsedFlag:
    """Return a flag with its value.

    Raises:
        UnreadableValueError: the value is not of the flag's kind.
    """
    if flag.kind == "integer":
        return ParsedFlag(flag, _integer(flag, value))
    if flag.kind == "boolean":
        if value not in _TRUE | _FALSE:
            raise UnreadableValueError(f"--{flag.name}", value, "it must be true or false")
        return ParsedFlag(flag, "true" if value in _TRUE else "false")
    return ParsedFlag(flag, value)


def _integer(flag: Flag, value: str) -> str:
    if not _INTEGER.fullmatch(value):
        raise UnreadableValueError(f"--{flag.name}", value, _WHOLE.get(flag.name, "it must be an integer"))
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise UnreadableValueError(f"--{flag.name}", value, "it is out of range")
    return str(number)


def values_by_field(parsed: Parsed) -> Mapping[str, list[str]]:
    """Return what flags set, by the form's names; of a flag that counts once the last value counts."""
    values: dict[str, list[str]] = {}
    for flag, value in parsed.given:
        if flag.field:
            values[flag.field] = [*values.get(flag.field, ()), value] if flag.kind == "list" else [value]
    return values
