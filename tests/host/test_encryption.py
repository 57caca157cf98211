"""The encryption key of a running service: made, kept, passed on, changed, and nowhere to be seen."""

import base64
import os
import stat
import urllib.parse
from collections.abc import Callable
from typing import Final

import asyncpg

from brim.core.encryption.service_secrets import find_service_secret
from brim.core.idempotency.rules import fingerprint
from brim.http.form import decode_form
from brim.platform.database import Database
from brim.platform.vault import Vault, find_key_id
from tests.support.brim_process import RunningBrim, run_brim

CANARY: Final = "00098712365478901"
METHODS: Final = "/v1/payment_methods"
FORM: Final = {
    "type": "us_bank_account",
    "us_bank_account[account_number]": CANARY,
    "us_bank_account[routing_number]": "110000000",
}
TABLES: Final = ("funding_sources", "service_secrets", "idempotency_keys")


def _new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def _create(brim: RunningBrim, *, idempotency_key: str | None = None) -> tuple[int, dict[str, object]]:
    """Ask for a payment method with the canary as its account number."""
    return brim.call("POST", METHODS, idempotency_key=idempotency_key, **FORM)


async def _kept_fingerprint(brim: RunningBrim) -> bytes:
    """Return what the only request under an idempotency key is told again by."""
    conn = await asyncpg.connect(brim.database_url)
    try:
        kept: bytes = await conn.fetchval("SELECT fingerprint FROM idempotency_keys")
    finally:
        await conn.close()
    return kept


async def _dump(database_url: str) -> str:
    """Return all that the database has about secrets."""
    conn = await asyncpg.connect(database_url)
    try:
        return str([await conn.fetch(f"SELECT t::text FROM {table} AS t") for table in TABLES])
    finally:
        await conn.close()


async def test_the_key_is_kept_for_its_owner_and_in_no_log_and_no_table(fresh_brim: RunningBrim) -> None:
    file = fresh_brim.data_dir / "encryption_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    status, method = _create(fresh_brim)
    assert status == 200
    dump = await _dump(fresh_brim.database_url)
    assert str(method["id"]) in dump
    assert fresh_brim.stop() == 0
    for text in (dump, fresh_brim.log, fresh_brim.banner, str(method)):
        assert CANARY not in text
        assert file.read_text().strip() not in text
    assert METHODS in fresh_brim.log


def test_a_refused_account_number_is_in_no_log(brim_server: RunningBrim) -> None:
    for form in (
        {"us_bank_account[account_number]": CANARY + "x"},
        {"us_bank_account[account_number]": CANARY},
        {"us_bank_account[account_number][x]": CANARY},
        {"account_number": CANARY},
    ):
        status, refusal = brim_server.call("POST", METHODS, type="us_bank_account", **form)
        assert status == 400
        assert CANARY not in str(refusal)
    assert brim_server.stop() == 0
    assert METHODS in brim_server.log
    assert CANARY not in brim_server.log


def test_the_key_stays_from_one_start_to_the_next(start_brim: Callable[..., RunningBrim]) -> None:
    first = start_brim()
    kept = (first.data_dir / "encryption_key").read_text()
    status, method = _create(first)
    assert (status, first.stop()) == (200, 0)
    second = start_brim()
    assert (second.data_dir / "encryption_key").read_text() == kept
    assert _create(second)[1]["us_bank_account"] == method["us_bank_account"]


async def test_whoever_has_the_database_cannot_try_account_numbers_on_what_is_kept_of_requests(
    start_brim: Callable[..., RunningBrim],
) -> None:
    first = start_brim()
    answer = _create(first, idempotency_key="once")
    kept = await _kept_fingerprint(first)
    parameters = decode_form(urllib.parse.urlencode(FORM).encode())
    assert kept != fingerprint("POST", METHODS, parameters)
    assert first.stop() == 0
    vault = Vault.from_setting((first.data_dir / "encryption_key").read_text().strip())
    second = start_brim()
    assert _create(second, idempotency_key="once") == answer
    database = await Database.connect(second.database_url, max_connections=1)
    try:
        secret = await find_service_secret(database, vault, "request_key")
    finally:
        await database.close()
    assert kept == fingerprint("POST", METHODS, parameters, secret=secret)


def test_a_key_is_changed_while_the_service_runs(start_brim: Callable[..., RunningBrim]) -> None:
    old, new = _new_key(), _new_key()
    first = start_brim(env={"BRIM_ENCRYPTION_KEY": old})
    assert not (first.data_dir / "encryption_key").exists()
    bank_account = _create(first)[1]["us_bank_account"]
    assert first.stop() == 0
    both = {"BRIM_ENCRYPTION_KEY": f"{new},{old}"}
    second = start_brim(env=both)
    run = run_brim("keys", "rotate-encryption", "--data-dir", str(second.data_dir), env=both)
    told = f"3 secrets, 3 of them re-encrypted with the key {find_key_id(new)}.\n"
    assert (run.returncode, run.stdout) == (0, told), run.stderr
    listed = run_brim("keys", "encryption", "--data-dir", str(second.data_dir), env=both)
    assert (
        listed.stdout
        == f"{find_key_id(new)}\tsetting\tencrypts\t3\tno\n{find_key_id(old)}\tsetting\tdecrypts\t0\tyes\n"
    )
    assert _create(second)[0] == 200
    assert second.stop() == 0
    third = start_brim(env={"BRIM_ENCRYPTION_KEY": new})
    assert _create(third)[1]["us_bank_account"] == bank_account
    assert third.stop() == 0
    fourth = start_brim(env={"BRIM_ENCRYPTION_KEY": old})
    status, refusal = _create(fourth)
    assert (status, "BRIM_ENCRYPTION_KEY" in str(refusal)) == (503, True)
    assert f"encrypted with key {find_key_id(new)}, which isn't configured" in str(refusal)
    assert fourth.create_topup()


def test_the_kept_key_is_used_to_encrypt_anew(brim_server: RunningBrim) -> None:
    _create(brim_server)
    run = run_brim("keys", "rotate-encryption", "--data-dir", str(brim_server.data_dir))
    key_id = find_key_id((brim_server.data_dir / "encryption_key").read_text().strip())
    told = f"3 secrets, 0 of them re-encrypted with the key {key_id}.\n"
    assert (run.returncode, run.stdout) == (0, told), run.stderr
    assert _create(brim_server)[0] == 200


def test_without_any_key_nothing_is_encrypted_anew(database_url: str) -> None:
    run = run_brim("keys", "rotate-encryption", "--database-url", database_url)
    assert (run.returncode, len(run.stderr.splitlines())) == (1, 1)
    assert "BRIM_ENCRYPTION_KEY" in run.stderr
