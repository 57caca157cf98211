"""How an account in the list of accounts is written for clients. Ours, in the wire's manner."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.account_overview import AccountStatus, AccountSummary


class AccountBalanceObject(msgspec.Struct, frozen=True, kw_only=True):
    """An account's balance in a currency."""

    available: Annotated[int, described("The available balance, in the smallest currency unit.")]
    currency: Annotated[str, described("Three-letter ISO currency code, in lowercase.", **TEXT)]


class AccountSummaryObject(msgspec.Struct, frozen=True, kw_only=True):
    """A connected account with its balances in the key's mode."""

    id: Annotated[str, described("The account's id.", pattern="^acct_[0-9A-Za-z]{16}$", **TEXT)]
    object: Annotated[str, constant("brim.account_summary")] = "brim.account_summary"
    balances: Annotated[
        list[AccountBalanceObject] | None,
        described("Its available balances, one for each currency; null if the key may not read balances."),
    ]
    country: Annotated[str, described("The country of the account.", **TEXT)]
    created: Annotated[int, described("When it was created.", **TIME)]
    email: Annotated[str | None, described("Its email address.", **TEXT)]
    last_activity: Annotated[
        int | None, described("When it last had a top-up or a balance transaction; null if it never had one.")
    ]
    name: Annotated[str | None, described("Its business name.", **TEXT)]
    status: Annotated[
        str,
        described(
            "`active`, `closed` to new top-ups in this mode, or `rejected`.",
            enum=[each.value for each in AccountStatus],
        ),
    ]


def summary_json(account: AccountSummary, *, sees_balances: bool) -> bytes:
    """Return an account's compact JSON, with its balances for who may see them."""
    return encode(
        AccountSummaryObject(
            id=account.id,
            balances=[
                AccountBalanceObject(available=each.available, currency=each.currency)
                for each in sorted(account.balances, key=lambda each: each.currency)
            ]
            if sees_balances
            else None,
            country=account.country,
            created=account.created,
            email=account.email,
            last_activity=account.last_activity,
            name=account.name,
            status=account.status.value,
        )
    )
