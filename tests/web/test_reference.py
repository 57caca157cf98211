"""The pages of the reference: complete, true to the table, small, safe, and usable without JavaScript."""

import gzip
import json
import re
from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships none

from brim.api.framework.operation import Operation
from brim.api.openapi import build_openapi
from brim.api.resources.operations import OPERATIONS
from brim.http.message import Reply
from brim.web.assets import Assets
from brim.web.operation_names import collection_of
from brim.web.pages import Pages
from brim.web.reference.articles import articles
from brim.web.reference.catalogue import GUIDES, UNLISTED, Catalogue, Entry
from brim.web.reference.examples import answer_of, object_example
from brim.web.reference.explorer import Explorer
from brim.web.reference.fields import Field, fields_of, typed
from brim.web.reference.pages import Reference
from brim.web.reference.plausible import BY_OBJECT, CHANGES
from brim.web.samples.languages import LANGUAGES
from brim.web.site import Site
from tests.support.asking import BROWSER, ask, header_of, headers_of, request_for
from tests.support.making import all_entries
from tests.support.recorded_api import RecordedApi
from tests.support.signing import CookieSessions


def reference_alone() -> Site:
    """Return a site of the reference and nothing else: it needs neither the API nor anybody signed in."""
    assets = Assets()
    pages = Pages(assets)
    explorer = Explorer(RecordedApi({}), CookieSessions())
    return Site(Reference(OPERATIONS, pages, explorer).routes(), pages, assets)


SITE: Final = reference_alone()
CATALOGUE: Final = Catalogue(OPERATIONS)
ENTRIES: Final = all_entries(CATALOGUE)
OBJECTS: Final = [f"{chapter.url}/object" for chapter in CATALOGUE.chapters.values() if CATALOGUE.object_of(chapter)]
PAGES: Final = [
    "/docs/api",
    "/docs/api/search?q=amount",
    "/docs/guides",
    *(article.url for article in articles()),
    *(guide.url for guide in GUIDES),
    *(chapter.url for chapter in CATALOGUE.chapters.values()),
    *OBJECTS,
    *(entry.url for entry in ENTRIES),
]
CREATE: Final = "/docs/api/topups/create"
MOST_BYTES: Final = 150_000

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.url[10:])
each_page = pytest.mark.parametrize("url", PAGES)


class Page(HTMLParser):
    """What a test looks for in a page: its text, its links, its ids."""

    _VOID = frozenset("circle input img link meta path wbr".split())

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        assert reply.status == 200, reply.body
        body = gzip.decompress(reply.body) if header_of(reply, "content-encoding") else reply.body
        self.source = body.decode()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(self.source)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, attribute: str) -> list[str]:
        return [str(attributes[attribute]) for name, attributes in self.tags if name == tag and attribute in attributes]


async def read(target: str, **headers: str) -> Page:
    sent = {name.encode(): value.encode() for name, value in headers.items()}
    return Page(await ask(SITE, target, headers={**BROWSER, b"host": b"127.0.0.1:12111", **sent}))


def test_every_operation_has_its_place_but_those_that_nobody_reads_about() -> None:
    placed = [entry.operation.operation_id for entry in ENTRIES]
    expected = [each.operation_id for each in OPERATIONS if collection_of(each) not in UNLISTED]
    assert sorted(placed) == sorted(expected)


def test_every_chapter_has_a_title_and_a_summary_that_somebody_wrote() -> None:
    assert [chapter.slug for chapter in CATALOGUE.chapters.values() if not chapter.summary] == []


def test_an_operation_at_a_new_path_gets_a_chapter_of_its_own() -> None:
    novel = Operation(**{**_fields(OPERATIONS[0]), "path": "/v1/brim/novelties"})
    catalogue = Catalogue([*OPERATIONS, novel])
    assert catalogue.chapters["brim_novelties"].title == "Brim novelties"
    assert [entry.slug for entry in catalogue.entries(catalogue.chapters["brim_novelties"])] == ["create"]


def _fields(operation: Operation) -> dict[str, Any]:
    return {name: getattr(operation, name) for name in operation.__struct_fields__}


