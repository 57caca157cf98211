"""Pages below a path prefix in a browser: tests/node/prefix.mjs on a server of its own."""

from pathlib import Path

import pytest

from tests.support.chromium import run_in_browser
from tests.support.people import PASSWORD
from tests.support.people_house import open_house
from tests.support.ports import free_port


@pytest.mark.slow
def test_scripts_of_pages_stay_below_the_prefix(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/brim"
    with open_house(tmp_path, {"BRIM_PUBLIC_URL": url}, arguments=("--port", str(port))) as house:
        key, email = house.server.test_key, house.add().email
        environment = {"BASE_URL": url, "TEST_KEY": key, "EMAIL": email, "PASSWORD": PASSWORD}
        run_in_browser("prefix.mjs", environment, at_least=3)
