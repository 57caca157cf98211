"""Erases an account's personal data, or those of a payer, and leaves the books as they are.

An erasure runs in transactions of a page each, and a row remembers which step is complete; one that was killed goes on
with the step that it was in, and passes over what it has erased.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.actor import Actor
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.account_config import bump_config_version
from brim.core.audit import Action, ObjectType
from brim.core.erasure import store
from brim.core.erasure.rules import (
    AUTHORIZATION_YEARS,
    Erasure,
    ErasureRefusedError,
    Kept,
    NotOwnerError,
    Reason,
    Refusal,
    Target,
    day_of,
    years_after,
)
from brim.core.erasure.steps import PAGE, Step, Task, next_of, steps_of
from brim.core.funding import BankSecrets
from brim.core.legal_holds import LegalHoldError, require_no_hold
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

_REPLIES_DAYS: Final = 1
_NAMES_OF_PARTY: Final = ("email", "name", "phone")
_LINES: Final = ("line1", "line2")


class _DryRunError(Exception):
    """Ends the transaction of a dry run."""

    def __init__(self, found: Erasure) -> None:
        self.found = found


async def erase(
    database: Database,
    vault: Vault,
    target: Target,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    page: int = PAGE,
    on_step: Callable[[str], None] = lambda _name: None,
) -> Erasure:
    """Erase the personal data of an account or a payer, go on where that was interrupted, and return what came of it.

    Run anew after it was done, it erases what has come since, and what the law has kept until now.

    Args:
        database: reached as the owner of its tables.
        vault: opens account numbers, by which texts of the bank are found, and encrypts what the law keeps.
        target: whose.
        by: who asks.
        now_ms: the time.
        ids: makes the ids of the audit log's lines.
        page: how many rows one transaction looks at.
        on_step: told the name of each step that begins.

    Raises:
        ErasureRefusedError: something has to come to its end before; nothing was erased.
        NotOwnerError: the database is not reached as the owner.
        NoEncryptionKeyError, SecretUnreadableError: account numbers cannot be read.
    """
    secrets = BankSecrets(database, vault)

    async def prepare(conn: Conn) -> Task:
        return await begin_erasure(conn, secrets, vault, target, by=by, now_ms=now_ms, ids=ids, page=page)

    task = await database.transact(prepare)
    async with database.connection() as conn:
        done = await store.find_erasure(conn, target)
    if done is not None and done.is_done:
        return done
    for step in _steps_after(target, done.step if done else ""):
        on_step(step.name)
        after: str | None = ""
        while after is not None:
            after = await database.transact(lambda conn, step=step, after=after: take_page(conn, task, step, after))  # type: ignore[misc]
    return await database.transact(lambda conn: _finish(conn, task, by=by, now_ms=now_ms, ids=ids))


async def preview(
    database: Database, vault: Vault, target: Target, *, by: Actor, now_ms: int, ids: IdFactory
) -> Erasure:
    """Return what an erasure would change and keep: it is done in one transaction, which is undone.

    Raises:
        ErasureRefusedError: something has to come to its end before.
        NotOwnerError: the database is not reached as the owner.
        NoEncryptionKeyError, SecretUnreadableError: account numbers cannot be read.
    """
    secrets = BankSecrets(database, vault)
    try:
        async with database.transaction() as conn:
            task = await begin_erasure(conn, secrets, vault, target, by=by, now_ms=now_ms, ids=ids, page=PAGE)
            begun = await store.find_erasure(conn, target)
            for step in _steps_after(target, begun.step if begun else ""):
                after: str | None = ""
                while after is not None:
                    after = await take_page(conn, task, step, after)
            raise _DryRunError(  # noqa: TRY301  it undoes the transaction
                await _finish(conn, task, by=by, now_ms=now_ms, ids=ids)
            )
    except _DryRunError as ended:
        return ended.found


async def check_erasable(database: Database, vault: Vault, target: Target, *, now_ms: int) -> None:
    """Return quietly when an erasure may begin, or go on; nothing is written.

    Raises:
        ErasureRefusedError: something has to come to its end before.
        NotOwnerError: the database is not reached as the owner.
        NoEncryptionKeyError, SecretUnreadableError: account numbers cannot be read.
    """
    secrets = BankSecrets(database, vault)
    async with database.transaction() as conn:
        await _check(conn, secrets, vault, target, await store.find_erasure(conn, target), now_ms=now_ms, page=PAGE)


async def list_erasures(database: Database) -> list[Erasure]:
    """Return all erasures, those that were interrupted too."""
    async with database.connection() as conn:
        return await store.list_erasures(conn)


def _steps_after(target: Target, done: str) -> list[Step]:
    steps = steps_of(target)
    names = [step.name for step in steps]
    return steps[names.index(done) + 1 :] if done else steps


async def take_page(conn: Conn, task: Task, step: Step, after: str) -> str | None:
    """Erase a page of a step, and write down how far that is; return after which row the next page begins."""
    await _require_no_hold(conn, task.target)
    erasure = await store.lock_erasure(conn, task.target)
    if erasure is None:
        raise RuntimeError(f"the row of {task.target} is gone")
    found = await step.work(task, conn, after)
    counts = Counter(erasure.counts)
    counts.update(found.counts)
    name = step.name if found.next is None else erasure.step
    await store.note_progress(conn, msgspec.structs.replace(erasure, counts=+counts, step=name))
    return found.next


async def _require_no_hold(conn: Conn, target: Target) -> None:
    """Keep legal holds out until the transaction ends; one that is placed meanwhile stops an erasure between two pages.

    Raises:
        ErasureRefusedError: one is in force.
    """
    try:
        await require_no_hold(conn, target.account)
    except LegalHoldError as error:
        raise ErasureRefusedError(str(target), [Refusal(Reason.LEGAL_HOLD, error.message)]) from None


async def begin_erasure(
    conn: Conn,
    secrets: BankSecrets,
    vault: Vault,
    target: Target,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    page: int,
) -> Task:
    """Return the task of an erasure, begun unless it was; from then on its bank accounts pay for nothing."""
    begun = await store.lock_erasure(conn, target)
    task = await _check(conn, secrets, vault, target, begun, now_ms=now_ms, page=page)
    if not task.funding and not target.is_account:
        return task  # a customer whose bank accounts were erased, and none has come since
    if begun is None or begun.is_done:
        kept = task.survey.kept(livemode=True) if True in target.modes else []
        await store.begin_erasure(conn, target, kept, now_ms=now_ms)
        await _record(conn, target, "begun", by=by, now_ms=now_ms, ids=ids)
    for livemode in target.modes:
        await _stop_debits(conn, task.scope(livemode), task.funding)
    return task


async def _check(
    conn: Conn,
    secrets: BankSecrets,
    vault: Vault,
    target: Target,
    begun: Erasure | None,
    *,
    now_ms: int,
    page: int,
) -> Task:
    """Return the task of an erasure that may begin, or go on."""
    if not await store.is_owner(conn):
        raise NotOwnerError
    await _require_no_hold(conn, target)
    subject = await store.read_subject(conn, target.account)
    if subject is None:
        raise ErasureRefusedError(str(target), [Refusal(Reason.UNKNOWN, "No such account.")])
    task = Task(target, subject["platform"] or target.account, secrets, vault, now_ms, page)
    await _survey(conn, task, subject)
    refusals = [] if begun and not begun.is_done else await _refusals(conn, task, subject)
    if [each.reason for each in refusals] == [Reason.UNKNOWN] and begun is not None:
        return task
    if refusals:
        raise ErasureRefusedError(str(target), refusals)
    return task


async def _stop_debits(conn: Conn, scope: AccountScope, funding: Sequence[str]) -> None:
    await store.write(conn, "detach_funding_sources", scope, funding)
    if await store.write(conn, "remove_defaults_of", scope, funding):
        await bump_config_version(conn, scope)


async def _survey(conn: Conn, task: Task, subject: Any) -> None:
    """Read what there is of a target: by what it is found, and what may keep it from being erased."""
    target, survey = task.target, task.survey
    if target.is_account:
        survey.traces.add(target.account)
        _add_words_of_account(task, subject)
    for livemode in target.modes:
        await _survey_funding(conn, task, livemode=livemode)
        await _survey_topups(conn, task, livemode=livemode)
    if not target.is_account:
        await _survey_tokens(conn, task)


def _add_words_of_account(task: Task, subject: Any) -> None:
    details = json_codec.decode(subject["details"])
    person, company = details.get("individual", {}), details.get("company", {})
    named = [person.get(name) for name in ("first_name", "last_name", "email", "phone")]
    task.survey.words.add(subject["email"], subject["business_name"], company.get("name"), company.get("phone"), *named)


async def _survey_funding(conn: Conn, task: Task, *, livemode: bool) -> None:
    scope, target = task.scope(livemode), task.target
    wanted = (None, None) if target.is_account else ([target.id], target.id)
    after: str | None = ""
    while after is not None:
        rows = await store.page(conn, "funding_sources", scope, after, task.page, *wanted)
        for row in rows:
            if row["is_meant"]:
                _add_funding(task, row, scope)
        after = next_of(rows, task)


def _add_funding(task: Task, row: Any, scope: AccountScope) -> None:
    """Learn by what texts a bank account's holder is found."""
    survey, party = task.survey, json_codec.decode(row["party"])
    task.funding.append(row["id"])
    survey.traces.add(row["id"], row["customer"], row["customer_account"])
    survey.words.add(*(party.get(name) for name in _NAMES_OF_PARTY))
    survey.words.add(*((party.get("address") or {}).get(name) for name in _LINES))
    if row["fingerprint"]:
        task.fingerprints.append(row["fingerprint"])
    if row["sealed"] and scope.livemode:
        survey.numbers.add(task.secrets.reveal(row["sealed"], scope=scope, object_id=row["id"]))


