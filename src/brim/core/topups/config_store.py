"""What a create depends on, versioned, in the database."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.funding import funding_of, funding_source_from_record
from brim.core.time import clock_from_record
from brim.core.topups.config import NO_CONFIG, AccountConfig
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "config")


async def read_config(conn: Conn, scope: AccountScope) -> AccountConfig:
    """Return an account's configuration as it is now."""
    records = await conn.fetch(_SQL["read_config"], scope.account, scope.livemode)
    if not records:
        return NO_CONFIG
    first = records[0]
    clock_id = first["clock_id"]
    return AccountConfig(
        version=first["version"],
        settlement_days=first["settlement_days"],
        is_closed=first["is_closed"],
        test_clock=clock_from_record(first, clock_id=clock_id, created=first["clock_created"]) if clock_id else None,
        defaults={
            record["default_currency"]: funding_of(funding_source_from_record(record))
            for record in records
            if record["id"] is not None
        },
    )


class ConfigVersion(NamedTuple):
    """The version of an account's configuration, and whether the account takes no more money."""

    version: int = 0
    is_closed: bool = False


async def read_config_versions(conn: Conn, scopes: Sequence[AccountScope]) -> dict[AccountScope, ConfigVersion]:
    """Return the version of the configuration of each account, as it is now."""
    records = await conn.fetch(
        _SQL["read_config_versions"], [scope.account for scope in scopes], [scope.livemode for scope in scopes]
    )
    known = {
        AccountScope(record["account"], record["livemode"]): ConfigVersion(record["version"], record["is_closed"])
        for record in records
    }
    return {scope: known.get(scope, ConfigVersion()) for scope in scopes}
