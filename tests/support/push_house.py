"""A platform with one connected account, to which customers send transfers, for tests of what arrives by itself."""

from collections import Counter
from datetime import date
from typing import Any

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.base.scope import AccountScope
from brim.core import direct_debits, push
from brim.core.line_settlements import Part, SettlementStatus, confirm_settlement, propose_settlement, propose_undo
from brim.core.line_settlements import Proposal as SettledAs
from brim.core.push import FundingInstructions, IncomingTransfer, NewInstructions, Proposal
from brim.core.rails.ach import Transfers
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney
from tests.support.statement_writers import Account, Entry, bai2

NUMBER = "9876543210"
MONDAY = date(2026, 12, 7)
FRIEND = "acct_friend"
OTHER = Actor(kind=ActorKind.OPERATOR, id="op_2", name="other@example.com")


class House:
    """A platform with one connected account, whose bank writes statements."""

    def __init__(self, live: LiveMoney) -> None:
        self.live = live
        self.database = live.database
        self.renderers = WIRE_FORMATS
        self.opening = 0
        self._files = 0

    async def open(self, **changes: Any) -> "House":
        await self.live.open(FRIEND, **{"transfers": Transfers.ON, **changes})
        return self

    async def instructions(self, *, owner: str = FRIEND, **wanted: Any) -> FundingInstructions:
        async with self.database.transaction() as conn:
            return await push.create_instructions(
                conn,
                AccountScope(owner, livemode=True),
                NewInstructions(currency="usd", **wanted),
                by=TESTER,
                now_ms=self.live.now_ms,
                ids=self.live.ids,
            )

    async def send(self, content: bytes) -> None:
        self._files += 1
        (self.live.folder / "from-bank" / f"statement-{self._files:03}.txt").write_bytes(content)
        await self.live.work()

    async def book(self, *entries: Entry, on: date = MONDAY, currency: str = "usd", write: Any = bai2) -> bytes:
        """Let the bank book entries on a day, and return the statement, which was read."""
        content: bytes = write([Account(NUMBER, currency, self.opening, entries, on)])
        self.opening += sum(entry.amount for entry in entries)
        await self.send(content)
        await assert_books_hold(self.database)
        return content

    async def transfers(self) -> list[dict[str, Any]]:
        return await rows(self.database, "SELECT * FROM incoming_transfers ORDER BY created_ms, id")

    async def states(self) -> list[tuple[str, str | None, int]]:
        return sorted(
            ((row["status"], row["reason"], row["amount"]) for row in await self.transfers()),
            key=lambda state: (state[2], state[0]),
        )

    async def balance(self, owner: str = FRIEND) -> int:
        found = await rows(self.database, "SELECT available FROM balances WHERE account = $1 AND livemode", owner)
        return int(found[0]["available"]) if found else 0

    async def suspense(self) -> int:
        """Return what the ledger says is in suspense."""
        found = await rows(
            self.database,
            "SELECT coalesce(sum(CASE WHEN credit_account = 'suspense:operating' THEN amount ELSE -amount END), 0) AS s"
            " FROM journal_entries WHERE 'suspense:operating' IN (credit_account, debit_account)",
        )
        return int(found[0]["s"])

    async def ledger(self) -> Counter[str]:
        """Return what each ledger account has by all entries: debits less credits."""
        sums = Counter[str]()
        for row in await rows(
            self.database,
            "SELECT debit_account, credit_account, amount FROM journal_entries"
            " UNION ALL SELECT debit_account, credit_account, amount FROM journal_entry_lines",
        ):
            sums[row["debit_account"]] += row["amount"]
            sums[row["credit_account"]] -= row["amount"]
        return sums

    async def settle(self, line: str, *parts: Part, by: Actor = OPERATOR, checked_by: Actor = OTHER) -> str:
        """Let two people settle an open line, and return the settlement."""
        found = await self.propose_settled(line, *parts, by=by)
        async with self.database.transaction() as conn:
            expected = SettlementStatus.PROPOSED
            await confirm_settlement(conn, PLATFORM, found, expected=expected, by=checked_by, **self._settling)
        return found

    async def propose_settled(self, line: str, *parts: Part, by: Actor = OPERATOR) -> str:
        """Let somebody propose what an open line is, and return the settlement."""
        async with self.database.transaction() as conn:
            proposal = SettledAs(lines=(line,), parts=parts, note="As the bank says.")
            return (await propose_settlement(conn, PLATFORM, proposal, by=by, **self._settling)).id

    async def undo(self, settlement: str) -> None:
        """Let somebody propose that a settlement is undone."""
        async with self.database.transaction() as conn:
            await propose_undo(conn, PLATFORM, settlement, note="Wrong.", by=OPERATOR, **self._settling)

    @property
    def _settling(self) -> dict[str, Any]:
        matches = direct_debits.HandMatches(self.database, self.live.vault, WIRE_FORMATS)
        return {"matches": matches, "approvers": 2, "now_ms": self.live.now_ms, "ids": self.live.ids}

    async def breaks(self) -> list[str]:
        found = await rows(self.database, "SELECT kind FROM breaks WHERE resolved_ms IS NULL ORDER BY id")
        return [row["kind"] for row in found]

    async def propose(
        self, transfer: str, proposal: Proposal, *, owner: str | None = None, by: Actor = OPERATOR, approvers: int = 2
    ) -> IncomingTransfer:
        async with self.database.transaction() as conn:
            return await push.propose(
                conn,
                PLATFORM,
                transfer,
                proposal,
                owner=owner,
                approvers=approvers,
                renderers=WIRE_FORMATS,
                by=by,
                now_ms=self.live.now_ms,
                ids=self.live.ids,
            )

    async def approve(
        self, transfer: str, *, by: Actor = OTHER, approvers: int = 2, expected: push.Expected | None = None
    ) -> IncomingTransfer:
        async with self.database.transaction() as conn:
            return await push.approve(
                conn,
                PLATFORM,
                transfer,
                expected=expected,
                approvers=approvers,
                renderers=WIRE_FORMATS,
                by=by,
                now_ms=self.live.now_ms,
                ids=self.live.ids,
            )

    async def decline(self, transfer: str) -> IncomingTransfer:
        async with self.database.transaction() as conn:
            return await push.decline(
                conn, PLATFORM, transfer, approvers=1, by=OPERATOR, now_ms=self.live.now_ms, ids=self.live.ids
            )

    async def close(self) -> None:
        """Close the connected account."""
        await rows(
            self.database,
            "INSERT INTO owner_terms (account, livemode, version, is_closed) VALUES ($1, true, 1, true)"
            " ON CONFLICT (account, livemode) DO UPDATE SET is_closed = true, version = owner_terms.version + 1",
            FRIEND,
        )

    async def only(self) -> str:
        (found,) = await self.transfers()
        return str(found["id"])


def pays(amount: int, text: str, *, reference: str = "") -> Entry:
    return Entry(amount, reference, text=(text,))
