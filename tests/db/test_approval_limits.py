"""Files are approved by as many people as their profile's limits ask for, and by none who prepared them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.core import direct_debits, originators
from brim.core.direct_debits import AchFile, FileChangedError, FileStateError
from brim.core.originators import SecondPersonError
from brim.core.rails.ach import ACH, APPROVAL_LIMITS
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import execute, rows
from tests.support.live_money import PLATFORM, LiveMoney
from tests.support.people import add
from tests.support.waiting import until_somebody_waits

ADA, BOB, CAROL = (
    Actor(kind=ActorKind.OPERATOR, id=f"op_{name}", name=f"{name}@example.com") for name in ("ada", "bob", "carol")
)
_WAITING = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
APPROVE = "UPDATE ach_files SET status = 'approved', approved_by = $1, approved_ms = 1"
GIVE = """
INSERT INTO ach_approvals (account, livemode, file, number, approved_by, approved_ms, sha256, prepared_by, one_person)
SELECT account, livemode, id, 1, $1, 1, sha256, '{}', $2 FROM ach_files
"""


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> AsyncIterator[LiveMoney]:
    yield LiveMoney(database, tmp_path)


async def _file(live: LiveMoney, *amounts: int, **limits: Any) -> dict[str, Any]:
    """Return the file that debits of these amounts are put into; Ada has written the profile."""
    originator = await live.open(**limits)
    async with live.database.transaction() as conn:
        change = originators.ProfileChange(originator.profile, originator_id=originator.id)
        await originators.save_originator(conn, live.vault, PLATFORM, change, by=ADA, now_ms=live.now_ms, ids=live.ids)
    for amount in amounts:
        await live.create(await live.bank_account(), amount)
    await live.until("2026-12-01 17:00")
    return await _row(live)


async def _row(live: LiveMoney) -> dict[str, Any]:
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    return file


async def _run(live: LiveMoney, statement: str, *arguments: object) -> None:
    """Run a statement as the service's role, past the service."""
    async with live.database.connection() as conn:
        await conn.execute(statement, *arguments)


async def _two_people(live: LiveMoney) -> None:
    for name in ("first", "second"):
        await add(live.database, f"{name}@example.com")


async def _approve(
    live: LiveMoney, file: str, by: Actor, *, approvers: int = 3, sha256: bytes | None = None
) -> AchFile:
    async with live.database.transaction() as conn:
        return await direct_debits.approve_file(
            conn,
            PLATFORM,
            file,
            sha256=sha256,
            approvers=approvers,
            renderers=WIRE_FORMATS,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def _stop(live: LiveMoney) -> None:
    async with live.database.transaction() as conn:
        await originators.stop_rail(
            conn, PLATFORM, rail=ACH, account=None, reason="audit", by=TESTER, now_ms=live.now_ms, ids=live.ids
        )


async def _resume(live: LiveMoney) -> None:
    async with live.database.transaction() as conn:
        await originators.resume_rail(
            conn, PLATFORM, rail=ACH, account=None, by=TESTER, now_ms=live.now_ms, ids=live.ids
        )


async def _send(live: LiveMoney) -> int:
    return await direct_debits.send_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)


async def _outcomes(*works: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*works, return_exceptions=True)


_LIMITS = {"approval_from_total": 10_000, "approval_from_entry": 6_000, "second_approval_from_total": 20_000}


@pytest.mark.parametrize(
    ("amounts", "needed", "status"),
    [([5_999, 4_000], 0, "acknowledged"), ([5_000, 5_000], 1, "built"), ([6_000], 1, "built")],
)
async def test_a_file_below_all_limits_goes_by_itself_and_others_wait(
    live: LiveMoney, amounts: list[int], needed: int, status: str
) -> None:
    file = await _file(live, *amounts, requires_approval=False, **_LIMITS)
    assert (file["approvals_needed"], file["status"]) == (needed, status)
    assert file["approved_by"] == (None if needed else "profile")


async def test_a_large_file_leaves_once_two_others_have_approved_it(live: LiveMoney) -> None:
    file = await _file(live, 15_000, 5_000, requires_approval=True, **_LIMITS)
    assert file["approvals_needed"] == 2
    with pytest.raises(SecondPersonError, match="An operator other than the one"):
        await _approve(live, file["id"], ADA)
    assert (await _approve(live, file["id"], BOB)).status == "built"
    assert await _send(live) == 0
    with pytest.raises(SecondPersonError, match="You already approved this file"):
        await _approve(live, file["id"], BOB)
    async with live.database.transaction() as conn:
        review = await direct_debits.review_file(conn, await direct_debits.find_file(conn, PLATFORM, file["id"]))
    assert (review.missing, [each.approved_by for each in review.approvals]) == (1, [BOB.id])
    assert [entry.amount for entry in review.largest] == [15_000, 5_000]
    assert (await _approve(live, file["id"], CAROL)).status == "approved"
    assert await _send(live) == 1
    told = await rows(
        live.database, "SELECT actor, detail FROM audit_log WHERE action = 'ach_file.approved' ORDER BY id"
    )
    sha256 = file["sha256"].hex()
    assert [tuple(each.values()) for each in told] == [
        (BOB.id, f"SHA-256 {sha256}, approval 1 of 2"),
        (CAROL.id, f"SHA-256 {sha256}, approval 2 of 2"),
    ]
    events = await rows(live.database, "SELECT type FROM events WHERE type = 'brim.ach_file.approved'")
    assert len(events) == 1


