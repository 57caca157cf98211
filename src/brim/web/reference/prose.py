"""Marks up short texts of the table, in which backticks mark code, and code itself."""

import re
from functools import cache
from typing import Final

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name

_CODE: Final = re.compile(r"`([^`]+)`")
_FORMATTER: Final = HtmlFormatter(nowrap=True)


def prose(text: str) -> Markup:
    """Return a text with its code marked; everything else is escaped."""
    pieces = _CODE.split(text)
    return Markup().join(
        Markup("<code>{}</code>").format(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces)
    )


def coloured(code: str, lexer: str) -> Markup:
    """Return code as marked-up lines; the colours are the stylesheet's. Pygments escapes what it is given."""
    options = {"startinline": False} if lexer == "php" else {}
    text = highlight(code.rstrip("\n"), get_lexer_by_name(lexer, **options), _FORMATTER)
    return Markup(text)  # noqa: S704  Pygments escapes what it is given


@cache
def own_coloured(code: str, lexer: str) -> Markup:
    """Return code of the reference's own as marked-up lines, which are kept: nothing in it may be a visitor's."""
    return coloured(code, lexer)
