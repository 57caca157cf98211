"""The filters of the list of top-ups: from what stands in its address to what the API is asked for."""

from collections.abc import Mapping
from typing import Final

import msgspec

from brim.base.currency import CURRENCIES
from brim.http.form import Field
from brim.web.dashboard.days import DAY_FIELDS, read_days
from brim.web.dashboard.formats import AmountError, read_amount
from brim.web.dashboard.forms import Form
from brim.web.zones import ViewerZone

STATUSES: Final = ("pending", "succeeded", "failed", "canceled", "reversed")
ORDERS: Final = ("newest", "oldest", "largest", "smallest")
_PLAIN: Final = ("failure_code", "funding_source", "description")
_METADATA: Final = ("metadata_key", "metadata_value")
NAMES: Final = ("status", "currency", "amount_from", "amount_to", *DAY_FIELDS, *_PLAIN, *_METADATA, "order")
_ANY_CURRENCY: Final = "usd"
"""Without a currency, amounts are compared in smallest units; typed ones are read with two decimals."""


class TopupQuery(msgspec.Struct, frozen=True):
    """What the API is asked for, and the form as it was filled in.

    `is_search`: whether that is more than `GET /v1/topups` filters by.
    """

    query: dict[str, Field]
    form: Form
    is_search: bool

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.form.values.keys() - {"order"})

    @property
    def has_details(self) -> bool:
        """Whether anything but the status, which is not in the form, is filtered by."""
        return bool(self.form.values.keys() - {"order", "status"})

    @property
    def counted(self) -> dict[str, Field]:
        """What the counts of the statuses are asked for by."""
        return {name: value for name, value in self.query.items() if name not in {"status", "order"}}


def read_filters(given: Mapping[str, str], zone: ViewerZone) -> TopupQuery:
    """Return the filters of an address; a field that cannot be read filters nothing and shows its error."""
    form = Form(values={name: given[name].strip() for name in NAMES if given.get(name, "").strip()})
    values = form.values
    query: dict[str, Field] = {name: values[name] for name in _PLAIN if name in values}
    for name, known, wrong in (
        ("status", STATUSES, "Choose a status."),
        ("currency", CURRENCIES, "Choose a currency."),
        ("order", ORDERS, "Choose an order."),
    ):
        if values.get(name, "").lower() in known:
            query[name] = values[name].lower()
        elif name in values:
            form.errors[name] = wrong
    if query.get("order") == "newest":
        del query["order"]
    query |= _metadata(form)
    is_search = bool(query.keys() - {"status"})
    currency = str(query.get("currency", _ANY_CURRENCY))
    amounts = {"gte": _amount(form, "amount_from", currency), "lte": _amount(form, "amount_to", currency)}
    given_amounts: dict[str, Field] = {end: bound for end, bound in amounts.items() if bound is not None}
    ranges: dict[str, Field] = {"amount": given_amounts, "created": read_days(form, zone)}
    return TopupQuery(query | {name: bounds for name, bounds in ranges.items() if bounds}, form, is_search)


def _metadata(form: Form) -> dict[str, Field]:
    """Return the pair of metadata; half of one shows what is missing."""
    key, value = (form.values.get(name) for name in _METADATA)
    if key and value:
        return {"metadata": {key: value}}
    if key:
        form.errors["metadata_value"] = "Enter the value too."
    elif value:
        form.errors["metadata_key"] = "Enter the key too."
    return {}


def _amount(form: Form, name: str, currency: str) -> int | None:
    text = form.values.get(name)
    if not text:
        return None
    try:
        return read_amount(text, currency)
    except AmountError as error:
        form.errors[name] = str(error)
        return None
