"""The steps of `stripe login`, without a browser."""

import re
from pathlib import Path
from typing import Any

from tests.support.stripe_cli import Printed, StripeCli


def poll_url_of(login: Any) -> str:
    """Return the URL in the command that the CLI says comes next."""
    told = re.fullmatch(r"stripe login --complete '(.+)'", login["next_step"])
    assert told is not None
    return told[1]


def complete(cli: StripeCli, login: Any) -> Printed:
    """Run the command that the CLI says comes next."""
    return cli.run("login", "--complete", poll_url_of(login))


def stored_key(home: Path) -> str:
    """Return the key that the CLI has kept in its configuration."""
    found = re.search(r"rk_test_\w+", (home / "stripe" / "config.toml").read_text(encoding="utf-8"))
    assert found is not None
    return found[0]
