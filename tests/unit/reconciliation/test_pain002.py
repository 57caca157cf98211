from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.reconciliation.formats import ReportStatus, is_status_report, read_status_report

SAMPLE = Path(__file__).parent / "samples" / "iso06_pain002_part_accepted_part_rejected.xml"
HEAD = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>'
GROUP = "<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId>{status}</OrgnlGrpInfAndSts>"
TAIL = "</CstmrPmtStsRpt></Document>"
PAYMENT = (
    "<TxInfAndSts><OrgnlEndToEndId>{end}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
    "<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>told {end}</AddtlInf></StsRsnInf>"
    '<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">20.00</InstdAmt></Amt><MndtRltdInf><MndtId>M-1</MndtId></MndtRltdInf>'
    "</OrgnlTxRef></TxInfAndSts>"
)


def report(*batches: str, original: str = "achf-1", status: str = "", version: str = "10") -> bytes:
    group = GROUP.format(original=original, status=status)
    return f"{HEAD.format(version=version)}<GrpHdr><MsgId>R-1</MsgId></GrpHdr>{group}{''.join(batches)}{TAIL}".encode()


def batch(*payments: str, id_: str = "achf-1-1", status: str = "") -> str:
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{id_}</OrgnlPmtInfId>{status}{''.join(payments)}</OrgnlPmtInfAndSts>"


def test_a_published_report_is_read() -> None:
    found = read_status_report(SAMPLE.read_bytes())

    assert is_status_report(SAMPLE.read_bytes())
    assert (found.version, found.problem, found.original) == ("pain.002.001.03", "", "MsgId_110610")
    assert found.status is ReportStatus.PARTLY
    assert [(each.status, len(each.payments)) for each in found.batches] == [
        (ReportStatus.PARTLY, 1),
        (ReportStatus.REJECTED, 1),
        (ReportStatus.ACCEPTED, 1),
        (ReportStatus.ACCEPTED, 1),
    ]
    assert found.batches[0].payments[0].status is ReportStatus.REJECTED
    assert found.batches[0].payments[0].reason.code == "NARR"
    assert (found.batches[0].payments[0].amount_minor, found.batches[0].payments[0].currency) == (2211, "eur")
    assert found.batches[1].reason.code == "DT01"
    assert found.batches[1].payments[0].status is None


@pytest.mark.parametrize("version", ["03", "10", "14"])
def test_each_level_has_its_own_status_and_may_lack_it(version: str) -> None:
    rejected = "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Prtry>B7</Prtry></Rsn></StsRsnInf>"
    content = report(
        batch(PAYMENT.format(end="tu-1", code="AM04"), PAYMENT.format(end="tu-2", code="MD01")),
        batch(id_="achf-1-2", status=rejected),
        version=version,
    )
    found = read_status_report(content)

    assert found.problem == ""
    assert found.status is None
    assert found.batches[0].status is None
    assert [(each.end_to_end_id, each.reason.code, each.reason.text) for each in found.batches[0].payments] == [
        ("tu-1", "AM04", "told tu-1"),
        ("tu-2", "MD01", "told tu-2"),
    ]
    assert found.batches[0].payments[0].mandate_id == "M-1"
    assert (found.batches[1].status, found.batches[1].reason.code) == (ReportStatus.REJECTED, "B7")
    assert found.batches[1].reason.is_proprietary


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("RJCT", ReportStatus.REJECTED),
        ("ACCP", ReportStatus.ACCEPTED),
        ("ACSC", ReportStatus.ACCEPTED),
        ("PART", ReportStatus.PARTLY),
        ("PDNG", ReportStatus.PENDING),
        ("XXXX", ReportStatus.UNKNOWN),
    ],
)
def test_a_status_is_one_of_few(code: str, status: ReportStatus) -> None:
    assert read_status_report(report(status=f"<GrpSts>{code}</GrpSts>")).status is status


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not well formed"),
        (b"101 no xml", "not well formed"),
        (report()[:-5], "not well formed"),
        (report(version="02"), "not among the versions"),
        (report(version="15"), "not among the versions"),
        (report(original=""), "names no message"),
        (HEAD.format(version="10").encode() + TAIL.encode(), "names no message"),
        (report(GROUP.format(original="other", status="")), "more than one message"),
        (b"<!DOCTYPE Document>" + report(), "document type"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "isn't a pain.002"),
    ],
)
def test_what_cannot_be_used_says_why(content: bytes, problem: str) -> None:
    found = read_status_report(content)

    assert problem in found.problem


def test_elements_of_another_namespace_are_passed_over() -> None:
    content = report(batch(PAYMENT.format(end="tu-1", code="AM04"))).replace(
        b"<TxSts>RJCT</TxSts>", b'<x:TxSts xmlns:x="urn:bank">ACCP<TxSts>ACCP</TxSts></x:TxSts><TxSts>RJCT</TxSts>'
    )

    assert read_status_report(content).batches[0].payments[0].status is ReportStatus.REJECTED


@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_bytes_raise(noise: bytes, place: int) -> None:
    whole = report(batch(PAYMENT.format(end="tu-1", code="AM04")))

    assert read_status_report(noise).problem
    read_status_report(whole[:place] + noise + whole[place:])


def test_a_statement_is_no_status_report() -> None:
    assert not is_status_report(b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">')
    assert is_status_report(report())
    assert is_status_report(report().decode().encode("utf-16"))
