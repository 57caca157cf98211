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
            "Writes down who debits bank accounts for you, and how, as your bank has agreed to. It is a draft until an "
            "operator activates it."
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
            "Changes what is sent of the profile, for files made from then on. A change of where money goes, or of "
            "what limits it, suspends an active originator, until an operator activates it again."
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
            "Lets live top-ups be collected through it. An API key never activates: operators do, on the pages, and "
            "where there are several, another one than who wrote the profile."
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
        description="Lets nothing new be made through an originator. What is at the bank is followed.",
        parameters=(),
        handler=handlers.suspend,
        resource="ach",
        level="write",
        returns=ach_wire.OriginatorObject,
        errors=(NotPlatformError, OriginatorStateError),
    ),
)
