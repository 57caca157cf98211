"""A record as a table of fields, with one reader and one writer for all of them.

The table is compiled into a pattern and a template. What matches the pattern is right; only what does not is looked
at field by field, to say which is wrong. The writer fills the template and asks the same pattern.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from brim.core.rails.ach.nacha.errors import FieldError

RECORD_LENGTH: Final = 94
"""Source: Nacha operating rules, appendix three: all records have 94 characters."""

_SHOWN: Final = 4


class Kind(StrEnum):
    """How a field is filled."""

    CONSTANT = "constant"
    BLANK = "blank"
    """Reserved: blanks."""
    TEXT = "text"
    """Any printable character, to the left, filled with blanks; leading blanks belong to the value."""
    CODE = "code"
    """Text without lower-case letters."""
    RIGHT = "right"
    """Text to the right, blanks before it; a value that stands elsewhere keeps all its blanks."""
    NUMBER = "number"
    """Digits, filled with zeros; an integer, never blank."""
    DIGITS = "digits"
    """Exactly so many digits, kept as text; blank, as "", only where the field is not required."""


class Field(NamedTuple):
    """One field; `first` and `last` are positions from 1 as the rule book counts them.

    `required` forbids blanks. `strict` makes characters that are not allowed an error where a text would only get a
    warning. `secret` keeps the value out of sentences.
    """

    name: str
    first: int
    last: int
    kind: Kind
    required: bool = False
    strict: bool = False
    secret: bool = False
    constant: str = ""

    @property
    def length(self) -> int:
        """How many characters it has."""
        return self.last - self.first + 1

    @property
    def pattern(self) -> str:
        """A regular expression for exactly its characters."""
        match self.kind:
            case Kind.CONSTANT:
                return f"({re.escape(self.constant)})"
            case Kind.BLANK:
                return f"( {{{self.length}}})"
            case Kind.NUMBER:
                return f"([0-9]{{{self.length}}})"
            case Kind.DIGITS:
                blank = "" if self.required else f"| {{{self.length}}}"
                return f"([0-9]{{{self.length}}}{blank})"
            case Kind.TEXT | Kind.CODE | Kind.RIGHT:
                characters = "[ -`{-~]" if self.kind is Kind.CODE else "[ -~]"
                not_blank = f"(?! {{{self.length}}})" if self.required else ""
                return f"({not_blank}{characters}{{{self.length}}})"

    @property
    def template(self) -> str:
        """What `str.format` makes a value into the field with; a value of another type is refused there."""
        match self.kind:
            case Kind.CONSTANT:
                return self.constant
            case Kind.BLANK:
                return " " * self.length
            case Kind.NUMBER:
                return f"{{:0{self.length}d}}"
            case Kind.RIGHT:
                return f"{{:>{self.length}s}}"
            case Kind.TEXT | Kind.CODE | Kind.DIGITS:
                return f"{{:<{self.length}s}}"

    @property
    def is_value(self) -> bool:
        """Whether a record has an attribute for it."""
        return self.kind not in {Kind.CONSTANT, Kind.BLANK}

    def shown(self, value: object) -> str:
        """Return a value as sentences may have it: of a secret one no more than its end."""
        text = str(value)
        if self.secret:
            text = "..." + text.strip()[-_SHOWN:] if len(text.strip()) > _SHOWN else "..."
        return repr(text)


class Problem(NamedTuple):
    """What is wrong with one field of a record that was read; an error leaves the record unread."""

    code: str
    field: str
    sentence: str
    is_error: bool


def constant(first: int, text: str) -> Field:
    """Return a field that is always the same."""
    return Field(f"constant_{first}", first, first + len(text) - 1, Kind.CONSTANT, constant=text, strict=True)


def blank(first: int, last: int) -> Field:
    """Return a reserved field."""
    return Field(f"reserved_{first}", first, last, Kind.BLANK)


def text(
    name: str, first: int, last: int, *, required: bool = False, strict: bool = False, secret: bool = False
) -> Field:
    """Return a field of text."""
    return Field(name, first, last, Kind.TEXT, required, strict, secret)


def code(name: str, first: int, last: int, *, required: bool = True) -> Field:
    """Return a field of upper-case text."""
    return Field(name, first, last, Kind.CODE, required)


def right(name: str, first: int, last: int) -> Field:
    """Return a field of text that stands to the right."""
    return Field(name, first, last, Kind.RIGHT, required=True)


def number(name: str, first: int, last: int) -> Field:
    """Return a field that is an integer."""
    return Field(name, first, last, Kind.NUMBER, required=True, strict=True)


def digits(name: str, first: int, last: int, *, required: bool = True) -> Field:
    """Return a field of digits that are text; one that may be blank is never worth an error."""
    return Field(name, first, last, Kind.DIGITS, required, strict=required)


RecordT = TypeVar("RecordT", bound=msgspec.Struct)


class Layout(Generic[RecordT]):
    """One record type: its name, its struct and its fields, which cover all 94 characters."""

    def __init__(self, name: str, struct: type[RecordT], *fields: Field) -> None:
        self.name: Final = name
        self.fields: Final = fields
        self.struct: Final = struct
        self._values: Final = [(place, field) for place, field in enumerate(fields) if field.is_value]
        self._pattern: Final = re.compile("".join(field.pattern for field in fields))
        self._template: Final = "".join(field.template for field in fields)
        self._convert: Final = [(place, field.name, _CONVERTERS[field.kind]) for place, field in self._values]

    def read(self, line: str) -> tuple[RecordT | None, tuple[Problem, ...]]:
        """Return the record that a line holds, None where it is unreadable, and what is wrong with it."""
        matched = self._pattern.fullmatch(line)
        if matched:
            groups = matched.groups()
            return self.struct(**{name: convert(groups[place]) for place, name, convert in self._convert}), ()
        problems = tuple(problem for field in self.fields if (problem := _problem(field, line)))
        if any(problem.is_error for problem in problems):
            return None, problems
        values = {name: convert(_cut(self.fields[place], line)) for place, name, convert in self._convert}
        return self.struct(**values), problems

    def write(self, record: RecordT) -> str:
        """Return the 94 characters of a record.

        Raises:
            FieldError: a value does not fit its field.
        """
        values = msgspec.structs.astuple(record)
        try:
            line = self._template.format(*values)
        except (TypeError, ValueError):
            line = ""
        if self._pattern.fullmatch(line):
            return line
        for value, (_, field) in zip(values, self._values, strict=True):
            problem = _unfit(field, value)
            if problem:
                raise FieldError(self.name, field.name, value, f"{field.shown(value)} {problem}")
        raise AssertionError(self.name)


def _convert_right(characters: str) -> str:
    return characters if characters.endswith(" ") else characters.lstrip(" ")


_CONVERTERS: Final[dict[Kind, Callable[[str], Any]]] = {
    Kind.TEXT: str.rstrip,
    Kind.CODE: str.rstrip,
    Kind.RIGHT: _convert_right,
    Kind.NUMBER: int,
    Kind.DIGITS: str.rstrip,
}


def _positions(field: Field) -> str:
    return f"position {field.first} is" if field.first == field.last else f"positions {field.first}-{field.last} are"


def _cut(field: Field, line: str) -> str:
    return line[field.first - 1 : field.last]


def _problem(field: Field, line: str) -> Problem | None:
    """Say what is wrong with one field of a line, None where nothing is."""
    found = _cut(field, line)
    if re.fullmatch(field.pattern, found):
        return None
    shown = field.shown(found)
    if field.kind is Kind.CONSTANT:
        return Problem(
            "constant",
            field.name,
            f"{_positions(field)} {shown}, not {field.constant!r}",
            is_error=True,
        )
    if field.kind is Kind.BLANK:
        return Problem(
            "reserved_not_blank",
            field.name,
            f"reserved {_positions(field)} {shown}",
            is_error=False,
        )
    if field.kind is Kind.NUMBER or field.kind is Kind.DIGITS:
        code = "not_numeric" if field.strict else "not_digits"
        return Problem(code, field.name, f"{field.name} is {shown}, not {field.length} digits", is_error=field.strict)
    if not found.strip(" "):
        return Problem("blank", field.name, f"{field.name} is blank", is_error=field.strict)
    return Problem(
        "characters",
        field.name,
        f"{field.name} is {shown}, with characters that are not allowed",
        is_error=field.strict,
    )


def _unfit(field: Field, value: object) -> str | None:
    """Say why a value cannot be written in a field, None where it can."""
    if field.kind is Kind.NUMBER:
        if not isinstance(value, int) or value < 0:
            return "is not a whole number from 0 on"
        return f"has more than {field.length} digits" if len(str(value)) > field.length else None
    if not isinstance(value, str):
        return "is not text"
    if len(value) > field.length:
        return f"is longer than {field.length} characters"
    if re.fullmatch(field.pattern, value.ljust(field.length)):
        return None
    return _unfit_text(field, value)


def _unfit_text(field: Field, value: str) -> str:
    """Say why a text that is not too long cannot be written in a field."""
    if field.kind is Kind.DIGITS:
        return f"is not {field.length} digits"
    if not value.strip(" "):
        return "is blank"
    return "has lower-case letters" if re.fullmatch("[ -~]*", value) else "has characters outside printable ASCII"
