"""What must be true of a world at rest, by what clients were told, what receivers got, and the bank's books."""

import json
from collections import Counter
from typing import Any, Final

from brim.base.ids import decode_time
from brim.base.scope import AccountScope
from brim.core.attention.service import find_attention
from brim.core.integrity.books import verify_books
from brim.core.ledger import verify_chain
from tests.support.books import rows
from tests.support.live_books import Made, problems, read_bank
from tests.support.live_month import UNEXPECTED, read_stored
from tests.support.simulation.model import ALLOWED, FATES, LiveTopup, TestTopup
from tests.support.simulation.processes import BANKING_DAY_S
from tests.support.simulation.world import World

_TOPUPS: Final = """
SELECT account, livemode, id, amount, currency, created, due_ms, status, source, failure_code FROM topups ORDER BY id
"""
_HISTORY: Final = """
SELECT e.account, e.livemode, e.object_id, e.type, e.id, e.idempotency_key, e.created, n.number
FROM events AS e LEFT JOIN event_numbers AS n ON (n.account, n.livemode, n.event) = (e.account, e.livemode, e.id)
ORDER BY n.number, e.account, e.livemode
"""
_CREDITS: Final = """
SELECT source, count(*) FILTER (WHERE type = 'topup') AS credits,
    count(*) FILTER (WHERE type = 'topup_reversal') AS reversals, sum(amount)::bigint AS amount
FROM balance_transactions GROUP BY source ORDER BY source
"""
_WAITING: Final = (
    "SELECT account, livemode, endpoint, event, attempts, next_attempt_ms FROM webhook_deliveries ORDER BY event"
)

_LIFE: Final = ("created", "succeeded", "failed", "canceled", "reversed")
_ONE_MOMENT_MS: Final = 5_000


