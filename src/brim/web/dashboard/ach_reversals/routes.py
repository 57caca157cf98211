"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.ach_reversals import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/ach/reversals", pages.show_all),
        *signed.get_live("/ach/reversals/new", pages.show_new),
        *signed.get_live("/ach/reversals/{reversal}", pages.show),
        *signed.post_live("/ach/reversals", pages.request),
    )
