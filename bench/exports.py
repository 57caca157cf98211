"""How long the export of an account of many top-ups takes, and its import, with how much memory each.

`python -m bench.exports [TOPUPS]` makes databases of its own in a temporary folder. Top-ups have succeeded, with entry,
seal, balance transaction and two numbered events each.
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import asyncpg

from brim.base.ids import IdFactory
from brim.cli.database import asked_here
from brim.core.portability import ExportSecret, ImportChoices, export_account, import_account
from brim.host.database_urls import DatabaseUrls
from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded
from brim.platform.database import Database
from brim.platform.vault import Vault, new_encryption_key

_ACCOUNT: Final = "acct_bench"
_STATEMENTS: Final = (
    "INSERT INTO accounts (account, created) VALUES ('acct_bench', 1)",
    """INSERT INTO topups (
        account, livemode, id, amount, created, expected_availability_date, currency, status, balance_transaction,
        description, metadata, source, rail
    )
    SELECT
        'acct_bench', false, 'tu_' || lpad(n::text, 24, '0'), 1000, 1700000000 + n, 1700100000 + n, 'usd', 'succeeded',
        'txn_' || lpad(n::text, 24, '0'), 'Order ' || n, jsonb_build_object('order', n, 'customer', md5(n::text)),
        'src_0VcYye6i000H1qunQ4ELLTcy', 'sandbox'
    FROM generate_series(1, {n}) AS n""",
    """INSERT INTO journal_entries (
        account, livemode, id, source, step, debit_account, credit_account, amount, currency, created
    )
    SELECT
        'acct_bench', false, 'je_' || lpad(n::text, 24, '0'), 'tu_' || lpad(n::text, 24, '0'), 'topup',
        'funding:clearing', 'balance:available', 1000, 'usd', 1700000000 + n
    FROM generate_series(1, {n}) AS n""",
    """INSERT INTO entry_seals (account, livemode, position, entry, hash, format)
    SELECT 'acct_bench', false, n, 'je_' || lpad(n::text, 24, '0'), sha256(n::text::bytea), 2
    FROM generate_series(1, {n}) AS n""",
    """INSERT INTO balance_transactions (
        account, livemode, id, amount, fee, net, available_on, created, currency, source, type
    )
    SELECT
        'acct_bench', false, 'txn_' || lpad(n::text, 24, '0'), 1000, 0, 1000, 1700000000 + n, 1700000000 + n, 'usd',
        'tu_' || lpad(n::text, 24, '0'), 'topup'
    FROM generate_series(1, {n}) AS n""",
    """INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)
    SELECT
        'acct_bench', false, 'evt_' || lpad(n::text, 24, '0'), 1700000000 + n, 'topup.created',
        'tu_' || lpad((n / 2)::text, 24, '0'), '2025-01-01',
        json_build_object('id', n, 'object', 'topup', 'filler', repeat(md5(n::text), 20))
    FROM generate_series(1, 2 * {n}) AS n""",
    """INSERT INTO event_numbers (account, livemode, number, event, numbered_ms)
    SELECT 'acct_bench', false, n, 'evt_' || lpad(n::text, 24, '0'), 1 FROM generate_series(1, 2 * {n}) AS n""",
)


async def _bench(folder: Path, topups: int) -> None:
    server = EmbeddedPostgres(folder / "pg")
    await server.start()
    try:
        source, target = [await _database(server.urls, name) for name in ("source", "target")]
        conn = await asyncpg.connect(source.owner)
        for statement in _STATEMENTS:
            await conn.execute(statement.format(n=topups))
        await conn.execute("ANALYZE")
        size = await conn.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
        await conn.close()
        print(f"{topups} top-ups, database {size}")
        path, secret = folder / "export", ExportSecret("correct horse battery staple", is_passphrase=True)
        vault = Vault([new_encryption_key()])
        who = {**asked_here(), "ids": IdFactory()}
        begun = time.monotonic()
        database = await Database.connect(source.service)
        done = await export_account(database, vault, path, _ACCOUNT, secret=secret, with_connected=True, **who)
        _tell(f"export: {done.manifest.total.rows} rows, {done.size / 2**20:.0f} MiB", begun)
        await database.close()
        begun = time.monotonic()
        database = await Database.connect(target.service)
        await import_account(database, vault, path, secret, ImportChoices(as_first=True), **who)
        _tell("import, with its check", begun)
        await database.close()
    finally:
        await server.stop()


async def _database(urls: DatabaseUrls, name: str) -> DatabaseUrls:
    conn = await asyncpg.connect(urls.owner)
    await conn.execute(f"CREATE DATABASE {name}")
    await conn.close()
    owner, service = (url.replace("/postgres?", f"/{name}?", 1) for url in (urls.owner, urls.service))
    made = DatabaseUrls(owner, service, urls.service_role)
    await prepare_embedded(made, now_ms=0)
    return made


def _tell(what: str, begun: float) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: {time.monotonic() - begun:.0f} s, {memory:.0f} MiB of memory at most until then")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_bench(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
