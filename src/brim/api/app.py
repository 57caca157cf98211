"""The application: finds a request's operation and whose it is, validates, calls its handler, writes the reply."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from time import monotonic, perf_counter
from typing import Final

import msgspec
import structlog

from brim.api.framework import cors
from brim.api.framework.auth import Authenticator, Grant
from brim.api.framework.call import Call, Service
from brim.api.framework.errors import (
    ApiKeyExpiredError,
    EmptyIdempotencyKeyError,
    FormExpectedError,
    IdempotencyKeyTooLongError,
    InternalError,
    InvalidApiKeyError,
    InvalidApiVersionError,
    JsonExpectedError,
    RateLimitedError,
    UnrecognizedUrlError,
    UnsupportedContentTypeError,
    error_headers,
    render_error,
    render_v2_error,
    with_log_url,
)
from brim.api.framework.operation import Operation, is_v2_path
from brim.api.framework.params import read_parameters
from brim.api.framework.rate_limits import AddressLimiter, RateLimiter, RateLimits
from brim.api.framework.recording import Answered
from brim.api.framework.rights import Rights
from brim.api.framework.router import Router
from brim.api.framework.tally import Tally
from brim.api.resources.reporting import handlers as reporting
from brim.api.resources.stripe_cli import handlers as stripe_cli
from brim.api.resources.stripe_cli import pairing
from brim.base import json_codec
from brim.base.errors import BrimError, OverloadedError
from brim.base.ids import new_request_id
from brim.core.access import OPERATORS_ONLY, ApiKey
from brim.core.audit import Actor, ActorKind
from brim.core.events import DEFAULT_API_VERSION, is_api_version
from brim.core.idempotency import MAX_KEY_LENGTH, KeyClaim, Result, fingerprint
from brim.core.originators import check_is_person
from brim.core.pairing import MAX_A_MINUTE_OF_ONE
from brim.core.stripe_cli import SUBPROTOCOL
from brim.http.admission import Admission, Guest, Held, Ticket
from brim.http.form import BodyKind, Value, body_kind, decode_form, encode_pair
from brim.http.intake import Intake, Limits
from brim.http.json_body import decode_json
from brim.http.message import ConstantReply, Reply, Request
from brim.http.multipart import decode_multipart, file_bytes, is_multipart
from brim.http.websocket import Socket
from brim.platform.telemetry.logs import RequestLine, RequestLog, shown_path, write_time
from brim.platform.telemetry.metrics import REQUESTS, method_label
from brim.platform.telemetry.tracing import Tracing

SystemHandler = Callable[[Request], Awaitable[Reply]]
LogUrl = Callable[["_Exchange", str], str | None]
_VERSIONS: Final = ("/v1/", "/v2/")
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
UNMATCHED: Final = "unmatched"
_NO_LIMITS: Final = RateLimits()
MAX_WRONG_KEYS: Final = 100
"""That one address may try at once; then one every tenth of a second."""

_WRONG_KEYS_WITHIN_S: Final = 10.0
_NOT_CACHED: Final = "Cache-Control: no-cache, no-store"
_TELLABLE: Final = re.compile(r"[\x20-\x7e]{1,200}")

log = structlog.get_logger()


class Api:
    """Serves the table of operations, a few paths about the server itself, and the websocket of the official CLI.

    Args:
        operations: the table.
        service: what handlers work with.
        limits: what the protocol lets clients take.
        request_log: gets a line for each request, None for no log.
        system: handlers by path for what needs no key, such as `/healthz`.
        record: told of each request that had a key, to keep it for looking at.
        request_secret: what the digests of requests with account numbers are made under.
        rate_limits: how many requests a second are answered in this process.
        tracing: makes spans of requests, None for none.
        tally: counts requests and the use of keys, None for nobody.
    """

    subprotocols = (SUBPROTOCOL,)

    def __init__(  # noqa: PLR0913  what a process is put together of
        self,
        operations: Sequence[Operation],
        service: Service,
        *,
        limits: Limits,
        request_log: RequestLog | None,
        system: Mapping[str, SystemHandler],
        record: Callable[[Answered], None] | None = None,
        request_secret: bytes = b"",
        rate_limits: RateLimits = _NO_LIMITS,
        tracing: Tracing | None = None,
        tally: Tally | None = None,
    ) -> None:
        self.intake = Intake(limits, service.proxies)
        self._service = service
        self._router = Router(operations)
        self._authenticator = Authenticator(service.database, service.clock)
        self._request_log = request_log
        self._system = system
        self._record = record
        self._tracing = tracing
        self._tally = tally
        self._request_secret = request_secret
        self._limiter = RateLimiter(rate_limits)
        self._wrong_keys = AddressLimiter(MAX_WRONG_KEYS, _WRONG_KEYS_WITHIN_S)
        self.admissions = {kind: Admission() for kind in ("read", "write")}
        self._logins = AddressLimiter(MAX_A_MINUTE_OF_ONE, 60.0)
        self._last_body = self._last_indented = b""

    def admit(self, request: Request, guest: Guest | None, path: str | None = None) -> Ticket | Held | Reply | None:
        """Take a request, hold it for a guest, or refuse it; reads and writes apart. `path` is without a prefix.

        What is about the server itself, and pages, are never refused: whoever looks for the cause must get in.
        """
        if not (path or request.path).startswith(_VERSIONS):
            return None
        admission = self.admissions["read" if request.method in _READS else "write"]
        owner = self._authenticator.guess_account(request)
        if (ticket := admission.enter(owner)) is not None:
            return ticket
        if guest is None:
            admission.refuse()
            return _OVERLOADED
        return admission.hold(guest, owner, _OVERLOADED, len(request.body)) or _OVERLOADED

    async def handle(self, request: Request) -> Reply:
        """Return the reply to a request; whatever goes wrong becomes an error reply."""
        started = perf_counter()
        preflight = cors.preflight(request) if request.method == "OPTIONS" else None
        if preflight is not None:
            return preflight
        exchange = _Exchange(request, self._log_url)
        system = self._system.get(request.path)
        served = None
        if self._tracing is not None and system is None:
            served = self._tracing.begin_request(method_label(request.method), request.headers, exchange.request_id)
        try:
            reply = await (system(request) if system else self._serve(exchange))
        except BrimError as error:
            reply = exchange.error_reply(error)
        except Exception:
            path = shown_path(request.path)
            log.exception("a request failed", request_id=exchange.request_id, method=request.method, path=path)
            reply = exchange.error_reply(InternalError(exchange.request_id))
        if cors.is_open(request.path):
            reply.headers += cors.HEADERS
        if served is not None:
            scope = exchange.grant.scope if exchange.grant else None
            served.end(
                method_label(request.method),
                exchange.route,
                reply.status,
                scope.account if scope else None,
                livemode=scope.livemode if scope else None,
            )
        if system is None:  # probes and scrapes would drown what people ask
            self._observe(exchange, reply, perf_counter() - started)
        return reply

    def serves_system(self, path: str) -> bool:
        """Tell whether a path is about the server itself."""
        return path in self._system

    def serves_websocket(self, path: str) -> bool:
        """Tell whether a websocket may be asked for there."""
        return path.startswith("/subscribe/")

    async def converse(self, request: Request, socket: Socket) -> None:
        """Serve a websocket to its end."""
        try:
            await stripe_cli.subscribe(self._service, request, socket)
        except Exception:
            log.exception("a websocket failed", path=request.path)

    async def _serve(self, exchange: "_Exchange") -> Reply:
        """Check a request in the order of the wire: key, URL, version, rights, parameters; then do what it asks."""
        request = exchange.request
        if request.path.startswith(pairing.PREFIX):  # who logs in has no key yet
            exchange.route = pairing.route_of(request.path) or UNMATCHED
            return exchange.finish(await pairing.serve(self._service, request, self._logins))
        if not request.path.startswith(_VERSIONS):
            raise UnrecognizedUrlError(request.method, request.path)
        exchange.grant = grant = await self._grant(request)
        if (file := reporting.file_of_request(request)) is not None:  # no JSON, and of any length
            exchange.route = reporting.CONTENTS_ROUTE
            found = await reporting.contents(self._service, Rights(grant.key, grant.scope), file)
            return exchange.finish(found)
        operation, path_ids = self._router.find(request.method, request.path)
        exchange.route = operation.path
        exchange.api_version = self._checked_version(request.header(b"stripe-version"))
        rights = Rights(grant.key, grant.scope)
        by = self._actor(request, grant.key, exchange.request_id)
        if operation.resource in OPERATORS_ONLY:
            check_is_person(by)
        rights.require(operation.resource, operation.level)
        form = _without_usage(request, _read_parameters(request, operation))
        exchange.claim = (
            _read_claim(request, _claimed(form, operation), self._request_secret) if operation.takes_key else None
        )
        parameters = read_parameters(operation.parameters, form)
        if "expand" in parameters:
            rights.require_expansion(operation.parameters, parameters["expand"])
        call = Call(
            service=self._service,
            scope=grant.scope,
            asking=grant.key.account,
            parameters=parameters,
            path_ids=path_ids,
            request_id=exchange.request_id,
            api_version=exchange.api_version,
            claim=exchange.claim,
            now_ms=self._service.clock(),
            base_url=partial(self._base_url, request),
            host=request.header(b"host") or "",
            rights=rights,
            by=by,
            query=request.query,
        )
        answer = await operation.handler(call)
        return exchange.reply(answer, self._indented(answer.body) if answer.status < 400 else None)

    def _indented(self, body: bytes) -> bytes:
        """Return a body as it goes out; requests that share a page follow one another, so the last one is kept."""
        if body is not self._last_body:
            self._last_body, self._last_indented = body, json_codec.pretty(body)
        return self._last_indented

    def _actor(self, request: Request, key: ApiKey, request_id: str) -> Actor:
        """Return who asks: the operator whose page it is, else the key."""
        if request.operator is not None:
            return msgspec.structs.replace(request.operator, request_id=request_id)
        address = self._service.proxies.address_of(request)
        return Actor(kind=ActorKind.API_KEY, id=key.id, name=key.redacted, address=address, request_id=request_id)

    async def _grant(self, request: Request) -> Grant:
        """Return whose request it is, and take it from what they may ask for in a second.

        Who looks for what makes all the noise must not be kept out by it, so operators are not limited.
        """
        writes, grant = request.method != "GET", self._authenticator.recall(request)
        if grant is None:
            return await self._look_up_grant(request, writes=writes)
        if not request.by_operator:
            self._limiter.take(grant.key, grant.scope, writes=writes, now_s=monotonic())
        return grant

    async def _look_up_grant(self, request: Request, *, writes: bool) -> Grant:
        """Return whose request it is. A key pays for what is refused it, an address for the keys that nobody has.

        Whether a key is anybody's is looked up all the same: a good one must not be shut out by what others of its
        address try.
        """

        def charge(key: ApiKey) -> None:
            if not request.by_operator:
                self._limiter.take_of_key(key, writes=writes, now_s=monotonic())

        try:
            grant = await self._authenticator.authenticate(request, charge)
        except (InvalidApiKeyError, ApiKeyExpiredError):
            if not self._wrong_keys.take(self._service.proxies.address_of(request), now_s=monotonic()):
                raise RateLimitedError from None
            raise
        if not request.by_operator:
            self._limiter.take_of_account(grant.scope, writes=writes, now_s=monotonic())
        return grant

    def _checked_version(self, header: str | None) -> str:
        """Return the version in force: the one asked for, or ours."""
        if header is None:
            return DEFAULT_API_VERSION
        if not is_api_version(header, now_ms=self._service.clock()):
            raise InvalidApiVersionError(header)
        return header

    def _log_url(self, exchange: "_Exchange", request_id: str) -> str | None:
        """Return the URL of the page that shows a request; None where nobody is known whose page it would be."""
        if exchange.grant is None:
            return None
        return f"{self._base_url(exchange.request)}{'' if exchange.grant.scope.livemode else '/test'}/logs/{request_id}"

    def _base_url(self, request: Request) -> str:
        """Return where whoever asks reaches this server, for links in replies."""
        return self._service.proxies.base_url(request, own_url=self._service.own_url)

    def _observe(self, exchange: "_Exchange", reply: Reply, seconds: float) -> None:
        status = reply.status
        REQUESTS.observe((exchange.route, method_label(exchange.request.method), str(status)), seconds)
        scope = exchange.grant.scope if exchange.grant else None
        now_ms = self._service.clock()
        if exchange.grant is not None:
            self._note(exchange, exchange.grant, reply, seconds, now_ms)
        if self._request_log is None:
            return
        line = RequestLine(
            time=write_time(now_ms),
            request_id=exchange.request_id,
            method=exchange.request.method,
            path=exchange.request.path
            if status < 400
            else shown_path(exchange.request.path),  # a key or a number pasted for an id
            status=status,
            duration_ms=round(seconds * 1000, 3),
            account=scope.account if scope else None,
            livemode=scope.livemode if scope else None,
        )
        self._request_log.write(line)

    def _note(self, exchange: "_Exchange", grant: Grant, reply: Reply, seconds: float, now_ms: int) -> None:
        """Tell those who keep something of a request: the key's use, the counts of programs' requests, and the log."""
        request = exchange.request
        if self._tally is not None:
            self._tally.note(grant, request, status=reply.status, now_ms=now_ms)
        if self._record and not exchange.is_limited:  # a log of what was turned away would cost others theirs
            self._record(
                Answered(
                    scope=grant.scope,
                    request_id=exchange.request_id,
                    api_version=exchange.api_version,
                    request=request,
                    reply=reply,
                    seconds=seconds,
                    now_ms=now_ms,
                    api_key=grant.key.id,
                )
            )


class _Exchange:
    """One request on its way, and what has been found out about it so far."""

    __slots__ = ("_log_url", "api_version", "claim", "grant", "is_limited", "request", "request_id", "route")

    def __init__(self, request: Request, log_url: "LogUrl") -> None:
        self._log_url = log_url
        self.request = request
        self.request_id = new_request_id()
        self.route = UNMATCHED
        self.grant: Grant | None = None
        self.claim: KeyClaim | None = None
        self.api_version = DEFAULT_API_VERSION
        self.is_limited = False

    def reply(self, answer: Result, indented: bytes | None) -> Reply:
        """Return an answer as it goes out: two-space JSON under the headers that SDKs read.

        Args:
            answer: what was answered.
            indented: its body as it goes out; None for an error's, which gets the URL of its log.
        """
        headers = self._headers()
        if answer.replay_of:
            headers += (f"Original-Request: {answer.replay_of}", "Idempotent-Replayed: true")
        elif self.claim:
            headers.append(f"Original-Request: {self.request_id}")
        if self.request.method == "POST":
            headers.append("Stripe-Should-Retry: false")
        body = indented or json_codec.pretty(self._with_log_url(answer.body, answer.replay_of))
        return Reply(answer.status, body, headers)

    def finish(self, reply: Reply) -> Reply:
        """Return a whole reply with the id of its request."""
        reply.headers.append(f"Request-Id: {self.request_id}")
        return reply

    def error_reply(self, error: BrimError) -> Reply:
        """Return a refusal as it goes out."""
        is_v2 = is_v2_path(self.request.path)
        status, body = (render_v2_error if is_v2 else render_error)(error)
        self.is_limited = isinstance(error, RateLimitedError)
        # Who has no key is told no request's id either, as by the vendor; the server's log has it.
        headers = [_NOT_CACHED] if status == HTTPStatus.UNAUTHORIZED else self._headers()
        headers += error_headers(error, is_v2=is_v2)
        # Without the database there is no page to be shown either.
        is_shown = status != HTTPStatus.SERVICE_UNAVAILABLE
        return Reply(status, json_codec.pretty(self._with_log_url(body) if is_shown else body), headers)

    def _with_log_url(self, body: bytes, replay_of: str | None = None) -> bytes:
        """Return a refusal's body with the URL of the page that shows the request, the first one for a replay."""
        url = None if self.is_limited else self._log_url(self, replay_of or self.request_id)
        return with_log_url(body, url) if url else body

    def _headers(self) -> list[str]:
        headers = [
            _NOT_CACHED,
            f"Request-Id: {self.request_id}",
            f"Stripe-Version: {self._told_version()}",
        ]
        if self.claim:
            headers.append(f"Idempotency-Key: {self.claim.key}")
        account = self.request.header(b"stripe-account")
        if account:
            headers.append(f"Stripe-Account: {account}")
        return headers

    def _told_version(self) -> str:
        """Return the version that was sent, also where it was refused, and ours where there is none to repeat."""
        sent = self.request.header(b"stripe-version")
        return sent if sent and _TELLABLE.fullmatch(sent) else self.api_version


