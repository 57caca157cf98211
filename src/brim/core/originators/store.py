"""Originators, authorizations and stops in the database."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from brim.base.json_codec import decoder, encode_text
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.originators.rules import (
    Authorization,
    KnownMandate,
    MandateAmendment,
    Originator,
    OriginatorStatus,
    ToldMandate,
    signed_lapse,
)
from brim.core.rails.ach import MANDATES, MOST_LINES, MOST_SAME_DAY, Offset, OriginatorProfile, SecCode
from brim.core.rails.sepa import SequenceType
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__)
_decode_profile: Final = decoder(OriginatorProfile)
_decode_evidence: Final = decoder(dict[str, str])
_NEWEST: Final = {
    field.name: field.default
    for field in msgspec.structs.fields(OriginatorProfile)
    if field.name.startswith(("microdeposit", "transfers"))
}
"""The defaults of the fields that the version before does not know."""


class StoredOriginator(NamedTuple):
    """An originator, and its bank account's number as it is stored."""

    originator: Originator
    sealed: bytes


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Where money is stopped by hand: a rail, for one account or (`stopped_account` is empty) for all."""

    rail: str
    stopped_account: str
    reason: str
    stopped_by: str
    stopped_ms: int


class Folders(NamedTuple):
    """The folders of an originator; the last is None unless one of the others is on an SFTP server."""

    scope: AccountScope
    originator: str
    outgoing_folder: str
    incoming_folder: str
    records_folder: str | None


class ReachedRate(NamedTuple):
    """A return rate that has reached its limit, of an account (`owner`) or of all together (it is empty)."""

    owner: str
    kind: str
    debits: int
    returns: int


class MandateUse(NamedTuple):
    """What a mandate allows: its scheme, for how many collections it is, who has its one, and when it was confirmed."""

    id: str
    sec_code: str
    sequence_type: str | None
    used_by: str | None
    confirmed_ms: int | None
    lapses_on: date

    @property
    def is_one_off(self) -> bool:
        """Whether it is for one collection."""
        return self.sequence_type == SequenceType.ONE_OFF


class CollectionRecord(NamedTuple):
    """What a live create depends on, as it was read."""

    platform: str
    originator: Originator | None
    stop_reason: str | None
    mandate: MandateUse | None
    is_authorized: bool
    rate: ReachedRate | None


async def insert_originator(conn: Conn, originator: Originator, sealed: bytes) -> None:
    """Add a draft."""
    await conn.execute(
        _SQL["insert_originator"],
        originator.scope.account,
        originator.scope.livemode,
        originator.id,
        _encode_profile(originator.profile),
        sealed,
        originator.last4,
        originator.created_ms,
        originator.changed_by,
        originator.profile.rail,
    )


async def lock_originator(conn: Conn, scope: AccountScope, originator_id: str) -> StoredOriginator | None:
    """Return an originator that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_originator"], scope.account, scope.livemode, originator_id)
    return StoredOriginator(originator_from_record(record), record["sealed"]) if record else None


async def update_originator(conn: Conn, originator: Originator, sealed: bytes) -> None:
    """Write an originator that the caller has locked."""
    await conn.execute(
        _SQL["update_originator"],
        originator.scope.account,
        originator.scope.livemode,
        originator.id,
        originator.status,
        originator.version,
        _encode_profile(originator.profile),
        sealed,
        originator.last4,
        originator.changed_by,
        originator.activated_ms,
        originator.activated_by,
    )


async def list_originators(conn: Conn, scope: AccountScope) -> list[StoredOriginator]:
    """Return a platform's originators, oldest first."""
    records = await conn.fetch(_SQL["list_originators"], scope.account, scope.livemode)
    return [StoredOriginator(originator_from_record(record), record["sealed"]) for record in records]


async def list_active_originators(conn: Conn) -> list[Originator]:
    """Return the originators of all platforms that are, or were, active."""
    return [originator_from_record(record) for record in await conn.fetch(_SQL["list_active_originators"])]


