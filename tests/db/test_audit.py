"""What pages, commands and jobs do without the API is told in the transaction that does it, or is not done.

An entry is refused when its transaction commits: then nothing of the act may be there either.
"""

from typing import Final

import msgspec
import pyotp
import pytest

from brim.core.access.service import create_key, revoke_key, roll_key
from brim.core.encryption import rotate_encryption
from brim.core.operators import service as operators
from brim.core.operators.dashboard_keys import OperatorKeys
from brim.core.operators.one_time_codes import begin_codes, confirm_codes
from brim.core.operators.password_links import make_password_link
from brim.core.operators.rules import Role
from brim.platform.database import Database
from brim.platform.vault import SecretUnreadableError, Vault, new_encryption_key
from tests.support.audit_cases import CASES, OPERATOR, new_account, new_key, page_of
from tests.support.books import OWNER, execute, rows
from tests.support.clockwork import Clockwork
from tests.support.people import ADDRESS, BY, IDS, KEY, NOW_MS, PASSWORD, VAULT, add, sign_in_of

STATE: Final = (
    *("accounts", "api_keys", "cli_pairings", "first_run", "operator_identities", "operator_keys", "operator_sessions"),
    *("topups", "events", "idempotency_keys", "journal_entries", "balances", "balance_transactions"),
    *("operator_password_links", "operator_recovery_codes", "operators", "owner_terms", "test_clocks", "audit_log"),
    *(
        "originators",
        "ach_files",
        "ach_approvals",
        "balance_reserves",
        "holds",
        "data_keys",
        "return_overrides",
        "legal_holds",
        "funding_instructions",
        "incoming_transfers",
        "virtual_accounts",
        "known_payers",
        "statement_mappings",
        "report_runs",
        "notification_channels",
        "notification_messages",
        "notification_recipients",
    ),
)


async def state(database: Database) -> dict[str, list[str]]:
    """Return all rows of what such acts write."""
    found = {table: await rows(database, f"SELECT t::text AS row FROM {table} AS t ORDER BY 1") for table in STATE}
    return {table: [row["row"] for row in each] for table, each in found.items()}


@pytest.mark.parametrize("name", CASES)
async def test_an_act_and_its_entry_commit_together_or_not_at_all(
    name: str, database: Database, owner_database: Database
) -> None:
    act = await CASES[name](database)
    before = await state(owner_database)
    await execute(
        owner_database,
        "CREATE FUNCTION refuse_entry() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no commit with this entry'; END $$",
        "CREATE CONSTRAINT TRIGGER refuse_entries AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION refuse_entry()",
    )
    with pytest.raises(Exception, match="no commit with this entry"):
        await act()
    assert await state(owner_database) == before
    await execute(owner_database, "DROP TRIGGER refuse_entries ON audit_log")
    await act()
    after = await state(owner_database)
    assert len(after["audit_log"]) > len(before["audit_log"])
    assert {table for table in STATE if after[table] != before[table]} > {"audit_log"}
    newest = await rows(owner_database, "SELECT object_type, actor_kind FROM audit_log ORDER BY id DESC LIMIT 1")
    assert newest[0]["object_type"] is not None


@pytest.mark.parametrize("name", CASES)
async def test_an_act_that_cannot_commit_leaves_no_entry(
    name: str, database: Database, owner_database: Database
) -> None:
    act = await CASES[name](database)
    before = await state(owner_database)
    await execute(
        owner_database,
        "CREATE FUNCTION refuse_act() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no commit of this act'; END $$",
        *(
            f"CREATE CONSTRAINT TRIGGER refuse_acts AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_act()"
            for table in STATE
            if table != "audit_log"
        ),
    )
    with pytest.raises(Exception, match="no commit of this act"):
        await act()
    assert await state(owner_database) == before


async def test_an_entry_holds_what_changed_and_nothing_else(database: Database) -> None:
    await add(database, "first@example.com")
    operator = await add(database)
    await operators.set_role(database, operator.id, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS)
    key = await new_key(database)
    await revoke_key(database, key_id=key, by=BY, now_ms=NOW_MS, ids=IDS)
    found = await rows(
        database,
        "SELECT action, before::text, after::text FROM audit_log "
        "WHERE action IN ('operator.role_set', 'api_key.revoked')",
    )
    told = {row["action"]: [msgspec.json.decode(row[name]) for name in ("before", "after")] for row in found}
    assert told == {
        "operator.role_set": [{"role": "admin"}, {"role": "viewer"}],
        "api_key.revoked": [{"expires_ms": None}, {"expires_ms": NOW_MS}],
    }


