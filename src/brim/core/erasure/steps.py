"""The steps of an erasure: each walks one table, a page a transaction, and may be run again from its beginning.

What one step finds rows by, a later one erases: texts of the bank and the audit log come first, then what top-ups
copied of bank accounts, and the bank accounts and the account themselves last.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core.access import expire_keys_of_account
from brim.core.audit import Action
from brim.core.erasure import store
from brim.core.erasure.rules import (
    AUTHORIZATION_YEARS,
    ERASED,
    ErasureRefusedError,
    Reason,
    Refusal,
    Survey,
    Target,
    day_of,
    mark,
    mark_sentences,
    redact,
    years_after,
)
from brim.core.funding import BankSecrets
from brim.core.originators import authorization_place, encode_kept
from brim.platform.database import Conn
from brim.platform.vault import Vault

PAGE: Final = 500
"""Rows that one transaction looks at."""

_OWN_ACTIONS: Final = (Action.ACCOUNT_ERASED, Action.PAYER_ERASED)


@dataclass
class Task:
    """An erasure while it runs: whose, by what it is found, and what its transactions need.

    `platform` is the account to which the live money of the target's account belongs.
    """

    target: Target
    platform: str
    secrets: BankSecrets
    vault: Vault
    now_ms: int
    page: int = PAGE
    survey: Survey = field(default_factory=Survey)
    funding: list[str] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)

    def scope(self, livemode: bool) -> AccountScope:  # noqa: FBT001  a mode, as everywhere its name says
        """Return the target's account in a mode."""
        return AccountScope(self.target.account, livemode)

    @property
    def of(self) -> list[str] | None:
        """By which bank accounts a page is filtered; None for all of an account."""
        return None if self.target.is_account else self.funding

    def is_meant(self, text: str | None) -> bool:
        """Tell whether a text names the target, or what it was called."""
        return self.survey.traces.is_in(text) or self.survey.words.is_in(text)

    def is_of_bank(self, text: str | None) -> bool:
        """Tell whether a text of a bank names the target, what it was called, or its account number."""
        return self.is_meant(text) or self.survey.numbers.is_in(text)


class Page(NamedTuple):
    """What a page changed, by table; and after which row the next one begins, None after the last."""

    counts: Counter[str]
    next: str | None


Work: TypeAlias = Callable[[Task, Conn, str], Awaitable[Page]]


class Step(NamedTuple):
    """A step and the name under which a row remembers that it is complete."""

    name: str
    work: Work


def steps_of(target: Target) -> list[Step]:
    """Return the steps of an erasure, in order."""
    steps = [Step("keys", _end_keys), Step("rail_stops", _erase_rail_stops)] if target.is_account else []
    if True in target.modes:
        steps += [
            Step("breaks", _erase_breaks),
            Step("line_settlements", _erase_line_settlements),
            Step("statement_lines", _erase_statement_lines),
            Step("bank_files", _erase_findings),
        ]
    steps.append(Step("audit_log", _erase_audit_log))
    for livemode in target.modes:
        steps += [
            Step(f"{name}/{'live' if livemode else 'test'}", partial(work, livemode=livemode))
            for name, work in (_ACCOUNT_STEPS if target.is_account else _PAYER_STEPS)
        ]
    return [*steps, Step("accounts", _erase_account)] if target.is_account else steps


def next_of(rows: Sequence[Any], task: Task, column: str = "id") -> str | None:
    """Return after which row the next page begins."""
    return str(rows[-1][column]) if len(rows) == task.page else None


async def _end_keys(task: Task, conn: Conn, _after: str) -> Page:
    ended = await expire_keys_of_account(conn, task.target.account, task.now_ms)
    return Page(Counter(api_keys=len(ended)), None)


def _platform(task: Task) -> AccountScope:
    return AccountScope(task.platform, livemode=True)


async def _erase_breaks(task: Task, conn: Conn, after: str) -> Page:
    rows = await store.page(conn, "breaks", _platform(task), after, task.page)
    ids = [row["id"] for row in rows if task.is_of_bank(row["content"])]
    counts = Counter(breaks=await store.write(conn, "erase_breaks", _platform(task), ids, ERASED))
    if ids:
        counts += await _erase_events_of(conn, _platform(task), await store.read_events_of(conn, _platform(task), ids))
    return Page(counts, next_of(rows, task))


