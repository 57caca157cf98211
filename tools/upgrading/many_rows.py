"""Fills each table that a migration after 0013 touches with many rows, by SQL alone, once the table is there.

Made to measure locks, so every row has what tables and indexes demand, and nothing more: books and chain are not those
of a service.
"""

from typing import Final

from upgrading.database import Session

FIRST_STEP: Final = 13
"""The schema of 2a3dce4, the earliest version that an upgrade begins with."""

_SECONDARY_INDEXES: Final = """
SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = $1::text::regclass AND NOT i.indisunique
"""
_ACCOUNT: Final = "'acct_' || lpad((g / {each})::text, 16, '0')"
_ROWS_AT_FIRST: Final = {
    "topups": """
    INSERT INTO topups (
        account, livemode, id, amount, created, expected_availability_date, currency, status, balance_transaction,
        source, scenario, settlement_days
    )
    SELECT {account}, false, 'tu_' || lpad(g::text, 24, '0'), 100 + g % 99900, 1790000000 + g / 100,
        1790086400 + g / 100, 'usd', CASE WHEN g % 10 = 0 THEN 'pending' ELSE 'succeeded' END,
        CASE WHEN g % 10 <> 0 THEN 'txn_' || lpad(g::text, 24, '0') END, 'btok_us_verified', NULL, 1
    FROM generate_series({first}, {last}) AS g""",
    "transfers": """
    INSERT INTO transfers
    SELECT {account}, false, 'tr_' || lpad(g::text, 24, '0'), 'tu_' || lpad(g::text, 24, '0'), 'topup',
        'funding:clearing', 'balance:available', 100 + g % 99900, 'usd', 1790000000 + g / 100
    FROM generate_series({first}, {last}) AS g""",
    "transfer_seals": """
    INSERT INTO transfer_seals
    SELECT {account}, false, 1 + g % {each}, 'tr_' || lpad(g::text, 24, '0'), sha256(g::text::bytea)
    FROM generate_series({first}, {last}) AS g""",
    "balance_transactions": """
    INSERT INTO balance_transactions (
        account, livemode, id, amount, fee, net, available_on, created, currency, source, type
    )
    SELECT {account}, false, 'txn_' || lpad(g::text, 24, '0'), 100, 0, 100, 1790000000, 1790000000, 'usd',
        'tu_' || lpad(g::text, 24, '0'), 'topup'
    FROM generate_series({first}, {last}) AS g""",
    "funding_sources": """
    INSERT INTO funding_sources (
        account, livemode, id, kind, created, verification, attempts_left, sealed, routing_number, last4, fingerprint,
        country, allow_redisplay, party
    )
    SELECT {account}, false, 'pm_' || lpad(g::text, 24, '0'), 'payment_method', 1790000000, 'verified', 3,
        sha256(g::text::bytea), '110000000', '6789', lpad(g::text, 16, '0'), 'US', 'unspecified', '{{}}'
    FROM generate_series({first}, {last}) AS g""",
    "audit_log": """
    INSERT INTO audit_log (id, at_ms, actor_kind, actor, action, object, account, livemode, detail)
    SELECT 'aud_' || lpad(g::text, 24, '0'), 1790000000000 + g, 'operator', 'op_1', 'key.created', 'mk_1', {account},
        false, 'changed'
    FROM generate_series({first}, {last}) AS g""",
}
_ROWS_OF_LIVE_MONEY: Final = {
    "ach_entries": """
    INSERT INTO ach_entries (
        account, livemode, topup, number, owner, originator, status, amount, hold_days, transaction_code, sec_code,
        routing_number, last4, sealed, receiver_name, claimed_ms, effective_date, file, batch, trace
    )
    SELECT 'acct_' || lpad('0', 16, '0'), true, 'tu_' || lpad(g::text, 24, '0'), 1, {account}, 'orig_1', 'in_file',
        100 + g % 99900, 5, 27, 'WEB', '110000000', '6789', sha256(g::text::bytea), 'Jenny Rosen', 1790000000000 + g,
        '2026-11-30', 'achf_' || lpad((g / 10000)::text, 16, '0'), 1, '11000000' || lpad((g % 10000000)::text, 7, '0')
    FROM generate_series({first}, {last}) AS g""",
    "bank_files": """
    INSERT INTO bank_files (
        account, livemode, sha256, id, originator, kind, name, status, byte_count, sealed, findings, received_ms,
        applied_ms
    )
    SELECT 'acct_' || lpad('0', 16, '0'), true, sha256(g::text::bytea), 'bf_' || lpad(g::text, 24, '0'), 'orig_1',
        'returns', 'returns-' || g, CASE WHEN g % 1000 = 0 THEN 'held' ELSE 'applied' END, 940,
        sha256(g::text::bytea), '[]', 1790000000000 + g, 1790000000000 + g
    FROM generate_series({first}, {last}) AS g""",
    "breaks": """
    INSERT INTO breaks (
        account, livemode, id, kind, cause, reference, detail, opened_ms, resolved_ms, resolved_by, resolution
    )
    SELECT 'acct_' || lpad('0', 16, '0'), true, 'brk_' || lpad(g::text, 24, '0'), 'unmatched_line', g::text, g::text,
        'A line of a statement names no top-up.', 1790000000000 + g, CASE WHEN g % 100 <> 0 THEN 1790000000000 + g END,
        CASE WHEN g % 100 <> 0 THEN 'op_1' END, CASE WHEN g % 100 <> 0 THEN 'The bank named another.' END
    FROM generate_series({first}, {last}) AS g""",
}
_ROWS: Final = {FIRST_STEP: _ROWS_AT_FIRST, 22: _ROWS_OF_LIVE_MONEY}
"""What is filled, by the last step before: the tables that 0022 makes are filled after it."""

_FOR_EACH_ACCOUNT: Final = """
INSERT INTO accounts (account, platform, created)
SELECT 'acct_' || lpad(g::text, 16, '0'), CASE WHEN g > 0 THEN 'acct_' || lpad('0', 16, '0') END, 1790000000
FROM generate_series(0, {accounts} - 1) AS g;
INSERT INTO balances (account, livemode, currency, available)
SELECT account, false, 'usd', 1000 FROM accounts;
"""


def fill_tables(database: Session, *, after: int, rows: int, accounts: int) -> bool:
    """Add so many rows, of so many accounts, to each table that can be filled after a step; return whether any can."""
    if after not in _ROWS:
        return False
    each = rows // accounts
    if after == FIRST_STEP:
        database.execute(_FOR_EACH_ACCOUNT.format(accounts=accounts))
    for table, insert in _ROWS[after].items():
        indexes = database.fetch(_SECONDARY_INDEXES, table)
        for index in indexes:
            database.execute(f"DROP INDEX {index['name']}")
        account = _ACCOUNT.format(each=each)
        database.execute(insert.format(account=account, each=each, first=0, last=rows - 1))
        for index in indexes:
            database.execute(index["definition"])
    database.execute("VACUUM ANALYZE")
    database.execute("CHECKPOINT")
    return True
