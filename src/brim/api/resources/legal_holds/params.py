"""The parameters of the operations on legal holds. Ours."""

from typing import Final

from brim.api.framework.kinds import Enum, Text
from brim.api.framework.params import Parameter
from brim.core.legal_holds import LONGEST_TEXT, HoldKind

HOLD_CREATE: Final = (
    Parameter(
        name="covers",
        kind=Enum(tuple(kind.value for kind in HoldKind)),
        required=True,
        description=(
            "What is held: an `account` alone, a `platform` with all accounts below it, later ones too, or the whole "
            "`installation`."
        ),
    ),
    Parameter(name="account", kind=Text(), description="The account or the platform; none for the installation."),
    Parameter(
        name="reason",
        kind=Text(max_length=LONGEST_TEXT),
        required=True,
        description="Why, for people. The audit log keeps it.",
    ),
    Parameter(
        name="reference", kind=Text(max_length=LONGEST_TEXT), description="The number of the case, or of a letter."
    ),
)
