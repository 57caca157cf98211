"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.microdeposits import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (*signed.get_live("/ach/microdeposits", pages.show_all),)
