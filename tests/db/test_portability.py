"""An account that was exported comes into another installation with everything, once, or with nothing at all."""

import json
import re
import tarfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.base.errors import BrimError, ResourceMissingError
from brim.base.scope import AccountScope
from brim.core import access
from brim.core.account_closing import set_closed
from brim.core.encryption.store import SEALED_TABLES
from brim.core.originators import authorization_place
from brim.core.portability import ExportBrokenError, ExportSecret, LiveMoneyError, check_export, tar
from brim.core.portability.export_keys import OtherExportKeyError
from brim.core.portability.rules import (
    AccountThereError,
    FileExistsAlreadyError,
    FirstAccountError,
    ForReadingError,
    OtherInstallationError,
    OtherSchemaError,
    OthersEntriesError,
    UnfitPlatformError,
    UnfitRowsError,
)
from brim.core.portability.table_rules import EXPORTED, LEFT_OUT, NOT_OF_ACCOUNTS, Table
from brim.core.stripe_cli.service import _place as device_place
from brim.platform.database import Database
from brim.platform.sealing import SealBrokenError
from brim.platform.vault import Vault, new_encryption_key
from brim.testing.terminal import typed
from tests.support.books import assert_books_hold, execute, rows
from tests.support.live_money import NO_ACCOUNT, PAYS, PLATFORM, RETURNS_LATE, LiveMoney
from tests.support.portability import (
    OTHER_SECRET,
    SECRET,
    Members,
    archive_of,
    edited,
    exported,
    forge,
    imported,
    read_members,
    read_rows,
    sealed,
)
from tests.support.postgres import PostgresForTests
from tests.support.statements import STATEMENTS

_READS: Final = {name.removeprefix("portability.rows_of_"): sql for name, sql in STATEMENTS.items()}
UNDER: Final = AccountScope("acct_under", livemode=True)
_CORRECTION: Final = (
    "INSERT INTO corrections (account, livemode, id, owner, funding_source, topup, number, change_code, trace, status,"
    " refusal_code, corrected, routing_number, last4, fingerprint, received_ms, ended_ms) VALUES"
)
Forge = Callable[[Callable[[Members], Members]], Path]


@pytest_asyncio.fixture
async def target(postgres: PostgresForTests) -> AsyncIterator[Database]:
    """Another installation, with nothing in it."""
    name = await postgres.create_database()
    database = await Database.connect(postgres.urls_of(name).service, timeout_s=120.0)
    yield database
    await database.close()
    await postgres.drop_database(name)


@pytest.fixture
def target_vault() -> Vault:
    return Vault([new_encryption_key()])


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def close(live: LiveMoney) -> None:
    await set_closed(live.database, PLATFORM.account, is_closed=True, with_connected=True, **typed())


async def everything_in(database: Database) -> int:
    """Return how many rows there are in all tables that are imported into."""
    counts = [await rows(database, f"SELECT count(*) AS n FROM {table.name}") for table in EXPORTED]
    return sum(count["n"] for (count,) in counts)


async def test_every_table_is_exported_or_left_out_for_a_reason(database: Database) -> None:
    """A migration that adds a table, or a column `account`, has to say here what becomes of it."""
    found = await rows(
        database,
        "SELECT c.table_name AS name, bool_or(c.column_name = 'account') AS is_of_account"
        " FROM information_schema.columns AS c"
        " JOIN information_schema.tables AS t USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE' GROUP BY 1",
    )
    of_accounts = {row["name"] for row in found if row["is_of_account"]}
    exported_names = {table.name for table in EXPORTED}
    assert not exported_names & set(LEFT_OUT)
    assert exported_names | set(LEFT_OUT) == of_accounts
    assert set(NOT_OF_ACCOUNTS) == {row["name"] for row in found} - of_accounts


def test_every_column_that_is_encrypted_is_known() -> None:
    """What a change of encryption keys walks, an export decrypts; replies that tell a secret are left out."""
    walked = {re.sub(r"^(old_)?sealed_", "", table.name) for table in SEALED_TABLES}
    not_exported = {"service_secrets", "operators", "notification_channels", "operator_keys", "replies"}
    assert {table.name for table in EXPORTED if table.sealed} == walked - not_exported