async def test_one_person_is_enough_where_there_is_one_and_the_file_and_the_log_say_so(live: LiveMoney) -> None:
    file = await _file(live, 20_000, requires_approval=True, **_LIMITS)
    assert (await _approve(live, file["id"], ADA, approvers=1)).status == "approved"
    (approval,) = await rows(live.database, "SELECT * FROM ach_approvals")
    assert (approval["approved_by"], approval["one_person"], approval["prepared_by"]) == (ADA.id, True, [ADA.id])
    (told,) = await rows(live.database, "SELECT detail FROM audit_log WHERE action = 'ach_file.approved'")
    assert told["detail"].endswith("without a second person: no other operator handles live money")


async def test_until_when_a_file_can_be_sent_is_when_it_is_given_up(live: LiveMoney) -> None:
    file = await _file(live, 20_000, requires_approval=True, cutoffs=("12:00", "17:00"))
    async with live.database.transaction() as conn:
        review = await direct_debits.review_file(conn, await direct_debits.find_file(conn, PLATFORM, file["id"]))
    assert review.cutoff_ms == live.now_ms
    live.now_ms = review.send_before_ms - 1
    assert await direct_debits.void_late(live.database, now_ms=live.now_ms) == 0
    live.now_ms += 1
    with pytest.raises(FileStateError, match="not approved in time"):
        await _approve(live, file["id"], BOB)
    assert await direct_debits.void_late(live.database, now_ms=live.now_ms) == 1


async def test_sql_refuses_who_prepared_a_file_whatever_writes_the_row(live: LiveMoney) -> None:
    file = await _file(live, 5_000, requires_approval=True)
    await _two_people(live)
    refused = pytest.raises(asyncpg.CheckViolationError, match=r"has prepared achf_|not_by_who_prepared_it")
    with refused:
        await _run(live, GIVE, ADA.id, False)
    with refused:
        await _run(live, APPROVE, ADA.id)
    with pytest.raises(asyncpg.CheckViolationError, match="not approved by the only person"):
        await _run(live, GIVE, ADA.id, True)
    with pytest.raises(asyncpg.CheckViolationError, match="of other bytes"):
        await _run(live, GIVE.replace("id, 1, $1, 1, sha256", "id, 1, $1, 1, sha256('x')"), BOB.id, False)
    await execute(live.database, "UPDATE ach_entries SET resubmitted_by = 'op_bob'")
    with refused:
        await _run(live, GIVE, BOB.id, False)
    assert (await _approve(live, file["id"], CAROL)).approved_by == CAROL.id


