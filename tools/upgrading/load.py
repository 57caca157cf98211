"""Mixed load on a service through its API, and what was acknowledged under it."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Final, NamedTuple

from wire_recording.wire import Reply, Wire, encode

from upgrading.version import TEST_KEY, UpgradeError

PENDING: Final = "btok_us_verified_pending"
"""A source with which a top-up stays pending."""

CLOCK_STARTS: Final = int(datetime(2037, 7, 1, 16, tzinfo=UTC).timestamp())
DAY_S: Final = 86_400
_HELPERS: Final = "/v1/test_helpers/topups"
_CLOCKS: Final = "/v1/test_helpers/test_clocks"
_THREADS: Final = 4
_ENDS_WITHIN_S: Final = 60.0
_CURRENCIES: Final = ("usd", "usd", "usd", "eur", "gbp", "jpy")
_SOURCES: Final = (
    "btok_us_verified btok_us_verified_noAccount btok_us_verified_insufficientFunds btok_us_verified_reversed "
    "btok_us_verified_reversedLate"
).split()
_METHODS: Final = "pm_usBankAccount_success pm_usBankAccount_accountClosed pm_usBankAccount_dispute".split()
_METHOD: Final = {
    "type": "us_bank_account",
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[routing_number]": "110000000",
    "billing_details[name]": "Jenny Rosen",
}


class Account(NamedTuple):
    """An account as one of its platform's keys acts for it, in that key's mode."""

    id: str
    key: str = TEST_KEY

    @property
    def name(self) -> str:
        """What it is called in recordings."""
        return f"{self.id} (live)" if "_live_" in self.key else self.id

    @property
    def headers(self) -> dict[str, str]:
        """Who asks, and for whom."""
        return {"Authorization": f"Bearer {self.key}", "Stripe-Account": self.id}


class Acknowledged(NamedTuple):
    """A create that was answered: whose, under which key, what was sent and what was answered."""

    account: Account
    key: str
    form: Mapping[str, object]
    text: str


class Api:
    """Sends requests to one service for accounts of the platform."""

    def __init__(self, url: str) -> None:
        self._wire = Wire(url)

    def get(self, account: Account, path: str) -> Reply:
        """Return the reply to a GET."""
        return self._wire.send("GET", path, headers={**account.headers, **_version_of(path)})

    def post(self, account: Account, path: str, form: Mapping[str, object], *, key: str | None = None) -> Reply:
        """Return the reply to a POST, under an idempotency key or none."""
        headers = {**account.headers, "Content-Type": "application/x-www-form-urlencoded"}
        if key:
            headers["Idempotency-Key"] = key
        return self._wire.send("POST", path, body=encode(form).encode(), headers=headers)

    def make(self, account: Account, path: str, form: Mapping[str, object]) -> Any:
        """Return the object that a POST makes.

        Raises:
            UpgradeError: it is refused.
        """
        reply = self.post(account, path, form)
        if reply.status != 200:
            raise UpgradeError(f"POST {path} {form}: {reply.status} {reply.text}")
        return reply.json

    def create(self, account: Account, form: Mapping[str, object]) -> Any:
        """Return a new top-up."""
        return self.make(account, "/v1/topups", form)


def _version_of(path: str) -> dict[str, str]:
    return {"Stripe-Version": "2025-09-30.clover"} if path.startswith("/v2/") else {}


class People:
    """The accounts of a scenario.

    Attributes:
        platform: the first account.
        accounts: three accounts in real time, the platform among them.
        frozen: an account whose test mode has a clock.
        clock: the path of that clock.
        live: the platform in live mode.
    """

    def __init__(self, api: Api, receiver_url: str, *, live_key: str) -> None:
        first = api._wire.send("GET", "/v1/account", headers={"Authorization": f"Bearer {TEST_KEY}"}).json  # noqa: SLF001
        self.platform = Account(first["id"])
        made = [api.make(self.platform, "/v1/accounts", {"email": f"{name}@example.com"})["id"] for name in "abc"]
        self.accounts = [self.platform, *map(Account, made[:2])]
        self.frozen = Account(made[2])
        self.clock = f"{_CLOCKS}/" + api.make(self.frozen, _CLOCKS, {"frozen_time": CLOCK_STARTS})["id"]
        self.live = Account(first["id"], live_key)
        api.make(self.live, "/v1/webhook_endpoints", {"url": "https://example.com/", "enabled_events[]": "*"})
        for account in self.all:
            self._furnish(api, account, receiver_url)
        api.make(self.accounts[1], "/v1/webhook_endpoints", {"url": "http://127.0.0.1:9/", "enabled_events[]": "*"})
        external = {"external_account": "btok_us_verified"}
        api.make(self.platform, f"/v1/accounts/{self.accounts[1].id}/external_accounts", external)
        api.make(self.platform, f"/v1/accounts/{self.accounts[2].id}", {"brim[settlement_days]": 2})

    @property
    def all(self) -> Sequence[Account]:
        """Those with a test mode, each once."""
        return (*self.accounts, self.frozen)

    def _furnish(self, api: Api, account: Account, receiver_url: str) -> None:
        method = api.make(account, "/v1/payment_methods", _METHOD)["id"]
        default = {"currency": "eur", "funding_source": method}
        api.make(account, "/v1/brim/default_funding_sources", default)
        source = api.make(account, "/v1/sources", {"type": "ach_debit", "token": "btok_us_verified"})["id"]
        for form in ({"payment_method": method}, {"source": source}):
            api.create(account, {"amount": 1200, "currency": "usd", **form})
        api.make(account, "/v1/webhook_endpoints", {"url": f"{receiver_url}/hook", "enabled_events[]": "*"})


class Load:
    """Several clients at once, until they are told to stop.

    Attributes:
        acknowledged: the creates that were answered, those with an idempotency key.
        statuses: how many replies there were of each status; 0 counts requests without one.
    """

    def __init__(self, api: Api, people: People, *, seed: int) -> None:
        self._api = api
        self._people = people
        self._seed = seed
        self._is_over = threading.Event()
        self._grown = threading.Condition()
        self._failure: BaseException | None = None
        self._created = 0
        self.acknowledged: list[Acknowledged] = []
        self.statuses: Counter[int] = Counter()

    def run(self, *, creates: int, then: Callable[[], None] = lambda: None) -> None:
        """Run until so many creates were acknowledged, do `then` in the middle of it, and end all clients.

        Raises:
            UpgradeError: an idempotency key was answered twice, and not the same.
        """
        works = [*[self._live] * _THREADS, self._live_by_a_clock]
        threads = [
            threading.Thread(target=self._client, args=(work, random.Random(self._seed + number)), daemon=True)
            for number, work in enumerate(works)
        ]
        for thread in threads:
            thread.start()
        with self._grown:
            self._grown.wait_for(lambda: self._created >= creates or self._failure, _ENDS_WITHIN_S + creates)
        then()
        self._is_over.set()
        for thread in threads:
            thread.join(_ENDS_WITHIN_S)
        if self._failure:
            raise self._failure
        if self._created < creates:
            raise UpgradeError(f"only {self._created} of {creates} creates were acknowledged: {self.statuses}")

    def _client(self, work: Callable[[random.Random], None], dice: random.Random) -> None:
        while not self._is_over.is_set():
            try:
                work(dice)
            except (OSError, HTTPException):  # the service was killed
                self.statuses[0] += 1
                self._is_over.wait(0.05)
            except BaseException as failure:  # noqa: BLE001  raised where the load is waited for
                self._failure = failure
                with self._grown:
                    self._grown.notify_all()
                return

    def _live(self, dice: random.Random) -> None:
        """Create a top-up and do with it what befits it."""
        account = dice.choice(self._people.accounts)
        form = self._form(dice)
        topup = self._create(account, form, f"key-{dice.getrandbits(64):x}" if dice.random() < 0.8 else None)
        if topup is None or form.get("source") != PENDING:
            return
        path = f"{_HELPERS}/{topup}"
        for step in dice.choice([["cancel"], ["succeed"], ["succeed", "reverse"], ["fail"], ["update"], []]):
            forced = {"failure_code": "insufficient_funds"} if step in {"fail", "reverse"} else {}
            if step == "update":
                self._post(account, f"/v1/topups/{topup}", {"description": "Changed", "metadata[a]": "b"})
            elif step == "cancel":
                self._post(account, f"/v1/topups/{topup}/cancel", {}, key=f"cancel-{topup}")
            else:
                self._post(account, f"{path}/{step}", forced)

    def _live_by_a_clock(self, dice: random.Random) -> None:
        """Create top-ups in frozen time and move that a day or two."""
        frozen = self._people.frozen
        for _ in range(3):
            self._create(frozen, self._form(dice), f"key-{dice.getrandbits(64):x}")
        clock = self._api.get(frozen, self._people.clock).json
        if clock["status"] == "ready":
            target = clock["frozen_time"] + dice.choice([1, 2]) * DAY_S
            self._post(frozen, f"{self._people.clock}/advance", {"frozen_time": target})

    def _form(self, dice: random.Random) -> dict[str, object]:
        form: dict[str, object] = {"amount": dice.randrange(1, 10**6), "currency": dice.choice(_CURRENCIES)}
        kind = dice.randrange(4)
        if kind == 0:
            form["source"] = PENDING
        elif kind == 1:
            form["source"] = dice.choice(_SOURCES)
        elif kind == 2:
            form["payment_method"] = dice.choice(_METHODS)
        if dice.random() < 0.3:
            form |= {"description": "Über-Top-up \u20ac", "metadata[order]": str(dice.randrange(1000))}
        return form

    def _create(self, account: Account, form: Mapping[str, object], key: str | None) -> str | None:
        reply = self._post(account, "/v1/topups", form, key=key)
        if reply.status != 200:
            return None
        if key:
            self.acknowledged.append(Acknowledged(account, key, form, reply.text))
        with self._grown:
            self._created += 1
            self._grown.notify_all()
        return str(reply.json["id"])

    def _post(self, account: Account, path: str, form: Mapping[str, object], *, key: str | None = None) -> Reply:
        reply = self._api.post(account, path, form, key=key)
        self.statuses[reply.status] += 1
        if reply.status >= 500:
            raise UpgradeError(f"POST {path}: {reply.status} {reply.text}")
        return reply


def retry_all(api: Api, acknowledged: Sequence[Acknowledged]) -> None:
    """Send every acknowledged create once more under its key; each must be answered as it was the first time.

    Raises:
        UpgradeError: one is answered otherwise.
    """
    for each in acknowledged:
        reply = api.post(each.account, "/v1/topups", each.form, key=each.key)
        if (reply.status, reply.text) != (200, each.text):
            raise UpgradeError(f"{each.key} was answered {each.text}, and now {reply.status} {reply.text}")


def wait_until_clock_is_ready(api: Api, people: People, within_s: float = 120.0) -> None:
    """Return once the clock has arrived.

    Raises:
        UpgradeError: it does not.
    """
    deadline = time.monotonic() + within_s
    while (clock := api.get(people.frozen, people.clock).json)["status"] != "ready":
        if time.monotonic() > deadline:
            raise UpgradeError(f"the clock does not arrive: {json.dumps(clock)}")
        time.sleep(0.1)
