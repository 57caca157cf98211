"""Data keys: which one seals when, as every process finds it, and what becomes of those that seal no more."""

import asyncio
from typing import Any

import pytest

from brim.core.encryption import (
    Keyring,
    NoDataKeyError,
    create_data_key,
    find_service_secret,
    remove_data_key,
    retire_data_keys,
    rewrap_data_keys,
    rotate_encryption,
)
from brim.core.encryption.data_keys import DataKeyInUseError, NoSuchDataKeyError, NothingElseSealsError
from brim.platform.database import Database
from brim.platform.kms import KmsError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError, Vault, find_key_id, new_encryption_key
from brim.testing.terminal import typed
from tests.support.books import execute, rows
from tests.support.fake_kms import FakeKms

OLD = new_encryption_key()
OLD_ID = find_key_id(OLD)
NOW_MS = 1_800_000_000_000
DELAY_MS = 30_000


class Now:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.ms = NOW_MS

    def __call__(self) -> int:
        return self.ms

    def typed(self) -> dict[str, Any]:
        return typed(self.ms)


@pytest.fixture
def now() -> Now:
    return Now()


async def test_the_first_data_key_seals_at_once_and_the_next_in_its_time(database: Database, now: Now) -> None:
    kms = FakeKms()
    keyring = Keyring(None, kms, now)
    with pytest.raises(NoDataKeyError):
        await keyring.load(database)
    first = await create_data_key(database, kms, has_plain=False, **now.typed())
    await keyring.load(database)
    assert list(keyring.vault.key_ids) == [first.id]
    now.ms += DELAY_MS
    second = await create_data_key(database, kms, has_plain=False, **now.typed())
    await keyring.load(database)
    assert list(keyring.vault.key_ids) == [first.id, second.id]
    assert keyring.settles_in_s > DELAY_MS / 1000
    now.ms += DELAY_MS
    await keyring.load(database)
    assert list(keyring.vault.key_ids) == [second.id, first.id]
    now.ms += DELAY_MS
    assert keyring.settles_in_s == 0


async def test_while_it_waits_the_key_of_the_setting_seals(database: Database, now: Now) -> None:
    kms, keyring = FakeKms(), Keyring(OLD, FakeKms(), now)
    made = await create_data_key(database, kms, has_plain=True, **now.typed())
    await keyring.load(database)
    assert list(keyring.vault.key_ids) == [OLD_ID, made.id]
    now.ms += DELAY_MS
    await keyring.load(database)
    assert list(keyring.vault.key_ids) == [made.id, OLD_ID]


async def test_a_clock_that_is_behind_is_no_reason_to_seal_nothing(database: Database, now: Now) -> None:
    kms, keyring = FakeKms(), Keyring(None, FakeKms(), lambda: now.ms - 3_600_000)
    made = await create_data_key(database, kms, has_plain=False, **now.typed())
    await keyring.load(database)
    assert list(keyring.vault.key_ids) == [made.id]
    assert keyring.vault.seal(b"x", place="a")


async def test_nothing_but_a_new_key_asks_the_system(database: Database, now: Now) -> None:
    kms = FakeKms()
    await create_data_key(database, kms, has_plain=False, **now.typed())
    keyring = Keyring(None, kms, now)
    await keyring.load(database)
    asked = kms.asked
    kms.is_down = True
    for number in range(20):
        await keyring.load(database)
        sealed = keyring.vault.seal(b"x", place=f"{number}")
        assert keyring.vault.open(sealed, place=f"{number}") == b"x"
    assert kms.asked == asked
    with pytest.raises(KmsError):
        await Keyring(None, kms, now).load(database)


