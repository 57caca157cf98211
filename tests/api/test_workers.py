"""Workers and stuck work, as the platform account reads them by API, page and command."""

import html
import re
import time
import urllib.request
from pathlib import Path

import pytest

from tests.support.brim_process import RunningBrim, run_brim
from tests.support.page_visitors import Person, serving_pages
from tests.support.polling import until
from tests.support.service import Server, find_platform_account
from tests.support.signing import SignedIn
from tests.support.wire import Wire

JOBS = {"settle", "clocks", "seal", "verify", "prune", "number", "deliver", "heartbeat"} | {
    "ach files",
    "ach exchange",
    "ach sftp",
    "return rates",
    "reserves",
    "reports",
    "notifications",
    "send notifications",
}


@pytest.fixture
def operator(server: Server) -> str:
    """The account that was created first."""
    return find_platform_account(server)


def test_the_platform_account_sees_workers_whose_jobs_succeed(server: Server, operator: str) -> None:
    wire = Wire(server.url, server.make_key(operator))

    def running() -> dict[str, int] | None:
        [worker] = [each for each in wire.get("/v1/brim/workers").json["data"] if each["status"] == "running"] or [None]
        jobs = {job["name"]: job["last_success"] for job in worker["jobs"]} if worker else {}
        return jobs if jobs.keys() == JOBS and all(jobs.values()) else None

    until(running, what="every job to have succeeded")
    [worker] = [each for each in wire.get("/v1/brim/workers").json["data"] if each["status"] == "running"]
    assert worker["object"] == "brim.worker"
    assert [job for job in worker["jobs"] if job["error"]] == []
    assert wire.get("/v1/brim/stuck").json == {"object": "list", "data": [], "has_more": False, "url": "/v1/brim/stuck"}


@pytest.mark.parametrize("path", ["/v1/brim/workers", "/v1/brim/stuck", "/v1/brim/health"])
def test_any_other_account_is_refused(server: Server, account: str, path: str) -> None:
    refused = Wire(server.url, server.make_key(account)).get(path)
    assert refused.status == 403
    assert refused.error["message"].startswith("Only available to the platform account")


def test_the_platform_account_sees_how_all_accounts_do_and_each_number_leads_to_its_list(
    brim_server: RunningBrim, tmp_path: Path
) -> None:
    """Of another account: two failed top-ups of one code, refused requests, an endpoint that fails."""
    server = Server(brim_server.url, brim_server.test_key, brim_server.data_dir)
    operator, other = find_platform_account(server), server.make_account().id
    wire, theirs = Wire(server.url, server.test_key), Wire(server.url, server.make_key(other))
    for _ in range(2):
        theirs.post(f"/v1/test_helpers/topups/{theirs.create()['id']}/fail", {"failure_code": "account_closed"})
    theirs.create()
    endpoint = theirs.post("/v1/webhook_endpoints", {"url": "https://x.example/hooks", "enabled_events[]": "*"}).json
    now = int(time.time())
    brim_server.execute_as_owner(
        f"UPDATE webhook_endpoints SET failing_since_ms = {now}000 WHERE id = '{endpoint['id']}'"
    )
    brim_server.execute_as_owner(
        f"INSERT INTO request_counts SELECT false, c, {now // 3600 * 3600}, a, n FROM"
        f" (VALUES (2, '', 90), (4, '', 7), (5, '', 3), (4, '{other}', 7), (5, '{other}', 3)) AS v (c, a, n)"
    )
    health = wire.get(f"/v1/brim/health?since={now - 3600}").json
    assert (health["topups"]["created"], health["topups"]["failed"]) == (3, 2)
    assert health["topups"]["failures"] == [
        {"account": other, "account_name": None, "count": 2, "failure_code": "account_closed"}
    ]
    assert {name: health["requests"][name] for name in ("succeeded", "client_errors", "server_errors")} == {
        "succeeded": 90,
        "client_errors": 7,
        "server_errors": 3,
    }
    assert [each["account"] for each in health["requests"]["accounts"]] == [other]
    assert [each["id"] for each in health["failing_webhook_endpoints"]] == [endpoint["id"]]
    assert {each["name"] for each in health["queues"]} == {"settlement", "events", "webhooks", "sealing", "stuck"}
    assert {"workers", "verification", "backlog"} <= {each["name"] for each in health["checks"]}
    assert health["database"]["size_bytes"] > 1_000_000
    watching = Wire(server.url, server.make_key(operator, permissions={"verification": "read"}))
    seen = watching.get("/v1/brim/health").json
    assert seen["topups"]["failures"] is seen["requests"]["accounts"] is seen["failing_webhook_endpoints"] is None
    assert wire.get("/v1/brim/health?since=1").json["since"] >= now - 8 * 86400
    with serving_pages(server, tmp_path) as url:
        keys = {f"{operator}/test": server.test_key, f"{other}/test": server.make_key(other)}
        person = Person(url, SignedIn(keys=keys))
        shown = person.read("/test/health")
        assert "Created 3 Failed 2 Failure rate 66.67%" in shown
        assert "https://x.example/hooks" in shown
        page = person.visit("/test/health").body.decode()
        [follows] = set(re.findall(r'value="(/topups\?[^"]+)"', page))
        form = {"account": other, "next": html.unescape(follows)}
        reply = person.send("/test/health", "/test/account", form)
        person.cookie += f"; brim_account={other}"
        assert reply.headers["location"].startswith("/test/topups?status=failed&failure_code=account_closed")
        listed = person.visit(reply.headers["location"]).body.decode()
        assert len(set(re.findall(r"/test/topups/tu_\w+", listed))) == 2
        assert "Only available to the platform account" in person.read("/test/health")


