"""A running Brim with operators, a proxy in front of it, and a provider of OpenID Connect."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyotp

from brim.base.clock import system_clock_ms
from brim.core.operators.rules import Operator, Role
from brim.core.operators.service import NewOperator, add_operator
from brim.platform.database import Database
from tests.support.brim_process import start_serving
from tests.support.browsing import Browser
from tests.support.loaded_brim import WEAK_HASHES
from tests.support.people import BY, IDS, PASSWORD, weak_passwords
from tests.support.provider import CLIENT_ID, CLIENT_SECRET, TestProvider, running_provider
from tests.support.service import Server, connected_to

__all__ = ["PASSWORD", "House", "open_house", "set_up_device"]

_PROXY: Final = "127.0.0.1"


class House(NamedTuple):
    """A running Brim that somebody can sign in to.

    `first_run` is the path of the link that it printed, which works until there is an operator; `log_path` is where it
    writes its log.
    """

    server: Server
    provider: TestProvider
    first_run: str
    log_path: Path

    @property
    def url(self) -> str:
        return self.server.url

    def browser(self, **proxied: str) -> Browser:
        """Return a browser that has not been here before."""
        return Browser(self.url, proxied={name.replace("_", "-"): value for name, value in proxied.items()})

    def add(self, role: Role = Role.ADMIN, *, email: str | None = None, password: str | None = PASSWORD) -> Operator:
        """Return a new operator, whose password is `PASSWORD`, at an email address that nobody else has."""
        email = email or f"{secrets.token_hex(6)}@example.com"
        wanted = NewOperator(email=email, name="Ada Lovelace", role=role, password=password)

        async def make(database: Database) -> Operator:
            return await add_operator(database, weak_passwords(), wanted, by=BY, now_ms=system_clock_ms(), ids=IDS)

        return self.server.run(make)

    def signed_in(self, role: Role = Role.ADMIN, operator: Operator | None = None) -> Browser:
        """Return a browser in which somebody is signed in, somebody new unless it is said who."""
        browser = self.browser()
        browser.sign_in((operator or self.add(role)).email, PASSWORD)
        assert browser.page.status == 303, browser.text
        return browser

    def run(self, work: Callable[[Database], Any]) -> Any:
        """Return what `work` returns, done on the database."""
        return self.server.run(work)


@contextmanager
def open_house(
    folder: Path, settings: Mapping[str, str] | None = None, *, arguments: Sequence[str] = ()
) -> Iterator[House]:
    """Yield one, on a database of its own; `settings` are more `BRIM_*` variables, `arguments` more flags."""
    log_path = folder / "brim.log"
    with running_provider() as provider:
        environment = {
            WEAK_HASHES: "1",
            "BRIM_TRUSTED_PROXIES": _PROXY,
            "BRIM_OIDC_ISSUER": provider.url,
            "BRIM_OIDC_CLIENT_ID": CLIENT_ID,
            "BRIM_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            **(settings or {}),
        }
        brim = start_serving(folder / "data", log_path, arguments=("--workers", "1", *arguments), env=environment)
        try:
            brim.wait_until_ready()
            [first_run] = re.findall(r"/first-run\?token=\w+", brim.banner)
            with connected_to(brim) as server:
                yield House(server, provider, first_run, log_path)
            assert brim.stop() == 0
        finally:
            brim.close()


def set_up_device(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Set up a device on the profile's pages, and return it and the recovery codes."""
    browser.open("/settings/profile")
    browser.submit("/settings/profile/codes")
    found = re.search(r'data-full="([A-Z2-7]{32})"', browser.page.body.decode())
    assert found, browser.text
    device = pyotp.TOTP(found[1])
    browser.submit("/settings/profile/codes/confirm", code=device.now(), password=PASSWORD)
    recovery = re.findall(r"[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}", browser.page.body.decode())
    assert len(recovery) == 10, browser.text
    return device, recovery
