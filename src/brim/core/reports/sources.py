"""The rows of each type of report, read from the books a page at a time, in one snapshot.

What a report tells of an interval are the balance transactions, or the top-ups, that were created in it. A balance at a
moment is what it is now less the balance transactions since, and `brim verify` proves that what it is now is their sum.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from brim.base.ids import first_id_at
from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.accounts import page_account_ids
from brim.core.reconciliation import ShownLine, list_lines_by_reference
from brim.core.reports import store
from brim.core.reports.rules import (
    ACTIVITY_ITEMIZED,
    ACTIVITY_SUMMARY,
    BALANCE_SUMMARY,
    BRIM_SUMMARY,
    CLOSING,
    CONNECTED_ITEMIZED,
    ENDING,
    OPENING,
    RECONCILIATION,
    STARTING,
    ReportRun,
    major_units,
    written_day,
    written_time,
    zone_of,
)
from brim.core.reports.store import Movement, TopupRow, TransactionRow
from brim.core.reports.tables import Row
from brim.core.topups import COMING, GOING, BankStep
from brim.platform.database import Conn

PAGE: Final = 500
TOPUPS_PAGE: Final = 200
SUM_PAGE: Final = 20_000
ACCOUNTS_PAGE: Final = 200
_TRANSACTION_PREFIX: Final = "txn_"
_TOPUP_PREFIX: Final = "tu_"

Pages: TypeAlias = AsyncIterator[Sequence[Row]]
"""Rows a page at a time; an empty page says that time has passed."""


class CategorySum(msgspec.Struct):
    """What the balance transactions of one category come to, in minor units."""

    count: int = 0
    gross: int = 0
    fee: int = 0
    net: int = 0


class CurrencySums(msgspec.Struct):
    """A balance over an interval, in minor units: what it was before, by category what changed it, what it was then."""

    closing: int = 0
    categories: dict[str, CategorySum] = msgspec.field(default_factory=dict)

    @property
    def activity(self) -> int:
        """What changed it in all."""
        return sum(each.net for each in self.categories.values())

    @property
    def opening(self) -> int:
        """What it was when the interval began."""
        return self.closing - self.activity


class Books:
    """The books as one run reads them.

    Args:
        conn: a transaction that sees one snapshot.
        run: the run.
        confirmed_rails: the rails whose bank confirms by a statement what it did.
    """

    def __init__(self, conn: Conn, run: ReportRun, *, confirmed_rails: Collection[str]) -> None:
        self._conn = conn
        self._run = run
        self._zone = zone_of(run.parameters)
        self._confirmed = frozenset(confirmed_rails)

    def rows(self) -> Pages:
        """Return the rows of the report, page by page."""
        return _SOURCES[self._run.report_type](self)

    async def scopes(self) -> AsyncIterator[list[AccountScope]]:
        """Yield the accounts that the report is about, some at a time: for a platform's reports those under it, too."""
        own, livemode = self._run.scope, self._run.scope.livemode
        connected = self._run.parameters.connected_account
        if self._run.report_type not in {BRIM_SUMMARY, RECONCILIATION, CONNECTED_ITEMIZED}:
            yield [own]
            return
        if connected is not None:
            yield [AccountScope(connected, livemode)]
            return
        if self._run.report_type != CONNECTED_ITEMIZED:
            yield [own]
        after = ""
        while accounts := await page_account_ids(self._conn, own.account, after=after, limit=ACCOUNTS_PAGE):
            after = accounts[-1]
            yield [AccountScope(account, livemode) for account in accounts]

    async def sums(self, scope: AccountScope) -> AsyncIterator[dict[str, CurrencySums] | None]:
        """Yield None while balance transactions are added up, and at last an account's balances by currency."""
        wanted = self._run.parameters
        found: dict[str, CurrencySums] = defaultdict(CurrencySums)
        for balance in await ledger.fetch_balances(self._conn, scope):
            found[balance.currency].closing = balance.available + balance.reserved
        after: str | None = first_id_at(_TRANSACTION_PREFIX, wanted.interval_start)
        end = first_id_at(_TRANSACTION_PREFIX, wanted.interval_end)
        while after is not None:
            sums, last, count = await store.sum_transactions(self._conn, scope, after=after, end=end, limit=SUM_PAGE)
            for each in sums:
                of = found[each.currency]
                if not each.is_before:
                    of.closing -= each.net
                    continue
                category = of.categories.setdefault(each.type, CategorySum())
                category.count += each.number
                category.gross += each.gross
                category.fee += each.fee
                category.net += each.net
            after = last if count == SUM_PAGE else None
            if after is not None:
                yield None
        if wanted.currency is not None:
            found = defaultdict(CurrencySums, {wanted.currency: found[wanted.currency]})
        yield dict(sorted(found.items()))

    async def balance_summary(self) -> Pages:
        """Yield the rows of `balance.summary.1`."""
        wanted = self._run.parameters
        first = written_day(wanted.interval_start, self._zone)
        last = written_day(wanted.interval_end - 1, self._zone)
        async for sums in self.sums(self._run.scope):
            yield [
                {
                    "category": category,
                    "description": description,
                    "net_amount": major_units(amount, currency),
                    "currency": currency,
                }
                for currency, each in (sums or {}).items()
                for category, description, amount in (
                    (STARTING, f"Starting balance ({first})", each.opening),
                    ("activity", "Activity", each.activity),
                    ("payouts", "Total payouts", 0),
                    (ENDING, f"Ending balance ({last})", each.closing),
                )
            ]

    async def activity_summary(self) -> Pages:
        """Yield the rows of `balance_change_from_activity.summary.1`."""
        async for sums in self.sums(self._run.scope):
            yield [
                {"reporting_category": category, "currency": currency, **_money(each, currency)}
                for currency, of in (sums or {}).items()
                for category, each in sorted(of.categories.items())
            ]

    async def brim_summary(self) -> Pages:
        """Yield the rows of `brim.balance.summary.1`."""
        async for scopes in self.scopes():
            for scope in scopes:
                async for sums in self.sums(scope):
                    yield [
                        {"account": scope.account, "currency": currency, **row}
                        for currency, each in (sums or {}).items()
                        for row in _rows_of_balance(each, currency)
                    ]

    async def transactions(self) -> Pages:
        """Yield the rows of both itemized reports of activity."""
        wanted, is_connected = self._run.parameters, self._run.report_type == CONNECTED_ITEMIZED
        end = first_id_at(_TRANSACTION_PREFIX, wanted.interval_end)
        async for scopes in self.scopes():
            for scope in scopes:
                after = first_id_at(_TRANSACTION_PREFIX, wanted.interval_start)
                more = {"connected_account_id": scope.account} if is_connected else {}
                while found := await store.page_transactions(self._conn, scope, after=after, end=end, limit=PAGE):
                    after = found[-1].id
                    yield [
                        {**_transaction(each, self._zone), **more}
                        for each in found
                        if wanted.currency in {None, each.currency} and wanted.reporting_category in {None, each.type}
                    ]

    async def topups(self) -> Pages:
        """Yield the rows of the reconciliation of top-ups with bank statements."""
        wanted = self._run.parameters
        end = first_id_at(_TOPUP_PREFIX, wanted.interval_end)
        async for scopes in self.scopes():
            for scope in scopes:
                after = first_id_at(_TOPUP_PREFIX, wanted.interval_start)
                while found := await store.page_topups(self._conn, scope, after=after, end=end, limit=TOPUPS_PAGE):
                    after = found[-1].id
                    of_currency = [each for each in found if wanted.currency in {None, each.currency}]
                    yield await self._reconciled(scope, of_currency)

    async def _reconciled(self, scope: AccountScope, topups: Sequence[TopupRow]) -> list[Row]:
        """Return the rows of some top-ups: one for each line of a statement about it, one where there is none."""
        platform = self._run.scope  # whose bank account, files and breaks they are
        sources = {source: each.id for each in topups for source in (each.id, *each.refunds)}
        movements: dict[str, list[Movement]] = defaultdict(list)
        for movement in await store.movements_of(self._conn, scope, list(sources)):
            if _sign(movement.step):
                movements[sources[movement.source]].append(movement)
        references = {movement.reference for found in movements.values() for movement in found}
        found_lines = await list_lines_by_reference(self._conn, platform, sorted(references))
        lines = {f"{line.bank_account}/{line.line_key}": line for line in found_lines}
        breaks = await self._breaks(platform, topups, sources)
        rows: list[Row] = []
        for topup in topups:
            rows += self._rows_of_topup(scope, topup, movements[topup.id], lines, breaks.get(topup.id))
        return rows

    async def _breaks(
        self, platform: AccountScope, topups: Sequence[TopupRow], sources: Mapping[str, str]
    ) -> dict[str, str]:
        """Return by top-up an open break that names it, one of its refunds, or the trace of one of its debits."""
        traces = await store.traces_of(self._conn, platform, [each.id for each in topups])
        named = {**sources, **{trace: topup for topup, trace in traces}}
        found = await store.open_breaks_of(self._conn, platform, sorted(named))
        return {named[reference]: break_id for reference, break_id in sorted(found.items())}

    def _rows_of_topup(
        self,
        scope: AccountScope,
        topup: TopupRow,
        movements: Sequence[Movement],
        lines: Mapping[str, ShownLine],
        break_id: str | None,
    ) -> Iterator[Row]:
        """Yield a top-up's rows; amounts that are the top-up's stand in the first one alone, so that sums are right."""
        of_lines = [lines.get(each.reference) for each in movements]
        broken = break_id or next((each.break_id for each in of_lines if each and each.break_is_open), None)
        is_confirmed = topup.rail in self._confirmed
        reconciliation = _reconciliation(topup, movements, is_confirmed=is_confirmed, is_broken=broken is not None)
        every = {
            "account": scope.account,
            "topup_id": topup.id,
            "created_utc": written_time(topup.created, None),
            "created": written_time(topup.created, self._zone),
            "currency": topup.currency,
            "status": topup.status,
            "balance_transaction_id": topup.balance_transaction or "",
            "reconciliation": reconciliation,
            "break_id": broken or "",
        }
        first = {
            "count": "1",
            "amount": major_units(topup.amount, topup.currency),
            "clearing": major_units(topup.clearing if is_confirmed else 0, topup.currency),
        }
        yield {**every, **first, **(self._of_line(topup, movements[0], of_lines[0]) if movements else {})}
        for movement, line in zip(movements[1:], of_lines[1:], strict=True):
            yield {**every, **self._of_line(topup, movement, line)}

    @staticmethod
    def _of_line(topup: TopupRow, movement: Movement, line: ShownLine | None) -> dict[str, str]:
        """Return the cells about a movement of the bank, and the line of a statement that has it."""
        is_return = movement.step.partition(":")[0] == BankStep.RETURN
        fee = max(movement.amount - topup.amount, 0) if is_return else 0
        return {
            "movement": movement.step,
            "movement_amount": major_units(_sign(movement.step) * movement.amount, topup.currency),
            "fee": major_units(fee, topup.currency),
            "bank_account": movement.bank_account,
            "statement_id": (line.statement or "") if line else "",
            "statement_line_id": line.id if line else "",
            "booked_on": str(line.booked_on) if line else "",
            "line_amount": major_units(line.amount, line.currency) if line else "",
        }


