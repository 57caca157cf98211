"""The fields of an originator's profile as a form has them: amounts in dollars, lists with commas, choices as words."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.core.rails.ach import APPROVAL_LIMITS, ONLY_ACH, OriginatorProfile
from brim.core.rails.sepa import SepaTerms
from brim.http.form import Field
from brim.web.dashboard.formats import AmountError, csv_amount, read_amount
from brim.web.dashboard.forms import Form

LIMITS: Final = tuple(APPROVAL_LIMITS)
"""Amounts that may be left empty, for none."""
AMOUNTS: Final = ("entry_cap", "file_cap", "day_cap", "source_pending_cap", "same_day_cap", *LIMITS)
LISTS: Final = ("cutoffs", "same_day_cutoffs", "retry_schedule")
TEXTS: Final = ("transfers_numbers",)
"""Texts that may be left empty, for none."""
MAY_BE_EMPTY: Final = ("same_day_cutoffs", "same_day_cap", "retry_schedule", *LIMITS, *TEXTS)
KEYS: Final = ("sftp_host_keys",)
"""Lists whose items have blanks in them."""
CHECKS: Final = ("requires_approval",)
OF_ACH: Final = tuple(name for name in OriginatorProfile.__struct_fields__ if name != "sepa")
"""The fields of the form for an originator that collects by ACH."""
OF_SEPA: Final = tuple(
    name
    for name in OF_ACH
    if name not in ONLY_ACH
    and not name.startswith(("microdeposit", "transfers"))
    and name not in {"line_ending", "max_file_lines", "return_rate_minimum", "same_day_cap", "lead_days"}
)
"""The fields of the form for one that collects by SEPA, beside its creditor's."""
CREDITOR: Final = SepaTerms.__struct_fields__
"""The fields of the creditor."""
_OF_NEW_SEPA: Final = {"time_zone": "", "file_name": "{date}-{modifier}-{id}.xml"}
"""What a form for SEPA holds at first otherwise than that for ACH."""
_CENTS: Final = "usd"
"""A currency with as many decimals as those that are collected."""


def fields_of(*, is_sepa: bool) -> tuple[str, ...]:
    """Return the fields of the form for an originator of a rail, without its account number."""
    return OF_SEPA + CREDITOR if is_sepa else OF_ACH


def defaults(*, is_sepa: bool) -> dict[str, str]:
    """Return a form's values for a new profile: what is said where nothing is."""
    structs = (OriginatorProfile, SepaTerms) if is_sepa else (OriginatorProfile,)
    given = {field.name: field.default for struct in structs for field in msgspec.structs.fields(struct)}
    names = fields_of(is_sepa=is_sepa)
    said = {name: given[name] for name in names if given[name] is not msgspec.NODEFAULT}
    first = dict.fromkeys(names, "") | {name: _text(name, value) for name, value in said.items()}
    return first | (_OF_NEW_SEPA if is_sepa else {})


def values_of(profile: Mapping[str, Any]) -> dict[str, str]:
    """Return a form's values for a profile as the API has it."""
    values = {**profile, **(profile["sepa"] or {})}
    return {name: _text(name, values[name]) for name in fields_of(is_sepa=profile["sepa"] is not None)}


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in AMOUNTS:
        return csv_amount(value, _CENTS)
    if name in LISTS + KEYS:
        return ", ".join(value)
    if name in CHECKS:
        return "yes" if value else ""
    return str(value)


def _creditor_of(form: Form) -> dict[str, Field]:
    """Return the creditor of a form for SEPA as a part of the profile; nothing of another one."""
    if CREDITOR[0] not in form.values:
        return {}
    form.errors |= {name: "Enter a value." for name in CREDITOR if not form.values[name]}
    return {"sepa": {name: form.values[name] for name in CREDITOR}}


def profile_of(form: Form) -> dict[str, Field]:
    """Return the API's parameters of a profile from a form's values; what cannot be read shows its error."""
    profile = _creditor_of(form)
    for name in OF_SEPA if CREDITOR[0] in form.values else OF_ACH:
        text = form.values[name]
        if name in CHECKS:
            profile[name] = "true" if text else "false"
        elif name in MAY_BE_EMPTY and not text.strip(" ,"):
            if name in LISTS + LIMITS + TEXTS:
                profile[name] = ""
        elif name in LISTS:
            profile[name] = text.replace(",", " ").split()
        elif name in KEYS:
            profile[name] = [part.strip() for part in text.split(",") if part.strip()]
        elif name in AMOUNTS:
            try:
                profile[name] = read_amount(text, _CENTS)
            except AmountError as error:
                form.errors[name] = str(error)
        elif text:
            profile[name] = text
    return profile