async def lock_folders(conn: Conn) -> list[Folders]:
    """Return the folders of all platforms' originators; no other profile is written until the transaction ends."""
    await conn.execute(_SQL["lock_folders"])
    return [
        Folders(
            scope=AccountScope(record["account"], record["livemode"]),
            originator=record["id"],
            outgoing_folder=record["outgoing_folder"],
            incoming_folder=record["incoming_folder"],
            records_folder=record["records_folder"],
        )
        for record in await conn.fetch(_SQL["list_folders"])
    ]


async def read_collection_terms(
    conn: Conn, wanted: Sequence[tuple[AccountScope, str, str]], *, now_ms: int
) -> list[CollectionRecord | None]:
    """Return what live creates depend on, by account, bank account and rail; None where there is no such account."""
    rows = [(scope.account, scope.livemode, funding_source, rail) for scope, funding_source, rail in wanted]
    records = await conn.fetch(_SQL["read_collection_terms"], *columns(rows), now_ms)
    found = {(record["owner"], record["funding_source"], record["rail"]): record for record in records}
    named = [found.get((scope.account, funding_source, rail)) for scope, funding_source, rail in wanted]
    return [record and _collection_from_record(record) for record in named]


def _collection_from_record(record: Mapping[str, Any]) -> CollectionRecord:
    return CollectionRecord(
        platform=record["platform"] or record["owner"],
        originator=originator_from_record(record) if record["id"] is not None else None,
        stop_reason=record["stop_reason"],
        mandate=_mandate_from_record(record) if record["sec_code"] in MANDATES else None,
        is_authorized=record["authorization_id"] is not None,
        rate=None
        if record["rate_kind"] is None
        else ReachedRate(record["rate_owner"], record["rate_kind"], record["rate_debits"], record["rate_returns"]),
    )


def _mandate_from_record(record: Mapping[str, Any]) -> MandateUse:
    return MandateUse(
        record["authorization_id"],
        record["sec_code"],
        record["sequence_type"],
        record["used_by"],
        record["confirmed_ms"],
        record["lapses_on"] or signed_lapse(record["accepted_ms"]),
    )


async def insert_stop(conn: Conn, scope: AccountScope, stop: Stop) -> bool:
    """Stop a rail; return whether it was not stopped before."""
    done: str = await conn.execute(
        _SQL["insert_stop"],
        scope.account,
        scope.livemode,
        stop.rail,
        stop.stopped_account,
        stop.reason,
        stop.stopped_by,
        stop.stopped_ms,
    )
    return done == "INSERT 0 1"


async def wait_for_sending(conn: Conn, scope: AccountScope, rail: str) -> None:
    """Wait for what a rail is sending; until the transaction ends, it sends nothing more."""
    await conn.execute(_SQL["wait_for_sending"], scope.account, scope.livemode, rail)


async def hold_sending(conn: Conn, scope: AccountScope, rail: str) -> None:
    """Prevent stops of a rail until the transaction ends; wait for a stop in progress."""
    await conn.execute(_SQL["hold_sending"], scope.account, scope.livemode, rail)


async def delete_stop(conn: Conn, scope: AccountScope, *, rail: str, stopped_account: str) -> bool:
    """Let a rail go on; return whether it was stopped."""
    done: str = await conn.execute(_SQL["delete_stop"], scope.account, scope.livemode, rail, stopped_account)
    return done == "DELETE 1"


async def count_stops(conn: Conn) -> int:
    """Return how many stops of live money are in force, of all platforms."""
    count: int = await conn.fetchval(_SQL["count_stops"])
    return count


async def list_stops(conn: Conn, scope: AccountScope) -> list[Stop]:
    """Return where a platform's money is stopped."""
    records = await conn.fetch(_SQL["list_stops"], scope.account, scope.livemode)
    return [Stop(**dict(record)) for record in records]


