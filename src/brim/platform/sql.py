"""Reads the statements in `.sql` files: each begins with `-- name: some_name` and a line of purpose.

Columns that several statements of a package name are listed once, with their types, in its `columns.sql` under
`-- columns: thing`. In a statement `{thing_columns}` stands for their names, `{t.thing_columns}` for them as columns of
`t`, and `{thing_definitions}` for names and types, as `json_to_recordset` needs them.

What statements of several packages repeat is written once in a `fragments.sql`, under a line such as
`-- fragment: range of <table> by <key>: <columns>`; a statement then
says `{range of topups by id: account, id}`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from brim.base import json_codec

_NAME: Final = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_LIST: Final = re.compile(r"^-- columns: (\w+)\s*$", re.MULTILINE)
_FRAGMENT: Final = re.compile(r"^-- fragment: (.+)$", re.MULTILINE)
_PARAMETER: Final = re.compile(r"<(\w+)>")
_COMMENT: Final = re.compile(r"--.*")
_PLACEHOLDER: Final = re.compile(r"\{(?:(\w+)\.)?(\w+)_(columns|definitions)\}")


@cache
def load_queries(package: str, file: str = "queries", *, fragments: str | None = None) -> dict[str, str]:
    """Return the statements of a package's `<file>.sql` by name, with the fragments of another package filled in."""
    text = resources.files(package).joinpath(f"{file}.sql").read_text(encoding="utf-8")
    for pattern, body in _load_fragments(fragments) if fragments else ():
        text = pattern.sub(body, text)
    pieces = _NAME.split(_filled(text, load_columns(package)))[1:]
    return {name: body.strip().rstrip(";") for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


@cache
def load_columns(package: str) -> dict[str, dict[str, str]]:
    """Return the lists of a package's `columns.sql`: the types of columns by name; none where there is no file."""
    file = resources.files(package).joinpath("columns.sql")
    pieces = _LIST.split(file.read_text(encoding="utf-8"))[1:] if file.is_file() else []
    lists: dict[str, dict[str, str]] = {}
    for name, body in zip(pieces[::2], pieces[1::2], strict=True):
        definitions = _filled(_COMMENT.sub("", body), lists).split(",")
        lists[name] = dict(definition.split() for definition in definitions)
    return lists


@cache
def _load_fragments(package: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the fragments of a package's `fragments.sql`: what their uses look like, and what replaces these."""
    text = resources.files(package).joinpath("fragments.sql").read_text(encoding="utf-8")
    pieces = _FRAGMENT.split(text)[1:]
    return [
        (
            re.compile(r"\{" + _PARAMETER.sub(r"(?P<\1>[^{}]+?)", head).replace(" ", r"\s+") + r"\}"),
            _PARAMETER.sub(r"\\g<\1>", _COMMENT.sub("", body).strip()),
        )
        for head, body in zip(pieces[::2], pieces[1::2], strict=True)
    ]


def _filled(text: str, lists: Mapping[str, Mapping[str, str]]) -> str:
    """Return text with the columns that its placeholders stand for."""

    def fill(placeholder: re.Match[str]) -> str:
        table, name, form = placeholder.groups()
        if form == "definitions":
            return ", ".join(f"{column} {kind}" for column, kind in lists[name].items())
        return ", ".join(f"{table}.{column}" if table else column for column in lists[name])

    return _PLACEHOLDER.sub(fill, text)


def columns(rows: Sequence[tuple[Any, ...]]) -> Iterable[list[Any]]:
    """Return rows, of which there is at least one, as one array for each column."""
    return map(list, zip(*rows, strict=True))


def recordset(rows: Iterable[Any]) -> str:
    """Return rows (dicts or structs whose names are the columns') as the JSON array that `json_to_recordset` reads."""
    return json_codec.encode_text(list(rows))
