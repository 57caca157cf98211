"""The operations on bank statements and their lines. Ours alone, for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.ach.handlers import BREAKS
from brim.api.resources.ach.wire import BreakObject
from brim.api.resources.bank_statements import handlers, settlement_handlers
from brim.api.resources.bank_statements import params as declared
from brim.api.resources.bank_statements.settlement_wire import LineSettlementObject
from brim.api.resources.bank_statements.wire import BankStatementObject, StatementLineObject
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.direct_debits import NotTakenInError, UnfitMatchError
from brim.core.line_settlements import (
    LinesDifferError,
    LineTakenError,
    MatchedSettlementError,
    NotSettledByPartsError,
    SettlementStateError,
)
from brim.core.originators import SecondPersonError
from brim.core.reconciliation import BreakNotReopenedError, BreakResolvedError, StatementBeingAppliedError

_STATEMENT: Final = f"{handlers.STATEMENTS}/{{bank_statement}}"
_SETTLEMENT: Final = f"{settlement_handlers.SETTLEMENTS}/{{line_settlement}}"

BANK_STATEMENTS: Final = (
    Operation(
        method="GET",
        path=handlers.STATEMENTS,
        operation_id="GetBrimBankStatements",
        summary="List bank statements",
        description=(
            "Returns the statements of your bank accounts, most recently received first. To import one, import a file "
            "from the bank. Only available to platforms."
        ),
        parameters=declared.STATEMENT_LIST,
        handler=handlers.list_statements,
        resource="ach",
        level="read",
        returns=BankStatementObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_STATEMENT,
        operation_id="GetBrimBankStatementsBankStatement",
        summary="Retrieve a bank statement",
        description="Returns a statement with its balances, its open amount, and the previous statement.",
        parameters=(),
        handler=handlers.retrieve_statement,
        resource="ach",
        level="read",
        returns=BankStatementObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="GET",
        path=f"{_STATEMENT}/lines",
        operation_id="GetBrimBankStatementsBankStatementLines",
        summary="List the lines of a bank statement",
        description=(
            "Returns the new lines of a statement, in its order. A line that was already on an earlier statement or "
            "notification is listed only under that one."
        ),
        parameters=declared.STATEMENT_LINES,
        handler=handlers.list_lines_of_statement,
        resource="ach",
        level="read",
        returns=StatementLineObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=handlers.LINES,
        operation_id="GetBrimStatementLines",
        summary="List statement lines",
        description=(
            "Returns the booked lines of your bank's statements, most recently received first, with what each is "
            "matched to. Only available to platforms."
        ),
        parameters=declared.LINE_LIST,
        handler=handlers.list_lines,
        resource="ach",
        level="read",
        returns=StatementLineObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=f"{handlers.LINES}/{{statement_line}}",
        operation_id="GetBrimStatementLinesStatementLine",
        summary="Retrieve a statement line",
        description="Returns a line of a bank statement with what it is matched to.",
        parameters=(),
        handler=handlers.retrieve_line,
        resource="ach",
        level="read",
        returns=StatementLineObject,
        errors=(NotPlatformError,),
    ),
)

LINE_SETTLEMENTS: Final = (
    Operation(
        method="GET",
        path=settlement_handlers.SETTLEMENTS,
        operation_id="GetBrimLineSettlements",
        summary="List settlements of statement lines",
        description="Returns the settlements of open lines, newest first. Only available to platforms.",
        parameters=declared.SETTLEMENT_LIST,
        handler=settlement_handlers.list_settlements,
        resource="ach",
        level="read",
        returns=LineSettlementObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="POST",
        path=settlement_handlers.SETTLEMENTS,
        operation_id="PostBrimLineSettlements",
        summary="Settle statement lines",
        description=(
            "Proposes what open statement lines are: batches, returned debits, transfers, fees, money in suspense, or "
            "lines that offset each other. Nothing is posted until another operator confirms it; if there is only one "
            "operator, it is posted immediately."
        ),
        parameters=declared.SETTLEMENT_PROPOSE,
        handler=settlement_handlers.propose_settlement,
        resource="ach",
        level="write",
        returns=LineSettlementObject,
        errors=(
            NotPlatformError,
            ResourceMissingError,
            SecondPersonError,
            LinesDifferError,
            LineTakenError,
            NotSettledByPartsError,
            UnfitMatchError,
            StatementBeingAppliedError,
        ),
    ),
    Operation(
        method="GET",
        path=_SETTLEMENT,
        operation_id="GetBrimLineSettlementsLineSettlement",
        summary="Retrieve a settlement of statement lines",
        description="Returns a settlement with its lines and actions.",
        parameters=(),
        handler=settlement_handlers.retrieve_settlement,
        resource="ach",
        level="read",
        returns=LineSettlementObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path=f"{_SETTLEMENT}/confirm",
        operation_id="PostBrimLineSettlementsLineSettlementConfirm",
        summary="Confirm a settlement of statement lines",
        description=(
            "Confirms what another operator proposed: the settlement is posted, or undone. Not available to API keys: "
            "an operator does this in the dashboard."
        ),
        parameters=declared.SETTLEMENT_CONFIRM,
        handler=settlement_handlers.confirm_settlement,
        resource="ach_approvals",
        level="write",
        returns=LineSettlementObject,
        errors=(
            NotPlatformError,
            SecondPersonError,
            SettlementStateError,
            LineTakenError,
            UnfitMatchError,
            MatchedSettlementError,
            StatementBeingAppliedError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{_SETTLEMENT}/reject",
        operation_id="PostBrimLineSettlementsLineSettlementReject",
        summary="Reject a settlement of statement lines",
        description=(
            "Rejects or withdraws a proposed settlement, which reopens its lines, or a proposal to undo a posted one, "
            "which stays posted."
        ),
        parameters=(),
        handler=settlement_handlers.reject_settlement,
        resource="ach",
        level="write",
        returns=LineSettlementObject,
        errors=(NotPlatformError, SecondPersonError, SettlementStateError, StatementBeingAppliedError),
    ),
    Operation(
        method="POST",
        path=f"{_SETTLEMENT}/undo",
        operation_id="PostBrimLineSettlementsLineSettlementUndo",
        summary="Undo a settlement of statement lines",
        description=(
            "Proposes to undo a posted settlement with a reversing entry, which reopens its lines. Another operator "
            "confirms it; if there is only one operator, it is undone immediately. A batch waits for its line again, "
            "and its succeeded top-ups stay succeeded. A settlement can't be undone once one of the batch's debits has "
            "been returned, reversed or refunded, nor if it names returned debits, transfers or refunds."
        ),
        parameters=declared.SETTLEMENT_UNDO,
        handler=settlement_handlers.undo_settlement,
        resource="ach",
        level="write",
        returns=LineSettlementObject,
        errors=(
            NotPlatformError,
            SecondPersonError,
            SettlementStateError,
            MatchedSettlementError,
            StatementBeingAppliedError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{BREAKS}/{{break}}",
        operation_id="PostBrimBreaksBreak",
        summary="Update a break",
        description="Sets the owner of a break, and a note about it. The break stays open.",
        parameters=declared.BREAK_UPDATE,
        handler=settlement_handlers.update_break,
        resource="ach",
        level="write",
        returns=BreakObject,
        errors=(NotPlatformError, SecondPersonError),
    ),
    Operation(
        method="POST",
        path=f"{BREAKS}/{{break}}/reopen",
        operation_id="PostBrimBreaksBreakReopen",
        summary="Reopen a break",
        description=(
            "Reopens a break about a statement or statement line that was resolved by mistake. Resolving it posted "
            "nothing, so nothing is reversed. To reopen a line that was settled, undo its settlement instead."
        ),
        parameters=declared.BREAK_REOPEN,
        handler=settlement_handlers.reopen_break,
        resource="ach",
        level="write",
        returns=BreakObject,
        errors=(NotPlatformError, SecondPersonError, BreakNotReopenedError, StatementBeingAppliedError),
    ),
    Operation(
        method="POST",
        path=f"{BREAKS}/{{break}}/take_in",
        operation_id="PostBrimBreaksBreakTakeIn",
        summary="Import the lines of a break as new",
        description=(
            "Imports the lines of a break as new: the lines of a statement that may be a repeat, or a line that may "
            "already be known. They become open lines, and nothing is posted until they are settled. The break is "
            "resolved."
        ),
        parameters=(),
        handler=settlement_handlers.take_in,
        resource="ach",
        level="write",
        returns=BreakObject,
        errors=(NotPlatformError, SecondPersonError, BreakResolvedError, NotTakenInError, StatementBeingAppliedError),
    ),
)
