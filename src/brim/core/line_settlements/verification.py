"""Proof of the bank accounts: what the ledger has of each is what its statements say, less what is named as open.

Entries of a bank account are in the books of a platform and of the accounts below it; lines of statements are the
platform's. For each bank account and currency of live mode that has lines, the sum of its entries is the sum of its
lines, less what breaks say is not posted, plus what settlements have posted of that.
"""

from collections import Counter

from brim.base.scope import AccountScope
from brim.core.line_settlements import verification_store as store
from brim.core.verification import Check, Difference, Range, Ranges, Walk
from brim.platform.database import Conn


class BankAccountCheck(Check):
    """The entries of each bank account add up to what its lines say is posted."""

    walk = Walk.TOPUPS
    is_of_one_moment = True

    def __init__(self) -> None:
        self._posted: Counter[tuple[str, bool, str, str]] = Counter()
        self._said: list[store.BankSum] = []

    async def begin(self, conn: Conn) -> None:
        """Read what the lines say; where there are none, entries need not be added up."""
        self._said = await store.line_sums(conn)

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:  # noqa: ARG002  it adds up
        """Add up what the entries of a range post to bank accounts."""
        if self._said:
            for each in await store.bank_sums(conn, span):
                self._posted[each[:4]] += each.amount
        return []

    async def conclude(self, conn: Conn, ranges: Ranges, *, limit: int) -> list[Difference]:  # noqa: ARG002  it has both
        """Return the bank accounts whose entries add up to something else than their lines."""
        found = []
        for said in self._said:
            posted = self._posted[said[:4]]
            if posted != said.amount:
                difference = Difference(
                    scope=AccountScope(said.platform, said.livemode),
                    row=f"bank account {said.name} {said.currency}",
                    expected=f"{said.amount} by the lines of its statements",
                    found=f"{posted} by its entries",
                )
                found.append(difference)
        return found[:limit]


class SettlementCheck(Check):
    """Each settlement adds up, has exactly the entries of its parts, and while it is in force its lines are closed.

    Entries of a statement are the sum of their payments, where those are lines.
    """

    walk = Walk.TOPUPS

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        return [
            *await store.wrong_entries(conn, span, limit=limit),
            *await store.wrong_settlements(conn, span, limit=limit),
            *await store.wrong_settlement_entries(conn, span, limit=limit),
        ]
