"""The pages of live money, as a person visits them: each action, each refusal, and who sees nothing of it."""

import re
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from brim.base.paging import PageRequest
from brim.core.audit import list_audit_log
from brim.core.corrections import CorrectionStatus
from brim.core.direct_debits import FileStatus
from brim.core.dishonors import ReturnStatus
from brim.core.operators.rules import Role
from brim.core.operators.sign_in_rules import CONFIRMED_FOR_MS
from brim.core.refunds import FailureReason, RefundStatus
from brim.core.reversals import ReversalStatus
from brim.http.multipart import Part, encode_multipart
from brim.http.multipart import text_of as text_of_file
from brim.platform.database import Database
from tests.support.ach_objects import AchObjects
from tests.support.browsing import Browser
from tests.support.live_house import FORM
from tests.support.page_visitors import BROWSER, Person, text_of
from tests.support.people_house import PASSWORD, House, open_house, set_up_device
from tests.support.polling import until
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.statement_writers import Account, Entry, bai2
from tests.support.wire import Wire, WireReply

NEW = "/ach/originators/new"
STOPS = "/live-money/stops"
PAGES = (
    "/live-money", STOPS, "/live-readiness", "/ach/files", "/ach/bank-files", "/breaks", "/ach/prenotes",
    "/ach/microdeposits",
    "/ach/originators", NEW,
)  # fmt: skip


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def person(pages_url: str, account: str, key: str, live_key: str) -> Person:
    """Somebody whose pages have a secret live key; no key approves anything."""
    return Person(pages_url, SignedIn(keys={f"{account}/live": live_key, f"{account}/test": key}))


@pytest.fixture
def reader(pages_url: str, server: Server, account: str) -> Person:
    """Somebody whose key reads everything of live money, and changes nothing."""
    permissions = dict.fromkeys(("ach", "events", "topups", "webhook_endpoints"), "read")
    key = server.make_key(account, livemode=True, permissions=permissions)
    return Person(pages_url, SignedIn(keys={f"{account}/live": key}, role="viewer"))


@pytest.fixture
def objects(server: Server, account: str, tmp_path: Path) -> AchObjects:
    return AchObjects(server, account, tmp_path)


@pytest.fixture
def filled_in(tmp_path: Path) -> dict[str, str]:
    """What somebody fills in for a new originator."""
    folders = {"outgoing_folder": str(tmp_path / "out"), "incoming_folder": str(tmp_path / "in")}
    return FORM | {"odfi_routing_number": "121042882"} | folders


def write(person: Person, filled_in: dict[str, str]) -> str:
    """Write an originator, and return where its page is."""
    reply = person.send(NEW, NEW, filled_in)
    assert reply.status == 303, text_of(reply)
    return reply.headers["location"].partition("?")[0]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_shown_with_nothing_to_show_and_leads_to_test_mode(person: Person, page: str) -> None:
    shown = person.visit(page)
    assert shown.status == 200
    assert "Live money" in text_of(shown)
    assert 'href="/test/balance/overview"' in shown.body.decode()


@pytest.mark.parametrize("page", PAGES)
def test_test_mode_has_no_such_page_and_nobody_a_way_there(person: Person, page: str) -> None:
    assert person.visit(f"/test{page}").status == 404
    assert "Originators" not in person.read("/test/topups")


def test_an_account_connected_to_a_platform_sees_nothing_of_it(
    server: Server, pages_url: str, account: str, objects: AchObjects
) -> None:
    file = objects.file()
    under = server.make_account(platform=account).id
    key = server.make_key(under, livemode=True)
    person = Person(pages_url, SignedIn(keys={f"{under}/live": key}, is_platform=False))
    assert "Originators" not in person.read("/topups")
    for page in (*PAGES[:-1], f"/ach/files/{file.id}"):
        shown = person.visit(page)
        assert shown.status == 403, page
        assert file.id not in shown.body.decode()


def test_another_platform_finds_nothing(server: Server, pages_url: str, objects: AchObjects) -> None:
    other = server.make_account().id
    person = Person(pages_url, SignedIn(keys={f"{other}/live": server.make_key(other, livemode=True)}))
    for page in (
        f"/ach/files/{objects.file().id}",
        f"/ach/bank-files/{objects.bank_file()}",
        f"/breaks/{objects.open_break()}",
        f"/ach/corrections/{objects.open_correction()}",
        f"/ach/returns/{objects.ach_return()}",
        f"/ach/reversals/{objects.reversal()}",
        f"/refunds/{objects.refund()}",
        f"/ach/originators/{objects.originator()}",
    ):
        assert person.visit(page).status == 404


# Files from the bank


def upload(person: Person, content: bytes, **fields: str) -> WireReply:
    """Send the form by which a file is imported."""
    action = "/ach/bank-files/import"
    hidden = person.hidden("/ach/bank-files", action) | fields
    parts = [*(Part(name, text, None) for name, text in hidden.items()), Part("file", text_of_file(content), "a.ach")]
    content_type, body = encode_multipart(parts, boundary="b0undary")
    headers = {**BROWSER, "Cookie": person.cookie, "Content-Type": content_type.decode()}
    return person.wire.send("POST", action, body=body, headers=headers)


def test_a_file_from_the_bank_is_imported_and_its_result_shown(
    person: Person, reader: Person, objects: AchObjects
) -> None:
    refused = upload(person, b"101 no file\n")
    assert (refused.status, "Specify the originator whose bank sent the file" in text_of(refused)) == (400, True)
    objects.active_originator()
    assert 'id="error-file"' in upload(person, b"").body.decode()
    assert upload(person, b"101 no file\n", form_token="forged").status == 403
    path = upload(person, b"101 no file\n").headers["location"].partition("?")[0]
    until(lambda: "Held: nothing in this file was applied" in person.read(path), what="the file to be read")
    assert "its originator's live top-ups don't succeed until its break is resolved" in person.read(path)
    assert upload(person, b"101 no file\n").headers["location"] == f"{path}?done=bank_file_known"
    assert "This file was already received." in person.read(f"{path}?done=bank_file_known")
    assert "Import a file" not in reader.read("/ach/bank-files")


# Bank accounts


def add_bank_account(person: Person) -> str:
    """Put a live bank account on file by its form, and return where its page is."""
    form = {"holder_name": "Jenny Rosen", "routing_number": "110000000", "account_number": "000123456789"}
    reply = person.send("/funding-sources/new", "/funding-sources/new", form | {"holder_type": "individual"})
    assert reply.status == 303, text_of(reply)
    return reply.headers["location"].partition("?")[0]


