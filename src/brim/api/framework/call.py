"""What a handler is given: the service's parts, and one validated request."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from brim.api.framework.rights import Rights
from brim.base.clock import Clock
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.audit import Actor
from brim.core.due import DueQueue
from brim.core.events import Renderers
from brim.core.funding import BankSecrets
from brim.core.idempotency import KeyClaim, RequestContext
from brim.core.rails import Rails
from brim.core.stripe_cli import Hub
from brim.core.topups import Batches, ConfigCache
from brim.core.webhooks import EndpointRules
from brim.http.origin import Proxies
from brim.platform.database import Database
from brim.platform.vault import Vault


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One process's parts, made when it starts and shared by all requests.

    `queues` are what waits for its time, through which test clocks move; `own_url` is where a browser reaches it;
    `data_dir` is where an embedded database is.
    """

    database: Database
    batches: Batches
    ids: IdFactory
    clock: Clock
    rails: Rails
    configs: ConfigCache
    bank_secrets: BankSecrets
    vault: Vault
    hub: Hub
    renderers: Renderers
    queues: Sequence[DueQueue]
    endpoint_rules: EndpointRules = EndpointRules()
    cli_reconnect_s: int = 60
    own_url: str = ""
    proxies: Proxies = Proxies()
    data_dir: Path | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request to an operation: whose it is, what it asks, under which names it is remembered.

    `scope` is whom the request acts for and `asking` the account whose key it carries: another one, its platform, where
    the request names a `Stripe-Account`; `rights` says what that key may see. `parameters` are the validated values by
    name, without those not sent; `path_ids` are the ids in the path, in its order; `host` is the name by which the
    client reached us, `base_url` tells the address of this server for links, `query` is what followed the path. `by` is
    who asks, as the audit log tells of them.
    """

    service: Service
    scope: AccountScope
    asking: str
    parameters: Mapping[str, Any]
    path_ids: tuple[str, ...]
    request_id: str
    api_version: str
    claim: KeyClaim | None
    now_ms: int
    rights: Rights
    by: Actor
    base_url: Callable[[], str]
    host: str = ""
    query: bytes = b""

    @property
    def path_id(self) -> str:
        """The first id in the path: that of the object, or of the one that it belongs to; empty where there is none."""
        return self.path_ids[0] if self.path_ids else ""

    @property
    def item_id(self) -> str:
        """The last id in the path: that of an object which belongs to another one."""
        return self.path_ids[-1]

    @property
    def is_platforms(self) -> bool:
        """Whether a platform acts for an account under it."""
        return self.asking != self.scope.account

    @property
    def context(self) -> RequestContext:
        """The request as the idempotency rules see it."""
        return RequestContext(
            scope=self.scope,
            claim=self.claim,
            request_id=self.request_id,
            api_version=self.api_version,
            now_ms=self.now_ms,
            by=self.by,
            ids=self.service.ids,
        )
