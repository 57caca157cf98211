"""The hash chain in the database: the queue of entries without a seal, the seals, and the chains' heads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from brim.base import json_codec
from brim.base.ids import created_of
from brim.base.scope import AccountScope
from brim.core.ledger.chain import GENESIS, Head, Link, Seal, SealedEntry
from brim.core.verification import Key, Range, bounds_of
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, "chain", fragments="brim.core.verification")
_COLUMNS: Final = len(SealedEntry._fields)
_LONGEST_LAG_MS: Final = 24 * 60 * 60 * 1000

_FurtherLines: TypeAlias = tuple[tuple[str, str, int, str], ...]


class ChainPosition(NamedTuple):
    """A position in an account's chain."""

    scope: AccountScope
    position: int


BEFORE_ALL: Final = ChainPosition(AccountScope("", livemode=False), 0)
"""Before every account's first seal."""


class Waiting(msgspec.Struct, frozen=True):
    """An entry in the queue: whether it exists, and at which position it is sealed, if it is."""

    scope: AccountScope
    entry: str
    is_there: bool
    sealed_at: int | None

    @property
    def key(self) -> Key:
        """Where it stands in the queue."""
        return self.scope.account, self.scope.livemode, self.entry


class UnsealableChain(msgspec.Struct, frozen=True, kw_only=True):
    """A chain with an entry that waits for its seal in vain; positions are 0 where there is no seal, or no head."""

    scope: AccountScope
    entry: str
    is_there: bool
    sealed_at: int | None
    chain_end: int
    head: int

    @property
    def reason(self) -> str:
        """Why no worker seals it."""
        if not self.is_there:
            return "The unsealed entry is missing."
        if self.sealed_at is not None:
            return f"The entry is queued for sealing, but is already sealed at position {self.sealed_at}."
        return f"The chain goes on to position {self.chain_end}, beyond its head at {self.head}."


class Considered(NamedTuple):
    """An entry as it is now, and the position and hash of the seal that names it, if there is one."""

    entry: SealedEntry
    sealed_at: int | None
    sealed_hash: bytes | None


async def claim_unsealed(conn: Conn, *, limit: int) -> list[SealedEntry]:
    """Take up to `limit` entries out of the queue for the caller's transaction to seal, by account and id."""
    return [_entry(record) for record in await conn.fetch(_SQL["claim_unsealed"], limit)]


async def lock_heads(conn: Conn, owners: Iterable[AccountScope]) -> dict[AccountScope, Head]:
    """Return the heads of accounts' chains, held until the transaction ends; missing chains are begun."""
    ordered = sorted(set(owners))
    arrays = ([scope.account for scope in ordered], [scope.livemode for scope in ordered])
    await conn.execute(_SQL["open_heads"], *arrays, GENESIS)
    records = await conn.fetch(_SQL["lock_heads"], *arrays)
    return {_owner(record): _head(record) for record in records}


async def hold_free_heads(conn: Conn, owners: Iterable[AccountScope]) -> dict[AccountScope, Head]:
    """Return the heads of those accounts' chains that can be added to at once, held until the transaction ends.

    Nobody is waited for: a chain whose head another transaction holds, that has not begun, or whose head does not stand
    at its end, is left out.
    """
    ordered = sorted(set(owners))
    arrays = ([scope.account for scope in ordered], [scope.livemode for scope in ordered])
    return {_owner(record): _head(record) for record in await conn.fetch(_SQL["hold_free_heads"], *arrays)}


async def write_seals(conn: Conn, seals: Sequence[Seal], heads: Iterable[Head]) -> None:
    """Write seals, of which there is at least one, and move the heads of their chains, which the transaction holds."""
    seal_rows = [
        (each.scope.account, each.scope.livemode, each.position, each.entry, each.hash, each.format) for each in seals
    ]
    head_rows = [(each.scope.account, each.scope.livemode, each.position, each.hash) for each in heads]
    await conn.execute(_SQL["write_seals"], *columns(seal_rows), *columns(head_rows))


async def walk_in_order(conn: Conn) -> None:
    """Make this transaction's plans read pages in the order of an index."""
    await conn.execute(_SQL["walk_in_order"])


async def estimate_rows(conn: Conn) -> int:
    """Return about how many rows a walk along all chains will read; 0 when the planner has no idea yet."""
    rows: int = await conn.fetchval(_SQL["estimate_rows"])
    return rows


