"""Statements that people import: they are posted once another person has approved them (ADR 32).

What the bank's own channel brings needs nobody. The table holds the same: 0053.
"""

import hashlib
from typing import Final

import msgspec

from brim.base.actor import Actor, ActorKind
from brim.base.errors import BrimError, KeptRefusalError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.direct_debits import file_store
from brim.core.direct_debits.announcing import announce_bank_file
from brim.core.direct_debits.file_store import BankFile, bank_file_place
from brim.core.direct_debits.rules import BytesForgottenError
from brim.core.events import EventType, Renderers
from brim.core.originators import (
    Originator,
    SecondPersonError,
    check_is_person,
    check_not_key,
    find_originator,
    name_of,
)
from brim.core.reconciliation.formats import is_mapped
from brim.core.statement_mappings import SavedMapping, find_mapping
from brim.platform.database import Conn
from brim.platform.vault import Vault

AWAITING: Final = "awaiting_approval"
REJECTED: Final = "rejected"
APPROVABLE: Final = (AWAITING, REJECTED)
"""Where a file stands that a person can approve."""
_BY_ITSELF: Final = Actor(kind=ActorKind.JOB, name="statements")


class BankFileStateError(KeptRefusalError):
    """The bank file's status has changed, or doesn't allow approving or rejecting it."""

    def __init__(self, file: BankFile, wanted: str) -> None:
        super().__init__(f"The bank file {file.id} is {file.status}, and cannot be {wanted}. Retrieve it again.")


class BankFileSeenOtherwiseError(BrimError):
    """What would be posted has changed since it was seen."""

    def __init__(self, file_id: str, reason: str) -> None:
        super().__init__(f"The bank file {file_id} is not approved: {reason}")


def mapping_version(saved: SavedMapping) -> str:
    """Return what names a version of a mapping, such as `stmap_.../3`."""
    return f"{saved.id}/{saved.version}"


async def mapping_of(conn: Conn, originator: Originator, content: bytes) -> str | None:
    """Return the version of the mapping by which a file is read now; None for no CSV, or without a mapping."""
    if not is_mapped(content):
        return None
    saved = await find_mapping(conn, originator.scope, originator.profile.bank_account)
    return None if saved is None else mapping_version(saved)


def check_approves_import(by: Actor, file: BankFile, *, approvers: int) -> None:
    """Let an actor pass who may approve an imported statement.

    Raises:
        SecondPersonError: an API key would, or a command where operators could; or who has imported or rejected it.
    """
    check_is_person(by)
    if approvers <= 1:
        return
    if by.kind is ActorKind.CLI:
        raise SecondPersonError("There are operators who can approve this. One of them has to, in the dashboard.")
    if name_of(by) == file.imported_by:
        raise SecondPersonError("You imported this file, so another operator has to approve it.")
    if name_of(by) == file.rejected_by:
        raise SecondPersonError("You rejected this file, so another operator has to approve it.")


async def read_bank_bytes(conn: Conn, vault: Vault, scope: AccountScope, file: BankFile) -> bytes:
    """Return the bytes of a file from the bank.

    Raises:
        BytesForgottenError: they were removed by age.
        BankFileSeenOtherwiseError: they are not those that were stored.
    """
    kept = await file_store.find_bank_bytes(conn, scope, file.id)
    if kept is None or kept.sealed is None:
        raise BytesForgottenError(file.id)
    content = vault.open(kept.sealed, place=bank_file_place(scope, file.id))
    if hashlib.sha256(content).digest() != file.sha256:
        raise BankFileSeenOtherwiseError(file.id, "its bytes are not those that were stored.")
    return content