def test_a_holders_authorization_is_recorded_and_ended_on_the_page(person: Person, live: Wire) -> None:
    path = add_bank_account(person)
    assert "The holder has not authorized debits, so" in person.read(path)
    agreed = {"text": "I authorize My Company to debit my account.", "sec_code": "PPD", "reference": "form 17"}
    late = person.send(path, f"{path}/authorize", agreed | {"accepted_at": "yesterday"})
    assert (late.status, "Enter a time in UTC" in text_of(late)) == (400, True)
    assert agreed["text"] in text_of(late)
    assert person.send(path, f"{path}/authorize", agreed | {"text": " "}).status == 400
    kept = person.send(path, f"{path}/authorize", agreed | {"accepted_at": "2026-11-20T10:00"})
    assert kept.headers["location"] == f"{path}?done=bank_authorized"
    source = path.rpartition("/")[2]
    [found] = live.get(f"/v1/brim/authorizations?funding_source={source}").json["data"]
    assert (found["text"], found["sec_code"]) == (agreed["text"], "PPD")
    assert (found["evidence"]["reference"], found["accepted_at"]) == ("form 17", 1_795_168_800)
    assert "PPD: consumers, in writing Proof form 17" in person.read(path)
    end = f"{path}/authorizations/{found['id']}/end"
    assert person.send(path, end, {"reason": "revoked by phone"}).status == 303
    assert live.get(f"/v1/brim/authorizations/{found['id']}").json["end_reason"] == "revoked by phone"
    assert "The authorization has ended" in person.read(path)


def test_a_bank_account_is_marked_as_verified_with_its_evidence(person: Person) -> None:
    path = add_bank_account(person)
    mark = f"{path}/state-verified"
    refused = person.send(path, mark, {"method": "statement", "evidence": ""})
    assert (refused.status, "Enter the evidence." in text_of(refused)) == (400, True)
    assert "this is a rehearsal" not in text_of(refused)
    refused = person.send(path, mark, {"method": "rehearsal", "evidence": "none"})
    assert 'id="error-method"' in refused.body.decode()
    marked = person.send(path, mark, {"method": "statement", "evidence": "statement of November"})
    assert marked.headers["location"] == f"{path}?done=bank_verified"
    shown = person.visit(path)
    assert "Verified" in text_of(shown)
    assert mark not in shown.body.decode()


def test_a_prenote_is_started_on_the_page_of_its_bank_account_and_listed(person: Person, objects: AchObjects) -> None:
    objects.active_originator()
    path = add_bank_account(person)
    assert re.search(r'type="submit" disabled>Start a prenote', person.visit(path).body.decode())
    refused = person.send(path, f"{path}/prenote")
    assert (refused.status, "its holder hasn't authorized debits" in text_of(refused)) == (400, True), text_of(refused)
    person.send(path, f"{path}/authorize", {"text": "I agree.", "sec_code": "WEB"})
    started = person.send(path, f"{path}/prenote").headers["location"].partition("?")[0]
    shown = person.read(started)
    for words in (
        "Prenote to STRIPE TEST BANK ··6789 Pending",
        "It goes out with the next file.",
        "Not in a file yet.",
    ):
        assert words in shown
    assert "A prenote is pending." in person.read(path)
    assert f'href="{started}"' in person.visit(path).body.decode()
    assert f'href="{path}"' in person.visit("/ach/prenotes").body.decode()
    assert started in person.visit(f"/ach/prenotes?funding_source={path.rpartition('/')[2]}").body.decode()
    assert started not in person.visit("/ach/prenotes?funding_source=pm_other").body.decode()


def test_who_only_reads_is_offered_nothing_on_the_page_of_a_bank_account(
    server: Server, pages_url: str, account: str, person: Person
) -> None:
    path = add_bank_account(person)
    permissions = dict.fromkeys(("authorizations", "payment_methods", "sources"), "read")
    key = server.make_key(account, livemode=True, permissions=permissions)
    viewer = Person(pages_url, SignedIn(keys={f"{account}/live": key}, role="viewer"))
    shown = viewer.visit(path).body.decode()
    assert "The holder has not authorized debits" in shown
    assert "<form" not in shown.partition("<main")[2].partition("</main>")[0]


# Originators


def test_an_originator_is_written_shown_and_changed(person: Person, live: Wire, filled_in: dict[str, str]) -> None:
    path = write(person, filled_in | {"cutoffs": "12:00, 17:00"})
    shown = person.read(path)
    for words in ("MY COMPANY Draft", "12:00, 17:00 on banking days (America/New_York)", "25,000.00 USD", "··3210"):
        assert words in shown
    assert "effective" in shown
    assert "9876543210" not in shown + person.read(f"{path}/edit")
    edit = f"{path}/edit"
    form = person.hidden(edit, edit) | filled_in | {"account_number": "", "hold_days": "5", "day_cap": "1,234.50"}
    del form["requires_approval"]
    assert person.post(edit, form).headers["location"] == f"{path}?done=originator_updated"
    found = live.get(f"/v1/brim/ach/originators/{path.rpartition('/')[2]}").json
    profile = found["profile"]
    assert (profile["hold_days"], profile["day_cap"], profile["requires_approval"]) == (5, 123_450, False)
    assert (found["version"], found["last4"], profile["cutoffs"]) == (2, "3210", ["17:00"])


def test_folders_on_the_banks_server_are_written_and_shown(
    person: Person, live: Wire, filled_in: dict[str, str], tmp_path: Path
) -> None:
    fingerprint = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    by_sftp = {
        "outgoing_folder": "sftp://brim@sftp.bank.example/in",
        "incoming_folder": "sftp://brim@sftp.bank.example/out",
        "sftp_host_keys": f"{key}, {fingerprint}",
        "sftp_records_folder": str(tmp_path / "records"),
        "sftp_after_reading": "archive",
        "sftp_archive_folder": "read",
        "same_day_cutoffs": "17:00",
        "offset": "checking",
    }
    path = write(person, filled_in | by_sftp)
    profile = live.get(f"/v1/brim/ach/originators/{path.rpartition('/')[2]}").json["profile"]
    assert profile["sftp_host_keys"] == [key, fingerprint]
    shown = person.read(path)
    for words in (by_sftp["outgoing_folder"], fingerprint, "Files are moved to read", "Every 60 seconds"):
        assert words in shown
    for words in ("Cut-offs 17:00, debits up to 1,000,000.00 USD", "offset to our checking account"):
        assert words in shown
    edit = f"{path}/edit"
    form = person.hidden(edit, edit) | filled_in | by_sftp | {"account_number": "", "same_day_cutoffs": ""}
    assert person.post(edit, form).headers["location"] == f"{path}?done=originator_updated"
    assert "Same day" not in person.read(path)
    refused = person.send(NEW, NEW, filled_in | by_sftp | {"outgoing_folder": "sftp://b:hidden@h.example/"})
    assert 'id="error-outgoing_folder"' in refused.body.decode()


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(person: Person, filled_in: dict[str, str]) -> None:
    for field, value in {
        "odfi_routing_number": "121042881",
        "cutoffs": "25:00",
        "day_cap": "much",
        "company_name": "\N{EURO SIGN} COMPANY",
        "incoming_folder": "somewhere",
        "hold_days": "many",
        "file_name": "no id",
        "time_zone": "America/Nowhere",
    }.items():
        reply = person.send(NEW, NEW, filled_in | {field: value})
        shown = reply.body.decode()
        assert reply.status == 400, field
        assert f'id="error-{field}"' in shown, (field, text_of(reply))
        assert "9876543210" not in shown
        assert "Enter this again." in text_of(reply)
        assert 'value="REHEARSAL BANK"' in shown
    assert "No originators yet" in person.read("/ach/originators")


