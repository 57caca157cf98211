"""Times of thin events."""

from hypothesis import given
from hypothesis import strategies as st

from brim.domain.thin_events import read_second, write_second


@given(st.integers(min_value=0, max_value=253_402_300_799))
def test_a_second_is_read_as_it_was_written(second: int) -> None:
    assert read_second(write_second(second)) == second