async def approve_bank_file(  # noqa: PLR0913  what was seen of the file, by whom
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    scope: AccountScope,
    file_id: str,
    *,
    sha256: bytes,
    mapping: str | None,
    expected_status: str | None,
    approvers: int,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> BankFile:
    """Approve the bytes of a statement that somebody has imported, in the caller's transaction; a worker applies it.

    Args:
        conn: the transaction.
        vault: decrypts the bytes.
        renderers: write what events show.
        scope: the platform.
        file_id: which file.
        sha256: the hash of the bytes that the approver has seen.
        mapping: the version of the mapping by which they have seen them, as the preview names it; None for no CSV.
        expected_status: where they have seen it stand, one of `APPROVABLE`; None for either.
        approvers: how many operators have to do with live money.
        by: who approves.
        now_ms: Unix milliseconds.
        ids: makes the id of the audit entry.

    Raises:
        ResourceMissingError: there is no such file.
        SecondPersonError: see `check_approves_import`.
        BankFileStateError: it does not stand at `expected_status`.
        BankFileSeenOtherwiseError: it has another hash, or is read by another version of a mapping.
        BytesForgottenError: its bytes are gone.
    """
    before = await _hold(
        conn, scope, file_id, expected=(expected_status,) if expected_status else APPROVABLE, wanted="approved"
    )
    check_approves_import(by, before, approvers=approvers)
    if sha256 != before.sha256:
        raise BankFileSeenOtherwiseError(file_id, "its hash differs from the approved one.")
    originator = await find_originator(conn, scope, before.originator)
    content = await read_bank_bytes(conn, vault, scope, before)
    current = await mapping_of(conn, originator, content)
    if is_mapped(content) and current is None:
        raise BankFileSeenOtherwiseError(file_id, "its bank account has no mapping for CSV statements.")
    if mapping != current:
        raise BankFileSeenOtherwiseError(
            file_id, "the mapping of its bank account has changed. Check the preview again."
        )
    after = msgspec.structs.replace(
        before,
        status="received",
        approved_by=name_of(by),
        approved_ms=now_ms,
        approved_mapping=current,
        one_person=approvers <= 1,
    )
    await file_store.approve_bank_file(conn, scope, after)
    alone = ", without a second person: no other operator handles live money" if after.one_person else ""
    read_by = f", mapping {current}" if current else ""
    detail = f"SHA-256 {before.sha256.hex()}{read_by}{alone}"
    await record_import(conn, scope, by, Action.BANK_FILE_APPROVED, before, after, detail, now_ms=now_ms, ids=ids)
    await announce_bank_file(conn, renderers, scope, after, EventType.BANK_FILE_APPROVED, now_ms=now_ms, ids=ids)
    return after


async def reject_bank_file(  # noqa: PLR0913  why, by whom
    conn: Conn,
    renderers: Renderers,
    scope: AccountScope,
    file_id: str,
    *,
    reason: str,
    by: Actor,
    approvers: int,
    now_ms: int,
    ids: IdFactory,
) -> BankFile:
    """Reject a statement that waits for approval, or withdraw one's own, in the caller's transaction.

    Raises:
        ResourceMissingError: there is no such file.
        SecondPersonError: an API key would, where operators could.
        BankFileStateError: it does not wait for approval.
    """
    check_not_key(by, approvers=approvers)
    before = await _hold(conn, scope, file_id, expected=(AWAITING,), wanted="rejected")
    after = msgspec.structs.replace(
        before, status=REJECTED, rejected_by=name_of(by), rejected_ms=now_ms, reject_reason=reason
    )
    await file_store.reject_bank_file(conn, scope, after)
    await record_import(conn, scope, by, Action.BANK_FILE_REJECTED, before, after, None, now_ms=now_ms, ids=ids)
    await announce_bank_file(conn, renderers, scope, after, EventType.BANK_FILE_REJECTED, now_ms=now_ms, ids=ids)
    return after


async def deliver_bank_file(
    conn: Conn, renderers: Renderers, scope: AccountScope, before: BankFile, *, now_ms: int, ids: IdFactory
) -> BankFile:
    """Write that the bank's own channel has brought an imported file, too: it is applied without an approval."""
    status = "received" if before.status in APPROVABLE else before.status
    after = msgspec.structs.replace(before, delivered_ms=now_ms, status=status)
    await file_store.deliver_bank_file(conn, scope, before.id, now_ms=now_ms)
    action = Action.BANK_FILE_DELIVERED
    await record_import(conn, scope, _BY_ITSELF, action, before, after, None, now_ms=now_ms, ids=ids)
    if status != before.status:
        await announce_bank_file(conn, renderers, scope, after, EventType.BANK_FILE_DELIVERED, now_ms=now_ms, ids=ids)
    return after


async def is_approval_void(
    conn: Conn,
    renderers: Renderers,
    originator: Originator,
    file: BankFile,
    content: bytes,
    *,
    now_ms: int,
    ids: IdFactory,
) -> bool:
    """Tell whether the mapping of a file has changed since it was approved; it waits for another approval then."""
    if file.approved_by is None or file.delivered_ms is not None or file.one_person:
        return False
    if await mapping_of(conn, originator, content) == file.approved_mapping:
        return False
    after = msgspec.structs.replace(file, status=AWAITING, approved_by=None, approved_ms=None, approved_mapping=None)
    await file_store.void_bank_file_approval(conn, originator.scope, file.id)
    detail = f"approved with mapping {file.approved_mapping}"
    action = Action.BANK_FILE_APPROVAL_VOIDED
    await record_import(conn, originator.scope, _BY_ITSELF, action, file, after, detail, now_ms=now_ms, ids=ids)
    kind = EventType.BANK_FILE_AWAITING_APPROVAL
    await announce_bank_file(conn, renderers, originator.scope, after, kind, now_ms=now_ms, ids=ids)
    return True


async def _hold(conn: Conn, scope: AccountScope, file_id: str, *, expected: tuple[str, ...], wanted: str) -> BankFile:
    """Return a file that the transaction holds; one that a worker applies now is not waited for."""
    seen = (await file_store.fetch_bank_files(conn, scope, [file_id])).get(file_id)
    if seen is None:
        raise ResourceMissingError("bank file", file_id, param="bank_file", in_path=True)
    if seen.status not in expected:
        raise BankFileStateError(seen, wanted)
    held = await file_store.lock_bank_file(conn, scope, file_id)
    if held is None:
        raise RuntimeError("a file from the bank that was just read is not there")
    if held.status not in expected:
        raise BankFileStateError(held, wanted)
    return held


async def record_import(  # noqa: PLR0913  an audit entry
    conn: Conn,
    scope: AccountScope,
    by: Actor,
    action: Action,
    before: BankFile | None,
    after: BankFile,
    detail: str | None,
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Write an audit entry about an imported file."""
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.BANK_FILE,
        object_id=after.id,
        before=before,
        after=after,
        detail=detail,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
