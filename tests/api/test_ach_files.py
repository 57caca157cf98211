"""Files, files from the bank, breaks and stops by the API: for platforms in live mode, and a key never approves."""

from pathlib import Path
from typing import Any

import pytest

from brim.core.direct_debits import FileStatus
from brim.platform.database import Database
from tests.support.ach_objects import AchObjects
from tests.support.service import Server
from tests.support.wire import Wire, assert_error

FILES = "/v1/brim/ach/files"
BREAKS = "/v1/brim/breaks"
RAIL = "/v1/brim/rails/ach"


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def objects(server: Server, account: str, tmp_path: Path) -> AchObjects:
    return AchObjects(server, account, tmp_path)


def audited(server: Server, request_id: str) -> list[dict[str, Any]]:
    async def read(database: Database) -> list[dict[str, Any]]:
        async with database.connection() as conn:
            found = await conn.fetch(
                "SELECT action, object, before::text, after::text, detail FROM audit_log WHERE request_id = $1",
                request_id,
            )
            return [dict(each) for each in found]

    return list(server.run(read))


def test_files_are_listed_by_status_and_shown_with_their_batches(live: Wire, objects: AchObjects) -> None:
    built, sent, other = objects.file(), objects.file(FileStatus.SENT), objects.file()
    assert [each["id"] for each in live.get(FILES).json["data"]] == [other.id, sent.id, built.id]
    assert [each["id"] for each in live.get(f"{FILES}?status=sent").json["data"]] == [sent.id]
    page = live.get(f"{FILES}?limit=1&starting_after={other.id}").json
    assert ([each["id"] for each in page["data"]], page["has_more"]) == ([sent.id], True)
    assert "batches" not in page["data"][0]
    found = live.get(f"{FILES}/{built.id}").json
    assert (found["status"], found["total_debit"], found["sha256"]) == ("built", 5_000, built.sha256.hex())
    (batch,) = found["batches"]
    assert (batch["number"], batch["status"], batch["effective_date"]) == (1, "open", f"{built.effective_date}")


def test_a_key_never_approves(server: Server, live: Wire, objects: AchObjects) -> None:
    file = objects.file()
    form = {"expected_status": "built", "sha256": file.sha256.hex()}
    reply = live.post(f"{FILES}/{file.id}/approve", form)
    assert_error(
        reply, 403, "API keys can't approve. An operator has to, in the dashboard.", code="second_person_required"
    )
    assert live.get(f"{FILES}/{file.id}").json["status"] == "built"
    assert audited(server, reply.headers["request-id"]) == []


def test_a_file_is_voided_once_where_it_was_seen(server: Server, live: Wire, objects: AchObjects) -> None:
    file = objects.file()
    path = f"{FILES}/{file.id}/void"
    reply = live.post(path, {"expected_status": "approved"})
    assert_error(
        reply,
        400,
        f"The file {file.id} is built, not approved. Retrieve it again first.",
        code="file_unexpected_state",
        param="expected_status",
    )
    headers = {"Idempotency-Key": file.id}
    done = live.send("POST", path, form={"expected_status": "built"}, headers=headers)
    assert (done.status, done.json["status"]) == (200, "voided")
    assert live.send("POST", path, form={"expected_status": "built"}, headers=headers).body == done.body
    (entry,) = audited(server, done.headers["request-id"])
    assert (entry["action"], entry["object"]) == ("ach_file.voided", file.id)
    assert (entry["before"], entry["after"]) == ('{"status": "built"}', '{"status": "voided"}')


def test_the_entries_of_a_rejected_file_are_resubmitted(server: Server, live: Wire, objects: AchObjects) -> None:
    file = objects.file(FileStatus.REJECTED, has_entry=True)
    done = live.post(f"{FILES}/{file.id}/resubmit", {"expected_status": "rejected"})
    assert (done.status, done.json["status"]) == (200, "rejected"), done.body
    (entry,) = audited(server, done.headers["request-id"])
    assert (entry["action"], entry["object"], entry["detail"]) == ("ach_file.resubmitted", file.id, "1 entries")
    again = live.post(f"{FILES}/{file.id}/resubmit", {"expected_status": "rejected"})
    assert (again.status, audited(server, again.headers["request-id"])) == (200, []), "none waits for another file"
    refused = live.post(f"{FILES}/{objects.file().id}/resubmit", {"expected_status": "rejected"})
    assert (refused.status, refused.error["code"]) == (400, "file_unexpected_state")