class Oracle:
    """Says what is wrong with a world at rest."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._statuses: dict[str, str] = {}
        self._found: list[str] = []

    async def check(self, *, is_thorough: bool, is_last: bool = False) -> list[str]:
        """Return what is wrong: nothing, if all promises were kept so far.

        Args:
            is_thorough: whether the books and the chain are verified, too, as `brim verify` does.
            is_last: whether nothing may wait any more.
        """
        self._found = list(self._world.problems) + self._world.receivers.problems
        database = self._world.checker
        stored = {row["id"]: row for row in await rows(database, _TOPUPS)}
        events = await rows(database, _HISTORY)
        credits_ = {row["source"]: row for row in await rows(database, _CREDITS)}
        lives: dict[str, list[tuple[str, str]]] = {}
        for event in events:
            if event["type"].startswith("topup."):
                lives.setdefault(event["object_id"], []).append((event["type"].removeprefix("topup."), event["id"]))
        history = {topup_id: _in_order(lived) for topup_id, lived in lives.items()}
        self._check_keys(stored, events)
        for topup_id, row in stored.items():
            self._check_life(row, history.get(topup_id, []))
            self._check_credit(row, credits_.get(topup_id))
        await self._check_balances(stored)
        self._check_numbers(events)
        waiting = await rows(database, _WAITING)
        self._check_deliveries(events, waiting)
        if is_last:
            await self._compare_with_bank()
            self._found += [f"{row['event']} still waits for {row['endpoint']}" for row in waiting]
        if is_thorough:
            await self._verify()
            await self._check_attention(stored)
        return self._found

    async def _verify(self) -> None:
        """Debits equal credits, balances their entries, each status has its entries, and the chain of seals holds."""
        self._found += map(str, (await verify_books(self._world.checker)).differences)
        chain = await verify_chain(self._world.checker)
        self._found += map(str, chain.differences)
        if chain.unsealed:
            self._say(f"{chain.unsealed} entries are not sealed")

    async def _compare_with_bank(self) -> None:
        """Each account has what the bank keeps of its live top-ups, and nobody was debited or credited twice."""
        made = [
            Made(each.id, each.scope.account, each.amount, is_canceled=each.is_canceled)
            for each in self._world.model.live.values()
        ]
        stored = await read_stored(self._world.checker)
        self._found += problems(made, read_bank(self._world.folder / "bank"), stored, is_punctual=False)
        self._found += [f"{kind}: {detail}" for kind, detail in stored.breaks if kind in UNEXPECTED]

    def _say(self, sentence: str) -> None:
        self._found.append(sentence)

    def _check_keys(self, stored: dict[str, Any], events: list[dict[str, Any]]) -> None:
        """One key, one top-up, and that is the one that its client was told of; nothing else was made."""
        made: dict[str, list[str]] = {}
        for event in events:
            if event["type"] == "topup.created":
                made.setdefault(str(event["idempotency_key"]), []).append(event["object_id"])
        known: list[TestTopup | LiveTopup] = [*self._world.model.topups.values(), *self._world.model.live.values()]
        for each in known:
            found = made.pop(each.key, [])
            if len(found) > 1:
                self._say(f"{each.key} made {len(found)} top-ups: {found}")
            if each.id and found != [each.id]:
                self._say(f"{each.key} was acknowledged as {each.id}, and made {found}")
            for topup_id in found:
                row = stored.get(topup_id)
                if row is None or row["amount"] != each.amount or row["account"] != each.scope.account:
                    self._say(f"{each.key} of {each.amount} is stored as {row}")
        for key, found in made.items():
            self._say(f"{found} was made under {key}, which nobody asked for")

    def _check_life(self, row: dict[str, Any], history: list[str]) -> None:
        """The status moves along the lifecycle, each step is announced once, and the source says where to."""
        topup_id, status = row["id"], row["status"]
        if tuple(history) not in ALLOWED:
            self._say(f"{topup_id} was announced as {history}")
        if (history[-1:] or ["created"]) != ["created" if status == "pending" else status]:
            self._say(f"{topup_id} is {status}, and was announced as {history}")
        before = self._statuses.get(topup_id, "pending")
        if before != status and (before, status) not in {
            ("pending", "succeeded"), ("pending", "failed"), ("pending", "canceled"),
            ("pending", "reversed"), ("succeeded", "reversed"),
        }:  # fmt: skip
            self._say(f"{topup_id} went from {before} to {status}")
        self._statuses[topup_id] = status
        if not row["livemode"]:
            self._check_fate(row, history)

    def _check_fate(self, row: dict[str, Any], history: list[str]) -> None:
        made = next((each for each in self._world.model.topups.values() if each.id == row["id"]), None)
        changes = made.changes if made else []
        for change in changes:
            if change not in history:
                self._say(f"{row['id']} was acknowledged as {change}, and was announced as {history}")
        if row["due_ms"] is not None and row["due_ms"] <= self._world.clock():
            self._say(f"{row['id']} ({row['status']}) was due at {row['due_ms']}")
        lived = tuple(history[1:])
        own = FATES[row["source"]]
        if not changes and lived != own[: len(lived)] and made and made.reply:
            self._say(f"{row['id']} of {row['source']} was announced as {history}")
        waited_s = self._world.clock() / 1000 - row["created"]
        if row["status"] == "pending" and own and waited_s > BANKING_DAY_S + 1:
            self._say(f"{row['id']} has been pending for {waited_s:.0f} s")
        if (row["status"] in {"failed", "reversed"}) != (row["failure_code"] is not None):
            self._say(f"{row['id']} is {row['status']} because of {row['failure_code']}")

    def _check_credit(self, row: dict[str, Any], credited: dict[str, Any] | None) -> None:
        """A top-up is credited once if it succeeded, and what is left of it is what its status says."""
        times, back, amount = (
            (credited["credits"], credited["reversals"], credited["amount"]) if credited else (0, 0, 0)
        )
        expected = {"succeeded": (1, 0, row["amount"]), "reversed": (1, 1, 0)}.get(row["status"], (0, 0, 0))
        if (times, back, amount) != expected:
            self._say(f"{row['id']} ({row['status']}) of {row['amount']} was credited {times} times: {amount}")

    async def _check_balances(self, stored: dict[str, Any]) -> None:
        expected: Counter[tuple[str, bool, str]] = Counter()
        for row in stored.values():
            if row["status"] == "succeeded":
                expected[row["account"], row["livemode"], row["currency"]] += row["amount"]
        found = await rows(self._world.checker, "SELECT account, livemode, currency, available, reserved FROM balances")
        balances = {(r["account"], r["livemode"], r["currency"]): r["available"] + r["reserved"] for r in found}
        for key in {**expected, **balances}:
            if expected[key] != balances.get(key, 0):
                self._say(f"{key} has {balances.get(key, 0)}, and should have {expected[key]}")

    def _check_numbers(self, events: list[dict[str, Any]]) -> None:
        """Every event has its number, and there are no gaps."""
        numbers: dict[tuple[str, bool], list[int]] = {}
        for event in events:
            if event["number"] is None:
                self._say(f"{event['id']} has no number")
            else:
                numbers.setdefault((event["account"], event["livemode"]), []).append(event["number"])
        for scope, given in numbers.items():
            if sorted(given) != list(range(1, len(given) + 1)):
                self._say(f"{scope} has {len(given)} events, numbered up to {max(given)}")

    def _check_deliveries(self, events: list[dict[str, Any]], waiting: list[dict[str, Any]]) -> None:
        """An event was confirmed by its receiver, or is still being tried; what was given up would be listed."""
        pending = {(row["endpoint"], row["event"]): row for row in waiting}
        for scope, (endpoint, url) in self._world.model.endpoints.items():
            received = self._world.receivers.received.get(url, {})
            own = [each for each in events if AccountScope(each["account"], each["livemode"]) == scope]
            for event in own:
                got, row = received.get(event["id"]), pending.get((endpoint, event["id"]))
                if row is None and not (got and got.is_confirmed):
                    self._say(f"{event['id']} ({event['type']}) was dropped: {url} never confirmed it")
                if row is not None and row["next_attempt_ms"] is None:
                    self._say(f"{event['id']} was given up after {row['attempts']} attempts")
                if got and got.number != str(event["number"]):
                    self._say(f"{event['id']} was sent as number {got.number}, and is {event['number']}")
            for name in received.keys() - {each["id"] for each in own}:
                self._say(f"{url} received {name}, which is none of its account's events")

    async def _check_attention(self, stored: dict[str, Any]) -> None:
        """A failure after the credit is told: by an event, which was checked, and by what needs attention."""
        now_s = self._world.clock() // 1000
        reversed_ = Counter(
            AccountScope(row["account"], row["livemode"])
            for row in stored.values()
            if row["status"] == "reversed" and now_s - row["created"] < 5 * 86_400
        )
        for scope in reversed_:
            matters = await find_attention(self._world.checker, scope, now_ms=self._world.clock())
            if not any(matter.kind.value == "reversed_topups" for matter in matters):
                self._say(f"nothing tells {scope} of {reversed_[scope]} reversed top-ups: {matters}")


def _in_order(lived: list[tuple[str, str]]) -> list[str]:
    """Return the events of a top-up by their numbers; those of one moment in the order of the lifecycle.

    A request that waits for a lock keeps the time at which it began, so its event may be older by its id than the one
    whose transaction it has waited for.
    """
    found = [(status, decode_time(event_id.rpartition("_")[2])) for status, event_id in lived]
    for _ in found:
        for place in range(len(found) - 1):
            (status, at_ms), (later, later_ms) = found[place : place + 2]
            if _LIFE.index(status) > _LIFE.index(later) and abs(at_ms - later_ms) < _ONE_MOMENT_MS:
                found[place : place + 2] = [(later, later_ms), (status, at_ms)]
    return [status for status, _ in found]


def shown(problems: list[str]) -> str:
    """Return the first problems, a line each."""
    return "\n".join(json.dumps(each)[1:-1] for each in problems[:12])
