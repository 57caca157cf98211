"""What describes the address of a holder, which the core keeps as it is written."""

from typing import Final

import msgspec

from brim.api.framework.schema import TEXT, Component, described
from brim.core import bank_accounts

_ADDRESS: Final[dict[str, msgspec.Meta]] = {
    "city": described("City.", **TEXT),
    "country": described("Two-letter country code.", **TEXT),
    "line1": described("Street address.", **TEXT),
    "line2": described("Apartment, suite, unit or building.", **TEXT),
    "postal_code": described("Postal code.", **TEXT),
    "state": described("State or province.", **TEXT),
}

ADDRESS: Final = Component(bank_accounts.Address, "address", _ADDRESS)
