"""Originators: their list, one with its profile in words, and what people do with it."""

import re
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import available_timezones

from brim.base.ids import random_base62
from brim.core.rails.sepa import Version
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of, take_refusal
from brim.web.dashboard.live_money.pages import allowed_actions, read_rail, read_rails, refused_actions
from brim.web.dashboard.originators.fields import CREDITOR, defaults, fields_of, profile_of, values_of
from brim.web.dashboard.signed import SignedVisit
from brim.web.operators.confirmation import asked_in_a_row, refuse_in_a_row

ORIGINATORS: Final = "/v1/brim/ach/originators"
ORIGINATOR: Final = ORIGINATORS + "/{}"
_MOST: Final = 100
_PARAM: Final = re.compile(r"(?:profile\[)?(?:sepa\]?\[)?(\w+)\].*")


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/originators`."""
    found = await page.api.get(ORIGINATORS, limit=_MOST)
    rails = await read_rails(page)
    outlook = await page.api.get("/v1/brim/ach/outlook")
    return page.reply(
        "dashboard/originators.html",
        originators=found["data"],
        rails=rails,
        outlook=outlook,
        may_write="stop" in allowed_actions(rails[0]),
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/originators/{originator}`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    originator = await page.api.get(api_path(ORIGINATOR, page.path_params["originator"]))
    return page.reply(
        "dashboard/originator.html",
        status=status,
        form=form,
        originator=originator,
        profile=originator["profile"],
        allowed=allowed_actions(originator),
        refused=refused_actions(originator),
        outlook=await page.api.get("/v1/brim/ach/outlook"),
        names=await page.read_names(),
        rail=await read_rail(page, is_sepa=originator["profile"]["sepa"] is not None),
    )


async def show_new(page: SignedVisit) -> Reply:
    """`GET /ach/originators/new`."""
    return _reply_form(page, Form(values=defaults(is_sepa=False) | {"account_number": ""}))


async def show_new_sepa(page: SignedVisit) -> Reply:
    """`GET /ach/originators/new-sepa`."""
    return _reply_form(page, Form(values=defaults(is_sepa=True) | {"account_number": ""}))


async def create(page: SignedVisit) -> Reply:
    """`POST /ach/originators/new`. The form's key makes one originator of however many times it is sent."""
    return await _create(page, _read(page, is_sepa=False))


async def create_sepa(page: SignedVisit) -> Reply:
    """`POST /ach/originators/new-sepa`: the same of one that collects by SEPA."""
    return await _create(page, _read(page, is_sepa=True))


async def _create(page: SignedVisit, form: Form) -> Reply:
    profile = profile_of(form)
    if not form.is_right:
        return _reply_form(page, form, status=400)
    fields: dict[str, Field] = {"account_number": form.values["account_number"], "profile": profile}
    try:
        made = await page.api.post(ORIGINATORS, fields, idempotency_key=page.form.get("idempotency_key") or None)
    except ApiRefusedError as error:
        _take_in(form, error)
        return _reply_form(page, form, status=error.status)
    return page.redirect(f"/ach/originators/{made['id']}", done="originator_created")


async def show_edit(page: SignedVisit) -> Reply:
    """`GET /ach/originators/{originator}/edit`."""
    originator = await page.api.get(api_path(ORIGINATOR, page.path_params["originator"]))
    values = values_of(originator["profile"]) | {"account_number": "", "expected_version": str(originator["version"])}
    return _reply_form(page, Form(values=values), originator=originator)


async def edit(page: SignedVisit) -> Reply:
    """`POST /ach/originators/{originator}/edit`: only the profile that the form was filled in with is changed."""
    originator_id = page.path_params["originator"]
    originator = await page.api.get(api_path(ORIGINATOR, originator_id))
    form = _read(page, is_sepa=originator["profile"]["sepa"] is not None)
    form.values["expected_version"] = page.form.get("expected_version", "")
    profile = profile_of(form)
    if form.is_right:
        fields: dict[str, Field] = {
            "account_number": form.values["account_number"] or None,
            "expected_version": form.values["expected_version"] or None,
            "profile": profile,
        }
        try:
            await page.api.post(
                api_path(ORIGINATOR, originator_id), fields, idempotency_key=page.form.get("idempotency_key") or None
            )
        except ApiRefusedError as error:
            _take_in(form, error)
        else:
            return page.redirect(f"/ach/originators/{originator_id}", done="originator_updated")
    originator = await page.api.get(api_path(ORIGINATOR, originator_id))
    return _reply_form(page, form, originator=originator, status=400)


