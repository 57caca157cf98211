"""Java."""

from collections.abc import Mapping
from typing import Any, Final

from brim.api.framework.kinds import Enum
from brim.api.framework.params import Hash, Parameter
from brim.web.operation_names import camel, pascal
from brim.web.samples.sample import Sample, SdkCall, json_text

_TEXTS_DESPITE_WORDS: Final = frozenset(
    {"AccountRejectParams.reason", "SourceCreateParams.type", "TokenCreateParams.BankAccount.country"}
)
"""Where the SDK takes any text although there are only a few."""

_TEXTS_DESPITE_NUMBERS: Final = frozenset({"SourceVerifyParams.values"})
"""Where the SDK takes an array of texts although they are numbers."""


def write(sample: Sample) -> str:
    """Return a call as a class of Java."""
    sdk = sample.sdk
    imports, lines = _typed(sample, sdk) if sdk else _raw(sample)
    return (
        "".join(f"import {name};\n" for name in sorted(["com.stripe.StripeClient", *imports])) + "\n"
        "public class Example {\n"
        "  public static void main(String[] arguments) throws Exception {\n"
        "    StripeClient client = StripeClient.builder()\n"
        f'        .setApiKey("{sample.key}")\n'
        f'        .setApiBase("{sample.base}")\n'
        "        .build();\n\n" + "".join(f"    {line}".rstrip() + "\n" for line in lines) + "  }\n}\n"
    )


def _typed(sample: Sample, sdk: SdkCall) -> tuple[list[str], list[str]]:
    package = ("v2." if sdk.version == "v2" else "") + "".join(f"{n.replace('_', '')}." for n in sdk.service[:-1])
    model = pascal(sdk.noun)
    kind, imports = _result(sdk, model, package)
    lines, arguments = [], [f'"{sample.path_id}"'] if sample.path_id else []
    if sample.values:
        params = f"{model}{pascal(sdk.method)}Params"
        imports.append(f"com.stripe.param.{package}{params}")
        setters = _setters(sample.values, sample.operation.parameters, params)
        lines = [f"{params} params = {params}.builder()", *(f"    {setter}" for setter in setters), "    .build();", ""]
        arguments.append("params")
    if sample.options:
        imports.append("com.stripe.net.RequestOptions")
        lines += _options(sample, "RequestOptions")
        arguments.append("options")
    service = "".join(f".{camel(name)}()" for name in sdk.service)
    call = f"client.{sdk.version}(){service}.{camel(sdk.method)}({', '.join(arguments)})"
    return imports, [*lines, f"{kind} {camel(sample.result)} = {call};"]


def _result(sdk: SdkCall, model: str, package: str) -> tuple[str, list[str]]:
    """Return the type of what comes back, and what it needs to be imported."""
    second = "v2." if sdk.version == "v2" else ""
    if sdk.method == "list":
        imports = [f"com.stripe.model.{package}{model}", f"com.stripe.model.{second}StripeCollection"]
        return f"StripeCollection<{model}>", imports
    if second and sdk.method == "delete":
        return "DeletedObject", ["com.stripe.model.v2.DeletedObject"]
    model = "Event" if sdk.method == "ping" else model
    return model, [f"com.stripe.model.{package}{model}"]


def _setters(values: Mapping[str, Any], known: tuple[Parameter, ...], params: str) -> list[str]:
    """Return the builder's calls; a nested object's class stands inside the parameters'."""
    kinds = {parameter.name: parameter.kind for parameter in known}
    lines = []
    for name, value in values.items():
        kind = kinds.get(name)
        if name == "metadata":
            lines += [f".putMetadata({json_text(key)}, {json_text(text)})" for key, text in value.items()]
        elif isinstance(value, Mapping):
            inner = f"{params}.{pascal(name)}"
            nested = _setters(value, kind.parameters if isinstance(kind, Hash) else (), inner)
            lines += [f".set{pascal(name)}(", f"    {inner}.builder()", *(f"        {line}" for line in nested)]
            lines += ["        .build())"]
        elif isinstance(value, (list, tuple)):
            lines += [f".add{pascal(name).removesuffix('s')}({_item(item, name, params)})" for item in value]
        elif isinstance(kind, Enum) and f"{params}.{name}" not in _TEXTS_DESPITE_WORDS:
            lines.append(f".set{pascal(name)}({params}.{pascal(name)}.{value.upper()})")
        else:
            lines.append(f".set{pascal(name)}({_scalar(value)})")
    return lines


def _item(item: Any, name: str, params: str) -> str:
    if f"{params}.{name}" in _TEXTS_DESPITE_NUMBERS:
        return json_text(str(item))
    if name == "enabled_events" and params.startswith("WebhookEndpoint"):
        return f"{params}.EnabledEvent.{item.upper().replace('.', '__')}"
    return _scalar(item)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value}L" if isinstance(value, int) else json_text(value)


def _raw(sample: Sample) -> tuple[list[str], list[str]]:
    """Return a raw request; only a POST has content, and then it is a text, if an empty one."""
    body = json_text(sample.content) if sample.operation.method == "POST" else "null"
    options = "options" if sample.options else "null"
    call = (
        f'client.rawRequest(ApiResource.RequestMethod.{sample.operation.method}, "{sample.target}", {body}, {options})'
    )
    imports = ["com.stripe.net.ApiResource", "com.stripe.net.StripeResponse"]
    imports += ["com.stripe.net.RawRequestOptions"] if sample.options else []
    lines = _options(sample, "RawRequestOptions") if sample.options else []
    return imports, [*lines, f"StripeResponse response = {call};"]


def _options(sample: Sample, kind: str) -> list[str]:
    """Return the statement that builds a request's options."""
    setters = [f"    .set{pascal(name)}({json_text(text)})" for name, text in sample.options.items()]
    return [f"{kind} options = {kind}.builder()", *setters, "    .build();", ""]
