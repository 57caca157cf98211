"""What pages know of an operator who is signed in, and what the audit log is told of what they do by the API."""

import json
from collections.abc import Mapping

import msgspec
import pytest
from structlog.testing import capture_logs

from brim.api.resources.operations import OPERATIONS
from brim.base.actor import ActorKind
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core.access.recognition import recognise_key
from brim.core.access.rules import hash_secret
from brim.core.access.service import NoAccountError, create_account
from brim.core.audit.rules import Action, AuditEntry
from brim.core.audit.service import list_audit_log
from brim.core.operators.dashboard_keys import OperatorKeys
from brim.core.operators.rules import MONEY_ROLES, Operator, Role, permissions_of
from brim.core.operators.service import disable_operator, set_role
from brim.core.operators.sign_in import Sessions, list_sessions
from brim.core.operators.sign_in_rules import form_token
from brim.http.message import Reply, Request
from brim.http.origin import Proxies
from brim.platform.database import Database
from brim.testing.terminal import typed
from brim.web.api_client import ApiRefusedError, Caller
from brim.web.operators.audit_recorder import AuditRecorder
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.sessions import OperatorSessions
from brim.web.operators.wording import ACTIONS
from brim.web.session import ACCOUNT_COOKIE, Session
from brim.web.shell.requests import Ask, send
from brim.web.visit import Visit
from tests.support.people import (
    BY,
    EMAIL,
    IDLE_MS,
    IDS,
    LIFE_MS,
    NOW_MS,
    PASSWORD,
    VAULT,
    add,
    sign_in_of,
    weak_passwords,
)

ADDRESS = "203.0.113.7"


OF_PEOPLE = ("a page", "a form sent by htmx")
KINDS = {
    "a page": {},
    "a form sent by htmx": {b"hx-request": b"true", b":method": b"POST"},
    "a piece fetched by htmx": {b"hx-request": b"true"},
    "an event stream": {b"accept": b"text/event-stream"},
    "a websocket": {b"upgrade": b"websocket"},
}


class Answering:
    """An API that gives one answer to all."""

    def __init__(self, status: int = 200, headers: tuple[str, ...] = (), **body: object) -> None:
        self._reply = (status, json.dumps(body).encode(), list(headers))

    async def handle(self, _request: Request) -> Reply:
        return Reply(*self._reply)


def people_of(database: Database) -> OperatorDirectory:
    return OperatorDirectory(
        database=database,
        vault=VAULT,
        clock=lambda: NOW_MS,
        ids=IDS,
        passwords=weak_passwords(),
        sign_in=sign_in_of(database),
        sessions=Sessions(database, lambda: NOW_MS, idle_ms=IDLE_MS),
        keys=OperatorKeys(database, VAULT, ids=IDS),
        openid=None,
        provider="",
        proxies=Proxies(),
        own_url="http://127.0.0.1",
        life_s=LIFE_MS // 1000,
        idle_ms=IDLE_MS,
    )


async def token_of(database: Database) -> str:
    return (await sign_in_of(database).sign_in(EMAIL, PASSWORD, address=ADDRESS, now_ms=NOW_MS)).token


async def find(
    database: Database, token: str, *, livemode: bool = False, cookies: Mapping[str, str] | None = None
) -> Session | None:
    """Return who looks, as a process sees it that remembers nothing."""
    sent = {"brim_session": token, **(cookies or {})}
    header = "; ".join(f"{name}={value}" for name, value in sent.items()).encode()
    visit = Visit(Request("GET", "/", b"", {b"cookie": header}, b"", ADDRESS), {})
    people = people_of(database)
    trail = AuditRecorder(OPERATIONS, database, lambda: NOW_MS + 1, IDS)
    return await OperatorSessions(people, trail).find(visit, livemode=livemode)


async def found(database: Database, token: str, *, livemode: bool = False) -> Session:
    session = await find(database, token, livemode=livemode)
    assert session is not None
    return session


async def newest_line(database: Database) -> AuditEntry:
    return (await list_audit_log(database, PageRequest(limit=1))).items[0]


@pytest.fixture
async def account(database: Database) -> str:
    """The oldest account."""
    return (await create_account(database, platform=None, **typed(NOW_MS))).account


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("livemode", [False, True])
async def test_pages_have_a_key_with_the_rights_of_the_role(
    database: Database, account: str, role: Role, livemode: bool
) -> None:
    await add(database, "root@example.com")
    ada = await add(database, role=role)
    token = await token_of(database)
    session = await found(database, token, livemode=livemode)
    assert (session.operator, session.name, session.role) == (ada.id, "Ada Lovelace", role)
    assert (session.account, session.livemode, session.form_token) == (account, livemode, form_token(token))
    key = await recognise_key(database, hash_secret(session.key))
    assert key is not None
    assert (key.account, key.livemode) == (account, livemode)
    assert key.permissions == session.permissions == permissions_of(role, livemode=livemode, held=MONEY_ROLES & {role})
    assert key.expires_ms == NOW_MS + LIFE_MS


async def test_who_is_not_signed_in_is_nobody(database: Database, account: str) -> None:
    assert account
    ada = await add(database)
    await add(database, "grace@example.com")
    token = await token_of(database)
    assert await find(database, token + "x") is None
    assert await find(database, "") is None
    await disable_operator(database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)
    assert await find(database, token) is None


async def test_another_role_is_that_of_the_next_page(database: Database, account: str) -> None:
    assert account
    ada = await add(database)
    await add(database, "grace@example.com")
    token = await token_of(database)
    before = (await found(database, token)).key
    await set_role(database, ada.id, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS)
    after = await found(database, token)
    assert after.role is Role.VIEWER
    assert not after.may("topups")
    assert after.key != before


