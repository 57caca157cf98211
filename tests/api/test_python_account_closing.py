"""Accounts are rejected and deleted by their platform, never with money, and never with their books."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from api.polling import until
from api.seeding import Seed, seed_topups
from api.test_python_connect import WISH, acting_for, live
from api.wire import Wire
from brim.platform.database import Database
from service import Connect, Server


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


def test_an_account_with_money_or_with_money_on_its_way_stays(client: StripeClient, server: Server) -> None:
    made = client.v1.accounts.create({}).id
    topup = client.v1.topups.create(WISH, acting_for(made))
    assert ["pending top-ups" in reason for reason in in_use(client, made)] == [True, True]
    client.v1.topups.cancel(topup.id, {}, acting_for(made))
    live(client, acting_for(made), made)
    assert ["a balance" in reason for reason in in_use(client, made)] == [True, True]
    rich = client.v1.accounts.create({}).id
    seed_topups(server, rich, [Seed(500, 1_780_000_000)], livemode=True)
    assert len(in_use(client, rich)) == 2


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


def test_no_create_slips_past_the_end_of_its_account(client: StripeClient, server: Server) -> None:
    """Creates and a deletion at the same moment: either the deletion is refused, or nothing is pending after it."""
    for _ in range(5):
        made = client.v1.accounts.create({}).id

        def create(account: str = made) -> bool:
            try:
                client.v1.topups.create(WISH, acting_for(account))
            except stripe.StripeError:
                return False
            return True

        def delete(account: str = made) -> bool:
            try:
                client.v1.accounts.delete(account)
            except stripe.InvalidRequestError:
                return False
            return True

        with ThreadPoolExecutor(9) as pool:
            creates = [pool.submit(create) for _ in range(4)]
            deletion = pool.submit(delete)
            creates += [pool.submit(create) for _ in range(4)]
            created = [each.result() for each in creates]
            deleted = deletion.result()

        async def pending(database: Database, account: str = made) -> int:
            async with database.connection() as conn:
                count: int = await conn.fetchval("SELECT count(*) FROM topups WHERE account = $1", account)
                return count

        assert server.run(pending) == sum(created)
        assert not (deleted and any(created))
