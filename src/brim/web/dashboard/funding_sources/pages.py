"""The pages of bank accounts: those on file, adding one, and its verification by micro-deposits."""

import re
from functools import partial
from typing import Final

from brim.base.currency import CURRENCIES
from brim.base.ids import random_base62
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.funding_sources import live_debits
from brim.web.dashboard.funding_sources.reading import (
    DEFAULTS,
    METHODS,
    SOURCES,
    FundingSource,
    find_funding_source,
    list_defaults,
    list_funding_sources,
    new_method_fields,
    search_funding_sources,
)
from brim.web.dashboard.list_filters import ListFilters, ListQuery
from brim.web.dashboard.signed import SignedVisit
from brim.web.pages import PAGE_HEADERS

_NEW_FIELDS: Final = (
    "holder_name",
    "routing_number",
    "account_number",
    "holder_type",
    "account_type",
    "microdeposits",
)
_NEW_FIELD_OF: Final = {
    "us_bank_account[routing_number]": "routing_number",
    "us_bank_account[account_number]": "account_number",
    "us_bank_account[account_holder_type]": "holder_type",
    "us_bank_account[account_type]": "account_type",
    "billing_details[name]": "holder_name",
}
_STATUSES: Final = ("verified", "pending", "failed", "consumed")
_FILTERS: Final = ListFilters(
    path="/funding-sources", texts=("name", "last4"), choices={"currency": ("usd", "eur")}, statuses=_STATUSES
)
_NEVER_SHOWN_AGAIN: Final = "account_number"
_CENTS: Final = re.compile(r"(?:\$?0?\.)?(\d{1,2})", re.ASCII)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /funding-sources`."""
    return await _reply_all(page, Form())


async def _reply_all(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    asked = _FILTERS.read(page)
    everything = await list_funding_sources(page.api)
    fitting = partial(_fits, asked)
    return page.reply(
        "dashboard/funding_sources.html",
        status=status,
        sources=await search_funding_sources(page.api, fitting) if asked.query else everything,
        labels={source.id: source.label for source in everything},
        asked=asked,
        statuses=_STATUSES,
        defaults=await list_defaults(page.api),
        form=form,
        currencies=[(code, code.upper()) for code in CURRENCIES],
    )


def _fits(asked: ListQuery, source: FundingSource) -> bool:
    """Tell whether a bank account has what is looked for: its name is that of its bank or of its holder."""
    wanted = asked.query
    created = wanted.get("created")
    first, end = (created.get("gte", 0), created.get("lt", source.created + 1)) if isinstance(created, dict) else (0, 0)
    return (
        wanted.get("status", source.state) == source.state
        and wanted.get("currency", source.currency) == source.currency
        and source.last4.endswith(str(wanted.get("last4", "")))
        and str(wanted.get("name", "")).lower() in f"{source.bank_name or ''}\n{source.holder or ''}".lower()
        and (not created or first <= source.created < end)
    )


async def show_new(page: SignedVisit) -> Reply:
    """`GET /funding-sources/new`."""
    return _reply_new(page, Form(values=dict.fromkeys(_NEW_FIELDS, "")))


def _reply_new(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.forget(_NEVER_SHOWN_AGAIN)
    form.idempotency_key = random_base62(24)
    return page.reply("dashboard/funding_source_new.html", status=status, form=form)


async def create(page: SignedVisit) -> Reply:
    """`POST /funding-sources/new`. The account number goes to the API and into no page, log or address."""
    form = Form(values={name: page.form.get(name, "").strip() for name in _NEW_FIELDS})
    try:
        method = await page.api.post(
            METHODS, new_method_fields(form.values), idempotency_key=page.form.get("idempotency_key") or None
        )
    except ApiRefusedError as error:
        form.refuse(error, _NEW_FIELD_OF)
        return _reply_new(page, form, status=error.status)
    return page.redirect(f"/funding-sources/{method['id']}", done="bank_added")


async def show(page: SignedVisit) -> Reply:
    """`GET /funding-sources/{source}`."""
    return await _reply(page, Form(values={"first": "", "second": "", "code": ""} | live_debits.NEW_FIELDS))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    source = await find_funding_source(page.api, page.path_params["source"])
    defaults = [each["currency"] for each in await list_defaults(page.api) if each["funding_source"] == source.id]
    return page.reply(
        "dashboard/funding_source.html",
        status=status,
        source=source,
        form=form,
        defaults=defaults,
        currencies=[(code, code.upper()) for code in CURRENCIES],
        live=await live_debits.read_live_debits(page.api, source.id) if page.session.livemode else None,
        methods=live_debits.METHODS,
        rehearsal_method=live_debits.IN_A_REHEARSAL,
    )


async def authorize(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/authorize`: its holder has agreed to debits."""
    form = live_debits.read_form(page)
    await live_debits.authorize(page, form)
    return await _lead_on(page, form, done="bank_authorized")


async def amend_mandate(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/authorizations/{authorization}/amend`."""
    form = live_debits.read_form(page)
    await live_debits.amend_mandate(page, form)
    return await _lead_on(page, form, done="mandate_amended")


