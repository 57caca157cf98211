"""The lives of top-ups: created, updated, canceled, and played by the bank in every way that test mode knows."""

from collections.abc import Mapping
from typing import Any, Final

from wire_recording.caller import Caller

PENDING: Final = "btok_us_verified_pending"
"""The source of a top-up that waits for ever."""

HELPERS: Final = "/v1/test_helpers/topups"
OK: Final = 200
_SOURCES: Final = {
    "btok_us_verified": "succeeded",
    "btok_us_verified_noAccount": "failed",
    "btok_us_verified_accountClosed": "failed",
    "btok_us_verified_insufficientFunds": "failed",
    "btok_us_verified_debitNotAuthorized": "failed",
    "btok_us_verified_invalidCurrency": "failed",
    "btok_us_verified_reversed": "reversed",
    "btok_us_verified_reversedLate": "reversed",
}
_METHODS: Final = {
    "pm_usBankAccount_success": "succeeded",
    "pm_usBankAccount_noAccount": "failed",
    "pm_usBankAccount_accountClosed": "failed",
    "pm_usBankAccount_insufficientFunds": "failed",
    "pm_usBankAccount_debitNotAuthorized": "failed",
    "pm_usBankAccount_invalidCurrency": "failed",
    "pm_usBankAccount_dispute": "reversed",
    "pm_usBankAccount_reversed": "reversed",
    "pm_usBankAccount_reversedLate": "reversed",
    "pm_usBankAccount_processing": "pending",
    "pm_usBankAccount_failMicrodeposits": "",
}
_CODES: Final = (
    "account_closed bank_account_restricted bank_ownership_changed could_not_process debit_not_authorized "
    "incorrect_account_holder_name insufficient_funds invalid_account_number invalid_currency no_account nonsense"
).split()
_REFUSED: Final[dict[str, Mapping[str, object]]] = {
    "negative amount": {"amount": -1, "currency": "usd"},
    "zero amount": {"amount": 0, "currency": "usd"},
    "huge amount": {"amount": 10**12, "currency": "usd"},
    "amount of letters": {"amount": "ten", "currency": "usd"},
    "no amount": {"currency": "usd"},
    "no currency": {"amount": 1},
    "unknown currency": {"amount": 1, "currency": "xxx"},
    "currency without such decimals": {"amount": 105, "currency": "isk"},
    "currency without a bank account": {"amount": 100, "currency": "chf"},
    "unknown source": {"amount": 1, "currency": "usd", "source": "src_none"},
    "unknown payment method": {"amount": 1, "currency": "usd", "payment_method": "pm_none"},
    "source and payment method": {
        "amount": 1, "currency": "usd", "source": PENDING, "payment_method": "pm_usBankAccount_success",
    },
    "long statement descriptor": {"amount": 1, "currency": "usd", "statement_descriptor": "too long for a statement"},
    "statement descriptor without letters": {"amount": 1, "currency": "usd", "statement_descriptor": "123"},
    "long description": {"amount": 1, "currency": "usd", "description": "d" * 5001},
    "long metadata key": {"amount": 1, "currency": "usd", f"metadata[{'k' * 41}]": "v"},
    "unknown network": {"amount": 1, "currency": "usd", "payment_method_options[us_bank_account][network]": "wire"},
}  # fmt: skip


def play_topups(caller: Caller, *, group: str = "topups") -> None:
    """Record all that can become of top-ups in real time, where a banking day takes some milliseconds."""
    _create_and_change(caller, group)
    for name, form in _REFUSED.items():
        create_topup(caller, group, f"create refused {name}", form)
    for parameter, outcomes in (("source", _SOURCES), ("payment_method", _METHODS)):
        for value, status in outcomes.items():
            form = {"amount": 1500, "currency": "usd", parameter: value}
            create_topup(caller, group, f"create by {value}", form, status=status)
    _force_outcomes(caller, group)
    for currency, amount in (("eur", 1234), ("jpy", 500), ("kwd", 1230)):
        create_topup(caller, group, f"create in {currency}", {"amount": amount, "currency": currency})
    _show_balance(caller, group)


def create_topup(
    caller: Caller, group: str, name: str, form: Mapping[str, object], *, status: str = "succeeded"
) -> None:
    """Record how a top-up is created and, unless it is refused, what it has become.

    Args:
        caller: speaks for the account.
        group: where files go.
        name: what the file is called.
        form: what is sent.
        status: the last one, which is waited for.
    """
    reply = caller.post(group, name, "/v1/topups", form)
    if reply.status == OK:
        path = f"/v1/topups/{reply.json['id']}"
        caller.wait(path, lambda seen: seen["status"] == status)
        wait_until_available(caller)
        caller.get(group, f"{name} then {status}", path)


