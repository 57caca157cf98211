"""PHP."""

from typing import Any, Final

from brim.web.naming import camel
from brim.web.samples.sample import Literals, Sample


def write(sample: Sample) -> str:
    """Return a call as PHP.

    The base is set for the whole library: its paging asks that one, not the client's own, for the second page.
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
        sent = f", {_LITERALS.write(sample.values)}" if sample.values else ""
        return f"$stripe->rawRequest('{sample.operation.method.lower()}', '{sample.path}'{sent})"
    arguments = [f"'{sample.path_id}'"] if sample.path_id else []
    if sdk.method == "retrieve_current":
        return f"$stripe->accounts->retrieve(null{', ' + _LITERALS.write(sample.values) if sample.values else ''})"
    arguments += [_LITERALS.write(sample.values)] if sample.values else []
    version = [] if sdk.version == "v1" else [sdk.version]
    method = "->".join(["$stripe", *version, *map(camel, sdk.service), camel(sdk.method)])
    return f"{method}({', '.join(arguments)})"


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
