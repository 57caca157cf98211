"""Rules of signing in: what stands for whom, how pauses grow, and what a cookie says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.operators.sign_in_rules import (
    PER_ADDRESS,
    PER_PERSON,
    TRIES_KEPT_MS,
    ForgedFormError,
    Limit,
    TooManyTriesError,
    Tries,
    address_subject,
    check_form_token,
    count_try,
    ended_cookie,
    form_token,
    hash_token,
    pause_ms,
    person_subject,
    session_cookie,
)

NOW_MS = 1_790_000_000_000


@pytest.mark.parametrize("limit", [PER_PERSON, PER_ADDRESS])
def test_pauses_begin_after_the_free_tries_and_double_up_to_the_longest(limit: Limit) -> None:
    pauses = [pause_ms(limit, tries) for tries in range(1, limit.free + 40)]
    assert not any(pauses[: limit.free - 1])
    assert pauses[limit.free - 1 : limit.free + 3] == [1_000, 2_000, 4_000, 8_000]
    assert max(pauses) == pauses[-1] == limit.longest_ms
    assert pauses == sorted(pauses)


@given(st.lists(st.integers(0, 90_000), max_size=60))
def test_tries_come_no_closer_than_the_pauses_allow(gaps_ms: list[int]) -> None:
    tries, now_ms = Tries(subject="x"), NOW_MS
    counted: list[int] = []
    waited_until: list[tuple[int, int, int]] = []
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        try:
            tries = count_try(tries, PER_PERSON, now_ms=now_ms)
        except TooManyTriesError as refusal:
            waited_until.append((now_ms, tries.next_ms, now_ms + refusal.wait_s * 1000))
        else:
            counted.append(now_ms)
    assert all(now < next_ms <= told_ms < next_ms + 1000 for now, next_ms, told_ms in waited_until)
    for number in range(PER_PERSON.free, len(counted)):
        assert counted[number] - counted[number - 1] >= pause_ms(PER_PERSON, number)


def test_tries_of_long_ago_are_forgotten() -> None:
    old = Tries(subject="x", tries=99, next_ms=NOW_MS, seen_ms=NOW_MS)
    assert count_try(old, PER_PERSON, now_ms=NOW_MS + TRIES_KEPT_MS - 1).tries == 100
    assert count_try(old, PER_PERSON, now_ms=NOW_MS + TRIES_KEPT_MS).tries == 1


def test_one_person_is_one_subject_however_the_address_is_typed() -> None:
    assert len({person_subject(text) for text in ("ada@example.com", " ADA@Example.com")}) == 1
    assert person_subject("ada@example.com") != person_subject("grace@example.com")
    assert "ada" not in person_subject("ada@example.com")
    assert person_subject("\ud800")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        (None, "", True),
        (None, "192.0.2.1", False),
    ],
)
def test_an_address_stands_for_one_household(one: str | None, other: str | None, is_same: bool) -> None:
    assert (address_subject(one) == address_subject(other)) is is_same


def test_a_form_goes_with_its_own_session_only() -> None:
    check_form_token("one", form_token("one"))
    for given_token in (form_token("other"), "", "one", "\ud800", hash_token("one").hex()):
        with pytest.raises(ForgedFormError):
            check_form_token("one", given_token)


def test_the_cookie_is_for_no_script_no_other_site_and_no_plain_http_after_https() -> None:
    assert session_cookie("t", life_s=60, is_https=True) == (
        "__Host-brim_session=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
    )
    assert session_cookie("t", life_s=60, is_https=False) == (
        "brim_session=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
    )
    assert ended_cookie(is_https=False) == "brim_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
