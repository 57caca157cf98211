"""A rehearsal installation with operators and a played bank, and live money in every state that pages show."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner

from brim.bank.commands import REHEARSAL_ROUTING, bank
from brim.base.scope import AccountScope
from brim.core.direct_debits import FileStatus
from brim.core.operators.rules import Operator, Role
from tests.support.ach_objects import AchObjects
from tests.support.live_money import NO_ACCOUNT, PAYS, RETURNS_AT_ONCE, at
from tests.support.people_house import PASSWORD, House, open_house
from tests.support.polling import until
from tests.support.wire import Wire

FORM: Final = {
    "odfi_name": "REHEARSAL BANK",
    "odfi_routing_number": REHEARSAL_ROUTING,
    "account_number": "9876543210",
    "bank_account": "operating",
    "company_name": "MY COMPANY",
    "company_id": "1234567890",
    "origin_name": "MY COMPANY",
    "immediate_origin": "1234567890",
    "entry_description": "TOPUP",
    "sec_code": "WEB",
    "cutoffs": "17:00",
    "time_zone": "America/New_York",
    "hold_days": "3",
    "minimum_hold_days": "0",
    "opening": "09:00",
    "lead_days": "1",
    "confirmation": "statement",
    "alarm_after_hours": "24",
    "requires_approval": "yes",
    "entry_cap": "25,000.00",
    "day_cap": "50000",
    "source_pending_cap": "25000",
    "file_cap": "1000000",
    "max_file_entries": "10000",
    "return_rate_minimum": "100",
    "file_name": "{date}-{modifier}-{id}.ach",
    "line_ending": "crlf",
}
"""What somebody fills in for a new originator, but for its folders."""


class LiveHouse:
    """A rehearsal with one operator, who is signed in, and the bank of its platform."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.folder = folder
        self.operator: Operator = house.add(Role.ADMIN)
        self.browser = house.signed_in(operator=self.operator)
        self.account = str(Wire(house.url, house.server.test_key).get("/v1/account").json["id"])
        self.scope = AccountScope(self.account, livemode=True)
        self.live = Wire(house.url, house.server.make_key(self.account, livemode=True))
        self._clock = ""
        for name in ("to-bank", "from-bank"):
            (folder / name).mkdir()
        self.bank(
            "init", "--inbox", self.path("to-bank"), "--outbox", self.path("from-bank"), "--now", "2026-12-01T10:00"
        )

    def path(self, name: str) -> str:
        return str(self.folder / name)

    @property
    def form(self) -> dict[str, str]:
        """What a new originator's form is filled in with."""
        return FORM | {"outgoing_folder": self.path("to-bank"), "incoming_folder": self.path("from-bank")}

    def bank(self, command: str, *flags: str) -> None:
        """Run a command of the bank."""
        result = CliRunner().invoke(bank, [command, self.path("bank"), *flags], catch_exceptions=False)
        assert result.exit_code == 0, result.output

    def write_originator(self, **changes: str) -> str:
        """Write an originator by its form, and return where its page is."""
        self.browser.get("/ach/originators/new")
        self.browser.post("/ach/originators/new", form_token=self.browser.form_token, **self.form | changes)
        assert self.browser.location is not None, self.browser.text
        return self.browser.location.partition("?")[0]

    def activate(self, path: str) -> None:
        """Activate an originator by its page."""
        self.browser.get(f"{path}/activate")
        self.browser.submit(f"{path}/activate", expected_version="1", password=PASSWORD)
        assert "Suspend" in self.browser.text, self.browser.text

    def freeze(self, text: str) -> None:
        """Let a test clock keep the time."""
        form = {"frozen_time": at(text) // 1000}
        self._clock = str(self.live.post("/v1/test_helpers/test_clocks", form).json["id"])

    def advance(self, text: str, *, with_bank: bool = False) -> None:
        """Take the clock to a time, and then the bank."""
        path = f"/v1/test_helpers/test_clocks/{self._clock}"
        assert self.live.post(f"{path}/advance", {"frozen_time": at(text) // 1000}).status == 200
        until(lambda: self.live.get(path).json["status"] == "ready", what="the clock to arrive")
        if with_bank:
            self.bank("advance", "--to", text.replace(" ", "T"))

    def source(self, number: str, *, is_verified: bool = True, is_authorized: bool = True) -> str:
        """Put a bank account on file, verified and authorized unless told otherwise."""
        account = {
            "country": "US",
            "currency": "usd",
            "account_holder_name": "Jenny Rosen",
            "routing_number": "110000000",
        }
        account |= {"account_number": number, "account_holder_type": "individual"}
        token = self.live.post("/v1/tokens", {f"bank_account[{name}]": value for name, value in account.items()}).json
        form = {"type": "ach_debit", "currency": "usd", "token": token["id"], "owner[name]": "Jenny Rosen"}
        source_id = str(self.live.post("/v1/sources", form).json["id"])
        verified = {"method": "instant", "evidence": "seen"}
        if is_verified:
            assert self.live.post(f"/v1/brim/funding_sources/{source_id}/verify", verified).status == 200
        if not is_authorized:
            return source_id
        agreed = {"funding_source": source_id, "sec_code": "WEB", "text": "I authorize My Company to debit my account."}
        reply = self.live.post("/v1/brim/authorizations", {**agreed, "accepted_at": at("2026-11-20 10:00") // 1000})
        assert reply.status == 200, reply.body
        return source_id

    def create(self, source: str, amount: int) -> str:
        """Create a live top-up."""
        reply = self.live.post("/v1/topups", {"amount": amount, "currency": "usd", "source": source})
        assert reply.status == 200, reply.body
        return str(reply.json["id"])

    def prenote(self, source: str) -> str:
        """Start a prenote by the page of its bank account, and return where its page is."""
        self.browser.get(f"/funding-sources/{source}")
        self.browser.post(f"/funding-sources/{source}/prenote", form_token=self.browser.form_token)
        assert self.browser.location is not None, self.browser.text
        return self.browser.location.partition("?")[0]

    def files(self, status: str) -> list[Any]:
        """Return the files that stand at a status."""
        return list(self.live.get(f"/v1/brim/ach/files?status={status}").json["data"])

    def wait_for_file(self, status: str) -> Any:
        """Return the newest file that stands at a status, once there is one."""
        return until(lambda: self.files(status), what=f"a file that is {status}")[0]

    def approve(self, file: Any) -> None:
        """Approve a file by its page."""
        path = f"/ach/files/{file['id']}"
        self.browser.get(f"{path}/approve")
        self.browser.submit(f"{path}/approve", expected_status="built", sha256=file["sha256"], password=PASSWORD)
        assert "is sent to the bank within seconds" in self.browser.text, self.browser.text

    def fill(self) -> dict[str, str]:
        """Bring about money in every state, and return pages by what they show."""
        originator = self.write_originator()
        self.activate(originator)
        self.freeze("2026-12-01 10:00")
        fine, poor, gone = (self.source(number) for number in (PAYS, RETURNS_AT_ONCE, NO_ACCOUNT))
        unknown, new = self.source(NO_ACCOUNT, is_verified=False), self.source(PAYS, is_verified=False)
        bare = self.source(PAYS, is_verified=False, is_authorized=False)
        failed = self.prenote(unknown)
        topups = [self.create(fine, 500_000), self.create(poor, 128_050), self.create(gone, 4_999)]
        self.advance("2026-12-01 17:01")
        first = self.wait_for_file("built")
        self.approve(first)
        self.wait_for_file("sent")
        self.advance("2026-12-02 23:30", with_bank=True)
        self.wait_for_file("settled")
        self.advance("2026-12-07 10:00", with_bank=True)
        (self.folder / "from-bank" / "broken.ach").write_text("101 this is no file of a bank\n")
        until(lambda: self.live.get("/v1/brim/breaks").json["data"], what="a break")
        self.create(fine, 210_000)
        self.advance("2026-12-07 17:01")
        waiting = self.wait_for_file("built")
        late = self.create(fine, 75_000)
        pending = self.prenote(new)
        objects = AchObjects(
            self.house.server,
            self.account,
            self.folder,
            originator=originator.rpartition("/")[2],
            now_ms=at("2026-12-04 17:01"),
        )
        days: dict[str, Any] = {"file_date": date(2026, 12, 4), "effective_date": date(2026, 12, 7)}
        rejected = objects.file(
            FileStatus.REJECTED,
            **days,
            reject_reason="The file's control totals are wrong.",
            rejected_ms=at("2026-12-06 12:00"),
        )
        objects.entries(rejected, 3)
        held = objects.file(**days, held_because="An independent check found a difference in the totals.")
        reported = objects.open_break(cause=f"{rejected.id}/1", reference="1234567890-0000012")
        statements = self.live.get("/v1/brim/bank_statements").json["data"]
        statement = next(each["id"] for each in statements if each["line_count"])
        line = self.live.get(f"/v1/brim/bank_statements/{statement}/lines").json["data"][0]["id"]
        bank_files = self.live.get("/v1/brim/ach/bank_files").json["data"]
        broken = next(each["id"] for each in bank_files if each["status"] == "held")
        applied = next(each["id"] for each in bank_files if each["status"] == "applied")
        interval = {"parameters[interval_start]": 1_700_000_000, "parameters[interval_end]": 1_700_003_600}
        report_type = {"report_type": "brim.topups_reconciliation.itemized.1"}
        report = self.live.post("/v1/reporting/report_runs", {**report_type, **interval}).json["id"]
        file, bad = f"/ach/files/{first['id']}", f"/ach/files/{rejected.id}"
        return {
            "overview": "/live-money",
            "stops": "/live-money/stops",
            "readiness": "/live-readiness",
            "originators": "/ach/originators",
            "originator": originator,
            "originator-new": "/ach/originators/new",
            "originator-new-sepa": "/ach/originators/new-sepa",
            "originator-edit": f"{originator}/edit",
            "files": "/ach/files",
            "files-none": "/ach/files?status=voided",
            "file": file,
            "file-waiting": f"/ach/files/{waiting['id']}",
            "file-approve": f"/ach/files/{waiting['id']}/approve",
            "file-void": f"/ach/files/{waiting['id']}/void",
            "file-rejected": bad,
            "file-resubmit": f"{bad}/resubmit",
            "file-held": f"/ach/files/{held.id}",
            "bank-files": "/ach/bank-files",
            "statement-mappings": "/statement-mappings",
            "statement-mapping": "/statement-mappings/operating",
            "bank-file-held": f"/ach/bank-files/{broken}",
            "bank-file": f"/ach/bank-files/{applied}",
            "statements": "/bank-statements",
            "statement": f"/bank-statements/{statement}",
            "lines": "/statement-lines",
            "lines-all": "/statement-lines?status=all",
            "line": f"/statement-lines/{line}",
            "line-open": f"/statement-lines/{objects.line(statement=statement)}",
            "breaks": "/breaks",
            "incoming-transfers": "/incoming-transfers",
            "incoming-transfer": f"/incoming-transfers/{objects.suspended_transfer()}",
            "incoming-transfer-proposed": f"/incoming-transfers/{objects.suspended_transfer(is_proposed=True)}",
            "funding-instructions": "/funding-instructions",
            "breaks-resolved": "/breaks?status=resolved&created_from=2026-01-01",
            "break": f"/breaks/{reported}",
            "home": "/balance/overview",
            "money-at-risk": "/money-at-risk",
            "return-rates": "/ach/return-rates",
            "return-rate": f"/ach/return-rates/{originator.rpartition('/')[2]}",
            "returns": "/ach/returns?status=all",
            "reversals": "/ach/reversals",
            "reversal-new": "/ach/reversals/new",
            "reports": "/reports",
            "report": f"/reports/{report}",
            "refunds": "/refunds",
            "refund-new": "/refunds/new",
            "corrections": "/ach/corrections",
            "prenotes": "/ach/prenotes",
            "microdeposits": "/ach/microdeposits",
            "prenote-failed": failed,
            "prenote-pending": pending,
            "funding-source": f"/funding-sources/{fine}",
            "funding-source-pending": f"/funding-sources/{new}",
            "funding-source-failed": f"/funding-sources/{unknown}",
            "funding-source-new": f"/funding-sources/{bare}",
            "audit-log": "/settings/audit-log",
            "topup": f"/topups/{topups[0]}",
            "topup-returned": f"/topups/{topups[1]}",
            "topup-waiting": f"/topups/{late}",
            "topup-retry": f"/topups/new?retry_of={topups[1]}&amount=1280.50&currency=usd",
        }


@contextmanager
def open_live_house(folder: Path) -> Iterator[LiveHouse]:
    """Yield one, on a database of its own."""
    with open_house(folder, arguments=("--rehearsal",)) as house:
        yield LiveHouse(house, folder)
