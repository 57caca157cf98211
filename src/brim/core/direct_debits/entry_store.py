"""Entries in the database: queued at a cut-off, put into a file, confirmed, returned."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from brim.base.ids import first_id_at
from brim.base.scope import AccountScope
from brim.core.direct_debits.rules import Entry, EntryStatus
from brim.core.originators import KnownMandate, signed_lapse
from brim.core.topups import Status, Topup
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries, recordset

_SQL: Final = load_queries(__package__, "entries")
_COLUMNS: Final = tuple(name for name in Entry.__struct_fields__ if name != "scope")


_OF_AMENDMENTS: Final = frozenset({"pending_reference", "is_of_new_account"})
"""What is read apart, of mandates alone."""


class ClaimTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about a top-up or a prenote that is due for a file, or whose money should be usable.

    `is_ended` tells that its account was deleted or rejected.
    `number` to `return_code` are its newest entry's; `linked_retry` to `linked_date` are what the first entry of a
    top-up has that presents the returned debit of another one again; what begins with `returned_` is who debited it
    before, and `company_name` and `company_id` who would now. `accepted_ms` is when the holder authorized debits, and
    `time_zone` the originator's. `authorization_id` to `mandate_confirmed_ms` are of the authorization: of a mandate.
    `known_identifier` and `known_name` are what banks know its creditor by, `creditor_identifier` and `creditor_name`
    what they would, and `pending_reference` and `is_of_new_account` what they were not told of its amendments.
    """

    platform: str
    originator: str | None
    stop_reason: str | None
    funding_source: str | None
    sealed: bytes | None
    routing_number: str | None
    last4: str | None
    account_type: str | None
    holder_name: str | None
    sec_code: str | None
    mandate_reference: str | None
    accepted_ms: int | None
    authorization_id: str | None
    sequence_type: str | None
    used_by: str | None
    mandate_confirmed_ms: int | None
    known_identifier: str | None
    known_name: str | None
    creditor_identifier: str | None
    creditor_name: str | None
    time_zone: str | None
    number: int | None
    entry_status: EntryStatus | None
    file: str | None
    trace: str | None
    entry_originator: str | None
    confirmed_ms: int | None
    is_taken_back: bool
    is_verified: bool
    is_detached: bool
    is_corrected: bool
    is_ended: bool
    retry: int | None
    retry_of: str | None
    original_date: date | None
    effective_date: date | None
    return_code: str | None
    linked_retry: int | None
    linked_root: str | None
    linked_date: date | None
    company_name: str | None
    company_id: str | None
    returned_originator: str | None
    returned_company_name: str | None
    returned_company_id: str | None
    pending_reference: str | None = None
    is_of_new_account: bool = False


class Group(NamedTuple):
    """Entries that go into files of their own: an originator's, in the time of one clock or in real time."""

    scope: AccountScope
    originator: str
    test_clock: str | None


class Confirmed(NamedTuple):
    """An entry that the bank has confirmed: whose, and where it stands then."""

    topup: str
    owner: str
    status: EntryStatus


async def read_claim_terms(conn: Conn, wanted: Sequence[tuple[AccountScope, str, str]]) -> dict[str, ClaimTerms]:
    """Return what is to be known of top-ups or prenotes, named with their accounts and bank accounts, by their ids."""
    if not wanted:
        return {}
    rows = [(scope.account, scope.livemode, wanted_id, source) for scope, wanted_id, source in wanted]
    records = await conn.fetch(_SQL["read_claim_terms"], *columns(rows))
    found = {record["id"]: _terms_from_record(record) for record in records}
    scopes = {wanted_id: scope for scope, wanted_id, _ in wanted}
    mandates = {
        (scopes[wanted_id].account, scopes[wanted_id].livemode, terms.authorization_id or "")
        for wanted_id, terms in found.items()
        if terms.mandate_reference is not None
    }
    if not mandates:
        return found
    amended = {
        record["id"]: {
            "pending_reference": record["former_reference"],
            "is_of_new_account": record["is_of_new_account"],
        }
        for record in await conn.fetch(_SQL["read_amendments"], *columns(sorted(mandates)))
    }
    return {
        wanted_id: msgspec.structs.replace(terms, **amended.get(terms.authorization_id or "", {}))
        for wanted_id, terms in found.items()
    }


