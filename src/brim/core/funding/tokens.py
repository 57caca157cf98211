"""Bank tokens, and the sources they become, once.

A token may be ours, or a documented one of test mode, which can be used again and again.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.audit import Action, ObjectType
from brim.core.bank_accounts import BankAccount, BankNumbers, Party, bank_name_of
from brim.core.funding import store as funding
from brim.core.funding.bank_secrets import BankSecrets
from brim.core.funding.rules import (
    PREFIXES,
    TOKEN_PREFIX,
    BankToken,
    FundingKind,
    FundingSource,
    TokenAlreadyUsedError,
    check_usable,
    check_verified,
    missing_funding,
)
from brim.core.funding.service import Render, first_state
from brim.core.idempotency import RenderError, RequestContext, Result, record, run_once
from brim.core.rails import bank_account_rules
from brim.platform.database import Conn, Database

RenderToken: TypeAlias = Callable[[BankToken], bytes]
"""Writes a token's reply."""


class NewBankToken(msgspec.Struct, frozen=True, kw_only=True):
    """The validated parameters of a token."""

    numbers: BankNumbers
    country: str = "US"
    currency: str = "usd"
    holder_name: str | None = None
    holder_type: str | None = None
    account_type: str | None = None


class NewSource(msgspec.Struct, frozen=True, kw_only=True):
    """The validated parameters of a source: of a token, whose currency and account win, or of an IBAN."""

    token: str = ""
    iban: str | None = None
    currency: str | None = None
    party: Party = Party()
    metadata: dict[str, str] = {}
    by_microdeposits: bool = False


async def create_token(
    database: Database,
    secrets: BankSecrets,
    context: RequestContext,
    wanted: NewBankToken,
    *,
    ids: IdFactory,
    render: RenderToken,
    render_error: RenderError,
) -> Result:
    """Keep the numbers of a bank account under a token and return its reply.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot keep account numbers.
        IdempotencyMismatchError: the key stands for another request.
    """
    token_id = ids.new_at(TOKEN_PREFIX, context.now_ms)
    created = ids.newest_second
    kept = await secrets.keep(wanted.numbers, scope=context.scope, object_id=token_id)
    token = BankToken(
        scope=context.scope,
        id=token_id,
        created=created,
        bank_account=BankAccount(
            routing_number=wanted.numbers.routing_number,
            last4=wanted.numbers.last4,
            fingerprint=kept.fingerprint,
            bank_name=bank_name_of(wanted.numbers.routing_number),
            country=wanted.country,
            currency=wanted.currency,
            holder_type=wanted.holder_type,
            account_type=wanted.account_type,
        ),
        holder_name=wanted.holder_name,
    )

    async def work(conn: Conn) -> bytes:
        await funding.insert_bank_token(conn, token, kept.sealed)
        await record(conn, context, Action.TOKEN_MADE, ObjectType.TOKEN, token.id, after=token)
        return render(token)

    return await run_once(database, context, work, render_error=render_error)


