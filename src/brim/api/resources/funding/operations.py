"""The operations on payment methods, sources, tokens and defaults.

Source: Stripe API reference, PaymentMethods, Sources and Tokens. Ours: the list and the detaching of sources, which
the vendor has under customers; the verification of payment methods, which it has under SetupIntents, with the same
parameters; the defaults.
"""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.framework.params import Errors
from brim.api.resources.funding import params as declared
from brim.api.resources.funding import payment_methods, sources, tokens
from brim.api.resources.funding import wire as funding_wire
from brim.base import wire
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.core import funding
from brim.core.time import ClockAdvancingError
from brim.http.parameter_errors import MissingParameterError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

_METHODS: Final = "/v1/payment_methods"
_SOURCES: Final = "/v1/sources"
_DEFAULTS: Final = "/v1/brim/default_funding_sources"
_SEALING: Final[Errors] = (NoEncryptionKeyError, SecretUnreadableError)
_GUESSING: Final[Errors] = (
    funding.AlreadyVerifiedError,
    funding.MicrodepositsNotSentError,
    funding.MicrodepositAmountsMismatchError,
    funding.TooManyAttemptsError,
    funding.MicrodepositsTimedOutError,
    ClockAdvancingError,
    *_SEALING,
)

_PAYMENT_METHODS: Final = (
    Operation(
        method="POST",
        path=_METHODS,
        operation_id="PostPaymentMethods",
        summary="Create a payment method",
        description=(
            "Stores a US bank account. In test mode, accounts of the test bank are verified at once; others need "
            "their micro-deposits confirmed."
        ),
        parameters=declared.PAYMENT_METHOD_CREATE,
        handler=payment_methods.create,
        resource="payment_methods",
        level="write",
        returns=funding_wire.PaymentMethodObject,
        errors=_SEALING,
    ),
    Operation(
        method="GET",
        path=_METHODS,
        operation_id="GetPaymentMethods",
        summary="List all payment methods",
        description="Returns your payment methods, newest first.",
        parameters=declared.PAYMENT_METHOD_LIST,
        handler=payment_methods.list_all,
        resource="payment_methods",
        level="read",
        returns=funding_wire.PaymentMethodObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{_METHODS}/{{payment_method}}",
        operation_id="GetPaymentMethodsPaymentMethod",
        summary="Retrieve a payment method",
        description="Returns a payment method. Of its account number only the last four digits are ever shown.",
        parameters=declared.PAYMENT_METHOD_RETRIEVE,
        handler=payment_methods.retrieve,
        resource="payment_methods",
        level="read",
        returns=funding_wire.PaymentMethodObject,
    ),
    Operation(
        method="POST",
        path=f"{_METHODS}/{{payment_method}}",
        operation_id="PostPaymentMethodsPaymentMethod",
        summary="Update a payment method",
        description="Updates a payment method's metadata and billing details. Its numbers can't be changed.",
        parameters=declared.PAYMENT_METHOD_UPDATE,
        handler=payment_methods.update,
        resource="payment_methods",
        level="write",
        returns=funding_wire.PaymentMethodObject,
    ),
    Operation(
        method="POST",
        path=f"{_METHODS}/{{payment_method}}/attach",
        operation_id="PostPaymentMethodsPaymentMethodAttach",
        summary="Attach a payment method to a customer",
        description=(
            "Stores a customer's id with a payment method, so that you can find the payment method by it. Brim "
            "keeps no customers, so any id is accepted."
        ),
        parameters=declared.PAYMENT_METHOD_ATTACH,
        handler=payment_methods.attach,
        resource="payment_methods",
        level="write",
        returns=funding_wire.PaymentMethodObject,
        errors=(MissingParameterError, ExclusiveParametersError, ResourceMissingError, funding.AlreadyAttachedError),
    ),
    Operation(
        method="POST",
        path=f"{_METHODS}/{{payment_method}}/detach",
        operation_id="PostPaymentMethodsPaymentMethodDetach",
        summary="Detach a payment method",
        description="Detaches a payment method: it can't fund new top-ups. Past and pending top-ups are unaffected.",
        parameters=declared.PAYMENT_METHOD_DETACH,
        handler=payment_methods.detach,
        resource="payment_methods",
        level="write",
        returns=funding_wire.PaymentMethodObject,
    ),
    Operation(
        method="POST",
        path=f"{_METHODS}/{{payment_method}}/verify_microdeposits",
        operation_id="PostPaymentMethodsPaymentMethodVerifyMicrodeposits",
        summary="Verify a payment method by its micro-deposits",
        description=(
            "Verifies a bank account by the amounts of its two micro-deposits. In live mode they are sent "
            "by `POST /v1/brim/microdeposits`."
        ),
        parameters=declared.PAYMENT_METHOD_VERIFY,
        handler=payment_methods.verify,
        resource="payment_methods",
        level="write",
        returns=funding_wire.PaymentMethodObject,
        errors=(
            *_GUESSING,
            funding.DescriptorCodeMismatchError,
            ExclusiveParametersError,
            MissingParameterError,
        ),
    ),
)
_SOURCE_OPERATIONS: Final = (
    Operation(
        method="POST",
        path=_SOURCES,
        operation_id="PostSources",
        summary="Create a source",
        description="Creates a source from a bank token or an IBAN. Top-ups can debit it.",
        parameters=declared.SOURCE_CREATE,
        handler=sources.create,
        resource="sources",
        level="write",
        returns=funding_wire.SourceObject,
        errors=(ResourceMissingError, funding.TokenAlreadyUsedError, *_SEALING),
    ),
    Operation(
        method="GET",
        path=_SOURCES,
        operation_id="GetSources",
        summary="List all sources",
        description="Returns your sources, newest first.",
        parameters=declared.SOURCE_LIST,
        handler=sources.list_all,
        resource="sources",
        level="read",
        returns=funding_wire.SourceObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{_SOURCES}/{{source}}",
        operation_id="GetSourcesSource",
        summary="Retrieve a source",
        description="Returns a source.",
        parameters=declared.SOURCE_RETRIEVE,
        handler=sources.retrieve,
        resource="sources",
        level="read",
        returns=funding_wire.SourceObject,
    ),
    Operation(
        method="POST",
        path=f"{_SOURCES}/{{source}}",
        operation_id="PostSourcesSource",
        summary="Update a source",
        description="Updates a source's metadata and owner.",
        parameters=declared.SOURCE_UPDATE,
        handler=sources.update,
        resource="sources",
        level="write",
        returns=funding_wire.SourceObject,
    ),
    Operation(
        method="POST",
        path=f"{_SOURCES}/{{source}}/detach",
        operation_id="PostSourcesSourceDetach",
        summary="Detach a source",
        description="Detaches a source: it can't fund new top-ups. Past and pending top-ups are unaffected.",
        parameters=declared.SOURCE_DETACH,
        handler=sources.detach,
        resource="sources",
        level="write",
        returns=funding_wire.SourceObject,
    ),
    Operation(
        method="POST",
        path=f"{_SOURCES}/{{source}}/verify",
        operation_id="PostSourcesSourceVerify",
        summary="Verify a source by its micro-deposits",
        description=(
            "Verifies a bank account by the amounts of its two micro-deposits. In live mode they are sent "
            "by `POST /v1/brim/microdeposits`."
        ),
        parameters=declared.SOURCE_VERIFY,
        handler=sources.verify,
        resource="sources",
        level="write",
        returns=funding_wire.SourceObject,
        errors=_GUESSING,
    ),
)
_TOKENS: Final = (
    Operation(
        method="POST",
        path="/v1/tokens",
        operation_id="PostTokens",
        summary="Create a bank token",
        description="Stores the details of a bank account under a token, from which one source can be created.",
        parameters=declared.TOKEN_CREATE,
        handler=tokens.create,
        resource="tokens",
        level="write",
        returns=funding_wire.TokenObject,
        errors=_SEALING,
    ),
    Operation(
        method="GET",
        path="/v1/tokens/{token}",
        operation_id="GetTokensToken",
        summary="Retrieve a token",
        description="Returns a token, and whether it has been used.",
        parameters=declared.TOKEN_RETRIEVE,
        handler=tokens.retrieve,
        resource="tokens",
        level="read",
        returns=funding_wire.TokenObject,
    ),
)
_DEFAULT_FUNDING: Final = (
    Operation(
        method="POST",
        path=_DEFAULTS,
        operation_id="PostBrimDefaultFundingSources",
        summary="Set the default funding source of a currency",
        description="Sets the bank account that funds top-ups in a currency if they don't specify one.",
        parameters=declared.DEFAULT_FUNDING_SET,
        handler=payment_methods.set_default,
        resource="payment_methods",
        level="write",
        returns=funding_wire.DefaultFundingObject,
        errors=(ResourceMissingError, funding.UnverifiedFundingError),
    ),
    Operation(
        method="GET",
        path=_DEFAULTS,
        operation_id="GetBrimDefaultFundingSources",
        summary="List default funding sources",
        description="Returns the bank account that funds top-ups in each currency if they don't specify one.",
        parameters=declared.DEFAULT_FUNDING_LIST,
        handler=payment_methods.list_defaults,
        resource="payment_methods",
        level="read",
        returns=funding_wire.DefaultFundingObject,
        in_list=True,
    ),
    Operation(
        method="DELETE",
        path=f"{_DEFAULTS}/{{currency}}",
        operation_id="DeleteBrimDefaultFundingSourcesCurrency",
        summary="Remove the default funding source of a currency",
        description="Removes the default of a currency. In test mode, the implicit bank account is used again.",
        parameters=(),
        handler=payment_methods.delete_default,
        resource="payment_methods",
        level="write",
        returns=wire.DeletedObject,
    ),
)

FUNDING: Final = (*_PAYMENT_METHODS, *_SOURCE_OPERATIONS, *_TOKENS, *_DEFAULT_FUNDING)
