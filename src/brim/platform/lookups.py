"""Reads of objects by the ids and cursors that a request names."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.platform.database import Conn, Database

Exists: TypeAlias = Callable[[Conn, AccountScope, str], Awaitable[bool]]


Object = TypeVar("Object")


async def retrieve(
    database: Database,
    scope: AccountScope,
    object_id: str,
    fetch: Callable[[Conn, AccountScope, Sequence[str]], Awaitable[Mapping[str, Object]]],
    *,
    kind: str,
) -> Object:
    """Return the object whose id stands in the path of a request.

    Raises:
        ResourceMissingError: the account has none of that id; it says so if the account's other mode has.
    """
    async with database.connection() as conn:
        found = await fetch(conn, scope, [object_id])
        if object_id in found:
            return found[object_id]
        in_other_mode = await fetch(conn, AccountScope(scope.account, not scope.livemode), [object_id])
    other_mode_of = scope.livemode if in_other_mode else None
    raise ResourceMissingError(kind, object_id, param="id", in_path=True, other_mode_of=other_mode_of)


async def check_cursors(
    database: Database, scope: AccountScope, request: PageRequest, *, kind: str, exists: Exists
) -> None:
    """Let a request pass whose one cursor exists. Both are looked up before two are refused, as on the wire.

    Raises:
        ResourceMissingError: a cursor names nothing of the account's.
        ExclusiveParametersError: both are given.
    """
    cursors = {"starting_after": request.starting_after, "ending_before": request.ending_before}
    given = {param: cursor for param, cursor in cursors.items() if cursor is not None}
    if not given:
        return
    async with database.connection() as conn:
        for param, cursor in given.items():
            if not await exists(conn, scope, cursor):
                in_other_mode = await exists(conn, AccountScope(scope.account, not scope.livemode), cursor)
                other_mode_of = scope.livemode if in_other_mode else None
                raise ResourceMissingError(kind, cursor, param=param, other_mode_of=other_mode_of)
    if len(given) > 1:
        raise ExclusiveParametersError(*given)
