"""What a bank's statement says and is not posted is listed, so that somebody looks at it."""

from pathlib import Path
from typing import Any

import pytest_asyncio

from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import LiveMoney
from tests.support.statement_writers import Account, Entry, bai2, camt053, mt940

NUMBER = "9876543210"
FEE = Entry(-250, reference="B1", text=("MONTHLY FEE",))


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    live = LiveMoney(database, tmp_path)
    await live.open()
    return live


async def give(live: LiveMoney, content: bytes) -> list[dict[str, Any]]:
    """Let the bank send a statement; return the breaks that it leaves."""
    (live.folder / "from-bank" / f"statement-{len(content)}.txt").write_bytes(content)
    await live.work()
    await assert_books_hold(live.database)
    found = await rows(live.database, "SELECT kind, detail, amount, currency, raw FROM breaks ORDER BY detail")
    return [dict(row) for row in found]


async def lines(live: LiveMoney) -> int:
    (found,) = await rows(live.database, "SELECT count(*)::int AS lines FROM statement_lines")
    return int(found["lines"])


async def test_a_statement_whose_balances_do_not_agree_is_a_break_and_its_correction_is_posted(live: LiveMoney) -> None:
    right = mt940([Account(NUMBER, "usd", 100_000, (FEE,))])
    (found,) = await give(live, right.replace(b"997,5", b"998,5"))
    assert (found["kind"], found["amount"], found["currency"]) == ("unposted_statement", -250, "usd")
    assert found["detail"] == (
        "None of the 1 lines of the statement 1 are posted: The opening balance 1000.00 USD and the lines -2.50 USD do"
        " not make the closing balance 998.50 USD."
    )
    assert await lines(live) == 0
    later = await give(live, right)
    assert [each["kind"] for each in later] == ["unposted_statement", "unmatched_line"]
    assert await lines(live) == 1


async def test_a_statement_that_the_bank_withdraws_is_a_break(live: LiveMoney) -> None:
    (found,) = await give(live, bai2([Account(NUMBER, "usd", 100_000, (FEE,))], group_status=2))
    assert (found["kind"], await lines(live)) == ("unposted_statement", 0)
    assert "withdraws an earlier one" in found["detail"]


async def test_a_line_that_cannot_be_read_is_a_break_with_its_text(live: LiveMoney) -> None:
    text = bai2([Account(NUMBER, "usd", 100_000, (FEE, Entry(-5, text=("WHAT",))))]).decode()
    item, statement = await give(live, text.replace("16,455,5,", "16,799,5,").encode())
    assert (item["kind"], item["raw"]) == ("unreadable_item", "799,5,Z,,,WHAT")
    assert item["detail"].startswith("Line 2 of the statement of 2026-11-27 is not posted: ")
    assert (statement["kind"], await lines(live)) == ("unposted_statement", 0)


async def test_a_line_in_another_currency_is_a_break(live: LiveMoney) -> None:
    content = camt053([Account(NUMBER, "usd", 100_000, (FEE, Entry(0, text=("WHAT",))))])
    parked = content.replace(b'<Amt Ccy="USD">0.00</Amt>', b'<Amt Ccy="EUR">0.00</Amt>')
    found = await give(live, parked)
    assert [each["kind"] for each in found] == ["unreadable_item", "unmatched_line"]


async def test_lines_that_are_too_many_to_be_listed_are_counted(live: LiveMoney) -> None:
    content = camt053([Account(NUMBER, "usd", 100_000, (Entry(0, text=("WHAT",)),) * 1_002)])
    found = await give(live, content.replace(b'<Amt Ccy="USD">0.00</Amt>', b'<Amt Ccy="EUR">0.00</Amt>'))
    assert len(found) == 1_001
    assert found[0]["detail"] == "2 more lines of the statement S1 are not posted, and too many to be listed."


async def test_lines_of_a_file_without_line_ends_are_breaks_of_their_own(live: LiveMoney) -> None:
    """Nothing of an XML file stands on a line of its own."""
    content = camt053([Account("1111", "usd", 100_000, (FEE, Entry(-5, text=("WHAT",))))])
    found = await give(live, content.replace(b"\n", b""))
    assert [(each["kind"], each["amount"]) for each in found] == [("unmatched_line", -250), ("unmatched_line", -5)]
    wrong = camt053([Account(NUMBER, "usd", opening, (FEE,)) for opening in (100_000, 200_000)], summary=False)
    wrong = wrong.replace(b"997.50", b"998.50").replace(b"1997.50", b"1998.50").replace(b"\n", b"")
    kinds = [each["kind"] for each in await give(live, wrong)]
    assert kinds.count("unposted_statement") == 2
