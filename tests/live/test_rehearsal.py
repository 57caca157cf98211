"""A rehearsal as its people see it: at the start, on pages, in the health; and who is refused."""

import urllib.request
from collections.abc import Callable

import pytest

from tests.support.brim_process import RunningBrim, run_brim


def page(brim: RunningBrim, path: str) -> str:
    with urllib.request.urlopen(brim.url + path) as answer:
        return str(answer.read().decode())


@pytest.mark.slow
def test_a_rehearsal_says_so_everywhere_and_stays_one_without_the_setting(
    start_brim: Callable[..., RunningBrim],
) -> None:
    for arguments in (("--rehearsal",), ()):
        brim = start_brim(arguments=arguments)
        assert "This is a rehearsal" in brim.banner
        assert brim.call("GET", "/healthz") == (200, {"status": "ok", "installation": "rehearsal"})
        for path in ("/docs/api", "/sign-in", "/shell"):
            assert "rehearsal-strip" in page(brim, path)
        assert brim.stop() == 0


@pytest.mark.slow
def test_an_installation_that_is_none_refuses_the_setting_and_shows_nothing_of_it(
    start_brim: Callable[..., RunningBrim],
) -> None:
    brim = start_brim()
    assert "rehears" not in brim.banner
    assert brim.call("GET", "/healthz") == (200, {"status": "ok"})
    assert "rehearsal-strip" not in page(brim, "/docs/api")
    for command in (("migrate", "--rehearsal"), ("worker", "--rehearsal", "--database-url", brim.database_url)):
        refused = run_brim(*command, *(() if "worker" in command else ("--data-dir", str(brim.data_dir))))
        assert refused.returncode == 1
        assert "created without --rehearsal" in refused.stderr
    assert brim.stop() == 0
    refused = run_brim("serve", "--port", "0", "--data-dir", str(brim.data_dir), env={"BRIM_REHEARSAL": "yes"})
    assert refused.returncode == 1
    assert "created without --rehearsal" in refused.stderr


@pytest.mark.parametrize("value", ["maybe", "1"])
def test_the_setting_is_yes_or_no(value: str) -> None:
    refused = run_brim("migrate", env={"BRIM_REHEARSAL": value})
    assert refused.returncode == 1
    assert "BRIM_REHEARSAL cannot be" in refused.stderr
