"""By what texts a holder is found, words between words and no names of members; how long a debit keeps its payer."""

from datetime import date

import pytest

from brim.core.erasure.rules import Texts, returnable_until


@pytest.mark.parametrize(
    ("name", "text", "is_meant"),
    [
        ("Ann", "Nobody has planned it.", False),
        ("Ann", "ANN", True),
        ("Ann", "to Ann's order, x", True),
        ("Ann", '{"note":"first\\nAnn"}', True),
        ("Ann", "PAID:ANN", True),
        ("Status", '{"status": "active"}', False),
        ("Status", '{"name": "Status"}', True),
        ("1 Main Street", '{"line1":"1 Main Street"}', True),
        ("Jürg O'Hara", '{"name":"Jürg O\'Hara"}', True),
    ],
)
def test_a_name_is_found_as_a_word_of_its_own(name: str, text: str, *, is_meant: bool) -> None:
    words = Texts(are_words=True)
    words.add(name)
    assert words.is_in(text) is is_meant


def test_ids_and_numbers_are_found_wherever_they_stand() -> None:
    numbers = Texts()
    numbers.add("12345678")
    assert numbers.is_in("X0012345678Y")


def test_a_payer_is_kept_as_long_as_the_debit_may_come_back() -> None:
    assert returnable_until(date(2026, 12, 23), "CORE") == date(2028, 1, 23)
    assert returnable_until(date(2026, 12, 23), "WEB") == date(2027, 2, 26)
