"""Every return code and every change code, a row each: from the bank's file to the API, the page and the ledger.

One service and one rehearsal bank play all of them at once: debits and prenotes leave in one file, and come back in
one file before their hold is over, or after it. What is expected is written from Nacha's operating rules (appendices
four and five) and from docs/ach-returns.md, not from the tables of the product.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest

from brim.bank.commands import REHEARSAL_ROUTING
from brim.platform.database import Database
from brim.testing.server import create_key
from tests.support.ach_samples import sample_folder
from tests.support.books import assert_books_hold, execute, rows
from tests.support.live_money import PLATFORM, LiveMoney
from tests.support.page_visitors import Person, serving_pages_of, text_of
from tests.support.postgres import PostgresForTests
from tests.support.signing import SignedIn
from tests.support.wire import Wire


class Code(NamedTuple):
    """What comes of a debit that is returned with a code.

    `late` tells whether a return four banking days after its debit is untimely, so that R68 fits; `claimed` whether the
    bank claims that the originator permitted it, so that R70 does; `retried` whether its page offers a retry.
    """

    code: str
    failure: str
    late: bool = False
    claimed: bool = False
    retried: bool = False


CODES: Final = (
    Code("R01", "insufficient_funds", late=True, retried=True),
    Code("R02", "account_closed", late=True, retried=True),
    Code("R03", "no_account", late=True, retried=True),
    Code("R04", "invalid_account_number", late=True, retried=True),
    Code("R05", "debit_not_authorized"),
    Code("R06", "could_not_process", claimed=True, retried=True),
    Code("R07", "debit_not_authorized"),
    Code("R08", "debit_not_authorized", late=True, retried=True),
    Code("R09", "insufficient_funds", late=True, retried=True),
    Code("R10", "debit_not_authorized"),
    Code("R11", "debit_not_authorized", retried=True),
    Code("R12", "account_closed", late=True, retried=True),
    Code("R13", "invalid_account_number", retried=True),
    Code("R14", "bank_ownership_changed", late=True),
    Code("R15", "bank_ownership_changed", late=True),
    Code("R16", "account_frozen", late=True),
    Code("R17", "could_not_process", late=True),
    Code("R18", "could_not_process", retried=True),
    Code("R19", "could_not_process", retried=True),
    Code("R20", "bank_account_restricted", late=True, retried=True),
    Code("R21", "could_not_process", late=True, retried=True),
    Code("R22", "could_not_process", late=True, retried=True),
    Code("R23", "declined"),
    Code("R24", "could_not_process", late=True),
    Code("R25", "could_not_process", retried=True),
    Code("R26", "could_not_process", retried=True),
    Code("R27", "could_not_process", retried=True),
    Code("R28", "invalid_account_number", retried=True),
    Code("R29", "debit_not_authorized", late=True),
    Code("R30", "could_not_process"),
    Code("R31", "debit_not_authorized", claimed=True, retried=True),
    Code("R32", "could_not_process", retried=True),
    Code("R33", "could_not_process"),
    Code("R34", "could_not_process"),
    Code("R35", "could_not_process", retried=True),
    Code("R36", "could_not_process", retried=True),
    Code("R37", "could_not_process"),
    Code("R38", "could_not_process"),
    Code("R39", "could_not_process", late=True),
    *(Code(f"R{number}", "could_not_process") for number in range(40, 48)),
    Code("R50", "could_not_process", late=True),
    Code("R51", "debit_not_authorized"),
    Code("R52", "could_not_process"),
    Code("R53", "could_not_process"),
    *(Code(f"R{number}", "could_not_process") for number in range(80, 86)),
    Code("R90", "account_frozen"),
)
"""Every code with which a receiving bank or an operator returns a debit or a prenote."""
PRESENTED_AGAIN: Final = {"R01", "R09"}
NEVER_AGAIN: Final = "Not allowed. The same debit can't be sent again."
NO_RETURN: Final = sorted({f"R{number:02}" for number in range(100)} - {row.code for row in CODES})
"""Codes that are no reason of a return: dishonors and contests, which name a return, and those that do not exist."""


class Change(NamedTuple):
    """What comes of a notification of change.

    `corrected` is what is on file afterwards: routing number, account number, type and holder, each None where it
    stays; a `reason` is why nothing was changed.
    """

    account: str
    code: str
    corrected: tuple[str | None, str | None, str | None, str | None] = (None, None, None, None)
    reason: str | None = None


_NEW_ROUTING: Final = "021000021"
_NO_BANK_ACCOUNT: Final = "doesn't concern the bank account"
CHANGES: Final = (
    Change("9801000000", "C01", (None, "101000000", None, None)),
    Change("9802000000", "C02", (_NEW_ROUTING, None, None, None)),
    Change("9803000000", "C03", (_NEW_ROUTING, "103000000", None, None)),
    Change("9804000000", "C04", (None, None, None, "CORRECTED NAME")),
    Change("9805000000", "C05", (None, None, "savings", None)),
    Change("9806000000", "C06", (None, "106000000", "savings", None)),
    Change("9807000000", "C07", (_NEW_ROUTING, "107000000", "savings", None)),
    *(
        Change(f"98{code[1:]}000000", code, reason=_NO_BANK_ACCOUNT)
        for code in ("C08", "C10", "C11", "C12", "C13", "C14")
    ),
    Change("9809000000", "C09", reason="individual identification number was assigned by Brim"),
    Change("9701000000", "C01", reason="corrected account number isn't valid"),
    Change("9702000000", "C02", reason="no valid routing number"),
    Change("9703000000", "C03", reason="no valid routing number"),
    Change("9705000000", "C05", reason="no valid transaction code"),
    Change("9706000000", "C06", reason="no valid transaction code"),
    Change("9707000000", "C07", reason="no valid routing number"),
    Change("9606000000", "C06", (None, "106000000", "savings", None)),
    Change("9607000000", "C07", (_NEW_ROUTING, "107000000", "savings", None)),
)
"""By the number at the rehearsal bank: as the rules have it (98), unusable (97), and in other banks' layout (96)."""

