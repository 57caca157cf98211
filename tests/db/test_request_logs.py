"""The request log: written apart from the requests, read by filters, forgotten in small steps."""

import asyncio

import msgspec
import pytest

from brim.base.ids import IdFactory
from brim.base.paging import PageRequest, Range
from brim.base.scope import AccountScope
from brim.core.request_logs import RequestCounts, service, store
from brim.core.request_logs.rules import BY_PAGES, COUNTED_S, KEPT_S, RequestFilters, RequestRecord, RequestSource
from brim.core.request_logs.service import BURST, RequestPruning, RequestRecorder
from brim.platform.database import Database

NOW_MS = 1_795_000_000_000
OWNER = AccountScope("acct_one", livemode=False)
OTHER = AccountScope("acct_two", livemode=False)


def record(scope: AccountScope = OWNER, *, at_ms: int = NOW_MS, **more: object) -> RequestRecord:
    given = {"request_id": "req_1", "method": "GET", "path": "/v1/topups", "status": 200, **more}
    made = {"scope": scope, "id": IdFactory().new_at("resp_", at_ms), "created": at_ms // 1000, "duration_ms": 1.5}
    return msgspec.convert({**made, "api_version": "v", **given}, RequestRecord, from_attributes=True)


async def keep(database: Database, *records: RequestRecord) -> None:
    async with database.connection() as conn:
        await store.insert_request_logs(conn, records)


async def found(database: Database, scope: AccountScope = OWNER, **filters: object) -> list[str]:
    chosen = msgspec.convert(filters, RequestFilters, from_attributes=True)
    page = await service.list_request_logs(database, scope, chosen, PageRequest(limit=100))
    return [each.id for each in page.items]


async def test_what_is_kept_is_read_back_as_it_was(each_database: Database) -> None:
    full = record(
        idempotency_key="k",
        object_id="tu_1",
        parameters={"metadata": {"a": "b"}},
        error={"code": "c"},
        user_agent="x",
        api_key="mk_1",
    )
    await keep(each_database, full)
    page = await service.list_request_logs(each_database, OWNER, RequestFilters(), PageRequest())
    assert page.items == [full]


async def test_every_filter_narrows_and_no_other_owner_is_seen(each_database: Database) -> None:
    first = record(method="POST", status=400, request_id="req_2", api_key="mk_1", at_ms=NOW_MS - 60_000)
    second = record(path="/v1/balance")
    await keep(each_database, first, second, record(OTHER))
    assert await found(each_database) == [second.id, first.id]
    assert await found(each_database, method="POST") == [first.id]
    assert await found(each_database, path="/v1/balance") == [second.id]
    assert await found(each_database, request_id="req_2") == [first.id]
    assert await found(each_database, status=Range(400, 499)) == [first.id]
    assert await found(each_database, path_prefix="/v1/bal") == [second.id]
    assert await found(each_database, path_prefix="/v1/") == [second.id, first.id]
    assert await found(each_database, api_key="mk_1") == [first.id]
    assert await found(each_database, status=Range(0, 0)) == []
    pages = record(at_ms=NOW_MS - 120_000, user_agent=BY_PAGES)
    await keep(each_database, pages)
    assert await found(each_database, source=RequestSource.API) == [second.id, first.id]
    assert await found(each_database, source=RequestSource.DASHBOARD) == [pages.id]
    assert await found(each_database, created=Range(NOW_MS // 1000, None)) == [second.id]


async def test_old_requests_and_those_beyond_the_bound_are_forgotten(each_database: Database) -> None:
    old = [record(at_ms=NOW_MS - (KEPT_S + 1) * 1000) for _ in range(3)]
    kept = [record(at_ms=NOW_MS - 1000 * n) for n in range(5)]
    other = record(OTHER, at_ms=NOW_MS)
    await keep(each_database, *old, *kept, other)
    pruning = RequestPruning(each_database)
    assert [await pruning.run_once(now_ms=NOW_MS, limit=2, most=4) for _ in range(3)] == [2, 2, 0]
    assert await found(each_database) == [each.id for each in kept[:4]]
    assert await found(each_database, OTHER) == [other.id]


async def test_what_comes_faster_than_it_is_written_is_dropped_and_counted(database: Database) -> None:
    dropped: list[int] = []
    recorder: RequestRecorder[int] = RequestRecorder(
        database, lambda n: record(request_id=f"req_{n}", at_ms=NOW_MS + n), drop=dropped.append
    )
    for n in range(BURST + 3):
        recorder.note(n)
    await recorder.flush()
    assert sum(dropped) == 3
    async with database.connection() as conn:
        assert await conn.fetchval("SELECT count(*) FROM request_logs") == BURST


async def test_a_database_that_is_away_costs_the_log_and_nothing_else(database: Database) -> None:
    dropped: list[int] = []
    recorder: RequestRecorder[int] = RequestRecorder(database, lambda _: record(), drop=dropped.append)
    await database.close()
    recorder.note(1)
    await asyncio.wait_for(recorder.flush(), 60)
    assert dropped == [1]


@pytest.mark.parametrize(
    "poison",
    [
        {"path": "a\0b"},
        {"user_agent": "\ud800"},
        {"parameters": {"a": "\ud800"}},
        {"status": 99_999},
    ],
)
async def test_a_request_that_cannot_be_logged_costs_no_other_its_line(
    each_database: Database, poison: dict[str, object]
) -> None:
    dropped: list[int] = []
    made = [record(request_id=f"req_{n}", at_ms=NOW_MS + n) for n in range(20)]
    made[7] = msgspec.structs.replace(made[7], **poison)
    recorder: RequestRecorder[int] = RequestRecorder(each_database, made.__getitem__, drop=dropped.append)
    for n in range(20):
        recorder.note(n)
    await recorder.flush()
    assert await found(each_database) == [each.id for each in reversed(made) if each is not made[7]]
    assert dropped == [1]


async def test_one_whose_line_cannot_be_made_costs_no_other_its_own(database: Database) -> None:
    dropped: list[int] = []

    def make(number: int) -> RequestRecord:
        if number == 3:
            raise RuntimeError("a bug of ours")
        return record(request_id=f"req_{number}", at_ms=NOW_MS + number)

    recorder: RequestRecorder[int] = RequestRecorder(database, make, drop=dropped.append)
    for n in range(5):
        recorder.note(n)
    await recorder.flush()
    assert len(await found(database)) == 4
    assert dropped == [1]


async def test_requests_are_counted_by_hour_and_class_and_forgotten_after_a_month(each_database: Database) -> None:
    here, there = RequestCounts(each_database), RequestCounts(each_database)

    async def counted() -> list[tuple[object, ...]]:
        async with each_database.connection() as conn:
            rows = await conn.fetch(
                "SELECT account, status_class, hour, number FROM request_counts ORDER BY 1 DESC, 2, 3"
            )
            return [tuple(row) for row in rows]

    hour = NOW_MS // 3_600_000 * 3600
    for counts in (here, there):
        for status in (200, 201, 402, 503):
            counts.note(OWNER, status=status, now_ms=NOW_MS)
    here.note(OTHER, status=200, now_ms=NOW_MS - 1000 * (COUNTED_S + 3600))
    await asyncio.gather(here.flush(), there.flush())
    await here.flush()
    kept = [("acct_one", 2, hour, 4), ("acct_one", 4, hour, 2), ("acct_one", 5, hour, 2)]
    found = await counted()
    assert found[1:4] == kept  # the first is the other account's, which is old
    assert len(found) == 8
    await RequestPruning(each_database).run_once(now_ms=NOW_MS, limit=10)
    assert await counted() == [*kept, *(("", *rest) for _, *rest in kept)]
