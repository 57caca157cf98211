"""Counts what files debit for the return rates: when they leave, and back when the bank has rejected them."""

from brim.base.ids import Ids
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.rules import AchFile
from brim.core.events import Renderers
from brim.core.originators import Originator, extend_mandates
from brim.core.return_rates import count_sent
from brim.platform.database import Conn


async def count_file(
    conn: Conn, originator: Originator, file: AchFile, *, renderers: Renderers, now_ms: int, ids: Ids
) -> None:
    """Count the debits of a file that has left, in the caller's transaction; Nacha's limits are for ACH alone.

    The mandates under which a message collects lapse later by that.
    """
    if originator.profile.sepa is not None:
        mandates = await entry_store.mandates_in_file(conn, file.scope, file.id)
        await extend_mandates(conn, mandates, collected_on=file.effective_date)
        return
    sent = await entry_store.count_debits(conn, file.scope, file.id)
    await count_sent(conn, originator, sent, renderers=renderers, now_ms=now_ms, ids=ids)


async def uncount_batch(
    conn: Conn, originator: Originator, batch: FoundBatch, *, renderers: Renderers, now_ms: int, ids: Ids
) -> None:
    """Take back what was counted of a batch that the bank has rejected: it was never originated."""
    if originator.profile.sepa is not None:
        return
    sent = await entry_store.count_debits(conn, originator.scope, batch.file, batch=batch.number)
    taken_back = {place: -number for place, number in sent.items()}
    await count_sent(conn, originator, taken_back, renderers=renderers, now_ms=now_ms, ids=ids)
