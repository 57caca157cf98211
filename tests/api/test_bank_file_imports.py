"""Files from the bank by the API: stored first, known by their content, and applied once however they come."""

import os
from pathlib import Path
from typing import Any

import pytest

from brim.http.multipart import Part, encode_multipart, text_of
from brim.platform.database import Database
from tests.support.ach_objects import AchObjects
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire, WireReply, assert_error

BANK_FILES = "/v1/brim/ach/bank_files"


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def originator(server: Server, account: str, tmp_path: Path) -> str:
    return AchObjects(server, account, tmp_path).active_originator()


def upload(wire: Wire, content: bytes, name: str = "returns.ach", *, key: str = "", **fields: str) -> WireReply:
    parts = [*(Part(field, text, None) for field, text in fields.items()), Part("file", text_of(content), name)]
    content_type, body = encode_multipart(parts, boundary="b0undary")
    headers = {"Content-Type": content_type.decode()} | ({"Idempotency-Key": key} if key else {})
    return wire.send("POST", BANK_FILES, body=body, headers=headers)


def imported(server: Server, account: str) -> list[Any]:
    async def read(database: Database) -> list[Any]:
        async with database.connection() as conn:
            return list(
                await conn.fetch(
                    "SELECT actor_kind, detail FROM audit_log WHERE action = 'bank_file.imported' AND account = $1",
                    account,
                )
            )

    return list(server.run(read))


def test_a_file_is_stored_applied_and_known_again(server: Server, live: Wire, account: str, originator: str) -> None:
    content = b"101 no file of a bank " + os.urandom(4) + b"\0\r\n"
    reply = upload(live, content, "../in/returns.ach")
    assert reply.status == 200, reply.body
    found: Any = reply.json
    assert (found["name"], found["byte_count"], found["originator"]) == ("returns.ach", len(content), originator)
    assert found["is_new"] is True
    read = until(lambda: _once_read(live, found["id"]), what="the file to be read")
    assert (read["status"], read["kind"], "is_new" in read) == ("held", "nacha", False)
    again: Any = upload(live, content, "other.ach").json
    assert (again["id"], again["name"], again["is_new"]) == (found["id"], "returns.ach", False)
    assert [(each["actor_kind"], each["detail"]) for each in imported(server, account)] == [("api_key", "returns.ach")]
    assert len(live.get(f"/v1/brim/breaks?bank_file={found['id']}").json["data"]) == 1
    assert len(live.get(BANK_FILES).json["data"]) == 1


def _once_read(live: Wire, file_id: str) -> Any:
    found: Any = live.get(f"{BANK_FILES}/{file_id}").json
    return found if found["status"] != "received" else None


@pytest.mark.usefixtures("originator")
def test_a_file_may_be_a_text_and_its_content_is_not_in_the_request_log(live: Wire) -> None:
    text = "101 account 000123456789\n"
    reply = live.post(BANK_FILES, {"file": text, "name": "a.txt"})
    assert (reply.status, reply.json["byte_count"], reply.json["name"]) == (200, len(text), "a.txt")
    assert upload(live, text.encode()).json["is_new"] is False
    [told] = until(
        lambda: [
            each["parameters"]
            for each in live.get(f"/v1/brim/request_logs?path={BANK_FILES}").json["data"]
            if each["parameters"].get("name") == "a.txt"
        ],
        what="the request log",
    )
    assert told["file"] == "***"


@pytest.mark.usefixtures("originator")
def test_under_one_key_a_file_is_imported_once(live: Wire) -> None:
    first = upload(live, b"101 \xff\xfe", key="import-1")
    assert first.status == 200, first.body
    replayed = upload(live, b"101 \xff\xfe", key="import-1")
    assert (replayed.body, replayed.headers["idempotent-replayed"]) == (first.body, "true")
    other = upload(live, b"101 \xff\xfd", key="import-1")
    assert other.error["type"] == "idempotency_error"


def test_what_is_no_file_or_nobodys_is_refused(server: Server, live: Wire, account: str, wire: Wire) -> None:
    assert_error(
        upload(live, b"101"),
        400,
        "Specify the originator whose bank sent the file: several or none are active.",
        param="originator",
    )
    assert upload(live, b"101", originator="orig_none").status == 400
    assert live.post(BANK_FILES, {}).error["param"] == "file"
    assert upload(live, b"").error["param"] == "file"
    broken = live.send("POST", BANK_FILES, body=b"x", headers={"Content-Type": "multipart/form-data; boundary=y"})
    assert (broken.status, "multipart/form-data" in broken.error["message"]) == (400, True)
    elsewhere = live.send(
        "POST", "/v1/topups", body=b"--y--", headers={"Content-Type": "multipart/form-data; boundary=y"}
    )
    assert "application/x-www-form-urlencoded" in elsewhere.error["message"]
    assert upload(wire, b"101").error["message"].startswith("This endpoint works in live mode only.")
    under = server.make_account(platform=account).id
    assert upload(Wire(server.url, server.make_key(under, livemode=True)), b"101").status == 403
    reader = server.make_key(account, livemode=True, permissions={"ach": "read"})
    assert upload(Wire(server.url, reader), b"101").status == 403


@pytest.mark.usefixtures("originator")
def test_a_file_may_be_larger_than_any_other_request_and_not_larger_than_an_upload(live: Wire) -> None:
    large = upload(live, b"5" * 2_000_000, "large.ach")
    assert (large.status, large.json["byte_count"]) == (200, 2_000_000)
    assert upload(live, b"5" * 10_485_760).status == 413
    assert live.post(BANK_FILES, {"file": "5" * 2_000_000}).status == 413
