"""Workers and stuck work, as the platform account reads them."""

from typing import Final

from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.signed import SignedVisit

_NOT_YOURS: Final = 403


async def show(page: SignedVisit) -> Reply:
    """`GET /workers`."""
    try:
        workers = await page.api.get("/v1/brim/workers")
        stuck = await page.api.get("/v1/brim/stuck")
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return page.reply("dashboard/workers.html", workers=None, stuck=None, refusal=error.message)
    return page.reply("dashboard/workers.html", workers=workers["data"], stuck=stuck["data"], refusal=None)
