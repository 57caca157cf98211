"""Bank accounts on file, tokens and defaults in the database; account numbers are sealed before they get here."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base import json_codec
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.bank_accounts import BankAccount, Party, Verification
from brim.core.funding.rules import BankToken, FundingFilters, FundingKind, FundingSource
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__)
_decode_party: Final = json_codec.decoder(Party)
_decode_metadata: Final = json_codec.decoder(dict[str, str])


async def insert_funding_source(conn: Conn, source: FundingSource, sealed: bytes) -> None:
    """Add a bank account on file, with its sealed account number."""
    account = source.bank_account
    await conn.execute(
        _SQL["insert_funding_source"],
        source.scope.account,
        source.scope.livemode,
        source.id,
        source.kind,
        source.created,
        source.verification,
        source.attempts_left,
        sealed,
        *_bank_columns(account),
        account.holder_type,
        account.account_type,
        source.allow_redisplay,
        source.client_secret,
        source.scenario,
        _json(source.party),
        _json(source.metadata) if source.metadata else None,
    )


async def fetch_funding_sources(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, FundingSource]:
    """Return an account's bank accounts by id, detached ones too; those that do not exist are left out."""
    found = await fetch_funding_sources_of(conn, [(scope, funding_id) for funding_id in ids])
    return {source.id: source for source in found if source is not None}


async def fetch_funding_sources_of(
    conn: Conn, wanted: Sequence[tuple[AccountScope, str]]
) -> list[FundingSource | None]:
    """Return bank accounts of any accounts, detached ones too, in the order in which they are named by scope and id."""
    rows = [(scope.account, scope.livemode, funding_id) for scope, funding_id in wanted]
    records = await conn.fetch(_SQL["fetch_funding_sources"], *columns(rows))
    found = {(record["account"], record["livemode"], record["id"]): record for record in records}
    return [funding_source_from_record(found[row]) if row in found else None for row in rows]


async def lock_funding_source(conn: Conn, scope: AccountScope, funding_id: str) -> FundingSource | None:
    """Return a bank account on file that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_funding_source"], scope.account, scope.livemode, funding_id)
    return funding_source_from_record(record) if record else None


async def update_funding_source(conn: Conn, source: FundingSource) -> None:
    """Write what may change of a bank account that the caller has locked."""
    await conn.execute(
        _SQL["update_funding_source"],
        source.scope.account,
        source.scope.livemode,
        source.id,
        source.verification,
        source.attempts_left,
        source.is_detached,
        source.bank_account.holder_type,
        source.bank_account.account_type,
        source.allow_redisplay,
        _json(source.party),
        _json(source.metadata) if source.metadata else None,
        source.customer,
        source.customer_account,
    )


async def read_sealed_number(conn: Conn, scope: AccountScope, funding_id: str) -> bytes:
    """Return the sealed account number of a bank account that the transaction holds."""
    sealed: bytes = await conn.fetchval(_SQL["read_sealed_number"], scope.account, scope.livemode, funding_id)
    return sealed


async def correct_funding_source(conn: Conn, source: FundingSource, sealed: bytes, *, now_ms: int) -> None:
    """Write what a bank has corrected of a bank account that the transaction holds, with its sealed account number."""
    account = source.bank_account
    await conn.execute(
        _SQL["correct_funding_source"],
        source.scope.account,
        source.scope.livemode,
        source.id,
        sealed,
        account.routing_number,
        account.last4,
        account.fingerprint,
        account.bank_name,
        account.account_type,
        _json(source.party),
        now_ms,
    )


async def list_funding_sources(
    conn: Conn, scope: AccountScope, filters: FundingFilters, window: Window
) -> Page[FundingSource]:
    """Return a page of an account's bank accounts on file; the window's prefix says of which kind."""
    arguments = [
        scope.account,
        scope.livemode,
        window.low,
        window.high,
        window.newest_first,
        window.wanted,
        filters.allow_redisplay,
    ]
    if filters.kept_for is None:
        records = await conn.fetch(_SQL["list_funding_sources"], *arguments)
    else:
        records = await conn.fetch(_SQL["list_attached_methods"], *arguments, filters.kept_for)
    return page_of((funding_source_from_record(record) for record in records), window)


async def insert_bank_token(conn: Conn, token: BankToken, sealed: bytes) -> None:
    """Add a token, with its sealed account number."""
    account = token.bank_account
    await conn.execute(
        _SQL["insert_bank_token"],
        token.scope.account,
        token.scope.livemode,
        token.id,
        token.created,
        sealed,
        *_bank_columns(account),
        token.holder_name,
        account.holder_type,
        account.account_type,
    )


async def fetch_bank_tokens(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, BankToken]:
    """Return an account's tokens by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_bank_tokens"], scope.account, scope.livemode, ids)
    return {record["id"]: _token_from_record(record) for record in records}


