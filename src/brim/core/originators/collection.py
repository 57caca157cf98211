"""What a live create depends on beside the account's own terms; creates that arrive together ask for it at once."""

from collections.abc import Sequence
from datetime import date

import msgspec

from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.originators import store
from brim.core.originators.rules import (
    LiveModeNotReadyError,
    MandateUnusableError,
    NotAuthorizedError,
    Originator,
    RailStoppedError,
    ReturnRateError,
    has_lapsed,
    why_unusable,
)
from brim.core.originators.store import CollectionRecord, MandateUse
from brim.core.rails.ach import ACH
from brim.platform.database import Conn


class CollectionTerms(msgspec.Struct, frozen=True, kw_only=True):
    """By whom a live top-up is collected, and under which mandate, if it is under one."""

    platform: str
    originator: Originator
    mandate: MandateUse | None = None


class Debit(msgspec.Struct, frozen=True, kw_only=True):
    """A debit that is asked for: whose, of which bank account, and the parameter that names it.

    A prenote is asked for in the same way and moves no money, so return rates do not stop it. `rail` is the one that
    collects its currency.
    """

    scope: AccountScope
    funding_source: str
    param: str
    is_prenote: bool = False
    rail: str = ACH


async def find_collection_terms(
    conn: Conn, debits: Sequence[Debit], *, now_ms: int
) -> list[CollectionTerms | BrimError]:
    """Return by whom each debit is collected, or why it is not.

    No originator is active (`LiveModeNotReadyError`), an operator has stopped the rail, for all or for the account
    (`RailStoppedError`), the holder of the bank account has not authorized debits (`NotAuthorizedError`), or by a
    mandate that cannot be used (`MandateUnusableError`), or too many debits have come back (`ReturnRateError`).
    """
    wanted = [(debit.scope, debit.funding_source, debit.rail) for debit in debits]
    found = await store.read_collection_terms(conn, wanted, now_ms=now_ms)
    return [_terms_of(debit, record) for debit, record in zip(debits, found, strict=True)]


def _terms_of(debit: Debit, found: CollectionRecord | None) -> CollectionTerms | BrimError:
    if found is None or found.originator is None:
        return LiveModeNotReadyError()
    if found.stop_reason is not None:
        return RailStoppedError(debit.rail, found.stop_reason)
    if not found.is_authorized:
        return NotAuthorizedError(debit.funding_source, param=debit.param)
    mandate = found.mandate
    if mandate is not None:
        reason = why_unusable(
            mandate.sec_code, mandate.sequence_type, used_by=mandate.used_by, confirmed_ms=mandate.confirmed_ms
        )
        if reason is not None:
            return MandateUnusableError(mandate.id, reason, param=debit.param)
    if found.rate is not None and not debit.is_prenote:
        rate = found.rate
        return ReturnRateError(
            rate.kind, debits=rate.debits, returns=rate.returns, of_account=rate.owner == debit.scope.account
        )
    return CollectionTerms(platform=found.platform, originator=found.originator, mandate=mandate)


def check_not_lapsed(terms: CollectionTerms, collects_on: date, *, param: str) -> None:
    """Let a debit pass whose mandate, if it has one, can be used on the day of the collection.

    Raises:
        MandateUnusableError: it will have lapsed.
    """
    mandate = terms.mandate
    if mandate is not None and collects_on > mandate.lapses_on:
        raise MandateUnusableError(mandate.id, has_lapsed(mandate.lapses_on), param=param)
