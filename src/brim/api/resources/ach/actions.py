"""What whoever asks may do with an object now, and why not: so that no page has to know roles and states. Ours."""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from brim.api.framework.call import Call
from brim.api.framework.errors import PermissionMissingError
from brim.api.framework.schema import TEXT, described
from brim.core.originators import SecondPersonError

ACTS: Final = "ach"
"""The resource that a key needs to write in order to act."""

APPROVES: Final = "ach_approvals"
"""The one that it needs to write in order to approve, or to activate."""


class ActionObject(msgspec.Struct, frozen=True, kw_only=True):
    """An action that an object's status allows, and whether you can do it."""

    allowed: Annotated[bool, described("Whether you can do it.")]
    code: Annotated[
        str | None,
        described(
            "Why you can't do it, as a code; null if you can.",
            enum=["permission_missing", "second_person_required", "held", None],
        ),
    ] = None
    name: Annotated[str, described("The last part of the operation's path, such as `approve`.", **TEXT)]
    reason: Annotated[str | None, described("Why you can't do it, as a message; null if you can.", **TEXT)] = None


def action(
    call: Call,
    name: str,
    *,
    resource: str = ACTS,
    held: str | None = None,
    check: Callable[[], None] | None = None,
) -> ActionObject:
    """Return whether a call's key may do something.

    Args:
        call: the request that asks for the object.
        name: what.
        resource: the resource that the key needs to write.
        held: why nobody may do it now, if that is so.
        check: raises SecondPersonError for who may not do it.
    """
    try:
        call.rights.require(resource, "write")
    except PermissionMissingError:
        reason = "Your permissions don't include this."
        return ActionObject(name=name, allowed=False, code="permission_missing", reason=reason)
    if held is not None:
        return ActionObject(name=name, allowed=False, code="held", reason=held)
    try:
        if check is not None:
            check()
    except SecondPersonError as error:
        return ActionObject(name=name, allowed=False, code="second_person_required", reason=str(error))
    return ActionObject(name=name, allowed=True)