@each_page
async def test_every_page_is_small_whole_and_has_one_heading(url: str) -> None:
    reply = await ask(SITE, url, headers=BROWSER)
    assert len(reply.body) < MOST_BYTES
    page = Page(reply)
    assert page.source.count("<h1>") == 1
    ids = [identity for _, attributes in page.tags if (identity := attributes.get("id"))]
    assert len(ids) == len(set(ids)), [identity for identity in ids if ids.count(identity) > 1]
    assert "<style" not in page.source
    assert " style=" not in page.source


async def test_every_link_leads_somewhere_and_none_leaves_the_origin() -> None:
    targets = set()
    for url in PAGES:
        page = await read(url)
        ids = {attributes.get("id") for _, attributes in page.tags}
        found = {*page.all("a", "href"), *page.all("script", "src"), *page.all("link", "href"), *page.all("img", "src")}
        inside = {target for target in found if target.startswith("#")}
        assert {target[1:] for target in inside} <= ids, url
        targets |= found - inside
    elsewhere = {"/", "/openapi.json", "/shell", "/test/balance/overview"}
    for target in sorted(target for target in targets - elsewhere if not target.startswith("/sign-in?next=/docs/")):
        assert target.startswith("/"), f"{target} leaves the origin"
        page_of, _, fragment = target.partition("#")
        reply = await SITE.handle(request_for(page_of))
        assert reply.status == 200, target
        assert not fragment or f'id="{fragment}"'.encode() in reply.body, target


async def test_a_whole_page_with_all_it_loads_weighs_less_than_150_kb_packed() -> None:
    page = await read(CREATE)
    assets = {*page.all("script", "src"), *page.all("link", "href")}
    modules = {
        f"{'/'.join(next(iter(assets)).split('/')[:3])}/js/{name}.js"
        for name in "explorer json menus own_key search store times".split()
    }
    replies = [await ask(SITE, target, headers=BROWSER) for target in {CREATE, *assets, *modules}]
    assert all(reply.status == 200 for reply in replies)
    assert sum(len(reply.body) for reply in replies) < MOST_BYTES


@each_entry
async def test_an_operation_shows_method_path_parameters_returns_and_nine_languages(entry: Entry) -> None:
    page = await read(entry.url)
    operation = entry.operation
    assert f"<code>{operation.path}</code>" in page.source.replace("<wbr>", "")
    for parameter in operation.parameters:
        assert f'id="{parameter.name}"' in page.source
    assert "Returns" in page.text
    assert page.all("div", "data-sample") == [language.key for language in LANGUAGES]
    assert page.all("form", "data-explorer-form")
    assert json.loads(answer_of(operation))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_every_operation_says_what_it_does_here_and_in_the_openapi_document(operation: Operation) -> None:
    if collection_of(operation) in UNLISTED:
        return
    assert operation.description.endswith(".")
    document = build_openapi([operation])["paths"][operation.path][operation.method.lower()]
    assert document["description"].startswith(operation.description)


def test_examples_of_objects_have_every_attribute_that_is_always_there() -> None:
    components = build_openapi(OPERATIONS)["components"]["schemas"]
    for chapter in CATALOGUE.chapters.values():
        struct = CATALOGUE.object_of(chapter)
        if struct is not None:
            example = json.loads(object_example(struct))
            always = next(each for each in components.values() if _is_of(each, example))["required"]
            assert set(always) <= set(example), chapter.slug


def _is_of(schema: dict[str, Any], example: dict[str, Any]) -> bool:
    return bool(schema["properties"].get("object", {}).get("const") == example["object"])


DOCUMENT: Final = build_openapi(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_the_answer_of_an_example_is_as_the_document_says_and_has_no_stand_ins(operation: Operation) -> None:
    if collection_of(operation) in UNLISTED:
        return
    answer = json.loads(answer_of(operation))
    replies = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]
    schema = {**replies["200"]["content"]["application/json"]["schema"], "components": DOCUMENT["components"]}
    assert [error.json_path for error in Draft202012Validator(schema).iter_errors(answer)] == []
    assert "text" not in list(_texts_in(answer))


