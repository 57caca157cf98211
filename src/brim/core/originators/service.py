"""Write down originators and authorizations, activate, suspend, stop and resume; each with its audit entry."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.installation import find_kind, wrong_with_bank, wrong_with_bic
from brim.core.originators import store
from brim.core.originators.rules import (
    AUTHORIZATION_PREFIX,
    ORIGINATOR_PREFIX,
    Authorization,
    MandateReferenceTakenError,
    MandateTermsError,
    Originator,
    OriginatorNotNamedError,
    OriginatorStateError,
    OriginatorStatus,
    ProfileChange,
    UnexpectedVersionError,
    check_person,
    name_of,
    signed_lapse,
)
from brim.core.originators.store import Folders, Stop, StoredOriginator
from brim.core.rails.ach import (
    MANDATES,
    Microdeposits,
    OriginatorProfile,
    ProfileError,
    SecCode,
    TransferPayers,
    TransferPolicy,
    Transfers,
    check_profile,
    is_sftp,
    overlap,
)
from brim.core.rails.sepa import (
    IbanInvalidError,
    MandateReferenceInvalidError,
    SequenceType,
    check_iban,
    check_mandate_reference,
    identifier_of,
    lapses_on,
)
from brim.core.reconciliation import has_lines
from brim.platform.database import Conn
from brim.platform.vault import SecretUnreadableError, Vault

_SHOWN: int = 4


async def save_originator(
    conn: Conn, vault: Vault, scope: AccountScope, change: ProfileChange, *, by: Actor, now_ms: int, ids: IdFactory
) -> Originator:
    """Write an originator's profile: a new draft, or a change of one, in the caller's transaction.

    A change of an active originator takes effect on what is made from then on, and needs no new activation unless it
    changes where money goes, or lifts what limits it: then it is suspended until it is activated again.

    Args:
        conn: the transaction.
        vault: encrypts the bank account's number.
        scope: the platform.
        change: the whole profile, and of which originator.
        by: who does it.
        now_ms: the time.
        ids: makes the id.

    Raises:
        ProfileError: no file could be made with it, or it names a bank that this installation may not deal with, a
            folder that another originator has, or a ledger account that is of another bank account.
        ResourceMissingError: there is no such originator.
        UnexpectedVersionError: somebody else has changed the profile meanwhile.
    """
    change = _checked(change)
    profile, account_number = change.profile, change.account_number
    await _check_bank(conn, profile)
    await _check_folders(conn, scope, change.originator_id, profile)
    if change.originator_id is None:
        if account_number is None:
            raise ResourceMissingError("bank account number", "", param="account_number")
        await _check_ledger_name(conn, vault, scope, None, change)
        await _check_one_name(conn, vault, scope, None, change)
        new_id = ids.new_at(ORIGINATOR_PREFIX, now_ms)
        originator = Originator(
            scope=scope,
            id=new_id,
            profile=profile,
            last4=account_number[-_SHOWN:],
            created_ms=now_ms,
            changed_by=name_of(by),
        )
        await store.insert_originator(conn, originator, _seal(vault, originator, account_number))
        await _record(conn, by, Action.ORIGINATOR_MADE, None, originator, now_ms=now_ms, ids=ids)
        return originator
    before, sealed = await _lock(conn, scope, change.originator_id)
    _check_version(before, change.expected_version)
    if before.profile.rail != profile.rail:
        raise ProfileError("sepa", f"this originator collects by {before.profile.rail}. Create another one.")
    await _check_ledger_name(conn, vault, scope, StoredOriginator(before, sealed), change)
    await _check_one_name(conn, vault, scope, StoredOriginator(before, sealed), change)
    after = msgspec.structs.replace(
        before,
        profile=profile,
        version=before.version + 1,
        changed_by=name_of(by),
        last4=before.last4 if account_number is None else account_number[-_SHOWN:],
    )
    if before.status is OriginatorStatus.ACTIVE and (
        account_number or _redirects(before.profile, profile) or _loosens(before.profile, profile)
    ):
        after = msgspec.structs.replace(after, status=OriginatorStatus.SUSPENDED)
    if account_number is not None:
        sealed = _seal(vault, after, account_number)
    await store.update_originator(conn, after, sealed)
    await _record(conn, by, Action.ORIGINATOR_UPDATED, before, after, now_ms=now_ms, ids=ids)
    return after


async def activate_originator(
    conn: Conn,
    scope: AccountScope,
    originator_id: str,
    *,
    approvers: int,
    expected_version: int | None = None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Originator:
    """Let live top-ups be collected through an originator, in the caller's transaction.

    Raises:
        ResourceMissingError: there is no such originator.
        OriginatorStateError: it is active, or another one of the platform is that collects by the same rail.
        SecondPersonError: whoever wrote its profile may not activate it, nor may a key.
        UnexpectedVersionError: its profile is not the one that was seen, of `expected_version`.
        ProfileError: it names a bank that this installation may not deal with, or a folder that another originator has.
    """
    before, sealed = await _lock(conn, scope, originator_id)
    others = [other.originator for other in await store.list_originators(conn, scope)]
    of_rail = [other for other in others if other.profile.rail == before.profile.rail]
    if any(other.status is OriginatorStatus.ACTIVE for other in of_rail):
        raise OriginatorStateError(before, OriginatorStatus.ACTIVE)
    check_person(by, prepared_by=before.changed_by, approvers=approvers)
    _check_version(before, expected_version)
    await _check_bank(conn, before.profile)
    await _check_folders(conn, scope, originator_id, before.profile)
    after = msgspec.structs.replace(
        before, status=OriginatorStatus.ACTIVE, activated_ms=now_ms, activated_by=name_of(by)
    )
    await store.update_originator(conn, after, sealed)
    await _record(conn, by, Action.ORIGINATOR_ACTIVATED, before, after, now_ms=now_ms, ids=ids)
    return after


async def suspend_originator(
    conn: Conn, scope: AccountScope, originator_id: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> Originator:
    """Let nothing new be made through an originator, in the caller's transaction; what is under way is followed.

    Raises:
        ResourceMissingError: there is no such originator.
        OriginatorStateError: it is not active.
    """
    before, sealed = await _lock(conn, scope, originator_id)
    if before.status is not OriginatorStatus.ACTIVE:
        raise OriginatorStateError(before, OriginatorStatus.SUSPENDED)
    after = msgspec.structs.replace(before, status=OriginatorStatus.SUSPENDED)
    await store.update_originator(conn, after, sealed)
    await _record(conn, by, Action.ORIGINATOR_SUSPENDED, before, after, now_ms=now_ms, ids=ids)
    return after


async def find_originator(conn: Conn, scope: AccountScope, originator_id: str) -> Originator:
    """Return an originator of a platform.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    for stored in await store.list_originators(conn, scope):
        if stored.originator.id == originator_id:
            return stored.originator
    raise _missing(originator_id)


