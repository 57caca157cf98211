"""Every operation that changes something writes its audit entry in the transaction that changes it.

Shown by the commit: where an entry is refused when its transaction commits, nothing of what was asked for is there
either; where it is not, both are. The list of operations is the API's own, so a new one is tried as soon as it is
served.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from brim.api.framework.operation import Operation
from brim.api.resources.operations import OPERATIONS
from brim.core.audit import FIELDS
from brim.platform.database import Database
from brim.web.operators.audit_recorder import TOLD_AFTERWARDS
from brim.web.reference.catalogue import Catalogue, Entry
from brim.web.samples.sample import Sample
from tests.support.brim_process import RunningBrim, start_serving
from tests.support.making import all_entries, sample_for
from tests.support.making_live import NEEDS_A_STATEMENT, NEVER_BY_KEYS, is_live, live_sample_for
from tests.support.service import Server, connected_to, find_platform_account
from tests.support.wire import Wire, WireReply

MONEY_PATH: Final = {
    "PostTopups",
    "PostBrimNegativeBalancesNegativeBalanceTopUp",
    "PostTopupsTopup",
    "PostTopupsTopupCancel",
    "PostTestHelpersTopupsTopupSucceed",
    "PostTestHelpersTopupsTopupFail",
    "PostTestHelpersTopupsTopupReverse",
}
"""They write an event in their transaction, and a create may not cost one more row. Where an operator's page asks, they
have an entry too: see tests/db/test_audit.py."""

DELIVERIES: Final = {
    "PostEventsIdRetry",
    "PostWebhookEndpointsWebhookEndpointResend",
    "PostWebhookEndpointsWebhookEndpointTest",
    "PostV2CoreEventDestinationsIdPing",
    "PostStripecliSessions",
    "PostBrimVerifications",
}
"""They change nothing that anybody set up: what there is is sent again, or somebody listens."""

REFUSED: Final = {"PostAccountsAccountLoginLinks"} | NEVER_BY_KEYS
"""Keys never do them. What operators do of them is in tests/db/test_audit.py."""

BY_DETAIL: Final = {
    "PostTestHelpersBalanceHold",
    "PostTestHelpersFundingInstructionsFundingInstructionsFund",
    "PostBrimAchBankFiles",
    "PostBrimAchFilesFileResubmit",
    "PostBrimAchReturnRatesSubjectEndOverride",
    "PostBrimAchReturnRatesSubjectOverride",
    "PostBrimRailsRailResume",
    "PostBrimRailsRailStop",
}
"""No field of one object changes by them: their entries say what was done in words."""

CHANGES_WHAT_IS_THERE: Final = {"PostBrimDefaultFundingSources", "PostBrimMicrodeposits", "PostBrimPrenotes"}
"""Their entries are about a funding source, which was there before."""

CHANGES_NOTHING: Final = {"PostBrimStatementMappingsPreview"}
"""It reads a file, and stores nothing."""

EXEMPT: Final = MONEY_PATH | DELIVERIES | REFUSED | NEEDS_A_STATEMENT | CHANGES_NOTHING
ENTRIES: Final = [
    entry
    for entry in all_entries(Catalogue(OPERATIONS))
    if entry.operation.method != "GET" and entry.operation.operation_id not in EXEMPT
]
STATE: Final = {
    "accounts": "to_jsonb(t)",
    "authorizations": "to_jsonb(t) - 'used_by' - 'lapses_on'",
    "originators": "to_jsonb(t)",
    "rail_stops": "to_jsonb(t)",
    "return_overrides": "to_jsonb(t)",
    "ach_files": "to_jsonb(t)",
    "ach_approvals": "to_jsonb(t)",
    "balance_reserves": "to_jsonb(t)",
    "holds": "to_jsonb(t)",
    "ach_entries": "to_jsonb(t)",
    "funding_instructions": "to_jsonb(t)",
    "incoming_transfers": "to_jsonb(t)",
    "virtual_accounts": "to_jsonb(t)",
    "known_payers": "to_jsonb(t)",
    "statement_mappings": "to_jsonb(t)",
    "report_runs": "jsonb_build_object('id', id, 'report_type', report_type, 'parameters', parameters)",
    "bank_files": "to_jsonb(t)",
    "breaks": "to_jsonb(t)",
    "line_settlements": "to_jsonb(t)",
    "legal_holds": "to_jsonb(t)",
    "refunds": "to_jsonb(t)",
    "api_keys": "to_jsonb(t)",
    "external_accounts": "to_jsonb(t)",
    "funding_sources": "to_jsonb(t)",
    "bank_tokens": "to_jsonb(t)",
    "default_funding_sources": "to_jsonb(t)",
    "owner_terms": "to_jsonb(t)",
    "test_clocks": "to_jsonb(t)",
    "webhook_endpoints": "to_jsonb(t) - 'failing_since_ms'",
    "idempotency_keys": "to_jsonb(t)",
    "events": "to_jsonb(t)",
}
"""What such operations write, without what the worker writes by itself meanwhile."""


@pytest.fixture(scope="module")
def brim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBrim]:
    """A service of this module's own: the tests change its tables."""
    folder = tmp_path_factory.mktemp("audit")
    running = start_serving(folder / "data", folder / "brim.log", arguments=("--workers", "1"))
    try:
        running.wait_until_ready()
        running.execute_as_owner(
            "CREATE FUNCTION refuse_entry() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no commit with this entry'; END $$"
        )
        yield running
        assert running.stop() == 0
    finally:
        running.close()


