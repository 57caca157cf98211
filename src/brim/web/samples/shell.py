"""How words are quoted for a shell."""

import re
import shlex
from typing import Final

_PLAIN: Final = re.compile(r"[\w@%+=:,./-]+")
_HARMLESS_QUOTED: Final = re.compile(r"[^\"$`\\!]*")


def quote(word: str) -> str:
    """Return a word as a shell reads it: bare where it can be, in double quotes where they are enough."""
    if _PLAIN.fullmatch(word):
        return word
    return f'"{word}"' if _HARMLESS_QUOTED.fullmatch(word) else shlex.quote(word)


def on_lines(words: list[str]) -> str:
    """Return a command over several lines, its parts one below the other."""
    return " \\\n  ".join(words)
