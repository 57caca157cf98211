"""Reads a bank's statement of 100,000 lines in each format: `python -m bench.statements`.

The files are made piece by piece and never whole, so that the memory is the reader's. Each reading is a process of its
own, and 10,000 lines beside 100,000 show that the cost of a line does not grow.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final

from brim.core.reconciliation.formats import Verdict, read_statement

CHUNK: Final = 200
"""Lines of a statement that are made at a time."""
NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


class Pieces:
    """A file that is made while it is read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._rest = b""
        self.size = 0

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`."""
        if not self._rest:
            self._rest = next(self._pieces, "").encode()
        piece, self._rest = self._rest[:size], self._rest[size:]
        self.size += len(piece)
        return piece


def bai2(lines: int) -> Iterator[str]:
    """Yield a statement whose details have a line of text each."""
    total = lines * (lines + 1) // 2 + 1_000 + 1_000 + lines * (lines + 1) // 2
    yield "01,BANK,CUSTOMER,261128,0600,1,,,2/\n02,CUSTOMER,BANK,1,261127,2400,USD,2/\n"
    yield f"03,123456789,USD,010,1000,,,015,{1_000 + lines * (lines + 1) // 2},,/\n"
    for start in range(1, lines + 1, CHUNK):
        yield "".join(
            f"16,142,{amount},Z,{amount:012},REF{amount:09},ACME CORP PPD\n"
            f"88,TRACE 09100001{amount:07}, INVOICE {amount}\n"
            for amount in range(start, min(start + CHUNK, lines + 1))
        )
    records = 2 * lines + 2
    yield f"49,{total},{records}/\n98,{total},1,{records + 2}/\n99,{total},1,{records + 4}/\n"


def camt053(lines: int) -> Iterator[str]:
    """Yield a statement whose entries have a payment each."""
    total = lines * (lines + 1) // 2

    def money(minor: int) -> str:
        return f'<Amt Ccy="EUR">{minor // 100}.{minor % 100:02}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'

    def balance(kind: str, minor: int) -> str:
        return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{money(minor)}<Dt><Dt>2026-11-27</Dt></Dt></Bal>"

    yield f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{NAMESPACE}"><BkToCstmrStmt>'
    yield "<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-28T06:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S</Id>"
    yield "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    yield balance("OPBD", 0) + balance("CLBD", total)
    yield f"<TxsSummry><TtlNtries><NbOfNtries>{lines}</NbOfNtries></TtlNtries></TxsSummry>"
    for start in range(1, lines + 1, CHUNK):
        yield "".join(
            f"<Ntry>{money(amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-27</Dt></BookgDt>"
            f"<ValDt><Dt>2026-11-27</Dt></ValDt><AcctSvcrRef>BANK{amount:012}</AcctSvcrRef>"
            "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RDDT</Cd><SubFmlyCd>ESDD</SubFmlyCd></Fmly></Domn></BkTxCd>"
            f"<NtryDtls><TxDtls><Refs><EndToEndId>E2E{amount:012}</EndToEndId><MndtId>MANDATE{amount:09}</MndtId></Refs>"
            f"{money(amount)}<RltdPties><Dbtr><Pty><Nm>Customer {amount}</Nm></Pty></Dbtr></RltdPties>"
            f"<RmtInf><Ustrd>Invoice {amount}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
            for amount in range(start, min(start + CHUNK, lines + 1))
        )
    yield "</Stmt></BkToCstmrStmt></Document>"


FORMATS: Final = {"bai2": bai2, "camt053": camt053}


def peak_kib() -> int:
    """Return the most memory that this process has had, in KiB."""
    with open("/proc/self/status") as status:  # noqa: PTH123
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def read_one(name: str, lines: int) -> None:
    """Read a statement, and print what it took."""
    source = Pieces(FORMATS[name](lines))
    before, start = peak_kib(), time.process_time()
    file = read_statement(source)
    seconds = time.process_time() - start
    statement = file.statements[0]
    assert (file.verdict, len(statement.lines), statement.is_balanced) == (Verdict.ACCEPT, lines, True), file.findings
    memory = (peak_kib() - before) / 1024
    print(
        f"| {name} | {lines:,} | {source.size / 2**20:.1f} MiB | {seconds:.1f} s | {1e6 * seconds / lines:.0f} us |"
        f" {memory:.0f} MiB | {memory * 2**20 / lines:.0f} B |"
    )


def main() -> None:
    """Read statements of both formats and of growing size, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "LINES"), help="read one statement in this process")
    one = parser.parse_args().one
    if one:
        read_one(one[0], int(one[1]))
        return
    print("| format | lines | file | CPU | a line | memory | a line |\n|---|---:|---:|---:|---:|---:|---:|", flush=True)
    for name in FORMATS:
        for lines in (1_000, 10_000, 100_000):
            subprocess.run([sys.executable, "-m", "bench.statements", "--one", name, str(lines)], check=True)


if __name__ == "__main__":
    main()
