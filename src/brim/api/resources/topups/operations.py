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
            "Starts to move money from a bank account to your balance. The top-up is `pending` until the bank "
            "answers; a webhook endpoint or the object itself tells what became of it. Send an idempotency key, so "
            "that a retry cannot move the money twice."
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
        description="Returns your top-ups, the newest first. Filters are applied together.",
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
        description="Returns a top-up as it stands now.",
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
            "Changes what you may change of a top-up at any time: its description and its metadata. Whatever is "
            "not sent stays as it is."
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
            "Stops a top-up that is still `pending`. One that has succeeded, failed or been canceled can no longer "
            "be stopped, and is refused."
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
        summary="Preview when money can be used",
        description=(
            "Returns when the money of a top-up could be used if you created it now, and why then, as a top-up tells "
            "it where `brim.availability` is expanded. Nothing is created and no token is used up. What would be "
            "refused as a top-up is refused here in the same words. This is Brim's own."
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
            "by an index, however many top-ups there are. Other filters examine up to 10,000 top-ups per page in the "
            "chosen order, or 2,500 by amount. If a search stops there, `searched_to` says how far it got, and "
            "`next_page` continues it. This is Brim's own."
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
            "counted. This is Brim's own."
        ),
        parameters=declared.TOPUP_COUNTS,
        handler=topups.count,
        resource="topups",
        level="read",
        returns=topup_wire.TopupCountsObject,
    ),
)
