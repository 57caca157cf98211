"""The guides: pages of prose under `/docs/guides`, written in Markdown beside this module.

Their commands hold stand-ins for the reader's address and key, so that a file can be read, and tried, as it is.
Neighbours: `catalogue` has the reference's own basics, `pages` serves both. Start reading at `ARTICLES`.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from brim.web.reference.prose import coloured
from brim.web.reference.reader import KEY, Reader

GUIDES_ROOT: Final = "/docs/guides"
BASE: Final = "http://127.0.0.1:12111"
"""Stands where the reader's address would."""

_FOLDER: Final = Path(__file__).parent / "guides"
_SLUGS: Final = ("getting_started", "testing", "webhooks", "calendars", "live", "reconciliation")
_LEXERS: Final = {"bash": "bash", "python": "python", "json": "json", "text": "text"}
_TITLES: Final = {"bash": "Terminal", "python": "Python", "json": "JSON", "text": "Terminal"}
_NOT_OF_IDS: Final = re.compile(r"[^a-z0-9]+")


def _link_open(_: object, tokens: Sequence[Token], index: int, __: object, env: dict[str, Any]) -> str:
    """Return the tag of a link; one to a path of ours is below the prefix."""
    target = str(tokens[index].attrGet("href"))
    return f'<a href="{escape(env["url"](target) if target.startswith("/") else target)}">'


_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_MARKDOWN.add_render_rule("link_open", _link_open)


class Block(msgspec.Struct, frozen=True):
    """One piece of a guide: marked-up prose, or code with its title and its place among the codes."""

    html: Markup
    title: str = ""
    number: int = 0


class Article(msgspec.Struct, frozen=True, dict=True):
    """One guide: its name in addresses, its title, a sentence on what it is for, and its text."""

    slug: str
    title: str
    summary: str
    text: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"{GUIDES_ROOT}/{self.slug}"

    @cached_property
    def _tokens(self) -> list[Token]:
        tokens = _MARKDOWN.parse(self.text)
        for heading, inline in pairwise(tokens):
            if heading.type == "heading_open":
                heading.attrSet("id", _NOT_OF_IDS.sub("-", inline.content.lower()).strip("-"))
        return tokens

    def code(self) -> list[tuple[str, str]]:
        """Return its code with the stand-ins, each with its language: for tests, which run it."""
        return [(token.info.strip(), token.content) for token in self._tokens if token.type == "fence"]

    def blocks(self, reader: Reader, url: Callable[[str], str]) -> list[Block]:
        """Return the text for a reader, whose address and key stand in its code; `url` places paths of ours."""
        blocks: list[Block] = []
        prose: list[Token] = []
        for token in self._tokens:
            if token.type != "fence":
                prose.append(token)
                continue
            blocks += [_prose(prose, url), _code(token, reader, len(blocks))]
            prose = []
        return [*blocks, _prose(prose, url)]


def _prose(tokens: Sequence[Token], url: Callable[[str], str]) -> Block:
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"url": url})
    tables = html.replace("<table>", '<div class="table-room"><table>').replace("</table>", "</table></div>")
    return Block(Markup(tables))  # noqa: S704  Markdown of ours, in which HTML is escaped


def _code(token: Token, reader: Reader, number: int) -> Block:
    language = token.info.strip()
    text = token.content.replace(BASE, reader.base).replace(KEY, reader.key)
    return Block(coloured(text, _LEXERS[language]), _TITLES[language], number)


@cache
def articles() -> tuple[Article, ...]:
    """Return the guides in their order: read for the first who asks."""
    return tuple(_read(slug) for slug in _SLUGS)


def find_article(slug: str) -> Article | None:
    """Return a guide, or None."""
    return next((article for article in articles() if article.slug == slug), None)


def _read(slug: str) -> Article:
    head, summary, text = (_FOLDER / f"{slug}.md").read_text("utf-8").split("\n\n", 2)
    return Article(slug, head.removeprefix("# "), summary.replace("\n", " "), text)
