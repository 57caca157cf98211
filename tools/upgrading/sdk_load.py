"""Load by the official SDK, with the retries that it makes by itself, and what it was told.

Nothing is retried here: what the SDK gives up on is an error of the upgrade.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import stripe

from upgrading.load import CLOCK_STARTS, DAY_S, PENDING
from upgrading.version import UpgradeError

_THREADS: Final = 4
_RETRIES: Final = 2
"""How often the official SDK for Python tries again when nobody says otherwise."""

_PAUSE_S: Final = 0.02
"""Between two rounds of a client; two cores serve the clients, the database and up to six processes of Brim."""

_CURRENCIES: Final = ("usd", "usd", "eur", "jpy")
_SOURCES: Final = (
    "btok_us_verified btok_us_verified_noAccount btok_us_verified_insufficientFunds btok_us_verified_reversed"
).split()
_CLOCKS: Final = "/v1/test_helpers/test_clocks"


class Created(NamedTuple):
    """A create that was acknowledged: for whom, under which key, what was sent, and which top-up it made."""

    account: str
    key: str
    form: Mapping[str, Any]
    topup: str


@dataclass
class Told:
    """What the clients were told, all of them together."""

    created: list[Created] = field(default_factory=list)
    requests: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


class _CountingClient(stripe.RequestsClient):
    """The SDK's own client, which counts why it tries again."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told

    def _should_retry(self, response: Any, api_connection_error: Any, *arguments: Any, **named: Any) -> bool:
        again = bool(super()._should_retry(response, api_connection_error, *arguments, **named))
        if again:
            self._told.retries["no answer" if response is None else str(response[1])] += 1
        return again


class Client:
    """The official SDK for one key, as one thread uses it."""

    def __init__(self, url: str, key: str, told: Told) -> None:
        self._told = told
        self._sdk = stripe.StripeClient(
            key, base_addresses={"api": url}, http_client=_CountingClient(told), max_network_retries=_RETRIES
        )

    def ask(self, method: str, path: str, account: str | None = None, key: str | None = None, **form: Any) -> Any:
        """Return what is answered, in the end.

        Raises:
            stripe.StripeError: the SDK gives up.
        """
        began = time.monotonic()
        options = {name: value for name, value in (("idempotency_key", key), ("stripe_account", account)) if value}
        answer = self._sdk.raw_request(method, path, **form, **options)
        self._told.requests += 1
        self._told.slowest_s = max(self._told.slowest_s, time.monotonic() - began)
        return answer.data


class SdkLoad:
    """Several clients at once, from `begin` to `end`.

    Attributes:
        told: what they were told so far.
        accounts: those that they act for, the one by a test clock last.
    """

    def __init__(self, url: str, key: str, receiver_url: str, *, seed: int) -> None:
        self._url, self._key, self._seed = url, key, seed
        self.told = Told()
        self._client = Client(url, key, self.told)
        first = self._client.ask("get", "/v1/account")["id"]
        made = [self._client.ask("post", "/v1/accounts", first, email=f"{name}@example.com")["id"] for name in "ab"]
        self.accounts: list[str] = [first, *made]
        for account in self.accounts:
            hook = f"{receiver_url}/hook"
            self._client.ask("post", "/v1/webhook_endpoints", account, url=hook, enabled_events=["*"])
        clock = self._client.ask("post", _CLOCKS, self.accounts[-1], frozen_time=CLOCK_STARTS)
        self._clock = f"{_CLOCKS}/{clock['id']}"
        self._is_over = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Start the clients."""
        works = [*[self._live] * _THREADS, self._live_by_the_clock]
        for number, work in enumerate(works):
            arguments = (work, random.Random(self._seed + number))
            self._threads.append(threading.Thread(target=self._run, args=arguments, daemon=True))
            self._threads[-1].start()

    def end(self) -> None:
        """End the clients once each has its last answer."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def wait_for_creates(self, count: int) -> None:
        """Return once so many more top-ups were made.

        Raises:
            UpgradeError: they are not.
        """
        wanted, deadline = len(self.told.created) + count, time.monotonic() + 120 + count
        while len(self.told.created) < wanted:
            if time.monotonic() > deadline or self.told.failed:
                raise UpgradeError(f"{len(self.told.created)} creates of {wanted}; failed: {self.told.failed[:5]}")
            time.sleep(0.02)

    def wait_for_clock(self) -> None:
        """Return once the test clock has arrived."""
        while self._client.ask("get", self._clock, self.accounts[-1])["status"] != "ready":
            time.sleep(0.1)

    def create_again(self) -> None:
        """Send each create once more under its key; each has to find the top-up that it made.

        Raises:
            UpgradeError: one does not.
        """
        for created in self.told.created:
            again = self._client.ask("post", "/v1/topups", created.account, created.key, **created.form)
            if again["id"] != created.topup:
                raise UpgradeError(f"{created.key} made {created.topup}, and now {again['id']}")

    def _run(self, work: Callable[[Client, random.Random], None], dice: random.Random) -> None:
        client = Client(self._url, self._key, self.told)
        while not self._is_over.is_set():
            try:
                work(client, dice)
            except Exception as error:  # noqa: BLE001  whatever it is, the SDK did not cover it
                self.told.failed.append(f"{type(error).__name__}: {error}")
            self._is_over.wait(_PAUSE_S)

    def _live(self, client: Client, dice: random.Random) -> None:
        account = dice.choice(self.accounts[:-1])
        source = dice.choice([PENDING, *_SOURCES, None])
        form = {"amount": dice.randrange(1, 10**6), "currency": dice.choice(_CURRENCIES)}
        form |= {"source": source} if source else {}
        topup = self._create(client, account, form, dice)
        if source == PENDING:
            match dice.choice(["cancel", "succeed", "reverse", "nothing"]):
                case "cancel":
                    client.ask("post", f"/v1/topups/{topup}/cancel", account)
                case "succeed":
                    client.ask("post", f"/v1/test_helpers/topups/{topup}/succeed", account)
                case "reverse":
                    client.ask("post", f"/v1/test_helpers/topups/{topup}/succeed", account)
                    client.ask("post", f"/v1/test_helpers/topups/{topup}/reverse", account)
        for path in dice.sample(["/v1/topups", "/v1/events", "/v1/balance", "/v1/balance_transactions"], 2):
            client.ask("get", path, account)
        if client.ask("get", f"/v1/topups/{topup}", account)["id"] != topup:
            raise UpgradeError(f"{topup} is not found")

    def _live_by_the_clock(self, client: Client, dice: random.Random) -> None:
        """Create top-ups in frozen time and move that by a day; while it moves, Brim refuses creates as Stripe does."""
        frozen = self.accounts[-1]
        clock = client.ask("get", self._clock, frozen)
        if clock["status"] != "ready":
            return
        for _ in range(3):
            self._create(client, frozen, {"amount": dice.randrange(1, 10**6), "currency": "usd"}, dice)
        client.ask("post", f"{self._clock}/advance", frozen, frozen_time=clock["frozen_time"] + DAY_S)

    def _create(self, client: Client, account: str, form: Mapping[str, Any], dice: random.Random) -> str:
        key = f"key-{dice.getrandbits(64):x}"
        topup: str = client.ask("post", "/v1/topups", account, key, **form)["id"]
        self.told.created.append(Created(account, key, form, topup))
        return topup
