"""Every query of the dashboard is run by a real Prometheus, which scrapes a Brim that works."""

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from brim.platform.vault import new_encryption_key
from tests.support.brim_process import RunningBrim, run_brim
from tests.support.polling import until
from tests.support.prometheus import Prometheus
from tests.support.receiving import receiving

DASHBOARD: Final = json.loads(
    (Path(__file__).parents[2] / "packaging" / "grafana" / "brim.json").read_text(encoding="utf-8")
)
PANELS: Final[list[dict[str, Any]]] = DASHBOARD["panels"]
QUERIES: Final = [target["expr"] for panel in PANELS for target in panel.get("targets", [])]

EMPTY_WHILE_WELL: Final = {
    'status=~"5.."}[$__rate_interval]': "no request has failed",
    "brim_ach_return_rate": "no originator collects debits here",
    "brim_ach_next_cutoff": "no originator is active here",
    "brim_bank_reading_age": "no originator is active here",
}
"""Parts of queries that return nothing on a healthy system without live money, and why."""


def test_the_dashboard_is_one_that_grafana_lays_out() -> None:
    assert DASHBOARD["schemaVersion"] >= 39
    assert [variable["name"] for variable in DASHBOARD["templating"]["list"]] == ["datasource"]
    ids = [panel["id"] for panel in PANELS]
    assert len(set(ids)) == len(ids)
    assert {panel["type"] for panel in PANELS} == {"row", "stat", "timeseries"}
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
        for target in panel.get("targets", []):
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        references = [target["refId"] for target in panel.get("targets", [])]
        assert len(set(references)) == len(references)


@pytest.fixture
def prometheus(start_brim: Callable[..., RunningBrim], tmp_path: Path) -> Iterator[Prometheus]:
    """A Prometheus that scrapes a Brim which has made, settled and announced top-ups."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed")
    backups = {"BACKUP_STORE": str(tmp_path / "store"), "BACKUP_KEY": new_encryption_key(), "BACKUP_WAL_EVERY": "1s"}
    settings = backups | {"SANDBOX_SETTLE_AFTER": "50ms", "VERIFY_EVERY": "2s", "WEBHOOK_ALLOW": "127.0.0.1/32"}
    environment = {f"BRIM_{name}": value for name, value in settings.items()}
    brim = start_brim(arguments=["--workers", "2"], env=environment)
    made = run_brim("backup", "create", "--data-dir", str(brim.data_dir), env=environment)
    assert made.returncode == 0, made.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    scraped = {"job_name": "brim", "static_configs": [{"targets": [brim.url.removeprefix("http://")]}]}
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": [scraped]}))
    arguments = [f"--config.file={configuration}", f"--storage.tsdb.path={tmp_path / 'tsdb'}"]
    with (
        receiving() as receiver,
        (tmp_path / "prometheus.log").open("wb") as log,
        subprocess.Popen([program, *arguments, f"--web.listen-address={address}"], stdout=log, stderr=log) as process,
    ):
        try:
            hook = {"url": receiver.url, "enabled_events[]": "*"}
            assert brim.call("POST", "/v1/webhook_endpoints", **hook)[0] == 200
            yield _with_traffic(Prometheus(f"http://{address}"), brim)
        finally:
            process.terminate()
            process.wait(20)


def _with_traffic(prometheus: Prometheus, brim: RunningBrim) -> Prometheus:
    """Return Prometheus once it has seen top-ups made, settled and delivered."""

    def seen() -> bool:
        brim.create_topup()
        return all(
            prometheus.query(f"rate({name}[10s]) > 0")
            for name in (
                'brim_topups_settled_total{outcome="succeeded"}',
                'brim_webhook_attempts_total{outcome="delivered"}',
                "brim_webhook_first_attempt_delay_seconds_count",
                'brim_http_request_duration_seconds_count{route="/v1/topups"}',
            )
        ) and bool(prometheus.query("brim_verification_duration_seconds and brim_workers > 0"))

    until(seen, what="traffic in Prometheus", patience_s=60)
    return prometheus


def test_every_query_gives_what_its_panel_shows(prometheus: Prometheus) -> None:
    assert len(QUERIES) > 40
    empty: dict[str, list[str]] = {each: [] for each in EMPTY_WHILE_WELL}
    for query in QUERIES:
        found = prometheus.query(query.replace("$__rate_interval", "10s"))
        reason = next((part for part in EMPTY_WHILE_WELL if part in query), None)
        if reason is None:
            assert found, f"no data: {query}"
        else:
            assert found == [], f"{query} is not empty, though {EMPTY_WHILE_WELL[reason]}"
            empty[reason].append(query)
    assert all(empty.values()), "a reason for an empty query is of none"
