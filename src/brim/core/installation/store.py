"""The installation's mark in the database."""

from typing import Final

from brim.core.installation.rules import InstallationKind
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def read_kind(conn: Conn) -> InstallationKind | None:
    """Return what was written, None for nothing."""
    kind = await conn.fetchval(_SQL["read_kind"])
    return InstallationKind(kind) if kind else None


async def lock_beginnings(conn: Conn) -> None:
    """Let nobody make the first account or operator until the caller's transaction ends."""
    await conn.execute(_SQL["lock_beginnings"])


async def is_empty(conn: Conn) -> bool:
    """Tell whether there is no account and no operator."""
    return bool(await conn.fetchval(_SQL["is_empty"]))


async def insert_kind(conn: Conn, kind: InstallationKind, *, now_ms: int) -> None:
    """Write what the installation is; it can be written once."""
    await conn.execute(_SQL["insert_kind"], kind, now_ms)
