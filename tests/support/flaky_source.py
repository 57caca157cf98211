"""A server between an importer and its source, which fails, stalls or lies as a test wants."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import urlsplit

Meddle: TypeAlias = Callable[[str, int, Any], Any]
"""Given a path with its query, the number of the request and what the source answers; returns what is answered.

A number is answered as a status, None as a connection that ends.
"""


class FlakySource:
    """Stands before `url`; `meddle` may be set at any time, `requests` counts."""

    def __init__(self, url: str) -> None:
        self.upstream = urlsplit(url).netloc
        self.url = ""
        self.requests = 0
        self.meddle: Meddle = lambda _path, _number, answer: answer


@contextmanager
def flaky_source(url: str) -> Iterator[FlakySource]:
    """Run one for as long as the block lasts."""
    source = FlakySource(url)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            source.requests += 1
            upstream = http.client.HTTPConnection(source.upstream, timeout=60)
            upstream.request("GET", self.path, headers={"Authorization": self.headers["Authorization"]})
            reply = upstream.getresponse()
            status, answer = reply.status, json.loads(reply.read())
            upstream.close()
            answer = source.meddle(self.path, source.requests, answer)
            if answer is None:
                self.close_connection = True
                return
            if isinstance(answer, int):
                status, answer = answer, {"error": {"message": "not now"}}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # an importer that was killed
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    source.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield source
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
