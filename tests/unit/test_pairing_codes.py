"""Pairing codes: the words for a token, and what people and computers type and say."""

import pytest

from brim.core.access.rules import RESOURCES
from brim.core.pairing.rules import PERMISSIONS, clean_code, clean_text, code_of
from brim.core.pairing.words import WORDS


def test_there_is_one_word_for_each_byte() -> None:
    assert len(set(WORDS)) == len(WORDS) == 256
    assert all(word.isascii() and word.isalpha() and word.islower() for word in WORDS)


def test_a_token_has_the_same_words_each_time_and_another_token_others() -> None:
    assert code_of("one") == code_of("one")
    assert code_of("one") != code_of("two")
    assert set(code_of("one").split("-")) <= set(WORDS)
    assert len(code_of("one").split("-")) == 4


@pytest.mark.parametrize("typed", ["amber-canyon-lemon-tiger", " Amber canyon  LEMON_tiger\n"])
def test_a_code_may_be_typed_in_several_ways(typed: str) -> None:
    assert clean_code(typed) == "amber-canyon-lemon-tiger"


def test_what_a_computer_says_of_itself_can_be_printed() -> None:
    assert clean_text("dev\x1b[31mbox\n") == "dev[31mbox"
    assert clean_text("x" * 500) == "x" * 100
    assert clean_text(None) == clean_text("\0") == "unknown"


def test_the_key_of_a_login_may_do_only_what_there_is_to_be_done() -> None:
    assert set(PERMISSIONS) <= set(RESOURCES)
    assert "verification" not in PERMISSIONS
