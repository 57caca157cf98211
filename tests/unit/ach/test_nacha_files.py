"""Whatever is written is read as it was, and is counted alike by both readers; broken controls are always noticed."""

import io
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.core.rails.ach.nacha import (
    Batch,
    FileFormat,
    FileHeader,
    FileWriter,
    LineEnding,
    Verdict,
    check,
    entries,
    write_file,
)
from brim.core.rails.ach.totals import recount
from tests.support.ach_files import FORMATS, files, simple_batch_header, simple_entry, simple_header
from tests.support.ach_samples import batches_of

EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def identified(batches: list[Batch]) -> list[Batch]:
    """Return batches without what the writer fills in."""
    return [
        Batch(msgspec.structs.replace(batch.header, service_class_code=""), tuple(batch.entries)) for batch in batches
    ]


@given(files(), FORMATS)
@EXAMPLES
def test_what_is_written_is_read_as_it_was(file: tuple[FileHeader, list[Batch]], file_format: FileFormat) -> None:
    header, batches = file
    written = write_file(header, batches, file_format)
    report = check(written.content)
    assert report.findings == ()
    assert report.verdict is Verdict.ACCEPT
    assert report.header == header
    assert identified(batches_of(written.content)) == identified(batches)
    assert report.totals.debits_cents == written.totals.debits_cents
    assert report.line_ending == file_format.line_ending
    assert report.ends_with_line_ending == file_format.ends_with_line_ending
    assert len(written.content.split()[0]) > 0
    assert len(written.content.replace(b"\r", b"").rstrip(b"\n").split(b"\n")) == 10 * written.totals.blocks


@given(files(), FORMATS)
@EXAMPLES
def test_the_second_reader_counts_what_was_written(
    file: tuple[FileHeader, list[Batch]], file_format: FileFormat
) -> None:
    header, batches = file
    written = write_file(header, batches, file_format)
    found = recount(io.BytesIO(written.content))
    assert found.problems == ()
    for name in written.totals.__struct_fields__:
        assert getattr(found, name) == getattr(written.totals, name)


@given(files(), st.data())
@EXAMPLES
def test_it_does_not_matter_how_the_bytes_are_cut(file: tuple[FileHeader, list[Batch]], data: st.DataObject) -> None:
    content = write_file(*file, data.draw(FORMATS)).content
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    pieces = [content[a:b] for a, b in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    assert check(pieces) == check(content) == check(io.BytesIO(content))
    assert list(entries(pieces)) == list(entries(content))


@given(files())
@EXAMPLES
def test_a_file_without_line_ends_is_read_like_one_with_them(file: tuple[FileHeader, list[Batch]]) -> None:
    with_ends = write_file(*file)
    without = write_file(*file, FileFormat(line_ending=LineEnding.NONE, ends_with_line_ending=False))
    assert len(without.content) == 940 * without.totals.blocks
    report = check(without.content)
    assert (report.findings, report.line_ending) == ((), "none")
    assert list(entries(without.content)) == list(entries(with_ends.content))


def two_batches() -> bytes:
    debits = Batch(simple_batch_header(), [simple_entry(1, text="first"), simple_entry(2, amount_cents=12_345)])
    mixed = Batch(simple_batch_header(), [simple_entry(3), simple_entry(4, transaction_code="32", amount_cents=7)])
    return write_file(simple_header(), [debits, mixed], FileFormat(line_ending=LineEnding.LF)).content


def control_changes() -> Iterator[tuple[int, int, bytes]]:
    """Yield each control's line, each position of it, and the file with another byte there."""
    content = two_batches()
    for line, record in enumerate(content.split(b"\n"), 1):
        if record[:1] in {b"8", b"9"} and record != b"9" * 94:
            for place in range(94):
                at = 95 * (line - 1) + place
                for other in {b" ", b"0", b"7", b"A"} - {content[at : at + 1]}:
                    yield line, place, content[:at] + other + content[at + 1 :]


def test_each_change_of_one_byte_of_a_control_is_noticed() -> None:
    tried = 0
    for line, place, content in control_changes():
        report = check(content)
        is_reserved = record_is_reserved(content, line, place)
        assert report.verdict is (Verdict.ACCEPT_WITH_WARNINGS if is_reserved else Verdict.HOLD), (line, place)
        assert any(finding.line >= line for finding in report.findings)
        assert is_reserved or recount(io.BytesIO(content)).problems
        tried += 1
    assert tried > 3 * 94 * 3


def record_is_reserved(content: bytes, line: int, place: int) -> bool:
    """Tell whether nothing is to be found at a position of a control, so that something there changes no sum."""
    is_batch = content.split(b"\n")[line - 1][:1] == b"8"
    return place in (range(54, 79) if is_batch else range(55, 94))


@pytest.mark.parametrize("lost", range(1, 10))
def test_a_lost_line_holds_the_file(lost: int) -> None:
    lines = two_batches().split(b"\n")
    assert lines[10][:1] == b"9"
    content = b"\n".join(lines[:lost] + lines[lost + 1 :])
    assert check(content).verdict is Verdict.HOLD


@pytest.mark.parametrize("length", range(0, 950, 95))
def test_a_file_that_was_cut_off_is_held_also_where_bare_batches_are_allowed(length: int) -> None:
    assert check(two_batches()[:length], lenient=True).verdict is Verdict.HOLD


def test_a_long_file_is_written_and_read_in_pieces() -> None:
    count = 20_000
    writer = FileWriter(simple_header())
    made = (simple_entry(sequence) for sequence in range(1, count + 1))
    batch = Batch(simple_batch_header(service_class_code="225"), made)
    pieces = list(writer.pieces([batch]))
    assert max(map(len, pieces)) < 50_000
    assert writer.totals.entries == count
    heard: list[tuple[int, int]] = []
    report = check(iter(pieces), progress=lambda size, entered: heard.append((size, entered)))
    assert (report.verdict, report.totals.entries) == (Verdict.ACCEPT, count)
    assert heard[-1] == (sum(map(len, pieces)), count)
    assert heard == sorted(heard)
    assert len(heard) > 20


def test_a_file_of_no_batches_is_a_zero_file() -> None:
    written = write_file(simple_header(), [])
    report = check(written.content)
    assert (report.verdict, report.batch_count, report.totals.entries) == (Verdict.ACCEPT, 0, 0)
    assert written.totals.blocks == 1
