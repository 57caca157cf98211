"""Which debits can be reversed: each refusal for its own reason, and a debit at the bank for none."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.reversals import (
    AlreadyReversedError,
    DebitFacts,
    DebitNotSentError,
    NotReversibleError,
    check_reversible,
)

AT_THE_BANK = DebitFacts(topup="tu_1", status="succeeded", is_queued=True)
NAMES = st.none() | st.just("named")


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"reversal": "achr_1"}, AlreadyReversedError, "see achr_1"),
        ({"status": "canceled", "is_queued": False, "is_sent": False}, NotReversibleError, "was canceled"),
        ({"status": "pending", "is_queued": False, "is_sent": False}, DebitNotSentError, "Cancel the top-up"),
        ({"status": "pending", "is_sent": False}, DebitNotSentError, "Detach the bank account"),
        ({"status": "pending", "is_sent": False, "unsent_in": "achf_1"}, DebitNotSentError, "Void the file achf_1"),
        ({"status": "failed", "is_sent": False}, NotReversibleError, "failed before it was sent"),
        ({"rejected_in": "achf_1"}, NotReversibleError, "Do not resubmit it"),
        ({"status": "reversed", "return_code": "R10"}, NotReversibleError, "has the money back"),
        ({"status": "pending", "return_code": "R01"}, NotReversibleError, "re-presented"),
        ({"open_return": "brk_1"}, NotReversibleError, r"could not be applied \(brk_1\)"),
        ({"status": "failed"}, NotReversibleError, "it is failed"),
        ({"has_account_number": False}, NotReversibleError, "was erased"),
    ],
)
def test_each_refusal_has_its_reason(changes: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        check_reversible(msgspec.structs.replace(AT_THE_BANK, **changes))


@given(
    facts=st.builds(
        DebitFacts,
        topup=st.just("tu_1"),
        status=st.sampled_from(["pending", "succeeded", "failed", "canceled", "reversed"]),
        is_queued=st.booleans(),
        is_sent=st.booleans(),
        unsent_in=NAMES,
        rejected_in=NAMES,
        return_code=NAMES,
        open_return=NAMES,
        reversal=NAMES,
        has_account_number=st.booleans(),
    )
)
def test_only_a_debit_that_the_customer_has_paid_once_is_reversed(facts: DebitFacts) -> None:
    is_paid = facts.status in {"pending", "succeeded"} and facts.is_sent and facts.rejected_in is None
    is_back = facts.return_code is not None or facts.open_return is not None or facts.reversal is not None
    try:
        check_reversible(facts)
    except (AlreadyReversedError, DebitNotSentError, NotReversibleError):
        assert not is_paid or is_back or not facts.has_account_number
    else:
        assert is_paid
        assert not is_back
        assert facts.has_account_number
