"""The operations on originators. They are ours alone, and for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.ach import originator_handlers as handlers
from brim.api.resources.ach import originator_params as declared
from brim.api.resources.ach import originator_wire as ach_wire
from brim.base.errors import ExclusiveParametersError, NotInTestModeError
from brim.core.accounts import NotPlatformError
from brim.core.originators import OriginatorStateError, SecondPersonError, UnexpectedVersionError
from brim.core.rails.ach import ProfileError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

_ONE: Final = f"{handlers.ORIGINATORS}/{{originator}}"

ORIGINATORS: Final = (
    Operation(
        method="POST",
        path=handlers.ORIGINATORS,
        operation_id="PostBrimAchOriginators",
        summary="Create an originator",
        description=(
            "Creates an originator: who debits bank accounts for you, and how, as agreed with your bank. It is a "
            "draft until an operator activates it."
        ),
        parameters=declared.ORIGINATOR_CREATE,
        handler=handlers.create,
        resource="ach",
        level="write",
        returns=ach_wire.OriginatorObject,
        errors=(NotPlatformError, NotInTestModeError, ProfileError, NoEncryptionKeyError, SecretUnreadableError),
    ),
    Operation(
        method="GET",
        path=handlers.ORIGINATORS,
        operation_id="GetBrimAchOriginators",
        summary="List originators",
        description="Returns your originators, newest first. Only available to platforms.",
        parameters=declared.ORIGINATOR_LIST,
        handler=handlers.list_all,
        resource="ach",
        level="read",
        returns=ach_wire.OriginatorObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_ONE,
        operation_id="GetBrimAchOriginatorsOriginator",
        summary="Retrieve an originator",
        description="Returns an originator with its profile, without its bank account's number.",
        parameters=(),
        handler=handlers.retrieve,
        resource="ach",
        level="read",
        returns=ach_wire.OriginatorObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path=_ONE,
        operation_id="PostBrimAchOriginatorsOriginator",
        summary="Update an originator",
        description=(
            "Updates the fields of the profile that you send, for files created from then on. Changing where money "
            "goes, or relaxing a limit, suspends an active originator until an operator activates it again."
        ),
        parameters=declared.ORIGINATOR_UPDATE,
        handler=handlers.update,
        resource="ach",
        level="write",
        returns=ach_wire.OriginatorObject,
        errors=(
            NotPlatformError,
            ProfileError,
            UnexpectedVersionError,
            NoEncryptionKeyError,
            SecretUnreadableError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/activate",
        operation_id="PostBrimAchOriginatorsOriginatorActivate",
        summary="Activate an originator",
        description=(
            "Activates an originator: live top-ups are collected through it. Not available to API keys: an operator "
            "does this in the dashboard. If there are several operators, it can't be the one who last changed the "
            "profile."
        ),
        parameters=declared.ORIGINATOR_ACTIVATE,
        handler=handlers.activate,
        resource="ach_approvals",
        level="write",
        returns=ach_wire.OriginatorObject,
        errors=(NotPlatformError, SecondPersonError, OriginatorStateError, UnexpectedVersionError),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/suspend",
        operation_id="PostBrimAchOriginatorsOriginatorSuspend",
        summary="Suspend an originator",
        description=(
            "Suspends an originator: nothing new is collected through it. Files that were already sent are still "
            "processed."
        ),
        parameters=(),
        handler=handlers.suspend,
        resource="ach",
        level="write",
        returns=ach_wire.OriginatorObject,
        errors=(NotPlatformError, OriginatorStateError),
    ),
)
