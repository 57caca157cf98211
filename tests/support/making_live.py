"""Makes what the example of an operation of live mode is about, on a platform without a bank."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from brim.api.framework.operation import Operation
from brim.core.direct_debits import FileStatus
from brim.testing.server import BrimServer
from brim.web.reference.catalogue import Entry
from brim.web.reference.examples import values_of
from brim.web.samples.sample import Sample
from tests.support.ach_objects import AchObjects
from tests.support.wire import Wire

NEVER_BY_KEYS: Final = {
    "PostBrimAchBankFilesBankFileApprove",
    "PostBrimAchFilesFileApprove",
    "PostBrimAchOriginatorsOriginatorActivate",
    "PostBrimAchReturnRatesSubjectApproveOverride",
    "PostBrimLineSettlementsLineSettlementConfirm",
    "PostBrimIncomingTransfersIncomingTransferApprove",
}
"""What operators do, and keys are refused."""
NEEDS_A_STATEMENT: Final = {"PostBrimBreaksBreakTakeIn", "PostBrimBreaksBreakReopen"}
"""What is about the bytes of a file that only a bank can have sent; `tests/db/test_line_settlements.py` does it."""
_PREVIEW: Final = "GetBrimAchBankFilesBankFilePreview"
"""The same, which only reads; `tests/db/test_imported_statements.py` and `tests/web/test_live_money_pages.py` do it."""

_PRENOTES: Final = "/v1/brim/prenotes"
_MICRODEPOSITS: Final = "/v1/brim/microdeposits"
_AGREED: Final = {"accepted_at": 1_793_520_000, "sec_code": "WEB", "text": "I authorize debits."}
_NEW_ORIGINATOR: Final = "PostBrimAchOriginators"
_IMPORT: Final = "PostBrimAchBankFiles"
_SETTLE: Final = "PostBrimLineSettlements"
_MAPPED: Final = ("PostBrimStatementMappings", "PostBrimStatementMappingsPreview")
_ASSIGN: Final = "PostBrimIncomingTransfersIncomingTransferAssign"
_REVERSE: Final = "PostBrimAchReversals"
_REFUND: Final = "PostBrimRefunds"
_NEW_VERIFICATIONS: Final = ("PostBrimPrenotes", "PostBrimMicrodeposits")
_VERIFY: Final = "PostBrimFundingSourcesFundingSourceVerify"
_RATES: Final = "/v1/brim/ach/return_rates"
_METHOD: Final = {
    "type": "us_bank_account",
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[routing_number]": "110000000",
}


def is_live(operation: Operation) -> bool:
    """Tell whether an operation works in live mode only."""
    verifies = operation.path.startswith((_PRENOTES, _MICRODEPOSITS))
    return operation.resource in {"ach", "ach_approvals"} or verifies or operation.operation_id == _VERIFY


def is_done_by_keys(operation: Operation) -> bool:
    """Tell whether a key can do it, perhaps after an operator has prepared it."""
    return operation.operation_id not in NEVER_BY_KEYS | NEEDS_A_STATEMENT | {_PREVIEW}


def live_sample_for(entry: Entry, server: BrimServer, account: str, folder: Path) -> Sample:
    """Return the example of an operation of live mode with the ids of objects that were just made for it."""
    operation = entry.operation
    key = server.make_key(account, livemode=True)
    path_id, values = "", values_of(operation)
    objects, wire = AchObjects(server, account, folder), Wire(server.url, key)
    if operation.operation_id in _NEW_VERIFICATIONS:
        values = {"funding_source": _authorized(objects, wire)}
    elif operation.operation_id == _SETTLE:
        values = {**values, "lines": [objects.line()]}
    elif operation.operation_id == _REVERSE:
        values = {**values, "topup": objects.sent_debit()}
    elif operation.operation_id == _REFUND:
        values = {**values, "topup": objects.paid_debit()}
    elif operation.operation_id == _IMPORT:
        values = {**values, "originator": objects.active_originator()}
    elif "{" in operation.path:
        path_id = make_live_object(operation, objects, wire)
    values = _with_what_is_there(operation, values, objects, account)
    if operation.path.endswith("/override"):
        values = {**values, "until": _tomorrow()}
    if operation.operation_id == _NEW_ORIGINATOR:  # no two may have one folder
        own = {"outgoing_folder": str(folder / "out"), "incoming_folder": str(folder / "in")}
        values = {**values, "profile": {**values["profile"], **own}}
    return Sample(operation=operation, path_id=path_id, values=values, base=server.url, key=key)


def _with_what_is_there(
    operation: Operation, values: Mapping[str, Any], objects: AchObjects, account: str
) -> Mapping[str, Any]:
    """Return an example's values, with the account or after the bank account was made that they name."""
    if operation.operation_id in _MAPPED:
        objects.originator()
    return {"account": account} if operation.operation_id == _ASSIGN else values


