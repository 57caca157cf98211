"""Migrations: from nothing, again, by several at once, and refused where they must be."""

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from brim.platform.database import Database
from brim.platform.migrate import (
    ChangedMigrationError,
    DatabaseRefusedError,
    Migration,
    NewerSchemaError,
    PendingMigrationsError,
    Phase,
    check_schema,
    known_migrations,
    migrate,
    waiting_steps,
)

FIRST = Migration(1, "0001_pre_first", "CREATE TABLE first (id integer);")
SECOND = Migration(2, "0002_pre_second", "CREATE TABLE second (id integer); INSERT INTO second VALUES (1);")
BROKEN = Migration(2, "0002_pre_broken", "CREATE TABLE half_done (id integer); SELECT 1 / 0;")


async def _check(url: str, known: tuple[Migration, ...]) -> None:
    database = await Database.connect(url)
    try:
        async with database.connection() as conn:
            await check_schema(conn, known=known)
    finally:
        await database.close()


async def test_all_known_migrations_apply_to_an_empty_database_once(empty_database_url: str) -> None:
    names = [step.name for step in known_migrations()]
    assert await migrate(empty_database_url, now_ms=1) == names
    assert await migrate(empty_database_url, now_ms=2) == []
    await _check(empty_database_url, known_migrations())


async def test_an_empty_database_gets_all_steps_in_one_transaction_and_the_same_schema_as_step_by_step(
    empty_database_url: str,
) -> None:
    known = known_migrations()
    await migrate(empty_database_url, now_ms=1)
    conn = await asyncpg.connect(empty_database_url)
    assert await conn.fetchval("SELECT count(DISTINCT xmin::text) FROM schema_migrations") == 1
    at_once = await _schema(conn)
    await conn.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await migrate(empty_database_url, now_ms=1, known=known[:1])
    await migrate(empty_database_url, now_ms=1)
    assert await conn.fetchval("SELECT count(DISTINCT xmin::text) FROM schema_migrations") == len(known)
    assert await _schema(conn) == at_once
    await conn.close()


async def _schema(conn: asyncpg.Connection) -> dict[str, list[str]]:
    """Return what there is in our schema, as PostgreSQL would write it, and who may do what."""
    asked = {
        "tables": "SELECT c::text FROM (SELECT relname, relkind, relacl, reloptions, relrowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace) AS c ORDER BY 1",
        "columns": "SELECT c::text FROM (SELECT attrelid::regclass::text, attnum, attname, atttypid::regtype::text,"
        " attnotnull, attisdropped, attstorage, attcompression, attstattarget, attcollation::regcollation::text,"
        " attacl, pg_get_expr(adbin, adrelid) FROM pg_class AS t JOIN pg_attribute ON attrelid = t.oid"
        " LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
        " WHERE relnamespace = 'public'::regnamespace) AS c ORDER BY 1",
        "constraints": "SELECT conrelid::regclass || conname || convalidated || pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1",
        "indexes": "SELECT indexrelid::regclass || indisvalid::text || pg_get_indexdef(indexrelid) FROM pg_index"
        " JOIN pg_class ON oid = indexrelid WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
        "triggers": "SELECT tgenabled::text || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " ORDER BY 1",
        "functions": "SELECT proacl::text || pg_get_functiondef(oid) FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
    }
    return {what: [row[0] for row in await conn.fetch(statement)] for what, statement in asked.items()}


async def test_stock_postgres_takes_all_known_migrations(stock_database_url: str) -> None:
    await _check(stock_database_url, known_migrations())


async def test_only_what_is_missing_is_applied(empty_database_url: str) -> None:
    await migrate(empty_database_url, now_ms=1, known=(FIRST,))
    with pytest.raises(PendingMigrationsError, match="0002_pre_second"):
        await _check(empty_database_url, (FIRST, SECOND))
    assert await migrate(empty_database_url, now_ms=2, known=(FIRST, SECOND)) == [SECOND.name]
    await _check(empty_database_url, (FIRST, SECOND))


async def test_a_database_never_migrated_is_not_ready(empty_database_url: str) -> None:
    with pytest.raises(PendingMigrationsError, match="brim migrate"):
        await _check(empty_database_url, (FIRST,))


async def test_several_runners_at_once_apply_each_step_exactly_once(empty_database_url: str) -> None:
    runs = await asyncio.gather(*(migrate(empty_database_url, now_ms=1, known=(FIRST, SECOND)) for _ in range(6)))
    assert sorted(name for names in runs for name in names) == [FIRST.name, SECOND.name]
    conn = await asyncpg.connect(empty_database_url)
    assert await conn.fetchval("SELECT count(*) FROM second") == 1
    await conn.close()


async def test_a_step_that_fails_leaves_nothing_of_itself(empty_database_url: str) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database_url, now_ms=1, known=(FIRST, BROKEN))
    conn = await asyncpg.connect(empty_database_url)
    assert await conn.fetchval("SELECT to_regclass('half_done')") is None
    await conn.close()
    with pytest.raises(PendingMigrationsError):
        await _check(empty_database_url, (FIRST, BROKEN))


