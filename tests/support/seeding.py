"""Top-ups written straight into the database, for what no request can make: a chosen second, a live one."""

from collections.abc import Sequence
from typing import NamedTuple

from brim.api.resources.topups.wire import topup_json
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION, Event, EventType
from brim.core.topups.rules import Topup
from brim.core.topups.store import NewTopup, insert_topups
from brim.platform.database import Database
from tests.support.service import Server


class Seed(NamedTuple):
    """A pending top-up to be: minor units of US dollars, and the Unix second in which it was made."""

    amount: int
    created: int


def seed_topups(server: Server, account: str, seeds: Sequence[Seed], *, livemode: bool = False) -> list[str]:
    """Write pending top-ups that never settle, in the order of their ids, and return those ids."""
    scope = AccountScope(account, livemode)
    ids = IdFactory()
    batch = [new_topup(scope, ids, seed) for seed in seeds]

    async def write(database: Database) -> None:
        async with database.connection() as conn:
            await insert_topups(conn, batch, now_ms=0)

    server.run(write)
    return [new.topup.id for new in batch]


def new_topup(scope: AccountScope, ids: IdFactory, seed: Seed) -> NewTopup:
    """Return a pending top-up that never settles, and its event, ready to be written."""
    topup_id = ids.new_at("tu_", seed.created * 1000)
    topup = Topup(rail="sandbox", scope=scope, id=topup_id, amount=seed.amount, currency="usd", created=seed.created)
    event = Event(
        scope=scope,
        id=ids.new_at("evt_", seed.created * 1000),
        type=EventType.TOPUP_CREATED,
        created=seed.created,
        api_version=DEFAULT_API_VERSION,
        object_id=topup_id,
        payload=topup_json(topup),
    )
    return NewTopup(topup, event, None)
