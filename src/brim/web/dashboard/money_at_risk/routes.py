"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.money_at_risk import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return signed.get_live("/money-at-risk", pages.show)
