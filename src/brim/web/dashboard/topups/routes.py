"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.signed import SignedPages
from brim.web.dashboard.topups import creation, detail, export, listing
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/topups", listing.show),
        *signed.get("/topups.csv", export.export),
        *signed.get("/topups/new", creation.show),
        *signed.post("/topups/new", creation.create),
        *signed.get("/topups/{topup}", detail.show),
        *signed.post("/topups/{topup}", detail.edit),
        *signed.post("/topups/{topup}/cancel", detail.cancel),
        *signed.post("/topups/{topup}/succeed", detail.succeed),
        *signed.post("/topups/{topup}/fail", detail.fail),
        *signed.post("/topups/{topup}/reverse", detail.take_back),
    )
