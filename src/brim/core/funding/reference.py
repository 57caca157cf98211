"""What pays for a top-up."""

from typing import Final

import msgspec


class Funding(msgspec.Struct, frozen=True, kw_only=True):
    """The source or the payment method of one top-up; neither means the bank account that test mode has by itself.

    `source_details` is the compact JSON of a Source on file; `scenario` is what the rail knows of
    the bank account, which only the rail reads.
    """

    payment_method: str | None = None
    source: str | None = None
    source_details: bytes | None = None
    scenario: str | None = None

    @property
    def type(self) -> str:
        """What the registry of rails calls it: `payment_method`, `source` or `default`."""
        if self.payment_method is not None:
            return "payment_method"
        return "default" if self.source is None else "source"


IMPLICIT: Final = Funding()
"""The bank account that every test account has in every currency; it always works."""
