"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.push import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/incoming-transfers", pages.show_all),
        *signed.get("/incoming-transfers/{incoming_transfer}", pages.show),
        *signed.post("/incoming-transfers/{incoming_transfer}", pages.update),
        *signed.post("/incoming-transfers/{incoming_transfer}/assign", pages.assign),
        *signed.post("/incoming-transfers/{incoming_transfer}/send-back", pages.send_back),
        *signed.post("/incoming-transfers/{incoming_transfer}/approve", pages.approve),
        *signed.post("/incoming-transfers/{incoming_transfer}/decline", pages.decline),
        *signed.get("/funding-instructions", pages.show_instructions),
        *signed.post("/funding-instructions", pages.create_instructions),
    )
