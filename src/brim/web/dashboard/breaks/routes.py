"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.breaks import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/breaks", pages.show_all),
        *signed.get_live("/breaks/{break}", pages.show),
        *signed.post_live("/breaks/{break}/take-in", pages.take_in),
        *signed.post_live("/breaks/{break}/assign", pages.assign),
        *signed.post_live("/breaks/{break}/resolve", pages.resolve),
        *signed.post_live("/breaks/{break}/reopen", pages.reopen),
    )
