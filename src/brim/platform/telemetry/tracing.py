"""Traces by OpenTelemetry, where they are turned on: spans of requests, of their commits, and of deliveries.

A trace must survive the database, where a worker finds what a request left (ADR 22). So a request that is sampled has
its trace with it while it is served, and what it announces keeps that beside the request's id. Nothing here imports
OpenTelemetry unless traces are turned on.
"""

import os
from collections.abc import Awaitable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TypeVar

import brim
from brim.base.errors import BrimError

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

Result = TypeVar("Result")

TRACEPARENT: Final = "traceparent"
"""The header of a trace. Source: W3C Trace Context."""

_NANOSECONDS: Final = 1_000_000
_serving: "ContextVar[ServedRequest | None]" = ContextVar("serving", default=None)


class TracingNotInstalledError(BrimError):
    """Traces are asked for, and what makes them is not there."""

    def __init__(self) -> None:
        super().__init__("--tracing needs OpenTelemetry: pip install 'brim[otel]'.")


class Tracing:
    """Makes the spans of one process.

    Args:
        provider: of OpenTelemetry's SDK.
    """

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry import trace  # noqa: PLC0415  only where traces are turned on
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        self._provider = provider
        self._tracer = provider.get_tracer("brim", brim.__version__)
        self._propagator = TraceContextTextMapPropagator()
        self._trace = trace

    def begin_request(self, method: str, headers: Mapping[bytes, bytes], request_id: str) -> "ServedRequest":
        """Return the span of a request that is served from now on, in its client's trace if that was sent along."""
        sent = headers.get(TRACEPARENT.encode())
        parent = self._parent(sent.decode("latin-1") if sent else None)
        span = self._tracer.start_span(
            method,
            context=parent,
            kind=self._trace.SpanKind.SERVER,
            attributes={"http.request.method": method, "brim.request_id": request_id},
        )
        return ServedRequest(self, span)

    def begin_delivery(
        self, trace: str | None, attributes: dict[str, str | int | bool], *, event_ms: int, queued_ms: int
    ) -> "Span":
        """Return the span of an attempt to deliver an event, in the trace of the request that announced it, if any.

        Args:
            trace: that request's.
            attributes: what it is about.
            event_ms: when the event happened (Unix milliseconds).
            queued_ms: when it was addressed to the endpoint; the time until then is a span of its own.
        """
        parent = self._parent(trace)
        if trace is not None and not attributes.get("brim.attempts"):
            queued = self._tracer.start_span(
                "event",
                context=parent,
                kind=self._trace.SpanKind.PRODUCER,
                attributes=attributes,
                start_time=min(event_ms, queued_ms) * _NANOSECONDS,
            )
            queued.end(queued_ms * _NANOSECONDS)
            parent = self._trace.set_span_in_context(queued)
        return self._tracer.start_span(
            "webhook delivery", context=parent, kind=self._trace.SpanKind.CLIENT, attributes=attributes
        )

    def end_failed(self, span: "Span", reason: str) -> None:
        """End a span of what did not succeed."""
        span.set_status(self._trace.StatusCode.ERROR, reason)
        span.end()

    def traceparent_of(self, span: "Span") -> str | None:
        """Return a span as W3C writes it; None where it is not sampled."""
        if not span.is_recording():
            return None
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, self._trace.set_span_in_context(span))
        return carrier[TRACEPARENT]

    def begin_step(self, name: str, parent: "Span") -> "Span":
        """Return the span of a step of a request."""
        return self._tracer.start_span(name, context=self._trace.set_span_in_context(parent))

    def close(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()

    def _parent(self, traceparent: str | None) -> "Context":
        carrier = {TRACEPARENT: traceparent} if traceparent else {}
        return self._propagator.extract(carrier, self._trace.set_span_in_context(self._trace.INVALID_SPAN))


class ServedRequest:
    """A request's span while it is served; what is announced meanwhile by its task belongs to it."""

    def __init__(self, tracing: Tracing, span: "Span") -> None:
        self._tracing = tracing
        self._span = span
        self.traceparent = tracing.traceparent_of(span)
        self._token = _serving.set(self if self.traceparent else None)

    def begin_step(self, name: str) -> "Span":
        """Return the span of a step."""
        return self._tracing.begin_step(name, self._span)

    def end(self, method: str, route: str, status: int, account: str | None, *, livemode: bool | None) -> None:
        """End it with what became of it."""
        _serving.reset(self._token)
        span = self._span
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.route": route, "http.response.status_code": status})
        if account is not None and livemode is not None:
            span.set_attributes({"brim.account": account, "brim.livemode": livemode})
        if status >= 500:
            self._tracing.end_failed(span, str(status))
        else:
            span.end()


def current_trace() -> str | None:
    """Return the trace of the request that is served, None where none is, or it is not sampled."""
    served = _serving.get()
    return served.traceparent if served else None


async def traced(name: str, work: Awaitable[Result]) -> Result:
    """Return what `work` returns, as a step of the request that is served, if that is sampled."""
    served = _serving.get()
    if served is None:
        return await work
    span = served.begin_step(name)
    try:
        return await work
    finally:
        span.end()


def start_tracing(role: str) -> Tracing:
    """Return what makes this process's spans and sends them as the standard `OTEL_*` variables say.

    Args:
        role: what the process is: api or worker.

    Raises:
        TracingNotInstalledError: OpenTelemetry is not there.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise TracingNotInstalledError from None
    told: dict[str, Any] = {"service.version": brim.__version__, "brim.role": role, "process.pid": os.getpid()}
    if "OTEL_SERVICE_NAME" not in os.environ and "service.name=" not in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        told["service.name"] = "brim"
    provider = TracerProvider(resource=Resource.create(told), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider)
