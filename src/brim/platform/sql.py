"""Reads the statements in `.sql` files: each begins with `-- name: some_name` and a line of purpose."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from brim.base import json_codec

_NAME: Final = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def load_queries(package: str, file: str = "queries") -> dict[str, str]:
    """Return the statements of `<file>.sql`, which lies in a package, by name."""
    text = resources.files(package).joinpath(f"{file}.sql").read_text(encoding="utf-8")
    pieces = _NAME.split(text)[1:]
    return {name: body.strip().rstrip(";") for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def columns(rows: Sequence[tuple[Any, ...]]) -> Iterable[list[Any]]:
    """Return rows, of which there is at least one, as one array for each column."""
    return map(list, zip(*rows, strict=True))


def recordset(rows: Iterable[Any]) -> str:
    """Return rows (dicts or structs whose names are the columns') as the JSON array that `json_to_recordset` reads."""
    return json_codec.encode_text(list(rows))
