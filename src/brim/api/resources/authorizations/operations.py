"""The operations on authorizations and on the verification of live bank accounts. They are ours alone."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.authorizations import handlers
from brim.api.resources.authorizations import params as declared
from brim.api.resources.authorizations.wire import (
    AuthorizationObject,
    AuthorizationProofObject,
    MicrodepositsObject,
    PrenoteObject,
    VerifiedFundingObject,
)
from brim.base.errors import ExclusiveParametersError, NotInTestModeError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.direct_debits import (
    MicrodepositLimitError,
    MicrodepositsOffError,
    MicrodepositsPendingError,
    PrenotePendingError,
)
from brim.core.funding import AlreadyVerifiedError, RehearsalOnlyError
from brim.core.originators import (
    LiveModeNotReadyError,
    MandateTermsError,
    NotAuthorizedError,
    ProofErasedError,
    RailStoppedError,
    ReturnRateError,
)
from brim.core.time import ClockAdvancingError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

_ONE: Final = f"{handlers.URL}/{{authorization}}"

AUTHORIZATIONS: Final = (
    Operation(
        method="POST",
        path=handlers.URL,
        operation_id="PostBrimAuthorizations",
        summary="Record an authorization",
        description=(
            "Records an authorization: that the holder of a bank account agreed to debits. No live debit is sent "
            "without one. It replaces an earlier authorization of the same bank account, which is kept. Only available "
            "to a platform's keys; for a connected account, send `Stripe-Account`."
        ),
        parameters=declared.AUTHORIZATION_CREATE,
        handler=handlers.create,
        resource="authorizations",
        level="write",
        returns=AuthorizationObject,
        errors=(NotPlatformError, ResourceMissingError, MandateTermsError),
    ),
    Operation(
        method="GET",
        path=handlers.URL,
        operation_id="GetBrimAuthorizations",
        summary="List authorizations",
        description="Returns authorizations, newest first, including those that have ended.",
        parameters=declared.AUTHORIZATION_LIST,
        handler=handlers.list_all,
        resource="authorizations",
        level="read",
        returns=AuthorizationObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_ONE,
        operation_id="GetBrimAuthorizationsAuthorization",
        summary="Retrieve an authorization",
        description="Returns an authorization, even one that has ended.",
        parameters=(),
        handler=handlers.retrieve,
        resource="authorizations",
        level="read",
        returns=AuthorizationObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="GET",
        path=f"{_ONE}/proof",
        operation_id="GetBrimAuthorizationsAuthorizationProof",
        summary="Export the proof of an authorization",
        description=(
            "Returns the proof of an authorization for a dispute: the wording, when, how and from where its holder "
            "agreed, who recorded it, the masked bank account, and when and why it ended, with a checksum and as "
            "text. It is kept for two years after the authorization ends, even if the holder's data is erased. Each "
            "export is recorded in the audit log."
        ),
        parameters=(),
        handler=handlers.export_proof,
        resource="authorizations",
        level="read",
        returns=AuthorizationProofObject,
        errors=(NotPlatformError, ProofErasedError, NoEncryptionKeyError, SecretUnreadableError),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/amend",
        operation_id="PostBrimAuthorizationsAuthorizationAmend",
        summary="Amend a mandate",
        description=(
            "Amends a recurrent SEPA mandate: another reference, or another bank account of its debtor. The amendment "
            "is sent with the next collection. A B2B mandate must be confirmed again. To change the creditor, update "
            "the originator's profile."
        ),
        parameters=declared.AUTHORIZATION_AMEND,
        handler=handlers.amend,
        resource="authorizations",
        level="write",
        returns=AuthorizationObject,
        errors=(NotPlatformError, ResourceMissingError, MandateTermsError),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/confirm",
        operation_id="PostBrimAuthorizationsAuthorizationConfirm",
        summary="Record that a mandate was confirmed",
        description=(
            "Records that the debtor has confirmed a SEPA B2B mandate to their bank. Until then, the bank rejects "
            "collections, and no top-up can be created under the mandate. A confirmation that is already recorded "
            "isn't changed."
        ),
        parameters=declared.AUTHORIZATION_CONFIRM,
        handler=handlers.confirm,
        resource="authorizations",
        level="write",
        returns=AuthorizationObject,
        errors=(NotPlatformError, MandateTermsError),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/end",
        operation_id="PostBrimAuthorizationsAuthorizationEnd",
        summary="End an authorization",
        description=(
            "Ends an authorization that its holder has revoked: no new top-ups can be created under it. If it has "
            "already ended, nothing changes."
        ),
        parameters=declared.AUTHORIZATION_END,
        handler=handlers.end,
        resource="authorizations",
        level="write",
        returns=AuthorizationObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path="/v1/brim/funding_sources/{funding_source}/verify",
        operation_id="PostBrimFundingSourcesFundingSourceVerify",
        summary="Mark a bank account as verified",
        description=(
            "Records that you verified a live bank account yourself, so that it can be debited. The method and "
            "evidence are recorded in the audit log. In test mode, bank accounts are verified by micro-deposits."
        ),
        parameters=declared.FUNDING_SOURCE_VERIFY,
        handler=handlers.verify,
        resource="authorizations",
        level="write",
        returns=VerifiedFundingObject,
        errors=(NotPlatformError, NotInTestModeError, RehearsalOnlyError, AlreadyVerifiedError),
    ),
    Operation(
        method="POST",
        path=handlers.PRENOTES,
        operation_id="PostBrimPrenotes",
        summary="Start a prenote",
        description=(
            "Starts verifying a live bank account with a zero-dollar entry, which goes out with the next file. The "
            "bank account can be debited once its bank has had three banking days to return the entry. Its holder "
            "must have authorized debits. Only available to a platform's keys; for a connected account, send "
            "`Stripe-Account`."
        ),
        parameters=declared.PRENOTE_CREATE,
        handler=handlers.start_prenote,
        resource="authorizations",
        level="write",
        returns=PrenoteObject,
        errors=(
            NotPlatformError,
            NotInTestModeError,
            ResourceMissingError,
            AlreadyVerifiedError,
            PrenotePendingError,
            MicrodepositsPendingError,
            LiveModeNotReadyError,
            RailStoppedError,
            NotAuthorizedError,
            ClockAdvancingError,
        ),
    ),
    Operation(
        method="GET",
        path=handlers.PRENOTES,
        operation_id="GetBrimPrenotes",
        summary="List prenotes",
        description="Returns prenotes, newest first, including those that have ended.",
        parameters=declared.PRENOTE_LIST,
        handler=handlers.list_prenotes,
        resource="authorizations",
        level="read",
        returns=PrenoteObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=f"{handlers.PRENOTES}/{{prenote}}",
        operation_id="GetBrimPrenotesPrenote",
        summary="Retrieve a prenote",
        description="Returns a prenote with its entries in files, even if it has ended.",
        parameters=(),
        handler=handlers.retrieve_prenote,
        resource="authorizations",
        level="read",
        returns=PrenoteObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path=handlers.MICRODEPOSITS,
        operation_id="PostBrimMicrodeposits",
        summary="Send micro-deposits",
        description=(
            "Starts verifying a live bank account with two credits of less than a dollar each, which go out with the "
            "next file. Its holder then confirms their amounts, as in test mode. The originator's profile must enable "
            "them, and the holder must have authorized debits. Only available to a platform's keys; for a connected "
            "account, send `Stripe-Account`."
        ),
        parameters=declared.MICRODEPOSITS_CREATE,
        handler=handlers.start_microdeposits,
        resource="authorizations",
        level="write",
        returns=MicrodepositsObject,
        errors=(
            NotPlatformError,
            NotInTestModeError,
            ResourceMissingError,
            AlreadyVerifiedError,
            PrenotePendingError,
            MicrodepositsPendingError,
            MicrodepositsOffError,
            MicrodepositLimitError,
            LiveModeNotReadyError,
            RailStoppedError,
            NotAuthorizedError,
            ReturnRateError,
            ClockAdvancingError,
            NoEncryptionKeyError,
            SecretUnreadableError,
        ),
    ),
    Operation(
        method="GET",
        path=handlers.MICRODEPOSITS,
        operation_id="GetBrimMicrodeposits",
        summary="List micro-deposits",
        description="Returns micro-deposits, newest first, including those that have ended.",
        parameters=declared.MICRODEPOSITS_LIST,
        handler=handlers.list_microdeposits,
        resource="authorizations",
        level="read",
        returns=MicrodepositsObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=f"{handlers.MICRODEPOSITS}/{{microdeposits}}",
        operation_id="GetBrimMicrodepositsMicrodeposits",
        summary="Retrieve micro-deposits",
        description=(
            "Returns micro-deposits with their entries in files, even if they have ended. Their amounts are secret."
        ),
        parameters=(),
        handler=handlers.retrieve_microdeposits,
        resource="authorizations",
        level="read",
        returns=MicrodepositsObject,
        errors=(NotPlatformError,),
    ),
)
