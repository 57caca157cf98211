"""Which part of what changed a balance went below zero, and which part recovered it; and what is kept back."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.ledger import AVAILABLE, FUNDING_CLEARING, EntryLine, JournalEntry
from brim.core.negative_balances import balance_id, debt, read_balance_id
from brim.core.negative_balances.rules import Tracing, kept_back

SCOPE = AccountScope("acct_1", livemode=True)
CHANGES = st.lists(st.integers(-9, 9).filter(bool), max_size=30)


def _entry(number: int, change: int, currency: str = "usd") -> JournalEntry:
    accounts = (FUNDING_CLEARING, AVAILABLE) if change > 0 else (AVAILABLE, FUNDING_CLEARING)
    line = EntryLine(debit_account=accounts[0], credit_account=accounts[1], amount=abs(change), currency=currency)
    return JournalEntry(
        scope=SCOPE,
        id=f"je_{number:04}",
        source_type="topup",
        source=f"tu_{number}",
        step="topup" if change > 0 else "topup_reversal",
        lines=(line,),
        created=number,
    )


@given(changes=CHANGES, others=CHANGES, stride=st.integers(1, 7))
def test_a_balance_is_traced_to_where_it_fell_below_zero_and_its_parts_add_up(
    changes: list[int], others: list[int], stride: int
) -> None:
    entries = [_entry(number, change) for number, change in enumerate(changes)]
    entries += [_entry(number + 1000, change, "eur") for number, change in enumerate(others)]
    newest_first = entries[::-1]
    balances = list(accumulate(changes, initial=0))
    tracing = Tracing(balances[-1], "usd")
    for start in range(0, len(newest_first), stride):
        tracing.take(newest_first[start : start + stride])
    episode = tracing.episode()
    assert [(step.change, step.after) for step in episode.steps] == list(zip(changes, balances[1:], strict=True))[
        len(changes) - len(episode.steps) :
    ]
    assert episode.is_complete == bool(changes)  # every balance begins at zero
    if balances[-1] < 0:
        fell = max(n for n in range(1, len(balances)) if balances[n] < 0 <= balances[n - 1])
        assert episode.since == fell - 1
        assert episode.taken - episode.recovered == debt(balances[-1])
        assert all(balance < 0 for balance in balances[fell:])
    for step in episode.steps:
        assert step.taken == 0 or step.recovered == 0
        assert step.taken <= max(0, -step.change)
        assert step.recovered <= max(0, step.change)


def test_a_top_up_recovers_what_is_below_zero_first_and_adds_the_rest() -> None:
    tracing = Tracing(70, "usd")
    tracing.take([_entry(2, 100), _entry(1, -50), _entry(0, 20)])
    fell, recovered = tracing.episode().steps
    assert (fell.change, fell.taken, fell.recovered, fell.after) == (-50, 30, 0, -30)
    assert (recovered.change, recovered.taken, recovered.recovered, recovered.after) == (100, 0, 30, 70)


@given(changes=CHANGES, targets=st.lists(st.integers(0, 12), min_size=31, max_size=31))
def test_of_what_an_account_has_the_first_up_to_the_target_is_kept_back(changes: list[int], targets: list[int]) -> None:
    held, total = 0, 0
    for change, target in zip(changes, targets, strict=False):
        total += change
        before, held = held, kept_back(total - held, held, target)
        assert 0 <= held <= target
        available = total - held
        assert available < 0 or held == min(target, total)  # nothing is free before the reserve is full
        assert available >= 0 or (held == 0 and available == total)  # nothing is held before the debt is paid
        assert kept_back(available, held, target) == held
        assert before >= 0


def test_a_negative_balance_is_named_by_its_account_and_currency() -> None:
    assert read_balance_id(balance_id("acct_1_x", "usd")) == ("acct_1_x", "usd")
    assert read_balance_id("nothing") == ("", "nothing")
