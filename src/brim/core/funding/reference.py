"""What pays for a top-up."""

from typing import Final

import msgspec


class Funding(msgspec.Struct, frozen=True, kw_only=True):
    """The source or the payment method of one top-up; neither means the bank account that test mode has by itself.

    `source_details` is the compact JSON of a Source on file; `scenario` is what the sandbox plays with money from
    there, None for plain success.
    """

    payment_method: str | None = None
    source: str | None = None
    source_details: bytes | None = None
    scenario: str | None = None


IMPLICIT: Final = Funding()
"""The bank account that every test account has in every currency; it always works."""
