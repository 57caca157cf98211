"""The dashboard's pages for developers, by path: events, request logs, webhooks, keys and accounts."""

from collections.abc import Sequence

from brim.web.dashboard import (
    account_pages,
    event_pages,
    formats,
    linking,
    log_pages,
    webhook_detail,
    webhook_pages,
)
from brim.web.dashboard.key_pages import KeyPages, rights_of
from brim.web.dashboard.signed import PageDependencies, SignedPages
from brim.web.dashboard.wording import EVENT_WORDS, RESOURCE_WORDS
from brim.web.routes import Route


def developer_routes(signed: SignedPages, parts: PageDependencies) -> Sequence[Route]:
    """Return the routes of these pages, and let templates use what they need."""
    parts.pages.add_filters(
        about=event_pages.about,
        coloured_json=formats.coloured_json,
        duration=formats.duration,
        place_of=linking.place_of,
        rights_of=rights_of,
    )
    parts.pages.add_globals(event_words=EVENT_WORDS, resource_words=RESOURCE_WORDS)
    return (
        *_event_routes(signed),
        *_webhook_routes(signed),
        *_log_routes(signed),
        *_key_routes(signed, KeyPages(parts.keys)),
        *_account_routes(signed),
    )


def _event_routes(signed: SignedPages) -> Sequence[Route]:
    return (
        *signed.get("/events", event_pages.show_all),
        *signed.get("/events/{event}", event_pages.show),
        *signed.post("/events/{event}/resend", event_pages.resend),
    )


def _log_routes(signed: SignedPages) -> Sequence[Route]:
    return (
        *signed.get("/logs", log_pages.show_all),
        *signed.get("/logs/{request}", log_pages.show),
    )


def _webhook_routes(signed: SignedPages) -> Sequence[Route]:
    return (
        *signed.get("/webhooks", webhook_pages.show_all),
        *signed.get("/webhooks/create", webhook_pages.lead_to_new),
        *signed.get("/webhooks/new", webhook_pages.show_new),
        *signed.post("/webhooks/new", webhook_pages.create),
        *signed.get("/webhooks/{endpoint}", webhook_detail.show),
        *signed.get("/webhooks/{endpoint}/edit", webhook_detail.show_edit),
        *signed.post("/webhooks/{endpoint}/edit", webhook_detail.edit),
        *signed.post("/webhooks/{endpoint}/disable", webhook_detail.disable),
        *signed.post("/webhooks/{endpoint}/enable", webhook_detail.enable),
        *signed.post("/webhooks/{endpoint}/test", webhook_detail.send_test),
        *signed.get("/webhooks/{endpoint}/roll", webhook_detail.show_roll),
        *signed.post("/webhooks/{endpoint}/roll", webhook_detail.roll),
        *signed.get("/webhooks/{endpoint}/delete", webhook_detail.show_delete),
        *signed.post("/webhooks/{endpoint}/delete", webhook_detail.delete),
        *signed.get("/developers", webhook_pages.lead_there),
    )


def _key_routes(signed: SignedPages, pages: KeyPages) -> Sequence[Route]:
    return (
        *signed.get("/apikeys", pages.show_all),
        *signed.get("/apikeys/new", pages.show_new),
        *signed.post("/apikeys/new", pages.create),
        *signed.get("/apikeys/{key}", pages.show),
        *signed.post("/apikeys/{key}/roll", pages.roll),
        *signed.post("/apikeys/{key}/revoke", pages.revoke),
    )


def _account_routes(signed: SignedPages) -> Sequence[Route]:
    return (
        *signed.get("/accounts", account_pages.show_all),
        *signed.get("/connect/accounts/overview", account_pages.lead_there),
        *signed.get("/accounts/new", account_pages.show_new),
        *signed.post("/accounts/new", account_pages.create),
        *signed.get("/accounts/{account}", account_pages.show),
        *signed.post("/accounts/{account}", account_pages.edit),
    )
