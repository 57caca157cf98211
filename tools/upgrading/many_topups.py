"""Fills a data folder with many top-ups, as the version before the general ledger (schema 0018) keeps them.

Books and chain verify: most top-ups have succeeded, some were reversed, failed or canceled, some are pending. Payloads
of events are shorter than real ones, as no migration reads them.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeAlias

from brim.base.ids import IdFactory
from upgrading.database import Session

Rows: TypeAlias = dict[str, list[tuple[object, ...]]]

_ACCOUNTS: Final = 200
_COLUMNS: Final[dict[str, Sequence[str]]] = {
    "topups": (
        "account livemode id amount created expected_availability_date currency status balance_transaction "
        "failure_code failure_message source scenario settlement_days"
    ).split(),
    "transfers": "account livemode id topup kind debit_account credit_account amount currency created".split(),
    "transfer_seals": "account livemode position transfer hash".split(),
    "balance_transactions": ("account livemode id amount fee net available_on created currency source type").split(),
    "events": "account livemode id created type object_id api_version request_id idempotency_key payload".split(),
    "event_numbers": "account livemode number event numbered_ms".split(),
    "idempotency_keys": "account livemode key fingerprint request_id event_id created_ms".split(),
    "balances": "account livemode currency available".split(),
    "chain_heads": "account livemode position hash".split(),
    "event_counters": "account livemode number".split(),
}
_STATUSES: Final = (
    "canceled failed failed reversed pending pending succeeded succeeded succeeded succeeded succeeded succeeded "
    "succeeded succeeded succeeded succeeded succeeded succeeded succeeded succeeded"
).split()
_CREDIT: Final = ("topup", "funding:clearing", "balance:available", 1)
_DEBIT: Final = ("topup_reversal", "balance:available", "funding:clearing", -1)
_BOOKED: Final = {"succeeded": (_CREDIT,), "reversed": (_CREDIT, _DEBIT)}
_ANNOUNCED: Final = {
    "pending": ("created",),
    "canceled": ("created", "canceled"),
    "failed": ("created", "failed"),
    "succeeded": ("created", "succeeded"),
    "reversed": ("created", "succeeded", "reversed"),
}
_FAILURES: Final = {"failed": "no_account", "reversed": "insufficient_funds"}
_APART_MS: Final = 700
_API_VERSION: Final = "2025-09-30.clover"


def fill(database: Session, topups: int) -> list[tuple[str, str]]:
    """Add so many top-ups for some hundred accounts; return the account and id of some of them.

    The accounts are under the one that is there already, so that its key acts for all of them.
    """
    now_ms = time.time_ns() // 1_000_000
    each = topups // _ACCOUNTS
    names = [f"acct_bench{number:06}" for number in range(_ACCOUNTS)]
    database.execute(
        "INSERT INTO accounts (account, platform, created)"
        f" SELECT name, (SELECT min(account) FROM accounts), 1 FROM unnest('{{{','.join(names)}}}'::text[]) AS name"
    )
    some: list[tuple[str, str]] = []
    for name in names:
        rows = _Account(name, begins_ms=now_ms - (each + 1) * _APART_MS).topups(each)
        for table, columns in _COLUMNS.items():
            database.copy(table, columns, rows[table])
        some += [(name, str(row[2])) for row in rows["topups"][:: max(each // 10, 1)]]
    database.execute("VACUUM ANALYZE")
    database.execute("CHECKPOINT")
    return some


class _Account:
    """One account's rows while they are made."""

    def __init__(self, name: str, *, begins_ms: int) -> None:
        self._scope = (name, False)
        self._now_ms = begins_ms
        self._ids = IdFactory(lambda: self._now_ms)
        self._rows: Rows = {table: [] for table in _COLUMNS}
        self._balances: Counter[str] = Counter()
        self._head = bytes(32)

    def topups(self, count: int) -> Rows:
        """Return the rows of an account with so many top-ups."""
        for number in range(count):
            self._topup(number)
            self._now_ms += _APART_MS
        rows, scope = self._rows, self._scope
        rows["balances"] += [(*scope, currency, available) for currency, available in self._balances.items()]
        rows["chain_heads"].append((*scope, len(rows["transfer_seals"]), self._head))
        rows["event_counters"].append((*scope, len(rows["event_numbers"])))
        return rows

    def _topup(self, number: int) -> None:
        status = _STATUSES[number % len(_STATUSES)]
        topup, created = self._ids.new("tu_"), self._now_ms // 1000
        amount, currency = 100 + number % 99_900, "eur" if number % 7 == 0 else "usd"
        credit = None
        for booking in _BOOKED.get(status, ()):
            line = self._book(topup, amount, currency, booking)
            credit = credit or line
        failure = _FAILURES.get(status)
        pending = status == "pending"
        row = (topup, amount, created, created + 86_400, currency, status, credit, failure, failure and "It failed.")
        funding = ("btok_us_verified_pending", "pending", 1) if pending else ("btok_us_verified", None, 1)
        self._rows["topups"].append((*self._scope, *row, *funding))
        for what in _ANNOUNCED[status]:
            self._announce(topup, what, amount, currency)

    def _book(self, topup: str, amount: int, currency: str, booking: tuple[str, str, str, int]) -> str:
        kind, debit, credit, sign = booking
        created, transfer, line = self._now_ms // 1000, self._ids.new("tr_"), self._ids.new("txn_")
        row = (*self._scope, transfer, topup, kind, debit, credit, amount, currency, created)
        self._rows["transfers"].append(row)
        text = json.dumps(row, separators=(",", ":"), ensure_ascii=False)
        self._head = hashlib.sha256(self._head + text.encode()).digest()
        seals = self._rows["transfer_seals"]
        seals.append((*self._scope, len(seals) + 1, transfer, self._head))
        net = sign * amount
        self._rows["balance_transactions"].append(
            (*self._scope, line, net, 0, net, created, created, currency, topup, kind)
        )
        self._balances[currency] += net
        return line

    def _announce(self, topup: str, what: str, amount: int, currency: str) -> None:
        event, key = self._ids.new("evt_"), f"key-{topup}" if what == "created" else None
        payload = json.dumps({"id": topup, "object": "topup", "amount": amount, "currency": currency})
        head = (*self._scope, event, self._now_ms // 1000, f"topup.{what}", topup)
        request = "req_bench" if key else None
        self._rows["events"].append((*head, _API_VERSION, request, key, payload))
        numbers = self._rows["event_numbers"]
        numbers.append((*self._scope, len(numbers) + 1, event, self._now_ms))
        if key:
            self._rows["idempotency_keys"].append((*self._scope, key, bytes(32), "req_bench", event, self._now_ms))