async def read_links(conn: Conn, after: ChainPosition, *, limit: int) -> list[Link]:
    """Return the next seals after a position, account by account, with the entries they name and their heads."""
    (account, livemode), position = msgspec.structs.astuple(after.scope), after.position
    return [_link(record) for record in await conn.fetch(_SQL["read_links"], account, livemode, position, limit)]


async def read_following(conn: Conn, after: ChainPosition) -> Link | None:
    """Return the seal at the next position of the same chain."""
    for link in await read_links(conn, after, limit=1):
        if (link.scope, link.position) == (after.scope, after.position + 1):
            return link
    return None


async def read_heads(conn: Conn, after: AccountScope, *, limit: int) -> list[tuple[Head, bool]]:
    """Return the heads after an account's, each with whether any seal belongs to it."""
    records = await conn.fetch(_SQL["read_heads"], after.account, after.livemode, limit)
    return [(_head(record), record["has_seals"]) for record in records]


async def chain_heads(conn: Conn, after: AccountScope, *, limit: int) -> list[Head]:
    """Return where chains end, those after an account's and mode's."""
    return [head for head, _ in await read_heads(conn, after, limit=limit)]


async def read_queue(conn: Conn, after: Key, *, limit: int) -> list[Waiting]:
    """Return what waits for its seal after a position of the queue."""
    records = await conn.fetch(_SQL["read_queue"], *after, limit)
    return [Waiting(_owner(record), record["entry"], record["is_there"], record["sealed_at"]) for record in records]


async def unsealable_chains(conn: Conn, *, limit: int) -> list[UnsealableChain]:
    """Return chains whose waiting entries nobody can seal, of all accounts, up to a number."""
    return [
        UnsealableChain(
            scope=_owner(record),
            entry=record["entry"],
            is_there=record["is_there"],
            sealed_at=record["sealed_at"],
            chain_end=record["chain_end"],
            head=record["head"],
        )
        for record in await conn.fetch(_SQL["unsealable_chains"], limit)
    ]


async def stray_entries(conn: Conn, span: Range, *, limit: int) -> list[SealedEntry]:
    """Return entries of a range that are neither sealed nor wait for it."""
    records = await conn.fetch(_SQL["stray_entries"], *bounds_of(span), limit)
    return [_entry(record) for record in records]


async def read_entries_with_seals(conn: Conn, scope: AccountScope, after_id: str, *, limit: int) -> list[Considered]:
    """Return an account's next entries after an id, and the seals that name them."""
    records = await conn.fetch(_SQL["read_entries_with_seals"], scope.account, scope.livemode, after_id, limit)
    return [Considered(_entry(record), record["position"], record["hash"]) for record in records]


def _owner(record: Mapping[str, Any]) -> AccountScope:
    return AccountScope(record["account"], record["livemode"])


def _head(record: Mapping[str, Any]) -> Head:
    return Head(_owner(record), record["position"], record["hash"])


def _entry(record: Any) -> SealedEntry:
    """Return the entry that a row begins with; columns are read by position, as there may be very many rows."""
    entry = SealedEntry._make(record[:_COLUMNS])
    further: str | None = record[_COLUMNS - 1]
    return entry._replace(further_lines=json_codec.decode(further, type=_FurtherLines) if further else ())


def _link(record: Any) -> Link:
    entry = _entry(record)
    position, entry_id, seal_hash, seal_format, head_position, head_hash = record[_COLUMNS:]
    scope = entry.scope
    return Link(
        scope,
        position,
        entry_id,
        seal_hash,
        seal_format,
        entry if entry.id is not None else None,
        Head(scope, head_position, head_hash) if head_hash is not None else None,
    )


async def count_unsealed(conn: Conn, *, most: int) -> int:
    """Return how many entries wait for their seals, counted up to `most`."""
    count: int = await conn.fetchval(_SQL["count_unsealed"], most)
    return count


async def sealing_lag_ms(conn: Conn, *, now_ms: int, most: int) -> int:
    """Return how long the entry has waited for its seal that waits longest, to the second; 0 when none waits.

    Up to `most` chains are looked at. An entry of a test clock's time tells nothing of real time, so no lag is longer
    than a day.
    """
    entries = [record["entry"] for record in await conn.fetch(_SQL["oldest_unsealed"], most)]
    return max((min(max(now_ms - _made_ms(entry), 0), _LONGEST_LAG_MS) for entry in entries), default=0)


def _made_ms(entry_id: str) -> int:
    """Return when an entry was made, by its id; what bears no such id was never made."""
    try:
        return created_of(entry_id) * 1000
    except ValueError:
        return 0
