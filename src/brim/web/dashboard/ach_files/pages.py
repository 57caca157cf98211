"""ACH files: their list, and one with its history, its batches and entries, and what people do with it."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.live_money.pages import (
    FILES,
    allowed_actions,
    read_originators,
    read_rail,
    read_rails,
    refused_actions,
)
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.who import Names
from brim.web.operators.confirmation import asked_in_a_row, refuse_in_a_row

FILE: Final = FILES + "/{}"
STATUSES: Final = ("built", "approved", "sent", "acknowledged", "settled", "rejected", "voided")
FILTERS: Final = ListFilters(path="/ach/files", statuses=STATUSES)
_ENTRIES: Final = 50


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a person does with a file: how it is asked, what happens then, and what the next page says (`done`).

    Where it lets money out (`lets_out`), the person shows again who they are.
    """

    title: str
    button: str
    happens: str
    done: str
    is_bad: bool = False
    lets_out: bool = False


ACTIONS: Final = {
    "approve": Action(
        title="Approve the file?",
        button="Approve and send",
        happens="It is sent to the bank within seconds and can't be recalled.",
        done="file_approved",
        lets_out=True,
    ),
    "void": Action(
        title="Void the file?",
        button="Void the file",
        happens="The file is never sent. Its entries go out with the next file, with new trace numbers and possibly a "
        "later effective date. Accounts are notified if their expected date changes.",
        done="file_voided",
        is_bad=True,
    ),
    "resubmit": Action(
        title="Resubmit the rejected entries?",
        button="Resubmit the entries",
        happens="The entries go out with the next file, with new trace numbers. Ask the bank first: an entry that it "
        "has already processed would be debited twice.",
        done="file_resubmitted",
        is_bad=True,
        lets_out=True,
    ),
}
"""What the API lets a person do with a file, by the name of the operation."""


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/files`."""
    asked = FILTERS.read(page)
    found = await page.api.get(FILES, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/ach_files.html",
        files=found["data"],
        paging=paging(page, found),
        asked=asked,
        statuses=STATUSES,
        rails=await read_rails(page),
        names=await page.read_names(),
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/files/{file}`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    file_id = page.path_params["file"]
    file = await page.api.get(api_path(FILE, file_id))
    entries = await page.api.get(api_path(FILE + "/entries", file_id), **page_query(page, limit=_ENTRIES))
    disputed = await page.api.get("/v1/brim/ach/returns", file=file_id, limit=_ENTRIES)
    taken_back = await page.api.get("/v1/brim/ach/reversals", file=file_id, limit=_ENTRIES)
    refunded = await page.api.get("/v1/brim/refunds", file=file_id, limit=_ENTRIES)
    return page.reply(
        "dashboard/ach_file.html",
        status=status,
        form=form,
        file=file,
        allowed=allowed_actions(file),
        refused=refused_actions(file),
        entries=entries["data"],
        paging=paging(page, entries),
        disputed=disputed["data"],
        more_disputed=disputed["has_more"],
        reversals=taken_back["data"],
        more_reversals=taken_back["has_more"],
        refunds=refunded["data"],
        more_refunds=refunded["has_more"],
        now=system_clock_ms() // 1000,
        originators=await read_originators(page),
        history=_history(file, await page.read_names()),
        rail=await read_rail(page, is_sepa=file["currency"] == "eur"),
        breaks=[
            each
            for each in (await page.api.get("/v1/brim/breaks", status="open", limit=100))["data"]
            if each["ach_file"] == file["id"]
        ],
    )


def _history(file: Mapping[str, Any], names: Names) -> list[tuple[str, int, str]]:
    """Return what happened to a file, the latest first: in words, when, and in which tone."""
    automatic = "Approved automatically by the originator's profile"
    steps = [
        ("Created at the cut-off", file["created"], "waiting"),
        *((_approval(each, file, names), each["approved"], "waiting") for each in file["approvals"]),
        (automatic, file["approved"] if file["approved_by"] == "profile" else None, "waiting"),
        ("Sent to the bank", file["sent"], "waiting"),
        ("Acknowledged by the bank", file["acknowledged"], "waiting"),
        ("Settled on the bank's statement", file["settled"], "good"),
        ("Rejected by the bank", file["rejected"], "bad"),
        ("Voided", file["voided"], "plain"),
    ]
    return [(title, at, tone) for title, at, tone in reversed(steps) if at is not None]


def _approval(approval: Mapping[str, Any], file: Mapping[str, Any], names: Names) -> str:
    """Return a sentence that says who approved a file: which approval of how many, and whether nobody else could."""
    who = names.who(approval["approved_by"])
    title = "Approved by you" if who == "You" else f"Approved by {who}"
    if approval["one_person"]:
        return f"{title}: no second person was available"
    needed = file["approvals_needed"] or 1
    return title if needed == 1 else f"{title} ({approval['number']} of {needed})"


async def show_action(name: str, page: SignedVisit) -> Reply:
    """`GET /ach/files/{file}/approve` and the like: states what happens before it does."""
    return await _reply_action(name, page, Form())


async def _reply_action(name: str, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    file_id = page.path_params["file"]
    file = await page.api.get(api_path(FILE, file_id))
    if name not in allowed_actions(file):
        reasons = [each["reason"] for each in file["actions"] if each["name"] == name and each["reason"]]
        message = reasons[0] if reasons else "The file's status no longer allows this."
        return await _reply(page, Form(message=message), status=403 if reasons else 400)
    return page.reply(
        "dashboard/ach_file_action.html",
        status=status,
        form=form,
        asked=await asked_in_a_row(page) if ACTIONS[name].lets_out else None,
        file=file,
        name=name,
        originators=await read_originators(page),
        names=await page.read_names(),
        action=ACTIONS[name],
        idempotency_key=random_base62(24),
    )


async def act(name: str, page: SignedVisit) -> Reply:
    """`POST /ach/files/{file}/approve` and the like: on the file as the form has shown it, or nothing is done."""
    file_id = page.path_params["file"]
    if ACTIONS[name].lets_out:
        form = Form()
        status = await refuse_in_a_row(page, form, act=f"{name} {file_id}")
        if status is not None:
            return await _reply_action(name, page, form, status=status)
    try:
        after = await page.api.post(
            api_path(FILE, file_id) + f"/{name}",
            _seen(page, name),
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        return await _reply(page, Form(message=message_of(error)), status=error.status)
    done = "file_approved_once" if after.get("approvals_missing") else ACTIONS[name].done
    return page.redirect(f"/ach/files/{file_id}", done=done)


def _seen(page: SignedVisit, name: str) -> dict[str, Field]:
    """Return what the API is told that the person has seen of the file."""
    seen: dict[str, Field] = {"expected_status": page.form.get("expected_status")}
    return seen | {"sha256": page.form.get("sha256")} if name == "approve" else seen
