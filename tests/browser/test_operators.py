"""Operators in a browser: tests/node/operators.mjs on a server of its own, and a login of the official CLI there."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from brim.core.access.service import list_keys, revoke_key
from brim.testing.terminal import typed
from tests.support.chromium import run_in_browser
from tests.support.pairing import complete, stored_key
from tests.support.people import PASSWORD
from tests.support.people_house import House, open_house
from tests.support.polling import until
from tests.support.stripe_cli import StripeCli, stripe_program
from tests.support.wire import Wire


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A service without any operator yet."""
    with open_house(tmp_path) as house:
        yield house


@pytest.mark.slow
@pytest.mark.long_form
def test_operators_sign_in_and_let_the_official_cli_in(house: House, tmp_path: Path) -> None:
    cli = StripeCli(stripe_program(), tmp_path, None)
    login = cli.run("login", "--non-interactive", "--dashboard-base", house.url).json
    link = urlsplit(login["browser_url"])
    environment = {
        "BASE_URL": house.url,
        "FIRST_RUN": house.first_run,
        "PASSWORD": PASSWORD,
        "LOGIN": f"{link.path}?{link.query}",
        "CODE": login["verification_code"],
    }
    run_in_browser("operators.mjs", environment, at_least=7)

    assert complete(cli, login).status == 0
    who = cli.run("whoami", "--format", "json").json
    assert who["authenticated"]
    listing = ("topups", "list", "--api-base", house.url)
    assert cli.run(*listing).json["data"] == []
    [key] = [key for key in house.run(lambda database: list_keys(database, account=None)) if key.name == "devbox"]
    house.run(lambda database: revoke_key(database, key_id=key.id, **typed()))
    revoked = Wire(house.url, stored_key(tmp_path))
    until(lambda: revoked.get("/v1/topups").status == 401, what="the key to be refused")
    assert "re-authenticate" in cli.run(*listing).errors
