"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.bank_statements import export, pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get_live("/bank-statements", pages.show_all),
        *signed.get_live("/bank-statements.csv", export.export_statements),
        *signed.get_live("/bank-statements/{statement}", pages.show),
        *signed.get_live("/bank-statements/{statement}/lines.csv", export.export_lines),
        *signed.get_live("/statement-lines", pages.show_lines),
        *signed.get_live("/statement-lines.csv", export.export_all_lines),
        *signed.get_live("/statement-lines/{line}", pages.show_line),
    )
