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
        description="The expected amount, in minor units. Without it, you get the account's permanent instructions.",
    ),
    Parameter(
        name="currency", kind=CurrencyCode(), required=True, description="The currency of the transfer, such as `usd`."
    ),
    Parameter(
        name="description",
        kind=Text(max_length=MAX_DESCRIPTION),
        description="An arbitrary string that is attached to the resulting top-ups.",
    ),
    Parameter(
        name="expires_at",
        kind=BoundedInteger(least=1, most=LATEST_TIME),
        description="When the instructions expire, in Unix seconds. Only with an amount.",
    ),
    METADATA,
    Parameter(
        name="payers",
        kind=Enum(tuple(each.value for each in TransferPayers)),
        description=(
            "Whose transfers are credited: those of `any` payer, or only of payers `known` to the account; other "
            "transfers wait in suspense. Your platform can require `known` in any case."
        ),
    ),
)
INSTRUCTIONS_LIST: Final = PAGE
FUND: Final = (
    Parameter(
        name="amount",
        kind=Amount(),
        description="The amount that `scenario` is based on, in minor units. Default: the remaining amount.",
    ),
    Parameter(
        name="currency", kind=CurrencyCode(), description="The currency that is sent. Default: the expected currency."
    ),
    Parameter(
        name="reference",
        kind=Text(max_length=_MAX_TEXT),
        description="The reference that the payer gives. Default: the reference of the instructions.",
    ),
    Parameter(
        name="scenario",
        kind=Enum(tuple(each.value for each in Scenario)),
        description=(
            "What the payer does. `exact` (the default) sends the amount, `short` half of it, `over` a tenth more, "
            "and `twice` the amount twice; `damaged_reference` swaps two digits of the reference, and `no_reference` "
            "gives none; a `recalled` transfer is reversed by the bank immediately."
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
        description="The owner: the person who handles it. Send an empty string to remove it.",
    ),
    Parameter(
        name="note",
        kind=Text(max_length=MAX_NOTE, clearable=True),
        description="A note about it. Send an empty string to remove it.",
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
        description="Whether to add the payer to the account's known payers, once this is approved.",
    ),
)
TRANSFER_APPROVE: Final = (
    Parameter(
        name="action",
        kind=Enum(tuple(each.value for each in Proposal)),
        description="The proposed action that you have seen. If the proposal has changed since, nothing is approved.",
    ),
    Parameter(
        name="account",
        kind=Text(),
        description="With `action`: the proposed account that you have seen.",
    ),
    Parameter(
        name="remember_payer",
        kind=Boolean(),
        description="With `action`: the proposed `remember_payer` that you have seen. Default: `false`.",
    ),
)
PAYERS_LIST: Final = (
    *PAGE,
    Parameter(name="account", kind=Text(), required=True, description="Only known payers of this account."),
)
