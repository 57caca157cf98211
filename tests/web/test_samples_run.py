"""Every sample of cURL, the CLI, Node.js and Python is run as the reference shows it, with ids that exist."""

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from api.conftest import Server
from api.node import node_command
from api.wire import Wire
from brim.api.operations import OPERATIONS
from brim.store.accounts import find_first_account
from brim.store.database import Database
from brim.web.naming import camel
from brim.web.reference.catalogue import Catalogue, Entry
from brim.web.samples import cli, curl, node, python
from brim.web.samples.sample import Sample
from cli.stripe_cli import StripeCli, stripe_program
from web.making import is_about, sample_for

ENTRIES: Final = Catalogue(OPERATIONS).all_entries()
PATIENCE_S: Final = 60


@pytest.fixture
def sample(request: pytest.FixtureRequest, server: Server, account: str, key: str) -> Sample:
    """The example of an operation, in an account of its own."""
    entry: Entry = request.param
    if entry.chapter.slug == "verification":
        account = find_operator(server)
        key = server.make_key(account)
    return sample_for(entry, Wire(server.url, key), account)


def find_operator(server: Server) -> str:
    """Return the account that was there first, to whom the books of all are shown."""

    async def find(database: Database) -> str | None:
        async with database.connection() as conn:
            return await find_first_account(conn)

    account = server.run(find)
    assert account is not None
    return account


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


@each_operation
def test_every_node_sample_works(sample: Sample) -> None:
    program, script = node_command("sample.mjs")
    text = f"{node.write(sample)}console.log(JSON.stringify({camel(sample.result)}));"
    printed = run([program, "--input-type=module", "-e", text], cwd=Path(script).parent)
    assert_answered(sample, json.loads(printed))
