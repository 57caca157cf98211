"""A command line taken apart into words, by the rules of quotation of a POSIX shell and by none of its others."""

import re
import shlex
from typing import Final

from brim.web.shell.failures import LineTooLongError, OpenQuoteError, TooManyWordsError

MAX_LINE: Final = 16_384
"""Characters: more than the longest form that the API takes in a few parameters."""

MAX_WORDS: Final = 500
"""As many parameters as a form may have, roughly; beyond, it is no line that somebody typed."""

_CONTINUED: Final = re.compile(r"\\\r?\n")
_PROMPT: Final = re.compile(r"\A\s*\$\s+")
"""Samples are copied with their prompt."""


def split_line(line: str) -> list[str]:
    """Return the words of a line.

    Quotation marks and backslashes are understood; `;`, `|`, `$(...)`, `*` and their like are text as any other.

    Raises:
        LineTooLongError, TooManyWordsError: it is no line that somebody typed.
        OpenQuoteError: it has no end.
    """
    if len(line) > MAX_LINE:
        raise LineTooLongError(MAX_LINE)
    lexer = shlex.shlex(_PROMPT.sub("", _CONTINUED.sub(" ", line)), posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words = []
    try:
        for word in lexer:
            words.append(word)
            if len(words) > MAX_WORDS:
                raise TooManyWordsError(MAX_WORDS)
    except ValueError:
        raise OpenQuoteError from None
    return words
