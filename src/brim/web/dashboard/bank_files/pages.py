"""Files from the bank: their list, and one with what is wrong with it and its breaks, or what it would post."""

from collections.abc import Mapping
from typing import Any, Final

from brim.base.ids import random_base62
from brim.core.direct_debits import APPROVABLE, PREVIEW_BYTES
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of, take_refusal
from brim.web.dashboard.list_filters import ListFilters, count_statuses
from brim.web.dashboard.live_money.pages import allowed_actions, read_originators, refused_actions
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

BANK_FILES: Final = "/v1/brim/ach/bank_files"
BANK_FILE: Final = BANK_FILES + "/{}"
BANK_FILE_STATUSES: Final = ("awaiting_approval", "received", "applied", "held", "rejected")
FILTERS: Final = ListFilters(path="/ach/bank-files", statuses=BANK_FILE_STATUSES)
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
    asked = FILTERS.read(page)
    found = await page.api.get(BANK_FILES, **asked.query, **page_query(page))
    originators = (await page.api.get("/v1/brim/ach/originators", limit=_MOST))["data"]
    return page.reply(
        "dashboard/bank_files.html",
        status=status,
        files=found["data"],
        asked=asked,
        counts=await count_statuses(page, "bank_files", asked),
        statuses=BANK_FILE_STATUSES,
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
    if taken["status"] == "awaiting_approval":
        done = "bank_file_waits" if taken["is_new"] else "bank_file_still_waits"
    return page.redirect(f"/ach/bank-files/{taken['id']}", done=done)


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/bank-files/{file}`; `preview` in the query has a large file read, too."""
    return await _reply_one(page, Form(values={"reason": ""}))


async def _reply_one(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    file = await page.api.get(api_path(BANK_FILE, page.path_params["file"]))
    breaks = await page.api.get("/v1/brim/breaks", bank_file=file["id"], limit=_MOST)
    corrections = await page.api.get("/v1/brim/corrections", bank_file=file["id"], limit=_MOST)
    statements = await page.api.get("/v1/brim/bank_statements", bank_file=file["id"], limit=_STATEMENTS)
    waits = file["status"] in APPROVABLE
    is_shown = waits and (file["byte_count"] <= PREVIEW_BYTES or "preview" in page.query)
    preview = None
    if is_shown:
        try:
            preview = await page.api.get(api_path(BANK_FILE + "/preview", file["id"]))
        except ApiRefusedError as error:  # as where its bytes cannot be read, or a worker applies it now
            form.message = form.message or message_of(error)
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/bank_file.html",
        status=status,
        form=form,
        statements=statements["data"],
        more_statements=statements["has_more"],
        file=file,
        waits=waits,
        preview=preview,
        is_shown=is_shown,
        allowed=allowed_actions(file),
        refused=refused_actions(file),
        names=await page.read_names(),
        originators=await read_originators(page),
        breaks=breaks["data"],
        more_breaks=breaks["has_more"],
        corrections=corrections["data"],
        more_corrections=corrections["has_more"],
    )


async def approve(page: SignedVisit) -> Reply:
    """`POST /ach/bank-files/{file}/approve`: of the bytes, and by the mapping, that the page has shown."""
    seen: dict[str, Field] = {name: page.form.get(name, "") for name in ("expected_status", "sha256")}
    if page.form.get("expected_mapping"):
        seen["expected_mapping"] = page.form["expected_mapping"]
    return await _act(page, "/approve", seen, done="bank_file_approved")


async def reject(page: SignedVisit) -> Reply:
    """`POST /ach/bank-files/{file}/reject`."""
    reason = page.form.get("reason", "").strip()
    if not reason:
        form = Form(values={"reason": reason})
        form.errors["reason"] = "Enter a reason. It is shown to whoever imports the file again."
        return await _reply_one(page, form, status=400)
    return await _act(page, "/reject", {"reason": reason}, done="bank_file_rejected")


async def _act(page: SignedVisit, part: str, fields: dict[str, Field], *, done: str) -> Reply:
    file = page.path_params["file"]
    try:
        await page.api.post(
            api_path(BANK_FILE + part, file), fields, idempotency_key=page.form.get("idempotency_key") or None
        )
    except ApiRefusedError as error:
        form = Form(values={"reason": page.form.get("reason", "")})
        take_refusal(form, error)
        return await _reply_one(page, form, status=error.status)
    return page.redirect(f"/ach/bank-files/{file}", done=done)
