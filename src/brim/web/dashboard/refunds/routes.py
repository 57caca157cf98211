"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.refunds import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/refunds", pages.show_all),
        *signed.get_live("/refunds/new", pages.show_new),
        *signed.get_live("/refunds/{refund}", pages.show),
        *signed.post_live("/refunds", pages.request),
        *signed.post_live("/refunds/{refund}/cancel", pages.cancel),
    )