async def replace_authorization(conn: Conn, authorization: Authorization, *, reason: str) -> None:
    """Write down an authorization, in the place of the one in force for the bank account."""
    await end_authorizations(
        conn,
        authorization.scope,
        funding_source=authorization.funding_source,
        now_ms=authorization.created_ms,
        reason=reason,
    )
    await conn.execute(
        _SQL["insert_authorization"],
        authorization.scope.account,
        authorization.scope.livemode,
        authorization.id,
        authorization.funding_source,
        authorization.sec_code,
        authorization.text,
        authorization.accepted_ms,
        encode_text(authorization.evidence),
        authorization.created_ms,
        authorization.mandate_reference,
        authorization.sequence_type,
        authorization.confirmed_ms,
        authorization.lapses_on,
    )


async def confirm_mandate(conn: Conn, authorization: Authorization) -> None:
    """Write when the debtor has confirmed a mandate that the transaction holds."""
    scope = authorization.scope
    await conn.execute(
        _SQL["confirm_mandate"], scope.account, scope.livemode, authorization.id, authorization.confirmed_ms
    )


async def extend_mandates(conn: Conn, presented: Iterable[KnownMandate], *, lapse: date) -> None:
    """Write the last day of collections under mandates, unless a later one is known, and at first their creditor."""
    await conn.execute(_SQL["extend_mandates"], *columns(_known(presented)), lapse)


def _known(mandates: Iterable[KnownMandate]) -> list[tuple[Any, ...]]:
    found = sorted(mandates, key=lambda each: (each.scope, each.id))
    return [
        (each.scope.account, each.scope.livemode, each.id, each.creditor_identifier, each.creditor_name)
        for each in found
    ]


async def amend_mandate(conn: Conn, authorization: Authorization) -> None:
    """Write the reference and the bank account of a mandate that the transaction holds."""
    scope = authorization.scope
    await conn.execute(
        _SQL["amend_mandate"],
        scope.account,
        scope.livemode,
        authorization.id,
        authorization.mandate_reference,
        authorization.funding_source,
        authorization.confirmed_ms,
    )


async def insert_amendments(conn: Conn, amendments: Iterable[tuple[AccountScope, MandateAmendment]]) -> None:
    """Keep what mandates that the transaction holds had before, each with the next number."""
    rows = [
        {**msgspec.to_builtins(each), "account": scope.account, "livemode": scope.livemode}
        for scope, each in amendments
    ]
    await conn.execute(_SQL["insert_amendments"], encode_text(rows))


async def list_amendments(
    conn: Conn, scope: AccountScope, authorizations: Sequence[str]
) -> dict[str, list[MandateAmendment]]:
    """Return how mandates of an account were amended, by their ids, in order."""
    found: dict[str, list[MandateAmendment]] = {}
    for record in await conn.fetch(_SQL["list_amendments"], scope.account, scope.livemode, list(authorizations)):
        amendment = MandateAmendment(**dict(record))
        found.setdefault(amendment.authorization_id, []).append(amendment)
    return found


async def set_told(conn: Conn, told: Sequence[ToldMandate]) -> None:
    """Write that banks were told of the amendments of mandates, and what they know their creditor by."""
    rows = sorted((*each[:3], day) for each, day in ((_known([one.mandate])[0], one.presented_on) for one in told))
    await conn.execute(_SQL["set_amendments_presented"], *columns(rows))
    await conn.execute(_SQL["set_mandates_told"], *columns(_known(one.mandate for one in told)))


async def count_lapsing(conn: Conn, *, after: date, until: date, most: int) -> int:
    """Return how many mandates in force lapse between two days, `most` at most, of all platforms."""
    counted: int = await conn.fetchval(_SQL["count_lapsing"], after, until, most)
    return counted


async def take_one_offs(conn: Conn, taken: Iterable[tuple[AccountScope, str, str]]) -> frozenset[str]:
    """Give the one collection of mandates, by account and id, to top-ups; return the top-ups that have it."""
    rows = sorted((scope.account, scope.livemode, mandate, topup) for scope, mandate, topup in taken)
    return frozenset(record["topup"] for record in await conn.fetch(_SQL["take_one_offs"], *columns(rows)))


