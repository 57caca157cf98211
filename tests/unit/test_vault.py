"""The vault: what it seals opens with the same server's keys, in the same place, and nowhere else."""

import base64
import re

import pytest
from cryptography.fernet import Fernet, MultiFernet
from hypothesis import given
from hypothesis import strategies as st

from brim.platform.vault import (
    HEADER_CHARS,
    MisplacedSecretError,
    NoEncryptionKeyError,
    SecretUnreadableError,
    Vault,
    find_key_id,
    header_of,
    key_id_in,
    new_encryption_key,
)

OLD, NEW = new_encryption_key(), new_encryption_key()
PLACES = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=40)


@given(st.binary(max_size=200), PLACES)
def test_what_was_sealed_opens_in_its_place(secret: bytes, place: str) -> None:
    vault = Vault([OLD])
    sealed = vault.seal(secret, place=place)
    assert vault.open(sealed, place=place) == secret
    assert len(secret) < 5 or secret not in sealed


@given(PLACES, PLACES)
def test_what_was_sealed_opens_in_no_other_place(place: str, other: str) -> None:
    vault = Vault([OLD])
    sealed = vault.seal(b"000123456789", place=place)
    if place != other:
        with pytest.raises(MisplacedSecretError):
            vault.open(sealed, place=other)


def test_equal_secrets_look_different() -> None:
    vault = Vault([OLD])
    assert vault.seal(b"000123456789", place="a") != vault.seal(b"000123456789", place="a")


def test_what_was_sealed_names_its_key_and_not_when_that_was() -> None:
    sealed = Vault([OLD]).seal(b"x", place="a")
    assert key_id_in(sealed[:HEADER_CHARS]) == find_key_id(OLD)
    assert sealed[:HEADER_CHARS] == header_of(find_key_id(OLD))
    assert f"k_{Fernet(OLD).extract_timestamp(sealed):016x}" == find_key_id(OLD)


@given(st.binary(min_size=32, max_size=32))
def test_a_key_keeps_its_id_and_the_id_its_form(key: bytes) -> None:
    key_id = find_key_id(base64.urlsafe_b64encode(key).decode())
    assert re.fullmatch("k_[0-9a-f]{16}", key_id)
    assert key_id_in(header_of(key_id)) == key_id


FIXED_KEY = "bm90IGEgc2VjcmV0IGJ1dCBhIGZpeHR1cmUgb2YgdGU="
FROM_BEFORE = (
    b"gAAAAAAAAAAAxnuz7E4I1QcvN2QY3gWmwaQ1D2hCfQ1-YXUQFRFnhbs0eHJXC2GeJkIMhvshzZH2CU79d-T5lq-CFRbp534HqLdEuaiEKQHNCl2zei"
    b"FgojlCMf6nSTX3sZ5I8t7xpmVC"
)
"""Sealed by the version before keys had ids."""


def test_ids_stay_for_ever() -> None:
    assert find_key_id(FIXED_KEY) == "k_7be8d5c1d716065d"


def test_what_an_earlier_version_sealed_opens_and_names_its_key_when_sealed_anew() -> None:
    place = "funding_sources/acct_1/pm_1"
    vault = Vault([NEW, FIXED_KEY])
    assert key_id_in(FROM_BEFORE[:HEADER_CHARS]) is None
    assert vault.open(FROM_BEFORE, place=place) == b"000123456789"
    anew = vault.reseal(FROM_BEFORE)
    assert key_id_in(anew[:HEADER_CHARS]) == find_key_id(NEW)
    assert Vault([NEW]).open(anew, place=place) == b"000123456789"
    with pytest.raises(SecretUnreadableError, match="the key that it was stored with"):
        Vault([NEW]).open(FROM_BEFORE, place=place)


def test_an_earlier_version_opens_what_is_sealed_now_and_may_change_its_key() -> None:
    """It knows Fernet and no ids: it leaves the id of the key before in what it seals anew."""
    sealed = Vault([OLD]).seal(b"x", place="a")
    assert Fernet(OLD).decrypt(sealed) == b"a\nx"
    anew = MultiFernet([Fernet(NEW), Fernet(OLD)]).rotate(sealed)
    assert key_id_in(anew[:HEADER_CHARS]) == find_key_id(OLD)
    assert Vault([OLD, NEW]).open(anew, place="a") == b"x"


def test_a_missing_key_is_named_and_looked_for() -> None:
    looked: list[bool] = []
    vault = Vault([NEW], on_missing=lambda: looked.append(True))
    sealed = Vault([OLD]).seal(b"x", place="a")
    with pytest.raises(SecretUnreadableError, match=f"encrypted with key {find_key_id(OLD)}, which isn't configured"):
        vault.open(sealed, place="a")
    assert looked == [True]
    vault.use([NEW, OLD])
    assert vault.open(sealed, place="a") == b"x"
    assert vault.key_ids == (find_key_id(NEW), find_key_id(OLD))


def test_keys_that_are_to_open_only_seal_nothing() -> None:
    sealed, vault = Vault([OLD]).seal(b"x", place="a"), Vault([])
    vault.use([OLD], can_seal=False)
    assert vault.open(sealed, place="a") == b"x"
    for refused in (lambda: vault.seal(b"x", place="a"), lambda: vault.reseal(sealed), vault.check):
        with pytest.raises(NoEncryptionKeyError):
            refused()


def test_a_damaged_secret_is_told_from_one_whose_key_is_missing() -> None:
    sealed = Vault([OLD]).seal(b"x", place="a")
    with pytest.raises(SecretUnreadableError, match=f"damaged: it can't be decrypted with its key {find_key_id(OLD)}"):
        Vault([NEW, OLD]).open(sealed[:-4] + b"AAA=", place="a")


@given(st.binary(max_size=20))
def test_what_nobody_sealed_names_no_key(header: bytes) -> None:
    found = key_id_in(header)
    assert found is None or header_of(found) == header


def test_every_key_opens_and_the_first_seals() -> None:
    sealed = Vault([OLD]).seal(b"x", place="a")
    both = Vault.from_setting(f"{NEW},{OLD}")
    assert both.open(sealed, place="a") == b"x"
    assert Vault([NEW]).open(both.seal(b"x", place="a"), place="a") == b"x"


def test_what_was_sealed_anew_opens_under_the_first_key_only() -> None:
    sealed = Vault([NEW, OLD]).reseal(Vault([OLD]).seal(b"x", place="a"))
    assert Vault([NEW]).open(sealed, place="a") == b"x"
    with pytest.raises(SecretUnreadableError):
        Vault([OLD]).open(sealed, place="a")
    with pytest.raises(SecretUnreadableError):
        Vault([OLD]).reseal(sealed)


def test_one_changed_byte_is_noticed() -> None:
    vault = Vault([OLD])
    sealed = vault.seal(b"000123456789", place="a")
    for index in range(0, len(sealed), 7):
        changed = sealed[:index] + (b"A" if sealed[index : index + 1] != b"A" else b"B") + sealed[index + 1 :]
        with pytest.raises(SecretUnreadableError):
            vault.open(changed, place="a")


@pytest.mark.parametrize("text", [None, ""])
def test_without_a_key_nothing_is_sealed_or_opened(text: str | None) -> None:
    vault = Vault.from_setting(text)
    sealed = Vault([OLD]).seal(b"x", place="a")
    with pytest.raises(NoEncryptionKeyError):
        vault.seal(b"x", place="a")
    with pytest.raises(NoEncryptionKeyError):
        vault.open(sealed, place="a")
    with pytest.raises(NoEncryptionKeyError):
        vault.reseal(sealed)
