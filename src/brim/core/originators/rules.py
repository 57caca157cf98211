"""An originator and its states, an authorization, and why a live debit is refused."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from brim.base.actor import Actor, ActorKind
from brim.base.currency import written_amount
from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.access import KEY_PREFIX
from brim.core.rails.ach import MANDATES, OriginatorProfile, SecCode
from brim.core.rails.sepa import SequenceType, lapses_on

ORIGINATOR_PREFIX: Final = "orig_"
AUTHORIZATION_PREFIX: Final = "auth_"


class OriginatorStatus(StrEnum):
    """Where an originator stands."""

    DRAFT = "draft"
    """Its profile is written down, and no file is made."""
    ACTIVE = "active"
    """Live top-ups are collected through it."""
    SUSPENDED = "suspended"
    """It was active; what is under way is followed, and nothing new is made."""


class Originator(msgspec.Struct, frozen=True, kw_only=True):
    """Who debits bank accounts for a platform (`scope`), and how.

    `last4` is what may be shown of its bank account's number. `changed_by` is who wrote the profile, `activated_by` who
    activated it; both are ids of operators, or the name of another actor. `version` counts the profile's changes.
    """

    scope: AccountScope
    id: str
    status: OriginatorStatus = OriginatorStatus.DRAFT
    version: int = 1
    profile: OriginatorProfile
    last4: str
    created_ms: int
    changed_by: str
    activated_ms: int | None = None
    activated_by: str | None = None


class ProfileChange(msgspec.Struct, frozen=True):
    """The whole profile of an originator as it is to be written, and of which one; of a new one without its id.

    `account_number` is that of its bank account; None leaves it as it is. `expected_version` is that of the profile as
    it was seen before the change; None is whatever it is.
    """

    profile: OriginatorProfile
    originator_id: str | None = None
    account_number: str | None = None
    expected_version: int | None = None


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """What the holder of a bank account agreed to.

    `text` is the wording that they saw; `evidence` how it is known, such as the address and the browser it came from;
    `accepted_ms` when (Unix milliseconds). It is in force until `ended_ms`. A mandate of SEPA has a `mandate_reference`
    and a `sequence_type`; `used_by` is the top-up that has the one collection of a one-off mandate, or that tells banks
    of an amendment, and `confirmed_ms` when the debtor has confirmed a mandate to their bank. Nothing is collected
    under it after `lapses_on`.
    """

    scope: AccountScope
    id: str
    funding_source: str
    sec_code: SecCode
    text: str
    accepted_ms: int
    evidence: Mapping[str, Any]
    created_ms: int
    ended_ms: int | None = None
    end_reason: str | None = None
    mandate_reference: str | None = None
    sequence_type: SequenceType | None = None
    used_by: str | None = None
    confirmed_ms: int | None = None
    lapses_on: date | None = None


class KnownMandate(msgspec.Struct, frozen=True, kw_only=True):
    """A mandate, and what banks know its creditor by since a collection was presented."""

    scope: AccountScope
    id: str
    creditor_identifier: str | None
    creditor_name: str | None


class ToldMandate(msgspec.Struct, frozen=True, kw_only=True):
    """A mandate of whose amendments banks were told by the collection of a top-up on a day, and its former creditor."""

    mandate: KnownMandate
    topup: str
    presented_on: date
    former_creditor_identifier: str | None = None
    former_creditor_name: str | None = None

    @property
    def has_other_creditor(self) -> bool:
        """Whether the creditor was known by something else before."""
        return self.former_creditor_identifier is not None or self.former_creditor_name is not None


class MandateAmendment(msgspec.Struct, frozen=True, kw_only=True):
    """What a mandate had before it was amended, by whom it was, and the day of the collection that told banks of it.

    `amended_by` is None where the originator's profile has another creditor by now.
    """

    authorization_id: str
    number: int
    created_ms: int
    amended_by: str | None = None
    former_reference: str | None = None
    former_funding_source: str | None = None
    former_creditor_identifier: str | None = None
    former_creditor_name: str | None = None
    presented_on: date | None = None


def signed_lapse(accepted_ms: int) -> date:
    """Return the last day of collections under a mandate that was never collected under, by the day of UTC."""
    return lapses_on(datetime.fromtimestamp(accepted_ms // 1000, UTC).date())


class AuthorizationKindError(BrimError):
    """The authorization is of a kind that the bank account cannot be debited by."""

    def __init__(self, *, has_iban: bool) -> None:
        super().__init__(
            "A bank account with an IBAN is debited under a mandate: its class is CORE or B2B."
            if has_iban
            else "A mandate, whose class is CORE or B2B, is for a bank account with an IBAN: this one has none."
        )
        self.param = "sec_code"


def check_kind(sec_code: SecCode, *, has_iban: bool) -> None:
    """Check that an authorization is of a kind that a bank account can be debited by.

    Raises:
        AuthorizationKindError: it is not.
    """
    if (sec_code in MANDATES) is not has_iban:
        raise AuthorizationKindError(has_iban=has_iban)


class MandateTermsError(BrimError):
    """The parameter doesn't apply to this authorization or mandate."""

    def __init__(self, reason: str, *, param: str) -> None:
        super().__init__(reason)
        self.param = param


