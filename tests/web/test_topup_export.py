"""The CSV export: the filtered set, whole, and harmless in a spreadsheet."""

import csv
import io

import pytest

from brim.base.csv_file import safe_cell
from tests.support.page_visitors import Person
from tests.support.wire import Wire

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def rows_of(person: Person, target: str) -> list[dict[str, str]]:
    reply = person.visit(target)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert reply.headers["content-disposition"].startswith('attachment; filename="topups-acct_')
    text = reply.body.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def test_the_file_has_every_topup_that_the_filters_let_through(person: Person, wire: Wire) -> None:
    made = [wire.create(amount=1000 + number)["id"] for number in range(115)]
    wire.post(f"/v1/topups/{made[7]}/cancel")
    # Two processes may make one each within a millisecond, and then ids are in either order.
    expected = sorted((topup_id for topup_id in made[5:] if topup_id != made[7]), reverse=True)
    found = rows_of(person, "/test/topups.csv?status=pending&amount_from=10.05")
    assert [row["id"] for row in found] == expected
    first = next(row for row in found if row["id"] == made[5])
    assert (first["amount"], first["currency"], first["status"]) == ("10.05", "usd", "pending")


def test_the_file_of_a_search_has_all_that_it_finds(person: Person, wire: Wire) -> None:
    made = [wire.create(amount=1000 + number, currency="jpy" if number % 2 else "usd")["id"] for number in range(4)]
    assert [row["id"] for row in rows_of(person, "/test/topups.csv?currency=jpy")] == [made[3], made[1]]
    assert [row["id"] for row in rows_of(person, "/test/topups.csv?order=smallest")] == made


def test_the_list_links_to_the_file_of_the_same_filters(person: Person, wire: Wire) -> None:
    wire.create()
    page = person.visit("/test/topups?status=pending&created_from=2020-01-01&starting_after=").body.decode()
    assert 'href="/test/topups.csv?status=pending&amp;created_from=2020-01-01"' in page


def test_a_description_is_never_a_formula(person: Person, wire: Wire) -> None:
    wire.create(description='=HYPERLINK("http://x","y"),\n"z"', **{"metadata[=a]": "@b"})
    wire.create(amount=5, currency="jpy", source="btok_us_verified_pending")
    yen, dangerous = rows_of(person, "/test/topups.csv")
    assert dangerous["description"] == '\'=HYPERLINK("http://x","y"),\n"z"'
    assert (dangerous["'=a (metadata)"], dangerous["metadata_other"]) == ("'@b", "")
    assert (yen["amount"], yen["description"]) == ("5", "")


def test_what_came_of_each_topup_is_in_its_row(person: Person, wire: Wire) -> None:
    by_status = {"pending": wire.create(source="btok_us_verified_pending")["id"]}
    for status, acts in {
        "succeeded": ("succeed",),
        "failed": ("fail",),
        "reversed": ("succeed", "reverse"),
        "canceled": ("cancel",),
    }.items():
        made = wire.create(source="btok_us_verified_pending", **{f"metadata[{status}]": "yes"})["id"]
        by_status[status] = made
        for act in acts:
            wire.post(f"/v1/topups/{made}/cancel" if act == "cancel" else f"/v1/test_helpers/topups/{made}/{act}")
    rows = {row["status"]: row for row in rows_of(person, "/test/topups.csv")}
    assert {status: row["id"] for status, row in rows.items()} == by_status
    for status, row in rows.items():
        at = {name for name in ("succeeded", "failed", "canceled", "reversed") if row[f"{name}_utc"]}
        assert at == ({"succeeded", "reversed"} if status == "reversed" else {status} - {"pending"})
        assert row["metadata_other"] == ""
        assert status == "pending" or row[f"{status} (metadata)"] == "yes"
    (reversal,) = wire.get("/v1/balance_transactions?type=topup_reversal").json["data"]
    assert rows["reversed"]["reversal_balance_transaction"] == reversal["id"]
    assert (rows["failed"]["failure_code"], rows["failed"]["failure_message"]) != ("", "")
    assert rows["pending"]["funding_source"]
    assert (
        "-test-failed-from-2020-01-01.csv"
        in person.visit("/test/topups.csv?status=failed&created_from=2020-01-01").headers["content-disposition"]
    )


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\N{FULLWIDTH EQUALS SIGN}1",
        "\N{FULLWIDTH PLUS SIGN}1",
        "\N{FULLWIDTH HYPHEN-MINUS}1",
        "\N{FULLWIDTH COMMERCIAL AT}SUM(A1)",
        "\N{SMALL PLUS SIGN}1",
        "\N{SMALL HYPHEN-MINUS}1",
        "\N{SMALL EQUALS SIGN}1",
        "\N{SMALL COMMERCIAL AT}1",
        "\N{NO-BREAK SPACE}=1",
        "\N{IDEOGRAPHIC SPACE}\N{FULLWIDTH EQUALS SIGN}1",
        "\N{ZERO WIDTH SPACE}=1",
        "\N{ZERO WIDTH NO-BREAK SPACE}=1",
    ],
)
def test_what_a_spreadsheet_could_calculate_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == "'" + text


def test_other_texts_stay_as_they_are() -> None:
    assert [safe_cell(text) for text in ("Order 5", "a=b", "", None)] == ["Order 5", "a=b", "", ""]


def test_a_refusal_is_a_page_and_no_file(person: Person) -> None:
    reply = person.wire.get("/test/topups.csv")
    assert reply.status == 303


@pytest.mark.parametrize("page", ["/test/topups", "/test/balance-transactions"])
def test_a_filter_that_cannot_be_read_leads_to_the_list_and_makes_no_file_of_everything(
    person: Person, page: str
) -> None:
    reply = person.visit(f"{page}.csv?created_from=soon")
    assert (reply.status, reply.headers["location"]) == (303, f"{page}?created_from=soon")