async def _erase_line_settlements(task: Task, conn: Conn, after: str) -> Page:
    rows = await store.page(conn, "line_settlements", _platform(task), after, task.page)
    ids = [row["id"] for row in rows if task.is_of_bank(row["content"])]
    count = await store.write(conn, "erase_line_settlements", _platform(task), ids, ERASED)
    return Page(Counter(line_settlements=count), next_of(rows, task))


async def _erase_statement_lines(task: Task, conn: Conn, after: str) -> Page:
    bank_account, _, line_key = after.partition("\n")
    rows = await store.page(conn, "statement_lines", _platform(task), bank_account, task.page, line_key)
    meant = [(row["bank_account"], row["line_key"]) for row in rows if task.is_of_bank(row["content"])]
    count = 0
    if meant:
        async with store.may_change(conn, "statement_lines"):
            columns = [list(column) for column in zip(*meant, strict=True)]
            count = await store.write(conn, "erase_statement_lines", _platform(task), *columns, ERASED)
    last = f"{rows[-1]['bank_account']}\n{rows[-1]['line_key']}" if len(rows) == task.page else None
    return Page(Counter(statement_lines=count), last)


async def _erase_findings(task: Task, conn: Conn, after: str) -> Page:
    rows = await store.page(conn, "bank_files", _platform(task), after, task.page)
    meant = [(row["id"], mark_sentences(row["content"])) for row in rows if task.is_of_bank(row["content"])]
    reasons = [row["id"] for row in rows if row["reject_reason"] and task.is_of_bank(row["reject_reason"])]
    count = await _write_texts(conn, "erase_findings", _platform(task), meant)
    count += await store.write(conn, "erase_reject_reasons", _platform(task), reasons, ERASED)
    return Page(Counter(bank_files=count), next_of(rows, task))


async def _erase_rail_stops(task: Task, conn: Conn, _after: str) -> Page:
    account = task.target.account
    counts = Counter(
        rail_stops=await store.write(conn, "erase_rail_stops", _platform(task), account, ERASED),
        return_overrides=await store.write(conn, "erase_return_overrides", _platform(task), account, ERASED),
    )
    return Page(counts, None)


async def _erase_audit_log(task: Task, conn: Conn, after: str) -> Page:
    rows = await store.page_audit_log(conn, after, task.page)
    changed = [line for row in rows if (line := _without_values(task, row)) is not None]
    count = 0
    if changed:
        async with store.may_change(conn, "audit_log"):
            count = await store.erase_audit_log(conn, changed)
    return Page(Counter(audit_log=count), next_of(rows, task))


def _without_values(task: Task, row: Any) -> tuple[str, str | None, str | None, str | None, bool] | None:
    """Return what is left of a line that is about the target; None for another one, or where nothing changes."""
    if row["account"] not in {task.target.account, task.platform, None} or row["action"] in _OWN_ACTIONS:
        return None
    is_own = task.target.is_account and task.target.account in {row["account"], row["object"]}
    named = f"{row['object']} {row['detail']} {row['before']} {row['after']}"
    if not is_own and not task.is_meant(named):
        return None
    left = (None if row["detail"] is None else ERASED, mark(row["before"]), mark(row["after"]))
    hides_address = is_own and row["address"] is not None
    if left == (row["detail"], row["before"], row["after"]) and not hides_address:
        return None
    return row["id"], *left, hides_address


