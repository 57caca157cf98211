"""Resource commands of the official CLI: what they print is the API's answer, and what they send is understood."""

import json

import pytest
from stripe import StripeClient

from tests.support.stripe_cli import StripeCli
from tests.support.wire import PENDING

NEW = ("topups", "create", "--amount", "2000", "--currency", "usd")


def create(each_cli: StripeCli, *more: str) -> str:
    """Return the id of a new top-up that stays pending."""
    return str(each_cli.run(*NEW, "--source", PENDING, *more).json["id"])


def test_a_create_under_one_idempotency_key_makes_one_topup(each_cli: StripeCli, client: StripeClient) -> None:
    command = (*NEW, "-d", "metadata[order_id]=6735", "-i", "order-6735")
    first, second = each_cli.run(*command), each_cli.run(*command)
    assert first.json["id"] == second.json["id"]
    assert first.json["metadata"] == {"order_id": "6735"}
    assert [topup.id for topup in client.v1.topups.list().data] == [first.json["id"]]


def test_what_is_printed_is_json_with_two_spaces(each_cli: StripeCli) -> None:
    printed = each_cli.run(*NEW)
    assert printed.text.rstrip("\n") == json.dumps(printed.json, indent=2, ensure_ascii=False)


def test_headers_are_shown_on_demand(each_cli: StripeCli) -> None:
    printed = each_cli.run(*NEW, "-s", "-i", "a-key").errors.lower()
    for name in ("content-type", "idempotency-key", "request-id", "stripe-version"):
        assert name in printed


def test_a_list_takes_filters(each_cli: StripeCli) -> None:
    create(each_cli)
    newest = create(each_cli)
    page = each_cli.run("topups", "list", "--limit", "1", "--status", "pending", "-d", "created[gte]=0").json
    assert [topup["id"] for topup in page["data"]] == [newest]
    assert page["has_more"] is True


@pytest.mark.parametrize(
    "command", [("topups", "retrieve", "{id}"), ("get", "{id}"), ("get", "/v1/topups/{id}"), ("get", "topups/{id}")]
)
def test_a_topup_is_retrieved_in_every_form(each_cli: StripeCli, command: tuple[str, ...]) -> None:
    topup_id = create(each_cli)
    assert each_cli.run(*(word.format(id=topup_id) for word in command)).json["id"] == topup_id


def test_a_retrieve_expands(each_cli: StripeCli, client: StripeClient) -> None:
    topup_id = create(each_cli)
    client.raw_request("post", f"/v1/test_helpers/topups/{topup_id}/succeed")
    topup = each_cli.run("topups", "retrieve", topup_id, "-e", "balance_transaction").json
    assert topup["balance_transaction"]["source"] == topup_id


def test_an_update_removes_a_key_sent_empty(each_cli: StripeCli) -> None:
    topup_id = create(each_cli, "-d", "metadata[order_id]=6735", "-d", "metadata[kept]=yes")
    updated = each_cli.run("topups", "update", topup_id, "-d", "metadata[order_id]=", "--description", "changed").json
    assert (updated["metadata"], updated["description"]) == ({"kept": "yes"}, "changed")


def test_a_second_cancel_is_an_error_that_is_printed(each_cli: StripeCli) -> None:
    topup_id = create(each_cli)
    assert each_cli.run("topups", "cancel", topup_id).json["status"] == "canceled"
    assert each_cli.run("topups", "cancel", topup_id).json["error"]["type"] == "invalid_request_error"


def test_plain_requests_go_through(each_cli: StripeCli) -> None:
    made = each_cli.run("post", "/v1/topups", "-d", "amount=700", "-d", "currency=usd").json
    assert made["amount"] == 700
    refused = each_cli.run("delete", f"/v1/topups/{made['id']}", "-c").json
    assert refused["error"]["type"] == "invalid_request_error"


def test_another_version_can_be_asked_for(each_cli: StripeCli) -> None:
    assert "2026-06-24.dahlia" in each_cli.run(*NEW, "-s", "-v", "2026-06-24.dahlia").errors


def test_a_dry_run_sends_nothing(each_cli: StripeCli, client: StripeClient) -> None:
    assert each_cli.run(*NEW, "--dry-run").status == 0
    assert not client.v1.topups.list().data


def test_the_balance_and_the_events_are_there(each_cli: StripeCli) -> None:
    topup_id = create(each_cli)
    assert each_cli.run("balance", "retrieve").json["object"] == "balance"
    events = each_cli.run("events", "list", "-d", "type=topup.created").json["data"]
    assert [event["data"]["object"]["id"] for event in events] == [topup_id]
    assert each_cli.run("events", "retrieve", events[0]["id"]).json["id"] == events[0]["id"]
