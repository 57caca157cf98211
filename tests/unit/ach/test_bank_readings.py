"""Whether what a bank has sent was read far enough to give money: by moments, whoever reads."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.direct_debits.reading_rules import BRIEF_MS, FRESH_MS, BankReading, UnreadBankError, check_read

READ = BankReading(
    scope=AccountScope("acct_platform", livemode=True),
    originator="orig_1",
    incoming_folder="/bank/in",
    folder="/bank/in",
    began_ms=10_000_000,
)
MOMENTS = st.integers(1, 100_000_000)


def refusal(
    reading: BankReading | None, *, since_ms: int, now_ms: int, by_clock: bool = False
) -> UnreadBankError | None:
    try:
        check_read(reading, since_ms=since_ms, now_ms=now_ms, by_clock=by_clock)
    except UnreadBankError as error:
        return error
    return None


@given(began_ms=MOMENTS, since_ms=MOMENTS, later_ms=st.integers(0, 2 * FRESH_MS), problem_ms=st.none() | MOMENTS)
def test_a_reading_passes_what_had_waited_before_it_began_as_long_as_it_is_fresh(
    began_ms: int, since_ms: int, later_ms: int, problem_ms: int | None
) -> None:
    now_ms = max(began_ms, since_ms) + later_ms
    reading = msgspec.structs.replace(
        READ, began_ms=began_ms, problem=problem_ms and "It hangs.", problem_ms=problem_ms
    )
    passes = refusal(reading, since_ms=since_ms, now_ms=now_ms) is None
    assert passes == (began_ms >= since_ms and now_ms - began_ms <= FRESH_MS)


@given(stated_ms=MOMENTS, since_ms=MOMENTS)
def test_a_statement_passes_what_had_waited_before_it_and_never_ages(stated_ms: int, since_ms: int) -> None:
    reading = msgspec.structs.replace(READ, folder=None, began_ms=None, stated_ms=stated_ms)
    passes = refusal(reading, since_ms=since_ms, now_ms=10 * max(stated_ms, since_ms)) is None
    assert passes == (stated_ms >= since_ms)


@pytest.mark.parametrize("changes", [{"waiting": "a.ach"}, {"held": "a.ach"}])
def test_a_file_that_is_not_applied_keeps_everything_back(changes: dict[str, str]) -> None:
    reading = msgspec.structs.replace(READ, stated_ms=READ.began_ms, **changes)
    error = refusal(reading, since_ms=1, now_ms=10_000_000)
    assert error is not None
    assert "a.ach" in error.message


@pytest.mark.parametrize(
    ("reading", "late_ms", "is_brief"),
    [
        (READ, 1, True),
        (READ, BRIEF_MS - 1, True),
        (READ, BRIEF_MS, False),
        (msgspec.structs.replace(READ, problem="It hangs.", problem_ms=10_000_000), 1, False),
        (msgspec.structs.replace(READ, waiting="a.ach"), 1, True),
        (msgspec.structs.replace(READ, held="a.ach"), 1, False),
        (None, 1, False),
    ],
)
def test_what_goes_on_by_itself_in_a_moment_raises_no_alarm(
    reading: BankReading | None, late_ms: int, *, is_brief: bool
) -> None:
    error = refusal(reading, since_ms=10_000_001, now_ms=10_000_001 + late_ms)
    assert error is not None
    assert error.is_brief is is_brief


@pytest.mark.parametrize(
    ("changes", "passes"),
    [
        ({}, True),
        ({"waiting": "a.ach"}, True),
        ({"held": "a.ach"}, False),
        ({"problem": "It hangs.", "problem_ms": 9_999_999}, True),
        ({"problem": "It hangs.", "problem_ms": 10_000_000}, False),
    ],
)
def test_what_a_test_clock_moves_waits_for_what_is_known_to_be_unread(
    changes: dict[str, object], *, passes: bool
) -> None:
    reading = msgspec.structs.replace(READ, **changes)
    assert (refusal(reading, since_ms=10**15, now_ms=10**15, by_clock=True) is None) is passes
