"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.line_settlements import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/line-settlements", pages.show_all),
        *signed.get_live("/line-settlements/{settlement}", pages.show),
        *signed.post_live("/statement-lines/{line}/settle", pages.propose),
        *signed.post_live("/line-settlements/{settlement}/confirm", pages.confirm),
        *signed.post_live("/line-settlements/{settlement}/reject", pages.reject),
        *signed.post_live("/line-settlements/{settlement}/undo", pages.undo),
    )
