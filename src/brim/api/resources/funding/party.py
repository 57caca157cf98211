"""Reads whose a bank account is, and what an update changes of it, from validated parameters."""

from collections.abc import Mapping
from typing import Any

import msgspec

from brim.base.metadata import MetadataChange
from brim.core.bank_accounts import Party
from brim.core.funding import EditFundingSource, PartyChange, merged_party


def read_party(given: Mapping[str, Any]) -> Party:
    """Return a party from the parameters of a create."""
    return merged_party(Party(), _read_change(given))


def read_edit(parameters: Mapping[str, Any], *, party: str) -> EditFundingSource:
    """Return what an update changes; `party` names the parameter that says whose it is."""
    account = parameters.get("us_bank_account", {})
    return EditFundingSource(
        party=_read_change(parameters.get(party, {})),
        metadata=parameters.get("metadata", MetadataChange()),
        holder_type=account.get("account_holder_type"),
        account_type=account.get("account_type"),
        allow_redisplay=parameters.get("allow_redisplay"),
    )


def _read_change(given: Mapping[str, Any]) -> PartyChange:
    return PartyChange(
        address=given.get("address", msgspec.UNSET),
        email=given.get("email", msgspec.UNSET),
        name=given.get("name", msgspec.UNSET),
        phone=given.get("phone", msgspec.UNSET),
    )
