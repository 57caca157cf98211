"""A bank that writes statements, for the tests of the readers: it uses nothing of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

DIGITS = {"usd": 2, "eur": 2, "jpy": 0, "kwd": 3}


@dataclass(frozen=True)
class Entry:
    """A movement, `amount` in minor units and positive to the customer.

    `parts` are the payments that it is made of, `counted` how many the bank says there are. `sent_to` is the number
    that it was sent to, and `payer` a name and an account, where camt says that.
    """

    amount: int
    reference: str = ""
    customer_reference: str = ""
    text: tuple[str, ...] = ()
    parts: tuple[tuple[int, str], ...] = ()
    charges: int = 0
    reason: str = ""
    status: str = "BOOK"
    counted: int = 0
    sent_to: str = ""
    payer: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Account:
    """An account's day."""

    number: str
    currency: str
    opening: int
    entries: tuple[Entry, ...] = field(default=())
    day: date = date(2026, 11, 27)

    @property
    def booked(self) -> int:
        return sum(entry.amount for entry in self.entries if entry.status == "BOOK")


def bai2(accounts: Sequence[Account], *, line_end: str = "\n", group_status: int = 1) -> bytes:
    """Return a file with a group for each account."""
    lines = ["01,BANK,CUSTOMER,261128,0600,7,,,2/"]
    total = 0
    for account in accounts:
        group = [f"02,CUSTOMER,BANK,{group_status},{account.day:%y%m%d},2400,{account.currency.upper()},2/"]
        closing = account.opening + account.booked
        section = [f"03,{account.number},,010,{account.opening},,,015,{closing},,/"]
        for entry in account.entries:
            code = "142" if entry.amount > 0 else "455"
            start = f"16,{code},{abs(entry.amount)},Z,{entry.reference},{entry.customer_reference},"
            first, *more = entry.text or ("",)
            section += [start + first + ("" if first else "/"), *(f"88,{text}" for text in more)]
        sums = account.opening + closing + sum(abs(entry.amount) for entry in account.entries)
        section.append(f"49,{sums},{len(section) + 1}/")
        group += section
        lines += [*group, f"98,{sums},1,{len(group) + 1}/"]
        total += sums
    lines.append(f"99,{total},{len(accounts)},{len(lines) + 1}/")
    return line_end.join([*lines, ""]).encode()


def decimal(amount: int, currency: str) -> str:
    """Return an amount without its sign as XML has it."""
    digits = DIGITS[currency]
    text = str(abs(amount)).rjust(digits + 1, "0")
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


def direction(amount: int) -> str:
    return "CRDT" if amount >= 0 else "DBIT"


def money(name: str, amount: int, currency: str) -> str:
    return f'<{name} Ccy="{currency.upper()}">{decimal(amount, currency)}</{name}>'


def balance(kind: str, amount: int, account: Account) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{money('Amt', amount, account.currency)}"
        f"<CdtDbtInd>{direction(amount)}</CdtDbtInd><Dt><Dt>{account.day}</Dt></Dt></Bal>"
    )


def party_account(name: str, number: str) -> str:
    """Return the account of a party, by its IBAN or another number."""
    if not number:
        return ""
    inside = f"<IBAN>{number}</IBAN>" if number[0].isalpha() else f"<Othr><Id>{number}</Id></Othr>"
    return f"<{name}><Id>{inside}</Id></{name}>"


def entry_xml(entry: Entry, account: Account, version: int) -> str:
    """Return an entry, with details as the version has them."""
    currency = account.currency
    details = ""
    for amount, end_to_end_id in entry.parts:
        inside = money("Amt", amount, currency)
        if version < 3:
            inside = f"<AmtDtls><TxAmt>{inside}</TxAmt></AmtDtls>"
        direct = f"<CdtDbtInd>{direction(amount)}</CdtDbtInd>" if version >= 3 else ""
        reason = f"<RtrInf><Rsn><Cd>{entry.reason}</Cd></Rsn></RtrInf>" if entry.reason else ""
        reference = f"<Refs><EndToEndId>{escape(end_to_end_id)}</EndToEndId></Refs>"
        details += f"<TxDtls>{reference}{inside}{direct}{reason}</TxDtls>"
    if entry.sent_to or any(entry.payer):
        name, account_of_payer = entry.payer
        parties = f"<Dbtr><Pty><Nm>{escape(name)}</Nm></Pty></Dbtr>" if name else ""
        parties += party_account("DbtrAcct", account_of_payer) + party_account("CdtrAcct", entry.sent_to)
        direct = f"<CdtDbtInd>{direction(entry.amount)}</CdtDbtInd>"
        details += f"<TxDtls>{money('Amt', entry.amount, currency)}{direct}<RltdPties>{parties}</RltdPties></TxDtls>"
    if entry.counted:
        details = f"<Btch><NbOfTxs>{entry.counted}</NbOfTxs></Btch>{details}"
    charges = ""
    if entry.charges:
        record = f"{money('Amt', entry.charges, currency)}<CdtDbtInd>DBIT</CdtDbtInd>"
        charges = f"<Chrgs>{record}</Chrgs>" if version < 4 else f"<Chrgs><Rcrd>{record}</Rcrd></Chrgs>"
    status = entry.status if version < 7 else f"<Cd>{entry.status}</Cd>"
    text = escape(" ".join(entry.text))
    return (
        f"<Ntry>{money('Amt', entry.amount, currency)}<CdtDbtInd>{direction(entry.amount)}</CdtDbtInd>"
        f"<RvslInd>{str(bool(entry.reason)).lower()}</RvslInd><Sts>{status}</Sts>"
        f"<BookgDt><DtTm>{account.day}T10:00:00+01:00</DtTm></BookgDt><ValDt><Dt>{account.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{escape(entry.reference)}</AcctSvcrRef>{charges}"
        f"<NtryDtls>{details}</NtryDtls><AddtlNtryInf>{text}</AddtlNtryInf></Ntry>"
    )


