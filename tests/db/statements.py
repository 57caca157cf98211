"""Every statement of the service by its name: the package it lies in and its own, such as `topups.create_topups`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import brim
from brim.platform.sql import load_queries

_SOURCE: Final = Path(brim.__file__).parent


def _named() -> Iterator[tuple[str, str]]:
    for file in sorted(_SOURCE.rglob("*.sql")):
        if file.parent.name == "migrations":
            continue
        package = ".".join(("brim", *file.parent.relative_to(_SOURCE).parts))
        for name, statement in load_queries(package, file.stem).items():
            yield f"{file.parent.name}.{name}", statement


def _unambiguous() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, statement in _named():
        assert name not in found, f"two statements are called {name}"
        found[name] = statement
    return found


STATEMENTS: Final = _unambiguous()