def test_stuck_work_is_listed_by_command(brim_server: RunningBrim) -> None:
    here = ("--data-dir", str(brim_server.data_dir))
    run = run_brim("stuck", *here)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "None.\n")
    brim_server.execute_as_owner(
        "INSERT INTO due_exceptions VALUES"
        " ('acct_1', false, 'another', 'tu_1', 3, 1795305600000, 1795305601000, 1795305605000, 'ValueError: no')"
    )
    run = run_brim("stuck", *here)
    assert run.returncode == 1
    assert run.stdout.split("\t")[:5] == ["acct_1", "test", "another", "tu_1", "3"]
    assert run.stdout.endswith("ValueError: no\n")


def test_a_chain_that_nobody_can_seal_is_listed_by_api_command_and_page(
    brim_server: RunningBrim, tmp_path: Path
) -> None:
    server = Server(brim_server.url, brim_server.test_key, brim_server.data_dir)
    operator = find_platform_account(server)
    brim_server.execute_as_owner(f"INSERT INTO unsealed_entries VALUES ('{operator}', false, 'je_gone')")
    reason = "The unsealed entry is missing."

    (item,) = Wire(server.url, server.test_key).get("/v1/brim/stuck").json["data"]
    assert item == {
        "object": "brim.stuck_item",
        "account": operator,
        "attempts": None,
        "error": reason,
        "first_failed": None,
        "job": "seal",
        "last_failed": None,
        "livemode": False,
        "next_try": None,
        "object_id": "je_gone",
    }
    run = run_brim("stuck", "--data-dir", str(brim_server.data_dir))
    assert (run.returncode, run.stdout) == (1, f"{operator}\ttest\tseal\tje_gone\t\t\t\t{reason}\n")
    with serving_pages(server, tmp_path) as url:
        person = Person(url, SignedIn(keys={f"{operator}/test": server.test_key}))
        assert f"seal None {reason}" in person.read("/test/workers")


def test_lateness_is_in_the_metrics(brim_server: RunningBrim) -> None:
    def shown() -> bool:
        with urllib.request.urlopen(f"{brim_server.url}/metrics", timeout=60) as reply:
            text = reply.read().decode()
        names = ("brim_settlement_lag_seconds", "brim_webhook_backlog", "brim_unsealed_transfers")
        assert all(f"\n{name} " in text for name in names)
        assert 'brim_stuck_items{kind="settle"} 0.0' in text
        return "\nbrim_workers 1.0\n" in text

    until(shown, what="a heartbeat")
