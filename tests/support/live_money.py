"""A platform with a bank, in a time that the test moves: live top-ups out in files, and what comes back."""

import asyncio
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from click.testing import CliRunner

from brim.api.framework.errors import render_error
from brim.api.resources.funding.wire import source_json
from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import bank
from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import direct_debits, originators, test_clocks, topups
from brim.core.bank_accounts import BankAccount, BankNumbers, Party, Verification
from brim.core.due import DueQueue
from brim.core.funding import BankSecrets, Funding, FundingKind, FundingSource, MicrodepositGuess, find_funding
from brim.core.funding.store import insert_funding_source
from brim.core.idempotency import KeptReply, KeyClaim, RequestContext
from brim.core.ledger.sealing import seal_entries
from brim.core.rails import Rails
from brim.core.rails.ach import Confirmation, OriginatorProfile, SecCode
from brim.core.topups import Batches, ConfigCache
from brim.platform.database import Database
from brim.platform.vault import Vault, new_encryption_key
from tests.support.audits import TESTER
from tests.support.books import cancel, rows

PLATFORM = AccountScope("acct_platform", livemode=True)
OPERATOR = Actor(kind=ActorKind.OPERATOR, id="op_1", name="finance@example.com")
ROUTING = "121042882"
COMPANY = "1234567890"
PAYS, RETURNS_AT_ONCE, RETURNS_LATE, NO_ACCOUNT = "000123456789", "9901020000", "9910580000", "000111111116"
HOLD_TOPUPS = "SELECT FROM topups WHERE livemode ORDER BY id FOR UPDATE"
TRY_ENTRIES = "SELECT FROM ach_entries ORDER BY topup FOR UPDATE NOWAIT"
"""Hold live top-ups; take entries, which must be free while whoever works on them waits for a top-up."""
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> int:
    """Return the Unix milliseconds of a wall time in New York, such as `2026-12-01 10:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).timestamp() * 1000)


class LiveMoney:
    """One platform, its originator and its bank. `now_ms` is everybody's time."""

    def __init__(
        self, database: Database, folder: Path, *, now: str = "2026-12-01 10:00", routing: str = ROUTING
    ) -> None:
        self.folder = folder
        self.routing = routing
        self.bank_flags: tuple[str, ...] = ()
        """What else the bank is made with."""
        self.clock: str | None = None
        self.currency = "usd"
        self.now_ms = at(now)
        self.encryption_key = new_encryption_key()
        self.vault = Vault([self.encryption_key])
        self.ids = IdFactory(lambda: self.now_ms)
        self._requests = 0
        self.move_to(database)

    def use_key(self, encryption_key: str) -> None:
        """Encrypt with a key that another process has, too."""
        self.encryption_key, self.vault = encryption_key, Vault([encryption_key])
        self.move_to(self.database)

    def move_to(self, database: Database) -> None:
        """Work on another database from now on, as new processes."""
        self.database = database
        self.secrets = BankSecrets(database, self.vault)
        self.batches = Batches(database, lambda: self.now_ms)
        self.configs = ConfigCache(database)
        self.claiming = direct_debits.Claiming(self.secrets, self.vault, WIRE_FORMATS)
        self.prenoting = direct_debits.Prenoting(self.secrets, self.vault, WIRE_FORMATS)
        self.incoming = direct_debits.Incoming(self.secrets, self.vault, WIRE_FORMATS)

    def profile(self, **changes: Any) -> OriginatorProfile:
        """Return a profile that the bank knows."""
        return msgspec.structs.replace(
            OriginatorProfile(
                odfi_routing_number=self.routing,
                odfi_name="REHEARSAL BANK",
                immediate_origin=COMPANY,
                origin_name="BRIM TESTS",
                company_name="BRIM TESTS",
                company_id=COMPANY,
                outgoing_folder=str(self.folder / "to-bank"),
                incoming_folder=str(self.folder / "from-bank"),
                hold_days=3,
                requires_approval=False,
                confirmation=Confirmation.STATEMENT,
            ),
            **changes,
        )

    async def open(self, *accounts: str, **changes: Any) -> originators.Originator:
        """Make the platform, accounts below it, its active originator, and its bank."""
        for name in ("to-bank", "from-bank", "bank"):
            (self.folder / name).mkdir()
        async with self.database.connection() as conn:
            for account in (PLATFORM.account, *accounts):
                platform = None if account == PLATFORM.account else PLATFORM.account
                await conn.execute(
                    "INSERT INTO accounts (account, platform, created) VALUES ($1, $2, 1)", account, platform
                )
            made = await originators.save_originator(
                conn,
                self.vault,
                PLATFORM,
                originators.ProfileChange(self.profile(**changes), account_number="9876543210"),
                by=TESTER,
                now_ms=self.now_ms,
                ids=self.ids,
            )
            active = await originators.activate_originator(
                conn, PLATFORM, made.id, approvers=1, by=OPERATOR, now_ms=self.now_ms, ids=self.ids
            )
        await self.bank(
            "init",
            "--inbox",
            str(self.folder / "to-bank"),
            "--outbox",
            str(self.folder / "from-bank"),
            "--routing",
            self.routing,
            "--company-id",
            COMPANY,
            "--now",
            self._local(),
            *self.bank_flags,
        )
        return active

    async def bank_account(
        self,
        number: str = PAYS,
        *,
        scope: AccountScope = PLATFORM,
        authorized: bool = True,
        verified: bool = True,
        sec_code: SecCode = SecCode.WEB,
    ) -> str:
        """Put a bank account on file, and return its id."""
        source_id = self.ids.new_at("src_", self.now_ms)
        kept = await self.secrets.keep(BankNumbers("110000000", number), scope=scope, object_id=source_id)
        source = FundingSource(
            scope=scope,
            id=source_id,
            kind=FundingKind.SOURCE,
            created=self.now_ms // 1000,
            bank_account=BankAccount(
                routing_number="110000000",
                last4=number[-4:],
                fingerprint=kept.fingerprint,
                bank_name=None,
                currency="usd",
                holder_type="individual",
                account_type="checking",
            ),
            verification=Verification.VERIFIED if verified else Verification.PENDING,
            party=Party(name="Jenny Rosen"),
            client_secret=f"{source_id}_secret",
        )
        async with self.database.connection() as conn:
            await insert_funding_source(conn, source, kept.sealed)
            if authorized:
                await originators.authorize(
                    conn,
                    scope,
                    funding_source=source_id,
                    sec_code=sec_code,
                    text="I authorize debits.",
                    accepted_ms=self.now_ms,
                    evidence={"ip": "192.0.2.1"},
                    by=TESTER,
                    now_ms=self.now_ms,
                    ids=self.ids,
                )
        return source_id

    async def create(
        self,
        source: str | None,
        amount: int = 5_000,
        *,
        scope: AccountScope = PLATFORM,
        key: str | None = None,
        allow_duplicate: bool = False,
        retry_of: str | None = None,
        by: Actor = TESTER,
        least_twin_window_minutes: int = 0,
    ) -> str:
        """Create a live top-up, and return its id."""
        context = self._attempt(scope, KeyClaim(key, repr((source, amount)).encode()) if key else None, by=by)

        async def find(context: RequestContext, wanted: topups.CreateTopup) -> Funding | KeptReply:
            return await find_funding(
                self.database,
                self.secrets,
                context,
                source=wanted.source,
                payment_method=None,
                ids=self.ids,
                find_source=self.batches.find_source,
            )

        result = await topups.create_topup(
            self.batches,
            self.configs,
            context,
            topups.CreateTopup(
                amount=amount,
                currency=self.currency,
                source=source,
                allow_duplicate=allow_duplicate,
                least_twin_window_minutes=least_twin_window_minutes,
                retry_of=retry_of,
            ),
            ids=self.ids,
            rails=Rails([]),
            renderers=WIRE_FORMATS,
            find_funding=find,
            find_collection=self.batches.find_collection,
            find_retry=partial(direct_debits.find_retry, self.database),
        )
        return str(msgspec.json.decode(result.body)["id"])

    async def prenote(self, source: str, *, scope: AccountScope = PLATFORM) -> str:
        """Start a prenote, and return its id."""
        async with self.database.transaction() as conn:
            started = await direct_debits.start_prenote(
                conn, scope, source, renderers=WIRE_FORMATS, by=TESTER, now_ms=self.now_ms, ids=self.ids
            )
        return started.id

    async def microdeposits(self, source: str, *, scope: AccountScope = PLATFORM) -> str:
        """Start micro-deposits, and return their id."""
        async with self.database.transaction() as conn:
            started = await direct_debits.start_microdeposits(
                conn, self.vault, scope, source, renderers=WIRE_FORMATS, by=TESTER, now_ms=self.now_ms, ids=self.ids
            )
        return started.id

    async def state(
        self, source: str, *amounts: int, scope: AccountScope = PLATFORM, key: str | None = None
    ) -> dict[str, Any]:
        """State what was sent to a source, and return the reply, as a client reads it."""
        claim = KeyClaim(key, repr(amounts).encode()) if key else None
        result = await direct_debits.verify_by_microdeposits(
            self.database,
            self.vault,
            WIRE_FORMATS,
            self._attempt(scope, claim),
            FundingKind.SOURCE,
            source,
            MicrodepositGuess(amounts=(amounts[0], amounts[1]), param="values"),
            render=source_json,
            render_error=render_error,
        )
        return dict(msgspec.json.decode(result.body))

    async def amounts(self, number: str = PAYS) -> list[int]:
        """Return the micro-deposits that an account of the bank was credited, newest last."""
        shown = msgspec.json.decode(await self.bank("show", "--json", "--entries", "1000", "--account", number))
        return [each["amount"] for each in shown["entries"] if each["code"] in {"22", "32"}]

    def attempt(self, scope: AccountScope = PLATFORM) -> RequestContext:
        """Return a request of an account's."""
        return self._attempt(scope)

    def _attempt(self, scope: AccountScope, claim: KeyClaim | None = None, *, by: Actor = TESTER) -> RequestContext:
        self._requests += 1
        return RequestContext(
            scope=scope,
            claim=claim,
            request_id=f"req_{self._requests}",
            api_version="2025-01-01",
            now_ms=self.now_ms,
            by=by,
            ids=self.ids,
        )

    @property
    def queues(self) -> list[DueQueue]:
        """What a clock moves through."""
        return [
            topups.TopupQueue(Rails([]), WIRE_FORMATS),
            direct_debits.AchTopupQueue(self.claiming),
            direct_debits.AchPrenoteQueue(self.prenoting),
            direct_debits.AchFileQueue(self.vault, WIRE_FORMATS),
        ]

    async def freeze(self, text: str, *, scope: AccountScope = PLATFORM) -> None:
        """Let a test clock keep the time of live mode."""
        result = await test_clocks.create_clock(
            self.database,
            self._attempt(scope),
            frozen_time=at(text) // 1000,
            name=None,
            queues=self.queues,
            ids=self.ids,
            renderers=WIRE_FORMATS,
            render_error=render_error,
        )
        self.clock = str(msgspec.json.decode(result.body)["id"])

    async def advance(self, text: str, *, scope: AccountScope = PLATFORM) -> None:
        """Take the clock, and then the bank, to a time; what the bank sends is applied at the clock's."""
        await self.set_off(text, scope=scope)
        await self.arrive()
        await self.work()
        await self.bank("advance", "--to", text.replace(" ", "T"))
        await self.work()

    async def set_off(self, text: str, *, scope: AccountScope = PLATFORM) -> None:
        """Send the clock on its way."""
        assert self.clock is not None
        await test_clocks.advance_clock(
            self.database,
            self._attempt(scope),
            self.clock,
            frozen_time=at(text) // 1000,
            queues=self.queues,
            ids=self.ids,
            renderers=WIRE_FORMATS,
            render_error=render_error,
        )

    async def arrive(self) -> None:
        """Take the clock where it was sent, with all that is due on its way."""
        while await test_clocks.step_clock(
            self.database, queues=self.queues, now_ms=self.now_ms, ids=self.ids, renderers=WIRE_FORMATS
        ):
            pass

    async def thaw(self, *, scope: AccountScope = PLATFORM) -> None:
        """Remove the clock."""
        assert self.clock is not None
        await test_clocks.delete_clock(
            self.database, self._attempt(scope), self.clock, queues=self.queues, ids=self.ids, renderers=WIRE_FORMATS
        )

    async def cancel(self, topup_id: str, *, scope: AccountScope = PLATFORM) -> bool:
        """Cancel a top-up, and return whether it could be."""
        return await cancel(self.database, topup_id, scope=scope)

    async def work(self) -> None:
        """Do what the worker's jobs do, until nothing is left to do now."""
        busy = 1
        while busy:
            busy = await self.read_bank()
            busy += await self.claim()
            busy += await direct_debits.void_late(self.database, now_ms=self.now_ms)
            busy += await direct_debits.build_due(
                self.database, self.vault, WIRE_FORMATS, now_ms=self.now_ms, ids=self.ids
            )
            busy += await direct_debits.send_due(
                self.database, self.vault, WIRE_FORMATS, now_ms=self.now_ms, ids=self.ids
            )
            busy += await direct_debits.settle_prenote_files(
                self.database, WIRE_FORMATS, now_ms=self.now_ms, ids=self.ids
            )
            busy += await direct_debits.end_contests(
                self.database, WIRE_FORMATS, clock=lambda: self.now_ms, ids=self.ids
            )
            busy += await direct_debits.end_unanswered_reversals(
                self.database, WIRE_FORMATS, clock=lambda: self.now_ms, ids=self.ids
            )
            busy += await direct_debits.end_unanswered_refunds(
                self.database, WIRE_FORMATS, clock=lambda: self.now_ms, ids=self.ids
            )
            busy += await direct_debits.report_silence(self.database, WIRE_FORMATS, now_ms=self.now_ms, ids=self.ids)
            busy += await direct_debits.report_over_cap(self.database, WIRE_FORMATS, now_ms=self.now_ms, ids=self.ids)
        while await seal_entries(self.database):
            pass

    async def claim(self) -> int:
        """Take in hand what is due of top-ups and prenotes; return how much."""
        count = await self.claiming.work_off_due(self.database, now_ms=self.now_ms, ids=self.ids)
        return count + await self.prenoting.work_off_due(self.database, now_ms=self.now_ms, ids=self.ids)

    async def read_bank(self) -> int:
        """Store and apply what the bank has put into the folder; return how much that was."""
        count = await self.incoming.receive_all(self.database, now_ms=self.now_ms, ids=self.ids)
        return count + await self.incoming.apply_all(self.database, clock=lambda: self.now_ms, ids=self.ids)

    async def until(self, text: str, *, step_hours: int = 12) -> None:
        """Let time pass, for us and for the bank, in steps."""
        end_ms = at(text)
        while self.now_ms < end_ms:
            self.now_ms = min(self.now_ms + step_hours * 3_600_000, end_ms)
            await self.work()
            before = self._exchanged()
            await self.advance_bank()
            if self._exchanged() != before:  # else there is nothing new to be done
                await self.work()

    def _exchanged(self) -> set[Path]:
        """Return the files that lie between us and the bank."""
        return {path for name in ("to-bank", "from-bank") for path in (self.folder / name).rglob("*")}

    async def give_statement(self, day: date, line: str, amount: int, *, opening: int = 0) -> None:
        """Let the bank send a BAI2 statement of a day with one line (a record 16), all amounts in cents."""
        plus, minus = (amount, 0) if amount > 0 else (0, -amount)
        total = opening + (opening + amount) + plus + minus + abs(amount)
        content = (
            f"01,121042882,9876543210,{day:%y%m%d},2300,77,,,2/\n"
            f"02,9876543210,121042882,1,{day:%y%m%d},2400,USD,4/\n"
            f"03,9876543210,USD,010,{opening},,,015,{opening + amount},,/\n"
            f"88,100,{plus},{int(plus > 0)},,400,{minus},{int(minus > 0)},/\n"
            f"16,{line}\n49,{total},4/\n98,{total},1,6/\n99,{total},1,8/\n"
        )
        (self.folder / "from-bank" / f"by_hand_{day:%Y%m%d}.bai2").write_text(content)

    async def advance_bank(self) -> None:
        """Let the bank do what it has to until now."""
        await self.bank("advance", "--to", self._local())

    async def bank(self, command: str, *arguments: str) -> str:
        """Run a command of the bank, and return what it prints."""

        def run() -> str:
            result = CliRunner().invoke(bank, [command, str(self.folder / "bank"), *arguments], catch_exceptions=False)
            assert result.exit_code == 0, result.output
            return result.output

        return await asyncio.to_thread(run)

    def _local(self) -> str:
        return datetime.fromtimestamp(self.now_ms // 1000, NEW_YORK).strftime("%Y-%m-%dT%H:%M:%S")

    async def topup(self, topup_id: str) -> dict[str, Any]:
        """Return a top-up's row."""
        (row,) = await rows(self.database, "SELECT * FROM topups WHERE id = $1", topup_id)
        return row

    async def ledger(self) -> dict[str, int]:
        """Return the sum of each ledger account, debits positive."""
        found = await rows(
            self.database,
            """SELECT ledger_account, sum(amount) AS amount FROM (
                SELECT debit_account AS ledger_account, amount FROM journal_entries
                UNION ALL SELECT credit_account, -amount FROM journal_entries
                UNION ALL SELECT debit_account, amount FROM journal_entry_lines
                UNION ALL SELECT credit_account, -amount FROM journal_entry_lines) AS l GROUP BY 1""",
        )
        return {row["ledger_account"]: int(row["amount"]) for row in found}
