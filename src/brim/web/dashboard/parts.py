"""Puts the dashboard together: what each noun's pages bring, and the side navigation. Add a noun here."""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.core.operators import Role
from brim.web.dashboard import formats, linking, live, saved_views
from brim.web.dashboard.accounts.routes import routes as account_routes
from brim.web.dashboard.ach_files.download import DownloadPages
from brim.web.dashboard.ach_files.routes import routes as ach_file_routes
from brim.web.dashboard.ach_returns.routes import routes as return_routes
from brim.web.dashboard.ach_reversals.routes import routes as reversal_routes
from brim.web.dashboard.balance.routes import routes as balance_routes
from brim.web.dashboard.balance_summary.routes import routes as summary_routes
from brim.web.dashboard.balance_transactions.routes import routes as transaction_routes
from brim.web.dashboard.bank_files.routes import routes as bank_file_routes
from brim.web.dashboard.bank_statements.routes import routes as statement_routes
from brim.web.dashboard.breaks.routes import routes as break_routes
from brim.web.dashboard.corrections.routes import routes as correction_routes
from brim.web.dashboard.events.pages import about
from brim.web.dashboard.events.routes import routes as event_routes
from brim.web.dashboard.funding_sources.routes import routes as funding_source_routes
from brim.web.dashboard.health.routes import routes as health_routes
from brim.web.dashboard.keys.pages import rights_of
from brim.web.dashboard.keys.routes import routes as key_routes
from brim.web.dashboard.line_settlements.routes import routes as settlement_routes
from brim.web.dashboard.live_money import words
from brim.web.dashboard.live_money.routes import routes as live_money_routes
from brim.web.dashboard.microdeposits.routes import routes as microdeposit_routes
from brim.web.dashboard.money_at_risk.routes import routes as money_at_risk_routes
from brim.web.dashboard.negative_balances.routes import routes as negative_balance_routes
from brim.web.dashboard.originators.routes import routes as originator_routes
from brim.web.dashboard.prenotes.routes import routes as prenote_routes
from brim.web.dashboard.push.routes import routes as push_routes
from brim.web.dashboard.refunds.routes import routes as refund_routes
from brim.web.dashboard.reports.routes import routes as report_routes
from brim.web.dashboard.request_logs.routes import routes as request_log_routes
from brim.web.dashboard.return_rates.routes import routes as return_rate_routes
from brim.web.dashboard.search.routes import routes as search_routes
from brim.web.dashboard.signed import PageDependencies, SignedPages
from brim.web.dashboard.statement_mappings.routes import routes as mapping_routes
from brim.web.dashboard.test_clocks.routes import routes as test_clock_routes
from brim.web.dashboard.topups.listing import paid_by
from brim.web.dashboard.topups.routes import routes as topup_routes
from brim.web.dashboard.verification.routes import routes as verification_routes
from brim.web.dashboard.webhooks.routes import routes as webhook_routes
from brim.web.dashboard.wording import (
    ATTEMPT_CAUSES,
    EVENT_WORDS,
    RESOURCE_WORDS,
    STATUS_BADGES,
    SUGGESTION_WORDS,
    SUSPENSE_REASONS,
    TRANSACTION_WORDS,
    VERIFICATION_TABLES,
    VERIFICATION_WARNINGS,
    WORKER_JOBS,
    ledger_account_words,
    ledger_step_words,
)
from brim.web.dashboard.workers.routes import routes as worker_routes
from brim.web.pages import Pages
from brim.web.routes import Route
from brim.web.session import Session
from brim.web.zones import viewer_time


class NavigationItem(msgspec.Struct, frozen=True):
    """A line of the side navigation.

    `only_test` where live mode has no such page, `only_live` where test mode has none, and none of a connected account;
    `only_admin` for admins alone, `only_platform` where no connected account is shown. `also` has the paths of pages
    without a line of their own that belong to this one.
    """

    label: str
    path: str
    only_test: bool = False
    only_live: bool = False
    only_admin: bool = False
    only_platform: bool = False
    also: tuple[str, ...] = ()

    def is_shown_to(self, session: Session) -> bool:
        """Whether whoever looks has this page."""
        is_of_mode = not self.only_test if session.livemode else not self.only_live
        is_of_platform = session.is_platform or not (self.only_platform or self.only_live)
        return is_of_mode and is_of_platform and (not self.only_admin or session.role == Role.ADMIN)


