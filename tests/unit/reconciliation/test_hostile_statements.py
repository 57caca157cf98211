"""A statement made to harm is held, in little memory, and never raises."""

import subprocess
import sys
from pathlib import Path

import pytest

from brim.core.reconciliation.formats import Verdict, read_statement
from brim.core.reconciliation.formats.limits import MAX_ITEMS, MAX_LINE
from tests.support.figures import Figures
from tests.support.long_form import long_form

HERE = Path(__file__).parent
OPEN = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
BOMB = b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY l0 "lol">' + LAUGHS + b"]>" + OPEN + b"<Id>&l11;</Id>"
EXTERNAL = b'<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + OPEN + b"<Id>&x;</Id>"


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        EXTERNAL,
        EXTERNAL.replace(b"file:///etc/passwd", b"http://127.0.0.1:9/"),
        b'<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">' + OPEN,
        b"<!DOCTYPE Document>" + OPEN,
        b'<!DOCTYPE Document [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>' + OPEN,
        BOMB.decode().encode("utf-16"),
        b"\n\n<!-- a comment first -->" + BOMB.removeprefix(b'<?xml version="1.0"?>'),
    ],
)
def test_a_document_type_ends_the_reading(content: bytes) -> None:
    file = read_statement(content)
    assert (file.verdict, [finding.code for finding in file.findings]) == (Verdict.HOLD, ["xml_doctype"])
    assert file.statements == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<?xml version="1.0" encoding="UTF-7"?>' + OPEN, "xml_encoding"),
        (b'<?xml version="1.0" encoding="shift_jis"?>' + OPEN, "xml_encoding"),
        (b'<?xml version="1.0" encoding="nonsense"?>' + OPEN, "xml_encoding"),
        (b'<?xml version="1.0" encoding="rot13"?>' + OPEN, "xml_encoding"),
        (OPEN + b"<Id>&x;</Id>", "xml_malformed"),
        (OPEN + b"\xff\xfe", "xml_malformed"),
        (OPEN + b"\0", "xml_malformed"),
        (b"<", "xml_malformed"),
        (b"<?xml", "xml_malformed"),
        (b"<html><body>", "xml_malformed"),
        (b"<html/>", "not_a_statement"),
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"01", "unknown_format"),
        (b"101 091000019", "unknown_format"),
        (b":20:X", "unknown_format"),
        (b"\0" * 100, "unknown_format"),
        (b"01," + b"x" * (MAX_LINE + 1), "line_too_long"),
        (b"01,\n" + b"88,\n" * 10_001, "too_many"),
    ],
)
def test_what_is_no_statement_is_held_with_its_reason(content: bytes, code: str) -> None:
    file = read_statement(content)
    first = next(finding.code for finding in file.findings if finding.scope == "file")
    assert (file.verdict, first) == (Verdict.HOLD, code)


@pytest.mark.slow
def test_more_records_than_any_statement_has_are_held() -> None:
    file = read_statement(b"01,\n" + b"16/\n" * (MAX_ITEMS + 1))
    assert [finding.code for finding in file.findings] == ["too_many"]


ATTACKS = {
    "attribute": ("'<Document a=\"'", "'x' * 65536", "xml_token"),
    "comment": ("'<!--'", "'x' * 65536", "xml_token"),
    "blank": ("'<Document>'", "' ' * 65536", "xml_text"),
    "text": ("OPEN + '<Id>'", "'x' * 65536", "xml_text"),
    "name": ("'<'", "'x' * 65536", "xml_token"),
    "depth": ("'<a>'", "'<a>' * 20000", "xml_depth"),
    "names": ("OPEN", "''.join(f'<a{n * 5000 + i}/>' for i in range(5000))", "xml_names"),
    "attributes": ("OPEN", "''.join(f'<a b{n * 5000 + i}=\"\"/>' for i in range(5000))", "xml_names"),
    "namespaces": ("OPEN", "''.join(f'<a xmlns:b{n * 5000 + i}=\"u\"/>' for i in range(5000))", "xml_names"),
    "namespace": ('f\'<p:a xmlns:p="{"u" * 500_000}">\'', "'<p:a/>' * 10000", "xml_names"),
    "values": ("OPEN + '<Ntry>'", "'<Id>1</Id>' * 5000", "xml_values"),
    "charges": ("OPEN + '<Ntry>'", "'<Chrgs/>' * 5000", "xml_values"),
}
SLOW = {
    "entries": ("OPEN", "'<Ntry/>' * 8000", "too_many"),
    "details": ("OPEN + '<Ntry><NtryDtls>'", "'<TxDtls/>' * 8000", "too_many"),
    "statements": ("'<Document xmlns=\"' + NS + '\"><BkToCstmrStmt>'", "'<Stmt/>' * 8000", "too_many"),
    "elements": ("OPEN", "'<a/>' * 16000", "xml_elements"),
}
SCRIPT = """
import sys
from brim.core.reconciliation.formats import read_statement
NS = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
OPEN = f'<Document xmlns="{NS}"><BkToCstmrStmt><Stmt>'

class Source:
    def __init__(self, begin, piece):
        self.pieces = self.all(begin, piece)
    def all(self, begin, piece):
        yield begin.encode()
        for n in range(1_000_000):
            yield eval(piece, {"n": n}).encode()
    def read(self, size=-1):
        return next(self.pieces)

def memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

begin, piece = eval(sys.argv[1]), sys.argv[2]
before = memory()
file = read_statement(Source(begin, piece))
print(file.verdict, next(found.code for found in file.findings if found.scope == "file"), memory() - before)
"""


@pytest.mark.long_form
@pytest.mark.parametrize("name", [*ATTACKS, *long_form(tuple(SLOW), short=("entries",))])
def test_an_endless_document_is_held_in_bounded_memory(name: str, figures: Figures) -> None:
    begin, piece, code = (ATTACKS | SLOW)[name]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, begin, piece], capture_output=True, text=True, check=True, cwd=HERE
    )
    verdict, found, kilobytes = done.stdout.split()
    assert (verdict, found) == ("hold", code)
    assert int(kilobytes) < 200 * 1024
    figures.tell(f"endless {name}: held with {int(kilobytes) // 1024} MiB")


def test_a_file_above_the_limit_is_held() -> None:
    for content in (b"01,B\n" + b"x" * 2_000, OPEN + b" " * 2_000):
        file = read_statement(content, max_bytes=1_000)
        assert [finding.code for finding in file.findings] == ["too_large"]


def test_a_source_that_fails_is_held() -> None:
    class Broken:
        def read(self, _size: int = -1) -> bytes:
            raise OSError("the disk is gone")

    file = read_statement(Broken())
    assert [finding.code for finding in file.findings] == ["reader_failed"]