def test_files_from_the_bank_and_breaks_are_listed_and_settled(server: Server, live: Wire, objects: AchObjects) -> None:
    bank_file = objects.bank_file()
    assert [each["id"] for each in live.get("/v1/brim/ach/bank_files").json["data"]] == [bank_file]
    found = live.get(f"/v1/brim/ach/bank_files/{bank_file}").json
    assert (found["status"], found["kind"], found["findings"]) == ("received", "unknown", [])
    first, second = objects.open_break(), objects.open_break()
    done = live.post(f"{BREAKS}/{first}/resolve", {"resolution": "A fee of the bank."})
    assert (done.json["status"], done.json["resolution"]) == ("resolved", "A fee of the bank.")
    assert done.json["resolved_by"].startswith("mk_")
    assert [each["action"] for each in audited(server, done.headers["request-id"])] == ["break.resolved"]
    assert live.post(f"{BREAKS}/{first}/resolve", {"resolution": "Something else."}).status == 400
    assert live.get(f"{BREAKS}/{first}").json == {**done.json, "actions": []}
    assert [each["id"] for each in live.get(f"{BREAKS}?status=open").json["data"]] == [second]
    assert [each["id"] for each in live.get(f"{BREAKS}?status=resolved").json["data"]] == [first]


def test_a_file_says_what_may_be_done_with_it_and_why_not(
    server: Server, account: str, live: Wire, objects: AchObjects
) -> None:
    def actions(file_id: str, wire: Wire = live) -> dict[str, str | None]:
        return {each["name"]: each["code"] for each in wire.get(f"{FILES}/{file_id}").json["actions"]}

    assert actions(objects.file().id) == {"approve": "second_person_required", "void": None}
    assert actions(objects.file(held_because="An independent check found a difference.").id)["approve"] == "held"
    assert actions(objects.file(FileStatus.APPROVED).id) == {"void": None}
    assert actions(objects.file(FileStatus.SENT).id) == {}
    assert actions(objects.file(FileStatus.REJECTED).id) == {}  # none of its entries waits
    reader = Wire(server.url, server.make_key(account, livemode=True, permissions={"ach": "read"}))
    assert set(actions(objects.file().id, reader).values()) == {"permission_missing"}
    writer = Wire(server.url, server.make_key(account, livemode=True, permissions={"ach": "write"}))
    assert actions(objects.file().id, writer) == {"approve": "permission_missing", "void": None}


def test_entries_are_listed_in_the_order_of_the_file(live: Wire, objects: AchObjects) -> None:
    file = objects.file()
    traces = objects.entries(file, 5)
    path = f"{FILES}/{file.id}/entries"
    found = live.get(f"{path}?limit=2").json
    assert ([each["id"] for each in found["data"]], found["has_more"]) == (traces[:2], True)
    assert (found["data"][0]["topup"], found["data"][0]["amount"]) == ("tu_1", 1_001)
    found = live.get(f"{path}?limit=2&starting_after={traces[1]}").json
    assert ([each["trace"] for each in found["data"]], found["has_more"]) == (traces[2:4], True)
    found = live.get(f"{path}?limit=3&ending_before={traces[2]}").json
    assert ([each["id"] for each in found["data"]], found["has_more"]) == (traces[:2], False)
    assert live.get(f"{path}?starting_after=123").status == 400
    assert live.get(f"{FILES}/achf_nobodys/entries").status == 404
    assert live.get(f"{FILES}/{objects.file().id}/entries").json["data"] == []


def test_breaks_of_a_file_from_the_bank_are_found_and_name_what_they_are_about(live: Wire, objects: AchObjects) -> None:
    file, bank_file = objects.file(FileStatus.SENT), objects.bank_file()
    other = objects.open_break()
    found = objects.open_break(bank_file=bank_file, cause=f"{file.id}/1")
    assert [each["id"] for each in live.get(f"{BREAKS}?bank_file={bank_file}").json["data"]] == [found]
    shown = live.get(f"{BREAKS}/{found}").json
    assert (shown["ach_file"], shown["bank_file"]) == (file.id, bank_file)
    assert [(each["name"], each["allowed"]) for each in shown["actions"]] == [("resolve", True)]
    assert live.get(f"{BREAKS}/{other}").json["ach_file"] is None


