"""Webhook endpoints: those there are, adding one, and the secret that is shown once."""

from brim.base.ids import random_base62
from brim.core.events import DEFAULT_API_VERSION
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.webhooks.forms import (
    DELIVERY,
    ENDPOINT,
    ENDPOINTS,
    EVENT_NAMES,
    FIELD_OF,
    NEW_FIELDS,
    chosen_events,
    create_endpoint,
    read_form,
)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /webhooks`."""
    found = await page.api.get(ENDPOINTS, expand=[f"data.{DELIVERY}"], **page_query(page))
    health = {each["id"]: await page.api.get(api_path(ENDPOINT + "/health", each["id"])) for each in found["data"]}
    return page.reply("dashboard/webhooks.html", endpoints=found["data"], health=health, paging=paging(page, found))


async def lead_there(page: SignedVisit) -> Reply:
    """`GET /developers`, the path by which the official CLI's `open` comes."""
    return page.redirect("/webhooks")


async def lead_to_new(page: SignedVisit) -> Reply:
    """`GET /webhooks/create`, the path by which the vendor's guides come."""
    return page.redirect("/webhooks/new")


async def show_new(page: SignedVisit) -> Reply:
    """`GET /webhooks/new`."""
    values = dict.fromkeys(NEW_FIELDS, "") | {"url": page.query.get("url", "")}
    return _reply_new(page, Form(values=values, idempotency_key=random_base62(24)), [])


def _reply_new(page: SignedVisit, form: Form, events: list[str], *, status: int = 200) -> Reply:
    return page.reply(
        "dashboard/webhook_new.html",
        status=status,
        form=form,
        types=EVENT_NAMES,
        chosen=events,
        default_version=DEFAULT_API_VERSION,
    )


async def create(page: SignedVisit) -> Reply:
    """`POST /webhooks/new`; loaded anew, it tells the same endpoint's secret again and makes no other."""
    form, events = read_form(page, NEW_FIELDS), chosen_events(page)
    if not form.is_right:
        return _reply_new(page, form, events, status=400)
    try:
        endpoint_id, secret = await create_endpoint(page.api, form.values, events, key=form.idempotency_key)
    except ApiRefusedError as error:
        take_refusal(form, error, FIELD_OF)
        form.idempotency_key = random_base62(24)
        return _reply_new(page, form, events, status=error.status)
    return secret_page(page, endpoint_id, secret, title="Endpoint added")


def secret_page(page: SignedVisit, endpoint_id: str, secret: str, *, title: str) -> Reply:
    """Return the page that tells an endpoint's secret, the only time that anybody is told."""
    return page.reply("dashboard/webhook_secret.html", endpoint_id=endpoint_id, secret=secret, title=title)
