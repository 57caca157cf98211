"""How far an account's events have come on their way to a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.stripe_cli.rules import Form
from brim.core.stripe_cli.streams import Stream, last_place

OWNER = AccountScope("acct_1", livemode=False)
SNAPSHOTS = (Form.DEFAULT, Form.LATEST)
EVERY_CHOICE = (SNAPSHOTS, (Form.THIN,), (*SNAPSHOTS, Form.THIN))


def test_both_snapshots_are_sent_once() -> None:
    stream = Stream.after_event(OWNER, 4, SNAPSHOTS)
    assert (stream.after, stream.acked_place) == (4, 9)
    assert list(stream.send(5)) == [(10, Form.DEFAULT), (11, Form.LATEST)]
    assert list(stream.send(5)) == []
    assert (stream.after, stream.on_their_way) == (5, 2)


@pytest.mark.parametrize("forms", EVERY_CHOICE)
def test_each_copy_has_a_place_of_its_own_in_whatever_forms_events_are_sent(forms: tuple[Form, ...]) -> None:
    stream = Stream.after_event(OWNER, 4, forms)
    assert stream.acked_place == last_place(4, copies=len(forms))
    sent = [copy for number in (5, 6) for copy in stream.send(number)]
    assert [form for _, form in sent] == [*forms, *forms]
    assert [place for place, _ in sent] == list(range(stream.acked_place + 1, last_place(6, copies=len(forms)) + 1))
    again = Stream(OWNER, stream.acked_place, forms)
    assert [copy for number in (5, 6) for copy in again.send(number)] == sent


def test_of_an_event_whose_snapshots_have_arrived_the_thin_form_is_sent() -> None:
    stream = Stream(OWNER, 16, (*SNAPSHOTS, Form.THIN))
    assert stream.after == 4
    assert list(stream.send(5)) == [(17, Form.THIN)]


def test_of_an_event_that_has_half_arrived_the_other_half_is_sent() -> None:
    stream = Stream(OWNER, 10, SNAPSHOTS)
    assert stream.after == 4
    assert list(stream.send(5)) == [(11, Form.LATEST)]


def test_it_advances_over_what_has_arrived_without_a_gap() -> None:
    stream = Stream.after_event(OWNER, 0, SNAPSHOTS)
    for number in (1, 2):
        list(stream.send(number))
    for place, acked in ((3, 1), (5, 1), (2, 3), (99, 3), (2, 3), (4, 5)):
        stream.arrive(place)
        assert stream.acked_place == acked
    assert stream.on_their_way == 0


def test_numbers_that_are_forgotten_leave_no_gap() -> None:
    stream = Stream.after_event(OWNER, 0, SNAPSHOTS)
    for place, _ in list(stream.send(500)):
        stream.arrive(place)
    assert stream.acked_place == 1001
    assert stream.after == 500


def test_it_is_behind_until_the_newest_is_sent() -> None:
    stream = Stream.after_event(OWNER, 0, SNAPSHOTS)
    assert not stream.is_behind
    stream.newest = 1
    assert stream.is_behind
    list(stream.send(1))
    assert not stream.is_behind


@given(st.permutations(range(2, 12)))
def test_in_whatever_order_all_has_arrived_in_the_end(places: list[int]) -> None:
    stream = Stream.after_event(OWNER, 0, SNAPSHOTS)
    for number in range(1, 6):
        list(stream.send(number))
    for place in places:
        stream.arrive(place)
    assert (stream.acked_place, stream.on_their_way) == (11, 0)