async def test_no_secret_of_keys_and_operators_gets_into_the_log(database: Database, owner_database: Database) -> None:
    scope = await new_account(database)
    new = await create_key(
        database, account=scope.account, livemode=False, permissions=None, name="k", by=BY, now_ms=NOW_MS, ids=IDS
    )
    rolled = await roll_key(database, key_id=new.key.id, grace_ms=0, by=BY, now_ms=NOW_MS, ids=IDS)
    operator = await add(database)
    secret = (await begin_codes(database, VAULT, operator.id)).secret
    code = pyotp.TOTP(secret).at(NOW_MS // 1000)
    recovery = await confirm_codes(database, VAULT, operator.id, code, by=BY, now_ms=NOW_MS, ids=IDS)
    link = await make_password_link(database, operator.id, by=BY, now_ms=NOW_MS, ids=IDS)
    page_key = await OperatorKeys(database, VAULT, ids=IDS).key_of(operator, scope, now_ms=NOW_MS)
    session = await sign_in_of(database).begin_for(operator, address=ADDRESS, now_ms=NOW_MS)
    [hashed] = await rows(owner_database, "SELECT password_hash FROM operators")
    canaries = [new.secret, rolled.secret, PASSWORD, hashed["password_hash"], secret, *recovery, link, page_key]
    canaries += [session.token, new.key.hash.hex()]
    written = "\n".join((await state(owner_database))["audit_log"])
    assert [canary for canary in canaries if canary in written] == []
    assert new.key.redacted in written


async def test_a_pages_create_is_told_once_and_one_by_a_key_is_not(database: Database) -> None:
    page = page_of(database)
    topup = await page.create(OWNER, key="form")
    assert await page.create(OWNER, key="form") == topup
    await Clockwork(database, now_ms=NOW_MS).create(OWNER)
    entries = await rows(database, "SELECT action, actor, object, after::text FROM audit_log")
    assert [(entry["action"], entry["actor"], entry["object"]) for entry in entries] == [
        ("PostTopups", OPERATOR.id, topup["id"])
    ]
    made = {"status": "pending", "amount": 1000, "currency": "usd", "metadata": None}
    assert msgspec.json.decode(entries[0]["after"]) == made


async def test_a_change_of_encryption_keys_that_stops_half_way_leaves_its_trace(
    database: Database, owner_database: Database
) -> None:
    """Each batch has its entry; the one that says that all is done comes last. What is done is not done again."""
    for email in ("first@example.com", "second@example.com"):
        operator = await add(database, email)
        await begin_codes(database, VAULT, operator.id)
    await execute(owner_database, "UPDATE operators SET totp_secret = '\\x00' WHERE email = 'second@example.com'")
    found = "SELECT detail FROM audit_log WHERE action = 'encryption.rotated' ORDER BY id"
    vault = Vault([new_encryption_key(), KEY])
    with pytest.raises(SecretUnreadableError):
        await rotate_encryption(database, vault, by=BY, now_ms=NOW_MS, ids=IDS, step=1)
    assert [row["detail"] for row in await rows(database, found)] == ["1 of sealed_operators"]
    await execute(owner_database, "DELETE FROM operators WHERE email = 'second@example.com'")
    await rotate_encryption(database, vault, by=BY, now_ms=NOW_MS, ids=IDS, step=1)
    assert [row["detail"] for row in await rows(database, found)][1:] == ["all 1 secrets"]


async def test_keys_of_pages_that_end_are_told(database: Database) -> None:
    scope, operator = await new_account(database), await add(database)
    await add(database, "second@example.com")
    keys = OperatorKeys(database, VAULT, ids=IDS)
    await keys.key_of(operator, scope, now_ms=NOW_MS)
    await operators.set_role(database, operator.id, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS)
    await operators.set_role(database, operator.id, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS)
    told = await rows(database, "SELECT action, before::text, after::text FROM audit_log ORDER BY id")
    ends = [row for row in told if row["action"] == "api_key.revoked"]
    assert [(msgspec.json.decode(row["before"]), msgspec.json.decode(row["after"])) for row in ends] == [
        ({"expires_ms": None}, {"expires_ms": NOW_MS})
    ]
    assert [row["action"] for row in told].count("operator.role_set") == 1, "the second changed nothing"
