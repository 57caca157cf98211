"""Posts a body to a URL that somebody else chose: whom it may reach, how long it may take, how much it may answer.

The host's name is looked up once, all of its addresses are vetted, and one of those is dialled; so a name that stands
for another address a moment later leads nowhere. TLS is verified for the name. Nothing is followed, nothing is
unpacked, and nothing that the other side does raises: it becomes an `Answer`.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from socket import SOCK_STREAM, gaierror
from typing import Final, TypeAlias, cast

import httptools

from brim.core.webhooks.deliveries import KEPT_ANSWER, Answer, answer_of_status
from brim.core.webhooks.rules import Outcome
from brim.platform.egress.proxy import EgressProxy, aborted_on_failure
from brim.platform.egress.targets import (
    Address,
    Networks,
    Target,
    TargetBlockedError,
    TargetUnreachableError,
    check_addresses,
    parse_target,
)
from brim.platform.settings import Settings

Resolve: TypeAlias = Callable[[str, str], Awaitable[Sequence[Address]]]
"""Answers the addresses that a name stands for now, on behalf of an account; raises OSError where there are none."""

MOST_READ: Final = 64 * 1024
_READ_AT_ONCE: Final = 8 * 1024
_TLS_GOODBYE_S: Final = 1.0
_GARBLED: Final = Answer(outcome=Outcome.GARBLED, error="The response was not valid HTTP.")
_NO_ANSWER: Final = Answer(outcome=Outcome.GARBLED, error="The connection was closed before there was a response.")


async def resolve_by_system(host: str, _account: str = "") -> Sequence[Address]:
    """Return a name's addresses as the system finds them.

    Takes one of the process's few threads until the system gives up, so it is for programs of one user alone.

    Raises:
        OSError: there are none, or nobody answers.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


Begin: TypeAlias = Callable[[asyncio.Timeout], None]
"""Told of the time that a post has, once it has begun."""


class WebhookSender:
    """Posts to URLs of others. Make it inside the running event loop.

    Args:
        timeout_s: how long one post may take, from the name's look-up to the answer's end.
        allowed: networks that may be reached beside those of the rule.
        resolve: looks names up.
        tls: how certificates are verified.
        proxy: what connections are made through; None where they are made directly.
    """

    def __init__(
        self,
        *,
        timeout_s: float,
        allowed: Networks = (),
        resolve: Resolve = resolve_by_system,
        tls: ssl.SSLContext | None = None,
        proxy: EgressProxy | None = None,
    ) -> None:
        self.timeout_s = timeout_s
        self._allowed = allowed
        self._resolve = resolve
        self._tls = tls or ssl.create_default_context()
        self._proxy = proxy

    async def post(
        self,
        url: str,
        *,
        livemode: bool,
        headers: Mapping[str, str],
        body: bytes,
        account: str = "",
        begin: Begin | None = None,
    ) -> Answer:
        """Post a body and return what became of it. Never raises for what the other side does.

        Args:
            url: where to.
            livemode: whether real money's events go there.
            headers: sent beside those that every request has.
            body: what is sent.
            account: whose post it is, so that names are looked up at its expense.
            begin: told of the time that it has, which may be made shorter while it lasts.
        """
        exchange = _Exchange()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self.timeout_s) as deadline:
                if begin:
                    begin(deadline)
                target = parse_target(url)
                await self._dial(target, exchange, await self._find_addresses(target, account, livemode=livemode))
                exchange.send(_write_request(target, headers, body))
                return await exchange.answered
        except TargetBlockedError as error:
            return Answer(outcome=Outcome.BLOCKED, error=error.message)
        except TimeoutError:
            return exchange.answer_so_far or _timed_out(self._time_taken(loop.time() - began))
        except TargetUnreachableError as error:
            return Answer(outcome=Outcome.UNREACHABLE, error=str(error))
        except OSError as error:
            return Answer(outcome=Outcome.UNREACHABLE, error=_describe(error))
        finally:
            exchange.hang_up()

    def _time_taken(self, seconds: float) -> float:
        """Return how long an attempt had that ran out of time: all of it, or less where that was made shorter."""
        return self.timeout_s if seconds > self.timeout_s - 0.01 else round(seconds, 1)

    async def _find_addresses(self, target: Target, account: str, *, livemode: bool) -> Sequence[Address]:
        """Return the addresses that a target's host stands for, each of which may be dialled.

        Raises:
            TargetBlockedError: one of them may not.
            OSError: the name cannot be looked up.
        """
        addresses = target.own_addresses or await self._resolve(target.host, account)
        check_addresses(target, addresses, livemode=livemode, allowed=self._allowed)
        return addresses

    async def _dial(self, target: Target, exchange: "_Exchange", addresses: Sequence[Address]) -> None:
        """Connect an exchange with the first of a target's addresses that takes the call."""
        for address in addresses[:-1]:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(self.timeout_s / len(addresses)):
                    return await self._connect(target, address, exchange)
        return await self._connect(target, addresses[-1], exchange)

    async def _connect(self, target: Target, address: Address, exchange: "_Exchange") -> None:
        loop = asyncio.get_running_loop()
        if self._proxy:
            proxy_addresses = await self._proxy.find_addresses(self._resolve)
            # A loopback address means this machine: a proxy on another one would take it for itself.
            if not address.is_loopback or any(each.is_loopback for each in proxy_addresses):
                tunnel = await self._proxy.connect(proxy_addresses, address, target.port)
                return await self._take_over(tunnel, target, exchange)
        if target.is_tls:
            await loop.create_connection(
                lambda: exchange,
                str(address),
                target.port,
                ssl=self._tls,
                server_hostname=target.host.rstrip("."),
                ssl_shutdown_timeout=_TLS_GOODBYE_S,
            )
        else:
            await loop.create_connection(lambda: exchange, str(address), target.port)
        return None

    async def _take_over(self, tunnel: asyncio.Transport, target: Target, exchange: "_Exchange") -> None:
        """Make a connection through the proxy the exchange's, by TLS with the target where the URL asks for it."""
        transport: asyncio.Transport | None = tunnel
        with aborted_on_failure(tunnel):
            if target.is_tls:
                transport = await asyncio.get_running_loop().start_tls(
                    tunnel,
                    exchange,
                    self._tls,
                    server_hostname=target.host.rstrip("."),
                    ssl_shutdown_timeout=_TLS_GOODBYE_S,
                )
            else:
                tunnel.set_protocol(exchange)
            if transport is None:
                raise ConnectionResetError
            exchange.connection_made(transport)


