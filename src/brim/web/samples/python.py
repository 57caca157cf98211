"""Python."""

from typing import Any, Final

from brim.web.samples.sample import NEWLINE, Literals, Sample, json_text


def write(sample: Sample) -> str:
    """Return a call as Python."""
    return (
        "from stripe import StripeClient\n\n"
        f'client = StripeClient("{sample.key}", base_addresses={{"api": "{sample.base}"}})\n\n'
        f"{sample.result} = {_call(sample)}\n"
    )


def _call(sample: Sample) -> str:
    sdk = sample.sdk
    if sdk is None:
        method = sample.operation.method.lower()
        if not sample.values and not sample.options:
            return f'client.raw_request("{method}", "{sample.path}")'
        lines = [f'"{method}"', f'"{sample.path}"']
        given = {**sample.values, **sample.options}
        lines += [f"{name}={_LITERALS.write(value)}" for name, value in given.items()]
        return (
            "client.raw_request(\n"
            + "".join(f"    {line.replace(NEWLINE, NEWLINE + '    ')},\n" for line in lines)
            + ")"
        )
    sent = [f'"{sample.path_id}"'] if sample.path_id else []
    sent += [_LITERALS.write(sample.values)] if sample.values else []
    sent += [f"options={_LITERALS.write(sample.options)}"] if sample.options else []
    return f"client.{sdk.version}.{'.'.join(sdk.service)}.{sdk.method}({', '.join(sent)})"


def _scalar(value: Any) -> str:
    return repr(value) if isinstance(value, bool) else json_text(value)


_LITERALS: Final = Literals(scalar=_scalar, key=json_text, step="    ")
