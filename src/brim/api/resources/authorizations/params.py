"""The parameters of the operations on authorizations. Ours."""

from typing import Final

from brim.api.framework.common_params import PAGE, created
from brim.api.framework.kinds import BoundedInteger, Day, Enum, Text
from brim.api.framework.params import Hash, Parameter
from brim.api.resources.authorizations.wire import SEC_CODES, SEQUENCE_TYPES

_LATEST: Final = 4_102_444_800
"""The end of 2099, in Unix seconds."""

_FUNDING_SOURCE: Final = Parameter(
    name="funding_source",
    kind=Text(),
    required=True,
    description="The id of the bank account: that of a source or of a payment method.",
)
_EVIDENCE: Final = (
    Parameter(name="ip_address", kind=Text(), description="The IP address that the holder used."),
    Parameter(name="reference", kind=Text(), description="Where the proof is kept, such as the name of a document."),
    Parameter(name="user_agent", kind=Text(), description="The browser that the holder used."),
)

AUTHORIZATION_CREATE: Final = (
    Parameter(
        name="accepted_at",
        kind=BoundedInteger(least=1, most=_LATEST),
        required=True,
        description="When the holder authorized debits, in Unix seconds.",
    ),
    _FUNDING_SOURCE,
    Parameter(
        name="sec_code",
        kind=Enum(tuple(SEC_CODES)),
        required=True,
        description=(
            "How the holder authorized debits: in writing (`PPD`), online (`WEB`), as a company (`CCD`), or by a "
            "mandate of the SEPA Core (`CORE`) or B2B scheme (`B2B`)."
        ),
    ),
    Parameter(
        name="mandate_reference",
        kind=Text(max_length=35),
        description="The mandate reference (`CORE`, `B2B`) that is sent to banks. Default: the authorization's id.",
    ),
    Parameter(
        name="sequence_type",
        kind=Enum(tuple(SEQUENCE_TYPES)),
        description="Whether a mandate (`CORE`, `B2B`) is recurrent (`RCUR`, the default) or one-off (`OOFF`).",
    ),
    Parameter(
        name="confirmed_at",
        kind=BoundedInteger(least=1, most=_LATEST),
        description=(
            "When the debtor confirmed the mandate to their bank, in Unix seconds, if they did. Only with `B2B`."
        ),
    ),
    Parameter(
        name="last_collected_on",
        kind=Day(),
        description=(
            "The day of the last collection under a mandate (`CORE`, `B2B`) that another system has used: it lapses "
            "36 months later."
        ),
    ),
    Parameter(name="text", kind=Text(), required=True, description="The wording that the holder saw."),
    Parameter(name="evidence", kind=Hash(_EVIDENCE), description="Evidence of the authorization."),
)
AUTHORIZATION_LIST: Final = (
    *PAGE,
    Parameter(name="funding_source", kind=Text(), description="Only authorizations of this bank account."),
)
AUTHORIZATION_AMEND: Final = (
    Parameter(
        name="funding_source",
        kind=Text(),
        description="The id of a source: another bank account of the debtor, with an IBAN.",
    ),
    Parameter(name="mandate_reference", kind=Text(max_length=35), description="The new mandate reference."),
)
AUTHORIZATION_CONFIRM: Final = (
    Parameter(
        name="confirmed_at",
        kind=BoundedInteger(least=1, most=_LATEST),
        description="When the debtor confirmed the mandate to their bank, in Unix seconds. Default: now.",
    ),
)
AUTHORIZATION_END: Final = (Parameter(name="reason", kind=Text(), description="Why it ends. Default: `revoked`."),)
FUNDING_SOURCE_VERIFY: Final = (
    Parameter(
        name="evidence",
        kind=Text(),
        required=True,
        description=(
            "Evidence of the verification, such as the id of a provider's check. It is recorded in the audit log."
        ),
    ),
    Parameter(
        name="method",
        kind=Enum(("instant", "prenote_elsewhere", "statement", "rehearsal")),
        required=True,
        description=(
            "How you verified it: instantly by a provider (`instant`), by a prenote sent elsewhere "
            "(`prenote_elsewhere`), by a bank statement (`statement`), or not at all (`rehearsal`, only in a "
            "rehearsal installation)."
        ),
    ),
)
PRENOTE_CREATE: Final = (_FUNDING_SOURCE,)
MICRODEPOSITS_CREATE: Final = (_FUNDING_SOURCE,)
PRENOTE_LIST: Final = (
    *PAGE,
    created("those"),
    Parameter(name="funding_source", kind=Text(), description="Only those sent to this bank account."),
)
MICRODEPOSITS_LIST: Final = PRENOTE_LIST
