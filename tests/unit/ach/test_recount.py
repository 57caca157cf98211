"""The second reader finds what is wrong with a file that is about to be released, and shares no code with the first."""

import ast
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from brim.core.rails.ach import totals
from brim.core.rails.ach.nacha import Batch, write_file
from brim.core.rails.ach.totals import recount
from tests.support.ach_files import simple_batch_header, simple_entry, simple_header


def lines() -> list[str]:
    """Return the lines of a file: header, batch of two debits and an addenda, batch of two credits, control."""
    batches = [
        Batch(simple_batch_header(), [simple_entry(1, text="first"), simple_entry(2, amount_cents=250)]),
        Batch(simple_batch_header(), [simple_entry(number, transaction_code="22") for number in (3, 4)]),
    ]
    return write_file(simple_header(), batches).content.decode().split("\r\n")[:-1]


def joined(found: list[str]) -> io.BytesIO:
    return io.BytesIO("".join(line + "\r\n" for line in found).encode())


def test_the_second_reader_imports_nothing_of_the_codec() -> None:
    tree = ast.parse(Path(totals.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert not [name for name in imported if name and name.startswith("brim")]


def test_a_right_file_has_no_problems() -> None:
    found = recount(joined(lines()))
    assert found.problems == ()
    assert (found.batches, found.entries, found.records, found.blocks) == (2, 4, 5, 2)
    assert (found.debits_cents, found.credits_cents, found.largest_cents) == (350, 200, 250)
    assert found.entry_hash == 4 * 23138010
    assert len(found.sha256) == 64


def changed(line: int, first: int, text: str) -> list[str]:
    found = lines()
    found[line - 1] = found[line - 1][: first - 1] + text + found[line - 1][first - 1 + len(text) :]
    return found


WRONG: dict[str, Callable[[], list[str]]] = {
    "trace twice": lambda: changed(8, 94, "1"),
    "trace descends": lambda: changed(5, 94, "0"),
    "trace of another bank": lambda: changed(5, 80, "99999999"),
    "trace of letters": lambda: changed(5, 80, "x"),
    "amount": lambda: changed(5, 39, "1"),
    "routing number": lambda: changed(5, 11, "1"),
    "direction": lambda: changed(5, 3, "2"),
    "transaction code": lambda: changed(5, 3, "5"),
    "batch company": lambda: changed(6, 45, "X"),
    "batch number": lambda: changed(6, 94, "2"),
    "batch count": lambda: changed(11, 7, "1"),
    "blocks": lambda: changed(11, 13, "1"),
    "file debits": lambda: changed(11, 43, "9"),
    "not ASCII": lambda: changed(3, 60, "\x07"),
    "no padding": lambda: lines()[:-1],
    "no control": lambda: lines()[:10],
    "no batch control": lambda: lines()[:5] + lines()[6:],
    "no batch header": lambda: lines()[:6] + lines()[7:],
    "control alone": lambda: lines()[:6] + lines()[5:],
    "two headers": lambda: lines()[:1] + lines(),
    "no header": lambda: lines()[1:],
    "unknown record": lambda: [*lines()[:2], "x" * 94, *lines()[2:]],
    "after the control": lambda: [*lines()[:11], lines()[4], *lines()[11:]],
    "short line": lambda: [*lines()[:4], lines()[4][:93], *lines()[5:]],
    "nothing": list,
    "record size": lambda: changed(1, 35, "080"),
    "class": lambda: changed(2, 2, "299"),
    "addenda without an entry": lambda: [*lines()[:2], lines()[3], *lines()[2:]],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_file_is_found(name: str) -> None:
    assert recount(joined(WRONG[name]())).problems


def test_mixed_line_ends_are_found() -> None:
    content = joined(lines()).getvalue()
    assert recount(io.BytesIO(content.replace(b"\r\n", b"\n"))).problems == ()
    assert recount(io.BytesIO(content[:-1])).problems
    half = len(content) // 2
    assert recount(io.BytesIO(content[:half] + content[half:].replace(b"\r\n", b"\n"))).problems
