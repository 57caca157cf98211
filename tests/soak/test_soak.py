"""A soak: `make soak` runs segments of ten minutes and continues where it stopped; a test runs one of seconds.

`make soak` keeps what it does in the folder SOAK_STATE. SOAK_SEGMENTS says how many there are to be in all,
SOAK_MINUTES how long each is, and SOAK_SEED which chance they have.
"""

import os
from pathlib import Path

import pytest

from tests.support.brim_process import RunningBrim
from tests.support.figures import Figures
from tests.support.soak.drill import Soak, describe
from tests.support.soak.history import FAILING, PENDING, Stored, Told, compare, words

STATE = Path(os.environ["SOAK_STATE"]).resolve() if "SOAK_STATE" in os.environ else None
SECONDS = 15.0
DELIVERED = {
    (f"topup.{end}", topup) for topup in ("tu_1", "tu_2", "tu_3") for end in ("created", "succeeded", "failed")
}
TOLD = [Told("a", 5, "usd", "", "tu_1"), Told("b", 7, "eur", FAILING, "tu_2"), Told("c", 9, "jpy", PENDING, "tu_3")]
STORED = [
    Stored("a", "tu_1", 5, "usd", "succeeded"),
    Stored("b", "tu_2", 7, "eur", "failed"),
    Stored("c", "tu_3", 9, "jpy", "canceled"),
]
WRONG = {
    "lost": (STORED[1:], "1 lost: a"),
    "another one": ([Stored("a", "tu_9", 5, "usd", "succeeded"), *STORED[1:]], "1 lost: a"),
    "doubled": ([*STORED, Stored("a", "tu_4", 5, "usd", "succeeded")], "1 doubled: a"),
    "untold": ([*STORED, Stored("d", "tu_4", 5, "usd", "succeeded")], "1 untold: d"),
    "another amount": ([Stored("a", "tu_1", 6, "usd", "succeeded"), *STORED[1:]], "1 changed: a: 6 usd succeeded"),
    "another status": ([Stored("a", "tu_1", 5, "usd", "pending"), *STORED[1:]], "1 changed: a: 5 usd pending"),
}
"""By what is wrong: what the database has, and what is said."""


def test_what_is_as_clients_were_told_is_right() -> None:
    received = DELIVERED | {("topup.canceled", "tu_3")}
    assert words(compare(TOLD, STORED, received)) == []
    assert words(compare(TOLD, STORED, DELIVERED)) == ["1 not delivered: c"]


@pytest.mark.parametrize("what", WRONG)
def test_what_differs_from_what_clients_were_told_is_named(what: str) -> None:
    stored, said = WRONG[what]
    assert words(compare(TOLD, stored, DELIVERED | {("topup.canceled", "tu_3")})) == [said]


def _forget_one(brim: RunningBrim) -> None:
    """Lose a top-up with its events, as a database does that acknowledges before it has written."""
    brim.execute_as_owner(
        "WITH gone AS (DELETE FROM topups WHERE status = 'failed' AND id ="
        " (SELECT max(id) FROM topups WHERE status = 'failed') RETURNING id)"
        " DELETE FROM events WHERE object_id IN (SELECT id FROM gone)"
    )


def _interrupt(_brim: RunningBrim) -> None:
    raise KeyboardInterrupt


@pytest.mark.slow
@pytest.mark.skipif(STATE is not None, reason="a whole soak is asked for")
def test_a_service_in_which_everything_breaks_agrees_with_its_clients(tmp_path: Path, figures: Figures) -> None:
    first = Soak(tmp_path).run_segment(SECONDS, seed=1)
    assert first.creates > 0
    with pytest.raises(KeyboardInterrupt):
        Soak(tmp_path).run_segment(1.0, seed=2, sabotage=_interrupt)
    with pytest.raises(AssertionError, match="1 lost: soak-1-1-") as wrong:
        Soak(tmp_path).run_segment(1.0, seed=2, sabotage=_forget_one)
    assert "balances" not in str(wrong.value), "what the interrupted segment had done was not known"
    figures.tell(
        f"soak: {sum(first.faults.values())} faults, {first.kills} kills, {first.creates} creates acknowledged,"
        " none lost or doubled"
    )


@pytest.mark.skipif(STATE is None, reason="make soak")
def test_a_soak_agrees_with_its_clients() -> None:
    assert STATE is not None
    STATE.mkdir(parents=True, exist_ok=True)
    soak = Soak(STATE)
    begin = int(os.environ.get("SOAK_SEED", "20261201"))
    while (number := len(soak.state.segments)) < int(os.environ["SOAK_SEGMENTS"]):
        done = soak.run_segment(float(os.environ["SOAK_MINUTES"]) * 60, seed=begin + number)
        print(f"segment {number + 1}: {done}")
    print(describe(soak.state))
