"""External accounts in the database. Whoever changes one holds its account, so that no two changes meet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base import json_codec
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.accounts.external_rules import ExternalAccount
from brim.core.funding import bank_account_from_record
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "external")


async def insert_external_account(conn: Conn, external: ExternalAccount) -> None:
    """Add an external account."""
    account = external.bank_account
    await conn.execute(
        _SQL["insert_external_account"],
        external.scope.account,
        external.scope.livemode,
        external.id,
        external.created,
        account.routing_number,
        account.last4,
        account.fingerprint,
        account.bank_name,
        account.country,
        external.currency,
        external.holder_name,
        account.holder_type,
        account.account_type,
        external.is_default,
        json_codec.encode_text(external.metadata),
    )


async def fetch_external_accounts(
    conn: Conn, accounts: Sequence[str], *, livemode: bool, most: int
) -> dict[str, tuple[list[ExternalAccount], int]]:
    """Return by account its newest external accounts in one mode, newest first, and how many it has."""
    found: dict[str, tuple[list[ExternalAccount], int]] = {account: ([], 0) for account in accounts}
    for record in await conn.fetch(_SQL["fetch_external_accounts"], accounts, livemode, most):
        shown, _ = found[record["account"]]
        found[record["account"]] = ([*shown, _from_record(record)], record["total"])
    return found


async def read_external_account(conn: Conn, scope: AccountScope, external_id: str) -> ExternalAccount | None:
    """Return an external account, None where the account has none of that id."""
    record = await conn.fetchrow(_SQL["read_external_account"], scope.account, scope.livemode, external_id)
    return _from_record(record) if record else None


async def list_external_accounts(conn: Conn, scope: AccountScope, window: Window) -> Page[ExternalAccount]:
    """Return a page of an account's external accounts."""
    records = await conn.fetch(
        _SQL["list_external_accounts"],
        scope.account,
        scope.livemode,
        window.low,
        window.high,
        window.newest_first,
        window.wanted,
    )
    return page_of(map(_from_record, records), window)


async def count_external_accounts(conn: Conn, scope: AccountScope, currency: str) -> tuple[int, int]:
    """Return how many external accounts an account has, in all and in one currency."""
    record = await conn.fetchrow(_SQL["count_external_accounts"], scope.account, scope.livemode, currency)
    return record["total"], record["in_currency"]


async def update_external_account(conn: Conn, external: ExternalAccount) -> None:
    """Write what may change of an external account, its being a default aside."""
    await conn.execute(
        _SQL["update_external_account"],
        external.scope.account,
        external.scope.livemode,
        external.id,
        external.holder_name,
        external.bank_account.holder_type,
        external.bank_account.account_type,
        json_codec.encode_text(external.metadata),
    )


async def clear_default(conn: Conn, scope: AccountScope, currency: str) -> str | None:
    """Let no external account be the default of a currency; return the id of the one that was, None if none was."""
    cleared: str | None = await conn.fetchval(_SQL["clear_default"], scope.account, scope.livemode, currency)
    return cleared


async def set_default(conn: Conn, external: ExternalAccount) -> None:
    """Let an external account be the default of its currency in place of the one that is."""
    await clear_default(conn, external.scope, external.currency)
    await conn.execute(_SQL["set_default"], external.scope.account, external.scope.livemode, external.id)


async def delete_external_account(conn: Conn, scope: AccountScope, external_id: str) -> None:
    """Forget an external account."""
    await conn.execute(_SQL["delete_external_account"], scope.account, scope.livemode, external_id)


async def delete_all_external_accounts(conn: Conn, account: str) -> list[ExternalAccount]:
    """Forget the external accounts of an account in both modes, and return them by id."""
    forgotten = map(_from_record, await conn.fetch(_SQL["delete_all_external_accounts"], account))
    return sorted(forgotten, key=lambda external: external.id)


def _from_record(record: Mapping[str, Any]) -> ExternalAccount:
    return ExternalAccount(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        created=record["created"],
        bank_account=bank_account_from_record(record),
        currency=record["currency"],
        holder_name=record["account_holder_name"],
        is_default=record["is_default"],
        metadata=json_codec.decode(record["metadata"], type=dict[str, str]),
    )