def test_a_new_profile_begins_with_nothing_that_nobody_has_said(person: Person) -> None:
    shown = person.visit(NEW).body.decode()
    said = {
        name: next(re.finditer(rf'name="{name}"[^>]*value="([^"]*)"|name="{name}"', shown))[1] or ""
        for name in ("company_name", "immediate_origin", "outgoing_folder", "incoming_folder", "bank_account")
    }
    assert said == dict.fromkeys(said, "") | {"bank_account": "operating"}
    assert "NODEFAULT" not in shown


def test_a_time_of_day_that_is_none_is_explained_in_words(person: Person, filled_in: dict[str, str]) -> None:
    reply = person.send(NEW, NEW, filled_in | {"cutoffs": "5pm"})
    assert "such as 09:00 or 17:00" in text_of(reply)
    assert "regex" not in text_of(reply)


def test_micro_deposits_are_sent_on_the_page_of_their_bank_account_and_the_proof_is_exported(
    person: Person, objects: AchObjects
) -> None:
    objects.active_originator()
    path = add_bank_account(person)
    assert "Export proof" not in person.read(path)
    person.send(path, f"{path}/authorize", {"text": "I authorize it.", "sec_code": "WEB", "reference": "form 17"})
    shown = person.visit(path).body.decode()
    proof = person.visit(re.findall(rf'href="({path}/authorizations/auth_\w+/proof)"', shown)[0])
    assert b"I authorize it." in proof.body
    assert b"Reference: form 17" in proof.body
    done = person.send(path, f"{path}/microdeposits")
    assert done.headers["location"].partition("?")[0] == path
    shown = person.read(path)
    assert "The bank account is verified once its holder confirms their amounts. 3 attempts left." in shown
    assert "mdep_" in shown
    started = re.findall(r"mdep_\w+", shown)[0]
    listed = person.visit("/ach/microdeposits").body.decode()
    assert (started in listed, f'href="{path}"' in listed) == (True, True)
    assert started not in person.visit("/ach/microdeposits?funding_source=pm_other").body.decode()
    refused = person.send(path, f"{path}/verify", {"first": "32", "second": "45"})
    assert "they haven't been sent yet" in text_of(refused)


def test_a_bank_account_of_live_mode_is_not_asked_for_deposits_that_nobody_sent(person: Person, live: Wire) -> None:
    account = {"country": "US", "currency": "usd", "account_holder_name": "Jenny Rosen"}
    numbers = {"account_holder_type": "individual", "routing_number": "110000000", "account_number": "000123456789"}
    token = live.post("/v1/tokens", {f"bank_account[{name}]": value for name, value in (account | numbers).items()})
    owner = {"currency": "usd", "owner[name]": "Jenny Rosen"}
    source = live.post("/v1/sources", {"type": "ach_debit", "token": token.json["id"]} | owner).json["id"]
    shown = person.read(f"/funding-sources/{source}")
    assert "Start a prenote" in shown
    assert "Mark as verified" in shown
    assert "deposit" not in shown.replace("Micro-deposits", "", 1)  # the navigation has a page of them


def test_two_editors_do_not_overwrite_each_other(person: Person, live: Wire, filled_in: dict[str, str]) -> None:
    path = write(person, filled_in)
    edit = f"{path}/edit"
    seen = person.hidden(edit, edit)
    assert person.send(edit, edit, filled_in | {"account_number": "", "hold_days": "5"}).status == 303
    late = person.post(edit, seen | filled_in | {"account_number": "", "hold_days": "9"})
    assert late.status == 400
    assert "has version 2 now, not 1" in text_of(late)
    assert "Load version 2" in text_of(late)
    assert 'value="9"' in late.body.decode()
    again = person.post(edit, seen | filled_in | {"account_number": "", "hold_days": "9", "expected_version": "1"})
    assert again.status == 400
    found = live.get(f"/v1/brim/ach/originators/{path.rpartition('/')[2]}").json
    assert (found["version"], found["profile"]["hold_days"]) == (2, 5)


def test_the_same_form_sent_twice_writes_one_originator(person: Person, filled_in: dict[str, str]) -> None:
    form = person.hidden(NEW, NEW) | filled_in
    first, second = person.post(NEW, form), person.post(NEW, form)
    assert first.headers["location"] == second.headers["location"]


def test_pages_without_a_person_behind_them_activate_and_approve_nothing(
    person: Person, objects: AchObjects, filled_in: dict[str, str]
) -> None:
    path = write(person, filled_in)
    assert "API keys can't approve" in person.read(path)
    assert person.visit(f"{path}/activate").status == 403
    assert f"{path}/activate" not in person.visit(path).body.decode()
    refused = person.post(f"{path}/activate", {"form_token": "token-of-this-session", "expected_version": "1"})
    assert refused.status == 403
    file = f"/ach/files/{objects.file().id}"
    assert f"{file}/approve" not in person.visit(file).body.decode()
    assert person.visit(f"{file}/approve").status == 403


def test_who_may_only_read_is_offered_nothing(reader: Person, objects: AchObjects) -> None:
    file, found, originator = objects.file().id, objects.open_break(), objects.originator()
    correction = objects.open_correction()
    came_back = objects.ach_return()
    for page, offered in (
        (f"/ach/corrections/{correction}", f"/ach/corrections/{correction}/refuse"),
        (f"/ach/returns/{came_back}", f"/ach/returns/{came_back}/dishonor"),
        ("/ach/reversals", "/ach/reversals/new"),
        ("/refunds", "/refunds/new"),
        (f"/ach/files/{file}", f"/ach/files/{file}/void"),
        (f"/breaks/{found}", f"/breaks/{found}/resolve"),
        (f"/ach/originators/{originator}", f"/ach/originators/{originator}/edit"),
        ("/ach/originators", NEW),
        (STOPS, "/live-money/stop"),
    ):
        shown = reader.visit(page)
        assert shown.status == 200, page
        assert f'"{offered}"' not in shown.body.decode(), page
    assert reader.visit(f"/ach/files/{file}/void").status == 403
    token = {"form_token": "token-of-this-session"}
    assert reader.post(f"/breaks/{found}/resolve", token | {"resolution": "x"}).status == 403
    assert reader.post("/live-money/stop", token | {"reason": "x"}).status == 403


# Files


def written(day: date) -> str:
    """Return a day as pages write it."""
    return f"{day:%a, %b} {day.day}, {day.year}"


