"""The JSON schemas of what replies hold: the wire's structs, with what their Python types cannot say.

Types, order and nullability come from the structs, such as those of `topups.wire`; the modules here, one for each of
`operations`, give them their published names and add meaning, formats, bounds and words. `published` makes the schemas
of it.
"""

from typing import Final

import msgspec

from brim.api.framework.general_schema import DELETED, ERRORS
from brim.api.resources.accounts.schema import ACCOUNTS
from brim.api.resources.audit_log.schema import AUDIT_LOG
from brim.api.resources.balance.schema import BALANCE
from brim.api.resources.balance_overview.schema import BOOKS
from brim.api.resources.events.schema import EVENTS
from brim.api.resources.funding.schema import FUNDING
from brim.api.resources.jobs.schema import JOBS
from brim.api.resources.request_logs.schema import BRIM
from brim.api.resources.test_helpers.schema import TEST_HELPERS
from brim.api.resources.topups.schema import TOPUPS
from brim.api.resources.v2_core.schema import CORE
from brim.api.resources.verification.schema import VERIFICATION
from brim.api.resources.webhooks.schema import WEBHOOKS

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
    *JOBS,
    *AUDIT_LOG,
    *BRIM,
    *ERRORS,
)
"""Every published schema, in the order of the document."""

NAMES: Final[dict[type[msgspec.Struct], str]] = {each.struct: each.name for each in COMPONENTS}
"""The published name of each struct."""
