"""Serves the reference under `/docs/api`, and guides under `/docs/guides`."""

import asyncio
import gzip
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from brim.api.framework.errors import ERROR_TABLE
from brim.api.framework.operation import Operation
from brim.api.openapi import needed_right, possible_errors
from brim.api.resources.schemas import NAMES
from brim.base import json_codec
from brim.core.events import DEFAULT_API_VERSION
from brim.http.message import Reply
from brim.web.dashboard.linking import OBJECT_PAGES
from brim.web.operation_names import path_params_of
from brim.web.pages import PAGE_HEADERS, Pages
from brim.web.reference import examples, search
from brim.web.reference.articles import GUIDES_ROOT, Article, articles, find_article
from brim.web.reference.attributes import attributes_of_object, attributes_of_parameters
from brim.web.reference.catalogue import GUIDES, RELATED, ROOT, Catalogue, Chapter, Entry, name_of
from brim.web.reference.explorer import Explorer, json_reply, read_form
from brim.web.reference.fields import fields_of
from brim.web.reference.prose import coloured, own_coloured, prose
from brim.web.reference.reader import Reader, reader_of, remembering_headers
from brim.web.reference.sample_code import coloured_sample
from brim.web.routes import NoSuchPageError, Route
from brim.web.samples.cli import command
from brim.web.samples.languages import BY_KEY, LANGUAGES
from brim.web.samples.sample import Sample
from brim.web.session import Session
from brim.web.visit import Visit

_MOST_FORM: Final = 16 * 1024
"""Bytes; colouring takes the longer the more there is, and other requests wait for their turn."""


