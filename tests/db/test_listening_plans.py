"""What listening and logging in read is found by an index, however many accounts, events and requests there are."""

import hashlib
from typing import Any

import pytest

from brim.platform.database import Database
from tests.support.books import NOW_MS, execute
from tests.support.statements import STATEMENTS, explain, scanned_whole

ACCOUNTS = 2_000
BELOW = 50
EACH = 10
FILL = f"""
    INSERT INTO accounts (account, platform, created)
    SELECT 'acct_' || a, NULL, 1 FROM generate_series(1, {ACCOUNTS}) AS a
    UNION ALL
    SELECT 'acct_1_' || a, 'acct_1', 1 FROM generate_series(1, {BELOW}) AS a;

    INSERT INTO api_keys (hash, account, livemode, id, kind, redacted, created)
    SELECT sha256(account::bytea), account, false, 'mk_' || account, 'secret', '', 1 FROM accounts;

    INSERT INTO event_counters (account, livemode, number) SELECT account, false, {EACH} FROM accounts;

    INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)
    SELECT account, false, 'evt_' || account || '_' || n, 0, 'topup.created', 'tu_x', 'v', '{{}}'
    FROM accounts, generate_series(1, {EACH}) AS n;

    INSERT INTO event_numbers (account, livemode, number, event, numbered_ms)
    SELECT account, false, n, 'evt_' || account || '_' || n, {NOW_MS} + n
    FROM accounts, generate_series(1, {EACH}) AS n;

    INSERT INTO cli_devices (account, livemode, device, endpoint, secret, created)
    SELECT account, false, 'devbox', 'we_x', '', 1 FROM accounts;

    INSERT INTO cli_sessions (
        account, livemode, hash, device, features, filters, acked_place, created_ms, seen_ms, key_hash
    )
    SELECT
        account, false, sha256(account::bytea), 'devbox', 'webhooks', '{{}}', 1, 1, 1, sha256(account::bytea)
    FROM accounts;

    INSERT INTO cli_resends (account, livemode, hash, id, event)
    SELECT account, false, sha256(account::bytea), 'clr_1', 'evt_' || account || '_1' FROM accounts;

    INSERT INTO cli_session_places (account, livemode, hash, event_account, acked_place)
    SELECT account, false, sha256(account::bytea), 'acct_x', 1 FROM accounts;

    INSERT INTO request_logs (
        account, livemode, id, request_id, created, method, path, status, duration_ms, api_version
    )
    SELECT account, false, 'resp_' || n, 'req', 1, 'GET', '/', 200, 1, 'v'
    FROM accounts, generate_series(1, 20) AS n;

    INSERT INTO cli_pairings (
        id, poll_hash, token_hash, code_hash, device, client_version, state, created_ms, expires_ms
    )
    SELECT
        'cliauth_' || n, '', sha256(n::text::bytea), sha256(('c' || n)::bytea), 'd', 'v', 'pending', {NOW_MS} + n,
        {NOW_MS} + n + 600000
    FROM generate_series(1, 2000) AS n;

    ANALYZE;
"""
OWNER = ("acct_1", False)
NAMES = [f"acct_{number}" for number in range(1, 7)]
HASHES = [hashlib.sha256(name.encode()).digest() for name in NAMES]
HASH = HASHES[0]
PAIRING, CODE = hashlib.sha256(b"7").digest(), hashlib.sha256(b"c7").digest()
SIX = (NAMES, [False] * 6)
LOOKS: list[tuple[str, tuple[Any, ...], int]] = [
    ("stripe_cli.count_listeners", (*OWNER, 0), 10),
    ("stripe_cli.find_listener", (*OWNER, HASH, 0, 0), 20),
    ("stripe_cli.find_places", (*OWNER, HASH), 10),
    ("stripe_cli.ended_grants", (HASHES, ["acct_x"] * len(HASHES), NOW_MS), 60),
    ("stripe_cli.note_listeners", (*SIX, HASHES, [1] * 6, NOW_MS), 120),
    ("stripe_cli.note_places", (*SIX, HASHES, ["acct_x"] * 6, [1] * 6), 120),
    ("stripe_cli.newest_numbers", (*SIX, [0] * 6), 60 + 8 * BELOW),
    ("stripe_cli.numbers_before", (*SIX, [NOW_MS + 5] * 6), 60),
    ("stripe_cli.numbered_events", (*SIX, [5] * 6, [3] * 6), 200),
    ("stripe_cli.resent_events", (*SIX, HASHES, [""] * 6, 50), 60),
    ("stripe_cli.resend_to_listeners", (*OWNER, "evt_1", "clr_2", 0, "acct_1"), 60),
    ("stripe_cli.forget_resends", (*SIX, HASHES, ["clr_1"] * 6), 120),
    ("stripe_cli.forget_listeners", (*OWNER, 0), 60),
    ("request_logs.newest_request_logs", (*SIX, "resp_1", 100), 200),
    ("pairing.find_pairing_by_token", (PAIRING, 0), 10),
    ("pairing.find_pairing_by_id", ("cliauth_1", 0), 10),
    ("pairing.redeem_pairing", ("cliauth_1", 0), 20),
    ("pairing.decide_pairing", (CODE, "denied", None, 0), 20),
    ("pairing.list_pairings", (NOW_MS + 1_990,), 30),
    ("pairing.forget_pairings", (NOW_MS + 10,), 60),
]
"""Each with its arguments and the pages that it may touch."""


@pytest.mark.slow
async def test_every_statement_finds_its_rows_by_an_index(
    each_database: Database, each_owner_database: Database
) -> None:
    await execute(each_owner_database, FILL)
    async with each_database.connection() as conn:
        for name, arguments, most_pages in LOOKS:
            plan = await explain(conn, STATEMENTS[name], arguments)
            pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            print(f"{name}: {pages} pages, {plan['Actual Total Time']:.1f} ms")
            assert scanned_whole(plan) == [], name
            assert pages <= most_pages, name
