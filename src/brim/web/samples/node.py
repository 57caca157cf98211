"""Node.js."""

from typing import Final
from urllib.parse import urlsplit

from brim.web.operation_names import camel
from brim.web.samples.sample import Literals, Sample, bare_or_quoted, json_text

_CLIENT: Final = r'Stripe.createFetchHttpClient((url, init) => fetch(url.replace(/^\w+:\/\/[^/]+/, "$&PREFIX"), init))'
"""Adds the path of the server's address, for which the SDK has no setting."""


def write(sample: Sample) -> str:
    """Return a call as a module of JavaScript."""
    place = urlsplit(sample.base)
    port = place.port or (443 if place.scheme == "https" else 80)
    client = f"  httpClient: {_CLIENT.replace('PREFIX', place.path)},\n" if place.path else ""
    return (
        'import Stripe from "stripe";\n\n'
        f'const stripe = new Stripe("{sample.key}", {{\n'
        f'  host: "{place.hostname}",\n  port: {port},\n  protocol: "{place.scheme}",\n{client}}});\n\n'
        f"const {camel(sample.result)} = await {_call(sample)};\n"
    )


def _call(sample: Sample) -> str:
    sdk = sample.sdk
    if sdk is None:
        sent = f", {_LITERALS.write(sample.values)}" if sample.content else ", undefined" if sample.options else ""
        return f'stripe.rawRequest("{sample.operation.method}", "{sample.target}"{sent}{_options(sample)})'
    method = "del" if sdk.method == "delete" else camel(sdk.method)
    arguments = [f'"{sample.path_id}"'] if sample.path_id else []
    arguments += [_LITERALS.write(sample.values)] if sample.values else ["{}"] if sample.options else []
    version = "" if sdk.version == "v1" else f"{sdk.version}."
    service = ".".join(camel(name) for name in sdk.service)
    return f"stripe.{version}{service}.{method}({', '.join(arguments)}{_options(sample)})"


def _options(sample: Sample) -> str:
    """Return the last argument with what goes before it; nothing where there are no options."""
    options = {camel(name): text for name, text in sample.options.items()}
    return f", {_LITERALS.write(options)}" if options else ""


_LITERALS: Final = Literals(scalar=json_text, key=bare_or_quoted)
