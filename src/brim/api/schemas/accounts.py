"""The schemas of accounts."""

from typing import Final

from brim.api.kinds import MAX_EMAIL
from brim.api.params import Schema
from brim.api.schemas.common import CURRENCY, METADATA, TEXT, TIME, Component, constant
from brim.domain import account_wire
from brim.domain.accounts import BUSINESS_TYPES, MAX_SETTLEMENT_DAYS, TYPES

_ACCOUNT: Final[dict[str, Schema]] = {
    "id": {"description": "The account's id.", "pattern": "^acct_[0-9A-Za-z]{16}$", **TEXT},
    "object": constant("account"),
    "brim": {"description": "What is known beyond the rest, in the mode of the key."},
    "business_profile": {"description": "What the account's customers see of it."},
    "business_type": {"description": "What kind of business it is.", "enum": [*BUSINESS_TYPES, None]},
    "capabilities": {"description": "Empty: nothing has to be requested."},
    "charges_enabled": {"description": "Always true: an account is ready when it is made."},
    "country": {"description": "Its country's ISO code, in upper case.", "pattern": "^[A-Z]{2}$"},
    "created": {"description": "When it was made.", **TIME},
    "default_currency": CURRENCY,
    "details_submitted": {"description": "Always true: no details are asked for."},
    "email": {"description": "Its address, to tell it from others.", "maxLength": MAX_EMAIL},
    "metadata": METADATA,
    "payouts_enabled": {"description": "Always true: an account is ready when it is made."},
    "type": {"description": "The type it was made with.", "enum": list(TYPES)},
}
_ACCOUNT_EXTRAS: Final[dict[str, Schema]] = {
    "settlement_days": {
        "description": "How many banking days money takes by its own agreement; null leaves it to the rail.",
        "minimum": 0,
        "maximum": MAX_SETTLEMENT_DAYS,
    },
}
_BUSINESS_PROFILE: Final[dict[str, Schema]] = {"name": {"description": "The name it does business under.", **TEXT}}

ACCOUNTS: Final = (
    Component(account_wire.AccountObject, "account", _ACCOUNT),
    Component(account_wire.AccountExtras, "account_extras", _ACCOUNT_EXTRAS),
    Component(account_wire.BusinessProfile, "account_business_profile", _BUSINESS_PROFILE),
)
