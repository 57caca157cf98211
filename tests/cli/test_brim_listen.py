"""`brim listen`, `brim logs tail` and `brim events resend`: what the official CLI does, without it."""

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import stripe
from stripe import StripeClient

from brim.platform.database import Database
from brim.testing.catcher import BackgroundCatcher, catching_in_background, status
from brim.testing.server import Account
from tests.support.brim_process import RunningBrim, brim_command, brim_environment, run_brim
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.service import Server
from tests.support.stripe_cli import RunningCli, attempts_of
from tests.support.wire import PENDING, Wire

Start = Callable[..., RunningCli]
_ENVIRONMENT = {"STRIPE_DEVICE_NAME": "devbox"}


@pytest.fixture
def there(server: Server, key: str, tmp_path: Path) -> tuple[str, ...]:
    """The flags that name the server and the account's test key."""
    return ("--api-base", server.url, "--api-key", key, "--data-dir", str(tmp_path / "none"))


@pytest.fixture
def start(there: tuple[str, ...]) -> Start:
    """A function that starts a command and returns it once it is ready."""

    def start(*arguments: str) -> RunningCli:
        command = RunningCli(brim_command(*arguments, *there), brim_environment(_ENVIRONMENT))
        command.wait_for("Ready.")
        return command

    return start


@pytest.fixture
def catcher() -> Iterator[BackgroundCatcher]:
    """A local target that answers 200."""
    with catching_in_background() as catcher:
        yield catcher


def create(client: StripeClient) -> str:
    """Return the id of a new top-up that never moves by itself."""
    return client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING}).id


# Listening.


def test_an_event_is_shown_and_passed_on_with_a_signature_that_an_sdk_verifies(
    start: Start, there: tuple[str, ...], client: StripeClient, account: str, catcher: BackgroundCatcher
) -> None:
    secret = run_brim("listen", "--print-secret", *there, env=_ENVIRONMENT).stdout.strip()
    with start("listen", "--forward-to", catcher.url) as command:
        topup_id = create(client)
        shown = command.wait_for("topup.created")
        answered = command.wait_for("[200]")
    (post,) = catcher.caught
    event = stripe.Webhook.construct_event(post.body, post.headers["stripe-signature"], secret)
    assert event.data.object["id"] == topup_id
    assert shown.split()[1:] == ["topup.created", topup_id, account, event.id]
    assert answered.split()[2:5] == ["POST", catcher.url, answered.split()[4]]
    assert answered.split()[5:] == ["ms", event.id]
    assert command.process.returncode == 0


@pytest.mark.parametrize(("code", "outcome"), [(200, "delivered"), (500, "refused")])
def test_what_the_target_answers_is_kept_as_an_attempt(
    start: Start, server: Server, account: str, client: StripeClient, code: int, outcome: str
) -> None:
    with (
        catching_in_background(status(code, b"caught")) as catcher,
        start("listen", "--forward-to", catcher.url) as command,
    ):
        create(client)
        command.wait_for(f"[{code}] ")
        kept = until(lambda: attempts_of(server, account), what="the attempt")
    assert kept == [(outcome, code, "caught")]


def test_a_target_that_is_not_there_is_told_and_the_next_event_comes(start: Start, client: StripeClient) -> None:
    port = free_port()
    with start("listen", "--forward-to", f"127.0.0.1:{port}/hook") as command:
        create(client)
        assert "The connection was refused." in command.wait_for("failed: ")
        second = create(client)
        command.wait_for(second)


def test_only_the_types_asked_for_are_shown_as_json_for_programs(start: Start, client: StripeClient) -> None:
    with start("listen", "--events", "topup.canceled,topup.failed", "--format", "json") as command:
        topup_id = create(client)
        client.v1.topups.cancel(topup_id)
        event = json.loads(command.wait_for("topup.canceled"))
    assert (event["type"], event["data"]["object"]["id"]) == ("topup.canceled", topup_id)
    assert "topup.created" not in "".join(command.lines)


