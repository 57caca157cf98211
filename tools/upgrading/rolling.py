"""The rolling upgrade: an earlier version's processes are replaced by this one's, one after the other, under load.

All API processes answer at one address, a listening socket that is passed on to them as systemd does; the database is
one of the operator's own. Where a step waits (`post`) before one that this version needs, the processes are stopped as
docs/production.md says, and how long nobody answers is told.
"""

import asyncio
import json
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wire_recording.receiver import Receiver, receiving
from wire_recording.wire import Wire

from brim.host.database_passwords import scram_verifier
from brim.host.database_socket import SERVICE_ROLE
from brim.host.database_urls import DatabaseUrls
from brim.platform.roles import keep_service_role
from brim.platform.vault import new_encryption_key
from upgrading.database import postgres_of, seals_table, session
from upgrading.sdk_load import SdkLoad
from upgrading.version import SETTINGS, Service, UpgradeError, Version, read_verification

Say = Callable[[str], None]
End = Callable[[Service], None]

_API_PROCESSES: Final = 2
_BACKLOG: Final = 1024
_READY_WITHIN_S: Final = 120.0
_DELIVERED_WITHIN_S: Final = 300.0
_SEED: Final = 20261129


@dataclass
class _Processes:
    """The processes of one version that run."""

    apis: list[Service]
    worker: Service


