"""Serves the reference under `/docs/api`."""

import asyncio
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import msgspec

from brim.api.errors import ERROR_TABLE
from brim.api.form import decode_form
from brim.api.message import Reply
from brim.api.openapi import needed_right, possible_errors
from brim.api.operation import Operation
from brim.api.params import object_schema
from brim.api.schemas import NAMES
from brim.domain.events import DEFAULT_API_VERSION
from brim.web.naming import place_of
from brim.web.pages import PAGE_HEADERS, Pages
from brim.web.reference import examples, search
from brim.web.reference.attributes import attributes_of_object, attributes_of_parameters
from brim.web.reference.catalogue import GUIDES, ROOT, Catalogue, Chapter, Entry, name_of
from brim.web.reference.fields import fields_of, typed
from brim.web.reference.prose import coloured, prose
from brim.web.reference.reader import Reader, reader_of, remembering_headers
from brim.web.routes import Route
from brim.web.samples.cli import command
from brim.web.samples.languages import BY_KEY, LANGUAGES
from brim.web.samples.sample import Sample
from brim.web.site import NoSuchPageError
from brim.web.visit import Visit

_MOST_FORM: Final = 16 * 1024
"""Bytes; colouring takes the longer the more there is, and other requests wait for their turn."""

_NOT_OF_IDS: Final = re.compile(r"[^A-Za-z0-9_-]")


