"""Mappings of CSV statements by the API: created, changed, and tried on a file."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from brim.http.form import flatten
from brim.http.multipart import Part, encode_multipart, text_of
from tests.support.ach_objects import AchObjects
from tests.support.csv_statements import Line, csv_file, simple
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire, WireReply

MAPPINGS = "/v1/brim/statement_mappings"
DAY = date(2026, 12, 7)


@pytest.fixture
def live(server: Server, live_key: str, account: str, tmp_path: Path) -> Wire:
    AchObjects(server, account, tmp_path).active_originator()
    return Wire(server.url, live_key)


def upload(wire: Wire, path: str, content: bytes, name: str, **fields: str) -> WireReply:
    parts = [*(Part(field, text, None) for field, text in fields.items()), Part("file", text_of(content), name)]
    content_type, body = encode_multipart(parts, boundary="b0undary")
    return wire.send("POST", path, body=body, headers={"Content-Type": content_type.decode()})


def post(wire: Wire, path: str, fields: dict[str, Any]) -> WireReply:
    return wire.post(path, [pair for name, value in fields.items() for pair in flatten(name, value)])


def test_a_mapping_is_created_changed_and_listed(live: Wire) -> None:
    fields = simple(delimiter="semicolon", decimal_sign="comma", thousands_sign="point", date_format="DD.MM.YYYY")
    created: Any = post(live, MAPPINGS, {"bank_account": "operating", "mapping": fields}).json
    assert (created["object"], created["version"]) == ("brim.statement_mapping", 1)
    assert created["bank_account"] == "operating"
    assert created["mapping"]["text_columns"] == ["Description"]
    one = f"{MAPPINGS}/{created['id']}"
    changed: Any = post(live, one, {"mapping": {"ignored_columns": ["Memo"], "key_column": "Id"}}).json
    assert (changed["version"], changed["mapping"]["ignored_columns"]) == (2, ["Memo"])
    changed = post(live, one, {"mapping": {"ignored_columns": "", "key_column": ""}, "expected_version": 2}).json
    assert (changed["version"], changed["mapping"]) == (3, created["mapping"])
    assert live.get(one).json == changed
    assert live.get(MAPPINGS).json["data"] == [changed]


def test_a_csv_file_without_a_mapping_says_where_to_make_one(live: Wire) -> None:
    content = csv_file(simple(), 123_456, [Line(DAY, -99, ("FEE",))])
    taken: Any = upload(live, "/v1/brim/ach/bank_files", content, "monday.csv").json
    found = until(lambda: _once_read(live, taken["id"]), what="the file to be read")
    assert (found["status"], found["kind"]) == ("held", "statement")
    assert "the page CSV mappings" in found["findings"][0]["sentence"]


def _once_read(live: Wire, file_id: str) -> Any:
    found: Any = live.get(f"/v1/brim/ach/bank_files/{file_id}").json
    return found if found["status"] != "received" else None


def test_a_preview_shows_lines_and_problems(live: Wire) -> None:
    content = csv_file(simple(), 1_000, [Line(DAY, -250, ("=FEE",))])
    without: Any = upload(live, f"{MAPPINGS}/preview", content, "a.csv", bank_account="operating").json
    assert (without["verdict"], [each["code"] for each in without["findings"]]) == ("hold", ["csv_no_mapping"])
    asked = {"bank_account": "operating", "file": content.decode(), "mapping": simple()}
    shown: Any = post(live, f"{MAPPINGS}/preview", asked).json
    assert (shown["verdict"], shown["opening_balance"], shown["closing_balance"]) == ("accept", 1_000, 750)
    (line,) = shown["lines"]
    assert (line["amount"], line["description"], line["where"]) == (-250, "=FEE", "row 2")
    nested = {f"mapping[{name}]": value for name, value in simple(text_columns=None).items() if value}
    nested["mapping[text_columns][0]"] = "Description"
    sent: Any = upload(live, f"{MAPPINGS}/preview", content, "a.csv", bank_account="operating", **nested).json
    assert sent == shown
    broken: Any = post(live, f"{MAPPINGS}/preview", {**asked, "file": content.decode().replace("12/07", "13/07")}).json
    assert (broken["verdict"], broken["line_count"]) == ("hold", 0)
    assert broken["findings"][0]["where"] == "row 2, column 'Date'"
    assert live.get("/v1/brim/ach/bank_files").json["data"] == []
    assert live.get(MAPPINGS).json["data"] == []


def test_what_cannot_be_saved_is_refused(live: Wire) -> None:
    wanted = {"bank_account": "operating", "mapping": simple()}
    wrong = post(live, MAPPINGS, {**wanted, "mapping": simple(date_format="DD.MM")})
    assert refusal(wrong) == (400, "statement_mapping_invalid", "date_format")
    missing = post(live, MAPPINGS, {**wanted, "bank_account": "other"})
    assert refusal(missing) == (400, "resource_missing", "bank_account")
    created: Any = post(live, MAPPINGS, wanted).json
    assert refusal(post(live, MAPPINGS, wanted)) == (400, "statement_mapping_exists", "bank_account")
    stale = post(live, f"{MAPPINGS}/{created['id']}", {"expected_version": 7})
    assert refusal(stale) == (400, "statement_mapping_changed", "expected_version")
    assert refusal(live.get(f"{MAPPINGS}/stmap_none")) == (404, "resource_missing", "id")


def refusal(reply: WireReply) -> tuple[int, Any, Any]:
    error: Any = reply.json["error"]
    return reply.status, error.get("code"), error.get("param")
