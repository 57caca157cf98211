"""Balance transactions and balance summaries on pages and as files: a finance person closes a month with either."""

import csv
import io
import re
from typing import Final

from brim.core.integrity.books import verify_books
from brim.platform.database import Database
from tests.support.page_visitors import Person
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire

_OCTOBER: Final = 1_793_000_000
_NOVEMBER: Final = 1_793_600_000
_PERIOD: Final = "created_from=2026-10-01&created_to=2026-10-31"
_TEST: Final = "/v1/test_helpers"
_EVER: Final = "/v1/brim/balance_summary?interval_start=0&interval_end=4102444800&connected_accounts=true"


def rows_of(person: Person, target: str, *, name: str) -> list[dict[str, str]]:
    """Return the rows of a file, which is called so."""
    reply = person.visit(target)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert name in reply.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"), newline="")))


def table_of(person: Person, target: str) -> list[list[str]]:
    """Return the cells of a page's tables, row by row, as text."""
    page = person.visit(target).body.decode()
    rows = [re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", row, re.DOTALL) for row in page.split("<tr")[1:]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]


def minor(text: str) -> int:
    """Return the cents of an amount as a page or a file has it."""
    return int(text.replace("\N{MINUS SIGN}", "-").replace(",", "").replace(".", "").removesuffix(" USD"))


def live_two_months(wire: Wire) -> dict[str, int]:
    """Top up, reverse and fail in October and November; return what the balance was at the end of each."""
    clock = wire.post(f"{_TEST}/test_clocks", {"frozen_time": _OCTOBER}).json["id"]
    made = [
        wire.create(amount=amount, source="btok_us_verified_pending", description=f"=Order {amount}")["id"]
        for amount in (1_234_56, 78_90, 5_000_01)
    ]
    for topup in made[:2]:
        wire.post(f"{_TEST}/topups/{topup}/succeed")
    wire.post(f"{_TEST}/topups/{made[1]}/reverse")
    wire.create(amount=7_000, currency="jpy", source="btok_us_verified_pending")
    wire.post(f"{_TEST}/test_clocks/{clock}/advance", {"frozen_time": _NOVEMBER})
    until(lambda: wire.get(f"{_TEST}/test_clocks/{clock}").json["status"] == "ready", what="the clock to arrive")
    wire.post(f"{_TEST}/topups/{made[2]}/succeed")
    return {"2026-10": 1_234_56, "2026-11": 1_234_56 + 5_000_01}


def test_a_month_is_closed_from_pages_alone_and_from_files_alone(
    server: Server, account: str, person: Person, wire: Wire
) -> None:
    closing = live_two_months(wire)
    # Pages alone: the summary, and the running balance of the month's last transaction.
    for month, expected in closing.items():
        summary = table_of(person, f"/test/balance-summary?month={month}")
        usd = [
            row
            for row in summary
            if row and row[0] in {"Opening balance", "Top-up", "Top-up reversal", "Closing balance"}
        ]
        assert minor(usd[-1][-1]) == expected
        assert sum(minor(row[-1]) for row in usd[:-1]) == expected
    listed = table_of(person, f"/test/balance-transactions?currency=usd&{_PERIOD}")
    assert (minor(listed[1][5]), len(listed)) == (closing["2026-10"], 4)
    # Files alone: the closing balance, and what all transactions up to then add up to.
    name = f"balance-summary-{account}-test-2026-10-Etc-UTC.csv"
    rows = rows_of(person, "/test/balance-summary.csv?month=2026-10", name=name)
    by_category = {row["category"]: minor(row["net"]) for row in rows if row["currency"] == "usd"}
    assert by_category.pop("closing_balance") == sum(by_category.values()) == closing["2026-10"]
    name = f"balance-transactions-{account}-test-usd-to-2026-10-31.csv"
    rows = rows_of(person, "/test/balance-transactions.csv?currency=usd&created_to=2026-10-31", name=name)
    assert sum(minor(row["net"]) for row in rows) == minor(rows[0]["balance"]) == closing["2026-10"]
    assert rows[-1]["description"] == "'=Order 123456"

    # And the books prove themselves: the balance is what they have, less what November added.
    async def proven(database: Database) -> int:
        found = (await verify_books(database)).differences
        assert [each for each in found if each.scope.account == account] == []  # other files share the database
        async with database.connection() as conn:
            entries = await conn.fetch(
                "SELECT credit_account, debit_account, amount FROM journal_entries WHERE account = $1 AND NOT livemode"
                " AND currency = 'usd' AND created < 1793491200",
                account,
            )
        return sum(
            each["amount"]
            * ((each["credit_account"] == "balance:available") - (each["debit_account"] == "balance:available"))
            for each in entries
        )

    assert server.run(proven) == closing["2026-10"]


def test_the_list_is_narrowed_and_each_line_leads_to_its_page(person: Person, wire: Wire) -> None:
    assert "No balance transactions yet" in person.read("/test/balance-transactions")
    assert "There are no balances yet" in person.read("/test/balance-summary")
    live_two_months(wire)
    lines = wire.get("/v1/brim/balance_transactions?limit=100&currency=usd").json["data"]
    assert [(each["net"], each["balance"]) for each in lines] == [
        (5_000_01, 6_234_57),
        (-78_90, 1_234_56),
        (78_90, 1_313_46),
        (1_234_56, 1_234_56),
    ]
    reversal = next(each for each in lines if each["type"] == "topup_reversal")
    page = person.visit("/test/balance-transactions?type=topup_reversal").body.decode()
    assert f'href="/test/balance-transactions/{reversal["id"]}"' in page
    assert page.count('class="row-link"') == 1
    assert "Balance after 1,234.56 USD" in person.read(f"/test/balance-transactions/{reversal['id']}")
    assert (
        f'href="/test/balance-transactions/{reversal["id"]}"'
        in person.visit(f"/test/topups/{reversal['source']}").body.decode()
    )
    assert wire.get(f"/v1/brim/balance_transactions/{reversal['id']}").json == reversal
    only = person.visit(f"/test/balance-transactions?source={reversal['source']}").body.decode()
    assert only.count('class="row-link"') == 2
    for wrong, sentence in (
        ("type=payout", "Choose a type from the list"),
        ("created_from=soon", "such as 2026-11-22"),
    ):
        assert sentence in person.read(f"/test/balance-transactions?{wrong}")
    assert "No matching balance transactions" in person.read("/test/balance-transactions?currency=eur")
    assert person.visit("/test/balance-transactions/txn_nobodys").status == 404


def test_a_summary_is_of_a_month_in_a_time_zone(person: Person, wire: Wire) -> None:
    live_two_months(wire)
    page = person.visit("/test/balance-summary?month=2026-10&timezone=America/New_York").body.decode()
    assert "October 2026, America/New_York" in page
    assert 'href="/test/balance-summary?month=2026-09&amp;timezone=America%2FNew_York" rel="prev"' in page
    # Only days of the viewer's zone are days of the list.
    assert "type=topup_reversal&amp;created_from" not in page
    page = person.visit("/test/balance-summary?month=2026-10").body.decode()
    assert "type=topup_reversal&amp;created_from=2026-10-01&amp;created_to=2026-10-31" in page
    assert "This month isn't over yet" in person.read("/test/balance-summary?month=2026-11")
    person.cookie += "; brim_zone=America/New_York"
    assert 'value="America/New_York"' in person.visit("/test/balance-summary?month=2026-10").body.decode()
    assert "created_from" not in person.visit("/test/balance-summary?month=2026-10&timezone=Etc/UTC").body.decode()
    page = person.visit("/test/balance-summary?month=2026-10&timezone=America/New_York").body.decode()
    assert "type=topup_reversal&amp;created_from=2026-10-01&amp;created_to=2026-10-31" in page
    assert "Created from ( America/New_York )" in person.read("/test/balance-transactions")
    for wrong, sentence in (("timezone=Mars", "IANA time zone"), ("month=soon", "Enter a month")):
        assert sentence in person.read(f"/test/balance-summary?{wrong}")


def test_a_platform_sees_totals_across_its_accounts(person: Person, wire: Wire, account: str) -> None:
    wire.create(amount=500, source="btok_us_verified")
    under = wire.post("/v1/accounts", {"type": "custom", "country": "US"}).json["id"]
    made = wire.post(
        "/v1/topups",
        {"amount": 70, "currency": "usd", "description": "x", "source": "btok_us_verified"},
        headers={"Stripe-Account": under},
    )
    assert made.status == 200
    until(lambda: len(_accounts(wire)) == 2, what="both top-ups to arrive")
    (total,) = wire.get(_EVER).json["totals"]
    assert (total["closing_balance"], total["account"], total["net_activity"]) == (570, None, 570)
    rows = rows_of(
        person, "/test/balance-summary.csv?accounts=all", name=f"balance-summary-{account}-test-all-accounts"
    )
    closing = {row["account"]: row["net"] for row in rows if row["category"] == "closing_balance"}
    assert closing == {account: "5.00", under: "0.70", "total": "5.70"}
    text = person.read("/test/balance-summary?accounts=all")
    assert "USD, all accounts" in text
    assert under in text


def _accounts(wire: Wire) -> set[str]:
    found = wire.get(_EVER).json
    return {each["account"] for each in found["accounts"] if each["closing_balance"]}
