"""The health of the installation: one page for whoever operates it, each number with the page that has its details."""

from datetime import timedelta
from typing import Any, Final

from brim.base.clock import system_clock_ms
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.wording import HEALTH_QUEUES
from brim.web.zones import day_of, first_second

_NOT_YOURS: Final = 403
PERIODS: Final = (("1", "Today"), ("2", "2 days"), ("7", "7 days"))
"""In whole days of the zone that the page shows, as lists are filtered by them: so each number is what its list has."""

_MOST_SHOWN: Final = 20


async def show(page: SignedVisit) -> Reply:
    """`GET /health`, for so many `days` up to now."""
    wanted = page.query.get("days", "")
    days = wanted if wanted in dict(PERIODS) else PERIODS[0][0]
    first_day = day_of(system_clock_ms() // 1000, page.zone) - timedelta(days=int(days) - 1)
    try:
        health = await page.api.get("/v1/brim/health", since=first_second(first_day, page.zone))
        workers = (await page.api.get("/v1/brim/workers"))["data"]
        run = await page.api.get("/v1/brim/verification")
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return page.reply("dashboard/health.html", health=None, refusal=error.message)
    failures = health["topups"]["failures"] or []
    return page.reply(
        "dashboard/health.html",
        health=health,
        refusal=None,
        days=days,
        periods=PERIODS,
        problems=[each for each in health["checks"] if each["severity"] != "ok"],
        first_day=first_day.isoformat(),
        failures=failures[:_MOST_SHOWN],
        failure_count=len(failures),
        codes=_by_code(failures),
        workers=workers,
        versions=sorted({each["version"] for each in workers if each["status"] == "running"} | {health["version"]}),
        run=run,
        queue_words=HEALTH_QUEUES,
    )


def _by_code(failures: list[Any]) -> list[tuple[str, int]]:
    """Return how many top-ups failed with each code, the most first."""
    codes: dict[str, int] = {}
    for each in failures:
        codes[each["failure_code"]] = codes.get(each["failure_code"], 0) + each["count"]
    return sorted(codes.items(), key=lambda code: (-code[1], code[0]))
