"""Which bank account pays for a top-up that names none, by currency.

It is part of the account's configuration, so every change here bumps that version in the same transaction: a create
that races it is made under the configuration before or the one after, never under a mixture.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core.account_config import bump_config_version
from brim.core.audit import Action, ObjectType
from brim.core.funding import store as funding
from brim.core.funding.rules import check_usable
from brim.core.idempotency import RenderError, RequestContext, Result, record, run_once
from brim.platform.database import Conn, Database

RenderDefault: TypeAlias = Callable[[AccountScope, str, str], bytes]
"""Writes the reply of what pays: whose it is, in which currency, and which bank account."""


class Default(msgspec.Struct, frozen=True):
    """What pays in one currency, as the audit log tells of it."""

    funding_source: str


async def set_default(
    database: Database,
    context: RequestContext,
    *,
    currency: str,
    funding_source: str,
    render: RenderDefault,
    render_error: RenderError,
) -> Result:
    """Let a bank account on file pay in a currency, and return the default's reply.

    Raises:
        ResourceMissingError: the account has none of that id.
        UnverifiedFundingError: it may not be debited.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        source = await funding.lock_funding_source(conn, context.scope, funding_source)
        check_usable(source, funding_source, param="funding_source")
        earlier = (await funding.read_defaults(conn, context.scope)).get(currency)
        await funding.set_default(conn, context.scope, currency, funding_source)
        await bump_config_version(conn, context.scope)
        await record_default(conn, context, Action.DEFAULT_FUNDING_SET, currency, before=earlier, after=funding_source)
        return render(context.scope, currency, funding_source)

    return await run_once(database, context, work, render_error=render_error)


async def list_defaults(database: Database, scope: AccountScope) -> dict[str, str]:
    """Return the ids of what pays by currency, where the account has said so."""
    async with database.connection() as conn:
        return await funding.read_defaults(conn, scope)


async def delete_default(database: Database, context: RequestContext, currency: str) -> None:
    """Let nothing of the account's choice pay in a currency any more.

    Raises:
        ResourceMissingError: nothing did.
    """

    async def work(conn: Conn) -> None:
        earlier = (await funding.read_defaults(conn, context.scope)).get(currency)
        if not await funding.delete_default(conn, context.scope, currency):
            raise ResourceMissingError("default funding source", currency, param="currency", in_path=True)
        await bump_config_version(conn, context.scope)
        await record_default(conn, context, Action.DEFAULT_FUNDING_DELETED, currency, before=earlier, after=None)

    await database.transact(work)


async def record_default(
    conn: Conn, context: RequestContext, action: Action, currency: str, *, before: str | None, after: str | None
) -> None:
    """Add a line to the audit log about what pays in a currency, by the ids of the bank accounts before and after."""
    was, became = (None if each is None else Default(each) for each in (before, after))
    await record(conn, context, action, ObjectType.DEFAULT_FUNDING_SOURCE, currency, before=was, after=became)