UNKNOWN_CHANGE: Final = "000700000015"
"""Whose bank notifies a change C15, which does not exist."""
EVENTS: Final = (
    "topup.failed",
    "topup.reversed",
    "brim.topup.retry_scheduled",
    "brim.prenote.failed",
    "brim.funding_source.corrected",
)
_ITEM, _RETURN, _LINE, _STATEMENT = "unreadable_item", "unmatched_return", "unmatched_line", "unposted_statement"
_HELD: Final = ("held", ["held_file"])
SAMPLES: Final = {
    "ach01": ("applied", [_ITEM]),
    "ach02": ("applied", [_ITEM] * 2),
    "ach03": ("applied", [_ITEM] * 6),
    "ach04": ("applied", [_ITEM] * 6),
    "ach05": ("applied", [_RETURN] * 2),
    "ach06": ("applied", [_RETURN]),
    "ach07": ("applied", [_ITEM]),
    "ach08": ("applied", [_ITEM] * 2),
    "ach09": ("applied", [_ITEM]),
    "ach10": _HELD,  # bare batches
    "ach11": _HELD,  # control totals are wrong
    "ach12": ("applied", [_ITEM] * 2),
    "bai01": ("applied", [_LINE] * 4),
    "bai02": ("applied", [_LINE] * 2),
    "bai03": ("applied", [_LINE]),
    "bai04": ("applied", [_LINE]),
    "bai05": _HELD,  # control totals are wrong
    "iso01": ("applied", [_LINE] * 4),
    "iso02": ("applied", [_ITEM, _STATEMENT]),  # balances do not add up, and a line is in another currency
    "iso03": ("applied", [_LINE] * 2),
    "iso04": ("applied", [_LINE] * 3),
    "iso05": ("applied", [_LINE]),
    "iso06": _HELD,  # a status report of SEPA, where ACH is collected
    "iso07": _HELD,  # a statement without content
    "mt01": ("applied", [_STATEMENT]),  # balances do not add up
    "mt02": ("applied", [_LINE] * 3 + [_STATEMENT] * 4),  # of four statements one is right
    "mt03": ("applied", [_STATEMENT] * 2),  # two pages, of which neither adds up
    "mt04": ("applied", [_LINE] * 2),
}
"""By the beginning of its name: what becomes of a file of another's, and the breaks that list what is in it."""
STILL_OPEN: Final = f"UPDATE ach_returns SET dishonorable_until_ms = {2**53}"
"""Keeps returns open for the API process, whose clock is the real one; what was played ended on 8 December 2026."""


