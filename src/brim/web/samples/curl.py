"""cURL."""

import re
from typing import Final

from brim.web.samples.sample import Sample
from brim.web.samples.shell import on_lines, quote

_NEEDS_NO_ENCODING: Final = re.compile(r"[\w.:/@*,-]*", re.ASCII)


def write(sample: Sample) -> str:
    """Return a call as a command line of cURL."""
    method = sample.operation.method
    target = f"curl {quote(sample.base + sample.path)}"
    if method == "GET" and sample.values:
        target = target.replace("curl ", "curl -G ", 1)
    elif method == "DELETE" or (method == "POST" and not sample.values):
        target = target.replace("curl ", f"curl -X {method} ", 1)
    if sample.is_v2 and sample.content:
        body = ['-H "Content-Type: application/json"', f"-d {quote(sample.content)}"]
    else:
        body = [_field(name, text) for name, text in sample.pairs()]
    headers = [f"-H {quote(f'{name}: {text}')}" for name, text in sample.headers.items()]
    return on_lines([target, f"-u {quote(sample.key + ':')}", *headers, *body])


def _field(name: str, text: str) -> str:
    flag = "-d" if _NEEDS_NO_ENCODING.fullmatch(text) else "--data-urlencode"
    return f"{flag} {quote(f'{name}={text}')}"
