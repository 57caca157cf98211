"""One import: reads the source page by page, writes what is new or went on, and compares everything.

Each page of a hundred top-ups is one transaction. Nothing is kept about how far an import came: what is here already
is what it need not write, so a run that was cut off is finished by the next one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from brim.base.actor import Actor
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit, ledger, topups
from brim.core.audit import Action
from brim.core.imports.rules import (
    IMPORTED_TYPES,
    Difference,
    ImportReport,
    RefusedTopupError,
    SourceTopup,
    SourceTransaction,
    UnreadableSourceError,
    can_become,
    has_ended,
    history_of,
    read_topup,
    read_transaction,
    topup_differences,
    transaction_differences,
    transaction_of,
)
from brim.core.topups import History, Status, Topup
from brim.platform.database import Conn, Database

Fetch: TypeAlias = Callable[[str, Mapping[str, str]], Awaitable[Mapping[str, Any]]]
"""Returns what the source answers to a GET of a path with parameters."""

_PAGE: Final = "100"


class _Found(msgspec.Struct, frozen=True):
    """A top-up that has ended: what it is called at the source, and what it is to be here."""

    source_id: str
    history: History


async def import_account(
    database: Database,
    fetch: Fetch,
    scope: AccountScope,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    dry_run: bool = False,
    on_page: Callable[[ImportReport], None] = lambda _report: None,
) -> ImportReport:
    """Import the history of top-ups of the account that `fetch` asks for, and return how the two compare.

    Args:
        database: where it goes.
        fetch: asks the source.
        scope: whose it becomes; the mode is the source's.
        by: who imports, for the audit log.
        now_ms: when it is posted.
        ids: make ids of journal entries and of the audit log.
        dry_run: write nothing; what would be written is counted, and differs.
        on_page: told after each page.

    Raises:
        UnreadableSourceError: the source does not answer as documented.
    """
    run = _Import(database, fetch, scope, dry_run=dry_run)
    report = run.report
    async for page in _pages(fetch, "/v1/topups", {"expand[]": "data.balance_transaction"}):
        await run.take(page, by=by, now_ms=now_ms, ids=ids)
        on_page(report)
    async for page in _pages(fetch, "/v1/balance_transactions", {}):
        await run.compare_transactions([read_transaction(each) for each in page])
        on_page(report)
    await run.compare_balances()
    return report


class _Import:
    """One run, and what it has found so far."""

    def __init__(self, database: Database, fetch: Fetch, scope: AccountScope, *, dry_run: bool) -> None:
        self._database = database
        self._fetch = fetch
        self._scope = scope
        self._dry_run = dry_run
        self.report = ImportReport(scope=scope)

    async def take(self, page: Sequence[Any], *, by: Actor, now_ms: int, ids: IdFactory) -> None:
        """Import a page of top-ups, and compare it with what is here afterwards."""
        found = await self._read(page)
        before = await self._stored(found)
        new = [each.history for each in found if before.get(each.history.topup.id) is None]
        revised = [
            (seen, each.history)
            for each in found
            if (seen := before.get(each.history.topup.id)) is not None and can_become(seen, each.history.topup)
        ]
        if self._dry_run:
            self.report.new += len(new)
            self.report.changed += len(revised)
        elif new or revised:
            await self._write(new, revised, by=by, now_ms=now_ms, ids=ids)
            before = await self._stored(found)
        self._compare(found, before)

    async def _read(self, page: Sequence[Any]) -> list[_Found]:
        """Return what has ended of a page as it is to be here, and count everything."""
        found = []
        for given in page:
            topup = read_topup(given)
            if topup.livemode != self._scope.livemode:
                raise UnreadableSourceError(f"top-up {topup.id}", "it is of the other mode than the key")
            self.report.tally(self.report.source, topup.currency, topup.status, topup.amount)
            if not has_ended(topup):
                continue
            try:
                history = history_of(self._scope, topup, await self._reversal(topup))
            except RefusedTopupError as error:
                self.report.differences.append(Difference(topup.id, f"not imported: {error.message}"))
                continue
            self.report.renamed += history.topup.id != topup.id
            found.append(_Found(topup.id, history))
        return found

    async def _reversal(self, topup: SourceTopup) -> SourceTransaction | None:
        if topup.status != Status.REVERSED:
            return None
        answer = await self._fetch("/v1/balance_transactions", {"source": topup.id, "limit": _PAGE})
        listed = [read_transaction(each) for each in _data(answer)]
        return next((each for each in listed if each.type == ledger.BalanceTransactionType.TOPUP_REVERSAL), None)

    async def _stored(self, found: Sequence[_Found]) -> dict[str, Topup]:
        async with self._database.connection() as conn:
            stored = await topups.fetch_topups(conn, self._scope, [each.history.topup.id for each in found])
        return {topup.id: topup for topup in stored}

    async def _write(
        self,
        new: Sequence[History],
        revised: Sequence[tuple[Topup, History]],
        *,
        by: Actor,
        now_ms: int,
        ids: IdFactory,
    ) -> None:
        async def work(conn: Conn) -> tuple[int, int]:
            written, changed = await topups.import_history(conn, new, revised, now_ms=now_ms, ids=ids)
            await audit.record(
                conn,
                by,
                Action.TOPUPS_IMPORTED,
                object_id=self._scope.account,
                scope=self._scope,
                detail=f"{written} new, {changed} changed",
                now_ms=now_ms,
                ids=ids,
            )
            return written, changed

        written, changed = await self._database.transact(work)
        self.report.new += written
        self.report.changed += changed

    def _compare(self, found: Sequence[_Found], stored: Mapping[str, Topup]) -> None:
        for each in found:
            wanted = each.history.topup
            here = stored.get(wanted.id)
            if here is not None:
                self.report.tally(self.report.here, here.currency, here.status, here.amount)
            is_to_come = self._dry_run and (here is None or can_become(here, wanted))
            if not is_to_come:
                self.report.differences += topup_differences(each.source_id, here, wanted)

    async def compare_transactions(self, page: Sequence[SourceTransaction]) -> None:
        """Compare a page of balance transactions with those that are here, and add up all of them."""
        wanted = [transaction_of(self._scope, each, "") for each in page]
        async with self._database.connection() as conn:
            stored = await ledger.fetch_balance_transactions(conn, self._scope, [each.id for each in wanted])
        here = {each.id: each for each in stored}
        for given, each in zip(page, wanted, strict=True):
            balance = self.report.balance(given.currency)
            balance.by_type[given.type] += given.net
            if given.type not in IMPORTED_TYPES:
                continue
            found = here.get(each.id)
            if found is not None:
                self.report.balance(found.currency).matched += found.net
            if not self._dry_run or found is not None:
                self.report.differences += transaction_differences(given.id, found, each)

    async def compare_balances(self) -> None:
        """Compare what the source has of each currency with what is here."""
        answer = await self._fetch("/v1/balance", {})
        for part in ("available", "pending"):
            for amount in answer.get(part) or ():
                self.report.balance(str(amount["currency"])).source += int(amount["amount"])
        async with self._database.connection() as conn:
            for balance in await ledger.fetch_balances(conn, self._scope):
                self.report.balance(balance.currency).here += balance.available + balance.reserved


async def _pages(fetch: Fetch, path: str, parameters: Mapping[str, str]) -> AsyncIterator[Sequence[Any]]:
    """Yield the pages of a list of the source, newest first."""
    cursor: dict[str, str] = {}
    while True:
        answer = await fetch(path, {**parameters, "limit": _PAGE, **cursor})
        page = _data(answer)
        if page:
            yield page
        if not page or answer.get("has_more") is not True:
            return
        cursor = {"starting_after": str(page[-1]["id"])}


def _data(answer: Mapping[str, Any]) -> Sequence[Any]:
    data = answer.get("data")
    if not isinstance(data, list):
        raise UnreadableSourceError("list", "it has no data")
    return data
