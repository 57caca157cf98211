"""Add to balance: choose what pays, how much, in which currency, and see when the money will be usable."""

from collections.abc import Mapping
from typing import Any, Final

from brim.base.currency import CURRENCIES
from brim.base.ids import random_base62
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.balance.overview import find_clock
from brim.web.dashboard.formats import AmountError, example_amount, read_amount
from brim.web.dashboard.forms import Form
from brim.web.dashboard.funding_sources.reading import FundingSource, list_defaults, list_funding_sources
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.availability import ask_promise
from brim.web.dashboard.wording import TEST_SOURCES

DEFAULT_SOURCE: Final = "default"
_FIELDS: Final = (
    "amount",
    "currency",
    "funding",
    "statement_descriptor",
    "description",
    "transfer_group",
    "retry_of",
)
_ASKED: Final = "ask"
"""The button that asks when the money could be used, and sends nothing on."""

_FIELD_OF: Final = {"source": "funding", "payment_method": "funding"}


async def show(page: SignedVisit) -> Reply:
    """`GET /topups/new`; currency, amount and the top-up to retry may be given in the query."""
    values = dict.fromkeys(_FIELDS, "") | {"currency": "usd", "funding": DEFAULT_SOURCE}
    values |= {name: value for name, value in page.query.items() if name in _FIELDS}
    return await _reply(page, Form(values=values))


async def create(page: SignedVisit) -> Reply:
    """`POST /topups/new`. The form's key makes one top-up of however many times it is sent.

    Asked only when the money could be used, it makes none: the form comes back as it was, under the same key.
    """
    form = Form(values={name: page.form.get(name, "").strip() for name in _FIELDS})
    sent_key = page.form.get("idempotency_key", "")
    if _ASKED in page.form:
        return await _reply(page, form, idempotency_key=sent_key)
    fields = _read(form)
    if not form.is_right:
        return await _reply(page, form, status=400)
    try:
        topup = await page.api.post("/v1/topups", fields, idempotency_key=sent_key or None)
    except ApiRefusedError as error:
        form.refuse(error, _FIELD_OF)
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/topups/{topup['id']}", done="created")


async def _reply(page: SignedVisit, form: Form, *, status: int = 200, idempotency_key: str = "") -> Reply:
    """Return the form with what is promised for its currency and for what pays; a new key unless one is given."""
    form.idempotency_key = idempotency_key or random_base62(24)
    currency = form.values["currency"].lower()
    on_file = await list_funding_sources(page.api)
    sources = _choices(on_file)
    has_default = await _has_default(page)
    names_one = form.values["funding"] not in {"", DEFAULT_SOURCE}
    if not has_default and sources and not names_one:
        form.values["funding"] = sources[0][0]
    return page.reply(
        "dashboard/topup_new.html",
        status=status,
        form=form,
        sources=sources,
        has_default=has_default,
        is_possible=has_default or bool(sources) or names_one,
        unverified=[source for source in on_file if source.state == "pending"],
        examples={code: example_amount(code) for code in CURRENCIES},
        test_sources=() if page.session.livemode else TEST_SOURCES,
        currencies=[(code, code.upper()) for code in CURRENCIES],
        clock=await find_clock(page),
        promise=await ask_promise(page.api, currency=currency, paying=_paying(form.values)),
        was_asked=_ASKED in page.form,
    )


async def _has_default(page: SignedVisit) -> bool:
    """Tell whether a top-up that names no bank account is funded: in test mode always, in live mode by a default."""
    return not page.session.livemode or bool(await list_defaults(page.api))


def _choices(sources: list[FundingSource]) -> list[tuple[str, str]]:
    """Return what can pay beside the default, for the form."""
    return [(source.id, source.label) for source in sources if source.can_pay]


def _read(form: Form) -> dict[str, Field]:
    """Return the API's parameters from the form's fields; what cannot be read shows its error."""
    values = form.values
    currency = values["currency"].lower()
    fields: dict[str, Field] = {
        "currency": currency,
        **{name: values[name] or None for name in ("statement_descriptor", "description", "transfer_group")},
        **_paying(values),
    }
    if values["retry_of"]:
        fields["brim"] = {"retry_of": values["retry_of"]}
    if currency not in CURRENCIES:
        form.errors["currency"] = "Choose a currency."
        return fields
    try:
        fields["amount"] = read_amount(values["amount"], currency)
    except AmountError as error:
        form.errors["amount"] = str(error)
    return fields


def _paying(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameter that names what pays; none for the account's default."""
    chosen = values["funding"]
    if chosen in {"", DEFAULT_SOURCE}:
        return {}
    return {"payment_method" if chosen.startswith("pm_") else "source": chosen}