async def hold_originator(conn: Conn, scope: AccountScope, originator_id: str) -> Originator:
    """Return an originator, locked against changes to its profile until the caller's transaction ends.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return (await _lock(conn, scope, originator_id)).originator


async def choose_originator(conn: Conn, scope: AccountScope, originator_id: str | None) -> Originator:
    """Return the originator that is named, or the only one, of those that are, or were, active.

    Raises:
        ResourceMissingError: there is none of that id, or it is a draft.
        OriginatorNotNamedError: none is named, and there is not exactly one.
    """
    known = [each for each in await list_originators(conn, scope) if each.status is not OriginatorStatus.DRAFT]
    if originator_id is None:
        if len(known) != 1:
            raise OriginatorNotNamedError
        return known[0]
    for each in known:
        if each.id == originator_id:
            return each
    raise ResourceMissingError("originator that is, or was, active", originator_id, param="originator")


async def list_originators(conn: Conn, scope: AccountScope) -> list[Originator]:
    """Return a platform's originators, oldest first."""
    return [stored.originator for stored in await store.list_originators(conn, scope)]


async def list_active_originators(conn: Conn) -> list[Originator]:
    """Return the originators of all platforms whose money moves, suspended ones too."""
    return await store.list_active_originators(conn)


async def read_account_number(conn: Conn, vault: Vault, originator: Originator) -> str:
    """Return the number of an originator's bank account, as the bank's statements have it.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read what is encrypted.
        ResourceMissingError: the originator is gone.
    """
    for stored in await store.list_originators(conn, originator.scope):
        if stored.originator.id == originator.id:
            return vault.open(stored.sealed, place=_place(originator)).decode()
    raise _missing(originator.id)


