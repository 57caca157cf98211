"""Accounts under a platform: their details, capabilities, external accounts, and acting for them."""

from typing import Final

from wire_recording.caller import Caller
from wire_recording.topups import PENDING

_GROUP: Final = "accounts"
_DETAILS: Final = {
    "country": "US", "email": "rides@example.com", "default_currency": "usd", "business_type": "company",
    "business_profile[name]": "Rocket Rides", "business_profile[mcc]": "4121", "company[name]": "Rocket Rides Inc.",
    "company[tax_id]": "000000000", "individual[first_name]": "Jenny", "individual[ssn_last_4]": "0000",
    "individual[dob][day]": 1, "individual[dob][month]": 2, "individual[dob][year]": 1990,
    "settings[payouts][schedule][interval]": "manual", "settings[payments][statement_descriptor]": "ROCKETS",
    "capabilities[transfers][requested]": "true", "capabilities[card_payments][requested]": "true",
    "tos_acceptance[date]": 1_500_000_000, "tos_acceptance[ip]": "198.51.100.1", "metadata[a]": "b",
    "brim[settlement_days]": 3, "controller[stripe_dashboard][type]": "none",
}  # fmt: skip


def play_accounts(caller: Caller) -> str:
    """Record the lives of accounts and return one that stays, under the caller's."""
    caller.get(_GROUP, "own", "/v1/account")
    account = caller.make(_GROUP, "create", "/v1/accounts", _DETAILS)
    path = f"/v1/accounts/{account}"
    caller.get(_GROUP, "retrieve", path)
    changes = {"business_profile[name]": "Rocket Rides 2", "metadata[a]": "", "individual[last_name]": "Rosen"}
    caller.make(_GROUP, "update", path, {**changes, "brim[settlement_days]": ""})
    for kind in ("standard", "express", "custom"):
        caller.post(_GROUP, f"create {kind}", "/v1/accounts", {"type": kind})
    for country in ("DE", "XX"):
        caller.post(_GROUP, f"create in {country}", "/v1/accounts", {"country": country})
    _play_capabilities(caller, path)
    _play_external_accounts(caller, path)
    caller.post(_GROUP, "login link", f"{path}/login_links")
    _act_for(caller, account)
    _end_accounts(caller)
    return account


def _play_capabilities(caller: Caller, path: str) -> None:
    caller.get(_GROUP, "capabilities", f"{path}/capabilities")
    for name in ("transfers", "treasury", "nonsense"):
        caller.get(_GROUP, f"capability {name}", f"{path}/capabilities/{name}")
        for requested in ("true", "false"):
            form = {"requested": requested}
            caller.post(_GROUP, f"capability {name} requested {requested}", f"{path}/capabilities/{name}", form)
    caller.make(
        _GROUP, "capability request", f"{path}/capabilities/us_bank_account_ach_payments", {"requested": "true"}
    )
    caller.get(_GROUP, "capabilities after", f"{path}/capabilities")


def _play_external_accounts(caller: Caller, path: str) -> None:
    accounts = f"{path}/external_accounts"
    caller.get(_GROUP, "external none", accounts)
    first = caller.make(_GROUP, "external", accounts, {"external_account": "btok_us_verified", "metadata[a]": "b"})
    numbers = {
        "external_account[object]": "bank_account", "external_account[country]": "US",
        "external_account[currency]": "usd", "external_account[routing_number]": "110000000",
        "external_account[account_number]": "000123456789", "external_account[account_holder_name]": "Rocket Rides",
    }  # fmt: skip
    second = caller.post(_GROUP, "external by numbers", accounts, numbers).json["id"]
    caller.get(_GROUP, "external retrieve", f"{accounts}/{second}")
    changes = {"account_holder_name": "Jenny Rosen", "default_for_currency": "true", "metadata[c]": "d"}
    caller.make(_GROUP, "external update", f"{accounts}/{second}", changes)
    caller.get(_GROUP, "external list", f"{accounts}?object=bank_account")
    caller.get(_GROUP, "external cards", f"{accounts}?object=card")
    caller.delete(_GROUP, "external delete default", f"{accounts}/{second}")
    caller.delete(_GROUP, "external delete", f"{accounts}/{first}")
    caller.get(_GROUP, "external retrieve deleted", f"{accounts}/{first}")
    caller.post(_GROUP, "external by unknown token", accounts, {"external_account": "btok_none"})


def _act_for(caller: Caller, account: str) -> None:
    form = {"amount": 800, "currency": "usd", "source": PENDING}
    caller.post(_GROUP, "topup for", "/v1/topups", form, Stripe_Account=account)
    for header in ("Stripe_Account", "Stripe_Context"):
        caller.get(_GROUP, f"topups by {header}", "/v1/topups", **{header: account})
    caller.get(_GROUP, "account by header", "/v1/account", Stripe_Account=account)
    caller.get(_GROUP, "topups of unknown", "/v1/topups", Stripe_Account="acct_none")
    caller.get(_GROUP, "verification of another", "/v1/brim/verification", Stripe_Account=account)


def _end_accounts(caller: Caller) -> None:
    account = caller.post(_GROUP, "create to reject", "/v1/accounts", {"email": "rejected@example.com"}).json["id"]
    caller.post(_GROUP, "reject for nothing", f"/v1/accounts/{account}/reject", {"reason": "nonsense"})
    caller.make(_GROUP, "reject", f"/v1/accounts/{account}/reject", {"reason": "fraud"})
    caller.get(_GROUP, "retrieve rejected", f"/v1/accounts/{account}")
    form = {"amount": 800, "currency": "usd", "source": PENDING}
    caller.post(_GROUP, "topup for rejected", "/v1/topups", form, Stripe_Account=account)
    account = caller.post(_GROUP, "create to delete", "/v1/accounts", {"email": "deleted@example.com"}).json["id"]
    caller.delete(_GROUP, "delete", f"/v1/accounts/{account}")
    caller.delete(_GROUP, "delete again", f"/v1/accounts/{account}")
    caller.get(_GROUP, "retrieve deleted", f"/v1/accounts/{account}")
    caller.delete(_GROUP, "delete own", f"/v1/accounts/{caller.read('/v1/account')['id']}")
