"""Reads incoming transfers with their lines, top-ups and entries, range by range, and finds what contradicts itself."""

from typing import Final

from brim.core.ledger import BANK, SUSPENSE
from brim.core.push.rules import SOURCE_TYPE, SuspenseStep
from brim.core.reconciliation import MatchKind
from brim.core.topups import PUSH_RAIL, BankStep
from brim.core.verification import Difference, Range, bounds_of, differences
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_KINDS: Final = [MatchKind.TRANSFER, MatchKind.TRANSFER_BACK]
_STEPS: Final = (SuspenseStep.RECEIVED, SuspenseStep.ASSIGNED, SuspenseStep.RETURNED)
_SQL: Final = load_queries(__package__, "verification", fragments="brim.core.verification")


async def wrong_transfers(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return transfers that are not their line, or whose top-up is not what came by it."""
    arguments = (*bounds_of(span), PUSH_RAIL, BankStep.CREDIT, limit)
    return differences(await conn.fetch(_SQL["wrong_transfers"], *arguments))


async def topups_without_transfer(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return live top-ups that were pushed, and came from no transfer."""
    return differences(await conn.fetch(_SQL["topups_without_transfer"], *bounds_of(span), PUSH_RAIL, limit))


async def wrong_suspense_entries(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return entries, missing ones too, that differ from what transfers in suspense call for."""
    arguments = (*bounds_of(span), SOURCE_TYPE, *_STEPS, BANK, SUSPENSE, limit)
    return differences(await conn.fetch(_SQL["wrong_suspense_entries"], *arguments))


async def lines_without_transfer(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return lines of statements that say that they are transfers, and are none."""
    return differences(await conn.fetch(_SQL["lines_without_transfer"], *bounds_of(span), _KINDS, limit))
