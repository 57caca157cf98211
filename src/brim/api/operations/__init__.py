"""The table of operations: it routes, it validates, and it is published at `/openapi.json`. Start reading here.

One module for each kind of object. Source: Stripe API reference and its published OpenAPI document, for paths and
operation ids.
"""

from typing import Final

from brim.api.operations.accounts import ACCOUNTS
from brim.api.operations.balance import BALANCE
from brim.api.operations.books import BOOKS
from brim.api.operations.brim import BRIM
from brim.api.operations.core import CORE
from brim.api.operations.events import EVENTS
from brim.api.operations.funding import FUNDING
from brim.api.operations.test_helpers import TEST_HELPERS
from brim.api.operations.topups import TOPUPS
from brim.api.operations.verification import VERIFICATION
from brim.api.operations.webhooks import WEBHOOKS

OPERATIONS: Final = (
    *TOPUPS,
    *BALANCE,
    *EVENTS,
    *WEBHOOKS,
    *CORE,
    *FUNDING,
    *ACCOUNTS,
    *TEST_HELPERS,
    *BOOKS,
    *VERIFICATION,
    *BRIM,
)
"""Every operation that Brim serves under `/v1` and `/v2`."""
