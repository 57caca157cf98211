"""API keys in the dashboard, against a running service."""

import re

import pytest

from brim.base.paging import PageRequest
from brim.core.audit.rules import AuditEntry
from brim.core.audit.service import list_audit_log
from brim.platform.database import Database
from tests.support.page_visitors import Person, text_of
from tests.support.polling import until
from tests.support.service import Server
from tests.support.signing import FORM_TOKEN, SignedIn
from tests.support.wire import Wire, WireReply

KEYS = "/test/apikeys"
NEW = f"{KEYS}/new"
SECRET = re.compile(r"[sr]k_(?:test|live)_[0-9A-Za-z]{43}")


def secret_in(reply: WireReply) -> str:
    assert reply.status == 200, reply.body
    (secret,) = set(SECRET.findall(reply.body.decode()))
    return str(secret)


def make(person: Person, new: str = NEW, **fields: str) -> tuple[str, str]:
    """Make a key by its form; return where its page is, and its secret."""
    reply = person.send(new, new.partition("?")[0], {"name": "Invoicing", **fields})
    found = re.search(r'href="((?:/test)?/apikeys/mk_\w+)"', reply.body.decode())
    assert found, reply.body
    return found[1], secret_in(reply)


def lines_about(server: Server, key_id: str) -> list[AuditEntry]:
    """Return the audit log's lines about a key, newest first."""

    async def read(database: Database) -> list[AuditEntry]:
        page = await list_audit_log(database, PageRequest(limit=100))
        return [entry for entry in page.items if entry.object == key_id]

    return server.run(read)


def works(server: Server, secret: str) -> bool:
    return Wire(server.url, secret).get("/v1/balance").status == 200


def test_a_secret_key_is_made_shown_once_and_written_down(person: Person, server: Server) -> None:
    page, secret = make(person)
    assert secret.startswith("sk_test_")
    assert works(server, secret)
    for path in (page, KEYS):
        shown = person.visit(path)
        assert secret not in shown.body.decode()
        assert "Invoicing" in text_of(shown)
        assert f"{secret[:12]}...{secret[-4:]}" in text_of(shown)
    (line,) = lines_about(server, page.rpartition("/")[2])
    assert (line.action, line.actor.kind, line.actor.id) == ("api_key.created", "operator", "op_test")
    assert line.scope is not None
    assert not line.scope.livemode
    assert secret not in str(line)


def test_a_form_that_is_sent_twice_makes_one_key(person: Person) -> None:
    fields = {**person.hidden(NEW, NEW), "name": "Once"}
    secret_in(person.post(NEW, fields))
    again = person.post(NEW, fields)
    assert (again.status, "This key was already created" in text_of(again)) == (400, True)
    assert not SECRET.search(again.body.decode())
    assert person.read(KEYS).count("Once") == 1


def test_a_restricted_key_may_do_what_was_chosen_and_no_more(person: Person, server: Server) -> None:
    new = f"{NEW}?kind=restricted"
    page, secret = make(person, new, **{"right-topups": "write", "right-balance": "read"})
    assert secret.startswith("rk_test_")
    wire = Wire(server.url, secret)
    assert wire.post("/v1/topups", {"amount": 100, "currency": "usd"}).status == 200
    assert wire.get("/v1/balance").status == 200
    assert wire.get("/v1/events").status == 403
    assert "Write Top-ups Read only Balance" in person.read(page)
    assert "Write: 1 resource; read: 1 resource" in person.read(KEYS)


def test_a_restricted_key_needs_a_right(person: Person) -> None:
    new = f"{NEW}?kind=restricted"
    none = person.send(new, NEW, {"name": "Nothing"})
    assert (none.status, "Give the key at least one permission." in text_of(none)) == (400, True)
    assert 'value="Nothing"' in none.body.decode()
    odd = person.send(new, NEW, {"name": "", "right-topups": "everything"})
    assert odd.status == 400


