"""Accounts: one's own and those under it."""

from collections.abc import Mapping
from typing import Any, Final

from brim.base.currency import CURRENCIES
from brim.base.ids import random_base62
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.days import DAY_FIELDS, read_days
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.routes import NoSuchPageError

ACCOUNTS: Final = "/v1/accounts"
LIST: Final = "/v1/brim/accounts"
ACCOUNT: Final = ACCOUNTS + "/{}"
_FIELDS: Final = ("name", "email", "country", "currency", "settlement_days")
_FIELD_OF: Final = {
    "business_profile[name]": "name",
    "default_currency": "currency",
    "brim[settlement_days]": "settlement_days",
}


async def lead_there(page: SignedVisit) -> Reply:
    """`GET /connect/accounts/overview`, the path by which the official CLI's `open` comes."""
    return page.redirect("/accounts")


async def show_all(page: SignedVisit) -> Reply:
    """`GET /accounts`: those under the shown one, found by name or id."""
    form = Form(values={name: page.query[name].strip() for name in ("query", *DAY_FIELDS) if name in page.query})
    created = read_days(form, page.zone)
    found = await page.api.get(LIST, created=created, query=form.values.get("query"), **page_query(page))
    return page.reply(
        "dashboard/accounts.html",
        own=await page.api.get("/v1/account"),
        accounts=found["data"],
        can_switch={each["id"] for each in found["data"] if _can_switch(page, each["id"])},
        paging=paging(page, found),
        form=form,
    )


async def show_new(page: SignedVisit) -> Reply:
    """`GET /accounts/new`."""
    values = dict.fromkeys(_FIELDS, "") | {"country": "US", "currency": "usd"}
    return _reply_new(page, Form(values=values))


def _reply_new(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    return page.reply("dashboard/account_new.html", status=status, form=form, currencies=_currencies())


async def create(page: SignedVisit) -> Reply:
    """`POST /accounts/new`. The form's key makes one account of however many times it is sent."""
    form = _read(page)
    fields = _details(form.values) | {"country": form.values["country"].upper() or None}
    key = page.form.get("idempotency_key") or None
    try:
        account = await page.api.post(ACCOUNTS, _without_empty(fields), idempotency_key=key)
    except ApiRefusedError as error:
        take_refusal(form, error, _FIELD_OF)
        return _reply_new(page, form, status=error.status)
    return page.redirect(f"/accounts/{account['id']}", done="account_created")


async def show(page: SignedVisit) -> Reply:
    """`GET /accounts/{account}`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    account = await _find(page, page.path_params["account"])
    if not form.values:
        form.values = _values_of(account)
    return page.reply(
        "dashboard/account.html",
        status=status,
        account=account,
        form=form,
        currencies=_currencies(),
        can_switch=_can_switch(page, account["id"]),
    )


def _can_switch(page: SignedVisit, account: str) -> bool:
    """Tell whether pages can show an account instead; a session of an operator lists only the first hundred."""
    is_known = page.people is not None or any(choice.account == account for choice in page.session.accounts)
    return is_known and account != page.session.account


async def _find(page: SignedVisit, account_id: str) -> Any:
    """Return an account that the page's reaches; one that it does not is no page, as it is of no key."""
    try:
        return await page.api.get(api_path(ACCOUNT, account_id), expand=["brim"])
    except ApiRefusedError as error:
        if error.code == "account_invalid":
            raise NoSuchPageError from error
        raise


def _values_of(account: Mapping[str, Any]) -> dict[str, str]:
    """Return what the form of an account says."""
    days = account["brim"]["settlement_days"]
    return {
        "name": (account["business_profile"] or {}).get("name") or "",
        "email": account["email"] or "",
        "currency": account["default_currency"],
        "settlement_days": "" if days is None else str(days),
    }


async def edit(page: SignedVisit) -> Reply:
    """`POST /accounts/{account}`."""
    account_id, form = page.path_params["account"], _read(page)
    before = _values_of(await _find(page, account_id))
    fields = _details(form.values)
    if before["settlement_days"] == form.values["settlement_days"]:
        del fields["brim"]  # an account under a platform may not even say what it has agreed with it
    try:
        await page.api.post(api_path(ACCOUNT, account_id), fields)
    except ApiRefusedError as error:
        take_refusal(form, error, _FIELD_OF)
        form.message = form.message or "Your changes weren't saved. See the fields below."
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/accounts/{account_id}", done="updated")


def _read(page: SignedVisit) -> Form:
    return Form(values={name: page.form.get(name, "").strip() for name in _FIELDS})


def _details(values: Mapping[str, str]) -> dict[str, Field]:
    """Return what a form says of an account, as the API is told it; what is empty is cleared."""
    return {
        "business_profile": {"name": values["name"]},
        "email": values["email"],
        "default_currency": values["currency"] or None,
        "brim": {"settlement_days": values["settlement_days"]},
    }


def _without_empty(fields: Mapping[str, Any]) -> dict[str, Field]:
    """Return fields without those that are empty: of a new account there is nothing to clear."""
    return {
        name: (_without_empty(value) or None) if isinstance(value, Mapping) else value or None
        for name, value in fields.items()
    }


def _currencies() -> list[tuple[str, str]]:
    return [(code, code.upper()) for code in CURRENCIES]
