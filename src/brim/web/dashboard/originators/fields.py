"""The fields of an originator's profile as a form has them: amounts in dollars, lists with commas, choices as words."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.core.rails.ach import APPROVAL_LIMITS, OriginatorProfile
from brim.http.form import Field
from brim.web.dashboard.formats import AmountError, csv_amount, read_amount
from brim.web.dashboard.forms import Form

LIMITS: Final = tuple(APPROVAL_LIMITS)
"""Amounts that may be left empty, for none."""
AMOUNTS: Final = ("entry_cap", "file_cap", "day_cap", "source_pending_cap", "same_day_cap", *LIMITS)
LISTS: Final = ("cutoffs", "same_day_cutoffs", "retry_schedule")
MAY_BE_EMPTY: Final = ("same_day_cutoffs", "same_day_cap", "retry_schedule", *LIMITS)
KEYS: Final = ("sftp_host_keys",)
"""Lists whose items have blanks in them."""
CHECKS: Final = ("requires_approval",)
FIELDS: Final = tuple(name for name in OriginatorProfile.__struct_fields__ if name != "sepa")
"""The fields of a form; an originator that collects by SEPA is made by the API."""
_DOLLARS: Final = "usd"


def defaults() -> dict[str, str]:
    """Return a form's values for a new profile: what is said where nothing is."""
    given = {field.name: field.default for field in msgspec.structs.fields(OriginatorProfile) if field.name in FIELDS}
    said = {name: value for name, value in given.items() if value is not msgspec.NODEFAULT}
    return dict.fromkeys(FIELDS, "") | values_of(said)


def values_of(profile: Mapping[str, Any]) -> dict[str, str]:
    """Return a form's values for a profile as the API has it."""
    return {name: _text(name, value) for name, value in profile.items() if name in FIELDS}


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in AMOUNTS:
        return csv_amount(value, _DOLLARS)
    if name in LISTS + KEYS:
        return ", ".join(value)
    if name in CHECKS:
        return "yes" if value else ""
    return str(value)


def profile_of(form: Form) -> dict[str, Field]:
    """Return the API's parameters of a profile from a form's values; what cannot be read shows its error."""
    profile: dict[str, Field] = {}
    for name in FIELDS:
        text = form.values[name]
        if name in CHECKS:
            profile[name] = "true" if text else "false"
        elif name in MAY_BE_EMPTY and not text.strip(" ,"):
            if name in LISTS + LIMITS:
                profile[name] = ""
        elif name in LISTS:
            profile[name] = text.replace(",", " ").split()
        elif name in KEYS:
            profile[name] = [part.strip() for part in text.split(",") if part.strip()]
        elif name in AMOUNTS:
            try:
                profile[name] = read_amount(text, _DOLLARS)
            except AmountError as error:
                form.errors[name] = str(error)
        elif text:
            profile[name] = text
    return profile
