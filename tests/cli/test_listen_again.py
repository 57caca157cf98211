"""A listener that loses its connection: each event still comes, and no more often than it has to."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brim.testing.catcher import BackgroundCatcher, catching_in_background
from tests.support.brim_process import RunningBrim
from tests.support.polling import until
from tests.support.stripe_cli import StripeCli, listening, stripe_program

StartBrim = Callable[..., RunningBrim]
BOTH_FORMS = pytest.mark.parametrize("form", ["--all-snapshot", "--all-thin"])
_EVENTS = 40


@pytest.fixture
def catcher() -> Iterator[BackgroundCatcher]:
    with catching_in_background() as catcher:
        yield catcher


def caught(catcher: BackgroundCatcher) -> Counter[str]:
    """Return how often each top-up was announced as created, in either form."""
    events = [json.loads(post.body) for post in list(catcher.caught)]
    snapshots = [event["data"]["object"]["id"] for event in events if event["type"] == "topup.created"]
    thin = [event["related_object"]["id"] for event in events if event["type"] == "v1.topup.created"]
    return Counter([*snapshots, *thin])


def cli_of(brim: RunningBrim, home: Path) -> StripeCli:
    return StripeCli(stripe_program(), home, brim.test_key, url=brim.url)


@pytest.mark.slow
@BOTH_FORMS
def test_each_event_comes_and_hardly_ever_twice_while_the_cli_reconnects(
    start_brim: StartBrim, catcher: BackgroundCatcher, tmp_path: Path, form: str
) -> None:
    brim = start_brim(env={"BRIM_CLI_RECONNECT": "1s"}, arguments=("--workers", "2"))
    with listening(cli_of(brim, tmp_path), form, "--forward-to", catcher.url):
        made = []
        for _ in range(_EVENTS):
            made.append(brim.create_topup())
            time.sleep(0.25)  # spread over several connections: a second each, and a second's pause of the CLI's
        until(lambda: len(caught(catcher)) == _EVENTS, what="every event")
        time.sleep(2.5)  # one more connection, on which nothing may come again
    came = caught(catcher)
    assert came.keys() == set(made)
    # What has come when its connection ends, and is not acknowledged yet, has to come again.
    assert came.total() - len(made) <= _EVENTS // 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "number"),
    [("--all-snapshot", signal.SIGTERM), ("--all-snapshot", signal.SIGKILL), ("--all-thin", signal.SIGKILL)],
)
def test_an_event_made_while_nobody_is_connected_comes_afterwards(
    start_brim: StartBrim, catcher: BackgroundCatcher, tmp_path: Path, form: str, number: int
) -> None:
    brim = start_brim()
    with listening(cli_of(brim, tmp_path), form, "--forward-to", catcher.url):
        made = [brim.create_topup()]
        until(lambda: caught(catcher), what="the first event")
        pid = brim.child_pid("api")
        os.kill(pid, number)
        until(lambda: not Path(f"/proc/{pid}").exists(), what="the API process to be gone")
        made += [until(lambda: _try_to_create(brim), what="another create")]
        until(lambda: len(caught(catcher)) == 2, what="the second event", patience_s=40.0)
    assert caught(catcher).keys() == set(made)  # the first may come again, if nobody lived to hear that it had come


@pytest.mark.slow
@BOTH_FORMS
def test_each_event_comes_once_though_the_database_is_killed(
    start_brim: StartBrim, catcher: BackgroundCatcher, tmp_path: Path, form: str
) -> None:
    """Neither the CLI nor the service is started again; only the database is, by the service itself."""
    brim = start_brim()
    with listening(cli_of(brim, tmp_path), form, "--forward-to", catcher.url):
        made = [brim.create_topup()]
        until(lambda: caught(catcher), what="the first event")
        os.kill(brim.postgres_pid, signal.SIGKILL)
        made += [until(lambda: _try_to_create(brim), what="another create") for _ in range(10)]
        until(lambda: caught(catcher).keys() >= set(made), what="every event")
        last = brim.create_topup()
        until(lambda: last in caught(catcher), what="the last event")
    assert set(caught(catcher).values()) == {1}


def _try_to_create(brim: RunningBrim) -> str | None:
    status, topup = brim.call("POST", "/v1/topups", amount=2000, currency="usd")
    return str(topup["id"]) if status == 200 else None
