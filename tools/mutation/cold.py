"""Runs tests with everything of the project imported anew: what a module computes while it is imported is seen, too.

It happens in a forked process that has all third-party packages loaded, and costs half a second instead of two.
"""

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import coverage
import pytest

_HERE: Final = Path(__file__).parent
_QUIET: Final = ("-p", "no:cacheprovider", "-p", "no:xdist", "-s", "-q", "--assert=plain")
"""What pytest rewrites itself it would read from the file, also in packages that bring a plugin."""


def first_failure(mutant: dict[str, Any], tests: Sequence[str], root: Path, folder: Path, plugin: object) -> str:
    """Import all with one module's source changed and run tests; return the first that fails, "-" if none does."""
    _forget(root)
    sys.meta_path.insert(0, _MutatedFinder(module_name(mutant["path"]), mutant["path"], mutant["text"]))
    chosen = _Chosen(tests)
    files = list(dict.fromkeys(test.split("::")[0] for test in tests))
    status = pytest.main([*_QUIET, "-x", f"--basetemp={folder / 'base'}", *files], [plugin, chosen])
    if status == pytest.ExitCode.OK:
        return "-"
    return chosen.failed or "it cannot be imported"


def lines_of_imports(sources: Sequence[str], tests: Sequence[str], root: Path, plugin: object) -> dict[str, list[int]]:
    """Return the lines of some sources that run before any test does."""
    _forget(root)
    measuring = coverage.Coverage(data_file=None, include=list(sources) or ["/none"], branch=False, config_file=False)
    measuring.start()
    files = list(dict.fromkeys(test.split("::")[0] for test in tests))
    pytest.main([*_QUIET, "--collect-only", *files], [plugin])
    measuring.stop()
    data = measuring.get_data()
    return {path: sorted(data.lines(path) or []) for path in sources}


def _forget(root: Path) -> None:
    """Have the next import of each module of the project read it again."""
    os.chdir(root)
    for name, module in list(sys.modules.items()):
        path = Path(getattr(module, "__file__", None) or "/none")
        if path.is_relative_to(root) and ".venv" not in path.parts and path.parent != _HERE:
            del sys.modules[name]
    with contextlib.suppress(ImportError):
        from structlog import reset_defaults  # noqa: PLC0415  only where logs are written with it

        reset_defaults()


class _Chosen:
    """Has pytest run some tests in their order, and tells which failed."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._order = {test: position for position, test in enumerate(tests)}
        self.failed = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests that are chosen, in their order."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid]
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which test failed."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


class _MutatedLoader(importlib.machinery.SourceFileLoader):
    """Loads one module from a changed source."""

    text = ""

    def get_code(self, fullname: str) -> Any:
        """Return the code of the changed source."""
        return compile(self.text, self.get_filename(fullname), "exec")


class _MutatedFinder(importlib.abc.MetaPathFinder):
    """Finds the module that is changed, and no other."""

    def __init__(self, name: str, path: str, text: str) -> None:
        self._name, self._path, self._text = name, path, text

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Return where the changed module comes from."""
        del path, target
        if fullname != self._name:
            return None
        loader = _MutatedLoader(fullname, self._path)
        loader.text = self._text
        below = [str(Path(self._path).parent)] if self._path.endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(
            fullname, self._path, loader=loader, submodule_search_locations=below
        )


def module_name(path: str) -> str:
    """Return the dotted name of a module below `src`, or of one that lies on its own."""
    parts = Path(path).with_suffix("").parts
    below = parts[parts.index("src") + 1 :] if "src" in parts else parts[-1:]
    return ".".join(below).removesuffix(".__init__")
