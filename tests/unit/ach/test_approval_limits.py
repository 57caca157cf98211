"""By which limits people approve files, and what lifts them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.originators.service import _lifts_approvals
from brim.core.rails.ach import OriginatorProfile, ProfileError, approvals_needed, check_profile

PROFILE = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="REHEARSAL BANK",
    immediate_origin="1234567890",
    origin_name="BRIM TESTS",
    company_name="BRIM TESTS",
    company_id="1234567890",
    outgoing_folder="/to",
    incoming_folder="/from",
    requires_approval=False,
)
LIMITS = st.none() | st.integers(1, 5)
PROFILES = st.builds(
    lambda each, total, entry, second: msgspec.structs.replace(
        PROFILE,
        requires_approval=each,
        approval_from_total=total,
        approval_from_entry=entry,
        second_approval_from_total=second,
    ),
    st.booleans(),
    LIMITS,
    LIMITS,
    LIMITS,
)
FILES = [(total, largest) for total in range(7) for largest in range(total + 1) if bool(total) == bool(largest)]


@pytest.mark.parametrize(
    ("limits", "total", "largest", "needed"),
    [
        ({}, 10_000, 10_000, 0),
        ({"requires_approval": True}, 0, 0, 1),
        ({"approval_from_total": 10_000}, 9_999, 9_999, 0),
        ({"approval_from_total": 10_000}, 10_000, 1, 1),
        ({"approval_from_entry": 500}, 100_000, 499, 0),
        ({"approval_from_entry": 500}, 500, 500, 1),
        ({"second_approval_from_total": 10_000}, 10_000, 1, 2),
        ({"second_approval_from_total": 10_000, "requires_approval": True}, 9_999, 1, 1),
    ],
)
def test_a_file_is_approved_from_a_limit_on(limits: dict[str, Any], total: int, largest: int, needed: int) -> None:
    profile = msgspec.structs.replace(PROFILE, **limits)
    assert approvals_needed(profile, total=total, largest_entry=largest) == needed


@given(before=PROFILES, after=PROFILES)
def test_a_change_lifts_approvals_exactly_where_some_file_needs_fewer(
    before: OriginatorProfile, after: OriginatorProfile
) -> None:
    """One that lowers a limit and raises another counts as lifting, though perhaps no file in reach needs fewer."""
    fewer = any(
        approvals_needed(after, total=total, largest_entry=largest)
        < approvals_needed(before, total=total, largest_entry=largest)
        for total, largest in FILES
    )
    if fewer:
        assert _lifts_approvals(before, after)
    if not _lifts_approvals(before, after):
        assert not fewer


@pytest.mark.parametrize(
    ("field", "limit", "cap"),
    [
        ("approval_from_total", 100_000_001, "file_cap"),
        ("approval_from_entry", 2_500_001, "entry_cap"),
        ("second_approval_from_total", 100_000_001, "file_cap"),
    ],
)
def test_a_limit_that_no_file_reaches_is_refused(field: str, limit: int, cap: str) -> None:
    check_profile(msgspec.structs.replace(PROFILE, **{field: limit - 1}))
    with pytest.raises(ProfileError, match=f"invalid {field}: no file reaches it: it must not be larger than {cap}"):
        check_profile(msgspec.structs.replace(PROFILE, **{field: limit}))
