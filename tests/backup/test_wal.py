"""Names of WAL, timelines, and which segments a restore needs."""

import pytest

from brim.host.backups.wal import (
    Segment,
    Switch,
    format_lsn,
    is_wal_file,
    number_at,
    number_before,
    parse_history,
    parse_lsn,
    reach,
    segment_of,
    timeline_of,
)


def segments(timeline: int, *numbers: int) -> set[Segment]:
    return {Segment(timeline, number) for number in numbers}


def at(number: int, offset: int = 40) -> int:
    return number * 16 * 1024 * 1024 + offset


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("000000010000000000000003", Segment(1, 3)),
        ("0000000A00000002000000FF", Segment(10, 2 * 256 + 255)),
        ("000000010000000000000003.partial", None),
        ("000000010000000000000003.00000028.backup", None),
        ("00000002.history", None),
    ],
)
def test_files_of_wal_are_known_by_their_names(name: str, segment: Segment | None) -> None:
    assert is_wal_file(name)
    assert segment_of(name) == segment
    assert segment is None or segment.name == name


@pytest.mark.parametrize("name", ["", "../x", "00000002.history.tmp", "0000000100000000000000", "xlogtemp.12"])
def test_other_files_are_not(name: str) -> None:
    assert not is_wal_file(name)
    with pytest.raises(ValueError):  # noqa: PT011  its message is the name
        timeline_of(name)


def test_positions_are_read_and_written_as_postgresql_does() -> None:
    assert parse_lsn("16/B374D848") == 0x16_B374_D848
    assert format_lsn(0x16_B374_D848) == "16/B374D848"
    assert (number_at(at(3, 0)), number_before(at(3, 0)), number_before(at(3, 1))) == (3, 2, 3)


def test_a_history_names_the_timelines_before() -> None:
    text = "1\t0/5000108\tbefore 2026-11-29 15:48:34.949+00\n\n# a comment\n2\t0/9000000\tno recovery target\n"
    assert parse_history(text) == (Switch(1, 0x5000108), Switch(2, 0x9000000))


def test_the_log_is_read_up_to_its_end() -> None:
    found = reach(Segment(1, 3), 1, {}, segments(1, 1, 3, 4, 5))
    assert found is not None
    assert (found.segments, found.missing) == ((Segment(1, 3), Segment(1, 4), Segment(1, 5)), None)


@pytest.mark.parametrize(("there", "missing"), [((3, 5), 4), ((4, 5), 3), ((3, 4), None), ((), None)])
def test_a_gap_is_what_later_segments_follow(there: tuple[int, ...], missing: int | None) -> None:
    found = reach(Segment(1, 3), 1, {}, segments(1, *there))
    assert found is not None
    assert found.missing == (None if missing is None else Segment(1, missing))


def test_a_timeline_is_reached_through_those_before() -> None:
    histories = {2: (Switch(1, at(5)),), 3: (Switch(1, at(5)), Switch(2, at(7)))}
    there = segments(1, 3, 4, 5, 6) | segments(2, 5, 6, 7) | segments(3, 7, 8)
    found = reach(Segment(1, 3), 3, histories, there)
    assert found is not None
    assert [str(each) for each in found.segments] == [
        Segment(*each).name for each in ((1, 3), (1, 4), (2, 5), (2, 6), (3, 7), (3, 8))
    ]
    lost = reach(Segment(1, 3), 3, histories, there - segments(2, 6))
    assert lost is not None
    assert lost.missing == Segment(2, 6)


def test_no_way_leads_to_a_timeline_that_was_begun_before() -> None:
    histories = {2: (Switch(1, at(5)),)}
    assert reach(Segment(1, 6), 2, histories, segments(1, 6, 7) | segments(2, 5)) is None
    assert reach(Segment(2, 6), 1, histories, segments(1, 6)) is None
    assert reach(Segment(1, 3), 4, histories, segments(1, 3)) is None
