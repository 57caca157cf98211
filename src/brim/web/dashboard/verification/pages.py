"""The verification of the books, as the operator of this Brim reads it."""

from typing import Final

from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.signed import SignedVisit

_NOT_YOURS: Final = 403


async def show(page: SignedVisit) -> Reply:
    """`GET /verification`."""
    try:
        run = await page.api.get("/v1/brim/verification")
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return page.reply("dashboard/verification.html", run=None, refusal=error.message)
    return page.reply("dashboard/verification.html", run=run, refusal=None)