def test_a_rail_says_where_it_is_stopped(server: Server, live: Wire, account: str) -> None:
    assert (live.get(RAIL).json["status"], live.get(RAIL).json["stops"]) == ("running", [])
    under = server.make_account(platform=account).id
    live.post(f"{RAIL}/stop", {"reason": "audit", "account": under})
    live.post(f"{RAIL}/stop", {"reason": "fraud"})
    found = live.get(RAIL).json
    assert found["status"] == "stopped"
    assert [(each["account"], each["reason"]) for each in found["stops"]] == [(None, "fraud"), (under, "audit")]
    assert [each["name"] for each in found["actions"] if each["allowed"]] == ["stop", "resume"]
    assert live.get("/v1/brim/rails/wire").status == 404


def test_the_outlook_is_empty_without_an_active_originator(live: Wire, objects: AchObjects) -> None:
    objects.file()
    found = live.get("/v1/brim/ach/outlook").json
    assert (found["originator"], found["cutoff"], found["due"]) == (None, None, {"amount": 0, "count": 0})


def test_live_money_is_stopped_for_one_account_or_all(server: Server, live: Wire, account: str) -> None:
    under = server.make_account(platform=account).id
    stopped = live.post(f"{RAIL}/stop", {"reason": "audit", "account": under})
    assert stopped.json["account"] == under
    assert (stopped.json["status"], stopped.json["changed"]) == ("stopped", True)
    (entry,) = audited(server, stopped.headers["request-id"])
    assert (entry["action"], entry["detail"]) == ("rail.stopped", f"ach {under}: audit")
    assert live.post(f"{RAIL}/resume").json["changed"] is False
    resumed = live.post(f"{RAIL}/resume", {"account": under})
    assert (resumed.json["status"], resumed.json["changed"]) == ("running", True)
    foreign = live.post(f"{RAIL}/stop", {"reason": "audit", "account": server.make_account().id})
    assert (foreign.status, foreign.error["code"], foreign.error["param"]) == (400, "resource_missing", "account")


def test_connected_accounts_see_no_file_of_their_platform(
    server: Server, live: Wire, account: str, objects: AchObjects
) -> None:
    file = objects.file()
    under = server.make_account(platform=account).id
    below = Wire(server.url, server.make_key(under, livemode=True))
    for path in (FILES, f"{FILES}/{file.id}", "/v1/brim/ach/bank_files", BREAKS):
        assert below.get(path).status == 403
        assert live.send("GET", path, headers={"Stripe-Account": under}).status == 403
    assert below.post(f"{RAIL}/stop", {"reason": "audit"}).status == 403


def test_test_mode_has_no_files_and_stops_nothing(wire: Wire, objects: AchObjects) -> None:
    file = objects.file()
    assert wire.get(FILES).json["data"] == []
    assert wire.get(f"{FILES}/{file.id}").status == 404
    assert (
        wire.post(f"{RAIL}/stop", {"reason": "audit"}).error["message"].startswith("This endpoint works in live mode")
    )


def test_a_file_shows_its_approver_what_it_does_and_until_when_it_can_be_sent(live: Wire, objects: AchObjects) -> None:
    file = objects.file(has_entry=True)
    found = live.get(f"{FILES}/{file.id}").json
    assert (found["approvals"], found["approvals_needed"], found["approvals_missing"]) == ([], 1, 1)
    assert [(each["amount"], each["file"]) for each in found["largest_entries"]] == [(5_000, file.id)]
    assert found["created"] <= found["cutoff"] < found["send_before"]
    assert found["sha256"] == file.sha256.hex()
    (listed,) = live.get(FILES).json["data"]
    assert listed.keys() & {"approvals", "cutoff", "largest_entries", "send_before"} == set()
    assert listed["approvals_needed"] == 1