async def _survey_topups(conn: Conn, task: Task, *, livemode: bool) -> None:
    """Look at what top-ups and prenotes of live mode wait for; in test mode no money is on its way.

    Of a payer, requests and their replies are found by the ids of what was made of the bank account. An account's own
    are removed without having to be found.
    """
    if not livemode and task.target.is_account:
        return
    scope = task.scope(livemode)
    for table in ("topups", "prenotes"):
        after: str | None = ""
        while after is not None:
            rows = await store.page(conn, table, scope, after, task.page, task.of)
            meant = [row for row in rows if row["is_meant"]]
            ids = [row["id"] for row in meant]
            if not task.target.is_account:
                task.survey.traces.add(*ids)
            for row in meant if livemode else ():
                task.survey.count_presented(row["status"], is_prenote=table == "prenotes")
            for entry in await store.read_entries(conn, AccountScope(task.platform, livemode), ids):
                task.survey.count_entry(entry, today=day_of(task.now_ms))
            after = next_of(rows, task)


async def _survey_tokens(conn: Conn, task: Task) -> None:
    scope = task.scope(task.target.livemode)
    after: str | None = ""
    while after is not None:
        rows = await store.page(conn, "bank_tokens", scope, after, task.page, task.funding, task.fingerprints)
        task.survey.traces.add(*(row["id"] for row in rows if row["is_meant"]))
        after = next_of(rows, task)