_SOURCES: Final[Mapping[str, Callable[[Books], Pages]]] = {
    BALANCE_SUMMARY: Books.balance_summary,
    ACTIVITY_SUMMARY: Books.activity_summary,
    ACTIVITY_ITEMIZED: Books.transactions,
    CONNECTED_ITEMIZED: Books.transactions,
    BRIM_SUMMARY: Books.brim_summary,
    RECONCILIATION: Books.topups,
}

_INTO_BANK: Final = frozenset({*COMING, BankStep.REFUND_RETURN})
_OUT_OF_BANK: Final = frozenset({*GOING, BankStep.REFUND})


def _sign(step: str) -> int:
    """Return 1 for a step that brings money into the bank account, -1 for one that takes it, 0 for any other."""
    kind = step.partition(":")[0]
    return (kind in _INTO_BANK) - (kind in _OUT_OF_BANK)


def _reconciliation(topup: TopupRow, movements: Sequence[Movement], *, is_confirmed: bool, is_broken: bool) -> str:
    """Return how far a top-up agrees with the bank's statements."""
    if not is_confirmed:
        return "no_statement"
    if is_broken:
        return "break"
    if topup.clearing:
        return "not_yet"
    return "matched" if movements else "nothing_due"


def _money(each: CategorySum, currency: str) -> dict[str, str]:
    return {
        "count": str(each.count),
        "gross": major_units(each.gross, currency),
        "fee": major_units(each.fee, currency),
        "net": major_units(each.net, currency),
    }


def _rows_of_balance(sums: CurrencySums, currency: str) -> Iterator[dict[str, str]]:
    yield {"category": OPENING, "net": major_units(sums.opening, currency)}
    for category, each in sorted(sums.categories.items()):
        yield {"category": category, **_money(each, currency)}
    yield {"category": CLOSING, "net": major_units(sums.closing, currency)}


def _transaction(found: TransactionRow, zone: ZoneInfo) -> dict[str, str]:
    currency = found.currency
    return {
        "balance_transaction_id": found.id,
        "created_utc": written_time(found.created, None),
        "created": written_time(found.created, zone),
        "available_on_utc": written_time(found.available_on, None),
        "available_on": written_time(found.available_on, zone),
        "currency": currency,
        "gross": major_units(found.amount, currency),
        "fee": major_units(found.fee, currency),
        "net": major_units(found.net, currency),
        "reporting_category": found.type,
        "source_id": found.source,
    }
