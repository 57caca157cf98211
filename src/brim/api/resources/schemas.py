"""The published schemas by name: the wire's structs, with what is annotated beside their fields.

A struct that is not here is not in `/openapi.json`. `published` makes the schemas of it.
"""

from typing import Final

import msgspec

from brim.api.framework.general_schema import DELETED, ERRORS
from brim.api.framework.schema import Component
from brim.api.resources.account_overview.wire import AccountBalanceObject, AccountSummaryObject
from brim.api.resources.accounts import wire as account_wire
from brim.api.resources.ach import actions as ach_actions
from brim.api.resources.ach import originator_wire, preview_wire
from brim.api.resources.ach import wire as ach_wire
from brim.api.resources.ach.refund_wire import RefundObject
from brim.api.resources.ach.return_rate_wire import OverrideObject, RateObject, ReturnRateObject
from brim.api.resources.ach.return_wire import AchReturnObject, ContestObject, DishonorCodeObject, DishonorObject
from brim.api.resources.ach.reversal_wire import ReversalObject
from brim.api.resources.attention.wire import AttentionAmountObject, AttentionItemObject
from brim.api.resources.audit_log import wire as audit_wire
from brim.api.resources.authorizations import wire as authorization_wire
from brim.api.resources.balance import wire as balance_wire
from brim.api.resources.balance_overview import wire as books_wire
from brim.api.resources.bank_statements import settlement_wire
from brim.api.resources.bank_statements import wire as statement_wire
from brim.api.resources.events import wire as event_wire
from brim.api.resources.funding import wire as funding_wire
from brim.api.resources.funding.schema import ADDRESS
from brim.api.resources.health import wire as health_wire
from brim.api.resources.jobs import wire as job_wire
from brim.api.resources.legal_holds import wire as legal_hold_wire
from brim.api.resources.money_at_risk.wire import ArrivalObject, AtRiskObject, MoneyAtRiskObject, RiskSumObject
from brim.api.resources.negative_balances import wire as negative_balance_wire
from brim.api.resources.push import wire as push_wire
from brim.api.resources.reporting import wire as report_wire
from brim.api.resources.request_logs import wire as log_wire
from brim.api.resources.statement_mappings import wire as mapping_wire
from brim.api.resources.status_counts import wire as status_count_wire
from brim.api.resources.stripe_cli import wire as cli_wire
from brim.api.resources.test_helpers import wire as clock_wire
from brim.api.resources.topups import wire as topup_wire
from brim.api.resources.v2_core import destination_wire
from brim.api.resources.v2_core import event_wire as thin_event_wire
from brim.api.resources.verification import wire as verification_wire
from brim.api.resources.webhooks import wire as webhook_wire

