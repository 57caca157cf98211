"""Accounts are rejected and deleted by their platform, never with money, and never with their books."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from brim.platform.database import Database
from tests.support.connected_accounts import WISH, acting_for, live
from tests.support.polling import until
from tests.support.seeding import Seed, seed_topups
from tests.support.service import Connect, Server
from tests.support.wire import Wire


def in_use(client: StripeClient, account: str) -> list[str]:
    """Return why an account can be neither deleted nor rejected."""
    reasons = []
    for call in (partial(client.v1.accounts.delete, account), partial(reject, client, account)):
        with pytest.raises(stripe.InvalidRequestError, match="All balances must be zero") as caught:
            call()
        assert caught.value.http_status == 400
        reasons.append(str(caught.value.user_message))
    assert client.v1.accounts.retrieve(account).charges_enabled
    return reasons


def reject(client: StripeClient, account: str, reason: str = "fraud") -> stripe.Account:
    return client.v1.accounts.reject(account, {"reason": reason})


def test_a_deleted_account_is_reached_by_nobody_and_its_books_stay(
    client: StripeClient, connect: Connect, server: Server, wire: Wire
) -> None:
    made, kept = (client.v1.accounts.create({"email": "jenny@example.com"}).id for _ in range(2))
    own_key = server.make_key(made)
    own, acting = connect(own_key), acting_for(made)
    topup = own.v1.topups.create(WISH)
    own.v1.topups.cancel(topup.id)
    assert client.v1.topups.list({}, acting).data[0].id == topup.id
    own.v1.accounts.external_accounts.create(made, {"external_account": "btok_us_verified"})
    gone: Any = client.v1.accounts.delete(made)
    assert (gone.id, gone.object, gone.deleted) == (made, "account", True)

    def is_out_of_reach() -> bool:
        statuses = [
            wire.get(f"/v1/accounts/{made}").status,
            wire.get("/v1/topups", headers={"Stripe-Account": made}).status,
            Wire(server.url, own_key).get("/v1/topups").status,
        ]
        return statuses == [403, 403, 401]

    until(is_out_of_reach, what="the account to be out of reach")
    assert [account.id for account in client.v1.accounts.list().data] == [kept]
    with pytest.raises(stripe.PermissionError):
        client.v1.accounts.delete(made)
    with pytest.raises(stripe.InvalidRequestError, match=f"No such account: '{made}'"):
        client.v1.accounts.list({"starting_after": made})
    assert client.v1.topups.list({}, acting_for(kept)).data == []

    async def read(database: Database) -> tuple[Any, int, int]:
        async with database.connection() as conn:
            row = await conn.fetchrow("SELECT email, details::text, deleted_ms FROM accounts WHERE account = $1", made)
            topups = await conn.fetchval("SELECT count(*) FROM topups WHERE account = $1", made)
            events = await conn.fetchval("SELECT count(*) FROM events WHERE account = $1", made)
            banks = await conn.fetchval("SELECT count(*) FROM external_accounts WHERE account = $1", made)
            return (row["email"], row["details"], row["deleted_ms"] is not None, banks), topups, events

    assert server.run(read) == ((None, "{}", True, 0), 1, 2)


def test_an_account_with_live_money_or_with_some_on_its_way_stays(
    client: StripeClient, connect: Connect, server: Server
) -> None:
    platform = connect(server.make_key(client.v1.accounts.retrieve_current().id, livemode=True))
    made = platform.v1.accounts.create({}).id
    (pending,) = seed_topups(server, made, [Seed(500, 1_780_000_000)], livemode=True)
    assert ["pending top-ups in live mode" in reason for reason in in_use(platform, made)] == [True, True]
    platform.v1.topups.cancel(pending, {}, acting_for(made))
    assert not reject(platform, made).charges_enabled
    platform.v1.accounts.delete(made)


def test_test_money_keeps_nobody(client: StripeClient) -> None:
    """As at the vendor, whose test mode accounts can be rejected and deleted at any time."""
    made = client.v1.accounts.create({}).id
    live(client, acting_for(made), made)
    client.v1.topups.create(WISH, acting_for(made))
    assert not reject(client, made).charges_enabled
    client.v1.accounts.delete(made)


def with_a_live_key(_platform: StripeClient, server: Server, account: str) -> None:
    server.make_key(account, livemode=True)


def with_a_live_topup(platform: StripeClient, server: Server, account: str) -> None:
    (topup,) = seed_topups(server, account, [Seed(500, 1_780_000_000)], livemode=True)
    platform.v1.topups.cancel(topup, {}, acting_for(account))


def with_a_live_endpoint(platform: StripeClient, _server: Server, account: str) -> None:
    wanted: Any = {"url": "https://example.com/hook", "enabled_events": ["*"]}
    platform.v1.webhook_endpoints.create(wanted, acting_for(account))


@pytest.mark.parametrize("use", [None, with_a_live_key, with_a_live_topup, with_a_live_endpoint])
def test_no_test_key_changes_an_account_that_is_used_in_live_mode(
    client: StripeClient,
    connect: Connect,
    server: Server,
    use: Callable[[StripeClient, Server, str], None] | None,
) -> None:
    """A restricted test key ended live keys and live top-ups, and changed the address that live mode reads."""
    platform = connect(server.make_key(client.v1.accounts.retrieve_current().id, livemode=True))
    maker = platform if use is None else client
    made = maker.v1.accounts.create({"email": "shop@example.com"}).id
    if use is not None:
        client.v1.accounts.update(made, {"email": "open@example.com"})
        use(platform, server, made)
    before = platform.v1.accounts.retrieve(made).to_dict()
    calls = (
        partial(client.v1.accounts.update, made, {"email": "evil@example.com"}),
        partial(client.v1.accounts.capabilities.update, made, "transfers", {"requested": True}),
        partial(reject, client, made),
        partial(client.v1.accounts.delete, made),
    )
    for call in calls:
        with pytest.raises(stripe.InvalidRequestError, match="is used in live mode") as caught:
            call()
        assert (caught.value.http_status, caught.value.code) == (400, "livemode_mismatch")
    assert platform.v1.accounts.retrieve(made).to_dict() == before
    platform.v1.accounts.update(made, {"email": "new@example.com"})
    own_mode: Any = {"brim": {"settlement_days": 2}}
    client.v1.accounts.update(made, own_mode)
    bank = client.v1.accounts.external_accounts.create(made, {"external_account": "btok_us_verified"})
    assert [each.id for each in client.v1.accounts.external_accounts.list(made).data] == [bank.id]
    assert platform.v1.accounts.external_accounts.list(made).data == []
    platform.v1.accounts.delete(made)


def test_a_rejected_account_is_not_topped_up_any_more(client: StripeClient, connect: Connect, server: Server) -> None:
    made = client.v1.accounts.create({"capabilities": {"transfers": {"requested": True}}}).id
    own = connect(server.make_key(made))
    own.v1.topups.cancel(own.v1.topups.create(WISH).id)
    rejected = reject(client, made, "terms_of_service")
    assert (rejected.charges_enabled, rejected.payouts_enabled) == (False, False)
    assert rejected.requirements is not None
    assert rejected.requirements.disabled_reason == "rejected.terms_of_service"
    assert rejected.to_dict()["capabilities"] == {"transfers": "inactive"}
    for _ in range(10):  # whatever process answers
        with pytest.raises(stripe.InvalidRequestError, match="has been rejected by its platform"):
            own.v1.topups.create(WISH)
    preview: Any = {"currency": "usd"}
    with pytest.raises(stripe.InvalidRequestError, match="has been rejected by its platform"):
        own.raw_request("get", "/v1/brim/availability_preview", **preview)
    assert len(own.v1.topups.list().data) == 1
    assert not client.v1.accounts.retrieve(made).charges_enabled
    client.v1.accounts.delete(made)


def test_only_its_platform_ends_an_account(client: StripeClient, connect: Connect, server: Server) -> None:
    made = client.v1.accounts.create({}).id
    own = connect(server.make_key(made))
    calls = {
        "delete": (
            partial(own.v1.accounts.delete, made),
            partial(client.v1.accounts.delete, client.v1.accounts.retrieve_current().id),
        ),
        "reject": (partial(reject, own, made), partial(reject, client, client.v1.accounts.retrieve_current().id)),
    }
    for what, refused in calls.items():
        for call in refused:
            with pytest.raises(stripe.PermissionError, match=f"not authorized to {what} this account") as caught:
                call()
            assert caught.value.http_status == 403
    assert own.v1.accounts.retrieve(made).charges_enabled
