"""Returned debits that are presented again, and top-ups that retry others, against a bank that audits both."""

import asyncio
import json
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import ResourceMissingError
from brim.core import direct_debits, originators, topups
from brim.core.direct_debits.applying import Applied, apply_return
from brim.core.rails.ach import SecCode
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, OPERATOR, PAYS, PLATFORM, LiveMoney, at

_FUNDS: Final = ("R01", "R09")
_FAILURES: Final = {
    "R01": "insufficient_funds",
    "R09": "insufficient_funds",
    "R10": "debit_not_authorized",
    "R11": "debit_not_authorized",
    "R03": "no_account",
}
_PAID: Final = "paid"
_ENDS: Final = (_PAID, "R10")


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


def _answers(most: int) -> list[tuple[str, ...]]:
    """Return all that a bank may answer to the presentments of one debit that may be presented again so often."""
    early = [(*before, end) for count in range(most + 1) for before in product(_FUNDS, repeat=count) for end in _ENDS]
    return [*early, *product(_FUNDS, repeat=most + 1)]


def _expected(answers: tuple[str, ...], *, most: int) -> tuple[str, str | None, int]:
    """Return by a model where a top-up stands in the end, why, and how often its debit was presented."""
    for count, answer in enumerate(answers, 1):
        if answer == _PAID:
            return "succeeded", None, count
        if answer not in _FUNDS or count > most:
            return "failed", _FAILURES[answer], count
    raise AssertionError(answers)


async def _script(live: LiveMoney, *rules: dict[str, Any]) -> None:
    script = live.folder / "script.jsonl"
    script.write_text("".join(f"{json.dumps(rule)}\n" for rule in rules))
    await live.bank("script", str(script))


async def _days(live: LiveMoney, last: str) -> None:
    """Let days pass, each until its files have left, to the evening of the last one."""
    await live.until("2026-12-01 17:05")
    await live.until(f"{last} 17:05", step_hours=24)


async def _entries(live: LiveMoney, topup: str) -> list[dict[str, Any]]:
    return await rows(live.database, "SELECT * FROM ach_entries WHERE topup = $1 ORDER BY number", topup)