def _terms_from_record(record: Mapping[str, Any]) -> ClaimTerms:
    fields = {name: record[name] for name in ClaimTerms.__struct_fields__ if name not in _OF_AMENDMENTS}
    status = fields["entry_status"]
    return ClaimTerms(**{**fields, "entry_status": EntryStatus(status) if status else None})


async def insert_entries(conn: Conn, entries: Sequence[Entry]) -> None:
    """Queue entries for the next file."""
    await conn.execute(_SQL["insert_entries"], recordset(_row(entry) for entry in entries))


def _row(entry: Entry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in _COLUMNS}
    return row | {
        "account": entry.scope.account,
        "livemode": entry.scope.livemode,
        "sealed": "\\x" + entry.sealed.hex(),
    }


async def set_status(conn: Conn, entries: Sequence[Entry], status: EntryStatus, *, was: EntryStatus) -> None:
    """Write where entries stand that stood at `was`."""
    rows = [(entry.scope.account, entry.scope.livemode, entry.topup, entry.number) for entry in entries]
    await conn.execute(_SQL["hold_entries"], *columns(rows))
    await conn.execute(_SQL["set_entry_status"], *columns(rows), status, was)


async def refuse_entries(conn: Conn, entries: Sequence[Entry]) -> None:
    """Take entries that do not fit a file out of the queue."""
    rows = [(entry.scope.account, entry.scope.livemode, entry.topup, entry.number) for entry in entries]
    await conn.execute(_SQL["hold_entries"], *columns(rows))
    await conn.execute(_SQL["refuse_entries"], *columns(rows))


async def groups_with_queued_entries(conn: Conn) -> list[Group]:
    """Return whose entries wait for a file."""
    records = await conn.fetch(_SQL["groups_with_queued_entries"])
    return [
        Group(AccountScope(record["account"], record["livemode"]), record["originator"], record["test_clock"])
        for record in records
    ]


async def groups_with_what_is_due(conn: Conn, *, now_ms: int) -> dict[Group, AccountScope]:
    """Return for whom dishonors, reversals or refunds are due, or may be by a test clock, with an account of each."""
    return {
        Group(AccountScope(record["account"], record["livemode"]), record["originator"], record["test_clock"]): (
            AccountScope(record["owner"], record["livemode"])
        )
        for record in await conn.fetch(_SQL["groups_with_what_is_due"], now_ms)
    }


async def list_queued_topups(conn: Conn, group: Group, *, limit: int, cap: int) -> list[tuple[AccountScope, str]]:
    """Return the top-ups and prenotes, with their accounts, whose entries the next file of a group would take."""
    records = await conn.fetch(
        _SQL["list_queued_topups"],
        group.scope.account,
        group.scope.livemode,
        group.originator,
        group.test_clock,
        limit,
        cap,
    )
    return [(AccountScope(record["owner"], group.scope.livemode), record["topup"]) for record in records]


async def lock_queued_entries(conn: Conn, group: Group, *, limit: int, cap: int) -> list[Entry]:
    """Return the entries of a group that the next file takes, held until the transaction ends."""
    records = await conn.fetch(
        _SQL["lock_queued_entries"],
        group.scope.account,
        group.scope.livemode,
        group.originator,
        group.test_clock,
        limit,
        cap,
    )
    return [entry_from_record(record) for record in records]


async def read_sources(conn: Conn, entries: Sequence[Entry]) -> dict[str, str]:
    """Return from which bank accounts the top-ups and prenotes of entries are paid, without what is not pending."""
    if not entries:
        return {}
    rows = [(entry.owner, entry.topup) for entry in entries]
    records = await conn.fetch(_SQL["read_sources_of_entries"], entries[0].scope.livemode, *columns(rows))
    return {record["topup"]: record["funding_source"] for record in records}


