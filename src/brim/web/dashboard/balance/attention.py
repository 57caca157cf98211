"""What needs somebody: a line for each kind of thing, with how many there are and the list that shows exactly those."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final, TypeAlias

import msgspec

from brim.http.form import Field
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.formats import utc_date
from brim.web.dashboard.live_money.pages import RAILS
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.webhooks.forms import DELIVERY, ENDPOINTS
from brim.web.zones import day_of, first_second

DAY_S: Final = 24 * 60 * 60
WEEK_DAYS: Final = 7
_MOST: Final = 100
_MOST_NAMED: Final = 3
"""How many endpoints or files get a line of their own."""

_NOT_YOURS: Final = 403
_RATES: Final = "Debits returned by banks"


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what there is of something, what that means, and the page that shows it. `tone`: `bad` or `waiting`."""

    title: str
    detail: str
    href: str
    tone: str = "waiting"


class Asked(msgspec.Struct, frozen=True):
    """Who looks, and their account's time, which a test clock may have moved."""

    page: SignedVisit
    now: int

    async def find(self, path: str, **query: Field) -> tuple[list[Any], bool]:
        """Return the first hundred objects of a list, and whether there are more."""
        found = await self.page.api.get(path, **query, limit=_MOST)
        return found["data"], found["has_more"]


_Look: TypeAlias = Callable[[Asked], Awaitable[Sequence[Attention]]]


async def find_attention(page: SignedVisit, *, now: int) -> list[Attention]:
    """Return what needs somebody of an account, the worst first; in live mode of a platform of its banks, too.

    Args:
        page: who looks.
        now: the account's time.
    """
    looks = [*_ANY_ACCOUNT, *(_PLATFORM if page.session.livemode and page.session.is_platform else ())]
    found = await asyncio.gather(*(_allowed(look, Asked(page, now)) for look in looks))
    return sorted((each for of in found for each in of), key=lambda each: each.tone != "bad")


async def _allowed(look: _Look, asked: Asked) -> Sequence[Attention]:
    """Return what a look finds; nothing where whoever looks may not know."""
    try:
        return await look(asked)
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return ()


def _count(number: int, one: str, many: str, *, has_more: bool = False) -> str:
    """Return how many there are, in words."""
    if has_more:
        return f"More than {number} {many}"
    return f"{number} {one if number == 1 else many}"


async def _ended_topups(asked: Asked) -> Sequence[Attention]:
    zone = asked.page.zone
    first_day = day_of(asked.now, zone) - timedelta(days=WEEK_DAYS - 1)
    since = first_second(first_day, zone)
    lines = []
    for status in ("failed", "reversed"):
        found, has_more = await asked.find("/v1/topups", status=status, created={"gte": since})
        if found:
            lines.append(
                Attention(
                    title=_count(len(found), f"{status} top-up", f"{status} top-ups", has_more=has_more),
                    detail=f"Created in the last {WEEK_DAYS} days",
                    href=asked.page.link("/topups", status=status, created_from=first_day.isoformat()),
                    tone="bad",
                )
            )
    return lines


async def _endpoints(asked: Asked) -> Sequence[Attention]:
    found, _ = await asked.find(ENDPOINTS, expand=[f"data.{DELIVERY}"])
    failing = [each for each in found if each["brim"]["delivery"]["notice"]]
    if len(failing) > _MOST_NAMED:
        title = f"{len(failing)} webhook endpoints need attention"
        return [Attention(title=title, detail="Failing or disabled", href=asked.page.link("/webhooks"), tone="bad")]
    return [
        Attention(
            title=each["url"],
            detail=each["brim"]["delivery"]["notice"],
            href=asked.page.link(f"/webhooks/{each['id']}"),
            tone="bad",
        )
        for each in failing
    ]


async def _negative_balances(asked: Asked) -> Sequence[Attention]:
    found, has_more = await asked.find("/v1/brim/negative_balances")
    if not found:
        return ()
    return [
        Attention(
            title=_count(len(found), "negative balance", "negative balances", has_more=has_more),
            detail="More was reversed than was available. See why",
            href=asked.page.link("/negative-balances"),
            tone="bad",
        )
    ]


async def _verification(asked: Asked) -> Sequence[Attention]:
    run = await asked.page.api.get("/v1/brim/verification")
    href = asked.page.link("/verification")
    if run["status"] == "differ":
        return [
            Attention(title="The books don't balance", detail="Verification found differences", href=href, tone="bad")
        ]
    if run["status"] == "none_yet":
        return [
            Attention(title="The books were never verified", detail="Workers verify them hourly by default", href=href)
        ]
    if "outdated" in run["warnings"]:
        return [
            Attention(title="The last verification is old", detail=f"It began on {utc_date(run['created'])}", href=href)
        ]
    return ()