async def read_bank_token(conn: Conn, scope: AccountScope, token_id: str) -> tuple[BankToken, bytes] | None:
    """Return a token and its sealed account number, as they are now."""
    record = await conn.fetchrow(_SQL["read_bank_token"], scope.account, scope.livemode, token_id)
    return (_token_from_record(record), record["sealed"]) if record else None


async def lock_bank_token(conn: Conn, scope: AccountScope, token_id: str) -> tuple[BankToken, bytes] | None:
    """Return a token and its sealed account number; nobody else can use it until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_bank_token"], scope.account, scope.livemode, token_id)
    return (_token_from_record(record), record["sealed"]) if record else None


async def use_bank_token(conn: Conn, token: BankToken) -> None:
    """Write what a token that the caller has locked became."""
    await conn.execute(
        _SQL["use_bank_token"], token.scope.account, token.scope.livemode, token.id, token.used_as, token.used_by
    )


async def set_default(conn: Conn, scope: AccountScope, currency: str, funding_id: str) -> None:
    """Let a bank account pay for what names nothing in a currency."""
    await conn.execute(_SQL["set_default"], scope.account, scope.livemode, currency, funding_id)


async def read_defaults(conn: Conn, scope: AccountScope) -> dict[str, str]:
    """Return the ids of an account's defaults by currency, in its order."""
    records = await conn.fetch(_SQL["read_defaults"], scope.account, scope.livemode)
    return {record["currency"]: record["funding_source"] for record in records}


async def delete_default(conn: Conn, scope: AccountScope, currency: str) -> bool:
    """Take a currency's default away; tell whether there was one."""
    return await conn.fetchval(_SQL["delete_default"], scope.account, scope.livemode, currency) is not None


async def delete_defaults_of(conn: Conn, scope: AccountScope, funding_id: str) -> list[str]:
    """Take a bank account away from every currency whose default it is; return these, in order."""
    records = await conn.fetch(_SQL["delete_defaults_of"], scope.account, scope.livemode, funding_id)
    return sorted(record["currency"] for record in records)


def _bank_columns(account: BankAccount) -> tuple[str | None, ...]:
    """Return what every row of a bank account has, in the order in which statements take it."""
    return (
        account.routing_number,
        account.last4,
        account.fingerprint,
        account.bank_name,
        account.country,
        account.currency,
    )


def _json(value: object) -> str:
    return json_codec.encode_text(value)


def funding_source_from_record(record: Mapping[str, Any]) -> FundingSource:
    """Return the bank account in a row of `funding_sources`: every column but the sealed number.

    A statement that only wants to know what pays leaves out for whom it is kept.
    """
    metadata = record["metadata"]
    return FundingSource(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        kind=FundingKind(record["kind"]),
        created=record["created"],
        bank_account=bank_account_from_record(record),
        verification=Verification(record["verification"]),
        attempts_left=record["attempts_left"],
        is_detached=record["is_detached"],
        party=_decode_party(record["party"]),
        metadata=_decode_metadata(metadata) if metadata else {},
        allow_redisplay=record["allow_redisplay"],
        scenario=record["scenario"],
        client_secret=record["client_secret"],
        customer=record.get("customer"),
        customer_account=record.get("customer_account"),
    )


def bank_account_from_record(record: Mapping[str, Any]) -> BankAccount:
    """Return what a row says of a bank account; every table of them names its columns alike."""
    return BankAccount(
        routing_number=record["routing_number"],
        last4=record["last4"],
        fingerprint=record["fingerprint"],
        bank_name=record["bank_name"],
        country=record["country"],
        currency=record["currency"],
        holder_type=record["account_holder_type"],
        account_type=record["account_type"],
    )


def _token_from_record(record: Mapping[str, Any]) -> BankToken:
    return BankToken(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        created=record["created"],
        bank_account=bank_account_from_record(record),
        holder_name=record["account_holder_name"],
        used_as=record["used_as"],
        used_by=record["used_by"],
    )