async def _types(live: LiveMoney, topup: str) -> list[str]:
    found = await rows(live.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY id", topup)
    return [each["type"] for each in found]


async def _stuck(live: LiveMoney) -> dict[str, str]:
    found = await rows(live.database, "SELECT object_id, error FROM due_exceptions")
    return {each["object_id"]: each["error"] for each in found}


@pytest.mark.parametrize("schedule", [("+1", "+1"), ("+1",)])
async def test_whatever_the_bank_answers_a_topup_fails_with_its_last_return_or_succeeds_once(
    live: LiveMoney, schedule: tuple[str, ...]
) -> None:
    """Every sequence of answers against the model, in one month; the bank rejects what it has not returned."""
    await live.open(retry_schedule=schedule)
    made = {}
    rules: list[dict[str, Any]] = []
    for place, answers in enumerate(_answers(len(schedule))):
        amount = 1_000 + place
        made[answers] = await live.create(await live.bank_account(), amount)  # an R10 ends its authorization
        back = {"amount": amount, "action": "return", "days": 1, "times": 1}
        rules += [back | {"code": answer} for answer in answers if answer != _PAID]
    await _script(live, *rules)
    await _days(live, "2026-12-16")
    debits = returns = paid = 0
    for answers, topup in made.items():
        row = await live.topup(topup)
        status, failure, presentments = _expected(answers, most=len(schedule))
        assert (row["status"], row["failure_code"]) == (status, failure), answers
        entries = await _entries(live, topup)
        assert [entry["retry"] for entry in entries] == list(range(presentments)), answers
        assert {entry["retry_of"] for entry in entries} == {None}
        told = await _types(live, topup)
        assert told.count("brim.topup.retry_scheduled") == presentments - 1
        assert [each for each in told if each.startswith("topup.")] == ["topup.created", f"topup.{status}"]
        debits += presentments
        returns += presentments - (status == "succeeded")
        paid += row["amount"] if status == "succeeded" else 0
    counted = await rows(
        live.database, "SELECT sum(debits) AS debits, sum(returned) AS returned FROM return_counts WHERE owner = ''"
    )
    assert (counted[0]["debits"], counted[0]["returned"]) == (debits, returns)
    ledger = await live.ledger()
    assert ledger == {"bank:operating": paid, "funding:clearing": 0, "balance:available": -paid}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    found = await rows(live.database, "SELECT DISTINCT description FROM ach_batches ORDER BY 1")
    assert [each["description"] for each in found] == ["RETRY PYMT", "TOPUP"]
    await assert_books_hold(live.database)


async def test_a_debit_that_came_back_for_another_reason_meanwhile_is_not_presented_again(live: LiveMoney) -> None:
    await live.open(retry_schedule=("+2",))
    topup = await live.create(await live.bank_account("9510100000"))
    await _days(live, "2026-12-04")
    (path,) = (live.folder / "from-bank").glob("returns_*")
    lines = path.read_text("ascii").replace("799R01", "799R10").splitlines(keepends=True)
    later = "".join(line[:87] + "9999999" + line[94:] if line[0] in "67" else line for line in lines)
    path.with_name("returns_later.ach").write_text(later, "ascii")
    await live.work()
    (found,) = await rows(live.database, "SELECT id FROM breaks")
    await live.until("2026-12-08 17:05")
    assert len(await _entries(live, topup)) == 1
    assert found["id"] in (await _stuck(live))[topup]
    assert await live.cancel(topup)


async def test_a_waiting_representment_is_promised_shown_and_can_be_canceled(live: LiveMoney) -> None:
    await live.open(retry_schedule=("+2", "1/15"))
    source = await live.bank_account("9510100000")
    kept, canceled = await live.create(source, 1_000), await live.create(source, 2_000)
    await live.until("2026-12-01 17:05")
    assert not await live.cancel(canceled)  # it is at the bank
    await _days(live, "2026-12-04")
    row = await live.topup(kept)
    assert (row["status"], row["failure_code"]) == ("pending", None)
    assert row["due_ms"] == at("2026-12-08 17:00")  # two banking days after Friday
    assert row["expected_availability_date"] * 1000 == at("2026-12-14 09:00")
    (told,) = await rows(
        live.database,
        "SELECT payload FROM events WHERE object_id = $1 AND type = 'brim.topup.retry_scheduled'",
        kept,
    )
    retry = json.loads(told["payload"])["brim"]["retry"]
    assert (retry["return_code"], retry["retries"]) == ("R01", 0)
    assert (retry["next_presentment"] * 1000, retry["last_day"]) == (at("2026-12-08 17:00"), "2027-05-31")
    assert await live.cancel(canceled)
    assert (await live.topup(canceled))["status"] == "canceled"
    live.now_ms = at("2026-12-08 17:00")
    building = partial(
        direct_debits.build_due, live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids
    )
    await asyncio.gather(live.claim(), live.claim())  # two workers
    assert sorted(await asyncio.gather(building(), building())) == [0, 1]
    assert [entry["status"] for entry in await _entries(live, kept)] == ["returned", "in_file"]
    await live.until("2026-12-08 17:05")
    await _days(live, "2026-12-14")
    assert (await live.topup(kept))["status"] == "succeeded"
    assert len(await _entries(live, canceled)) == 1
    assert await live.ledger() == {"bank:operating": 1_000, "funding:clearing": 0, "balance:available": -1_000}
    await assert_books_hold(live.database)


async def test_what_holds_for_new_debits_holds_for_a_representment(live: LiveMoney) -> None:
    """An authorization that ended, a bank account that was detached, a stop, another company, another name."""
    active = await live.open(retry_schedule=("+1",))
    ended, detached = await live.bank_account("9510100000"), await live.bank_account("9510100000")
    first, second = await live.create(ended, 1_000), await live.create(detached, 2_000)
    await _days(live, "2026-12-04")
    async with live.database.transaction() as conn:
        await conn.execute("UPDATE authorizations SET ended_ms = 1 WHERE funding_source = $1", ended)
        await conn.execute("UPDATE funding_sources SET is_detached = true WHERE id = $1", detached)
    await _days(live, "2026-12-07")
    stuck = await _stuck(live)
    assert "authorization" in stuck[first]
    assert "detached" in stuck[second]
    assert [len(await _entries(live, each)) for each in (first, second)] == [1, 1]
    async with live.database.transaction() as conn:
        await conn.execute("UPDATE funding_sources SET is_detached = false WHERE id = $1", detached)
        await conn.execute(
            "UPDATE originators SET profile = jsonb_set(profile, '{company_name}', '\"OTHERS\"') WHERE id = $1",
            active.id,
        )
    assert await live.cancel(first)
    await live.until("2026-12-08 12:00")
    assert "company name and ID" in (await _stuck(live))[second]
    async with live.database.transaction() as conn:
        await conn.execute(
            "UPDATE originators SET profile = jsonb_set(profile, '{company_name}', '\"BRIM TESTS\"') WHERE id = $1",
            active.id,
        )
        await originators.stop_rail(
            conn, PLATFORM, rail="ach", account=None, reason="audit", by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    live.now_ms = at("2027-06-02 10:00")  # 180 days after 2 December are over on 31 May
    await live.work()
    row = await live.topup(second)
    assert (row["status"], row["failure_code"]) == ("failed", "insufficient_funds")


async def test_one_that_could_not_leave_in_time_is_not_sent_and_fails_as_it_came_back(live: LiveMoney) -> None:
    await live.open(retry_schedule=("+1",))
    topup = await live.create(await live.bank_account("9510100000"))
    await _days(live, "2026-12-04")
    live.now_ms = at("2026-12-07 17:00")
    await live.claim()
    asked: dict[str, Any] = {"rail": "ach", "account": None, "by": OPERATOR, "ids": live.ids}
    async with live.database.transaction() as conn:
        await originators.stop_rail(conn, PLATFORM, reason="audit", now_ms=live.now_ms, **asked)
    live.now_ms = at("2027-05-30 10:00")  # it could settle until 31 May, which is a holiday
    async with live.database.transaction() as conn:
        await originators.resume_rail(conn, PLATFORM, now_ms=live.now_ms, **asked)
    await live.work()
    row = await live.topup(topup)
    assert (row["status"], row["failure_code"]) == ("failed", "insufficient_funds")
    assert [entry["status"] for entry in await _entries(live, topup)] == ["returned"]
    assert len(await rows(live.database, "SELECT FROM ach_files")) == 1
    (pending,) = await rows(live.database, "SELECT amount FROM exposures WHERE kind = 'source'")
    assert pending["amount"] == 0


async def test_a_representment_survives_files_that_are_voided_given_up_or_rejected(live: LiveMoney) -> None:
    await live.open(retry_schedule=("+1", "+1"))
    topup = await live.create(await live.bank_account("9520100000"), 3_000)
    await _days(live, "2026-12-04")
    live.now_ms = at("2026-12-07 17:00")
    await live.claim()
    await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)
    (_, entry) = await _entries(live, topup)
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, entry["file"], by=TESTER, now_ms=live.now_ms, ids=live.ids)
    await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)
    live.now_ms = at("2026-12-07 23:30")  # that one was not sent in time, and is given up
    await _script(live, {"file": "*", "action": "reject", "times": 1})
    await live.work()
    await live.advance_bank()
    await live.work()
    rejected = await rows(live.database, "SELECT id FROM ach_files WHERE status = 'rejected'")
    async with live.database.transaction() as conn:
        assert (
            await direct_debits.resubmit_file(
                conn, PLATFORM, rejected[0]["id"], by=TESTER, now_ms=live.now_ms, ids=live.ids
            )
            == 1
        )
    await live.until("2026-12-24 12:00")
    entries = await _entries(live, topup)
    assert [(each["number"], each["retry"], each["return_code"]) for each in entries] == [
        (1, 0, "R01"),
        (2, 1, "R01"),
        (3, 2, None),
    ]
    assert {each["original_date"] for each in entries[1:]} == {entries[0]["effective_date"]}
    assert (await live.topup(topup))["status"] == "succeeded"
    states = await rows(live.database, "SELECT status, count(*) AS files FROM ach_files GROUP BY 1 ORDER BY 1")
    assert {each["status"]: each["files"] for each in states} == {"rejected": 1, "settled": 3, "voided": 2}
    await assert_books_hold(live.database)


