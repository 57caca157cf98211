"""Files from the bank: their list, and one with what is wrong with it and the breaks that were found in it."""

from collections.abc import Mapping
from typing import Any, Final

from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

BANK_FILES: Final = "/v1/brim/ach/bank_files"
_MOST: Final = 100
_STATEMENTS: Final = 20


def _called(profile: Mapping[str, Any]) -> str:
    """Return what an originator and its bank are called."""
    if profile["sepa"]:
        return f"{profile['sepa']['creditor_name']} at {profile['sepa']['bic']}"
    return f"{profile['company_name']} at {profile['odfi_name']}"


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/bank-files`."""
    return await _reply(page, Form(values={"originator": ""}))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    found = await page.api.get(BANK_FILES, **page_query(page))
    originators = (await page.api.get("/v1/brim/ach/originators", limit=_MOST))["data"]
    return page.reply(
        "dashboard/bank_files.html",
        status=status,
        files=found["data"],
        paging=paging(page, found),
        form=form,
        originators=[(each["id"], _called(each["profile"])) for each in originators if each["status"] != "draft"],
    )


async def import_file(page: SignedVisit) -> Reply:
    """`POST /ach/bank-files/import`: what was chosen, whose page then shows what has become of it."""
    form = Form(values={"originator": page.form.get("originator", "")})
    name, content = page.visit.files.get("file", ("", b""))
    if not content:
        form.errors["file"] = "Choose a file that is not empty."
        return await _reply(page, form, status=400)
    try:
        taken = await page.api.post_file(
            BANK_FILES,
            {"originator": form.values["originator"]} if form.values["originator"] else {},
            name=name,
            content=content,
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        take_refusal(form, error, {} if form.values["originator"] else {"originator": ""})
        return await _reply(page, form, status=error.status)
    done = "bank_file_imported" if taken["is_new"] else "bank_file_known"
    return page.redirect(f"/ach/bank-files/{taken['id']}", done=done)


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/bank-files/{file}`."""
    file = await page.api.get(api_path(BANK_FILES + "/{}", page.path_params["file"]))
    breaks = await page.api.get("/v1/brim/breaks", bank_file=file["id"], limit=_MOST)
    corrections = await page.api.get("/v1/brim/corrections", bank_file=file["id"], limit=_MOST)
    statements = await page.api.get("/v1/brim/bank_statements", bank_file=file["id"], limit=_STATEMENTS)
    return page.reply(
        "dashboard/bank_file.html",
        statements=statements["data"],
        more_statements=statements["has_more"],
        file=file,
        breaks=breaks["data"],
        more_breaks=breaks["has_more"],
        corrections=corrections["data"],
        more_corrections=corrections["has_more"],
    )
