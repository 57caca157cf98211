"""Runs mutants in processes that are forked once pytest has imported and collected a group's tests.

Loaded by `mutation.run` with `-p mutation.plugin`; MUTATION_JOB names a file with the work and MUTATION_OUT one that
gets a line of JSON for each result. First, all tests run once without a change, under coverage: which line is run by
which tests, how long each takes. A mutant inside a function replaces that function's code object in a forked process,
which then runs the tests of the line, the quickest first, to the first failure. One outside of functions, or in a
function that is called while modules are imported, needs everything to be imported anew (`mutation.cold`).
"""

import contextlib
import gc
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import coverage
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings

from mutation.cold import first_failure, lines_of_imports

PROCESSES: Final = 2
TIMES_LONGER: Final = 6
"""How much more of a processor than without a change a mutant may use before it counts as timed out."""
WAITING: Final = 8
"""How much longer than that it may take by the clock: others use the machine, too, and what waits uses no processor."""
MOST_MEMORY: Final = 6 * 2**30
_SELECTED_OUT: Final = ("[stock", "-stock]", "stock-")


class Job:
    """What one process works on, and where its results go."""

    def __init__(self) -> None:
        job = json.loads(Path(os.environ["MUTATION_JOB"]).read_text(encoding="utf-8"))
        self.root = Path(job["root"])
        self.database: bool = job["database"]
        self.deadline: float = job["deadline"]
        self.spare_s: float = job["spare_s"]
        self.baseline_file = Path(job["baseline"])
        self.mutants: list[dict[str, Any]] = job["mutants"]
        self.sources = sorted({each["path"] for each in self.mutants if not each["statement"]})
        self.folder = Path(tempfile.mkdtemp(prefix="mutants-", dir=job["temporary"]))
        self._out = Path(os.environ["MUTATION_OUT"])

    def report(self, mutant: dict[str, Any], outcome: str, killer: str = "") -> None:
        """Add a result."""
        with self._out.open("a", encoding="utf-8") as out:
            out.write(
                json.dumps({"id": mutant["id"], "path": mutant["path"], "outcome": outcome, "killer": killer}) + "\n"
            )


