"""Wraps data keys in a hardware security module, or whatever else speaks PKCS#11 (SoftHSM, cloud vendors' modules).

The key that wraps is an AES key of 256 bits that is made in the token and never leaves it; it wraps by AES-GCM, with
the data key's id as what is authenticated beside. Sessions last as long as a block, and the module is let go after it:
what happens to the token while the service runs concerns nobody.
Source: PKCS #11 v2.40, "AES-GCM" (CKM_AES_GCM); NIST SP 800-38D, 8.2.2 (random initialization vectors).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from brim.platform.kms import KmsError, KmsPinError

if TYPE_CHECKING:
    from pkcs11 import Session

_IV_BYTES: Final = 12
_TAG_BITS: Final = 128
_KEY_BITS: Final = 256


class Pkcs11Kms:
    """A token behind a PKCS#11 module.

    Args:
        module: the shared library of the token's vendor.
        token: the token's label; slots have numbers that change.
        key: the label of the key that wraps.
        pin: the PIN of the token's user.
    """

    name: Final = "pkcs11"

    def __init__(self, module: Path, *, token: str, key: str, pin: str) -> None:
        self._module = module
        self._token = token
        self._key = key
        self._pin = pin

    @property
    def key(self) -> str:
        """The label of the key that wraps."""
        return self._key

    @contextmanager
    def open(self) -> "Iterator[Pkcs11Session]":
        """Log in for as long as the block lasts.

        Raises:
            KmsPinError: the token refuses the PIN.
            KmsError: the module, the token or the key is not there.
        """
        with self._logged_in() as session:
            yield Pkcs11Session(session, self._key)

    def check(self) -> None:
        """Let a module and a token pass that are there; the PIN is not tried.

        Raises:
            KmsError: one of them is not.
        """
        with self._found_token():
            pass

    def make_key(self) -> None:
        """Make the key that wraps, in the token, where nothing can read it.

        Raises:
            KmsError: there is one of that label, or the token makes none.
        """
        pkcs11 = _library()
        with self._logged_in(changes=True) as session:
            held = session.get_objects(
                {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY, pkcs11.Attribute.LABEL: self._key}
            )
            if list(held):
                raise KmsError(f"the token {self._token} has a key {self._key} already.")
            session.generate_key(
                pkcs11.KeyType.AES,
                _KEY_BITS,
                label=self._key,
                id=os.urandom(8),
                store=True,
                capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
                template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
            )

    @contextmanager
    def _logged_in(self, *, changes: bool = False) -> "Iterator[Session]":
        pkcs11 = _library()
        with self._found_token() as token:
            if token.flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY:
                raise KmsPinError(
                    f"the token {self._token} locks itself at the next wrong PIN, so it is not tried. Log in to it "
                    "once by its own tools."
                )
            try:
                session = token.open(user_pin=self._pin, rw=changes)
            except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid):
                raise KmsPinError(f"the token {self._token} refuses the PIN of --pkcs11-pin.") from None
            except (pkcs11.PinLocked, pkcs11.PinExpired):
                raise KmsPinError(f"the PIN of the token {self._token} is locked or has expired.") from None
            with session:
                yield session

    @contextmanager
    def _found_token(self) -> Iterator[Any]:
        pkcs11 = _library()
        try:
            module = pkcs11.lib(str(self._module))
        except pkcs11.PKCS11Error as error:
            raise KmsError(f"the module {self._module} cannot be loaded ({_say(error)}).") from None
        try:
            yield module.get_token(token_label=self._token)
        except (pkcs11.NoSuchToken, pkcs11.TokenNotPresent):
            raise KmsError(f"there is no token {self._token} behind the module {self._module}.") from None
        except pkcs11.MultipleTokensReturned:
            raise KmsError(f"there is more than one token {self._token}.") from None
        except pkcs11.PKCS11Error as error:
            raise KmsError(f"the token {self._token} fails ({_say(error)}).") from None
        finally:
            module.finalize()


class Pkcs11Session:
    """A session with a token."""

    def __init__(self, session: "Session", key: str) -> None:
        self._session = session
        self._key = key

    def wrap(self, data_key: bytes, *, key_id: str) -> bytes:
        """Return a data key as it may be stored, readable only for who says the same id."""
        pkcs11 = _library()
        vector = os.urandom(_IV_BYTES)
        sealed: bytes = self._find(self._key).encrypt(
            data_key,
            mechanism=pkcs11.Mechanism.AES_GCM,
            mechanism_param=pkcs11.GCMParams(vector, key_id.encode(), _TAG_BITS),
        )
        return vector + sealed

    def unwrap(self, wrapped: bytes, *, kms_key: str, key_id: str) -> bytes:
        """Return a data key that was wrapped by the key of that label.

        Raises:
            KmsError: there is no such key, or it does not unwrap this under that id.
        """
        pkcs11 = _library()
        key = self._find(kms_key)
        try:
            data_key: bytes = key.decrypt(
                wrapped[_IV_BYTES:],
                mechanism=pkcs11.Mechanism.AES_GCM,
                mechanism_param=pkcs11.GCMParams(wrapped[:_IV_BYTES], key_id.encode(), _TAG_BITS),
            )
        except pkcs11.PKCS11Error as error:
            raise KmsError(f"its key {kms_key} does not unwrap the data key {key_id} ({_say(error)}).") from None
        return data_key

    def _find(self, label: str) -> Any:
        pkcs11 = _library()
        try:
            return self._session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label=label)
        except pkcs11.NoSuchKey:
            raise KmsError(
                f"it has no key {label}. Run brim keys create-kms-key to create that of --pkcs11-key."
            ) from None
        except pkcs11.MultipleObjectsReturned:
            raise KmsError(f"it has more than one key {label}.") from None


def _library() -> ModuleType:
    """Return what speaks PKCS#11, which is installed only where it is asked for.

    Raises:
        KmsError: it is not installed.
    """
    try:
        import pkcs11  # noqa: PLC0415  an extra
    except ImportError:
        raise KmsError("it needs the package python-pkcs11: install brim[pkcs11].") from None
    return pkcs11


def _say(error: Exception) -> str:
    return str(error) or repr(error)
