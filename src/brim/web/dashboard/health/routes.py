"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.health import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return signed.get("/health", pages.show)
