"""Pages and API of bank statements: what they show, how they page, who may see them, and their CSV files."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from brim.core.direct_debits import FileStatus
from brim.core.reconciliation import BreakKind, MatchKind
from tests.support.ach_objects import AchObjects
from tests.support.page_visitors import Person, text_of
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire

STATEMENTS = "/v1/brim/bank_statements"
LINES = "/v1/brim/statement_lines"
SETTLEMENTS = "/v1/brim/line_settlements"


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def person(pages_url: str, account: str, key: str, live_key: str) -> Person:
    return Person(pages_url, SignedIn(keys={f"{account}/live": live_key, f"{account}/test": key}))


@pytest.fixture
def objects(server: Server, account: str, tmp_path: Path) -> AchObjects:
    return AchObjects(server, account, tmp_path)


def test_a_line_leads_to_what_it_is_about_and_back(person: Person, live: Wire, objects: AchObjects) -> None:
    file, bank_file = objects.file(FileStatus.SETTLED), objects.bank_file()
    statement = objects.statement(line_count=2, new_count=2, closing=97_500 + 4_000, bank_file=bank_file)
    posted = objects.line(
        statement=statement, amount=4_000, is_open=False, matched_kind=MatchKind.BATCH, matched=f"{file.id}/1"
    )
    fee = objects.line(statement=statement)
    wire = live.get(f"{LINES}/{posted}").json
    assert (wire["status"], wire["matched"]["file"], wire["matched"]["batch"]) == ("posted", file.id, 1)
    assert (wire["statement"], wire["unposted_amount"], wire["break"]) == (statement, 0, None)
    open_line = live.get(f"{LINES}/{fee}").json
    assert (open_line["status"], open_line["unposted_amount"]) == ("open", -2_500)
    found = live.get(f"/v1/brim/breaks/{open_line['break']}").json
    assert (found["statement_line"], found["bank_statement"]) == (fee, statement)
    assert [each["id"] for each in live.get(f"{LINES}?status=open").json["data"]] == [fee]

    assert f"/ach/files/{file.id}" in person.visit(f"/statement-lines/{posted}").body.decode()
    assert f"/breaks/{open_line['break']}" in person.visit(f"/statement-lines/{fee}").body.decode()
    assert f"/statement-lines/{fee}" in person.visit(f"/breaks/{open_line['break']}").body.decode()
    assert f"/bank-statements/{statement}" in person.visit(f"/ach/bank-files/{bank_file}").body.decode()
    shown = person.visit(f"/bank-statements/{statement}")
    assert "Lines totaling \N{MINUS SIGN}25.00 USD aren't posted" in text_of(shown)
    assert all(f"/statement-lines/{line}" in shown.body.decode() for line in (posted, fee))


def test_a_payment_leads_to_its_entry_and_shows_what_the_payer_wrote(
    person: Person, live: Wire, objects: AchObjects
) -> None:
    entry = objects.line(amount=1_000, is_open=False, description="COLLECTIVE CREDIT")
    payment = objects.line(amount=400, parent=entry, description="", remittance="Rent <May>")
    wire = live.get(f"{LINES}/{payment}").json
    assert (wire["parent"], wire["remittance"], wire["description"]) == (entry, "Rent <May>", "")
    assert live.get(f"{LINES}/{entry}").json["parent"] is None
    shown = person.visit(f"/statement-lines/{payment}")
    assert f"/statement-lines/{entry}" in shown.body.decode()
    assert "Rent <May>" in text_of(shown)
    assert "Payment of an entry: Rent <May>" in text_of(person.visit("/statement-lines?status=all"))


def test_a_resolved_break_explains_its_line(person: Person, live: Wire, objects: AchObjects) -> None:
    fee = objects.line()
    found = live.get(f"{LINES}/{fee}").json["break"]
    live.post(f"/v1/brim/breaks/{found}/resolve", {"resolution": "A fee of October."})
    assert live.get(f"{LINES}/{fee}").json["status"] == "explained"
    assert live.get(f"{LINES}?status=open").json["data"] == []
    assert "A fee of October." in person.read(f"/statement-lines/{fee}")


def test_statements_are_narrowed_by_account_currency_days_state_and_breaks(
    person: Person, live: Wire, objects: AchObjects
) -> None:
    october = objects.statement()
    euro = objects.statement(
        currency="eur", bank_account="euro", first_day=date(2026, 11, 1), last_day=date(2026, 11, 3)
    )
    replaced = objects.statement(replaced_by=october)
    objects.line(statement=euro)
    for narrowed, expected in (
        ("bank_account=euro", [euro]),
        ("currency=USD", [replaced, october]),
        ("first_day=2026-11-02&last_day=2026-11-02", [euro]),
        ("last_day=2026-10-31", [replaced, october]),
        ("status=replaced", [replaced]),
        ("breaks=open", [euro]),
        ("breaks=none&status=in_force", [october]),
        (f"bank_file={live.get(f'{STATEMENTS}/{euro}').json['bank_file']}", [euro]),
    ):
        assert [each["id"] for each in live.get(f"{STATEMENTS}?{narrowed}").json["data"]] == expected, narrowed
        page = person.visit(f"/bank-statements?{narrowed}").body.decode()
        assert {each for each in (october, euro, replaced) if f"/bank-statements/{each}" in page} == set(expected)
    refused = live.get(f"{STATEMENTS}?first_day=yesterday")
    assert (refused.status, refused.json["error"]["code"]) == (400, "parameter_invalid_day")
    assert live.get(f"{STATEMENTS}?first_day=2026-02-30").status == 400


def test_a_statement_of_which_a_part_is_applied_says_so(person: Person, live: Wire, objects: AchObjects) -> None:
    bank_file = objects.bank_file()
    statement = objects.statement(line_count=2_500, new_count=2_500, bank_file=bank_file)
    objects.apply_part(bank_file, applied=1_000, lines=2_500)
    assert live.get(f"{STATEMENTS}/{statement}").json["is_applied"] is False
    assert [each["is_applied"] for each in live.get(STATEMENTS).json["data"]] == [False]
    file = live.get(f"/v1/brim/ach/bank_files/{bank_file}").json
    assert (file["status"], file["applied"], file["lines_applied"], file["line_count"]) == (
        "received",
        None,
        1000,
        2500,
    )
    shown = person.read(f"/bank-statements/{statement}")
    assert "Being applied" in shown
    assert "Posted" not in shown
    assert "No open breaks" not in shown
    assert "Being applied" in person.read("/bank-statements")
    shown = person.read(f"/ach/bank-files/{bank_file}")
    assert "Being applied: 1,000 of 2,500 lines so far." in shown
    assert "Applied in full" not in shown
    exported = list(csv.DictReader(io.StringIO(person.visit("/bank-statements.csv").body.decode("utf-8-sig"))))
    assert [each["is_applied"] for each in exported] == ["false"]


def test_lines_of_a_statement_are_paged_in_its_order_both_ways(live: Wire, objects: AchObjects) -> None:
    statement = objects.statement()
    lines = [objects.line(statement=statement, is_open=False) for _ in range(5)]
    url = f"{STATEMENTS}/{statement}/lines"
    first = live.get(f"{url}?limit=2").json
    assert ([each["id"] for each in first["data"]], first["has_more"]) == (lines[:2], True)
    second = live.get(f"{url}?limit=2&starting_after={lines[1]}").json
    assert ([each["id"] for each in second["data"]], second["has_more"]) == (lines[2:4], True)
    back = live.get(f"{url}?limit=2&ending_before={lines[3]}").json
    assert ([each["id"] for each in back["data"]], back["has_more"]) == (lines[1:3], True)
    assert live.get(f"{url}?starting_after=bsl_none").status == 400
    assert [each["id"] for each in live.get(f"{LINES}?limit=3").json["data"]] == lines[::-1][:3]


def test_the_statement_before_tells_how_far_apart_they_are(person: Person, live: Wire, objects: AchObjects) -> None:
    before = objects.statement(closing=90_000, last_day=date(2026, 10, 30), first_day=date(2026, 10, 30))
    other = objects.statement(
        closing=1, bank_account="other", first_day=date(2026, 10, 30), last_day=date(2026, 10, 30)
    )
    after = objects.statement(opening=100_000, place="gap")
    objects.open_break(kind=BreakKind.GAP, cause=after, reference=after, statement=after, amount=None, currency="usd")
    found = live.get(f"{STATEMENTS}/{after}").json
    assert found["before"] == {"id": before, "closing_balance": 90_000, "difference": 10_000}
    assert (found["gap"], found["open_breaks"]) == (live.get("/v1/brim/breaks").json["data"][0]["id"], 1)
    assert live.get(f"{STATEMENTS}/{other}").json["before"] is None
    assert "is missing, or one of the two is wrong" in person.read(f"/bank-statements/{after}")
    assert "Statement missing" in person.read("/bank-statements")


def test_csv_files_have_every_page_and_no_formula(person: Person, objects: AchObjects) -> None:
    statement = objects.statement(number="=1+1")
    lines = [
        objects.line(statement=statement, is_open=False, description=f'=HYPERLINK("x{number}")')
        for number in range(101)
    ]
    exported = person.visit(f"/bank-statements/{statement}/lines.csv").body.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(exported)))
    assert [row["id"] for row in rows] == lines
    assert {row["description"][0] for row in rows} == {"'"}
    assert (rows[0]["amount"], rows[0]["status"]) == ("-25.00", "posted")
    (row,) = csv.DictReader(io.StringIO(person.visit("/bank-statements.csv").body.decode("utf-8-sig")))
    assert (row["id"], row["number"], row["opening_balance"]) == (statement, "'=1+1", "1000.00")


def test_open_lines_are_exported(person: Person, objects: AchObjects) -> None:
    opened = [objects.line(description="=1+1") for _ in range(2)]
    posted = objects.line(is_open=False)
    assert "/statement-lines.csv?status=open" in person.visit("/statement-lines").body.decode()
    for query, expected in (("", opened[::-1]), ("?status=all", [posted, *opened[::-1]]), ("?topup=tu_none", [])):
        exported = person.visit(f"/statement-lines.csv{query}").body.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(exported)))
        assert [row["id"] for row in rows] == expected
    assert person.visit("/statement-lines.csv?status=none").status == 404


def test_nobody_else_sees_statements_or_lines(
    server: Server, pages_url: str, account: str, objects: AchObjects
) -> None:
    line = objects.line()
    other = server.make_account().id
    stranger = Person(pages_url, SignedIn(keys={f"{other}/live": server.make_key(other, livemode=True)}))
    under = server.make_account(platform=account).id
    wire = Wire(server.url, server.make_key(under, livemode=True))
    assert stranger.visit(f"/statement-lines/{line}").status == 404
    assert {wire.get(path).status for path in (STATEMENTS, LINES, f"{LINES}/{line}")} == {403}


def test_the_live_overview_lists_what_is_in_suspense_and_what_waits_for_a_second_person(
    person: Person, live: Wire, objects: AchObjects
) -> None:
    assert "Transfers in suspense" not in person.read("/live-money")
    transfer = objects.suspended_transfer()
    settlements = [objects.settlement("proposed"), objects.settlement("undo_proposed")]
    line = live.get(f"/v1/brim/incoming_transfers/{transfer}").json["statement_line"]
    assert f"/statement-lines/{line}" in person.visit(f"/incoming-transfers/{transfer}").body.decode()
    assert f"/incoming-transfers/{transfer}" in person.visit(f"/statement-lines/{line}").body.decode()
    shown = person.visit("/live-money")
    assert "Transfers in suspense" in text_of(shown)
    assert "Settlements to confirm" in text_of(shown)
    assert f"/incoming-transfers/{transfer}" in shown.body.decode()
    assert all(f"/line-settlements/{each}" in shown.body.decode() for each in settlements)


# Settling what is open


def test_a_person_chooses_a_suggestion_and_whoever_is_alone_posts_it(
    person: Person, live: Wire, objects: AchObjects
) -> None:
    fee = objects.line(description="MONTHLY FEE")
    (suggested,) = live.get(f"{LINES}/{fee}").json["suggestions"]
    assert (suggested["fees"], suggested["lines"]) == (-2_500, [fee])
    page, action = f"/statement-lines/{fee}", f"/statement-lines/{fee}/settle"
    assert "Propose as fees" in person.read(page)
    hidden = person.hidden(page, action)
    assert hidden["fees"].replace("\N{MINUS SIGN}", "-") == "-25.00"
    sent = person.post(action, hidden)
    assert sent.status == 303, text_of(sent)
    settlement = sent.headers["location"].partition("?")[0].rpartition("/")[2]
    found = live.get(f"{SETTLEMENTS}/{settlement}").json
    assert (found["status"], found["fees"], found["one_person"]) == ("posted", -2_500, True)
    assert live.get(f"{LINES}/{fee}").json["status"] == "settled"
    assert "Confirmed by" in person.read(f"/line-settlements/{settlement}")
    undo = f"/line-settlements/{settlement}/undo"
    assert person.send(f"/line-settlements/{settlement}", undo, {"note": ""}).status == 400
    assert person.send(f"/line-settlements/{settlement}", undo, {"note": "Not ours."}).status == 303
    assert live.get(f"{LINES}/{fee}").json["status"] == "open"
    assert "Undone" in person.read("/line-settlements?status=undone")


def test_what_does_not_add_up_is_said_beside_the_form(person: Person, objects: AchObjects) -> None:
    fee, other = objects.line(), objects.line(amount=2_000, description="BACK")
    page, action = f"/statement-lines/{fee}", f"/statement-lines/{fee}/settle"
    for fields, words in (
        ({"note": "", "fees": "-25"}, "Enter an explanation."),
        ({"note": "A fee.", "fees": "much"}, "Enter an amount, such as"),
        ({"note": "A fee.", "fees": "-20"}, "The lines leave -25.00 USD open, and the parts add up to -20.00 USD."),
        ({"note": "A fee.", "fees": "-25", "lines": "bsl_none"}, "bsl_none"),
    ):
        hidden = {name: value for name, value in person.hidden(page, action).items() if name in {"token", "csrf"}}
        shown = person.send(page, action, {**hidden, "fees": "", "suspense": "", "lines": "", **fields})
        assert shown.status in {400, 404}, fields
        assert words in text_of(shown), fields
    sent = person.send(page, action, {"note": "Both.", "fees": "-5", "suspense": "", "lines": other})
    assert sent.status == 303


def test_a_break_has_an_owner_and_a_note(person: Person, live: Wire, objects: AchObjects) -> None:
    found = objects.open_break()
    sent = person.send(f"/breaks/{found}", f"/breaks/{found}/assign", {"assigned_to": "Ada", "note": "Bank asked."})
    assert sent.status == 303
    wire = live.get(f"/v1/brim/breaks/{found}").json
    assert (wire["assigned_to"], wire["note"], wire["status"]) == ("Ada", "Bank asked.", "open")
    assert "Bank asked." in person.read(f"/breaks/{found}")
    assert live.post(f"/v1/brim/breaks/{found}", {"assigned_to": ""}).json["assigned_to"] is None


def test_what_waits_is_listed_and_can_be_withdrawn(person: Person, live: Wire, objects: AchObjects) -> None:
    waiting = objects.settlement()
    assert waiting in person.visit("/line-settlements").body.decode()
    refused = live.post(f"{SETTLEMENTS}/{waiting}/confirm", {"expected_status": "proposed"})
    assert (refused.status, refused.json["error"]["code"]) == (403, "second_person_required")
    assert person.send(f"/line-settlements/{waiting}", f"/line-settlements/{waiting}/reject", {}).status == 303
    gone = live.post(f"{SETTLEMENTS}/{waiting}/reject", {})
    assert (gone.status, gone.json["error"]["code"]) == (400, "line_settlement_unexpected_state")
    assert [each["id"] for each in live.get(f"{SETTLEMENTS}?status=rejected").json["data"]] == [waiting]
    shown = person.read(f"/line-settlements/{waiting}?done=settlement_rejected")
    assert "Settlement rejected. Nothing was posted." in shown


def test_who_rejects_an_undo_reads_that_the_settlement_is_kept(person: Person, objects: AchObjects) -> None:
    page = f"/line-settlements/{objects.settlement('undo_proposed')}"
    kept = person.send(page, f"{page}/reject", {})
    assert (kept.status, kept.headers["location"].partition("?")[2]) == (303, "done=undo_rejected")
    assert "The settlement is kept. Nothing was undone." in person.read(f"{page}?done=undo_rejected")
