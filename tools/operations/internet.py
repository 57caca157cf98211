"""What stands for the Internet in the drill.

A proxy to this machine's registries, an object store, a receiver of alerts and an authority that speaks ACME. All of
them listen in the router's namespace alone.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from operations.hosts import PUBLIC, Router

STORE: Final = "s3.example.com"
ALERTS: Final = "alerts.example.com"
AUTHORITY: Final = "acme.example.com"
BUCKET: Final = "brim-backups"
_STORE_PORT: Final = 5000
_ALERTS_PORT: Final = 5001
_CADDYFILE: Final = """
{
    admin off
    auto_https disable_redirects
    skip_install_trust
    storage file_system STORAGE
    default_bind ADDRESS
}
acme.example.com {
    tls internal
    acme_server
}
s3.example.com {
    tls internal
    reverse_proxy 127.0.0.1:5000
}
alerts.example.com {
    tls internal
    reverse_proxy 127.0.0.1:5001
}
"""


class Internet:
    """The stand-ins, while they run."""

    def __init__(self, router: Router, wait_for: Callable[[Callable[[], bool], str], None]) -> None:
        self.router = router
        self.wait_for = wait_for
        self.alerts: list[dict[str, Any]] = []
        self._folder = tempfile.TemporaryDirectory(prefix="brim-operations-")
        self._programs: list[subprocess.Popen[bytes]] = []

    @property
    def authority(self) -> bytes:
        """The certificate that hosts have to trust."""
        return Path(self._folder.name, "pki/authorities/local/root.crt").read_bytes()

    @property
    def proxy(self) -> str:
        return f"http://{PUBLIC.router}:80"

    def __enter__(self) -> Self:
        threading.Thread(target=_serve_proxy, args=(self.router.listen(PUBLIC.router, 80),), daemon=True).start()
        receiver = _Receiver(self.router.listen("127.0.0.1", _ALERTS_PORT), self.alerts)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        moto = str(Path(sys.executable).with_name("moto_server"))
        self._start(moto, "-H", "127.0.0.1", "-p", str(_STORE_PORT))
        configuration = Path(self._folder.name, "Caddyfile")
        configuration.write_text(
            _CADDYFILE.replace("STORAGE", self._folder.name).replace("ADDRESS", PUBLIC.router), encoding="utf-8"
        )
        self._start("caddy", "run", "--adapter", "caddyfile", "--config", str(configuration))
        self.wait_for(self._has_bucket, "the object store has its bucket")
        self.wait_for(
            lambda: Path(self._folder.name, "pki/authorities/local/root.crt").exists(), "there is an authority"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in self._programs:
            program.terminate()
            program.wait()
        self._folder.cleanup()

    def _start(self, *words: str) -> None:
        log = Path(self._folder.name, f"{Path(words[0]).name}.log").open("wb")  # noqa: SIM115
        with log:
            command = ("ip", "netns", "exec", self.router.name, *words)
            env = {**os.environ, "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true"}  # for moto: s3 is no bucket's name
            self._programs.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder.name, env=env))

    def _has_bucket(self) -> bool:
        with suppress(OSError, http.client.HTTPException), self.router.entered():
            connection = http.client.HTTPConnection("127.0.0.1", _STORE_PORT, timeout=5)
            connection.request("PUT", f"/{BUCKET}")
            return connection.getresponse().status == http.HTTPStatus.OK
        return False


class _Receiver(HTTPServer):
    """Keeps what Alertmanager sends."""

    def __init__(self, listening: socket.socket, alerts: list[dict[str, Any]]) -> None:
        super().__init__(listening.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.alerts = alerts


class _Handler(BaseHTTPRequestHandler):
    server: _Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.alerts.extend(body["alerts"])
        self.send_response(http.HTTPStatus.OK)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def _serve_proxy(listening: socket.socket) -> None:
    while True:
        client, _ = listening.accept()
        threading.Thread(target=_pass_on, args=(client,), daemon=True).start()


def _pass_on(client: socket.socket) -> None:
    """Connect a client with the server that its first request names, and pass bytes both ways until one ends."""
    with client, suppress(OSError, ValueError):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(65536)
            if not piece:
                return
            head += piece
        method, target, _ = head.split(b" ", maxsplit=2)
        if method == b"CONNECT":
            host, _, port = target.decode().rpartition(":")
        else:
            url = urlsplit(target.decode())
            host, port = url.hostname or "", str(url.port or 80)
        with socket.create_connection((host, int(port)), timeout=60) as server:
            server.settimeout(None)
            if method == b"CONNECT":
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                server.sendall(head)
            back = threading.Thread(target=_pour, args=(server, client), daemon=True)
            back.start()
            _pour(client, server)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
