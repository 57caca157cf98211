"""What needs attention: counted by what the pages list, in one place for Home, the API and notifications."""

from brim.api.resources.attention.wire import attention_json
from brim.base import json_codec
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.attention import Matter, MatterKind, find_attention, find_attention_everywhere, merge_endpoints
from brim.core.integrity.service import verify_and_remember
from brim.core.jobs import Worker, beat
from brim.platform.database import Database
from tests.support.books import NOW_MS, execute
from tests.support.hooks import insert_endpoint, new_endpoint

PLATFORM, BELOW = "acct_platform", "acct_below"
DAY_S = 86_400
NOW_S = NOW_MS // 1000
IDS = IdFactory()


async def _accounts(database: Database) -> None:
    for account, platform in ((PLATFORM, None), (BELOW, PLATFORM)):
        under = "NULL" if platform is None else f"'{platform}'"
        await execute(
            database,
            f"INSERT INTO accounts (account, platform, created) VALUES ('{account}', {under}, {NOW_S})",
        )


async def _topup(database: Database, account: str, status: str, *, age_s: int = 60, livemode: bool = True) -> None:
    created = NOW_S - age_s
    topup = IdFactory().new_at("tu_", created * 1000)
    credit = "'txn_1'" if status == "reversed" else "NULL"
    await execute(
        database,
        "INSERT INTO topups (account, livemode, id, amount, currency, created, status, rail, metadata,"
        " balance_transaction)"
        f" VALUES ('{account}', {livemode}, '{topup}', 1250, 'usd', {created}, '{status}',"
        f" 'import', '{{}}', {credit})",
    )


async def _look(
    database: Database, account: str = PLATFORM, *, livemode: bool = True, timezone: str = "UTC"
) -> dict[MatterKind, Matter]:
    scope = AccountScope(account, livemode)
    return {each.kind: each for each in await find_attention(database, scope, now_ms=NOW_MS, timezone=timezone)}


async def test_failed_and_reversed_topups_of_seven_days_are_counted_with_their_totals(database: Database) -> None:
    await _accounts(database)
    for _ in range(2):
        await _topup(database, BELOW, "failed")
    await _topup(database, BELOW, "reversed")
    await _topup(database, BELOW, "failed", age_s=8 * DAY_S)
    await _topup(database, BELOW, "failed", livemode=False)
    found = await _look(database, BELOW)
    assert found.keys() == {MatterKind.FAILED_TOPUPS, MatterKind.REVERSED_TOPUPS}
    failed = found[MatterKind.FAILED_TOPUPS]
    assert (failed.title, failed.count, failed.amounts) == ("2 failed top-ups", 2, (("usd", 2500),))
    assert failed.page == "/topups"
    assert failed.query["status"] == "failed"
    assert found[MatterKind.REVERSED_TOPUPS].title == "1 reversed top-up"


async def test_more_than_a_page_is_said_to_be_more(database: Database) -> None:
    await _accounts(database)
    for _ in range(101):
        await _topup(database, BELOW, "failed")
    failed = (await _look(database, BELOW))[MatterKind.FAILED_TOPUPS]
    assert (failed.title, failed.is_complete) == ("More than 100 failed top-ups", False)


async def test_the_operator_is_told_of_verification_and_workers_and_a_platform_of_its_banks(database: Database) -> None:
    await _accounts(database)
    assert (await _look(database)).keys() == {MatterKind.NEVER_VERIFIED, MatterKind.NO_WORKER}
    await verify_and_remember(database, clock=lambda: NOW_MS, ids=IDS, with_chain=True)
    here = Worker(id="wrk_1", host="a", pid=1, version="1", started_ms=1, heartbeat_ms=NOW_MS, jobs=[])
    await beat(database, here)
    assert not await _look(database)
    await execute(
        database,
        "INSERT INTO breaks (account, livemode, id, kind, cause, amount, currency, detail, opened_ms)"
        f" VALUES ('{PLATFORM}', true, 'brk_1', 'unmatched_line', 'x', 1, 'usd', '', {NOW_MS})",
    )
    (found,) = (await _look(database)).values()
    assert (found.kind, found.title, found.target) == (MatterKind.BREAKS, "1 open break", "/breaks")
    assert not await _look(database, livemode=False)
    assert not await _look(database, BELOW)


async def test_failing_endpoints_are_named_and_many_of_an_account_are_one_line(database: Database) -> None:
    await _accounts(database)
    for number in range(4):
        endpoint = new_endpoint(f"https://example.com/{number}", scope=AccountScope(BELOW, livemode=True))
        await insert_endpoint(database, endpoint)
    await execute(database, f"UPDATE webhook_endpoints SET failing_since_ms = {NOW_MS}")
    everywhere = await find_attention_everywhere(database, now_ms=NOW_MS)
    failing = [each for each in everywhere if each.kind is MatterKind.WEBHOOK_ENDPOINT]
    assert sorted(each.title for each in failing) == [f"https://example.com/{number}" for number in range(4)]
    assert {each.page for each in failing} == {f"/webhooks/{each.subject}" for each in failing}
    (merged,) = (each for each in merge_endpoints(everywhere) if each.kind is MatterKind.WEBHOOK_ENDPOINT)
    assert (merged.title, merged.page, merged.count) == ("4 webhook endpoints need attention", "/webhooks", 4)
    await execute(database, "UPDATE webhook_endpoints SET disabled_because = 'owner', disabled_ms = 1")
    assert MatterKind.WEBHOOK_ENDPOINT not in await _look(database, BELOW)


async def test_everywhere_is_what_the_accounts_homes_say_together_in_live_mode(database: Database) -> None:
    await _accounts(database)
    await beat(database, Worker(id="w", host="a", pid=1, version="1", started_ms=1, heartbeat_ms=NOW_MS, jobs=[]))
    await _topup(database, BELOW, "failed")
    await _topup(database, PLATFORM, "reversed")
    await _topup(database, PLATFORM, "failed", livemode=False)
    homes = [*(await _look(database)).values(), *(await _look(database, BELOW)).values()]
    everywhere = await find_attention_everywhere(database, now_ms=NOW_MS)
    assert sorted(each.key for each in everywhere) == sorted(each.key for each in homes)


def test_a_matter_is_written_for_clients() -> None:
    matter = Matter(
        kind=MatterKind.FAILED_TOPUPS,
        account=BELOW,
        livemode=True,
        title="1 failed top-up",
        detail="Created in the last 7 days",
        page="/topups",
        query={"status": "failed"},
        amounts=(("usd", 1250),),
        is_bad=False,
    )
    written = json_codec.decode(attention_json(matter))
    assert (written["page"], written["severity"]) == ("/topups?status=failed", "warning")
    assert written["amounts"] == [{"amount": 1250, "currency": "usd"}]
