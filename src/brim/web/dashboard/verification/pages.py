"""The verification of the books, as the operator of this Brim reads it."""

from typing import Final

from brim.base.clock import system_clock_ms
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.signed import SignedVisit

_NOT_YOURS: Final = 403
_RUNS: Final = "/v1/brim/verifications"
_HEADS_SHOWN: Final = 20
_RUNS_SHOWN: Final = 20
_LOOK_EVERY: Final = "every 2s"


async def show(page: SignedVisit) -> Reply:
    """`GET /verification`."""
    cursor = page.query.get("chains_after")
    try:
        run = await page.api.get("/v1/brim/verification")
        runs = (await page.api.get(_RUNS))["data"]
        heads = await page.api.get("/v1/brim/verification/heads", limit=_HEADS_SHOWN, cursor=cursor)
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return page.reply("dashboard/verification.html", run=None, refusal=error.message)
    under_way = next((each for each in runs if each["status"] in {"waiting", "running"}), None)
    last = heads["data"][-1] if heads["has_more"] else None
    more = last and page.changed_link(chains_after=f"{last['account']}/{'live' if last['livemode'] else 'test'}")
    return page.reply(
        "dashboard/verification.html",
        run=run,
        names=await page.read_names(),
        runs=runs[:_RUNS_SHOWN],
        heads=heads["data"],
        more_heads=more,
        under_way=under_way,
        look_every=_LOOK_EVERY,
        now=system_clock_ms() // 1000,
        refusal=None,
    )


async def run(page: SignedVisit) -> Reply:
    """`POST /verification`: have the books verified now."""
    await page.api.post(_RUNS, {})
    return page.redirect("/verification", done="verification_asked")
