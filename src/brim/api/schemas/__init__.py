"""The JSON schemas of what replies hold: the wire's structs, with what their Python types cannot say.

Types, order and nullability come from the structs, such as those of `brim.core.topups.wire`; the modules here, one for
each of `operations`, give them their published names and add meaning, formats, bounds and words. `published` makes the
schemas of it.
"""

from typing import Final

import msgspec

from brim.api.schemas.accounts import ACCOUNTS
from brim.api.schemas.balance import BALANCE
from brim.api.schemas.books import BOOKS
from brim.api.schemas.brim import BRIM
from brim.api.schemas.core import CORE
from brim.api.schemas.events import EVENTS
from brim.api.schemas.funding import FUNDING
from brim.api.schemas.general import DELETED, ERRORS
from brim.api.schemas.test_helpers import TEST_HELPERS
from brim.api.schemas.topups import TOPUPS
from brim.api.schemas.verification import VERIFICATION
from brim.api.schemas.webhooks import WEBHOOKS

COMPONENTS: Final = (
    *TOPUPS,
    *BALANCE,
    *TEST_HELPERS,
    *ACCOUNTS,
    *WEBHOOKS,
    *CORE,
    *DELETED,
    *FUNDING,
    *EVENTS,
    *BOOKS,
    *VERIFICATION,
    *BRIM,
    *ERRORS,
)
"""Every published schema, in the order of the document."""

NAMES: Final[dict[type[msgspec.Struct], str]] = {each.struct: each.name for each in COMPONENTS}
"""The published name of each struct."""