def _texts_in(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(inner)


def test_what_examples_show_beyond_their_schemas_is_about_what_there_is() -> None:
    components = DOCUMENT["components"]["schemas"]
    assert all(set(shown) <= set(components[name]["properties"]) for name, shown in BY_OBJECT.items())
    assert set(CHANGES) <= {operation.operation_id for operation in OPERATIONS}


async def test_nested_attributes_values_and_limits_are_shown() -> None:
    text = " ".join((await read("/docs/api/topups/object")).text.split())
    for expected in (
        "Possible values canceled You canceled it while it was pending.",
        "insufficient_funds The bank account has insufficient funds for this top-up.",
        "nullable enum",
        "Expandable",
        "missed_cutoff",
    ):
        assert expected in text
    text = " ".join((await read(CREATE)).text.split())
    assert "At most 15 characters." in text
    assert "Required" in text
    assert "Test values btok_us_verified Succeeds. btok_us_verified_noAccount Fails with no_account." in text
    text = " ".join((await read("/docs/api/accounts/update")).text.split())
    assert "1900 to 9999." in text


async def test_the_important_attributes_come_first_and_the_others_are_folded() -> None:
    page = await read("/docs/api/topups/object")
    before, _, after = page.source.partition("More attributes")
    assert re.findall(r'<li class="attribute" id="(\w+)"', before) == (
        ["id", "amount", "currency", "description", "metadata", "status"]
    )
    assert re.findall(r'<details id="(\w+)"', after)[:4] == ["object", "balance_transaction", "brim", "created"]
    assert "More parameters</h3>" in (await read(CREATE)).source
    assert "More parameters</h3>" not in (await read("/docs/api/topups/update")).source


async def test_a_list_of_event_types_shows_those_that_occur_here() -> None:
    page = await read("/docs/api/webhook_endpoints/create")
    assert "Types that occur in Brim" in page.text
    assert "account.application.authorized" not in page.source.partition('id="try"')[0]


# Languages.


async def test_curl_is_shown_to_who_has_chosen_nothing() -> None:
    page = await read(CREATE)
    assert _shown(page) == ["curl"]


async def test_the_address_chooses_a_language_and_a_cookie_keeps_it() -> None:
    reply = await ask(SITE, f"{CREATE}?lang=ruby", headers=BROWSER)
    assert _shown(Page(reply)) == ["ruby"]
    assert headers_of(reply)["set-cookie"].startswith("brim_language=ruby; Path=/docs; ")
    assert _shown(await read("/docs/api/topups/list", cookie="other=1; brim_language=ruby")) == ["ruby"]


@pytest.mark.parametrize("cookie", ["brim_language=cobol", "brim_language", "=;=", "brim_language=\x00"])
async def test_an_odd_cookie_is_as_none(cookie: str) -> None:
    assert _shown(await read(CREATE, cookie=cookie)) == ["curl"]


def _shown(page: Page) -> list[str]:
    return [
        str(attributes["data-sample"])
        for tag, attributes in page.tags
        if tag == "div" and "data-sample" in attributes and "hidden" not in attributes
    ]


# The reader's address.


async def test_samples_name_the_address_that_the_reader_came_by() -> None:
    assert "http://brim.example:8080/v1/topups" in (await read(CREATE, host="brim.example:8080")).text
    assert (
        "https://brim.example/v1/topups"
        in (await read(CREATE, host="brim.example", **{"x-forwarded-proto": "https"})).text
    )


@pytest.mark.parametrize("host", ['"; rm -rf ~; "', "a b", "x" * 300, "host:99999999", "[::1", "<b>"])
async def test_an_odd_host_never_gets_into_a_sample(host: str) -> None:
    page = await read(CREATE, host=host)
    assert "curl http://127.0.0.1:12111/v1/topups" in page.text
    assert "://" + host not in page.text


# Search.


async def test_the_search_finds_operations_attributes_and_guides_without_a_script() -> None:
    assert "/docs/guides/webhooks" in (await read("/docs/api/search?q=signature%20whsec")).all("a", "href")
    assert "Pagination" in (await read("/docs/api/search?q=mutually%20exclusive")).text
    page = await read("/docs/api/search?q=STATEMENT_descriptor")
    assert CREATE in page.all("a", "href")
    assert "Nothing found" in (await read("/docs/api/search?q=zeppelin")).text
    assert "<b>" not in (await read("/docs/api/search?q=%3Cb%3E")).source


async def test_the_index_of_the_search_names_pages_that_exist() -> None:
    index = json.loads((await ask(SITE, "/docs/api/search.json")).body)
    packed = await ask(SITE, "/docs/api/search.json", headers=BROWSER)
    assert header_of(packed, "content-encoding") == "gzip"
    assert json.loads(gzip.decompress(packed.body)) == index
    assert len(packed.body) < MOST_BYTES
    assert len(index) > len(ENTRIES)
    for entry in index:
        assert (await ask(SITE, entry["url"])).status == 200


@pytest.mark.parametrize(
    "url",
    ["/docs/api/nothing", "/docs/guides/nothing", "/docs/api/topups/nothing", "/docs/api/test_helpers/object", "/docs"],
)
async def test_what_is_not_in_the_reference_is_a_page_that_says_so(url: str) -> None:
    assert (await ask(SITE, url, headers=BROWSER)).status == 404


# The explorer.


async def ask_sample(url: str, body: str, *, language: str = "curl") -> dict[str, str]:
    request = request_for(f"{url}/sample", method="POST", headers={b"cookie": f"brim_language={language}".encode()})
    request.body = body.encode()
    reply = await SITE.handle(request)
    assert reply.status == 200, reply.body
    answer: dict[str, str] = json.loads(reply.body)
    return answer


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


async def test_the_explorers_line_is_that_of_the_form_in_the_chosen_language() -> None:
    body = "amount=500&currency=eur&metadata[a]=b%20c"
    assert "-d amount=500" in plain((await ask_sample(CREATE, body))["html"])
    code = plain((await ask_sample(CREATE, body, language="python"))["html"])
    assert '"amount": 500,\n    "currency": "eur",' in code
    line = (await ask_sample(CREATE, body))["line"]
    assert line == 'stripe topups create --amount=500 --currency=eur -d "metadata[a]=b c"'


async def test_the_explorers_line_names_the_id_that_was_filled_in() -> None:
    assert (await ask_sample("/docs/api/topups/cancel", "_id=tu_1"))["line"] == "stripe topups cancel tu_1"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; rm -rf ~ #", '"$(id)`id`', "#{1+1}", "a\\", "é\n\u202e"]
)
@pytest.mark.parametrize("language", [language.key for language in LANGUAGES])
async def test_what_is_filled_in_stays_text_in_every_language(language: str, text: str) -> None:
    answer = await ask_sample(
        CREATE, urlencode({"amount": 1, "currency": "usd", "description": text}), language=language
    )
    assert "<script>" not in answer["html"]
    assert re.search(r"<(?!/?span\b)", answer["html"]) is None


