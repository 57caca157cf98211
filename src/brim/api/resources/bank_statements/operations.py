"""The operations on bank statements and their lines. Ours alone, for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.bank_statements import handlers
from brim.api.resources.bank_statements import params as declared
from brim.api.resources.bank_statements.wire import BankStatementObject, StatementLineObject
from brim.base.errors import ExclusiveParametersError
from brim.core.accounts import NotPlatformError

_STATEMENT: Final = f"{handlers.STATEMENTS}/{{bank_statement}}"

BANK_STATEMENTS: Final = (
    Operation(
        method="GET",
        path=handlers.STATEMENTS,
        operation_id="GetBrimBankStatements",
        summary="List bank statements",
        description=(
            "Returns the statements of your bank accounts, the last taken first. Import one as a file from the bank. "
            "Only available to platforms."
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
        description="Returns a statement with its balances, what of it is open, and the statement before it.",
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
            "Returns the lines that a statement has brought, in its order. Lines that an earlier statement or a "
            "notification had brought are listed there."
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
            "Returns the booked lines of your bank's statements, the last taken first, with what each is about. "
            "Only available to platforms."
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
        description="Returns a line of a bank statement with what it points at.",
        parameters=(),
        handler=handlers.retrieve_line,
        resource="ach",
        level="read",
        returns=StatementLineObject,
        errors=(NotPlatformError,),
    ),
)
