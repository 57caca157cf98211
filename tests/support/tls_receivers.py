"""A webhook receiver behind TLS, and a resolver whose answers a test writes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

from brim.platform.egress.targets import Address
from brim.testing.catcher import Catcher


class Names:
    """A resolver whose answers a test writes: one list of addresses after the other, the last one for ever."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, _host: str, _account: str) -> Sequence[Address]:
        self.asked += 1
        answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        return [ip_address(address) for address in answer.split()]


@asynccontextmanager
async def catching_tls(folder: Path) -> AsyncIterator[tuple[Catcher, ssl.SSLContext]]:
    """A catcher behind TLS for `hooks.test`, and what trusts it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", "/CN=hooks.test", "-addext", "subjectAltName=DNS:hooks.test"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    files = ["-keyout", str(key), "-out", str(certificate)]
    openssl = await asyncio.create_subprocess_exec(*command, *subject, *files, stderr=asyncio.subprocess.DEVNULL)
    assert await openssl.wait() == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    catcher = Catcher()
    server = await asyncio.start_server(catcher.serve, "127.0.0.1", 0, ssl=context)
    catcher.port = server.sockets[0].getsockname()[1]
    try:
        yield catcher, ssl.create_default_context(cafile=str(certificate))
    finally:
        server.close()
