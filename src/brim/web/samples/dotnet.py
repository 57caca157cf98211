"""C#, for .NET."""

from collections.abc import Mapping
from typing import Any

from brim.web.naming import camel, pascal
from brim.web.samples.sample import Sample, SdkCall, json_text


def write(sample: Sample) -> str:
    """Return a call as C#."""
    sdk = sample.sdk
    namespaces = ["using Stripe;"] if sdk else ["using System.Net.Http;", "using Stripe;"]
    if sdk and len(sdk.service) > 1:
        version = "V2." if sdk.version == "v2" else ""
        namespaces.append(f"using Stripe.{version}{pascal(sdk.service[0])};")
    return (
        "\n".join(namespaces) + "\n\n"
        "var client = new StripeClient(new StripeClientOptions\n{\n"
        f'    ApiKey = "{sample.key}",\n    ApiBase = "{sample.base}",\n}});\n\n'
        + "\n".join(_typed(sample, sdk) if sdk else _raw(sample))
        + "\n"
    )


def _typed(sample: Sample, sdk: SdkCall) -> list[str]:
    model = pascal(sdk.noun)
    lines, arguments = [], [f'"{sample.path_id}"'] if sample.path_id else []
    if sample.values:
        fields = _fields(sample.values, model)
        lines = [f"var options = new {model}{pascal(sdk.method)}Options", "{", *fields, "};", ""]
        arguments.append("options")
    method = {"retrieve": "Get", "retrieve_current": "GetSelf"}.get(sdk.method, pascal(sdk.method))
    kind = f"StripeList<{model}>" if sdk.method == "list" else model
    service = ".".join(pascal(name) for name in sdk.service)
    call = f"client.{sdk.version.upper()}.{service}.{method}({', '.join(arguments)})"
    return [*lines, f"{kind} {camel(sample.result)} = {call};"]


def _fields(values: Mapping[str, Any], model: str) -> list[str]:
    """Return the lines inside an object of options; a nested one is named after both."""
    lines = []
    for name, value in values.items():
        if name == "metadata":
            pairs = ", ".join(f"[{json_text(key)}] = {json_text(text)}" for key, text in value.items())
            lines.append(f"    Metadata = new Dictionary<string, string> {{ {pairs} }},")
        elif isinstance(value, Mapping):
            inner = model + pascal(name)
            lines += [f"    {pascal(name)} = new {inner}Options", "    {"]
            lines += [f"    {line}" for line in _fields(value, inner)]
            lines += ["    },"]
        else:
            lines.append(f"    {pascal(name)} = {_scalar(value, name)},")
    return lines


def _scalar(value: Any, name: str = "") -> str:
    if name == "frozen_time":
        return f"DateTimeOffset.FromUnixTimeSeconds({value}).UtcDateTime"
    if isinstance(value, (list, tuple)):
        kind = "long?" if value and isinstance(value[0], int) else "string"
        return f"new List<{kind}> {{ {', '.join(_scalar(inner) for inner in value)} }}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else json_text(value)


def _raw(sample: Sample) -> list[str]:
    sent = f'HttpMethod.{sample.operation.method.capitalize()}, "{sample.target}", {json_text(sample.content)}'
    return [f"var response = await client.RawRequestAsync({sent});"]
