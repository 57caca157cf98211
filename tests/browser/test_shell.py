"""The Shell in a browser: tests/node/shell.mjs on a server of ours."""

import json

import pytest

from tests.support.chromium import run_in_browser
from tests.support.service import Server

PAGES = ["/nowhere"]


@pytest.mark.slow
def test_the_shell_works_in_a_browser(server: Server) -> None:
    account = server.make_account().id
    environment = {
        "BASE_URL": server.url,
        "PAGES": json.dumps(PAGES),
        "TEST_KEY": server.make_key(account),
        "LIVE_KEY": server.make_key(account, livemode=True),
    }
    run_in_browser("shell.mjs", environment, at_least=19)
