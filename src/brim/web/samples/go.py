"""Go."""

from collections.abc import Mapping
from typing import Any, Final

from brim.web.operation_names import camel
from brim.web.samples.sample import Sample, SdkCall, json_text

_INITIALISMS: Final = {"api": "API", "id": "ID", "url": "URL", "us": "US"}
_IN_LIST_PARAMS: Final = frozenset({"limit", "starting_after", "ending_before"})
_RAW_ONLY: Final = frozenset({"PostSourcesSourceVerify"})
"""What other SDKs have a method for and this one has not."""

_SHARED_PARAMS: Final = {"TokenCreateBankAccount": "BankAccount"}
"""Nested parameters whose struct is named otherwise than after both; it is shared with other calls."""

_MODULE: Final = "github.com/stripe/stripe-go/v86"


def write(sample: Sample) -> str:
    """Return a call as a function body of Go, with what it imports."""
    sdk = None if sample.operation.operation_id in _RAW_ONLY else sample.sdk
    imports = ["context", "", _MODULE] if sdk else ["net/http", "", _MODULE, f"{_MODULE}/rawrequest"]
    return (
        "package main\n\nimport (\n" + "".join(f'\t"{name}"\n' if name else "\n" for name in imports) + ")\n\n"
        "func main() {\n"
        f'\tbackends := stripe.NewBackendsWithConfig(&stripe.BackendConfig{{URL: stripe.String("{sample.base}")}})\n'
        + "".join(f"\t{line}\n" for line in (_typed(sample, sdk) if sdk else _raw(sample)))
        + "}\n"
    )


def _typed(sample: Sample, sdk: SdkCall) -> list[str]:
    client = f'sc := stripe.NewClient("{sample.key}", stripe.WithBackends(backends))'
    return [client, *_call(sample, sdk)]


def _call(sample: Sample, sdk: SdkCall) -> list[str]:
    version = "" if sdk.version == "v1" else sdk.version.upper()
    params = version + "".join(_go_name(part) for part in (*sdk.service[:-1], sdk.noun, _verb(sdk)))
    own = {name: value for name, value in sample.values.items() if name not in _IN_LIST_PARAMS or sdk.method != "list"}
    lines = (
        [f"params := &stripe.{params}Params{{", *_fields(own, params), "}"]
        if own
        else [f"params := &stripe.{params}Params{{}}"]
    )
    lines += [f"params.{_go_name(name)} = {_scalar(value)}" for name, value in sample.values.items() if name not in own]
    lines += [f"params.Set{_go_name(name)}({json_text(text)})" for name, text in sample.options.items()]
    service = sdk.version.upper() + "".join(_go_name(part) for part in sdk.service)
    if sdk.method == "list":
        return [
            *lines,
            f"for {camel(sdk.noun)}, err := range sc.{service}.List(context.TODO(), params).All(context.TODO()) {{",
            f"\t_, _ = {camel(sdk.noun)}, err",
            "}",
        ]
    method = {"retrieve_current": "Retrieve"}.get(sdk.method, _go_name(sdk.method))
    if service == "V1Accounts" and sdk.method == "retrieve":
        method = "GetByID"
    path_id = f'"{sample.path_id}", ' if sample.path_id else ""
    return [*lines, f"{camel(sample.result)}, err := sc.{service}.{method}(context.TODO(), {path_id}params)",
            f"_, _ = {camel(sample.result)}, err"]  # fmt: skip


def _verb(sdk: SdkCall) -> str:
    return "retrieve" if sdk.method == "retrieve_current" else sdk.method


def _fields(values: Mapping[str, Any], params: str) -> list[str]:
    """Return the lines inside a struct of parameters; a nested one is named after both."""
    lines = []
    for name, value in values.items():
        if name == "metadata":
            pairs = ", ".join(f"{json_text(key)}: {json_text(text)}" for key, text in value.items())
            lines.append(f"\tMetadata: map[string]string{{{pairs}}},")
        elif isinstance(value, Mapping):
            inner = params + _go_name(name)
            lines += [f"\t{_go_name(name)}: &stripe.{_SHARED_PARAMS.get(inner, inner)}Params{{"]
            lines += [f"\t{line}" for line in _fields(value, inner)]
            lines += ["\t},"]
        else:
            lines.append(f"\t{_go_name(name)}: {_scalar(value)},")
    return lines


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return f"stripe.Bool({str(value).lower()})"
    if isinstance(value, int):
        return f"stripe.Int64({value})"
    if isinstance(value, (list, tuple)):
        return f"[]*string{{{', '.join(_scalar(inner) for inner in value)}}}"
    return f"stripe.String({json_text(value)})"


def _raw(sample: Sample) -> list[str]:
    """Return a raw request, which has a client of its own; what is sent goes as one encoded text."""
    method = sample.operation.method.capitalize()
    options = ", ".join(f"{_go_name(name)}: stripe.String({json_text(text)})" for name, text in sample.options.items())
    content = json_text(sample.content)
    params = f"&stripe.RawParams{{Params: stripe.Params{{{options}}}}}" if options else "nil"
    return [
        f'raw := rawrequest.Client{{B: backends.API.(stripe.RawRequestBackend), Key: "{sample.key}"}}',
        f'response, err := raw.RawRequest(http.Method{method}, "{sample.target}", {content}, {params})',
        "_, _ = response, err",
    ]


def _go_name(name: str) -> str:
    return "".join(_INITIALISMS.get(word, word.capitalize()) for word in name.split("_"))