async def withdraw_entries(conn: Conn, entries: Sequence[Entry]) -> None:
    """Take entries that the transaction holds out of the queue, as if they had not come to it."""
    rows = [(entry.scope.account, entry.scope.livemode, entry.topup, entry.number) for entry in entries]
    await conn.execute(_SQL["withdraw_entries"], *columns(rows))


class OverCap(NamedTuple):
    """A queued entry that is larger than a file of its originator may be, by a version of its profile."""

    entry: Entry
    file_cap: int
    version: int


async def entries_over_cap(conn: Conn) -> list[OverCap]:
    """Return the queued entries of all platforms that are larger than a file may be."""
    return [
        OverCap(entry_from_record(record), record["file_cap"], record["version"])
        for record in await conn.fetch(_SQL["entries_over_cap"])
    ]


async def put_in_file(conn: Conn, entries: Sequence[Entry]) -> None:
    """Write the file, batch and trace of entries of one file that the transaction holds."""
    first = entries[0]
    rows = [(entry.topup, entry.number, entry.batch, entry.trace) for entry in entries]
    await conn.execute(
        _SQL["put_entries_in_file"],
        first.scope.account,
        first.scope.livemode,
        first.file,
        first.effective_date,
        *columns(rows),
    )


class KnownTopup(NamedTuple):
    """A top-up as it stands in a database into which is written what has left."""

    owner: str
    id: str
    amount: int
    status: Status
    settlement_days: int | None
    test_clock: str | None
    root: str | None = None
    retry: int | None = None
    original_date: date | None = None


async def lock_topups_by_individual_id(
    conn: Conn, scope: AccountScope, individual_ids: Sequence[str], *, rail: str, length: int
) -> dict[str, list[KnownTopup]]:
    """Return a platform's top-ups on a rail by their last `length` characters, held until the transaction ends."""
    found: dict[str, list[KnownTopup]] = defaultdict(list)
    for record in await conn.fetch(
        _SQL["lock_topups_by_individual_id"], scope.account, scope.livemode, list(individual_ids), length, rail
    ):
        fields = dict(record)
        found[(fields["root"] or fields["id"])[-length:]].append(
            KnownTopup(**{**fields, "status": Status(fields["status"])})
        )
    return found


async def place_sent_entries(conn: Conn, entries: Sequence[Entry]) -> None:
    """Write entries of a file that has left, in the place of those that wait for one."""
    if entries:
        await conn.execute(_SQL["place_sent_entries"], recordset(_row(entry) for entry in entries))


async def requeue_entries(
    conn: Conn,
    scope: AccountScope,
    file_id: str,
    *,
    standing_at: Sequence[EntryStatus],
    batches: Sequence[int] | None = None,
    resubmitted_by: str | None = None,
) -> list[str]:
    """Let the entries of a file, or of some of its batches, wait for another file; return their top-ups.

    They wait in the time that their accounts have now. `resubmitted_by` is who wants them to go out again, None where
    they never went out.
    """
    await conn.execute(_SQL["hold_clocks_of_file"], scope.account, scope.livemode, file_id)
    await conn.execute(_SQL["hold_entries_of_file"], scope.account, scope.livemode, file_id, None)
    records = await conn.fetch(
        _SQL["requeue_entries_of_file"],
        scope.account,
        scope.livemode,
        file_id,
        list(standing_at),
        None if batches is None else list(batches),
        resubmitted_by,
    )
    return [record["topup"] for record in records]


async def hold_clocks(conn: Conn, scope: AccountScope) -> None:
    """Keep the clocks of a platform's accounts where they stand until the transaction ends."""
    await conn.execute(_SQL["hold_clocks"], scope.account, scope.livemode)


