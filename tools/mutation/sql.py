"""The mutants of SQL statements.

Simple changes of their text: a comparison, a condition left out, a constant, the direction of an order, a join, `NOT`.
"""

import re
from collections.abc import Iterator
from typing import Final

from mutation.mutant import Mutant, numbered

_OPERAND: Final = r"[\w.$]++(?:::\w++(?:\[\])?+)?+"
_CONDITION: Final = rf"{_OPERAND}\s*(?:<=|>=|<>|=|<|>)\s*{_OPERAND}(?!\s*[-+*/(])"
_RULES: Final[tuple[tuple[str, str], ...]] = (
    (rf"\bAND\s+{_CONDITION}", ""),
    (rf"(?<=\bWHERE )\s*{_CONDITION}\s+AND\b", ""),
    (rf"(?<=\bWHERE )\s*{_CONDITION}(?!\s+AND\b)", "true"),
    (r"(?<=\s)<=(?=\s)", "<"),
    (r"(?<=\s)>=(?=\s)", ">"),
    (r"(?<=\s)<(?=\s)", "<="),
    (r"(?<=\s)>(?=\s)", ">="),
    (r"(?<=\s)<>(?=\s)", "="),
    (r"(?<=\s)\+(?=\s)", "-"),
    (r"(?<=\s)-(?=\s)", "+"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bNOT (?=IN\b|EXISTS\b|\w+\.)", ""),
    (r"(?<!NOT )\bEXISTS (?=\()", "NOT EXISTS "),
    (r"\bDESC\b", "ASC"),
    (r"(?<=\bORDER BY )(\w+)(?=\n|\))", r"\1 DESC"),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r"\bcoalesce\(sum\(", "coalesce(count("),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"\bOR\b", "AND"),
)
_NUMBER: Final = re.compile(r"(?<![\w.$'])(\d+)(?![\w.'])")
_QUOTED: Final = re.compile(r"'(\w+)'")
_HIDDEN: Final = re.compile(r"--[^\n]*")
_OFFSET: Final = re.compile(r"OFFSET 0\b")


def mutants_of_statement(name: str, text: str) -> list[Mutant]:
    """Return the mutants of one statement."""
    return numbered(_mutants(name, text))


def _mutants(name: str, text: str) -> Iterator[Mutant]:
    hidden = [match.span() for pattern in (_HIDDEN, _OFFSET) for match in pattern.finditer(text)]
    changes: list[tuple[int, int, str]] = []
    for pattern, after in _RULES:
        changes += [(*match.span(), match.expand(after)) for match in re.finditer(pattern, text)]
    changes += [(*match.span(), str(int(match[1]) + 1)) for match in _NUMBER.finditer(text)]
    changes += [(*match.span(), f"'XX{match[1]}'") for match in _QUOTED.finditer(text)]
    for first, last, after in sorted(changes):
        if any(begin <= first < end for begin, end in hidden):
            continue
        before = " ".join(text[first:last].split())
        line = text.count("\n", 0, first)
        around = " ".join(text.splitlines()[line].split())[:60]
        change = f"{before or '(nothing)'} -> {after.strip() or '(nothing)'} in {around!r}"
        yield Mutant(name, change, text[:first] + after + text[last:], (line, line), None, name)
