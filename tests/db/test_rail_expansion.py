"""What `expand[]=brim.rail` tells of a live top-up on its way, and who sees in which file it was."""

from pathlib import Path
from typing import Any

import msgspec
import pytest_asyncio

from brim.api.resources.rendering import render_topup
from brim.base.scope import AccountScope
from brim.core import topups
from brim.platform.database import Database
from tests.support.live_money import NO_ACCOUNT, PAYS, PLATFORM, LiveMoney, at

BELOW = AccountScope("acct_below", livemode=True)


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def shown(live: LiveMoney, topup_id: str, *paths: str, scope: AccountScope = PLATFORM) -> Any:
    topup = await topups.retrieve_topup(live.batches, scope, topup_id)
    return msgspec.json.decode(await render_topup(live.database, topup, paths))["brim"]


async def test_a_topup_tells_where_its_money_is(live: LiveMoney) -> None:
    await live.open()
    fine = await live.create(await live.bank_account(PAYS))
    refused = await live.create(await live.bank_account(NO_ACCOUNT))
    nothing_yet: dict[str, Any] = {
        "amount_refunded": 0,
        "booked": None,
        "entries": [],
        "name": "ach",
        "returnable_as_unauthorized_until": None,
        "returnable_until": None,
        "usable": None,
    }
    assert await shown(live, fine, "brim.rail") == {"rail": nothing_yet}
    await live.until("2026-12-01 17:00")
    await live.until("2026-12-08 12:00")
    rail = (await shown(live, fine, "brim.rail"))["rail"]
    assert rail["usable"] * 1000 == at("2026-12-07 17:00")  # when the worker next looked
    assert at("2026-12-02 23:00") <= rail["booked"] * 1000 <= at("2026-12-03 12:00")
    assert (rail["returnable_until"], rail["returnable_as_unauthorized_until"]) == ("2026-12-04", "2027-02-01")
    (entry,) = rail["entries"]
    assert (entry["status"], entry["number"], entry["effective_date"]) == ("released", 1, "2026-12-02")
    assert entry["file"].startswith("achf_")
    assert len(entry["trace"]) == 15
    assert (entry["returned"], entry["change"]) == (None, None)
    rail = (await shown(live, refused, "brim.rail"))["rail"]
    assert (rail["usable"], rail["returnable_until"], rail["booked"] is not None) == (None, None, True)
    (entry,) = rail["entries"]
    assert entry["status"] == "returned"
    returned = entry["returned"]
    assert (returned["code"], returned["meaning"]) == ("R03", "No account or unable to locate account")
    assert (returned["actor"], returned["retry"]) == ("customer", "after_fix")


async def test_a_connected_account_is_not_told_of_its_platforms_files(live: LiveMoney) -> None:
    await live.open(BELOW.account)
    topup_id = await live.create(await live.bank_account(scope=BELOW), scope=BELOW)
    await live.until("2026-12-01 17:00")
    (entry,) = (await shown(live, topup_id, "brim.rail", scope=BELOW))["rail"]["entries"]
    assert (entry["file"], entry["batch"], entry["status"]) == (None, None, "in_file")
    assert entry["trace"] is not None


async def test_availability_is_not_explained_by_the_sandboxs_hours(live: LiveMoney) -> None:
    await live.open()
    why = (await shown(live, await live.create(await live.bank_account()), "brim.availability"))["availability"]
    assert why["available_on"] * 1000 == at("2026-12-07 09:00")
    assert (why["calendar"], why["cutoff"], why["settlement_days"], why["business_days"]) == ("us_ach", None, None, [])


async def test_a_topup_tells_when_its_debit_is_presented_again_and_what_retries_it(live: LiveMoney) -> None:
    await live.open(retry_schedule=("+1",))
    topup_id = await live.create(await live.bank_account("9520100000"))
    gone = await live.create(await live.bank_account(NO_ACCOUNT))
    empty = {"last_day": None, "next_presentment": None, "retried_by": None, "retries": 0, "retry_of": None}
    assert await shown(live, topup_id, "brim.retry") == {"retry": {**empty, "return_code": None}}
    await live.until("2026-12-01 17:05")
    await live.until("2026-12-04 17:05", step_hours=24)
    found = (await shown(live, topup_id, "brim.retry"))["retry"]
    assert (found["return_code"], found["retries"], found["last_day"]) == ("R01", 0, "2027-05-31")
    assert found["next_presentment"] * 1000 == at("2026-12-07 17:00")
    assert (await shown(live, gone, "brim.retry"))["retry"] == {**empty, "return_code": "R03"}
    await live.until("2026-12-10 17:05", step_hours=24)
    retry = await live.create(None, retry_of=topup_id)
    found = await shown(live, topup_id, "brim.retry", "brim.rail")
    assert [entry["retry"] for entry in found["rail"]["entries"]] == [0, 1]
    assert (found["retry"]["retried_by"], found["retry"]["retries"]) == (retry, 1)
    assert found["retry"]["next_presentment"] is None
    assert (await shown(live, retry, "brim.retry"))["retry"] == {**empty, "return_code": None, "retry_of": topup_id}
