"""Which rails there are and what each serves, as data."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from brim.core.rails.ach.rail import ACH
from brim.core.rails.bank_accounts import BankAccountRules
from brim.core.rails.protocol import AnsweringRail
from brim.core.rails.sandbox import SANDBOX, SandboxBankAccounts, SandboxRail
from brim.core.rails.sepa import CURRENCY, SEPA
from brim.platform.settings import Settings


class RailEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One rail and what it serves.

    `currencies` and `funding_types` are None where it serves all of them; a funding type is `payment_method`, `source`,
    or `default` for a top-up that names nothing. `is_confirmed` says that its bank confirms by a statement what it
    collected and took back. `bank_accounts` is what it knows of these. `make` configures one that answers by itself; it
    is None where there is a rail for each originator, whose answers come in its bank's files.
    """

    name: str
    livemode: bool
    currencies: frozenset[str] | None = None
    funding_types: frozenset[str] | None = None
    is_confirmed: bool
    bank_accounts: BankAccountRules
    make: Callable[[Settings], AnsweringRail] | None

    def serves(self, *, livemode: bool, currency: str, funding_type: str) -> bool:
        """Tell whether money in a currency is collected by this rail from a funding source of a type."""
        return (
            self.livemode == livemode
            and (self.currencies is None or currency in self.currencies)
            and (self.funding_types is None or funding_type in self.funding_types)
        )


RAILS: Final = (
    RailEntry(
        name=SANDBOX,
        livemode=False,
        is_confirmed=False,
        bank_accounts=SandboxBankAccounts(),
        make=lambda settings: SandboxRail(settings.sandbox_settle_after_s),
    ),
    RailEntry(
        name=ACH,
        livemode=True,
        currencies=frozenset({"usd"}),
        funding_types=frozenset({"payment_method", "source"}),
        is_confirmed=True,
        bank_accounts=BankAccountRules(),
        make=None,
    ),
    RailEntry(
        name=SEPA,
        livemode=True,
        currencies=frozenset({CURRENCY}),
        funding_types=frozenset({"source"}),
        is_confirmed=True,
        bank_accounts=BankAccountRules(),
        make=None,
    ),
)
"""The rails; where several serve, the first does. A new one is a folder beside this module and a row here."""

CONFIRMED_RAILS: Final = tuple(entry.name for entry in RAILS if entry.is_confirmed)
"""The rails whose top-ups are clearing until a bank's statement confirms them."""

FILE_RAILS: Final = tuple(entry.name for entry in RAILS if entry.make is None)
"""The rails whose answers come in their banks' files."""

_NO_RULES: Final = BankAccountRules()


def bank_account_rules(*, livemode: bool) -> BankAccountRules:
    """Return the rules for bank accounts of a mode: those of its first rail, and the strictest where it has none."""
    return next((entry.bank_accounts for entry in RAILS if entry.livemode == livemode), _NO_RULES)


class UnknownRailError(Exception):
    """A top-up names a rail that this server does not have: it was made by another version, or is configured away."""


class Rails:
    """The rails of a running server that answer by themselves, each with its configuration.

    Args:
        rails: one of each name; what the table names and is not among them serves nothing.
        table: what each serves.
    """

    def __init__(self, rails: Iterable[AnsweringRail], table: Sequence[RailEntry] = RAILS) -> None:
        self._by_name = {rail.name: rail for rail in rails}
        self._table = table

    @classmethod
    def configured(cls, settings: Settings) -> "Rails":
        """Return all rails of the table, as the settings have them."""
        return cls(entry.make(settings) for entry in RAILS if entry.make is not None)

    def serving(self, *, livemode: bool, currency: str, funding_type: str) -> AnsweringRail | None:
        """Return the rail that collects money in a currency from a funding source of a type; None if none does."""
        for entry in self._table:
            if entry.name in self._by_name and entry.serves(
                livemode=livemode, currency=currency, funding_type=funding_type
            ):
                return self._by_name[entry.name]
        return None

    def named(self, name: str) -> AnsweringRail:
        """Return the rail that a top-up names.

        Raises:
            UnknownRailError: this server has none of that name.
        """
        if name not in self._by_name:
            raise UnknownRailError(name)
        return self._by_name[name]