def make_live_object(operation: Operation, objects: AchObjects, wire: Wire) -> str:
    """Return the id of an object, just made, that an operation of live mode can be about."""
    if operation.path.startswith("/v1/brim/rails"):
        return "ach"
    for path in (_PRENOTES, _MICRODEPOSITS):
        if operation.path.startswith(path):
            return str(wire.post(path, {"funding_source": _authorized(objects, wire)}).json["id"])
    if operation.operation_id == _VERIFY:
        return str(wire.post("/v1/payment_methods", _METHOD).json["id"])
    if operation.path.startswith(_RATES):
        return _rates_of(operation, objects, wire)
    if operation.path.startswith("/v1/brim/ach/originators"):
        return objects.active_originator() if operation.path.endswith("/suspend") else objects.originator()
    return _make_of_the_bank(operation, objects)


def _make_of_the_bank(operation: Operation, objects: AchObjects) -> str:
    """Return the id of an object, just made, that has to do with what goes to the bank or comes from there."""
    if operation.path.startswith("/v1/brim/ach/files"):
        status = FileStatus.REJECTED if operation.path.endswith("/resubmit") else FileStatus.BUILT
        return objects.file(status, has_entry=True).id
    if "statement" in operation.path or "settlement" in operation.path:
        return _make_of_statements(operation, objects)
    if "bank_files" in operation.path:
        waits = operation.path.endswith(("/approve", "/reject"))
        return objects.waiting_statement() if waits else objects.bank_file()
    if operation.path.startswith("/v1/brim/incoming_transfers"):
        return objects.suspended_transfer(is_proposed=operation.path.endswith(("/approve", "/decline")))
    make = {
        "/v1/brim/known_payers": objects.known_payer,
        "/v1/brim/ach/returns": objects.ach_return,
        "/v1/brim/ach/reversals": objects.reversal,
        "/v1/brim/refunds": objects.refund,
        "/v1/brim/corrections": objects.open_correction,
    }
    return next((make[path] for path in make if operation.path.startswith(path)), objects.open_break)()


def _make_of_statements(operation: Operation, objects: AchObjects) -> str:
    """Return the id of a statement, a line, or a settlement that an operation can be about."""
    if "/statement_mappings" in operation.path:
        return objects.statement_mapping()
    if "/bank_statements" in operation.path:
        return objects.statement()
    if "/statement_lines" in operation.path:
        return objects.line()
    return objects.settlement("posted" if operation.path.endswith("/undo") else "proposed")


def _rates_of(operation: Operation, objects: AchObjects, wire: Wire) -> str:
    """Return an originator, with an override asked for where the operation is about one."""
    originator = objects.active_originator()
    if operation.path.endswith("_override"):
        asked = {"reason": "The bank knows.", "until": _tomorrow()}
        assert wire.post(f"{_RATES}/{originator}/override", asked).status == 200
    return originator


def _tomorrow() -> int:
    return int(time.time()) + 86_400


def _authorized(objects: AchObjects, wire: Wire) -> str:
    """Return a bank account that a prenote or micro-deposits can go to."""
    objects.active_originator()
    method = str(wire.post("/v1/payment_methods", _METHOD).json["id"])
    assert wire.post("/v1/brim/authorizations", {"funding_source": method, **_AGREED}).status == 200
    return method
