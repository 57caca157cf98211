"""What blocks live top-ups, judged by facts that were read. Pure; `ach.readiness` reads them."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from brim.core.originators.rules import Originator, OriginatorStatus


class Blocker(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands in the way: a word for programs, a sentence for people, and what to do about it."""

    code: str
    message: str
    fix: str


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that the profile names, as this process finds it. `use` is the field of the profile."""

    use: str
    path: str
    exists: bool
    is_usable: bool


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What readiness depends on.

    `failing_jobs` are those of the jobs for ACH that no worker does, or that fail, with their last error; `approvers`
    how many operators handle live money, and `who_approves` the ids of those who may approve it; `stops` the
    reasons for which all accounts are stopped; `unread` what keeps the folders on banks' SFTP servers from being
    read; `held_bank_files` the names of files from banks, and `unapproved` the ids of imported statements, for which
    the top-ups of an originator wait. Folders are those of all originators whose exchange of files matters.
    """

    has_encryption_key: bool
    originators: Sequence[Originator]
    folders: Sequence[Folder]
    has_worker: bool
    failing_jobs: Sequence[tuple[str, str]]
    stops: Sequence[str]
    stopped_accounts: int
    held_files: int
    approvers: int
    who_approves: AbstractSet[str]
    has_endpoint: bool
    unread: Sequence[str] = ()
    held_bank_files: Sequence[str] = ()
    unapproved: Sequence[str] = ()


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether live top-ups can be created, collected and credited; warnings block nothing."""

    blockers: tuple[Blocker, ...]
    warnings: tuple[Blocker, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.blockers


def judge(facts: Facts) -> Readiness:
    """Return what blocks live top-ups, in the order in which to do it, and what is advisable."""
    blockers = (
        *_of_encryption(facts),
        *_of_originator(facts),
        *(each for folder in facts.folders for each in _of_folder(folder)),
        *_of_worker(facts),
        *_of_exchange(facts),
        *_of_stops(facts),
        *_of_files(facts),
    )
    return Readiness(blockers=blockers, warnings=tuple(_warnings(facts)))


def in_charge(originators: Sequence[Originator]) -> Originator | None:
    """Return the originator that readiness is about: the active one, else the newest."""
    active = (each for each in originators if each.status is OriginatorStatus.ACTIVE)
    return next(active, originators[-1] if originators else None)


def exchanging(originators: Sequence[Originator]) -> list[Originator]:
    """Return the originators whose exchange of files matters, one a rail: the active one, else the newest that was.

    Where none was ever active, the newest one.
    """
    found: dict[str, Originator] = {}
    for each in originators:
        before = found.get(each.profile.rail)
        is_active = before is not None and before.status is OriginatorStatus.ACTIVE
        if each.status is not OriginatorStatus.DRAFT and not is_active:
            found[each.profile.rail] = each
    return list(found.values()) or list(originators[-1:])


def _of_encryption(facts: Facts) -> Iterator[Blocker]:
    if not facts.has_encryption_key:
        yield Blocker(
            code="encryption_key_missing",
            message="This server has no encryption key, so it can't store account numbers.",
            fix="Set BRIM_ENCRYPTION_KEY for the API and for the worker, and start them again.",
        )


_ACTIVATE_ALONE: Final = "Activate it in the dashboard or with brim ach originators activate."


def _of_originator(facts: Facts) -> Iterator[Blocker]:
    originator = in_charge(facts.originators)
    if originator is None:
        yield Blocker(
            code="originator_missing",
            message="There is no originator, so nothing can be collected.",
            fix="Add one with the values from your bank, in the dashboard or with brim ach originators create.",
        )
    elif originator.status is not OriginatorStatus.ACTIVE:
        who = (
            f"An operator other than {originator.changed_by}, who changed its profile, has to activate it in the "
            f"dashboard."
        )
        yield Blocker(
            code=f"originator_{originator.status}",
            message=f"The originator {originator.id} is {originator.status}.",
            fix=who if facts.approvers > 1 else _ACTIVATE_ALONE,
        )


def _of_folder(folder: Folder) -> Iterator[Blocker]:
    if not folder.exists:
        yield Blocker(
            code=f"{folder.use}_missing",
            message=f"The folder {folder.path} of the profile's {folder.use} does not exist.",
            fix="Create it for the user that Brim runs as.",
        )
    elif not folder.is_usable:
        yield Blocker(
            code=f"{folder.use}_not_usable",
            message=f"The folder {folder.path} of the profile's {folder.use} cannot be used.",
            fix="Give the user that Brim runs as read and write access.",
        )


def _of_worker(facts: Facts) -> Iterator[Blocker]:
    if not facts.has_worker:
        yield Blocker(
            code="worker_missing",
            message="No worker was seen in the last 30 seconds, so no files are created or read.",
            fix="Start brim worker, or brim serve.",
        )
    for job, error in facts.failing_jobs:
        yield Blocker(
            code="worker_job_failing",
            message=f"The worker's job {job} fails: {error}",
            fix="Its log has the details. The Workers page shows when it last succeeded.",
        )


def _of_exchange(facts: Facts) -> Iterator[Blocker]:
    for problem in facts.unread:
        yield Blocker(
            code="bank_unread",
            message=f"Files from the bank were not read: {problem}",
            fix="Run brim ach check-exchange on a worker's host to see what fails.",
        )


def _of_stops(facts: Facts) -> Iterator[Blocker]:
    for reason in facts.stops:
        yield Blocker(
            code="rail_stopped",
            message=f"Live money is stopped for all accounts: {reason}",
            fix="Resume it in the dashboard or with brim ach resume, once the cause is fixed.",
        )


def _of_files(facts: Facts) -> Iterator[Blocker]:
    if facts.held_files:
        yield Blocker(
            code="files_held",
            message=f"{_counted(facts.held_files, 'payment file is', 'payment files are')} held.",
            fix="Open each file to see the reason, then void it. After a restore, run brim ach compare instead.",
        )
    for name in facts.held_bank_files:
        yield Blocker(
            code="bank_file_held",
            message=f"The file {name} from the bank is held. Until that is resolved, its originator's top-ups don't "
            "succeed.",
            fix="Get it from the bank again, then resolve its break in the dashboard or with brim breaks resolve.",
        )
    for statement in facts.unapproved:
        yield Blocker(
            code="statement_unapproved",
            message=f"The imported statement {statement} awaits approval. Until then, its originator's top-ups don't "
            "succeed.",
            fix="An operator other than the one who imported it approves or rejects it on its page.",
        )


def _warnings(facts: Facts) -> Iterator[Blocker]:
    originator = in_charge(facts.originators)
    if originator and originator.status is OriginatorStatus.DRAFT and originator.profile.uses_sftp:
        yield Blocker(
            code="exchange_unchecked",
            message=f"The originator {originator.id} exchanges files by SFTP, which isn't tested until it is active.",
            fix=f"Test it on a worker's host first: brim ach check-exchange {originator.id}.",
        )
    if facts.stopped_accounts:
        yield Blocker(
            code="accounts_stopped",
            message=f"Live money is stopped for {_counted(facts.stopped_accounts, 'account', 'accounts')}.",
            fix="Resume each of them in the dashboard or with brim ach resume --only, once the cause is fixed.",
        )
    for originator in exchanging(facts.originators):
        if not _lacks_approvers(originator, facts):
            continue
        yield Blocker(
            code="second_approver_missing",
            message=f"{_counted(len(_others(originator, facts)), 'operator', 'operators')} can approve files of "
            f"{originator.id}, and large ones need two.",
            fix="Give another operator the approver role, or have an operator with the finance role save the profile.",
        )
    if not facts.has_endpoint:
        yield Blocker(
            code="webhook_endpoint_missing",
            message="No live webhook endpoint is enabled, so your systems aren't notified of failures and returns.",
            fix="Add one under Webhooks in live mode, or with a live key.",
        )


def _lacks_approvers(originator: Originator, facts: Facts) -> bool:
    """Tell whether large files need two approvers who did not write the profile, and there are fewer."""
    if originator.profile.second_approval_from_total is None or facts.approvers <= 1:
        return False
    return len(_others(originator, facts)) < 2


def _others(originator: Originator, facts: Facts) -> AbstractSet[str]:
    return facts.who_approves - {originator.changed_by}


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