async def give_one_offs_back(conn: Conn, given: Iterable[tuple[AccountScope, str, str]]) -> None:
    """Let others have the one collection that top-ups, by account and bank account, have not made."""
    rows = sorted((scope.account, scope.livemode, source, topup) for scope, source, topup in given)
    await conn.execute(_SQL["give_one_offs_back"], *columns(rows))


async def end_used(conn: Conn, used: Iterable[Authorization], *, now_ms: int, reason: str) -> None:
    """End one-off mandates that the transaction holds."""
    rows = sorted((each.scope.account, each.scope.livemode, each.id) for each in used)
    await conn.execute(_SQL["end_used"], *columns(rows), now_ms, reason)


async def reinstate_used(
    conn: Conn, used: Iterable[tuple[AccountScope, str, str]], *, reason: str
) -> list[Authorization]:
    """Put mandates in force again, by account, id and top-up, that ended for a reason; return which could be."""
    rows = sorted((scope.account, scope.livemode, mandate, topup) for scope, mandate, topup in used)
    records = await conn.fetch(_SQL["reinstate_used"], *columns(rows), reason)
    return [_authorization_from_record(record) for record in records]


async def lock_used(conn: Conn, used: Iterable[tuple[AccountScope, str, str]]) -> list[Authorization]:
    """Return the mandates in force, by account and id, whose one collection a top-up has made, held."""
    rows = sorted((scope.account, scope.livemode, mandate, topup) for scope, mandate, topup in used)
    return [_authorization_from_record(record) for record in await conn.fetch(_SQL["lock_used"], *columns(rows))]


async def find_mandates(
    conn: Conn, platform: AccountScope, references: Iterable[str]
) -> dict[str, tuple[AccountScope, str]]:
    """Return whose the mandates of a platform are, and their ids, by the references that they have or had."""
    records = await conn.fetch(_SQL["find_mandates"], platform.account, platform.livemode, sorted(set(references)))
    return {
        record["reference"]: (AccountScope(record["account"], platform.livemode), record["id"]) for record in records
    }


async def set_used(conn: Conn, used: Iterable[tuple[AccountScope, str, str]]) -> None:
    """Write which top-ups, whoever it was before, have the one collection of mandates, by account and id."""
    rows = sorted((scope.account, scope.livemode, mandate, topup) for scope, mandate, topup in used)
    for account, livemode, mandate, _ in rows:  # first, so that each is written as it is once nobody else holds it
        await lock_authorization(conn, AccountScope(account, livemode), mandate)
    await conn.execute(_SQL["set_used"], *columns(rows))


async def is_reference_taken(conn: Conn, scope: AccountScope, reference: str) -> bool:
    """Return whether a mandate of a creditor has a reference; until the transaction ends, no other gets it."""
    await conn.execute(_SQL["lock_mandate_reference"], scope.livemode, reference)
    found: bool = await conn.fetchval(_SQL["is_reference_taken"], scope.account, scope.livemode, reference)
    return found


async def end_authorizations(conn: Conn, scope: AccountScope, *, funding_source: str, now_ms: int, reason: str) -> None:
    """End what is in force for a bank account."""
    await conn.execute(_SQL["end_authorizations"], scope.account, scope.livemode, funding_source, now_ms, reason)


