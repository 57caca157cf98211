"""A bank that keeps an account, and writes its days as BAI2, camt.053 with camt.054, and MT940.

It knows nothing of the readers, nor of the rehearsal bank. The layouts are those of files that banks have published:
a BAI2 file with its summaries continued (88) and its text in continuations, a camt.053.001.08 whose collective entries
say how many payments they are, a camt.054.001.04 that lists these, and an MT940 with its text in subfields.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from xml.sax.saxutils import escape


class Format(StrEnum):
    """What a bank writes."""

    BAI2 = "bai2"
    CAMT = "camt"
    MT940 = "mt940"


@dataclass(frozen=True)
class Movement:
    """What a bank booked, in cents, positive to its customer.

    `reference` is the bank's, `ours` the customer's or a clearing house's, `text` what the payer wrote.
    """

    amount: int
    reference: str = ""
    ours: str = ""
    text: str = ""
    payments: tuple["Movement", ...] = ()


@dataclass
class Day:
    """A day of an account: its balance at the beginning and what was booked."""

    on: date
    number: int
    opening: int
    movements: list[Movement] = field(default_factory=list)

    @property
    def closing(self) -> int:
        return self.opening + sum(each.amount for each in self.movements)


def write(kind: Format, account: str, days: Sequence[Day]) -> bytes:
    """Return one file with a statement for each day."""
    lines = {Format.BAI2: _bai2, Format.CAMT: _camt053, Format.MT940: _mt940}[kind](account, days)
    return ("\r\n" if kind is Format.MT940 else "\n").join([*lines, ""]).encode()


def write_details(account: str, day: Day) -> bytes:
    """Return a camt.054 that lists the payments of the collective entries of a day."""
    return "\n".join([*_camt054(account, day), ""]).encode()


def _single(movements: Sequence[Movement]) -> Iterator[Movement]:
    """Yield what is booked where there are no collective entries: each payment by itself."""
    for movement in movements:
        yield from movement.payments or (movement,)


def _bai2(account: str, days: Sequence[Day]) -> Iterator[str]:
    yield f"01,121140399,{account},{days[0].on:%y%m%d},0754,{days[0].number},,,2/"
    file_total, file_lines = 0, 2
    for day in days:
        booked = list(_single(day.movements))
        plus = [each.amount for each in booked if each.amount > 0]
        minus = [-each.amount for each in booked if each.amount < 0]
        section = [f"03,{account},USD,010,{day.opening},,,015,{day.closing},,/"]
        section.append(f"88,100,{sum(plus)},{len(plus)},,400,{sum(minus)},{len(minus)},/")
        total = day.opening + day.closing + 2 * (sum(plus) + sum(minus))
        for each in booked:
            code = "195" if each.amount > 0 else "455"
            section.append(f"16,{code},{abs(each.amount)},,{each.reference},{each.ours}/")
            section += [f"88,{piece}" for piece in _pieces(each.text, 40)]
        group = [f"02,{account},121140399,1,{day.on:%y%m%d},,USD,2/", *section, f"49,{total},{len(section) + 1}/"]
        yield from (*group, f"98,{total},1,{len(group) + 1}/")
        file_total, file_lines = file_total + total, file_lines + len(group) + 1
    yield f"99,{file_total},{len(days)},{file_lines}/"


def _mt940(account: str, days: Sequence[Day]) -> Iterator[str]:
    for day in days:
        yield from (f":20:{day.on:%y%m%d}{day.number:04}", f":25:121140399/{account}", f":28C:{day.number:05}/001")
        yield f":60F:{_swift_balance(day.opening, day.on)}"
        for each in _single(day.movements):
            mark, bank = "C" if each.amount > 0 else "D", f"//{each.reference}" if each.reference else ""
            yield f":61:{day.on:%y%m%d%m%d}{mark}{_comma(each.amount)}NTRFNONREF{bank}"
            text = (f"EREF+{each.ours}" if each.ours else "") + f"SVWZ+{each.text}"
            subfields = [f"?{20 + number}{piece}" for number, piece in enumerate(_pieces(text, 27))]
            yield from _pieces("".join([":86:166?00TRANSFER?100599", *subfields, "?32PAYER"]), 65)
        yield from (f":62F:{_swift_balance(day.closing, day.on)}", "-")


def _camt053(account: str, days: Sequence[Day]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    yield f"<GrpHdr><MsgId>M{days[0].number}</MsgId><CreDtTm>{days[0].on}T18:43:23+02:00</CreDtTm></GrpHdr>"
    for day in days:
        number = f"<Id>S{day.number}</Id><ElctrncSeqNb>{day.number}</ElctrncSeqNb>"
        yield f"<Stmt>{number}{_period(day.on)}{_account(account)}"
        for code, balance in (("OPBD", day.opening), ("CLBD", day.closing)):
            kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            yield f"<Bal>{kind}{_money(balance)}<Dt><Dt>{day.on}</Dt></Dt></Bal>"
        for each in day.movements:
            details = f"<Btch><NbOfTxs>{len(each.payments)}</NbOfTxs></Btch>" if each.payments else _details(each)
            yield _entry(each, day.on, "<Sts><Cd>BOOK</Cd></Sts>", details)
        yield "</Stmt>"
    yield "</BkToCstmrStmt></Document>"


def _camt054(account: str, day: Day) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.04"><BkToCstmrDbtCdtNtfctn>'
    yield f"<GrpHdr><MsgId>N{day.number}</MsgId><CreDtTm>{day.on}T22:04:06</CreDtTm></GrpHdr>"
    yield f"<Ntfctn><Id>N{day.number}</Id>{_period(day.on)}{_account(account)}"
    for each in day.movements:
        if each.payments:
            count = f"<Btch><NbOfTxs>{len(each.payments)}</NbOfTxs></Btch>"
            yield _entry(each, day.on, "<Sts>BOOK</Sts>", count + "".join(map(_details, each.payments)))
    yield "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"


def _entry(each: Movement, on: date, status: str, details: str) -> str:
    days = f"<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>"
    reference = f"<AcctSvcrRef>{each.reference}</AcctSvcrRef>" if each.reference else ""
    return f"<Ntry>{_money(each.amount)}{status}{days}{reference}<NtryDtls>{details}</NtryDtls></Ntry>"


def _details(each: Movement) -> str:
    bank = f"<AcctSvcrRef>{each.reference}</AcctSvcrRef>" if each.reference else ""
    references = f"<Refs>{bank}<EndToEndId>{escape(each.ours) or 'NOTPROVIDED'}</EndToEndId></Refs>"
    text = f"<RmtInf><Ustrd>{escape(each.text)}</Ustrd></RmtInf>" if each.text else ""
    return f"<TxDtls>{references}{_money(each.amount)}{text}</TxDtls>"


def _account(account: str) -> str:
    return f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>USD</Ccy></Acct>"


def _period(on: date) -> str:
    return f"<FrToDt><FrDtTm>{on}T00:00:00</FrDtTm><ToDtTm>{on}T23:59:59</ToDtTm></FrToDt>"


def _money(amount: int) -> str:
    decimal = f"{abs(amount) // 100}.{abs(amount) % 100:02}"
    return f'<Amt Ccy="USD">{decimal}</Amt><CdtDbtInd>{"CRDT" if amount >= 0 else "DBIT"}</CdtDbtInd>'


def _comma(amount: int) -> str:
    return f"{abs(amount) // 100},{abs(amount) % 100:02}"


def _swift_balance(amount: int, on: date) -> str:
    return f"{'C' if amount >= 0 else 'D'}{on:%y%m%d}USD{_comma(amount)}"


def _pieces(text: str, most: int) -> list[str]:
    return [text[at : at + most] for at in range(0, len(text), most)]
