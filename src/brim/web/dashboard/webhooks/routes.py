"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.signed import SignedPages
from brim.web.dashboard.webhooks import detail, pages, repair
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/webhooks", pages.show_all),
        *signed.get("/webhooks/create", pages.lead_to_new),
        *signed.get("/webhooks/new", pages.show_new),
        *signed.post("/webhooks/new", pages.create),
        *signed.get("/webhooks/{endpoint}", detail.show),
        *signed.get("/webhooks/{endpoint}/edit", detail.show_edit),
        *signed.post("/webhooks/{endpoint}/edit", detail.edit),
        *signed.post("/webhooks/{endpoint}/disable", detail.disable),
        *signed.post("/webhooks/{endpoint}/enable", detail.enable),
        *signed.post("/webhooks/{endpoint}/test", detail.send_test),
        *signed.get("/webhooks/{endpoint}/resend", repair.show_resend),
        *signed.post("/webhooks/{endpoint}/resend", repair.resend_missed),
        *signed.get("/webhooks/{endpoint}/attempts/{attempt}", repair.show_attempt),
        *signed.post("/webhooks/{endpoint}/attempts/{attempt}/resend", repair.resend_event),
        *signed.get("/webhooks/{endpoint}/roll", detail.show_roll),
        *signed.post("/webhooks/{endpoint}/roll", detail.roll),
        *signed.get("/webhooks/{endpoint}/delete", detail.show_delete),
        *signed.post("/webhooks/{endpoint}/delete", detail.delete),
        *signed.get("/developers", pages.lead_there),
    )
