"""Changes the numbers of a bank account on file, on the word of its bank; the audit log keeps what was changed."""

import msgspec

from brim.base.actor import Actor
from brim.base.ids import Ids
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.account_config import bump_config_version
from brim.core.audit import Action, ObjectType
from brim.core.bank_accounts import BankNumbers, bank_name_of
from brim.core.funding import store
from brim.core.funding.bank_secrets import BankSecrets
from brim.core.funding.rules import FundingSource
from brim.platform.database import Conn


class HeldFundingSource(msgspec.Struct, frozen=True):
    """A bank account on file that the transaction holds, with its numbers."""

    source: FundingSource
    numbers: BankNumbers


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of a bank account on file; None stays as it is."""

    routing_number: str | None = None
    account_number: str | None = None
    account_type: str | None = None
    holder_name: str | None = None


async def hold_with_numbers(
    conn: Conn, secrets: BankSecrets, scope: AccountScope, funding_id: str
) -> HeldFundingSource | None:
    """Return a bank account on file, a detached one too, that nobody else can change until the transaction ends.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read account numbers.
    """
    source = await store.lock_funding_source(conn, scope, funding_id)
    if source is None:
        return None
    sealed = await store.read_sealed_number(conn, scope, funding_id)
    number = secrets.reveal(sealed, scope=scope, object_id=funding_id)
    return HeldFundingSource(source, BankNumbers(source.bank_account.routing_number, number))


async def correct_funding_source(
    conn: Conn,
    secrets: BankSecrets,
    held: HeldFundingSource,
    corrected: Corrected,
    *,
    detail: str,
    by: Actor,
    now_ms: int,
    ids: Ids,
) -> FundingSource:
    """Write what a bank has corrected of a bank account that the transaction holds; return it.

    It stays the same bank account on file, with its authorization, its caps and its verification: its bank answers for
    what it has corrected. Another one that has the same numbers stays as it is, too.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot keep account numbers.
    """
    before = held.source
    numbers = BankNumbers(
        corrected.routing_number or held.numbers.routing_number,
        corrected.account_number or held.numbers.account_number,
    )
    kept = await secrets.keep(numbers, scope=before.scope, object_id=before.id)
    after = msgspec.structs.replace(
        before,
        bank_account=msgspec.structs.replace(
            before.bank_account,
            routing_number=numbers.routing_number,
            last4=numbers.last4,
            fingerprint=kept.fingerprint,
            bank_name=bank_name_of(numbers.routing_number),
            account_type=corrected.account_type or before.bank_account.account_type,
        ),
        party=msgspec.structs.replace(before.party, name=corrected.holder_name or before.party.name),
    )
    await store.correct_funding_source(conn, after, kept.sealed, now_ms=now_ms)
    if after.id in (await store.read_defaults(conn, after.scope)).values():
        await bump_config_version(conn, after.scope)
    await audit.record(
        conn,
        by,
        Action.FUNDING_SOURCE_CORRECTED,
        object_type=ObjectType.FUNDING_SOURCE,
        object_id=after.id,
        before=before,
        after=after,
        scope=after.scope,
        detail=detail,
        now_ms=now_ms,
        ids=ids,
    )
    return after
