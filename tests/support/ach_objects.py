"""Files, files from the bank and breaks of an account on a running service, as if a bank were there."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from brim.base.actor import Actor, ActorKind
from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import originators
from brim.core.bank_accounts import BankAccount, Party, Verification
from brim.core.calendars import calendar_of
from brim.core.corrections import CORRECTION_PREFIX, Correction, CorrectionStatus
from brim.core.corrections.store import insert_correction
from brim.core.direct_debits import AchFile, FileStatus
from brim.core.direct_debits.entry_store import insert_entries, place_sent_entries, put_in_file, return_entry
from brim.core.direct_debits.file_store import bank_file_place, insert_bank_file, insert_file
from brim.core.direct_debits.rules import BANK_FILE_PREFIX, FILE_PREFIX, Batch, Entry, EntryStatus
from brim.core.dishonors import RETURN_PREFIX, AchReturn, ReturnStatus
from brim.core.dishonors.store import insert_return, update_return
from brim.core.funding import FundingKind, FundingSource
from brim.core.funding.store import insert_funding_source
from brim.core.line_settlements import SETTLEMENT_PREFIX
from brim.core.push import TRANSFER_PREFIX, IncomingTransfer, KnownPayer, Proposal, SuspenseReason, TransferStatus
from brim.core.push.payer_store import insert_payer
from brim.core.push.receiving import post as post_step
from brim.core.push.references import RETURN_BODY, new_reference
from brim.core.push.rules import SuspenseStep
from brim.core.push.store import insert_transfer
from brim.core.rails.ach import Microdeposits, OriginatorProfile
from brim.core.rails.ach.nacha import trace_number
from brim.core.reconciliation import (
    LINE_PREFIX,
    BreakKind,
    MatchKind,
    NewBreak,
    StatementLineRow,
    insert_new_line,
    open_break,
)
from brim.core.reconciliation.formats import DecimalSign, Delimiter, StatementMapping
from brim.core.reconciliation.rules import STATEMENT_PREFIX
from brim.core.refunds import REFUND_PREFIX, Refund, RefundStatus
from brim.core.refunds.store import insert_refund, update_refund
from brim.core.reversals import REVERSAL_PREFIX, Reversal, ReversalReason, ReversalStatus, update_reversal
from brim.core.reversals.store import insert_reversal
from brim.core.statement_mappings import create_mapping
from brim.core.time import OwnerTime
from brim.platform.database import Database
from brim.platform.vault import Vault, new_encryption_key
from brim.testing.server import BrimServer
from tests.support.audits import TESTER

OPERATOR = Actor(kind=ActorKind.OPERATOR, id="op_1", name="finance@example.com")
NOW_MS = 1_793_520_000_000
CONTENT = b"a file"
_FAILED_TOPUP = """
    INSERT INTO topups (
        account, livemode, id, amount, created, currency, status, rail, source, source_details, failure_code,
        failure_message
    )
    VALUES (
        $1, true, $2, $3, $4, 'usd', 'failed', 'ach', $5::text, json_build_object('id', $5::text, 'object', 'source'),
        'no_account', 'No account'
    )
"""

_PENDING_TOPUP: Final = """
    INSERT INTO topups (
        account, livemode, id, amount, created, currency, status, rail, source, source_details, due_ms
    )
    VALUES (
        $1, true, $2, $3, $4, 'usd', 'pending', 'ach', $5::text,
        json_build_object('id', $5::text, 'object', 'source'), 9999999999999
    )