async def _erase_topups(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    rows = await store.page(conn, "topups", task.scope(livemode), after, task.page, task.of)
    meant = [row for row in rows if row["is_meant"]]
    if livemode and any(row["status"] == "pending" for row in meant):
        raise ErasureRefusedError(
            str(task.target), [Refusal(Reason.PENDING, "A top-up was created meanwhile. Run it again later.")]
        )
    scope, ids = task.scope(livemode), [row["id"] for row in meant]
    platform = AccountScope(task.platform, livemode)
    refunds = await store.read_refunds(conn, platform, ids) if livemode else []
    details = [None if row["source_details"] is None else redact(row["source_details"]) for row in meant]
    counts = Counter(
        topups=await store.write(conn, "erase_topups", scope, ids, details),
        balance_transactions=await store.write(conn, "erase_balance_transactions", scope, [*ids, *refunds]),
        ach_entries=await store.write(conn, "erase_entries", platform, ids),
        corrections=await store.write(conn, "erase_corrections", platform, ids),
        ach_returns=await store.write(conn, "erase_ach_returns", platform, ids),
        refunds=await store.write(conn, "erase_refunds", platform, refunds),
    )
    if refunds:
        counts += await _erase_events_of(conn, platform, await store.read_events_of(conn, platform, refunds))
    return Page(counts, next_of(rows, task))


async def _erase_prenotes(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    rows = await store.page(conn, "prenotes", task.scope(livemode), after, task.page, task.of)
    ids = [row["id"] for row in rows if row["is_meant"]]
    platform = AccountScope(task.platform, livemode)
    counts = Counter(
        prenotes=await store.write(conn, "erase_microdeposits", task.scope(livemode), ids),
        ach_entries=await store.write(conn, "erase_entries", platform, ids),
        corrections=await store.write(conn, "erase_corrections", platform, ids),
    )
    return Page(counts, next_of(rows, task))


async def _erase_events(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = task.scope(livemode)
    rows = await store.page(conn, "events", scope, after, task.page, task.of, task.funding)
    counts = await _erase_events_of(conn, scope, [row for row in rows if row["is_meant"]])
    return Page(counts, next_of(rows, task))


async def _erase_events_of(conn: Conn, scope: AccountScope, rows: Sequence[Any]) -> Counter[str]:
    """Give events payloads without texts, and forget what receivers answered to them."""
    ids = [row["id"] for row in rows]
    return Counter(
        events=await _write_texts(conn, "erase_events", scope, [(row["id"], redact(row["payload"])) for row in rows]),
        webhook_attempts=await store.write(conn, "erase_attempts_of", scope, ids),
    )


async def _erase_authorizations(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = task.scope(livemode)
    rows = await store.page(conn, "authorizations", scope, after, task.page, task.of)
    meant = [row for row in rows if row["is_meant"]]
    ids = [row["id"] for row in meant]
    await store.write(conn, "end_authorizations_now", scope, ids, task.now_ms, ERASED)
    left: list[tuple[str, bytes | None]] = []
    for row in meant:
        is_over = years_after(day_of(row["ended_ms"] or task.now_ms), AUTHORIZATION_YEARS) <= day_of(task.now_ms)
        if is_over:
            left.append((row["id"], None))
        elif not row["is_sealed"]:
            left.append((row["id"], _seal_authorization(task, scope, row)))
    count = 0
    if left:
        columns = [list(column) for column in zip(*left, strict=True)]
        count = await store.write(conn, "erase_authorizations", scope, *columns, ERASED)
    return Page(Counter(authorizations=count), next_of(rows, task))


def _seal_authorization(task: Task, scope: AccountScope, row: Any) -> bytes:
    names = ("account_type", "bank_name", "holder_name", "last4", "routing_number")
    masked = {name: row[name] or None for name in names}
    content = encode_kept(row["text"], json_codec.decode(row["evidence"]), masked)
    return task.vault.seal(content, place=authorization_place(scope, row["id"]))


async def _erase_request_logs(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = _scope_of_requests(task, livemode=livemode)
    rows = await store.page(conn, "request_logs", scope, after, task.page)
    ids = [row["id"] for row in rows if task.is_meant(row["content"])]
    count = await store.write(conn, "erase_request_logs", scope, ids)
    return Page(Counter(request_logs=count), next_of(rows, task))


async def _erase_replies(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = _scope_of_requests(task, livemode=livemode)
    rows = await store.page(conn, "replies", scope, after, task.page)
    meant = [(row["id"], redact(row["content"])) for row in rows if row["content"] and task.is_meant(row["content"])]
    count = await _write_texts(conn, "erase_replies", scope, meant)
    return Page(Counter(idempotency_keys=count), next_of(rows, task))


def _scope_of_requests(task: Task, *, livemode: bool) -> AccountScope:
    """Return whose requests name the target: of an account its platform's, as its own are removed."""
    return AccountScope(task.platform, livemode) if task.target.is_account else task.scope(livemode)


async def _erase_tokens(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = task.scope(livemode)
    rows = await store.page(conn, "bank_tokens", scope, after, task.page, task.funding, task.fingerprints)
    count = await store.write(conn, "remove_tokens", scope, [row["id"] for row in rows if row["is_meant"]])
    return Page(Counter(bank_tokens=count), next_of(rows, task))


async def _erase_funding_sources(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = task.scope(livemode)
    rows = await store.page(conn, "funding_sources", scope, after, task.page, task.of, None)
    ids = [row["id"] for row in rows if row["is_meant"]]
    count = await store.write(conn, "erase_funding_sources", scope, ids)
    return Page(Counter(funding_sources=count), next_of(rows, task))


async def _remove_rows(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    """Remove a page of the first table that has any; `after` is the table before."""
    tables = store.REMOVED[store.REMOVED.index(after) :] if after else store.REMOVED
    for table in tables:
        count = await store.remove(conn, table, task.scope(livemode), task.page)
        if count:
            return Page(Counter({table: count}), table)
    counts = Counter(
        test_clocks=await store.write(conn, "erase_clock_names", task.scope(livemode)),
        api_keys=await store.write(conn, "erase_key_names", task.scope(livemode)),
        cli_pairings=await store.remove_cli_pairings(conn, task.target.account),
    )
    return Page(counts, None)


async def _erase_instructions(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = AccountScope(task.platform, livemode)
    rows = await store.page(conn, "funding_instructions", scope, after, task.page, task.target.account)
    count = await store.write(conn, "erase_funding_instructions", scope, [row["id"] for row in rows])
    return Page(Counter(funding_instructions=count), next_of(rows, task))


async def _erase_known_payers(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = AccountScope(task.platform, livemode)
    rows = await store.page(conn, "known_payers", scope, after, task.page, task.target.account)
    count = await store.write(conn, "erase_known_payers", scope, [row["id"] for row in rows])
    return Page(Counter(known_payers=count), next_of(rows, task))


async def _erase_transfers(task: Task, conn: Conn, after: str, *, livemode: bool) -> Page:
    scope = AccountScope(task.platform, livemode)
    rows = await store.page(conn, "incoming_transfers", scope, after, task.page, task.target.account)
    meant = [row for row in rows if row["is_meant"]]
    ids = [row["id"] for row in meant]
    counts = Counter(incoming_transfers=await store.write(conn, "erase_incoming_transfers", scope, ids))
    if ids:
        lines = [[row[name] for row in meant] for name in ("bank_account", "line_key")]
        async with store.may_change(conn, "statement_lines"):
            counts["statement_lines"] += await store.write(conn, "erase_statement_lines", scope, *lines, ERASED)
        counts += await _erase_events_of(conn, scope, await store.read_events_of(conn, scope, ids))
    return Page(counts, next_of(rows, task))


async def _remove_request_logs(task: Task, conn: Conn, _after: str, *, livemode: bool) -> Page:
    count = await store.remove(conn, "request_logs", task.scope(livemode), task.page)
    return Page(Counter(request_logs=count), "more" if count else None)


async def _erase_account(task: Task, conn: Conn, _after: str) -> Page:
    subject = await store.read_subject(conn, task.target.account)
    found = json_codec.decode(subject["details"]) if subject else {}
    rejected = {"rejected": found["rejected"]} if "rejected" in found else {}
    count = await store.erase_account(conn, task.target.account, json_codec.encode_text(rejected))
    return Page(Counter(accounts=count), None)


async def _write_texts(conn: Conn, statement: str, scope: AccountScope, pairs: Sequence[tuple[str, str]]) -> int:
    if not pairs:
        return 0
    ids, texts = zip(*pairs, strict=True)
    return await store.write(conn, statement, scope, list(ids), list(texts))


_SHARED: Final = (
    ("topups", _erase_topups),
    ("prenotes", _erase_prenotes),
    ("events", _erase_events),
    ("authorizations", _erase_authorizations),
    ("replies", _erase_replies),
    ("request_logs", _erase_request_logs),
)
_PAYER_STEPS: Final = (*_SHARED, ("bank_tokens", _erase_tokens), ("funding_sources", _erase_funding_sources))
_ACCOUNT_STEPS: Final = (
    *_SHARED,
    ("funding_instructions", _erase_instructions),
    ("known_payers", _erase_known_payers),
    ("incoming_transfers", _erase_transfers),
    ("removed", _remove_rows),
    ("funding_sources", _erase_funding_sources),
    ("own_requests", _remove_request_logs),
)