async def first_owner(conn: Conn, scope: AccountScope, file_id: str) -> AccountScope | None:
    """Return whose the first entry of a file is; None where it has none any more."""
    owner = await conn.fetchval(_SQL["first_owner_in_file"], scope.account, scope.livemode, file_id)
    return None if owner is None else AccountScope(owner, scope.livemode)


async def is_any_open(conn: Conn, scope: AccountScope, file_id: str) -> bool:
    """Tell whether the bank may still say something of an entry of a file."""
    found: bool = await conn.fetchval(_SQL["is_any_open"], scope.account, scope.livemode, file_id)
    return found


async def largest_entries(conn: Conn, scope: AccountScope, file_id: str, *, limit: int) -> list[Entry]:
    """Return the largest entries of a file, the largest first."""
    records = await conn.fetch(_SQL["largest_entries_of_file"], scope.account, scope.livemode, file_id, limit)
    return [entry_from_record(record) for record in records]


async def who_resubmitted(conn: Conn, scope: AccountScope, file_id: str) -> frozenset[str]:
    """Return who let entries of a file go out again that were rejected before."""
    records = await conn.fetch(_SQL["who_resubmitted"], scope.account, scope.livemode, file_id)
    return frozenset(record["resubmitted_by"] for record in records)


async def find_by_trace(conn: Conn, scope: AccountScope, trace: str) -> list[Entry]:
    """Return the entries of a trace, newest first."""
    records = await conn.fetch(_SQL["find_entries_by_trace"], scope.account, scope.livemode, trace)
    return [entry_from_record(record) for record in records]


async def find_by_traces(conn: Conn, scope: AccountScope, traces: Sequence[str]) -> dict[str, list[Entry]]:
    """Return the entries of some traces by trace, newest first."""
    found: dict[str, list[Entry]] = {trace: [] for trace in traces}
    for record in await conn.fetch(_SQL["find_entries_by_traces"], scope.account, scope.livemode, list(found)):
        found[record["trace"]].append(entry_from_record(record))
    return found


async def list_entries_of_batch(conn: Conn, scope: AccountScope, file_id: str, batch: int) -> list[Entry]:
    """Return the entries of a batch."""
    records = await conn.fetch(_SQL["list_entries_of_batch"], scope.account, scope.livemode, file_id, batch)
    return [entry_from_record(record) for record in records]


async def mandates_in_file(conn: Conn, scope: AccountScope, file_id: str) -> list[KnownMandate]:
    """Return the mandates under which a file collects."""
    records = await conn.fetch(_SQL["mandates_in_file"], scope.account, scope.livemode, file_id)
    return [
        KnownMandate(
            scope=AccountScope(record["owner"], scope.livemode),
            id=record["authorization_id"],
            creditor_identifier=record["company_id"],
            creditor_name=record["company_name"],
        )
        for record in records
    ]


async def read_lapses(conn: Conn, entries: Sequence[Entry]) -> dict[str, date]:
    """Return the last day of collections under each mandate of entries, by its id."""
    rows = {(entry.owner, entry.scope.livemode, entry.authorization_id or "") for entry in entries if entry.is_sepa}
    if not rows:
        return {}
    return {
        record["id"]: record["lapses_on"] or signed_lapse(record["accepted_ms"])
        for record in await conn.fetch(_SQL["read_lapses"], *columns(sorted(rows)))
    }


async def count_debits(
    conn: Conn, scope: AccountScope, file_id: str, *, batch: int | None = None
) -> dict[tuple[str, date], int]:
    """Return how many debits a file, or a batch of it, has, by account and effective date; prenotes are none."""
    records = await conn.fetch(_SQL["count_debits"], scope.account, scope.livemode, file_id, batch)
    return {(record["owner"], record["effective_date"]): record["debits"] for record in records}


async def lock_entry(conn: Conn, entry: Entry) -> Entry | None:
    """Return an entry as it is now; nobody else can change it until the transaction ends."""
    record = await conn.fetchrow(
        _SQL["lock_entry"], entry.scope.account, entry.scope.livemode, entry.topup, entry.number
    )
    return entry_from_record(record) if record else None