class Bench:
    """One account and one key of it, and what the database holds of them."""

    def __init__(self, brim: RunningBrim, server: Server) -> None:
        self._brim = brim
        self.server = server
        made = self.server.make_account()
        self.account = made.id
        self.wire = Wire(brim.url, made.key)

    def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        async def read(database: Database) -> list[dict[str, Any]]:
            async with database.connection() as conn:
                return [dict(record) for record in await conn.fetch(sql, *arguments)]

        found: list[dict[str, Any]] = self.server.run(read)
        return found

    def state(self) -> dict[str, list[str]]:
        """Return all that there is of the account and of those under it."""
        mine = "t.account IN (SELECT account FROM accounts WHERE account = $1 OR platform = $1)"
        return {
            table: [
                row["row"]
                for row in self.rows(
                    f"SELECT ({shown})::text AS row FROM {table} AS t WHERE {mine} ORDER BY 1", self.account
                )
            ]
            for table, shown in STATE.items()
        }

    def entries(self, request_id: str) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT action, actor_kind, actor, object_type, object, account, before::text, after::text, detail "
            "FROM audit_log WHERE request_id = $1 ORDER BY id",
            request_id,
        )

    def count(self) -> int:
        return int(self.rows("SELECT count(*) AS n FROM audit_log")[0]["n"])

    def refuse_entries(self) -> None:
        """Let no transaction commit in which an entry was written."""
        self._brim.execute_as_owner(
            "CREATE CONSTRAINT TRIGGER refuse_entries AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION refuse_entry()"
        )

    def refuse_acts(self) -> None:
        """Let no transaction commit that changes what such operations write, the log aside."""
        self._change_tables(
            "CREATE CONSTRAINT TRIGGER refuse_acts AFTER INSERT OR UPDATE OR DELETE ON {} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_entry()"
        )

    def accept_acts(self) -> None:
        self._change_tables("DROP TRIGGER refuse_acts ON {}")

    def _change_tables(self, statement: str) -> None:
        """Do the same to every table that such operations write, each in a transaction of its own."""
        changes = " ".join(f"EXECUTE '{statement.format(table)}'; COMMIT;" for table in STATE)
        self._brim.execute_as_owner(f"DO $$ BEGIN {changes} END $$")

    def accept_entries(self) -> None:
        self._brim.execute_as_owner("DROP TRIGGER refuse_entries ON audit_log")


@pytest.fixture(scope="module")
def audited(brim: RunningBrim) -> Iterator[Server]:
    with connected_to(brim) as server:
        yield server


@pytest.fixture
def bench(brim: RunningBrim, audited: Server) -> Bench:
    return Bench(brim, audited)


def changing_sample(entry: Entry, bench: Bench, folder: Path) -> Sample:
    """Return the sample of an operation, where it changes something."""
    name = entry.operation.operation_id
    if is_live(entry.operation):
        sample = live_sample_for(entry, bench.server, bench.account, folder)
        if name == "PostBrimRailsRailResume":
            stop = sample.target.replace("/resume", "/stop")
            assert Wire(sample.base, sample.key).post(stop, {"reason": "Audit"}).status == 200
        return sample
    if entry.operation.resource == "legal_holds":
        platform = find_platform_account(bench.server)
        return sample_for(entry, Wire(bench.wire.url, bench.server.make_key(platform, livemode=True)), platform)
    sample = sample_for(entry, bench.wire, bench.account)
    if name == "PostV2CoreEventDestinationsIdEnable":  # the sample's is enabled already
        assert bench.wire.send("POST", f"{sample.target.removesuffix('/enable')}/disable").status == 200
    return sample


def send(sample: Sample) -> WireReply:
    """Send a sample as it is written down."""
    body = sample.content.encode()
    headers = {"Content-Type": sample.content_type} if body else {}
    wire = Wire(sample.base, sample.key)
    return wire.send(sample.operation.method, sample.target, body=body or None, headers=headers)


