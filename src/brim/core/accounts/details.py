"""What an account says of itself beside its name and country: kept as it was sent, merged, and answered again.

Nothing here is checked against anything, and nothing decides how money moves. What identifies a person (a social
security or tax number, a date of birth, an uploaded document) never comes here: `private_kinds` of the API lets through
only that it was given, and of that is kept what the vendor's object says of it, `id_number_provided` and the like.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.metadata import MetadataChange, merge

PROVIDED: Final = {
    "id_number": "id_number_provided",
    "id_number_secondary": "id_number_secondary_provided",
    "ssn_last_4": "ssn_last_4_provided",
    "tax_id": "tax_id_provided",
    "vat_id": "vat_id_provided",
}
"""By what name it is kept that something private was given. Source: Stripe API reference, Account and Person."""

FORGOTTEN: Final = frozenset({"dob", "registration_date", "registration_number", "verification"})
"""Private too, but no object of the vendor's says only that it was given."""

SECRET_NAMES: Final = frozenset(PROVIDED) | FORGOTTEN
"""Names of parameters whose values are kept nowhere."""


class CapabilityState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a capability was asked for, and when, in Unix seconds."""

    requested: bool
    requested_at: int | None = None


class AccountDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of it. `rejected` is why its platform has rejected the account; None where it has not."""

    business_profile: dict[str, Any] = {}
    capabilities: dict[str, CapabilityState] = {}
    company: dict[str, Any] = {}
    controller: dict[str, Any] = {}
    groups: dict[str, Any] = {}
    individual: dict[str, Any] = {}
    rejected: str | None = None
    settings: dict[str, Any] = {}
    tos_acceptance: dict[str, Any] = {}


MERGED: Final = ("business_profile", "company", "controller", "groups", "individual", "settings", "tos_acceptance")
"""The parts into which what is sent is merged."""


def changed(details: AccountDetails, sent: Mapping[str, Any], *, now_s: int) -> AccountDetails:
    """Return an account's details after a request.

    Args:
        details: as they are.
        sent: what the request says, by part; `capabilities` maps names to whether they are requested.
        now_s: the time, in Unix seconds.

    Raises:
        TooMuchMetadataError: the individual would have too many metadata keys.
    """
    parts = {name: merged(getattr(details, name), sent[name]) for name in MERGED if name in sent}
    capabilities = dict(details.capabilities)
    for name, requested in sent.get("capabilities", {}).items():
        capabilities[name] = with_request(capabilities.get(name), requested=requested, now_s=now_s)
    return msgspec.structs.replace(details, **parts, capabilities=capabilities)


def with_request(state: CapabilityState | None, *, requested: bool, now_s: int) -> CapabilityState:
    """Return a capability after it was asked for, or given up; asking again changes nothing."""
    if state is not None and state.requested == requested:
        return state
    return CapabilityState(requested=requested, requested_at=now_s if requested else None)


def merged(existing: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with what was sent of it: objects merge, None clears, private values leave their trace only."""
    result = dict(existing)
    for name, value in sent.items():
        if name in PROVIDED:
            result[PROVIDED[name]] = bool(value)
        elif name in FORGOTTEN:
            continue
        elif isinstance(value, MetadataChange):
            result[name] = merge(existing.get(name, {}), value)
        elif isinstance(value, Mapping):
            result[name] = merged(existing.get(name) or {}, value)
        elif value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result
