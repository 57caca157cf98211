"""What PostgreSQL reads to number and to deliver when a hundred thousand deliveries wait for a thousand endpoints."""

from typing import Any

import pytest

from brim.platform.database import Database
from tests.support.books import NOW_MS, execute
from tests.support.hooks import add_events
from tests.support.statements import STATEMENTS, explain, scanned_whole

ENDPOINTS = 1_000
EACH = 100
FILL = (
    f"""
    INSERT INTO webhook_endpoints (
        account, livemode, id, url, enabled_events, rendered_version, connect, secret, created
    )
    SELECT 'acct_' || e, false, 'we_' || e, 'http://x', '["*"]', 'v', false, '', 0
    FROM generate_series(1, {ENDPOINTS}) AS e
    """,
    f"""
    INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)
    SELECT 'acct_' || e, false, 'evt_' || e || '_' || n, 0, 'topup.created', 'tu_x', 'v', '{{}}'
    FROM generate_series(1, {ENDPOINTS}) AS e, generate_series(1, {EACH}) AS n
    """,
    f"""
    INSERT INTO webhook_deliveries (
        account, livemode, endpoint, event_account, event, number, attempts, next_attempt_ms, created_ms
    )
    SELECT 'acct_' || e, false, 'we_' || e, 'acct_' || e, 'evt_' || e || '_' || n, n, 0, n, 0
    FROM generate_series(1, {ENDPOINTS}) AS e, generate_series(1, {EACH}) AS n
    """,
)
NAMES = [f"acct_{number}" for number in range(1, 65)]
IDS = [f"we_{number}" for number in range(1, 65)]
CLAIM = (NAMES, [False] * 64, IDS, [4] * 64, NOW_MS, NOW_MS + 80_000)
LOOKS: list[tuple[str, tuple[Any, ...], int]] = [
    ("find_due_endpoints", ("", False, "", 1_000), 6_000),
    ("claim_deliveries", CLAIM, 15_000),
    ("number_events", (0, 1_000, NOW_MS), 40_000),
    ("count_undelivered", (NAMES[:10], [False] * 10, [f"evt_{number}_1" for number in range(1, 11)]), 60),
    ("list_endpoint_attempts", ("acct_1", False, "we_1", "~", 10, ""), 20),
    ("list_event_attempts", ("acct_1", False, "evt_1_1", "~", 10, ["acct_1"]), 20),
    ("event_has_attempt", ("acct_1", False, "evt_1_1", "wa_x", ["acct_1"]), 20),
    ("list_event_deliveries", ("acct_1", False, "evt_1_1", ["acct_1"]), 20),
    ("stop_endpoint", ("acct_7", False, "we_7", 10), 400),
    ("resend_event", ("acct_1", False, "we_1", "acct_1", "evt_1_1", NOW_MS, "resend"), 30),
]
"""Each with its arguments and the pages that it may touch."""


@pytest.mark.slow
async def test_every_statement_finds_its_rows_by_an_index(
    each_database: Database, each_owner_database: Database
) -> None:
    await execute(each_owner_database, *FILL)
    await add_events(each_database, 1_000)
    async with each_database.connection() as conn:
        for name, arguments, most_pages in LOOKS:
            plan = await explain(conn, STATEMENTS["webhooks." + name], arguments)
            pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            print(f"{name}: {pages} pages, {plan['Actual Total Time']:.1f} ms")
            assert scanned_whole(plan) == [], name
            assert pages <= most_pages, name