async def test_the_account_that_was_chosen_is_shown_and_otherwise_the_oldest(database: Database, account: str) -> None:
    await add(database)
    token = await token_of(database)
    other = (await create_account(database, platform=None, **typed(NOW_MS + 1))).account
    for chosen, shown in ((other, other), (account, account), ("acct_gone", account), ("\0", account)):
        session = await find(database, token, cookies={ACCOUNT_COOKIE: chosen})
        assert session is not None
        assert session.account == shown
        assert [choice.account for choice in session.accounts] == [account, other]


async def test_without_any_account_there_is_nothing_to_show(database: Database) -> None:
    await add(database)
    with pytest.raises(NoAccountError):
        await find(database, await token_of(database))


@pytest.mark.parametrize("kind", KINDS)
async def test_an_open_page_keeps_no_session_by_itself(database: Database, account: str, kind: str) -> None:
    assert account
    ada = await add(database)
    token = await token_of(database)
    headers = {**KINDS[kind], b"cookie": f"brim_session={token}".encode()}
    method = headers.pop(b":method", b"GET").decode()
    later_ms = NOW_MS + 90_000
    people = msgspec.structs.replace(
        people_of(database), clock=lambda: later_ms, sessions=Sessions(database, lambda: later_ms, idle_ms=IDLE_MS)
    )
    sessions = OperatorSessions(people, AuditRecorder(OPERATIONS, database, lambda: later_ms, IDS))
    assert await sessions.find(Visit(Request(method, "/", b"", headers, b""), {}), livemode=False)
    [stored] = await list_sessions(database, ada.id, idle_ms=IDLE_MS, now_ms=later_ms)
    assert stored.seen_ms == (later_ms if kind in OF_PEOPLE else NOW_MS)


async def test_a_use_counts_right_after_a_look_that_did_not(database: Database) -> None:
    await add(database)
    token = await token_of(database)
    later_ms = NOW_MS + 90_000
    sessions = Sessions(database, lambda: later_ms, idle_ms=IDLE_MS)
    looked = await sessions.recognise(token, is_use=False)
    used = await sessions.recognise(token)
    assert looked is not None
    assert used is not None
    assert (looked.seen_ms, used.seen_ms) == (NOW_MS, later_ms)


@pytest.fixture
async def ada(database: Database, account: str) -> Operator:
    """An admin, where there is an account."""
    assert account
    return await add(database)


async def test_what_a_page_does_by_the_api_is_told(database: Database, ada: Operator, account: str) -> None:
    session = await found(database, await token_of(database), livemode=True)
    api = Caller(Answering(id="evt_reply", object="event"), key=session.key, told=session.told)
    await api.post("/v1/stripecli/sessions", {"device_name": "laptop"})
    line = await newest_line(database)
    assert (line.action, line.object, line.detail, line.at_ms) == (
        "PostStripecliSessions",
        "evt_reply",
        None,
        NOW_MS + 1,
    )
    assert line.scope == AccountScope(account, livemode=True)
    actor = line.actor
    assert actor == session.actor
    assert (actor.kind, actor.id, actor.name, actor.address) == (ActorKind.OPERATOR, ada.id, EMAIL, ADDRESS)


@pytest.mark.usefixtures("ada")
async def test_a_line_names_the_object_of_the_path_and_what_was_sent_again(database: Database) -> None:
    session = await found(database, await token_of(database))
    again = Answering(headers=("Idempotent-Replayed: true",), id="evt_reply")
    await Caller(again, key=session.key, told=session.told).post("/v1/events/evt_path/retry", {})
    line = await newest_line(database)
    assert (line.action, line.object, line.detail) == ("PostEventsIdRetry", "evt_path", "sent again")
    await Caller(Answering(deleted=True), key=session.key, told=session.told).delete("/v1/webhook_endpoints/we_1")
    assert await newest_line(database) == line, "what has a line in its own transaction is not told again"


@pytest.mark.usefixtures("ada")
async def test_what_the_shell_does_is_told_like_what_pages_do(database: Database) -> None:
    session = await found(database, await token_of(database))
    asked = Ask(method="POST", path="/v1/events/evt_1/retry")
    await send(Answering(id="evt_1"), session, asked, "127.0.0.1")
    line = await newest_line(database)
    assert (line.action, line.object, line.actor) == ("PostEventsIdRetry", "evt_1", session.actor)


def test_the_audit_log_has_words_for_every_action() -> None:
    assert set(ACTIONS) == set(Action)


@pytest.mark.usefixtures("ada")
async def test_what_was_read_or_refused_is_not_told(database: Database) -> None:
    session = await found(database, await token_of(database))
    before = await newest_line(database)
    await Caller(Answering(object="list"), key=session.key, told=session.told).get("/v1/topups")
    refusing = Answering(403, error={"message": "No."})
    with pytest.raises(ApiRefusedError):
        await Caller(refusing, key=session.key, told=session.told).post("/v1/topups", {})
    assert await newest_line(database) == before


@pytest.mark.usefixtures("ada")
async def test_a_line_that_cannot_be_written_fails_no_page_and_is_in_the_log(
    database: Database,
) -> None:
    session = await found(database, await token_of(database))
    await database.close()
    api = Caller(Answering(id="evt_1"), key=session.key, told=session.told)
    with capture_logs() as logged:
        assert await api.post("/v1/events/evt_1/retry", {}) == {"id": "evt_1"}
    (line,) = logged
    assert line["event"] == "an audit log entry is missing"
    assert (line["action"], line["object"]) == ("PostEventsIdRetry", "evt_1")
