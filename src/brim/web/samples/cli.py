"""The official CLI."""

from collections.abc import Iterator, Mapping
from typing import Final

from brim.http.form import flatten, plain_text
from brim.web.samples.sample import Sample
from brim.web.samples.shell import on_lines, quote

_WITHOUT_COMMAND: Final = frozenset({("accounts", "retrieve"), ("accounts", "retrieve_current")})
"""Methods that the CLI has no command for, or another: its `accounts retrieve` takes no id."""
_FLAGS: Final = {"Idempotency-Key": "--idempotency", "Stripe-Account": "--stripe-account"}


def write(sample: Sample) -> str:
    """Return a call as a command line of the CLI, with the flags that point it here."""
    return on_lines([*command(sample), f"--api-base {quote(sample.base)}", f"--api-key {quote(sample.key)}"])


def command(sample: Sample) -> list[str]:
    """Return the parts of the command without those flags: what the Shell runs."""
    sdk = sample.sdk
    if sdk is None or (sdk.service[-1], sdk.method) in _WITHOUT_COMMAND:
        words = [f"stripe {sample.operation.method.lower()} {quote(sample.path)}", *_fields(sample)]
    else:
        version = ["v2"] if sdk.version == "v2" else []
        words = [" ".join(["stripe", *version, *sdk.service, sdk.method, *_id(sample)]), *_flags(sample)]
    words += [f"{_FLAGS[name]}={quote(text)}" for name, text in sample.headers.items()]
    return [*words, "--confirm"] if sample.operation.method == "DELETE" else words


def _id(sample: Sample) -> list[str]:
    return [quote(sample.path_id)] if sample.path_id else []


def _flags(sample: Sample) -> Iterator[str]:
    """Yield a flag for each plain value, and `-d` for what has parts, which no flag takes; JSON comes whole."""
    if sample.is_v2 and sample.content:
        yield f"-d {quote(sample.content)}"
        return
    for name, value in sample.values.items():
        if isinstance(value, (Mapping, list, tuple)):
            yield from (f"-d {quote(f'{inner}={text}')}" for inner, text in flatten(name, value))
        else:
            yield f"--{name.replace('_', '-')}={quote(plain_text(value))}"


def _fields(sample: Sample) -> Iterator[str]:
    return (f"-d {quote(f'{name}={text}')}" for name, text in sample.pairs())
