"""Top-ups to create in batches, and the batches of one process."""

from typing import Any, Final

import msgspec

from brim.api.resources.topups.wire import topup_json
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION, Event, EventType
from brim.core.idempotency.rules import KeyClaim
from brim.core.topups.batches import Batches
from brim.core.topups.rules import Topup
from brim.core.topups.store import NewTopup
from brim.platform.database import Database

NOW_MS: Final = 1_780_000_000_000
OWNER: Final = AccountScope("acct_batches", livemode=False)
_ids: Final = IdFactory(lambda: NOW_MS)


def new_topup(key: str | None = None, *, fingerprint: bytes = b"same", **changes: Any) -> NewTopup:
    """Return a top-up to create, asked for under a key if one is given; `changes` are made after all checks."""
    topup_id = _ids.new("tu_")
    topup = Topup(rail="sandbox", scope=OWNER, id=topup_id, amount=100, currency="usd", created=NOW_MS // 1000)
    topup = msgspec.structs.replace(topup, **changes)
    event = Event(
        scope=topup.scope,
        id=_ids.new("evt_"),
        type=EventType.TOPUP_CREATED,
        created=topup.created,
        api_version=DEFAULT_API_VERSION,
        object_id=topup_id,
        payload=topup_json(msgspec.structs.replace(topup, description=None)),
        request_id=f"req_{topup_id}",
        idempotency_key=key,
    )
    return NewTopup(topup, event, KeyClaim(key, fingerprint) if key is not None else None)


def batches_on(database: Database, sizes: list[tuple[str, int]] | None = None) -> Batches:
    """Return the batches of one process; the size of each goes into `sizes`."""
    seen = sizes if sizes is not None else []
    return Batches(database, lambda: NOW_MS, observe=lambda kind, size: seen.append((kind, size)))
