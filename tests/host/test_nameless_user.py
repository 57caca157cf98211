"""Brim as a user that the system has no name for, as platforms start containers: it starts, or says the remedy."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pytest

from brim.host.database_passwords import read_passwords
from tests.support.brim_process import RunningBrim, brim_command, brim_environment

UID: Final = 54321

AS_NAMELESS: Final = ("unshare", "--user", f"--map-user={UID}", f"--map-group={UID}")
"""Our own files belong to that user in there, so nothing has to be given to him."""

WITHOUT_NAMESPACES: Final = (
    "unshare", "--user", "--map-root-user", "sh", "-c",
    'echo 1 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh", *AS_NAMELESS,
)  # fmt: skip
"""The same where nobody may make a user namespace, as in most containers: the one allowed is his own."""


@pytest.fixture(autouse=True)
def _can_be_nameless() -> None:
    with pytest.raises(KeyError):
        pwd.getpwuid(UID)
    reason = "user namespaces or unshare (util-linux 2.38) are not available"
    if (
        sys.platform != "linux"
        or not shutil.which("unshare")
        or subprocess.run([*AS_NAMELESS, "true"], capture_output=True, check=False).returncode != 0
    ):
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def _run(prefix: Sequence[str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = brim_environment({"HOME": "/"})
    return subprocess.run(
        [*prefix, *brim_command(*arguments)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_it_starts_stops_and_starts_again(start_brim: Callable[..., RunningBrim]) -> None:
    brim = start_brim(prefix=AS_NAMELESS, env={"HOME": "/"})
    topup = brim.create_topup()
    assert brim.stop() == 0
    again = start_brim(prefix=AS_NAMELESS, env={"HOME": "/"}, data_dir=brim.data_dir)
    assert again.has_topup(topup)
    run = _run(AS_NAMELESS, "verify", "--data-dir", str(brim.data_dir))
    assert (run.returncode, run.stderr.strip()) == (0, "The hash chains were not checked: use --chain.")


def test_where_no_name_can_be_borrowed_the_remedy_is_named(tmp_path: Path) -> None:
    run = _run(WITHOUT_NAMESPACES, "serve", "--port", "0", "--data-dir", str(tmp_path / "data"))
    assert run.returncode == 1
    assert f"brim:x:{UID}:{UID}::/tmp:/sbin/nologin" in run.stderr
    assert "--database-url" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_folder_made_elsewhere_needs_no_name(start_brim: Callable[..., RunningBrim]) -> None:
    made = start_brim(prefix=AS_NAMELESS)
    topup = made.create_topup()
    assert made.stop() == 0
    assert read_passwords(made.data_dir / "postgres") is not None
    again = start_brim(prefix=WITHOUT_NAMESPACES, data_dir=made.data_dir)
    assert again.has_topup(topup)
