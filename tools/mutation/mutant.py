"""What a mutant is."""

import difflib
from collections.abc import Iterator
from typing import NamedTuple


class Mutant(NamedTuple):
    """One small change of a module, or of a statement in one of its `.sql` files.

    `text` is the whole source (the statement) with the change. `lines` are the first and last line of the statement
    that is changed, and `warm` the line and name of the function whose code object is all that the change replaces;
    None where the module has to be imported anew. `statement` is the name of a SQL statement.
    """

    place: str
    change: str
    text: str
    lines: tuple[int, int] = (0, 0)
    warm: tuple[int, str] | None = None
    statement: str | None = None

    @property
    def id(self) -> str:
        """What names the mutant in results and explanations: it survives that lines move."""
        return f"{self.place}: {self.change}"


def numbered(mutants: Iterator[Mutant]) -> list[Mutant]:
    """Return mutants with a number added to those that would have the same id."""
    seen: dict[str, int] = {}
    found = []
    for mutant in mutants:
        seen[mutant.id] = number = seen.get(mutant.id, 0) + 1
        found.append(mutant if number == 1 else mutant._replace(change=f"{mutant.change} #{number}"))
    return found


def diff(before: str, mutant: Mutant) -> str:
    """Return the lines that a mutant changes."""
    lines = difflib.unified_diff(before.splitlines(), mutant.text.splitlines(), n=0, lineterm="")
    return "\n".join(list(lines)[2:])
