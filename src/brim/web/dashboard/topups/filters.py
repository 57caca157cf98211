"""The filters of the list of top-ups: from what stands in its address to what the API is asked for."""

from collections.abc import Mapping
from typing import Final

import msgspec

from brim.http.form import Field
from brim.web.dashboard.days import read_days
from brim.web.dashboard.formats import AmountError, read_amount
from brim.web.dashboard.forms import Form

STATUSES: Final = ("pending", "succeeded", "failed", "canceled", "reversed")
NAMES: Final = ("status", "amount_from", "amount_to", "created_from", "created_to")
_ANY_CURRENCY: Final = "usd"
"""Amounts are compared in smallest units whatever the currency; typed ones are read with two decimals."""


class TopupQuery(msgspec.Struct, frozen=True):
    """What the API is asked for, and the form as it was filled in."""

    query: dict[str, Field]
    form: Form

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.form.values)


def read_filters(given: Mapping[str, str]) -> TopupQuery:
    """Return the filters of an address; a field that cannot be read filters nothing and shows its error."""
    form = Form(values={name: given[name] for name in NAMES if given.get(name)})
    query: dict[str, Field] = {}
    status = form.values.get("status")
    if status in STATUSES:
        query["status"] = status
    elif status:
        form.errors["status"] = "There is no such status."
    amounts = {"gte": _amount(form, "amount_from"), "lte": _amount(form, "amount_to")}
    given_amounts: dict[str, Field] = {end: bound for end, bound in amounts.items() if bound is not None}
    ranges: dict[str, Field] = {"amount": given_amounts, "created": read_days(form)}
    return TopupQuery(query | {name: bounds for name, bounds in ranges.items() if bounds}, form)


def _amount(form: Form, name: str) -> int | None:
    text = form.values.get(name)
    if not text:
        return None
    try:
        return read_amount(text, _ANY_CURRENCY)
    except AmountError as error:
        form.errors[name] = str(error)
        return None