class Played(NamedTuple):
    """What was played, and where it can be seen. `topups` and `prenotes` are ids by account number."""

    wire: Wire
    person: Person
    topups: dict[str, str]
    prenotes: dict[str, str]
    events: dict[tuple[str, str], list[Any]]
    """What events show, by type and object."""
    breaks: dict[str, list[dict[str, Any]]]
    """By the trace or the object that they name."""
    returns: dict[str, list[str]]
    """By top-up, or prenote."""
    samples: dict[str, tuple[str, list[str]]]
    posted_by_samples: int


async def _play(live: LiveMoney) -> tuple[dict[str, str], dict[str, str]]:
    """Let everything leave in one file on December 1, and come back on the 4th or on the 8th."""
    await live.open(retry_schedule=("+1",))
    await live.freeze("2026-12-01 10:00")
    topups: dict[str, str] = {}
    prenotes, rules = {}, []
    for number in [
        *(f"99{code.code[1:]}{days}0000" for code in CODES for days in ("02", "04")),
        *(f"99{code[1:]}020000" for code in NO_RETURN),
        *(change.account for change in CHANGES),
        UNKNOWN_CHANGE,
    ]:
        topups[number] = await live.create(await live.bank_account(number), 1_000 + len(topups))
    for code in CODES:
        number = f"94{code.code[1:]}010000"
        prenotes[number] = await live.prenote(await live.bank_account(number, verified=False))
        rules.append({"account": number, "action": "return", "code": code.code, "days": 1})
    rules.append({"account": UNKNOWN_CHANGE, "action": "notify", "code": "C15", "corrected": "1"})
    script = live.folder / "script.jsonl"
    script.write_text("".join(f"{json.dumps(rule)}\n" for rule in rules))
    await live.bank("script", str(script))
    for moment in ("2026-12-01 17:01", "2026-12-02 23:30", "2026-12-04 23:30", "2026-12-07 17:01", "2026-12-08 23:30"):
        await live.advance(moment)
    return topups, prenotes


async def _take_samples(live: LiveMoney) -> tuple[dict[str, tuple[str, list[str]]], int]:
    """Let the bank send files of others; return what became of each, and how many journal entries they have posted."""
    folder, count = sample_folder(), "SELECT count(*) AS count FROM journal_entries"
    (before,) = await rows(live.database, count)
    for file in [next(folder.glob(f"{name}_*")) for name in SAMPLES] if folder else []:
        (live.folder / "from-bank" / file.name).write_bytes(file.read_bytes())
    await live.work()
    found = await rows(
        live.database,
        "SELECT f.name, f.status, array_remove(array_agg(b.kind ORDER BY b.id), NULL) AS kinds"
        " FROM bank_files AS f LEFT JOIN breaks AS b ON b.bank_file = f.id GROUP BY f.id, f.name, f.status",
    )
    (after,) = await rows(live.database, count)
    by_name = {row["name"].partition("_")[0]: (row["status"], row["kinds"]) for row in found}
    return by_name, after["count"] - before["count"]


