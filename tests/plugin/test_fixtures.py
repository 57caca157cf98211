"""The fixtures that the package brings: found by pytest, true to their page, and gone without a trace.

Each test runs pytest as its users do, in a process and a folder of its own.
"""

import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from brim.host import confine
from tests.support.polling import until

ROOT: Final = Path(__file__).parents[2]
_PATIENCE_S: Final = 120.0
_EXAMPLE: Final = re.compile(r"```python\n# (\w+\.py)\n(.*?)```", re.DOTALL)

WAITING: Final = """
import pathlib, time

def test_that_takes_long(brim_server):
    pathlib.Path("begun").write_text(f"{brim_server.data_dir} {brim_server.url}")
    time.sleep(100)
"""


class Project:
    """A folder with tests, in an environment in which this source tree is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        installed = folder / "installed"
        _install(installed)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("BRIM_", "PYTEST_"))},
            "PYTHONPATH": f"{ROOT / 'src'}:{installed}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self.temporary),
        }

    def add(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of pytest, without plugins that only tests of Brim itself use."""
        left_out = ("cacheprovider", "asyncio", "hypothesispytest", "schemathesis")
        without = [word for name in left_out for word in ("-p", f"no:{name}")]
        return [sys.executable, "-m", "pytest", *without, "-W", "error", *arguments]

    def run(self, *arguments: str, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run pytest to its end."""
        return subprocess.run(
            [*prefix, *self.command(*arguments)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )

    def start(self) -> "subprocess.Popen[bytes]":
        """Start pytest, and return it once a test uses the server."""
        process = subprocess.Popen(
            self.command(),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        begun = self.folder / "begun"
        until(lambda: begun.exists() and begun.read_text(), what="the test to begin", patience_s=_PATIENCE_S)
        return process

    @property
    def left_behind(self) -> list[str]:
        """The servers' folders that are still there, and the command lines that still name them."""
        folders = [path.name for path in self.temporary.glob("brim-*")]
        named = str(self.temporary / "brim-")
        processes = [line for line in map(_command_line, Path("/proc").iterdir()) if named in line]
        return folders + processes


def _command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:  # no process, or no more
        return ""


def _install(folder: Path) -> None:
    """Tell Python of this source tree's entry points, as installing it would."""
    metadata = folder / "brim_under_test-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: brim-under-test\nVersion: 1\n")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [f"{name} = {target}" for name, target in project["entry-points"]["pytest11"].items()]
    (metadata / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines, ""]))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def examples() -> dict[str, str]:
    """Return the examples of the documentation by the names of their files."""
    return dict(_EXAMPLE.findall((ROOT / "docs" / "testing.md").read_text()))


# As documented.


@pytest.mark.slow
def test_every_example_of_the_documentation_passes_in_two_processes(project: Project) -> None:
    assert_examples_pass(project, "-n", "2")


@pytest.mark.slow
def test_every_example_of_the_documentation_passes_in_one_process_of_an_ordinary_user(project: Project) -> None:
    user = [sys.executable, "-I", "-S", confine.__file__, str(os.getpid()), "namespace", "65534", "65534"]
    assert_examples_pass(project, prefix=user if os.geteuid() == 0 else ())


def assert_examples_pass(project: Project, *more: str, prefix: Sequence[str] = ()) -> None:
    """Run the examples as they are printed, and check that they pass and leave nothing behind."""
    assert len(examples()) == 9
    for name, text in examples().items():
        project.add(name, text)
    run = project.run("-rA", *more, prefix=prefix)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "9 passed" in run.stdout
    assert project.left_behind == []


def test_a_run_that_uses_no_fixture_loads_nothing_of_brim(project: Project) -> None:
    project.add(
        "test_loaded.py",
        "import sys\n"
        "def test_loaded(request):\n"
        "    assert request.config.pluginmanager.has_plugin('brim')\n"
        "    loaded = sorted(name for name in sys.modules if name.split('.')[0] == 'brim')\n"
        "    assert loaded == ['brim', 'brim.testing', 'brim.testing.plugin']\n"
        "    assert 'asyncpg' not in sys.modules\n",
    )
    run = project.run()
    assert run.returncode == 0, run.stdout


# What goes wrong is told.


@pytest.mark.slow
def test_what_goes_wrong_is_told_in_sentences(project: Project) -> None:
    project.add("conftest.py", "import sys\nsys.modules['stripe'] = None\n")  # an import of it fails
    project.add(
        "test_wrong.py",
        "def test_client(brim_client): ...\n"
        "def test_missed(brim_account, brim_webhooks):\n"
        "    topup = brim_account.api.post('/v1/topups', {'amount': '1', 'currency': 'usd'})\n"
        "    brim_webhooks.wait_for('topup.created', id=topup)\n"
        "    brim_webhooks.wait_for('topup.reversed', id=topup, within_s=0.1)\n"
        "def test_nothing(brim_webhooks):\n"
        "    brim_webhooks.wait_for('topup.created', count=2, within_s=0.1)\n"
        "def test_refused(brim_account):\n"
        "    brim_account.succeed('tu_missing')\n",
    )
    run = project.run()
    assert run.returncode == 1
    assert "The package stripe is not installed, and brim_client is its client: pip install stripe." in run.stdout
    told = re.search(
        r"topup\.reversed of tu_\w+ did not arrive within 0\.1 s\. Received:\nE +topup\.created of tu_\w+ \(evt_\w+\)",
        run.stdout,
    )
    assert told, run.stdout
    assert re.search(r"topup\.created, 2 times, did not arrive within 0\.1 s\. Received:\nE +nothing", run.stdout)
    assert "RefusedError: No such topup: 'tu_missing'" in run.stdout
    assert "3 failed, 1 error" in run.stdout


@pytest.mark.slow
def test_a_server_that_cannot_start_says_why_and_leaves_nothing(project: Project) -> None:
    project.add(
        "conftest.py",
        "import pytest\n"
        "@pytest.fixture(scope='session')\n"
        "def brim_settings():\n"
        "    return {'BRIM_SANDBOX_SETTLE_AFTER': 'never'}\n",
    )
    project.add("test_server.py", "def test_server(brim_server): ...\n")
    run = project.run()
    assert run.returncode == 1
    assert "ServerNotReadyError: brim serve ended before it was ready." in run.stdout
    assert "cannot be 'never'" in run.stdout
    assert project.left_behind == []


# Nothing is left behind.


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_run_that_was_cut_short(project: Project, number: int) -> None:
    project.add("test_long.py", WAITING)
    process = project.start()
    assert project.left_behind
    process.send_signal(number)
    process.wait(_PATIENCE_S)
    until(lambda: not project.left_behind, what="the server to be gone", patience_s=_PATIENCE_S)


def test_a_project_that_asks_for_no_fixture_loads_almost_nothing_of_it(project: Project) -> None:
    project.add(
        "test_own.py",
        """
        import sys

        def test_what_is_loaded():
            ours = {name for name in sys.modules if name.partition(".")[0] == "brim"}
            assert ours == {"brim", "brim.testing", "brim.testing.plugin"}
            others = {"asyncpg", "click", "msgspec", "stripe", "structlog", "uvloop", "websockets"}
            assert not others & {name.partition(".")[0] for name in sys.modules}
        """.replace("\n        ", "\n"),
    )
    run = project.run("test_own.py")
    assert run.returncode == 0, run.stdout
