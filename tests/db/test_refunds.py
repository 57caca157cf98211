"""Refunds of top-ups, against a bank that shares no code with the service."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core import ach, ledger, originators, refunds, reversals
from brim.core.accounts import live_money_of_account
from brim.core.ach import entry_store
from brim.core.ach.applying import Applied, apply_return
from brim.core.ach.sending import check_outgoing, mark_sent
from brim.core.rails.ach import ACH, Offset
from brim.core.refunds import FailureReason, Refund, RefundStatus
from brim.core.reversals import ReversalReason
from brim.core.time import lock_owner_time
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_credits import (
    OTHER,
    approve,
    assert_bank_agrees,
    breaks,
    lines,
    records,
    settle,
    someone_waits,
)
from tests.support.live_money import COMPANY, OPERATOR, PAYS, PLATFORM, LiveMoney, at

CREDIT_RETURNED, RETURNED_LATE, CHANGED = "9402020000", "9910120000", "9801000000"
"""Accounts whose credits come back (R02), whose debit comes back on day 12 (R10), and that a bank corrects (C01)."""


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def refund(live: LiveMoney, topup: str, amount: int | None = None, *, by: Actor = OPERATOR) -> Refund:
    async with live.database.transaction() as conn:
        return await ach.request_refund(
            conn,
            PLATFORM,
            topup,
            ach.RefundRequest(amount=amount, description="Sorry.", metadata={"order": "7"}),
            renderers=WIRE_FORMATS,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def cancel(live: LiveMoney, found: Refund) -> Refund:
    async with live.database.transaction() as conn:
        return await ach.cancel_refund(
            conn, PLATFORM, found.id, renderers=WIRE_FORMATS, by=OTHER, now_ms=live.now_ms, ids=live.ids
        )


async def now(live: LiveMoney, found: Refund) -> Refund:
    """Return a refund as it is now."""
    async with live.database.connection() as conn:
        return (await refunds.fetch_refunds(conn, PLATFORM, [found.id]))[found.id]


async def paid(live: LiveMoney, number: str = PAYS, amount: int = 5_000, **bank_account: Any) -> str:
    """Return a top-up that succeeds on December 7, and whose ordinary returns have arrived then."""
    topup = await live.create(await live.bank_account(number, **bank_account), amount)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-07 15:00", step_hours=24)
    assert (await live.topup(topup))["status"] == "succeeded"
    return topup


async def sent(live: LiveMoney, found: Refund, cutoff: str = "2026-12-07 17:00") -> Refund:
    """Let a refund leave with the file of a cut-off."""
    live.now_ms = at(cutoff)
    await approve(live)
    left = await now(live, found)
    assert left.file is not None
    return left


async def available(live: LiveMoney) -> int:
    return -(await live.ledger()).get("balance:available", 0)


async def events(live: LiveMoney, found: Refund) -> list[str]:
    told = await rows(live.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY created, id", found.id)
    return [row["type"].removeprefix("brim.refund.") for row in told]


async def come_back(live: LiveMoney, topup: str) -> Applied:
    async with live.database.transaction() as conn:
        (entry,) = await entry_store.list_entries_of_topups(conn, PLATFORM, [topup])
        return await apply_return(
            conn,
            entry,
            code="R10",
            trace="110000000000077",
            profile=live.profile(),
            renderers=WIRE_FORMATS,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def void(live: LiveMoney, file_id: str | None) -> None:
    async with live.database.transaction() as conn:
        await ach.void_file(conn, PLATFORM, file_id or "", by=OPERATOR, now_ms=live.now_ms, ids=live.ids)


async def test_a_top_up_is_refunded_in_parts_until_nothing_is_left(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    first = await refund(live, topup, 2_000)
    assert (await available(live), first.leaves_ms) == (3_000, at("2026-12-07 17:00"))  # at once
    with pytest.raises(refunds.RefundTooLargeError, match=r"\(3001\) is greater than the unrefunded amount .* \(3000\)"):
        await refund(live, topup, 3_001)
    second = await refund(live, topup)
    assert second.amount == 3_000
    with pytest.raises(refunds.AlreadyRefundedError, match="has already been refunded"):
        await refund(live, topup, 1)
    left = await sent(live, first)
    await assert_bank_agrees(live, clearing=-5_000)  # on its way
    await live.until("2026-12-09 12:00")
    for each in (first, second):
        found = await now(live, each)
        assert (found.status, found.settled_on, found.file) == (RefundStatus.SUCCEEDED, date(2026, 12, 8), left.file)
        assert await events(live, each) == ["created", "succeeded"]
        assert await lines(live, each.id) == [("refund", -each.amount)]
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await breaks(live) == []
    await assert_bank_agrees(live)
    with pytest.raises(refunds.AlreadyRefundedError):
        await refund(live, topup, 1)
    text = await records(live, left.file or "")
    (debit,) = await rows(live.database, "SELECT topup FROM ach_entries")
    entries = [each for each in text if each[:1] == "6"]
    assert [(each[1:3], int(each[29:39]), each[39:54].strip()) for each in entries] == [
        ("22", 2_000, debit["topup"][-15:]),
        ("22", 3_000, debit["topup"][-15:]),
    ]
    assert all((each[12:29].strip(), each[54:76].strip()) == (PAYS, "Jenny Rosen") for each in entries)
    (header,) = [each for each in text if each[:1] == "5"]
    assert (header[1:4], header[40:50], header[50:53], header[53:63]) == ("220", COMPANY, "PPD", "REFUND    ")
    (control,) = [each for each in text if each[:1] == "8"]
    assert (control[1:4], int(control[20:32]), int(control[32:44])) == ("220", 0, 5_000)
    (line,) = await rows(live.database, "SELECT * FROM audit_log WHERE object = $1", first.id)
    assert (line["action"], line["detail"], json.loads(line["after"])["amount"]) == ("refund.requested", topup, 2_000)
    (kept,) = await rows(live.database, "SELECT description, metadata FROM refunds WHERE id = $1", first.id)
    assert (kept["description"], json.loads(kept["metadata"])) == ("Sorry.", {"order": "7"})
