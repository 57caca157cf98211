"""The checker of the high-availability drill sees what may not be, and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from failover.checker import Attempt, Probe, Stored, Verdict, check, longest_gap, percentile, slowest
from ha_drill import State, order

ATTEMPTS = [
    Attempt("a", 100, 1.0, 1.1, 200, "tu_a"),
    Attempt("b", 200, 1.0, 2.0, 0, None),
    Attempt("b", 200, 2.2, 2.3, 409, None),
    Attempt("b", 200, 3.2, 3.5, 200, "tu_b"),
    Attempt("c", 300, 3.0, 3.1, 503, None),
]
STORED = [Stored("tu_a", "a", 100), Stored("tu_b", "b", 200)]


def verdict_of(attempts: list[Attempt] = ATTEMPTS, stored: list[Stored] = STORED, **probes: Any) -> Verdict:
    return check(attempts, stored, **{"probes": [], "kept": [], **probes})


def test_a_history_that_keeps_every_promise_has_no_fault() -> None:
    verdict = verdict_of()
    assert verdict.faults == []
    assert (verdict.acknowledged, verdict.unanswered) == (2, 1)
    assert verdict.statuses == {200: 2, 0: 1, 409: 1, 503: 1}


def test_what_nobody_was_told_may_be_there_or_not() -> None:
    assert verdict_of(stored=[*STORED, Stored("tu_c", "c", 300)]).faults == []


def test_an_acknowledged_topup_that_is_gone_is_lost() -> None:
    assert verdict_of(stored=STORED[:1]).faults == ["lost: b was told tu_b"]


def test_a_topup_made_again_after_its_loss_is_lost_all_the_same() -> None:
    """A fail-over loses the first, and the same key makes another: the client has been told of one that isn't there."""
    again = [*ATTEMPTS, Attempt("a", 100, 5.0, 5.1, 200, "tu_a2")]
    verdict = verdict_of(again, [Stored("tu_a2", "a", 100), *STORED[1:]])
    assert verdict.faults == ["lost: a was told tu_a", "doubled: a was told tu_a and tu_a2"]


def test_a_key_that_made_two_is_doubled_though_its_client_was_told_one() -> None:
    assert verdict_of(stored=[*STORED, Stored("tu_b2", "b", 200)]).faults == ["doubled: b made 2 top-ups"]


@pytest.mark.parametrize("row", [Stored("tu_a", "a", 101), Stored("tu_a", "z", 100)], ids=["amount", "key"])
def test_a_topup_that_is_another_than_was_asked_for_is_changed(row: Stored) -> None:
    (fault,) = verdict_of(stored=[row, *STORED[1:]]).faults
    assert fault.startswith("changed: a was told tu_a, which is of ")


def test_an_answer_that_ends_a_request_without_a_topup_is_a_fault() -> None:
    assert verdict_of([*ATTEMPTS, Attempt("d", 1, 4.0, 4.1, 400, None)]).faults == ["refused: d got 400"]


def test_a_write_that_only_a_fenced_primary_has_is_a_fault() -> None:
    probes = [Probe("db1", 1), Probe("db1", 2), Probe("db2", 1)]
    assert verdict_of(probes=probes, kept=[Probe("db1", 1), Probe("db2", 1)]).faults == ["unfenced: db1 took write 2"]


def test_the_longest_gap_is_between_acknowledgements_and_from_the_fault_on() -> None:
    assert longest_gap(ATTEMPTS, since=1.0, until=4.0) == pytest.approx(2.4)
    assert longest_gap(ATTEMPTS, since=4.0, until=9.0) == pytest.approx(5.0)


def test_the_slowest_request_counts_from_its_first_attempt() -> None:
    assert slowest(ATTEMPTS, since=0.0) == pytest.approx(2.5)
    assert slowest(ATTEMPTS, since=4.0) == 0.0


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5.0), (0.9, 9.0), (1.0, 10.0)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([float(number) for number in range(10, 0, -1)], share) == expected


def test_every_lap_has_every_fault_once_and_is_the_same_after_a_restart() -> None:
    faults = ["a", "b", "c"]
    laps = [[order(faults, 7, 3 * lap + place) for place in range(3)] for lap in range(20)]
    assert all(sorted(lap) == faults for lap in laps)
    assert len({tuple(lap) for lap in laps}) > 1


@pytest.fixture
def rounds() -> Callable[..., dict[str, Any]]:
    def row(fault: str, outage_s: float, faults: int = 0) -> dict[str, Any]:
        return {
            "fault": fault, "outage_s": outage_s, "slowest_s": outage_s + 1, "failed_over": True, "acknowledged": 10,
            "faults": ["lost: x"] * faults, "fault_count": faults,
        }  # fmt: skip

    return row


def test_the_state_file_is_continued_and_its_table_counts_what_was_found(
    tmp_path: Path, rounds: Callable[..., dict[str, Any]]
) -> None:
    path = tmp_path / "new" / "state.jsonl"
    State(path).add(rounds("primary killed", 4.0))
    State(path).add(rounds("primary killed", 6.0, faults=3))
    state = State(path)
    assert [json.loads(line) for line in path.read_text().splitlines()] == state.rounds
    assert state.faults() == 1
    assert "| primary killed | 2 | 2 | 4.0 s | 6.0 s | 6.0 s | 7.0 s | 3 |" in state.table().splitlines()
    assert state.table().endswith("2 rounds, 20 acknowledged creates.")
