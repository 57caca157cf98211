"""Puts the pages on operators together: their paths, and their lines of the side navigation. Add a page here."""

from collections.abc import Sequence
from typing import Final

from brim.api.framework.operation import Operation
from brim.core.accounts import PlatformName
from brim.web.dashboard.parts import NAVIGATION, NavigationItem
from brim.web.dashboard.signed import SignedPages
from brim.web.operators.audit_log import AUDIT_LOG, AuditLogPages
from brim.web.operators.entrance import Entrance
from brim.web.operators.holds import LEGAL_HOLDS, LegalHoldPages
from brim.web.operators.links import Links
from brim.web.operators.management import OPERATORS, Management
from brim.web.operators.notification_channels import NOTIFICATIONS, NotificationChannelPages
from brim.web.operators.notification_preferences import NotificationPreferencePages
from brim.web.operators.pairing import PairingPages
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.platform import PLATFORM, PlatformPages
from brim.web.operators.profile import PROFILE, Profile
from brim.web.operators.provider import ProviderPages
from brim.web.pages import Pages
from brim.web.routes import Route
from brim.web.session import Sessions

SETTINGS: Final = (
    "Settings",
    (
        NavigationItem("Profile", PROFILE),
        NavigationItem("Platform", PLATFORM, only_admin=True),
        NavigationItem("Operators", OPERATORS, only_admin=True),
        NavigationItem("Notifications", NOTIFICATIONS, only_admin=True),
        NavigationItem("Audit log", AUDIT_LOG),
        NavigationItem("Legal holds", LEGAL_HOLDS),
    ),
)


def operator_routes(
    pages: Pages,
    people: OperatorDirectory,
    sessions: Sessions,
    signed: SignedPages,
    operations: Sequence[Operation],
    platform: PlatformName | None = None,
) -> Sequence[Route]:
    """Return the routes of all pages on operators."""
    platform = platform or PlatformName(people.database)
    pages.add_globals(navigation=(*NAVIGATION, SETTINGS))
    entrance = Entrance(people, pages)
    by_provider = ProviderPages(people, people.openid, entrance).routes() if people.openid else ()
    return (
        *entrance.routes(),
        *by_provider,
        *Links(people, pages, platform).routes(),
        *PairingPages(people, pages, sessions).routes(),
        *Profile(people).routes(signed),
        *Management(people).routes(signed),
        *NotificationPreferencePages(people).routes(signed),
        *NotificationChannelPages(people).routes(signed),
        *AuditLogPages(people, operations).routes(signed),
        *LegalHoldPages(people).routes(signed),
        *PlatformPages(people, platform).routes(signed),
    )
