"""Brim on a Citus cluster; docs/distributed.md says how far that goes.

Skipped where no Citus is at hand (support/citus.py).
"""

from collections.abc import AsyncIterator, Callable
from typing import Final
from unittest.mock import ANY

import pytest
import pytest_asyncio

from bench.distribution import Place, Placement, Plan, Verdict, distribute, judge
from brim.platform.database import Conn, Database
from tests.support.brim_process import RunningBrim, run_brim
from tests.support.citus import CitusCluster
from tests.support.growth import BIG, grow
from tests.support.polling import until

pytestmark = pytest.mark.slow

_ROWS: Final = 20
_OF_ALL: Final = "SELECT id FROM topups WHERE due_ms <= $1 ORDER BY due_ms LIMIT 5"
_TWO_INSERTS: Final = """
WITH new AS (
    INSERT INTO event_counters (account, livemode, number) VALUES {} RETURNING account
)
{}"""

_PLANS: Final = {
    "one account": ("SELECT id FROM topups WHERE account = $1 AND NOT livemode", (BIG,), Plan.ONE_SHARD),
    "all accounts": (_OF_ALL, (9,), Plan.SHARDS),
    "all accounts, locked": (f"{_OF_ALL} FOR UPDATE SKIP LOCKED", (9,), Plan.REFUSED),
    "an insert in WITH": (
        _TWO_INSERTS.format("($1, true, 1)", "SELECT account FROM new"),
        ("acct_new",),
        Plan.PARTS,
    ),
    "two inserts": (
        _TWO_INSERTS.format("($1, true, 1)", "INSERT INTO chain_heads SELECT account, true, 0, '' FROM new"),
        ("acct_new",),
        Plan.REFUSED,
    ),
    "no distributed table": ("SELECT version FROM schema_migrations", (), Plan.LOCAL),
}

_WITH_THE_ACCOUNT: Final = {
    "pages of a list": (
        """
        SELECT t.*
        FROM unnest($2::boolean[], $3::text[], $4::bigint[]) AS w (livemode, high, wanted)
        CROSS JOIN LATERAL (
            SELECT * FROM topups
            WHERE account = $1 AND livemode = w.livemode AND id < w.high
            ORDER BY id DESC
            LIMIT w.wanted
        ) AS t""",
        (BIG, [False, False], ["~", "tu_5"], [2, 5]),
    ),
    "rows of several accounts of a shard": (
        """
        SELECT t.*
        FROM unnest($1::text[], $3::text[]) AS w (account, id)
        CROSS JOIN LATERAL (
            SELECT * FROM topups
            WHERE account = ANY ($1) AND account = w.account AND livemode = $2 AND id BETWEEN w.id AND w.id
            ORDER BY id
        ) AS t""",
        ([BIG], False, ["tu_7"]),
    ),
    "rows that are locked": (
        """
        SELECT b.*
        FROM unnest($2::boolean[]) AS w (livemode)
        CROSS JOIN LATERAL (
            SELECT * FROM balances WHERE account = $1 AND livemode = w.livemode ORDER BY currency FOR UPDATE
        ) AS b""",
        (BIG, [False]),
    ),
    "rows that are claimed": (
        "SELECT id FROM topups WHERE account = ANY ($1) AND due_ms <= $2 LIMIT 9 FOR UPDATE SKIP LOCKED",
        ([BIG], 9),
    ),
    "rows that are changed where they lie": (
        """
        UPDATE topups AS t
        SET description = s.description
        FROM unnest($2::text[], $3::text[]) AS s (id, description)
        CROSS JOIN LATERAL (
            SELECT ctid AS row_id FROM topups
            WHERE account = $1 AND NOT livemode AND id BETWEEN s.id AND s.id
            ORDER BY id
        ) AS found
        WHERE t.account = $1 AND t.ctid = found.row_id
        RETURNING t.id""",
        (BIG, ["tu_7"], ["x"]),
    ),
    "rows that are taken from a queue": (
        """
        DELETE FROM unsealed_entries
        WHERE account = $1 AND ctid = ANY (ARRAY(
            SELECT ctid FROM unsealed_entries WHERE account = $1 LIMIT 5 FOR UPDATE SKIP LOCKED
        ))
        RETURNING entry""",
        (BIG,),
    ),
    "keys that are won": (
        """
        INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, event_id, created_ms)
        SELECT a.account, true, w.key, '', 'req', w.event, 1
        FROM accounts AS a
        CROSS JOIN unnest($2::text[], $3::text[]) AS w (key, event)
        WHERE a.account = $1
        ON CONFLICT DO NOTHING
        RETURNING event_id""",
        (BIG, ["k"], ["evt_1"]),
    ),
}
"""Forms that the hot path's statements would take; as they are, each but the last is refused or asks every shard."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def distributed(citus: CitusCluster) -> AsyncIterator[tuple[Conn, dict[str, Placement]]]:
    """A connection of the service's to a database whose tables were distributed, and where each of them went."""
    urls = citus.urls_of(await citus.create_database())
    owner = await Database.connect(urls.owner, timeout_s=120)
    await grow(owner, 0, _ROWS, account="'acct_' || n")
    await owner.close()
    placements = await distribute(urls.owner)
    service = await Database.connect(urls.service, timeout_s=120)
    async with service.connection() as conn:
        yield conn, {each.table: each for each in placements}
    await service.close()


async def test_rows_of_accounts_lie_on_both_workers(distributed: tuple[Conn, dict[str, Placement]]) -> None:
    conn, placements = distributed
    assert placements["topups"].place is placements["events"].place is Place.BY_ACCOUNT
    nodes = await conn.fetch("SELECT DISTINCT nodename FROM citus_shards WHERE table_name = 'topups'::regclass")
    assert len(nodes) == 2
    assert await conn.fetchval("SELECT count(*) FROM topups") == _ROWS


@pytest.mark.parametrize("which", _PLANS)
async def test_how_a_statement_runs_is_told(distributed: tuple[Conn, dict[str, Placement]], which: str) -> None:
    sql, arguments, plan = _PLANS[which]
    conn, _ = distributed
    assert (await judge(conn, which, sql, arguments)).plan is plan


@pytest.mark.parametrize("which", _WITH_THE_ACCOUNT)
async def test_a_statement_that_names_the_account_for_each_table_stays_on_its_shard(
    distributed: tuple[Conn, dict[str, Placement]], which: str
) -> None:
    sql, arguments = _WITH_THE_ACCOUNT[which]
    conn, _ = distributed
    assert await judge(conn, which, sql, arguments) == Verdict(which, Plan.ONE_SHARD, "", ANY)


async def test_brim_serves_from_a_coordinator(citus: CitusCluster, start_brim: Callable[..., RunningBrim]) -> None:
    urls = citus.urls_of(await citus.create_database())
    brim = start_brim(arguments=["--database-url", urls.service, "--migration-url", urls.owner])
    topup = brim.create_topup()

    def has_succeeded() -> bool:
        status, found = brim.call("GET", f"/v1/topups/{topup}")
        assert status in {200, 429, 503}, found  # a busy machine is no failure
        return found.get("status") == "succeeded"

    until(has_succeeded, what="the settlement")
    verified = run_brim("verify", "--database-url", urls.service)
    assert verified.returncode == 0, verified.stdout + verified.stderr