async def fetch_authorizations(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, Authorization]:
    """Return an account's authorizations by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_authorizations"], scope.account, scope.livemode, ids)
    return {record["id"]: _authorization_from_record(record) for record in records}


class StoredProof(NamedTuple):
    """An authorization, what an erasure has put aside of it, and the fields of its masked bank account."""

    authorization: Authorization
    sealed: bytes | None
    bank_account: dict[str, str | None]


async def read_proof(conn: Conn, scope: AccountScope, authorization_id: str) -> StoredProof | None:
    """Return what proves an authorization."""
    record = await conn.fetchrow(_SQL["read_proof"], scope.account, scope.livemode, authorization_id)
    if record is None:
        return None
    names = ("account_type", "bank_name", "holder_name", "last4", "routing_number")
    account = {name: record[name] or None for name in names}
    return StoredProof(_authorization_from_record(record), record["sealed"], account)


async def list_authorizations(
    conn: Conn, scope: AccountScope, place: Window, *, funding_source: str | None
) -> Page[Authorization]:
    """Return a page of an account's authorizations, of one bank account or of all."""
    arguments = (scope.account, scope.livemode, place.low, place.high, place.newest_first, place.wanted, funding_source)
    records = await conn.fetch(_SQL["list_authorizations"], *arguments)
    return page_of((_authorization_from_record(record) for record in records), place)


async def lock_authorization(conn: Conn, scope: AccountScope, authorization_id: str) -> Authorization | None:
    """Return an authorization that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_authorization"], scope.account, scope.livemode, authorization_id)
    return _authorization_from_record(record) if record else None


async def lock_in_force(conn: Conn, scope: AccountScope, funding_source: str) -> Authorization | None:
    """Return the authorization in force for a bank account, which nobody else can end until the transaction does."""
    record = await conn.fetchrow(_SQL["lock_in_force"], scope.account, scope.livemode, funding_source)
    return _authorization_from_record(record) if record else None


def _authorization_from_record(record: Mapping[str, Any]) -> Authorization:
    return Authorization(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        funding_source=record["funding_source"],
        sec_code=SecCode(record["sec_code"]),
        text=record["text"],
        accepted_ms=record["accepted_ms"],
        evidence=_decode_evidence(record["evidence"]),
        created_ms=record["created_ms"],
        ended_ms=record["ended_ms"],
        end_reason=record["end_reason"],
        mandate_reference=record["mandate_reference"],
        sequence_type=_sequence_from_record(record),
        used_by=record["used_by"],
        confirmed_ms=record["confirmed_ms"],
        lapses_on=_lapse_from_record(record),
    )


def _lapse_from_record(record: Mapping[str, Any]) -> date | None:
    """Return when a mandate lapses; None of another authorization."""
    if record["mandate_reference"] is None:
        return None
    found: date | None = record["lapses_on"]
    return found or signed_lapse(record["accepted_ms"])


def _sequence_from_record(record: Mapping[str, Any]) -> SequenceType | None:
    """Return the sequence type of a mandate, recurrent where none is stored; None of another authorization."""
    if record["mandate_reference"] is None:
        return None
    return SequenceType(record["sequence_type"] or SequenceType.RECURRENT)


def _encode_profile(profile: OriginatorProfile) -> str:
    """Return a profile's document without unused fields, so that versions that do not know them can read it."""
    fields = msgspec.structs.asdict(profile)
    unused = []
    if not profile.uses_sftp and profile.sftp_records_folder is None:
        unused.append("sftp_")
    if not profile.same_day_cutoffs:
        unused.append("same_day_cutoffs")
    if not profile.same_day_cutoffs and profile.same_day_cap == MOST_SAME_DAY:
        unused.append("same_day_cap")
    if not profile.retry_schedule:
        unused.append("retry_schedule")
    if profile.max_file_lines == MOST_LINES:
        unused.append("max_file_lines")
    if profile.offset is Offset.NONE:
        unused.append("offset")
    used = {name: value for name, value in fields.items() if not name.startswith(tuple(unused))}
    used = {name: value for name, value in used.items() if name not in _NEWEST or value != _NEWEST[name]}
    return encode_text({name: value for name, value in used.items() if value is not None})


def originator_from_record(record: Mapping[str, Any]) -> Originator:
    """Return the originator in a row that has every column but the counters."""
    return Originator(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        status=OriginatorStatus(record["status"]),
        version=record["version"],
        profile=_decode_profile(record["profile"]),
        last4=record["last4"],
        created_ms=record["created_ms"],
        changed_by=record["changed_by"],
        activated_ms=record["activated_ms"],
        activated_by=record["activated_by"],
    )
