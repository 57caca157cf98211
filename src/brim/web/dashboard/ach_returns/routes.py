"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.ach_returns import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/ach/returns", pages.show_all),
        *signed.get("/ach/returns/{return}", pages.show),
        *signed.post_live("/ach/returns/{return}/dishonor", pages.dishonor),
    )
