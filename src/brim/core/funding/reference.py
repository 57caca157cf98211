"""What pays for a top-up."""

from typing import Final

import msgspec

from brim.core.funding.rules import FundingKind, FundingSource


class Funding(msgspec.Struct, frozen=True, kw_only=True):
    """The source or the payment method of one top-up; neither means the bank account that test mode has by itself.

    `source_on_file` is the source itself, where it is one on file; `scenario` is what the rail knows of
    the bank account, which only the rail reads.
    """

    payment_method: str | None = None
    source: str | None = None
    source_on_file: FundingSource | None = None
    scenario: str | None = None

    @property
    def type(self) -> str:
        """What the registry of rails calls it: `payment_method`, `source` or `default`."""
        if self.payment_method is not None:
            return "payment_method"
        return "default" if self.source is None else "source"


IMPLICIT: Final = Funding()
"""The bank account that every test account has in every currency; it always works."""


def funding_of(source: FundingSource) -> Funding:
    """Return what a top-up takes from a bank account on file: an id, and a source as it is now."""
    if source.kind is FundingKind.PAYMENT_METHOD:
        return Funding(payment_method=source.id, scenario=source.scenario)
    return Funding(source=source.id, source_on_file=source, scenario=source.scenario)
