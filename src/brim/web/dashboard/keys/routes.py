"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.keys.pages import KeyPages
from brim.web.dashboard.signed import SignedPages
from brim.web.key_management import KeyManagement
from brim.web.routes import Route


def routes(signed: SignedPages, keys: KeyManagement) -> Sequence[Route]:
    """Return the routes of these pages."""
    pages = KeyPages(keys)
    return (
        *signed.get("/apikeys", pages.show_all),
        *signed.get("/apikeys/new", pages.show_new),
        *signed.post("/apikeys/new", pages.create),
        *signed.get("/apikeys/{key}", pages.show),
        *signed.post("/apikeys/{key}/roll", pages.roll),
        *signed.post("/apikeys/{key}/revoke", pages.revoke),
    )
