"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.bank_files import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/ach/bank-files", pages.show_all),
        *signed.post_live("/ach/bank-files/import", pages.import_file),
        *signed.get_live("/ach/bank-files/{file}", pages.show),
        *signed.post_live("/ach/bank-files/{file}/approve", pages.approve),
        *signed.post_live("/ach/bank-files/{file}/reject", pages.reject),
    )
