"""Least privilege: what the service's role may do to each table, and what PostgreSQL refuses it."""

import asyncio
from typing import Final

import asyncpg
import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.core.integrity.books import verify_books
from brim.core.topups.settlement import settle_due
from brim.host.database_urls import DatabaseUrls
from brim.host.preparation import prepare_database
from brim.platform.database import Database
from brim.platform.migrate import (
    DatabaseRefusedError,
    Migration,
    MissingOwnerRightError,
    NotTheOwnerError,
    known_migrations,
    migrate,
)
from brim.platform.roles import GROWING_TABLES, MissingServiceRoleError
from tests.support.books import LATER_MS, RAILS, create, new_topup
from tests.support.roles import OwnRoles, as_role, quoted, run_as

ALL_RIGHTS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
ORDINARY: Final = {"SELECT", "INSERT", "UPDATE", "DELETE"}
GROWING: Final = {"SELECT", "INSERT"}
ENTRY: Final = "'acct_x', false, 'je_x', 'tu_x', 'topup', 'funding:clearing', 'balance:available', 5, 'usd', 1"

AUDIT_LINE: Final = "INSERT INTO audit_log (id, at_ms, actor_kind, action) VALUES ('aud_1', 1, 'cli', 'operator.added')"


async def rights(url: str, role: str) -> dict[str, set[str]]:
    """Return what a role may do, by whatever way, to each relation of the schema that has rights."""
    conn = await asyncpg.connect(url)
    try:
        found = await conn.fetch(
            """
            SELECT relname, p.name FROM pg_class LEFT JOIN unnest($2::text[]) AS p (name)
            ON has_table_privilege($1, pg_class.oid, p.name)
                OR p.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                AND has_any_column_privilege($1, pg_class.oid, p.name)
            WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I')
            """,
            role,
            ALL_RIGHTS,
        )
    finally:
        await conn.close()
    relations = {row["relname"] for row in found}
    return {name: {row["name"] for row in found if row["relname"] == name and row["name"]} for name in relations}


def expected_rights(relations: set[str]) -> dict[str, set[str]]:
    # Who may insert draws from an identity column's sequence without a right of their own.
    identity: dict[str, set[str]] = {"new_events_place_seq": set()}
    read_only = {"schema_migrations": {"SELECT"}, "installation": {"SELECT"}}
    special = {**dict.fromkeys(GROWING_TABLES, GROWING), **read_only, **identity}
    return {name: special.get(name, ORDINARY) for name in relations}


async def test_every_relation_gives_the_service_exactly_its_rights(each_database_urls: DatabaseUrls) -> None:
    found = await rights(each_database_urls.owner, "brim_service")
    assert {"journal_entries", "topups", "schema_migrations"} <= set(found)
    assert found == expected_rights(set(found))