async def test_a_second_return_of_a_presentment_changes_nothing_and_is_a_conflict(live: LiveMoney) -> None:
    await live.open(retry_schedule=("+1",))
    topup = await live.create(await live.bank_account("9510100000"))
    await _days(live, "2026-12-07")  # the second presentment is out

    async def apply(conn: Conn, code: str, trace: str) -> Applied:
        (first, _) = await direct_debits.list_entries_of_topups(conn, PLATFORM, [topup])
        return await apply_return(
            conn,
            first,
            code=code,
            trace=trace,
            profile=live.profile(retry_schedule=("+1",)),
            renderers=WIRE_FORMATS,
            now_ms=live.now_ms,
            ids=live.ids,
        )

    (first, _) = await _entries(live, topup)
    async with live.database.transaction() as conn:
        assert await apply(conn, "R01", first["return_trace"]) is Applied.KNOWN
        assert await apply(conn, "R10", "061000140000099") is Applied.CONFLICT
    async with live.database.transaction() as conn:  # one of which nothing was known, whatever became of its file
        await conn.execute(
            "UPDATE ach_entries SET status = 'rejected', return_code = NULL, return_trace = NULL, returned_ms = NULL "
            "WHERE topup = $1 AND number = 1",
            topup,
        )
        assert await apply(conn, "R10", "061000140000099") is Applied.CONFLICT
    assert (await live.topup(topup))["status"] == "pending"
    await _days(live, "2026-12-12")
    assert (await live.topup(topup))["status"] == "succeeded"