class RetryAccount(NamedTuple):
    """Facts about a bank account that is debited again: its numbers, and when it was corrected and authorized."""

    fingerprint: str
    corrected_ms: int | None
    authorized_ms: int | None


async def read_retry_facts(conn: Conn, scope: AccountScope, sources: Sequence[str]) -> dict[str, RetryAccount]:
    """Return the retry facts of an account's bank accounts, by their ids."""
    records = await conn.fetch(_SQL["read_retry_facts"], scope.account, scope.livemode, list(dict.fromkeys(sources)))
    return {
        record["id"]: RetryAccount(record["fingerprint"], record["corrected_ms"], record["authorized_ms"])
        for record in records
    }


async def last_return(conn: Conn, entry: Entry) -> str | None:
    """Return the code of a top-up's newest returned entry; None if none was returned."""
    code: str | None = await conn.fetchval(_SQL["last_return"], entry.scope.account, entry.scope.livemode, entry.topup)
    return code


async def is_presented_again(conn: Conn, entry: Entry) -> tuple[bool, bool]:
    """Tell whether a later entry of the same top-up exists, and whether it presents the returned debit again."""
    number, retry = await conn.fetchrow(
        _SQL["read_newest_entry"], entry.scope.account, entry.scope.livemode, entry.topup
    )
    return number > entry.number, retry > entry.retry


async def hold_entries(conn: Conn, entries: Sequence[Entry]) -> None:
    """Hold entries until the transaction ends."""
    if entries:
        rows = [(entry.scope.account, entry.scope.livemode, entry.topup, entry.number) for entry in entries]
        await conn.execute(_SQL["hold_entries"], *columns(rows))


async def list_entries_of_topups(conn: Conn, scope: AccountScope, topups: Sequence[str]) -> list[Entry]:
    """Return all entries of a platform's top-ups, in the order in which they were presented."""
    records = await conn.fetch(_SQL["list_entries_of_topups"], scope.account, scope.livemode, list(topups))
    return [entry_from_record(record) for record in records]


async def references_of_topup(conn: Conn, scope: AccountScope, topup: str) -> list[str]:
    """Return what names the lines of statements that have moved a top-up's money."""
    records = await conn.fetch(_SQL["references_of_topup"], scope.account, scope.livemode, topup)
    return [record["reference"] for record in records]


async def page_entries(
    conn: Conn, scope: AccountScope, file_id: str, *, after: str, before: str, backwards: bool, limit: int
) -> list[Entry]:
    """Return up to `limit` entries of a file between two traces, in their order: the first ones, or the last ones."""
    records = await conn.fetch(
        _SQL["page_entries_of_file"], scope.account, scope.livemode, file_id, after, before, not backwards, limit
    )
    found = [entry_from_record(record) for record in records]
    return found[::-1] if backwards else found


async def has_entry(conn: Conn, scope: AccountScope, file_id: str, trace: str) -> bool:
    """Tell whether a file has an entry of a trace."""
    found: bool = await conn.fetchval(_SQL["has_entry"], scope.account, scope.livemode, file_id, trace)
    return found


class Total(msgspec.Struct, frozen=True):
    """How many debits there are, and how many cents they come to."""

    count: int
    amount: int


async def sum_queued_entries(conn: Conn, scope: AccountScope) -> Total:
    """Return how much of a platform's waits for a file."""
    return Total(*await conn.fetchrow(_SQL["sum_queued_entries"], scope.account, scope.livemode))


async def sum_due_topups(conn: Conn, scope: AccountScope, *, until_ms: int, most: int) -> tuple[Total, bool]:
    """Return how much of a platform's is due for a file by a moment and not queued, and whether that is all of it.

    At most `most` due top-ups are looked at, whatever they are due for.
    """
    found = await conn.fetchrow(_SQL["sum_due_topups"], scope.account, scope.livemode, until_ms, most)
    return Total(found["count"], found["amount"]), found["is_complete"]


