"""How one database is reached: as the owner of its tables, and as the role that serves."""

from dataclasses import dataclass

from brim.base.errors import BrimError
from brim.platform.settings import Settings


class MissingServiceUrlError(BrimError):
    """Somebody said how to migrate a database, but not which one to serve."""

    def __init__(self) -> None:
        super().__init__(
            "--migration-url and --service-role are for a database of your own: give the service's URL with "
            "--database-url, or leave them out to use the embedded one."
        )


@dataclass(frozen=True)
class DatabaseUrls:
    """Two ways into one database; the same one twice where nobody told them apart.

    Attributes:
        owner: used for migrations and grants, and for nothing else.
        service: used for everything else.
        service_role: the role that gets the service's rights; None means whoever `service` connects as.
    """

    owner: str
    service: str
    service_role: str | None = None


def given_urls(settings: Settings) -> DatabaseUrls | None:
    """Return how the settings reach a database; None where they mean the embedded one.

    Raises:
        MissingServiceUrlError: they say how to migrate one, but not which one to serve.
    """
    if settings.database_url is not None:
        owner = settings.migration_url or settings.database_url
        return DatabaseUrls(owner=owner, service=settings.database_url, service_role=settings.service_role)
    if settings.migration_url or settings.service_role:
        raise MissingServiceUrlError
    return None