def test_files_are_listed_with_what_they_wait_for(person: Person, objects: AchObjects) -> None:
    built, sent = objects.file(), objects.file(FileStatus.SENT)
    held = objects.file(held_because="An independent check found a difference.")
    shown = person.read("/ach/files")
    for words in (
        built.name,
        "Awaiting approval",
        "50.00 USD",
        written(built.effective_date),
        "The bank's acknowledgment",
    ):
        assert words in shown
    assert f"{held.name} Awaiting approval Held 50.00 USD" in shown
    assert "Waiting for: Your decision" in shown
    only = person.read("/ach/files?status=sent")
    assert sent.name in only
    assert built.name not in only
    assert person.visit("/ach/files?status=nowhere").status == 404
    assert "Held: An independent check found a difference." in person.read(f"/ach/files/{held.id}")


def test_a_file_is_shown_with_its_entries_page_by_page(person: Person, objects: AchObjects) -> None:
    file = objects.file(FileStatus.SENT)
    traces = objects.entries(file, 60)
    path = f"/ach/files/{file.id}"
    first = person.visit(path)
    assert traces[0] in text_of(first)
    assert traces[50] not in text_of(first)
    assert "Originator BRIM TESTS" in text_of(first)
    assert "/topups/tu_1" in first.body.decode()
    second = person.read(f"{path}?starting_after={traces[49]}")
    assert traces[50] in second
    assert traces[49] not in second
    assert file.sha256.hex() in second


def test_a_file_is_voided_after_what_happens_was_said_and_once(person: Person, live: Wire, objects: AchObjects) -> None:
    file = objects.file()
    path = f"/ach/files/{file.id}"
    void = f"{path}/void"
    said = person.read(void)
    for words in ("The file is never sent", "50.00 USD", written(file.effective_date), file.name):
        assert words in said
    form = person.hidden(void, void)
    other = person.hidden(void, void)
    assert person.post(void, form).headers["location"] == f"{path}?done=file_voided"
    assert person.post(void, form).headers["location"] == f"{path}?done=file_voided"  # a double click
    late = person.post(void, other)
    assert late.status == 400
    assert "is voided, not built" in text_of(late)
    assert live.get(f"/v1/brim/ach/files/{file.id}").json["status"] == "voided"
    assert person.visit(void).status == 400


def test_rejected_entries_are_resubmitted_with_a_warning(house: House, tmp_path: Path) -> None:
    objects = AchObjects(house.server, _account(house), tmp_path)
    browser = house.signed_in()
    file = objects.file(FileStatus.REJECTED)
    objects.entries(file, 2)
    path = f"/ach/files/{file.id}"
    resubmit = f"{path}/resubmit"
    browser.get(resubmit)
    assert "Ask the bank first: an entry that it has already processed would be debited twice" in browser.text
    browser.submit(resubmit, expected_status="rejected", password=PASSWORD)
    assert "The entries are queued for the next file." in browser.text
    assert "Its entries were queued again" in browser.text
    assert resubmit not in browser.page.body.decode()


# Bank files and breaks


def test_a_bank_file_is_shown_with_its_breaks(person: Person, objects: AchObjects) -> None:
    file = objects.bank_file()
    found = objects.open_break(bank_file=file)
    assert "Not read yet Received" in person.read("/ach/bank-files")
    shown = person.visit(f"/ach/bank-files/{file}")
    assert f"/breaks/{found}" in shown.body.decode()
    assert "Unmatched statement line" in text_of(shown)


def test_a_break_is_resolved_once_with_a_reason(person: Person, live: Wire, objects: AchObjects) -> None:
    found = objects.open_break(cause=f"{objects.file().id}/1", raw="627 A LINE")
    path = f"/breaks/{found}"
    shown = person.visit(path)
    assert "/ach/files/achf_" in shown.body.decode()
    for words in ("This line matches nothing in the books.", "627 A LINE", "\N{MINUS SIGN}40.00 USD"):
        assert words in text_of(shown)
    resolve = f"{path}/resolve"
    empty = person.send(path, resolve, {"resolution": "  "})
    assert (empty.status, 'id="error-resolution"' in empty.body.decode()) == (400, True)
    late = person.hidden(path, resolve)
    assert person.send(path, resolve, {"resolution": "A fee."}).headers["location"] == f"{path}?done=break_resolved"
    refused = person.post(resolve, late | {"resolution": "Something else."})
    assert refused.status == 400
    assert "was already resolved: A fee." in text_of(refused)
    assert live.get(f"/v1/brim/breaks/{found}").json["resolution"] == "A fee."
    assert found in person.visit("/breaks?status=resolved").body.decode()
    assert found not in person.visit("/breaks").body.decode()
    assert resolve not in person.visit(path).body.decode()


def test_a_correction_is_shown_where_it_belongs_and_refused_once(
    person: Person, live: Wire, objects: AchObjects, account: str
) -> None:
    file = objects.bank_file()
    source = add_bank_account(person).rpartition("/")[2]
    found = objects.open_correction(bank_file=file, funding_source=source, topup="tu_1")
    applied = objects.open_correction(
        status=CorrectionStatus.APPLIED,
        change_code="C01",
        reason=None,
        break_id=None,
        topup="tu_2",
        corrected=["account_number"],
        new_routing_number="110000000",
        new_last4="4242",
        new_fingerprint="x",
        new_account_type="checking",
        ended_ms=1,
    )
    shown = person.read("/ach/corrections")
    for words in ("C02 Routing number Open", "C01 Account number Applied", "4242", "contains no valid routing number"):
        assert words in shown
    for page in (f"/funding-sources/{source}", f"/ach/bank-files/{file}", "/ach/corrections?status=open"):
        body = person.visit(page).body.decode()
        assert (f"/ach/corrections/{found}" in body, f"/ach/corrections/{applied}" in body) == (True, False), page
    assert f"/ach/corrections/{found}" not in person.visit("/ach/corrections?topup=tu_2").body.decode()
    path = f"/ach/corrections/{found}"
    assert "Not applied: The corrected data in C02" in person.read(path)
    refuse = f"{path}/refuse"
    hidden = person.hidden(path, refuse)
    assert person.send(path, refuse, {"code": "C65"}).headers["location"] == f"{path}?done=correction_refused"
    late = person.post(refuse, hidden | {"code": "C61", "idempotency_key": "another"})
    assert (late.status, "is refused; only an open one can be refused" in text_of(late)) == (400, True)
    wire = live.get(f"/v1/brim/corrections/{found}").json
    assert (wire["status"], wire["refusal"]["code"], wire["actions"]) == ("refused", "C65", [])
    assert live.get(f"/v1/brim/breaks/{wire['break']}").json["resolution"].startswith("Refused with C65")
    only = live.get("/v1/brim/corrections?status=applied&limit=1").json["data"]
    assert [each["id"] for each in only] == [applied]
    assert only[0]["account"] == account
    assert "Refused: C65" in person.read(path)


def test_a_topup_whose_debit_came_back_is_retried_from_its_page(person: Person, objects: AchObjects) -> None:
    source = add_bank_account(person).rpartition("/")[2]
    never, again = objects.failed_topup(source, "R10"), objects.failed_topup(source, "R01", 1_234)
    assert "new?retry_of" not in person.visit(f"/topups/{never}").body.decode()
    link = f"/topups/new?retry_of={again}&amp;amount=12.34&amp;currency=usd&amp;funding={source}"
    assert link in person.visit(f"/topups/{again}").body.decode()
    path = link.replace("&amp;", "&")
    assert f"Re-presents the returned debit of {again}" in person.read(path)
    refused = person.send(path, "/topups/new", {"amount": "12.33", "currency": "usd", "funding": source})
    assert (refused.status, "for the same amount, $12.34" in text_of(refused)) == (400, True)


