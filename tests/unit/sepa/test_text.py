import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.rails.sepa import to_sepa_text

BASIC = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Müller & Söhne GmbH", "Muller + Sohne GmbH"),
        ("Łukasz Ærø-ß_x", "Lukasz Aro-s-x"),
        ("Ιωάννης", "Ioannis"),
        ("Иван Щербаков", "Ivan Shterbakov"),
        ("O’Brien  \t“Q”\n", "O'Brien 'Q'"),  # noqa: RUF001
        ("pay@example.com; 5 €", "pay(at)example.com, 5 E"),
        ("名前", ".."),
    ],
)
def test_a_name_is_written_in_the_basic_set(text: str, written: str) -> None:
    assert to_sepa_text(text, 70) == written


@given(st.text(max_size=60), st.integers(1, 40))
def test_whatever_a_text_is_banks_take_what_is_written_for_it(text: str, length: int) -> None:
    written = to_sepa_text(text, length)

    assert set(written) <= BASIC
    assert len(written) <= length
    assert written == written.strip()
    assert "  " not in written
    assert to_sepa_text(written, length) == written
    assert to_sepa_text(unicodedata.normalize("NFD", text), length) == to_sepa_text(
        unicodedata.normalize("NFC", text), length
    )