async def test_a_step_that_waits_for_a_table_keeps_nobody_else_from_it(empty_database_url: str) -> None:
    alter = Migration(2, "0002_pre_alter", "ALTER TABLE first ADD COLUMN more integer;")
    await migrate(empty_database_url, now_ms=1, known=(FIRST,))
    long, other = await asyncpg.connect(empty_database_url), await asyncpg.connect(empty_database_url)
    waits = asyncio.Event()
    reading = long.transaction()
    await reading.start()
    await long.fetch("SELECT id FROM first")
    known = (FIRST, alter)
    running = asyncio.create_task(
        migrate(empty_database_url, now_ms=2, known=known, phase=Phase.PRE, say=lambda _sentence: waits.set())
    )
    await waits.wait()  # it has let go, and the reader before it still holds the table
    assert await other.fetch("SELECT id FROM first") == []
    assert not running.done()
    await reading.rollback()
    assert await running == [alter.name]
    await long.close()
    await other.close()


async def test_a_database_of_a_newer_version_is_refused(empty_database_url: str) -> None:
    await migrate(empty_database_url, now_ms=1, known=(FIRST, SECOND))
    with pytest.raises(NewerSchemaError, match="0002_pre_second"):
        await migrate(empty_database_url, now_ms=2, known=(FIRST,))


async def test_a_step_edited_after_it_was_applied_is_refused(empty_database_url: str) -> None:
    await migrate(empty_database_url, now_ms=1, known=(FIRST,))
    edited = Migration(FIRST.version, FIRST.name, FIRST.sql + " -- edited")
    with pytest.raises(ChangedMigrationError, match="0001_pre_first"):
        await migrate(empty_database_url, now_ms=2, known=(edited,))


async def test_a_missing_database_is_named(empty_database_url: str) -> None:
    name = empty_database_url.partition("?")[0].rpartition("/")[2]
    with pytest.raises(DatabaseRefusedError, match="no_such_database"):
        await migrate(empty_database_url.replace(name, "no_such_database"), now_ms=1)


async def test_the_version_before_is_ready_beside_later_pre_steps_and_not_beside_post_ones(
    empty_database_url: str,
) -> None:
    await migrate(empty_database_url, now_ms=1, known=(FIRST, SECOND))
    await _check(empty_database_url, (FIRST,))
    post = Migration(3, "0003_post_third", "SELECT 1;")
    await migrate(empty_database_url, now_ms=2, known=(FIRST, SECOND, post))
    with pytest.raises(NewerSchemaError, match="0003_post_third"):
        await _check(empty_database_url, (FIRST,))


async def test_indexes_may_be_built_before_as_the_docs_say(empty_database_url: str, stock_database_url: str) -> None:
    """The migrations build none of them again, and they are what the migrations would have built."""
    docs = Path(__file__).parents[2].joinpath("docs", "upgrades.md").read_text(encoding="utf-8")
    statements = re.findall(r"^CREATE INDEX CONCURRENTLY (\w+)([^;]+);$", docs, re.MULTILINE)
    names = [name for name, _ in statements]
    before = next(step.version for step in known_migrations() if step.name.endswith("_virtual_accounts"))
    await migrate(empty_database_url, now_ms=1, known=known_migrations()[:before])
    conn = await asyncpg.connect(empty_database_url)
    for name, what in statements:
        await conn.execute(f"CREATE INDEX CONCURRENTLY {name}{what}")
    asked = (
        "SELECT relname, pg_get_indexdef(oid), pg_relation_filenode(oid), indisvalid FROM pg_class"
        " JOIN pg_index ON indexrelid = oid WHERE relname = ANY ($1) ORDER BY relname"
    )
    built = [tuple(row) for row in await conn.fetch(asked, names)]
    assert len(built) == 10
    await migrate(empty_database_url, now_ms=2)
    assert [tuple(row) for row in await conn.fetch(asked, names)] == built
    await conn.close()
    conn = await asyncpg.connect(stock_database_url)
    migrated = [tuple(row) for row in await conn.fetch(asked, names)]
    await conn.close()
    assert [(name, what, valid) for name, what, _, valid in built] == [
        (name, what, valid) for name, what, _, valid in migrated
    ]


def test_migrations_are_numbered_without_gaps() -> None:
    assert [step.version for step in known_migrations()] == list(range(1, len(known_migrations()) + 1))


async def test_in_phase_pre_it_stops_before_the_first_step_that_has_to_wait(empty_database_url: str) -> None:
    steps = known_migrations()
    first_post = next(number for number, step in enumerate(steps) if step.waits)
    applied = await migrate(empty_database_url, now_ms=1, phase=Phase.PRE)
    assert applied == [step.name for step in steps[:first_post]]
    assert await migrate(empty_database_url, now_ms=1, phase=Phase.PRE) == []
    assert await waiting_steps(empty_database_url) == [step.name for step in steps[first_post:]]
    assert await migrate(empty_database_url, now_ms=1) == [step.name for step in steps[first_post:]]
    assert await waiting_steps(empty_database_url) == []


async def test_a_database_that_lacks_only_post_steps_is_ready(empty_database_url: str) -> None:
    last = Migration(len(known_migrations()) + 1, "9999_post_last", "SELECT 1")
    later = Migration(last.version + 1, "9999_pre_later", "SELECT 1")
    await migrate(empty_database_url, now_ms=1)
    await _check(empty_database_url, (*known_migrations(), last))
    with pytest.raises(PendingMigrationsError, match="9999_post_last and 1 later"):
        await _check(empty_database_url, (*known_migrations(), last, later))


def test_no_migration_reads_differently_than_when_it_was_written() -> None:
    """Its checksum is in every database, and one edited comment keeps all of them from starting.

    A new migration's line is added with `sha256sum`; no other line ever changes.
    """
    lines = Path(__file__).with_name("migrations.sha256").read_text(encoding="ascii").splitlines()
    written = {name.removesuffix(".sql"): checksum for checksum, name in map(str.split, lines)}
    assert {step.name: step.checksum for step in known_migrations()} == written
