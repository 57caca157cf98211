"""The API keys by which the pages of operators speak to the API.

A page acts by a restricted key of the operator's own for one account in one mode, so what it may do is decided where
every client's rights are, and a request log tells who it was. A key is made when it is first needed; its secret is
sealed, so that pages can use it and show it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from brim.base.ids import IdFactory, random_base62
from brim.base.scope import AccountScope
from brim.core import access, accounts
from brim.core.access import ApiKey, EndedKey, UnknownAccountError, issue_key, record_change, record_ends
from brim.core.accounts import RandomText
from brim.core.audit import Action
from brim.core.operators import key_store as operator_keys
from brim.core.operators import store as operators
from brim.core.operators.rules import Operator, OperatorDisabledError, UnknownOperatorError, permissions_of
from brim.core.operators.sign_in import actor_of
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault


class PageKey(NamedTuple):
    """The secret of a key by which an operator's pages speak to the API, and what it may do."""

    secret: str
    permissions: Mapping[str, str]


class OperatorKeys:
    """One process's way to the keys of operators.

    Args:
        database: where they are.
        vault: opens and seals their secrets.
        ids: makes the ids of the audit log's lines.
        random_text: where chance comes from.
    """

    def __init__(
        self, database: Database, vault: Vault, *, ids: IdFactory, random_text: RandomText = random_base62
    ) -> None:
        self._database = database
        self._vault = vault
        self._ids = ids
        self._random_text = random_text

    async def key_of(self, operator: Operator, scope: AccountScope, *, now_ms: int, until_ms: int | None = None) -> str:
        """Return the secret of what `page_key` returns."""
        return (await self.page_key(operator, scope, now_ms=now_ms, until_ms=until_ms)).secret

    async def page_key(
        self, operator: Operator, scope: AccountScope, *, now_ms: int, until_ms: int | None = None
    ) -> PageKey:
        """Return an operator's key for an account, made if there is none that works and fits the role.

        Args:
            operator: whose pages.
            scope: the account and mode that they show.
            now_ms: the time.
            until_ms: when a key that is made now ends at the latest: with the session; None for never.

        Raises:
            OperatorDisabledError: the operator may do nothing any more.
            UnknownOperatorError: there is no such operator.
            UnknownAccountError: there is no such account.
            NoEncryptionKeyError: the server cannot keep the secret.
            SecretUnreadableError: the secret is sealed under a key that the server has no more.
        """
        async with self._database.connection() as conn:
            found = await operator_keys.find_operator_key(conn, operator.id, scope)
        if found is None or not _is_fit(found, operator, scope, now_ms=now_ms):
            found = await self._database.transact(
                lambda conn: self._renew(conn, operator, scope, now_ms=now_ms, until_ms=until_ms)
            )
        secret = self._vault.open(found.sealed, place=_place(operator.id, scope)).decode()
        return PageKey(secret, found.key.permissions or {})

    async def _renew(
        self, conn: Conn, operator: Operator, scope: AccountScope, *, now_ms: int, until_ms: int | None
    ) -> operator_keys.OperatorKey:
        """Return the operator's key, a new one unless another process has just made it."""
        held = await operators.lock_operator(conn, operator.id)
        if held is None:
            raise UnknownOperatorError(operator.id)
        if held.operator.disabled_ms is not None:
            raise OperatorDisabledError(held.operator.email)
        if await accounts.find_account(conn, scope.account) is None:
            raise UnknownAccountError(scope.account)
        found = await operator_keys.find_operator_key(conn, operator.id, scope)
        if found is not None:
            if _is_fit(found, held.operator, scope, now_ms=now_ms):
                return found
            await self._end(conn, held.operator, found.key, now_ms=now_ms)
        return await self._make(conn, held.operator, scope, now_ms=now_ms, until_ms=until_ms)

    async def _end(self, conn: Conn, operator: Operator, key: ApiKey, *, now_ms: int) -> None:
        """End a key that a new one follows; one that has ended already is left alone."""
        if key.has_ended(now_ms):
            return
        ended = EndedKey(key, await access.expire_key(conn, key, now_ms))
        await record_ends(conn, actor_of(operator, address=None), [ended], now_ms=now_ms, ids=self._ids)

    async def _make(
        self, conn: Conn, operator: Operator, scope: AccountScope, *, now_ms: int, until_ms: int | None
    ) -> operator_keys.OperatorKey:
        held = await operators.held_money_roles(conn)
        new = await issue_key(
            conn,
            account=scope.account,
            livemode=scope.livemode,
            permissions=permissions_of(operator.role, livemode=scope.livemode, held=held),
            name=f"Dashboard: {operator.email}",
            now_ms=now_ms,
            expires_ms=until_ms,
            random_text=self._random_text,
        )
        sealed = self._vault.seal(new.secret.encode(), place=_place(operator.id, scope))
        await operator_keys.put_operator_key(conn, operator.id, new.key, sealed)
        by = actor_of(operator, address=None)
        await record_change(conn, by, Action.KEY_MADE, None, new.key, now_ms=now_ms, ids=self._ids, detail=None)
        return operator_keys.OperatorKey(new.key, sealed, held)


def _is_fit(found: operator_keys.OperatorKey, operator: Operator, scope: AccountScope, *, now_ms: int) -> bool:
    """Tell whether a key works and has the rights that the operator's role has now, as this version knows them."""
    rights = permissions_of(operator.role, livemode=scope.livemode, held=found.held)
    return not found.key.has_ended(now_ms) and found.key.permissions == rights


def _place(operator: str, scope: AccountScope) -> str:
    return f"operator_keys/{operator}/{scope.account}/{'live' if scope.livemode else 'test'}"
