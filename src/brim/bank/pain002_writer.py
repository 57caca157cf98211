"""Writes a status report as pain.002.001.10. Source: ISO 20022, CustomerPaymentStatusReport."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from brim.bank.nacha_reader import Fault
from brim.bank.pain008_reader import Message

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">\n'
)


def write_status_report(
    message: Message,
    *,
    name: str,
    made: str,
    batches: Mapping[str, Fault],
    collections: Mapping[str, Fault],
) -> bytes:
    """Return what became of a message: rejected as a whole, in part or not at all.

    Args:
        message: what was read, with its fault if all of it is rejected.
        name: of the report.
        made: when, as ISO 8601.
        batches: why batches are rejected, by their names.
        collections: why collections are, by their end-to-end ids.
    """
    lines = _report(message, name, made, batches, collections)
    return (_HEAD + "".join(f"{line}\n" for line in lines) + "</Document>\n").encode()


def _report(
    message: Message, name: str, made: str, batches: Mapping[str, Fault], collections: Mapping[str, Fault]
) -> Iterator[str]:
    status = "RJCT" if message.fault else "PART" if batches or collections else "ACCP"
    count = sum(len(batch.collections) for batch in message.batches)
    yield f"<CstmrPmtStsRpt><GrpHdr><MsgId>{name}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>"
    yield (
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(message.name) or 'NOTPROVIDED'}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{message.version or 'NOTPROVIDED'}</OrgnlMsgNmId><OrgnlNbOfTxs>{count}</OrgnlNbOfTxs>"
        f"<GrpSts>{status}</GrpSts>{_reason(message.fault)}</OrgnlGrpInfAndSts>"
    )
    for batch in () if message.fault else message.batches:
        fault = batches.get(batch.name)
        rejected = [each for each in batch.collections if each.end_to_end in collections]
        state = "RJCT" if fault else "PART" if rejected else "ACCP"
        yield f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(batch.name)}</OrgnlPmtInfId>"
        yield f"<PmtInfSts>{state}</PmtInfSts>{_reason(fault)}"
        for each in () if fault else rejected:
            yield (
                f"<TxInfAndSts><OrgnlEndToEndId>{escape(each.end_to_end)}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
                f'{_reason(collections[each.end_to_end])}<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">'
                f"{each.amount // 100}.{each.amount % 100:02}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>"
            )
        yield "</OrgnlPmtInfAndSts>"
    yield "</CstmrPmtStsRpt>"


def _reason(fault: Fault | None) -> str:
    if fault is None:
        return ""
    text = escape(fault.sentence[:105])
    return f"<StsRsnInf><Rsn><Cd>{fault.code}</Cd></Rsn><AddtlInf>{text}</AddtlInf></StsRsnInf>"
