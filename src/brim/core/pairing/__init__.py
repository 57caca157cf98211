"""Logging in a command line: two words that a person confirms on a page, and the keys it gets then.

Neighbours: `access` makes the keys. Start reading at `rules`.
"""

from brim.core.pairing.rules import (
    MAX_A_MINUTE_OF_ONE,
    Pairing,
    PairingDeniedError,
    PairingRedeemedError,
    PairingState,
    TooManyPairingsError,
    UnknownPairingError,
    code_of,
)
from brim.core.pairing.service import (
    approve_pairing,
    begin_pairing,
    deny_pairing,
    find_pairing,
    list_pairings,
    redeem_pairing,
)

__all__ = [
    "MAX_A_MINUTE_OF_ONE",
    "Pairing",
    "PairingDeniedError",
    "PairingRedeemedError",
    "PairingState",
    "TooManyPairingsError",
    "UnknownPairingError",
    "approve_pairing",
    "begin_pairing",
    "code_of",
    "deny_pairing",
    "find_pairing",
    "list_pairings",
    "redeem_pairing",
]