async def retrieve_token(database: Database, scope: AccountScope, token_id: str) -> BankToken:
    """Return a token.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    async with database.connection() as conn:
        found = await funding.fetch_bank_tokens(conn, scope, [token_id])
    if token_id not in found:
        raise ResourceMissingError("token", token_id, param="token", in_path=True)
    return found[token_id]


async def create_source(
    database: Database,
    secrets: BankSecrets,
    context: RequestContext,
    wanted: NewSource,
    *,
    ids: IdFactory,
    render: Render,
    render_error: RenderError,
) -> Result:
    """Make a token, or an IBAN, a source and return its reply.

    Raises:
        ResourceMissingError: there is no such token.
        TokenAlreadyUsedError: it is a source already.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot keep account numbers.
        IdempotencyMismatchError: the key stands for another request.
    """
    if wanted.iban is None:
        token, numbers = await open_token(database, secrets, context.scope, wanted.token, param="token")
    else:
        token, numbers = None, BankNumbers("", wanted.iban)
    source, sealed = await _source_of(secrets, context, wanted, token, numbers, ids)

    async def work(conn: Conn) -> bytes:
        if wanted.iban is None:
            await _exchange(conn, context, wanted.token, source, sealed)
        else:
            await funding.insert_funding_source(conn, source, sealed)
        await record(conn, context, Action.FUNDING_SOURCE_MADE, ObjectType.FUNDING_SOURCE, source.id, after=source)
        return render(source)

    return await run_once(database, context, work, render_error=render_error)


async def source_for_topup(
    database: Database, secrets: BankSecrets, context: RequestContext, token_id: str, *, ids: IdFactory
) -> FundingSource:
    """Return the source that a token named by a top-up becomes; the same one when that request is made again.

    It is made before the top-up and by itself: should the top-up then not be, a retry under the same key finds the
    source again. It is of the money path, so the audit log has no line of it: the top-up's event names the source.

    Raises:
        ResourceMissingError: there is no such token.
        UnverifiedFundingError: its bank account may not be debited; the token is not used up.
        TokenAlreadyUsedError: another request has used it.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot keep account numbers.
    """
    wanted = NewSource(token=token_id)
    token, numbers = await open_token(database, secrets, context.scope, token_id, param="source")
    source, sealed = await _source_of(secrets, context, wanted, token, numbers, ids)
    check_usable(source, token_id, param="source")

    async def work(conn: Conn) -> FundingSource:
        return await _exchange(conn, context, token_id, source, sealed)

    return await database.transact(work)


async def scenario_of_token(database: Database, secrets: BankSecrets, scope: AccountScope, token_id: str) -> str | None:
    """Return what the source would play that a top-up made of a token now; the token is not used up.

    Raises:
        ResourceMissingError: there is no such token.
        UnverifiedFundingError: its bank account may not be debited.
        TokenAlreadyUsedError: it is a source already.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read account numbers.
    """
    token, numbers = await open_token(database, secrets, scope, token_id, param="source")
    scenario, verification = first_state(scope, numbers, by_microdeposits=False)
    check_verified(verification, token_id, param="source")
    if token is not None and token.used_as is not None:
        raise TokenAlreadyUsedError(token_id)
    return scenario


async def open_token(
    database: Database, secrets: BankSecrets, scope: AccountScope, token_id: str, *, param: str
) -> tuple[BankToken | None, BankNumbers]:
    """Return a token and its numbers; of a documented one, the numbers only."""
    documented = bank_account_rules(livemode=scope.livemode).documented_numbers(token_id)
    if documented is not None:
        return None, documented
    async with database.connection() as conn:
        found = await funding.read_bank_token(conn, scope, token_id)
    if found is None:
        raise missing_funding(token_id, param=param)
    token, sealed = found
    number = secrets.reveal(sealed, scope=scope, object_id=token_id)
    return token, BankNumbers(token.bank_account.routing_number, number)


async def _source_of(
    secrets: BankSecrets,
    context: RequestContext,
    wanted: NewSource,
    token: BankToken | None,
    numbers: BankNumbers,
    ids: IdFactory,
) -> tuple[FundingSource, bytes]:
    """Return the source that a token would become now, and its sealed account number."""
    source_id = ids.new_at(PREFIXES[FundingKind.SOURCE], context.now_ms)
    created = ids.newest_second
    kept = await secrets.keep(numbers, scope=context.scope, object_id=source_id)
    scenario, verification = first_state(context.scope, numbers, by_microdeposits=wanted.by_microdeposits)
    if numbers.is_iban:
        account = _account_of_iban(numbers, kept.fingerprint)
    else:
        account = token.bank_account if token else _test_bank_account(numbers, kept.fingerprint, wanted.currency)
    name = token.holder_name if token else None
    source = FundingSource(
        scope=context.scope,
        id=source_id,
        kind=FundingKind.SOURCE,
        created=created,
        bank_account=account,
        verification=verification,
        party=msgspec.structs.replace(wanted.party, name=name) if name else wanted.party,
        metadata=wanted.metadata,
        scenario=scenario,
        client_secret=ids.new_at("src_client_secret_", context.now_ms),
    )
    return source, kept.sealed


def _account_of_iban(numbers: BankNumbers, fingerprint: str) -> BankAccount:
    return BankAccount(
        routing_number="",
        last4=numbers.last4,
        fingerprint=fingerprint,
        bank_name=None,
        country=numbers.account_number[:2],
        currency="eur",
    )


def _test_bank_account(numbers: BankNumbers, fingerprint: str, currency: str | None) -> BankAccount:
    """Return what a documented token says of its bank account."""
    return BankAccount(
        routing_number=numbers.routing_number,
        last4=numbers.last4,
        fingerprint=fingerprint,
        bank_name=bank_name_of(numbers.routing_number),
        currency=currency or "usd",
        holder_type="individual",
    )


async def _exchange(
    conn: Conn, context: RequestContext, token_id: str, source: FundingSource, sealed: bytes
) -> FundingSource:
    """Store the source that a token becomes and return it, or the one that this very request made of it before."""
    found = await funding.lock_bank_token(conn, context.scope, token_id)
    if found is not None:
        token, _ = found
        used_by = context.claim.key if context.claim else context.request_id
        if token.used_as is not None:
            if token.used_by != used_by or not token.used_as.startswith(PREFIXES[FundingKind.SOURCE]):
                raise TokenAlreadyUsedError(token_id)
            return (await funding.fetch_funding_sources(conn, context.scope, [token.used_as]))[token.used_as]
        await funding.use_bank_token(conn, msgspec.structs.replace(token, used_as=source.id, used_by=used_by))
    await funding.insert_funding_source(conn, source, sealed)
    return source
