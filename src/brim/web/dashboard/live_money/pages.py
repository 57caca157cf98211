"""The overview of live money, its readiness, and the switch that stops it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of, take_refusal
from brim.web.dashboard.signed import SignedVisit
from brim.web.operators.confirmation import PASSWORD, asked_in_a_row, refuse_in_a_row

RAILS: Final = {"ach": "ACH", "sepa": "SEPA"}
"""The rails that are stopped and resumed, each by itself, and what they are called."""
_RAIL_PATH: Final = "/v1/brim/rails/{}"
FILES: Final = "/v1/brim/ach/files"
_ORIGINATORS: Final = "/v1/brim/ach/originators"
_MOST: Final = 100
_NOT_YOURS: Final = 403

LINKS: Final = {
    "originator_missing": ("/ach/originators/new", "Add an originator"),
    "originator_draft": ("/ach/originators", "Go to originators"),
    "originator_suspended": ("/ach/originators", "Go to originators"),
    "outgoing_folder_missing": ("/ach/originators", "Go to originators"),
    "outgoing_folder_not_usable": ("/ach/originators", "Go to originators"),
    "incoming_folder_missing": ("/ach/originators", "Go to originators"),
    "incoming_folder_not_usable": ("/ach/originators", "Go to originators"),
    "sftp_records_folder_missing": ("/ach/originators", "Go to originators"),
    "sftp_records_folder_not_usable": ("/ach/originators", "Go to originators"),
    "bank_unread": ("/ach/originators", "Go to originators"),
    "exchange_unchecked": ("/ach/originators", "Go to originators"),
    "worker_missing": ("/workers", "See workers"),
    "worker_job_failing": ("/workers", "See workers"),
    "rail_stopped": ("/live-money/stops", "Go to stops"),
    "accounts_stopped": ("/live-money/stops", "Go to stops"),
    "files_held": ("/live-money", "See held files"),
    "bank_file_held": ("/ach/bank-files", "See bank files"),
    "statement_unapproved": ("/ach/bank-files", "See bank files"),
    "webhook_endpoint_missing": ("/webhooks/new", "Add an endpoint"),
}
"""For each blocker: the page on which something can be done about it."""


async def show(page: SignedVisit) -> Reply:
    """`GET /live-money`: the next cut-off, what needs somebody, and what the bank has not said."""
    outlook = await page.api.get("/v1/brim/ach/outlook")
    files = {
        status: (await page.api.get(FILES, status=status, limit=_MOST))["data"]
        for status in ("built", "approved", "sent", "rejected")
    }
    breaks = await page.api.get("/v1/brim/breaks", status="open", limit=_MOST)
    suspended = await page.api.get("/v1/brim/incoming_transfers", status="suspended", limit=_MOST)
    settlements = [
        each
        for status in ("proposed", "undo_proposed")
        for each in (await page.api.get("/v1/brim/line_settlements", status=status, limit=_MOST))["data"]
    ]
    originators = (await page.api.get(_ORIGINATORS, limit=_MOST))["data"]
    imported = await page.api.get("/v1/brim/ach/bank_files", status="awaiting_approval", limit=_MOST)
    return page.reply(
        "dashboard/live_money.html",
        outlook=outlook,
        originators=originators,
        originator_names=_names_of(originators),
        rails=await read_rails(page),
        files=files,
        held=[file for status in ("built", "approved") for file in files[status] if file["held_because"]],
        breaks=sorted(breaks["data"], key=lambda each: each["created"]),
        more_breaks=breaks["has_more"],
        suspended=sorted(suspended["data"], key=lambda each: each["created"]),
        more_suspended=suspended["has_more"],
        imported=sorted(imported["data"], key=lambda each: each["created"]),
        settlements=sorted(settlements, key=lambda each: each["created"]),
        stuck=await _find_stuck(page),
        readiness=await page.api.get("/v1/brim/live_readiness"),
        names=await page.read_names(),
        now=system_clock_ms() // 1000,
    )


async def _find_stuck(page: SignedVisit) -> list[Any] | None:
    """Return what is stuck in live mode; None for who may not see that, as it is of the whole installation."""
    try:
        stuck = await page.api.get("/v1/brim/stuck")
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return None
    return [item for item in stuck["data"] if item["livemode"]]


async def show_readiness(page: SignedVisit) -> Reply:
    """`GET /live-readiness`."""
    readiness = await page.api.get("/v1/brim/live_readiness")
    return page.reply("dashboard/live_readiness.html", readiness=readiness, links=LINKS, names=await page.read_names())


async def show_stops(page: SignedVisit) -> Reply:
    """`GET /live-money/stops`."""
    return await _reply_stops(page, Form(values={"account": "", "reason": "", "rail": ""}))


async def _reply_stops(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    rails = await read_rails(page)
    return page.reply(
        "dashboard/rail_stops.html",
        status=status,
        form=form,
        rails=rails,
        rail_names=RAILS,
        allowed=allowed_actions(rails[0]),
        names=await page.read_names(),
    )


async def read_originators(page: SignedVisit) -> dict[str, str]:
    """Return the names of originators by their ids: a company's, or a creditor's."""
    return _names_of((await page.api.get(_ORIGINATORS, limit=_MOST))["data"])


def _names_of(originators: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    profiles = {each["id"]: each["profile"] for each in originators}
    return {key: each["company_name"] or each["sepa"]["creditor_name"] for key, each in profiles.items()}


async def read_rail(page: SignedVisit, *, is_sepa: bool) -> dict[str, Any]:
    """Return the rail of an originator or a file, with where it is stopped."""
    rail: dict[str, Any] = await page.api.get(_RAIL_PATH.format("sepa" if is_sepa else "ach"))
    return rail


async def read_rails(page: SignedVisit) -> list[dict[str, Any]]:
    """Return the rails by which the platform collects, and any other that is stopped; ACH where there is none yet."""
    originators = (await page.api.get(_ORIGINATORS, limit=_MOST))["data"]
    used = {"sepa" if each["profile"]["sepa"] else "ach" for each in originators} or {"ach"}
    rails = [await page.api.get(_RAIL_PATH.format(name)) for name in RAILS]
    return [rail for rail in rails if rail["rail"] in used or rail["stops"]]


async def stop(page: SignedVisit) -> Reply:
    """`POST /live-money/stop`: on all rails or one, for all accounts or one."""
    form = Form(values={name: page.form.get(name, "").strip() for name in ("account", "reason", "rail")})
    if not form.values["reason"]:
        form.errors["reason"] = "Enter a reason. It is shown with each top-up that the stop refuses."
        return await _reply_stops(page, form, status=400)
    key, chosen = page.form.get("idempotency_key"), form.values["rail"]
    try:
        for name in [chosen] if chosen in RAILS else [rail["rail"] for rail in await read_rails(page)]:
            await page.api.post(
                f"{_RAIL_PATH.format(name)}/stop",
                _wanted(form.values),
                idempotency_key=f"{key}-{name}" if key else None,
            )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await _reply_stops(page, form, status=error.status)
    of_all = "account_stopped" if form.values["account"] else "rail_stopped"
    return page.redirect("/live-money/stops", done="one_rail_stopped" if chosen in RAILS else of_all)


def _wanted(values: Mapping[str, str]) -> dict[str, Field]:
    return {"reason": values["reason"], "account": values["account"] or None}


async def resume(page: SignedVisit) -> Reply:
    """`POST /live-money/resume`: what was stopped on a rail, for all accounts or one, once it is sure who asks."""
    asked, form, stopped = await asked_in_a_row(page), Form(), page.form.get("account", "")
    rail = page.form.get("rail") if page.form.get("rail") in RAILS else "ach"
    is_asked_now = asked is not None and PASSWORD not in page.form
    status = 200 if is_asked_now else await refuse_in_a_row(page, form, act=f"resume {stopped or 'live money'}")
    if status is not None:
        form.idempotency_key = random_base62(24)
        return page.reply(
            "dashboard/rail_resume.html", status=status, form=form, asked=asked, stopped=stopped, rail=rail
        )
    try:
        await page.api.post(
            f"{_RAIL_PATH.format(rail)}/resume",
            {"account": page.form.get("account") or None},
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        return await _reply_stops(page, Form(message=message_of(error)), status=error.status)
    return page.redirect("/live-money/stops", done="rail_resumed")


def allowed_actions(shown: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of what whoever looks may do with an object, by what the API says."""
    return frozenset(each["name"] for each in shown["actions"] if each["allowed"])


def refused_actions(shown: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what may not be done now for a reason other than a lack of permissions, which is worth saying."""
    return [each for each in shown["actions"] if not each["allowed"] and each["code"] != "permission_missing"]
