"""Which chapters the reference has, and which operation stands where.

An operation finds its chapter by its path. One whose path is in no chapter gets a chapter of its own at the end, so
that nothing served is missing from the reference.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.api.framework.operation import Operation
from brim.api.framework.schema import in_words
from brim.api.resources.schemas import NAMES
from brim.web.operation_names import collection_of, verb_of

ROOT: Final = "/docs/api"


class Chapter(msgspec.Struct, frozen=True):
    """One kind of object, and what can be done with it. `collections` are the paths that belong here."""

    slug: str
    title: str
    summary: str
    collections: tuple[str, ...]

    @property
    def url(self) -> str:
        """Its address."""
        return f"{ROOT}/{self.slug}"


class Entry(msgspec.Struct, frozen=True):
    """One operation at its place in the reference."""

    chapter: Chapter
    slug: str
    operation: Operation

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.chapter.url}/{self.slug}"


class Guide(msgspec.Struct, frozen=True):
    """One page of prose; its text is in the template of its slug."""

    slug: str
    title: str
    summary: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"{ROOT}/{self.slug}"


GUIDES: Final = (
    Guide("authentication", "Authentication", "Secret keys, restricted keys, and acting for a connected account."),
    Guide("errors", "Errors", "What an error contains, and which statuses to retry."),
    Guide("idempotent_requests", "Idempotent requests", "Retry a request without doing it twice."),
    Guide("pagination", "Pagination", "Page through lists of any length."),
    Guide("expanding", "Expanding", "Get an object instead of its ID."),
    Guide("metadata", "Metadata", "Store your own data with an object."),
    Guide("versioning", "Versioning", "Which API version a response is rendered in."),
)

CHAPTERS: Final = (
    Chapter(
        "topups",
        "Top-ups",
        "To top up your balance, you create a top-up, which debits a bank account. It is pending until the money "
        "arrives or the bank declines the debit. A bank can still return the debit of a top-up that succeeded.",
        ("/v1/topups", "/v1/brim/topups/search", "/v1/brim/topups/counts"),
    ),
    Chapter(
        "availability_previews",
        "Availability previews",
        "When money would be available if you topped up now, and why. Nothing is created. Brim only.",
        ("/v1/brim/availability_preview",),
    ),
    Chapter("balance", "Balance", "The funds that you can use, by currency.", ("/v1/balance",)),
    Chapter(
        "balance_transactions",
        "Balance transactions",
        "Each change of your balance has a balance transaction, which is never changed afterwards.",
        ("/v1/balance_transactions",),
    ),
    Chapter(
        "events",
        "Events",
        "An event tells you that something occurred, and shows the object as it was then. It is stored in the same "
        "transaction as the change, so none is missing. Events are kept for 30 days.",
        ("/v1/events",),
    ),
    Chapter(
        "thin_events",
        "Thin events",
        "Events of API version 2: they name the object that they are about, and you retrieve it.",
        ("/v2/core/events",),
    ),
    Chapter(
        "webhook_endpoints",
        "Webhook endpoints",
        "A URL of yours that receives signed events. Brim retries for about three days, or until it responds with a "
        "2xx status.",
        ("/v1/webhook_endpoints",),
    ),
    Chapter(
        "event_destinations",
        "Event destinations",
        "A webhook endpoint in API version 2, which can also receive thin events.",
        ("/v2/core/event_destinations",),
    ),
    Chapter(
        "payment_methods",
        "Payment methods",
        "A bank account that top-ups can debit once it is verified.",
        ("/v1/payment_methods",),
    ),
    Chapter("sources", "Sources", "The older form of a bank account that top-ups can debit.", ("/v1/sources",)),
    Chapter(
        "tokens", "Tokens", "The details of a bank account, from which one source can be created.", ("/v1/tokens",)
    ),
    Chapter(
        "default_funding_sources",
        "Default funding sources",
        "Used when a top-up doesn't specify a bank account, by currency. Brim only.",
        ("/v1/brim/default_funding_sources",),
    ),
    Chapter(
        "accounts",
        "Accounts",
        "Your own account and its connected accounts. Each has its own balance, events and webhook endpoints.",
        ("/v1/accounts", "/v1/account"),
    ),
    Chapter(
        "capabilities",
        "Capabilities",
        "What an account has requested. Capabilities are granted immediately, because nothing is verified, and "
        "have no effect in Brim.",
        ("/v1/accounts/{account}/capabilities",),
    ),
    Chapter(
        "external_accounts",
        "External accounts",
        "An account's bank accounts for payouts. They don't fund top-ups.",
        ("/v1/accounts/{account}/external_accounts",),
    ),
    Chapter(
        "test_clocks",
        "Test clocks",
        "While a test clock exists, your test mode runs on its frozen time. Advancing it makes everything that falls "
        "due happen, in order.",
        ("/v1/test_helpers/test_clocks",),
    ),
    Chapter(
        "test_helpers",
        "Test helpers",
        "Decide the outcome of a top-up in test mode yourself.",
        ("/v1/test_helpers/topups",),
    ),
    Chapter(
        "report_runs",
        "Report runs",
        "Balances, activity, and the reconciliation of top-ups with bank statements, as CSV and JSON files with "
        "a signed manifest.",
        ("/v1/reporting/report_runs",),
    ),
    Chapter(
        "report_types",
        "Report types",
        "The reports that can be run.",
        ("/v1/reporting/report_types",),
    ),
    Chapter(
        "report_key",
        "Report key",
        "The public key with which anyone can verify the signature of a report's manifest. Brim only.",
        ("/v1/brim/report_key",),
    ),
    Chapter(
        "books",
        "Books",
        "An overview of the balance, and the journal entries of a top-up. Brim only.",
        ("/v1/brim/balance_overview", "/v1/brim/topups"),
    ),
    Chapter(
        "attention",
        "Attention",
        "What needs attention, as shown on Home and in notifications. Brim only.",
        ("/v1/brim/attention",),
    ),
    Chapter(
        "balance_summary",
        "Balance summary",
        "The opening balance, activity by category and closing balance of a period. Brim only.",
        ("/v1/brim/balance_summary",),
    ),
    Chapter(
        "running_balances",
        "Running balances",
        "Balance transactions, each with the balance after it. Brim only.",
        ("/v1/brim/balance_transactions",),
    ),
    Chapter(
        "request_logs",
        "Request logs",
        "The latest API requests of your account. Brim only.",
        ("/v1/brim/request_logs",),
    ),
    Chapter(
        "verification",
        "Verification",
        "Whether the books are balanced. Only available to the platform account. Brim only.",
        ("/v1/brim/verification", "/v1/brim/verifications"),
    ),
    Chapter(
        "chain_heads",
        "Chain heads",
        "The last seal of each account's hash chain. Only available to the platform account. Brim only.",
        ("/v1/brim/verification/heads",),
    ),
    Chapter(
        "account_summaries",
        "Account balances",
        "Connected accounts with their balances, searchable by name or ID. Brim only.",
        ("/v1/brim/accounts",),
    ),
    Chapter(
        "health",
        "Health",
        "The health of the installation across all accounts. Only available to the platform account. Brim only.",
        ("/v1/brim/health",),
    ),
    Chapter(
        "workers",
        "Workers",
        "The worker processes, and the status of their jobs. Only available to the platform account. Brim only.",
        ("/v1/brim/workers",),
    ),
    Chapter(
        "stuck_items",
        "Stuck work",
        "Work that was due and failed. Only available to the platform account. Brim only.",
        ("/v1/brim/stuck",),
    ),
    Chapter(
        "audit_log",
        "Audit log",
        "Who changed what, with the fields before and after each change. Only available to the platform account. "
        "Brim only.",
        ("/v1/brim/audit_log",),
    ),
    Chapter(
        "legal_holds",
        "Legal holds",
        "Data that must be kept beyond its retention period: while a legal hold is in force, nothing that it covers is "
        "pruned or erased. Only available to the platform account. Brim only.",
        ("/v1/brim/legal_holds",),
    ),
    Chapter(
        "live_readiness",
        "Live readiness",
        "What blocks live top-ups, and how to fix it. Brim only.",
        ("/v1/brim/live_readiness",),
    ),
    Chapter(
        "authorizations",
        "Authorizations",
        "A bank account holder's authorization of debits. No live debit is sent without one. Brim only.",
        ("/v1/brim/authorizations",),
    ),
    Chapter(
        "funding_sources",
        "Bank accounts in live mode",
        "Live bank accounts that you verified yourself. Brim only.",
        ("/v1/brim/funding_sources",),
    ),
    Chapter(
        "negative_balances",
        "Negative balances",
        "Balances that are negative after a return or reversal, and top-ups to recover them. Brim only.",
        ("/v1/brim/negative_balances",),
    ),
    Chapter(
        "balance_reserves",
        "Reserves",
        "Money held back in an account for late returns. Brim only.",
        ("/v1/brim/balance_reserves",),
    ),
    Chapter(
        "test_balance",
        "Spending test money",
        "Spend money from the test balance, so that a reversed top-up makes it negative. Brim only.",
        ("/v1/test_helpers/balance/hold",),
    ),
    Chapter(
        "prenotes",
        "Prenotes",
        "Zero-dollar entries that verify live bank accounts. Brim only.",
        ("/v1/brim/prenotes",),
    ),
    Chapter(
        "microdeposits",
        "Micro-deposits",
        "Two small credits that verify a live bank account: its holder confirms the amounts. Brim only.",
        ("/v1/brim/microdeposits",),
    ),
    Chapter(
        "returns",
        "Returns",
        "Debits that banks returned, with the deadline for dishonoring each return, and the outcome. Brim only.",
        ("/v1/brim/ach/returns",),
    ),
    Chapter(
        "reversals",
        "Reversals",
        "Reversals of erroneous debits, within five banking days, and their outcomes. Brim only.",
        ("/v1/brim/ach/reversals",),
    ),
    Chapter(
        "refunds",
        "Refunds",
        "Refunds of live ACH top-ups, in full or in part, and their outcomes. Brim only.",
        ("/v1/brim/refunds",),
    ),
    Chapter(
        "return_rates",
        "Return rates",
        "The share of debits that were returned, compared with Nacha's limits, and overrides. Brim only.",
        ("/v1/brim/ach/return_rates",),
    ),
    Chapter(
        "status-counts",
        "Status counts",
        "The number of objects with each status, for a list. Brim only.",
        ("/v1/brim/status_counts",),
    ),
    Chapter(
        "money-at-risk",
        "Money at risk",
        "Available live money that can still be returned, and when pending money is expected. Brim only.",
        ("/v1/brim/money_at_risk",),
    ),
    Chapter(
        "funding-instructions",
        "Funding instructions",
        "The bank account and reference for topping up a balance by bank transfer. Brim only.",
        ("/v1/brim/funding_instructions", "/v1/test_helpers/funding_instructions"),
    ),
    Chapter(
        "incoming-transfers",
        "Incoming transfers",
        "Transfers from customers on your bank's statements: credited, in suspense, or sent back. Brim only.",
        ("/v1/brim/incoming_transfers",),
    ),
    Chapter(
        "known_payers",
        "Known payers",
        "Payers whose transfers are credited to accounts that only accept known payers. Brim only.",
        ("/v1/brim/known_payers",),
    ),
    Chapter(
        "corrections",
        "Corrections",
        "Notifications of change: banks' corrections of bank account details, and their outcomes. Brim only.",
        ("/v1/brim/corrections",),
    ),
    Chapter(
        "originators",
        "Originators",
        "Who debits bank accounts for you, and how, as agreed with your bank. Brim only.",
        ("/v1/brim/ach/originators",),
    ),
    Chapter(
        "ach_files",
        "ACH files",
        "The files that collect live top-ups, from the cut-off to the bank's statement. Brim only.",
        ("/v1/brim/ach/files",),
    ),
    Chapter(
        "file_outlook",
        "File outlook",
        "The next cut-off, and what is due and queued for the next file. Brim only.",
        ("/v1/brim/ach/outlook",),
    ),
    Chapter(
        "bank_files",
        "Files from the bank",
        "Files from your bank: acknowledgments, returns and statements. Brim only.",
        ("/v1/brim/ach/bank_files",),
    ),
    Chapter(
        "bank_statements",
        "Bank statements",
        "Statements of your bank accounts, with their balances. Brim only.",
        ("/v1/brim/bank_statements",),
    ),
    Chapter(
        "statement_lines",
        "Statement lines",
        "The lines of bank statements, and what each is matched to. Brim only.",
        ("/v1/brim/statement_lines",),
    ),
    Chapter(
        "statement_mappings",
        "Statement mappings",
        "How your bank's CSV statements are read, with previews. Brim only.",
        ("/v1/brim/statement_mappings",),
    ),
    Chapter(
        "statement_previews",
        "Statement previews",
        "What would be read from a file of your bank. Nothing is stored. Brim only.",
        ("/v1/brim/statement_mappings/preview",),
    ),
    Chapter(
        "line_settlements",
        "Settlements of statement lines",
        "Settlements of open statement lines: one operator proposes, and another, if there is one, confirms. Brim "
        "only.",
        ("/v1/brim/line_settlements",),
    ),
    Chapter(
        "breaks",
        "Breaks",
        "Differences between the bank's records and your books. Some are resolved automatically; people resolve the "
        "others. Brim only.",
        ("/v1/brim/breaks",),
    ),
    Chapter(
        "rails",
        "Stopping live money",
        "Stop live top-ups immediately, for all accounts or for one. Brim only.",
        ("/v1/brim/rails",),
    ),
)
RELATED: Final = {
    "topups": ("getting_started", "testing", "calendars"),
    "availability_previews": ("calendars",),
    "balance": ("getting_started", "reconciliation"),
    "balance_transactions": ("reconciliation",),
    "balance_summary": ("reconciliation",),
    "events": ("webhooks",),
    "thin_events": ("webhooks",),
    "webhook_endpoints": ("webhooks",),
    "event_destinations": ("webhooks",),
    "payment_methods": ("testing",),
    "sources": ("testing",),
    "tokens": ("testing",),
    "test_clocks": ("testing", "calendars"),
    "test_helpers": ("testing",),
    "report_runs": ("reconciliation",),
    "verification": ("reconciliation",),
    "live_readiness": ("live",),
    "authorizations": ("live",),
    "prenotes": ("live",),
    "microdeposits": ("live",),
    "originators": ("live",),
    "ach_files": ("live",),
    "rails": ("live",),
    "money-at-risk": ("live",),
    "bank_files": ("reconciliation",),
    "bank_statements": ("reconciliation",),
    "statement_lines": ("reconciliation",),
    "line_settlements": ("reconciliation",),
    "breaks": ("reconciliation",),
}
"""The guides that a chapter leads to, by their names in addresses."""

UNLISTED: Final = frozenset({"/v1/balance/history", "/v1/stripecli/sessions", "/v1/accounts/{account}/login_links"})
"""Served for old clients, for the official CLI alone, or to be refused with a reason; nobody needs to read of them."""


class Catalogue:
    """The chapters with their entries, in order; one whose operations are not served is left out."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        listed = [operation for operation in operations if collection_of(operation) not in UNLISTED]
        home = {path: chapter for chapter in CHAPTERS for path in chapter.collections}
        served = {collection_of(operation) for operation in listed}
        chapters = [chapter for chapter in CHAPTERS if not served.isdisjoint(chapter.collections)]
        self.chapters: dict[str, Chapter] = {chapter.slug: chapter for chapter in chapters}
        self._entries: dict[str, dict[str, Entry]] = {chapter.slug: {} for chapter in chapters}
        for operation in listed:
            collection = collection_of(operation)
            chapter = home.get(collection) or self._new_chapter(collection)
            entry = Entry(chapter, verb_of(operation), operation)
            self._entries[chapter.slug][entry.slug] = entry

    def _new_chapter(self, collection: str) -> Chapter:
        slug = collection.partition("/v1/")[2] or collection.strip("/")
        slug = slug.replace("/", "_")
        if slug not in self.chapters:
            self.chapters[slug] = Chapter(slug, slug.replace("_", " ").capitalize(), "", (collection,))
            self._entries[slug] = {}
        return self.chapters[slug]

    def entries(self, chapter: Chapter) -> list[Entry]:
        """Return a chapter's operations."""
        return list(self._entries[chapter.slug].values())

    def find(self, chapter: str, slug: str) -> Entry | None:
        """Return an operation's place, or None."""
        return self._entries.get(chapter, {}).get(slug)

    def object_of(self, chapter: Chapter) -> type[msgspec.Struct] | None:
        """Return what a chapter is about; None where that is another chapter's."""
        if chapter.slug == "test_helpers":
            return None
        kinds = [entry.operation.returns for entry in self.entries(chapter) if entry.operation.method != "DELETE"]
        return kinds[0] if kinds else None

    def home_of(self, struct: type[msgspec.Struct]) -> str | None:
        """Return where an object is described, or None."""
        for chapter in self.chapters.values():
            if self.object_of(chapter) is struct:
                return f"{chapter.url}/object"
        return None


def name_of(struct: type[msgspec.Struct]) -> str:
    """Return an object's name for people: `balance transaction`."""
    return in_words(NAMES[struct].rpartition(".")[2])
