"""A platform that collects by SEPA, in a time that the test moves, and what its bank writes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import msgspec

from brim.base.scope import AccountScope
from brim.core import direct_debits, originators
from brim.core.bank_accounts import BankAccount, BankNumbers, Party, Verification
from brim.core.funding import FundingKind, FundingSource
from brim.core.funding.store import insert_funding_source
from brim.core.rails.ach import OriginatorProfile, SecCode
from brim.core.rails.sepa import SepaTerms
from tests.support.audits import TESTER
from tests.support.books import rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney
from tests.support.pain008 import CREDITOR_IBAN, CREDITOR_ID

BIC: Final = "COBADEFFXXX"
DEBTOR: Final = "NL91ABNA0417164300"
_REPORT: Final = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>R{number}</MsgId>'
    "</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{about}</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>{group}"
    "</OrgnlGrpInfAndSts>{inside}</CstmrPmtStsRpt></Document>"
)
_STATEMENT: Final = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr>'
    "<Stmt><Id>{id}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    "{balances}{lines}</Stmt></BkToCstmrStmt></Document>"
)
_BALANCE: Final = (
    '<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>'
    "<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
)
_LINE: Final = (
    '<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{inside}<Sts><Cd>BOOK</Cd></Sts>'
    "<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
    "<NtryDtls>{details}</NtryDtls></Ntry>"
)


class SepaMoney(LiveMoney):
    """One platform and its creditor; the test plays the bank by `report` and `state`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.currency = "eur"
        self.inbox = "from-bank"
        self.reads_at_once = True
        """Whether what the bank sends is read when it comes."""
        self._balance = 0
        self._statements = 0

    def profile(self, **changes: Any) -> OriginatorProfile:
        """Return a profile for SEPA."""
        terms = SepaTerms(
            creditor_identifier=CREDITOR_ID, creditor_name="Acme Top-ups", bic=BIC, prenotification_days=0
        )
        profile = OriginatorProfile(
            sepa=terms,
            time_zone="Europe/Berlin",
            outgoing_folder=str(self.folder / "to-bank"),
            incoming_folder=str(self.folder / "from-bank"),
            file_name="{date}-{id}.xml",
            hold_days=5,
            requires_approval=False,
        )
        return msgspec.structs.replace(profile, **changes)

    async def open(self, *accounts: str, **changes: Any) -> originators.Originator:
        """Make the platform, accounts below it, and its active originator."""
        for name in ("to-bank", "from-bank"):
            (self.folder / name).mkdir()
        async with self.database.connection() as conn:
            for account in (PLATFORM.account, *accounts):
                platform = None if account == PLATFORM.account else PLATFORM.account
                await conn.execute(
                    "INSERT INTO accounts (account, platform, created) VALUES ($1, $2, 1)", account, platform
                )
        return await self.originate(**changes)

    async def originate(self, **changes: Any) -> originators.Originator:
        """Make and activate an originator."""
        async with self.database.connection() as conn:
            made = await originators.save_originator(
                conn,
                self.vault,
                PLATFORM,
                originators.ProfileChange(self.profile(**changes), account_number=CREDITOR_IBAN),
                by=TESTER,
                now_ms=self.now_ms,
                ids=self.ids,
            )
            return await originators.activate_originator(
                conn, PLATFORM, made.id, approvers=1, by=OPERATOR, now_ms=self.now_ms, ids=self.ids
            )

    async def rehearse(
        self, *accounts: str, changes: Mapping[str, Any] | None = None, **terms: Any
    ) -> originators.Originator:
        """Make the platform, accounts below it, its originator, with changes of its profile, and the rehearsal bank."""
        profile = self.profile()
        assert profile.sepa is not None
        made = await self.open(*accounts, sepa=msgspec.structs.replace(profile.sepa, **terms), **(changes or {}))
        (self.folder / "bank").mkdir()
        await self.bank(
            "init",
            *("--scheme", "sepa", "--account", CREDITOR_IBAN, "--routing", BIC),
            *("--inbox", str(self.folder / "to-bank"), "--outbox", str(self.folder / "from-bank")),
            *("--now", self._local()),
        )
        return made

    async def through(self, text: str, *, step_hours: int = 12) -> None:
        """Let time pass in Berlin, for us and for the rehearsal bank."""
        end_ms = berlin(text)
        while self.now_ms < end_ms:
            self.now_ms = min(self.now_ms + step_hours * 3_600_000, end_ms)
            await self.work()
            await self.advance_bank()
            await self.work()

    async def resubmit(self, file: str | None = None) -> int:
        """Let what the bank has rejected go out again: the rejected file, or what it has rejected of one."""
        if file is None:
            (found,) = await rows(self.database, "SELECT id FROM ach_files WHERE status = 'rejected'")
            file = str(found["id"])
        async with self.database.transaction() as conn:
            return await direct_debits.resubmit_file(
                conn, PLATFORM, file, by=OPERATOR, now_ms=self.now_ms, ids=self.ids
            )

    def _local(self) -> str:
        return datetime.fromtimestamp(self.now_ms // 1000, ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%dT%H:%M:%S")

    async def iban(
        self,
        iban: str = DEBTOR,
        *,
        scope: AccountScope = PLATFORM,
        name: str = "Jenny Rosen",
        mandate: bool = True,
        **terms: Any,
    ) -> str:
        """Put an IBAN on file, with a mandate of these terms, and return its id."""
        source_id = self.ids.new_at("src_", self.now_ms)
        kept = await self.secrets.keep(BankNumbers("", iban), scope=scope, object_id=source_id)
        source = FundingSource(
            scope=scope,
            id=source_id,
            kind=FundingKind.SOURCE,
            created=self.now_ms // 1000,
            bank_account=BankAccount(
                routing_number="",
                last4=iban[-4:],
                fingerprint=kept.fingerprint,
                bank_name=None,
                country=iban[:2],
                currency="eur",
            ),
            verification=Verification.VERIFIED,
            party=Party(name=name),
            client_secret=f"{source_id}_secret",
        )
        async with self.database.connection() as conn:
            await insert_funding_source(conn, source, kept.sealed)
            if mandate:
                await self.sign(conn, source_id, scope=scope, **terms)
        return source_id

    async def sign(
        self,
        conn: Any,
        source: str,
        *,
        scope: AccountScope = PLATFORM,
        reference: str | None = None,
        sec_code: SecCode = SecCode.CORE,
        **terms: Any,
    ) -> originators.Authorization:
        """Record a mandate of these terms."""
        return await originators.authorize(
            conn,
            scope,
            funding_source=source,
            sec_code=sec_code,
            text="I authorize SEPA direct debits.",
            accepted_ms=self.now_ms,
            evidence={"ip": "192.0.2.1"},
            mandate_reference=reference,
            by=TESTER,
            now_ms=self.now_ms,
            ids=self.ids,
            **terms,
        )

    async def pass_time(self, text: str) -> None:
        """Move to a time in Berlin, and do what is due."""
        self.now_ms = berlin(text)
        await self.work()

    def sent(self) -> list[bytes]:
        """Return the messages that lie in the folder to the bank, oldest first."""
        return [path.read_bytes() for path in sorted((self.folder / "to-bank").glob("*.xml"))]

    async def answer(self, content: str, name: str = "answer.xml") -> None:
        """Put a file of the bank's into the folder, and read it."""
        path = self.folder / self.inbox / f"{self._statements}-{self.now_ms}-{name}"
        self._statements += 1
        path.write_text(content)
        if self.reads_at_once:
            await self.work()

    async def report(
        self,
        group: str,
        *,
        batch: tuple[str, str] | None = None,
        rejected: Mapping[str, str] | None = None,
        original: str | None = None,
    ) -> None:
        """Let the bank report the status of the newest message.

        Args:
            group: the elements about the whole message.
            batch: the name of a batch, and the elements about it.
            rejected: the reasons of rejected collections, by their end-to-end ids.
            original: the name of the message, where it is another one.
        """
        about = original or find_all(self.sent()[-1], "CstmrDrctDbtInitn/GrpHdr/MsgId")[0]
        payments = "".join(
            f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
            f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
            for name, reason in (rejected or {}).items()
        )
        inside = ""
        if batch is not None:
            inside = f"<OrgnlPmtInfId>{batch[0]}</OrgnlPmtInfId>{batch[1]}{payments}"
            inside = f"<OrgnlPmtInfAndSts>{inside}</OrgnlPmtInfAndSts>"
        await self.answer(
            _REPORT.format(number=self._statements, about=about, group=group, inside=inside), "pain002.xml"
        )

    async def state(  # type: ignore[override]  # what the bank states
        self, *lines: tuple[int, str], day: str, inside: str = ""
    ) -> None:
        """Let the bank state lines: amounts in cents, with their details, and what stands `inside` each."""
        written = [
            _LINE.format(
                amount=decimal(abs(amount)),
                direction=_direction(amount),
                day=day,
                reference=f"B{day}{self._statements}{place}",
                details=details,
                inside=inside,
            )
            for place, (amount, details) in enumerate(lines)
        ]
        opening, self._balance = self._balance, self._balance + sum(amount for amount, _ in lines)
        balances = "".join(
            _BALANCE.format(kind=kind, amount=decimal(abs(amount)), direction=_direction(amount), day=day)
            for kind, amount in (("OPBD", opening), ("CLBD", self._balance))
        )
        content = _STATEMENT.format(id=f"S{day}", iban=CREDITOR_IBAN, balances=balances, lines="".join(written))
        await self.answer(content, "camt053.xml")


def berlin(text: str) -> int:
    """Return the Unix milliseconds of a wall time in Berlin, such as `2026-12-01 10:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1000)


def decimal(cents: int) -> str:
    """Return an amount as messages have it."""
    return f"{cents // 100}.{cents % 100:02}"


def _direction(cents: int) -> str:
    return "DBIT" if cents < 0 else "CRDT"


def batch_line(name: str, count: int = 1) -> str:
    """Return the details of a line for a whole batch."""
    return f"<Btch><PmtInfId>{name}</PmtInfId><NbOfTxs>{count}</NbOfTxs></Btch>"


def return_line(end_to_end_id: str, reason: str) -> str:
    """Return the details of a line for one collection that comes back."""
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end_id}</EndToEndId></Refs>"
        f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf></TxDtls>"
    )


def payment_list(*payments: tuple[str, int, str]) -> str:
    """Return the details of an entry that lists its payments: end-to-end ids, cents, and reasons of what comes back."""
    return "".join(
        f'<TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs><Amt Ccy="EUR">{decimal(abs(amount))}</Amt>'
        f"<CdtDbtInd>{_direction(amount)}</CdtDbtInd>"
        + (f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else "")
        + "</TxDtls>"
        for name, amount, reason in payments
    )


def find_all(content: bytes, path: str) -> list[str]:
    """Return the texts at a path below a message's root element, whatever its version."""
    root = ET.fromstring(content)
    namespace = root.tag.partition("}")[0].lstrip("{")
    return [each.text or "" for each in root.iterfind(path, {"": namespace})]