class SameExamples:
    """Has properties try the same examples each time, and spend no time on making small what fails."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Load a profile for that."""
        settings.register_profile(
            "mutants",
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=[HealthCheck.too_slow],
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Use the PostgreSQL that runs, if there is one."""
        if "MUTATION_POSTGRES" in os.environ:
            from mutation.kept_postgres import adopt  # noqa: PLC0415  it imports what is mutated

            adopt(os.environ["MUTATION_POSTGRES"])


def pytest_configure(config: pytest.Config) -> None:
    """Prepare properties."""
    config.pluginmanager.register(SameExamples())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what runs the same again on a second PostgreSQL."""
    items[:] = [item for item in items if not any(mark in item.nodeid for mark in _SELECTED_OUT)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run every mutant in place of the tests."""
    gc.unfreeze()
    job = Job()
    try:
        with _postgres(job):
            _Runner(session, job).run()
    finally:
        shutil.rmtree(job.folder, ignore_errors=True)
    return True


@contextlib.contextmanager
def _postgres(job: Job) -> Iterator[None]:
    """Have one server run for all tests, where they need one."""
    if not job.database:
        yield
        return
    from mutation.kept_postgres import adopt, keep  # noqa: PLC0415  it imports what is mutated

    with keep(job.folder) as urls:
        os.environ["MUTATION_POSTGRES"] = urls
        adopt(urls)
        yield


class _Runner:
    def __init__(self, session: pytest.Session, job: Job) -> None:
        self._items = session.items
        self._job = job
        self._functions = _functions_of(set(job.sources))
        self._baseline: dict[str, Any] = {}

    def run(self) -> None:
        self._baseline = self._read_baseline()
        failed = [test for test, told in self._baseline["tests"].items() if not told["passed"]]
        if failed:
            raise pytest.UsageError("these fail without a change:\n" + "\n".join(failed))
        pending = sorted(self._job.mutants, key=self._is_warm)  # those that cost least are taken first, from the end
        running: dict[int, Child] = {}
        while pending or running:
            while pending and len(running) < PROCESSES and time.time() < self._job.deadline:
                child = self._start(pending.pop())
                if child is not None:
                    running[child.fd] = child
            if not running:
                return
            ready, _, _ = select.select(list(running), [], [], 0.5)
            late = [fd for fd, child in running.items() if time.time() > child.ends]
            for fd in {*ready, *late}:
                child = running.pop(fd)
                outcome, killer = child.finish(is_late=fd not in ready)
                self._job.report(child.mutant, outcome, killer)
                shutil.rmtree(child.folder, ignore_errors=True)

    def _read_baseline(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            kept: dict[str, Any] = json.loads(self._job.baseline_file.read_text(encoding="utf-8"))
            return kept
        measured: dict[str, Any] = _told_by(lambda: _measure(self._items, self._job))
        tests = list(measured["tests"])
        if self._job.sources:
            measured["imported"] = _told_by(
                lambda: lines_of_imports(self._job.sources, tests, self._job.root, SameExamples())
            )
            self._check_cold(_quickest_of_each_file(measured["tests"]))
        else:
            measured["imported"] = {}
        self._job.baseline_file.parent.mkdir(parents=True, exist_ok=True)
        self._job.baseline_file.write_text(json.dumps(measured), encoding="utf-8")
        return measured

    def _check_cold(self, tests: list[str]) -> None:
        """Make sure that importing everything again changes nothing by itself, and that a change is imported."""
        path = self._job.sources[0]
        same = {"path": path, "text": Path(path).read_text(encoding="utf-8")}
        if (failed := self._imported_again(same, tests)) != "-":
            raise pytest.UsageError(f"without a change, but imported again: {failed}")
        if self._imported_again({"path": path, "text": "raise ImportError"}, tests) == "-":
            raise pytest.UsageError(f"no test imports {path}")

    def _imported_again(self, mutant: dict[str, Any], tests: list[str]) -> str:
        folder = Path(tempfile.mkdtemp(dir=self._job.folder))
        told: str = _told_by(lambda: first_failure(mutant, tests, self._job.root, folder, SameExamples()))
        return told

    def _start(self, mutant: dict[str, Any]) -> "Child | None":
        folder = Path(tempfile.mkdtemp(dir=self._job.folder))
        tests = self._tests_of(mutant)
        if not tests:
            self._job.report(mutant, "survived", "no test runs the line")
            return None
        used = sum(self._baseline["tests"][test]["seconds"] for test in tests)
        is_warm = self._is_warm(mutant)
        limit = used * TIMES_LONGER + self._job.spare_s

        def work(fd: int) -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 1))
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            if is_warm and self._apply(mutant):
                by_id = {item.nodeid: item for item in self._items}
                os.write(fd, _first_failure([by_id[test] for test in tests], folder).encode())
            else:
                os.write(fd, first_failure(mutant, tests, self._job.root, folder, SameExamples()).encode())

        fd, pid = _fork(work)
        return Child(mutant, fd, pid, time.time() + limit * WAITING, folder)

    def _is_warm(self, mutant: dict[str, Any]) -> bool:
        """Tell whether what changes is a statement, or a function that is not called before the tests begin."""
        if mutant["warm"] is None:
            return mutant["statement"] is not None
        first, last = mutant["lines"]
        return not any(first <= line <= last for line in self._baseline["imported"].get(mutant["path"], []))

    def _tests_of(self, mutant: dict[str, Any]) -> list[str]:
        """Return the tests that run a mutant's lines, file by file, those that take least first."""
        told = self._baseline["tests"]
        if mutant["statement"]:
            chosen = {test for test in told if mutant["statement"] in told[test]["statements"]} or set(told)
        elif mutant["inside"]:
            lines = self._baseline["lines"].get(mutant["path"], {})
            first, last = mutant["lines"]
            chosen = {test for line in range(first, last + 1) for test in lines.get(str(line), [])}
        else:
            chosen = set(told)
        files: dict[str, list[str]] = {}
        for test in sorted(chosen, key=lambda each: float(told[each]["seconds"])):
            files.setdefault(test.split("::", maxsplit=1)[0], []).append(test)
        ordered = sorted(files.values(), key=lambda tests: sum(told[each]["seconds"] for each in tests) / len(tests))
        return [test for tests in ordered for test in tests]

    def _apply(self, mutant: dict[str, Any]) -> bool:
        """Change what is loaded; return False where that cannot be: a function would close over something else."""
        if mutant["statement"]:
            for module in _modules_with_statements():
                if module._SQL.get(mutant["statement"]) == mutant["original"]:  # noqa: SLF001
                    module._SQL[mutant["statement"]] = mutant["text"]  # noqa: SLF001
            return True
        line, name = mutant["warm"]
        code = _find_code(compile(mutant["text"], mutant["path"], "exec"), line, name)
        functions = self._functions.get((mutant["path"], line, name), [])
        if any(function.__code__.co_freevars != code.co_freevars for function in functions):
            return False
        for function in functions:
            function.__code__ = code
        return True


class Child:
    """A process that runs one mutant."""

    def __init__(self, mutant: dict[str, Any], fd: int, pid: int, ends: float, folder: Path) -> None:
        self.mutant, self.fd, self.pid, self.ends, self.folder = mutant, fd, pid, ends, folder

    def finish(self, *, is_late: bool) -> tuple[str, str]:
        """Return what became of the mutant, and by which test."""
        told = b"" if is_late else os.read(self.fd, 65_536)
        os.close(self.fd)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        if told:
            killer = told.decode()
            return ("survived", "") if killer == "-" else ("killed", killer)
        is_timeout = is_late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL})
        return ("timed out", "") if is_timeout else ("killed", "the process ended")