def _read_parameters(request: Request, operation: Operation) -> dict[str, Value]:
    """Return the decoded parameters of a request."""
    if operation.is_v2:
        return _read_json(request)
    if operation.takes_file and is_multipart(request.headers.get(b"content-type", b"")):
        return _read_multipart(request)
    return _read_form(request)


def _read_multipart(request: Request) -> dict[str, Value]:
    """Return the fields of a body that holds a file; what the file is called is the parameter `name`, unless sent.

    Fields with brackets in their names nest as those of other forms do.
    """
    form: dict[str, Value] = {}
    nested: list[bytes] = []
    for part in decode_multipart(request.headers[b"content-type"], request.body):
        if "[" in part.name and part.file_name is None:
            nested.append(encode_pair(part.name, file_bytes(part.text)))
            continue
        form[part.name] = part.text
        if part.file_name:
            form.setdefault("name", part.file_name)
    return decode_form(request.query) | form | decode_form(b"&".join(nested))


def _claimed(form: Mapping[str, Value], operation: Operation) -> Mapping[str, Value]:
    """Return what a request's idempotency key stands for: of a file its hash, as its bytes need not be a text."""
    given = form.get("file")
    if not operation.takes_file or not isinstance(given, str):
        return form
    return {**form, "file": hashlib.sha256(file_bytes(given)).hexdigest()}


