"""A platform asks what still blocks its first live top-up."""

from pathlib import Path
from typing import Any

from tests.support.ach_objects import AchObjects
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire

READINESS = "/v1/brim/live_readiness"


def codes(wire: Wire) -> set[str]:
    found: Any = wire.get(READINESS).json
    assert found["ready"] is (not found["blockers"])
    assert all(each["message"] and each["fix"] for each in (*found["blockers"], *found["warnings"]))
    return {each["code"] for each in (*found["blockers"], *found["warnings"])}


def test_what_blocks_live_money_goes_one_by_one(server: Server, account: str, live_key: str, tmp_path: Path) -> None:
    live = Wire(server.url, live_key)
    until(lambda: codes(live) == {"originator_missing", "webhook_endpoint_missing"}, what="a worker to be seen")
    objects = AchObjects(server, account, tmp_path)
    objects.originator()
    assert codes(live) == {
        "originator_draft",
        "outgoing_folder_missing",
        "incoming_folder_missing",
        "webhook_endpoint_missing",
    }
    for name in ("to-bank", "from-bank"):
        (tmp_path / name).mkdir()
    assert codes(live) == {"originator_draft", "webhook_endpoint_missing"}
    objects.file(held_because="it is late.")
    live.post("/v1/brim/rails/ach/stop", {"reason": "audit"})
    assert codes(live) == {"originator_draft", "files_held", "rail_stopped", "webhook_endpoint_missing"}


def test_what_every_topup_waits_for_blocks(server: Server, account: str, live_key: str, tmp_path: Path) -> None:
    live = Wire(server.url, live_key)
    objects = AchObjects(server, account, tmp_path)
    objects.active_originator()
    assert live.post("/v1/brim/ach/bank_files", {"file": "101 no file of a bank\n", "name": "a.txt"}).status == 200
    until(lambda: "bank_file_held" in codes(live), what="the file to be held")
    found: Any = live.get("/v1/brim/breaks?status=open").json
    resolved = live.post(f"/v1/brim/breaks/{found['data'][0]['id']}/resolve", {"resolution": "came again by mail"})
    assert resolved.status == 200, resolved.body
    assert "bank_file_held" not in codes(live)
    waiting = objects.waiting_statement()
    assert "statement_unapproved" in codes(live)
    assert any(waiting in each["message"] for each in live.get(READINESS).json["blockers"])


def test_test_mode_needs_no_readiness(wire: Wire) -> None:
    assert wire.get(READINESS).error["message"].startswith("This endpoint works in live mode only.")
