"""The upgrade test: a folder written under load by an earlier version is served by this one, and nothing is lost.

`upgrade_settled` kills the earlier version in the middle of the load, lets it recover and come to rest, and compares
all that its API said with what this version's says. `upgrade_interrupted` leaves work undone: transfers without seals,
and a test clock on its way; this version has to go on where the earlier one was killed.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from wire_recording.receiver import receiving

from upgrading.database import check_heads, owner_url, seals_table, session
from upgrading.load import (
    CLOCK_STARTS,
    DAY_S,
    PENDING,
    Account,
    Api,
    Load,
    People,
    retry_all,
    wait_until_clock_is_ready,
)
from upgrading.reading import Recording, compare, read_everything, wait_until_quiet, without
from upgrading.version import Chain, Service, UpgradeError, Version

Say = Callable[[str], None]

_SEED: Final = 20261129
_UNSEALED: Final = 6


def upgrade_settled(before: Version, after: Version, folder: Path, *, creates: int, say: Say) -> None:
    """Upgrade a folder that the earlier version left in order.

    Raises:
        UpgradeError: something is not as it was.
    """
    data_dir = folder / "settled"
    with receiving() as receiver:
        with before.serving(data_dir) as service:
            api = Api(service.url)
            people = People(api, receiver.url, live_key=_make_key(before, data_dir, "--live"))
            reader = Account(people.platform.id, _make_key(before, data_dir, "--permission", "topups=read"))
            load = Load(api, people, seed=_SEED)
            load.run(creates=creates, then=service.kill)
        say(f"killed in the middle of it; replies by status (0: none): {dict(load.statuses)}")
        with before.serving(data_dir) as service:
            api = Api(service.url)
            wait_until_clock_is_ready(api, people)
            retry_all(api, load.acknowledged)
            recorded = wait_until_quiet(api, people)
            service.stop()
        chain = before.verify(data_dir)
        say(f"{before.name} recovered and came to rest: {_in_words(recorded, chain)}")
        _migrate(after, data_dir, chain, say)
        with after.serving(data_dir) as service:
            api = Api(service.url)
            compare(recorded, read_everything(api, people))
            retry_all(api, load.acknowledged)
            _check_restricted(api, reader)
            say(f"{len(recorded)} replies and {len(load.acknowledged)} retried creates are as they were")
            _go_on(after, data_dir, service, people, chain, creates, say)


def upgrade_interrupted(before: Version, after: Version, folder: Path, *, creates: int, say: Say) -> None:
    """Upgrade a folder in which transfers wait for their seals, and a clock is on its way.

    Raises:
        UpgradeError: something is not as it was, or not finished afterwards.
    """
    data_dir = folder / "interrupted"
    with receiving() as receiver:
        people, recorded = leave_interrupted(before, data_dir, receiver.url, creates=creates)
        chain = before.verify(data_dir)
        if chain.waiting < _UNSEALED:
            raise UpgradeError(f"only {chain.waiting} transfers wait for their seals")
        say(f"{before.name} was killed: {_in_words(recorded, chain)}, and a clock on its way")
        _migrate(after, data_dir, chain, say)
        with after.serving(data_dir) as service:
            api = Api(service.url)
            compare(without(recorded, people.frozen), without(read_everything(api, people), people.frozen))
            wait_until_clock_is_ready(api, people)
            finished = wait_until_quiet(api, people)
            _check_clock_arrived(data_dir, people, recorded, finished)
            say("the clock has arrived, and everything that was due by its time has happened")
            _go_on(after, data_dir, service, people, chain, creates, say)


def leave_interrupted(version: Version, data_dir: Path, receiver_url: str, *, creates: int) -> tuple[People, Recording]:
    """Write a folder whose service was killed with work undone; return its accounts and what its API said last.

    A lock on the table of seals keeps transfers unsealed; one on the balance transactions holds the clock up at the
    first success. Neither stands in the way of who reads.
    """
    with version.serving(data_dir) as service:
        api = Api(service.url)
        people = People(api, receiver_url, live_key=_make_key(version, data_dir, "--live"))
        Load(api, people, seed=_SEED + 100).run(creates=creates)
        wait_until_clock_is_ready(api, people)
        for number in range(3):
            api.create(people.frozen, {"amount": 1000 + number, "currency": "usd"})
        pending = [
            api.create(account, {"amount": 700 + number, "currency": "usd", "source": PENDING})["id"]
            for number, account in enumerate([people.platform] * _UNSEALED)
        ]
        wait_until_quiet(api, people)
        with session(owner_url(data_dir)) as database:
            database.execute(f"BEGIN; LOCK TABLE {seals_table(database)} IN SHARE MODE")
            for topup in pending:
                api.make(people.platform, f"/v1/test_helpers/topups/{topup}/succeed", {})
            database.execute("LOCK TABLE balance_transactions IN SHARE MODE")
            target = {"frozen_time": api.get(people.frozen, people.clock).json["frozen_time"] + 30 * DAY_S}
            api.make(people.frozen, f"{people.clock}/advance", target)
            recorded = wait_until_quiet(api, people)
            if api.get(people.frozen, people.clock).json["status"] != "advancing":
                raise UpgradeError("the clock has arrived too early")
            service.kill()
    return people, recorded


def _make_key(version: Version, data_dir: Path, *arguments: str) -> str:
    """Return the secret of a new key of the first account."""
    return version.run("keys", "create", "--data-dir", str(data_dir), *arguments).strip()


def _check_restricted(api: Api, reader: Account) -> None:
    """Check that a key which may only read top-ups still may, and may no more."""
    refused = api.post(reader, "/v1/topups", {"amount": 100, "currency": "usd"})
    statuses = api.get(reader, "/v1/topups").status, api.get(reader, "/v1/balance").status, refused.status
    if statuses != (200, 403, 403):
        raise UpgradeError(f"a restricted key was answered {statuses}")


def _migrate(after: Version, data_dir: Path, chain: Chain, say: Say) -> None:
    """Migrate a folder and verify that books and chain are what they were."""
    after.run("migrate", "--data-dir", str(data_dir))
    found = after.verify(data_dir)
    if found != chain:
        raise UpgradeError(f"the chain was {chain}, and after the migration it is {found}")
    say(f"{after.name} migrated the folder; books, chain and its {len(chain.heads)} heads are what they were")


def _go_on(
    after: Version, data_dir: Path, service: Service, people: People, chain: Chain, creates: int, say: Say
) -> None:
    """Use the upgraded service, and verify everything once more."""
    api = Api(service.url)
    old = [topup for topup in _list(api, people, "succeeded") if topup["created"] < CLOCK_STARTS][:3]
    for topup in old:  # money that the earlier version booked is taken back by this one
        api.make(people.platform, f"/v1/test_helpers/topups/{topup['id']}/reverse", {})
    pending = _list(api, people, "pending")[:3]
    for topup, ending in zip(pending, ("succeed", "fail", "cancel"), strict=False):
        path = "/v1/topups" if ending == "cancel" else "/v1/test_helpers/topups"
        api.make(people.platform, f"{path}/{topup['id']}/{ending}", {})
    load = Load(api, people, seed=_SEED + 200)
    load.run(creates=creates)
    wait_until_clock_is_ready(api, people)
    retry_all(api, load.acknowledged)
    wait_until_quiet(api, people)
    check_heads(owner_url(data_dir), dict(chain.heads))
    found = after.verify(data_dir)
    if found.waiting or found.sealed <= chain.sealed:
        raise UpgradeError(f"after more load the chain is {found}")
    say(
        f"{len(old)} old successes reversed, {len(pending)} old pending ones ended, {creates} more created; "
        f"{found.sealed} sealed, 0 waiting, and every old head is in its place"
    )
    service.stop()


def _check_clock_arrived(data_dir: Path, people: People, before: Recording, after: Recording) -> None:
    """Check that the account by the clock has kept what it had, and that what was due has happened."""
    transactions = f"{people.frozen.id} /v1/balance_transactions?limit=100"
    for name in (f"{people.frozen.id} /v1/events?limit=100", transactions):
        lost = [each["id"] for each in _objects(before, name) if each["id"] not in _ids(after, name)]
        if lost:
            raise UpgradeError(f"{name} has lost {lost}")
    with session(owner_url(data_dir)) as database:
        late = database.fetch(
            "SELECT t.id FROM topups AS t JOIN test_clocks AS c USING (account, livemode)"
            " WHERE t.due_ms <= 1000 * c.frozen_time"
        )
    if late:
        raise UpgradeError(f"the clock has arrived, and what was due has not happened: {late}")
    if _ids(after, transactions) <= _ids(before, transactions):
        raise UpgradeError("nothing was due on the clock's way")


def _objects(recording: Recording, first_page: str) -> list[Mapping[str, Any]]:
    """Return a list's objects, of all pages of a recording."""
    pages = [text for name, text in recording.items() if name.startswith(first_page)]
    return [each for text in pages for each in json.loads(text)["data"]]


def _ids(recording: Recording, first_page: str) -> set[str]:
    return {each["id"] for each in _objects(recording, first_page)}


def _list(api: Api, people: People, status: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = api.get(people.platform, f"/v1/topups?status={status}&limit=100").json["data"]
    return found


def _in_words(recording: Recording, chain: Chain) -> str:
    return f"{len(recording)} replies recorded, {chain.sealed} transfers sealed, {chain.waiting} waiting"
