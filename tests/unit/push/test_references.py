"""Creditor references by ISO 11649: made, found in what payers write, and repaired only as far as a suggestion."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from brim.core.push.references import (
    BODY,
    RETURN_BODY,
    find_damaged,
    find_references,
    is_reference,
    new_reference,
    reference_of,
    written,
)

REFERENCES = st.text("0123456789", min_size=BODY, max_size=BODY).map(reference_of)


@pytest.mark.parametrize("reference", ["RF18539007547034", "RF712348231", "RF45G72UUR", "RF6518K5"])
def test_published_references_are_right(reference: str) -> None:
    """Source: the examples of ISO 11649 in EPC142-08 and of Finance Finland."""
    assert is_reference(reference)
    assert not is_reference(reference[:2] + f"{(int(reference[2:4]) + 1) % 100:02d}" + reference[4:])


def test_a_reference_is_made_with_its_check_digits() -> None:
    assert reference_of("539007547034") == "RF18539007547034"
    assert new_reference("fi_1") == new_reference("fi_1") != new_reference("fi_2")
    assert len(new_reference("fi_1", length=RETURN_BODY)) == len(new_reference("fi_1")) + 1


@pytest.mark.parametrize(
    "texts",
    [
        ["RF18539007547034"],
        ["rf18 5390 0754 7034"],
        ["/ROC/RF18-5390-0754-7034//URI/thanks"],
        ["Invoice 7 RF18 5390", "0754 7034"],
        ["INV2026RF18539007547034END"],
        ["", "Ref.: rf 18 539007547034."],
    ],
)
def test_a_reference_is_found_however_it_is_written(texts: list[str]) -> None:
    assert find_references(texts) == ["RF18539007547034"]


def test_no_reference_is_found_where_there_is_none() -> None:
    for texts in ([], [""], ["RF19539007547034"], ["RF18"], ["Order 18539007547034"]):
        assert find_references(texts) == []
    assert find_damaged(["Order 18539007547034"]) is None
    assert find_damaged(["RENT FOR 12 12 2026"]) is None


def test_the_reference_of_a_return_is_none_of_a_payment() -> None:
    back = new_reference("itr_1", length=RETURN_BODY)
    assert find_references([written(back)], length=RETURN_BODY) == [back]


@given(REFERENCES, st.data())
@settings(max_examples=150, deadline=None)
def test_one_mistake_is_never_taken_for_a_reference_and_always_suggests_the_right_one(
    reference: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(2, len(reference) - 1))
    mistake = data.draw(st.sampled_from(["wrong", "missing", "exchanged", "prefix"]))
    if mistake == "wrong":
        digit = data.draw(st.sampled_from([each for each in "0123456789OIS" if each != reference[at]]))
        damaged = reference[:at] + digit + reference[at + 1 :]
    elif mistake == "missing":
        damaged = reference[:at] + reference[at + 1 :]
    elif mistake == "exchanged":
        at = min(at, len(reference) - 2)
        damaged = reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    else:
        damaged = "RE" + reference[2:]
    found = find_references([f"payment {damaged}."])
    if damaged == reference:
        assert found == [reference]
        return
    assert reference not in found
    suggested = find_damaged([f"payment {written(damaged)}."])
    assert suggested is not None
    assert reference in suggested.candidates


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert all(is_reference(each) for each in find_references([text, text]))
    find_damaged([text])


def test_an_endless_text_costs_little() -> None:
    text = "RF1" * 40_000
    assert find_references([text]) == []
    assert find_damaged([text]) is None
