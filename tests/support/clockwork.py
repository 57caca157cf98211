"""An owner's service without its wire: creates, cancels, clocks and settlement, each by the use case that serves it."""

from functools import partial
from typing import Any

import msgspec

from brim.api.framework.errors import render_error
from brim.api.resources.topups.wire import topup_json
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.direct_debits import check_not_collected, find_retry
from brim.core.dishonors import DisputePlayer
from brim.core.due import DueQueue
from brim.core.events.rules import DEFAULT_API_VERSION
from brim.core.funding.bank_secrets import BankSecrets
from brim.core.funding.reference import Funding
from brim.core.funding.resolution import find_funding, preview_funding
from brim.core.idempotency.rules import KeptReply, KeyClaim
from brim.core.idempotency.service import RequestContext, Result
from brim.core.rails import Rails, SandboxRail
from brim.core.rails.protocol import Outcome
from brim.core.test_clocks import service as clocks
from brim.core.topups import CreateTopup, TopupQueue, settlement
from brim.core.topups import service as topups
from brim.core.topups.batches import Batches
from brim.core.topups.config_cache import ConfigCache
from brim.core.topups.rules import Topup
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault, new_encryption_key
from tests.support.audits import TESTER

Reply = dict[str, Any]
VAULT = Vault([new_encryption_key()])
"""The encryption keys that all processes of a test have."""


