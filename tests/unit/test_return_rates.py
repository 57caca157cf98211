"""Return rates: which returns count where, and the exact edges of warning and limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.rails.ach.nacha import RETURN_CODES
from brim.core.return_rates import LIMITS, MINIMUM_RETURNS, Counts, Level, RateKind, kinds_of, level_of
from brim.core.return_rates.rules import changed_guards

DEBITS = 20_000
FIELDS = {
    RateKind.UNAUTHORIZED: "unauthorized",
    RateKind.ADMINISTRATIVE: "administrative",
    RateKind.OVERALL: "returned",
}


def counts_of(kind: RateKind, returns: int, debits: int = DEBITS) -> Counts:
    return Counts(debits=debits, **{FIELDS[kind]: returns})


@pytest.mark.parametrize("kind", RateKind)
@pytest.mark.parametrize(
    ("percent", "level"), [(59, Level.CLEAR), (60, Level.WARNED), (99, Level.WARNED), (100, Level.REACHED)]
)
def test_the_levels_begin_exactly_at_their_shares_of_each_limit(kind: RateKind, percent: int, level: Level) -> None:
    returns = LIMITS[kind] * DEBITS * percent // 100_000
    assert returns * 100_000 == LIMITS[kind] * DEBITS * percent, "the population hits the share exactly"
    assert level_of(kind, counts_of(kind, returns), minimum_debits=100) is level


@pytest.mark.parametrize("kind", RateKind)
def test_one_return_less_than_a_level_is_not_there_yet(kind: RateKind) -> None:
    at_limit, at_warning = LIMITS[kind] * DEBITS // 1000, LIMITS[kind] * DEBITS * 60 // 100_000
    assert level_of(kind, counts_of(kind, at_limit - 1), minimum_debits=100) is Level.WARNED
    assert level_of(kind, counts_of(kind, at_warning - 1), minimum_debits=100) is Level.CLEAR


def test_few_debits_and_few_returns_say_nothing() -> None:
    assert level_of(RateKind.OVERALL, counts_of(RateKind.OVERALL, 99, 99), minimum_debits=100) is Level.CLEAR
    assert level_of(RateKind.OVERALL, counts_of(RateKind.OVERALL, 99, 100), minimum_debits=100) is Level.REACHED
    few = counts_of(RateKind.UNAUTHORIZED, MINIMUM_RETURNS - 1, 100)
    assert level_of(RateKind.UNAUTHORIZED, few, minimum_debits=100) is Level.CLEAR
    enough = counts_of(RateKind.UNAUTHORIZED, MINIMUM_RETURNS, 100)
    assert level_of(RateKind.UNAUTHORIZED, enough, minimum_debits=100) is Level.REACHED


def test_each_return_code_counts_where_nacha_counts_it() -> None:
    unauthorized = {code for code in RETURN_CODES if RateKind.UNAUTHORIZED in kinds_of(code)}
    administrative = {code for code in RETURN_CODES if RateKind.ADMINISTRATIVE in kinds_of(code)}
    assert unauthorized == {"R05", "R07", "R10", "R11", "R29", "R51"}
    assert administrative == {"R02", "R03", "R04"}
    assert all(RateKind.OVERALL in kinds_of(code) for code in RETURN_CODES)


@given(
    kind=st.sampled_from(RateKind),
    debits=st.integers(1, 10**7),
    returns=st.integers(0, 10**7),
    minimum=st.integers(1, 1000),
)
def test_a_level_agrees_with_the_share_in_exact_arithmetic(
    kind: RateKind, debits: int, returns: int, minimum: int
) -> None:
    level = level_of(kind, counts_of(kind, returns, debits), minimum_debits=minimum)
    counts = debits >= minimum and returns >= MINIMUM_RETURNS
    assert (level is Level.REACHED) == (counts and 1000 * returns >= LIMITS[kind] * debits)
    assert (level is not Level.CLEAR) == (counts and 100_000 * returns >= 60 * LIMITS[kind] * debits)


def test_a_level_that_stays_keeps_its_beginning_and_one_that_is_clear_again_is_told_once() -> None:
    reached = counts_of(RateKind.OVERALL, 3_000)
    (first,) = changed_guards([], "acct_1", reached, minimum_debits=100, now_ms=5)
    assert (first[0].level, first[0].since_ms, first[1]) == (Level.REACHED, 5, Level.CLEAR)
    (again,) = changed_guards([first[0]], "acct_1", reached, minimum_debits=100, now_ms=9)
    assert (again[0].since_ms, again[1]) == (5, Level.REACHED)
    (fallen,) = changed_guards([again[0]], "acct_1", Counts(debits=DEBITS), minimum_debits=100, now_ms=12)
    assert (fallen[0].level, fallen[1]) == (Level.CLEAR, Level.REACHED)
    assert changed_guards([], "acct_1", Counts(debits=DEBITS), minimum_debits=100, now_ms=13) == []
