"""Data keys wrapped in a token, which is SoftHSM's here."""

from pathlib import Path

import pytest

from brim.platform.kms import IncompleteKmsError, KmsError, KmsPinError, kms_of
from brim.platform.pkcs11_kms import Pkcs11Kms
from brim.platform.settings import load_settings
from tests.support.soft_hsm import KEY, MODULE, PIN, TOKEN, SoftHsm, make_soft_hsm

DATA_KEY = b"mV1nUQ8Xg0s3kq3rY0mF0b5m0a2c4e6g8i0k2m4o6q8="


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    made = make_soft_hsm(tmp_path)
    for name, value in made.reach.items():
        monkeypatch.setenv(name, value)
    return made


def _kms(key: str = KEY, *, module: Path = MODULE, token: str = TOKEN, pin: str = PIN) -> Pkcs11Kms:
    return Pkcs11Kms(module, token=token, key=key, pin=pin)


@pytest.mark.usefixtures("hsm")
def test_what_the_token_wrapped_it_unwraps_under_the_same_id_only() -> None:
    for key in (KEY, "second"):
        _kms(key).make_key()
    with _kms().open() as session:
        wrapped = session.wrap(DATA_KEY, key_id="k_1")
        assert DATA_KEY not in wrapped
        assert session.wrap(DATA_KEY, key_id="k_1") != wrapped
    with _kms("second").open() as session:
        assert session.unwrap(wrapped, kms_key=KEY, key_id="k_1") == DATA_KEY
        changed = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
        for bad, key, key_id in ((changed, KEY, "k_1"), (wrapped, "second", "k_1"), (wrapped, KEY, "k_2")):
            with pytest.raises(KmsError, match="does not unwrap the data key"):
                session.unwrap(bad, kms_key=key, key_id=key_id)
        with pytest.raises(KmsError, match="has no key third"):
            session.unwrap(wrapped, kms_key="third", key_id="k_1")


@pytest.mark.usefixtures("hsm")
def test_the_key_that_wraps_is_made_once_and_nobody_reads_it() -> None:
    import pkcs11  # noqa: PLC0415  an extra

    _kms().make_key()
    with pytest.raises(KmsError, match=f"has a key {KEY} already"):
        _kms().make_key()
    module = pkcs11.lib(str(MODULE))
    try:
        with module.get_token(token_label=TOKEN).open(user_pin=PIN) as session:
            key = session.get_key(label=KEY)
            with pytest.raises(pkcs11.AttributeSensitive):
                _ = key[pkcs11.Attribute.VALUE]
    finally:
        module.finalize()


def test_what_is_wrong_with_a_token_is_told(hsm: SoftHsm) -> None:
    _kms().check()
    with pytest.raises(KmsError, match="has no key brim master"), _kms().open() as session:
        session.wrap(DATA_KEY, key_id="k_1")
    with pytest.raises(KmsPinError, match="refuses the PIN") as refusal, _kms(pin="wrong").open():
        pass
    assert "wrong" not in refusal.value.message
    with pytest.raises(KmsError, match="no token other"):
        _kms(token="other").check()
    with pytest.raises(KmsError, match=r"module /nowhere\.so cannot be loaded"):
        _kms(module=Path("/nowhere.so")).check()
    with hsm.unplugged(), pytest.raises(KmsError, match="no token"):
        _kms().check()
    _kms().check()


def test_settings_name_all_of_it_or_nothing() -> None:
    assert kms_of(load_settings({}, {})) is None
    with pytest.raises(IncompleteKmsError, match="--pkcs11-token and --pkcs11-pin"):
        kms_of(load_settings({}, {"BRIM_PKCS11_MODULE": "/x.so", "BRIM_PKCS11_KEY": "k"}))
