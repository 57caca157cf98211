"""Dishonored and contested returns, against a bank that shares no code with the service."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from brim.api.resources.ach.return_wire import return_json
from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.actor import Actor, ActorKind
from brim.base.json_codec import decode
from brim.base.scope import AccountScope
from brim.core import direct_debits, dishonors, originators, topups
from brim.core.accounts import live_money_of_account
from brim.core.direct_debits.disputing import read_standing
from brim.core.dishonors import AchReturn, ReturnStatus, Standing
from brim.core.reconciliation import settle_break
from brim.platform.database import Conn, Database
from tests.support.ach_samples import sample
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney, at
from tests.support.people import add
from tests.support.waiting import until_somebody_waits, while_held

CONTESTS = [f"R{code}" for code in range(71, 78)]
LATE, ASKED = "9901050000", "9906020000"
"""Accounts whose debit comes back too late (R01 after five banking days), and as if we had asked for it (R06)."""


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def returns(live: LiveMoney) -> list[AchReturn]:
    """Return all returns, in the order in which they came."""
    found = await rows(live.database, "SELECT id FROM ach_returns ORDER BY id")
    async with live.database.connection() as conn:
        by_id = await dishonors.store.fetch_returns(conn, PLATFORM, [row["id"] for row in found])
    return [by_id[row["id"]] for row in found]


async def of_topup(live: LiveMoney, topup: str) -> AchReturn:
    """Return the newest return of a top-up."""
    return [each for each in await returns(live) if each.topup == topup][-1]


async def dishonor(
    live: LiveMoney, found: AchReturn, code: str, information: str | None = None, *, by: Actor = OPERATOR
) -> AchReturn:
    async with live.database.transaction() as conn:
        return await direct_debits.dishonor_return(
            conn,
            PLATFORM,
            found.id,
            code=code,
            information=information,
            renderers=WIRE_FORMATS,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def script(live: LiveMoney, *rules: dict[str, Any]) -> None:
    path = live.folder / "rules.jsonl"
    path.write_text("\n".join(map(json.dumps, rules)))
    await live.bank("script", str(path))


async def breaks(live: LiveMoney) -> list[dict[str, Any]]:
    return await rows(live.database, "SELECT * FROM breaks ORDER BY id")


async def events(live: LiveMoney) -> list[str]:
    found = await rows(
        live.database, "SELECT type, object_id FROM events WHERE type LIKE 'brim.ach_return.%' ORDER BY id"
    )
    return [f"{row['type'].rpartition('.')[2]} {row['object_id']}" for row in found]


async def records_of(live: LiveMoney, file_id: str) -> list[str]:
    """Return the records of the batches of a file that have dishonored returns."""
    (file,) = await rows(live.database, "SELECT name FROM ach_files WHERE id = $1", file_id)
    async with live.database.transaction() as conn:
        found = await direct_debits.find_file(conn, PLATFORM, file_id)
        content = await direct_debits.service.read_bytes(conn, live.vault, found)
    assert file["name"] == found.name
    lines = content.decode().splitlines()
    told = [place for place, line in enumerate(lines) if line[:3] == "799"]
    return [lines[place + offset] for place in told for offset in (-1, 0)]


async def bank_balance(live: LiveMoney) -> int:
    return int(json.loads(await live.bank("show", "--json"))["balance"])


async def test_every_code_goes_to_the_bank_and_ends_where_it_belongs(live: LiveMoney) -> None:  # noqa: PLR0915  a life
    """Each dishonor code is accepted once, each contest code answers one, and the ledger follows the bank to a cent."""
    await live.open()
    numbers = {
        "R61": "000700000061",
        "R62": "9902020000",
        "R67": "000700000067",
        "R68": LATE,
        "R69": "000700000069",
        "R70": ASKED,
        **{code: f"99310200{code[1:]}" for code in CONTESTS},
    }
    await script(
        live,
        {"account": numbers["R61"], "action": "return", "code": "R03", "fault": "misrouted"},
        {"account": numbers["R67"], "action": "return", "code": "R03", "fault": "twice"},
        {"account": numbers["R69"], "action": "return", "code": "R03", "fault": "amount"},
    )
    topups = {}
    for place, (code, number) in enumerate(numbers.items()):
        topups[code] = await live.create(await live.bank_account(number), 1_000 + place)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    waiting = {each.topup: each for each in await returns(live)}  # of the one that came twice, the second
    misrouted = next(each for each in await returns(live) if each.topup is None)
    information = {"R62": "REVERSED 1201", "R69": "03"}
    for code in numbers:
        if code == "R68":
            continue
        found = misrouted if code == "R61" else waiting[topups[code]]
        asked = "R70" if code in CONTESTS else code
        told = await dishonor(live, found, asked, information.get(code))
        assert (told.status, told.dishonor_code) == (ReturnStatus.DISHONORED, asked)
    assert await events(live) == [f"dishonored {each.id}" for each in await returns(live) if each.dishonor_code]
    await live.until("2026-12-07 17:10")
    sent = {each.topup: each for each in await returns(live) if each.file}
    assert len(sent) == 12
    assert len({each.file for each in sent.values()}) == 1
    for each in sent.values():
        assert each.file is not None
        records = await records_of(live, each.file)
        (addenda,) = [line for line in records if line[:1] == "7" and line[79:94] == each.dishonor_trace]
        (entry,) = [line for line in records if line[:1] == "6" and line[79:94] == each.dishonor_trace]
        assert (entry[1:3], entry[3:12], int(entry[29:39]), entry[78]) == ("26", "110000000", each.amount, "1")
        assert addenda[3:21] == f"{each.dishonor_code}{each.original_trace}"
        assert (addenda[21:27], addenda[27:35], addenda[35:38]) == (" " * 6, "11000000", " " * 3)
        assert (addenda[38:53], addenda[53:56], addenda[56:58]) == (each.trace, f"{each.settled_on:%j}", each.code[1:])
        assert addenda[58:79].rstrip() == (each.information or "")
    (file,) = await rows(live.database, "SELECT * FROM ach_files WHERE id = $1", sent[None].file)
    assert (file["held_because"], file["entry_count"]) == (None, 12)
    assert file["total_debit"] == sum(each.amount for each in sent.values())
    await live.until("2026-12-09 12:00")
    by_topup = {each.topup: each for each in await returns(live) if each.dishonor_code}
    assert {each.status for each in by_topup.values()} == {ReturnStatus.MONEY_BACK}
    assert {each.booked_on for each in by_topup.values()} == {date(2026, 12, 8)}
    available = (await live.ledger())["balance:available"]
    await live.until("2026-12-10 12:00")  # contested, and the late return has come
    contested = {each.topup: each for each in await returns(live) if each.contest_code}
    assert {each.contest_code for each in contested.values()} == set(CONTESTS)
    for code in CONTESTS:
        found = contested[topups[code]]
        assert (found.status, found.contest_code, bool(found.taken_by)) == (ReturnStatus.CONTESTED, code, True)
        wire = decode(return_json(found))
        assert (wire["status"], wire["contest"]["code"], wire["dishonor"]["code"]) == ("contested", code, "R70")
    late = await of_topup(live, topups["R68"])
    assert (late.code, late.settled_on, (await live.topup(topups["R68"]))["status"]) == (
        "R01",
        date(2026, 12, 9),
        "reversed",
    )
    await dishonor(live, late, "R68")
    assert (await live.ledger())["balance:available"] - available == 1_003  # nothing of a dishonor is usable yet
    await live.until("2026-12-10 17:10")
    await live.until("2026-12-13 12:00")
    assert (await live.ledger())["balance:available"] == 0
    await live.until("2026-12-14 09:30")  # four banking days after the money was back
    accepted = {each.topup: each for each in await returns(live) if each.status is ReturnStatus.ACCEPTED}
    assert set(accepted) == {None, topups["R62"], topups["R67"], topups["R69"], topups["R70"]}
    assert (await live.ledger())["balance:available"] == -(1_001 + 1_005)  # those that were applied
    await live.until("2026-12-17 09:30")
    for code in ("R62", "R68", "R70"):
        topup = await live.topup(topups[code])
        assert topup["status"] == ("reversed" if code == "R68" else "failed")
        (line,) = await rows(
            live.database,
            "SELECT * FROM balance_transactions WHERE source = $1 AND type = 'topup_dishonored_return'",
            topups[code],
        )
        assert (line["amount"], line["net"], line["fee"]) == (topup["amount"], topup["amount"], 0)
        failures = await rows(
            live.database,
            "SELECT type FROM events WHERE object_id = $1 AND type IN ('topup.failed', 'topup.reversed')",
            topups[code],
        )
        assert len(failures) == 1  # a dishonor is never a new failure
    assert (await live.topup(topups["R69"]))["status"] == "succeeded"  # its wrong return counts no more
    assert (await live.topup(topups["R67"]))["status"] == "failed"
    ledger = await live.ledger()
    assert ledger["funding:clearing"] == 0
    # Nothing was posted of what named no debit, another amount, or came twice; the bank has booked that back.
    assert ledger["bank:operating"] == await bank_balance(live)
    assert -ledger["balance:available"] == 1_000 + 1_001 + 1_003 + 1_004 + 1_005  # all but what came twice
    unposted = [each["detail"] for each in await breaks(live) if each["kind"] == "unsettled_dishonor"]
    assert sorted(topup for detail in unposted for topup in topups.values() if topup in detail) == sorted(
        [topups["R67"], topups["R69"]]
    )
    announced = await events(live)
    assert len([each for each in announced if each.startswith("contested")]) == 7
    assert len([each for each in announced if each.startswith("dishonor_accepted")]) == 6
    available_events = await rows(live.database, "SELECT id FROM events WHERE type = 'balance.available'")
    assert len(available_events) >= 3
    await assert_books_hold(live.database)
    sealed = await rows(live.database, "SELECT id FROM ach_returns WHERE sealed IS NOT NULL AND id = $1", misrouted.id)
    assert sealed == []  # what it came with is forgotten


async def test_a_dishonors_money_that_came_before_the_line_of_its_return_is_posted_once_that_comes(
    live: LiveMoney,
) -> None:
    """A month by chance found it: the return could not be applied, and its statement was late."""
    await live.open()
    await script(live, {"account": "000700000069", "action": "return", "code": "R03", "fault": "account"})
    topup = await live.create(await live.bank_account("000700000069"))
    await live.until("2026-12-01 17:10")
    (entry,) = await rows(live.database, "SELECT trace FROM ach_entries")
    await live.until("2026-12-04 18:00")
    found = await of_topup(live, topup)
    assert not found.is_applied
    await dishonor(live, found, "R69", "01")
    live.now_ms = at("2026-12-05 12:00")
    await live.advance_bank()
    (late,) = [
        path
        for path in (live.folder / "from-bank").glob("statement_*")
        if entry["trace"] in path.read_text(encoding="ascii")
    ]
    withheld = late.rename(live.folder / late.name)
    await live.until("2026-12-07 17:10")
    await live.until("2026-12-09 12:00")
    found = await of_topup(live, topup)
    cause = f"{found.id}/unposted/{found.booked_by}"
    (listed,) = [each for each in await breaks(live) if each["kind"] == "unsettled_dishonor"]
    assert (listed["cause"], listed["resolved_ms"]) == (cause, None)
    withheld.rename(late)
    await live.work()
    (listed,) = [each for each in await breaks(live) if each["kind"] == "unsettled_dishonor"]
    assert "both are posted" in listed["resolution"]
    ledger = await live.ledger()
    assert ledger["bank:operating"] == await bank_balance(live)
    await assert_books_hold(live.database)


async def returned(live: LiveMoney, number: str = ASKED, until: str = "2026-12-04 18:00") -> tuple[str, AchReturn]:
    """Let a debit come back; return its top-up and the return."""
    topup = await live.create(await live.bank_account(number))
    await live.until("2026-12-01 17:10")
    await live.until(until)
    return topup, await of_topup(live, topup)


async def test_a_code_that_does_not_fit_or_comes_too_late_changes_nothing(live: LiveMoney) -> None:
    await live.open()
    topup, found = await returned(live, "9901020000")
    for code, words in (("R68", "in time until 2026-12-04"), ("R67", "no earlier return"), ("R70", "this one is R01")):
        with pytest.raises(dishonors.UnfitDishonorError, match=words):
            await dishonor(live, found, code)
    live.now_ms = found.dishonorable_until_ms
    assert at("2026-12-11 17:00") == live.now_ms
    with pytest.raises(dishonors.TooLateToDishonorError, match="for five banking days"):
        await dishonor(live, found, "R69", "03")
    live.now_ms -= 1
    told = await dishonor(live, found, "R69", "03")
    assert told.leaves_ms == found.dishonorable_until_ms
    with pytest.raises(dishonors.NotDishonorableError, match="is dishonored"):
        await dishonor(live, found, "R69", "03")
    (line,) = await rows(live.database, "SELECT * FROM audit_log WHERE action = 'ach_return.dishonored'")
    assert (line["object"], json.loads(line["after"])["dishonor_code"]) == (found.id, "R69")
    assert (await live.topup(topup))["status"] == "failed"


async def test_what_is_presented_again_is_not_dishonored_and_what_is_dishonored_not_presented_again(
    live: LiveMoney,
) -> None:
    await live.open(retry_schedule=("+1",))
    waiting = await live.create(await live.bank_account("9510100000"), 1_000)
    failed = [await live.create(await live.bank_account("9903020000"), 2_000 + n) for n in range(2)]
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    assert [(await live.topup(topup))["status"] for topup in (waiting, *failed)] == ["pending", "failed", "failed"]
    returned = await of_topup(live, waiting)
    assert returned.is_applied
    with pytest.raises(dishonors.UnfitDishonorError, match="is re-presented"):
        await dishonor(live, returned, "R69", "03")
    assert await live.cancel(waiting)
    await dishonor(live, returned, "R69", "03")
    await dishonor(live, await of_topup(live, failed[0]), "R69", "03")
    other = await live.bank_account("000123456789")
    with pytest.raises(topups.RetryRefusedError, match="was dishonored"):
        await live.create(other, 2_000, retry_of=failed[0])
    retry = await live.create(other, 2_001, retry_of=failed[1])
    with pytest.raises(dishonors.UnfitDishonorError, match="is re-presented"):
        await dishonor(live, await of_topup(live, failed[1]), "R69", "03")
    assert await live.cancel(retry)
    assert (await dishonor(live, await of_topup(live, failed[1]), "R69", "03")).status is ReturnStatus.DISHONORED
    await assert_books_hold(live.database)


async def test_a_retry_that_failed_before_it_was_sent_does_not_keep_a_return_from_being_dishonored(
    live: LiveMoney,
) -> None:
    await live.open()
    topup, found = await returned(live, "9903020000")
    retry = await live.create(await live.bank_account("000123456789"), retry_of=topup)
    await live.claim()
    await rows(
        live.database,
        "UPDATE topups SET status = 'failed', failure_code = 'could_not_process', due_ms = NULL WHERE id = $1",
        retry,
    )
    assert (await dishonor(live, found, "R69", "03")).status is ReturnStatus.DISHONORED


async def test_of_a_retry_and_a_dishonor_at_once_one_is_refused(
    live: LiveMoney, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever has looked before the other one has committed looks again, and has to wait for it."""
    await live.open()
    failed = [await live.create(await live.bank_account("9903020000"), 2_000 + n) for n in range(2)]
    other = await live.bank_account("000123456789")
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    found = [await of_topup(live, topup) for topup in failed]
    at_it, go_on = asyncio.Event(), asyncio.Event()

    async def wait(*_: object) -> None:
        at_it.set()
        await go_on.wait()

    async def read_and_wait(conn: Conn, returned: AchReturn) -> Standing:
        standing = await read_standing(conn, returned)
        await wait()
        return standing

    # The dishonor has not committed when the retry looks for one.
    with monkeypatch.context() as patched:
        patched.setattr("brim.core.direct_debits.disputing.read_standing", read_and_wait)
        first = asyncio.create_task(dishonor(live, found[0], "R69", "03"))
        await at_it.wait()
        retry = asyncio.create_task(live.create(other, 2_000, retry_of=failed[0]))
        await until_somebody_waits(database_url)
        go_on.set()
        assert (await first).status is ReturnStatus.DISHONORED
    with pytest.raises(topups.RetryRefusedError, match="was dishonored"):
        await retry
    # The retry has not committed when the dishonor looks for one.
    at_it.clear()
    go_on.clear()
    with monkeypatch.context() as patched:
        patched.setattr("brim.core.topups.batches._check_twins", wait)
        retry = asyncio.create_task(live.create(other, 2_001, retry_of=failed[1]))
        await at_it.wait()
        second = asyncio.create_task(dishonor(live, found[1], "R69", "03"))
        await until_somebody_waits(database_url)
        go_on.set()
        assert (await live.topup(await retry))["status"] == "pending"
    with pytest.raises(dishonors.UnfitDishonorError, match="is re-presented"):
        await second
    await assert_books_hold(live.database)


