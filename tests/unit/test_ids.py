"""Ids: their shape, their order, and the second that is written in them."""

from hypothesis import given
from hypothesis import strategies as st

from brim.base.ids import (
    ALPHABET,
    BODY_CHARS,
    IdFactory,
    created_of,
    decode_time,
    encode_time,
    first_id_at,
    new_request_id,
    random_base62,
)

LAST_MS = 62**8 - 1
times = st.integers(0, LAST_MS)


@given(st.lists(times, max_size=50))
def test_ids_increase_whatever_the_clock_does(clock_readings: list[int]) -> None:
    readings = iter(clock_readings)
    ids = IdFactory(lambda: next(readings))
    made = [ids.new("tu_") for _ in clock_readings]
    assert made == sorted(set(made))


@given(times)
def test_an_id_is_a_prefix_and_24_letters_or_digits(now_ms: int) -> None:
    made = IdFactory().new_at("tu_", now_ms)
    prefix, _, body = made.partition("_")
    assert prefix == "tu"
    assert len(body) == BODY_CHARS
    assert set(body) <= set(ALPHABET)


@given(times)
def test_a_time_reads_back(now_ms: int) -> None:
    assert decode_time(encode_time(now_ms)) == now_ms


@given(times)
def test_created_is_the_second_in_the_id(now_ms: int) -> None:
    ids = IdFactory()
    assert created_of(ids.new_at("tu_", now_ms)) == now_ms // 1000 == ids.newest_second


@given(st.integers(0, LAST_MS // 1000 - 1), st.integers(0, 999))
def test_a_range_of_seconds_is_a_range_of_ids(second: int, millisecond: int) -> None:
    made = IdFactory().new_at("tu_", second * 1000 + millisecond)
    assert first_id_at("tu_", second) <= made < first_id_at("tu_", second + 1)


@given(st.integers(-(2**63), 2**63))
def test_a_bound_of_ids_exists_for_any_second(second: int) -> None:
    assert len(first_id_at("tu_", second)) == len("tu_") + 8


def test_more_ids_in_a_millisecond_than_the_counter_holds_move_on_to_the_next() -> None:
    ids = IdFactory()
    ids.new_at("tu_", 5000)
    ids._counter = 62**4 - 1
    assert created_of(ids.new_at("tu_", 5000)) == 5
    assert ids._milliseconds == 5001


def test_random_texts_have_the_length_asked_for_and_do_not_repeat() -> None:
    texts = {random_base62(43) for _ in range(2000)} | {random_base62(9000)}
    assert {len(text) for text in texts} == {43, 9000}
    assert len(texts) == 2001
    assert len({new_request_id() for _ in range(5000)}) == 5000


def test_every_character_is_drawn_about_equally_often() -> None:
    """A modulo over bytes without dropping the uneven rest would favour the first characters by a quarter."""
    drawn = random_base62(620_000)
    assert all(9_400 < drawn.count(character) < 10_600 for character in ALPHABET)


@given(times, st.integers(0, 100))
def test_ids_after_a_moment_are_those_that_followed_it_but_for_what_is_random(now_ms: int, before: int) -> None:
    ids = IdFactory()
    for _ in range(before):
        ids.new_at("bsl_", now_ms)
    moment = ids.tick(now_ms)
    again = IdFactory.after(*moment)
    made = [(ids.new_at("bsl_", now_ms)[:-12], again.new_at("bsl_", now_ms)[:-12]) for _ in range(5)]
    assert all(first == second for first, second in made)
