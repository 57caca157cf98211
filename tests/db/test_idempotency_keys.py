"""A write under an idempotency key, in one transaction with its reply: done once, replayed, refused, undone, raced."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from brim.base.errors import BrimError, DatabaseUnavailableError, KeptRefusalError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.audit import Action, ObjectType
from brim.core.idempotency import (
    IdempotencyMismatchError,
    KeptReply,
    KeyClaim,
    RequestContext,
    Result,
    fetch_replies,
    find_kept,
    record,
    replay_of,
    run_once,
)
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.books import LATER_MS, OTHER_OWNER, OWNER, create, execute, new_topup, rows
from tests.support.waiting import until_somebody_waits

Work = Callable[[Conn], Awaitable[bytes]]


class _RefusedError(KeptRefusalError):
    pass


def _context(
    key: str | None = "k", *, scope: AccountScope = OWNER, asked: bytes = b"a" * 16, request: str = "req_1"
) -> RequestContext:
    return RequestContext(
        scope=scope,
        claim=KeyClaim(key, asked) if key else None,
        request_id=request,
        api_version="2026-01-01.test",
        now_ms=LATER_MS,
        by=TESTER,
        ids=IdFactory(),
    )


def _render(error: BrimError) -> tuple[int, bytes]:
    return 409, f'{{"refused":"{error.message}"}}'.encode()


async def _note(conn: Conn, text: str) -> None:
    """Write something that shows whether a transaction was kept."""
    await conn.execute("INSERT INTO accounts (account, created) VALUES ($1, 1)", text)


def _writing(name: str, answer: bytes = b'{"n":1}') -> Work:
    async def work(conn: Conn) -> bytes:
        await _note(conn, name)
        return answer

    return work


async def _noted(database: Database) -> list[str]:
    return [row["account"] for row in await rows(database, "SELECT account FROM accounts ORDER BY account")]


async def _run(database: Database, context: RequestContext, work: Work) -> Result:
    return await run_once(database, context, work, render_error=_render)


async def test_the_first_answer_is_no_replay_and_the_second_is_the_first_again(database: Database) -> None:
    first = await _run(database, _context(request="req_1"), _writing("one"))
    again = await _run(database, _context(request="req_2"), _writing("two", b'{"n":2}'))
    assert first == Result(status=200, body=b'{"n":1}', replay_of=None)
    assert again == Result(status=200, body=b'{"n":1}', replay_of="req_1")
    assert await _noted(database) == ["one"]


async def test_a_key_is_taken_for_one_account_and_mode(database: Database) -> None:
    await _run(database, _context(), _writing("one"))
    live = AccountScope(OWNER.account, livemode=True)
    for name, scope in (("three", OTHER_OWNER), ("two", live)):
        answer = f'{{"n":"{name}"}}'.encode()
        assert (await _run(database, _context(scope=scope), _writing(name, answer))).replay_of is None
    assert (await _run(database, _context("other"), _writing("zero"))).replay_of is None
    assert await _noted(database) == ["one", "three", "two", "zero"]
    async with database.connection() as conn:
        replies = await fetch_replies(conn, [(each, "k") for each in (OWNER, live, OTHER_OWNER)])
    assert [kept.body for kept in replies if kept] == [b'{"n":1}', b'{"n":"two"}', b'{"n":"three"}']
    found = await rows(
        database, "SELECT account, livemode, request_id, created_ms FROM idempotency_keys WHERE key = 'k'"
    )
    assert {(row["account"], row["livemode"]) for row in found} == {
        (OWNER.account, False), (OWNER.account, True), (OTHER_OWNER.account, False)
    }  # fmt: skip
    assert {(row["request_id"], row["created_ms"]) for row in found} == {("req_1", LATER_MS)}


async def test_another_request_under_the_key_is_refused_and_does_nothing(database: Database) -> None:
    await _run(database, _context(), _writing("one"))
    with pytest.raises(IdempotencyMismatchError):
        await _run(database, _context(asked=b"b" * 16), _writing("two"))
    assert await _noted(database) == ["one"]


async def test_without_a_key_each_request_is_done_and_no_answer_kept(database: Database) -> None:
    for name in ("one", "two"):
        assert (await _run(database, _context(None), _writing(name))).replay_of is None
    assert await _noted(database) == ["one", "two"]
    assert await rows(database, "SELECT key FROM idempotency_keys") == []


async def test_a_refusal_that_is_kept_keeps_what_was_written_and_is_replayed(database: Database) -> None:
    async def refuse(conn: Conn) -> bytes:
        await _note(conn, "one")
        raise _RefusedError("no")

    first = await _run(database, _context(), refuse)
    again = await _run(database, _context(request="req_2"), _writing("two"))
    assert first == Result(status=409, body=b'{"refused":"no"}')
    assert again == Result(status=409, body=b'{"refused":"no"}', replay_of="req_1")
    assert await _noted(database) == ["one"]


async def test_any_other_failure_undoes_everything_and_leaves_the_key_free(database: Database) -> None:
    async def fail(conn: Conn) -> bytes:
        await _note(conn, "one")
        raise BrimError("no")

    with pytest.raises(BrimError, match="no"):
        await _run(database, _context(), fail)
    assert await _noted(database) == []
    assert (await _run(database, _context(), _writing("two"))).replay_of is None


async def test_an_equal_request_waits_for_the_first_and_gets_its_answer(database: Database, database_url: str) -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def slow(conn: Conn) -> bytes:
        await _note(conn, "one")
        started.set()
        await release.wait()
        return b"{}"

    first = asyncio.create_task(_run(database, _context(), slow))
    await started.wait()
    second = asyncio.create_task(_run(database, _context(request="req_2"), _writing("two")))
    await until_somebody_waits(database_url)
    release.set()
    assert (await first, await second) == (Result(body=b"{}"), Result(body=b"{}", replay_of="req_1"))
    assert await _noted(database) == ["one"]


async def test_a_key_that_is_pruned_between_claim_and_reading_is_unknown(
    database: Database, owner_database: Database
) -> None:
    """The day of the key ends after the claim has found it taken: the retry that follows finds it free."""
    await _run(database, _context(), _writing("one"))
    await execute(
        owner_database,
        "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN DELETE FROM idempotency_keys; RETURN NULL; END $$",
        "CREATE TRIGGER forget AFTER INSERT ON idempotency_keys EXECUTE FUNCTION forget()",
        "ALTER FUNCTION forget() SECURITY DEFINER",
    )
    with pytest.raises(DatabaseUnavailableError):
        await _run(database, _context(request="req_2"), _writing("two"))
    assert await _noted(database) == ["one"]


async def test_kept_answers_are_read_in_the_order_in_which_they_are_wanted(database: Database) -> None:
    await _run(database, _context("a", request="req_a"), _writing("one", b'{"n":1}'))
    await _run(database, _context("a", scope=OTHER_OWNER, request="req_b"), _writing("two", b'{"n":2}'))
    async with database.connection() as conn:
        found = await fetch_replies(conn, [(OTHER_OWNER, "a"), (OWNER, "none"), (OWNER, "a")])
        assert await find_kept(conn, _context("a")) == found[2]
        assert await find_kept(conn, _context("none")) is None
        assert await find_kept(conn, _context(None)) is None
    assert found == [
        KeptReply(fingerprint=b"a" * 16, request_id="req_b", status=200, body=b'{"n":2}'),
        None,
        KeptReply(fingerprint=b"a" * 16, request_id="req_a", status=200, body=b'{"n":1}'),
    ]


async def test_the_answer_of_a_create_is_what_its_own_event_carries(database: Database) -> None:
    """Not that of another account or mode, should it ever have one with the same id."""
    ids = IdFactory()
    await create(database, [new_topup(ids, key="made"), new_topup(ids, key="other", amount=2000)])
    (event,) = await rows(
        database, "SELECT e.payload FROM events e JOIN idempotency_keys k ON k.event_id = e.id WHERE k.key = 'made'"
    )
    columns = "id, type, created, api_version, object_id, request_id, idempotency_key"
    for scope in ("'acct_zzz', livemode", "account, true"):
        await execute(
            database,
            f"INSERT INTO events (account, livemode, payload, {columns}) SELECT {scope}, '{{}}', {columns} FROM events "
            f"WHERE account = '{OWNER.account}' AND NOT livemode",
        )
    async with database.connection() as conn:
        (kept,) = await fetch_replies(conn, [(OWNER, "made")])
    assert kept is not None
    assert (kept.status, kept.body.decode()) == (200, event["payload"])


def test_a_replay_needs_the_key_of_the_request() -> None:
    kept = KeptReply(fingerprint=b"a" * 16, request_id="req_0", status=201, body=b"[]")
    assert replay_of(_context(), kept) == Result(status=201, body=b"[]", replay_of="req_0")
    with pytest.raises(IdempotencyMismatchError):
        replay_of(_context(asked=b"b" * 16), kept)
    with pytest.raises(ValueError, match="under a key only"):
        replay_of(_context(None), kept)


def test_events_name_the_request_and_its_key_as_their_cause() -> None:
    cause = _context().cause
    assert (cause.request_id, cause.idempotency_key, cause.api_version) == ("req_1", "k", "2026-01-01.test")
    assert _context(None).cause.idempotency_key is None


@pytest.mark.parametrize("account", [None, "acct_named"])
async def test_what_a_request_does_is_audited_in_its_transaction(database: Database, account: str | None) -> None:
    context = _context(scope=AccountScope("acct_mine", livemode=True))
    await database.transact(
        lambda conn: record(conn, context, Action.OPERATOR_ADDED, ObjectType.ACCOUNT, "x_1", account=account)
    )
    (line,) = await rows(database, "SELECT * FROM audit_log")
    assert (line["account"], line["livemode"], line["object"]) == (account or "acct_mine", True, "x_1")
    assert line["at_ms"] == LATER_MS
