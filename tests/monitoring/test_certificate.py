"""The recipe for the certificate: Prometheus' blackbox exporter probes a TLS server, and the alert fires in time."""

import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.support.alerts import ALERTS, RUNBOOKS
from tests.support.certificates import self_signed
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.prometheus import Prometheus

ALERT: Final = "BrimCertificateEnds"
EXPORTER: Final = shutil.which("prometheus-blackbox-exporter")
PROMETHEUS: Final = shutil.which("prometheus")
RECIPE: Final = re.compile(r"```yaml\n(  - job_name: brim-tls\n.*?)```", re.DOTALL)
PROBED: Final = '["https://brim.example.com/healthz"]'
EXPORTED: Final = "127.0.0.1:9115"

pytestmark = pytest.mark.skipif(
    EXPORTER is None or PROMETHEUS is None, reason="prometheus and prometheus-blackbox-exporter are not installed"
)


class Healthy(http.server.BaseHTTPRequestHandler):
    """A server that is well."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the name is the library's
        """Say nothing."""


@contextmanager
def serving_tls(folder: Path, *, days: int) -> Iterator[str]:
    """Serve by TLS with a certificate that ends in so many days; yield host and port."""
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Healthy)
    server.socket = self_signed(folder, days=days).wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_address() -> str:
    return f"127.0.0.1:{free_port()}"


def start(opened: ExitStack, folder: Path, program: str | None, *arguments: str) -> None:
    """Run a program until the stack is closed."""
    log = opened.enter_context((folder / f"{Path(str(program)).name}.log").open("wb"))
    process = opened.enter_context(subprocess.Popen([str(program), *arguments], stdout=log, stderr=log))
    opened.callback(process.terminate)


def test_the_probe_of_the_recipe_sees_a_certificate_near_its_end(tmp_path: Path) -> None:
    exported, prometheus = free_address(), free_address()
    with ExitStack() as opened:
        near = opened.enter_context(serving_tls(tmp_path / "near", days=13))
        far = opened.enter_context(serving_tls(tmp_path / "far", days=30))
        roots = tmp_path / "roots.pem"  # the exporter believes only these, as it does the proxy's authority elsewhere
        roots.write_bytes(b"".join((tmp_path / name / "server.pem").read_bytes() for name in ("near", "far")))
        module = {"prober": "http", "http": {"tls_config": {"ca_file": str(roots)}}}
        (tmp_path / "blackbox.yml").write_text(json.dumps({"modules": {"http_2xx": module}}), encoding="utf-8")
        (recipe,) = RECIPE.findall(RUNBOOKS)
        told = recipe.replace(PROBED, json.dumps([f"https://{near}/healthz", f"https://{far}/healthz"]))
        jobs = yaml.safe_load(told.replace(EXPORTED, exported))
        assert exported in json.dumps(jobs)
        rule = {name: value for name, value in ALERTS[ALERT].items() if name != "for"}
        group = {"name": "certificate", "interval": "1s", "rules": [rule]}
        (tmp_path / "rules.yml").write_text(json.dumps({"groups": [group]}), encoding="utf-8")
        told_prometheus = {
            "global": {"scrape_interval": "1s"},
            "rule_files": ["rules.yml"],
            "scrape_configs": jobs,
        }
        (tmp_path / "prometheus.yml").write_text(json.dumps(told_prometheus), encoding="utf-8")
        start(
            opened, tmp_path, EXPORTER, f"--config.file={tmp_path / 'blackbox.yml'}", f"--web.listen-address={exported}"
        )
        start(
            opened,
            tmp_path,
            PROMETHEUS,
            f"--config.file={tmp_path / 'prometheus.yml'}",
            f"--storage.tsdb.path={tmp_path / 'tsdb'}",
            f"--web.listen-address={prometheus}",
        )
        asked = Prometheus(f"http://{prometheus}")
        until(lambda: len(asked.query("probe_success == 1") or []) == 2, what="both probes")
        found = until(lambda: asked.query(f'ALERTS{{alertname="{ALERT}",alertstate="firing"}}'), what="the alert")
    assert [each["metric"]["instance"] for each in found] == [f"https://{near}/healthz"]
