"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.request_logs.pages import RequestLogPages
from brim.web.dashboard.signed import SignedPages
from brim.web.key_management import KeyManagement
from brim.web.routes import Route


def routes(signed: SignedPages, keys: KeyManagement) -> Sequence[Route]:
    """Return the routes of these pages."""
    pages = RequestLogPages(keys)
    return (
        *signed.get("/logs", pages.show_all),
        *signed.get("/logs/{request}", pages.show),
    )
