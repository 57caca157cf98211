"""Micro-deposits: amounts, what may leave together, and limits, against what the rule says in other words."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.bank_accounts import Guess
from brim.core.direct_debits.microdeposit_rules import (
    LEAST_COUNTED,
    MOST_CENTS,
    MicrodepositCounts,
    MicrodepositLimitError,
    amount_of,
    check_limits,
    class_of,
    decode_amounts,
    draw_amounts,
    encode_amounts,
    judge,
    leaving,
    number_of,
)
from brim.core.direct_debits.rules import Entry, EntryStatus
from brim.core.rails.ach import Microdeposits, OriginatorProfile, ProfileError, check_profile

AMOUNTS = st.lists(st.integers(1, MOST_CENTS), min_size=2, max_size=2, unique=True).map(tuple)
PROFILE = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="BANK",
    immediate_origin="1234567890",
    origin_name="BRIM",
    company_name="BRIM",
    company_id="1234567890",
    outgoing_folder="/out",
    incoming_folder="/in",
    microdeposits=Microdeposits.CREDITS_AND_DEBIT,
)


def entry(topup: str, number: int) -> Entry:
    return Entry(
        scope=AccountScope("acct_1", livemode=True),
        topup=topup,
        number=number,
        owner="acct_1",
        originator="orig_1",
        test_clock=None,
        status=EntryStatus.QUEUED,
        amount=0,
        hold_days=0,
        transaction_code=27 if number == 3 else 22,
        sec_code="PPD",
        routing_number="110000000",
        last4="6789",
        sealed=b"",
        receiver_name="X",
        claimed_ms=0,
    )


@given(AMOUNTS)
def test_credits_are_below_a_dollar_and_the_debit_is_their_sum(amounts: tuple[int, int]) -> None:
    credits_and_debit = [amount_of(entry("mdep_1", number), amounts) for number in (1, 2, 3)]
    assert all(0 < each < 100 for each in credits_and_debit[:2])
    assert credits_and_debit[2] == sum(credits_and_debit[:2])
    assert decode_amounts(encode_amounts(amounts)) == amounts
    assert len(encode_amounts(amounts)) == 4
    for number, amount in enumerate(credits_and_debit, 1):
        assert number_of(amount, amounts, is_debit=number == 3) == number


def test_amounts_that_are_drawn_differ_and_are_drawn_anew() -> None:
    drawn = {draw_amounts() for _ in range(50)}
    assert len(drawn) > 25
    assert all(first != second and {first, second} <= set(range(1, 100)) for first, second in drawn)


@given(AMOUNTS, AMOUNTS)
def test_only_the_same_two_amounts_in_any_order_are_right(sent: tuple[int, int], stated: tuple[int, int]) -> None:
    assert judge(sent, sent[::-1]) is Guess.RIGHT
    assert (judge(sent, stated) is Guess.RIGHT) == (set(sent) == set(stated))
    assert judge(sent, (sent[0], sent[0])) is Guess.WRONG
    assert judge(sent, None) is Guess.WRONG


@given(
    st.lists(st.tuples(st.sampled_from(["mdep_1", "mdep_2", "tu_3"]), st.integers(1, 3), st.booleans()), unique=True)
)
def test_of_a_set_all_that_waits_leaves_or_nothing_and_no_debit_alone(found: list[tuple[str, int, bool]]) -> None:
    waiting: dict[str, set[int]] = {}
    for topup, number, _ in found:
        waiting.setdefault(topup, set()).add(number)
    taken = [entry(topup, number) for topup, number, is_taken in found if is_taken]
    left = leaving(taken, waiting)
    assert [each for each in left.entries if not each.is_microdeposit] == [e for e in taken if not e.is_microdeposit]
    for topup in ("mdep_1", "mdep_2"):
        numbers = {each.number for each in left.entries if each.topup == topup}
        assert numbers in (set(), waiting.get(topup, set()))
        assert numbers != {3}
    assert all(waiting[each.topup] == {3} for each in left.alone)


def test_consumers_are_credited_under_ppd_and_debited_as_they_agreed() -> None:
    assert [class_of(code, is_debit=False) for code in ("PPD", "WEB", "CCD")] == ["PPD", "PPD", "CCD"]
    assert [class_of(code, is_debit=True) for code in ("PPD", "WEB", "CCD")] == ["PPD", "WEB", "CCD"]


def test_a_limit_refuses_from_when_it_is_reached() -> None:
    none = MicrodepositCounts(0, 0, 0, 0, 0)
    assert check_limits(PROFILE, none) == []
    assert check_limits(PROFILE, none._replace(bank_account=2)) == ["bank_account"]
    few = none._replace(sent=LEAST_COUNTED - 1, returned=LEAST_COUNTED - 1)
    assert check_limits(PROFILE, few) == []
    for reached in (
        none._replace(bank_account=3),
        none._replace(account=20),
        none._replace(day=200),
        none._replace(sent=LEAST_COUNTED, returned=3),
    ):
        with pytest.raises(MicrodepositLimitError):
            check_limits(PROFILE, reached)


@pytest.mark.parametrize("change", [{"max_file_entries": 2}, {"file_cap": 399, "entry_cap": 399}])
def test_a_profile_whose_files_take_no_whole_set_is_refused(change: dict[str, int]) -> None:
    check_profile(PROFILE)
    with pytest.raises(ProfileError, match="micro-deposits"):
        check_profile(msgspec.structs.replace(PROFILE, **change))
