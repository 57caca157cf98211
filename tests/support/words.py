"""The words that may not come back in what people read: `tests/unit/words.toml` has them, each with its replacement."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

_LIST: Final = tomllib.loads((Path(__file__).parents[1] / "unit" / "words.toml").read_text(encoding="utf-8"))
PHRASES: Final[Mapping[str, str]] = _LIST["phrases"]
LABELS: Final[Mapping[str, str]] = _LIST["labels"]


def _pattern(phrase: str) -> re.Pattern[str]:
    """Return a pattern for a phrase as whole words, with either case at its beginning."""
    return re.compile(rf"(?<!\w)[{phrase[0].upper()}{phrase[0].lower()}]{re.escape(phrase[1:])}(?!\w)")


_FOLDED: Final = {phrase.lower(): (_pattern(phrase), better) for phrase, better in PHRASES.items()}


def may_have_banned(source: str) -> bool:
    """Tell, much faster than by reading its strings, whether a source may have words that may not come back."""
    folded = " ".join(source.split()).lower()
    return any(phrase in folded for phrase in _FOLDED) or any(f'"{label}"' in source for label in LABELS)


def banned_in(text: str) -> Iterator[str]:
    """Yield the phrases of a text that may not come back, each with what to write instead."""
    words = " ".join(text.split())
    folded = words.lower()
    for phrase, (pattern, better) in _FOLDED.items():
        if phrase in folded:  # most texts have none, and this is the faster way to tell
            yield from (f'"{found}": write "{better}"' for found in pattern.findall(words))


def banned_label(text: str) -> Iterator[str]:
    """Yield what to write instead of a text that is a label that may not come back."""
    label = " ".join(text.split())
    if label in LABELS:
        yield f'"{label}": write "{LABELS[label]}"'
