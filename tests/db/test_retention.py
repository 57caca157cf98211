"""What is forgotten by its age, beside events and idempotency keys: exactly what is old enough, and nothing held."""

import hashlib
from typing import Any

import pytest

from brim.core import legal_holds
from brim.core.accounts.rules import Account
from brim.core.accounts.store import insert_account
from brim.core.direct_debits.rules import BytesForgottenError
from brim.core.legal_holds import HoldKind
from brim.core.pruning.rules import DEFAULT_PERIODS, EXPOSURES_KEPT_MS, Kind
from brim.core.pruning.service import Pruning, read_due
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.books import execute, rows

NOW_MS = 1_790_000_000_000
LIMIT = 1_000
AGES = (-2_000, -1_000, 0, 1_000, 2_000)
"""Milliseconds beyond the period; the first two, and what is as old as the period, stay."""


@pytest.fixture
async def accounts(database: Database) -> None:
    async with database.connection() as conn:
        for account, platform in (("acct_free", None), ("acct_top", None), ("acct_below", "acct_top")):
            await insert_account(conn, Account(account=account, platform=platform, created=1))


async def hold(database: Database, account: str) -> None:
    await database.transact(
        lambda conn: legal_holds.place_hold(
            conn, kind=HoldKind.ACCOUNT, account=account, reason="Case", reference=None, **typed(NOW_MS)
        )
    )


async def prune(database: Database) -> None:
    """Forget all that is old."""
    pruning = Pruning(database)
    while await pruning.run_once(now_ms=NOW_MS, limit=LIMIT) == LIMIT:
        pass


def moments(kind: Kind) -> list[tuple[int, bool]]:
    """Return when things of a kind were made, and whether they are old enough to go."""
    return [(NOW_MS - DEFAULT_PERIODS.kept_ms(kind) - age, age > 0) for age in AGES]


async def keep_key(database: Database, account: str, name: str, expires_ms: int | None, *, of_page: bool) -> None:
    digest = hashlib.sha256(name.encode()).digest()
    async with database.connection() as conn:
        await conn.execute(
            "INSERT INTO api_keys (hash, account, livemode, id, kind, redacted, created, expires_ms)"
            " VALUES ($1, $2, false, $3, 'secret', '', 0, $4)",
            *(digest, account, name, expires_ms),
        )
        if of_page:
            await conn.execute(
                "INSERT INTO operators (id, email, name, role, created) VALUES ($1, $1, '', 'admin', 0)", f"op_{name}"
            )
            await conn.execute(
                "INSERT INTO operator_keys (account, livemode, operator, hash, secret) VALUES ($1, false, $2, $3, '')",
                *(account, f"op_{name}", digest),
            )


@pytest.mark.usefixtures("accounts")
async def test_keys_go_long_after_they_have_ended_with_what_a_page_had_of_them(database: Database) -> None:
    await hold(database, "acct_top")
    await keep_key(database, "acct_free", "works", None, of_page=True)
    await keep_key(database, "acct_top", "held", 0, of_page=True)
    for number, (expires_ms, is_old) in enumerate(moments(Kind.ENDED_KEYS)):
        await keep_key(database, "acct_free", f"{'old' if is_old else 'young'}{number}", expires_ms, of_page=is_old)
    await prune(database)
    kept = {row["id"] for row in await rows(database, "SELECT id FROM api_keys")}
    assert kept == {"works", "held", "young0", "young1", "young2"}
    assert {row["operator"] for row in await rows(database, "SELECT operator FROM operator_keys")} == {
        "op_works",
        "op_held",
    }