async def _workers(asked: Asked) -> Sequence[Attention]:
    href = asked.page.link("/workers")
    workers, _ = await _all(asked, "/v1/brim/workers")
    stuck, _ = await _all(asked, "/v1/brim/stuck")
    lines = []
    if not any(each["status"] == "running" for each in workers):
        lines.append(
            Attention(
                title="No worker is running",
                detail="Top-ups don't settle and webhooks aren't sent",
                href=href,
                tone="bad",
            )
        )
    if stuck:
        title = _count(len(stuck), "stuck item", "stuck items")
        lines.append(Attention(title=title, detail="Work that keeps failing", href=href, tone="bad"))
    return lines


async def _all(asked: Asked, path: str) -> tuple[list[Any], bool]:
    """Return a list that has no pages."""
    found = await asked.page.api.get(path)
    return found["data"], found["has_more"]


class _Queue(msgspec.Struct, frozen=True, kw_only=True):
    """A list of what waits for a person, and the page that shows just that part of it."""

    path: str
    query: dict[str, str]
    one: str
    many: str
    detail: str
    shown: str
    shown_query: dict[str, str] = {}
    tone: str = "waiting"


_QUEUES: Final = (
    _Queue(
        path="/v1/brim/breaks",
        query={"status": "open"},
        one="open break",
        many="open breaks",
        detail="The bank's records and the books don't match",
        shown="/breaks",
        tone="bad",
    ),
    _Queue(
        path="/v1/brim/ach/files",
        query={"status": "built"},
        one="file awaits approval",
        many="files await approval",
        detail="Sent once approved",
        shown="/ach/files",
        shown_query={"status": "built"},
    ),
    _Queue(
        path="/v1/brim/ach/bank_files",
        query={"status": "awaiting_approval"},
        one="imported statement awaits approval",
        many="imported statements await approval",
        detail="Applied once a second person approves them",
        shown="/ach/bank-files",
        shown_query={"status": "awaiting_approval"},
    ),
    _Queue(
        path="/v1/brim/ach/bank_files",
        query={"status": "held"},
        one="bank file is held",
        many="bank files are held",
        detail="Couldn't be read or applied",
        shown="/ach/bank-files",
        shown_query={"status": "held"},
        tone="bad",
    ),
    _Queue(
        path="/v1/brim/line_settlements",
        query={"status": "proposed"},
        one="settlement awaits confirmation",
        many="settlements await confirmation",
        detail="Proposed for lines of bank statements",
        shown="/line-settlements",
        shown_query={"status": "proposed"},
    ),
    _Queue(
        path="/v1/brim/line_settlements",
        query={"status": "undo_proposed"},
        one="undo awaits confirmation",
        many="undos await confirmation",
        detail="Would undo posted settlements",
        shown="/line-settlements",
        shown_query={"status": "undo_proposed"},
    ),
    _Queue(
        path="/v1/brim/incoming_transfers",
        query={"status": "suspended"},
        one="transfer in suspense",
        many="transfers in suspense",
        detail="Not assigned to an account yet",
        shown="/incoming-transfers",
        shown_query={"status": "suspended"},
    ),
    _Queue(
        path="/v1/brim/ach/returns",
        query={"status": "dishonorable"},
        one="return can be dishonored",
        many="returns can be dishonored",
        detail="Each has a deadline",
        shown="/ach/returns",
        shown_query={"status": "dishonorable"},
    ),
)


def _look_of(queue: _Queue) -> _Look:
    async def look(asked: Asked) -> Sequence[Attention]:
        found, has_more = await asked.find(queue.path, **queue.query)
        if not found:
            return ()
        return [
            Attention(
                title=_count(len(found), queue.one, queue.many, has_more=has_more),
                detail=queue.detail,
                href=asked.page.link(queue.shown, **queue.shown_query),
                tone=queue.tone,
            )
        ]

    return look


async def _return_rates(asked: Asked) -> Sequence[Attention]:
    found, _ = await _all(asked, "/v1/brim/ach/return_rates")
    href = asked.page.link("/ach/return-rates")
    levels = {rate["level"] for each in found for rate in each["rates"]}
    lines = []
    if "reached" in levels:
        lines.append(Attention(title="A return rate has reached its limit", detail=_RATES, href=href, tone="bad"))
    elif "warned" in levels:
        lines.append(Attention(title="A return rate is near its limit", detail=_RATES, href=href))
    if any(each["asked_override"] for each in found):
        detail = "A second person decides whether debits go on"
        lines.append(Attention(title="An override of a return rate awaits approval", detail=detail, href=href))
    return lines


async def _stops(asked: Asked) -> Sequence[Attention]:
    href = asked.page.link("/live-money/stops")
    lines = []
    for name, called in RAILS.items():
        rail = await asked.page.api.get(f"/v1/brim/rails/{name}")
        if rail["stops"]:
            is_all = rail["status"] == "stopped"
            where = "for all accounts" if is_all else _count(len(rail["stops"]), "account", "accounts")
            lines.append(Attention(title=f"Live money by {called} is stopped", detail=where, href=href, tone="bad"))
    return lines


_ANY_ACCOUNT: Final[Sequence[_Look]] = (_ended_topups, _endpoints, _negative_balances, _verification, _workers)
_PLATFORM: Final[Sequence[_Look]] = (_stops, *map(_look_of, _QUEUES), _return_rates)
