"""The page of the test clock: freeze an account's test mode, advance it with progress, let it go."""

from typing import Any, Final

from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.balance.overview import find_clock
from brim.web.dashboard.days import read_moment
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedVisit

CLOCKS: Final = "/v1/test_helpers/test_clocks"
_STEPS: Final = {"hour": 3600, "day": 86_400, "week": 7 * 86_400}


async def show(page: SignedVisit) -> Reply:
    """`GET /test-clocks`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    clock = await find_clock(page)
    return page.reply("dashboard/test_clock.html", status=status, clock=clock, form=form, steps=_STEPS)


async def create(page: SignedVisit) -> Reply:
    """`POST /test-clocks`."""
    form = Form(values={"frozen_time": page.form.get("frozen_time", ""), "name": page.form.get("name", "").strip()})
    frozen_time = read_moment(form, "frozen_time")
    if frozen_time is not None:
        try:
            await page.api.post(CLOCKS, {"frozen_time": frozen_time, "name": form.values["name"] or None})
        except ApiRefusedError as error:
            form.refuse(error)
    if form.is_right:
        return page.redirect("/test-clocks", done="clock_created")
    return await _reply(page, form, status=400)


async def advance(page: SignedVisit) -> Reply:
    """`POST /test-clocks/{clock}/advance`: by a step, or to a time."""
    path = api_path(CLOCKS + "/{}", page.path_params["clock"])
    clock = await page.api.get(path)
    form = Form(values={"target": page.form.get("target", "")})
    target = _target(page, clock, form)
    if target is not None:
        try:
            await page.api.post(f"{path}/advance", {"frozen_time": target})
        except ApiRefusedError as error:
            form.refuse(error, {"frozen_time": "target"})
    if form.is_right:
        return page.redirect("/test-clocks", done="clock_advancing")
    return await _reply(page, form, status=400)


async def delete(page: SignedVisit) -> Reply:
    """`POST /test-clocks/{clock}/delete`."""
    await page.api.delete(api_path(CLOCKS + "/{}", page.path_params["clock"]))
    return page.redirect("/test-clocks", done="clock_deleted")


def _target(page: SignedVisit, clock: Any, form: Form) -> int | None:
    step = _STEPS.get(page.form.get("step", ""))
    return clock["frozen_time"] + step if step else read_moment(form, "target")