def test_a_name_that_nobody_reads_is_refused(person: Person) -> None:
    reply = person.send(NEW, NEW, {"name": "x" * 101})
    assert (reply.status, "at most 100 characters" in text_of(reply)) == (400, True)


def test_a_rolled_key_works_on_as_long_as_is_chosen(person: Person, server: Server) -> None:
    page, old = make(person)
    new = secret_in(person.send(page, f"{page}/roll", {"grace": "3600"}))
    assert works(server, old)
    assert works(server, new)
    assert "Expiring" in person.read(page)
    asked = person.send(page, f"{page}/roll", {"grace": "0"})
    assert "Expire the old key immediately?" in text_of(asked)
    assert works(server, old)
    newest = secret_in(person.send(page, f"{page}/roll", {"grace": "0", "confirmed": "yes"}))
    until(lambda: not works(server, old), what="the old key to end")
    assert works(server, newest)
    assert "Expired" in person.read(page)
    assert [line.action for line in lines_about(server, page.rpartition("/")[2])] == [
        "api_key.rolled",
        "api_key.rolled",
        "api_key.created",
    ]
    late = person.post(f"{page}/roll", {"form_token": FORM_TOKEN, "grace": "0", "confirmed": "yes"})
    assert (late.status, "is already revoked or expired" in text_of(late)) == (400, True)


def test_a_revoked_key_ends_at_once(person: Person, server: Server) -> None:
    page, secret = make(person)
    assert works(server, secret)
    assert person.send(page, f"{page}/revoke").headers["location"] == f"{page}?done=key_revoked"
    until(lambda: not works(server, secret), what="the key to end")
    assert "Expired" in person.read(page)
    assert lines_about(server, page.rpartition("/")[2])[0].action == "api_key.revoked"


@pytest.mark.parametrize(("role", "prefix", "may"), [("viewer", "/test", False), ("developer", "/test", True),
                                                     ("developer", "", False), ("admin", "", True)])  # fmt: skip
def test_a_role_makes_keys_where_it_may(
    pages_url: str, server: Server, account: str, role: str, prefix: str, may: bool
) -> None:
    keys = {f"{account}/{mode}": server.make_key(account, livemode=mode == "live") for mode in ("test", "live")}
    person = Person(pages_url, SignedIn(keys=keys, role=role))
    reply = person.post(f"{prefix}/apikeys/new", {"form_token": FORM_TOKEN, "name": "By role"})
    assert reply.status == (200 if may else 403)
    assert ("Create secret key" in person.read(f"{prefix}/apikeys")) == may
    assert ("By role" in person.read(f"{prefix}/apikeys")) == may


def test_who_may_not_change_keys_can_neither_roll_nor_revoke(
    pages_url: str, server: Server, account: str, key: str, person: Person
) -> None:
    page, secret = make(person)
    viewer = Person(pages_url, SignedIn(keys={f"{account}/test": key}, role="viewer"))
    for verb in ("roll", "revoke"):
        assert viewer.post(f"{page}/{verb}", {"form_token": FORM_TOKEN}).status == 403
    assert works(server, secret)


def test_keys_of_another_account_or_mode_are_not_there(pages_url: str, server: Server, person: Person) -> None:
    page, secret = make(person)
    other = server.make_account().id
    stranger = Person(pages_url, SignedIn(keys={f"{other}/test": server.make_key(other)}))
    assert stranger.visit(page).status == 404
    assert person.visit(page.removeprefix("/test")).status == 404
    for target in (page, page.removeprefix("/test")):
        who = stranger if target == page else person
        assert who.post(f"{target}/revoke", {"form_token": FORM_TOKEN}).status == 404
    assert works(server, secret)


def test_a_form_from_elsewhere_makes_no_key(person: Person) -> None:
    assert person.post(NEW, {"name": "Forged"}).status == 403
    assert "Forged" not in person.read(KEYS)
