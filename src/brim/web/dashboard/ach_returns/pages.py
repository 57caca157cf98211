"""Returns: a list by status, and a page for one with its deadline, the codes that fit, and the outcome."""

from typing import Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.list_filters import ListFilters, count_statuses
from brim.web.dashboard.live_money.pages import allowed_actions, refused_actions
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

RETURNS: Final = "/v1/brim/ach/returns"
RETURN: Final = RETURNS + "/{}"
STATUSES: Final = ("dishonorable", "dishonored", "money_back", "accepted", "contested", "missed")
FILTERS: Final = ListFilters(
    path="/ach/returns",
    texts=("topup", "file", "bank_file"),
    narrows=("topup", "file", "bank_file"),
    statuses=STATUSES,
    first=STATUSES[0],
)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/returns`: those that can be dishonored now, unless another status, or all, is requested."""
    asked = FILTERS.read(page)
    found = await page.api.get(RETURNS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/ach_returns.html",
        returns=found["data"],
        paging=paging(page, found),
        asked=asked,
        counts=await count_statuses(page, "ach_returns", asked),
        statuses=STATUSES,
        now=system_clock_ms() // 1000,
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/returns/{return}`."""
    return await _reply(page, Form(values={"code": "", "information": ""}))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(api_path(RETURN, page.path_params["return"]))
    form.idempotency_key = random_base62(24)
    codes = found.get("dishonor_codes", [])
    return page.reply(
        "dashboard/ach_return.html",
        status=status,
        found=found,
        form=form,
        allowed=allowed_actions(found),
        refused=refused_actions(found),
        fitting=[(each["code"], f"{each['code']}: {each['meaning']}") for each in codes if each["fits"]],
        unfit=[each for each in codes if not each["fits"]],
        names=await page.read_names(),
        now=system_clock_ms() // 1000,
    )


async def dishonor(page: SignedVisit) -> Reply:
    """`POST /ach/returns/{return}/dishonor`."""
    return_id = page.path_params["return"]
    form = Form(values={name: page.form.get(name, "").strip() for name in ("code", "information")})
    try:
        await page.api.post(
            api_path(RETURN + "/dishonor", return_id),
            {"code": form.values["code"], "information": form.values["information"] or None},
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/ach/returns/{return_id}", done="return_dishonored")