def test_a_long_answer_of_a_target_does_not_keep_the_command_from_ending(start: Start, client: StripeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with start("listen", "--forward-to", f"127.0.0.1:{silent.getsockname()[1]}") as command:
            create(client)
            silent.settimeout(20)
            connection, _ = silent.accept()
            command.stop()
        connection.close()
    assert command.process.returncode == 0


def test_both_commands_share_the_secret_of_a_computer(there: tuple[str, ...]) -> None:
    first, second = (run_brim("listen", "--print-secret", *there, env=_ENVIRONMENT).stdout for _ in range(2))
    other = run_brim("listen", "--print-secret", *there, env={"STRIPE_DEVICE_NAME": "laptop"}).stdout
    assert first.startswith("whsec_")
    assert first == second != other


# What goes wrong.


def test_a_wrong_key_and_a_silent_address_are_told_in_a_line(server: Server, tmp_path: Path) -> None:
    folder = ("--data-dir", str(tmp_path))
    refused = run_brim("listen", "--api-base", server.url, "--api-key", "sk_test_wrong12345", *folder)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: Invalid API Key provided")
    port = free_port()
    silent = run_brim("logs", "tail", "--api-base", f"http://127.0.0.1:{port}", "--api-key", "sk_test_x", *folder)
    assert silent.returncode == 1
    assert silent.stderr.startswith(f"Error: No response from http://127.0.0.1:{port}: ")


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--events", "topup.lost"), "--events can't contain topup.lost: the types are "),
        (("--forward-to", "ftp://host"), "--forward-to can't be 'ftp://host': "),
    ],
)
def test_what_cannot_be_listened_for_is_told(there: tuple[str, ...], flags: tuple[str, ...], sentence: str) -> None:
    refused = run_brim("listen", *flags, *there)
    assert (refused.returncode, refused.stderr[: len("Error: " + sentence)]) == (1, "Error: " + sentence)


