"""Every sample of cURL, the CLI, Node.js and Python is run as the reference shows it, with ids that exist."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from brim.api.resources.operations import OPERATIONS
from brim.web.operation_names import camel
from brim.web.reference.catalogue import Catalogue, Entry
from brim.web.samples import cli, curl, node, python
from brim.web.samples.sample import Sample
from tests.support.brim_process import brim_command, brim_environment
from tests.support.making import all_entries, is_about, sample_for
from tests.support.making_live import is_done_by_keys, is_live, live_sample_for
from tests.support.node import FOLDER, node_command
from tests.support.service import Server, find_platform_account, serving
from tests.support.stripe_cli import StripeCli, stripe_program
from tests.support.wire import Wire

ENTRIES: Final = [entry for entry in all_entries(Catalogue(OPERATIONS)) if is_done_by_keys(entry.operation)]
PATIENCE_S: Final = 60
_OF_THE_PLATFORM: Final = frozenset(
    ("verification", "chain_heads", "health", "workers", "stuck_items", "audit_log", "legal_holds")
)
"""Chapters of what only the account that was there first may see."""


@pytest.fixture(scope="module")
def read_samples() -> dict[str, Sample]:
    """The examples of operations that only read, by their page: all languages can share one."""
    return {}


@pytest.fixture
def sample(
    request: pytest.FixtureRequest,
    server: Server,
    account: str,
    key: str,
    tmp_path: Path,
    read_samples: dict[str, Sample],
) -> Sample:
    """The example of an operation, in an account of its own."""
    entry: Entry = request.param
    if entry.operation.method != "GET":
        return _make_sample(entry, server, account, key, tmp_path)
    if entry.url not in read_samples:
        read_samples[entry.url] = _make_sample(entry, server, account, key, tmp_path)
    return read_samples[entry.url]


def _make_sample(entry: Entry, server: Server, account: str, key: str, tmp_path: Path) -> Sample:
    if is_live(entry.operation):
        return live_sample_for(entry, server, account, tmp_path)
    if entry.chapter.slug in _OF_THE_PLATFORM:
        account = find_platform_account(server)
        key = server.make_key(account, livemode=entry.chapter.slug == "legal_holds")
    return sample_for(entry, Wire(server.url, key), account)


each_operation = pytest.mark.parametrize("sample", ENTRIES, indirect=True, ids=lambda entry: entry.url[10:])


def assert_answered(sample: Sample, answer: Any) -> None:
    """Check that a sample was answered with what its operation returns."""
    assert is_about(sample.operation, answer), answer


def run(command: list[str], **options: Any) -> str:
    """Return what a command prints; it must not fail."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, stdin=subprocess.DEVNULL, **options
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return str(done.stdout)


@each_operation
def test_every_curl_sample_works(sample: Sample) -> None:
    line = curl.write(sample)
    assert_answered(sample, json.loads(run(["sh", "-c", f"{line} --silent --show-error"])))


@each_operation
def test_every_cli_sample_works(sample: Sample, tmp_path: Path) -> None:
    program, *words = shlex.split(cli.write(sample).replace("\\\n", " "))
    assert program == "stripe"
    stripe_cli = StripeCli(stripe_program(), tmp_path, None)
    printed = stripe_cli.run(*words)
    assert printed.status == 0, printed.errors
    before, brace, answer = printed.text.partition("{")
    assert not before or sample.operation.method == "DELETE"  # then it may first say on which account
    assert_answered(sample, json.loads(brace + answer))


@each_operation
def test_every_python_sample_works(sample: Sample) -> None:
    names: dict[str, Any] = {}
    exec(compile(python.write(sample), "sample", "exec"), names)
    result = names[sample.result]
    assert_answered(sample, result.data if sample.sdk is None else result.to_dict())


class NodeSamples:
    """A process of Node that runs samples, each as a module of its own: it starts once, and loads the SDK once.

    Args:
        process: one that runs tests/node/samples.mjs.
        folder: an empty folder for the modules.
    """

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._count = 0
        (folder / "node_modules").symlink_to(FOLDER / "node_modules")

    def run(self, text: str) -> Any:
        """Return what a module exports; it must not fail."""
        assert self._process.stdin
        assert self._process.stdout
        module = self._folder / f"sample_{self._count}.mjs"
        self._count += 1
        module.write_text(text)
        self._process.stdin.write(f"{module.as_uri()}\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        assert "error" not in told, told["error"]
        return told["answer"]


@pytest.fixture(scope="module")
def node_samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeSamples]:
    command = node_command("samples.mjs")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield NodeSamples(process, tmp_path_factory.mktemp("samples"))
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0


@each_operation
def test_every_node_sample_works(sample: Sample, node_samples: NodeSamples) -> None:
    assert_answered(sample, node_samples.run(f"{node.write(sample)}export default {camel(sample.result)};"))


def test_samples_work_below_a_path_prefix(
    server: Server, account: str, key: str, node_samples: NodeSamples, tmp_path: Path
) -> None:
    """The Node SDK has no setting for a path, so its sample brings a client that adds it."""

    def command(port: int) -> list[str]:
        return brim_command("api", "--port", str(port), "--database-url", server.database_url)

    entry = next(entry for entry in ENTRIES if entry.operation.operation_id == "PostTopups")
    environment = brim_environment({"BRIM_PUBLIC_URL": "https://pay.example.test/a/brim"})
    with serving(command, environment, tmp_path / "brim.log") as url:
        made = sample_for(entry, Wire(url, key), account)
        below = msgspec.structs.replace(made, base=f"{url}/a/brim")
        assert_answered(below, node_samples.run(f"{node.write(below)}export default {camel(below.result)};"))
        assert_answered(below, json.loads(run(["sh", "-c", f"{curl.write(below)} --silent --show-error"])))
        names: dict[str, Any] = {}
        exec(compile(python.write(below), "sample", "exec"), names)
        assert_answered(below, names[below.result].to_dict())
