"""What the search finds among objects: by id, amount, metadata and description, and by name where there are few."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from brim.base.currency import CURRENCIES, exponent
from brim.http.form import Field
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.formats import AmountError, money, read_amount
from brim.web.dashboard.funding_sources.reading import list_funding_sources
from brim.web.dashboard.linking import place_of
from brim.web.dashboard.search.entries import Found
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.listing import SEARCH, TOPUPS
from brim.web.dashboard.wording import EVENT_WORDS, STATUS_BADGES

_ID: Final = re.compile(r"[a-z]{2,5}_[0-9A-Za-z]{4,}")
_AMOUNT: Final = re.compile(r"(?:([a-z]{3})\s+)?(\d[\d,]*(?:\.\d{1,3})?)(?:\s+([a-z]{3}))?", re.IGNORECASE)
_PAIR: Final = re.compile(r"([^\s:=][^:=]{0,39})\s*[:=]\s*(.{1,500})")
_MOST: Final = 5
_RECENT: Final = 100
_MOST_KEYS: Final = 8
_TOO_MANY, _FAILED = 429, 500
_SHORTEST_TEXT: Final = 3
"""Two letters are in nearly every text."""


async def find_objects(page: SignedVisit, wanted: str) -> list[Found]:
    """Return the objects that a text may mean, an object named by its id before all others."""
    if _ID.fullmatch(wanted):
        named = await _by_id(page, wanted)
        if named:
            return named
    results: dict[str, Found] = {}
    for find in (_by_amount, _by_metadata, _by_name, _by_description):
        for found in await _allowed(find, page, wanted):
            results.setdefault(found.href, found)
    return list(results.values())


async def _allowed(
    find: Callable[[SignedVisit, str], Awaitable[list[Found]]], page: SignedVisit, wanted: str
) -> list[Found]:
    """Return what is found; nothing where the key of whoever looks may not read it, or the text means nothing there."""
    try:
        return await find(page, wanted)
    except ApiRefusedError as error:
        _check_answered(error)
        return []


def _check_answered(error: ApiRefusedError) -> None:
    """Raise a refusal that says nothing of what there is, such as that of an API that is overloaded."""
    if error.status == _TOO_MANY or error.status >= _FAILED:
        raise error


async def _by_id(page: SignedVisit, object_id: str) -> list[Found]:
    """Return an object's page. Of some kinds it is looked up, for its title or because its page is another's."""
    prefix = object_id.partition("_")[0]
    try:
        if prefix == "tu":
            return [_topup(page, await page.api.get(api_path(TOPUPS + "/{}", object_id)), object_id)]
        if prefix == "evt":
            event = await page.api.get(api_path("/v1/events/{}", object_id))
            title = EVENT_WORDS.get(event["type"], event["type"])
            return [Found(title, f"Event · {object_id}", page.link(f"/events/{object_id}"))]
        if prefix == "txn":
            line = await page.api.get(api_path("/v1/balance_transactions/{}", object_id))
            source = place_of(line["source"]) if line["source"] else None
            title = f"{money(line['amount'], line['currency'])} · {line['source']}"
            return [Found(title, f"Balance transaction · {object_id}", page.link(source))] if source else []
    except ApiRefusedError as error:
        _check_answered(error)
        return []
    place = place_of(object_id)
    return [Found(object_id, "Open", page.link(place))] if place else []


async def _by_amount(page: SignedVisit, wanted: str) -> list[Found]:
    """Return the newest top-ups of an amount such as `20`, `1,234.50` or `1000 jpy`."""
    match = _AMOUNT.fullmatch(wanted)
    if match is None:
        return []
    currency = (match[1] or match[3] or "").lower()
    if currency:
        return await _of_amount(page, match[2], currency) if currency in CURRENCIES else []
    found: list[Found] = []
    for example in ("usd", "jpy", "bhd"):  # one of each number of decimals
        amount = _minor(match[2], example)
        if amount is not None:
            listed = await page.api.get(TOPUPS, amount=amount, limit=_MOST)
            same = [topup for topup in listed["data"] if exponent(topup["currency"]) == exponent(example)]
            found += [_topup(page, topup, topup["id"]) for topup in same]
    return found[:_MOST]


async def _of_amount(page: SignedVisit, text: str, currency: str) -> list[Found]:
    amount = _minor(text, currency)
    return [] if amount is None else await _search(page, {"amount": amount, "currency": currency})


def _minor(text: str, currency: str) -> int | None:
    try:
        return read_amount(text, currency)
    except AmountError:
        return None


async def _by_metadata(page: SignedVisit, wanted: str) -> list[Found]:
    """Return top-ups with a pair such as `order_id=6735`, or with a value under one of the keys used lately."""
    pair = _PAIR.fullmatch(wanted)
    if pair is not None:
        return await _search(page, {"metadata": {pair[1].strip(): pair[2].strip()}})
    recent = await page.api.get(TOPUPS, limit=_RECENT)
    keys = dict.fromkeys(key for topup in recent["data"] for key in topup["metadata"])
    found: list[Found] = []
    for key in list(keys)[:_MOST_KEYS]:
        found += await _search(page, {"metadata": {key: wanted}}, label=f"{key}: {wanted}")
    return found


async def _by_description(page: SignedVisit, wanted: str) -> list[Found]:
    """Return top-ups whose description has a text, among the newest, and where to look further."""
    if len(wanted) < _SHORTEST_TEXT:
        return []
    found = await _search(page, {"description": wanted})
    further = page.link("/topups", description=wanted)
    return [*found, Found(f"All top-ups with “{wanted}” in the description", "Search", further)] if found else []


async def _by_name(page: SignedVisit, wanted: str) -> list[Found]:
    """Return accounts, bank accounts and endpoints by what people call them."""
    text = wanted.lower()
    found = [
        Found(choice.name, f"Account · {choice.account}", page.link(f"/accounts/{choice.account}"))
        for choice in page.session.accounts
        if text in choice.name.lower()
    ]
    found += [
        Found(source.label, f"Bank account · {source.id}", page.link(f"/funding-sources/{source.id}"))
        for source in await list_funding_sources(page.api)
        if text in f"{source.label} {source.holder or ''}".lower()
    ]
    endpoints = await page.api.get("/v1/webhook_endpoints", limit=_RECENT)
    found += [
        Found(endpoint["url"], f"Webhook endpoint · {endpoint['id']}", page.link(f"/webhooks/{endpoint['id']}"))
        for endpoint in endpoints["data"]
        if text in endpoint["url"].lower()
    ]
    return found[: 2 * _MOST]


async def _search(page: SignedVisit, query: dict[str, Field], *, label: str | None = None) -> list[Found]:
    found = await page.api.get(SEARCH, **query, limit=_MOST)
    return [_topup(page, topup, label or topup["description"] or topup["id"]) for topup in found["data"]]


def _topup(page: SignedVisit, topup: Mapping[str, Any], label: str) -> Found:
    status = STATUS_BADGES.get(topup["status"], (topup["status"], ""))[0]
    title = f"{money(topup['amount'], topup['currency'])} · {status} · {label}"
    return Found(title, "Top-up", page.link(f"/topups/{topup['id']}"))
