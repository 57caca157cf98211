"""One account's API keys in one mode: listed, made, rolled and revoked by people, with lines in the audit log.

Neighbours: `keys` has what the command line does with anybody's keys, `operator_keys` the keys that pages use. Those
are listed here too, and are nobody's to change: they end with the operator.
"""

from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.ids import IdFactory, random_base62
from brim.base.scope import AccountScope
from brim.core.access import store as keys
from brim.core.access.rules import (
    PERMISSION_LEVELS,
    RESOURCES,
    SECRET_CHARS,
    ApiKey,
    InvalidPermissionError,
    OwnedKey,
    secret_prefix,
)
from brim.core.access.service import EndedKeyError, NewKey, UnknownKeyError, add_key, describe_key, record_change
from brim.core.accounts import RandomText
from brim.core.audit import Action, Actor
from brim.platform.database import Conn, Database

SHOWN_AFTER_END_MS: Final = 30 * 24 * 60 * 60 * 1000
"""How long a key that has ended is listed still: somebody may wonder why it works no more."""

LONGEST_NAME: Final = 100
LONGEST_GRACE_MS: Final = 7 * 24 * 60 * 60 * 1000
_MOST_LISTED: Final = 500


class KeyMadeAlreadyError(BrimError):
    """The same request for a key came before, and made one."""

    def __init__(self) -> None:
        super().__init__(
            "This key was already created, and its secret was shown then. If you don't have the secret, roll the key."
        )


class NoRightsError(BrimError):
    """A restricted key was asked for that might do nothing."""

    def __init__(self) -> None:
        super().__init__("Give the key at least one permission.")


class KeyNameTooLongError(BrimError):
    """A key's name is longer than anybody reads."""

    def __init__(self) -> None:
        super().__init__(f"A key's name must have at most {LONGEST_NAME} characters.")


class KeyOfPagesError(BrimError):
    """The key is one that an operator's pages use."""

    def __init__(self) -> None:
        super().__init__("This is a dashboard key. It is revoked when its operator signs out.")


class KeyParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it is asked for.

    `permissions` maps resources to `none`, `read` or `write` for a restricted key, None asks for a secret one. Whoever
    asks chooses the key's `id`, so that asking twice makes one key.
    """

    id: str
    name: str | None = None
    permissions: dict[str, str] | None = None


class OwnerKeys:
    """One process's way to the keys of accounts.

    Args:
        database: where they are.
        ids: makes the ids of the audit log's lines.
        random_text: where chance comes from.
    """

    def __init__(self, database: Database, *, ids: IdFactory, random_text: RandomText = random_base62) -> None:
        self._database = database
        self._ids = ids
        self._random_text = random_text

    async def list_keys(self, scope: AccountScope, *, now_ms: int) -> list[OwnedKey]:
        """Return an account's keys, newest first, those that ended long ago left out."""
        async with self._database.connection() as conn:
            return await keys.list_owner_keys(
                conn, scope, ended_after_ms=now_ms - SHOWN_AFTER_END_MS, limit=_MOST_LISTED
            )

    async def find_key(self, scope: AccountScope, key_id: str) -> OwnedKey:
        """Return one of an account's keys.

        Raises:
            UnknownKeyError: it has none of that id.
        """
        async with self._database.connection() as conn:
            return await _require(conn, scope, key_id)

    async def create_key(self, scope: AccountScope, wanted: KeyParameters, *, by: Actor, now_ms: int) -> NewKey:
        """Make a key; its secret is in what comes back and nowhere else.

        Raises:
            NoRightsError, InvalidPermissionError, KeyNameTooLongError: no such key can be.
            UnknownAccountError: the account was deleted.
            KeyMadeAlreadyError: it was made already.
        """
        permissions = None if wanted.permissions is None else _checked(wanted.permissions)
        if wanted.name and len(wanted.name) > LONGEST_NAME:
            raise KeyNameTooLongError

        async def work(conn: Conn) -> NewKey:
            new = await self._issue(
                conn, scope, msgspec.structs.replace(wanted, permissions=permissions), now_ms=now_ms
            )
            await record_change(
                conn, by, Action.KEY_MADE, None, new.key, now_ms=now_ms, ids=self._ids, detail=new.key.redacted
            )
            return new

        return await self._database.transact(work)

    async def roll_key(
        self, scope: AccountScope, key_id: str, *, new_id: str, grace_ms: int, by: Actor, now_ms: int
    ) -> NewKey:
        """Make a key with the rights of another, which works on for `grace_ms` and then ends.

        Raises:
            UnknownKeyError: the account has no such key.
            EndedKeyError: it has ended already, or will by an earlier roll.
            KeyOfPagesError: the dashboard uses it.
            KeyMadeAlreadyError: the new one was made already.
        """

        async def work(conn: Conn) -> NewKey:
            old = await _require_programs(conn, scope, key_id)
            if old.has_ended(now_ms):
                raise EndedKeyError(key_id)
            wanted = KeyParameters(id=new_id, name=old.name, permissions=old.permissions)
            new = await self._issue(conn, scope, wanted, now_ms=now_ms)
            ending = await keys.expire_key(conn, old, now_ms + min(max(grace_ms, 0), LONGEST_GRACE_MS))
            detail = f"now {new.key.redacted}"
            await record_change(conn, by, Action.KEY_ROLLED, old, ending, now_ms=now_ms, ids=self._ids, detail=detail)
            detail = f"for {old.id}"
            await record_change(conn, by, Action.KEY_MADE, None, new.key, now_ms=now_ms, ids=self._ids, detail=detail)
            return new

        return await self._database.transact(work)

    async def revoke_key(self, scope: AccountScope, key_id: str, *, by: Actor, now_ms: int) -> None:
        """End a key now.

        Raises:
            UnknownKeyError: the account has no such key.
            KeyOfPagesError: the dashboard uses it.
        """

        async def work(conn: Conn) -> None:
            key = await _require_programs(conn, scope, key_id)
            ended = await keys.expire_key(conn, key, now_ms)
            await record_change(
                conn, by, Action.KEY_REVOKED, key, ended, now_ms=now_ms, ids=self._ids, detail=key.redacted
            )

        await self._database.transact(work)

    async def _issue(self, conn: Conn, scope: AccountScope, wanted: KeyParameters, *, now_ms: int) -> NewKey:
        prefix = secret_prefix(livemode=scope.livemode, restricted=wanted.permissions is not None)
        secret = prefix + self._random_text(SECRET_CHARS)
        described = describe_key(secret, scope.account, wanted.permissions, wanted.name, now_ms, self._random_text)
        key = msgspec.structs.replace(described, id=wanted.id)
        if not await add_key(conn, key):
            raise KeyMadeAlreadyError
        return NewKey(key, secret)


def _checked(permissions: dict[str, str]) -> dict[str, str]:
    """Return the rights that there are among those asked for, `none` being none."""
    for resource, level in permissions.items():
        if resource not in RESOURCES or level not in PERMISSION_LEVELS:
            raise InvalidPermissionError(f"{resource}={level}")
    rights = {resource: level for resource, level in permissions.items() if level != PERMISSION_LEVELS[0]}
    if not rights:
        raise NoRightsError
    return rights


async def _require(conn: Conn, scope: AccountScope, key_id: str) -> OwnedKey:
    found = await keys.lock_owner_key(conn, scope, key_id)
    if found is None:
        raise UnknownKeyError(key_id)
    return found


async def _require_programs(conn: Conn, scope: AccountScope, key_id: str) -> ApiKey:
    """Return a key that programs use."""
    found = await _require(conn, scope, key_id)
    if found.operator is not None:
        raise KeyOfPagesError
    return found.key