async def test_a_process_that_meets_an_unknown_key_looks_for_it(
    database: Database, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ought to have known it for long; the one who asks again is answered."""
    kms = FakeKms()
    await create_data_key(database, kms, has_plain=False, **now.typed())
    behind, ahead = Keyring(None, kms, now), Keyring(None, kms, now)
    await behind.load(database)
    now.ms += 1
    await create_data_key(database, kms, has_plain=False, after_ms=0, **now.typed())
    await ahead.load(database)
    sealed = ahead.vault.seal(b"x", place="a")
    with pytest.raises(SecretUnreadableError):
        behind.vault.open(sealed, place="a")
    learned, load = asyncio.Event(), behind.load

    async def load_and_tell(database: Database) -> None:
        await load(database)
        learned.set()

    monkeypatch.setattr(behind, "load", load_and_tell)
    keeping = asyncio.create_task(behind.keep(database))
    await learned.wait()
    keeping.cancel()
    assert behind.vault.key_ids == ahead.vault.key_ids
    assert behind.vault.open(sealed, place="a") == b"x"


async def test_a_wrong_pin_is_tried_once_and_what_is_known_goes_on(
    database: Database, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token locks itself after a few tries."""
    kms = FakeKms()
    await create_data_key(database, FakeKms(), has_plain=False, **now.typed())
    keyring = Keyring(None, kms, now)
    await keyring.load(database)
    sealed = keyring.vault.seal(b"x", place="a")
    kms.is_pin_wrong = True
    await create_data_key(database, FakeKms(), has_plain=False, **now.typed())
    asked, looks, enough, sleep = kms.asked, 0, asyncio.Event(), asyncio.sleep

    async def look_at_once(_rest_s: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 4:
            enough.set()
        keyring.vault.open(sealed, place="a")
        with pytest.raises(SecretUnreadableError):
            keyring.vault.open(Vault([OLD]).seal(b"x", place="a"), place="a")
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", look_at_once)
    keeping = asyncio.create_task(keyring.keep(database))
    await enough.wait()
    keeping.cancel()
    assert kms.asked == asked + 1


async def test_back_to_the_key_of_the_setting_and_the_data_key_goes(database: Database, now: Now) -> None:
    kms, keyring = FakeKms(), Keyring(OLD, FakeKms(), now)
    made = await create_data_key(database, kms, has_plain=True, after_ms=0, **now.typed())
    await keyring.load(database)
    secret = await find_service_secret(database, keyring.vault, "x")
    with pytest.raises(NothingElseSealsError):
        await retire_data_keys(database, has_plain=False, **now.typed())
    assert await retire_data_keys(database, has_plain=True, **now.typed()) == 1
    await keyring.load(database)
    assert list(keyring.vault.key_ids) == [OLD_ID, made.id]
    await _remove_refused(database, made.id, now, "secrets are sealed with it")
    assert (await rotate_encryption(database, keyring.vault, **now.typed())).left == {}
    await remove_data_key(database, made.id, has_plain=True, rest_s=0, **now.typed())
    assert await find_service_secret(database, Vault([OLD]), "x") == secret
    with pytest.raises(NoSuchDataKeyError):
        await remove_data_key(database, made.id, has_plain=True, rest_s=0, **now.typed())
    told = [record["action"] for record in await rows(database, "SELECT action FROM audit_log")]
    assert {action for action in told if action.startswith("data_key")} == {
        "data_key.created",
        "data_key.retired",
        "data_key.removed",
    }


async def test_a_process_without_the_setting_seals_with_no_retired_key(database: Database, now: Now) -> None:
    kms, keyring = FakeKms(), Keyring(None, FakeKms(), now)
    await create_data_key(database, kms, has_plain=False, **now.typed())
    await keyring.load(database)
    sealed = keyring.vault.seal(b"x", place="a")
    await retire_data_keys(database, has_plain=True, **now.typed())
    await keyring.load(database)
    assert keyring.vault.open(sealed, place="a") == b"x"
    with pytest.raises(NoEncryptionKeyError):
        keyring.vault.seal(b"x", place="a")


async def test_a_data_key_that_seals_or_will_is_not_removed(database: Database, now: Now) -> None:
    kms = FakeKms()
    first = await create_data_key(database, kms, has_plain=False, **now.typed())
    now.ms += 1
    second = await create_data_key(database, kms, has_plain=False, **now.typed())
    for key in (first, second):
        await _remove_refused(database, key.id, now, "new secrets")
    now.ms += DELAY_MS
    await remove_data_key(database, first.id, has_plain=False, rest_s=0, **now.typed())
    await _remove_refused(database, second.id, now, "new secrets")


async def test_a_process_whose_clock_is_late_seals_no_more_with_a_key_before_it_is_counted_and_removed(
    database: Database, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    kms = FakeKms()
    late = Keyring(None, kms, lambda: NOW_MS)
    first = await create_data_key(database, kms, has_plain=False, **now.typed())
    now.ms += 1
    second = await create_data_key(database, kms, has_plain=False, after_ms=0, **now.typed())
    await late.load(database)
    assert late.vault.key_ids[0] == first.id

    async def seal_meanwhile(_rest_s: float) -> None:
        await find_service_secret(database, late.vault, "late")
        await late.load(database)

    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "sleep", seal_meanwhile)
        await _remove_refused(database, first.id, now, "secrets are sealed with it")
    assert late.vault.key_ids == (second.id, first.id)
    assert await find_service_secret(database, late.vault, "late")


async def _remove_refused(database: Database, key_id: str, now: Now, why: str) -> None:
    with pytest.raises(DataKeyInUseError, match=why):
        await remove_data_key(database, key_id, has_plain=False, rest_s=0, **now.typed())


async def test_data_keys_are_wrapped_by_another_key_and_stay_what_they_are(database: Database, now: Now) -> None:
    made = await create_data_key(database, FakeKms("first"), has_plain=False, **now.typed())
    assert await rewrap_data_keys(database, FakeKms("second"), **now.typed()) == 1
    assert await rewrap_data_keys(database, FakeKms("second"), **now.typed()) == 0
    keyring = Keyring(None, FakeKms("second"), now)
    await keyring.load(database)
    assert list(keyring.vault.key_ids) == [made.id]
    assert keyring.data_keys[0].kms_key == "second"


async def test_a_system_that_unwraps_something_else_is_not_believed(
    database: Database, owner_database: Database, now: Now
) -> None:
    made = await create_data_key(database, FakeKms(), has_plain=False, **now.typed())
    other = f"first {made.id} {OLD}"
    await execute(owner_database, f"UPDATE data_keys SET wrapped = '{other}'::bytea")
    with pytest.raises(KmsError, match=f"not the data key {made.id}"):
        await Keyring(None, FakeKms(), now).load(database)
