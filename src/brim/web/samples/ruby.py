"""Ruby."""

import json
from typing import Any

from brim.web.samples.sample import Sample, nested


def write(sample: Sample) -> str:
    """Return a call as Ruby.

    The base is set for the whole library: its paging asks that one, not the client's own, for the second page.
    """
    return (
        'require "stripe"\n\n'
        f'Stripe.api_base = "{sample.base}"\n'
        f'client = Stripe::StripeClient.new("{sample.key}")\n\n'
        f"{sample.result} = {_call(sample)}\n"
    )


def _call(sample: Sample) -> str:
    sdk = sample.sdk
    if sdk is None:
        sent = f", params: {_literal(sample.values)}" if sample.values else ""
        return f'client.raw_request(:{sample.operation.method.lower()}, "{sample.path}"{sent})'
    arguments = [f'"{sample.path_id}"'] if sample.path_id else []
    arguments += [_literal(sample.values)] if sample.values else []
    sent = f"({', '.join(arguments)})" if arguments else ""
    return f"client.v1.{'.'.join(sdk.service)}.{sdk.method}{sent}"


def _literal(value: Any) -> str:
    return nested(value, scalar=_scalar, opening="{", pair="{key}: {value}", closing="}")


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("#{", "\\#{")
