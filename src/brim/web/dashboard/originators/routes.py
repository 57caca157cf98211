"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.originators import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/ach/originators", pages.show_all),
        *signed.get_live("/ach/originators/new", pages.show_new),
        *signed.post_live("/ach/originators/new", pages.create),
        *signed.get_live("/ach/originators/new-sepa", pages.show_new_sepa),
        *signed.post_live("/ach/originators/new-sepa", pages.create_sepa),
        *signed.get_live("/ach/originators/{originator}", pages.show),
        *signed.get_live("/ach/originators/{originator}/edit", pages.show_edit),
        *signed.post_live("/ach/originators/{originator}/edit", pages.edit),
        *signed.get_live("/ach/originators/{originator}/activate", pages.show_activate),
        *signed.post_live("/ach/originators/{originator}/activate", pages.activate),
        *signed.post_live("/ach/originators/{originator}/suspend", pages.suspend),
    )
