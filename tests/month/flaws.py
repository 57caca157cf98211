"""Controls that are broken on purpose, in a worker of its own: what the drill has to find."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from brim.base.ids import IdFactory
from brim.core import direct_debits
from brim.core.direct_debits import sending
from brim.core.rails.ach import ACH
from brim.core.time import OwnerTime
from brim.core.topups import OfRails, Topup, claim_due, postpone
from brim.platform.database import Conn, Database


def _claim_in_two() -> None:
    """One transaction takes top-ups that are due, another makes their entries."""

    async def work_off_due(
        self: direct_debits.Claiming,
        database: Database,
        *,
        now_ms: int,
        ids: IdFactory,
        limit: int = direct_debits.MAX_BATCH,
    ) -> int:
        async def take(conn: Conn) -> list[Topup]:
            due = await claim_due(conn, OfRails((ACH,), are_meant=True), now_ms=now_ms, limit=limit)
            if due:
                await postpone(conn, [(topup, None) for topup in due])
            return due

        due = await database.transact(take)

        async def queue(conn: Conn) -> None:
            await self.work_off(conn, [(topup, OwnerTime(now_ms, ids)) for topup in due])

        await database.transact(queue)
        return len(due)

    setattr(direct_debits.Claiming, "work_off_due", work_off_due)  # noqa: B010  mypy keeps methods as they are


def _send_without_list() -> None:
    """A file leaves, and nothing outside of the database says so."""

    def hand_over(folder: Path, name: str, content: bytes, **_: Any) -> None:
        waiting = folder / f".{name}.part"
        waiting.write_bytes(content)
        waiting.rename(folder / name)

    setattr(sending, "hand_over", hand_over)  # noqa: B010  mypy keeps functions as they are


FLAWS: Final[dict[str, Callable[[], None]]] = {"claim": _claim_in_two, "list": _send_without_list}
