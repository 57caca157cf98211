"""Funding instructions and incoming transfers in the database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from brim.base import json_codec
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.push.references import RETURN_BODY, new_reference
from brim.core.push.rules import (
    FundingInstructions,
    IncomingTransfer,
    Proposal,
    Suggestion,
    SuspenseReason,
    TransferStatus,
)
from brim.core.rails.ach import TransferPayers
from brim.platform.database import Conn
from brim.platform.sql import load_columns, load_queries, recordset

_SQL: Final = load_queries(__package__)
_TRANSFER_COLUMNS: Final = tuple(load_columns(__package__)["transfer"])
_CHANGING: Final = (
    *("status", "reason", "owner", "topup", "handled_by", "note", "proposed", "proposed_owner", "proposed_by"),
    *("proposed_ms", "decided_by", "decided_ms", "one_person", "ended_by", "ended_ms", "remember_payer"),
)
_decode_metadata: Final = json_codec.decoder(dict[str, str])
_decode_suggestions: Final = json_codec.decoder(tuple[Suggestion, ...])


class Outgoing(NamedTuple):
    """A transfer that a debit may take back, and whether it names the reference by which that goes back."""

    by_return_reference: bool
    id: str


class _Id(msgspec.Struct, frozen=True):
    id: str


async def insert_instructions(conn: Conn, new: FundingInstructions) -> bool:
    """Write instructions; tell whether they are new: their reference, and lasting ones of their account."""
    found = await conn.fetchval(
        _SQL["insert_instructions"],
        new.scope.account,
        new.scope.livemode,
        new.id,
        new.owner,
        new.originator,
        new.bank_account,
        new.currency,
        new.reference,
        new.amount,
        new.expires_ms,
        new.description,
        json_codec.encode_text(new.metadata) if new.metadata else None,
        new.created_ms,
        new.payers,
    )
    return found is not None


async def restrict_payers(conn: Conn, held: FundingInstructions, payers: TransferPayers) -> None:
    """Write by whom instructions that the transaction holds are paid."""
    await conn.execute(_SQL["restrict_payers"], held.scope.account, held.scope.livemode, held.id, payers)


async def find_lasting(conn: Conn, scope: AccountScope, owner: str, currency: str) -> str | None:
    """Return the id of an account's lasting instructions in a currency."""
    found: str | None = await conn.fetchval(_SQL["find_lasting"], scope.account, scope.livemode, owner, currency)
    return found


async def fetch_instructions(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, FundingInstructions]:
    """Return a platform's instructions by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_instructions"], scope.account, scope.livemode, list(ids))
    return {record["id"]: _instructions(scope, record) for record in records}


async def find_by_references(conn: Conn, scope: AccountScope, references: Sequence[str]) -> dict[str, str]:
    """Return the ids of the instructions that have some references, by reference."""
    if not references:
        return {}
    records = await conn.fetch(_SQL["find_by_references"], scope.account, scope.livemode, list(references))
    return {record["reference"]: record["id"] for record in records}


async def find_expected(
    conn: Conn, scope: AccountScope, currency: str, amounts: Collection[int], *, limit: int
) -> dict[int, list[str]]:
    """Return the ids of the newest instructions that expect each of some amounts, by amount."""
    found: dict[int, list[str]] = {amount: [] for amount in amounts}
    arguments = (scope.account, scope.livemode, currency, list(found), limit)
    for record in await conn.fetch(_SQL["find_expected"], *arguments):
        found[record["amount"]].append(record["id"])
    return found


async def lock_all_instructions(conn: Conn, scope: AccountScope, ids: Collection[str]) -> None:
    """Hold instructions: nobody else can pay them until the caller's transaction ends."""
    await conn.execute(_SQL["lock_all_instructions"], scope.account, scope.livemode, sorted(ids))


async def insert_transfers(conn: Conn, scope: AccountScope, new: Sequence[IncomingTransfer]) -> int:
    """Write the outcomes of lines of a platform; return how many, as the return reference of none was another's."""
    rows = [
        {
            **{name: getattr(each, name) for name in _TRANSFER_COLUMNS},
            "suggestions": each.suggestions or None,
        }
        for each in new
    ]
    return len(await conn.fetch(_SQL["insert_transfers"], scope.account, scope.livemode, recordset(rows)))


async def lock_instructions(conn: Conn, scope: AccountScope, instructions_id: str) -> FundingInstructions | None:
    """Return instructions that nobody else can pay until the caller's transaction ends."""
    await conn.fetchrow(_SQL["lock_instructions"], scope.account, scope.livemode, instructions_id)
    return (await fetch_instructions(conn, scope, [instructions_id])).get(instructions_id)


async def page_instructions(conn: Conn, scope: AccountScope, owner: str, window: Window) -> Page[FundingInstructions]:
    """Return a page of an account's instructions."""
    records = await conn.fetch(
        _SQL["page_instructions"],
        scope.account,
        scope.livemode,
        owner,
        window.low,
        window.high,
        window.newest_first,
        window.wanted,
    )
    page = page_of([_Id(record["id"]) for record in records], window)
    found = await fetch_instructions(conn, scope, [each.id for each in page.items])
    return Page(items=[found[each.id] for each in page.items], has_more=page.has_more)


