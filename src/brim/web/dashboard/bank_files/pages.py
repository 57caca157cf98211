"""Files from the bank: their list, and one with what is wrong with it and the breaks that were found in it."""

from typing import Final

from brim.http.message import Reply
from brim.web.api_client import api_path
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

BANK_FILES: Final = "/v1/brim/ach/bank_files"
_MOST: Final = 100


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/bank-files`."""
    found = await page.api.get(BANK_FILES, **page_query(page))
    return page.reply("dashboard/bank_files.html", files=found["data"], paging=paging(page, found))


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/bank-files/{file}`."""
    file = await page.api.get(api_path(BANK_FILES + "/{}", page.path_params["file"]))
    breaks = await page.api.get("/v1/brim/breaks", bank_file=file["id"], limit=_MOST)
    return page.reply("dashboard/bank_file.html", file=file, breaks=breaks["data"], more_breaks=breaks["has_more"])
