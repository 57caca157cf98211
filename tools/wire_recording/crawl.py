"""Follows links breadth first and records each page once, so many of each kind."""

import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterable
from html import unescape
from typing import Final

from wire_recording.browser import Browser

_LINK: Final = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
_ASSET: Final = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
_MASK: Final = re.compile(r"<[^>]*>")
_MOST_WITH_IDS: Final = 40
_MOST_QUERIES: Final = 12
_LOGS: Final = re.compile(r"^(?:/test)?/logs(?:\?|$)")
_DOCS: Final = "/docs"
_ONLY_POSTS: Final = "method=POST"


class Crawler:
    """Walks through a site as one browser.

    Args:
        browser: who looks.
        group: what the files are put under.
        most: how many pages at most.
    """

    def __init__(self, browser: Browser, group: str, *, most: int) -> None:
        self._browser = browser
        self._group = group
        self._left = most
        self._seen: set[str] = set()
        self._kinds: Counter[str] = Counter()
        self.assets: set[str] = set()

    def walk(self, starts: Iterable[str]) -> None:
        """Record pages from some addresses on, until there are no more, or enough."""
        waiting = deque(starts)
        while waiting and self._left:
            path = waiting.popleft()
            if self._is_wanted(path):
                self._left -= 1
                reply = self._browser.show(self._group, path)
                self.assets.update(_ASSET.findall(reply.text))
                target = reply.header("location")
                waiting.extend([target] if target else _links(reply.text))

    def _is_wanted(self, path: str) -> bool:
        """Tell whether an address is new, of this site, and not the hundredth of its kind."""
        if path in self._seen or not path.startswith("/") or path.startswith(("//", "/assets/")):
            return False
        self._seen.add(path)
        if path.startswith(_DOCS) != self._group.startswith("reference"):
            return False
        if _LOGS.match(path) and _ONLY_POSTS not in path:
            return False  # a list of all requests has those by which this waited for something
        masked = self._browser.recording.masks.page(path)
        plain, _, query = masked.partition("?")
        kind = _MASK.sub("<>", plain)
        self._kinds[kind] += 1
        return self._kinds[kind] <= (_MOST_WITH_IDS if "<>" in kind and not query else _MOST_QUERIES)


def record_assets(browser: Browser, paths: Iterable[str]) -> None:
    """Record of each file that pages refer to its headers and a hash."""
    for path in sorted(paths):
        reply = browser.get(path)
        digest = hashlib.sha256(reply.text.encode("utf-8", "surrogatepass")).hexdigest()
        name = browser.recording.masks.known(path)
        hashed = reply._replace(text=f"sha256 {digest}")
        browser.recording.reply("assets", "assets", name, f"GET {path}", hashed, browser.recording.masks.known)


def _links(text: str) -> list[str]:
    return [unescape(link).partition("#")[0] for link in _LINK.findall(text)]
