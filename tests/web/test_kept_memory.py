"""Nothing that visitors send is kept once they are answered, however much and however different it is."""

import gc
import tracemalloc
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import pytest

from brim.api.resources.operations import OPERATIONS
from brim.core.changes.service import Watchers
from brim.http.form import MAX_NAME_LENGTH, decode_form
from brim.http.message import Request
from brim.platform.telemetry import metrics
from brim.web.reference import examples
from brim.web.reference.prose import coloured
from brim.web.reference.sample_code import coloured_sample
from brim.web.samples.languages import LANGUAGES, Language
from brim.web.samples.sample import Sample
from tests.support.recorded_api import RecordedApi, site_of
from tests.support.signing import UNUSED

MANY = 100
KEPT = 1024 * 1024


async def kept_after(work: Callable[[int], Awaitable[object]], *, visits: int = MANY) -> int:
    """Return how many bytes are kept of many visits, after a first one that may leave what serves all."""
    await work(-1)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(visits):
            await work(number)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


async def test_samples_of_what_visitors_type_are_not_kept() -> None:
    site = site_of(RecordedApi({}), Watchers(UNUSED))

    async def visit(number: int) -> None:
        body = urlencode({"description": f"{number} " + "x" * 8_000, "amount": 1000, "currency": "usd"}).encode()
        path = "/docs/api/topups/create/sample"
        reply = await site.handle(Request("POST", path, b"lang=node", {b"host": b"x"}, body))
        assert reply.status == 200, reply.body
        assert b"xxxxxxxx" in reply.body

    assert await kept_after(visit) < KEPT


@pytest.mark.parametrize("page", ["topups/create", "pagination", "topups/object"])
async def test_pages_for_an_address_that_a_visitor_made_up_are_not_kept(page: str) -> None:
    site = site_of(RecordedApi({}), Watchers(UNUSED))

    async def visit(number: int) -> None:
        host = f"a{number}.{'b' * 200}.example".encode()
        reply = await site.handle(Request("GET", f"/docs/api/{page}", b"", {b"host": host}, b""))
        assert reply.status == 200

    assert await kept_after(visit) < KEPT


async def test_names_of_parameters_are_kept_only_where_they_are_short() -> None:
    async def send(number: int) -> None:
        names = [f"{number}_{index}_".ljust(MAX_NAME_LENGTH, "x") for index in range(10)]
        decode_form("&".join(f"{name}=1" for name in names).encode())

    assert await kept_after(send, visits=3 * MANY) < KEPT


def test_a_method_that_nobody_uses_is_no_label_of_its_own() -> None:
    assert [metrics.method_label(method) for method in ("GET", "POST", "PROPFIND", "M-SEARCH")] == [
        "GET",
        "POST",
        "OTHER",
        "OTHER",
    ]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.key)
def test_a_sample_with_a_readers_words_put_in_is_coloured_like_one_written_with_them(language: Language) -> None:
    for base, key in (
        ("http://127.0.0.1:12111", "sk_test_YOUR_KEY"),
        ("https://brim.example", "sk_test_4eC3...p7dc"),
        ("http://localhost", "rk_test_aBcd...9zZ1"),
        ("http://[::1]:12111", "sk_test_4eC3...p7dc"),
    ):
        for operation in OPERATIONS:
            sample = Sample(
                operation=operation,
                path_id=examples.path_id_of(operation),
                values=examples.values_of(operation),
                base=base,
                key=key,
            )
            assert coloured_sample(sample, language) == coloured(language.write(sample), language.lexer)
