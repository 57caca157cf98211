"""Negative balances of the shown account and its connected accounts, and a page for one with a top-up for it."""

from typing import Final

from brim.base.currency import CURRENCIES
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

NEGATIVE_BALANCES: Final = "/v1/brim/negative_balances"
NEGATIVE_BALANCE: Final = NEGATIVE_BALANCES + "/{}"
RESERVES: Final = "/v1/brim/balance_reserves"
FILTERS: Final = ListFilters(
    path="/negative-balances", texts=("account",), choices={"currency": CURRENCIES}, has_days=False
)
_RESERVES: Final = 100


async def show_all(page: SignedVisit) -> Reply:
    """`GET /negative-balances`."""
    asked = FILTERS.read(page)
    found = await page.api.get(NEGATIVE_BALANCES, **asked.query, **page_query(page))
    reserves = await page.api.get(RESERVES, limit=_RESERVES)
    return page.reply(
        "dashboard/negative_balances.html",
        found=found["data"],
        paging=paging(page, found),
        asked=asked,
        currencies=[("", "Any"), *((code, code.upper()) for code in CURRENCIES)],
        reserves=reserves["data"],
        more_reserves=reserves["has_more"],
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /negative-balances/{negative_balance}`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(api_path(NEGATIVE_BALANCE, page.path_params["negative_balance"]))
    form.idempotency_key = random_base62(24)
    return page.reply("dashboard/negative_balance.html", status=status, found=found, form=form)


async def top_up(page: SignedVisit) -> Reply:
    """`POST /negative-balances/{negative_balance}/top-up`: once, however often the form is sent."""
    balance_id = page.path_params["negative_balance"]
    is_intended = bool(page.form.get("allow_duplicate"))
    try:
        made = await page.api.post(
            api_path(NEGATIVE_BALANCE, balance_id) + "/top_up",
            {"brim": {"allow_duplicate": "true"}} if is_intended else {},
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        if error.code == "balance_not_negative":
            return page.redirect("/negative-balances", done="balance_recovered")
        return await _reply(page, Form(message=message_of(error)), status=error.status)
    return page.redirect(f"/topups/{made['id']}", done="recovery_asked")
