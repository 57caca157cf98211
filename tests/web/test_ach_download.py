"""The bytes of files: for whom they are, and that a password is asked for again; the audit log has each download."""

import hashlib
import secrets
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core.access.service import create_account, list_accounts
from brim.core.audit.rules import Action, AuditEntry
from brim.core.audit.service import list_audit_log
from brim.core.direct_debits import FileStatus
from brim.core.operators.rules import Operator, Role
from brim.core.operators.service import disable_operator, list_operators
from brim.core.operators.sign_in_rules import PER_PERSON
from brim.host.data_folder import read_encryption_key
from brim.platform.database import Database
from brim.platform.vault import Vault
from brim.testing.terminal import typed
from brim.web.session import ACCOUNT_COOKIE
from tests.support.ach_objects import CONTENT, AchObjects
from tests.support.people_house import PASSWORD, House, open_house, set_up_device

RECEIVED: Final = b"101 returns of accounts 000123456789\r\n\0\xff"
KINDS: Final = ("files", "bank-files")


class Bank(NamedTuple):
    """A house whose platform has files, in which somebody handles live money and somebody approves it."""

    house: House
    account: str
    objects: AchObjects

    def file(self, kind: str) -> str:
        """Return the id of a new file of a kind."""
        if kind == "files":
            return self.objects.file(FileStatus.SENT).id
        return self.objects.bank_file(content=RECEIVED + secrets.token_bytes(8))

    def newest(self, count: int = 1) -> list[AuditEntry]:
        """Return the newest entries of the audit log, newest first."""

        async def read(database: Database) -> list[AuditEntry]:
            return list((await list_audit_log(database, PageRequest(limit=count))).items)

        found: list[AuditEntry] = self.house.run(read)
        return found


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """The house of this module: who has a role about live money decides what its admins may."""
    folder = tmp_path_factory.mktemp("bank")
    with open_house(folder) as house:
        key = read_encryption_key(house.server.data_dir)
        assert key is not None
        account = house.run(list_accounts)[0].account
        house.add(Role.FINANCE)
        house.add(Role.APPROVER)
        yield Bank(house, account, AchObjects(house.server, account, folder, vault=Vault([key])))


async def let_wait_for_long(database: Database) -> None:
    """Lengthen the pauses that run, so that no machine is too slow to be within them."""
    async with database.connection() as conn:
        await conn.execute(
            "UPDATE sign_in_tries SET next_ms = next_ms + 600000 WHERE subject LIKE 'person:%' AND next_ms > seen_ms"
        )


def page_of(kind: str, file: str) -> str:
    return f"/ach/{kind}/{file}/download"


@pytest.mark.parametrize("kind", KINDS)
def test_the_stored_bytes_go_to_who_shows_a_password_and_the_audit_log_has_it(bank: Bank, kind: str) -> None:
    grace = bank.house.add(Role.FINANCE)
    browser = bank.house.signed_in(operator=grace)
    file = bank.file(kind)
    path = page_of(kind, file)
    assert browser.open(path).status == 200
    assert file in browser.text
    reply = browser.submit(path, password=PASSWORD)
    assert reply.status == 200
    if kind == "files":
        assert reply.body == CONTENT
    else:
        assert reply.body.startswith(RECEIVED)
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-disposition"].startswith('attachment; filename="')
    assert reply.headers["content-disposition"].endswith('.ach"')
    [entry] = bank.newest()
    assert entry.action == (Action.ACH_FILE_DOWNLOADED if kind == "files" else Action.BANK_FILE_DOWNLOADED)
    assert (entry.actor.id, entry.actor.name, entry.actor.address) == (grace.id, grace.email, browser.address)
    assert (entry.object, entry.scope) == (file, AccountScope(bank.account, livemode=True))
    assert entry.detail == f"SHA-256 {hashlib.sha256(reply.body).hexdigest()}"
    browser.open("/settings/audit-log")
    said = "Downloaded a payment file" if kind == "files" else "Downloaded a bank file"
    assert f"{grace.email} {said}" in browser.text
    assert entry.detail in browser.text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", list(Role))
def test_bytes_are_for_those_who_work_with_live_money(bank: Bank, role: Role, kind: str) -> None:
    browser = bank.house.signed_in(role)
    path = page_of(kind, bank.file(kind))
    is_theirs = role in {Role.FINANCE, Role.APPROVER}
    assert browser.open(path).status == (200 if is_theirs else 403)
    browser.open("/settings/profile")
    reply = browser.post(path, form_token=browser.form_token, password=PASSWORD)
    assert reply.status == (200 if is_theirs else 403)
    assert (CONTENT in reply.body or RECEIVED in reply.body) is is_theirs


