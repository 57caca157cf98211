"""An object's own key-value pairs: what a request may change and what it may not exceed.

Keys that are sent are merged into those that are there; a key sent empty is unset; `metadata` itself sent
empty unsets all. Source: Stripe API reference, Metadata.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from brim.base.errors import BrimError

MAX_KEYS: Final = 50
MAX_KEY_LENGTH: Final = 40
MAX_VALUE_LENGTH: Final = 500
_LONGEST_SHOWN: Final = 1000
"""Characters of a refused value that its error repeats; a megabyte sent is not a megabyte answered."""


class MetadataKeyTooLongError(BrimError):
    """A metadata key is too long."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"Metadata keys can have up to {MAX_KEY_LENGTH} characters, but you passed in a key that is "
            f"{len(key)} characters. Invalid key: {key[:_LONGEST_SHOWN]}"
        )


class MetadataValueTooLongError(BrimError):
    """A metadata value is too long."""

    def __init__(self, value: str) -> None:
        super().__init__(
            f"Metadata values can have up to {MAX_VALUE_LENGTH} characters, but you passed in a value that is "
            f"{len(value)} characters. Invalid value: {value[:_LONGEST_SHOWN]}"
        )


class TooMuchMetadataError(BrimError):
    """The object would have too many metadata keys."""

    def __init__(self, count: int) -> None:
        super().__init__(f"Metadata can have up to {MAX_KEYS} keys, but you've set {count}.")


class MetadataChange(msgspec.Struct, frozen=True):
    """What a request does to metadata: first it clears all if `clear`, then each pair sets or, if empty, unsets."""

    pairs: dict[str, str] = {}
    clear: bool = False


def change_of(pairs: dict[str, str]) -> MetadataChange:
    """Return the change that sends these pairs; an empty value unsets its key.

    Raises:
        MetadataKeyTooLongError: for a key over 40 characters.
        MetadataValueTooLongError: for a value over 500 characters.
    """
    for key, value in pairs.items():
        if len(key) > MAX_KEY_LENGTH:
            raise MetadataKeyTooLongError(key)
        if len(value) > MAX_VALUE_LENGTH:
            raise MetadataValueTooLongError(value)
    return MetadataChange(pairs)


CLEAR_ALL: Final = MetadataChange(clear=True)
NO_CHANGE: Final = MetadataChange()


def merge(existing: Mapping[str, str], change: MetadataChange) -> dict[str, str]:
    """Return the metadata after a change; `existing` stays as it is.

    Raises:
        TooMuchMetadataError: when more than 50 keys would be left.
    """
    merged = {} if change.clear else dict(existing)
    for key, value in change.pairs.items():
        if value:
            merged[key] = value
        else:
            merged.pop(key, None)
    if len(merged) > MAX_KEYS:
        raise TooMuchMetadataError(len(merged))
    return merged
