"""Finds the bank account on file that a top-up names: the one part of a create that may have to ask the database.

`find_funding` does so for a create and makes a token a source; `preview_funding` only looks. Both are given what looks
up a bank account on file, as creates that arrive together share that query.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.funding.bank_secrets import BankSecrets
from brim.core.funding.reference import Funding, funding_of
from brim.core.funding.rules import PREFIXES, TOKEN_PREFIX, FundingKind, FundingSource, check_usable, missing_funding
from brim.core.funding.service import find_documented
from brim.core.funding.tokens import scenario_of_token, source_for_topup
from brim.core.idempotency import KeptReply, RequestContext, find_kept
from brim.platform.database import Database

FindSource: TypeAlias = Callable[[AccountScope, str], Awaitable[FundingSource | None]]
"""Looks up an account's bank account on file by its id, a detached one too."""


async def find_funding(
    database: Database,
    secrets: BankSecrets,
    context: RequestContext,
    *,
    source: str | None,
    payment_method: str | None,
    ids: IdFactory,
    find_source: FindSource,
) -> Funding | KeptReply:
    """Return what the bank account pays with that a top-up names, by `source` or by `payment_method`.

    A retry whose bank account has been detached meanwhile still gets its first answer: then that is returned.

    Raises:
        ResourceMissingError: the account has no such bank account, or detached it.
        UnverifiedFundingError: it may not be debited.
        TokenAlreadyUsedError: another request has used the token.
        NoEncryptionKeyError, SecretUnreadableError: it is a token, and the server cannot keep account numbers.
    """
    try:
        if source is not None:
            return await _take_source(database, secrets, context, source, ids=ids, find_source=find_source)
        return await _find_payment_method(find_source, context.scope, payment_method or "")
    except BrimError:
        async with database.connection() as conn:
            kept = await find_kept(conn, context)
        if kept is None:
            raise
        return kept


async def preview_funding(
    database: Database,
    secrets: BankSecrets,
    scope: AccountScope,
    *,
    source: str | None,
    payment_method: str | None,
    find_source: FindSource,
) -> Funding:
    """Return what the bank account would pay with that a top-up named now; nothing is written, no token is used up.

    Raises:
        ResourceMissingError: the account has no such bank account, or detached it.
        UnverifiedFundingError: it may not be debited.
        TokenAlreadyUsedError: it is a token that has become a source.
        NoEncryptionKeyError, SecretUnreadableError: it is a token, and the server cannot read account numbers.
    """
    if source is None:
        return await _find_payment_method(find_source, scope, payment_method or "")
    if source.startswith(TOKEN_PREFIX):
        return Funding(source=source, scenario=await scenario_of_token(database, secrets, scope, source))
    return await _find_source(find_source, scope, source)


async def _find_payment_method(find_source: FindSource, scope: AccountScope, method_id: str) -> Funding:
    documented = find_documented(scope, method_id)
    if documented is not None:
        return funding_of(check_usable(documented, method_id, param="payment_method"))
    found = await _fetch(find_source, scope, method_id, FundingKind.PAYMENT_METHOD)
    return funding_of(check_usable(found, method_id, param="payment_method"))


async def _take_source(
    database: Database,
    secrets: BankSecrets,
    context: RequestContext,
    source_id: str,
    *,
    ids: IdFactory,
    find_source: FindSource,
) -> Funding:
    """Return what a source pays with, or a token, which becomes a source by that."""
    if not source_id.startswith(TOKEN_PREFIX):
        return await _find_source(find_source, context.scope, source_id)
    made = await source_for_topup(database, secrets, context, source_id, ids=ids)
    return funding_of(check_usable(made, source_id, param="source"))


async def _find_source(find_source: FindSource, scope: AccountScope, source_id: str) -> Funding:
    found = await _fetch(find_source, scope, source_id, FundingKind.SOURCE)
    return funding_of(check_usable(found, source_id, param="source"))


async def _fetch(
    find_source: FindSource, scope: AccountScope, funding_id: str, kind: FundingKind
) -> FundingSource | None:
    if not funding_id.startswith(PREFIXES[kind]):
        raise missing_funding(funding_id, param=kind)
    return await find_source(scope, funding_id)
