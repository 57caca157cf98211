"""Transfers to seal, the chains that they make, and a plain reading of the rule to compare these with."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import asyncpg

from brim.base.scope import AccountScope
from brim.core.ledger.chain import Head
from brim.core.ledger.sealing import seal_entries, verify_chain
from brim.platform.database import Database
from tests.support.books import rows
from tests.support.paces import without_rests

Tamper: TypeAlias = Callable[..., Awaitable[None]]


def tampering_with(database_url: str) -> Tamper:
    """Return a function that runs statements as a superuser, whom nothing but the chain holds back."""

    async def execute(*statements: str) -> None:
        conn = await asyncpg.connect(database_url)
        try:
            for statement in statements:
                await conn.execute(statement)
        finally:
            await conn.close()

    return execute


async def post(database: Database, scope: AccountScope, ids: Sequence[str]) -> None:
    """Post entries and queue them for their seals, as settling does."""
    async with database.transaction() as conn:
        await conn.executemany(
            "INSERT INTO journal_entries"
            " (account, livemode, id, source, step, debit_account, credit_account, amount, currency, created)"
            " VALUES ($1, $2, $3, 'tu_' || $3, 'topup', 'funding:clearing', 'balance:available', $4, 'usd', 17)",
            [(scope.account, scope.livemode, each, 100 + number) for number, each in enumerate(ids)],
        )
        await conn.executemany(
            "INSERT INTO unsealed_entries VALUES ($1, $2, $3)",
            [(scope.account, scope.livemode, each) for each in ids],
        )


async def seal_all(database: Database, *, limit: int = 1000) -> int:
    """Seal until nothing is left that nobody else has taken; return how many this sealer sealed."""
    total = 0
    while sealed := await seal_entries(database, limit=limit):
        total += sealed
    return total


async def recompute(database: Database) -> dict[AccountScope, Head]:
    """Return each chain's head by a plain reading of the rule, having asserted every seal on the way."""
    heads: dict[AccountScope, Head] = {}
    seals = await rows(database, "SELECT * FROM entry_seals ORDER BY account, livemode, position")
    entries = {
        (row["account"], row["livemode"], row["id"]): row for row in await rows(database, "TABLE journal_entries")
    }
    for seal in seals:
        scope = AccountScope(seal["account"], seal["livemode"])
        before = heads.get(scope, Head(scope, 0, bytes(32)))
        entry = entries[seal["account"], seal["livemode"], seal["entry"]]
        assert (seal["format"], entry["line_count"]) == (2, 1)
        lines = [[entry[name] for name in ("debit_account", "credit_account", "amount", "currency")]]
        head = [entry[name] for name in ("account", "livemode", "id", "source_type", "source", "step", "created")]
        text = json.dumps([*head, lines], separators=(",", ":"), ensure_ascii=False)
        assert seal["position"] == before.position + 1
        assert seal["hash"] == hashlib.sha256(before.hash + text.encode()).digest()
        heads[scope] = Head(scope, seal["position"], seal["hash"])
    return heads


async def stored_heads(database: Database) -> dict[AccountScope, Head]:
    heads = await rows(database, "TABLE chain_heads")
    owners = [AccountScope(head["account"], head["livemode"]) for head in heads]
    return {scope: Head(scope, head["position"], head["hash"]) for scope, head in zip(owners, heads, strict=True)}


async def differences(database: Database, *, page_size: int = 10_000) -> list[str]:
    """Return what a walk finds in one snapshot, and in one for each page: the same, where nobody writes."""
    report = await verify_chain(database, page_size=page_size)
    in_steps = await verify_chain(database, page_size=page_size, pace=without_rests())
    assert in_steps == report
    return [str(difference) for difference in report.differences]
