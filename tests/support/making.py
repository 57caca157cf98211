"""Makes what an operation's example is about, so that its samples can be run as they stand but for the ids."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from brim.api.framework.operation import Operation
from brim.web.operation_names import collection_of
from brim.web.reference.catalogue import Catalogue, Entry
from brim.web.reference.examples import path_id_of, values_of
from brim.web.samples.sample import Sample
from tests.support.polling import until
from tests.support.wire import Form, Wire

_BANK_ACCOUNT: Final = {
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[routing_number]": "110000000",
}
_METHOD: Final = {"type": "us_bank_account", **_BANK_ACCOUNT}
_SOURCE: Final = {"type": "ach_debit", "token": "btok_us_verified"}
_UNVERIFIED: Final = {"brim[verification]": "microdeposits"}
_NOW: Final = 1_793_520_000

Made: TypeAlias = tuple[str, Mapping[str, Any]]
"""The id for the path, and the values that are others than the example's."""


def all_entries(catalogue: Catalogue) -> list[Entry]:
    """Return every operation of the reference, in its order."""
    return [entry for chapter in catalogue.chapters.values() for entry in catalogue.entries(chapter)]


def sample_for(entry: Entry, wire: Wire, account: str) -> Sample:
    """Return an operation's example with the ids of objects that were just made for it."""
    operation = entry.operation
    make = _MAKERS.get(operation.operation_id) or _MAKERS.get(collection_of(operation))
    needs = "{" in operation.path or operation.operation_id in _MAKERS
    path_id, changes = make(wire, account) if make and needs else (path_id_of(operation), {})
    values = {**values_of(operation), **changes}
    return Sample(operation=operation, path_id=path_id, values=values, base=wire.url, key=wire.key or "")


