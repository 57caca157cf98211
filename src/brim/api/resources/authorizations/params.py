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
    Parameter(name="ip_address", kind=Text(), description="The address that they agreed from."),
    Parameter(name="reference", kind=Text(), description="Where the proof is kept, such as a document's name."),
    Parameter(name="user_agent", kind=Text(), description="The browser that they agreed with."),
)

AUTHORIZATION_CREATE: Final = (
    Parameter(
        name="accepted_at",
        kind=BoundedInteger(least=1, most=_LATEST),
        required=True,
        description="When the holder agreed, in Unix seconds.",
    ),
    _FUNDING_SOURCE,
    Parameter(
        name="sec_code",
        kind=Enum(tuple(SEC_CODES)),
        required=True,
        description=(
            "How the holder agreed: in writing (`PPD`), on the internet (`WEB`), as a company (`CCD`); by a mandate of "
            "SEPA's Core scheme (`CORE`) or of its B2B scheme (`B2B`)."
        ),
    ),
    Parameter(
        name="mandate_reference",
        kind=Text(max_length=35),
        description="The reference of a mandate (`CORE`, `B2B`), by which banks know it; by default its id.",
    ),
    Parameter(
        name="sequence_type",
        kind=Enum(tuple(SEQUENCE_TYPES)),
        description=(
            "Whether a mandate (`CORE`, `B2B`) is for several collections (`RCUR`), as by default, or for one (`OOFF`)."
        ),
    ),
    Parameter(
        name="confirmed_at",
        kind=BoundedInteger(least=1, most=_LATEST),
        description=(
            "When the debtor has confirmed the mandate to their bank, in Unix seconds, if they have. Only with `B2B`."
        ),
    ),
    Parameter(
        name="last_collected_on",
        kind=Day(),
        description=(
            "The day of the last collection under a mandate (`CORE`, `B2B`) that was used elsewhere before: it lapses "
            "36 months later."
        ),
    ),
    Parameter(name="text", kind=Text(), required=True, description="The wording that the holder saw."),
    Parameter(name="evidence", kind=Hash(_EVIDENCE), description="How it is known that the holder agreed."),
)
AUTHORIZATION_LIST: Final = (
    *PAGE,
    Parameter(name="funding_source", kind=Text(), description="Only those of this bank account."),
)
AUTHORIZATION_AMEND: Final = (
    Parameter(
        name="funding_source",
        kind=Text(),
        description="Another bank account of the debtor, with an IBAN: that of a source.",
    ),
    Parameter(name="mandate_reference", kind=Text(max_length=35), description="Another reference."),
)
AUTHORIZATION_CONFIRM: Final = (
    Parameter(
        name="confirmed_at",
        kind=BoundedInteger(least=1, most=_LATEST),
        description="When the debtor has confirmed the mandate to their bank, in Unix seconds; by default now.",
    ),
)
AUTHORIZATION_END: Final = (
    Parameter(name="reason", kind=Text(), description="Why it ends; `revoked` where nothing is said."),
)
FUNDING_SOURCE_VERIFY: Final = (
    Parameter(
        name="evidence",
        kind=Text(),
        required=True,
        description="How that can be shown, such as the id of a check at a provider. The audit log keeps it.",
    ),
    Parameter(
        name="method",
        kind=Enum(("instant", "prenote_elsewhere", "statement", "rehearsal")),
        required=True,
        description=(
            "How you have verified it: by a provider at once (`instant`), by a prenote of yours "
            "(`prenote_elsewhere`), by a bank's statement (`statement`), or not at all (`rehearsal`, in a rehearsal "
            "installation only)."
        ),
    ),
)
PRENOTE_CREATE: Final = (_FUNDING_SOURCE,)
MICRODEPOSITS_CREATE: Final = (_FUNDING_SOURCE,)
PRENOTE_LIST: Final = (
    *PAGE,
    created("those"),
    Parameter(name="funding_source", kind=Text(), description="Only those to this bank account."),
)
MICRODEPOSITS_LIST: Final = PRENOTE_LIST
