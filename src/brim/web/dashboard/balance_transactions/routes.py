"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.balance_transactions import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/balance-transactions", pages.show_all),
        *signed.get("/balance-transactions.csv", pages.export),
        *signed.get("/balance-transactions/{id}", pages.show),
    )
