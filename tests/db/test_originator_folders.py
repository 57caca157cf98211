"""Two originators never have one folder, whoever writes their profiles at once, and however they came to it."""

import asyncio
from pathlib import Path

import pytest

from brim.core import originators
from brim.core.rails.ach import ProfileError
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney


async def _draft(live: LiveMoney, folder: str) -> originators.Originator:
    async def work(conn: Conn) -> originators.Originator:
        return await originators.save_originator(
            conn,
            live.vault,
            PLATFORM,
            originators.ProfileChange(
                live.profile(outgoing_folder=f"{folder}/out", incoming_folder=f"{folder}/in"),
                account_number="9876543210",
            ),
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )

    return await live.database.transact(work)


async def test_of_two_profiles_with_one_folder_written_at_once_one_is_kept(database: Database, tmp_path: Path) -> None:
    live = LiveMoney(database, tmp_path)
    found = await asyncio.gather(*(_draft(live, "/bank") for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(each, originators.Originator) for each in found) == 1
    assert {type(each) for each in found} == {originators.Originator, ProfileError}


async def test_one_that_has_a_folder_of_anothers_from_before_is_not_activated(
    database: Database, tmp_path: Path
) -> None:
    live = LiveMoney(database, tmp_path)
    made = await _draft(live, "/bank")
    await _draft(live, "/other")
    async with database.connection() as conn:
        moved = '{"outgoing_folder": "/other/out/of/us"}'
        await conn.execute("UPDATE originators SET profile = profile || $2::jsonb WHERE id = $1", made.id, moved)
    async with database.transaction() as conn:
        with pytest.raises(ProfileError, match="outgoing_folder"):
            await originators.activate_originator(
                conn, PLATFORM, made.id, approvers=1, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
            )