# The switch, the overview, readiness


def test_live_money_is_stopped_with_a_reason_and_resumed(
    server: Server, person: Person, live: Wire, account: str
) -> None:
    stop, resume = "/live-money/stop", "/live-money/resume"
    empty = person.send(STOPS, stop, {"reason": " ", "account": ""})
    assert (empty.status, 'id="error-reason"' in empty.body.decode()) == (400, True)
    foreign = person.send(STOPS, stop, {"reason": "audit", "account": server.make_account().id})
    assert (foreign.status, 'id="error-account"' in foreign.body.decode()) == (400, True)
    under = server.make_account(platform=account).id
    of_one = person.send(STOPS, stop, {"reason": "audit", "account": under})
    assert of_one.headers["location"] == f"{STOPS}?done=account_stopped"
    assert "its pending ones wait" in person.read(f"{STOPS}?done=account_stopped")
    of_all = person.send(STOPS, stop, {"reason": "The bank asked", "account": ""})
    assert of_all.headers["location"] == f"{STOPS}?done=rail_stopped"
    for page in (STOPS, "/live-money", "/ach/files", "/ach/originators"):
        assert "The bank asked" in person.read(page), page
    assert f"Stopped for {under}" in person.read(STOPS)
    assert "Live money is stopped for all accounts: The bank asked" in person.read("/live-readiness")
    assert person.send(STOPS, resume).status == 200  # the first: of all accounts; an operator is asked who they are
    assert live.post("/v1/brim/rails/ach/resume", {}).status == 200
    assert [each["account"] for each in live.get("/v1/brim/rails/ach").json["stops"]] == [under]


def test_readiness_says_what_to_do_and_where(person: Person) -> None:
    shown = person.visit("/live-readiness")
    assert "There is no originator" in text_of(shown)
    assert f'href="{NEW}"' in shown.body.decode()


def test_the_overview_shows_what_needs_somebody(person: Person, objects: AchObjects) -> None:
    waiting, held = objects.file(), objects.file(held_because="A difference.")
    rejected, sent = objects.file(FileStatus.REJECTED), objects.file(FileStatus.SENT)
    found = objects.open_break()
    shown = person.visit("/live-money")
    for each in (waiting.id, held.id, rejected.id, sent.id, found):
        assert each in shown.body.decode()
    for words in (
        "Awaiting approval",
        "Held payment files",
        "Rejected by the bank",
        "Awaiting acknowledgment",
        "Open breaks",
    ):
        assert words in text_of(shown)


# With operators


def submit(browser: Browser, page: str, action: str, **fields: str) -> None:
    browser.get(page)
    browser.submit(action, **fields)


def test_an_originator_is_activated_and_a_file_approved_by_a_second_operator(house: House, tmp_path: Path) -> None:
    account = str(Wire(house.url, house.server.test_key).get("/v1/account").json["id"])
    first, second = house.signed_in(Role.ADMIN), house.signed_in(Role.ADMIN)
    folders = {"outgoing_folder": str(tmp_path / "out"), "incoming_folder": str(tmp_path / "in")}
    first.get(NEW)
    first.post(NEW, form_token=first.form_token, **FORM | {"odfi_routing_number": "121042882"} | folders)
    path = (first.location or "").partition("?")[0]
    first.get(path)
    assert "An operator other than the one who prepared this has to approve it." in first.text
    assert f"{path}/activate" not in first.page.body.decode()
    assert first.get(f"{path}/activate").status == 403
    submit(second, f"{path}/activate", f"{path}/activate", expected_version="7", password=PASSWORD)
    assert "has version 1 now, not 7" in second.text
    submit(second, f"{path}/activate", f"{path}/activate", expected_version="1")
    assert "The originator is active." in second.text
    objects = AchObjects(house.server, account, tmp_path, originator=path.rpartition("/")[2])
    file = objects.file()
    approve = f"/ach/files/{file.id}/approve"
    assert first.get(approve).status == 403
    seen = {"expected_status": "built", "sha256": file.sha256.hex()}
    submit(second, approve, approve, **seen | {"sha256": "00" * 32})
    assert "its hash differs from the approved one" in second.text
    submit(second, approve, approve, **seen)
    assert "File approved" in second.text
    assert "Approved by you" in second.text
    submit(second, f"/ach/files/{file.id}", approve, **seen)
    assert "Retrieve it again first." in second.text
    large = objects.file(approvals_needed=2, has_entry=True)
    shown = f"/ach/files/{large.id}"
    second.get(shown)
    assert "Two people have to approve it before" in second.text
    second.get(f"{shown}/approve")
    for words in ("50.00 USD", "Largest entries", "Send before", large.sha256.hex(), "2 needed"):
        assert words in second.text, words
    submit(second, f"{shown}/approve", f"{shown}/approve", **seen)
    assert "It will be sent once another operator has approved it too." in second.text
    assert "Approved by you (1 of 2)" in second.text
    assert second.get(f"{shown}/approve").status == 403
    third = house.signed_in(Role.ADMIN)
    submit(third, f"{shown}/approve", f"{shown}/approve", **seen | {"password": PASSWORD})
    assert "File approved" in third.text
    assert "(2 of 2)" in third.text
    _check_that_two_people_take_in_a_statement(first, second, third)
    submit(second, path, f"{path}/suspend")
    assert "The originator is suspended." in second.text


def test_who_prepares_is_not_offered_to_approve_and_who_approves_not_to_prepare(
    tmp_path: Path, filled_in: dict[str, str]
) -> None:
    with open_house(tmp_path) as house:
        account = str(Wire(house.url, house.server.test_key).get("/v1/account").json["id"])
        finance, approver, viewer = (house.signed_in(role) for role in (Role.FINANCE, Role.APPROVER, Role.VIEWER))
        finance.get(NEW)
        finance.post(NEW, form_token=finance.form_token, **filled_in)
        path = (finance.location or "").partition("?")[0]
        objects = AchObjects(house.server, account, tmp_path, originator=path.rpartition("/")[2])
        file = objects.file()

        def offered(browser: Browser, page: str) -> list[str]:
            shown = browser.get(page)
            assert shown.status == 200
            names = ("edit", "activate", "approve", "void", "download")
            return [name for name in names if f'"{page}/{name}"' in shown.body.decode()]

        shown = f"/ach/files/{file.id}"
        assert (offered(finance, path), offered(finance, shown)) == (["edit"], ["void", "download"])
        assert (offered(approver, path), offered(approver, shown)) == (["activate"], ["approve", "download"])
        assert (offered(viewer, path), offered(viewer, shown)) == ([], [])
        assert finance.get(f"{shown}/approve").status == 403
        for page in (path, f"{path}/activate", "/live-readiness", "/settings/audit-log"):
            shown_page = approver.open(page).body.decode().partition('<details class="json">')[0]
            assert "Ada Lovelace (" in shown_page, page
            assert not re.search(r"op_\w+", re.sub(r'title="op_\w+"', "", shown_page)), page
        approver.open(f"{shown}/approve")
        approver.submit(f"{shown}/approve", expected_status="built", sha256=file.sha256.hex(), password=PASSWORD)
        assert "Approved by you" in approver.text
        assert re.search(r"Approved by Ada Lovelace \(\w+@example.com\)", viewer.open(shown).body.decode())
        assert "Ada Lovelace (" in text_of(viewer.open("/ach/files"))
        _check_that_two_people_settle_a_line(finance, approver, objects)
        _check_that_keys_leave_it_to_operators(house, account, objects, path)