class MandateReferenceTakenError(BrimError):
    """Another mandate of this creditor has the same reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"Another mandate of this creditor has the reference {reference}.")
        self.param = "mandate_reference"


class LiveModeNotReadyError(BrimError):
    """Live money cannot be collected yet; `GET /v1/brim/live_readiness` names everything that is missing."""

    def __init__(self, blockers: Sequence[str] = ()) -> None:
        reasons = " ".join(blockers) or "No originator is active."
        super().__init__(
            f"Live top-ups can't be created yet. {reasons} Run brim ach readiness or see the Readiness page."
        )


class OriginatorNotNamedError(BrimError):
    """Specify the originator whose bank sent the file."""

    def __init__(self) -> None:
        super().__init__("Specify the originator whose bank sent the file: several or none are active.")


class RailStoppedError(BrimError):
    """The rail is stopped."""

    def __init__(self, rail: str, reason: str) -> None:
        super().__init__(f"The rail {rail} is stopped: {reason}")


class NotAuthorizedError(BrimError):
    """No authorization of debits is recorded for the bank account."""

    def __init__(self, funding_source: str, *, param: str) -> None:
        super().__init__(
            f"The bank account {funding_source} can't be debited because its holder hasn't authorized "
            f"debits. Record the authorization first, on the bank account's page or with brim ach authorize."
        )
        self.param = param


class MandateUnusableError(BrimError):
    """Nothing can be collected under the mandate now."""

    def __init__(self, authorization_id: str, reason: str, *, param: str) -> None:
        super().__init__(f"Nothing can be collected under the mandate {authorization_id}: {reason}")
        self.param = param


IS_USED: Final = "it is a one-off mandate that another top-up uses. Record a new mandate."
IS_UNCONFIRMED: Final = (
    "it is of the B2B scheme, and the debtor hasn't confirmed it to their bank. Record the confirmation "
    "first, on the bank account's page or with brim ach confirm-mandate."
)


def has_lapsed(day: date) -> str:
    """Return why nothing can be collected under a mandate that has lapsed after a day."""
    return (
        f"it has lapsed on {day.isoformat()}, 36 months after the last collection under it, or after its signature. "
        "Record a new mandate."
    )


def why_unusable(
    sec_code: str, sequence_type: str | None, *, used_by: str | None, confirmed_ms: int | None, topup: str | None = None
) -> str | None:
    """Return why nothing can be collected under a mandate now, None where it can; `topup` may have its one collection.

    Sources: EPC222-07, 4.1: the debtor's bank debits under a mandate that the debtor has confirmed; EPC016-06, 4.1: a
    one-off mandate is for a single collection.
    """
    if sec_code == SecCode.B2B and confirmed_ms is None:
        return IS_UNCONFIRMED
    if sequence_type == SequenceType.ONE_OFF and used_by is not None and used_by != topup:
        return IS_USED
    return None


class ReturnRateError(BrimError):
    """A return rate has reached Nacha's limit, so new debits are refused."""

    def __init__(self, kind: str, *, debits: int, returns: int, of_account: bool) -> None:
        whose = "of this account" if of_account else "of the originator"
        what = "" if kind == "overall" else f"as {kind} "
        super().__init__(
            f"New debits are refused: {returns} of {debits} debits {whose} were returned {what}in the "
            "last 60 days, which "
            "reaches Nacha's limit. Operators can override the limit for a time, under Return rates."
        )