async def confirm_entries(
    conn: Conn, scope: AccountScope, file_id: str, batch: int, *, by: str, now_ms: int, only_prenotes: bool = False
) -> list[Confirmed]:
    """Write that the bank has taken a batch, or its prenotes, which is held; return its entries that are news."""
    records = await conn.fetch(
        _SQL["confirm_entries"], scope.account, scope.livemode, file_id, batch, by, now_ms, only_prenotes
    )
    return [Confirmed(record["topup"], record["owner"], EntryStatus(record["status"])) for record in records]


async def unconfirm_entries(conn: Conn, scope: AccountScope, file_id: str, batch: int) -> None:
    """Take back that the bank has taken a batch, where its money is not usable yet."""
    await conn.execute(_SQL["unconfirm_entries"], scope.account, scope.livemode, file_id, batch)


async def unconfirm_entries_of_line(conn: Conn, scope: AccountScope, file_id: str, batch: int, *, by: str) -> None:
    """Take back that a line has confirmed the entries of a batch, which are held, where their money is not usable."""
    await conn.execute(_SQL["unconfirm_entries_of_line"], scope.account, scope.livemode, file_id, batch, by)


async def return_entry(conn: Conn, entry: Entry, *, code: str, trace: str, now_ms: int) -> bool:
    """Write that an entry came back; return whether that is news."""
    found = await conn.fetchval(
        _SQL["return_entry"],
        entry.scope.account,
        entry.scope.livemode,
        entry.topup,
        entry.number,
        code,
        trace,
        now_ms,
    )
    return found is not None


async def count_returns(conn: Conn, scope: AccountScope, *, since_ms: int, most: int) -> dict[str | None, int]:
    """Return how many of a platform's debits since a moment came back, by code, beside None for those that did not.

    The newest `most` of them are looked at.
    """
    first = first_id_at("tu_", since_ms // 1000)
    records = await conn.fetch(_SQL["count_returns"], scope.account, scope.livemode, first, "tu_~", most)
    return {record["return_code"]: record["debits"] for record in records}


async def note_change(conn: Conn, entry: Entry, *, code: str) -> None:
    """Write that a bank has sent a notification of change about an entry."""
    await conn.execute(_SQL["note_change"], entry.scope.account, entry.scope.livemode, entry.topup, entry.number, code)


async def is_collected(conn: Conn, topup: Topup) -> bool:
    """Tell whether a top-up has an entry that a file has taken, or will take."""
    found: bool = await conn.fetchval(_SQL["is_collected"], topup.scope.account, topup.scope.livemode, topup.id)
    return found


async def adopt_entries(conn: Conn, scope: AccountScope, clock_id: str) -> None:
    """Let a clock keep the time of an account's queued entries."""
    await conn.execute(_SQL["adopt_entries"], scope.account, scope.livemode, clock_id)


async def release_entries(conn: Conn, scope: AccountScope) -> None:
    """Give an account's queued entries back to real time."""
    await conn.execute(_SQL["release_entries"], scope.account, scope.livemode)


async def first_queued_by_clock(conn: Conn, scope: AccountScope, *, until_ms: int) -> list[tuple[Group, int]]:
    """Return the groups of entries that an account's clock has, and when the first of each was claimed."""
    records = await conn.fetch(_SQL["first_queued_by_clock"], scope.account, scope.livemode, until_ms)
    return [
        (
            Group(AccountScope(record["account"], scope.livemode), record["originator"], record["test_clock"]),
            record["claimed_ms"],
        )
        for record in records
    ]


def entry_from_record(record: Mapping[str, Any]) -> Entry:
    """Return the entry in a row that has every column of `ach_entries`."""
    fields = {name: record[name] for name in _COLUMNS}
    scope = AccountScope(record["account"], record["livemode"])
    sealed = fields["sealed"] or b""  # forgotten with the bytes of its file
    fields["is_of_new_account"] = bool(fields["is_of_new_account"])
    return Entry(scope=scope, **{**fields, "status": EntryStatus(fields["status"]), "sealed": sealed})