async def _refusals(conn: Conn, task: Task, subject: Any) -> list[Refusal]:
    """Return what keeps a target from being erased now."""
    found = []
    if task.target.is_account:
        if not subject["is_closed"]:
            found.append(
                Refusal(Reason.NOT_CLOSED, "The account is open. Its platform has to reject or delete it first.")
            )
        if subject["has_balance"]:
            found.append(Refusal(Reason.BALANCE, "The account has a balance in live mode."))
    elif not task.funding:
        return [Refusal(Reason.UNKNOWN, "The account has no such bank account on file, and none for such a customer.")]
    has_breaks = await store.has_open_breaks(conn, AccountScope(task.platform, livemode=True))
    return found + task.survey.refusals(has_open_breaks=has_breaks)


async def _finish(conn: Conn, task: Task, *, by: Actor, now_ms: int, ids: IdFactory) -> Erasure:
    """Write that an erasure is done, and what is kept, and return it."""
    erasure = await store.lock_erasure(conn, task.target)
    if erasure is None:
        raise RuntimeError(f"the row of {task.target} is gone")
    kept = (*erasure.kept, *await _kept_authorizations(conn, task), *_kept_keys(task))
    done = msgspec.structs.replace(erasure, kept=kept, ended_ms=now_ms)
    await store.note_progress(conn, done)
    detail = f"done, {sum(done.counts.values())} rows"
    await _record(conn, task.target, detail, by=by, now_ms=now_ms, ids=ids)
    return done


async def _kept_authorizations(conn: Conn, task: Task) -> list[Kept]:
    ends = []
    for livemode in task.target.modes:
        after: str | None = ""
        while after is not None:
            rows = await store.page(conn, "authorizations", task.scope(livemode), after, task.page, task.of)
            ends += [day_of(row["ended_ms"]) for row in rows if row["is_meant"] and row["is_sealed"]]
            after = next_of(rows, task)
    if not ends:
        return []
    until = max(years_after(day, AUTHORIZATION_YEARS) for day in ends)
    why = "Nacha's rules keep what a holder has authorized for two years after its end; encrypted."
    return [Kept("authorizations.sealed", len(ends), why, until, "the same command, run again")]


def _kept_keys(task: Task) -> list[Kept]:
    """Return that the client's own idempotency keys answer on, where a retry could debit again."""
    until = day_of(task.now_ms) + timedelta(days=1 + _REPLIES_DAYS)
    why = "A client's idempotency key keeps a retry from debiting twice; its reply is erased."
    return (
        []
        if task.target.is_account
        else [Kept("idempotency_keys.key", 0, why, until, "the worker, a day after the request")]
    )


async def _record(conn: Conn, target: Target, detail: str, *, by: Actor, now_ms: int, ids: IdFactory) -> None:
    await audit.record(
        conn,
        by,
        Action.ACCOUNT_ERASED if target.is_account else Action.PAYER_ERASED,
        object_type=ObjectType.ACCOUNT if target.is_account else None,
        object_id=target.id,
        scope=AccountScope(target.account, target.livemode),
        detail=detail,
        now_ms=now_ms,
        ids=ids,
    )
