"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.signed import SignedPages
from brim.web.dashboard.statement_mappings import pages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/statement-mappings", pages.show_all),
        *signed.get_live("/statement-mappings/{bank_account}", pages.show),
        *signed.post_live("/statement-mappings/{bank_account}", pages.save),
        *signed.post_live("/statement-mappings/{bank_account}/preview", pages.preview),
    )
