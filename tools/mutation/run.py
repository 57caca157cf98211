"""Runs the mutants of groups of modules, and reports what became of them."""

import json
import os
import subprocess
import sys
import time
import tomllib
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from mutation.mutant import Mutant
from mutation.operators import mutants_of
from mutation.results import Result, Results, digest, digest_of
from mutation.sql import mutants_of_statement

HERE: Final = Path(__file__).parent


class Group(NamedTuple):
    """Modules that the same tests are about.

    `spare_s` is the processor time that a mutant may take beyond a multiple of its tests'.
    """

    name: str
    modules: list[Path]
    tests: list[str]
    database: bool
    strict: bool
    spare_s: float = 4.0


class Module(NamedTuple):
    """A file with its mutants; `originals` has the statements of a `.sql` file."""

    path: Path
    mutants: list[Mutant]
    originals: dict[str, str]

    def before(self, mutant: Mutant) -> str:
        """Return what a mutant changes."""
        return self.originals[mutant.statement] if mutant.statement else self.path.read_text(encoding="utf-8")


class Told(NamedTuple):
    """What became of a module's mutants."""

    group: Group
    module: Module
    results: dict[str, Result]


def read_groups(file: Path, root: Path) -> list[Group]:
    """Return the groups that a file names."""
    groups = tomllib.loads(file.read_text(encoding="utf-8"))
    source = root / "src/brim"
    return [
        Group(
            name,
            [path for pattern in told["modules"] for path in sorted(source.glob(pattern))],
            [f"tests/{test}" for test in told["tests"]],
            told.get("database", False),
            told.get("strict", False),
        )
        for name, told in groups.items()
    ]


def read_module(path: Path) -> Module:
    """Return a file's mutants."""
    if path.suffix != ".sql":
        return Module(path, mutants_of(path.read_text(encoding="utf-8")), {})
    from brim.platform.sql import load_queries  # noqa: PLC0415  not needed for modules

    package = ".".join(path.parent.parts[path.parent.parts.index("src") + 1 :])
    statements = load_queries(package, path.stem)
    mutants = [each for name, text in statements.items() for each in mutants_of_statement(name, text)]
    return Module(path, mutants, statements)


def run_group(group: Group, root: Path, kept: Path, deadline: float, *, sample: int = 1) -> list[Told]:
    """Run the mutants of a group that have no result yet, until the deadline; return what is known of all.

    Of every `sample` mutants one is taken, always the same.
    """
    tests = {test: digest(root / test) for test in group.tests}
    modules = [_sampled(read_module(path), sample) for path in group.modules]
    results = {
        str(module.path): Results(_file(kept, root, module.path), module=digest(module.path), tests=tests)
        for module in modules
    }
    pending = [
        _as_told(module, mutant)
        for module in modules
        for mutant in module.mutants
        if results[str(module.path)].find(mutant) is None
    ]
    if pending and time.time() < deadline:
        measured = digest_of({**tests, **{str(module.path): digest(module.path) for module in modules}})
        job = {
            "root": str(root),
            "database": group.database,
            "deadline": deadline,
            "spare_s": group.spare_s,
            "baseline": str(kept / f"{group.name}-{measured}.json"),
            "temporary": "/dev/shm" if Path("/dev/shm").is_dir() else None,
            "mutants": pending,
        }
        for told in run_job(job, group.tests, kept):
            results[told["path"]].add(told["id"], told["outcome"], told["killer"])
        for each in results.values():
            each.write()
    return [Told(group, module, _found(module, results[str(module.path)])) for module in modules]


def _sampled(module: Module, sample: int) -> Module:
    chosen = [each for each in module.mutants if zlib.crc32(each.id.encode()) % sample == 0]
    return module._replace(mutants=chosen)


def run_job(job: dict[str, Any], tests: Iterable[str], kept: Path) -> list[dict[str, Any]]:
    """Run the mutants of a job in a pytest of its own; return what became of them."""
    kept.mkdir(parents=True, exist_ok=True)
    told, out = kept / f"job-{os.getpid()}.json", kept / f"out-{os.getpid()}.jsonl"
    told.write_text(json.dumps(job), encoding="utf-8")
    out.unlink(missing_ok=True)
    paths = [str(HERE.parent), job["root"], *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {
        **os.environ,
        "MUTATION_JOB": str(told),
        "MUTATION_OUT": str(out),
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    arguments = ["-p", "mutation.plugin", "-p", "no:cacheprovider", "-p", "no:xdist", "-s", "-q"]
    done = subprocess.run([sys.executable, "-m", "pytest", *arguments, *tests], cwd=job["root"], env=env, check=False)
    told.unlink()
    if done.returncode not in {0, 5}:
        raise SystemExit(f"pytest ended with {done.returncode}")
    lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    out.unlink(missing_ok=True)
    return [json.loads(line) for line in lines]


def _as_told(module: Module, mutant: Mutant) -> dict[str, Any]:
    return {
        "id": mutant.id,
        "path": str(module.path),
        "text": mutant.text,
        "lines": mutant.lines,
        "warm": mutant.warm,
        "inside": mutant.warm is not None,
        "statement": mutant.statement,
        "original": module.originals.get(mutant.statement or ""),
    }


def _file(kept: Path, root: Path, path: Path) -> Path:
    return kept / (".".join(path.relative_to(root).parts) + ".json")


def _found(module: Module, results: Results) -> dict[str, Result]:
    return {mutant.id: found for mutant in module.mutants if (found := results.find(mutant)) is not None}
