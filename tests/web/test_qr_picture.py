"""The picture of a text for phones: every module as the library for QR codes computes it, on a ground of its own."""

from collections.abc import Sequence
from typing import Final

import pytest
from segno import make_qr

from brim.web.operators.qr_picture import qr_picture
from tests.support.qr_modules import modules_of

URI: Final = "otpauth://totp/Brim:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Brim"
QUIET: Final = 4


def framed(matrix: Sequence[Sequence[int]]) -> list[list[bool]]:
    """Return a code's modules within four empty ones on each side."""
    empty = [[False] * (len(matrix) + 2 * QUIET) for _ in range(QUIET)]
    side = [False] * QUIET
    return [*empty, *([*side, *map(bool, row), *side] for row in matrix), *empty]


@pytest.mark.parametrize("text", [URI, URI.replace("ada", "ada" * 80), "otpauth://totp/Brim:<script>&amp;"])
def test_every_module_stands_where_the_code_of_that_text_has_it(text: str) -> None:
    shown = modules_of(qr_picture(text))
    assert shown == framed(make_qr(text, error="m").matrix)
    assert shown != framed(make_qr(text + "x", error="m").matrix)


def test_the_text_is_in_the_picture_as_modules_only() -> None:
    picture = qr_picture("otpauth://<script>secret")
    assert "secret" not in picture
    assert "script" not in picture


def test_a_picture_needs_no_style_that_the_pages_policy_forbids() -> None:
    picture = qr_picture(URI)
    assert "style" not in picture
    assert "class" not in picture


def test_a_text_that_is_too_long_is_no_picture() -> None:
    with pytest.raises(ValueError, match="too large"):
        qr_picture("x" * 5_000)