class EntryCapError(BrimError):
    """The amount exceeds the originator's cap per debit."""

    def __init__(self, cap: int, currency: str) -> None:
        super().__init__(f"The originator's cap per debit is {written_amount(cap, currency)}.")


class CapError(BrimError):
    """With this debit more would be asked for than a cap allows."""


class DayCapError(CapError):
    """The debit would exceed the originator's daily cap per account."""

    def __init__(self, cap: int, left: int, currency: str) -> None:
        super().__init__(
            f"The originator's daily cap per account is {written_amount(cap, currency)}; "
            f"{written_amount(left, currency)} is left today."
        )


class SourceCapError(CapError):
    """The debit would exceed the originator's cap on pending debits per bank account."""

    def __init__(self, cap: int, left: int, currency: str) -> None:
        super().__init__(
            f"The originator's cap on pending debits per bank account is {written_amount(cap, currency)}; "
            f"{written_amount(left, currency)} is left."
        )


COLLECTION_ERRORS: Final = (
    LiveModeNotReadyError,
    RailStoppedError,
    NotAuthorizedError,
    MandateUnusableError,
    ReturnRateError,
    EntryCapError,
)
"""Why a live debit is refused before anything is counted."""


class OriginatorStateError(BrimError):
    """The originator's status doesn't allow this."""

    def __init__(self, originator: Originator, wanted: OriginatorStatus) -> None:
        super().__init__(f"The originator {originator.id} is {originator.status} and cannot become {wanted}.")


class UnexpectedVersionError(BrimError):
    """The originator's profile has changed since you saw it."""

    def __init__(self, originator: Originator, expected: int) -> None:
        super().__init__(
            f"The profile of the originator {originator.id} has version {originator.version} now, not "
            f"{expected}. Retrieve it again first."
        )


class SecondPersonError(BrimError):
    """Another person has to approve this, in the dashboard."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


def name_of(by: Actor) -> str:
    """Return what is kept of who did something: an id where there is one."""
    return by.id or by.name or by.kind


def check_is_person(by: Actor) -> None:
    """Let an actor pass who is a person, whatever else is asked of who approves.

    Raises:
        SecondPersonError: it is an API key, or a job.
    """
    if by.kind not in {ActorKind.OPERATOR, ActorKind.CLI}:
        raise SecondPersonError("API keys can't approve. An operator has to, in the dashboard.")


def check_not_key(by: Actor, *, approvers: int) -> None:
    """Let an actor pass who prepares what somebody else approves, or takes away what holds money back.

    A key is whoever's has seen its secret: where one person prepares and another approves, an act by a key would be
    nobody's, and the same person could do both.

    Args:
        by: who acts.
        approvers: how many operators have to do with live money; where there is one at most, a key may.

    Raises:
        SecondPersonError: a key would, where operators could.
    """
    if approvers > 1 and by.kind is ActorKind.API_KEY:
        raise SecondPersonError(
            "API keys can't do this if several operators handle live money. One of them has to, in the dashboard."
        )


def check_person(by: Actor, *, prepared_by: str, approvers: int) -> None:
    """Let an actor pass who may approve what somebody prepared.

    Args:
        by: who approves.
        prepared_by: who prepared it, as `name_of` has it.
        approvers: how many operators have to do with live money; where there is one at most, no second person is asked
            for.

    Raises:
        SecondPersonError: a key or a job would approve, or the same person, or a command where operators could; or a
            key has prepared it, so that it may have been the same person.
    """
    check_is_person(by)
    if approvers > 1 and by.kind is ActorKind.CLI:
        raise SecondPersonError("There are operators who can approve this. One of them has to, in the dashboard.")
    if approvers > 1 and name_of(by) == prepared_by:
        raise SecondPersonError("An operator other than the one who prepared this has to approve it.")
    if approvers > 1 and prepared_by.startswith(KEY_PREFIX):
        raise SecondPersonError(
            "The originator's profile was last changed with an API key, so its author is unknown. Have an "
            "operator check and save the profile; then another operator can approve this."
        )
