"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.negative_balances import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/negative-balances", pages.show_all),
        *signed.get("/negative-balances/{negative_balance}", pages.show),
        *signed.post("/negative-balances/{negative_balance}/top-up", pages.top_up),
    )