async def test_the_service_owns_nothing_and_may_make_nothing(each_database_urls: DatabaseUrls) -> None:
    asked = (
        "NOT EXISTS (SELECT FROM pg_class WHERE pg_has_role('brim_service', relowner, 'MEMBER'))",
        "NOT EXISTS (SELECT FROM pg_auth_members WHERE member = 'brim_service'::regrole)",
        "NOT has_schema_privilege('brim_service', 'public', 'CREATE')",
        "NOT has_database_privilege('brim_service', current_database(), 'CREATE')",
        """(
            SELECT NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
            FROM pg_roles WHERE rolname = 'brim_service'
        )""",
    )
    for question in asked:
        assert await run_as(each_database_urls.service, f"SELECT {question}") is True, question


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entries SET amount = amount + 1",
        "DELETE FROM journal_entries",
        "TRUNCATE journal_entries",
        "SELECT 1 FROM journal_entries FOR UPDATE",
        f"INSERT INTO journal_entries VALUES ({ENTRY}) ON CONFLICT (account, livemode, id) DO UPDATE SET amount = 1",
        "UPDATE audit_log SET actor = 'op_somebody'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "SELECT 1 FROM audit_log FOR UPDATE",
        f"{AUDIT_LINE} ON CONFLICT ON CONSTRAINT audit_log_pk DO UPDATE SET action = 'y'",
        "ALTER TABLE audit_log OWNER TO brim_service",
        "DROP TABLE audit_log",
        "MERGE INTO journal_entries AS t USING balances AS b ON t.account = b.account WHEN MATCHED THEN DELETE",
        "DO $$ BEGIN LOCK TABLE journal_entries IN EXCLUSIVE MODE; END $$",
        "ALTER TABLE journal_entries DISABLE TRIGGER ALL",
        "ALTER TABLE journal_entries DROP CONSTRAINT journal_entries_amount_positive",
        "ALTER TABLE journal_entries OWNER TO brim_service",
        "CREATE INDEX ON journal_entries (amount)",
        "CREATE RULE silent AS ON INSERT TO journal_entries DO INSTEAD NOTHING",
        "DROP TABLE journal_entries",
        "DROP TABLE topups",
        "TRUNCATE topups",
        "CREATE TABLE mine (n int)",
        "CREATE VIEW mine AS SELECT 1",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "UPDATE schema_migrations SET checksum = ''",
        "DELETE FROM schema_migrations",
        "INSERT INTO schema_migrations VALUES (99, 'x', 'x', 1)",
        "SET ROLE brim",
        "SET SESSION AUTHORIZATION brim",
        "SET session_replication_role = replica",
        "ALTER ROLE brim_service SUPERUSER",
        "GRANT brim TO brim_service",
        "CREATE ROLE mine",
        "COPY journal_entries TO PROGRAM 'cat'",
        "COPY journal_entries FROM '/dev/null'",
        "SELECT pg_read_file('postgresql.conf')",
    ],
)
async def test_what_would_undo_the_books_is_refused(each_database_urls: DatabaseUrls, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run_as(each_database_urls.service, statement)


async def test_no_right_can_be_taken_by_granting_it(each_database_urls: DatabaseUrls) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run_as(
            each_database_urls.service,
            "GRANT UPDATE ON journal_entries TO brim_service",  # PostgreSQL warns and does nothing
            "UPDATE journal_entries SET amount = 1",
        )


async def test_the_service_may_add_entries_one_by_one_and_many(each_database_urls: DatabaseUrls) -> None:
    conn = await asyncpg.connect(each_database_urls.service)
    await conn.execute(f"INSERT INTO journal_entries VALUES ({ENTRY})")
    row = ("acct_x", False, "je_y", "tu_y", "topup", "funding:clearing", "balance:available", 5, "usd", 1, "topup", 1)
    await conn.copy_records_to_table("journal_entries", records=[row])
    assert await conn.fetchval("SELECT count(*) FROM journal_entries") == 2
    await conn.close()


async def test_the_service_may_add_to_the_audit_log_and_read_it(each_database_urls: DatabaseUrls) -> None:
    assert await run_as(each_database_urls.service, AUDIT_LINE, "SELECT action FROM audit_log") == "operator.added"


def _with(*steps: str) -> tuple[Migration, ...]:
    """Return all known steps and some that come after."""
    known = known_migrations()
    first = known[-1].version + 1
    later = [Migration(first + number, f"{number + 1:04}_pre_later", text) for number, text in enumerate(steps)]
    return (*known, *later)


async def test_new_tables_are_never_forgotten(own_roles: OwnRoles) -> None:
    await migrate(own_roles.owner, now_ms=1, service_role=own_roles.service_role)
    later = _with("CREATE TABLE parts (n int) PARTITION BY LIST (n);")
    await migrate(own_roles.owner, now_ms=2, service_role=own_roles.service_role, known=later)
    found = await rights(own_roles.superuser, own_roles.service_role)
    assert {"entry_seals", "parts"} <= set(found)
    assert found == expected_rights(set(found))
    await run_as(own_roles.service, f"INSERT INTO entry_seals VALUES ('acct_1', false, 1, 'tr_1', '\\x{'00' * 32}')")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run_as(own_roles.service, "DELETE FROM entry_seals")


async def test_a_step_comes_with_the_rights_to_its_tables(own_roles: OwnRoles) -> None:
    """The version before still serves, and a trigger may write for it, while the next step waits or fails."""
    await migrate(own_roles.owner, now_ms=1, service_role=own_roles.service_role)
    later = _with("CREATE TABLE noted (n int);", "SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(own_roles.owner, now_ms=2, service_role=own_roles.service_role, known=later)
    await run_as(own_roles.service, "INSERT INTO noted VALUES (1)")


async def test_rights_given_by_hand_are_taken_back(own_roles: OwnRoles) -> None:
    await migrate(own_roles.owner, now_ms=1, service_role=own_roles.service_role)
    role = quoted(own_roles.service_role)
    await run_as(
        own_roles.owner,
        f"GRANT ALL ON journal_entries, schema_migrations TO {role}",
        f"GRANT SELECT ON topups TO {role} WITH GRANT OPTION",
        f"GRANT UPDATE (amount) ON journal_entries TO {role}",
        f"GRANT REFERENCES (available) ON balances TO {role}",
        f"REVOKE INSERT ON events FROM {role}",
    )
    await run_as(own_roles.superuser, f"GRANT CREATE ON SCHEMA public TO {own_roles.owner_role} WITH GRANT OPTION")
    await run_as(own_roles.owner, f"GRANT CREATE ON SCHEMA public TO {role}")
    await migrate(own_roles.owner, now_ms=2, service_role=own_roles.service_role)
    found = await rights(own_roles.superuser, own_roles.service_role)
    assert found == expected_rights(set(found))
    held = f"has_table_privilege({_literal(own_roles.service_role)}, 'topups', 'SELECT WITH GRANT OPTION')"
    assert await run_as(own_roles.superuser, f"SELECT {held}") is False
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run_as(own_roles.service, "CREATE TABLE mine (n int)")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


async def test_rights_that_are_there_already_are_not_written_again(own_roles: OwnRoles) -> None:
    """A GRANT rewrites the catalog's row and makes every session plan anew."""
    written = "SELECT string_agg(relname || xmin::text, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 2200"
    for role in (own_roles.service_role, own_roles.owner_role):
        await migrate(own_roles.owner, now_ms=1, service_role=role)
        before = await run_as(own_roles.superuser, written)
        await migrate(own_roles.owner, now_ms=2, service_role=role)
        assert await run_as(own_roles.superuser, written) == before


async def test_several_runners_at_once_give_the_rights_once(own_roles: OwnRoles) -> None:
    await asyncio.gather(*(migrate(own_roles.owner, now_ms=1, service_role=own_roles.service_role) for _ in range(6)))
    found = await rights(own_roles.superuser, own_roles.service_role)
    assert found == expected_rights(set(found))


async def test_without_a_name_the_rights_go_to_whoever_the_database_url_connects_as(own_roles: OwnRoles) -> None:
    done = await prepare_database(own_roles.urls, now_ms=1)
    assert done.applied == [step.name for step in known_migrations()]
    assert done.weakness is None
    await _live(own_roles.service)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run_as(own_roles.service, "DELETE FROM journal_entries")


async def _live(url: str) -> None:
    """Create and settle a top-up, and check the books."""
    database = await Database.connect(url)
    try:
        ids = IdFactory()
        await create(database, [new_topup(ids)])
        assert await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS) == 1
        assert (await verify_books(database)).differences == []
    finally:
        await database.close()


async def test_an_owner_that_serves_takes_from_itself_what_it_must_not_do(own_roles: OwnRoles) -> None:
    done = await prepare_database(DatabaseUrls(owner=own_roles.owner, service=own_roles.owner), now_ms=1)
    assert done.weakness is not None
    assert own_roles.owner_role in done.weakness
    assert "--migration-url" in done.weakness
    await _live(own_roles.owner)
    for statement in (
        "UPDATE journal_entries SET amount = 1",
        "DELETE FROM journal_entries",
        "TRUNCATE journal_entries",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run_as(own_roles.owner, statement)
    later = _with("ALTER TABLE journal_entries ADD COLUMN note text; CREATE TABLE later (n int);")
    assert len(await migrate(own_roles.owner, now_ms=2, known=later)) == 1


async def test_a_step_that_must_change_entries_gives_itself_the_right_for_as_long_as_it_runs(
    own_roles: OwnRoles,
) -> None:
    await migrate(own_roles.owner, now_ms=1)
    await _live(own_roles.owner)
    change = "UPDATE journal_entries SET step = 'topup_reversal';"
    with pytest.raises(MissingOwnerRightError, match="permission denied for table journal_entries"):
        await migrate(own_roles.owner, now_ms=2, known=_with(change))
    await migrate(own_roles.owner, now_ms=2, known=_with(f"GRANT UPDATE ON journal_entries TO CURRENT_USER; {change}"))
    assert await run_as(own_roles.owner, "SELECT step FROM journal_entries") == "topup_reversal"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run_as(own_roles.owner, change)


async def test_roles_told_apart_later_work_as_if_they_had_always_been(own_roles: OwnRoles) -> None:
    await prepare_database(DatabaseUrls(owner=own_roles.owner, service=own_roles.owner), now_ms=1)
    assert (await prepare_database(own_roles.urls, now_ms=2)).weakness is None
    await _live(own_roles.service)


@pytest.mark.parametrize(
    ("by_hand", "phrase"),
    [
        ("ALTER ROLE {role} SUPERUSER", "superuser"),
        ("GRANT {owner} TO {role}", "PUBLIC or another role"),
        ("ALTER ROLE {role} NOINHERIT; GRANT {owner} TO {role}", "owner of the tables"),
        ("GRANT DELETE ON journal_entries TO PUBLIC", "PUBLIC"),
        ("GRANT UPDATE (amount) ON journal_entries TO PUBLIC", "PUBLIC"),
        ("GRANT pg_write_all_data TO {role}", "another role"),
    ],
)
async def test_a_role_that_its_rights_do_not_bind_is_named(own_roles: OwnRoles, by_hand: str, phrase: str) -> None:
    assert (await prepare_database(own_roles.urls, now_ms=1)).weakness is None
    for statement in by_hand.split("; "):
        await run_as(
            own_roles.superuser, statement.format(role=quoted(own_roles.service_role), owner=own_roles.owner_role)
        )
    weakness = (await prepare_database(own_roles.urls, now_ms=2)).weakness
    assert weakness is not None
    assert phrase in weakness
    assert own_roles.service_role in weakness


async def test_a_missing_role_is_told_with_the_way_to_make_it_before_anything_is_done(own_roles: OwnRoles) -> None:
    with pytest.raises(MissingServiceRoleError, match='CREATE ROLE "no ""such"" role" LOGIN'):
        await migrate(own_roles.owner, now_ms=1, service_role='no "such" role')
    assert await run_as(own_roles.owner, "SELECT to_regclass('schema_migrations')") is None
    with pytest.raises(DatabaseRefusedError, match="nobody_at_all"):
        await prepare_database(
            DatabaseUrls(owner=own_roles.owner, service=as_role(own_roles.owner, "nobody_at_all")), now_ms=1
        )


async def test_the_service_may_check_that_nothing_is_missing_and_change_nothing(own_roles: OwnRoles) -> None:
    with pytest.raises(MissingOwnerRightError, match="--migration-url"):
        await migrate(own_roles.service, now_ms=1)
    await migrate(own_roles.owner, now_ms=1, service_role=own_roles.service_role)
    assert await migrate(own_roles.service, now_ms=2) == []
    with pytest.raises(NotTheOwnerError, match="0001_pre_later"):
        await migrate(own_roles.service, now_ms=2, known=_with("CREATE TABLE later (n int)"))
    with pytest.raises(NotTheOwnerError, match=own_roles.owner_role):
        await migrate(own_roles.service, now_ms=2, service_role=own_roles.owner_role)
