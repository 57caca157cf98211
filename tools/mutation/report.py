"""The report: a table by module, the survivors, and whether each of them is explained."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from mutation.mutant import diff
from mutation.run import Told

Explanations = dict[str, dict[str, str]]
"""Why survivors are no fault of the tests: a reason by mutant by module."""


def read_explanations(file: Path) -> Explanations:
    """Return the explanations that a file has."""
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def table(all_told: Sequence[Told], root: Path, explained: Explanations) -> Iterator[str]:
    """Yield the lines of a table by module, with a last line for all."""
    yield "| module | mutants | killed | timed out | survived | of these explained | killed, in % |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    sums = [0, 0, 0, 0, 0]
    for told in all_told:
        outcomes = [result.outcome for result in told.results.values()]
        name = name_of(told, root)
        counts = [
            len(outcomes),
            outcomes.count("killed"),
            outcomes.count("timed out"),
            outcomes.count("survived"),
            sum(each in explained.get(name, {}) for each in survivors(told)),
        ]
        if counts[0]:
            sums = [total + count for total, count in zip(sums, counts, strict=True)]
            yield _row(f"`{name}`", counts)
    yield _row("all", sums)


def _row(name: str, counts: Sequence[int]) -> str:
    share = f"{100 * (counts[1] + counts[2]) / counts[0]:.1f}" if counts[0] else ""
    return f"| {name} | " + " | ".join(map(str, counts)) + f" | {share} |"


def name_of(told: Told, root: Path) -> str:
    """Return what a module is called in reports and explanations."""
    return str(told.module.path.relative_to(root / "src/brim" if (root / "src/brim").is_dir() else root))


def survivors(told: Told) -> list[str]:
    """Return the mutants that survived."""
    return [name for name, result in told.results.items() if result.outcome == "survived"]


def listed(all_told: Iterable[Told], root: Path, explained: Explanations) -> Iterator[str]:
    """Yield the survivors without an explanation, each with what it changes."""
    for told in all_told:
        known = explained.get(name_of(told, root), {})
        for mutant in told.module.mutants:
            result = told.results.get(mutant.id)
            if result is not None and result.outcome == "survived" and mutant.id not in known:
                why = f" ({result.killer})" if result.killer else ""
                yield f"\n{name_of(told, root)} {mutant.id}{why}\n{diff(told.module.before(mutant), mutant)}"


def faults(all_told: Sequence[Told], root: Path, explained: Explanations) -> list[str]:
    """Return what makes a run fail: survivors of strict groups without an explanation, and stale explanations."""
    found = []
    for told in all_told:
        name = name_of(told, root)
        known = explained.get(name, {})
        if told.group.strict:
            found += [
                f"{name}: survived without an explanation: {each}" for each in survivors(told) if each not in known
            ]
        names = {mutant.id for mutant in told.module.mutants}
        for each in known:
            result = told.results.get(each)
            if each not in names:
                found.append(f"{name}: explained, but there is no such mutant: {each}")
            elif result is not None and result.outcome != "survived":
                found.append(f"{name}: explained, but {result.outcome}: {each}")
    return found
