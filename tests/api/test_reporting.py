"""Reports by the official Python SDK, and who reads their files."""

import csv
import io
import time
from pathlib import Path
from typing import Any

import pytest
import stripe
from click.testing import CliRunner, Result

from brim.cli.root import cli
from brim.core.reports import SigningKey, read_public_key, verify_report
from tests.support.connected_accounts import acting_for
from tests.support.polling import until, wait_for_event
from tests.support.service import Connect, Server
from tests.support.wire import Wire


def read(url: str, key: str) -> tuple[int, bytes]:
    """Return the status and the body of a file's URL, as a program with a key downloads it."""
    base, _, path = url.partition("/v1/")
    reply = Wire(base, key).get(f"/v1/{path}")
    return reply.status, reply.body


def test_a_report_is_run_watched_and_downloaded(
    server: Server, key: str, client: stripe.StripeClient, tmp_path: Path
) -> None:
    topup = client.v1.topups.create({"amount": 2_345, "currency": "usd"})
    end = wait_for_event(client, "topup.succeeded", topup.id).created + 1
    until(lambda: time.time() >= end, what="the second to be over")
    made = client.v1.reporting.report_runs.create(
        {
            "report_type": "balance_change_from_activity.itemized.3",
            "parameters": {
                "interval_start": end - 3600,
                "interval_end": end,
                "columns": ["source_id", "net", "reporting_category"],
                "timezone": "America/New_York",
            },
        },
        {"idempotency_key": f"report-{topup.id}"},
    )
    assert (made.object, made.status, made.result) == ("reporting.report_run", "pending", None)
    assert made.parameters.columns == ["source_id", "net", "reporting_category"]
    event = wait_for_event(client, "reporting.report_run.succeeded", made.id)
    run = client.v1.reporting.report_runs.retrieve(made.id)
    assert run.succeeded_at
    assert run.result
    assert (run.result.object, run.result.purpose, run.result.type) == ("file", "finance_report_run", "csv")
    assert event.data.object["result"]["id"] == run.result.id
    status, body = read(str(run.result.url), key)
    assert (status, len(body)) == (200, run.result.size)
    assert list(csv.DictReader(io.StringIO(body.decode(), newline=""))) == [
        {"source_id": topup.id, "net": "23.45", "reporting_category": "topup"}
    ]
    assert [each.id for each in client.v1.reporting.report_runs.list({"limit": 3}).data] == [run.id]
    extras: Any = run.to_dict()["brim"]
    for file in extras["files"]:
        (tmp_path / file["filename"]).write_bytes(read(file["url"], key)[1])
    pem = Wire(server.url, key).get("/v1/brim/report_key").json["public_key"]
    verified = verify_report(tmp_path / f"{run.id}.manifest.json", read_public_key(pem.encode(), name="key"))
    assert (verified.manifest.rows, verified.fingerprint) == (extras["rows"], extras["key"])


def test_a_retry_of_a_run_is_the_same_run(client: stripe.StripeClient) -> None:
    wanted: Any = {
        "report_type": "balance.summary.1",
        "parameters": {"interval_start": 1_700_000_000, "interval_end": 1_700_003_600},
    }
    first, again = [client.v1.reporting.report_runs.create(wanted, {"idempotency_key": "once"}) for _ in range(2)]
    assert first.id == again.id
    assert len(client.v1.reporting.report_runs.list().data) == 1


def test_types_say_what_they_have(client: stripe.StripeClient) -> None:
    types = client.v1.reporting.report_types.list().data
    assert types[0].id == "balance.summary.1"
    assert types[0].default_columns == ["category", "description", "net_amount", "currency"]
    assert client.v1.reporting.report_types.retrieve(types[1].id).name == types[1].name
    assert abs(types[0].data_available_end - time.time()) < 600
    with pytest.raises(stripe.InvalidRequestError, match="No such report type: 'balance'"):
        client.v1.reporting.report_types.retrieve("balance")


def test_what_is_wrong_is_named_as_the_parameter_is(client: stripe.StripeClient) -> None:
    now = int(time.time())
    for parameters, param in (
        ({"interval_start": now}, "parameters[interval_end]"),
        ({"interval_start": now, "interval_end": now - 5}, "parameters[interval_end]"),
        ({"interval_start": now - 5, "interval_end": now + 500}, "parameters[interval_end]"),
        ({"interval_start": now - 5, "interval_end": now, "columns": ["x"]}, "parameters[columns]"),
        (
            {"interval_start": now - 5, "interval_end": now, "connected_account": "acct_x"},
            "parameters[connected_account]",
        ),
    ):
        wanted: Any = {"report_type": "balance.summary.1", "parameters": parameters}
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.reporting.report_runs.create(wanted)
        assert refused.value.param == param


