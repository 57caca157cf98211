"""The pages of live money in a browser: tests/node/live_money.mjs on a rehearsal of its own."""

import json
from pathlib import Path

import pytest

from tests.support.chromium import run_in_browser
from tests.support.live_house import open_live_house


@pytest.mark.slow
@pytest.mark.long_form
def test_live_money_works_in_a_browser(tmp_path: Path) -> None:
    with open_live_house(tmp_path) as live:
        environment = {
            "BASE_URL": live.house.url,
            "COOKIES": json.dumps(live.browser.cookies),
            "PAGES": json.dumps(live.fill()),
        }
        run_in_browser("live_money.mjs", environment, at_least=4)