NAVIGATION: Final = (
    (
        "Money",
        (
            NavigationItem("Home", "/balance/overview"),
            NavigationItem("Top-ups", "/topups"),
            NavigationItem("Balance transactions", "/balance-transactions"),
            NavigationItem("Balance summary", "/balance-summary"),
            NavigationItem("Bank accounts", "/funding-sources"),
            NavigationItem("Negative balances", "/negative-balances"),
            NavigationItem("Reports", "/reports"),
            NavigationItem("Funding instructions", "/funding-instructions"),
            NavigationItem("Incoming transfers", "/incoming-transfers", only_platform=True),
        ),
    ),
    (
        "Live money",
        (
            NavigationItem("Live overview", "/live-money", only_live=True),
            NavigationItem("Money at risk", "/money-at-risk", only_live=True),
            NavigationItem("Payment files", "/ach/files", only_live=True),
            NavigationItem("Bank files", "/ach/bank-files", only_live=True),
            NavigationItem("Bank statements", "/bank-statements", only_live=True, also=("/statement-mappings",)),
            NavigationItem("Breaks", "/breaks", only_live=True),
            NavigationItem("Statement lines", "/statement-lines", only_live=True, also=("/line-settlements",)),
            NavigationItem("Returns", "/ach/returns", only_live=True),
            NavigationItem("Reversals", "/ach/reversals", only_live=True),
            NavigationItem("Refunds", "/refunds", only_live=True),
            NavigationItem("Return rates", "/ach/return-rates", only_live=True),
            NavigationItem("Corrections", "/ach/corrections", only_live=True),
            NavigationItem("Prenotes", "/ach/prenotes", only_live=True),
            NavigationItem("Micro-deposits", "/ach/microdeposits", only_live=True),
            NavigationItem("Originators", "/ach/originators", only_live=True),
            NavigationItem("Readiness", "/live-readiness", only_live=True),
        ),
    ),
    (
        "Developers",
        (
            NavigationItem("Events", "/events"),
            NavigationItem("Webhooks", "/webhooks"),
            NavigationItem("Request logs", "/logs"),
            NavigationItem("API keys", "/apikeys"),
            NavigationItem("Accounts", "/accounts"),
        ),
    ),
    (
        "Integrity",
        (
            NavigationItem("Health", "/health", only_platform=True),
            NavigationItem("Verification", "/verification", only_platform=True),
            NavigationItem("Workers", "/workers", only_platform=True),
        ),
    ),
    ("Test tools", (NavigationItem("Test clock", "/test-clocks", only_test=True),)),
)
"""The side navigation: groups of pages in their order."""


def dashboard_routes(parts: PageDependencies) -> Sequence[Route]:
    """Return the routes of all pages of the dashboard."""
    _equip_templates(parts.pages)
    signed = SignedPages(parts)
    downloads = DownloadPages(parts.people).routes(signed) if parts.people else ()
    return (
        *balance_routes(signed),
        *topup_routes(signed),
        *transaction_routes(signed),
        *summary_routes(signed),
        *funding_source_routes(signed),
        *event_routes(signed),
        *webhook_routes(signed),
        *request_log_routes(signed, parts.keys),
        *key_routes(signed, parts.keys),
        *account_routes(signed),
        *health_routes(signed),
        *verification_routes(signed),
        *worker_routes(signed),
        *test_clock_routes(signed),
        *downloads,
        *live_money_routes(signed),
        *money_at_risk_routes(signed),
        *originator_routes(signed),
        *ach_file_routes(signed),
        *bank_file_routes(signed),
        *statement_routes(signed),
        *mapping_routes(signed),
        *settlement_routes(signed),
        *break_routes(signed),
        *return_routes(signed),
        *reversal_routes(signed),
        *refund_routes(signed),
        *return_rate_routes(signed),
        *correction_routes(signed),
        *prenote_routes(signed),
        *microdeposit_routes(signed),
        *negative_balance_routes(signed),
        *report_routes(signed),
        *push_routes(signed),
        *search_routes(signed),
        *signed.post("/saved-views", saved_views.change),
        *signed.get("/live", live.stream),
    )


def _equip_templates(pages: Pages) -> None:
    pages.add_filters(
        money=formats.money,
        plain_amount=formats.plain_amount,
        utc_time=formats.utc_time,
        viewer_time=viewer_time,
        utc_date=formats.utc_date,
        iso_time=formats.iso_time,
        pretty_json=formats.pretty_json,
        coloured_json=formats.coloured_json,
        duration=formats.duration,
        at_dots=formats.at_dots,
        percent=formats.percent,
        bank_time=words.bank_time,
        plain_day=words.plain_day,
        span_words=words.span_words,
        age_words=words.age_words,
        waits_for=words.waits_for,
        paid_by=paid_by,
        about=about,
        place_of=linking.place_of,
        rights_of=rights_of,
        ledger_account=ledger_account_words,
        ledger_step=ledger_step_words,
        badge_of=lambda status: STATUS_BADGES.get(status, (status, "plain")),
    )
    pages.add_globals(
        break_kinds=words.BREAK_KINDS,
        suspense_reasons=SUSPENSE_REASONS,
        worker_jobs=WORKER_JOBS,
        suggestion_words=SUGGESTION_WORDS,
        transaction_words=TRANSACTION_WORDS,
        return_actors=words.ACTORS,
        return_retries=words.RETRIES,
        corrected_words=words.CORRECTED,
        refusal_codes=words.REFUSALS,
        entry_words=words.ENTRY_WORDS,
        bank_file_kinds=words.BANK_FILE_KINDS,
        preview_outcomes=words.PREVIEW_OUTCOMES,
        statement_places=words.STATEMENT_PLACES,
        confirmations=words.CONFIRMATIONS,
        sec_codes=words.SEC_CODES,
    )
    pages.add_globals(navigation=NAVIGATION, event_words=EVENT_WORDS, resource_words=RESOURCE_WORDS)
    pages.add_globals(
        attempt_causes=ATTEMPT_CAUSES,
        verification_warnings=VERIFICATION_WARNINGS,
        verification_tables=VERIFICATION_TABLES,
    )
