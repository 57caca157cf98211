"""`stripe trigger`: events on demand."""

from stripe import StripeClient

from cli.stripe_cli import StripeCli


def test_triggering_topup_created_makes_exactly_that_event(each_cli: StripeCli, client: StripeClient) -> None:
    triggered = each_cli.run("trigger", "topup.created")
    assert triggered.status == 0, triggered.errors
    events = client.v1.events.list({"type": "topup.created"}).data
    assert [event.data.object["amount"] for event in events] == [2000]


def test_a_trigger_takes_overrides(each_cli: StripeCli, client: StripeClient) -> None:
    triggered = each_cli.run(
        *("trigger", "topup.created", "--override", "topup:amount=777"),
        *("--add", "topup:transfer_group=g1", "--remove", "topup:description"),
    )
    assert triggered.status == 0, triggered.errors
    (topup,) = client.v1.topups.list().data
    assert (topup.amount, topup.transfer_group, topup.description) == (777, "g1", None)
