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


async def test_folders_on_one_server_and_folders_of_records_are_nobody_elses(
    database: Database, tmp_path: Path
) -> None:
    live = LiveMoney(database, tmp_path)
    key = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"

    async def draft(outgoing: str, records: str, incoming: str) -> originators.Originator:
        profile = live.profile(
            outgoing_folder=f"sftp://brim@sftp.bank.example{outgoing}",
            incoming_folder=incoming,
            sftp_host_keys=(key,),
            sftp_records_folder=records,
        )
        change = originators.ProfileChange(profile, account_number="9876543210")
        async with database.transaction() as conn:
            return await originators.save_originator(
                conn, live.vault, PLATFORM, change, by=TESTER, now_ms=live.now_ms, ids=live.ids
            )

    made = await draft("/one", "/records/one", "/in/one")
    assert made.profile.list_folder == "/records/one"
    for outgoing, records, incoming, field in (
        ("/one/below", "/records/two", "/in/two", "outgoing_folder"),
        ("/two", "/records/one", "/in/two", "sftp_records_folder"),
        ("/two", "/records/two", "/records/one/in", "incoming_folder"),
    ):
        with pytest.raises(ProfileError) as refused:
            await draft(outgoing, records, incoming)
        assert refused.value.param == field
    await draft("/two", "/records/two", "/in/two")


async def test_a_profile_that_uses_nothing_new_is_read_by_versions_that_know_nothing_of_it(
    database: Database, tmp_path: Path
) -> None:
    live = LiveMoney(database, tmp_path)
    await _draft(live, "/bank")
    async with database.connection() as conn:
        keys = set(await conn.fetchval("SELECT array_agg(k) FROM originators, jsonb_object_keys(profile) AS k"))
    assert not {key for key in keys if key.startswith(("sftp_", "same_day_", "offset", "max_file_lines"))}
    assert {"outgoing_folder", "file_cap", "max_file_entries", "return_rate_minimum"} <= keys


async def test_a_lower_cap_of_the_same_day_is_kept_until_there_are_cutoffs_for_it(
    database: Database, tmp_path: Path
) -> None:
    live = LiveMoney(database, tmp_path)
    await live.open(same_day_cap=50_000)
    async with database.connection() as conn:
        (kept,) = await originators.list_originators(conn, PLATFORM)
    assert kept.profile.same_day_cap == 50_000