def _fork(work: Callable[[int], None]) -> tuple[int, int]:
    """Run work in a forked process; return where it writes, and its pid."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        return reading, pid
    try:
        os.setpgid(0, 0)
        os.close(reading)
        null = os.open(os.environ.get("MUTATION_LOG", os.devnull), os.O_RDWR | os.O_APPEND)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        work(writing)
    except BaseException:  # noqa: BLE001  nothing of the fork may go on in the process that it was forked from
        import traceback  # noqa: PLC0415  in the fork only

        traceback.print_exc()
        os._exit(70)
    os._exit(0)


def _first_failure(items: Sequence[pytest.Item], folder: Path) -> str:
    """Run tests in order; return the first that fails, "-" if none does."""
    _give_folder(items[0], folder)
    for item, following in _with_next(items):
        reports = runtestprotocol(item, log=False, nextitem=following)
        if any(report.failed for report in reports):
            with contextlib.suppress(BaseException):
                item.session._setupstate.teardown_exact(None)  # noqa: SLF001  pytest has no other way
            return item.nodeid
    return "-"


def _with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    yield from zip(items, [*items[1:], None], strict=True)


def _give_folder(item: pytest.Item, folder: Path) -> None:
    """Have temporary folders lie below one."""
    factory: Any = vars(item.config)["_tmp_path_factory"]
    vars(factory)["_basetemp"] = folder


def _quickest_of_each_file(told: dict[str, Any]) -> list[str]:
    by_time = sorted(told, key=lambda test: float(told[test]["seconds"]), reverse=True)
    return list({test.split("::", maxsplit=1)[0]: test for test in by_time}.values())


def _told_by(work: Callable[[], Any]) -> Any:
    """Return what work in a forked process returns."""

    def tell(fd: int) -> None:
        with os.fdopen(os.dup(fd), "wb") as pipe:
            pipe.write(json.dumps(work()).encode())

    fd, pid = _fork(tell)
    with os.fdopen(fd, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(told)


def _modules_with_statements() -> list[Any]:
    """Return the modules that hold statements of SQL."""
    return [module for name, module in sys.modules.items() if name.startswith("brim.") and hasattr(module, "_SQL")]


class _Noted(dict[str, str]):
    """Statements that note which of them are used."""

    used: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> str:
        self.used.add(name)
        return super().__getitem__(name)


def _measure(items: Sequence[pytest.Item], job: Job) -> dict[str, Any]:
    """Return which tests pass, how long each takes, and which lines of the sources and which statements each runs."""
    folder = job.folder / "baseline"
    folder.mkdir()
    _give_folder(items[0], folder)
    sys.settrace(None)
    measuring = coverage.Coverage(data_file=None, include=job.sources or ["/none"], branch=False, config_file=False)
    measuring.start()
    for module in _modules_with_statements():
        module._SQL = _Noted(module._SQL)  # noqa: SLF001
    tests = {}
    for item, following in _with_next(items):
        measuring.switch_context(item.nodeid)
        _Noted.used.clear()
        began = time.process_time(), time.perf_counter()
        reports = runtestprotocol(item, log=False, nextitem=following)
        seconds = max(time.process_time() - began[0], (time.perf_counter() - began[1]) / 4)
        if any(report.skipped for report in reports):
            continue
        passed = not any(report.failed for report in reports)
        tests[item.nodeid] = {"seconds": seconds, "passed": passed, "statements": sorted(_Noted.used)}
        if not passed:
            print(item.nodeid, [report.longreprtext for report in reports if report.failed])
    measuring.stop()
    data = measuring.get_data()
    lines = {
        path: {line: [test for test in found if test in tests] for line, found in data.contexts_by_lineno(path).items()}
        for path in job.sources
    }
    return {"tests": tests, "lines": lines}


def _functions_of(paths: set[str]) -> dict[tuple[str, int, str], list[types.FunctionType]]:
    """Return the functions that were made from each code object of some sources."""
    found: dict[tuple[str, int, str], list[types.FunctionType]] = {}
    for each in gc.get_objects():
        if isinstance(each, types.FunctionType) and each.__code__.co_filename in paths:
            code = each.__code__
            found.setdefault((code.co_filename, code.co_firstlineno, code.co_name), []).append(each)
    return found


def _find_code(code: types.CodeType, line: int, name: str) -> types.CodeType:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            if (each.co_firstlineno, each.co_name) == (line, name):
                return each
            with contextlib.suppress(LookupError):
                return _find_code(each, line, name)
    raise LookupError(name)