async def stop_rail(
    conn: Conn,
    scope: AccountScope,
    *,
    rail: str,
    account: str | None,
    reason: str,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> bool:
    """Stop a rail for a platform, or for one of its accounts, in the caller's transaction; return whether it ran.

    New top-ups are refused, no file is made and none is sent, until it is resumed. A file that is just being placed
    into the bank's folder is waited for: once the stop is confirmed, nothing leaves any more. One that is on its way to
    a server by then, and listed as left, is not waited for.
    """
    await store.wait_for_sending(conn, scope, rail)
    stop = Stop(rail=rail, stopped_account=account or "", reason=reason, stopped_by=name_of(by), stopped_ms=now_ms)
    is_new = await store.insert_stop(conn, scope, stop)
    if is_new:
        detail = f"{rail} {account or 'for all accounts'}: {reason}"
        await audit.record(conn, by, Action.RAIL_STOPPED, scope=scope, detail=detail, now_ms=now_ms, ids=ids)
    return is_new


async def may_send(conn: Conn, scope: AccountScope, rail: str) -> bool:
    """Return whether a platform's rail is running; until the transaction ends, nobody can stop it."""
    await store.hold_sending(conn, scope, rail)
    stops = await store.list_stops(conn, scope)
    return not any(stop.rail == rail and not stop.stopped_account for stop in stops)


async def resume_rail(
    conn: Conn, scope: AccountScope, *, rail: str, account: str | None, by: Actor, now_ms: int, ids: IdFactory
) -> bool:
    """Let a rail go on, in the caller's transaction; return whether it was stopped."""
    was_stopped = await store.delete_stop(conn, scope, rail=rail, stopped_account=account or "")
    if was_stopped:
        detail = f"{rail} {account or 'for all accounts'}"
        await audit.record(conn, by, Action.RAIL_RESUMED, scope=scope, detail=detail, now_ms=now_ms, ids=ids)
    return was_stopped


async def authorize(  # noqa: PLR0913  what was agreed to, by whom, how that is known
    conn: Conn,
    scope: AccountScope,
    *,
    funding_source: str,
    sec_code: SecCode,
    text: str,
    accepted_ms: int,
    evidence: Mapping[str, Any],
    mandate_reference: str | None = None,
    sequence_type: SequenceType | None = None,
    confirmed_ms: int | None = None,
    last_collected_on: date | None = None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Authorization:
    """Write down that the holder of a bank account agreed to debits, in the caller's transaction.

    An earlier one for the same bank account ends by that, and is kept. A mandate (the class is CORE or B2B) has a
    reference: the one that is given, which another mandate of the platform must not have, or its own id. It is
    recurrent unless it is said to be for one collection. `confirmed_ms` is when the debtor confirmed one of B2B to
    their bank, and `last_collected_on` the day of the last collection under it, where others have collected.

    Raises:
        MandateTermsError: what is said cannot be said of such an authorization.
        MandateReferenceInvalidError: the reference cannot be sent to banks, or no mandate has one.
        MandateReferenceTakenError: another mandate of the platform, the creditor, has it.
    """
    authorization_id = ids.new_at(AUTHORIZATION_PREFIX, now_ms)
    _check_mandate_terms(sec_code, sequence_type, confirmed_ms, last_collected_on)
    lapse: date | None = None
    if sec_code in MANDATES:
        lapse = signed_lapse(accepted_ms) if last_collected_on is None else lapses_on(last_collected_on)
        sequence_type = sequence_type or SequenceType.RECURRENT
        mandate_reference = mandate_reference or identifier_of(authorization_id)
        check_mandate_reference(mandate_reference, param="mandate_reference")
        if await store.is_reference_taken(conn, scope, mandate_reference):
            raise MandateReferenceTakenError(mandate_reference)
    elif mandate_reference is not None:
        reason = f"an authorization of the class {sec_code} has none"
        raise MandateReferenceInvalidError(reason, param="mandate_reference")
    authorization = Authorization(
        scope=scope,
        id=authorization_id,
        funding_source=funding_source,
        sec_code=sec_code,
        text=text,
        accepted_ms=accepted_ms,
        evidence=evidence,
        created_ms=now_ms,
        mandate_reference=mandate_reference,
        sequence_type=sequence_type,
        confirmed_ms=confirmed_ms,
        lapses_on=lapse,
    )
    await store.replace_authorization(conn, authorization, reason="replaced")
    await audit.record(
        conn,
        by,
        Action.AUTHORIZATION_MADE,
        object_type=ObjectType.AUTHORIZATION,
        object_id=authorization.id,
        after=authorization,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return authorization


def _check_mandate_terms(
    sec_code: SecCode, sequence_type: SequenceType | None, confirmed_ms: int | None, last_collected_on: date | None
) -> None:
    for param, given in {"sequence_type": sequence_type, "last_collected_on": last_collected_on}.items():
        if given is not None and sec_code not in MANDATES:
            raise MandateTermsError(
                f"An authorization of the class {sec_code} isn't a mandate: leave it out.", param=param
            )
    if last_collected_on is not None and sequence_type is SequenceType.ONE_OFF:
        raise MandateTermsError(
            "A mandate for one collection that was collected cannot be used.", param="last_collected_on"
        )
    if confirmed_ms is not None and sec_code is not SecCode.B2B:
        raise MandateTermsError("Only B2B mandates are confirmed to a bank.", param="confirmed_at")


def _checked(change: ProfileChange) -> ProfileChange:
    """Return a change whose profile files can be made with; an IBAN is written as banks do."""
    check_profile(change.profile)
    if change.profile.sepa is None or change.account_number is None:
        return change
    try:
        iban = check_iban(change.account_number, param="account_number")
    except IbanInvalidError as error:
        raise ProfileError("account_number", str(error)) from None
    return msgspec.structs.replace(change, account_number=iban)


def _check_version(originator: Originator, expected: int | None) -> None:
    if expected is not None and originator.version != expected:
        raise UnexpectedVersionError(originator, expected)


async def _check_bank(conn: Conn, profile: OriginatorProfile) -> None:
    """Let a profile pass whose bank this installation may deal with: a rehearsal with the played one, others not."""
    kind = await find_kind(conn)
    if profile.sepa is not None and (reason := wrong_with_bic(kind, profile.sepa.bic)):
        raise ProfileError("sepa[bic]", reason)
    if profile.sepa is not None:
        return
    for field in ("odfi_routing_number", "immediate_destination"):
        number = getattr(profile, field)
        if number is not None and (reason := wrong_with_bank(kind, number)):
            raise ProfileError(field, reason)


async def _check_ledger_name(
    conn: Conn, vault: Vault, scope: AccountScope, before: StoredOriginator | None, change: ProfileChange
) -> None:
    """Let a profile pass whose name for its bank account in the ledger is, and was, that of no other bank account."""
    name, number = change.profile.bank_account, change.account_number
    had_name = before is not None and before.originator.profile.bank_account == name
    if had_name and number is None:
        return
    is_changed = before is not None and had_name and not _has_number(vault, before, number or "")
    if before is not None and is_changed and await has_lines(conn, scope, name):
        raise ProfileError(
            "bank_account",
            f"statements of the bank account ending in {before.originator.last4} have been posted under it: give "
            "another bank account another name.",
        )
    others = await store.list_originators(conn, scope)
    if before is not None and not had_name and (number is None or _has_number(vault, before, number)):
        old = before.originator.profile.bank_account
        is_joined = any(
            each.originator.id != before.originator.id and each.originator.profile.bank_account == name
            for each in others
        )
        if not is_joined and await has_lines(conn, scope, old):
            raise ProfileError(
                "bank_account",
                f"statements of this bank account have been posted under the name {old}: under another one, those that "
                "come again would be posted again.",
            )
    for other in others:
        found = other.originator
        if found.profile.bank_account != name or (before is not None and found.id == before.originator.id):
            continue
        if number is None and before is not None:
            number = vault.open(before.sealed, place=_place(before.originator)).decode()
        if not _has_number(vault, other, number or ""):
            raise ProfileError(
                "bank_account",
                f"it is the name of another bank account, that of {found.id}, which ends in {found.last4}: give each "
                "bank account a name of its own.",
            )


async def _check_one_name(
    conn: Conn, vault: Vault, scope: AccountScope, before: StoredOriginator | None, change: ProfileChange
) -> None:
    """Let a profile pass unless its bank account has another name in the ledger in another profile.

    A statement that came for both of them would be that of two bank accounts, and its transfers be credited twice: at
    once, or once the transfers are taken by the other one. Two that have it so from before keep their names, as long as
    nobody lets another one take transfers.
    """
    name, number = change.profile.bank_account, change.account_number
    had_name = before is not None and before.originator.profile.bank_account == name
    if before is not None and had_name and (number is None or _has_number(vault, before, number)):
        if not _takes_more(before.originator.profile, change.profile):
            return
        field = "transfers"
    else:
        field = "bank_account"
    if number is None and before is not None:
        number = vault.open(before.sealed, place=_place(before.originator)).decode()
    for other in await store.list_originators(conn, scope):
        found = other.originator
        is_itself = before is not None and found.id == before.originator.id
        if found.profile.bank_account != name and not is_itself and _has_number(vault, other, number or ""):
            raise ProfileError(
                field,
                f"{found.id} has the same bank account under the name {found.profile.bank_account}: a bank account has "
                "one name in the ledger, so give it that name here, too.",
            )


def _takes_more(before: OriginatorProfile, after: OriginatorProfile) -> bool:
    """Tell whether a change switches transfers on."""
    return before.transfers is Transfers.OFF and after.transfers is not Transfers.OFF


def _has_number(vault: Vault, stored: StoredOriginator, number: str) -> bool:
    """Tell whether an originator's bank account has a number; where that cannot be decrypted, by its last digits."""
    if number[-_SHOWN:] != stored.originator.last4:
        return False
    with suppress(SecretUnreadableError):
        return vault.open(stored.sealed, place=_place(stored.originator)).decode() == number
    return True


async def _check_folders(
    conn: Conn, scope: AccountScope, originator_id: str | None, profile: OriginatorProfile
) -> None:
    """Let a profile pass whose folders no other originator has, whosever it is: files would get into wrong hands.

    Symbolic links are followed as this process finds them.
    """
    others = [other for other in await store.lock_folders(conn) if other.originator != originator_id]
    for field, other in _shared(profile, others):
        whose = other.originator if other.scope == scope else "an originator of another platform"
        raise ProfileError(field, f"it is, contains or is inside of a folder of {whose}.")


def _shared(profile: OriginatorProfile, others: Sequence[Folders]) -> Iterator[tuple[str, Folders]]:
    """Yield the fields of a profile whose folder overlaps with one of others, and with whose."""
    records = profile.sftp_records_folder if profile.uses_sftp else None
    named = {
        "outgoing_folder": profile.outgoing_folder,
        "incoming_folder": profile.incoming_folder,
        **({} if records is None else {"sftp_records_folder": records}),
    }
    for field, folder in named.items():
        for other in others:
            theirs = (other.outgoing_folder, other.incoming_folder, other.records_folder)
            if any(overlap(_real(folder), _real(each)) for each in theirs if each):
                yield field, other


def _real(folder: str) -> str:
    """Return a folder's real path: symbolic links are followed, except on a bank's server."""
    return folder if is_sftp(folder) else os.path.realpath(folder)


def _redirects(before: OriginatorProfile, after: OriginatorProfile) -> bool:
    """Tell whether a change sends money or files somewhere else, or looks elsewhere for what the bank says."""
    names = (
        "odfi_routing_number",
        "immediate_destination",
        "company_id",
        "outgoing_folder",
        "incoming_folder",
        "bank_account",
        "transfers_numbers",
        "offset",
        "sftp_host_keys",
        "sftp_records_folder",
        "sftp_authentication",
        "sftp_archive_folder",
        "sepa",
    )
    return any(getattr(before, name) != getattr(after, name) for name in names)


def _loosens(before: OriginatorProfile, after: OriginatorProfile) -> bool:
    """Tell whether a change lifts what protects money: a second person, the bank's word, a cap, a hold, a warning."""
    caps = ("entry_cap", "file_cap", "day_cap", "source_pending_cap", "same_day_cap")
    return (
        _lifts_approvals(before, after)
        or before.confirmation != after.confirmation
        or any(getattr(after, cap) > getattr(before, cap) for cap in caps)
        or after.minimum_hold_days < before.minimum_hold_days
        or after.hold_days < before.hold_days
        or after.duplicate_window_minutes < before.duplicate_window_minutes
        or after.return_rate_minimum > before.return_rate_minimum
        or len(after.retry_schedule) > len(before.retry_schedule)
        or _loosens_microdeposits(before, after)
        or _loosens_transfers(before, after)
    )


def _loosens_microdeposits(before: OriginatorProfile, after: OriginatorProfile) -> bool:
    """Tell whether a change lets more micro-deposits be sent."""
    limits = ("microdeposits_per_bank_account", "microdeposits_per_account_day", "microdeposits_per_day")
    return (
        (before.microdeposits is Microdeposits.OFF and after.microdeposits is not Microdeposits.OFF)
        or (after.microdeposits is Microdeposits.CREDITS_AND_DEBIT and before.microdeposits is Microdeposits.CREDITS)
        or any(getattr(after, limit) > getattr(before, limit) for limit in limits)
        or after.microdeposit_return_percent > before.microdeposit_return_percent
    )


def _loosens_transfers(before: OriginatorProfile, after: OriginatorProfile) -> bool:
    """Tell whether a change lets transfers be credited that were breaks, or in suspense."""
    policies = ("transfers_short", "transfers_over", "transfers_late")
    if before.transfers_payers is TransferPayers.KNOWN and after.transfers_payers is TransferPayers.ANY:
        return True
    return (before.transfers is Transfers.OFF and after.transfers is Transfers.ON) or any(
        getattr(before, policy) is TransferPolicy.SUSPEND and getattr(after, policy) is TransferPolicy.CREDIT
        for policy in policies
    )


def _lifts_approvals(before: OriginatorProfile, after: OriginatorProfile) -> bool:
    """Tell whether a change lets some file go out with fewer approvals."""
    totals = [0 if each.requires_approval else each.approval_from_total for each in (before, after)]
    entries = [0 if each.requires_approval else each.approval_from_entry for each in (before, after)]
    seconds = [each.second_approval_from_total for each in (before, after)]
    return any(_is_higher(*limits) for limits in (totals, entries, seconds))


def _is_higher(before: int | None, after: int | None) -> bool:
    return before is not None and (after is None or after > before)


async def _lock(conn: Conn, scope: AccountScope, originator_id: str) -> StoredOriginator:
    found = await store.lock_originator(conn, scope, originator_id)
    if found is None:
        raise _missing(originator_id)
    return found


def _missing(originator_id: str) -> ResourceMissingError:
    return ResourceMissingError("originator", originator_id, param="originator", in_path=True)


def _seal(vault: Vault, originator: Originator, account_number: str) -> bytes:
    return vault.seal(account_number.encode(), place=_place(originator))


def _place(originator: Originator) -> str:
    return f"originator/{originator.scope.account}/{originator.scope.livemode}/{originator.id}"


async def _record(
    conn: Conn,
    by: Actor,
    action: Action,
    before: Originator | None,
    after: Originator,
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.ORIGINATOR,
        object_id=after.id,
        before=before,
        after=after,
        scope=after.scope,
        now_ms=now_ms,
        ids=ids,
    )
