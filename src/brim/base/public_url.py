"""The address that people use where a proxy stands in front: its origin, and the path prefix that Brim is served under.

Inside, every path is without the prefix. `path` adds it to what leaves for a browser, and `inner_path` removes it from
requests of proxies that pass it on; nothing else knows of it.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9.-]+|[0-9a-f:]+")
_SEGMENT: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]+")

OWN_SEGMENTS: Final = frozenset(
    """
    account accounts ach apikeys assets balance balance-summary balance-summary.csv balance-transactions
    balance-transactions.csv bank-statements bank-statements.csv breaks breaks.csv connect dashboard developers
    docs events favicon.ico first-run funding-instructions funding-sources health healthz incoming-transfers
    incoming-transfers.csv line-settlements live live-money live-readiness logs metrics money-at-risk
    negative-balances openapi.json readyz refunds refunds.csv reports saved-views search search.json
    set-password settings shell sign-in sign-out statement-lines statement-lines.csv statement-mappings
    stripecli subscribe test test-clocks topups topups.csv v1 v2 verification webhooks workers
    """.split()
)
"""What Brim's own paths begin with. A prefix that begins so could not be told from a path whose prefix was removed."""


@dataclass(frozen=True)
class PublicUrl:
    """An origin such as `https://example.com:8443`, and a prefix such as `/brim`, which is empty at a host's root."""

    origin: str
    prefix: str = ""

    def __str__(self) -> str:
        return self.origin + self.prefix

    @property
    def netloc(self) -> str:
        """The host, and the port if it is not the scheme's own: what browsers send as `Host`."""
        return self.origin.partition("://")[2]

    @property
    def is_https(self) -> bool:
        """Whether people's connections are encrypted."""
        return self.origin.startswith("https:")

    def path(self, path: str) -> str:
        """Return a path of ours, such as `/docs/api`, as a browser has to ask for it; other addresses as they are."""
        return self.prefix + path if path.startswith("/") else path

    def inner_path(self, path: str) -> str:
        """Return the path of a request without the prefix, which some proxies remove themselves."""
        if not self.prefix or not f"{path}/".startswith(f"{self.prefix}/"):
            return path
        return path[len(self.prefix) :] or "/"


def parse_public_url(text: str) -> PublicUrl:
    """Return the URL that a text holds: http or https, a host, perhaps a port and a path.

    Raises:
        ValueError: it is anything else, or its path begins as one of ours does.
    """
    parts = urlsplit(text)
    prefix = parse_prefix(parts.path)
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(parts.hostname or "") or "@" in parts.netloc:
        raise ValueError(text)
    if parts.query or parts.fragment:
        raise ValueError(text)
    return PublicUrl(_origin(parts), prefix)


def parse_prefix(path: str) -> str:
    """Return a path prefix without the slash at its end: empty for none.

    Raises:
        ValueError: it needs escapes, or begins as one of our own paths does.
    """
    if path in {"", "/"}:
        return ""
    segments = path.removeprefix("/").removesuffix("/").split("/")
    if segments[0] in OWN_SEGMENTS or not all(map(_SEGMENT.fullmatch, segments)):
        raise ValueError(path)
    return "".join(f"/{segment}" for segment in segments)


def _origin(parts: SplitResult) -> str:
    """Return the origin as browsers write it: in lower case, without the scheme's own port."""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
