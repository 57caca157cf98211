"""`stripe login`: the official CLI is paired with an account, and works with the key it got until that ends."""

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from brim.cli.database import asked_here
from brim.core.access.recognition import recognise_key
from brim.core.access.rules import hash_secret
from brim.core.access.service import list_keys, revoke_key
from brim.core.pairing.rules import PERMISSIONS
from brim.core.pairing.service import approve_pairing, deny_pairing
from brim.testing.terminal import typed
from tests.support.pairing import complete, poll_url_of, stored_key
from tests.support.polling import until
from tests.support.service import Server
from tests.support.stripe_cli import StripeCli
from tests.support.wire import Wire


@pytest.fixture(params=["port", "socket"])
def bare_cli(request: pytest.FixtureRequest, program: Path, server: Server, tmp_path: Path) -> StripeCli:
    """The CLI as it was installed, without any key: by a flag that names the port, or by the Unix socket alone."""
    if request.param == "port":
        return StripeCli(program, tmp_path, None)
    return StripeCli(program, tmp_path, None, socket_path=server.unix_socket)


@pytest.fixture
def ask(bare_cli: StripeCli, server: Server) -> Callable[[], Any]:
    """A function that begins a login and returns what the CLI prints of it."""
    base = [] if bare_cli.socket_path else ["--dashboard-base", server.url]
    return lambda: bare_cli.run("login", "--non-interactive", *base).json


def approve(server: Server, code: str, account: str) -> None:
    server.run(lambda database: approve_pairing(database, code, account=account, **asked_here()))


def test_a_login_is_approved_and_its_key_works_until_it_is_revoked(
    bare_cli: StripeCli, ask: Callable[[], Any], server: Server, account: str, wire: Wire, tmp_path: Path
) -> None:
    login = ask()
    assert urlsplit(login["browser_url"]).netloc == urlsplit(server.url).netloc
    page = wire.get(login["browser_url"].removeprefix(server.url))
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert f"brim login approve {login['verification_code']}" in page.body.decode()
    assert "devbox" in page.body.decode()
    approve(server, login["verification_code"], account)
    done = complete(bare_cli, login)
    assert account in done.text
    assert done.status == 0, done.errors

    who = bare_cli.run("whoami", "--format", "json").json
    assert (who["authenticated"], who["account_id"]) == (True, account)
    topup = wire.create()
    listing = ("topups", "list", *([] if bare_cli.socket_path else ["--api-base", server.url]))
    assert [each["id"] for each in bare_cli.run(*listing).json["data"]] == [topup["id"]]

    key = next(key for key in server.run(lambda database: list_keys(database, account=account)) if key.name == "devbox")
    server.run(lambda database: revoke_key(database, key_id=key.id, **typed()))
    revoked = Wire(server.url, stored_key(tmp_path))
    until(lambda: revoked.get("/v1/topups").status == 401, what="one process to refuse the key")
    refused = until(lambda: _refused(bare_cli, *listing), what="whichever process the CLI meets to refuse it")
    assert "Run `stripe login` to re-authenticate." in refused


def _refused(cli: StripeCli, *command: str) -> str | None:
    done = cli.run(*command)
    return done.errors if done.status else None


def test_a_key_is_handed_out_once(bare_cli: StripeCli, ask: Callable[[], Any], server: Server, account: str) -> None:
    login = ask()
    approve(server, login["verification_code"], account)
    assert complete(bare_cli, login).status == 0
    again = complete(bare_cli, login)
    assert again.status == 1
    assert "already issued" in again.errors


def test_a_denied_login_ends_at_once(bare_cli: StripeCli, ask: Callable[[], Any], server: Server) -> None:
    login = ask()
    code = login["verification_code"]
    server.run(lambda database: deny_pairing(database, code, **asked_here()))
    done = complete(bare_cli, login)
    assert done.status == 1
    assert "This login was denied." in done.errors


def test_the_cli_waits_until_somebody_decides(program: Path, server: Server, account: str, tmp_path: Path) -> None:
    cli = StripeCli(program, tmp_path, None)
    login = cli.run("login", "--non-interactive", "--dashboard-base", server.url).json
    poll_url = poll_url_of(login)
    with cli.start("login", "--complete", poll_url) as command:
        asked = urlsplit(poll_url).path
        until(lambda: asked in server.log_path.read_text(encoding="utf-8"), what="the CLI to ask")
        approve(server, login["verification_code"], account)
        command.wait_for("Done!")


def test_a_key_can_be_pasted_instead(program: Path, server: Server, key: str, account: str, tmp_path: Path) -> None:
    cli = StripeCli(program, tmp_path, None, socket_path=server.unix_socket)
    printed = _run_in_terminal(cli, "login", "--interactive", answers=[key, ""])
    assert account in printed
    assert cli.run("whoami", "--format", "json").json["account_id"] == account


def _run_in_terminal(cli: StripeCli, *arguments: str, answers: list[str]) -> str:
    """Run a command in a terminal of its own, type a line whenever it asks for one, and return what it printed."""
    ours, its = pty.openpty()
    process = subprocess.Popen(cli.command(*arguments), env=cli.environment, stdin=its, stdout=its, stderr=its)
    os.close(its)
    printed = b""
    prompts = [b"Enter your API key: ", b"[default: "]
    try:
        for prompt, answer in zip(prompts, answers, strict=True):
            while prompt not in printed:
                printed += os.read(ours, 4096)
            os.write(ours, answer.encode() + b"\n")
        while b"> " not in printed:
            printed += os.read(ours, 4096)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return printed.decode()


def test_what_is_asked_without_a_key_is_answered_and_nothing_else(server: Server) -> None:
    anybody = Wire(server.url, None)
    assert anybody.get("/stripecli/auth").status == 404
    assert anybody.post("/stripecli/auth/cliauth_x").status == 404
    assert anybody.get("/stripecli/auth/cliauth_x?secret=y").status == 404
    assert anybody.get("/stripecli/auth/other").status == 404
    assert anybody.get("/stripecli/confirm_auth?t=made_up").status == 404
    assert anybody.get("/stripecli/anything").status == 404


def test_a_name_from_outside_is_no_part_of_a_link(server: Server) -> None:
    wire = Wire(server.url, None)
    reply = wire.post("/stripecli/auth", {"device_name": "x"}, headers={"Host": "dashboard.stripe.com"})
    assert reply.json["poll_url"].startswith(server.url)
    assert reply.headers["cache-control"] == "no-store"
    for host in ("x/../y", "a b"):
        assert wire.post("/stripecli/auth", {"device_name": "x"}, headers={"Host": host}).status == 400


def test_the_key_is_named_after_its_device_and_told_to_nobody_else(
    bare_cli: StripeCli, ask: Callable[[], Any], server: Server, account: str, tmp_path: Path
) -> None:
    login = ask()
    approve(server, login["verification_code"], account)
    assert complete(bare_cli, login).status == 0
    secret = stored_key(tmp_path)
    found = server.run(lambda database: recognise_key(database, hash_secret(secret)))
    assert found is not None
    assert (found.name, found.permissions) == ("devbox", PERMISSIONS)
    log = server.log_path.read_text(encoding="utf-8")
    assert secret not in log
    assert urlsplit(poll_url_of(login)).query not in log
