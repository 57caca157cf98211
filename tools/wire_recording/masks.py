"""Replaces what differs from run to run: ids, secrets, real times, ports, durations and random tokens.

An id becomes its kind and the order in which it was first seen, such as `tu_<3>`, so that a reply that names another
object than before still shows. Times are replaced only where they lie around the time of the run: a test clock stands
in another year, so what is computed in its time is compared to the second.
"""

import re
import time
from datetime import UTC, datetime
from typing import Final

_ID: Final = re.compile(
    r"(?:(?<![0-9A-Za-z_])|(?<=after_)|(?<=before_))(acct|aud|ba|btok|ca|cliauth|cliws|clock|clr|cus|ed|evt_test|evt|je|mk|op|person|pk|pm|py|req|resp"
    r"|src_client_secret|src|tr|txn|tu|vrun|wa|we|whsec|wrk)_([0-9A-Za-z]{14,})(?![0-9A-Za-z])"
)
_KEY: Final = re.compile(r"\b([rs]k_(?:test|live))_(\w{4}\.\.\.\w{4}|\*+\w{4}|[0-9A-Za-z]{8,})")
_FINGERPRINT: Final = re.compile(r"\b[0-9a-f]{16}\b")
_SECONDS: Final = re.compile(r"(?:(?<![\w.])|(?<=\[33m))(\d{10})(\d{3})?(?![\w.]\w)(?!\d)")
_MOMENT: Final = re.compile(
    r"(?<![\w-])(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z| UTC|\+00:00)?(?!\d|\.[a-z]|-\d)"
)
_HTTP_DATE: Final = re.compile(r"\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")
_RULES: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r'(duration_ms(?:"|&#34;|&quot;): )[\d.]+', r"\1<duration>"),
        (r'(<div class="qr"[^>]*>).*?(</div>)', r"\1<picture>\2"),
        (r'(data-full=")[A-Z2-7]{32}(">)[^<]+', r"\1<secret>\2<secret>"),
        (r"(\bsecret=)[0-9A-Za-z]{32,}", r"\1<secret>"),
        (r"(Brim-Sequence: )\d+", r"\1<sequence>"),  # of events that come at once either may be numbered first
        (r'(door-words">|"verification_code": ")[a-z]+(?:-[a-z]+)+', r"\1<words>"),
        (r'("reconnect_after_ms": )\d+', r"\1<duration>"),
        (r'("pid": |<dt>Process</dt><dd class="figure">)\d+', r"\1<pid>"),
        (r"\bt=\d{10}((?:,v\d=)[0-9a-f]{64})+", "<signature>"),
        (r"\b[0-9a-f]{64}\b", "<digest>"),
        (r"/assets/[0-9a-f]{16}/", "/assets/<version>/"),
        (r'(name="(?:form_token|idempotency_key|token|t)" value=")[^"]+', r"\1<token>"),
        (r"((?:[?&;]|\b)(?:token|t)=)[\w-]{16,}", r"\1<token>"),
        (r"(Set-Cookie: [\w-]+=)[^;]{16,}", r"\1<cookie>"),
    )
)
_PAGE_RULES: Final = (
    (re.compile(r"(?:\b\d+(?:\.\d)? m?s\b|under 1 ms)"), "<duration>"),
    (re.compile(r"(?:about|less than) a second"), "<wait>"),  # twenty milliseconds, in whole seconds
)
_STATEMENT: Final = re.compile(r'(?<=<p class="soft statement">)(\D*?)(<code .*)(?=</p>)')
"""What a top-up's page says was booked: by the second, and within one in an order of chance."""

_DAY_S: Final = 86_400
_BEFORE_S: Final = 40 * _DAY_S
_AFTER_S: Final = 100 * _DAY_S


class Masks:
    """What a recording replaces, the same thing everywhere by the same name.

    Attributes:
        literals: texts and what stands for them, such as the server's address.
    """

    def __init__(self) -> None:
        now = int(time.time())
        self.literals: dict[str, str] = {}
        self._earliest = now - _BEFORE_S
        self._latest = now + _AFTER_S
        self._constants: set[str] = set()
        self._numbers: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def keep(self, text: str) -> None:
        """Leave every id of a text as it is from now on: those of examples, which no run makes."""
        self._constants.update(match[0] for pattern in (_ID, _KEY) for match in pattern.finditer(text))

    def known(self, text: str) -> str:
        """Replace only literals and the addresses of assets: for documents that are the same in every run."""
        for literal, name in self.literals.items():
            text = re.sub(rf"(?<!\w){re.escape(literal)}(?!\w)", name, text)
        return re.sub(r"/assets/[0-9a-f]{16}/", "/assets/<version>/", text)

    def text(self, text: str) -> str:
        """Replace whatever differs from run to run."""
        text = self.known(text)
        for pattern, replacement in _RULES:
            text = pattern.sub(replacement, text)
        text = _FINGERPRINT.sub(lambda match: self._number_of(match[0], "fingerprint"), text)
        text = _KEY.sub(self._number, text)
        text = _ID.sub(self._number, text)
        text = _MOMENT.sub(self._moment, text)
        text = _HTTP_DATE.sub("<date>", text)
        return _SECONDS.sub(self._seconds, text)

    def page(self, text: str) -> str:
        """Replace as `text` does, and durations as people read them."""
        text = self.text(text)
        for pattern, replacement in _PAGE_RULES:
            text = pattern.sub(replacement, text)
        return _STATEMENT.sub(_sorted_items, text)

    def _number(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in self._constants else self._number_of(match[0], match[1])

    def _number_of(self, found: str, kind: str) -> str:
        if found not in self._numbers:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._numbers[found] = f"{kind}_<{self._counts[kind]}>"
        return self._numbers[found]

    def _seconds(self, match: re.Match[str]) -> str:
        return "<time>" if self._is_near(int(match[1])) else match[0]

    def _moment(self, match: re.Match[str]) -> str:
        try:
            second = int(datetime.fromisoformat(match[1]).replace(tzinfo=UTC).timestamp())
        except ValueError:
            return match[0]
        if not self._is_near(second):
            return match[0]
        return "<moment>" if match[2] else "<day>"

    def _is_near(self, second: int) -> bool:
        return self._earliest <= second <= self._latest


def _sorted_items(match: re.Match[str]) -> str:
    return match[1] + ", ".join(sorted(match[2].split(", ")))
