"""The parameters of the operations on funding instructions and incoming transfers."""

from typing import Final

from brim.api.framework.common_params import METADATA, PAGE, created
from brim.api.framework.kinds import Amount, Boolean, BoundedInteger, CurrencyCode, Enum, Text
from brim.api.framework.params import Parameter
from brim.core.push import MAX_NOTE, Proposal, Scenario, TransferStatus
from brim.core.rails.ach import TransferPayers
from brim.core.time import LATEST_TIME
from brim.core.topups import MAX_DESCRIPTION

_MAX_TEXT: Final = 500

INSTRUCTIONS_CREATE: Final = (
    Parameter(
        name="amount",
        kind=Amount(),
        description="How much is expected, in minor units. Without it, you get the account's lasting instructions.",
    ),
    Parameter(name="currency", kind=CurrencyCode(), required=True, description="The currency to be paid in: `usd`."),
    Parameter(
        name="description",
        kind=Text(max_length=MAX_DESCRIPTION),
        description="An arbitrary string attached to the top-ups that come of them.",
    ),
    Parameter(
        name="expires_at",
        kind=BoundedInteger(least=1, most=LATEST_TIME),
        description="Until when the money is expected, as a Unix time. Only with an amount.",
    ),
    METADATA,
    Parameter(
        name="payers",
        kind=Enum(tuple(each.value for each in TransferPayers)),
        description=(
            "From whom transfers are credited: `any`, or only those `known` to the account; others wait in suspense. "
            "Your platform may demand `known` in any case."
        ),
    ),
)
INSTRUCTIONS_LIST: Final = PAGE
FUND: Final = (
    Parameter(
        name="amount",
        kind=Amount(),
        description="How much is expected, in minor units: what `scenario` goes by. Default: what is still expected.",
    ),
    Parameter(name="currency", kind=CurrencyCode(), description="The currency sent. Default: the expected one."),
    Parameter(
        name="reference",
        kind=Text(max_length=_MAX_TEXT),
        description="What the payer states. Default: the reference of the instructions.",
    ),
    Parameter(
        name="scenario",
        kind=Enum(tuple(each.value for each in Scenario)),
        description=(
            "What the payer does: `exact` by default; `short` sends half, `over` a tenth more, `twice` the same again; "
            "`damaged_reference` exchanges two digits of the reference, `no_reference` states none; what is `recalled` "
            "the bank takes back at once."
        ),
    ),
)
TRANSFER_LIST: Final = (
    *PAGE,
    created("transfers"),
    Parameter(
        name="status",
        kind=Enum(tuple(each.value for each in TransferStatus)),
        description="Only transfers with this status.",
    ),
    Parameter(name="topup", kind=Text(), description="Only the transfer that became this top-up."),
)
TRANSFER_UPDATE: Final = (
    Parameter(
        name="handled_by",
        kind=Text(max_length=_MAX_TEXT, clearable=True),
        description="Who looks after it. Send an empty string for nobody.",
    ),
    Parameter(
        name="note",
        kind=Text(max_length=MAX_NOTE, clearable=True),
        description="A note about it. Send an empty string for none.",
    ),
)
TRANSFER_ASSIGN: Final = (
    Parameter(
        name="account",
        kind=Text(),
        required=True,
        description="The account to credit: your own, or one of your connected accounts.",
    ),
    Parameter(
        name="remember_payer",
        kind=Boolean(),
        description="Whether whoever has sent it may pay the account from then on, once that is approved.",
    ),
)
TRANSFER_APPROVE: Final = (
    Parameter(
        name="action",
        kind=Enum(tuple(each.value for each in Proposal)),
        description="What you have seen proposed. If something else is now, nothing is approved.",
    ),
    Parameter(
        name="account",
        kind=Text(),
        description="With `action`: the account that you have seen proposed to be credited.",
    ),
    Parameter(
        name="remember_payer",
        kind=Boolean(),
        description="With `action`: whether you have seen proposed that the payer is remembered. Default: no.",
    ),
)
PAYERS_LIST: Final = (
    *PAGE,
    Parameter(name="account", kind=Text(), required=True, description="The account that they may pay."),
)
