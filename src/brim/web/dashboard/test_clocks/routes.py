"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.signed import SignedPages
from brim.web.dashboard.test_clocks import pages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/test-clocks", pages.show),
        *signed.post("/test-clocks", pages.create),
        *signed.post("/test-clocks/{clock}/advance", pages.advance),
        *signed.post("/test-clocks/{clock}/delete", pages.delete),
    )
