"""Changes the key under which secrets are stored, row by row, while the service runs."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Final, NamedTuple

from brim.base.ids import IdFactory
from brim.core.audit import Action, Actor, ObjectType, record
from brim.core.encryption import store as secrets
from brim.core.encryption.store import BEGINNING, SEALED_TABLES, RowKey, SealedRow, SealedTable
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault, header_of, key_id_in

_PAGE: Final = 5_000
"""Rows looked at at a time: none is held, and all that is read of a secret is which key it names."""

_ROUNDS: Final = 3
"""How often to go through everything: what other processes sealed with an old key meanwhile is in the next round."""

Progress = Callable[[int], None]
"""Told how many secrets there were up to now."""


class Rotation(NamedTuple):
    """What came of storing every secret under the first key.

    Attributes:
        secrets: how many there are.
        renewed: how many of them were encrypted anew.
        left: how many are under another key all the same, by its id; None stands for those that name none.
    """

    secrets: int
    renewed: int
    left: Counter[str | None]


async def count_secrets(
    database: Database, *, on_progress: Progress = lambda _count: None, page: int = _PAGE
) -> Counter[str | None]:
    """Return how many secrets were sealed with each key, by its id; None stands for those that name none."""
    found: Counter[str | None] = Counter()
    for table in SEALED_TABLES:
        async with aclosing(_pages(database, table, page)) as pages:
            async for rows in pages:
                found.update(key_id_in(header) for _, header in rows)
                on_progress(found.total())
    return found


async def rotate_encryption(
    database: Database,
    vault: Vault,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    on_progress: Progress = lambda _count: None,
    step: int | None = None,
) -> Rotation:
    """Store every secret under the vault's first key; those that are already stay untouched.

    So one that was interrupted goes on where it was. The audit log gets a line with each transaction that stores some,
    and one at the end, when no secret is left under another key: a change that stopped half-way has the first and not
    the last.

    Raises:
        NoEncryptionKeyError: the vault has no key.
        SecretUnreadableError: a secret opens under none of its keys; those before it are stored anew.
    """
    vault.check()
    change = _Change(database, vault, by, now_ms, ids)
    renewed = 0
    for _ in range(_ROUNDS):
        total = 0
        for table in SEALED_TABLES:
            async with aclosing(_pages(database, table, _PAGE)) as pages:
                async for rows in pages:
                    total += len(rows)
                    renewed += await change.renew(table, [key for key, header in rows if header != change.header], step)
                    on_progress(total)
        left = await count_secrets(database)
        total = left.total()
        del left[vault.key_ids[0]]
        if not left:
            await database.transact(partial(change.tell, detail=f"all {total} secrets"))
            break
    return Rotation(total, renewed, left)


async def _pages(database: Database, table: SealedTable, page: int) -> AsyncGenerator[Sequence[tuple[RowKey, bytes]]]:
    """Yield the rows of a table that have secrets, with how these begin."""
    after = BEGINNING
    while True:
        async with database.connection() as conn:
            rows = await secrets.read_headers(conn, table, after=after, limit=page)
        if not rows:
            return
        yield [(key, header) for key, header in rows if header is not None]
        after = rows[-1][0]


class _Change:
    """One change of the encryption key."""

    def __init__(self, database: Database, vault: Vault, by: Actor, now_ms: int, ids: IdFactory) -> None:
        self._database = database
        self._vault = vault
        self._by = by
        self._now_ms = now_ms
        self._ids = ids
        self.header = header_of(vault.key_ids[0])

    async def renew(self, table: SealedTable, keys: Sequence[RowKey], step: int | None) -> int:
        """Store the secrets of rows anew, some in each transaction; return how many there were."""
        count = 0
        for start in range(0, len(keys), step or table.step):
            chosen = keys[start : start + (step or table.step)]
            count += await self._database.transact(partial(self._renew, table=table, keys=chosen))
        return count

    async def _renew(self, conn: Conn, table: SealedTable, keys: Sequence[RowKey]) -> int:
        held = await secrets.lock_sealed(conn, table, keys)
        if held:
            renewed = [SealedRow(row.key, self._vault.reseal(row.sealed)) for row in held]
            await secrets.replace_sealed(conn, table, renewed)
            await self.tell(conn, f"{len(held)} of {table.name}")
        return len(held)

    async def tell(self, conn: Conn, detail: str) -> None:
        """Add a line to the audit log, in the transaction of what it tells."""
        await record(
            conn,
            self._by,
            Action.ENCRYPTION_ROTATED,
            object_type=ObjectType.ENCRYPTION,
            detail=detail,
            now_ms=self._now_ms,
            ids=self._ids,
        )
