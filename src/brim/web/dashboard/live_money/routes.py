"""The paths of these pages."""

from collections.abc import Sequence
from functools import partial

from brim.web.dashboard.live_money import export, pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/live-money", pages.show),
        *signed.get_live("/live-readiness", pages.show_readiness),
        *signed.get_live("/live-money/stops", pages.show_stops),
        *signed.post_live("/live-money/stop", pages.stop),
        *signed.post_live("/live-money/resume", pages.resume),
        *(route for each in export.EXPORTS for route in _exports(signed, each)),
    )


def _exports(signed: SignedPages, what: export.Export) -> Sequence[Route]:
    """Return the routes of a list as a file, in the modes that have the list."""
    get = signed.get_live if what.is_only_live else signed.get
    return get(f"{what.filters.path}.csv", partial(export.export, what))
