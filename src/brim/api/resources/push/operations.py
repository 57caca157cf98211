"""The operations on funding instructions and incoming transfers. Ours; the instructions in the vendor's shape."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.push import handlers
from brim.api.resources.push import params as declared
from brim.api.resources.push.wire import FundingInstructionsObject, IncomingTransferObject, KnownPayerObject
from brim.base.currency import InvalidCurrencyError
from brim.base.errors import ExclusiveParametersError, NotInLiveModeError, ResourceMissingError
from brim.core.accounts import AccountClosedError, NotPlatformError
from brim.core.originators import SecondPersonError
from brim.core.push import (
    AlreadyProposedError,
    CannotAssignError,
    ExpiryError,
    InstructionsCurrencyError,
    NoAmountError,
    NoPayerError,
    NotProposedError,
    NotSuspendedError,
    TransfersOffError,
)
from brim.core.time import ClockAdvancingError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

_ONE_INSTRUCTIONS: Final = f"{handlers.INSTRUCTIONS}/{{funding_instructions}}"
_ONE: Final = f"{handlers.TRANSFERS}/{{incoming_transfer}}"
_UNREADABLE: Final = (NoEncryptionKeyError, SecretUnreadableError, ClockAdvancingError)

PUSH: Final = (
    Operation(
        method="POST",
        path=handlers.INSTRUCTIONS,
        operation_id="PostBrimFundingInstructions",
        summary="Create funding instructions",
        description=(
            "Returns the bank account and the reference by which your balance is topped up by bank transfer. Each "
            "transfer that states the reference becomes a `succeeded` top-up once the bank's statement shows it. "
            "Without an amount you always get the same instructions, which can be paid any number of times; with one, "
            "new instructions for that one payment."
        ),
        parameters=declared.INSTRUCTIONS_CREATE,
        handler=handlers.create_instructions,
        resource="topups",
        level="write",
        returns=FundingInstructionsObject,
        errors=(
            InvalidCurrencyError,
            InstructionsCurrencyError,
            ExpiryError,
            TransfersOffError,
            AccountClosedError,
            *_UNREADABLE,
        ),
    ),
    Operation(
        method="GET",
        path=handlers.INSTRUCTIONS,
        operation_id="GetBrimFundingInstructions",
        summary="List funding instructions",
        description="Lists your funding instructions, newest first.",
        parameters=declared.INSTRUCTIONS_LIST,
        handler=handlers.list_instructions,
        resource="topups",
        level="read",
        returns=FundingInstructionsObject,
        in_list=True,
        errors=(ResourceMissingError, ExclusiveParametersError, *_UNREADABLE),
    ),
    Operation(
        method="GET",
        path=_ONE_INSTRUCTIONS,
        operation_id="GetBrimFundingInstructionsFundingInstructions",
        summary="Retrieve funding instructions",
        description="Retrieves funding instructions, with what has come.",
        parameters=(),
        handler=handlers.retrieve_instructions,
        resource="topups",
        level="read",
        returns=FundingInstructionsObject,
        errors=(ResourceMissingError, *_UNREADABLE),
    ),
    Operation(
        method="POST",
        path=handlers.FUND,
        operation_id="PostTestHelpersFundingInstructionsFundingInstructionsFund",
        summary="Simulate an incoming transfer",
        description=(
            "Lets a transfer arrive by funding instructions, exactly as on a bank's statement, and returns what became "
            "of it. In test mode only."
        ),
        parameters=declared.FUND,
        handler=handlers.fund,
        resource="topups",
        level="write",
        returns=IncomingTransferObject,
        errors=(NotInLiveModeError, ResourceMissingError, InvalidCurrencyError, NoAmountError, ClockAdvancingError),
    ),
    Operation(
        method="GET",
        path=handlers.TRANSFERS,
        operation_id="GetBrimIncomingTransfers",
        summary="List incoming transfers",
        description=(
            "Lists transfers from customers that your bank's statements show, newest first: those that became top-ups "
            "and those in suspense. Only available to platforms."
        ),
        parameters=declared.TRANSFER_LIST,
        handler=handlers.list_transfers,
        resource="ach",
        level="read",
        returns=IncomingTransferObject,
        in_list=True,
        errors=(NotPlatformError, ResourceMissingError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_ONE,
        operation_id="GetBrimIncomingTransfersIncomingTransfer",
        summary="Retrieve an incoming transfer",
        description="Retrieves a transfer, with the accounts that it may be for.",
        parameters=(),
        handler=handlers.retrieve_transfer,
        resource="ach",
        level="read",
        returns=IncomingTransferObject,
        errors=(NotPlatformError, ResourceMissingError),
    ),
    Operation(
        method="POST",
        path=_ONE,
        operation_id="PostBrimIncomingTransfersIncomingTransfer",
        summary="Update an incoming transfer",
        description="Sets who looks after a transfer, and a note about it.",
        parameters=declared.TRANSFER_UPDATE,
        handler=handlers.update_transfer,
        resource="ach",
        level="write",
        returns=IncomingTransferObject,
        errors=(NotPlatformError, ResourceMissingError),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/assign",
        operation_id="PostBrimIncomingTransfersIncomingTransferAssign",
        summary="Assign an incoming transfer",
        description=(
            "Proposes to credit a transfer in suspense to an account. In live mode, another operator has to approve "
            "that; in test mode it is credited at once."
        ),
        parameters=declared.TRANSFER_ASSIGN,
        handler=handlers.assign_transfer,
        resource="ach",
        level="write",
        returns=IncomingTransferObject,
        errors=(
            NotPlatformError,
            ResourceMissingError,
            SecondPersonError,
            NotSuspendedError,
            AlreadyProposedError,
            CannotAssignError,
            NoPayerError,
            ClockAdvancingError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/send_back",
        operation_id="PostBrimIncomingTransfersIncomingTransferSendBack",
        summary="Send an incoming transfer back",
        description=(
            "Proposes to send a transfer in suspense back to where it came from. Once it is approved, order the "
            "payment at your bank and state `return_reference`: the transfer is `returned` once the statement shows "
            "the debit."
        ),
        parameters=(),
        handler=handlers.send_back_transfer,
        resource="ach",
        level="write",
        returns=IncomingTransferObject,
        errors=(
            NotPlatformError,
            ResourceMissingError,
            SecondPersonError,
            NotSuspendedError,
            AlreadyProposedError,
            ClockAdvancingError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/approve",
        operation_id="PostBrimIncomingTransfersIncomingTransferApprove",
        summary="Approve what is proposed for an incoming transfer",
        description="Does what somebody else has proposed for a transfer in suspense.",
        parameters=declared.TRANSFER_APPROVE,
        handler=handlers.approve_transfer,
        resource="ach_approvals",
        level="write",
        returns=IncomingTransferObject,
        errors=(
            NotPlatformError,
            ResourceMissingError,
            SecondPersonError,
            NotSuspendedError,
            NotProposedError,
            CannotAssignError,
            ClockAdvancingError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/decline",
        operation_id="PostBrimIncomingTransfersIncomingTransferDecline",
        summary="Decline what is proposed for an incoming transfer",
        description=(
            "Takes back what is proposed for a transfer in suspense, or that it is to be sent back as long as the "
            "payment was not ordered. It waits again."
        ),
        parameters=(),
        handler=handlers.decline_transfer,
        resource="ach",
        level="write",
        returns=IncomingTransferObject,
        errors=(NotPlatformError, ResourceMissingError, SecondPersonError, NotSuspendedError, NotProposedError),
    ),
    Operation(
        method="GET",
        path=handlers.PAYERS,
        operation_id="GetBrimKnownPayers",
        summary="List known payers",
        description="Lists who may pay an account of which not everybody may, newest first, and who might before.",
        parameters=declared.PAYERS_LIST,
        handler=handlers.list_payers,
        resource="ach",
        level="read",
        returns=KnownPayerObject,
        in_list=True,
        errors=(NotPlatformError, ResourceMissingError, ExclusiveParametersError),
    ),
    Operation(
        method="POST",
        path=f"{handlers.PAYERS}/{{known_payer}}/forget",
        operation_id="PostBrimKnownPayersKnownPayerForget",
        summary="Forget a known payer",
        description="Lets somebody not pay an account any more. What they have paid stays.",
        parameters=(),
        handler=handlers.forget_payer,
        resource="ach",
        level="write",
        returns=KnownPayerObject,
        errors=(NotPlatformError, ResourceMissingError),
    ),
)
