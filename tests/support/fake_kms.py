"""A key management system for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from brim.platform.kms import KmsError, KmsPinError


class FakeKms:
    """Wraps by writing the name of its key in front, and counts how often it was asked."""

    name: Final = "fake"

    def __init__(self, key: str = "first") -> None:
        self.key = key
        self.asked = 0
        self.is_down = False
        self.is_pin_wrong = False

    @contextmanager
    def open(self) -> Iterator["FakeKms"]:
        if self.is_down:
            raise KmsError("it is down.")
        self.asked += 1
        if self.is_pin_wrong:
            raise KmsPinError("the PIN is wrong.")
        yield self

    def wrap(self, data_key: bytes, *, key_id: str) -> bytes:
        return f"{self.key} {key_id} ".encode() + data_key

    def unwrap(self, wrapped: bytes, *, kms_key: str, key_id: str) -> bytes:
        head = f"{kms_key} {key_id} ".encode()
        if not wrapped.startswith(head):
            raise KmsError("another key.")
        return wrapped.removeprefix(head)

    def check(self) -> None:
        """Be there."""

    def make_key(self) -> None:
        """Have it already."""
