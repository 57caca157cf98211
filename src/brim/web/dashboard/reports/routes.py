"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.reports import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/reports", pages.show_all),
        *signed.post("/reports", pages.run),
        *signed.get("/reports/key.pem", pages.key),
        *signed.get("/reports/{report_run}", pages.show),
        *signed.get("/reports/{report_run}/{file}", pages.download),
    )
