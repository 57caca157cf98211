"""Colours for a terminal, and text from outside made harmless for one.

Source: the colours that version 1.52.0 of the official CLI prints with `--color on`.
"""

import re
from typing import Final

_RESET: Final = "\x1b[0m"
_TOKEN: Final = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>[{}\[\],:])'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<truth>true|false)|(?P<null>null)"
)
_CODES: Final = {
    "key": "\x1b[1m\x1b[94m",
    "text": "\x1b[32m",
    "sign": "\x1b[1m",
    "number": "\x1b[33m",
    "truth": "\x1b[36m",
    "null": "\x1b[2m",
}
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Every character that a terminal may take for a command, without tabs and ends of lines."""


def harmless(text: str) -> str:
    r"""Return a text that only prints: characters that steer a terminal become `\u001b` and their like.

    That is how JSON writes them, so JSON stays what it is.
    """
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def colour_json(body: bytes) -> str:
    """Return a JSON text with its tokens coloured; without the colours it is the same text."""
    return _TOKEN.sub(_paint, harmless(body.decode("utf-8", "replace")))


def _paint(found: re.Match[str]) -> str:
    return f"{_CODES[found.lastgroup or 'sign']}{found[0]}{_RESET}"


def bold(text: str) -> str:
    """Return a text in bold."""
    return f"\x1b[1m{text}{_RESET}"


def dim(text: str) -> str:
    """Return a text that stands back."""
    return f"\x1b[2m{text}{_RESET}"


def status(number: int) -> str:
    """Return an HTTP status in the colour of its class. Source: the lines of the official `logs tail`."""
    code = "32" if number < 400 else "33" if number < 500 else "31"
    return f"\x1b[1;{code}m{number}{_RESET}"
