"""`stripe trigger`: events on demand."""

from pathlib import Path

import pytest
from stripe import StripeClient

from tests.support.brim_process import run_brim
from tests.support.stripe_cli import StripeCli


def test_triggering_topup_created_makes_exactly_that_event(each_cli: StripeCli, client: StripeClient) -> None:
    triggered = each_cli.run("trigger", "topup.created")
    assert triggered.status == 0, triggered.errors
    events = client.v1.events.list({"type": "topup.created"}).data
    assert [event.data.object["amount"] for event in events] == [2000]


def test_a_trigger_takes_overrides(each_cli: StripeCli, client: StripeClient) -> None:
    triggered = each_cli.run(
        *("trigger", "topup.created", "--override", "topup:amount=777"),
        *("--add", "topup:transfer_group=g1", "--remove", "topup:description"),
    )
    assert triggered.status == 0, triggered.errors
    (topup,) = client.v1.topups.list().data
    assert (topup.amount, topup.transfer_group, topup.description) == (777, "g1", None)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The folder that `brim fixtures` wrote."""
    folder = tmp_path / "pack"
    assert run_brim("fixtures", str(folder)).returncode == 0
    return folder


@pytest.mark.parametrize("status", ["succeeded", "failed", "canceled", "reversed"])
def test_a_fixture_of_ours_brings_a_topup_to_its_status(
    each_cli: StripeCli, client: StripeClient, pack: Path, status: str
) -> None:
    triggered = each_cli.run("trigger", str(pack / f"topup.{status}.json"))
    assert triggered.status == 0, triggered.errors
    (topup,) = client.v1.topups.list().data
    events = client.v1.events.list({"type": f"topup.{status}"}).data
    assert (topup.status, [event.data.object["id"] for event in events]) == (status, [topup.id])


def test_the_pack_works_under_the_other_commands_too(stripe_cli: StripeCli, client: StripeClient, pack: Path) -> None:
    file = pack / "topup.canceled.json"
    assert stripe_cli.run("fixtures", str(file)).status == 0
    assert stripe_cli.run("trigger", "topup.canceled", "--raw", file.read_text()).status == 0
    assert [topup.status for topup in client.v1.topups.list().data] == ["canceled", "canceled"]


def test_the_pack_is_listed_and_never_overwrites(tmp_path: Path) -> None:
    assert run_brim("fixtures").stdout.split() == [
        *("topup.canceled", "topup.failed", "topup.reversed", "topup.succeeded")
    ]
    (tmp_path / "topup.failed.json").write_text("mine")
    refused = run_brim("fixtures", str(tmp_path))
    assert refused.returncode == 1
    assert "topup.failed.json exists and differs from the fixture" in refused.stderr
    assert (tmp_path / "topup.failed.json").read_text() == "mine"