async def insert_transfer(conn: Conn, new: IncomingTransfer) -> IncomingTransfer:
    """Write the outcome of a line, or of a part of it, and return it as it is written.

    Where its return reference is that of another line, which is very rare, it has one of its id.
    """
    for reference in (new.return_reference, new_reference(new.id, length=RETURN_BODY)):
        written = msgspec.structs.replace(new, return_reference=reference)
        values = {
            **{name: getattr(written, name) for name in _TRANSFER_COLUMNS},
            "suggestions": json_codec.encode_text(new.suggestions) if new.suggestions else None,
        }
        if await conn.fetchval(_SQL["insert_transfer"], new.scope.account, new.scope.livemode, *values.values()):
            return written
    raise AssertionError("unreachable")


async def update_transfer(conn: Conn, changed: IncomingTransfer) -> None:
    """Write a transfer that the transaction holds."""
    values = (getattr(changed, name) for name in _CHANGING)
    await conn.execute(_SQL["update_transfer"], changed.scope.account, changed.scope.livemode, changed.id, *values)


async def lock_transfer(conn: Conn, scope: AccountScope, transfer_id: str) -> IncomingTransfer | None:
    """Return a transfer that nobody else can change until the caller's transaction ends."""
    if await conn.fetchrow(_SQL["lock_transfer"], scope.account, scope.livemode, transfer_id) is None:
        return None
    return (await fetch_transfers(conn, scope, [transfer_id]))[transfer_id]


async def fetch_transfers(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, IncomingTransfer]:
    """Return a platform's transfers by id, with the bank's words; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_transfers"], scope.account, scope.livemode, list(ids))
    return {record["id"]: _transfer(scope, record) for record in records}


async def page_transfers(
    conn: Conn, scope: AccountScope, window: Window, *, status: TransferStatus | None
) -> Page[IncomingTransfer]:
    """Return a page of a platform's transfers, of one status or of all."""
    bounds = (scope.account, scope.livemode, window.low, window.high, window.newest_first, window.wanted)
    if status is None:
        records = await conn.fetch(_SQL["page_transfers"], *bounds)
    else:
        records = await conn.fetch(_SQL["page_transfers_by_status"], *bounds, status)
    page = page_of([_Id(record["id"]) for record in records], window)
    found = await fetch_transfers(conn, scope, [each.id for each in page.items])
    return Page(items=[found[each.id] for each in page.items], has_more=page.has_more)


class SuspendedTransfers(NamedTuple):
    """How many transfers are in suspense, and since when the first is (Unix milliseconds)."""

    transfers: int
    since_ms: int | None


async def count_suspended(conn: Conn, scope: AccountScope, *, most: int) -> SuspendedTransfers:
    """Return how many transfers of a platform wait in suspense for a person, counted up to `most`."""
    return SuspendedTransfers(*await conn.fetchrow(_SQL["count_suspended"], scope.account, scope.livemode, most))


async def find_held_parts(conn: Conn, scope: AccountScope, instructions_id: str) -> list[str]:
    """Return the ids of the transfers in suspense that are less than instructions expect, oldest first."""
    records = await conn.fetch(_SQL["find_held_parts"], scope.account, scope.livemode, instructions_id)
    return [record["id"] for record in records]


async def find_outgoing(
    conn: Conn,
    scope: AccountScope,
    *,
    references: Sequence[str],
    return_references: Sequence[str],
    numbers: Sequence[str],
    currency: str,
    amount: int,
    bank_account: str,
) -> list[Outgoing]:
    """Return the transfers that a debit of a positive amount may take back, by the references and numbers it names."""
    if not references and not return_references and not numbers:
        return []
    arguments = (list(references), currency, amount, list(return_references), bank_account, list(numbers))
    records = await conn.fetch(_SQL["find_outgoing"], scope.account, scope.livemode, *arguments)
    return [Outgoing(record["by_return_reference"], record["id"]) for record in records]


async def find_of_topup(conn: Conn, scope: AccountScope, topup: str) -> list[IncomingTransfer]:
    """Return the transfer of a platform that became a top-up, of it or of one of its accounts; none for others."""
    records = await conn.fetch(_SQL["find_of_topup"], scope.account, scope.livemode, topup)
    return list((await fetch_transfers(conn, scope, [record["id"] for record in records])).values())


def _instructions(scope: AccountScope, record: Mapping[str, Any]) -> FundingInstructions:
    metadata, payers = record["metadata"], record["payers"]
    return FundingInstructions(
        **{
            **record,
            "scope": scope,
            "metadata": _decode_metadata(metadata) if metadata else {},
            "payers": TransferPayers(payers) if payers else None,
        }
    )


def _transfer(scope: AccountScope, record: Mapping[str, Any]) -> IncomingTransfer:
    fields = dict(record)
    reason, proposed, suggestions = fields["reason"], fields["proposed"], fields["suggestions"]
    return IncomingTransfer(
        **{
            **fields,
            "scope": scope,
            "status": TransferStatus(fields["status"]),
            "reason": SuspenseReason(reason) if reason else None,
            "proposed": Proposal(proposed) if proposed else None,
            "suggestions": _decode_suggestions(suggestions) if suggestions else (),
        }
    )
