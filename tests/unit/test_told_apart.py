"""Bank accounts of the same bank and last digits, as pages tell them apart."""

from brim.web.dashboard.funding_sources.reading import FundingSource, told_apart


def _source(
    number: int, *, last4: str = "6789", holder: str | None = "Jenny", routing: str = "110000000"
) -> FundingSource:
    return FundingSource(
        id=f"src_{number:024}",
        bank_name="TEST BANK",
        last4=last4,
        routing_number=routing,
        holder=holder,
        state="verified",
        attempts_left=None,
        created=number,
        livemode=False,
    )


def _labels(*sources: FundingSource) -> list[str]:
    return [source.label for source in told_apart(sources)]


def test_only_those_that_look_alike_say_more() -> None:
    assert _labels(_source(1), _source(2, last4="1111")) == ["TEST BANK ··6789", "TEST BANK ··1111"]


def test_they_differ_by_holder_by_routing_number_or_by_id() -> None:
    assert _labels(_source(1), _source(2, holder="Rosen")) == ["TEST BANK ··6789 · Jenny", "TEST BANK ··6789 · Rosen"]
    assert _labels(_source(1, holder=None), _source(2, holder=None, routing="021000021")) == [
        "TEST BANK ··6789 · 110000000",
        "TEST BANK ··6789 · 021000021",
    ]
    assert _labels(_source(1), _source(2)) == [f"TEST BANK ··6789 · …\N{WORD JOINER}00000{number}" for number in (1, 2)]
