"""Whatever bytes a bank's folder holds, the reader says what they are, and posts nothing that is not proved.

CI runs some thousand examples; `make fuzz` runs for as long as FUZZ_SECONDS says. Hypothesis prints how to repeat what
failed.
"""

import os
import time
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.core.reconciliation.formats import StatementFile, Verdict, read_statement
from tests.support.figures import Figures

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
SAMPLES = [
    path.read_bytes()
    for path in sorted((Path(__file__).parents[1] / "unit" / "reconciliation" / "samples").glob("[bi]*"))
]
HOSTILE = st.sampled_from(
    [
        b"\n", b"\r\n", b"\r", b"/", b"/\n", b",", b",,", b"\n16,", b"\n88,", b"\n03,", b"\n49,", b"\n98,", b"\n99,",
        b"\n02,", b"\n01,", b"/16,195,1,,,,", b"-", b"+", b"0", b"9", b"V,", b"S,", b"D,999,", b"D,-1,", b"\0", b"\xff",
        b"\x1a", b"890", b"920", b"2400", b"\xef\xbb\xbf",
        b"<", b">", b"</", b"/>", b"<Ntry>", b"</Ntry>", b"<Ntry/>", b"<TxDtls/>", b"<Stmt>", b"</Stmt>", b"<Bal>",
        b"<Amt Ccy='EUR'>1</Amt>", b"<Amt>", b"<!DOCTYPE x>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&lt;", b"&x;",
        b"&#0;", b"&#xD800;", b"CRDT", b"DBIT", b"BOOK", b"PDNG", b" xmlns=''", b" xmlns:x='y'", b"camt.053", b"1e9",
        b"encoding='UTF-16'", b"99999999999999999999", b"0.001",
    ]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a sample with pieces removed, doubled, moved and put in."""
    whole = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 5))):
        place, length = draw(st.integers(0, len(whole))), draw(st.integers(0, 40))
        patch = draw(HOSTILE | st.binary(max_size=8) | st.just(whole[place : place + 60]))
        whole = whole[:place] + patch + whole[place + length :]
    return whole


def check(content: bytes, file: StatementFile) -> None:
    """Fail where the reader broke, or where something may be posted that was not proved."""
    assert "reader_failed" not in {finding.code for finding in file.findings}
    text = msgspec.json.encode(file)
    assert msgspec.json.decode(text, type=StatementFile) == file
    assert b"\\u0000" not in text
    assert file.findings or file.verdict is Verdict.ACCEPT
    if file.verdict is Verdict.HOLD:
        assert not list(file.postable())
        return
    assert file.statements
    if file.format == "bai2":
        bodies = [line.lstrip(b"\xef\xbb\xbf ").rstrip(b" \x1a").removesuffix(b"/") for line in content.splitlines()]
        details = sum(body.partition(b",")[0] == b"16" for body in bodies)
        information = sum(finding.code == "bai2_information" for finding in file.findings)
        read = sum(len(statement.lines) + len(statement.unread_lines) for statement in file.statements)
        is_shared = any(finding.code == "bai2_shared_line" for finding in file.findings)
        assert read + information == details or is_shared


def test_no_bytes_break_the_reader(figures: Figures) -> None:
    verdicts = dict.fromkeys(Verdict, 0)

    @settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(content=mutated() | st.binary(max_size=200))
    def property_(content: bytes) -> None:
        file = read_statement(content)
        check(content, file)
        verdicts[file.verdict] += 1

    ends = time.monotonic() + SECONDS
    property_()
    while time.monotonic() < ends:
        property_()
    figures.tell(f"statements fuzzed: {', '.join(f'{number} {verdict}' for verdict, number in verdicts.items())}")
    assert verdicts[Verdict.HOLD]
    assert verdicts[Verdict.ACCEPT]