def _check_that_two_people_take_in_a_statement(first: Browser, second: Browser, third: Browser) -> None:
    """Import a statement that another person looks at and approves, and one that they reject."""
    days = (date(2026, 12, 7), date(2026, 12, 8))
    monday, tuesday = (
        bai2([Account("9876543210", "usd", opening, (Entry(-250, f"F{day}", text=("FEE",)),), day)])
        for opening, day in zip((1_000, 750), days, strict=True)
    )
    page = _import(first, monday)
    assert "It is applied once another operator has approved it." in first.text
    assert "You imported this file, so another operator has to approve it." in first.text
    assert f'"{page}/approve"' not in first.page.body.decode()
    assert page in second.open("/live-money").body.decode()
    assert "Awaiting approval" in text_of(second.open("/ach/bank-files?status=awaiting_approval"))
    shown = second.open(page).body.decode()
    for words in (
        "First statement of its account",
        "10.00 USD",
        "7.50 USD",
        "1 of 1",
        "Open line",
        "This line matches nothing in the books",
    ):
        assert words in second.text, words
    seen = dict(re.findall(r'name="(expected_status|sha256)" value="(\w+)"', shown))
    second.submit(f"{page}/approve", **seen | {"sha256": "00" * 32})
    assert "its hash differs from the approved one" in second.text
    second.open(page)
    second.submit(f"{page}/approve", **seen)
    assert "Statement approved." in second.text
    until(lambda: "Approved by" in text_of(first.open(page)) and "Applied" in first.text, what="the statement")
    page = _import(first, tuesday)
    second.open(page)
    second.submit(f"{page}/reject", reason="")
    assert "Enter a reason." in second.text
    second.submit(f"{page}/reject", reason="No such fee.")
    assert "You rejected this file" in second.text
    assert _import(first, tuesday) == page
    assert "No such fee." in first.text
    assert f'"{page}/approve"' in third.open(page).body.decode()


def _import(browser: Browser, content: bytes) -> str:
    """Import a file by its page, and return where its own page is, which is open then."""
    browser.open("/ach/bank-files")
    browser.upload("/ach/bank-files/import", content, form_token=browser.form_token)
    page = browser.location
    assert page is not None, browser.text
    browser.open(page)
    return page.partition("?")[0]


def _check_that_two_people_settle_a_line(finance: Browser, approver: Browser, objects: AchObjects) -> None:
    """Propose what a line is, confirm it by another person, and undo it the other way round."""
    line = objects.line()
    finance.open(f"/statement-lines/{line}")
    finance.post(f"/statement-lines/{line}/settle", form_token=finance.form_token, note="A fee.", fees="-25.00")
    page = (finance.location or "").partition("?")[0]
    assert f"{page}/confirm" not in finance.open(finance.location or "").body.decode()
    assert "Another operator has to confirm it" in finance.text
    assert finance.post(f"{page}/confirm", form_token=finance.form_token, expected_status="proposed").status == 403
    assert f"{page}/confirm" in approver.open(page).body.decode()
    approver.submit(f"{page}/confirm", expected_status="proposed")
    assert "The settlement is posted." in approver.text
    finance.open(page)
    finance.submit(f"{page}/undo", note="Not ours.")
    assert "Undo proposed" in finance.text
    approver.open(page)
    approver.submit(f"{page}/confirm", expected_status="undo_proposed")
    assert "Its lines are open again" in approver.text


def _check_that_keys_leave_it_to_operators(house: House, account: str, objects: AchObjects, path: str) -> None:
    """Ask by a secret key for what one operator prepares and another approves, and for what holds money back."""
    live = Wire(house.url, house.server.make_key(account, livemode=True))
    originator, rejected = path.rpartition("/")[2], objects.file(FileStatus.REJECTED, has_entry=True).id
    acts: dict[str, tuple[str, dict[str, str]]] = {
        "update": (f"/v1/brim/ach/originators/{originator}", {"profile[hold_days]": "1"}),
        "resubmit": (f"/v1/brim/ach/files/{rejected}", {"expected_status": "rejected"}),
        "resolve": (f"/v1/brim/breaks/{objects.open_break()}", {"resolution": "known"}),
        "resume": ("/v1/brim/rails/ach", {}),
    }
    assert live.post("/v1/brim/rails/ach/stop", {"reason": "a program may pull the brake"}).status == 200
    for name, (place, fields) in acts.items():
        shown = {each["name"]: each["code"] for each in live.get(place).json["actions"]}
        assert shown[name] == "second_person_required", name
        refused = live.post(place if name == "update" else f"{place}/{name}", fields)
        assert (refused.status, refused.error["code"]) == (403, "second_person_required"), name
        assert "API keys can't do this" in refused.error["message"]
    forged = live.post("/v1/brim/ach/bank_files", {"file": "a statement", "originator": originator})
    assert (forged.status, forged.error["code"]) == (403, "second_person_required")
    profile = live.get(f"/v1/brim/ach/originators/{originator}").json["profile"]
    fields = {f"profile[{name}]": str(value) for name, value in profile.items() if isinstance(value, str)}
    made = live.post("/v1/brim/ach/originators", fields | {"account_number": "9876543210"})
    assert made.error["code"] == "second_person_required"


def _account(house: House) -> str:
    return str(Wire(house.url, house.server.test_key).get("/v1/account").json["id"])


