from brim.core.rails import FAILURES
from brim.core.rails.sepa import REASONS, Blame, find_reason


def test_each_reason_has_a_failure_code_of_the_wire() -> None:
    assert {reason.failure_code for reason in REASONS.values()} <= set(FAILURES)
    assert all(len(code) == 4 and code.isupper() for code in REASONS)


def test_a_reason_that_denies_the_mandate_or_the_account_is_never_tried_again() -> None:
    assert {code for code, reason in REASONS.items() if reason.may_be_retried} == {"AM04", "MS03"}
    assert {code for code, reason in REASONS.items() if reason.is_unauthorized} == {"MD01"}
    assert all(reason.blame is Blame.DEBTOR for reason in REASONS.values() if reason.may_be_retried)


def test_a_code_is_found_as_banks_write_it_and_an_unknown_one_is_left_to_a_person() -> None:
    assert find_reason(" am04 ") == REASONS["AM04"]
    assert find_reason("MS03") is not None
    assert find_reason("ZZ99") is None
    assert find_reason("") is None