def _read(page: SignedVisit, *, is_sepa: bool) -> Form:
    names = (*fields_of(is_sepa=is_sepa), "account_number")
    return Form(values={name: page.form.get(name, "").strip() for name in names})


def _take_in(form: Form, error: ApiRefusedError) -> None:
    """Show a refusal at its field; that the profile is another one by now concerns the whole form."""
    match = _PARAM.fullmatch(error.param or "")
    names = {error.param: match[1]} if match and error.param else {}
    if error.param == "expected_version":
        names = {"expected_version": ""}
    take_refusal(form, error, names)


def _reply_form(
    page: SignedVisit, form: Form, *, originator: Mapping[str, Any] | None = None, status: int = 200
) -> Reply:
    form.forget("account_number")  # it goes to the API, and into no page
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/originator_form.html",
        status=status,
        form=form,
        originator=originator,
        is_sepa=CREDITOR[0] in form.values,
        versions=[(each.value, each.value) for each in Version],
        zones=_zones(form),
        is_stale=form.message is not None
        and originator is not None
        and form.values.get("expected_version") != str(originator["version"]),
    )


def _zones(form: Form) -> list[tuple[str, str]]:
    """Return the time zones to choose from: those of American or European banks, and the one that the profile has."""
    is_sepa = CREDITOR[0] in form.values
    continents = ("Europe/", "Atlantic/", "Asia/Nicosia") if is_sepa else ("America/", "Pacific/")
    zones = {zone for zone in available_timezones() if zone.startswith(continents)}
    found = [(zone, zone) for zone in sorted(zones | {form.values["time_zone"]} - {""})]
    return [("", "Choose one"), *found] if is_sepa else found


async def show_activate(page: SignedVisit) -> Reply:
    """`GET /ach/originators/{originator}/activate`: states what is let loose, before it is."""
    return await _reply_activate(page, Form())


async def _reply_activate(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    originator = await page.api.get(api_path(ORIGINATOR, page.path_params["originator"]))
    if "activate" not in allowed_actions(originator):
        reasons = [each["reason"] for each in originator["actions"] if each["name"] == "activate" and each["reason"]]
        message = reasons[0] if reasons else "The originator's status no longer allows this."
        return await _reply(page, Form(message=message), status=403 if reasons else 400)
    return page.reply(
        "dashboard/originator_activate.html",
        status=status,
        form=form,
        asked=await asked_in_a_row(page),
        originator=originator,
        profile=originator["profile"],
        names=await page.read_names(),
        idempotency_key=random_base62(24),
    )


async def activate(page: SignedVisit) -> Reply:
    """`POST /ach/originators/{originator}/activate`: the profile that the form has shown, and no other."""
    form = Form()
    status = await refuse_in_a_row(page, form, act=f"activate {page.path_params['originator']}")
    if status is not None:
        return await _reply_activate(page, form, status=status)
    fields: dict[str, Field] = {"expected_version": page.form.get("expected_version") or None}
    return await _act(page, "activate", fields, done="originator_activated")


async def suspend(page: SignedVisit) -> Reply:
    """`POST /ach/originators/{originator}/suspend`."""
    return await _act(page, "suspend", {}, done="originator_suspended")


async def _act(page: SignedVisit, name: str, fields: Mapping[str, Field], *, done: str) -> Reply:
    originator_id = page.path_params["originator"]
    try:
        await page.api.post(
            api_path(ORIGINATOR, originator_id) + f"/{name}",
            fields,
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        return await _reply(page, Form(message=message_of(error)), status=error.status)
    return page.redirect(f"/ach/originators/{originator_id}", done=done)
