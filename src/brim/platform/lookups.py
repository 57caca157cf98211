"""Reads of objects by the ids and cursors that a request names."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.paging import PageRequest
from brim.base.scope import Owner
from brim.platform.database import Conn, Database

Exists: TypeAlias = Callable[[Conn, Owner, str], Awaitable[bool]]


Object = TypeVar("Object")


async def retrieve(
    database: Database,
    owner: Owner,
    object_id: str,
    fetch: Callable[[Conn, Owner, Sequence[str]], Awaitable[Mapping[str, Object]]],
    *,
    kind: str,
) -> Object:
    """Return the object whose id stands in the path of a request.

    Raises:
        ResourceMissingError: the owner has none of that id; it says so if the owner's other mode has.
    """
    async with database.connection() as conn:
        found = await fetch(conn, owner, [object_id])
        if object_id in found:
            return found[object_id]
        in_other_mode = await fetch(conn, Owner(owner.account, not owner.livemode), [object_id])
    other_mode_of = owner.livemode if in_other_mode else None
    raise ResourceMissingError(kind, object_id, param="id", in_path=True, other_mode_of=other_mode_of)


async def check_cursors(database: Database, owner: Owner, request: PageRequest, *, kind: str, exists: Exists) -> None:
    """Let a request pass whose one cursor exists. Both are looked up before two are refused, as on the wire.

    Raises:
        ResourceMissingError: a cursor names nothing of the owner's.
        ExclusiveParametersError: both are given.
    """
    cursors = {"starting_after": request.starting_after, "ending_before": request.ending_before}
    given = {param: cursor for param, cursor in cursors.items() if cursor is not None}
    if not given:
        return
    async with database.connection() as conn:
        for param, cursor in given.items():
            if not await exists(conn, owner, cursor):
                in_other_mode = await exists(conn, Owner(owner.account, not owner.livemode), cursor)
                other_mode_of = owner.livemode if in_other_mode else None
                raise ResourceMissingError(kind, cursor, param=param, other_mode_of=other_mode_of)
    if len(given) > 1:
        raise ExclusiveParametersError(*given)
