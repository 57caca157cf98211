"""One step of the bank: a transaction, its moment, and what every step may do."""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from brim.bank.banking_days import LocalTime
from brim.bank.outcomes import Outcome, by_account, contest_by_account
from brim.bank.script import DISPUTE_ACTIONS, Rule
from brim.bank.settings import BankSettings
from brim.bank.store import Store


@dataclass(slots=True)
class _RuleInUse:
    rule: Rule
    remaining: int | None


@dataclass(slots=True)
class Step:
    """What a step works with; its moment is the bank's time."""

    store: Store
    settings: BankSettings
    local: LocalTime
    now: int
    rules: list[_RuleInUse] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day on the bank's wall clock."""
        return self.local.local(self.now).date()

    def book(
        self, kind: str, day: date, amount: int, customer_reference: str, text: str, count: int, code: str = ""
    ) -> None:
        """Book a line on the originator's account; a positive amount is the originator's."""
        bank_reference = f"{day:%y%m%d}{self.store.value('last_line') + 1:08}"
        clean = " ".join(text.replace("/", " ").split())
        self.store.run(
            "insert_line", day.isoformat(), kind, amount, count, bank_reference, customer_reference, code, clean
        )

    def hand_out(self, name: str, content: bytes) -> None:
        """Decide on a file for the originator; it is written after the step."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.store.run("insert_outgoing", name, self.now, sha256, zlib.compress(content, 1))

    def file_rule(self, name: str, reference: str, *actions: str) -> Rule | None:
        """Return the first rule with one of the actions for a file, and count its use."""
        return self._first_rule(lambda rule: rule.action in actions and rule.fits_file(name, reference))

    def day_rules(self, *actions: str) -> dict[str, Rule]:
        """Return the first rule of each action for the step's day, and count its use."""
        found = {action: self._day_rule(action) for action in actions}
        return {action: rule for action, rule in found.items() if rule}

    def outcome(
        self,
        trace: str,
        account: str,
        amount: int,
        *,
        prenote: bool,
        credit: bool = False,
        returned: int = 0,
        use: bool = False,
    ) -> Outcome | None:
        """Return the outcome of an entry whose debit was returned this often before; None if it is paid."""
        if rule := self._first_rule(lambda rule: rule.fits_entry(trace, account, amount), use=use):
            return None if rule.action == "pay" else rule.outcome
        return by_account(account, prenote=prenote, credit=credit, returned=returned)

    def collection_rule(self, end_to_end: str, iban: str, amount: int, *, use: bool) -> Rule | None:
        """Return the first rule for a collection, and count its use if it is used."""
        return self._first_rule(lambda rule: rule.fits_entry(end_to_end, iban, amount), use=use)

    def contest(self, trace: str, account: str, amount: int) -> tuple[str, int] | None:
        """Return by which code, and in how many banking days, the dishonor of an entry's return is contested."""
        rule = self._first_rule(lambda rule: rule.fits_entry(trace, account, amount, DISPUTE_ACTIONS))
        if rule:
            return str(rule.fields["code"]), int(rule.fields.get("days", 1))
        code = contest_by_account(account)
        return (code, 1) if code else None

    def _day_rule(self, action: str) -> Rule | None:
        return self._first_rule(lambda rule: rule.action == action and rule.fits_day(self.day))

    def _first_rule(self, fits: Callable[[Rule], bool], *, use: bool = True) -> Rule | None:
        found = next((one for one in self.rules if one.remaining != 0 and fits(one.rule)), None)
        if found and use and found.remaining is not None:
            found.remaining -= 1
            self.store.run("use_rule", found.rule.id)
        return found.rule if found else None


@contextmanager
def begin(store: Store, settings: BankSettings, local: LocalTime) -> Iterator[Step]:
    """Open the transaction of a step at the bank's time; the rules are read once."""
    with store.transaction():
        rules = [_RuleInUse(Rule(row["id"], json.loads(row["rule"])), row["remaining"]) for row in store.rows("rules")]
        yield Step(store, settings, local, store.rows("read_bank")[0]["now"], rules)