def test_an_account_reads_its_own_reports_and_a_platform_all_of_them(
    server: Server, account: str, client: stripe.StripeClient, connect: Connect
) -> None:
    below = client.v1.accounts.create({}).id
    for_below = acting_for(below)
    topup = client.v1.topups.create({"amount": 500, "currency": "usd"}, for_below)
    wait_for_event(client, "topup.succeeded", topup.id, options=for_below)
    now = int(time.time())
    interval: Any = {"interval_start": now - 3600, "interval_end": now}
    summary = client.v1.reporting.report_runs.create({"report_type": "brim.balance.summary.1", "parameters": interval})
    own = client.v1.reporting.report_runs.create(
        {"report_type": "balance.summary.1", "parameters": interval}, for_below
    )
    wait_for_event(client, "reporting.report_run.succeeded", summary.id)
    wait_for_event(client, "reporting.report_run.succeeded", own.id, options=for_below)
    url = str(client.v1.reporting.report_runs.retrieve(summary.id).result.url)  # type: ignore[union-attr]
    key_below, reader = server.make_key(below), server.make_key(account, permissions={"reporting": "read"})
    assert below.encode() in read(url, reader)[1]
    assert read(url, key_below)[0] == 404
    assert read(url, server.make_key(account, permissions={"topups": "write"}))[0] == 403
    assert read(url, "sk_test_nobodys")[0] == 401
    of_below = connect(key_below)
    assert [each.id for each in of_below.v1.reporting.report_runs.list().data] == [own.id]
    with pytest.raises(stripe.PermissionError, match="Only available to a platform"):
        of_below.v1.reporting.report_runs.create(
            {"report_type": "brim.topups_reconciliation.itemized.1", "parameters": interval}
        )
    for name in ("file_", "file_x", f"{url.rpartition('/v1/files/')[2].partition('/')[0]}x"):
        assert Wire(server.url, reader).get(f"/v1/files/{name}/contents").status == 404


def brim(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["reports", *arguments])


def test_a_month_is_closed_on_the_command_line(server: Server, key: str, tmp_path: Path) -> None:
    at_server = ("--api-base", server.url, "--api-key", key)
    types = brim("types", *at_server).stdout
    assert "brim.topups_reconciliation.itemized.1" in types
    folder = tmp_path / "october"
    month = ("--month", "2025-10", "--timezone", "America/New_York")
    done = brim("run", "brim.balance.summary.1", *month, "-o", str(folder), *at_server)
    assert done.exit_code == 0, done.output
    assert "Written to" in done.stderr
    assert "This is test mode. For live money, pass a live key" in done.stderr
    run = brim("list", *at_server).stdout.split("\t")[0]
    assert {file.name for file in folder.iterdir()} == {
        *(f"{run}.{ending}" for ending in ("csv", "json", "manifest.json", "manifest.sig")),
        "report-key.pem",
    }
    assert brim("get", run, "-o", str(tmp_path / "again"), *at_server).exit_code == 0
    assert (tmp_path / "again" / f"{run}.csv").read_bytes() == (folder / f"{run}.csv").read_bytes()
    early = brim("run", "brim.balance.summary.1", "--from", "2025-10-01", "--to", "2199-12-31", *at_server).output
    assert "a month can be reported once it is over" in early
    verified = brim("verify", str(folder))
    assert verified.exit_code == 0
    assert "2025-10-01 00:00:00 to 2025-11-01 00:00:00 America/New_York: 0 rows, intact" in verified.stdout
    shown = brim("key", *at_server)
    assert shown.stdout.encode() == (folder / "report-key.pem").read_bytes()
    assert shown.stderr.split()[-1] in verified.stdout
    (tmp_path / "other.pem").write_text(SigningKey(bytes(32)).public_pem)
    assert "not of this manifest and key" in brim("verify", str(folder), "--key", str(tmp_path / "other.pem")).output
    (tmp_path / "again" / "report-key.pem").write_text(SigningKey(bytes(32)).public_pem)
    refused = brim("get", run, "-o", str(tmp_path / "again"), *at_server)
    assert (refused.exit_code, "is not the key that the server signs with" in refused.output) == (1, True)
    with (folder / f"{run}.csv").open("a") as file:
        file.write("acct_1,usd,topup,1,1.00,0.00,1.00\n")
    changed = brim("verify", str(folder))
    assert (changed.exit_code, "bytes, and" in changed.output) == (1, True)
    for flags in ((), ("--month", "October"), ("--from", "2025-10-01"), (*month, "--timezone", "Mars")):
        assert brim("run", "balance.summary.1", *flags, *at_server).exit_code == 1
    days = brim("run", "balance.summary.1", "--from", "2025-10-01", "--to", "2025-10-31", "--wait", "0", *at_server)
    assert "isn't ready yet" in days.output