def is_about(operation: Operation, answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer is of the kind that an operation says it returns."""
    if operation.in_list:
        return isinstance(answer["data"], list)
    if operation.method == "DELETE":
        return bool(answer["id"])
    fields = {field.name: field for field in msgspec.structs.fields(operation.returns)}
    return bool(answer["object"] == fields["object"].default)


def _made(path: str, form: Form) -> Callable[[Wire, str], Made]:
    def make(wire: Wire, _account: str) -> Made:
        return _post(wire, path, form), {}

    return make


def _post(wire: Wire, path: str, form: Form) -> str:
    reply = wire.send("POST", path, form=form)
    assert reply.status == 200, reply.body
    return str(reply.json["id"])


def _pending(wire: Wire, _account: str) -> Made:
    form = {"amount": 2000, "currency": "usd", "source": "btok_us_verified_pending"}
    return _post(wire, "/v1/topups", form), {}


def _succeeded(wire: Wire, account: str) -> Made:
    topup, _ = _pending(wire, account)
    return _post(wire, f"/v1/test_helpers/topups/{topup}/succeed", {}), {}


def _negative(wire: Wire, account: str) -> Made:
    topup, _ = _succeeded(wire, account)
    _hold(wire, account)
    reply = wire.post(f"/v1/test_helpers/topups/{topup}/reverse")
    assert reply.status == 200, reply.body
    return f"{account}_usd", {}


def _hold(wire: Wire, _account: str) -> Made:
    reply = wire.post("/v1/test_helpers/balance/hold", {"amount": 2000, "currency": "usd"})
    assert reply.status == 200, reply.body
    return "", {}


def _with_money(wire: Wire, account: str) -> Made:
    _succeeded(wire, account)
    return "", {}


def _statement_line(wire: Wire, account: str) -> Made:
    topup, _ = _succeeded(wire, account)
    return str(wire.get(f"/v1/topups/{topup}").json["balance_transaction"]), {}


def _event(wire: Wire, account: str) -> Made:
    _pending(wire, account)
    return str(wire.get("/v1/events").json["data"][0]["id"]), {}


def _endpoint(wire: Wire, account: str) -> Made:
    _pending(wire, account)  # one that has something to be sent
    form = {"url": "http://127.0.0.1:9/webhooks", "enabled_events[]": "*"}
    return _post(wire, "/v1/webhook_endpoints", form), {}


def _attempt(wire: Wire, account: str) -> Made:
    endpoint, _ = _endpoint(wire, account)
    path = f"/v1/webhook_endpoints/{endpoint}"
    wire.post(f"{path}/test", {"type": "topup.created"})
    found = until(lambda: wire.get(f"{path}/attempts").json["data"], what="an attempt")
    return f"{endpoint}/{found[0]['id']}", {}


def _destination(wire: Wire, _account: str) -> Made:
    wanted = {
        "name": "Wallets",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "webhook_endpoint": {"url": "http://127.0.0.1:9/webhooks"},
    }
    headers = {"Content-Type": "application/json"}
    reply = wire.send("POST", "/v2/core/event_destinations", body=json.dumps(wanted).encode(), headers=headers)
    assert reply.status == 200, reply.body
    return str(reply.json["id"]), {}


def _thin_event(wire: Wire, account: str) -> Made:
    _pending(wire, account)
    return str(wire.get("/v2/core/events").json["data"][0]["id"]), {}


def _chosen_default(wire: Wire, account: str) -> Made:
    _, changes = _default(wire, account)
    _post(wire, "/v1/brim/default_funding_sources", {"currency": "usd", **changes})
    return "usd", {}


def _default(wire: Wire, _account: str) -> Made:
    return "", {"funding_source": _post(wire, "/v1/payment_methods", _METHOD)}


def _account_under(wire: Wire, _account: str) -> Made:
    return _post(wire, "/v1/accounts", {}), {}


def _capability(wire: Wire, account: str) -> Made:
    under, _ = _account_under(wire, account)
    return f"{under}/transfers", {}


def _external_account(wire: Wire, account: str) -> Made:
    under, _ = _account_under(wire, account)
    path, form = f"/v1/accounts/{under}/external_accounts", {"external_account": "btok_us_verified"}
    _post(wire, path, form)  # the default, which cannot be deleted
    return f"{under}/{_post(wire, path, form)}", {}


def _authorization(wire: Wire, account: str) -> Made:
    _, changes = _default(wire, account)
    form = {"accepted_at": _NOW, "sec_code": "WEB", "text": "I authorize debits.", **changes}
    return _post(wire, "/v1/brim/authorizations", form), {}


def _mandate(wire: Wire, _account: str) -> Made:
    iban = {"type": "sepa_debit", "sepa_debit[iban]": "NL91ABNA0417164300", "owner[name]": "Jenny Rosen"}
    form = {"accepted_at": _NOW, "sec_code": "B2B", "text": "We authorize debits."}
    source = _post(wire, "/v1/sources", iban)
    return _post(wire, "/v1/brim/authorizations", {"funding_source": source, **form}), {}


def _account_to_hold(wire: Wire, account: str) -> Made:
    under, _ = _account_under(wire, account)
    return "", {"account": under}


def _legal_hold(wire: Wire, account: str) -> Made:
    _, changes = _account_to_hold(wire, account)
    return _post(wire, "/v1/brim/legal_holds", {"covers": "account", "reason": "Case 7", **changes}), {}


def _instructions(wire: Wire, _account: str) -> Made:
    return _post(wire, "/v1/brim/funding_instructions", {"amount": 12_500, "currency": "usd"}), {}


def _report_run(wire: Wire, _account: str) -> Made:
    interval = {"parameters[interval_start]": _NOW - 60, "parameters[interval_end]": _NOW}
    form = {"report_type": "balance.summary.1", **interval}
    return _post(wire, "/v1/reporting/report_runs", form), {}


_MAKERS: Final[dict[str, Callable[[Wire, str], Made]]] = {
    "GetWebhookEndpointsWebhookEndpointAttemptsAttempt": _attempt,
    "/v1/topups": _pending,
    "/v1/test_helpers/topups": _pending,
    "PostTestHelpersTopupsTopupReverse": _succeeded,
    "/v1/balance_transactions": _statement_line,
    "/v1/brim/balance_transactions": _statement_line,
    "/v1/brim/negative_balances": _negative,
    "PostTestHelpersBalanceHold": _with_money,
    "/v1/brim/funding_instructions": _instructions,
    "/v1/test_helpers/funding_instructions": _instructions,
    "/v1/reporting/report_runs": _report_run,
    "/v1/events": _event,
    "/v1/webhook_endpoints": _endpoint,
    "/v1/payment_methods": _made("/v1/payment_methods", _METHOD),
    "PostPaymentMethodsPaymentMethodVerifyMicrodeposits": _made("/v1/payment_methods", {**_METHOD, **_UNVERIFIED}),
    "/v1/sources": _made("/v1/sources", _SOURCE),
    "PostSourcesSourceVerify": _made("/v1/sources", {**_SOURCE, **_UNVERIFIED}),
    "/v1/tokens": _made(
        "/v1/tokens",
        {
            "bank_account[country]": "US",
            "bank_account[account_number]": "000123456789",
            "bank_account[routing_number]": "110000000",
        },
    ),
    "PostBrimDefaultFundingSources": _default,
    "PostBrimAuthorizations": _default,
    "PostBrimAuthorizationsAuthorizationAmend": _mandate,
    "PostBrimAuthorizationsAuthorizationConfirm": _mandate,
    "/v1/brim/authorizations": _authorization,
    "DeleteBrimDefaultFundingSourcesCurrency": _chosen_default,
    "/v1/brim/topups": _succeeded,
    "/v2/core/events": _thin_event,
    "/v2/core/event_destinations": _destination,
    "PostBrimLegalHolds": _account_to_hold,
    "/v1/brim/legal_holds": _legal_hold,
    "/v1/accounts": lambda _wire, account: (account, {}),
    "DeleteAccountsAccount": _account_under,
    "PostAccountsAccountReject": _account_under,
    "GetAccountsAccountCapabilities": _account_under,
    "GetAccountsAccountExternalAccounts": _account_under,
    "PostAccountsAccountExternalAccounts": _account_under,
    "/v1/accounts/{account}/capabilities": _capability,
    "/v1/accounts/{account}/external_accounts": _external_account,
    "/v1/test_helpers/test_clocks": _made("/v1/test_helpers/test_clocks", {"frozen_time": _NOW}),
}