def test_an_output_that_nobody_reads_any_more_ends_the_command(there: tuple[str, ...], client: StripeClient) -> None:
    process = subprocess.Popen(
        brim_command("listen", *there),
        env=brim_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    assert process.stdout
    assert process.stderr
    try:
        assert process.stderr.readline().startswith("Ready.")
        process.stdout.close()
        create(client)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_event_made_while_nobody_is_connected_comes_once_afterwards(
    brim_to_kill: RunningBrim, scope: Account, catcher: BackgroundCatcher, tmp_path: Path, number: int
) -> None:
    flags = ("--forward-to", catcher.url, "--events", "topup.created")
    with listening_there(scope, tmp_path, *flags) as command:
        made = [create(scope.stripe_client())]
        command.wait_for("[200]")
        os.kill(brim_to_kill.child_pid("api"), number)
        command.wait_for("Connection lost")
        made += [until(lambda: _try_to_create(brim_to_kill, scope.key), what="another create") for _ in range(10)]
        command.wait_for("Reconnected.")
        until(lambda: len(catcher.caught) >= len(made), what="every event")
        made += [create(scope.stripe_client())]
        until(lambda: len(catcher.caught) >= len(made), what="the last event")
    caught = [json.loads(post.body)["data"]["object"]["id"] for post in catcher.caught]
    assert sorted(caught) == sorted(made)


@pytest.mark.slow
def test_a_killed_database_costs_a_listener_nothing(
    start_brim: Callable[..., RunningBrim], catcher: BackgroundCatcher
) -> None:
    brim = start_brim()
    flags = ("--forward-to", catcher.url, "--events", "topup.created", "--data-dir", str(brim.data_dir))
    with RunningCli(brim_command("listen", *flags), brim_environment()) as command:
        command.wait_for("Ready.")
        made = [brim.create_topup()]
        command.wait_for("[200]")
        os.kill(brim.postgres_pid, signal.SIGKILL)
        made += [until(lambda: _try_to_create(brim), what="another create") for _ in range(10)]
        made += [brim.create_topup()]
        command.wait_for(made[-1])
        until(lambda: len(catcher.caught) >= len(made), what="every event")
    caught = [json.loads(post.body)["data"]["object"]["id"] for post in catcher.caught]
    assert set(caught) >= set(made)  # a create that was under way may have been made without an answer
    assert len(set(caught)) == len(caught)
    assert "Connection lost" not in "".join(command.lines)


def _try_to_create(brim: RunningBrim, key: str | None = None) -> str | None:
    status, topup = brim.call("POST", "/v1/topups", key=key, amount=2000, currency="usd")
    return str(topup["id"]) if status == 200 else None


@contextmanager
def listening_there(scope: Account, folder: Path, *flags: str) -> Iterator[RunningCli]:
    """Lend a listener of an account that is ready."""
    there = ("--api-base", scope.url, "--api-key", scope.key, "--data-dir", str(folder))
    with RunningCli(brim_command("listen", *flags, *there), brim_environment()) as command:
        command.wait_for("Ready.")
        yield command


@pytest.mark.slow
def test_a_session_that_the_server_has_forgotten_is_followed_by_another(
    brim_to_kill: RunningBrim, scope: Account, tmp_path: Path
) -> None:
    with listening_there(scope, tmp_path) as command:
        brim_to_kill.execute_as_owner("DELETE FROM cli_sessions")
        os.kill(brim_to_kill.child_pid("api"), signal.SIGTERM)
        command.wait_for("The session has expired.")
        command.wait_for("Ready.")
        command.wait_for(create(scope.stripe_client()))


# Requests.


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((), [("POST", 200), ("GET", 404), ("POST", 400)]),
        (("--filter-status-code-type", "4XX"), [("GET", 404), ("POST", 400)]),
        (("--filter-http-method", "POST"), [("POST", 200), ("POST", 400)]),
        (("--filter-status-code", "400,500"), [("POST", 400)]),
        (("--filter-request-path", "/v1/topups", "--filter-source", "api"), [("POST", 200), ("POST", 400)]),
        (("--filter-request-status", "failed", "--filter-account", "self"), [("GET", 404), ("POST", 400)]),
    ],
)
def test_only_requests_that_pass_the_filters_are_shown(
    start: Start, wire: Wire, server: Server, account: str, flags: tuple[str, ...], expected: list[tuple[str, int]]
) -> None:
    async def kept(database: Database) -> int:
        async with database.connection() as conn:
            query = "SELECT count(*) FROM request_logs WHERE account = $1 AND path LIKE '/v1/topups%'"
            found: int = await conn.fetchval(query, account)
        return found

    with start("logs", "tail", "--format", "json", *flags) as command:
        wire.create()
        until(lambda: server.run(kept) == 1, what="the first request in the log")  # whichever process it was made to
        wire.get("/v1/topups/tu_missing")
        until(lambda: server.run(kept) == 2, what="the second")
        wire.post("/v1/topups", {"amount": 0, "currency": "usd"})
        command.wait_for("parameter_invalid_integer")
    shown = [json.loads(line) for line in command.lines if line.startswith("{")]
    assert [(request["method"], request["status"]) for request in shown] == expected


def test_a_request_is_a_line_and_cannot_command_the_terminal(start: Start, wire: Wire) -> None:
    with start("logs", "tail") as command:
        refused = wire.post("/v1/topups", {"amount": 2000, "currency": "\x1b[31mred"})
        shown = command.wait_for("[400]")
    assert shown.split()[1:5] == ["[400]", "POST", "/v1/topups", refused.headers["request-id"]]
    assert "\x1b" not in shown


# Sending again.


def test_an_event_is_sent_again_to_who_listens_or_to_one_endpoint(
    start: Start, there: tuple[str, ...], client: StripeClient, catcher: BackgroundCatcher
) -> None:
    endpoint = client.v1.webhook_endpoints.create({"url": catcher.url, "enabled_events": ["topup.created"]})
    with start("listen") as command:
        create(client)
        event_id = command.wait_for("topup.created").split()[-1]
        until(lambda: catcher.caught, what="the endpoint to get it")
        again = run_brim("events", "resend", event_id, *there)
        assert again.stdout == f"{event_id} topup.created is being resent to current listeners.\n"
        command.wait_for(event_id)
        assert run_brim("events", "resend", event_id, "--webhook-endpoint", endpoint.id, *there).returncode == 0
        until(lambda: len(catcher.caught) == 2, what="the endpoint to get it again")
    unknown = run_brim("events", "resend", "evt_missing", *there)
    assert unknown.stderr.startswith("Error: No such notification: 'evt_missing' (status 404")