class Approver:
    """An admin who approves files that another operator has prepared, and what the audit log tells of them."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house = house
        self.objects = AchObjects(house.server, _account(house), folder)
        self._operator = house.add(Role.ADMIN)
        _save_by_another_operator(house, self.objects)

    def sign_in(self) -> Browser:
        return self._house.signed_in(operator=self._operator)

    def approve(self, browser: Browser, **shown: str) -> tuple[str, int]:
        """Send the form of a new file's page; return the file's id and the status of the page that it led to."""
        file = self.objects.file()
        path = f"/ach/files/{file.id}/approve"
        browser.get(path)
        reply = browser.submit(path, expected_status="built", sha256=file.sha256.hex(), **shown)
        return file.id, reply.status

    @property
    def told(self) -> list[tuple[str, str | None]]:
        found = self._house.run(lambda database: list_audit_log(database, PageRequest(limit=100))).items
        mine = [entry for entry in reversed(found) if entry.actor.id == self._operator.id]
        return [(entry.action.partition(".")[2], entry.detail) for entry in mine if "confirm" in entry.action]

    def let_time_pass(self) -> None:
        async def work(database: Database) -> None:
            async with database.connection() as conn:
                await conn.execute("UPDATE operator_sessions SET confirmed_ms = confirmed_ms - $1", CONFIRMED_FOR_MS)

        self._house.run(work)


def test_who_approves_shows_again_who_they_are_and_then_not_for_five_minutes(house: House, tmp_path: Path) -> None:
    approver = Approver(house, tmp_path)
    browser, elsewhere = approver.sign_in(), approver.sign_in()
    unasked_file = approver.objects.file()
    unasked = unasked_file.id
    browser.get(f"/ach/files/{unasked}/approve")
    assert "Your password" in browser.text
    wrong, status = approver.approve(browser, password="not mine at all")
    assert (status, "Your password" in browser.text) == (403, True)
    assert approver.told == [("confirmation_refused", f"approve {wrong}: wrong password")]
    first, status = approver.approve(browser, password=PASSWORD)
    assert status == 200
    second, status = approver.approve(browser)
    assert status == 200
    assert approver.told[1:] == [("confirmed", f"approve {first}")], "nothing was asked for the second"
    browser.get(f"/ach/files/{unasked}/approve")
    assert "Your password" not in browser.text
    browser.get(f"/ach/files/{second}/download")
    assert "Your password" in browser.text, "what nobody does in a row is asked for each time"
    assert approver.approve(elsewhere)[1] == 403, "it counts in the browser in which it was shown"
    approver.let_time_pass()
    seen = {"expected_status": "built", "sha256": unasked_file.sha256.hex()}
    late = browser.submit(f"/ach/files/{unasked}/approve", **seen)
    assert (late.status, "Confirm your password again to continue" in browser.text) == (403, True)
    assert len(approver.told) == 2, "a form that did not ask is no wrong try"
    browser.submit(f"/ach/files/{unasked}/approve", password=PASSWORD, **seen)
    assert "File approved" in browser.text


def test_who_has_codes_on_shows_one_too_before_they_approve(house: House, tmp_path: Path) -> None:
    approver = Approver(house, tmp_path)
    browser = approver.sign_in()
    _, (recovery, *_) = set_up_device(browser)
    file, status = approver.approve(browser, password=PASSWORD, code="000000")
    assert status == 403
    assert approver.told == [("confirmation_refused", f"approve {file}: wrong code")]
    assert approver.approve(browser, password=PASSWORD, code=recovery)[1] == 200
    assert approver.approve(browser)[1] == 200


def test_a_stop_is_lifted_by_who_shows_again_who_they_are(house: House, tmp_path: Path) -> None:
    approver = Approver(house, tmp_path)
    browser = approver.sign_in()
    browser.get(STOPS)
    browser.post("/live-money/stop", form_token=browser.form_token, reason="audit")
    submit(browser, STOPS, "/live-money/resume")
    assert (browser.page.status, "Resume live money?" in browser.text) == (200, True)
    assert browser.submit("/live-money/resume", password="not mine at all").status == 403
    assert browser.submit("/live-money/resume", password=PASSWORD).status == 200
    assert approver.told == [
        ("confirmation_refused", "resume live money: wrong password"),
        ("confirmed", "resume live money"),
    ]
    browser.get(STOPS)
    assert "Stopped for all accounts" not in browser.text


def test_who_signs_in_by_a_provider_alone_is_told_how_to_approve(house: House, tmp_path: Path) -> None:
    account = str(Wire(house.url, house.server.test_key).get("/v1/account").json["id"])
    objects = AchObjects(house.server, account, tmp_path)
    file = objects.file()
    _save_by_another_operator(house, objects)
    operator = house.add(Role.ADMIN)
    browser = house.signed_in(operator=operator)

    async def forget_password(database: Database) -> None:
        async with database.connection() as conn:
            await conn.execute("UPDATE operators SET password_hash = NULL WHERE id = $1", operator.id)

    house.run(forget_password)
    path = f"/ach/files/{file.id}/approve"
    browser.get(path)
    assert "you have no password to confirm" in browser.text
    assert "Approve and send" not in browser.text
    refused = browser.post(path, form_token=browser.form_token, password="", expected_status="built")
    assert refused.status == 403


def _save_by_another_operator(house: House, objects: AchObjects) -> None:
    """Let the profile be somebody's who approves nothing here."""
    originator = objects.originator()

    async def save(database: Database) -> None:
        async with database.connection() as conn:
            await conn.execute("UPDATE originators SET changed_by = 'op_other' WHERE id = $1", originator)

    house.run(save)


def test_a_return_is_shown_with_its_deadline_and_dishonored_once(
    person: Person, live: Wire, objects: AchObjects, account: str
) -> None:
    late, in_time = objects.ach_return(), objects.ach_return(settled_on=date(2026, 12, 4), code="R31")
    shown = person.read("/ach/returns")
    assert "R01 Insufficient funds Returned" in shown
    assert "Can be dishonored 2 Dishonored 0 Money received 0 Dishonor accepted 0" in shown
    assert re.search(r"Can be dishonored for 2 d 2[23] h", shown), shown[-900:]
    path = f"/ach/returns/{in_time}"
    assert "R68 Untimely return Returns with R31 have no time limit" in person.read(path)
    path = f"/ach/returns/{late}"
    hidden = person.hidden(path, f"{path}/dishonor")
    unfit = person.post(f"{path}/dishonor", hidden | {"code": "R70", "idempotency_key": "first"})
    assert (unfit.status, "(R06, R31); this one is R01" in text_of(unfit)) == (400, True)
    sent = person.send(path, f"{path}/dishonor", {"code": "R69", "information": "01*03"})
    assert sent.headers["location"] == f"{path}?done=return_dishonored"
    again = person.post(f"{path}/dishonor", hidden | {"code": "R68", "idempotency_key": "second"})
    assert (again.status, "is dishonored; only one in status returned" in text_of(again)) == (400, True)
    wire = live.get(f"/v1/brim/ach/returns/{late}").json
    assert (wire["status"], wire["dishonor"]["code"], wire["dishonor"]["information"]) == ("dishonored", "R69", "01*03")
    assert (wire["actions"], "dishonor_codes" in wire, wire["account"]) == ([], False, account)
    assert "Dishonored: R69 Field errors in return" in person.read(path)
    listed = live.get("/v1/brim/ach/returns?status=dishonorable").json["data"]
    assert [each["id"] for each in listed] == [in_time]


RETURN_PAGES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "missed": ({}, "could not be sent in time"),
    "money_back": ({"booked_on": date(2026, 12, 8), "booked_by": "x", "final_ms": 1}, "Contestable until Thu, Dec 10"),
    "accepted": ({"booked_on": date(2026, 12, 8), "booked_by": "x", "final_ms": 1}, "not contested in time"),
    **{
        code: ({"contest_code": code, "contest_trace": "1", "contested_ms": 1}, f"Contested: {code}")
        for code in ("R71", "R72", "R73", "R74", "R75", "R76", "R77")
    },
}


