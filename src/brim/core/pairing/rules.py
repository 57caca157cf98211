"""Pairing the official CLI with an account: `stripe login` asks, a person says yes, the CLI fetches a key, once.

Source: what version 1.52.0 of the official CLI asks for and reads, observed, and its public source code.
"""

import hashlib
import re
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.core.pairing.words import WORDS

PAIRING_PREFIX: Final = "cliauth_"
TOKEN_CHARS: Final = 43
"""Of each secret; as many random characters as a key has."""

LIVES_MS: Final = 10 * 60 * 1000
"""How long a pairing waits. The CLI itself asks for two minutes; somebody may run it again with `--complete`."""

MAX_A_MINUTE: Final = 300
"""Anybody who reaches the server may ask for a pairing; so many a minute bound what is kept, and what is listed."""

MAX_A_MINUTE_OF_ONE: Final = 30
"""Of one address, in each API process, so that nobody alone keeps others from logging in."""

KEY_LIVES_MS: Final = 90 * 24 * 60 * 60 * 1000
"""Source: the CLI tells people that its key ends after 90 days."""

PERMISSIONS: Final = {
    "topups": "write",
    "balance": "read",
    "balance_transactions": "read",
    "events": "write",
    "webhook_endpoints": "write",
    "test_clocks": "write",
    "payment_methods": "write",
    "sources": "write",
    "tokens": "write",
    "accounts": "read",
    "request_logs": "read",
    "stripecli": "write",
}
"""What the CLI's key may do: all that its commands do in test mode, but neither make accounts nor see verifications."""

_CODE_WORDS: Final = 4
_MAX_TEXT: Final = 100
_BETWEEN_WORDS: Final = re.compile(r"[\s_-]+")


class PairingState(StrEnum):
    """Where a pairing stands: redeemed means that its key was handed out."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """A `stripe login`: who asks, by its own word, and for which account it was approved; Unix milliseconds."""

    id: str
    device: str
    client_version: str
    state: PairingState
    account: str | None
    created_ms: int
    expires_ms: int


class TooManyPairingsError(BrimError):
    """More pairings were asked for than anybody could answer."""

    def __init__(self, most: int = MAX_A_MINUTE) -> None:
        super().__init__(f"More than {most} logins were started within a minute. Try again in a minute.")


class UnknownPairingError(BrimError):
    """No pairing of this kind waits: there never was one, it has expired, or it was decided."""

    def __init__(self) -> None:
        super().__init__(
            "No pending login has this code. Check the code; the login may also have expired, or been allowed or "
            "denied already. Then run stripe login again."
        )


class PairingDeniedError(BrimError):
    """Somebody has said no, or the account of the login was deleted."""

    def __init__(self) -> None:
        super().__init__("This login was denied.")


class PairingRedeemedError(BrimError):
    """The key was handed out already."""

    def __init__(self) -> None:
        super().__init__("The key of this login was already issued. Run stripe login again for a new one.")


def code_of(token: str) -> str:
    """Return the words that a person compares, such as `amber-fox-lemon-tiger`: always the same for one token.

    They need not be kept: whoever has the link can tell them. Four words are 32 bits, which nobody guesses in ten
    minutes, and to know them gives nothing but the right to be asked about.
    """
    digest = hashlib.sha256(b"pairing code of " + token.encode()).digest()
    return "-".join(WORDS[byte] for byte in digest[:_CODE_WORDS])


def hash_token(text: str) -> bytes:
    """Return what stands in the database for a secret of a pairing, or for its words."""
    return hashlib.sha256(text.encode()).digest()


def clean_code(typed: str) -> str:
    """Return words as `code_of` writes them, however somebody has typed them."""
    return _BETWEEN_WORDS.sub("-", typed.strip().lower())


def clean_text(told: str | None) -> str:
    """Return what the other side says of itself as it may be shown in a terminal: printable, and not long."""
    return "".join(character for character in told or "" if character.isprintable())[:_MAX_TEXT] or "unknown"
