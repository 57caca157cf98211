"""Statements that come twice, overlap, or are corrected or out of order, and what about them stays open."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.core import originators
from brim.core.rails.ach import ProfileError, Transfers
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import PLATFORM, LiveMoney
from tests.support.statement_writers import Account, Entry, bai2, camt053, camt054, mt940

NUMBER = "9876543210"
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 12, day) for day in (7, 8, 9))


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    live = LiveMoney(database, tmp_path)
    await live.open()
    return live


def day(on: date, opening: int, *entries: Entry) -> Account:
    return Account(NUMBER, "usd", opening, entries, on)


def fee(amount: int = 250, *, reference: str = "", text: str = "FEE") -> Entry:
    return Entry(-amount, reference, text=(text,))


class Bank:
    """Puts statements into the folder, and tells what is known after each."""

    def __init__(self, live: LiveMoney) -> None:
        self._live = live
        self._files = 0

    async def send(self, content: bytes) -> None:
        self._files += 1
        (self._live.folder / "from-bank" / f"statement-{self._files:02}.txt").write_bytes(content)
        await self._live.work()
        await assert_books_hold(self._live.database)

    async def posted(self) -> list[int]:
        found = await rows(self._live.database, "SELECT amount FROM statement_lines ORDER BY booked_on, amount")
        return [row["amount"] for row in found]

    async def open_breaks(self) -> list[str]:
        """Return the kinds of open breaks, but for those of lines that nothing explains."""
        found = await rows(
            self._live.database,
            "SELECT kind FROM breaks WHERE resolved_ms IS NULL AND detail NOT LIKE 'This line match%' ORDER BY id",
        )
        return [row["kind"] for row in found]


@pytest.fixture
def bank(live: LiveMoney) -> Bank:
    return Bank(live)


async def test_a_reference_that_the_bank_uses_every_day_names_a_line_of_each(bank: Bank) -> None:
    for on, opening in ((MONDAY, 1_000), (TUESDAY, 750)):
        await bank.send(bai2([day(on, opening, fee(reference="000"))]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250, -250], [])


async def test_two_lines_of_a_statement_that_say_the_same_are_two(bank: Bank) -> None:
    content = mt940([day(MONDAY, 1_000, fee(reference="000"), fee(reference="000"))])
    await bank.send(content)
    await bank.send(content.replace(b":28C:1/1", b":28C:2/1"))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250, -250], [])


@pytest.mark.parametrize("write", [bai2, mt940, camt053])
async def test_a_day_that_comes_again_with_more_lines_brings_those(
    bank: Bank, write: Callable[[list[Account]], bytes]
) -> None:
    first, second, third = fee(1, text="ONE"), fee(2, text="TWO"), fee(3, text="THREE")
    for entries in ((first,), (first, second), (first, second, third), (first, second)):
        await bank.send(write([day(MONDAY, 1_000, *entries)]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-3, -2, -1], [])


async def test_the_same_day_in_another_format_counts_once(bank: Bank) -> None:
    account = day(MONDAY, 1_000, fee(reference="A"), fee(7, reference="B"))
    for write in (bai2, mt940, camt053):
        await bank.send(write([account]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250, -7], [])


async def test_a_missing_day_is_a_gap_until_it_comes(bank: Bank) -> None:
    days = [day(MONDAY, 1_000, fee(1)), day(TUESDAY, 999, fee(2)), day(WEDNESDAY, 997, fee(3))]
    await bank.send(bai2([days[0]]))
    await bank.send(bai2([days[2]]))
    assert await bank.open_breaks() == ["statement_gap"]
    await bank.send(bai2([days[1]]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-1, -2, -3], [])


async def test_days_that_come_in_the_wrong_order_meet(bank: Bank) -> None:
    for account in (day(WEDNESDAY, 997, fee(3)), day(TUESDAY, 999, fee(2)), day(MONDAY, 1_000, fee(1))):
        await bank.send(bai2([account]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-1, -2, -3], [])


@pytest.mark.parametrize("order", [(3, 1, 2), (5, 2, 1, 3, 4), (5, 3, 1, 4, 2), (4, 1, 3, 2)])
async def test_a_gap_is_open_until_what_is_between_has_come(bank: Bank, order: tuple[int, ...]) -> None:
    """Also where the first of all comes in the middle: nothing before it is missing."""
    days = {n: day(date(2026, 12, 6 + n), 1_000 - sum(range(1, n)), fee(n)) for n in order}
    known = set[int]()
    for number in order:
        await bank.send(bai2([days[number]]))
        known.add(number)
        gaps = sum(n + 1 not in known for n in known if n < max(known))
        assert await bank.open_breaks() == ["statement_gap"] * gaps


async def test_a_correction_posts_what_is_new_and_lists_what_is_gone(bank: Bank) -> None:
    await bank.send(bai2([day(MONDAY, 1_000, fee(1, text="RIGHT"), fee(2, text="WRONG"))]))
    await bank.send(bai2([day(MONDAY, 1_000, fee(1, text="RIGHT"), fee(3, text="BETTER"))], group_status=3))
    assert (await bank.posted(), await bank.open_breaks()) == ([-3, -2, -1], ["withdrawn_line"])


async def test_a_statement_that_may_be_the_same_again_is_not_posted(bank: Bank, live: LiveMoney) -> None:
    entries = (fee(5), Entry(5, text=("BACK",)))
    content = mt940([day(MONDAY, 1_000, *entries)])
    await bank.send(content)
    await bank.send(content.replace(b":28C:1/1", b":28C:2/1"))
    assert (await bank.posted(), await bank.open_breaks()) == ([-5, 5], ["unposted_statement"])
    (found,) = await rows(live.database, "SELECT detail FROM breaks WHERE kind = 'unposted_statement'")
    assert found["detail"].startswith(
        "None of the 2 lines of the statement 2 of 2026-12-07 are posted: they may repeat"
    )


async def test_what_nobody_can_tell_apart_is_listed(bank: Bank) -> None:
    await bank.send(bai2([day(MONDAY, 1_000, fee(5, text="A"))]))
    await bank.send(bai2([day(MONDAY, 1_000, fee(5, text="B"), fee(5, text="C"))]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-5], ["unmatched_line", "unmatched_line"])


async def test_a_notification_and_the_statement_that_repeats_it_count_once(bank: Bank) -> None:
    await bank.send(camt054([day(MONDAY, 1_000, fee(reference="A"))]))
    await bank.send(camt053([day(MONDAY, 1_000, fee(reference="A"), fee(9, reference="B"))]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250, -9], [])


async def test_a_notification_without_references_that_comes_after_its_statement_counts_once(bank: Bank) -> None:
    """What it announces beyond that counts at once, and the statement that repeats it brings nothing."""
    await bank.send(camt053([day(MONDAY, 1_000, fee(), fee(9, text="OTHER"))]))
    await bank.send(camt054([day(MONDAY, 1_000, fee())]))
    await bank.send(camt054([day(MONDAY, 1_000, fee(text="WORDED OTHERWISE"))]))
    assert await bank.posted() == [-250, -9]
    await bank.send(camt054([day(MONDAY, 741, fee(), fee(5, reference="A"))]))
    assert await bank.posted() == [-250, -9, -5]
    await bank.send(camt053([day(MONDAY, 741, fee(5, reference="A"))]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250, -9, -5], [])


async def test_lines_that_the_balance_does_not_contain_yet_count_once(bank: Bank) -> None:
    content = bai2([day(MONDAY, 1_000, fee(), fee())])
    early = content.replace(b",015,500,,/", b",015,1000,,/").replace(b"49,2000,", b"49,2500,")
    early = early.replace(b"98,2000,", b"98,2500,").replace(b"99,2000,", b"99,2500,")
    assert early != content
    await bank.send(early)
    assert await bank.posted() == [-250, -250]
    await bank.send(content)
    await bank.send(bai2([day(TUESDAY, 500, fee())]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250, -250, -250], [])


async def save(live: LiveMoney, number: str | None, *, originator_id: str | None = None, **changes: Any) -> str:
    """Write a profile, and return its originator's id."""
    async with live.database.transaction() as conn:
        saved = await originators.save_originator(
            conn,
            live.vault,
            PLATFORM,
            originators.ProfileChange(live.profile(**changes), account_number=number, originator_id=originator_id),
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    return saved.id


async def test_two_bank_accounts_are_not_one_in_the_ledger(live: LiveMoney, tmp_path: Path) -> None:
    folders = {name: str(tmp_path / "second" / name) for name in ("outgoing_folder", "incoming_folder")}
    with pytest.raises(ProfileError, match="it is the name of another bank account, that of orig_"):
        await save(live, "9876543211", **folders)
    second = await save(live, NUMBER, **folders)
    with pytest.raises(ProfileError, match="it is the name of another bank account"):
        await save(live, "9876543211", originator_id=second, **folders)
    await save(live, "9876543211", originator_id=second, bank_account="second", **folders)
    with pytest.raises(ProfileError, match="it is the name of another bank account"):
        await save(live, None, originator_id=second, **folders)


async def test_two_names_of_one_bank_account_stay_and_take_no_more_transfers(live: LiveMoney, tmp_path: Path) -> None:
    """As an earlier version has let them be: what one has credited, the other would credit again."""
    folders = {name: str(tmp_path / "second" / name) for name in ("outgoing_folder", "incoming_folder")}
    second = await save(live, NUMBER, **folders)
    await rows(
        live.database,
        """UPDATE originators SET profile = profile || '{"bank_account": "second"}' WHERE id = $1""",
        second,
    )
    told: dict[str, Any] = {"originator_id": second, "bank_account": "second", **folders}
    await save(live, None, company_name="SECOND", **told)
    with pytest.raises(ProfileError, match="has the same bank account under the name operating"):
        await save(live, None, transfers=Transfers.ON, **told)
    await save(live, None, transfers=Transfers.ON, **{**told, "bank_account": "operating"})


async def test_a_name_in_the_ledger_stays_that_of_the_bank_account_whose_lines_it_has(
    live: LiveMoney, bank: Bank
) -> None:
    (first,) = await rows(live.database, "SELECT id FROM originators")
    await save(live, "9876543212", originator_id=first["id"])
    await save(live, NUMBER, originator_id=first["id"])
    await bank.send(bai2([day(MONDAY, 1_000, fee())]))
    with pytest.raises(ProfileError, match="statements of the bank account ending in 3210 have been posted under it"):
        await save(live, "9876543211", originator_id=first["id"])
    await save(live, "9876543211", originator_id=first["id"], bank_account="second")


async def test_a_notification_and_the_second_statement_of_a_day_count_once(bank: Bank) -> None:
    await bank.send(camt054([day(MONDAY, 1_000, fee(reference="A"))]))
    await bank.send(camt053([day(MONDAY, 1_000, fee(9, reference="B"))]))
    await bank.send(camt053([day(MONDAY, 991, fee(reference="A"), fee(9, reference="C"))]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250, -9, -9], [])


async def test_lines_of_a_notification_that_say_the_same_are_two_however_often_it_comes(bank: Bank) -> None:
    content = camt054([day(MONDAY, 1_000, fee(reference="000"), fee(reference="000"))])
    await bank.send(content)
    await bank.send(content + b"\n")
    assert (await bank.posted(), await bank.open_breaks()) == ([-250, -250], [])


async def test_a_reference_names_a_line_of_each_currency(bank: Bank, live: LiveMoney) -> None:
    for currency in ("usd", "eur"):
        await bank.send(camt054([Account(NUMBER, currency, 1_000, (fee(reference="A"),), MONDAY)]))
    assert await bank.posted() == [-250, -250]
    details = await rows(live.database, "SELECT detail FROM breaks ORDER BY id")
    assert "in EUR, and ACH moves US dollars" in details[1]["detail"]


async def test_a_part_of_a_day_that_never_comes_is_told_and_what_follows_is_not_lost(bank: Bank) -> None:
    for opening in (1_000, 500):
        await bank.send(bai2([day(MONDAY, opening, fee())]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250], ["statement_gap", "unmatched_line"])


async def test_a_gap_that_is_filled_in_part_is_still_told(bank: Bank) -> None:
    days = [Account(NUMBER, "usd", 1_000 - 5 * number, (fee(5),), date(2026, 12, 7 + number)) for number in range(4)]
    for number, found in ((0, []), (3, ["statement_gap"]), (2, ["statement_gap"]), (1, [])):
        await bank.send(bai2([days[number]]))
        assert await bank.open_breaks() == found
    assert await bank.posted() == [-5] * 4


async def test_a_reference_longer_than_any_bank_has_is_kept(bank: Bank) -> None:
    long = "".join(f"{number:x}" for number in range(3_000))
    await bank.send(mt940([day(MONDAY, 1_000, fee(reference=long))]))
    assert (await bank.posted(), await bank.open_breaks()) == ([-250], [])
