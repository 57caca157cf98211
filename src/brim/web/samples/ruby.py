"""Ruby."""

import re
from typing import Any, Final

from brim.web.samples.sample import Literals, Sample, bare_or_quoted, json_text


def write(sample: Sample) -> str:
    """Return a call as Ruby.

    The base is set twice: a client never takes the library's, and the objects that it returns ask the library's, for
    the second page and when one of them is canceled or saved.
    """
    return (
        'require "stripe"\n\n'
        f'Stripe.api_base = "{sample.base}"\n'
        f'client = Stripe::StripeClient.new("{sample.key}", api_base: "{sample.base}")\n\n'
        f"{sample.result} = {_call(sample)}\n"
    )


def _call(sample: Sample) -> str:
    sdk = sample.sdk
    if sdk is None:
        sent = f", params: {_LITERALS.write(sample.values)}" if sample.values else ""
        options = f", opts: {_LITERALS.write(sample.options)}" if sample.options else ""
        return f'client.raw_request(:{sample.operation.method.lower()}, "{sample.path}"{sent}{options})'
    arguments = [f'"{sample.path_id}"'] if sample.path_id else []
    arguments += [_LITERALS.write(sample.values)] if sample.values else ["{}"] if sample.options else []
    arguments += [_LITERALS.write(sample.options)] if sample.options else []
    sent = f"({', '.join(arguments)})" if arguments else ""
    return f"client.{sdk.version}.{'.'.join(sdk.service)}.{sdk.method}{sent}"


def _scalar(value: Any) -> str:
    """Return a literal; within double quotes Ruby would fill in what a `#` stands before."""
    return re.sub(r"#(?=[{$@])", r"\\#", json_text(value))


def _key(key: str) -> str:
    return key if bare_or_quoted(key) == key else _scalar(key)


_LITERALS: Final = Literals(scalar=_scalar, key=_key)
