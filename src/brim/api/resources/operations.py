"""The table of operations: it routes, it validates, and it is published at `/openapi.json`. Start reading here.

One module for each kind of object. Source: Stripe API reference and its published OpenAPI document, for paths and
operation ids.
"""

from typing import Final

from brim.api.resources.account_overview.operations import ACCOUNT_OVERVIEW
from brim.api.resources.accounts.operations import ACCOUNTS
from brim.api.resources.ach.operations import ACH_FILES, BREAKS, CORRECTIONS, RAILS
from brim.api.resources.ach.originator_operations import ORIGINATORS
from brim.api.resources.ach.refund_operations import REFUNDS
from brim.api.resources.ach.return_operations import ACH_RETURNS
from brim.api.resources.ach.return_rate_operations import RETURN_RATES
from brim.api.resources.ach.reversal_operations import ACH_REVERSALS
from brim.api.resources.attention.operations import ATTENTION
from brim.api.resources.audit_log.operations import AUDIT_LOG
from brim.api.resources.authorizations.operations import AUTHORIZATIONS
from brim.api.resources.balance.operations import BALANCE
from brim.api.resources.balance_overview.operations import BOOKS
from brim.api.resources.bank_statements.operations import BANK_STATEMENTS, LINE_SETTLEMENTS
from brim.api.resources.events.operations import EVENTS
from brim.api.resources.funding.operations import FUNDING
from brim.api.resources.health.operations import HEALTH
from brim.api.resources.jobs.operations import JOBS
from brim.api.resources.legal_holds.operations import LEGAL_HOLDS
from brim.api.resources.money_at_risk.operations import MONEY_AT_RISK
from brim.api.resources.negative_balances.operations import NEGATIVE_BALANCES
from brim.api.resources.push.operations import PUSH
from brim.api.resources.reporting.operations import REPORTING
from brim.api.resources.request_logs.operations import BRIM
from brim.api.resources.statement_mappings.operations import STATEMENT_MAPPINGS
from brim.api.resources.status_counts.operations import STATUS_COUNTS
from brim.api.resources.test_helpers.operations import TEST_HELPERS
from brim.api.resources.topups.operations import TOPUPS
from brim.api.resources.v2_core.operations import CORE
from brim.api.resources.verification.operations import VERIFICATION
from brim.api.resources.webhooks.operations import WEBHOOKS

OPERATIONS: Final = (
    *TOPUPS,
    *BALANCE,
    *EVENTS,
    *WEBHOOKS,
    *CORE,
    *FUNDING,
    *ACCOUNTS,
    *TEST_HELPERS,
    *REPORTING,
    *BOOKS,
    *ATTENTION,
    *VERIFICATION,
    *ACCOUNT_OVERVIEW,
    *HEALTH,
    *JOBS,
    *AUDIT_LOG,
    *LEGAL_HOLDS,
    *AUTHORIZATIONS,
    *ORIGINATORS,
    *ACH_FILES,
    *BANK_STATEMENTS,
    *STATEMENT_MAPPINGS,
    *LINE_SETTLEMENTS,
    *BREAKS,
    *ACH_RETURNS,
    *ACH_REVERSALS,
    *REFUNDS,
    *STATUS_COUNTS,
    *RETURN_RATES,
    *MONEY_AT_RISK,
    *NEGATIVE_BALANCES,
    *PUSH,
    *CORRECTIONS,
    *RAILS,
    *BRIM,
)
"""Every operation that Brim serves under `/v1` and `/v2`."""