async def test_a_form_that_cannot_be_read_is_refused_as_the_api_refuses_it() -> None:
    request = request_for(f"{CREATE}/sample", method="POST")
    request.body = b"metadata=1&metadata[a]=2"
    assert (await SITE.handle(request)).status == 400


async def test_a_form_that_is_too_large_for_a_sample_is_refused() -> None:
    request = request_for(f"{CREATE}/sample", method="POST")
    request.body = b"description=" + b"a" * 20_000
    assert (await SITE.handle(request)).status == 413


def test_the_form_has_a_field_for_every_parameter_and_holds_the_example() -> None:
    fields = {field.name: field for field in fields_of(OPERATIONS[0], {"amount": 2000, "metadata": {"a": "b"}})}
    assert fields["amount"].value == "2000"
    assert fields["metadata"].control == "pairs"
    assert fields["metadata"].value == "a=b"
    assert fields["expand[]"].control == "list"
    assert names_in(fields["payment_method_options"]) == ["payment_method_options[us_bank_account][network]"]
    assert list(fields)[:2] == ["amount", "currency"]


def names_in(field: Field) -> list[str]:
    return [name for inner in field.fields for name in names_in(inner)] if field.fields else [field.name]


def test_texts_of_a_form_become_numbers_only_where_numbers_are_meant() -> None:
    schema = {"properties": {"n": {"type": "integer"}, "t": {"type": "string"}, "b": {"type": "boolean"}}}
    raw = {"n": "12", "t": "12", "b": "true", "unknown": "1"}
    assert typed(raw, schema) == {"n": 12, "t": "12", "b": True, "unknown": "1"}
    assert typed({"n": "12x", "b": "yes"}, schema) == {"n": "12x", "b": "yes"}
