"""Rules by which a rehearsal departs from the usual: what to do with a file, an entry or a day."""

import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from brim.bank.failures import ScriptError
from brim.bank.outcomes import CHANGE_CODES, CONTEST_CODES, FAULTS, LAYOUTS, RETURN_CODES, USUAL_DAYS, Outcome

FILE_ACTIONS: Final = ("lose", "reject", "delay", "lose_acknowledgement", "delay_acknowledgement", "book_gross")
ENTRY_ACTIONS: Final = ("return", "notify", "pay", "never_settle")
DISPUTE_ACTIONS: Final = ("contest",)
DAY_ACTIONS: Final = (
    "lose_returns",
    "duplicate_returns",
    "lose_statement",
    "duplicate_statement",
    "change_line",
    "drop_line",
    "add_line",
)

LEVELS: Final = ("file", "batch")
"""What of a message of SEPA a rule rejects: all of it, or its batches."""

_SELECTORS: Final = {
    **dict.fromkeys(FILE_ACTIONS, ("file",)),
    **dict.fromkeys((*ENTRY_ACTIONS, *DISPUTE_ACTIONS), ("trace", "account", "amount")),
    **dict.fromkeys(DAY_ACTIONS, ("date",)),
}
_DETAILS: Final[dict[str, dict[str, type]]] = {
    "reject": {"reason": str, "level": str},
    "delay": {"minutes": int},
    "delay_acknowledgement": {"minutes": int},
    "return": {"code": str, "days": int, "text": str, "fault": str},
    "contest": {"code": str, "days": int},
    "notify": {"code": str, "days": int, "corrected": str, "layout": str},
    "change_line": {"cents": int},
    "add_line": {"cents": int, "text": str},
}
_NEEDED: Final = {
    "delay": "minutes",
    "delay_acknowledgement": "minutes",
    "return": "code",
    "notify": "code",
    "contest": "code",
    "change_line": "cents",
    "add_line": "cents",
}


_CODES: Final = {
    "return": (RETURN_CODES, "return reason code"),
    "notify": (CHANGE_CODES, "change code"),
    "contest": (CONTEST_CODES, "code of a contested dishonor"),
}


_CHOICES: Final[dict[str, tuple[Collection[str], str]]] = {
    "fault": (FAULTS, "not a known fault of a return"),
    "level": (LEVELS, "no level at which a message is rejected"),
    "layout": (LAYOUTS.values(), "no layout of corrected data"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its selectors, its action and what belongs to that, all as written."""

    id: int
    fields: Mapping[str, Any]

    @property
    def action(self) -> str:
        """What is to be done."""
        return str(self.fields["action"])

    @property
    def outcome(self) -> Outcome:
        """What becomes of an entry under this rule."""
        return Outcome(
            action=self.action,
            code=str(self.fields.get("code", "")),
            days=int(self.fields.get("days", 1 if self.action == "notify" else USUAL_DAYS)),
            corrected=str(self.fields.get("corrected", "")),
            text=str(self.fields.get("text", "")),
            layout=str(self.fields.get("layout", "")),
            fault=str(self.fields.get("fault", "")),
        )

    def fits_file(self, name: str, reference: str) -> bool:
        """Return whether it is about a file of that name or reference code."""
        pattern = self.fields.get("file")
        return pattern is not None and (fnmatchcase(name, pattern) or pattern == reference)

    def fits_entry(self, trace: str, account: str, amount: int, actions: tuple[str, ...] = ENTRY_ACTIONS) -> bool:
        """Return whether it is about such an entry; every selector it has must fit."""
        if self.action not in actions:
            return False
        given = {"trace": trace, "account": account, "amount": amount}
        return all(self.fields[name] == value for name, value in given.items() if name in self.fields)

    def fits_day(self, day: date) -> bool:
        """Return whether it is about that banking day."""
        return self.fields.get("date") == day.isoformat()


def read_script(path: Path) -> list[dict[str, Any]]:
    """Return the rules of a file: TOML tables `[[rule]]`, or JSON with one object on each line.

    Raises:
        ScriptError: the first rule that cannot be understood.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        try:
            found = tomllib.loads(text).get("rule", [])
        except tomllib.TOMLDecodeError as error:
            raise ScriptError(1, f"no TOML: {error}") from None
    else:
        found = [_object(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    return [_checked(place, rule) for place, rule in enumerate(found, 1)]


def _object(place: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise ScriptError(place, "no JSON object on one line.") from None


def _checked(place: int, rule: Any) -> dict[str, Any]:
    if not isinstance(rule, dict):
        raise ScriptError(place, "not an object.")
    action = rule.get("action")
    if action not in _SELECTORS:
        raise ScriptError(place, f"action must be one of {', '.join(_SELECTORS)}.")
    if isinstance(rule.get("date"), date):  # TOML has dates of its own
        rule["date"] = rule["date"].isoformat()
    selectors = _SELECTORS[action]
    if not any(name in rule for name in selectors):
        raise ScriptError(place, f"{action} needs {' or '.join(selectors)}.")
    kinds: dict[str, type] = {**dict.fromkeys(selectors, str), **_DETAILS.get(action, {}), "action": str, "times": int}
    if "amount" in kinds:
        kinds["amount"] = int
    for name, value in rule.items():
        if type(value) is not kinds.get(name):
            raise ScriptError(place, f"{name} is not understood by {action}, or not of the right type.")
    _check_values(place, action, rule)
    return rule


def _check_values(place: int, action: str, rule: dict[str, Any]) -> None:
    needed = _NEEDED.get(action)
    if needed and needed not in rule:
        raise ScriptError(place, f"{action} needs {needed}.")
    if action in _CODES:
        codes, called = _CODES[action]
        if not codes.fullmatch(rule["code"]):
            raise ScriptError(place, f"{rule['code']} is not a {called}.")
    for name, (known, what) in _CHOICES.items():
        if name in rule and rule[name] not in known:
            raise ScriptError(place, f"{rule[name]} is {what}.")
    if any(rule.get(name, 0) < 0 for name in ("days", "minutes", "times")):
        raise ScriptError(place, "days, minutes and times cannot be negative.")
    if any(not str(rule.get(name, "")).isascii() for name in ("text", "corrected", "reason")):
        raise ScriptError(place, "texts must be ASCII.")
    if "date" in rule:
        try:
            date.fromisoformat(rule["date"])
        except ValueError:
            raise ScriptError(place, f"{rule['date']} is not a date like 2026-12-01.") from None


def times_of(rule: Mapping[str, Any]) -> int | None:
    """Return how often a rule applies: without `times` an entry's always, any other once."""
    times: int | None = rule.get("times", None if rule["action"] in (*ENTRY_ACTIONS, *DISPUTE_ACTIONS) else 1)
    return times