def webhook_sender_of(settings: Settings, resolve: Resolve = resolve_by_system) -> WebhookSender:
    """Return what posts to URLs of others as the settings have it: time, networks, authorities and proxy."""
    tls = ssl.create_default_context()
    if settings.webhook_ca_file is not None:
        tls.load_verify_locations(settings.webhook_ca_file)
    return WebhookSender(
        timeout_s=settings.webhook_timeout_s,
        allowed=settings.webhook_allow,
        resolve=resolve,
        tls=tls,
        proxy=None if settings.webhook_proxy is None else EgressProxy.from_url(settings.webhook_proxy),
    )


class _Exchange(asyncio.BufferedProtocol):
    """One request and its answer on one connection; reads no more than `MOST_READ` bytes, and those bit by bit."""

    def __init__(self) -> None:
        self.answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._buffer = bytearray(_READ_AT_ONCE)
        self._left = MOST_READ
        self._status: int | None = None
        self._body_head = b""
        self._is_clean = False

    @property
    def answer_so_far(self) -> Answer | None:
        """What the other side has said: its status counts, however its body goes on."""
        return None if self._status is None else answer_of_status(self._status, self._body_head)

    def send(self, request: bytes) -> None:
        """Write the request; the connection is made."""
        if self._transport:
            self._transport.write(request)

    def hang_up(self) -> None:
        """Close the connection, politely where everything was said."""
        self.answered.cancel()
        if self._transport and self._is_clean:
            self._transport.close()
        elif self._transport:
            self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # TCP and TLS are never anything else

    def get_buffer(self, _sizehint: int) -> memoryview:
        return memoryview(self._buffer)[: max(min(len(self._buffer), self._left), 1)]

    def buffer_updated(self, nbytes: int) -> None:
        if self.answered.done():
            return
        self._left -= nbytes
        try:
            self._parser.feed_data(bytes(self._buffer[:nbytes]))
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._finish(self.answer_so_far or _GARBLED)
        if self._left <= 0:
            self._finish(self.answer_so_far or _GARBLED)

    def eof_received(self) -> bool:
        self._finish(self.answer_so_far or _NO_ANSWER)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if exc and self._status is None:
            self._finish(Answer(outcome=Outcome.UNREACHABLE, error=_describe(exc)))
        self._finish(self.answer_so_far or _NO_ANSWER)

    # What the parser calls.

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200 or status == 101:  # others announce that the answer is yet to come
            self._status = status

    def on_body(self, body: bytes) -> None:
        self._body_head += body[: KEPT_ANSWER - len(self._body_head)]

    def on_message_complete(self) -> None:
        if self.answer_so_far:
            self._is_clean = True
            self._finish(self.answer_so_far)

    def _finish(self, answer: Answer) -> None:
        if not self.answered.done():
            self.answered.set_result(answer)


def _write_request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.host_header}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + body


def _timed_out(timeout_s: float) -> Answer:
    return Answer(outcome=Outcome.TIMED_OUT, error=f"There was no response within {timeout_s:g} seconds.")


def _describe(error: Exception) -> str:
    """Return a sentence for a connection that failed; never one that holds more than the system's own words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate could not be verified: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"TLS could not be agreed upon: {error.reason or 'no reason was given'}."
    if isinstance(error, gaierror):
        return f"The host name couldn't be resolved: {error.strerror}."
    if isinstance(error, ConnectionRefusedError):
        return "The connection was refused."
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "The connection was reset."
    return f"The connection failed: {getattr(error, 'strerror', None) or 'no reason was given'}."
