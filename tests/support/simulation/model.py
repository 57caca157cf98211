"""What clients know of their top-ups, and what follows from it."""

from dataclasses import dataclass, field
from typing import Any, Final

from brim.base.scope import AccountScope

FATES: Final = {
    None: ("succeeded",),
    "btok_us_verified": ("succeeded",),
    "btok_us_verified_noAccount": ("failed",),
    "btok_us_verified_reversed": ("succeeded", "reversed"),
    "btok_us_verified_pending": (),
}
"""What becomes of a top-up by itself, by its source: one status after the other."""
ALLOWED: Final = {
    ("created",),
    ("created", "succeeded"),
    ("created", "failed"),
    ("created", "canceled"),
    ("created", "succeeded", "reversed"),
}
"""The lives that a top-up may have had so far, by its events."""


@dataclass
class TestTopup:
    """A top-up of test mode: what was asked, the reply if there was one, and changes that were acknowledged."""

    key: str
    scope: AccountScope
    amount: int
    currency: str
    source: str | None
    reply: dict[str, Any] | None = None
    changes: list[str] = field(default_factory=list)

    @property
    def parameters(self) -> dict[str, Any]:
        """What is asked."""
        return {"amount": self.amount, "currency": self.currency, "source": self.source, "key": self.key}

    @property
    def id(self) -> str:
        """Its id, once a client knows it."""
        return str(self.reply["id"]) if self.reply else ""


@dataclass
class LiveTopup:
    """A live top-up; its id once a client knows it."""

    key: str
    scope: AccountScope
    amount: int
    source: str
    id: str = ""
    is_canceled: bool = False


@dataclass
class Model:
    """By keys, everything that clients have asked for; and the endpoint of each scope, its id and URL."""

    topups: dict[str, TestTopup] = field(default_factory=dict)
    live: dict[str, LiveTopup] = field(default_factory=dict)
    endpoints: dict[AccountScope, tuple[str, str]] = field(default_factory=dict)
