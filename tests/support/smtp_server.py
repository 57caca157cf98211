"""A mail server for tests: it speaks SMTP on a port of its own, with or without TLS, and refuses what a test says."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import BinaryIO, Final

_ANSWERS: Final = {"AUTH": "235 Welcome", "QUIT": "221 Bye"}


@dataclass
class SmtpServer:
    """What it was sent, and what it answers by command instead of yes: `{"RCPT": "550 5.1.1 Unknown"}`."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    is_implicit: bool = False
    refusals: dict[str, str] = field(default_factory=dict)
    stalls: set[str] = field(default_factory=set)
    """Commands that are never answered."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: int = 0
    encrypted: list[bool] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        """Answer one client until it goes."""
        if self.is_implicit and self.tls:
            with self.tls.wrap_socket(connection, server_side=True) as secured:
                self._greet(secured, is_encrypted=True)
        else:
            self._greet(connection, is_encrypted=False)

    def _greet(self, connection: socket.socket, *, is_encrypted: bool) -> None:
        self._say(connection, self.refusals.get("CONNECT", "220 mail.test ESMTP"))
        upgraded = self._talk(connection, is_encrypted=is_encrypted)
        if upgraded is not None:
            with upgraded:
                self._talk(upgraded, is_encrypted=True)

    def _talk(self, connection: socket.socket, *, is_encrypted: bool) -> socket.socket | None:
        """Answer commands; return the connection by TLS if the client asks for that, None once it goes."""
        with connection.makefile("rb") as lines:
            while line := lines.readline():
                command = line.decode().split(maxsplit=1)[0].upper()
                if command in self.stalls:
                    lines.read()
                elif command in self.refusals:
                    self._say(connection, self.refusals[command])
                elif command == "STARTTLS" and self.tls:
                    self._say(connection, "220 Go ahead")
                    return self.tls.wrap_socket(connection, server_side=True)
                elif command == "EHLO":
                    offers = "250-STARTTLS\r\n" if self.tls and not is_encrypted else ""
                    self._say(connection, f"250-mail.test\r\n{offers}250 AUTH PLAIN")
                elif command == "DATA":
                    self._say(connection, "354 Go on")
                    self._take(lines, is_encrypted=is_encrypted)
                    self._say(connection, self.refusals.get("SENT", "250 Queued"))
                else:
                    self._note(command, line.decode())
                    self._say(connection, _ANSWERS.get(command, "250 OK"))
        return None

    def _take(self, lines: BinaryIO, *, is_encrypted: bool) -> None:
        data = bytearray()
        while (row := lines.readline()) not in {b".\r\n", b""}:
            data += row.removeprefix(b".") if row.startswith(b"..") else row
        self.mails.append(message_from_bytes(bytes(data), policy=policy.default))
        self.encrypted.append(is_encrypted)

    def _note(self, command: str, line: str) -> None:
        if command == "AUTH":
            self.logins += 1
        if command == "RCPT":
            self.recipients.append(line.partition(":")[2].strip())

    @staticmethod
    def _say(connection: socket.socket, text: str) -> None:
        connection.sendall(text.encode() + b"\r\n")


@contextmanager
def serving_smtp(tls: ssl.SSLContext | None = None, *, is_implicit: bool = False) -> Iterator[SmtpServer]:
    """Serve SMTP in a thread until the block ends, one client after the other."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = SmtpServer(port=listener.getsockname()[1], tls=tls, is_implicit=is_implicit)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with suppress(OSError):
                server.serve(connection)
            connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