def test_the_exemptions_are_operations_and_pages_tell_of_deliveries_afterwards() -> None:
    known = {operation.operation_id for operation in OPERATIONS if operation.method != "GET"}
    assert known >= EXEMPT
    assert TOLD_AFTERWARDS == DELIVERIES
    assert {entry.operation.operation_id for entry in ENTRIES} == known - EXEMPT


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.operation.operation_id)
def test_an_operation_and_its_audit_entry_commit_together_or_not_at_all(
    entry: Entry, bench: Bench, tmp_path: Path
) -> None:
    sample = changing_sample(entry, bench, tmp_path)
    before, count = bench.state(), bench.count()
    bench.refuse_entries()
    try:
        refused = send(sample)
    finally:
        bench.accept_entries()
    assert refused.status >= 500, f"no audit entry was written: {refused.body!r}"
    assert (bench.state(), bench.count()) == (before, count)

    reply = send(sample)
    assert reply.status == 200, reply.body
    entries = bench.entries(reply.headers["request-id"])
    assert entries
    for each in entries:
        assert each["actor_kind"] == "api_key"
        assert each["actor"].startswith("mk_")
        assert each["object_type"] in FIELDS or entry.operation.operation_id in BY_DETAIL
    assert_what_changed_is_told(entry.operation, entries)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.operation.operation_id)
def test_an_operation_that_cannot_commit_leaves_no_entry(entry: Entry, bench: Bench, tmp_path: Path) -> None:
    sample = changing_sample(entry, bench, tmp_path)
    before = bench.state()
    bench.refuse_acts()
    try:
        refused = send(sample)
    finally:
        bench.accept_acts()
    assert refused.status >= 500, refused.body
    assert bench.state() == before
    assert bench.entries(refused.headers["request-id"]) == []


def assert_what_changed_is_told(operation: Operation, entries: list[dict[str, Any]]) -> None:
    """Expect nothing before what is new, nothing after what is gone, and both for what changed."""
    *_, last = entries
    if operation.operation_id in BY_DETAIL:
        assert last["detail"]
        return
    if operation.method == "DELETE":
        assert (last["before"] is None, last["after"]) == (False, None)
    elif "{" not in operation.path and operation.operation_id not in CHANGES_WHAT_IS_THERE:
        assert (entries[0]["before"], entries[0]["after"] is None) == (None, False)
    else:
        assert last["after"] is not None


def test_what_is_asked_again_under_its_key_is_told_once(bench: Bench) -> None:
    headers = {"Idempotency-Key": "once"}
    for is_replay in (False, True):
        reply = bench.wire.send("POST", "/v1/accounts", form={"email": "a@example.com"}, headers=headers)
        assert reply.status == 200
        assert len(bench.entries(reply.headers["request-id"])) == (0 if is_replay else 1)


def test_the_platform_account_reads_the_log_page_by_page(bench: Bench, brim: RunningBrim) -> None:
    for number in range(3):
        bench.wire.post("/v1/webhook_endpoints", {"url": f"http://127.0.0.1:9/{number}", "enabled_events[]": "*"})
    wire = Wire(brim.url, brim.test_key)
    first = wire.get("/v1/brim/audit_log?limit=2").json
    assert (first["has_more"], first["url"]) == (True, "/v1/brim/audit_log")
    second = wire.get(f"/v1/brim/audit_log?limit=1&starting_after={first['data'][1]['id']}").json["data"][0]
    assert [each["after"]["url"] for each in (*first["data"], second)] == [
        f"http://127.0.0.1:9/{number}" for number in (2, 1, 0)
    ]
    newest = first["data"][0]
    assert (newest["action"], newest["object_type"]) == ("webhook_endpoint.created", "webhook_endpoint")
    assert (newest["actor"]["type"], newest["before"], newest["account"]) == ("api_key", None, bench.account)
    assert wire.get(f"/v1/brim/audit_log?limit=1&ending_before={second['id']}").json["data"][0] == first["data"][1]
    assert bench.wire.get("/v1/brim/audit_log").status == 403


