"""PHP."""

from typing import Any, Final

from brim.web.operation_names import camel
from brim.web.samples.sample import Literals, Sample


def write(sample: Sample) -> str:
    """Return a call as PHP.

    The base is set twice: a client never takes the library's, and the objects that it returns ask the library's, for
    the second page and when one of them is canceled or saved.
    """
    return (
        "<?php\nrequire 'vendor/autoload.php';\n\n"
        f"\\Stripe\\Stripe::$apiBase = '{sample.base}';\n"
        f"$stripe = new \\Stripe\\StripeClient(['api_key' => '{sample.key}', 'api_base' => '{sample.base}']);\n\n"
        f"${camel(sample.result)} = {_call(sample)};\n"
    )


def _call(sample: Sample) -> str:
    sdk = sample.sdk
    if sdk is None:
        return f"$stripe->rawRequest({', '.join(_raw(sample))})"
    arguments = [f"'{sample.path_id}'"] if sample.path_id else []
    if sdk.method == "retrieve_current":
        arguments = ["null"]
    arguments += [_LITERALS.write(sample.values)] if sample.values else ["[]"] if sample.options else []
    arguments += [_LITERALS.write(sample.options)] if sample.options else []
    version = [] if sdk.version == "v1" else [sdk.version]
    verb = {"list": "all", "retrieve_current": "retrieve"}.get(sdk.method, camel(sdk.method))
    return f"{'->'.join(['$stripe', *version, *map(camel, sdk.service), verb])}({', '.join(arguments)})"


def _raw(sample: Sample) -> list[str]:
    """Return what a raw request is given: it takes parameters beside the path only where they are posted."""
    method = sample.operation.method
    posted = [_LITERALS.write(sample.values)] if method == "POST" and sample.values else []
    options = [*([] if posted else ["[]"]), _LITERALS.write(sample.options)] if sample.options else []
    return [_scalar(method.lower()), _scalar(sample.target), *posted, *options]


def _scalar(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_scalar(inner) for inner in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_LITERALS: Final = Literals(scalar=_scalar, key=_scalar, between=" => ", brackets="[]")
