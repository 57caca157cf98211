"""Personal data that are planted everywhere are found nowhere after an erasure but in what its report names."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import pytest

from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.core.erasure import Erasure, ErasureRefusedError, Reason, Target, erase, preview, store
from brim.core.erasure.service import begin_erasure, take_page
from brim.core.erasure.steps import steps_of
from brim.core.funding import BankSecrets
from brim.host.data_folder import read_encryption_key
from brim.platform.database import Database
from brim.platform.vault import Vault
from tests.support.brim_process import RunningBrim, run_brim, start_serving
from tests.support.live_money import at
from tests.support.long_form import long_form
from tests.support.polling import until
from tests.support.receiving import Receiver, receiving
from tests.support.rehearsal import Rehearsal
from tests.support.traces import Markers, look_for
from tests.support.wire import Wire

BY: Final = Actor(kind=ActorKind.CLI, name="tester")
LATER: Final = at("2027-03-20 12:00")
"""When nothing that the tests have debited can come back any more."""

PROFILE: Final = """
odfi_routing_number = "990000013"
odfi_name = "REHEARSAL BANK"
immediate_origin = "1234567890"
origin_name = "MY COMPANY"
company_name = "MY COMPANY"
company_id = "1234567890"
account_number = "9876543210"
cutoffs = ["17:00"]
hold_days = 3
confirmation = "statement"
requires_approval = false
outgoing_folder = "in"
incoming_folder = "out"
"""


class Life:
    """A platform with a connected account, whose payers have paid in test mode and, in a rehearsal, in live mode."""

    def __init__(self, brim: RunningBrim, folder: Path, receiver: Receiver) -> None:
        self.brim, self.folder, self.receiver = brim, folder, receiver
        self.bank = Rehearsal(folder, now="2026-12-01T10:00")
        key = read_encryption_key(brim.data_dir)
        assert key is not None
        self.encryption_key = key
        self.platform = str(self._call("GET", "/v1/account")["id"])
        (folder / "originator.toml").write_text(PROFILE)
        originator = self.command("ach", "originators", "create", str(folder / "originator.toml"))
        self.command("ach", "originators", "activate", originator)
        self.live_key = self.command("keys", "create", "--live")
        self.of_account = Markers("acc")
        self.account = self._open_account()

    def command(self, *arguments: str) -> str:
        """Return what a command prints."""
        done = run_brim(*arguments, "--data-dir", str(self.brim.data_dir))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _call(
        self, method: str, path: str, form: Mapping[str, object] | None = None, *, live: bool = False, **headers: str
    ) -> Any:
        key = self.live_key if live else self.brim.test_key
        reply = Wire(self.brim.url, key).send(
            method, path, form=form, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        assert reply.status == 200, reply.body
        return reply.json

    def post(self, path: str, form: Mapping[str, object], *, live: bool = False, **headers: str) -> Any:
        """Return what a request in the account's name is answered."""
        return self._call("POST", path, form, live=live, Stripe_Account=self.account, **headers)

    def get(self, path: str, *, live: bool = False) -> Any:
        return self._call("GET", path, live=live, Stripe_Account=self.account)

    def _open_account(self) -> str:
        m = self.of_account
        form = {
            "type": "custom",
            "email": m.email("email"),
            "business_type": "individual",
            "business_profile[name]": m["business_name"],
            "business_profile[product_description]": m["product"],
            "business_profile[support_address][line1]": m["support"],
            "individual[first_name]": m["first_name"],
            "individual[address][line1]": m["street"],
            "metadata[about]": m["metadata"],
            "tos_acceptance[user_agent]": m["tos_agent"],
        }
        headers = {"User_Agent": m["agent"], "Idempotency_Key": "a"}
        account = str(self._call("POST", "/v1/accounts", form, live=True, **headers)["id"])
        self.account = account
        self.post(f"/v1/accounts/{account}", {"metadata[more]": m["metadata_more"]}, live=True)
        external = {
            "external_account[object]": "bank_account",
            "external_account[country]": "US",
            "external_account[currency]": "usd",
            "external_account[routing_number]": "110000000",
            "external_account[account_number]": "000123456789",
            "external_account[account_holder_name]": m["payout_holder"],
            "metadata[about]": m["payout_metadata"],
        }
        self._call("POST", f"/v1/accounts/{account}/external_accounts", external, Idempotency_Key="b")
        for live in (False, True):
            hook = {
                "url": f"{'https://hooks.invalid' if live else self.receiver.url}/{m['hook_url']}",
                "description": m["hook_description"],
                "metadata[about]": m["hook_metadata"],
                "enabled_events[]": "*",
            }
            self.post("/v1/webhook_endpoints", hook, live=live, User_Agent=m["agent"])
        self.command("keys", "create", "--account", account, "--name", m["key_name"])
        refused = {"amount": 1, "currency": m["refused"], "description": m["refused_description"]}
        reply = Wire(self.brim.url, self.brim.test_key).post(
            "/v1/topups", refused, headers={"Stripe-Account": account, "Idempotency-Key": m["refused_key"]}
        )
        assert reply.status == 400
        self._plant_beside_the_api()
        return account

    def _plant_beside_the_api(self) -> None:
        """Plant what operators, workers and command lines write of an account."""
        m = self.of_account
        self.execute("INSERT INTO cli_devices VALUES ($1, false, $2, 'we_1', '', 1)", self.account, m["device"])
        self.execute(
            "INSERT INTO cli_sessions VALUES ($1, false, '', $2, $3, '{}', 0, 1, 1, NULL)",
            self.account,
            m["device"],
            m["features"],
        )
        self.execute(
            "INSERT INTO cli_pairings VALUES ('p_1', '', '', '', $2, '1', 'approved', $1, 1, 4102444800000)",
            self.account,
            m["pairing"],
        )
        self.execute(
            "INSERT INTO return_overrides (account, livemode, originator, owner, status, reason, asked_by, asked_ms, "
            "until_ms) "
            "VALUES ($1, true, 'orig_1', $2, 'asked', $3, 'op_1', 1, 1)",
            self.platform,
            self.account,
            m["override"],
        )
        wanted = {"currency": "usd", "description": m["paid_for"], "metadata[about]": m["paid_for_metadata"]}
        made = self.post("/v1/brim/funding_instructions", wanted)
        paid = {"amount": 100, "reference": f"{made['reference']} {m['paid_by']}"}
        played = self.post(f"/v1/test_helpers/funding_instructions/{made['id']}/fund", paid)
        self.execute(
            "UPDATE incoming_transfers SET note = $2, payer_name = $3 WHERE id = $1",
            played["id"],
            m["transfer_note"],
            m["transfer_payer"],
        )
        for livemode in (False, True):
            self.execute(
                "INSERT INTO known_payers (account, livemode, id, owner, name, transfer, proposed_by, approved_by,"
                " one_person, created_ms) VALUES ($1, $2, 'kpay_' || $3, $3, $4, 'itr_1', 'op_1', 'op_2', false, 1)",
                self.platform,
                livemode,
                self.account,
                m["known_payer"],
            )
        self.execute(
            "INSERT INTO funding_instructions (account, livemode, id, owner, bank_account, currency, reference, "
            "description, created_ms) VALUES ($1, true, $2, $3, 'operating', 'usd', $2, $4, 1)",
            self.platform,
            f"fi_{self.account}",
            self.account,
            m["paid_for_live"],
        )
        self.execute(
            "INSERT INTO due_exceptions VALUES ($1, false, 'x', 'y', 1, 1, 1, 4102444800000, $2)",
            self.account,
            m["failed"],
        )
        self.execute(
            "INSERT INTO rail_stops VALUES ($1, true, 'ach', $2, $3, 'op_1', 1)",
            self.platform,
            self.account + "x",
            "another account's",
        )
        self.execute(
            "INSERT INTO rail_stops VALUES ($1, true, 'sandbox', $2, $3, 'op_1', 1)",
            self.platform,
            self.account,
            self.of_account["stop"],
        )

    def pay_in_test_mode(self, m: Markers) -> dict[str, str]:
        """Let a payer pay in test mode by a payment method and by a token; return ids."""
        method = self.post(
            "/v1/payment_methods",
            {
                "type": "us_bank_account",
                "billing_details[name]": m["name"],
                "billing_details[email]": m.email("email"),
                "billing_details[phone]": m["phone"],
                "billing_details[address][line1]": m["line1"],
                "billing_details[address][city]": m["city"],
                "us_bank_account[routing_number]": "110000000",
                "us_bank_account[account_number]": "000123456789",
                "us_bank_account[account_holder_type]": "individual",
                "metadata[about]": m["method_metadata"],
            },
            Idempotency_Key=f"{m['prefix']}-method",
        )
        customer = f"cus_{m['customer']}"
        self.post(f"/v1/payment_methods/{method['id']}/attach", {"customer": customer})
        clock = self.post(
            "/v1/test_helpers/test_clocks", {"frozen_time": 1_800_000_000, "name": self.of_account["clock"]}
        )
        form = self._topup(m, payment_method=method["id"])
        first = self.post("/v1/topups", form, Idempotency_Key=m["key"], User_Agent=self.of_account["agent"])
        self.post(f"/v1/topups/{first['id']}", {"description": m["changed"], "metadata[more]": m["metadata_more"]})
        self.post(f"/v1/test_helpers/topups/{first['id']}/succeed", {})
        self._call("DELETE", f"/v1/test_helpers/test_clocks/{clock['id']}", Stripe_Account=self.account)
        token = self._token(m, "000123456789")
        second = self.post("/v1/topups", self._topup(m, source=token))
        until(lambda: self.get(f"/v1/topups/{second['id']}")["status"] == "succeeded", what="the second top-up")
        source = second["source"]["id"]
        return {
            "customer": customer,
            "method": method["id"],
            "source": source,
            "first": first["id"],
            "second": second["id"],
        }

    def _topup(self, m: Markers, **more: str) -> dict[str, object]:
        return {
            "amount": 4200,
            "currency": "usd",
            "description": m["description"],
            "statement_descriptor": m["descriptor"],
            "transfer_group": m["group"],
            "metadata[about]": m["topup_metadata"],
            **more,
        }

    def _token(self, m: Markers, number: str, *, live: bool = False) -> str:
        numbers = {
            "country": "US",
            "currency": "usd",
            "account_holder_name": m["live_holder" if live else "holder"],
            "routing_number": "110000000",
        }
        numbers |= {"account_number": number, "account_holder_type": "individual"}
        form = {f"bank_account[{name}]": value for name, value in numbers.items()}
        return str(self.post("/v1/tokens", form, live=live)["id"])

    def put_on_file(self, m: Markers, number: str, *, is_verified: bool = True) -> str:
        """Put a live bank account on file, verified and authorized; return its id."""
        owner = {
            "owner[name]": m["live_holder"],
            "owner[email]": m.email("owner_email"),
            "metadata[about]": m["source_metadata"],
        }
        form = {"type": "ach_debit", "currency": "usd", "token": self._token(m, number, live=True), **owner}
        reply = self.post("/v1/sources", form, live=True, Idempotency_Key=f"{m['prefix']}-{number}")
        source = str(reply["id"])
        verified = {"method": "instant", "evidence": m["verification"]}
        if is_verified:
            self.post(f"/v1/brim/funding_sources/{source}/verify", verified, live=True)
        agreed = {
            "funding_source": source,
            "sec_code": "WEB",
            "text": f"I, {m['agreed']}, authorize My Company.",
            "accepted_at": at("2026-11-20 10:00") // 1000,
            "evidence[ip_address]": m["address"],
            "evidence[user_agent]": m["browser"],
            "evidence[reference]": m["reference"],
        }
        self.post("/v1/brim/authorizations", agreed, live=True)
        return source

    def pay_live(self, m: Markers, source: str) -> str:
        return str(self.post("/v1/topups", self._topup(m, source=source), live=True)["id"])

    def freeze(self, text: str) -> str:
        return str(self.post("/v1/test_helpers/test_clocks", {"frozen_time": at(text) // 1000}, live=True)["id"])

    def advance(self, clock: str, text: str) -> None:
        """Take the live mode of the account to a time, and then the bank."""
        path = f"/v1/test_helpers/test_clocks/{clock}"
        self.post(f"{path}/advance", {"frozen_time": at(text) // 1000}, live=True)
        until(lambda: self.get(path, live=True)["status"] == "ready", what="the clock to arrive")

    def status_of(self, topup: str) -> str:
        return str(self.get(f"/v1/topups/{topup}", live=True)["status"])

    def is_settled(self) -> bool:
        """Tell whether the bank's statement has confirmed all files."""
        files = self._call("GET", "/v1/brim/ach/files", live=True)["data"]
        return all(each["status"] == "settled" for each in files)

    def topups(self) -> list[dict[str, Any]]:
        """Return all top-ups of the account."""
        return [each for live in (False, True) for each in self.get("/v1/topups?limit=100", live=live)["data"]]

    def totals(self) -> Any:
        """Return what lists and balances add up to."""
        lists = [self.get("/v1/balance_transactions?limit=100", live=live)["data"] for live in (False, True)]
        amounts = [(each["id"], each["amount"], each["type"], each["source"]) for found in lists for each in found]
        return amounts, [self.get("/v1/balance", live=live)["available"] for live in (False, True)]

    def plant_what_banks_write(self, m: Markers, topup: str) -> None:
        """Write what a bank may write of a payer beside its numbers, and what receivers may repeat."""
        place = (self.platform, m["live_holder"], m.planted["number"])
        self.execute(
            "INSERT INTO breaks VALUES ($1, true, 'brk_1', 'unmatched_return', 'x', NULL, 1, 'usd', NULL, "
            "'It names ' || $2, 'account ' || $3, 1, 2, 'op_1', 'asked ' || $2)",
            *place,
        )
        self.execute(
            "INSERT INTO statement_lines VALUES ($1, true, 'operating', 'x', 'bf_1', 1, '2026-12-01', 1, 'usd', '451', "
            "NULL, $2, 'debit of ' || $3, NULL, NULL, 1)",
            *place,
        )
        self.execute(
            "INSERT INTO breaks VALUES ($1, true, 'brk_2', 'unmatched_line', 'operating/x', NULL, 1, 'usd', NULL, "
            "'Nothing explains it.', NULL, 1, 2, 'op_1', 'Seen.')",
            self.platform,
        )
        self.execute(
            "INSERT INTO line_settlements VALUES ($1, true, 'lset_1', 'operating', 'usd', 0, 'rejected', 'of ' || $2, "
            "'op_1', 1, 'op_2', 2)",
            self.platform,
            m["live_holder"],
        )
        self.execute(
            "UPDATE bank_files SET findings = jsonb_build_array(jsonb_build_object('code', 'x', 'sentence', $1::text)) "
            "WHERE id = (SELECT min(id) FROM bank_files)",
            m["live_holder"],
        )
        self.execute(
            "UPDATE webhook_attempts SET response_head = convert_to($1, 'UTF8'), error = $1 WHERE event IN "
            "(SELECT id FROM events WHERE object_id = $2)",
            m["echo"],
            topup,
        )
        self.execute(
            "UPDATE webhook_attempts SET request_headers = json_build_object('X', $2::text) WHERE account = $1",
            self.account,
            self.of_account["sent_header"],
        )

    def execute(self, statement: str, *arguments: object) -> None:
        async def run() -> None:
            conn = await asyncpg.connect(self.brim.owner_url)
            try:
                await conn.execute(statement, *arguments)
            finally:
                await conn.close()

        asyncio.run(run())

    def look_for(self, markers: Markers) -> dict[str, set[str]]:
        """Return the fields that were found, by column."""

        async def look(database: Database) -> dict[str, set[str]]:
            async with database.connection() as conn:
                [found] = await look_for(conn, [markers], key=self.encryption_key)
                return found

        found: dict[str, set[str]] = self.run(look)
        return found

    def run(self, work: Callable[[Database], Any]) -> Any:
        """Return what is done on the database as its owner."""

        async def connected() -> Any:
            database = await Database.connect(self.brim.owner_url, timeout_s=60)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(connected())

    def erase(self, target: Target, *, now_ms: int = LATER, **more: Any) -> Erasure:
        vault = Vault([self.encryption_key])
        done: Erasure = self.run(
            lambda database: erase(database, vault, target, by=BY, now_ms=now_ms, ids=IdFactory(), **more)
        )
        return done

    def left_after(self, target: Target, names: Sequence[str], markers: Sequence[Markers]) -> list[dict[str, set[str]]]:
        """Return where markers are after some steps of an erasure, which is undone."""
        vault = Vault([self.encryption_key])

        async def take(database: Database) -> list[dict[str, set[str]]]:
            secrets = BankSecrets(database, vault)
            async with database.connection() as conn:
                transaction = conn.transaction()
                await transaction.start()
                try:
                    await conn.execute("UPDATE owner_terms SET is_closed = true WHERE account = $1", target.account)
                    task = await begin_erasure(
                        conn, secrets, vault, target, by=BY, now_ms=LATER, ids=IdFactory(), page=500
                    )
                    for step in steps_of(target):
                        after: str | None = "" if step.name in names else None
                        while after is not None:
                            after = await take_page(conn, task, step, after)
                    return await look_for(conn, markers, key=self.encryption_key)
                finally:
                    await transaction.rollback()

        found: list[dict[str, set[str]]] = self.run(take)
        return found

    async def erase_and_be_cut(self, target: Target, database: Database, *, after: int) -> None:
        """Erase an account until so many transactions are committed."""
        vault = Vault([self.encryption_key])
        cutting = Cutting(database, after)
        await erase(cutting, vault, target, by=BY, now_ms=LATER, ids=IdFactory(), page=5)  # type: ignore[arg-type]

    def customer_of(self, m: Markers) -> str:
        return f"cus_{m['customer']}"

    def reject(self) -> None:
        self._call("POST", f"/v1/accounts/{self.account}/reject", {"reason": "other"}, live=True)

    def audited(self, target: Target) -> set[str]:
        """Return what the audit log says of the erasure of an account."""

        async def read(database: Database) -> set[str]:
            statement = "SELECT detail FROM audit_log WHERE action = 'account.erased' AND object = $1"
            async with database.connection() as conn:
                return {row["detail"].partition(",")[0] for row in await conn.fetch(statement, target.id)}

        said: set[str] = self.run(read)
        return said

    def preview(self, target: Target, *, now_ms: int = LATER) -> Erasure:
        vault = Vault([self.encryption_key])
        would: Erasure = self.run(
            lambda database: preview(database, vault, target, by=BY, now_ms=now_ms, ids=IdFactory())
        )
        return would

    def verify(self) -> None:
        """See the books agree and the chain hold; the command fails where they do not."""
        assert "The chain is intact" in self.command("verify", "--chain")


class CutError(Exception):
    """The process is killed here."""


class Cutting:
    """A database on which everything ends after so many transactions."""

    def __init__(self, database: Database, after: int) -> None:
        self._database, self._left = database, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def transact(self, work: Callable[[Any], Any]) -> Any:
        if not self._left:
            raise CutError
        self._left -= 1
        return await self._database.transact(work)


REMOVED: Final = store.REMOVED
NOTHING_PLANTED: Final = {
    "keys",  # ends what may act for the account
    "prenotes/test",
    "incoming_transfers/live",  # as in test mode
    "authorizations/test",
    "cli_sessions",  # without it the devices could not be removed
    "default_funding_sources",
    "webhook_deliveries",
}
"""Steps and tables without a text that a person could be named in."""


class Told(NamedTuple):
    """What was planted, and what came of it."""

    life: Life
    one: Markers
    two: Markers
    ids: dict[str, str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("erasure")
    with receiving() as receiver:
        brim = start_serving(folder / "data", folder / "log", arguments=("--workers", "1", "--rehearsal"))
        try:
            brim.wait_until_ready()
            yield _tell(Life(brim, folder, receiver))
            assert brim.stop() == 0
        finally:
            brim.close()


def _tell(life: Life) -> Told:
    """Let two payers pay in both modes; one's live debit comes back late, the other's at once."""
    one, two = Markers("one"), Markers("two")
    ids = life.pay_in_test_mode(one)
    life.pay_in_test_mode(two)
    clock = life.freeze("2026-12-01 10:00")
    ids["live_source"] = life.put_on_file(one, one.number("number", "9910580000"))
    other = life.put_on_file(two, two.number("number", "9901020000"))
    ids["live"], failing = life.pay_live(one, ids["live_source"]), life.pay_live(two, other)
    ids["prenoted"] = life.put_on_file(one, one.number("prenote", "4455667788990"), is_verified=False)
    life.post("/v1/brim/prenotes", {"funding_source": ids["prenoted"]}, live=True)
    with pytest.raises(ErasureRefusedError) as early:
        life.preview(Target(life.account, ids["live_source"], livemode=True), now_ms=at("2026-12-01 12:00"))
    assert [each.reason for each in early.value.refusals] == [Reason.PENDING]
    life.advance(clock, "2026-12-01 17:01")
    until(lambda: list(life.bank.inbox.glob("*.ach")), what="a file")
    with pytest.raises(ErasureRefusedError) as away:
        life.preview(Target(life.account, ids["live_source"], livemode=True), now_ms=at("2026-12-01 18:00"))
    assert [each.reason for each in away.value.refusals] == [Reason.PENDING, Reason.AT_THE_BANK]
    life.advance(clock, "2026-12-02 23:30")
    life.bank.advance("2026-12-02T23:30")
    until(life.is_settled, what="the bank's statement")
    life.advance(clock, "2026-12-05 10:00")
    life.bank.advance("2026-12-05T10:00")
    until(lambda: life.status_of(failing) == "failed", what="a return")
    life.advance(clock, "2026-12-07 10:00")
    until(lambda: life.status_of(ids["live"]) == "succeeded", what="money")
    with pytest.raises(ErasureRefusedError) as usable:
        life.preview(Target(life.account, ids["live_source"], livemode=True), now_ms=at("2027-01-15 12:00"))
    assert [each.reason for each in usable.value.refusals] == [Reason.RETURNABLE]
    life.advance(clock, "2027-02-05 10:00")
    life.bank.advance("2027-02-05T10:00")
    until(lambda: life.status_of(ids["live"]) == "reversed", what="a return")
    life.plant_what_banks_write(one, ids["live"])
    return Told(life, one, two, ids)


@pytest.mark.long_form
def test_each_step_is_needed(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one of them, or any table whose rows are removed, markers are found that are gone with it."""
    life, ids = told.life, told.ids
    markers = (life.of_account, told.one, told.two)
    payers = [Target(life.account, ids[name]) for name in ("customer", "source")]
    payers += [Target(life.account, ids[name], livemode=True) for name in ("live_source", "prenoted")]
    for targets in (payers, [Target(life.account, life.account)]):
        names = {target: [step.name for step in steps_of(target)] for target in targets}
        whole = [life.left_after(target, names[target], markers) for target in targets]
        for name in _some(sorted({name for each in names.values() for name in each} - NOTHING_PLANTED)):
            assert any(
                life.left_after(target, [other for other in names[target] if other != name], markers) != found
                for target, found in zip(targets, whole, strict=True)
                if name in names[target]
            ), name
    for table in _some(sorted(set(REMOVED) - NOTHING_PLANTED)):
        monkeypatch.setattr(store, "REMOVED", tuple(other for other in REMOVED if other != table))
        assert life.left_after(targets[0], names[targets[0]], markers) != whole[0], table


def _some(names: list[str]) -> list[str]:
    """Return all names, or every third."""
    return long_form(names, short=names[::3])


KEPT_OF_A_PAYER: Final = {
    "ach_files.sealed": {"live_holder", "number", "prenote"},
    "bank_files.sealed": {"live_holder", "number"},
    "authorizations.sealed": {"agreed", "address", "browser", "reference", "live_holder"},
    "idempotency_keys.key": {"key", "prefix", "number", "prenote"},
    "audit_log.object": {"customer"},
    "erasures.target": {"customer"},
}


def test_what_payers_are_found_by_is_gone_and_nothing_of_others(told: Told) -> None:
    life, ids = told.life, told.ids
    before, others = life.look_for(told.one), life.look_for(told.two)
    topups, totals = life.topups(), life.totals()
    targets = [
        Target(life.account, ids["customer"]),
        Target(life.account, ids["source"]),
        Target(life.account, ids["live_source"], livemode=True),
        Target(life.account, ids["prenoted"], livemode=True),
    ]
    life.preview(targets[2])
    assert life.look_for(told.one) == before
    for target in targets:
        would = life.preview(target)
        done = life.erase(target, page=3)
        assert (done.counts, done.kept) == (would.counts, would.kept)
        assert done.counts["funding_sources"] == 1
    life.verify()
    assert life.look_for(told.one) == KEPT_OF_A_PAYER
    assert life.look_for(told.two) == others
    assert life.totals() == totals
    erased = {ids["first"], ids["second"], ids["live"]}
    for was, now in zip(topups, life.topups(), strict=True):
        assert now == ({**was, **BLANK, "source": now["source"]} if was["id"] in erased else was)
    assert life.get(f"/v1/topups/{ids['second']}")["source"]["owner"]["name"] is None
    expanded = life.get(f"/v1/topups/{ids['first']}?expand[]=payment_method")["payment_method"]
    assert (expanded["us_bank_account"]["last4"], expanded["billing_details"]["name"]) == ("****", None)
    for live in (False, True):
        events = life.get("/v1/events?limit=100", live=live)["data"]
        assert {each["type"] for each in events if each["data"]["object"].get("id") in erased} >= {"topup.created"}
    [agreed, _] = (
        life.get(f"/v1/brim/authorizations?limit=2&funding_source={ids['live_source']}", live=True)["data"] * 2
    )
    assert (agreed["text"], agreed["status"]) == ("", "ended")


BLANK: Final[dict[str, Any]] = {
    "description": None,
    "metadata": {},
    "statement_descriptor": None,
    "transfer_group": None,
}


def test_an_account_is_erased_through_kills_and_its_books_still_add_up(told: Told) -> None:
    life = told.life
    target = Target(life.account, life.account)
    with pytest.raises(ErasureRefusedError) as early:
        life.erase(target)
    assert [each.reason for each in early.value.refusals] == [Reason.NOT_CLOSED]
    topups, totals = life.topups(), life.totals()
    life.reject()
    cuts = 0
    while True:
        cuts += 1
        try:
            life.run(partial(life.erase_and_be_cut, target, after=cuts))
        except CutError:
            life.verify() if cuts % 16 == 1 else None
            continue
        break
    assert cuts > 12
    assert life.erase(target).counts.get("topups", 0) == 0
    life.verify()
    assert life.look_for(life.of_account) == {}
    assert life.look_for(told.two).keys() == {"ach_files.sealed", "bank_files.sealed", "authorizations.sealed"}
    assert life.totals() == totals
    ids = ("id", "amount", "currency", "created", "status", "balance_transaction", "failure_code", "payment_method")
    assert [[each[name] for name in ids] for each in life.topups()] == [[each[name] for name in ids] for each in topups]
    assert life.audited(target) == {"begun", "done"}


def test_what_the_rule_book_has_kept_is_gone_when_its_time_is_over(told: Told) -> None:
    life = told.life
    assert "authorizations.sealed" in life.look_for(told.one)
    life.erase(Target(life.account, life.account), now_ms=at("2029-06-01 12:00"))
    assert life.look_for(told.one).keys() == KEPT_OF_A_PAYER.keys() - {"authorizations.sealed", "idempotency_keys.key"}