def _read_form(request: Request) -> dict[str, Value]:
    """Return the decoded parameters: of the query, of the body, or of both."""
    if request.body:
        content_type = request.headers.get(b"content-type", b"")
        kind = body_kind(content_type, request.body)
        if kind is not BodyKind.FORM:
            is_said_to_be_form = body_kind(content_type, b"") is BodyKind.FORM
            raise FormExpectedError if is_said_to_be_form else UnsupportedContentTypeError
    if request.query and request.body:
        return decode_form(request.query + b"&" + request.body)
    return decode_form(request.body or request.query)


def _read_json(request: Request) -> dict[str, Value]:
    """Return the decoded parameters of a request to the second version: of the query, and of the body as JSON."""
    if request.body and not request.headers.get(b"content-type", b"").startswith(b"application/json"):
        raise JsonExpectedError
    return decode_form(request.query) | decode_json(request.body)


def _without_usage(request: Request, form: dict[str, Value]) -> dict[str, Value]:
    """Return the parameters without what a library says of itself when it follows a thin event.

    The official Python SDK 16.1 means `usage` for a header, and its `fetch_related_object_async` and
    `fetch_event_async` send it as a parameter; no such request would be answered.
    """
    if request.method == "GET" and b"stripe-request-trigger" in request.headers:
        return {name: value for name, value in form.items() if name != "usage"}
    return form


def _read_claim(request: Request, form: Mapping[str, Value], secret: bytes) -> KeyClaim | None:
    """Return the idempotency key of a request, if it has one, and what it stands for."""
    key = request.header(b"idempotency-key")
    if key is None:
        return None
    if not key:
        raise EmptyIdempotencyKeyError
    if len(key) > MAX_KEY_LENGTH:
        raise IdempotencyKeyTooLongError(len(key))
    return KeyClaim(key, fingerprint(request.method, request.path, form, secret=secret))


def _overloaded_reply() -> ConstantReply:
    """Return what is answered where no request is looked at: it names none, and no version."""
    error = OverloadedError()
    status, body = render_error(error)
    return ConstantReply(status, json_codec.pretty(body), [_NOT_CACHED, *error_headers(error), *cors.HEADERS])


_OVERLOADED: Final = _overloaded_reply()
