"""Live top-ups by direct debit: queued at their cut-off, sent in files, confirmed or returned by what the bank sends.

No top-up succeeds without the bank's word. Files and what comes from the bank belong to the platform. ACH and SEPA
share everything but what their files look like and what banks say of them: `encoding` and `bank_files` for ACH,
`messages`, `status_reports` and `collection_lines` for SEPA. Neighbours: `rails` has the formats and the calendars,
`originators` who debits, `reconciliation` the statements, `topups` what becomes of the money. Start reading at
`rules`, then `claiming`, `building`, `sending`, `incoming`; `prenotes` verify bank accounts by the same files.

Rows are held in one order, so that no two wait for each other: an account's clock, originator, file, top-ups or
prenotes, entries, reversals and refunds, funding instructions, then bank accounts and the ledger. Who holds a file may
share a clock afterwards: nobody who moves or removes a clock waits for a file.
"""

from brim.core.direct_debits.bank_servers import CREDENTIALS_FOLDER, BankServers
from brim.core.direct_debits.building import build_due, build_file
from brim.core.direct_debits.checking_exchange import Finding, check_exchange
from brim.core.direct_debits.claiming import JOB, MAX_BATCH, Claiming, check_not_collected
from brim.core.direct_debits.comparing import Comparison, GivenFile, ListMissingError, compare_sent
from brim.core.direct_debits.correcting import refuse_correction, resolve_break
from brim.core.direct_debits.credits import check_credits_by_second_person, who_requested_what_it_ends
from brim.core.direct_debits.csv_mappings import (
    PREVIEW_BYTES,
    create_statement_mapping,
    preview_statement,
    update_statement_mapping,
)
from brim.core.direct_debits.disputing import dishonor_return, end_contests, read_standing
from brim.core.direct_debits.downloads import Download, download_bank_file, download_file
from brim.core.direct_debits.ending import settle_prenote_files
from brim.core.direct_debits.entry_store import Total, count_returns, list_entries_of_topups
from brim.core.direct_debits.file_store import (
    BankFile,
    FilesStanding,
    FilesWaiting,
    FoundBatch,
    list_batches,
    outstanding_files,
    unapproved_bank_files,
    waiting_bank_files,
)
from brim.core.direct_debits.imported_statements import (
    APPROVABLE,
    AWAITING,
    BankFileSeenOtherwiseError,
    BankFileStateError,
    approve_bank_file,
    check_approves_import,
    reject_bank_file,
)
from brim.core.direct_debits.incoming import Incoming, TakenFile, state_all_imported, store_bank_file
from brim.core.direct_debits.learning_sent import CompareError
from brim.core.direct_debits.lineage_store import note_restored
from brim.core.direct_debits.microdeposit_entries import SOURCE_TYPE as MICRODEPOSITS_SOURCE_TYPE
from brim.core.direct_debits.microdeposit_rules import Limit, MicrodepositLimitError, MicrodepositsOffError, expires_ms
from brim.core.direct_debits.microdeposits import (
    count_of_platform,
    list_microdeposits,
    retrieve_microdeposits,
    start_microdeposits,
    verify_by_microdeposits,
)
from brim.core.direct_debits.outlook import Cutoff, Outlook, next_cutoffs, read_now, read_outlook
from brim.core.direct_debits.prenote_rules import (
    PRENOTE_PREFIX,
    MicrodepositsPendingError,
    Prenote,
    PrenotePendingError,
    PrenoteStatus,
)
from brim.core.direct_debits.prenotes import JOB as PRENOTE_JOB
from brim.core.direct_debits.prenotes import (
    Prenoting,
    forget_prenote_exceptions,
    list_prenotes,
    retrieve_prenote,
    start_prenote,
)
from brim.core.direct_debits.previewing import (
    LARGEST_PREVIEWED,
    MOST_PREVIEWED,
    Outcome,
    Preview,
    PreviewedLine,
    PreviewedStatement,
    Previews,
)
from brim.core.direct_debits.profiles import save_originator
from brim.core.direct_debits.queue import AchFileQueue, AchPrenoteQueue, AchTopupQueue
from brim.core.direct_debits.readiness import read_readiness
from brim.core.direct_debits.reading_store import read_readings
from brim.core.direct_debits.refund_outcomes import end_unanswered_refunds
from brim.core.direct_debits.refunding import RefundRequest, cancel_refund, request_refund
from brim.core.direct_debits.retry_rules import may_be_retried
from brim.core.direct_debits.retrying import find_retry, read_standings
from brim.core.direct_debits.reversing import end_unanswered_reversals, request_reversal
from brim.core.direct_debits.rules import (
    BANK_FILE_PREFIX,
    BANK_FILE_STATUSES,
    FILE_PREFIX,
    FILE_TRANSITIONS,
    MICRODEPOSITS_PREFIX,
    AchFile,
    Approval,
    BytesForgottenError,
    Entry,
    EntryStatus,
    FileChangedError,
    FileStateError,
    FileStatus,
    NoCollectionError,
    NotConfirmedError,
    RetryStanding,
    TooLateToCancelError,
    UnexpectedStatusError,
)
from brim.core.direct_debits.sending import report_silence, send_due, void_late
from brim.core.direct_debits.sent_lists import hand_over, list_unknown_files, read_sent_lists
from brim.core.direct_debits.service import (
    EntryPage,
    FileReview,
    FileWithBatches,
    approve_file,
    check_approver,
    find_file,
    find_preparers,
    list_lines_of_topup,
    page_bank_files,
    page_entries,
    page_files,
    resubmit_file,
    retrieve_bank_file,
    retrieve_file,
    review_file,
    void_file,
)
from brim.core.direct_debits.settling import HandMatches, UnfitMatchError
from brim.core.direct_debits.sftp_exchange import SftpExchange
from brim.core.direct_debits.sftp_reading import SftpReading
from brim.core.direct_debits.taking_in import NotTakenInError, take_in
from brim.core.direct_debits.trouble import report_over_cap

