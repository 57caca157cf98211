"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.funding_sources import pages
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.get("/funding-sources", pages.show_all),
        *signed.get("/funding-sources/new", pages.show_new),
        *signed.post("/funding-sources/new", pages.create),
        *signed.post("/funding-sources/defaults/{currency}/remove", pages.remove_default),
        *signed.get("/funding-sources/{source}", pages.show),
        *signed.post("/funding-sources/{source}/verify", pages.verify),
        *signed.post_live("/funding-sources/{source}/authorize", pages.authorize),
        *signed.post_live("/funding-sources/{source}/authorizations/{authorization}/amend", pages.amend_mandate),
        *signed.post_live("/funding-sources/{source}/authorizations/{authorization}/confirm", pages.confirm_mandate),
        *signed.post_live("/funding-sources/{source}/authorizations/{authorization}/end", pages.end_authorization),
        *signed.get_live("/funding-sources/{source}/authorizations/{authorization}/proof", pages.export_proof),
        *signed.post_live("/funding-sources/{source}/state-verified", pages.state_verification),
        *signed.post_live("/funding-sources/{source}/prenote", pages.start_prenote),
        *signed.post_live("/funding-sources/{source}/microdeposits", pages.start_microdeposits),
        *signed.post("/funding-sources/{source}/detach", pages.detach),
        *signed.post("/funding-sources/{source}/default", pages.set_default),
    )
