"""A database whose certificate is not accepted: a command says so, instead of asking its user to try again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from click.testing import CliRunner, Result

from brim.cli.root import cli
from tests.support.certificates import self_signed

SSL_REQUEST_BYTES = 8


async def _with_server(folder: Path, work: Callable[[int], Awaitable[Result]]) -> Result:
    """Do something beside a server that takes TLS as PostgreSQL does, with a certificate nobody vouches for."""
    context = self_signed(folder)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(SSL_REQUEST_BYTES)
        writer.write(b"S")
        try:
            await writer.start_tls(context)
        except OSError:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        return await work(server.sockets[0].getsockname()[1])


def test_a_command_names_the_certificate_that_is_not_accepted(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    self_signed(tmp_path / "other")
    other = tmp_path / "other" / "server.pem"

    def ask(port: int) -> Result:
        url = f"postgresql://brim:secret@127.0.0.1:{port}/brim?sslmode=verify-ca&sslrootcert={other}"
        return CliRunner().invoke(cli, ["stuck", "--database-url", url])

    result = asyncio.run(_with_server(tmp_path, lambda port: asyncio.to_thread(ask, port)))
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: PostgreSQL's certificate is not accepted: self-signed certificate. Check the host name, sslmode and "
        "sslrootcert in --database-url.\n"
    )
