"""What needs somebody, a line for each kind of thing, as the API lists it."""

from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from brim.web.dashboard.signed import SignedVisit

DAY_S: Final = 24 * 60 * 60
_TONES: Final = {"critical": "bad", "warning": "waiting"}


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what there is of something, what that means, and the page that shows it. `tone`: `bad` or `waiting`."""

    title: str
    detail: str
    href: str
    tone: str


async def find_attention(page: SignedVisit) -> list[Attention]:
    """Return what needs somebody of an account, the worst first."""
    found = await page.api.get("/v1/brim/attention", timezone=page.zone.name)
    return [_line(page, each) for each in found["data"]]


def _line(page: SignedVisit, item: dict[str, Any]) -> Attention:
    target = urlsplit(item["page"])
    return Attention(
        title=item["title"],
        detail=item["detail"],
        href=page.link(target.path, **dict(parse_qsl(target.query))),
        tone=_TONES[item["severity"]],
    )
