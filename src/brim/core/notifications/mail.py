"""Sends an e-mail by the operator's SMTP server. It blocks, so callers run it in a thread.

The standard library's `smtplib` does it: a message a minute needs no event loop, and no dependency.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.core.notifications.texts import Content, as_html, as_text, subject
from brim.platform.settings import Settings

TIMEOUT_S: Final = 20.0
"""How long a server may take for each answer."""

DEADLINE_S: Final = 60.0
"""How long it may take for all of them, well below the lease of a message."""

_UNKNOWN_RECIPIENT: Final = frozenset({550, 551, 553, 556})
_NOT_ALLOWED: Final = b"5.7."
"""What a server says that relays nothing for us, of whichever recipient. Source: RFC 3463 section 3.8."""

_POLICY: Final = SMTP.clone(max_line_length=500)
"""Headers keep addresses of pages whole, which the usual 78 characters would have encoded."""
_LONGEST_ERROR: Final = 300


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """An SMTP server as the settings have it; `security` is `starttls`, `tls` or `none`."""

    host: str
    port: int
    security: str
    sender: str
    user: str | None = None
    password: str | None = None
    ca_file: Path | None = None


class MailFailedError(BrimError):
    """An e-mail was not sent; `is_refused` where its recipient, and nobody else, was refused for good."""

    def __init__(self, sentence: str, *, is_refused: bool = False) -> None:
        super().__init__(sentence)
        self.is_refused = is_refused


def mail_server_of(settings: Settings) -> MailServer | None:
    """Return the SMTP server that the settings name; None where they name none."""
    if settings.smtp_host is None:
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.smtp_from or f"Brim <brim@{settings.smtp_host}>",
        user=settings.smtp_user,
        password=settings.smtp_password,
        ca_file=settings.smtp_ca_file,
    )


def base_url_of(settings: Settings) -> str:
    """Return the address that links in messages begin with: the public URL, or this host's own."""
    return str(settings.public_url) if settings.public_url else f"http://{settings.host}:{settings.port}"


def write_mail(
    content: Content, *, message_id: str, recipient: str, recipient_name: str, sender: str, base_url: str, at_ms: int
) -> EmailMessage:
    """Return an e-mail with text and HTML.

    Raises:
        MailFailedError: the recipient's address is none that a header can hold.
    """
    mail = EmailMessage(policy=_POLICY)
    name, address = parseaddr(sender)
    try:
        mail["To"] = Address(display_name=_display(recipient_name), addr_spec=recipient)
    except (ValueError, IndexError, AttributeError, MessageError):
        raise MailFailedError(f"{recipient!r} isn't a valid email address.", is_refused=True) from None
    mail["From"] = Address(display_name=name, addr_spec=address)
    mail["Subject"] = _unencoded(subject(content))
    mail["Date"] = format_datetime(datetime.fromtimestamp(at_ms // 1000, UTC))
    mail["Message-ID"] = f"<{message_id}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Unsubscribe"] = f"<{base_url}/settings/profile/notifications>"
    mail.set_content(as_text(content, base_url), cte="quoted-printable")
    mail.add_alternative(as_html(content, base_url), subtype="html", cte="quoted-printable")
    return mail


def _display(name: str) -> str:
    return _unencoded("".join(character for character in name if character.isprintable()))


def _unencoded(text: str) -> str:
    """Return other people's text for a header: `email` decodes what looks encoded, and writes any lines in that.

    Source: RFC 2047 section 2, "=?" begins an encoded word.
    """
    return text.replace("=?", "= ?")


def send_mail(server: MailServer, mail: EmailMessage) -> None:
    """Hand an e-mail to the server, which has it once this returns.

    Raises:
        MailFailedError: it hasn't, or nobody knows.
    """
    try:
        with _connected(server) as smtp:
            smtp.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        is_refused = code in _UNKNOWN_RECIPIENT and _NOT_ALLOWED not in answer
        raise MailFailedError(_said(code, answer), is_refused=is_refused) from None
    except smtplib.SMTPResponseException as error:
        raise MailFailedError(_said(error.smtp_code, error.smtp_error)) from None
    except smtplib.SMTPException as error:
        raise MailFailedError(str(error)[:_LONGEST_ERROR]) from None
    except ssl.SSLCertVerificationError as error:
        raise MailFailedError(f"The certificate could not be verified: {error.verify_message}.") from None
    except TimeoutError:
        raise MailFailedError(f"{server.host} did not answer within {TIMEOUT_S:g} seconds.") from None
    except OSError as error:
        raise MailFailedError(f"{server.host}:{server.port} can't be reached: {error.strerror or error}") from None
    except ValueError as error:  # such as a host or a user name that cannot be encoded
        raise MailFailedError(f"{server.host}:{server.port} can't be used: {error}"[:_LONGEST_ERROR]) from None


def check_mail_server(server: MailServer) -> None:
    """Return if the server takes our sign-in; nothing is sent.

    Raises:
        MailFailedError: it doesn't, or can't be reached.
    """
    try:
        with _connected(server) as smtp:
            smtp.noop()
    except smtplib.SMTPResponseException as error:
        raise MailFailedError(_said(error.smtp_code, error.smtp_error)) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise MailFailedError(f"{server.host}:{server.port} can't be used: {error}"[:_LONGEST_ERROR]) from None


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Yield a connection, signed in; a server that is rude at the end has taken the mail all the same.

    Raises:
        MailFailedError: the server answers, but takes too long in all.
    """
    smtp, is_late = _connect(server), threading.Event()

    def hang_up() -> None:
        is_late.set()
        if smtp.sock is not None:
            with suppress(OSError):
                smtp.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(DEADLINE_S, hang_up)
    timer.daemon = True
    timer.start()
    try:
        _sign_in(smtp, server)
        yield smtp
    except (smtplib.SMTPException, OSError):
        if is_late.is_set():
            raise MailFailedError(f"{server.host} took longer than {DEADLINE_S:g} seconds.") from None
        raise
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        timer.cancel()
        smtp.close()


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=_tls(server))
    return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)


def _sign_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    if server.security == "starttls":
        smtp.starttls(context=_tls(server))
    if server.user is not None:
        smtp.login(server.user, server.password or "")


def _tls(server: MailServer) -> ssl.SSLContext:
    tls = ssl.create_default_context()
    if server.ca_file is not None:
        tls.load_verify_locations(server.ca_file)
    return tls


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    line = "".join(each for each in " ".join(text.split()) if each.isprintable())
    return f"The mail server answered {code}: {line}"[:_LONGEST_ERROR]