COMPONENTS: Final = (
    Component(topup_wire.TopupObject, "topup"),
    Component(topup_wire.TopupExtras, "topup_extras"),
    Component(topup_wire.AvailabilityObject, "availability"),
    Component(topup_wire.RailObject, "topup_rail"),
    Component(topup_wire.RailEntryObject, "topup_rail_entry"),
    Component(topup_wire.RailReturnObject, "topup_rail_return"),
    Component(topup_wire.RailChangeObject, "topup_rail_change"),
    Component(topup_wire.RetryObject, "topup_retry"),
    Component(topup_wire.AvailabilityPreviewObject, "brim.availability_preview"),
    Component(topup_wire.TopupSearchObject, "brim.topup_search_result"),
    Component(topup_wire.TopupCountsObject, "brim.topup_counts"),
    Component(topup_wire.TopupCountObject, "brim.topup_count"),
    Component(topup_wire.SkippedDayObject, "skipped_day"),
    Component(status_count_wire.StatusCountsObject, "brim.status_counts"),
    Component(status_count_wire.StatusCountObject, "brim.status_count"),
    Component(balance_wire.BalanceTransactionObject, "balance_transaction"),
    Component(balance_wire.BalanceObject, "balance"),
    Component(balance_wire.BalanceEntry, "balance_entry"),
    Component(balance_wire.BalanceAmount, "balance_amount"),
    Component(balance_wire.PrefundingObject, "balance_prefunding"),
    Component(report_wire.ReportRunObject, "reporting.report_run"),
    Component(report_wire.RunParametersObject, "reporting.report_run_parameters"),
    Component(report_wire.ReportExtras, "report_run_extras"),
    Component(report_wire.ReportTotalObject, "report_total"),
    Component(report_wire.FileObject, "file"),
    Component(report_wire.ReportTypeObject, "reporting.report_type"),
    Component(report_wire.ReportKeyObject, "brim.report_key"),
    Component(clock_wire.ClockObject, "test_helpers.test_clock"),
    Component(clock_wire.ClockStatusDetails, "test_clock_status_details"),
    Component(clock_wire.AdvancingDetails, "test_clock_advancing"),
    Component(account_wire.AccountObject, "account"),
    Component(account_wire.AccountExtras, "account_extras"),
    Component(account_wire.BusinessProfile, "account_business_profile"),
    Component(account_wire.ControllerObject, "account_controller"),
    Component(account_wire.RequirementsObject, "account_requirements"),
    Component(account_wire.AccountSettings, "account_settings"),
    Component(account_wire.TosAcceptance, "account_tos_acceptance"),
    Component(account_wire.ExternalAccountObject, "external_account"),
    Component(account_wire.ExternalAccountList, "external_account_list"),
    Component(account_wire.BankRequirements, "external_account_requirements"),
    Component(account_wire.CapabilityObject, "capability"),
    Component(account_wire.LoginLinkObject, "login_link"),
    Component(webhook_wire.WebhookEndpointObject, "webhook_endpoint"),
    Component(webhook_wire.EndpointExtras, "webhook_endpoint_extras"),
    Component(webhook_wire.EndpointDelivery, "webhook_endpoint_delivery"),
    Component(webhook_wire.WebhookAttemptObject, "webhook_attempt"),
    Component(webhook_wire.WebhookDeliveryObject, "webhook_delivery"),
    Component(webhook_wire.WebhookHealthObject, "webhook_endpoint_health"),
    Component(webhook_wire.WebhookResendObject, "webhook_resend"),
    Component(destination_wire.EventDestinationObject, "v2.core.event_destination"),
    Component(destination_wire.DestinationStatusDetails, "v2.core.event_destination_status_details"),
    Component(destination_wire.DisabledDetails, "v2.core.event_destination_disabled"),
    Component(destination_wire.DestinationTarget, "v2.core.event_destination_webhook_endpoint"),
    Component(destination_wire.DeletedDestination, "v2.core.deleted_event_destination"),
    Component(thin_event_wire.ThinEventObject, "v2.core.event"),
    Component(thin_event_wire.RelatedObject, "v2.core.event_related_object"),
    Component(thin_event_wire.Reason, "v2.core.event_reason"),
    Component(thin_event_wire.ReasonRequest, "v2.core.event_reason_request"),
    *DELETED,
    Component(funding_wire.PaymentMethodObject, "payment_method"),
    Component(funding_wire.BillingDetailsObject, "billing_details"),
    Component(funding_wire.UsBankAccountObject, "us_bank_account"),
    Component(funding_wire.NetworksObject, "bank_account_networks"),
    Component(funding_wire.FundingStateObject, "brim.funding_state"),
    Component(funding_wire.VerificationObject, "brim.funding_verification"),
    Component(funding_wire.SourceObject, "source"),
    Component(funding_wire.AchDebitObject, "ach_debit"),
    Component(funding_wire.SepaDebitObject, "sepa_debit"),
    Component(funding_wire.SourceOwnerObject, "source_owner"),
    Component(funding_wire.TokenObject, "token"),
    Component(funding_wire.BankAccountObject, "bank_account"),
    Component(funding_wire.DefaultFundingObject, "brim.default_funding_source"),
    ADDRESS,
    Component(event_wire.EventObject, "event"),
    Component(event_wire.EventExtras, "event_extras"),
    Component(event_wire.EventData, "event_data"),
    Component(event_wire.EventRequest, "event_request"),
    Component(books_wire.BalanceOverviewObject, "brim.balance_overview"),
    Component(AttentionItemObject, "brim.attention_item"),
    Component(AttentionAmountObject, "brim.attention_amount"),
    Component(books_wire.CurrencyOverviewObject, "brim.currency_overview"),
    Component(books_wire.BalanceDayObject, "brim.balance_day"),
    Component(books_wire.InFlightObject, "brim.in_flight"),
    Component(books_wire.BalanceArrivalObject, "brim.balance_arrival"),
    Component(books_wire.BalanceSummaryObject, "brim.balance_summary"),
    Component(books_wire.PeriodBalanceObject, "brim.period_balance"),
    Component(books_wire.CategoryObject, "brim.balance_category"),
    Component(balance_wire.RunningBalanceObject, "brim.balance_transaction"),
    Component(books_wire.TransferObject, "brim.transfer"),
    Component(verification_wire.VerificationRunObject, "brim.verification"),
    Component(verification_wire.VerificationTotalObject, "brim.verification_total"),
    Component(verification_wire.ChainHeadObject, "brim.chain_head"),
    Component(verification_wire.DifferenceObject, "brim.verification_difference"),
    Component(AccountSummaryObject, "brim.account_summary"),
    Component(AccountBalanceObject, "brim.account_balance"),
    Component(health_wire.HealthObject, "brim.health"),
    Component(health_wire.CheckObject, "brim.health_check"),
    Component(health_wire.HealthDatabaseObject, "brim.health_database"),
    Component(health_wire.HealthRequestsObject, "brim.health_requests"),
    Component(health_wire.HealthTopupsObject, "brim.health_topups"),
    Component(health_wire.TopupFailuresObject, "brim.health_topup_failures"),
    Component(health_wire.RequestFailuresObject, "brim.health_request_failures"),
    Component(health_wire.FailingEndpointObject, "brim.health_endpoint"),
    Component(health_wire.QueueObject, "brim.health_queue"),
    Component(health_wire.ReplicaObject, "brim.health_replica"),
    Component(job_wire.WorkerObject, "brim.worker"),
    Component(job_wire.WorkerJobObject, "brim.worker_job"),
    Component(job_wire.StuckObject, "brim.stuck_item"),
    Component(audit_wire.AuditEntryObject, "brim.audit_entry"),
    Component(audit_wire.AuditActorObject, "brim.audit_actor"),
    Component(legal_hold_wire.LegalHoldObject, "brim.legal_hold"),
    Component(authorization_wire.AuthorizationObject, "brim.authorization"),
    Component(authorization_wire.EvidenceObject, "brim.authorization_evidence"),
    Component(authorization_wire.MandateAmendmentObject, "brim.mandate_amendment"),
    Component(authorization_wire.AuthorizationProofObject, "brim.authorization_proof"),
    Component(authorization_wire.ProofObject, "brim.authorization_proof_statement"),
    Component(authorization_wire.ProofAccountObject, "brim.authorization_proof_account"),
    Component(authorization_wire.ProofActorObject, "brim.authorization_proof_actor"),
    Component(authorization_wire.VerifiedFundingObject, "brim.funding_source"),
    Component(authorization_wire.PrenoteObject, "brim.prenote"),
    Component(authorization_wire.PrenoteEntryObject, "brim.prenote_entry"),
    Component(authorization_wire.MicrodepositsObject, "brim.microdeposits"),
    Component(authorization_wire.MicrodepositEntryObject, "brim.microdeposit_entry"),
    Component(originator_wire.OriginatorObject, "brim.ach_originator"),
    Component(originator_wire.ProfileObject, "brim.ach_profile"),
    Component(originator_wire.SepaTermsObject, "brim.sepa_terms"),
    Component(ach_wire.AchFileObject, "brim.ach_file"),
    Component(ach_wire.AchApprovalObject, "brim.ach_approval"),
    Component(ach_wire.AchBatchObject, "brim.ach_batch"),
    Component(ach_wire.AchEntryObject, "brim.ach_entry"),
    Component(ach_wire.AchOutlookObject, "brim.ach_outlook"),
    Component(ach_wire.VirtualAccountsObject, "brim.virtual_accounts"),
    Component(ach_wire.CutoffObject, "brim.ach_cutoff"),
    Component(ach_wire.TotalObject, "brim.ach_total"),
    Component(ach_wire.DayUseObject, "brim.ach_day_use"),
    Component(ach_wire.AchRailObject, "brim.rail"),
    Component(ach_wire.RailStopObject, "brim.rail_stop"),
    Component(ach_actions.ActionObject, "brim.action"),
    Component(ach_wire.BankFileObject, "brim.bank_file"),
    Component(ach_wire.BankFindingObject, "brim.bank_finding"),
    Component(preview_wire.BankFilePreviewObject, "brim.bank_file_preview"),
    Component(preview_wire.BankFilePreviewStatementObject, "brim.bank_file_preview_statement"),
    Component(preview_wire.BankFilePreviewLineObject, "brim.bank_file_preview_line"),
    Component(preview_wire.BankFilePreviewFindingObject, "brim.bank_file_preview_finding"),
    Component(statement_wire.BankStatementObject, "brim.bank_statement"),
    Component(statement_wire.StatementBeforeObject, "brim.bank_statement_before"),
    Component(statement_wire.StatementLineObject, "brim.statement_line"),
    Component(statement_wire.LineMatchObject, "brim.line_match"),
    Component(statement_wire.SuggestionObject, "brim.line_suggestion"),
    Component(settlement_wire.LineSettlementObject, "brim.line_settlement"),
    Component(settlement_wire.SettledLineObject, "brim.settled_line"),
    Component(mapping_wire.StatementMappingObject, "brim.statement_mapping"),
    Component(mapping_wire.MappingFieldsObject, "brim.statement_mapping_fields"),
    Component(mapping_wire.StatementPreviewObject, "brim.statement_preview"),
    Component(mapping_wire.PreviewLineObject, "brim.statement_preview_line"),
    Component(mapping_wire.PreviewFindingObject, "brim.statement_preview_finding"),
    Component(ach_wire.BreakObject, "brim.break"),
    Component(MoneyAtRiskObject, "brim.money_at_risk"),
    Component(AtRiskObject, "brim.money_at_risk_of_source"),
    Component(RiskSumObject, "brim.money_at_risk_sum"),
    Component(ArrivalObject, "brim.arrival"),
    Component(ReturnRateObject, "brim.return_rate"),
    Component(RateObject, "brim.return_rate_figure"),
    Component(OverrideObject, "brim.return_rate_override"),
    Component(AchReturnObject, "brim.ach_return"),
    Component(ReversalObject, "brim.ach_reversal"),
    Component(RefundObject, "brim.refund"),
    Component(push_wire.FundingInstructionsObject, "funding_instructions"),
    Component(push_wire.BankTransferObject, "funding_instructions_bank_transfer"),
    Component(push_wire.FinancialAddressObject, "funding_instructions_bank_transfer_financial_address"),
    Component(push_wire.AbaObject, "funding_instructions_bank_transfer_aba_record"),
    Component(push_wire.KnownPayerObject, "brim.known_payer"),
    Component(push_wire.TransferPayerObject, "brim.incoming_transfer_payer"),
    Component(push_wire.IbanObject, "funding_instructions_bank_transfer_iban_record"),
    Component(push_wire.IncomingTransferObject, "brim.incoming_transfer"),
    Component(push_wire.ProposalObject, "brim.incoming_transfer_proposal"),
    Component(push_wire.TransferSuggestionObject, "brim.incoming_transfer_suggestion"),
    Component(DishonorObject, "brim.ach_return_dishonor"),
    Component(DishonorCodeObject, "brim.ach_return_dishonor_code"),
    Component(ContestObject, "brim.ach_return_contest"),
    Component(negative_balance_wire.NegativeBalanceObject, "brim.negative_balance"),
    Component(negative_balance_wire.BalanceStepObject, "brim.negative_balance_step"),
    Component(negative_balance_wire.ReserveObject, "brim.balance_reserve"),
    Component(ach_wire.CorrectionObject, "brim.correction"),
    Component(ach_wire.CorrectedObject, "brim.correction_bank_account"),
    Component(ach_wire.RefusalObject, "brim.correction_refusal"),
    Component(ach_wire.RailStateObject, "brim.rail_state"),
    Component(ach_wire.LiveReadinessObject, "brim.live_readiness"),
    Component(ach_wire.BlockerObject, "brim.live_blocker"),
    Component(log_wire.RequestLogObject, "brim.request_log"),
    Component(cli_wire.SessionObject, "stripecli.session"),
    *ERRORS,
)
"""Every published schema, in the order of the document."""

NAMES: Final[dict[type[msgspec.Struct], str]] = {each.struct: each.name for each in COMPONENTS}
"""The published name of each struct."""