@pytest.mark.usefixtures("accounts")
async def test_tokens_of_bank_accounts_go_used_or_not(database: Database) -> None:
    await hold(database, "acct_top")
    made = [("acct_free", at_ms, is_old) for at_ms, is_old in moments(Kind.BANK_TOKENS)] + [("acct_top", 0, False)]
    async with database.connection() as conn:
        for number, (account, at_ms, is_old) in enumerate(made):
            await conn.execute(
                "INSERT INTO bank_tokens (account, livemode, id, created, sealed, routing_number, last4, fingerprint,"
                " country, used_as, used_by) VALUES ($1, false, $2, $3, '', '', '1234', '', 'US', $4, $4)",
                *(account, f"{'old' if is_old else 'young'}{number}", at_ms // 1000, "src" if number % 2 else None),
            )
    await prune(database)
    kept = {row["id"] for row in await rows(database, "SELECT id FROM bank_tokens")}
    assert kept == {"young0", "young1", "young2", "young5"}


@pytest.mark.usefixtures("accounts")
async def test_sums_of_days_go_and_those_of_bank_accounts_stay(database: Database) -> None:
    await hold(database, "acct_top")
    await execute(
        database,
        "INSERT INTO exposures (account, livemode, kind, key, amount) SELECT account, true, kind, key, 1 FROM"
        " (VALUES ('acct_free', 'day', '2026-09-13'), ('acct_free', 'day', '2026-09-14'),"
        " ('acct_free', 'source', '2000-01-01'), ('acct_top', 'day', '2026-01-01')) AS v (account, kind, key)",
    )
    assert NOW_MS - EXPOSURES_KEPT_MS == 1_789_395_200_000  # 2026-09-14, in UTC
    await prune(database)
    kept = {(row["account"], row["key"]) for row in await rows(database, "SELECT account, key FROM exposures")}
    assert kept == {("acct_free", "2026-09-14"), ("acct_free", "2000-01-01"), ("acct_top", "2026-01-01")}


@pytest.mark.usefixtures("accounts")
async def test_counts_of_returns_go_with_the_days_that_no_rate_counts(database: Database) -> None:
    await hold(database, "acct_below")
    since = (NOW_MS - DEFAULT_PERIODS.kept_ms(Kind.RETURN_COUNTS)) // 86_400_000
    async with database.connection() as conn:
        for account in ("acct_free", "acct_top"):
            for day in (since - 1, since):
                await conn.execute(
                    "INSERT INTO return_counts"
                    " VALUES ($1, true, 'orig', '', date '1970-01-01' + $2::integer, 1, 0, 0, 0)",
                    *(account, day),
                )
    await prune(database)
    kept = await rows(database, "SELECT account, day - date '1970-01-01' AS day FROM return_counts")
    assert {(row["account"], row["day"]) for row in kept} == {
        ("acct_free", since),
        ("acct_top", since - 1),
        ("acct_top", since),
    }


async def keep_file(database: Database, account: str, name: str, built_ms: int, **more: Any) -> None:
    """Keep a file with two entries, of the accounts named."""
    owners, status = more.get("owners", (account, account)), more.get("status", "settled")
    async with database.connection() as conn:
        await conn.execute(
            "INSERT INTO ach_files (account, livemode, id, originator, status, name, file_date, file_time, modifier,"
            " effective_date, entry_count, total_debit, total_credit, byte_count, sha256, sealed, built_ms,"
            " approvals_needed)"
            " VALUES ($1, true, $2, 'orig', $3, $2, '2019-01-01', '0930', $2, '2019-01-01', 2, 2, 0, 1, sha256(''),"
            " 'bytes', $4, 0)",
            *(account, name, status, built_ms),
        )
        for number, owner in enumerate(owners):
            await conn.execute(
                "INSERT INTO ach_entries (account, livemode, topup, number, owner, originator, status, amount,"
                " hold_days, transaction_code, sec_code, routing_number, last4, sealed, receiver_name, claimed_ms,"
                " file, batch, trace) VALUES ($1, true, $2, 1, $3, 'orig', 'released', 1, 1, 27, 'WEB', '', '1234',"
                " 'number', 'Ada', 0, $4, 1, $5)",
                *(account, f"tu_{name}{number}", owner, name, str(number)),
            )


@pytest.mark.usefixtures("accounts")
async def test_bytes_of_files_go_with_the_account_numbers_of_their_entries_and_nothing_else_does(
    database: Database,
) -> None:
    for number, (built_ms, is_old) in enumerate(moments(Kind.ACH_FILE_BYTES)):
        await keep_file(database, "acct_free", f"{'old' if is_old else 'young'}{number}", built_ms)
    for status in ("built", "approved", "sent"):
        await keep_file(database, "acct_free", status, 1, status=status)
    await prune(database)
    files = await rows(database, "SELECT id, sealed IS NULL AS gone, name, total_debit FROM ach_files")
    assert {file["id"] for file in files if file["gone"]} == {"old3", "old4"}
    assert all(file["name"] == file["id"] and file["total_debit"] == 2 for file in files)
    entries = await rows(database, "SELECT file, last4 FROM ach_entries WHERE sealed IS NULL")
    assert sorted(entry["file"] for entry in entries) == ["old3", "old3", "old4", "old4"]
    assert {entry["last4"] for entry in entries} == {"1234"}


@pytest.mark.usefixtures("accounts")
async def test_a_file_of_a_platform_stays_while_an_account_below_it_is_held(database: Database) -> None:
    await hold(database, "acct_below")
    await keep_file(database, "acct_top", "of_both", 1, owners=("acct_below", "acct_top"))
    await keep_file(database, "acct_free", "of_another", 1)
    for account in ("acct_top", "acct_free"):
        await execute(
            database,
            "INSERT INTO bank_files (account, livemode, sha256, id, originator, kind, name, status, byte_count, sealed,"
            f" findings, received_ms) VALUES ('{account}', true, sha256('{account}'), '{account}', 'orig', 'returns',"
            " '', 'applied', 1, 'bytes', '[]', 1)",
        )
    await prune(database)
    assert await rows(database, "SELECT id FROM ach_files WHERE sealed IS NULL") == [{"id": "of_another"}]
    assert await rows(database, "SELECT id FROM bank_files WHERE sealed IS NULL") == [{"id": "acct_free"}]
    assert len(await rows(database, "SELECT FROM ach_entries WHERE sealed IS NULL")) == 2


@pytest.mark.usefixtures("accounts")
async def test_bytes_from_banks_go_once_they_are_old_and_were_applied(database: Database) -> None:
    async with database.connection() as conn:
        for number, (received_ms, is_old) in enumerate(moments(Kind.BANK_FILE_BYTES)):
            for status in ("applied", "held"):
                name = f"{'old' if is_old else 'young'}{number}_{status}"
                await conn.execute(
                    "INSERT INTO bank_files (account, livemode, sha256, id, originator, kind, name, status, byte_count,"
                    " sealed, findings, received_ms) VALUES ('acct_free', true, sha256($1::text::bytea), $1, 'orig',"
                    " 'returns', $1, $2, 1, 'bytes', '[1]', $3)",
                    *(name, status, received_ms),
                )
    await prune(database)
    gone = await rows(database, "SELECT id, findings FROM bank_files WHERE sealed IS NULL ORDER BY id")
    assert gone == [{"id": "old3_applied", "findings": "[1]"}, {"id": "old4_applied", "findings": "[1]"}]


@pytest.mark.usefixtures("accounts")
async def test_what_is_due_tells_what_is_behind_from_what_is_held(database: Database) -> None:
    await hold(database, "acct_top")
    for account in ("acct_top", "acct_free"):
        await keep_key(database, account, account, 0, of_page=False)
        await keep_file(database, account, account, 1)
    async with database.connection() as conn:
        due = {
            each.kind: (each.due, each.held) for each in await read_due(conn, DEFAULT_PERIODS, now_ms=NOW_MS, most=9)
        }
    assert due == {kind: (1, 1) if kind in {Kind.ENDED_KEYS, Kind.ACH_FILE_BYTES} else (0, 0) for kind in Kind}
    await prune(database)
    async with database.connection() as conn:
        assert {each.due for each in await read_due(conn, DEFAULT_PERIODS, now_ms=NOW_MS, most=9)} == {0}


def test_forgotten_bytes_are_told_apart_from_changed_ones() -> None:
    assert "retention period" in BytesForgottenError("file_x").message
