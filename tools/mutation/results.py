"""Results of earlier runs, kept as long as neither the module nor the tests that decide change."""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from mutation.mutant import Mutant


class Result(NamedTuple):
    """What became of a mutant: killed, survived or timed out; and by which test."""

    outcome: str
    killer: str


def digest(*paths: Path) -> str:
    """Return a digest of files."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


class Results:
    """The results of one module.

    A mutant that a test killed stays killed while the module and that test's file are the same; one that survived is
    tried again after a change of any of the tests.
    """

    def __init__(self, file: Path, *, module: str, tests: dict[str, str]) -> None:
        self._file, self._module, self._tests = file, module, tests
        self._all = digest_of(tests)
        self._kept: dict[str, list[str]] = {}
        if file.exists():
            told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            self._kept = told["mutants"] if told["module"] == module else {}

    def find(self, mutant: Mutant) -> Result | None:
        """Return what became of a mutant, None where it has to be run."""
        if mutant.id not in self._kept:
            return None
        outcome, killer, under = self._kept[mutant.id]
        return Result(outcome, killer) if under == self._under(outcome, killer) else None

    def add(self, name: str, outcome: str, killer: str) -> None:
        """Keep a result."""
        self._kept[name] = [outcome, killer, self._under(outcome, killer)]

    def write(self) -> None:
        """Write the results to their file."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        told = {"module": self._module, "mutants": self._kept}
        self._file.write_text(json.dumps(told, indent=0, sort_keys=True), encoding="utf-8")

    def _under(self, outcome: str, killer: str) -> str:
        return self._tests.get(killer.split("::", maxsplit=1)[0], self._all) if outcome == "killed" else self._all


def digest_of(tests: dict[str, str]) -> str:
    """Return one digest for those of several files."""
    return hashlib.sha256(json.dumps(tests, sort_keys=True).encode()).hexdigest()[:16]
