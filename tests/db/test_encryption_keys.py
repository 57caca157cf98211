"""The keys that encrypt: which secrets they are found in, their change beside other processes, and data keys."""

import asyncio
import re
import signal
import subprocess
import threading

import asyncpg

from brim.core.encryption import (
    count_secrets,
    find_service_secret,
    rotate_encryption,
)
from brim.core.encryption.store import SEALED_TABLES
from brim.platform.database import Database
from brim.platform.sql import load_queries
from brim.platform.vault import Vault, find_key_id, new_encryption_key
from brim.testing.terminal import typed
from tests.support.books import execute, rows
from tests.support.brim_process import brim_command, brim_environment, run_brim
from tests.support.waiting import until_somebody_waits

OLD, NEW = new_encryption_key(), new_encryption_key()
OLD_ID, NEW_ID = find_key_id(OLD), find_key_id(NEW)


async def _seal(database: Database, count: int, key: str = OLD, *, prefix: str = "s") -> dict[str, bytes]:
    """Return new secrets of the service by name, sealed with a key."""
    vault = Vault([key])
    return {name: await find_service_secret(database, vault, name) for name in (f"{prefix}{n}" for n in range(count))}


async def test_every_column_that_holds_secrets_is_walked(owner_database: Database) -> None:
    """`sealed` and `secret` are what such columns are called; one that is forgotten cannot be read after a change."""
    found = await rows(
        owner_database,
        """
        SELECT relname AS name, attname AS part
        FROM pg_class AS t JOIN pg_attribute AS a ON attrelid = t.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND atttypid = 'bytea'::regtype
            AND attname ~ 'sealed|secret'
        """,
    )
    statements = load_queries("brim.core.encryption", fragments="brim.core.encryption")
    walked = [statements[f"next_{table.name}"] for table in SEALED_TABLES]
    for record in found:
        mine = [text for text in walked if re.search(rf"FROM {record['name']}\s", text)]
        assert any(f"substring({record['part']} FROM" in text for text in mine), record
    assert len(found) == len(walked) - 1, "the other one is replies, which are JSON"


async def test_who_sealed_what_is_counted(database: Database) -> None:
    await _seal(database, 3)
    await _seal(database, 2, NEW, prefix="n")
    assert await count_secrets(database, page=2) == {OLD_ID: 3, NEW_ID: 2}


async def test_replies_and_computers_of_the_official_cli_are_encrypted_anew(
    database: Database, owner_database: Database
) -> None:
    """Each is opened on its way out, long after the key has changed; nothing else in a reply is touched."""
    vault = Vault([OLD])
    hook, target, device = (vault.seal(b"whsec_x", place=place).decode() for place in ("hook", "target", "device"))
    await execute(
        owner_database,
        f"""
        INSERT INTO idempotency_keys
            (account, livemode, key, fingerprint, request_id, response_status, response_body, created_ms)
        VALUES
            ('acct_1', false, 'k1', '', 'req', 200, '{{"id": "we_1",  "secret":"{hook}"}}', 1),
            ('acct_1', false, 'k2', '', 'req', 200, '{{"webhook_endpoint":{{"signing_secret":"{target}"}}}}', 1),
            ('acct_1', false, 'k3', '', 'req', 200, '{{"id":"pm_1"}}', 1),
            ('acct_1', false, 'k4', '', 'req', NULL, NULL, 1);
        INSERT INTO cli_devices (account, livemode, device, endpoint, secret, created)
        VALUES ('acct_1', false, 'box', 'we_2', '{device}'::bytea, 1)
        """,
    )
    assert await rotate_encryption(database, Vault([NEW, OLD]), **typed()) == (3, 3, {})
    kept = {
        record["key"]: record["body"]
        for record in await rows(database, "SELECT key, response_body::text AS body FROM idempotency_keys")
    }
    first = re.fullmatch(r'\{"id": "we_1",  "secret":"(.*)"\}', kept["k1"])
    second = re.fullmatch(r'\{"webhook_endpoint":\{"signing_secret":"(.*)"\}\}', kept["k2"])
    assert first
    assert second
    assert (kept["k3"], kept["k4"]) == ('{"id":"pm_1"}', None)
    [secret] = [record["secret"] for record in await rows(database, "SELECT secret FROM cli_devices")]
    for sealed, place in ((first[1].encode(), "hook"), (second[1].encode(), "target"), (secret, "device")):
        assert Vault([NEW]).open(sealed, place=place) == b"whsec_x"


async def test_what_another_process_seals_meanwhile_is_found(database: Database, service_url: str) -> None:
    """One that knows the new key and still seals with the old one; the walk has passed the place where it puts that."""
    await _seal(database, 2, prefix="s")
    late: dict[str, bytes] = {}

    async def seal_late() -> None:
        other = await Database.connect(service_url)
        late.update(await _seal(other, 1, prefix="a"))
        await other.close()

    def on_progress(_count: int) -> None:
        if not late:
            other = threading.Thread(target=lambda: asyncio.run(seal_late()))
            other.start()
            other.join()

    done = await rotate_encryption(database, Vault([NEW, OLD]), **typed(), on_progress=on_progress)
    assert done == (3, 3, {})
    for name, secret in late.items():
        assert await find_service_secret(database, Vault([NEW]), name) == secret


async def test_what_is_sealed_with_the_old_key_again_and_again_is_told(database: Database) -> None:
    secrets = await _seal(database, 1)

    class Stubborn(Vault):
        def reseal(self, sealed: bytes) -> bytes:
            return sealed

    done = await rotate_encryption(database, Stubborn([NEW, OLD]), **typed())
    assert done.left == {OLD_ID: 1}
    told = [record["detail"] for record in await rows(database, "SELECT detail FROM audit_log")]
    assert not [detail for detail in told if detail.startswith("all ")]
    assert await find_service_secret(database, Vault([OLD]), "s0") == secrets["s0"]


async def test_a_change_that_is_killed_goes_on_where_it_was(
    database_url: str, service_url: str, database: Database
) -> None:
    """The process waits for a row that the test holds, with the table before it done, and is killed there."""
    secrets = await _seal(database, 3)
    sealed = Vault([OLD]).seal(b"whsec_x", place="device").decode()
    await execute(
        database,
        f"""
        INSERT INTO cli_devices (account, livemode, device, endpoint, secret, created)
        VALUES ('acct_1', false, 'box', 'we_2', '{sealed}'::bytea, 1)
        """,
    )
    arguments = ("keys", "rotate-encryption", "--database-url", service_url)
    keys = {"BRIM_ENCRYPTION_KEY": f"{NEW},{OLD}"}
    holder = await asyncpg.connect(service_url)
    try:
        async with holder.transaction():
            await holder.execute("SELECT FROM cli_devices FOR UPDATE")
            process = await asyncio.create_subprocess_exec(
                *brim_command(*arguments), env=brim_environment(keys), stdout=subprocess.DEVNULL
            )
            await until_somebody_waits(database_url)
            process.send_signal(signal.SIGKILL)
            await process.wait()
    finally:
        await holder.close()
    assert await count_secrets(database) == {NEW_ID: 3, OLD_ID: 1}
    again = await asyncio.to_thread(run_brim, *arguments, env=keys)
    assert again.stdout == f"4 secrets, 1 of them re-encrypted with the key {NEW_ID}.\n", again.stderr
    for name, secret in secrets.items():
        assert await find_service_secret(database, Vault([NEW]), name) == secret