async def test_of_two_people_at_once_one_dishonors(live: LiveMoney) -> None:
    await live.open()
    _, found = await returned(live)
    other = Actor(kind=ActorKind.OPERATOR, id="op_2", name="other@example.com")
    results = await asyncio.gather(
        dishonor(live, found, "R70"), dishonor(live, found, "R69", "03", by=other), return_exceptions=True
    )
    refused = [each for each in results if isinstance(each, dishonors.NotDishonorableError)]
    assert len(refused) == 1
    (kept,) = await returns(live)
    assert [kept.dishonor_code] == [each.dishonor_code for each in results if isinstance(each, AchReturn)]


async def test_who_dishonored_does_not_approve_its_file(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    topup = await live.create(await live.bank_account(ASKED))
    await live.until("2026-12-01 17:10")
    await approve(live)
    await live.until("2026-12-07 16:30")
    await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-07 17:10")
    await rows(live.database, "UPDATE originators SET changed_by = 'op_3'")
    with pytest.raises(originators.SecondPersonError, match="You dishonored a return"):
        await approve(live, approvers=2)
    for name in ("first", "second"):
        await add(live.database, f"{name}@example.com")
    with pytest.raises(asyncpg.CheckViolationError, match="has prepared achf_"):
        async with live.database.connection() as conn:
            await conn.execute(
                "UPDATE ach_files SET status = 'approved', approved_by = $1, approved_ms = 1 WHERE status = 'built'",
                OPERATOR.id,
            )
    await approve(live, approvers=2, by=Actor(kind=ActorKind.OPERATOR, id="op_2", name="other@example.com"))
    (approval,) = await rows(live.database, "SELECT prepared_by FROM ach_approvals WHERE approved_by = 'op_2'")
    assert set(approval["prepared_by"]) == {OPERATOR.id, "op_3"}
    await live.until("2026-12-09 12:00")
    assert (await of_topup(live, topup)).status is ReturnStatus.MONEY_BACK


async def test_who_resubmitted_a_dishonor_does_not_approve_its_file(live: LiveMoney) -> None:
    """What the bank has rejected goes out again because they say so; also after that file is voided."""
    await live.open(requires_approval=True)
    topup = await live.create(await live.bank_account(ASKED))
    await live.until("2026-12-01 17:10")
    await approve(live)
    await live.until("2026-12-07 16:30")
    await script(live, {"file": "*", "action": "reject", "reason": "by script"})
    await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-07 17:10")
    await rows(live.database, "UPDATE originators SET changed_by = 'op_3'")
    for name in ("first", "second"):
        await add(live.database, f"{name}@example.com")
    other, third = (Actor(kind=ActorKind.OPERATOR, id=name, name=f"{name}@example.com") for name in ("op_2", "op_4"))
    await approve(live, approvers=2, by=other)
    await live.until("2026-12-08 10:00")
    async with live.database.transaction() as conn:
        rejected = (await of_topup(live, topup)).file or ""
        await direct_debits.resubmit_file(conn, PLATFORM, rejected, by=third, now_ms=live.now_ms, ids=live.ids)
    await live.until("2026-12-08 17:10")
    async with live.database.transaction() as conn:
        again = (await of_topup(live, topup)).file or ""
        await direct_debits.void_file(conn, PLATFORM, again, by=other, now_ms=live.now_ms, ids=live.ids)
    await live.work()
    with pytest.raises(originators.SecondPersonError, match="You resubmitted entries in this file"):
        await approve(live, approvers=2, by=third)
    with pytest.raises(asyncpg.CheckViolationError, match="op_4 has resubmitted what is in achf_"):
        await rows(
            live.database,
            "UPDATE ach_files SET status = 'approved', approved_by = 'op_4', approved_ms = 1 WHERE status = 'built'",
        )
    await approve(live, approvers=2, by=other)


async def test_the_amount_of_a_dishonor_counts_for_the_cap_and_the_limits_of_a_file(live: LiveMoney) -> None:
    await live.open(file_cap=3_000, entry_cap=3_000, approval_from_entry=2_500)
    topups = [await live.create(await live.bank_account(ASKED), amount) for amount in (2_000, 2_500)]
    await live.until("2026-12-01 17:10")
    await approve(live)
    await live.until("2026-12-07 16:30")
    for topup in topups:
        await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-07 17:10")
    await live.work()
    told = [await of_topup(live, topup) for topup in topups]
    found = await rows(live.database, "SELECT id, total_debit, status FROM ach_files ORDER BY id")
    files = {row["id"]: (row["total_debit"], row["status"]) for row in found}
    assert [files[each.file or ""] for each in told] == [(2_000, "acknowledged"), (2_500, "built")]


async def approve(live: LiveMoney, *, by: Actor = OPERATOR, approvers: int = 1) -> None:
    (file,) = await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'")
    async with live.database.transaction() as conn:
        await direct_debits.approve_file(
            conn,
            PLATFORM,
            file["id"],
            sha256=None,
            approvers=approvers,
            renderers=WIRE_FORMATS,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    await live.work()


@pytest.mark.parametrize("is_version_before", [False, True])
async def test_a_voided_file_lets_its_dishonor_leave_with_the_next_one(
    live: LiveMoney, monkeypatch: pytest.MonkeyPatch, is_version_before: bool
) -> None:
    """Also where a version gives it up that knows no dishonors."""
    await live.open(requires_approval=True)
    topup = await live.create(await live.bank_account(ASKED))
    await live.until("2026-12-01 17:10")
    await approve(live)
    await live.until("2026-12-07 16:30")
    await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-07 17:10")
    first = await of_topup(live, topup)
    assert first.file is not None
    with monkeypatch.context() as patched:
        if is_version_before:
            patched.setattr("brim.core.direct_debits.service.dishonors.requeue_dishonors", AsyncMock())
        async with live.database.transaction() as conn:
            await direct_debits.void_file(conn, PLATFORM, first.file, by=OPERATOR, now_ms=live.now_ms, ids=live.ids)
    assert (await of_topup(live, topup)).dishonor_trace is None
    await live.work()
    second = await of_topup(live, topup)
    assert second.file not in {None, first.file}
    assert second.dishonor_trace not in {None, first.dishonor_trace}


@pytest.mark.parametrize("same_day", [(), ("10:30",)])
async def test_a_dishonor_that_no_file_takes_in_time_is_given_up(live: LiveMoney, same_day: tuple[str, ...]) -> None:
    await live.open(requires_approval=True, cutoffs=("10:30", "17:00"), same_day_cutoffs=same_day)
    topup = await live.create(await live.bank_account(ASKED))
    await live.until("2026-12-01 17:10")
    await approve(live)
    await live.until("2026-12-11 16:30")
    await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-11 17:10")
    file_id = (await of_topup(live, topup)).file
    assert file_id is not None
    async with live.database.transaction() as conn:
        review = await direct_debits.review_file(conn, await direct_debits.find_file(conn, PLATFORM, file_id))
    assert review.send_before_ms == at("2026-12-11 17:30")
    live.now_ms = at("2026-12-11 17:31")  # nobody has approved it
    await live.work()
    missed = await of_topup(live, topup)
    assert (missed.status, missed.file) == (ReturnStatus.MISSED, None)
    (listed,) = await breaks(live)
    assert (listed["kind"], listed["reference"]) == ("unsettled_dishonor", missed.id)


async def test_a_file_that_the_bank_rejects_is_resubmitted_with_its_dishonor(
    live: LiveMoney, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.open()
    topup, found = await returned(live)
    await script(live, {"file": "*", "action": "reject", "reason": "by script"})
    await dishonor(live, found, "R70")
    await live.until("2026-12-07 17:10")
    first = await of_topup(live, topup)
    assert first.file is not None
    requeue = AsyncMock()
    with monkeypatch.context() as patched:
        patched.setattr("brim.core.direct_debits.service.corrections.requeue_refusals", requeue)
        async with live.database.transaction() as conn:
            count = await direct_debits.resubmit_file(
                conn, PLATFORM, first.file, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
            )
    assert count == 1
    requeue.assert_not_awaited()  # refusals have batches of their own
    await live.until("2026-12-10 12:00")
    second = await of_topup(live, topup)
    assert (second.status, second.file != first.file) == (ReturnStatus.MONEY_BACK, True)


async def test_after_a_restore_a_dishonor_that_has_left_does_not_leave_again(live: LiveMoney) -> None:
    await live.open()
    topup, found = await returned(live)
    await dishonor(live, found, "R70")
    before = await rows(live.database, "SELECT * FROM ach_returns")
    await live.until("2026-12-07 17:10")
    sent = await of_topup(live, topup)
    assert sent.file is not None
    # As an older database has it: neither the file nor the dishonor was there.
    async with live.database.transaction() as conn:
        await conn.execute("DELETE FROM ach_files WHERE id = $1", sent.file)
        await conn.execute("DELETE FROM ach_batches WHERE file = $1", sent.file)
        await dishonors.update_return(
            conn,
            msgspec.structs.replace(
                sent,
                status=ReturnStatus.RETURNED,
                dishonor_code=None,
                information=None,
                dishonored_ms=None,
                dishonored_by=None,
                leaves_ms=None,
                file=None,
                batch=None,
                dishonor_trace=None,
            ),
        )
    assert len(before) == 1
    async with live.database.transaction() as conn:
        compared = await direct_debits.compare_sent(
            conn, live.vault, WIRE_FORMATS, PLATFORM, found.originator, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    assert (compared.files, compared.entries, compared.breaks) == (1, 1, 0)
    learned = await of_topup(live, topup)
    assert (learned.status, learned.file, learned.dishonor_trace, learned.dishonor_code) == (
        ReturnStatus.DISHONORED,
        sent.file,
        sent.dishonor_trace,
        "R70",
    )
    await live.until("2026-12-09 12:00")
    assert (await of_topup(live, topup)).status is ReturnStatus.MONEY_BACK
    assert len(await rows(live.database, "SELECT id FROM ach_files WHERE sent_ms IS NOT NULL")) == 2


async def test_what_comes_twice_counts_once_and_a_contest_after_the_end_is_a_break(live: LiveMoney) -> None:
    await live.open()
    topup, found = await returned(live, "9906020073")
    await dishonor(live, found, "R70")
    await script(live, {"date": "2026-12-08", "action": "duplicate_statement"})
    await live.until("2026-12-07 17:10")
    await live.until("2026-12-10 12:00")
    contested = await of_topup(live, topup)
    assert contested.status is ReturnStatus.CONTESTED
    content = (live.folder / "from-bank" / "contests_20261209.ach").read_text()
    (live.folder / "from-bank" / "again.ach").write_text(content.replace("REHEARSAL BANK", "REHEARSAL BAND"))
    await live.until("2026-12-11 12:00")
    assert await breaks(live) == []
    assert (await of_topup(live, topup)) == contested
    ledger = await live.ledger()
    assert (ledger.get("balance:available", 0), ledger["funding:clearing"], ledger["bank:operating"]) == (0, 0, 0)
    async with live.database.transaction() as conn:  # as if nobody had contested it in time
        await conn.execute("UPDATE ach_returns SET status = 'accepted', contest_code = NULL, taken_by = NULL")
    (live.folder / "from-bank" / "late.ach").write_text(content.replace("REHEARSAL BANK", "REHEARSAL BANC"))
    await live.until("2026-12-12 12:00")
    (listed,) = await breaks(live)
    assert (listed["kind"], listed["reference"]) == ("unmatched_return", contested.dishonor_trace)
    assert "the time to contest" in listed["detail"]
    await assert_books_hold(live.database)


async def test_money_that_is_taken_again_before_the_bank_says_why_is_not_the_customers(live: LiveMoney) -> None:
    await live.open()
    topup, found = await returned(live, "9906020075")
    await dishonor(live, found, "R70")
    await live.until("2026-12-07 17:10")
    await live.until("2026-12-09 15:00")
    assert (await of_topup(live, topup)).status is ReturnStatus.MONEY_BACK
    live.now_ms = at("2026-12-09 16:30")
    await live.advance_bank()
    (live.folder / "from-bank" / "contests_20261209.ach").unlink()
    await live.until("2026-12-20 12:00")
    kept = await of_topup(live, topup)
    assert (kept.status, bool(kept.taken_by)) == (ReturnStatus.MONEY_BACK, True)
    async with live.database.connection() as conn:  # so that its account is not deleted
        assert (await live_money_of_account(conn, PLATFORM.account)) == (False, False, True, False, False)
    (listed,) = await breaks(live)
    assert listed["cause"] == f"{kept.id}/unanswered/taken"
    await resolve(live, listed["id"])
    assert (await of_topup(live, topup)).status is ReturnStatus.MISSED
    async with live.database.connection() as conn:
        assert (await live_money_of_account(conn, PLATFORM.account)) == (False, False, False, False, False)
    assert (await live.ledger()).get("balance:available", 0) == 0
    await assert_books_hold(live.database)


async def resolve(live: LiveMoney, break_id: str) -> None:
    async with live.database.transaction() as conn:
        await settle_break(
            conn, PLATFORM, break_id, resolution="Asked the bank.", by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    await live.work()


async def test_a_dishonor_that_the_bank_never_books_is_listed_once_and_ends_when_that_is_resolved(
    live: LiveMoney,
) -> None:
    await live.open()
    topup, found = await returned(live)
    await dishonor(live, found, "R70")
    live.now_ms = at("2026-12-07 17:10")
    await live.work()
    sent = await of_topup(live, topup)
    (file,) = await rows(live.database, "SELECT effective_date FROM ach_files WHERE id = $1", sent.file)
    assert file["effective_date"] == date(2026, 12, 8)
    live.now_ms = at("2026-12-17 23:59")
    await live.work()
    assert [each for each in await breaks(live) if each["kind"] == "unsettled_dishonor"] == []
    live.now_ms = at("2026-12-18 00:00")
    await live.work()
    await live.work()
    (listed,) = [each for each in await breaks(live) if each["kind"] == "unsettled_dishonor"]
    assert (listed["reference"], listed["cause"]) == (sent.id, f"{sent.id}/unanswered")
    assert (await of_topup(live, topup)).status is ReturnStatus.DISHONORED
    await resolve(live, listed["id"])
    ended = await of_topup(live, topup)
    assert (ended.status, ended.ended_ms) == (ReturnStatus.MISSED, live.now_ms)
    await live.advance_bank()  # which books it after all
    await live.work()
    late = [each["detail"] for each in await breaks(live) if each["kind"] == "line_amount"]
    assert [f"{sent.id}, which is missed" in each for each in late] == [True]
    assert (await live.ledger()).get("balance:available", 0) == 0
    await assert_books_hold(live.database)


async def test_a_dishonor_is_given_up_while_no_originator_is_active(live: LiveMoney) -> None:
    await live.open()
    topup, found = await returned(live)
    await dishonor(live, found, "R70")
    await rows(live.database, "UPDATE originators SET status = 'suspended'")
    await live.until("2026-12-12 12:00")
    assert (await of_topup(live, topup)).status is ReturnStatus.MISSED
    (listed,) = await breaks(live)
    assert listed["cause"] == f"{found.id}/missed"


async def test_a_contest_may_come_before_the_statement_that_books_the_money(live: LiveMoney) -> None:
    await live.open()
    topup, found = await returned(live, "9906020071")
    await dishonor(live, found, "R70")
    await live.until("2026-12-07 17:10")
    await script(live, {"date": "2026-12-08", "action": "lose_statement"})
    await live.until("2026-12-10 12:00")
    early = await of_topup(live, topup)
    assert (early.status, early.booked_by, bool(early.taken_by)) == (ReturnStatus.CONTESTED, None, True)
    assert (await live.ledger())["bank:operating"] == -5_000
    line = f"257,5000,0,X4,{early.dishonor_trace},ACH DISHONORED RETURN"
    await live.give_statement(date(2026, 12, 8), line, 5_000)
    await live.until("2026-12-20 12:00")
    late = await of_topup(live, topup)
    assert (late.status, bool(late.booked_by)) == (ReturnStatus.CONTESTED, True)
    ledger = await live.ledger()
    assert (ledger["bank:operating"], ledger["funding:clearing"], ledger.get("balance:available", 0)) == (0, 0, 0)
    (gap,) = await breaks(live)
    assert (gap["kind"], gap["resolved_by"]) == ("statement_gap", "statements")
    await assert_books_hold(live.database)


async def test_nothing_is_final_before_all_that_the_bank_has_sent_is_read(live: LiveMoney) -> None:
    await live.open()
    topup, found = await returned(live)
    await dishonor(live, found, "R70")
    await live.until("2026-12-07 17:10")
    await live.until("2026-12-13 12:00")
    folder = live.folder / "from-bank"
    folder.rename(live.folder / "away")
    live.now_ms = at("2026-12-14 10:00")
    for _ in range(2):
        await direct_debits.end_contests(live.database, WIRE_FORMATS, clock=lambda: live.now_ms, ids=live.ids)
    assert (await of_topup(live, topup)).status is ReturnStatus.MONEY_BACK
    (live.folder / "away").rename(folder)
    await live.read_bank()
    ended = await asyncio.gather(
        *(
            direct_debits.end_contests(live.database, WIRE_FORMATS, clock=lambda: live.now_ms, ids=live.ids)
            for _ in range(3)
        )
    )
    assert sum(ended) == 1  # of several workers, one gives the money
    assert (await live.ledger())["balance:available"] == -5_000


async def test_a_dishonor_that_cannot_be_ended_is_listed_and_holds_up_no_other(
    live: LiveMoney, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.open()
    made = [await live.create(await live.bank_account(ASKED), 1_000 + n) for n in range(2)]
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    for topup in made:
        await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-07 17:10")
    credit = topups.post_balance_step

    async def fail_one(conn: Conn, scope: AccountScope, topup: str, step: topups.BankStep, **options: Any) -> bool:
        if topup == made[0]:
            raise RuntimeError("broken")
        return await credit(conn, scope, topup, step, **options)

    with monkeypatch.context() as patched:
        patched.setattr("brim.core.direct_debits.disputing.post_balance_step", fail_one)
        await live.until("2026-12-14 10:00")
    stuck, ended = [await of_topup(live, topup) for topup in made]
    assert (stuck.status, ended.status) == (ReturnStatus.MONEY_BACK, ReturnStatus.ACCEPTED)
    (listed,) = await breaks(live)
    assert (listed["kind"], listed["reference"]) == ("failed_work", stuck.id)
    await live.work()
    assert (await of_topup(live, made[0])).status is ReturnStatus.ACCEPTED
    await assert_books_hold(live.database)


async def test_in_the_time_of_a_test_clock_all_of_it_happens_as_the_clock_passes(
    database: Database, owner_database: Database, tmp_path: Path
) -> None:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    live = LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)
    await live.open()
    await live.freeze("2026-12-01 10:00")
    topup = await live.create(await live.bank_account(ASKED))
    await live.advance("2026-12-01 17:01")
    await live.advance("2026-12-04 18:00")
    await dishonor(live, await of_topup(live, topup), "R70")
    await live.work()
    assert (await of_topup(live, topup)).file is None  # it leaves at the cut-off of the clock
    await live.advance("2026-12-07 17:01")
    await live.advance("2026-12-08 23:30")
    kept = await of_topup(live, topup)
    assert (kept.status, kept.booked_on) == (ReturnStatus.MONEY_BACK, date(2026, 12, 8))
    await live.advance("2026-12-14 08:59")
    assert (await live.ledger()).get("balance:available", 0) == 0
    await live.advance("2026-12-14 09:01")
    assert (await live.ledger())["balance:available"] == -5_000


async def test_a_batch_of_dishonors_may_be_booked_by_one_line(live: LiveMoney) -> None:
    """Banks book a batch of dishonored returns as they book one of debits: by the company and the batch's number."""
    await live.open()
    first = await live.create(await live.bank_account(ASKED), 4_000)
    second = await live.create(await live.bank_account("9931020000"), 3_000)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    for topup in (first, second):
        await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-07 17:10")
    sent = await of_topup(live, first)
    text = f"165,7000,0,X1,1234567890-{sent.batch:07},ACH COLLECTION"
    await live.give_statement(date(2026, 12, 8), text, 7_000)
    await live.work()
    assert {each.status for each in await returns(live)} == {ReturnStatus.MONEY_BACK}
    (file,) = await rows(live.database, "SELECT status FROM ach_files WHERE id = $1", sent.file)
    assert file["status"] == "settled"
    await assert_books_hold(live.database)


async def test_a_bank_may_book_each_dishonor_by_its_trace(live: LiveMoney) -> None:
    """Their batch, and the file, are settled by the line that books the last of them."""
    await live.open()
    made = [await live.create(await live.bank_account(number), 4_000) for number in (ASKED, "9931020000")]
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    for topup in made:
        await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-07 17:10")
    sent = [await of_topup(live, topup) for topup in made]

    async def standing() -> tuple[str, str | None, str]:
        (found,) = await rows(
            live.database,
            "SELECT b.status AS batch, b.settled_by, f.status AS file FROM ach_batches AS b"
            " JOIN ach_files AS f ON f.id = b.file WHERE b.file = $1 AND b.number = $2",
            sent[0].file,
            sent[0].batch,
        )
        return found["batch"], found["settled_by"], found["file"]

    before = await standing()
    for place, each in enumerate(sent):
        assert await standing() == before
        assert (before[1], before[2]) == (None, "acknowledged")
        text = f"165,4000,0,X{place},{each.dishonor_trace},ACH COLLECTION"
        await live.give_statement(date(2026, 12, 8 + place), text, 4_000, opening=4_000 * place)
        await live.work()
        assert (await of_topup(live, made[place])).status is ReturnStatus.MONEY_BACK
    (last,) = await rows(live.database, "SELECT line_key FROM statement_lines WHERE matched = $1", sent[1].id)
    assert await standing() == ("settled", f"operating/{last['line_key']}", "settled")
    assert await breaks(live) == []
    await assert_books_hold(live.database)


async def test_a_line_waits_for_a_file_before_it_holds_a_dishonor_in_it(live: LiveMoney, database_url: str) -> None:
    """Whoever holds the file, to send it or to send it again, may go on to its dishonors."""
    await live.open()
    topup = await live.create(await live.bank_account(ASKED), 4_000)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    await dishonor(live, await of_topup(live, topup), "R70")
    await live.until("2026-12-07 17:10")
    sent = await of_topup(live, topup)
    await live.give_statement(date(2026, 12, 8), f"165,4000,0,X1,{sent.dishonor_trace},ACH COLLECTION", 4_000)
    held = f"SELECT FROM ach_files WHERE id = '{sent.file}' FOR UPDATE"
    await while_held(live.database, database_url, held, live.work, "SELECT FROM ach_returns FOR UPDATE NOWAIT")
    assert (await of_topup(live, topup)).status is ReturnStatus.MONEY_BACK


async def test_a_return_above_its_debit_is_split_into_the_top_up_and_a_fee(live: LiveMoney) -> None:
    """A debit that was booked with its batch comes back with the bank's fee in one line; the top-up loses its own."""
    await live.open()
    topup = await live.create(await live.bank_account("9901020000"))
    await script(live, {"date": "2026-12-04", "action": "lose_statement"})
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    found = await of_topup(live, topup)
    await live.give_statement(
        date(2026, 12, 4), f"557,5250,0,X2,{found.original_trace},ACH RETURN R01", -5_250, opening=5_000
    )
    await live.until("2026-12-05 12:00")
    assert await live.ledger() == {"bank:operating": -250, "funding:clearing": 0, "fees": 250}
    assert await breaks(live) == []
    (entry,) = await rows(live.database, "SELECT line_count FROM journal_entries WHERE step = 'bank_return'")
    assert entry["line_count"] == 2
    await assert_books_hold(live.database)


async def test_more_than_a_fee_above_a_return_is_looked_at(live: LiveMoney) -> None:
    await live.open()
    topup = await live.create(await live.bank_account("9901020000"))
    await script(live, {"date": "2026-12-04", "action": "lose_statement"})
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    found = await of_topup(live, topup)
    line = f"557,10001,0,X3,{found.original_trace},ACH RETURN R01"
    await live.give_statement(date(2026, 12, 4), line, -10_001, opening=5_000)
    await live.until("2026-12-05 12:00")
    (listed,) = await breaks(live)
    assert listed["kind"] == "line_amount"


@pytest.mark.parametrize("is_dishonored_first", [False, True])
async def test_a_return_that_is_applied_when_it_comes_again_counts_as_applied(
    live: LiveMoney, is_dishonored_first: bool
) -> None:
    """The bank names a wrong amount first, and then the same return with the right one."""
    await live.open()
    topup = await live.create(await live.bank_account(ASKED))
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-03 12:00")
    live.now_ms = at("2026-12-04 18:00")
    await live.advance_bank()
    (path,) = (live.folder / "from-bank").glob("returns*.ach")
    content = path.read_text()
    path.write_text(content.replace("0000005000", "0000004000"))
    await live.until("2026-12-07 12:00")
    before = await of_topup(live, topup)
    assert (before.is_applied, before.amount, len(await breaks(live))) == (False, 4_000, 1)
    if is_dishonored_first:
        await dishonor(live, before, "R70")
    path.with_name("again.ach").write_text(content)
    await live.work()
    assert (await live.topup(topup))["status"] == "failed"
    after = await of_topup(live, topup)
    assert after.id == before.id
    if is_dishonored_first:
        assert not after.is_applied
        assert [(each["kind"], each["reference"]) for each in (await breaks(live))[1:]] == [
            ("unsettled_dishonor", after.id)
        ]
        return
    assert (after.is_applied, after.amount, after.break_id, after.number) == (True, 5_000, None, 1)
    (listed,) = await breaks(live)
    assert listed["resolution"] == "The bank has sent the return again, and it was applied."
    await dishonor(live, after, "R70")
    await live.until("2026-12-07 17:10")
    await live.until("2026-12-15 12:00")
    assert (await of_topup(live, topup)).status is ReturnStatus.ACCEPTED
    ledger = await live.ledger()
    assert (ledger["balance:available"], ledger["funding:clearing"]) == (-5_000, 0)
    assert ledger["bank:operating"] == await bank_balance(live)
    await assert_books_hold(live.database)


async def test_a_received_dishonor_concerns_no_customer(live: LiveMoney) -> None:
    """The originator's bank dishonors; one that comes in is about a return that somebody else has sent."""
    await live.open()
    (live.folder / "from-bank" / "ach08.ach").write_bytes(sample("ach08"))
    await live.until("2026-12-01 12:00")
    found = await breaks(live)
    assert [each["kind"] for each in found] == ["unreadable_item", "unreadable_item"]
    assert all("dishonored return of somebody else's" in each["detail"] for each in found)
    assert await returns(live) == []
    assert await rows(live.database, "SELECT id FROM events WHERE type LIKE 'topup.%'") == []
