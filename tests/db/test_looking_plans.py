"""What PostgreSQL reads for the books at a glance and for what changed, in an account that has a lot of both."""

import json
from typing import Any

import pytest

from brim.platform.database import Conn, Database
from tests.support.books import execute
from tests.support.statements import STATEMENTS

ROWS = 60_000
FILL = (
    # Most are settled, and the newest thousand pending.
    f"""
    INSERT INTO topups (account, livemode, id, amount, created, currency, status, balance_transaction)
    SELECT
        'acct_big', false, 'tu_' || lpad(n::text, 24, '0'), n, n, 'usd',
        CASE WHEN n > {ROWS} - 1000 THEN 'pending' ELSE 'succeeded' END,
        CASE WHEN n <= {ROWS} - 1000 THEN 'txn_' || lpad(n::text, 24, '0') END
    FROM generate_series(1, {ROWS}) AS n
    """,
    f"""
    INSERT INTO journal_entries
    SELECT
        'acct_big', false, 'tr_' || lpad(n::text, 24, '0'), 'tu_' || lpad(n::text, 24, '0'), 'topup',
        'funding:clearing', 'balance:available', n, 'usd', n
    FROM generate_series(1, {ROWS}) AS n
    """,
    f"""
    INSERT INTO balance_transactions (
        account, livemode, id, amount, fee, net, available_on, created, currency, source, type
    )
    SELECT
        'acct_big', false, 'txn_' || lpad(n::text, 24, '0'), n, 0, n, n, n, 'usd', 'tu_' || lpad(n::text, 24, '0'),
        'topup'
    FROM generate_series(1, {ROWS}) AS n
    """,
    "INSERT INTO balances (account, livemode, currency, available) VALUES ('acct_big', false, 'usd', 1)",
    f"""
    INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)
    SELECT 'acct_big', false, 'evt_' || lpad(n::text, 24, '0'), n, 'topup.created', 'tu_x', 'v', '{{}}'
    FROM generate_series(1, {ROWS}) AS n
    """,
    f"""
    INSERT INTO event_numbers (account, livemode, number, event, numbered_ms)
    SELECT 'acct_big', false, n, 'evt_' || lpad(n::text, 24, '0'), 0
    FROM generate_series(1, {ROWS}) AS n
    """,
    f"""
    INSERT INTO event_counters
    SELECT 'acct_' || n, false, n FROM generate_series(1, 5000) AS n UNION ALL SELECT 'acct_big', false, {ROWS}
    """,
)
WATCHED = ["acct_big", *(f"acct_{number}" for number in range(1, 50))]
MODES = [False] * len(WATCHED)
BEHIND = [ROWS - 10, *range(1, 50)]
LOOKS: list[tuple[str, tuple[Any, ...], int]] = [
    ("ledger.entries_of_source", ("acct_big", False, f"tu_{777:024}"), 20),
    (
        "ledger.balances_after",
        (
            "acct_big",
            False,
            ["usd"],
            [30_000],
            [86_400],
            [f"txn_{30_000:024}"],
            [f"txn_{30_060:024}"],
            [f"txn_{30_007:024}"],
        ),
        600,  # the minutes of half a day, which were written in no order
    ),
    ("ledger.activity_sums", (["acct_big"], False, ["in", "after"], [86_400, 60], [0, 59_000], [86_400, 86_400]), 50),
    ("balance_overview.in_flight", ("acct_big", False, 500), 600),
    ("balance_overview.newest_line", ("acct_big", False), 20),
    ("balance_overview.day_totals", ("acct_big", False, 0), 50),
    ("changes.newest_numbers", (WATCHED, MODES), 400),
    ("changes.changed_objects", (WATCHED, MODES, BEHIND, 51), 400),
]
"""Each with its arguments and the pages that it may touch."""


async def explain(conn: Conn, sql: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Return the plan that the service's connections use, as it ran."""
    text = await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *arguments)
    plan: dict[str, Any] = json.loads(text)[0]["Plan"]
    return plan


@pytest.mark.slow
async def test_each_look_touches_what_it_shows_and_little_more(database: Database, owner_database: Database) -> None:
    for statement in FILL:
        await execute(database, statement)
    for when in ("before", "after"):
        async with database.connection() as conn:
            for name, arguments, most in LOOKS:
                plan = await explain(conn, STATEMENTS[name], arguments)
                touched = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
                assert touched <= most, (name, when, touched)
        await execute(owner_database, "ANALYZE")