async def test_a_reversed_topup_is_retried_by_one_new_topup_which_the_bank_knows_as_the_same_debit(
    live: LiveMoney,
) -> None:
    await live.open(hold_days=1, return_rate_minimum=1_000)
    source = await live.bank_account("9520100000")
    first = await live.create(source, 1_000)
    with pytest.raises(topups.RetryRefusedError, match="it is pending"):
        await live.create(None, 1_000, retry_of=first)
    await _days(live, "2026-12-04")
    assert (await live.topup(first))["status"] == "reversed"
    with pytest.raises(topups.RetryRefusedError, match=r"the same amount, \$10.00"):
        await live.create(None, 999, retry_of=first)
    with pytest.raises(ResourceMissingError):
        await live.create(None, 1_000, retry_of="tu_unknown")
    tried = await asyncio.gather(
        *(live.create(None, 1_000, retry_of=first, key=key) for key in ("a", "b")), return_exceptions=True
    )
    (second,) = [each for each in tried if isinstance(each, str)]
    (refused,) = [each for each in tried if not isinstance(each, str)]
    assert isinstance(refused, topups.RetriedAlreadyError)
    key = "a" if tried[0] == second else "b"
    assert await live.create(None, 1_000, retry_of=first, key=key) == second  # its key has its answer
    assert await live.cancel(second)  # it was not sent, so the first may be retried again
    third = await live.create(None, 1_000, retry_of=first)
    with pytest.raises(topups.RetriedAlreadyError, match=third):
        await live.create(None, 1_000, retry_of=first)
    await _days(live, "2026-12-11")
    (entry,) = await _entries(live, third)
    assert (entry["retry"], entry["retry_of"], entry["return_code"]) == (1, first, "R01")
    assert (await live.topup(third))["status"] == "reversed"
    with pytest.raises(topups.RetriedAlreadyError, match=third):
        await live.create(None, 1_000, retry_of=first)
    fourth = await live.create(source, 1_000, retry_of=third)
    await _days(live, "2026-12-16")
    (entry,) = await _entries(live, fourth)
    assert (entry["retry"], entry["retry_of"], entry["original_date"].isoformat()) == (2, first, "2026-12-02")
    assert (await live.topup(fourth))["status"] == "succeeded"
    async with live.database.connection() as conn:
        links = await topups.read_links(conn, PLATFORM, [first, third, fourth])
    assert [(links[each].retry_of, links[each].retried_by) for each in (first, third, fourth)] == [
        (None, third),
        (first, fourth),
        (third, None),
    ]
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    assert await live.ledger() == {"bank:operating": 1_000, "funding:clearing": 0, "balance:available": -1_000}
    await assert_books_hold(live.database)


async def test_other_returns_are_retried_once_their_cause_is_remedied_and_some_never(live: LiveMoney) -> None:
    await live.open()
    numbers = {"R11": "9911010000", "R10": "9910010000", "R08": "9908010000", "R03": NO_ACCOUNT}
    sources = {code: await live.bank_account(number) for code, number in numbers.items()}
    made = {code: await live.create(source, 1_000) for code, source in sources.items()}
    await _days(live, "2026-12-04")
    assert {code: (await live.topup(topup))["status"] for code, topup in made.items()} == dict.fromkeys(made, "failed")
    for code, why in (
        ("R10", "can't be sent again"),
        ("R08", "new authorization"),
        ("R03", "correct the bank account"),
    ):
        with pytest.raises(topups.RetryRefusedError, match=f"{code} .*{why}"):
            await live.create(None, 1_000, retry_of=made[code], by=OPERATOR)
    with pytest.raises(topups.RetryRefusedError, match="API keys can't"):
        await live.create(None, 900, retry_of=made["R11"])
    corrected = await live.create(None, 900, retry_of=made["R11"], by=OPERATOR)
    async with live.database.connection() as conn:
        await originators.authorize(
            conn,
            PLATFORM,
            funding_source=sources["R08"],
            sec_code=SecCode.WEB,
            text="I authorize debits again.",
            accepted_ms=live.now_ms,
            evidence={},
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    again = await live.create(None, 1_000, retry_of=made["R08"])
    remedied = await live.create(await live.bank_account(PAYS), 1_000, retry_of=made["R03"])
    await _days(live, "2026-12-07")
    for topup in (corrected, again, remedied):
        (entry,) = await _entries(live, topup)
        assert (entry["retry"], entry["retry_of"]) == (0, None)  # a debit of its own
    kinds = await rows(live.database, "SELECT kind FROM topup_retries ORDER BY topup")
    assert [each["kind"] for each in kinds] == ["corrected", "reauthorized", "remedied"]
    assert await rows(live.database, "SELECT detail FROM breaks") == []
