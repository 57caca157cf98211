"""Roles of PostgreSQL for tests: an owner and a service of a test's own, and statements run as either."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from brim.base.ids import random_base62
from brim.host.database_urls import DatabaseUrls

ROLE_PASSWORD: Final = "of-a-role-of-tests"


@dataclass(frozen=True)
class OwnRoles:
    """An empty database and two roles of a test's own, neither of them a superuser.

    Attributes:
        superuser: the URL of the role that made them.
        owner: the URL of the one that may make tables.
        service: the URL of the one that may only connect.
        owner_role: the name of the first.
        service_role: the name of the second; it needs quoting.
    """

    superuser: str
    owner: str
    service: str
    owner_role: str
    service_role: str

    @property
    def urls(self) -> DatabaseUrls:
        return DatabaseUrls(owner=self.owner, service=self.service)


async def lend_roles(superuser_url: str) -> AsyncIterator[OwnRoles]:
    """Yield new roles; they belong to the server, not to one of its databases, so they are dropped at the end."""
    owner, service = f"owner_{random_base62(12).lower()}", f"Service of '{random_base62(12)}\" %s"
    await run_as(
        superuser_url,
        f"CREATE ROLE {owner} LOGIN PASSWORD '{ROLE_PASSWORD}'",
        f"CREATE ROLE {quoted(service)} LOGIN PASSWORD '{ROLE_PASSWORD}'",
        f"GRANT CREATE ON SCHEMA public TO {owner}",
    )
    yield OwnRoles(
        superuser=superuser_url,
        owner=as_role(superuser_url, owner),
        service=as_role(superuser_url, service),
        owner_role=owner,
        service_role=service,
    )
    for role in (owner, quoted(service)):
        await run_as(superuser_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def quoted(role: str) -> str:
    """Return a role's name as SQL writes it."""
    return '"' + role.replace('"', '""') + '"'


def as_role(url: str, role: str) -> str:
    """Return the URL by which another role reaches the same database."""
    return urlunsplit(urlsplit(url)._replace(netloc=f"{quote(role, safe='')}:{ROLE_PASSWORD}@"))


async def run_as(url: str, *statements: str) -> Any:
    """Run statements, each in a transaction of its own, and return the first value of the last."""
    conn = await asyncpg.connect(url)
    value = None
    try:
        for statement in statements:
            value = await conn.fetchval(statement)
    finally:
        await conn.close()
    return value
