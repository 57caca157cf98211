"""The vault: what it seals opens with the same server's keys, in the same place, and nowhere else."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from brim.platform.vault import (
    MisplacedSecretError,
    NoEncryptionKeyError,
    SecretUnreadableError,
    Vault,
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


def test_when_it_was_sealed_is_not_written_down() -> None:
    sealed = Vault([OLD]).seal(b"x", place="a")
    assert Fernet(OLD).extract_timestamp(sealed) == 0


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
