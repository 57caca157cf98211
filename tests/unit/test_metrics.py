"""Counting in memory and handing over gives what prometheus_client counts by itself."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY, CollectorRegistry, Histogram

from brim.platform.telemetry.metrics import BATCH_SIZE, Distribution

BOUNDS = (1.0, 2.0, 4.0)
OURS = Distribution("test_ours", "Ours.", ("kind",), BOUNDS)


def samples(registry: CollectorRegistry, name: str, kind: str) -> dict[str, float | None]:
    """Return all that a registry shows of one histogram."""
    shown = {
        bound: registry.get_sample_value(f"{name}_bucket", {"kind": kind, "le": bound})
        for bound in ("1.0", "2.0", "4.0", "+Inf")
    }
    return {
        **shown,
        "sum": registry.get_sample_value(f"{name}_sum", {"kind": kind}),
        "count": registry.get_sample_value(f"{name}_count", {"kind": kind}),
    }


@given(st.lists(st.lists(st.integers(0, 6), max_size=20), min_size=1, max_size=4))
def test_what_is_handed_over_is_what_was_observed(turns: list[list[int]]) -> None:
    registry = CollectorRegistry()
    theirs = Histogram("theirs", "Theirs.", ("kind",), buckets=BOUNDS, registry=registry)
    OURS._histogram.clear()
    for turn in turns:
        for value in turn:
            theirs.labels("x").observe(value)
            OURS.observe(("x",), value)
        OURS.hand_over()
    if any(turns):
        assert samples(REGISTRY, "test_ours", "x") == samples(registry, "theirs", "x")


def test_a_batch_of_one_falls_into_the_first_bucket() -> None:
    BATCH_SIZE.observe(("unit-test",), 1)
    BATCH_SIZE.hand_over()
    assert REGISTRY.get_sample_value("brim_batch_size_bucket", {"kind": "unit-test", "le": "1.0"}) == 1.0
