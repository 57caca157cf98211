"""A recording: text files in a folder, one for each reply, page, event or help text, and how two are compared."""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from wire_recording.masks import Masks
from wire_recording.wire import Reply

_NO_NAME: Final = re.compile(r"[^0-9A-Za-z._<>=-]+")
_LONGEST_NAME: Final = 120
_LEFT_OUT: Final = frozenset({"date"})


class Recording:
    """Writes what was said, masked.

    Attributes:
        masks: what is replaced.
        counts: files by kind, which is the first part of their path.
    """

    def __init__(self, folder: Path) -> None:
        self.masks = Masks()
        self.counts: Counter[str] = Counter()
        self._folder = folder
        self._in_folder: Counter[str] = Counter()

    def write(self, kind: str, group: str, name: str, text: str) -> None:
        """Write one file, numbered in its group; the text is masked already."""
        where = f"{kind}/{_as_name(group)}"
        self._in_folder[where] += 1
        path = self._folder / where / f"{self._in_folder[where]:03}-{_as_name(name)}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
        self.counts[kind] += 1

    def reply(self, kind: str, group: str, name: str, asked: str, reply: Reply, mask: "Mask | None" = None) -> None:
        """Write what was asked and what was answered: status, headers and body."""
        mask = mask or self.masks.text
        body = mask(reply.text)
        is_masked = body != reply.text
        headers = [_header(*each, is_masked=is_masked) for each in reply.headers if each[0].lower() not in _LEFT_OUT]
        head = "\n".join([f"{reply.status} {reply.reason}", *headers])
        self.write(kind, group, self.masks.text(name), f"{mask(asked)}\n\n{self.masks.text(head)}\n\n{body}")


Mask = Callable[[str], str]
"""How a text is masked: one of the methods of `Masks`."""


def compare(before: Path, after: Path) -> Iterator[str]:
    """Yield the lines of a unified diff of two recordings, file by file in the order of their paths."""
    for name in sorted({*_names(before), *_names(after)}):
        old, new = _lines(before / name), _lines(after / name)
        yield from difflib.unified_diff(old, new, f"{before.name}/{name}", f"{after.name}/{name}", lineterm="")


def count_files(*folders: Path) -> int:
    """Return how many different files some recordings have."""
    return len({name for folder in folders for name in _names(folder)})


def _names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*.txt")]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n") if path.exists() else []


def _header(name: str, value: str, *, is_masked: bool) -> str:
    length = is_masked and name.lower() == "content-length"
    return f"{name}: {'<length>' if length else value}"


def _as_name(text: str) -> str:
    return _NO_NAME.sub("-", text).strip("-")[:_LONGEST_NAME] or "start"