def camt053(accounts: Sequence[Account], *, version: int = 8, prefix: str = "", summary: bool = True) -> bytes:
    """Return a message with a statement for each account."""
    statements = ""
    for number, account in enumerate(accounts, 1):
        positive = [entry.amount for entry in account.entries if entry.amount >= 0]
        negative = [entry.amount for entry in account.entries if entry.amount < 0]
        counts = "".join(
            f"<{name}><NbOfNtries>{len(found)}</NbOfNtries>"
            f"<Sum>{decimal(sum(map(abs, found)), account.currency)}</Sum></{name}>"
            for name, found in (
                ("TtlNtries", positive + negative),
                ("TtlCdtNtries", positive),
                ("TtlDbtNtries", negative),
            )
        )
        entries = "".join(entry_xml(entry, account, version) for entry in account.entries)
        statements += (
            f"<Stmt><Id>S{number}</Id><CreDtTm>2026-11-28T06:00:00Z</CreDtTm>"
            f"<Acct><Id><IBAN>{account.number}</IBAN></Id><Ccy>{account.currency.upper()}</Ccy></Acct>"
            f"{balance('OPBD', account.opening, account)}{balance('CLBD', account.opening + account.booked, account)}"
            f"{f'<TxsSummry>{counts}</TxsSummry>' if summary else ''}{entries}</Stmt>"
        )
    header = "<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-28T06:00:00Z</CreDtTm></GrpHdr>"
    body = f"<Document><BkToCstmrStmt>{header}{statements}</BkToCstmrStmt></Document>"
    if prefix:
        body = body.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
    namespace = f' xmlns{":" + prefix if prefix else ""}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}"'
    name = f"{prefix}:Document" if prefix else "Document"
    body = body.replace(f"<{name}>", f"<{name}{namespace}>", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def camt054(accounts: Sequence[Account], *, version: int = 8) -> bytes:
    """Return a notification of the entries of each account."""
    content = camt053(accounts, version=version, summary=False)
    for old, new in ((b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"), (b"Stmt>", b"Ntfctn>"), (b"camt.053", b"camt.054")):
        content = content.replace(old, new)
    return content


def comma(amount: int, currency: str) -> str:
    """Return an amount without its sign as SWIFT has it: always with a comma, and without zeros that say nothing."""
    whole, _, fraction = decimal(amount, currency).partition(".")
    return f"{whole},{fraction.rstrip('0')}"


def swift_balance(tag: str, amount: int, account: Account) -> str:
    mark = "C" if amount >= 0 else "D"
    return f":{tag}:{mark}{account.day:%y%m%d}{account.currency.upper()}{comma(amount, account.currency)}"


def mt940(accounts: Sequence[Account], *, line_end: str = "\r\n", envelope: bool = False, cut: int = 27) -> bytes:
    """Return a message for each account; the first part of an entry is its payment, its text is in subfields."""
    lines = []
    for number, account in enumerate(accounts, 1):
        lines += ["{1:F01BANKDEFFAXXX0000000000}{2:I940CUSTDEFFXXXXN}{4:"] if envelope else []
        lines += [f":20:S{number}", f":25:10020030/{account.number}", f":28C:{number}/1"]
        lines.append(swift_balance("60F", account.opening, account))
        for entry in account.entries:
            mark = ("RC" if entry.amount < 0 else "RD") if entry.reason else ("D" if entry.amount < 0 else "C")
            amount = comma(entry.amount, account.currency)
            own = entry.customer_reference or "NONREF"
            bank = f"//{entry.reference}" if entry.reference else ""
            lines.append(f":61:{account.day:%y%m%d}{account.day:%m%d}{mark}{amount}NMSC{own}{bank}")
            end_to_end = f"EREF+{entry.parts[0][1]}SVWZ+" if entry.parts else ""
            text = end_to_end + "".join(entry.text)
            pieces = [text[at : at + cut] for at in range(0, len(text), cut)]
            subfields = "".join(f"?{20 + place}{piece}" for place, piece in enumerate(pieces))
            information = f":86:166?00CREDIT{subfields}?32PAYER"
            lines += [information[at : at + 65] for at in range(0, len(information), 65)]
        closing = account.opening + account.booked
        lines += [swift_balance("62F", closing, account), "-}" if envelope else "-"]
    return line_end.join([*lines, ""]).encode()
