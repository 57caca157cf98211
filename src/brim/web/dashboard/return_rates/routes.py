"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.return_rates import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/ach/return-rates", pages.show_all),
        *signed.get_live("/ach/return-rates/{subject}", pages.show),
        *signed.post_live("/ach/return-rates/{subject}/override", pages.ask),
        *signed.post_live("/ach/return-rates/{subject}/approve-override", pages.approve),
        *signed.post_live("/ach/return-rates/{subject}/end-override", pages.end),
    )