def test_no_secret_and_nothing_private_gets_into_the_log(bench: Bench) -> None:
    """Canaries: whatever is secret, or says who somebody is, is looked for in every entry of a key's requests."""
    wire = bench.wire
    number, canary = "000123456789", "canary"
    bank_account = {"account_number": number, "routing_number": "110000000"}
    token = wire.post(
        "/v1/tokens", {f"bank_account[{name}]": value for name, value in (bank_account | {"country": "US"}).items()}
    )
    method = wire.post(
        "/v1/payment_methods",
        {
            "type": "us_bank_account",
            "billing_details[name]": f"{canary} holder",
            **{f"us_bank_account[{name}]": value for name, value in bank_account.items()},
        },
    )
    account = wire.post(
        "/v1/accounts",
        {
            "email": f"{canary}@example.com",
            "business_profile[name]": f"{canary} business",
            "individual[first_name]": f"{canary} person",
            "individual[ssn_last_4]": "7531",
            "individual[id_number]": "753197531",
            "metadata[note]": f"{canary} note",
            "external_account": token.json["id"],
        },
    )
    form = {"url": f"http://127.0.0.1:9/hooks?token={canary}", "enabled_events[]": "*", "metadata[a]": canary}
    endpoint = wire.post("/v1/webhook_endpoints", form)
    rolled = wire.post(f"/v1/webhook_endpoints/{endpoint.json['id']}/roll_secret")
    moved = wire.post(
        f"/v1/webhook_endpoints/{endpoint.json['id']}", {"url": f"http://127.0.0.1:9/hooks?token={canary}2"}
    )
    replies = [token, method, account, endpoint, rolled, moved]
    assert [reply.status for reply in replies] == [200] * len(replies), [reply.body for reply in replies]
    every = "SELECT a::text AS row FROM audit_log AS a WHERE request_id = $1"
    found = [bench.rows(every, reply.headers["request-id"]) for reply in replies]
    written = "\n".join(row["row"] for each in found for row in each)
    secrets = [number, canary, "7531", endpoint.json["secret"], rolled.json["secret"], str(wire.key)]
    words = (rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])" for secret in secrets)  # a time may have its digits
    assert [word for word in words if re.search(word, written)] == []
    assert "6789" in written, "what tells bank accounts apart is there"
    [entry] = bench.entries(moved.headers["request-id"])
    assert (entry["before"], entry["after"]) == (
        '{"url": "http://127.0.0.1:9/hooks"}',
        '{"url": "http://127.0.0.1:9/hooks"}',
    )


def told(bench: Bench, reply: WireReply) -> list[tuple[str, str]]:
    """Return what the entries of a request say was done, and to what."""
    assert reply.status == 200, reply.body
    return [(entry["action"], entry["object"]) for entry in bench.entries(reply.headers["request-id"])]


def test_what_ends_with_an_account_is_told(bench: Bench) -> None:
    bank_account = {"object": "bank_account", "country": "US", "currency": "usd", "routing_number": "110000000"}
    form = {f"external_account[{name}]": value for name, value in bank_account.items()}
    account = bench.wire.post("/v1/accounts", form | {"external_account[account_number]": "000123456789"}).json
    external = account["external_accounts"]["data"][0]["id"]
    bench.server.make_key(account["id"])
    bench.server.make_revoked_key(account["id"])
    [key] = bench.rows("SELECT id FROM api_keys WHERE account = $1 AND expires_ms IS NULL", account["id"])
    assert told(bench, bench.wire.send("DELETE", f"/v1/accounts/{account['id']}")) == [
        ("api_key.revoked", key["id"]),
        ("external_account.deleted", external),
        ("account.deleted", account["id"]),
    ]


def test_defaults_that_go_with_their_bank_account_are_told(bench: Bench) -> None:
    numbers = {"routing_number": "110000000", "account_number": "000123456789"}
    form = {"type": "us_bank_account", "billing_details[name]": "Jenny Rosen"}
    form |= {f"us_bank_account[{name}]": value for name, value in numbers.items()}
    method = bench.wire.post("/v1/payment_methods", form).json["id"]
    for currency in ("usd", "eur"):
        wanted = {"currency": currency, "funding_source": method}
        assert bench.wire.post("/v1/brim/default_funding_sources", wanted).status == 200
    assert told(bench, bench.wire.post(f"/v1/payment_methods/{method}/detach", {})) == [
        ("default_funding_source.deleted", "eur"),
        ("default_funding_source.deleted", "usd"),
        ("funding_source.detached", method),
    ]


def test_an_update_of_nothing_is_not_told(bench: Bench) -> None:
    endpoint = bench.wire.post("/v1/webhook_endpoints", {"url": "http://127.0.0.1:9/", "enabled_events[]": "*"}).json
    account = bench.wire.post("/v1/accounts", {"email": "a@example.com"}).json
    for path, form in (
        (f"/v1/webhook_endpoints/{endpoint['id']}", {"description": "Books"}),
        (f"/v1/accounts/{account['id']}", {"email": "b@example.com"}),
    ):
        assert [len(told(bench, bench.wire.post(path, form))) for _ in range(2)] == [1, 0]
