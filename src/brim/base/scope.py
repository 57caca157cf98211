"""Whose rows: an account in one of its two modes."""

import msgspec


class AccountScope(msgspec.Struct, frozen=True, order=True):
    """Whose rows: an account in one of its two modes. Stands in every WHERE."""

    account: str
    livemode: bool
