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
            "Records that the holder of a bank account agreed to debits. No live debit is made without one. It takes "
            "the place of an earlier one for the same bank account, which is kept. Only available to a platform's "
            "keys; for a connected account, send `Stripe-Account`."
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
        description="Returns authorizations, the newest first, those that have ended too.",
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
        description="Returns an authorization, one that has ended too.",
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
            "Returns what proves an authorization in a dispute: the wording, when, how and from where its holder "
            "agreed, who recorded it, the masked bank account, and its end, with a checksum and as a text. It is kept "
            "for two years after the end, also when the holder is erased. The audit log tells of each export."
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
            "Gives a recurrent mandate of SEPA another reference, or another bank account of its debtor. The next "
            "collection tells banks of it. A mandate of the B2B scheme has to be confirmed again. Another creditor is "
            "written into the originator's profile."
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
            "Records that the debtor has confirmed a mandate of SEPA's B2B scheme to their bank, which debits nothing "
            "before. No top-up is created under it until then. What was recorded before stays as it is."
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
            "Ends an authorization that its holder has revoked: no new top-up is made by it. One that has ended stays "
            "as it is."
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
        summary="State that a bank account is verified",
        description=(
            "Takes your word that a live bank account was verified, so that it can be debited. The audit log keeps "
            "how. In test mode micro-deposits verify bank accounts."
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
            "Starts to verify a live bank account by an entry without money, which leaves with the next file. The "
            "bank account can be debited once its bank has had three banking days to send it back. Its holder must "
            "have authorized debits. Only available to a platform's keys; for a connected account, send "
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
        description="Returns prenotes, the newest first, those that have ended too.",
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
        description="Returns a prenote with its entries in files, one that has ended too.",
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
            "Starts to verify a live bank account by two credits of less than a dollar each, which leave with the "
            "next file. Its holder then states their amounts, as in test mode. The originator's profile must allow "
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
        description="Returns micro-deposits, the newest first, those that have ended too.",
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
            "Returns micro-deposits with their entries in files, those that have ended too. Their amounts are secret."
        ),
        parameters=(),
        handler=handlers.retrieve_microdeposits,
        resource="authorizations",
        level="read",
        returns=MicrodepositsObject,
        errors=(NotPlatformError,),
    ),
)
