"""Let the official CLI listen: open a session, and find it again.

A session's place among events is a row of the database, so it may come back to any process (`conversations`), whose
`hub` looks for all of its sessions at once.
"""

from collections.abc import Sequence
from typing import NamedTuple

from brim.base.ids import random_base62
from brim.base.scope import AccountScope
from brim.core.stripe_cli import store as listeners
from brim.core.stripe_cli.rules import (
    KEPT_MS,
    LISTENING_MS,
    MAX_LISTENING,
    SESSION_CHARS,
    SESSION_PREFIX,
    Device,
    Listener,
    TooManyListenersError,
    hash_session,
    read_filters,
)
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault


class NewSession(NamedTuple):
    """What the CLI is told of a session: its id, the secret that signs, the name that attempts are kept under."""

    id: str
    secret: str
    endpoint: str


async def open_session(
    database: Database,
    scope: AccountScope,
    *,
    device: str,
    features: Sequence[str],
    filters: str | None,
    key_hash: bytes,
    vault: Vault,
    now_ms: int,
) -> NewSession:
    """Open a session; the secret is the same each time for one account's device.

    Args:
        database: where.
        scope: whose events and requests it hears of; as a platform also those of accounts under it.
        device: the computer that listens.
        features: what it wants to hear of, in the CLI's words.
        filters: which requests, as JSON; None for all.
        key_hash: stands for the key that asks; the session ends with it.
        vault: seals the secret.
        now_ms: the time.

    Raises:
        TooManyListenersError: too many listen already.
        ListenerFiltersError: the filters cannot be read.
        NoEncryptionKeyError: the server has no key to keep a secret with.
    """
    chosen = read_filters(filters)
    session_id = SESSION_PREFIX + random_base62(SESSION_CHARS)
    fresh = Device(name=device, endpoint="we_" + random_base62(24), secret=_new_secret(vault, scope, device))

    async def work(conn: Conn) -> Device:
        await listeners.forget_listeners(conn, scope, before_ms=now_ms - KEPT_MS)
        if await listeners.count_listeners(conn, scope, since_ms=now_ms - LISTENING_MS) >= MAX_LISTENING:
            raise TooManyListenersError
        kept = await listeners.keep_device(conn, scope, fresh, now_s=now_ms // 1000)
        digest = hash_session(session_id)
        await listeners.insert_listener(
            conn,
            scope,
            digest,
            device=device,
            features=features,
            filters=chosen,
            key_hash=key_hash,
            now_ms=now_ms,
        )
        return kept

    kept = await database.transact(work)
    return NewSession(session_id, open_secret(vault, scope, kept), kept.endpoint)


async def find_session(database: Database, scope: AccountScope, session_id: str, *, now_ms: int) -> Listener | None:
    """Return a session that may connect; None for one that never was, is gone, or whose key has ended."""
    digest = hash_session(session_id)
    async with database.connection() as conn:
        return await listeners.find_listener(conn, scope, digest, since_ms=now_ms - KEPT_MS, now_ms=now_ms)


def _new_secret(vault: Vault, scope: AccountScope, device: str) -> bytes:
    return vault.seal(("whsec_" + random_base62(SESSION_CHARS)).encode(), place=_place(scope, device))


def open_secret(vault: Vault, scope: AccountScope, device: Device) -> str:
    """Return what signs what is sent to a device."""
    return vault.open(device.secret, place=_place(scope, device.name)).decode()


def _place(scope: AccountScope, device: str) -> str:
    return f"cli_device:{scope.account}:{scope.livemode}:{device}"
