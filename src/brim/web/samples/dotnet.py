"""C#, for .NET."""

from collections.abc import Mapping
from typing import Any, Final

from brim.web.operation_names import camel, pascal
from brim.web.samples.sample import Sample, SdkCall, json_text

_KEYWORDS: Final = {"event": "stripeEvent"}
"""Other names for results that are called as a word of the language."""


def write(sample: Sample) -> str:
    """Return a call as C#."""
    sdk = sample.sdk
    namespaces = ["using Stripe;"] if sdk else ["using System.Net.Http;", "using Stripe;"]
    if sdk and sdk.version == "v1" and len(sdk.service) > 1:
        namespaces.append(f"using Stripe.{pascal(sdk.service[0])};")
    return (
        "\n".join(namespaces) + "\n\n"
        "var client = new StripeClient(new StripeClientOptions\n{\n"
        f'    ApiKey = "{sample.key}",\n    ApiBase = "{sample.base}",\n}});\n\n'
        + "\n".join(_typed(sample, sdk) if sdk else _raw(sample))
        + "\n"
    )


def _typed(sample: Sample, sdk: SdkCall) -> list[str]:
    """Return a typed call. The second version's options are named in full: the first has some of the same name."""
    is_v2 = sdk.version == "v2"
    model = ".".join(["Stripe.V2", *map(pascal, sdk.service[:-1]), ""] if is_v2 else []) + pascal(sdk.noun)
    method = pascal(sdk.method)
    lines, arguments = [], [f'"{sample.path_id}"'] if sample.path_id else []
    if sample.values:
        fields = _fields(sample.values, model + method if is_v2 else model)
        lines = [f"var options = new {model}{method}Options", "{", *fields, "};", ""]
        arguments.append("options")
    arguments += _options(sample, "RequestOptions")
    method = {"retrieve": "Get", "retrieve_current": "GetSelf"}.get(sdk.method, method)
    service = ".".join(pascal(name) for name in sdk.service)
    call = f"client.{sdk.version.upper()}.{service}.{method}({', '.join(arguments)})"
    return [*lines, f"var {_KEYWORDS.get(sample.result, camel(sample.result))} = {call};"]


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
        return f"new List<string> {{ {', '.join(json_text(str(inner)) for inner in value)} }}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else json_text(value)


def _options(sample: Sample, kind: str) -> list[str]:
    """Return the argument with a request's options, by its name; nothing where there are none."""
    options = ", ".join(f"{pascal(name)} = {json_text(text)}" for name, text in sample.options.items())
    return [f"requestOptions: new {kind} {{ {options} }}"] if options else []


def _raw(sample: Sample) -> list[str]:
    sent = f'HttpMethod.{sample.operation.method.capitalize()}, "{sample.target}"'
    if sample.operation.method == "POST":
        sent += f", {json_text(sample.content)}"
    sent = ", ".join([sent, *_options(sample, "RawRequestOptions")])
    return [f"var response = await client.RawRequestAsync({sent});"]