async def test_secrets_that_few_accounts_have_come_in_for_their_rows_too(
    live: LiveMoney, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    """Their places are made where they are encrypted; a wrong one here would open nothing."""
    await live.open()
    secrets = {
        "authorizations": authorization_place(PLATFORM, "auth_1"),
        "cli_devices": device_place(PLATFORM, "box"),
        "corrections": f"correction/{PLATFORM.account}/True/cor_1",
    }
    statements = {
        "authorizations": "INSERT INTO authorizations (account, livemode, id, funding_source, sec_code, text,"
        " accepted_ms, evidence, created_ms, sealed) VALUES ($1, true, 'auth_1', 'src_1', 'WEB', '', 1, '{}', 1, $2)",
        "cli_devices": "INSERT INTO cli_devices (account, livemode, device, endpoint, secret, created)"
        " VALUES ($1, true, 'box', 'we_1', $2, 1)",
        "corrections": _CORRECTION.replace("ended_ms)", "ended_ms, sealed)")
        + " ($1, true, 'cor_1', $1, 'src_1', 'tu_1',"
        " 1, 'C01', '1', 'noted', NULL, '{}', '', '', '', 1, 1, $2)",
    }
    for table, place in secrets.items():
        await rows(live.database, statements[table], PLATFORM.account, live.vault.seal(b"secret", place=place))
    await exported(live.database, live.vault, tmp_path / "file", PLATFORM.account)
    await imported(target, target_vault, tmp_path / "file")
    for table, place in secrets.items():
        column = "secret" if table == "cli_devices" else "sealed"
        (row,) = await rows(target, f"SELECT {column} AS sealed FROM {table}")
        assert target_vault.open(row["sealed"], place=place) == b"secret"


@pytest.mark.parametrize("table", [table for table in EXPORTED if table.is_walked], ids=lambda table: table.name)
async def test_rows_are_read_along_an_index_in_the_order_of_their_keys(database: Database, table: Table) -> None:
    """Nothing is sorted and nothing is read of other accounts, however many rows there are."""
    [plan] = await rows(database, f"EXPLAIN (FORMAT JSON) {_READS[table.name]}".replace("$1", "'acct_x'"))
    nodes = re.findall(r'"Node Type": "([^"]+)"', plan["QUERY PLAN"])
    conditions = re.findall(r'"Index Cond": "([^"]+)"', plan["QUERY PLAN"])
    assert not {"Sort", "Incremental Sort", "Seq Scan"} & set(nodes)
    assert re.match(rf"\(+{table.owner} = 'acct_x'", conditions[0])


async def test_live_history_comes_in_whole_and_nothing_of_it_moves_by_itself(
    live: LiveMoney, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    await live.open(UNDER.account)
    await live.create(await live.bank_account(PAYS), 4_000, key="key_1")
    await live.create(await live.bank_account(NO_ACCOUNT), 1_000)
    late = await live.create(await live.bank_account(RETURNS_LATE, scope=UNDER), 2_000, scope=UNDER)
    await live.cancel(await live.create(await live.bank_account(), 300))
    await live.prenote(await live.bank_account("000987654321", verified=False))
    await live.until("2026-12-08 12:00")
    await live.until("2027-02-02 12:00", step_hours=24)
    assert (await live.topup(late))["status"] == "reversed"
    await close(live)
    first, second = tmp_path / "first", tmp_path / "second"
    manifest = await exported(live.database, live.vault, first, PLATFORM.account, with_connected=True)
    assert manifest.refusals == []
    await imported(target, target_vault, first)
    await exported(target, target_vault, second, PLATFORM.account, with_connected=True)
    before, after = read_rows(first), read_rows(second)
    needed = ("topups", "entry_seals", "ach_files", "ach_entries", "prenotes", "bank_files", "statement_lines")
    assert not [table for table in needed if not before[table]]
    differing = {"owner_terms", "originators", "new_events", "event_numbers", "event_counters", "audit_log"}
    assert {table for table in before if before[table] != after[table]} == differing
    assert {row["is_closed"] for row in before["owner_terms"]} == {True}
    assert after["owner_terms"] == [row | {"is_closed": False} for row in before["owner_terms"]]
    assert after["originators"] == [row | {"status": "suspended"} for row in before["originators"]]
    for account in (PLATFORM.account, UNDER.account):
        numbered = [row["event"] for row in after["event_numbers"] if row["account"] == account]
        assert numbered == [row["event"] for row in before["new_events"] if row["account"] == account]
    assert after["new_events"] == []
    live.vault = target_vault
    live.move_to(target)
    await live.until("2027-02-10 12:00", step_hours=24)
    assert await rows(target, "SELECT id FROM topups WHERE due_ms IS NOT NULL") == []
    assert await rows(target, "SELECT job, error FROM due_exceptions") == []
    assert len(await rows(target, "SELECT id FROM ach_files")) == len(before["ach_files"])
    await assert_books_hold(target)


async def test_live_money_on_its_way_is_named_and_not_imported(
    live: LiveMoney, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    await live.open(UNDER.account)
    pending = await live.create(await live.bank_account(PAYS), 4_000)
    prenote = await live.prenote(await live.bank_account("000987654321", verified=False))
    await live.until("2026-12-01 17:00")
    manifest = await exported(live.database, live.vault, tmp_path / "open", PLATFORM.account)
    reasons = " ".join(manifest.refusals)
    assert f"top-up {pending} is pending" in reasons
    assert f"prenote {prenote} is pending" in reasons
    assert f"entry {pending}/1 is in_file" in reasons
    assert f"{PLATFORM.account} has live money and can be topped up" in reasons
    with pytest.raises(LiveMoneyError, match=pending):
        await imported(target, target_vault, tmp_path / "open")
    await live.until("2026-12-08 12:00")
    await exported(live.database, live.vault, tmp_path / "ended", PLATFORM.account)
    with pytest.raises(LiveMoneyError, match="can be topped up") as ended:
        await imported(target, target_vault, tmp_path / "ended")
    assert "pending" not in str(ended.value)
    await close(live)
    await exported(live.database, live.vault, tmp_path / "closed", PLATFORM.account)
    assert await everything_in(target) == 0
    await imported(target, target_vault, tmp_path / "closed")


async def test_a_hold_a_break_and_a_file_that_is_not_read_keep_live_money_where_it_is(
    live: LiveMoney, owner_database: Database, tmp_path: Path
) -> None:
    await live.open()
    await live.create(await live.bank_account(PAYS), 4_000)
    await live.until("2026-12-08 12:00")
    await close(live)
    await execute(
        owner_database,
        "INSERT INTO holds (account, livemode, id, source_type, source, amount, currency, status, created_ms)"
        f" VALUES ('{PLATFORM.account}', true, 'hold_1', 'payout', 'po_1', 1, 'usd', 'reserved', 1)",
        "INSERT INTO breaks (account, livemode, id, kind, cause, detail, opened_ms)"
        f" VALUES ('{PLATFORM.account}', true, 'brk_1', 'silence', 'x', 'x', 1)",
        f"{_CORRECTION} ('{PLATFORM.account}', true, 'cor_1', '{PLATFORM.account}', 'src_1', 'tu_1', 1, 'C01', '1',"
        " 'open', NULL, '{}', '', '', '', 1, NULL)",
        f"{_CORRECTION} ('{PLATFORM.account}', true, 'cor_2', '{PLATFORM.account}', 'src_1', 'tu_1', 2, 'C01', '1',"
        " 'refused', 'C61', '{}', '', '', '', 1, 1)",
        "UPDATE bank_files SET status = 'received' WHERE id = (SELECT min(id) FROM bank_files)",
        "UPDATE ach_files SET status = 'sent'",
    )
    manifest = await exported(live.database, live.vault, tmp_path / "file", PLATFORM.account)
    assert [re.sub(r"(file) \w+_\w+ ", r"\1 ", reason) for reason in manifest.refusals] == [
        "hold hold_1 is open",
        "ACH file is sent",
        "bank file is not applied",
        "break brk_1 is open",
        "correction cor_1 is not settled",
        "correction cor_2 is not settled",
    ]


async def test_debits_are_not_torn_from_the_platform_that_made_them(
    live: LiveMoney, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    """Returns come to whoever debited: neither goes alone."""
    await live.open(UNDER.account)
    await live.create(await live.bank_account(PAYS, scope=UNDER), 4_000, scope=UNDER)
    await live.until("2026-12-08 12:00")
    await close(live)
    with pytest.raises(OthersEntriesError):
        await exported(live.database, live.vault, tmp_path / "platform", PLATFORM.account)
    assert not (tmp_path / "platform").exists()
    await exported(live.database, live.vault, tmp_path / "under", UNDER.account)
    here = (await access.create_account(target, platform=None, **typed())).account
    with pytest.raises(LiveMoneyError, match="with-connected"):
        await imported(target, target_vault, tmp_path / "under", platform=here)


@pytest_asyncio.fixture
async def small(live: LiveMoney, tmp_path: Path) -> Path:
    """The export of a platform and an account under it without live top-ups: secrets, an originator and a key."""
    await live.open(UNDER.account)
    await live.bank_account(PAYS)
    await live.bank_account(NO_ACCOUNT)
    await live.bank_account(PAYS, scope=UNDER)
    await access.create_key(
        live.database, account=PLATFORM.account, livemode=False, permissions=None, name=None, **typed()
    )
    await exported(live.database, live.vault, tmp_path / "small", PLATFORM.account, with_connected=True)
    return tmp_path / "small"


def of(text: str) -> bytes:
    return text.encode()


def _renamed(old: str, new: str) -> Callable[[Members], Members]:
    return lambda members: [(new if name == old else name, content) for name, content in members]


def _swap_secrets(content: bytes) -> bytes:
    first, second, *others = map(json.loads, content.splitlines())
    first["sealed"], second["sealed"] = second["sealed"], first["sealed"]
    return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in [first, second, *others])


def _header(**changes: Any) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        (name, content), *others = members
        return [(name, json.dumps(json.loads(content) | changes).encode()), *others]

    return change


OWNER: Final = of(PLATFORM.account)
FORGED: Final[dict[str, tuple[Callable[[Members], Members], str]]] = {
    "a path that leads elsewhere": (_renamed("accounts/000001.jsonl", "../../etc/cron.d/x"), "isn't part"),
    "a table that is not exported": (_renamed("accounts/000001.jsonl", "operators/000001.jsonl"), "isn't part"),
    "a part twice": (lambda members: [*members[:2], *members[1:]], "does not belong where it is"),
    "a part that skips a number": (_renamed("accounts/000001.jsonl", "accounts/000002.jsonl"), "does not belong"),
    "parts in another order": (lambda members: [members[0], *members[:0:-1]], "does not belong"),
    "no header": (lambda members: [*members[1:], members[0]], "does not begin with"),
    "a part without rows": (edited("accounts", lambda _: b""), "has no rows"),
    "no JSON": (edited("accounts", lambda _: b" " * 1_000_000 + b"\n"), "cannot be read"),
    "rows of another account": (
        edited("owner_terms", lambda content: content.replace(OWNER, b"acct_victim")),
        "rows of another account",
    ),
    "an account that it does not name": (
        edited("accounts", lambda content: content.splitlines()[0] + b"\n"),
        "not those that it names",
    ),
    "a row twice": (edited("owner_terms", lambda content: content.splitlines()[0] + b"\n" + content), "repeated"),
    "a name twice": (
        edited("owner_terms", lambda content: content.replace(b'{"account"', b'{"account":"acct_victim","account"')),
        "the table's columns",
    ),
    "a column too many": (
        edited("owner_terms", lambda content: content.replace(b'{"account"', b'{"x":1,"account"')),
        "the table's columns",
    ),
    "a value of another type": (
        edited("owner_terms", lambda content: content.replace(b'"livemode":true', b'"livemode":"x"')),
        "cannot be read",
    ),
    "a secret of another row": (edited("funding_sources", _swap_secrets), "does not belong to its row"),
    "another format": (_header(format=2), "format 2"),
    "accounts that are no ids": (_header(accounts=["acct_a';DROP TABLE topups"], account="x"), "cannot be"),
    "an account under another one": (
        edited("accounts", lambda content: content.replace(b'"platform":null', b'"platform":"acct_victim"')),
        "not those that it names",
    ),
}


@pytest.mark.parametrize("what", FORGED)
async def test_a_file_that_somebody_forged_who_knows_the_key_is_refused_before_anything_is_written(
    small: Path, target: Database, target_vault: Vault, tmp_path: Path, what: str
) -> None:
    change, reason = FORGED[what]
    forge(small, tmp_path / "forged", change)
    with pytest.raises(ExportBrokenError, match=reason):
        await imported(target, target_vault, tmp_path / "forged")
    assert await everything_in(target) == 0


async def test_what_the_database_does_not_take_leaves_nothing(
    small: Path, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    forge(small, tmp_path / "forged", edited("originators", lambda rows: rows.replace(b'"active"', b'"x"')))
    with pytest.raises(UnfitRowsError, match="originators_status_known"):
        await imported(target, target_vault, tmp_path / "forged")
    assert await everything_in(target) == 0


async def test_a_bomb_is_refused_for_its_declared_size(small: Path, tmp_path: Path) -> None:
    """A terabyte of nothing is short when it is compressed; none of it is read."""
    members = read_members(small)
    head = next(iter(tar.member("topups/000001.jsonl", b""))).replace(b"00000000000\0", b"17777777777\0")
    with_checksum = tarfile.TarInfo("topups/000001.jsonl")
    with_checksum.size, with_checksum.mode = 8**11 - 1, 0o600
    assert head[:100] == with_checksum.tobuf(tarfile.USTAR_FORMAT)[:100]
    begin = b"".join(tar.member(*members[0]))
    (tmp_path / "bomb").write_bytes(sealed(iter([begin, with_checksum.tobuf(tarfile.USTAR_FORMAT)])))
    with pytest.raises(ExportBrokenError, match="longer than any part"):
        check_export(tmp_path / "bomb", SECRET)


@pytest.mark.parametrize("kind", [b"1", b"2", b"5", b"L", b"x", b"g"])
async def test_links_folders_and_long_names_are_no_part_of_an_export(small: Path, tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("topups/000001.jsonl")
    info.type, info.mode, info.linkname = kind, 0o600, "/etc/passwd"
    begin = b"".join(tar.member(*read_members(small)[0]))
    (tmp_path / "file").write_bytes(sealed(iter([begin, info.tobuf(tarfile.USTAR_FORMAT)])))
    with pytest.raises(ExportBrokenError, match="isn't a regular file"):
        check_export(tmp_path / "file", SECRET)


async def test_what_follows_the_end_is_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(sealed(iter([*archive_of(read_members(small)), b"more"])))
    with pytest.raises(ExportBrokenError, match="something follows"):
        check_export(tmp_path / "file", SECRET)


def test_any_changed_or_missing_byte_is_found(small: Path, tmp_path: Path) -> None:
    content = small.read_bytes()
    check_export(small, SECRET)
    damaged = tmp_path / "damaged"

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(place=st.integers(0, len(content) - 1), bit=st.integers(0, 7), cut=st.booleans())
    def damage(place: int, bit: int, *, cut: bool) -> None:
        changed = bytes([content[place] ^ (1 << bit)])
        damaged.write_bytes(content[:place] if cut else content[:place] + changed + content[place + 1 :])
        with pytest.raises((ExportBrokenError, SealBrokenError, OtherExportKeyError)):
            check_export(damaged, SECRET)

    damage()
    damaged.write_bytes(content + b"x")
    with pytest.raises(SealBrokenError):
        check_export(damaged, SECRET)


async def test_another_key_opens_nothing(small: Path, live: LiveMoney, tmp_path: Path) -> None:
    with pytest.raises(SealBrokenError, match="is not the one given"):
        check_export(small, OTHER_SECRET)
    passphrase = ExportSecret("correct horse battery", is_passphrase=True)
    with pytest.raises(OtherExportKeyError):
        check_export(small, passphrase)
    with pytest.raises(ExportBrokenError, match="it is encrypted"):
        check_export(small, None)
    await exported(live.database, live.vault, tmp_path / "file", PLATFORM.account, secret=passphrase)
    assert check_export(tmp_path / "file", passphrase).manifest.header.account == PLATFORM.account
    with pytest.raises(SealBrokenError):
        check_export(tmp_path / "file", ExportSecret("correct horse batterY", is_passphrase=True))


async def test_an_export_for_reading_has_no_secrets_and_is_not_imported(
    small: Path, live: LiveMoney, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    plain = tmp_path / "plain"
    unreadable = Vault([])
    await exported(live.database, unreadable, plain, PLATFORM.account, secret=None, with_connected=True)
    names = {table.name: table.sealed for table in EXPORTED}
    there, expected = read_rows(plain, None), read_rows(small)
    del there["audit_log"], expected["audit_log"]
    assert there == {
        name: [row | dict.fromkeys(names[name]) for row in without_sealed] for name, without_sealed in expected.items()
    }
    with pytest.raises(ForReadingError):
        await imported(target, target_vault, plain)
    plain.write_bytes(plain.read_bytes().replace(b'"version":1', b'"version":2'))
    with pytest.raises(ExportBrokenError, match="not those of its manifest"):
        check_export(plain, None)


async def test_another_version_of_the_schema_is_refused_by_name(
    small: Path, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    (now,) = await rows(target, "SELECT max(version) AS version FROM schema_migrations")
    for version, advice in ((now["version"] + 1, "upgrade this Brim"), (now["version"] - 1, "it came from")):
        forge(small, tmp_path / str(version), _header(schema=version))
        with pytest.raises(OtherSchemaError, match=advice):
            await imported(target, target_vault, tmp_path / str(version))
    forge(small, tmp_path / "rehearsal", _header(installation="rehearsal"))
    with pytest.raises(OtherInstallationError):
        await imported(target, target_vault, tmp_path / "rehearsal")


async def test_an_account_comes_in_once(small: Path, target: Database, target_vault: Vault, live: LiveMoney) -> None:
    await imported(target, target_vault, small)
    before = await everything_in(target)
    with pytest.raises(AccountThereError):
        await imported(target, target_vault, small)
    assert await everything_in(target) == before
    with pytest.raises(AccountThereError):
        await imported(live.database, live.vault, small)


async def test_any_row_of_the_account_that_is_there_keeps_it_out(
    small: Path, target: Database, target_vault: Vault
) -> None:
    await execute(
        target,
        f"INSERT INTO balances (account, livemode, currency, available) VALUES ('{UNDER.account}', true, 'eur', 1)",
    )
    with pytest.raises(AccountThereError, match="balances has rows"):
        await imported(target, target_vault, small)
    assert await everything_in(target) == 1


async def test_keys_come_only_where_that_is_asked_for(small: Path, target: Database, target_vault: Vault) -> None:
    await imported(target, target_vault, small, with_keys=False)
    assert await rows(target, "SELECT id FROM api_keys") == []


async def test_nobody_becomes_the_first_account_unasked(small: Path, target: Database, target_vault: Vault) -> None:
    """The keys of the oldest account administer an installation: a file must not bring an older one."""
    first = (await access.create_account(target, platform=None, **typed())).account
    with pytest.raises(FirstAccountError, match=first):
        await imported(target, target_vault, small)
    await imported(target, target_vault, small, as_first=True)


async def test_an_account_comes_under_the_platform_that_is_named(
    live: LiveMoney, small: Path, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    here = (await access.create_account(target, platform=None, **typed())).account
    nested = (await access.create_account(target, platform=here, **typed())).account
    await exported(live.database, live.vault, tmp_path / "under", UNDER.account)
    for path, platform, reason in (
        (tmp_path / "under", None, "Say under which one"),
        (tmp_path / "under", "acct_none", "no account acct_none"),
        (tmp_path / "under", nested, "is under a platform itself"),
        (small, here, "accounts under it"),
    ):
        with pytest.raises(UnfitPlatformError, match=reason):
            await imported(target, target_vault, path, platform=platform)
    await imported(target, target_vault, tmp_path / "under", platform=here)
    assert await rows(target, "SELECT platform FROM accounts WHERE account = $1", UNDER.account) == [{"platform": here}]


async def test_what_people_wrote_comes_in_as_it_was(
    live: LiveMoney, target: Database, target_vault: Vault, tmp_path: Path
) -> None:
    """Quotes, line breaks and what looks like SQL or JSON are text; and a form of JSON that is not ours stays valid."""
    await live.open()
    texts = ["'; DROP TABLE topups; --", 'a"b\\u0000\\', "line\nline\r\u2028", "\U0001f4b0 é", "$1 %s {0}", "\\x00"]
    for number, text in enumerate(texts):
        await rows(
            live.database,
            "INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)"
            " VALUES ($1, false, $2, 1, 'x', $3, 'v', $4::text::json)",
            PLATFORM.account,
            f"evt_{number}",
            text,
            json.dumps({"a": text}, indent=2),
        )
    await exported(live.database, live.vault, tmp_path / "file", PLATFORM.account)
    await imported(target, target_vault, tmp_path / "file")
    found = await rows(target, "SELECT object_id, payload FROM events ORDER BY id")
    assert [(row["object_id"], json.loads(row["payload"])) for row in found] == [(text, {"a": text}) for text in texts]


async def test_both_sides_are_in_the_audit_log_with_the_digest(
    live: LiveMoney, small: Path, target: Database, target_vault: Vault
) -> None:
    digest = check_export(small, SECRET).sha256
    await imported(target, target_vault, small)
    (out,) = await rows(live.database, "SELECT detail FROM audit_log WHERE action = 'account.exported'")
    came = await rows(target, "SELECT account, actor_name, detail FROM audit_log")
    assert out["detail"].endswith(digest)
    assert [(row["account"], row["actor_name"], row["detail"][-64:]) for row in came] == [
        (PLATFORM.account, "tests", digest),
        (UNDER.account, "tests", digest),
    ]


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file()]


async def test_a_file_is_there_once_it_is_whole_and_is_never_overwritten(
    live: LiveMoney, small: Path, tmp_path: Path
) -> None:
    assert _mode(small) == 0o600
    with pytest.raises(FileExistsAlreadyError):
        await exported(live.database, live.vault, small, PLATFORM.account)
    with pytest.raises(BrimError):
        await exported(live.database, Vault([new_encryption_key()]), tmp_path / "new", PLATFORM.account)
    with pytest.raises(ResourceMissingError):
        await exported(live.database, live.vault, tmp_path / "new", "acct_none")
    assert _files(tmp_path) == ["small"]


async def test_a_file_that_changes_while_it_is_read_is_not_imported(
    small: Path, live: LiveMoney, target: Database, tmp_path: Path
) -> None:
    """Between the two readings somebody puts another export in its place, which opens with the same key."""
    await exported(live.database, live.vault, tmp_path / "other", PLATFORM.account, with_connected=True)

    class Exchanging(Vault):
        def check(self) -> None:
            super().check()
            (tmp_path / "other").replace(small)

    with pytest.raises(ExportBrokenError, match="was changed while"):
        await imported(target, Exchanging([new_encryption_key()]), small)
    assert await everything_in(target) == 0


async def test_a_closed_account_takes_no_topup_until_it_is_reopened(live: LiveMoney) -> None:
    await live.open(UNDER.account)
    source = await live.bank_account()
    await close(live)
    with pytest.raises(BrimError, match="cannot be topped up"):
        await live.create(source)
    done = await set_closed(live.database, PLATFORM.account, is_closed=False, with_connected=False, **typed())
    assert done == [PLATFORM.account]
    await live.create(source)
    told = await rows(live.database, "SELECT action, account FROM audit_log WHERE action LIKE 'account.%' ORDER BY id")
    assert [(row["action"], row["account"]) for row in told] == [
        ("account.closed", PLATFORM.account),
        ("account.closed", UNDER.account),
        ("account.reopened", PLATFORM.account),
    ]