__all__ = [
    "APPROVABLE",
    "AWAITING",
    "BANK_FILE_PREFIX",
    "BANK_FILE_STATUSES",
    "CREDENTIALS_FOLDER",
    "FILE_PREFIX",
    "FILE_TRANSITIONS",
    "JOB",
    "LARGEST_PREVIEWED",
    "MAX_BATCH",
    "MICRODEPOSITS_PREFIX",
    "MICRODEPOSITS_SOURCE_TYPE",
    "MOST_PREVIEWED",
    "PRENOTE_JOB",
    "PRENOTE_PREFIX",
    "PREVIEW_BYTES",
    "AchFile",
    "AchFileQueue",
    "AchPrenoteQueue",
    "AchTopupQueue",
    "Approval",
    "BankFile",
    "BankFileSeenOtherwiseError",
    "BankFileStateError",
    "BankServers",
    "BytesForgottenError",
    "Claiming",
    "CompareError",
    "Comparison",
    "Cutoff",
    "Download",
    "Entry",
    "EntryPage",
    "EntryStatus",
    "FileChangedError",
    "FileReview",
    "FileStateError",
    "FileStatus",
    "FileWithBatches",
    "FilesStanding",
    "FilesWaiting",
    "Finding",
    "FoundBatch",
    "GivenFile",
    "HandMatches",
    "Incoming",
    "Limit",
    "ListMissingError",
    "MicrodepositLimitError",
    "MicrodepositsOffError",
    "MicrodepositsPendingError",
    "NoCollectionError",
    "NotConfirmedError",
    "NotTakenInError",
    "Outcome",
    "Outlook",
    "Prenote",
    "PrenotePendingError",
    "PrenoteStatus",
    "Prenoting",
    "Preview",
    "PreviewedLine",
    "PreviewedStatement",
    "Previews",
    "RefundRequest",
    "RetryStanding",
    "SftpExchange",
    "SftpReading",
    "TakenFile",
    "TooLateToCancelError",
    "Total",
    "UnexpectedStatusError",
    "UnfitMatchError",
    "approve_bank_file",
    "approve_file",
    "build_due",
    "build_file",
    "cancel_refund",
    "check_approver",
    "check_approves_import",
    "check_credits_by_second_person",
    "check_exchange",
    "check_not_collected",
    "compare_sent",
    "count_of_platform",
    "count_returns",
    "create_statement_mapping",
    "dishonor_return",
    "download_bank_file",
    "download_file",
    "end_contests",
    "end_unanswered_refunds",
    "end_unanswered_reversals",
    "expires_ms",
    "find_file",
    "find_preparers",
    "find_retry",
    "forget_prenote_exceptions",
    "hand_over",
    "list_batches",
    "list_entries_of_topups",
    "list_lines_of_topup",
    "list_microdeposits",
    "list_prenotes",
    "list_unknown_files",
    "may_be_retried",
    "next_cutoffs",
    "note_restored",
    "outstanding_files",
    "page_bank_files",
    "page_entries",
    "page_files",
    "preview_statement",
    "read_now",
    "read_outlook",
    "read_readiness",
    "read_readings",
    "read_sent_lists",
    "read_standing",
    "read_standings",
    "refuse_correction",
    "reject_bank_file",
    "report_over_cap",
    "report_silence",
    "request_refund",
    "request_reversal",
    "resolve_break",
    "resubmit_file",
    "retrieve_bank_file",
    "retrieve_file",
    "retrieve_microdeposits",
    "retrieve_prenote",
    "review_file",
    "save_originator",
    "send_due",
    "settle_prenote_files",
    "start_microdeposits",
    "start_prenote",
    "state_all_imported",
    "store_bank_file",
    "take_in",
    "unapproved_bank_files",
    "update_statement_mapping",
    "verify_by_microdeposits",
    "void_file",
    "void_late",
    "waiting_bank_files",
    "who_requested_what_it_ends",
]
