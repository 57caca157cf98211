"""An account whose test mode lives by a test clock: what happens there has times that are the same in every run."""

from datetime import UTC, datetime
from typing import Final

from wire_recording.caller import Caller
from wire_recording.topups import HELPERS, PENDING

_GROUP: Final = "clocks"
_PATH: Final = "/v1/test_helpers/test_clocks"
_STARTS: Final = datetime(2037, 7, 1, 16, tzinfo=UTC)
"""Noon in New York on a Wednesday before a holiday, in a year in which nobody runs this."""

_DAY_S: Final = 86_400
_SOURCES: Final = ("", "_noAccount", "_insufficientFunds", "_reversed", "_reversedLate", "_pending")
_STEPS_DAYS: Final = (1, 9, 12, 30, 90, 200)
"""How far to go from the start, after which there is something to see each time."""


def play_clocks(caller: Caller) -> None:
    """Record an account in frozen time, from its first top-up to its last return."""
    start = int(_STARTS.timestamp())
    caller.post(_GROUP, "create too early", _PATH, {"frozen_time": 1})
    clock = caller.make(_GROUP, "create", _PATH, {"frozen_time": start, "name": "Before the holiday"})
    path = f"{_PATH}/{clock}"
    caller.post(_GROUP, "create a second", _PATH, {"frozen_time": start})
    caller.get(_GROUP, "retrieve", path)
    for currency in ("usd", "eur", "gbp", "cad", "jpy"):
        caller.get(_GROUP, f"preview {currency}", f"/v1/brim/availability_preview?currency={currency}&amount=1000")
    _create_topups(caller)
    caller.post(_GROUP, "advance backwards", f"{path}/advance", {"frozen_time": start - 1})
    caller.post(_GROUP, "advance to nowhere", f"{path}/advance", {"frozen_time": "soon"})
    for days in _STEPS_DAYS:
        _advance(caller, path, start + days * _DAY_S, days)
    caller.get(_GROUP, "statement", "/v1/balance_transactions?limit=100")
    caller.get(_GROUP, "overview", "/v1/brim/balance_overview")
    for query in (f"created[gte]={start + 8 * _DAY_S}", f"created[lt]={start + _DAY_S}&limit=2", f"created={start}"):
        caller.get(_GROUP, f"topups {query}", f"/v1/topups?{query}")
        caller.get(_GROUP, f"statement {query}", f"/v1/balance_transactions?{query}")


def delete_clock(caller: Caller) -> None:
    """Record how an account without top-ups gets a clock and loses it again."""
    clock = caller.post(_GROUP, "create to delete", _PATH, {"frozen_time": int(_STARTS.timestamp())}).json["id"]
    caller.post(_GROUP, "topup that goes", "/v1/topups", {"amount": 100, "currency": "usd", "source": PENDING})
    caller.delete(_GROUP, "delete", f"{_PATH}/{clock}")
    caller.delete(_GROUP, "delete again", f"{_PATH}/{clock}")
    caller.get(_GROUP, "topups after", "/v1/topups")
    caller.get(_GROUP, "clocks after", _PATH)


def _create_topups(caller: Caller) -> None:
    for ending in _SOURCES:
        form = {"amount": 1000, "currency": "usd", "source": f"btok_us_verified{ending}"}
        topup = caller.post(_GROUP, f"topup by {form['source']}", "/v1/topups", form).json["id"]
        caller.get(_GROUP, f"transfers of {form['source']}", f"/v1/brim/topups/{topup}/transfers")
    caller.post(_GROUP, "topup in eur", "/v1/topups", {"amount": 1000, "currency": "eur"})
    form = {"amount": 1000, "currency": "usd", "source": PENDING}
    for ending in ("succeed", "fail"):
        topup = caller.post(_GROUP, f"topup to {ending}", "/v1/topups", form).json["id"]
        caller.post(_GROUP, ending, f"{HELPERS}/{topup}/{ending}")


def _advance(caller: Caller, path: str, target: int, days: int) -> None:
    caller.make(_GROUP, f"advance {days} days", f"{path}/advance", {"frozen_time": target})
    caller.wait(path, lambda seen: seen["status"] == "ready")
    caller.get(_GROUP, f"clock after {days} days", path)
    caller.get(_GROUP, f"balance after {days} days", "/v1/balance")
    topups = caller.get(_GROUP, f"topups after {days} days", "/v1/topups?limit=100").json["data"]
    for topup in topups:
        caller.get(_GROUP, f"transfers after {days} days", f"/v1/brim/topups/{topup['id']}/transfers")
    caller.post(_GROUP, f"topup after {days} days", "/v1/topups", {"amount": 300, "currency": "usd"})
