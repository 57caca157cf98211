"""The operations on top-ups. Source: Stripe API reference, Top-ups."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.topups import handlers as topups
from brim.api.resources.topups import params as declared
from brim.api.resources.topups import wire as topup_wire
from brim.base.currency import InvalidAmountStepError, InvalidCurrencyError
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.core.accounts import AccountClosedError
from brim.core.direct_debits import TooLateToCancelError
from brim.core.funding import TokenAlreadyUsedError, UnverifiedFundingError
from brim.core.originators import (
    DayCapError,
    EntryCapError,
    LiveModeNotReadyError,
    MandateUnusableError,
    NotAuthorizedError,
    RailStoppedError,
    ReturnRateError,
    SourceCapError,
)
from brim.core.time import ClockAdvancingError
from brim.core.topups import (
    AmountTooLargeError,
    CurrencyNotCollectedError,
    DuplicateTopupError,
    InvalidTransitionError,
    NoFundingSourceError,
    RetriedAlreadyError,
    RetryRefusedError,
)
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

CREATION_ERRORS: Final = (
    InvalidCurrencyError,
    AmountTooLargeError,
    InvalidAmountStepError,
    ExclusiveParametersError,
    ResourceMissingError,
    NoFundingSourceError,
    CurrencyNotCollectedError,
    LiveModeNotReadyError,
    RailStoppedError,
    ReturnRateError,
    NotAuthorizedError,
    MandateUnusableError,
    EntryCapError,
    DayCapError,
    SourceCapError,
    DuplicateTopupError,
    UnverifiedFundingError,
    TokenAlreadyUsedError,
    NoEncryptionKeyError,
    SecretUnreadableError,
    ClockAdvancingError,
    AccountClosedError,
)

TOPUPS: Final = (
    Operation(
        method="POST",
        path="/v1/topups",
        operation_id="PostTopups",
        summary="Create a top-up",
        description=(
            "Tops up your balance from a bank account. The top-up is `pending` until the money arrives or the bank "
            "declines the debit; listen for its webhook event, or retrieve it. Send an idempotency key, so that a "
            "retry can't move the money twice."
        ),
        parameters=declared.TOPUP_CREATE,
        handler=topups.create,
        resource="topups",
        level="write",
        returns=topup_wire.TopupObject,
        errors=(*CREATION_ERRORS, RetryRefusedError, RetriedAlreadyError),
    ),
    Operation(
        method="GET",
        path="/v1/topups",
        operation_id="GetTopups",
        summary="List all top-ups",
        description="Returns your top-ups, newest first. Filters are combined.",
        parameters=declared.TOPUP_LIST,
        handler=topups.list_all,
        resource="topups",
        level="read",
        returns=topup_wire.TopupObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path="/v1/topups/{topup}",
        operation_id="GetTopupsTopup",
        summary="Retrieve a top-up",
        description="Returns a top-up with its current status.",
        parameters=declared.TOPUP_RETRIEVE,
        handler=topups.retrieve,
        resource="topups",
        level="read",
        returns=topup_wire.TopupObject,
    ),
    Operation(
        method="POST",
        path="/v1/topups/{topup}",
        operation_id="PostTopupsTopup",
        summary="Update a top-up",
        description=(
            "Updates a top-up's description and metadata, at any time. Other details can't be changed. Parameters "
            "that you don't send stay as they are."
        ),
        parameters=declared.TOPUP_UPDATE,
        handler=topups.update,
        resource="topups",
        level="write",
        returns=topup_wire.TopupObject,
    ),
    Operation(
        method="POST",
        path="/v1/topups/{topup}/cancel",
        operation_id="PostTopupsTopupCancel",
        summary="Cancel a top-up",
        description=(
            "Cancels a top-up that is `pending`. One that has succeeded, failed or been canceled can't be canceled. A "
            "live one can be canceled until its debit is queued for a file, at the cut-off."
        ),
        parameters=declared.TOPUP_CANCEL,
        handler=topups.cancel,
        resource="topups",
        level="write",
        returns=topup_wire.TopupObject,
        errors=(InvalidTransitionError, TooLateToCancelError, ClockAdvancingError),
    ),
    Operation(
        method="GET",
        path=topups.PREVIEW,
        operation_id="GetBrimAvailabilityPreview",
        summary="Preview the availability date",
        description=(
            "Returns when the money of a top-up created now would be available, and why, like `brim.availability` of "
            "a top-up. Nothing is created and no token is used up. A top-up that would be refused is refused here, "
            "too. Brim only."
        ),
        parameters=declared.AVAILABILITY_PREVIEW,
        handler=topups.preview,
        resource="topups",
        level="read",
        returns=topup_wire.AvailabilityPreviewObject,
        errors=CREATION_ERRORS,
    ),
    Operation(
        method="GET",
        path=topups.SEARCH,
        operation_id="GetBrimTopupsSearch",
        summary="Search top-ups",
        description=(
            "Returns the top-ups that match all filters. Metadata, failure codes, statuses and exact amounts are found "
            "by an index, however many top-ups there are. Any other filter is checked top-up by top-up: a page "
            "examines at most 10,000 in the chosen order, 4,000 if you also filter by status or failure code, and "
            "2,500 if you also filter or sort by amount. If a search stops there, `searched_to` says how far it got, "
            "and `next_page` continues it. Brim only."
        ),
        parameters=declared.TOPUP_SEARCH,
        handler=topups.search,
        resource="topups",
        level="read",
        returns=topup_wire.TopupSearchObject,
        errors=(ResourceMissingError,),
    ),
    Operation(
        method="GET",
        path=topups.COUNTS,
        operation_id="GetBrimTopupsCounts",
        summary="Count top-ups by status",
        description=(
            "Returns how many top-ups of each status match all filters. Only the newest 1,000 of each status are "
            "counted. Brim only."
        ),
        parameters=declared.TOPUP_COUNTS,
        handler=topups.count,
        resource="topups",
        level="read",
        returns=topup_wire.TopupCountsObject,
    ),
)