async def confirm_mandate(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/authorizations/{authorization}/confirm`."""
    form = live_debits.read_form(page)
    await live_debits.confirm_mandate(page, form)
    return await _lead_on(page, form, done="mandate_confirmed")


async def end_authorization(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/authorizations/{authorization}/end`."""
    form = live_debits.read_form(page)
    await live_debits.end_authorization(page, form)
    return await _lead_on(page, form, done="bank_unauthorized")


async def export_proof(page: SignedVisit) -> Reply:
    """`GET /funding-sources/{source}/authorizations/{authorization}/proof`: the proof, as a text file."""
    document = await live_debits.export_proof(page)
    name = f"{page.path_params['authorization']}.txt"
    headers = [
        *PAGE_HEADERS,
        f'Content-Disposition: attachment; filename="{name}"',
        "Cache-Control: no-store",
    ]
    return Reply(200, document.encode(), headers, "text/plain; charset=utf-8")


async def state_verification(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/state-verified`: somebody has verified it outside."""
    form = live_debits.read_form(page)
    await live_debits.state_verification(page, form)
    return await _lead_on(page, form, done="bank_verified")


async def start_prenote(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/prenote`."""
    form = live_debits.read_form(page)
    prenote = await live_debits.start_prenote(page, form)
    if prenote is None:
        return await _reply(page, form, status=400)
    return page.redirect(f"/ach/prenotes/{prenote}", done="prenote_started")


async def start_microdeposits(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/microdeposits`."""
    form = live_debits.read_form(page)
    await live_debits.start_microdeposits(page, form)
    return await _lead_on(page, form, done="microdeposits_started")


async def _lead_on(page: SignedVisit, form: Form, *, done: str) -> Reply:
    """Return the bank account's page with what was done, or with what was refused."""
    if not form.is_right:
        return await _reply(page, form, status=400)
    return page.redirect(f"/funding-sources/{page.path_params['source']}", done=done)


async def verify(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/verify`: what the two micro-deposits were, or the code beside the one."""
    amounts = {name: page.form.get(name, "").strip() for name in ("first", "second", "code")}
    form = Form(values=live_debits.NEW_FIELDS | amounts)
    source = await find_funding_source(page.api, page.path_params["source"])
    path, fields = _verification(source, form)
    if form.is_right:
        try:
            await page.api.post(path, fields)
        except ApiRefusedError as error:
            if error.status in {401, 404}:
                raise
            form.message = error.message
    if form.is_right:
        return page.redirect(f"/funding-sources/{source.id}", done="bank_verified")
    return await _reply(page, form, status=400)


def _verification(source: FundingSource, form: Form) -> tuple[str, dict[str, Field]]:
    """Return where the verification is sent and what with."""
    path = f"{METHODS}/{source.id}/verify_microdeposits" if source.is_method else f"{SOURCES}/{source.id}/verify"
    if source.is_method and form.values["code"]:
        return path, {"descriptor_code": form.values["code"]}
    amounts = [_read_cents(form, name) for name in ("first", "second")]
    return path, {"amounts" if source.is_method else "values": amounts}


def _read_cents(form: Form, name: str) -> int:
    match = _CENTS.fullmatch(form.values[name])
    if match is None:
        form.errors[name] = "Enter the amount in cents, such as 32."
        return 0
    return int(match[1])


async def detach(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/detach`."""
    source = await find_funding_source(page.api, page.path_params["source"])
    await page.api.post(f"{METHODS if source.is_method else SOURCES}/{source.id}/detach", {})
    return page.redirect("/funding-sources", done="bank_detached")


async def set_default(page: SignedVisit) -> Reply:
    """`POST /funding-sources/{source}/default`."""
    source_id = page.path_params["source"]
    fields: dict[str, Field] = {"currency": page.form.get("currency", ""), "funding_source": source_id}
    try:
        await page.api.post(DEFAULTS, fields)
    except ApiRefusedError as error:
        if error.status in {401, 404}:
            raise
        return await _reply(page, Form(message=error.message), status=error.status)
    return page.redirect(f"/funding-sources/{source_id}", done="bank_default")


async def remove_default(page: SignedVisit) -> Reply:
    """`POST /funding-sources/defaults/{currency}/remove`."""
    await page.api.delete(api_path(DEFAULTS + "/{}", page.path_params["currency"]))
    return page.redirect("/funding-sources", done="updated")
