"""Metadata against a model that applies the documented rules one key at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.metadata import (
    CLEAR_ALL,
    MAX_KEY_LENGTH,
    MAX_KEYS,
    MAX_VALUE_LENGTH,
    MetadataKeyTooLongError,
    MetadataValueTooLongError,
    TooMuchMetadataError,
    change_of,
    merge,
)

_KEYS = st.text(min_size=1, max_size=MAX_KEY_LENGTH)
_VALUES = st.text(max_size=20)
_STORED = st.dictionaries(_KEYS, st.text(min_size=1, max_size=20), max_size=MAX_KEYS)


@given(_STORED, st.dictionaries(_KEYS, _VALUES, max_size=MAX_KEYS), st.data())
def test_sent_keys_are_merged_and_empty_ones_removed(
    existing: dict[str, str], sent: dict[str, str], data: st.DataObject
) -> None:
    some_stored = data.draw(st.lists(st.sampled_from(sorted(existing)), max_size=10)) if existing else []
    sent = {**sent, **{key: data.draw(_VALUES) for key in some_stored}}
    before = dict(existing)
    kept = {key: value for key, value in existing.items() if key not in sent}
    set_now = {key: value for key, value in sent.items() if value != ""}
    if len(kept) + len(set_now) > MAX_KEYS:
        with pytest.raises(TooMuchMetadataError):
            merge(existing, change_of(sent))
    else:
        assert merge(existing, change_of(sent)) == kept | set_now
    assert existing == before


@given(_STORED)
def test_clearing_all_leaves_nothing(existing: dict[str, str]) -> None:
    assert merge(existing, CLEAR_ALL) == {}


@given(_STORED)
def test_sending_nothing_changes_nothing(existing: dict[str, str]) -> None:
    assert merge(existing, change_of({})) == existing


def test_fifty_keys_fit_and_the_next_is_counted_after_the_merge() -> None:
    full = {f"k{number}": "v" for number in range(MAX_KEYS)}
    assert merge(full, change_of({"k0": "other"}))["k0"] == "other"
    assert len(merge(full, change_of({"k0": "", "new": "v"}))) == MAX_KEYS
    with pytest.raises(TooMuchMetadataError) as caught:
        merge(full, change_of({"new": "v"}))
    assert caught.value.message == "Metadata can have up to 50 keys, but you've set 51."


def test_a_key_of_41_characters_is_refused_and_40_pass() -> None:
    assert change_of({"💸" * MAX_KEY_LENGTH: "v"}).pairs
    with pytest.raises(MetadataKeyTooLongError) as caught:
        change_of({"k" * 41: "v"})
    assert caught.value.message == (
        "Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. "
        f"Invalid key: {'k' * 41}"
    )


def test_a_key_that_is_too_long_cannot_be_unset_either() -> None:
    with pytest.raises(MetadataKeyTooLongError):
        change_of({"k" * 41: ""})


def test_a_value_of_501_characters_is_refused_and_500_pass() -> None:
    assert change_of({"k": "💸" * MAX_VALUE_LENGTH}).pairs
    with pytest.raises(MetadataValueTooLongError) as caught:
        change_of({"k": "v" * 501})
    assert caught.value.message == (
        "Metadata values can have up to 500 characters, but you passed in a value that is 501 characters. "
        f"Invalid value: {'v' * 501}"
    )


def test_a_megabyte_of_value_is_not_repeated_in_full() -> None:
    with pytest.raises(MetadataValueTooLongError) as caught:
        change_of({"k": "v" * 1_000_000})
    assert len(caught.value.message) < 1200
