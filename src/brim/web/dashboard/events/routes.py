"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.events import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/events", pages.show_all),
        *signed.get("/events/{event}", pages.show),
        *signed.post("/events/{event}/resend", pages.resend),
    )
