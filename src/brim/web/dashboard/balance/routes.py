"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.balance import overview
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/balance/overview", overview.show),
        *signed.get("/dashboard", overview.lead_there),
        *signed.get("/balance", overview.lead_there),
    )