class Reference:
    """The pages of the reference. Those with code are made in a thread: colours take a while for the first time.

    Args:
        operations: the table.
        pages: the templates.
        explorer: acts for who is signed in.
    """

    def __init__(self, operations: Sequence[Operation], pages: Pages, explorer: Explorer) -> None:
        self._catalogue = Catalogue(operations)
        self._pages = pages
        self._explorer = explorer
        pages.add_filters(prose=prose, coloured=coloured)

    def routes(self) -> tuple[Route, ...]:
        """Return what is served where."""
        return (
            Route("GET", ROOT, self._home),
            Route("GET", f"{ROOT}/search", self._search),
            Route("GET", f"{ROOT}/search.json", self._search_index),
            Route("POST", f"{ROOT}/own-key", self._explorer.give_key),
            Route("GET", GUIDES_ROOT, self._articles),
            Route("GET", f"{GUIDES_ROOT}/{{article}}", self._article),
            Route("GET", f"{ROOT}/{{chapter}}", self._chapter),
            Route("GET", f"{ROOT}/{{chapter}}/{{section}}", self._section),
            Route("POST", f"{ROOT}/{{chapter}}/{{section}}/sample", self._sample),
            Route("POST", f"{ROOT}/{{chapter}}/{{section}}/send", self._send),
        )

    async def _home(self, visit: Visit) -> Reply:
        session = await self._explorer.find(visit)
        return self._reply(visit, "home.html", session=session, chapters=list(self._catalogue.chapters.values()))

    async def _search(self, visit: Visit) -> Reply:
        wanted = visit.query.get("q", "")
        session = await self._explorer.find(visit)
        return self._reply(visit, "search.html", session=session, wanted=wanted, found=search.find(self._index, wanted))

    async def _search_index(self, visit: Visit) -> Reply:
        headers = [*PAGE_HEADERS, "Cache-Control: no-cache", "Vary: Accept-Encoding"]
        if visit.accepts_gzip:
            return Reply(200, self._packed_index, [*headers, "Content-Encoding: gzip"])
        return Reply(200, self._encoded_index, headers)

    async def _articles(self, visit: Visit) -> Reply:
        return self._reply(visit, "articles.html", session=await self._explorer.find(visit))

    async def _article(self, visit: Visit) -> Reply:
        article, session = find_article(visit.path_params["article"]), await self._explorer.find(visit)
        if article is None:
            raise NoSuchPageError
        return await asyncio.to_thread(self._show_article, visit, article, session)

    def _show_article(self, visit: Visit, article: Article, session: Session | None) -> Reply:
        blocks = article.blocks(reader_of(visit, session), self._pages.url)
        return self._reply(visit, "article.html", session=session, article=article, blocks=blocks)

    async def _chapter(self, visit: Visit) -> Reply:
        slug, session = visit.path_params["chapter"], await self._explorer.find(visit)
        guide = next((guide for guide in GUIDES if guide.slug == slug), None)
        if guide:
            return self._reply(visit, f"guides/{slug}.html", session=session, guide=guide)
        chapter = self._catalogue.chapters.get(slug)
        if chapter is None:
            raise NoSuchPageError
        entries = self._catalogue.entries(chapter)
        return self._reply(
            visit, "chapter.html", session=session, chapter=chapter, entries=entries, related=_related(chapter)
        )

    async def _section(self, visit: Visit) -> Reply:
        chapter = self._catalogue.chapters.get(visit.path_params["chapter"])
        session = await self._explorer.find(visit)
        if chapter and visit.path_params["section"] == "object":
            return await asyncio.to_thread(self._object, visit, chapter, session)
        entry = self._entry(visit)
        return await asyncio.to_thread(self._operation, visit, entry, session)

    def _object(self, visit: Visit, chapter: Chapter, session: Session | None) -> Reply:
        struct = self._catalogue.object_of(chapter)
        if struct is None:
            raise NoSuchPageError
        return self._reply(
            visit,
            "object.html",
            session=session,
            chapter=chapter,
            related=_related(chapter),
            title=f"The {name_of(struct)} object",
            attributes=attributes_of_object(NAMES[struct]),
            example=own_coloured(examples.object_example(struct).decode(), "json"),
        )

    def _operation(self, visit: Visit, entry: Entry, session: Session | None) -> Reply:
        operation = entry.operation
        example = _example(entry, reader_of(visit, session))
        return self._reply(
            visit,
            "operation.html",
            session=session,
            chapter=entry.chapter,
            related=_related(entry.chapter),
            entry=entry,
            operation=operation,
            path_params=path_params_of(operation),
            path_id=example.path_id,
            attributes=attributes_of_parameters(operation),
            returned=self._returned(operation),
            right=needed_right(operation),
            failures=_failures(operation),
            samples=_samples(example),
            line=" ".join(command(example)),
            answer=own_coloured(examples.answer_of(operation).decode(), "json"),
            fields=fields_of(operation, example.values),
            object_pages=json_codec.encode(OBJECT_PAGES).decode(),
        )

    async def _sample(self, visit: Visit) -> Reply:
        """Return the code of what the explorer's form holds, in one language, and the line of the CLI for it."""
        if len(visit.request.body) > _MOST_FORM:
            return json_reply(413, {})
        operation, session = self._entry(visit).operation, await self._explorer.find(visit)
        return await asyncio.to_thread(self._write_sample, visit, operation, reader_of(visit, session))

    def _write_sample(self, visit: Visit, operation: Operation, reader: Reader) -> Reply:
        sample = read_form(visit, operation, reader)
        answer = {
            "html": str(coloured(reader.language.write(sample), reader.language.lexer)),
            "line": " ".join(command(sample)),
            "body": sample.content,
            "type": sample.content_type,
        }
        return json_reply(200, answer)

    async def _send(self, visit: Visit) -> Reply:
        """Send what the explorer's form holds for who is signed in, and return what the API answers."""
        return await self._explorer.send(visit, self._entry(visit).operation)

    def _entry(self, visit: Visit) -> Entry:
        entry = self._catalogue.find(visit.path_params["chapter"], visit.path_params["section"])
        if entry is None:
            raise NoSuchPageError
        return entry

    def _returned(self, operation: Operation) -> tuple[str, str | None]:
        """Return a sentence on what comes back, and where that is described."""
        if operation.method == "DELETE":
            return "The id of what was deleted.", None
        name, home = name_of(operation.returns), self._catalogue.home_of(operation.returns)
        if operation.in_list:
            return f"A page of {name} objects in `data`; `has_more` says whether more follow.", home
        return f"The {name} object.", home

    @cached_property
    def _index(self) -> tuple[search.Found, ...]:
        return search.build_index(self._catalogue)

    @cached_property
    def _encoded_index(self) -> bytes:
        return json_codec.encode(self._index)

    @cached_property
    def _packed_index(self) -> bytes:
        return gzip.compress(self._encoded_index, mtime=0)

    def _reply(self, visit: Visit, template: str, *, session: Session | None, **values: Any) -> Reply:
        """Return a page; one that is made for a session holds its token, so it is neither packed nor kept."""
        reply = self._pages.reply(
            visit,
            f"reference/{template}",
            public=session is None,
            cache="private, no-cache" if session is None else "no-store",
            session=session,
            catalogue=self._catalogue,
            guides=GUIDES,
            articles=articles(),
            languages=LANGUAGES,
            reader=reader_of(visit, session),
            api_version=DEFAULT_API_VERSION,
            **values,
        )
        reply.headers.extend(remembering_headers(visit))
        return reply


def _related(chapter: Chapter) -> list[Article]:
    """Return the guides that a chapter leads to."""
    return [article for article in articles() if article.slug in RELATED.get(chapter.slug, ())]


def _example(entry: Entry, reader: Reader) -> Sample:
    """Return the call that an operation's samples are of."""
    return Sample(
        operation=entry.operation,
        path_id=examples.path_id_of(entry.operation),
        values=examples.values_of(entry.operation),
        base=reader.base,
        key=reader.key,
    )


def _samples(example: Sample) -> list[tuple[str, Any]]:
    """Return a call in every language, as pairs of a language's key and its marked-up code."""
    return [(key, coloured_sample(example, language)) for key, language in BY_KEY.items()]


def _failures(operation: Operation) -> list[tuple[int, str, str]]:
    """Return status, code and meaning of the failures that are an operation's own."""
    rows = [
        (ERROR_TABLE[error].status, ERROR_TABLE[error].code or "", (error.__doc__ or "").partition("\n")[0])
        for error in possible_errors(operation)
        if error in operation.errors
    ]
    return sorted(rows)