def wait_until_available(caller: Caller) -> None:
    """Return once it has been announced of all money that came that it is available.

    That is a step of its own, and announced once for what came before it: two top-ups in a row have one event or two.
    """
    came = caller.read("/v1/events?type=topup.succeeded&limit=1")["data"]
    if came:
        path = "/v1/events?type=balance.available&limit=1"
        caller.wait(path, lambda seen: any(each["id"] > came[0]["id"] for each in seen["data"]))


def _create_and_change(caller: Caller, group: str) -> None:
    form = {
        "amount": 2000, "currency": "USD", "source": PENDING, "description": "First", "statement_descriptor": "Top-up",
        "transfer_group": "group 1", "metadata[order]": "6735",
    }  # fmt: skip
    topup = caller.make(group, "create", "/v1/topups", form)
    _wait_until_numbered(caller, 1)
    path = f"/v1/topups/{topup}"
    caller.get(group, "retrieve", path)
    caller.get(group, "retrieve expanded", f"{path}?expand[]=balance_transaction&expand[]=payment_method")
    caller.make(group, "update", path, {"description": "Second", "metadata[more]": "x", "metadata[order]": ""})
    caller.post(group, "update metadata away", path, {"metadata": ""})
    caller.post(group, "update refused", path, {"amount": 1})
    caller.make(group, "cancel", f"{path}/cancel")
    _wait_until_numbered(caller, 2)
    caller.post(group, "cancel canceled", f"{path}/cancel")
    for ending in ("succeed", "fail", "reverse"):
        caller.post(group, f"{ending} canceled", f"{HELPERS}/{topup}/{ending}")
    caller.get(group, "transfers of canceled", f"/v1/brim/topups/{topup}/transfers")
    expanding = {"amount": 700, "currency": "usd", "payment_method": "pm_usBankAccount_processing"}
    caller.post(group, "create expanded", "/v1/topups", {**expanding, "expand[]": "payment_method"})
    _wait_until_numbered(caller, 3)


def _wait_until_numbered(caller: Caller, count: int) -> None:
    """Return once so many events are numbered: of two that come at once either may get its number first."""
    caller.wait("/v1/events?after_sequence=0", lambda seen: len(seen["data"]) >= count)


def _force_outcomes(caller: Caller, group: str) -> None:
    topup = _pending(caller, group, "to succeed")
    caller.make(group, "succeed", f"{HELPERS}/{topup}/succeed")
    caller.post(group, "succeed succeeded", f"{HELPERS}/{topup}/succeed")
    caller.post(group, "cancel succeeded", f"/v1/topups/{topup}/cancel")
    wait_until_available(caller)
    caller.get(group, "retrieve with its transaction", f"/v1/topups/{topup}?expand[]=balance_transaction")
    caller.get(group, "transfers of succeeded", f"/v1/brim/topups/{topup}/transfers")
    caller.make(group, "reverse", f"{HELPERS}/{topup}/reverse", {"failure_code": "insufficient_funds"})
    caller.get(group, "transfers of reversed", f"/v1/brim/topups/{topup}/transfers")
    caller.make(group, "fail", f"{HELPERS}/{_pending(caller, group, 'to fail')}/fail")
    for code in _CODES:
        topup = _pending(caller, group, f"to fail by {code}")
        caller.post(group, f"fail by {code}", f"{HELPERS}/{topup}/fail", {"failure_code": code})
    caller.post(group, "reverse without a reason", f"{HELPERS}/{_succeeded(caller, group)}/reverse")


def _show_balance(caller: Caller, group: str) -> None:
    for name in ("balance", "brim/balance_overview"):
        caller.get(group, name, f"/v1/{name}")
    for path in ("balance_transactions", "balance/history"):
        listed: list[Any] = caller.get(group, path, f"/v1/{path}?limit=100").json["data"]
        for kind in sorted({line["type"] for line in listed}):
            line = next(each["id"] for each in listed if each["type"] == kind)
            caller.get(group, f"{path} {kind}", f"/v1/{path}/{line}?expand[]=source")
    for query in ("currency=usd", "currency=usd&amount=2000", "currency=isk", f"currency=usd&source={PENDING}"):
        caller.get(group, f"preview {query}", f"/v1/brim/availability_preview?{query}")


def _pending(caller: Caller, group: str, name: str) -> str:
    form = {"amount": 900, "currency": "usd", "source": PENDING}
    return str(caller.post(group, f"create {name}", "/v1/topups", form).json["id"])


def _succeeded(caller: Caller, group: str) -> str:
    topup = _pending(caller, group, "to take back")
    caller.post(group, "succeed to take back", f"{HELPERS}/{topup}/succeed")
    wait_until_available(caller)
    return topup
