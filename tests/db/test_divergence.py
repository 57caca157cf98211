"""What another copy of the database has and this one has not, as after a restore to a moment."""

import pytest

from brim.base.ids import IdFactory
from brim.core.divergence import Kind, find_undone, find_unknown_ids, ids_in
from brim.platform.database import Database
from tests.support.books import cancel, create, new_topup, rows
from tests.support.postgres import PostgresForTests


async def test_what_was_undone_is_told_and_what_is_the_same_is_not(
    postgres: PostgresForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brim.core.divergence.service._PAGE", 2)
    ids = IdFactory()
    name = await postgres.create_database()
    database = await Database.connect(postgres.urls_of(name).service, application="brim")
    kept = await create(database, [new_topup(ids) for _ in range(3)])
    await database.close()
    restored = await postgres.create_database(template=name)
    here = await Database.connect(postgres.urls_of(restored).service, application="brim")
    there = await Database.connect(postgres.urls_of(name).service, application="brim")
    try:
        assert [each async for each in find_undone(here, there)] == []
        lost = await create(there, [new_topup(ids) for _ in range(3)])
        await cancel(there, kept[0])
        (here_only,) = await create(here, [new_topup(ids)])
        found = [each async for each in find_undone(here, there)]
        assert [each.id for each in found if each.kind is Kind.TOPUP] == sorted(lost)
        assert [(each.id, each.detail) for each in found if each.kind is Kind.TOPUP_STATUS] == [
            (kept[0], "was canceled, is pending")
        ]
        events = {row["id"] for row in await rows(there, "SELECT id FROM events")}
        known = {row["id"] for row in await rows(here, "SELECT id FROM events")}
        assert {each.id for each in found if each.kind is Kind.EVENT} == events - known
        assert len(events - known) == 4
        told = ids_in([f"GET /v1/topups/{lost[0]}?x", f'{{"id":"{kept[1]}"}} {here_only}'])
        assert await find_unknown_ids(here, told) == [lost[0]]
    finally:
        await here.close()
        await there.close()
        await postgres.drop_database(restored)
        await postgres.drop_database(name)
