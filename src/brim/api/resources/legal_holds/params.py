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
            "What is on hold: a single `account`, a `platform` with all its connected accounts, including future "
            "ones, or the whole `installation`."
        ),
    ),
    Parameter(name="account", kind=Text(), description="The account or the platform; none for the installation."),
    Parameter(
        name="reason",
        kind=Text(max_length=LONGEST_TEXT),
        required=True,
        description="The reason, as text for people. It is recorded in the audit log.",
    ),
    Parameter(name="reference", kind=Text(max_length=LONGEST_TEXT), description="A reference, such as a case number."),
)
