"""ACH files of other people's, where they lie beside the checkout, and what a file is when it is written again."""

from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pytest

from brim.core.rails.ach.nacha import Batch, FileFormat, LineEnding, check, entries, write_file


def sample_folder() -> Path | None:
    """Return `shared/bank_files` of the nearest folder above the checkout that has one."""
    checkout = Path(__file__).parents[2]
    return next((found for above in checkout.parents if (found := above / "shared" / "bank_files").is_dir()), None)


@cache
def expected() -> dict[str, Any]:
    """Return what is known of the ACH samples, by name; nothing where there are no samples."""
    folder = sample_folder()
    if folder is None:
        return {}
    facts: dict[str, Any] = msgspec.json.decode((folder / "expected.json").read_bytes())
    return {name: fact for name, fact in facts.items() if name.endswith(".ach")}


def sample(name: str) -> bytes:
    """Return the bytes of the one sample whose name begins so."""
    folder = sample_folder()
    if folder is None:
        pytest.skip("no folder shared/bank_files beside the checkout")
    [file] = folder.glob(f"{name}*.ach")
    return file.read_bytes()


def samples() -> list[bytes]:
    """Return all samples; none where there is no folder of them."""
    folder = sample_folder()
    return [file.read_bytes() for file in sorted(folder.glob("*.ach"))] if folder else []


def batches_of(data: bytes) -> list[Batch]:
    """Return the batches of a file, all of whose entries can be read."""
    items = list(entries(data))
    groups = [list(group) for _, group in groupby(items, key=lambda item: id(item.batch))]
    return [
        Batch(group[0].batch, [item.entry for item in group if item.entry])
        for group in groups
        if group[0].batch is not None
    ]


def written_again(data: bytes) -> bytes:
    """Return what the writer makes of a file's header, batch headers and entries, in the file's own framing."""
    report = check(data)
    assert report.header is not None
    file_format = FileFormat(
        line_ending=LineEnding(report.line_ending), ends_with_line_ending=report.ends_with_line_ending
    )
    return write_file(report.header, batches_of(data), file_format).content
