"""The paths of these pages."""

from collections.abc import Sequence
from functools import partial

from brim.web.dashboard.ach_files import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/ach/files", pages.show_all),
        *signed.get_live("/ach/files/{file}", pages.show),
        *(
            route
            for name in pages.ACTIONS
            for route in (
                *signed.get_live(f"/ach/files/{{file}}/{name}", partial(pages.show_action, name)),
                *signed.post_live(f"/ach/files/{{file}}/{name}", partial(pages.act, name)),
            )
        ),
    )
