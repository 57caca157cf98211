"""How far an account's events have come on their way to a session."""

from hypothesis import given
from hypothesis import strategies as st

from brim.domain.listeners import COPIES
from brim.domain.streams import Stream
from brim.domain.topups import Owner

OWNER = Owner("acct_1", livemode=False)


def test_both_copies_are_sent_once() -> None:
    stream = Stream.after_event(OWNER, 4)
    assert (stream.after, stream.acked_place) == (4, 9)
    assert list(stream.send(5)) == [(10, None), (11, COPIES[1])]
    assert list(stream.send(5)) == []
    assert (stream.after, stream.on_their_way) == (5, 2)


def test_of_an_event_that_has_half_arrived_the_other_half_is_sent() -> None:
    stream = Stream(OWNER, 10)
    assert stream.after == 4
    assert list(stream.send(5)) == [(11, COPIES[1])]


def test_it_advances_over_what_has_arrived_without_a_gap() -> None:
    stream = Stream.after_event(OWNER, 0)
    for number in (1, 2):
        list(stream.send(number))
    for place, acked in ((3, 1), (5, 1), (2, 3), (99, 3), (2, 3), (4, 5)):
        stream.arrive(place)
        assert stream.acked_place == acked
    assert stream.on_their_way == 0


def test_numbers_that_are_forgotten_leave_no_gap() -> None:
    stream = Stream.after_event(OWNER, 0)
    for place, _ in list(stream.send(500)):
        stream.arrive(place)
    assert stream.acked_place == 1001
    assert stream.after == 500


def test_it_is_behind_until_the_newest_is_sent() -> None:
    stream = Stream.after_event(OWNER, 0)
    assert not stream.is_behind
    stream.newest = 1
    assert stream.is_behind
    list(stream.send(1))
    assert not stream.is_behind


@given(st.permutations(range(2, 12)))
def test_in_whatever_order_all_has_arrived_in_the_end(places: list[int]) -> None:
    stream = Stream.after_event(OWNER, 0)
    for number in range(1, 6):
        list(stream.send(number))
    for place in places:
        stream.arrive(place)
    assert (stream.acked_place, stream.on_their_way) == (11, 0)
