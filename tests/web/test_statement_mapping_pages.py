"""The pages of mappings of CSV statements, as a person uses them: tried on a file, then saved."""

from datetime import date
from pathlib import Path

import pytest

from brim.http.multipart import Part, encode_multipart
from brim.http.multipart import text_of as text_of_file
from tests.support.ach_objects import AchObjects
from tests.support.csv_statements import Line, csv_file, simple
from tests.support.page_visitors import BROWSER, Person, text_of
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire, WireReply

PAGE = "/statement-mappings/operating"
CONTENT = csv_file(simple(), 1_000, [Line(date(2026, 12, 7), -250, ("<FEE>",))])
TYPED = {
    **{name: "\n".join(value) if isinstance(value, list) else value for name, value in simple().items()},
    "rows_before_header": "0",
    "footer_rows": "0",
}


@pytest.fixture
def person(pages_url: str, account: str, key: str, live_key: str) -> Person:
    return Person(pages_url, SignedIn(keys={f"{account}/live": live_key, f"{account}/test": key}))


def preview(person: Person, content: bytes, **fields: str) -> WireReply:
    """Send the form of the mapping with a file, to be tried."""
    filled = person.hidden(PAGE, PAGE) | fields
    parts = [*(Part(name, text, None) for name, text in filled.items()), Part("file", text_of_file(content), "a.csv")]
    content_type, body = encode_multipart(parts, boundary="b0undary")
    headers = {**BROWSER, "Cookie": person.cookie, "Content-Type": content_type.decode()}
    return person.wire.send("POST", f"{PAGE}/preview", body=body, headers=headers)


def test_a_mapping_is_tried_on_a_file_saved_and_changed(
    server: Server, person: Person, account: str, live_key: str, tmp_path: Path
) -> None:
    assert "No bank accounts yet" in person.read("/statement-mappings")
    assert person.visit(PAGE).status == 404
    AchObjects(server, account, tmp_path).originator()
    assert "operating Version: None" in person.read("/statement-mappings")
    tried = preview(person, CONTENT, **TYPED)
    assert tried.status == 200
    assert "The file would be accepted. 1 line, opening balance 10.00 USD" in text_of(tried)
    assert "closing balance 7.50 USD" in text_of(tried)
    assert "<FEE>" not in tried.body.decode()
    assert 'value="MM/DD/YYYY"' in tried.body.decode()
    held = preview(person, CONTENT.replace(b"12/07", b"13/07"), **TYPED)
    assert "The file would be held. 0 lines" in text_of(held)
    assert "Row 2, column" in text_of(held)
    assert 'id="error-file"' in preview(person, b"", **TYPED).body.decode()
    live = Wire(server.url, live_key)
    assert live.get("/v1/brim/statement_mappings").json["data"] == []
    wrong = person.send(PAGE, PAGE, {**TYPED, "date_format": "DD.MM"})
    assert (wrong.status, 'id="error-date_format"' in wrong.body.decode()) == (400, True)
    assert person.send(PAGE, PAGE, TYPED).status == 303
    (saved,) = live.get("/v1/brim/statement_mappings").json["data"]
    assert (saved["mapping"]["text_columns"], saved["mapping"]["value_date_column"]) == (["Description"], None)
    old = person.hidden(PAGE, PAGE)
    more = {**TYPED, "ignored_columns": "Memo\r\nCheck, number\r\n", "text_columns": ""}
    assert person.post(PAGE, {**old, **more}).status == 303
    (saved,) = live.get("/v1/brim/statement_mappings").json["data"]
    assert (saved["version"], saved["mapping"]["text_columns"]) == (2, [])
    assert saved["mapping"]["ignored_columns"] == ["Memo", "Check, number"]
    stale = person.post(PAGE, {**old, **TYPED, "idempotency_key": "another"})
    assert (stale.status, "has version 2 now" in text_of(stale)) == (400, True)
    assert "operating Version 2" in person.read("/statement-mappings")