class _House:
    """A database and an address, and the processes of any version on them."""

    def __init__(self, urls: DatabaseUrls, folder: Path, running: ExitStack) -> None:
        self.urls = urls
        self._folder = folder
        self._running = running
        self._settings = {**SETTINGS, "BRIM_ENCRYPTION_KEY": new_encryption_key()}
        self._socket = running.enter_context(socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def at(self) -> tuple[str, ...]:
        """How commands find the database."""
        return ("--database-url", self.urls.service)

    def migrate(self, version: Version, *arguments: str) -> str:
        """Run `brim migrate` and return what it printed."""
        owner = ("--migration-url", self.urls.owner, "--service-role", SERVICE_ROLE)
        return version.run("migrate", *self.at, *owner, *arguments)

    def start_api(self, version: Version) -> Service:
        """Start an API process, and return once it is ready; until then it takes no request that others could."""
        with socket.create_server(("127.0.0.1", 0)) as own:
            descriptors = (self._socket.fileno(), own.fileno())
            settings = {**self._settings, "BRIM_INTERNAL_LISTEN_FDS": ",".join(map(str, descriptors))}
            api = self._start(version, "api", settings, descriptors)
            api.url = url = f"http://127.0.0.1:{own.getsockname()[1]}"
        deadline = time.monotonic() + _READY_WITHIN_S
        while not _is_ready(url):
            if time.monotonic() > deadline or api.process.poll() is not None:
                raise UpgradeError(f"an API process of {version.name} is not ready")
            time.sleep(0.05)
        return api

    def start_worker(self, version: Version) -> Service:
        """Start a worker."""
        return self._start(version, "worker", self._settings, ())

    def _start(self, version: Version, role: str, settings: dict[str, str], fds: tuple[int, ...]) -> Service:
        log = self._folder / f"{version.name.replace(' ', '-')}.{role}.log"
        return self._running.enter_context(version.running(role, *self.at, log=log, settings=settings, descriptors=fds))


def upgrade_rolling(
    before: Version, after: Version, folder: Path, *, creates: int, is_killed: bool, binaries: Path | None, say: Say
) -> None:
    """Replace one version by the other under load, and check that nobody noticed and nothing is lost or doubled.

    With `is_killed` the earlier version's processes are killed (-9) where they would be stopped.

    Raises:
        UpgradeError: somebody did, or something is.
    """
    with postgres_of(folder / "rolling", binaries) as urls, receiving() as receiver, ExitStack() as running:
        _make_service_role(urls)
        house = _House(urls, folder, running)
        house.migrate(before)
        account = before.run("accounts", "create", *house.at).strip()
        key = before.run("keys", "create", "--account", account, *house.at).strip()
        old = _Processes([house.start_api(before) for _ in range(_API_PROCESSES)], house.start_worker(before))
        end = Service.kill if is_killed else Service.stop
        load = SdkLoad(house.url, key, receiver.url, seed=_SEED)
        load.begin()
        try:
            load.wait_for_creates(creates)
            waiting = _waiting_in(house.migrate(after, "--phase", "pre"))
            ready = sum(_is_ready(api.url) for api in old.apis)
            say(
                f"{len(load.told.created)} top-ups by {before.name}; pre steps applied, waiting: {waiting or 'none'};"
                f" {ready} of its {len(old.apis)} API processes say that they are ready beside them"
            )
            if _only_post(waiting):
                new = _roll(house, after, old, load, creates, end, say)
            else:
                new = _stop_and_start(house, after, old, end, say)
            load.wait_for_creates(creates)
            load.end()
            _check(house, after, load, receiver, say)
        finally:
            load.end()
        for service in (*new.apis, new.worker):
            service.stop()


def _roll(
    house: _House, after: Version, old: _Processes, load: SdkLoad, creates: int, end: End, say: Say
) -> _Processes:
    """Replace the processes one after the other; both versions serve in between."""
    new = _Processes([house.start_api(after)], house.start_worker(after))
    began, served = time.monotonic(), len(load.told.created)
    load.wait_for_creates(creates)
    for service in old.apis:
        end(service)
        new.apis.append(house.start_api(after))
        load.wait_for_creates(creates // 4)
    in_flight = _in_flight(house)
    end(old.worker)
    say(
        f"both versions served for {time.monotonic() - began:.1f} s and {len(load.told.created) - served} top-ups;"
        f" when the earlier version's worker was ended as its last process, {in_flight}"
    )
    applied = house.migrate(after).splitlines()[:-1]
    say(f"steps that had waited: {', '.join(applied) or 'none'}")
    return new


def _stop_and_start(house: _House, after: Version, old: _Processes, end: End, say: Say) -> _Processes:
    """Stop all, migrate, and start anew, as an upgrade over a step that waits has to; the address stays open."""
    in_flight = _in_flight(house)
    began = time.monotonic()
    with ThreadPoolExecutor() as together:
        list(together.map(end, (*old.apis, old.worker)))
    stopped = time.monotonic()
    house.migrate(after)
    migrated = time.monotonic()
    apis = [house.start_api(after)]
    back = time.monotonic()
    new = _Processes([*apis, *(house.start_api(after) for _ in range(_API_PROCESSES - 1))], house.start_worker(after))
    say(
        f"stopped with {in_flight}; nobody answered for {back - began:.1f} s: {stopped - began:.1f} to stop,"
        f" {migrated - stopped:.1f} to migrate, {back - migrated:.1f} until the first was ready"
    )
    return new


def _check(house: _House, after: Version, load: SdkLoad, receiver: Receiver, say: Say) -> None:
    """Check what clients were told, the top-ups, the deliveries, books and chain."""
    told = load.told
    if told.failed:
        raise UpgradeError(f"{len(told.failed)} requests failed in the end:\n" + "\n".join(told.failed[:10]))
    load.wait_for_clock()
    load.create_again()
    with session(house.urls.owner) as database:
        found = [row["id"] for row in database.fetch("SELECT id FROM topups")]
        made = [created.topup for created in told.created]
        if Counter(found) != Counter(made):
            raise UpgradeError(f"{len(made)} top-ups were acknowledged, and there are {len(found)}")
        deadline = time.monotonic() + _DELIVERED_WITHIN_S
        while True:
            events = {row["id"] for row in database.fetch("SELECT id FROM events")}
            caught = Counter(_event_of(hook.body) for hook in receiver.all())
            owed, due = _owed(house)
            if not events - caught.keys() and not owed and not due:
                break
            if time.monotonic() > deadline:
                raise UpgradeError(
                    f"of {len(events)} events {len(events - caught.keys())} never arrived; {owed} deliveries owed,"
                    f" {due} top-ups due"
                )
            time.sleep(0.5)
    chain = read_verification(after.run("verify", "--chain", "--heads", *house.at))
    if chain.waiting:
        raise UpgradeError(f"{chain.waiting} entries wait for their seals")
    retried = ", ".join(f"{count} x {why}" for why, count in sorted(told.retries.items())) or "none"
    say(
        f"{told.requests} requests, 0 failed; retried by the SDK: {retried}; slowest {told.slowest_s:.1f} s."
        f" {len(made)} top-ups, each once; {len(events)} events, each delivered, {sum(caught.values()) - len(caught)}"
        f" more than once; {chain.sealed} entries sealed in {len(chain.heads)} chains, which hold"
    )


def _in_flight(house: _House) -> str:
    with session(house.urls.owner) as database:
        seals = seals_table(database)
        unsealed = "unsealed_transfers" if seals == "transfer_seals" else "unsealed_entries"
        (row,) = database.fetch(
            f"SELECT (SELECT count(*) FROM {unsealed}) AS entries, (SELECT count(*) FROM webhook_deliveries) AS owed,"
            " (SELECT count(*) FROM topups WHERE due_ms IS NOT NULL) AS due"
        )
    return f"{row['entries']} entries without a seal, {row['owed']} deliveries owed, {row['due']} top-ups due"


def _owed(house: _House) -> tuple[int, int]:
    """Return how many deliveries are owed, and how many top-ups are due in real time."""
    with session(house.urls.owner) as database:
        (row,) = database.fetch(
            "SELECT (SELECT count(*) FROM webhook_deliveries) + (SELECT count(*) FROM new_events) AS owed,"
            " (SELECT count(*) FROM topups WHERE due_ms IS NOT NULL AND test_clock IS NULL) AS due"
        )
    return row["owed"], row["due"]


def _waiting_in(printed: str) -> list[str]:
    return [line.removeprefix("waiting ") for line in printed.splitlines() if line.startswith("waiting ")]


def _only_post(waiting: list[str]) -> bool:
    """Tell whether this version can serve while these steps wait."""
    return all("_post_" in name for name in waiting)


def _is_ready(url: str) -> bool:
    try:
        return Wire(url).send("GET", "/readyz", headers={}).status == 200
    except OSError:
        return False


def _event_of(body: str) -> str:
    return str(json.loads(body)["id"])


def _make_service_role(urls: DatabaseUrls) -> None:
    password = urlsplit(urls.service).password
    asyncio.run(keep_service_role(urls.owner, SERVICE_ROLE, verifier=scram_verifier(password) if password else None))