@pytest.fixture(scope="module")
def played(postgres: PostgresForTests, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Everything played at once, and an API process that shows it."""
    folder = tmp_path_factory.mktemp("codes")
    with asyncio.Runner() as runner:
        name = runner.run(postgres.create_database())
        urls = postgres.urls_of(name)

        async def play() -> tuple[Any, ...]:
            owner = await Database.connect(urls.owner, max_connections=1)
            await execute(owner, "INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
            await owner.close()
            database = await Database.connect(urls.service)
            try:
                live = LiveMoney(database, folder, routing=REHEARSAL_ROUTING)
                made = await _play(live)
                breaks = await rows(database, "SELECT kind, reference, detail FROM breaks ORDER BY id")
                returns = await rows(database, "SELECT id, topup FROM ach_returns ORDER BY id")
                samples = await _take_samples(live)
                await assert_books_hold(database)
                await execute(database, STILL_OPEN)
                key = (await create_key(database, PLATFORM.account, livemode=True)).secret
            finally:
                await database.close()
            return made, breaks, returns, samples, live.encryption_key, key

        made, found, came, samples, encryption_key, key = runner.run(play())
        breaks: dict[str, list[dict[str, Any]]] = {}
        for each in found:
            breaks.setdefault(each["reference"] or "", []).append(each)
        returns: dict[str, list[str]] = {}
        for each in came:
            returns.setdefault(each["topup"] or "", []).append(each["id"])
        with serving_pages_of(urls.service, encryption_key, folder) as url:
            wire = Wire(url, key)
            person = Person(url, SignedIn(keys={f"{PLATFORM.account}/live": key}))
            topups, prenotes = made
            by_name, posted = samples
            yield Played(wire, person, topups, prenotes, _events(wire), breaks, returns, by_name, posted)
        runner.run(postgres.drop_database(name))


def _events(wire: Wire) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for kind in EVENTS:
        page = wire.get(f"/v1/events?type={kind}&limit=100").json
        assert not page["has_more"], kind
        for event in page["data"]:
            shown = event["data"]["object"]
            found.setdefault((kind, shown["id"]), []).append(shown)
    return found


class Shown(NamedTuple):
    """A top-up as the API has it, what its page says and offers, and the steps of its money in their order."""

    topup: Any
    page: str
    offers_retry: bool
    steps: list[str]


def _topup(played: Played, account: str) -> Shown:
    topup_id = played.topups[account]
    topup = played.wire.get(f"/v1/topups/{topup_id}?expand[]=brim.rail&expand[]=brim.retry").json
    transfers = played.wire.get(f"/v1/brim/topups/{topup_id}/transfers").json["data"]
    assert {each["amount"] for each in transfers} == {topup["amount"]}
    page = played.person.visit(f"/topups/{topup_id}")
    offers_retry = f"retry_of={topup_id}" in page.body.decode()
    return Shown(topup, text_of(page), offers_retry, [each["kind"] for each in transfers])


def _fitting(played: Played, topup_id: str) -> tuple[Any, set[str]]:
    """Return the one return of a top-up, and the codes with which it can be dishonored."""
    (return_id,) = played.returns[topup_id]
    found = played.wire.get(f"/v1/brim/ach/returns/{return_id}").json
    return found, {each["code"] for each in found["dishonor_codes"] if each["fits"]}


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_a_return_before_the_hold_is_over_fails_the_top_up_or_has_its_debit_presented_again(
    played: Played, row: Code
) -> None:
    topup, page, offers_retry, steps = _topup(played, f"99{row.code[1:]}020000")
    first, *later = topup["brim"]["rail"]["entries"]
    assert (first["status"], first["returned"]["code"]) == ("returned", row.code)
    assert f"Return code {row.code} {first['returned']['meaning']}" in page
    found, fits = _fitting(played, topup["id"])
    assert (found["code"], found["applied"], found["settled_on"]) == (row.code, True, "2026-12-04")
    failed = played.events.get(("topup.failed", topup["id"]), [])
    planned = played.events.get(("brim.topup.retry_scheduled", topup["id"]), [])
    if row.code in PRESENTED_AGAIN:
        assert (topup["status"], topup["failure_code"]) == ("pending", None)
        assert [(each["status"], each["retry"]) for each in later] == [("confirmed", 1)]
        assert [each["brim"]["retry"]["return_code"] for each in planned] == [row.code]
        assert (failed, fits) == ([], set())
        assert steps == ["bank_credit", "bank_return", "bank_credit:2"]
        return
    assert (topup["status"], topup["failure_code"], later) == ("failed", row.failure, [])
    assert [(each["status"], each["failure_code"]) for each in failed] == [("failed", row.failure)]
    assert f"{topup['failure_message']} {row.failure}" in page
    assert fits == {"R62", "R69"} | ({"R70"} if row.claimed else set())
    assert steps == ["bank_credit", "bank_return"]
    assert (planned, topup["balance_transaction"]) == ([], None)
    assert offers_retry == row.retried
    assert row.retried or NEVER_AGAIN in page or row.code == "R29"  # which takes a new authorization, and a new top-up


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_a_return_after_the_hold_reverses_the_top_up(played: Played, row: Code) -> None:
    topup, page, offers_retry, steps = _topup(played, f"99{row.code[1:]}040000")
    (entry,) = topup["brim"]["rail"]["entries"]
    assert (entry["status"], entry["returned"]["code"]) == ("returned", row.code)
    assert (topup["status"], topup["failure_code"]) == ("reversed", row.failure)
    (told,) = played.events["topup.reversed", topup["id"]]
    assert (told["status"], told["failure_code"]) == ("reversed", row.failure)
    assert f"Return code {row.code} {entry['returned']['meaning']}" in page
    assert f"{topup['failure_message']} {row.failure}" in page
    found, fits = _fitting(played, topup["id"])
    assert (found["code"], found["applied"]) == (row.code, True)
    fitting = {"R68"} if row.late else set()
    assert fits == {"R62", "R69", *fitting, *({"R70"} if row.claimed else set())}
    assert steps == ["bank_credit", "topup", "topup_reversal", "bank_return"]
    assert offers_retry == row.retried
    assert row.retried or NEVER_AGAIN in page or row.code == "R29"  # which takes a new authorization, and a new top-up


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_a_returned_prenote_fails_and_its_bank_account_is_not_verified(played: Played, row: Code) -> None:
    prenote = played.wire.get(f"/v1/brim/prenotes/{played.prenotes[f'94{row.code[1:]}010000']}").json
    assert (prenote["status"], prenote["return_code"]) == ("failed", row.code)
    (told,) = played.events["brim.prenote.failed", prenote["id"]]
    assert told["return_code"] == row.code
    page = played.person.read(f"/ach/prenotes/{prenote['id']}")
    assert f"its bank returned the prenote ({row.code})" in page
    assert played.wire.get(f"/v1/sources/{prenote['funding_source']}").json["status"] == "failed"
    refused = played.wire.post("/v1/topups", {"amount": 1_000, "currency": "usd", "source": prenote["funding_source"]})
    assert refused.status == 400
    assert prenote["id"] not in played.returns


@pytest.mark.parametrize("code", NO_RETURN)
def test_what_is_no_return_code_is_listed_and_holds_its_top_up_until_a_person_has_looked(
    played: Played, code: str
) -> None:
    topup, page, _, steps = _topup(played, f"99{code[1:]}020000")
    (entry,) = topup["brim"]["rail"]["entries"]
    assert (topup["status"], entry["status"], entry["returned"]) == ("pending", "confirmed", None)
    (listed,) = played.breaks[entry["trace"]]
    assert listed["kind"] == "unreadable_item"
    assert steps == ["bank_credit", "bank_return"]  # the statement takes the money, whatever the code
    assert "Return code" not in page
    assert topup["id"] not in played.returns


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: f"{row.code}-{row.account[:2]}")
def test_a_notification_of_change_corrects_the_bank_account_or_waits_for_a_person(played: Played, row: Change) -> None:
    topup, page, _, steps = _topup(played, row.account)
    (entry,) = topup["brim"]["rail"]["entries"]
    assert (topup["status"], entry["status"], entry["returned"]) == ("succeeded", "released", None)
    assert steps == ["bank_credit", "topup"]
    (correction,) = played.wire.get(f"/v1/brim/corrections?topup={topup['id']}").json["data"]
    assert (correction["change_code"], entry["change"]["code"]) == (row.code, row.code)
    assert f"Notification of change {row.code}" in page
    source = played.wire.get(f"/v1/sources/{topup['source']['id']}").json
    assert source["status"] == "chargeable"
    told = played.events.get(("brim.funding_source.corrected", correction["id"]), [])
    routing, account, account_type, holder = row.corrected
    debited = source["ach_debit"]
    assert debited["routing_number"] == (routing or "110000000")
    assert debited["last4"] == (account or row.account)[-4:]
    assert source["owner"]["name"] == (holder or "Jenny Rosen")
    if row.reason is None:
        assert (correction["status"], correction["reason"]) == ("applied", None)
        assert account_type in {None, correction["after"]["account_type"]}
        assert len(told) == 1
        assert correction["id"] not in played.breaks
    else:
        assert correction["status"] == "open"
        assert row.reason in correction["reason"]
        assert told == []
        (listed,) = played.breaks[correction["id"]]
        assert listed["kind"] == "unusable_correction"


def test_a_notification_with_an_unknown_code_holds_its_top_up_until_a_person_has_looked(played: Played) -> None:
    topup, _, _, steps = _topup(played, UNKNOWN_CHANGE)
    (entry,) = topup["brim"]["rail"]["entries"]
    assert (topup["status"], entry["change"], steps) == ("pending", None, ["bank_credit"])
    (listed,) = played.breaks[entry["trace"]]
    assert (listed["kind"], "C15" in listed["detail"]) == ("unreadable_item", True)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_another_bank_moves_nothing_and_loses_nothing(played: Played, name: str) -> None:
    if not played.samples.keys() & SAMPLES.keys():
        pytest.skip("no folder shared/bank_files beside the checkout")
    assert played.samples[name] == SAMPLES[name]
    assert played.posted_by_samples == 0