class Reference:
    """The pages of the reference. Those with code are made in a thread: colours take a while for the first time.

    Args:
        operations: the table.
        pages: the templates.
    """

    def __init__(self, operations: Sequence[Operation], pages: Pages) -> None:
        self._catalogue = Catalogue(operations)
        self._pages = pages
        pages.add_filters(prose=prose, coloured=coloured)

    def routes(self) -> tuple[Route, ...]:
        """Return what is served where."""
        return (
            Route("GET", ROOT, self._home),
            Route("GET", f"{ROOT}/search", self._search),
            Route("GET", f"{ROOT}/search.json", self._search_index),
            Route("GET", f"{ROOT}/{{chapter}}", self._chapter),
            Route("GET", f"{ROOT}/{{chapter}}/{{section}}", self._section),
            Route("POST", f"{ROOT}/{{chapter}}/{{section}}/sample", self._sample),
        )

    async def _home(self, visit: Visit) -> Reply:
        return self._reply(visit, "home.html", chapters=list(self._catalogue.chapters.values()))

    async def _search(self, visit: Visit) -> Reply:
        wanted = visit.query.get("q", "")
        return self._reply(visit, "search.html", wanted=wanted, found=search.find(self._index, wanted))

    async def _search_index(self, _visit: Visit) -> Reply:
        return Reply(200, self._packed_index, [*PAGE_HEADERS, "Cache-Control: no-cache"])

    async def _chapter(self, visit: Visit) -> Reply:
        slug = visit.places["chapter"]
        guide = next((guide for guide in GUIDES if guide.slug == slug), None)
        if guide:
            return self._reply(visit, f"guides/{slug}.html", guide=guide)
        chapter = self._catalogue.chapters.get(slug)
        if chapter is None:
            raise NoSuchPageError
        return self._reply(visit, "chapter.html", chapter=chapter, entries=self._catalogue.entries(chapter))

    async def _section(self, visit: Visit) -> Reply:
        chapter = self._catalogue.chapters.get(visit.places["chapter"])
        if chapter and visit.places["section"] == "object":
            return await asyncio.to_thread(self._object, visit, chapter)
        return await asyncio.to_thread(self._operation, visit, self._entry(visit))

    def _object(self, visit: Visit, chapter: Chapter) -> Reply:
        struct = self._catalogue.object_of(chapter)
        if struct is None:
            raise NoSuchPageError
        return self._reply(
            visit,
            "object.html",
            chapter=chapter,
            title=f"The {name_of(struct)} object",
            attributes=attributes_of_object(NAMES[struct]),
            example=coloured(examples.object_example(struct).decode(), "json"),
        )

    def _operation(self, visit: Visit, entry: Entry) -> Reply:
        operation = entry.operation
        values = examples.values_of(operation)
        return self._reply(
            visit,
            "operation.html",
            chapter=entry.chapter,
            entry=entry,
            operation=operation,
            place=place_of(operation),
            path_id=examples.path_id_of(operation),
            attributes=attributes_of_parameters(operation.parameters),
            returned=self._returned(operation),
            right=needed_right(operation),
            failures=_failures(operation),
            samples=_samples(entry, reader_of(visit)),
            answer=coloured(examples.answer_of(operation).decode(), "json"),
            fields=fields_of(operation.parameters, values),
        )

    async def _sample(self, visit: Visit) -> Reply:
        """Return the code of what the explorer's form holds, in one language, and the line of the CLI for it."""
        if len(visit.request.body) > _MOST_FORM:
            return Reply(413, b"{}", [*PAGE_HEADERS, "Cache-Control: no-store"])
        return await asyncio.to_thread(self._write_sample, visit, self._entry(visit).operation)

    def _write_sample(self, visit: Visit, operation: Operation) -> Reply:
        reader = reader_of(visit)
        form = decode_form(visit.request.body)
        path_id = form.pop("_id", "")
        sample = Sample(
            operation=operation,
            path_id=_NOT_OF_IDS.sub("", path_id) if isinstance(path_id, str) else "",
            values=typed(form, object_schema(operation.parameters)) if operation.parameters else {},
            base=reader.base,
            key=reader.key,
        )
        answer = {
            "html": str(coloured(reader.language.write(sample), reader.language.lexer)),
            "line": " ".join(command(sample)),
            "body": sample.content,
            "type": "application/json" if sample.is_v2 else "application/x-www-form-urlencoded",
        }
        return Reply(200, msgspec.json.encode(answer), [*PAGE_HEADERS, "Cache-Control: no-store"])

    def _entry(self, visit: Visit) -> Entry:
        entry = self._catalogue.find(visit.places["chapter"], visit.places["section"])
        if entry is None:
            raise NoSuchPageError
        return entry

    def _returned(self, operation: Operation) -> tuple[str, str | None]:
        """Return a sentence on what comes back, and where that is described."""
        if operation.method == "DELETE":
            return "The id of what was deleted.", None
        name, home = name_of(operation.returns), self._catalogue.home_of(operation.returns)
        if operation.in_list:
            return f"A page of {name} objects in `data`, and in `has_more` whether there are others after it.", home
        return f"The {name} object.", home

    @cached_property
    def _index(self) -> tuple[search.Found, ...]:
        return search.build_index(self._catalogue)

    @cached_property
    def _packed_index(self) -> bytes:
        return msgspec.json.encode(self._index)

    def _reply(self, visit: Visit, template: str, **values: Any) -> Reply:
        reply = self._pages.reply(
            visit,
            f"reference/{template}",
            public=True,
            cache="private, no-cache",
            catalogue=self._catalogue,
            guides=GUIDES,
            languages=LANGUAGES,
            reader=reader_of(visit),
            api_version=DEFAULT_API_VERSION,
            **values,
        )
        reply.headers.extend(remembering_headers(visit))
        return reply


def _samples(entry: Entry, reader: Reader) -> list[tuple[str, Any]]:
    """Return an operation's example in every language, as pairs of a language's key and its marked-up code."""
    sample = Sample(
        operation=entry.operation,
        path_id=examples.path_id_of(entry.operation),
        values=examples.values_of(entry.operation),
        base=reader.base,
        key=reader.key,
    )
    return [(key, coloured(language.write(sample), language.lexer)) for key, language in BY_KEY.items()]


def _failures(operation: Operation) -> list[tuple[int, str, str]]:
    """Return status, code and meaning of the failures that are an operation's own."""
    rows = [
        (ERROR_TABLE[error].status, ERROR_TABLE[error].code or "", (error.__doc__ or "").partition("\n")[0])
        for error in possible_errors(operation)
        if error in operation.errors
    ]
    return sorted(rows)