"""

_UNSENT: Final = {FileStatus.BUILT, FileStatus.APPROVED}


def _open_day() -> date:
    """Return a banking day for which a file may still be sent."""
    calendar = calendar_of("usd")
    days = (datetime.now(UTC).date() + timedelta(days=ahead) for ahead in range(7, 17))
    return next(day for day in days if calendar.is_business_day(day))


class AchObjects:
    """Makes objects of one platform, live ones.

    `folder` is where its files would go; they are of `originator`, or of a draft that is made for them. Without
    `vault`, the server's, the bytes of files are there and cannot be read.
    """

    def __init__(
        self,
        server: BrimServer,
        account: str,
        folder: Path,
        originator: str | None = None,
        now_ms: int = NOW_MS,
        *,
        vault: Vault | None = None,
    ) -> None:
        self._server = server
        self._scope = AccountScope(account, livemode=True)
        self._folder = folder
        self._vault = vault
        self._now_ms = now_ms
        self._ids = IdFactory(lambda: self._now_ms)
        self._originator = originator
        self._count = 0

    @property
    def profile(self) -> OriginatorProfile:
        """The profile that its originator has."""
        return OriginatorProfile(
            odfi_routing_number="121042882",
            odfi_name="REHEARSAL BANK",
            immediate_origin="1234567890",
            origin_name="BRIM TESTS",
            company_name="BRIM TESTS",
            company_id="1234567890",
            outgoing_folder=str(self._folder / "to-bank"),
            incoming_folder=str(self._folder / "from-bank"),
            microdeposits=Microdeposits.CREDITS_AND_DEBIT,
        )

    def originator(self) -> str:
        """Return the id of the originator, a draft."""

        async def make(database: Database) -> str:
            async with database.connection() as conn:
                made = await originators.save_originator(
                    conn,
                    Vault([new_encryption_key()]),
                    self._scope,
                    originators.ProfileChange(self.profile, account_number="9876543210"),
                    by=TESTER,
                    now_ms=self._now_ms,
                    ids=self._ids,
                )
                return made.id

        if self._originator is None:
            self._originator = self._run(make)
        return self._originator

    def active_originator(self) -> str:
        """Return the id of the platform's active originator; an operator activates this one where there is none."""

        async def find(database: Database) -> str | None:
            async with database.connection() as conn:
                found = await originators.list_originators(conn, self._scope)
            return next((each.id for each in found if each.status is originators.OriginatorStatus.ACTIVE), None)

        async def activate(database: Database) -> None:
            async with database.connection() as conn:
                await originators.activate_originator(
                    conn, self._scope, own, approvers=1, by=OPERATOR, now_ms=self._now_ms, ids=self._ids
                )

        active = self._run(find)
        if active is not None:
            return str(active)
        own = self.originator()
        self._run(activate)
        return own

    def file(self, status: FileStatus = FileStatus.BUILT, *, has_entry: bool = False, **changes: Any) -> AchFile:
        """Return a new file with one batch; its one entry is there where that is asked for.

        One that is not sent yet is in time for its day, whatever day it is.
        """
        self._count += 1
        file = AchFile(
            scope=self._scope,
            id=self._new_id(FILE_PREFIX),
            originator=self.originator(),
            test_clock=None,
            status=status,
            name=f"file-{self._count}.ach",
            file_date=date(2026, 12, 1),
            file_time="1700",
            modifier=chr(ord("A") + self._count - 1),
            effective_date=_open_day() if status in _UNSENT else date(2026, 12, 2),
            entry_count=1,
            total_debit=5_000,
            total_credit=0,
            byte_count=len(CONTENT),
            sha256=hashlib.sha256(CONTENT).digest(),
            built_ms=self._now_ms,
            approvals_needed=0 if status is FileStatus.APPROVED else 1,
        )
        file = msgspec.structs.replace(file, **changes)
        batch = Batch(
            number=self._count, sec_code="WEB", effective_date=file.effective_date, entry_count=1, total_debit=5_000
        )

        entry = self._entry(file, batch.number, self._new_id("tu_"), 5_000, trace_number("12104288", self._count))

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await insert_file(conn, file, [batch], self._seal(CONTENT, file.place))
                if has_entry:
                    await insert_entries(conn, [entry])
                    await put_in_file(conn, [entry])

        self._run(make)
        return file

    def bank_file(self, name: str | None = None, content: bytes | None = None) -> str:
        """Return the id of a file that came from the bank."""
        file_id, name = self._new_id(BANK_FILE_PREFIX), name or f"returns-{self._count}.ach"
        content = file_id.encode() if content is None else content

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await insert_bank_file(
                    conn,
                    self._scope,
                    sha256=hashlib.sha256(content).digest(),
                    file_id=file_id,
                    originator="orig_none",  # so that no job applies it
                    name=name,
                    byte_count=len(content),
                    sealed=self._seal(content, bank_file_place(self._scope, file_id)),
                    now_ms=self._now_ms,
                )

        self._run(make)
        return file_id

    def apply_part(self, bank_file: str, *, applied: int, lines: int) -> None:
        """Have a file from the bank be applied to a part."""
        sql = (
            "UPDATE bank_files SET applying_to = 'operating', applying = '{}', lines_applied = $2, line_count = $3"
            " WHERE id = $1"
        )

        async def change(database: Database) -> None:
            async with database.connection() as conn:
                await conn.execute(sql, bank_file, applied, lines)

        self._run(change)

    def waiting_statement(self, content: bytes = b"no statement", imported_by: str = "op_somebody") -> str:
        """Return the id of a statement that somebody has imported, and that waits for an approval."""
        file_id, originator = self._new_id(BANK_FILE_PREFIX), self.active_originator()

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await insert_bank_file(
                    conn,
                    self._scope,
                    sha256=hashlib.sha256(content).digest(),
                    file_id=file_id,
                    originator=originator,
                    name="monday.bai",
                    byte_count=len(content),
                    sealed=self._seal(content, bank_file_place(self._scope, file_id)),
                    now_ms=self._now_ms,
                    kind="statement",
                    status="awaiting_approval",
                    imported_by=imported_by,
                )

        self._run(make)
        return file_id

    def entries(self, file: AchFile, count: int) -> list[str]:
        """Give a file entries, and return their traces in order."""
        entries = [
            self._entry(file, 1, f"tu_{number}", 1_000 + number, trace_number("12104288", 1_000 + number))
            for number in range(1, count + 1)
        ]

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await place_sent_entries(conn, entries)

        self._run(make)
        return [str(entry.trace) for entry in entries]

    def failed_topup(self, source: str, code: str, amount: int = 5_000) -> str:
        """Return the id of a live top-up from a bank account whose one debit came back."""
        file = self.file(FileStatus.SETTLED)
        topup = self._new_id("tu_")
        entry = self._entry(file, self._count, topup, amount, trace_number("12104288", self._count))

        async def make(database: Database) -> None:
            async with database.transaction() as conn:
                await conn.execute(_FAILED_TOPUP, self._scope.account, topup, amount, NOW_MS // 1000, source)
                await place_sent_entries(conn, [entry])
                await return_entry(conn, entry, code=code, trace="061000140000001", now_ms=system_clock_ms())

        self._run(make)
        return topup

    def _entry(self, file: AchFile, batch: int, topup: str, amount: int, trace: str) -> Entry:
        return Entry(
            scope=self._scope,
            topup=topup,
            number=1,
            owner=self._scope.account,
            originator=file.originator,
            test_clock=None,
            status=EntryStatus.IN_FILE,
            amount=amount,
            hold_days=3,
            transaction_code=27,
            sec_code="WEB",
            routing_number="110000000",
            last4="6789",
            sealed=b"sealed",
            receiver_name="Jenny Rosen",
            claimed_ms=self._now_ms,
            effective_date=file.effective_date,
            file=file.id,
            batch=batch,
            trace=trace,
        )

    def open_break(self, **changes: Any) -> str:
        """Return the id of an open break."""
        self._count += 1
        cause = str(changes.setdefault("cause", f"line/{self._count}"))

        async def make(database: Database) -> str:
            async with database.connection() as conn:
                new = NewBreak(
                    **{
                        "scope": self._scope,
                        "kind": BreakKind.LINE,
                        "detail": "This line matches nothing in the books.",
                        "amount": -4_000,
                        "currency": "usd",
                        **changes,
                    }
                )
                await open_break(conn, new, now_ms=self._now_ms, ids=self._ids)
                found = await conn.fetchval(
                    "SELECT id FROM breaks WHERE account = $1 AND cause = $2", self._scope.account, cause
                )
                return str(found)

        return str(self._run(make))

    def statement_mapping(self) -> str:
        """Return the id of the mapping of a bank account of its own."""
        self._count += 1
        mapping = StatementMapping(
            delimiter=Delimiter.COMMA,
            decimal_sign=DecimalSign.POINT,
            date_format="MM/DD/YYYY",
            booking_date_column="Date",
            amount_column="Amount",
            balance_column="Balance",
            text_columns=("Description",),
            currency="usd",
        )

        async def make(database: Database) -> str:
            async with database.connection() as conn:
                made = await create_mapping(
                    conn,
                    self._scope,
                    self._new_id("csv_").lower(),
                    mapping,
                    by=TESTER,
                    now_ms=self._now_ms,
                    ids=self._ids,
                )
                return made.id

        return str(self._run(make))

    def statement(self, *, bank_file: str | None = None, **changes: Any) -> str:
        """Return the id of a statement of a day, without lines, of the bank account `operating`."""
        self._count += 1
        number = self._count
        statement = self._new_id(STATEMENT_PREFIX)
        row = {
            "account": self._scope.account,
            "livemode": True,
            "id": statement,
            "bank_account": "operating",
            "currency": "usd",
            "bank_file": bank_file or self.bank_file(),
            "number": str(number),
            "first_day": date(2026, 10, 31),
            "last_day": date(2026, 10, 31),
            "opening": 100_000,
            "closing": 100_000,
            "line_count": 0,
            "content": hashlib.sha256(statement.encode()).digest(),
            "place": "continues",
            "created_ms": self._now_ms,
            "new_count": 0,
            **changes,
        }
        self._insert("bank_statements", row)
        return statement

    def line(self, *, is_open: bool = True, **changes: Any) -> str:
        """Return the id of a line of a statement of the bank account `operating`: an open one, with its break."""
        self._count += 1
        line = self._new_id(LINE_PREFIX)
        row = {
            "account": self._scope.account,
            "livemode": True,
            "id": line,
            "statement": changes.pop("statement", None) or self.statement(),
            "bank_account": "operating",
            "line_key": line,
            "bank_file": "bankf_none",
            "position": self._count,
            "booked_on": date(2026, 10, 31),
            "amount": -2_500,
            "currency": "usd",
            "type_code": "699",
            "bank_reference": line,
            "description": "ACCOUNT FEE",
            "created_ms": self._now_ms,
            **changes,
        }
        self._insert("statement_lines", row)
        if is_open:
            self.open_break(cause=f"operating/{row['line_key']}", amount=row["amount"], currency=row["currency"])
        return line

    def settlement(self, status: str = "proposed", *, by: str = "op_ada", line: str | None = None) -> str:
        """Return the id of a settlement of an open line as a fee, which no entry of the ledger shows."""
        settlement, of = self._new_id(SETTLEMENT_PREFIX), line or self.line(is_open=status == "proposed")
        key = {"account": self._scope.account, "livemode": True}
        decided = {} if status == "proposed" else {"decided_by": "op_bob", "decided_ms": self._now_ms}
        undo = {"undo_by": by, "undo_note": "Wrong.", "undo_ms": self._now_ms} if status == "undo_proposed" else {}
        row = {
            "id": settlement,
            "bank_account": "operating",
            "currency": "usd",
            "amount": -2_500,
            "status": status,
            "note": "The bank's fee.",
            "proposed_by": by,
            "proposed_ms": self._now_ms,
        }
        self._insert("line_settlements", {**key, **row, **decided, **undo})
        share = {"settlement": settlement, "line": of, "amount": -2_500, "is_live": True}
        self._insert("line_settlement_lines", {**key, **share})
        part = {"settlement": settlement, "number": 1, "kind": "fees", "amount": -2_500}
        self._insert("line_settlement_parts", {**key, **part})
        return settlement

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        async def make(database: Database) -> None:
            places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
            async with database.connection() as conn:
                await conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())

        self._run(make)

    def open_correction(self, **changes: Any) -> str:
        """Return the id of an open correction that a bank sent just now, with its break."""
        correction_id = self._new_id(CORRECTION_PREFIX)
        self._count += 1
        correction = Correction(
            **{
                "scope": self._scope,
                "id": correction_id,
                "owner": self._scope.account,
                "funding_source": "pm_none",
                "originator": self.originator(),
                "topup": self._new_id("tu_"),
                "number": 1,
                "bank_file": None,
                "change_code": "C02",
                "original_trace": trace_number("12104288", self._count),
                "trace": trace_number("12100035", self._count),
                "status": CorrectionStatus.OPEN,
                "reason": "The corrected data in C02 contains no valid routing number.",
                "corrected": [],
                "routing_number": "110000000",
                "last4": "6789",
                "fingerprint": "5c8a41f6e02b97d3",
                "account_type": "checking",
                "break_id": self.open_break(
                    kind=BreakKind.CORRECTION, cause=correction_id, detail="It is not applied.", reference=correction_id
                ),
                "received_ms": system_clock_ms(),
                **changes,
            }
        )

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await insert_correction(conn, correction, self._seal(b"{}", correction.place))

        self._run(make)
        return correction_id

    def reversal(self, **changes: Any) -> str:
        """Return the id of a reversal that was requested just now."""
        now_ms = system_clock_ms()
        self._count += 1
        requested = Reversal(
            **{
                "scope": self._scope,
                "id": self._new_id(REVERSAL_PREFIX),
                "owner": self._scope.account,
                "originator": self.originator(),
                "topup": self._new_id("tu_"),
                "number": 1,
                "reason": ReversalReason.DUPLICATE,
                "amount": 5_000,
                "original_trace": trace_number("12104288", self._count),
                "debited_on": date(2026, 12, 2),
                "sec_code": "WEB",
                "company_name": None,
                "company_id": None,
                "status": ReversalStatus.REQUESTED,
                "requested_by": "op_1",
                "requested_ms": now_ms,
                "sendable_until_ms": now_ms + 3 * 86_400_000,
                "leaves_ms": now_ms + 3_600_000,
                **changes,
            }
        )

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await insert_reversal(conn, msgspec.structs.replace(requested, status=ReversalStatus.REQUESTED))
                await update_reversal(conn, requested)

        self._run(make)
        return requested.id

    def suspended_transfer(self, *, is_proposed: bool = False, **changes: Any) -> str:
        """Return the id of a transfer in suspense, of which the statement and the ledger know."""
        now_ms = system_clock_ms()
        self._count += 1
        transfer_id = self._new_id(TRANSFER_PREFIX)
        proposal = {"proposed": Proposal.SEND_BACK, "proposed_by": "op_9", "proposed_ms": now_ms}
        made = IncomingTransfer(
            **{
                "scope": self._scope,
                "id": transfer_id,
                "bank_account": "operating",
                "line_key": transfer_id,
                "booked_on": date(2026, 12, 2),
                "amount": 2_500 + self._count,
                "currency": "usd",
                "status": TransferStatus.SUSPENDED,
                "reason": SuspenseReason.NO_REFERENCE,
                "return_reference": new_reference(transfer_id, length=RETURN_BODY),
                "created_ms": now_ms,
                **(proposal if is_proposed else {}),
                **changes,
            }
        )
        row = StatementLineRow(
            id=self._new_id(LINE_PREFIX),
            scope=self._scope,
            bank_account=made.bank_account,
            line_key=made.line_key,
            bank_file="bankf_x",
            position=1,
            booked_on=made.booked_on,
            amount=made.amount,
            currency=made.currency,
            type_code="195",
            bank_reference=None,
            reference=None,
            description="RENT JENNY ROSEN",
            matched_kind=MatchKind.TRANSFER,
            matched=made.id,
            created_ms=now_ms,
        )

        async def make(database: Database) -> None:
            async with database.transaction() as conn:
                await insert_new_line(conn, row, is_new=True)
                await insert_transfer(conn, made)
                at = OwnerTime(now_ms, self._ids)
                await post_step(conn, made, SuspenseStep.RECEIVED, at=at)

        self._run(make)
        return made.id

    def known_payer(self) -> str:
        """Return the id of somebody who may pay the platform."""
        payer = KnownPayer(
            scope=self._scope,
            id=self._new_id("kpay_"),
            owner=self._scope.account,
            name="JENNY ROSEN",
            transfer="itr_x",
            proposed_by="op_8",
            approved_by="op_9",
            one_person=False,
            created_ms=system_clock_ms(),
        )

        async def make(database: Database) -> None:
            async with database.transaction() as conn:
                await insert_payer(conn, payer)

        self._run(make)
        return payer.id

    def sent_debit(self) -> str:
        """Return a pending top-up whose debit has left and settles soon."""
        topup, now_ms = self._new_id("tu_"), system_clock_ms()
        file = self.file(FileStatus.SENT)
        self._count += 1
        entry = Entry(
            scope=self._scope,
            topup=topup,
            number=1,
            owner=self._scope.account,
            originator=self.originator(),
            test_clock=None,
            status=EntryStatus.QUEUED,
            amount=5_000,
            hold_days=3,
            transaction_code=27,
            sec_code="WEB",
            routing_number="110000000",
            last4="6789",
            sealed=b"",
            receiver_name="Jenny Rosen",
            claimed_ms=now_ms,
            file=file.id,
            batch=1,
            trace=trace_number("12104288", 5_000_000 + self._count),
            effective_date=datetime.fromtimestamp(now_ms // 1000, UTC).date(),
        )
        entry = msgspec.structs.replace(entry, sealed=self._seal(b"000123456789", entry.place))

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await conn.execute(_PENDING_TOPUP, self._scope.account, topup, entry.amount, now_ms // 1000, "src_x")
                await conn.execute(
                    "INSERT INTO exposures VALUES ($1, true, 'source', 'src_x', 5000) ON CONFLICT ON CONSTRAINT "
                    "exposures_pk DO UPDATE SET amount = exposures.amount + 5000",
                    self._scope.account,
                )
                await place_sent_entries(conn, [entry])

        self._run(make)
        return topup

    def paid_debit(self) -> str:
        """Return a top-up that has succeeded, whose debit settled ten days ago, and whose money is available."""
        topup, booked, now_ms = self.sent_debit(), self._new_id("txn_"), system_clock_ms()
        source = FundingSource(
            scope=self._scope,
            id=self._new_id("src_"),
            kind=FundingKind.SOURCE,
            created=now_ms // 1000,
            bank_account=BankAccount(
                routing_number="110000000",
                last4="6789",
                fingerprint="x",
                bank_name=None,
                currency="usd",
                holder_type="individual",
                account_type="checking",
            ),
            verification=Verification.VERIFIED,
            party=Party(name="Jenny Rosen"),
            client_secret="secret",
        )

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await insert_funding_source(conn, source, b"sealed")
                await conn.execute(
                    "UPDATE topups SET status = 'succeeded', source = $3, due_ms = NULL, balance_transaction = $4 "
                    "WHERE account = $1 AND id = $2",
                    self._scope.account,
                    topup,
                    source.id,
                    booked,
                )
                await conn.execute(
                    "INSERT INTO balance_transactions VALUES ($1, true, $2, 5000, 0, 5000, $3, $3, 'usd', NULL, $4, "
                    "'topup')",
                    self._scope.account,
                    booked,
                    now_ms // 1000,
                    topup,
                )
                await conn.execute(
                    "UPDATE ach_entries SET status = 'released', effective_date = effective_date - 10 WHERE topup = $1",
                    topup,
                )
                await conn.execute(
                    "INSERT INTO balances (account, livemode, currency, available, reserved) VALUES ($1, true, 'usd', "
                    "5000, 0) ON CONFLICT ON CONSTRAINT balances_pk DO UPDATE SET available = 5000",
                    self._scope.account,
                )

        self._run(make)
        return topup

    def refund(self, **changes: Any) -> str:
        """Return the id of a refund that was requested just now."""
        now_ms = system_clock_ms()
        requested = Refund(
            **{
                "scope": self._scope,
                "id": self._new_id(REFUND_PREFIX),
                "owner": self._scope.account,
                "originator": self.originator(),
                "topup": self._new_id("tu_"),
                "number": 1,
                "amount": 2_000,
                "debited_on": date(2026, 12, 2),
                "sec_code": "PPD",
                "requested_by": "op_1",
                "requested_ms": now_ms,
                "leaves_ms": now_ms + 3_600_000,
                "balance_transaction": self._new_id("txn_"),
                **changes,
            }
        )

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                await insert_refund(conn, msgspec.structs.replace(requested, status=RefundStatus.PENDING))
                await update_refund(conn, requested)

        self._run(make)
        return requested.id

    def ach_return(self, **changes: Any) -> str:
        """Return the id of a return that came just now and can be dishonored with R68."""
        self._count += 1
        now_ms = system_clock_ms()
        return_id = self._ids.new_at(RETURN_PREFIX, now_ms)  # of today: the lists look back for thirty days
        received = AchReturn(
            **{
                "scope": self._scope,
                "id": return_id,
                "owner": self._scope.account,
                "originator": self.originator(),
                "topup": self._new_id("tu_"),
                "number": 1,
                "bank_file": "bankf_none",
                "break_id": None,
                "code": "R01",
                "original_trace": trace_number("12104288", self._count),
                "original_rdfi": "11000000",
                "trace": trace_number("11000000", now_ms % 10**7),  # another one for each house of the same account
                "amount": 5_000,
                "sec_code": "WEB",
                "settled_on": date(2026, 12, 9),
                "debited_on": date(2026, 12, 2),
                "is_applied": True,
                "status": ReturnStatus.RETURNED,
                "dishonorable_until_ms": now_ms + 3 * 86_400_000 - 3_600_000,
                "received_ms": now_ms,
                **changes,
            }
        )

        async def make(database: Database) -> None:
            async with database.connection() as conn:
                new = msgspec.structs.replace(received, status=ReturnStatus.RETURNED)
                await insert_return(conn, new, self._seal(b"", new.place))
                await update_return(conn, received)

        self._run(make)
        return return_id

    def _seal(self, content: bytes, place: str) -> bytes:
        return b"sealed" if self._vault is None else self._vault.seal(content, place=place)

    def _new_id(self, prefix: str) -> str:
        self._now_ms += 1_000
        return self._ids.new_at(prefix, self._now_ms)

    def _run(self, work: Callable[[Database], Any]) -> Any:
        return self._server.run(work)