def test_an_admin_downloads_while_nobody_has_a_role_for_live_money(bank: Bank) -> None:
    async def disable(database: Database) -> list[Operator]:
        found = [each for each in await list_operators(database) if each.role in {Role.FINANCE, Role.APPROVER}]
        for each in found:
            await disable_operator(database, each.id, **typed())
        return found

    browser = bank.house.signed_in()
    path = page_of("files", bank.file("files"))
    assert browser.open(path).status == 403
    bank.house.run(disable)
    assert browser.open(path).status == 200
    assert browser.submit(path, password=PASSWORD).body == CONTENT
    bank.house.add(Role.FINANCE)
    bank.house.add(Role.APPROVER)
    assert browser.open(path).status == 403


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_password_gets_no_byte_is_told_and_soon_has_to_wait(bank: Bank, kind: str) -> None:
    browser = bank.house.signed_in(Role.APPROVER)
    file = bank.file(kind)
    path = page_of(kind, file)
    browser.open(path)
    for wrong in ("", "analytical engine 1844"):
        reply = browser.submit(path, password=wrong)
        assert (reply.status, "Wrong password." in browser.text) == (403, True)
        assert CONTENT not in reply.body
        [entry] = bank.newest()
        assert (entry.action, entry.detail) == (Action.CONFIRMATION_REFUSED, f"download {file}: wrong password")
    refused = 2
    while (reply := browser.submit(path, password="wrong")).status == 403:
        refused += 1
    assert (reply.status, "Too many attempts" in browser.text) == (429, True)
    assert refused >= PER_PERSON.free, "on a slow machine the first pauses are over before the next try"
    bank.house.run(let_wait_for_long)
    assert browser.submit(path, password=PASSWORD).status == 429, "the right one has to wait too"
    told = [each.action for each in bank.newest(20) if each.object == file or file in (each.detail or "")]
    assert told == [Action.CONFIRMATION_REFUSED] * refused, "tries that had to wait fill no log"


def test_a_code_is_asked_for_where_codes_are_on_and_works_once(bank: Bank) -> None:
    browser = bank.house.signed_in(Role.FINANCE)
    _, recovery = set_up_device(browser)
    path = page_of("files", bank.file("files"))
    browser.open(path)
    assert browser.submit(path, password=PASSWORD).status == 403
    assert "The code is wrong" in browser.text
    assert (bank.newest()[0].detail or "").endswith("wrong code")
    assert browser.submit(path, password="wrong", code=recovery[0]).status == 403
    assert browser.submit(path, password=PASSWORD, code=recovery[0]).body == CONTENT
    browser.open(path)
    assert browser.submit(path, password=PASSWORD, code=recovery[0]).status == 403
    assert browser.submit(path, password=PASSWORD, code=recovery[1]).body == CONTENT


def test_what_was_shown_once_counts_for_nothing_else(bank: Bank) -> None:
    browser = bank.house.signed_in(Role.FINANCE)
    path, other = (page_of("files", bank.file("files")) for _ in range(2))
    browser.open(path)
    token = browser.form_token
    assert browser.post(path, form_token=token, password=PASSWORD).body == CONTENT
    for again in (path, other):
        assert browser.post(again, form_token=token).status == 403


def test_who_signs_in_by_a_provider_alone_is_told_how_to_get_a_password(bank: Bank) -> None:
    grace = bank.house.add(Role.FINANCE, password=None)
    bank.house.provider.claims = {"email": grace.email, "sub": grace.id}
    browser = bank.house.browser()
    browser.get("/sign-in/openid/begin")
    assert browser.location is not None
    brought = bank.house.provider.visit(browser.location)
    browser.get("/sign-in/openid?" + "&".join(f"{name}={value}" for name, value in brought.items()))
    path = page_of("files", bank.file("files"))
    browser.open(path)
    assert "Ask an admin for a setup link to set one" in browser.text
    browser.open("/settings/profile")
    reply = browser.post(path, form_token=browser.form_token, password="")
    assert (reply.status, CONTENT in reply.body) == (403, False)


@pytest.mark.parametrize("kind", KINDS)
def test_files_are_their_platforms_of_live_mode_and_of_nobody_who_is_not_signed_in(bank: Bank, kind: str) -> None:
    async def make(database: Database) -> str:
        return (await create_account(database, platform=bank.account, **typed())).account

    browser = bank.house.signed_in(Role.FINANCE)
    path = page_of(kind, bank.file(kind))
    browser.open(path)
    token = browser.form_token
    assert browser.post(path, password=PASSWORD).status == 403, "a form without the session's token"
    other = page_of("bank-files" if kind == "files" else "files", path.split("/")[3])
    for nowhere in (page_of(kind, "achf_nowhere"), other, f"/test{path}"):
        assert browser.open(nowhere).status == 404
        assert browser.post(nowhere, form_token=token, password=PASSWORD).status == 404
    browser.cookies[ACCOUNT_COOKIE] = bank.house.run(make)
    assert browser.open(path).status == 404
    assert browser.post(path, form_token=token, password=PASSWORD).status == 404
    stranger = bank.house.browser()
    assert (stranger.get(path).status, stranger.post(path, password=PASSWORD).status) == (303, 303)


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ('a"; x="b.ach', "a___x__b.ach"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("bánk\r\nSet-Cookie: x=1.txt", "b_nk__Set-Cookie__x_1.txt"),
        ("...", "file"),
    ],
)
def test_a_name_that_came_from_the_bank_gets_nothing_into_a_header(bank: Bank, name: str, saved: str) -> None:
    browser = bank.house.signed_in(Role.FINANCE)
    path = page_of("bank-files", bank.objects.bank_file(name, RECEIVED + name.encode()))
    browser.open(path)
    reply = browser.submit(path, password=PASSWORD)
    assert reply.headers["content-disposition"] == f'attachment; filename="{saved}"'
    assert "brim_session" in browser.cookies
    assert "x" not in browser.cookies