async def test_sql_refuses_too_few_approvals_a_changed_hash_and_what_was_not_approved(live: LiveMoney) -> None:
    file = await _file(live, 20_000, requires_approval=True, **_LIMITS)
    await _approve(live, file["id"], BOB)
    with pytest.raises(asyncpg.CheckViolationError, match="needs the approval of 2 people, and has that of 1"):
        await _run(live, APPROVE, CAROL.id)
    with pytest.raises(asyncpg.CheckViolationError, match="is sent only once it is approved"):
        await execute(live.database, "UPDATE ach_files SET status = 'sent', sent_ms = 1")
    for change in ("sha256 = sha256('x')", "approvals_needed = 1", "approvals_needed = NULL"):
        with pytest.raises(asyncpg.CheckViolationError, match="cannot be changed"):
            await execute(live.database, f"UPDATE ach_files SET {change}")
    for change in ("DELETE FROM ach_approvals", "UPDATE ach_approvals SET approved_by = 'op_carol'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(live.database, change)


async def test_sql_does_not_let_who_wrote_a_profile_activate_it_where_another_could(live: LiveMoney) -> None:
    await _file(live, 5_000)
    async with live.database.transaction() as conn:
        (active,) = await originators.list_originators(conn, PLATFORM)
        await originators.suspend_originator(conn, PLATFORM, active.id, by=BOB, now_ms=live.now_ms, ids=live.ids)
    activate = "UPDATE originators SET status = 'active', activated_by = changed_by"
    await _two_people(live)
    with pytest.raises(asyncpg.CheckViolationError, match="wrote the profile of orig_"):
        await execute(live.database, activate)
    await execute(live.database, "UPDATE operators SET disabled_ms = 1 WHERE email = 'second@example.com'")
    await execute(live.database, activate)


async def test_what_the_version_before_approves_is_held_to_it_and_leaves(live: LiveMoney) -> None:
    """It knows no approvals, and writes the file's row alone; it reads profiles without limits, and no others."""
    await _file(live, 5_000, requires_approval=True)
    (stored,) = await rows(live.database, "SELECT profile ?| $1 AS has_limits FROM originators", list(APPROVAL_LIMITS))
    assert not stored["has_limits"]
    await _two_people(live)
    await _run(live, APPROVE, BOB.id)
    (approval,) = await rows(live.database, "SELECT approved_by, prepared_by, one_person FROM ach_approvals")
    assert tuple(approval.values()) == (BOB.id, [ADA.id], False)
    assert await _send(live) == 1


async def test_an_approval_of_other_bytes_lets_nothing_leave(live: LiveMoney, owner_database: Database) -> None:
    file = await _file(live, 5_000, requires_approval=True)
    with pytest.raises(FileChangedError, match="its hash differs"):
        await _approve(live, file["id"], BOB, sha256=bytes(32))
    await _approve(live, file["id"], BOB, sha256=file["sha256"])
    await execute(
        owner_database,
        "GRANT UPDATE ON ach_approvals TO CURRENT_USER",
        "UPDATE ach_approvals SET sha256 = sha256('x')",
    )
    assert await _send(live) == 0
    held = (await _row(live))["held_because"]
    assert held.startswith("it lacks an approval that it needs, or its approvals are of other bytes")
    assert list((live.folder / "to-bank").glob("*.ach")) == []


@pytest.mark.parametrize(("total", "wins"), [(5_000, 1), (20_000, 2)])
async def test_of_two_who_approve_at_once_as_many_count_as_the_file_needs(
    live: LiveMoney, total: int, wins: int
) -> None:
    file = await _file(live, total, requires_approval=True, second_approval_from_total=20_000)
    found = await _outcomes(_approve(live, file["id"], BOB), _approve(live, file["id"], CAROL))
    assert sum(isinstance(each, AchFile) for each in found) == wins
    assert {type(each) for each in found if isinstance(each, Exception)} <= {FileStateError}
    (count,) = await rows(live.database, "SELECT count(*) AS n FROM events WHERE type = 'brim.ach_file.approved'")
    assert ((await _row(live))["status"], count["n"]) == ("approved", 1)
    assert await _send(live) == 1


async def test_an_approval_that_races_the_kill_switch_sends_nothing_until_money_is_let_go(live: LiveMoney) -> None:
    file = await _file(live, 5_000, requires_approval=True)
    await _outcomes(_approve(live, file["id"], BOB), _stop(live))
    assert await _send(live) == 0
    assert (await _row(live))["status"] == "approved"
    await _resume(live)
    assert await _send(live) == 1


async def test_once_a_stop_is_told_nothing_leaves_not_even_what_a_worker_has_in_hand(
    live: LiveMoney, database_url: str
) -> None:
    """A worker that had looked for what to send before the stop sent it after it."""
    file = await _file(live, 5_000, requires_approval=True)
    await _approve(live, file["id"], BOB)
    async with live.database.transaction() as conn:
        assert await originators.may_send(conn, PLATFORM, ACH)  # another file is on its way
        stopping = asyncio.ensure_future(_stop(live))
        await until_somebody_waits(database_url)
        sending = asyncio.ensure_future(_send(live))  # no stop is written yet, as far as it can see
        while len(await rows(live.database, _WAITING)) < 2:  # noqa: ASYNC110  PostgreSQL announces no waiting session
            await asyncio.sleep(0.01)
        assert not stopping.done()
    await stopping
    assert await sending == 0
    assert (await _row(live))["status"] == "approved"


async def test_who_changes_the_profile_while_they_approve_is_refused(live: LiveMoney, database_url: str) -> None:
    file = await _file(live, 5_000, requires_approval=True)
    async with live.database.transaction() as conn:
        (originator,) = await originators.list_originators(conn, PLATFORM)
        change = originators.ProfileChange(originator.profile, originator_id=originator.id)
        await originators.save_originator(conn, live.vault, PLATFORM, change, by=BOB, now_ms=live.now_ms, ids=live.ids)
        approving = asyncio.ensure_future(_approve(live, file["id"], BOB))
        await until_somebody_waits(database_url)
    with pytest.raises(SecondPersonError, match="An operator other than the one"):
        await approving
