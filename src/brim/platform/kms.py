"""What a key management system has to do for us: wrap data keys by a key that never leaves it.

The service encrypts with data keys of its own (`platform.vault`), which are stored wrapped; it asks only to unwrap
them, once in each process. Another system than PKCS#11 is another `Kms`, with its settings, and a line in `kms_of`.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from brim.base.errors import BrimError
from brim.platform.settings import Settings


class KmsError(BrimError):
    """The key management system cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The key management system cannot be used: {reason}")


class KmsPinError(KmsError):
    """It refuses the PIN. Nobody may try that again and again: a token locks itself after a few tries."""


class IncompleteKmsError(BrimError):
    """The settings say only in part where the key management system is."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"--pkcs11-module needs {' and '.join(missing)} too.")


class KmsSession(Protocol):
    """A key management system that we are logged in to."""

    def wrap(self, data_key: bytes, *, key_id: str) -> bytes:
        """Return a data key as it may be stored, readable only for who says the same id."""

    def unwrap(self, wrapped: bytes, *, kms_key: str, key_id: str) -> bytes:
        """Return a data key that was wrapped by the key of that name.

        Raises:
            KmsError: there is no such key, or it does not unwrap this under that id.
        """


class Kms(Protocol):
    """A key management system. Its methods wait for it: call them in a thread of their own."""

    @property
    def name(self) -> str:
        """What kind it is."""

    @property
    def key(self) -> str:
        """The key that wraps."""

    def open(self) -> AbstractContextManager[KmsSession]:
        """Log in for as long as the block lasts.

        Raises:
            KmsPinError: it refuses the PIN.
            KmsError: it cannot be reached.
        """

    def check(self) -> None:
        """Let one pass that is there; the PIN is not tried.

        Raises:
            KmsError: it cannot be reached.
        """

    def make_key(self) -> None:
        """Make the key that wraps, inside.

        Raises:
            KmsError: there is one of that name, or it cannot be made.
        """


def kms_of(settings: Settings) -> Kms | None:
    """Return the key management system that the settings name, None when they name none. It is not asked yet.

    Raises:
        IncompleteKmsError: they say only part of it.
    """
    parts = {
        "--pkcs11-token": settings.pkcs11_token,
        "--pkcs11-key": settings.pkcs11_key,
        "--pkcs11-pin": settings.pkcs11_pin,
    }
    if settings.pkcs11_module is None:
        return None
    missing = [flag for flag, value in parts.items() if not value]
    if missing:
        raise IncompleteKmsError(missing)
    from brim.platform.pkcs11_kms import Pkcs11Kms  # noqa: PLC0415  few have one

    token, key, pin = (value or "" for value in parts.values())
    return Pkcs11Kms(settings.pkcs11_module, token=token, key=key, pin=pin)
