"""Writes a statement as camt.053.001.08. Source: ISO 20022 message definition, Bank-to-Customer Cash Management."""

from collections.abc import Iterator
from html import escape
from typing import Final

from brim.bank.statement_lines import Statement, StatementLine

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n'
)

_FAMILIES: Final = {
    "collection": ("IDDT", "PMDD"),
    "payment": ("ICDT", "OTHR"),
    "debit_return": ("IDDT", "UPDD"),
    "credit_return": ("ICDT", "RRTN"),
    "dishonored_return": ("IDDT", "UPDD"),
    "contested_return": ("IDDT", "UPDD"),
    "return_fee": ("IDDT", "FEES"),
    "transfer": ("RCDT", "OTHR"),
    "other": ("OTHR", "OTHR"),
}
"""Family and sub-family of the domain PMNT by the kind of line."""

_BATCHES: Final = {"collection", "payment"}
_RETURNS: Final = {"debit_return", "credit_return", "dishonored_return", "contested_return"}


def write_camt053(statement: Statement) -> bytes:
    """Return the statement as a message with one statement."""
    return (_HEAD + "".join(f"{line}\n" for line in _message(statement))).encode()


def _message(statement: Statement) -> Iterator[str]:
    made, name = statement.made.isoformat(timespec="seconds"), f"STMT-{statement.day:%Y%m%d}"
    day = statement.day.isoformat()
    yield f"<BkToCstmrStmt><GrpHdr><MsgId>{name}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>"
    yield f"<Stmt><Id>{name}</Id><ElctrncSeqNb>{statement.number}</ElctrncSeqNb><CreDtTm>{made}</CreDtTm>"
    yield f"<FrToDt><FrDtTm>{day}T00:00:00</FrDtTm><ToDtTm>{day}T23:59:59</ToDtTm></FrToDt>"
    yield _account(statement)
    for code, cents in (("OPBD", statement.opening), ("CLBD", statement.closing)):
        balance = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(cents, statement.currency)}"
        yield f"<Bal>{balance}<Dt><Dt>{day}</Dt></Dt></Bal>"
    for line in statement.lines:
        yield from _entry(line, day, statement.currency)
    yield "</Stmt></BkToCstmrStmt>\n</Document>"


def _account(statement: Statement) -> str:
    if statement.currency == "EUR":
        number = f"<IBAN>{statement.account}</IBAN>"
        bank = f"<BICFI>{statement.routing}</BICFI>"
    else:
        number = f"<Othr><Id>{statement.account}</Id></Othr>"
        system = "<ClrSysId><Cd>USABA</Cd></ClrSysId>"
        bank = f"<ClrSysMmbId>{system}<MmbId>{statement.routing}</MmbId></ClrSysMmbId>"
    servicer = f"<Svcr><FinInstnId>{bank}</FinInstnId></Svcr>"
    return f"<Acct><Id>{number}</Id><Ccy>{statement.currency}</Ccy>{servicer}</Acct>"


def _entry(line: StatementLine, day: str, currency: str) -> Iterator[str]:
    family, sub_family = _FAMILIES[line.kind]
    if line.kind == "transfer" and line.amount < 0:
        family = "ICDT"
    reversal = "<RvslInd>true</RvslInd>" if line.kind in _RETURNS else ""
    yield f"<Ntry>{_amount(line.amount, currency)}{reversal}<Sts><Cd>BOOK</Cd></Sts>"
    yield f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
    yield f"<AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>"
    yield (
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly></Domn></BkTxCd>"
    )
    yield f"<NtryDtls>{_details(line, currency)}</NtryDtls>"
    yield f"<AddtlNtryInf>{escape(line.text)}</AddtlNtryInf></Ntry>"


def _details(line: StatementLine, currency: str) -> str:
    reference = escape(line.customer_reference)
    if line.kind in _BATCHES:
        total = _total(line.amount, currency)
        return f"<Btch><PmtInfId>{reference}</PmtInfId><NbOfTxs>{line.count}</NbOfTxs>{total}</Btch>"
    end_to_end = f"<EndToEndId>{reference or 'NOTPROVIDED'}</EndToEndId>"
    kind = "Cd" if currency == "EUR" else "Prtry"
    reason = f"<RtrInf><Rsn><{kind}>{line.code}</{kind}></Rsn></RtrInf>" if line.kind in _RETURNS else ""
    references = f"<Refs><AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>{end_to_end}</Refs>"
    return f"<TxDtls>{references}{_amount(line.amount, currency)}{reason}</TxDtls>"


def _amount(cents: int, currency: str) -> str:
    return f'<Amt Ccy="{currency}">{_decimal(cents)}</Amt>{_direction(cents)}'


def _total(cents: int, currency: str) -> str:
    return f'<TtlAmt Ccy="{currency}">{_decimal(cents)}</TtlAmt>{_direction(cents)}'


def _direction(cents: int) -> str:
    return f"<CdtDbtInd>{'DBIT' if cents < 0 else 'CRDT'}</CdtDbtInd>"


def _decimal(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02}"