def test_every_end_of_a_return_is_said_on_its_page(person: Person, objects: AchObjects) -> None:
    for name, (fields, words) in RETURN_PAGES.items():
        status = "contested" if name.startswith("R") else name
        dishonored: dict[str, Any] = {
            "dishonor_code": "R68",
            "dishonored_ms": 1,
            "dishonored_by": "op_1",
            "leaves_ms": 1,
        }
        found = objects.ach_return(status=ReturnStatus(status), **dishonored, **fields)
        shown = person.read(f"/ach/returns/{found}")
        assert words in shown
        assert ("Dishonor failed" in shown) == (status == "missed")
        if status == "contested":
            assert "outside the network" in shown
    assert person.visit("/ach/returns?status=contested").body.decode().count("/ach/returns/retn_") == 7
    assert person.visit("/ach/returns?status=nothing").status == 404


REVERSAL_PAGES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "requested": ({}, "It goes out with the next file"),
    "settled": ({"settled_by": "x", "settled_on": date(2026, 12, 9)}, "the customer has the money back"),
    "returned": ({"return_code": "R02", "is_credited": True}, "Returned with R02 . The money is in the account"),
    "missed": ({"is_credited": True}, "It wasn't sent in time"),
    "superseded": ({}, "Not sent"),
}


def test_every_end_of_a_reversal_is_said_on_its_page(person: Person, objects: AchObjects) -> None:
    for status, (fields, words) in REVERSAL_PAGES.items():
        found = objects.reversal(status=ReversalStatus(status), **fields)
        assert words in person.read(f"/ach/reversals/{found}")
        assert person.visit(f"/ach/reversals?status={status}").body.decode().count("/ach/reversals/achr_") == 1
    assert person.visit("/ach/reversals?status=all").body.decode().count("/ach/reversals/achr_") == 5
    assert person.visit("/ach/reversals?status=nothing").status == 404


def test_a_debit_is_reversed_once_by_its_form(person: Person, live: Wire, objects: AchObjects) -> None:
    topup = objects.sent_debit()
    path = f"/ach/reversals/new?topup={topup}"
    assert f"/ach/reversals/new?topup={topup}" in person.visit(f"/topups/{topup}").body.decode()
    hidden = person.hidden(path, "/ach/reversals")
    without = person.post("/ach/reversals", hidden | {"topup": topup, "reason": ""})
    assert without.status == 400
    unknown = person.post("/ach/reversals", hidden | {"topup": "tu_none", "reason": "duplicate"})
    assert (unknown.status, "No such debit" in text_of(unknown)) == (400, True)
    sent = person.send(path, "/ach/reversals", {"topup": topup, "reason": "wrong_amount"})
    (made,) = live.get(f"/v1/brim/ach/reversals?topup={topup}").json["data"]
    assert sent.headers["location"] == f"/ach/reversals/{made['id']}?done=reversal_requested"
    assert (made["status"], made["reason"], made["amount"], made["file"]) == ("requested", "wrong_amount", 5_000, None)
    assert live.get(f"/v1/topups/{topup}").json["status"] == "failed"
    again = person.post("/ach/reversals", hidden | {"topup": topup, "reason": "duplicate", "idempotency_key": "second"})
    assert (again.status, "already has a reversal" in text_of(again)) == (400, True)
    assert live.get("/v1/brim/ach/reversals?status=settled").json["data"] == []


_GIVEN_BACK: Final = {"failure_balance_transaction": "txn_back"}
REFUND_PAGES: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("pending", {}, "It goes out with the next file"),
    ("succeeded", {"settled_by": "x", "settled_on": date(2026, 12, 9)}, "the customer has the money"),
    ("canceled", {"canceled_by": "op_1", **_GIVEN_BACK}, "The money is in the account's balance again"),
    (
        "failed",
        {"return_code": "R02", "failure_reason": FailureReason.DECLINED, **_GIVEN_BACK},
        "Returned with R02 . The money is in the account",
    ),
    ("failed", {"failure_reason": FailureReason.DISPUTED, **_GIVEN_BACK}, "its debit was returned or rejected first"),
    ("failed", {"failure_reason": FailureReason.UNKNOWN, **_GIVEN_BACK}, "Its bank account can't be used in a file"),
)


def test_every_end_of_a_refund_is_said_on_its_page(person: Person, objects: AchObjects) -> None:
    for status, fields, words in REFUND_PAGES:
        found = objects.refund(status=RefundStatus(status), **fields)
        assert words in person.read(f"/refunds/{found}")
    for status, count in (("pending", 1), ("succeeded", 1), ("failed", 3), ("all", 6)):
        assert person.visit(f"/refunds?status={status}").body.decode().count("/refunds/rfnd_") == count
    assert person.visit("/refunds?status=nothing").status == 404


def test_a_top_up_is_refunded_in_part_by_its_form_and_the_refund_is_canceled(
    person: Person, live: Wire, objects: AchObjects
) -> None:
    topup = objects.paid_debit()
    path = f"/refunds/new?topup={topup}"
    assert path in person.visit(f"/topups/{topup}").body.decode()
    assert 'value="50.00"' in person.visit(path).body.decode()
    hidden = person.hidden(path, "/refunds")
    wrong = person.post("/refunds", hidden | {"topup": topup, "amount": "lots"})
    assert (wrong.status, "Enter an amount, such as" in text_of(wrong)) == (400, True)
    large = person.post("/refunds", hidden | {"topup": topup, "amount": "50.01"})
    assert (large.status, "greater than the unrefunded amount" in text_of(large)) == (400, True)
    sent = person.send(path, "/refunds", {"topup": topup, "amount": "20.00", "description": "Sorry."})
    (made,) = live.get(f"/v1/brim/refunds?topup={topup}").json["data"]
    assert sent.headers["location"] == f"/refunds/{made['id']}?done=refund_requested"
    assert (made["status"], made["amount"], made["description"], made["file"]) == ("pending", 2_000, "Sorry.", None)
    assert "20.00 USD refunded" in person.read(f"/topups/{topup}")
    shown = live.get(f"/v1/topups/{topup}?expand[]=brim.rail").json
    assert (shown["status"], shown["brim"]["rail"]["amount_refunded"]) == ("succeeded", 2_000)
    line = live.get(f"/v1/balance_transactions/{made['balance_transaction']}").json
    assert (line["type"], line["net"], line["source"]) == ("refund", -2_000, made["id"])
    ended = person.send(f"/refunds/{made['id']}", f"/refunds/{made['id']}/cancel", {})
    assert ended.headers["location"] == f"/refunds/{made['id']}?done=refund_canceled"
    again = person.post(f"/refunds/{made['id']}/cancel", hidden | {"idempotency_key": "second"})
    assert (again.status, "it is canceled" in text_of(again)) == (400, True)
    assert live.get(f"/v1/brim/refunds/{made['id']}").json["status"] == "canceled"
