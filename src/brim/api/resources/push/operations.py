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
            "Returns the bank account and the reference for topping up your balance by bank transfer. Each transfer "
            "with the reference becomes a `succeeded` top-up once it appears on the bank's statement. Without an "
            "amount, you always get the same instructions, which can be used any number of times; with an amount, new "
            "instructions for a single payment."
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
        description="Returns your funding instructions, newest first.",
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
        description="Returns funding instructions, with the amount received.",
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
            "Simulates a transfer that uses funding instructions, as if it appeared on the bank's statement, and "
            "returns the incoming transfer. In test mode only."
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
            "Returns the transfers from customers on your bank's statements, newest first: those that became top-ups, "
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
        description="Returns an incoming transfer, with suggestions of accounts.",
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
        description="Sets the owner of a transfer, and a note about it.",
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
            "Proposes to credit a transfer in suspense to an account. In live mode, another operator, if there is "
            "one, has to approve this; in test mode, it is credited immediately."
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
            "Proposes to send a transfer in suspense back to the payer. Once this is approved, order the payment at "
            "your bank with `return_reference` as its reference: the transfer is `returned` once the debit appears on "
            "a statement."
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
        summary="Approve a proposal for an incoming transfer",
        description="Approves and carries out what another operator proposed for a transfer in suspense.",
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
        summary="Decline a proposal for an incoming transfer",
        description=(
            "Declines or withdraws what is proposed for a transfer in suspense; also cancels sending it back, if the "
            "payment hasn't been ordered. The transfer returns to suspense."
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
        description=(
            "Returns the known payers of an account that only accepts transfers from known payers, newest first, "
            "including those that were removed."
        ),
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
        summary="Remove a known payer",
        description="Removes a payer from an account's known payers. Past transfers are unaffected.",
        parameters=(),
        handler=handlers.forget_payer,
        resource="ach",
        level="write",
        returns=KnownPayerObject,
        errors=(NotPlatformError, ResourceMissingError),
    ),
)