class Clockwork:
    """One process's worth of the service, in a time that the test moves: `now_ms` is the real time."""

    def __init__(self, database: Database, *, now_ms: int, settle_after_s: float = 1.0, by: Actor = TESTER) -> None:
        self.database = database
        self.now_ms = now_ms
        self.by = by
        self.rails = Rails([SandboxRail(settle_after_s)])
        self.disputes = DisputePlayer(self.rails, WIRE_FORMATS)
        self.ids = IdFactory(lambda: self.now_ms)
        self.batches = Batches(database, lambda: self.now_ms)
        self.configs = ConfigCache(database)
        self.secrets = BankSecrets(database, VAULT)
        self._requests = 0

    def begin_anew(self, now_ms: int) -> None:
        """Forget everything, as a process does that is started at this time on an empty database."""
        self.now_ms = now_ms
        self.ids = IdFactory(lambda: self.now_ms)
        self.configs = ConfigCache(self.database)

    def context(self, scope: AccountScope, *, key: str | None = None, fingerprint: bytes = b"same") -> RequestContext:
        """Return a request of an owner's, under a key if one is given."""
        self._requests += 1
        claim = KeyClaim(key, fingerprint) if key else None
        return RequestContext(
            scope=scope,
            claim=claim,
            request_id=f"req_{self._requests}",
            api_version=DEFAULT_API_VERSION,
            now_ms=self.now_ms,
            by=self.by,
            ids=self.ids,
        )

    async def create(
        self,
        scope: AccountScope,
        *,
        amount: int = 1000,
        currency: str = "usd",
        source: str | None = None,
        key: str | None = None,
    ) -> Reply:
        """Return the reply of a create; the key stands for exactly these parameters."""
        wanted = CreateTopup(amount=amount, currency=currency, source=source)
        fingerprint = repr(wanted).encode()
        answer = await topups.create_topup(
            self.batches,
            self.configs,
            self.context(scope, key=key, fingerprint=fingerprint),
            wanted,
            ids=self.ids,
            rails=self.rails,
            renderers=WIRE_FORMATS,
            find_funding=self._find_funding,
            find_collection=self.batches.find_collection,
            find_retry=partial(find_retry, self.database),
        )
        return _decoded(answer.body)

    async def _find_funding(self, context: RequestContext, wanted: CreateTopup) -> Funding | KeptReply:
        return await find_funding(
            self.database,
            self.secrets,
            context,
            source=wanted.source,
            payment_method=wanted.payment_method,
            ids=self.ids,
            find_source=self.batches.find_source,
        )

    async def preview(
        self,
        scope: AccountScope,
        *,
        currency: str = "usd",
        source: str | None = None,
        payment_method: str | None = None,
    ) -> Topup:
        """Return the top-up that a create would make now."""
        wanted = CreateTopup(amount=1000, currency=currency, source=source, payment_method=payment_method)
        return await topups.preview_topup(
            self.configs,
            scope,
            wanted,
            now_ms=self.now_ms,
            ids=self.ids,
            rails=self.rails,
            find_funding=self._preview_funding,
            find_collection=self.batches.find_collection,
        )

    async def _preview_funding(self, scope: AccountScope, wanted: CreateTopup) -> Funding:
        return await preview_funding(
            self.database,
            self.secrets,
            scope,
            source=wanted.source,
            payment_method=wanted.payment_method,
            find_source=self.batches.find_source,
        )

    async def update(self, scope: AccountScope, topup_id: str, *, description: str, key: str | None = None) -> Reply:
        """Return the reply of an update."""
        answer = await topups.update_topup(
            self.database,
            self.context(scope, key=key),
            topup_id,
            topups.EditTopup(description=description),
            render=_render,
            render_error=render_error,
        )
        return _decoded(answer.body)

    async def cancel(self, scope: AccountScope, topup_id: str, *, key: str | None = None) -> Reply:
        """Return the reply of a cancel."""
        answer = await topups.cancel_topup(
            self.database,
            self.context(scope, key=key),
            topup_id,
            ids=self.ids,
            renderers=WIRE_FORMATS,
            render=_render,
            render_error=render_error,
            check_not_collected=check_not_collected,
        )
        return _decoded(answer.body)

    async def force(self, scope: AccountScope, topup_id: str, outcome: Outcome, *, key: str | None = None) -> Reply:
        """Return the reply of a forced outcome."""
        answer = await topups.force_outcome(
            self.database,
            self.context(scope, key=key),
            topup_id,
            outcome,
            ids=self.ids,
            renderers=WIRE_FORMATS,
            render=_render,
            render_error=render_error,
        )
        return _decoded(answer.body)

    def id_in(self, answer: Result) -> str:
        """Return the id of the object in an answer."""
        return str(_decoded(answer.body)["id"])

    @property
    def queues(self) -> list[DueQueue]:
        """What a clock moves through."""
        return [TopupQueue(self.rails, WIRE_FORMATS, follow_up=self.disputes), self.disputes]

    async def settle(self, *, limit: int = 500) -> int:
        """Settle what is due in real time; return how many top-ups and dishonors were taken in hand."""
        count = await settlement.settle_due(
            self.database,
            now_ms=self.now_ms,
            ids=self.ids,
            rails=self.rails,
            renderers=WIRE_FORMATS,
            limit=limit,
            follow_up=self.disputes,
        )
        return count + await self.disputes.play_due(self.database, now_ms=self.now_ms, ids=self.ids)

    async def freeze(self, scope: AccountScope, frozen_time: int, *, key: str | None = None) -> str:
        """Return the id of a new test clock."""
        answer = await clocks.create_clock(
            self.database,
            self.context(scope, key=key),
            frozen_time=frozen_time,
            name=None,
            queues=self.queues,
            ids=self.ids,
            renderers=WIRE_FORMATS,
            render_error=render_error,
        )
        clock_id: str = _decoded(answer.body)["id"]
        return clock_id

    async def send(self, scope: AccountScope, clock_id: str, frozen_time: int, *, key: str | None = None) -> None:
        """Send a clock on its way."""
        await clocks.advance_clock(
            self.database,
            self.context(scope, key=key),
            clock_id,
            frozen_time=frozen_time,
            queues=self.queues,
            ids=self.ids,
            renderers=WIRE_FORMATS,
            render_error=render_error,
        )

    async def step(self, *, limit: int = 500) -> int:
        """Take a clock that is on its way one step further."""
        return await clocks.step_clock(
            self.database, queues=self.queues, now_ms=self.now_ms, ids=self.ids, renderers=WIRE_FORMATS, limit=limit
        )

    async def advance(self, scope: AccountScope, clock_id: str, frozen_time: int, *, limit: int = 500) -> None:
        """Send a clock on its way and take it there."""
        await self.send(scope, clock_id, frozen_time)
        while await self.step(limit=limit):
            pass

    async def thaw(self, scope: AccountScope, clock_id: str) -> None:
        """Delete a clock."""
        await clocks.delete_clock(
            self.database, self.context(scope), clock_id, queues=self.queues, ids=self.ids, renderers=WIRE_FORMATS
        )


def _decoded(body: bytes) -> Reply:
    reply: Reply = msgspec.json.decode(body)
    return reply


async def _render(_conn: Conn, topup: Topup) -> bytes:
    return topup_json(topup)
