"""Changes of status: the one place where a top-up goes from one status to the next.

The worker, a cancel, a forced outcome and a test clock all come here. Each change is one transaction, the caller's:
status, journal entry, balance, balance transaction and event, and `balance.available` when money became usable. The
caller holds the top-up, so whoever races, each change happens exactly once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from brim.base.scope import AccountScope
from brim.core import events as events_store
from brim.core import ledger
from brim.core.events import Cause, Event, EventType, Renderers, new_event
from brim.core.ledger import Balance, Posting, balance_change
from brim.core.negative_balances import Crossing, announce_crossings
from brim.core.originators import OneOff, give_one_offs_back, reduce_source_exposures
from brim.core.rails import FILE_RAILS, Fail, Instruction, Outcome, PresentAgain, Return, Succeed, Wait
from brim.core.rails.sepa import SEPA
from brim.core.time import OwnerTime
from brim.core.topups import rules
from brim.core.topups import transition_store as transitions
from brim.core.topups.events import EVENT_OF_STATUS
from brim.core.topups.posting import posting_of
from brim.core.topups.rules import Status, Topup
from brim.core.topups.transition_store import Transition
from brim.platform.database import Conn


def cancel(topup: Topup, moment: OwnerTime, cause: Cause, *, renderers: Renderers) -> Transition:
    """Return how a top-up is called off.

    Raises:
        InvalidTransitionError: when it is not pending any more.
    """
    return _transition(topup, rules.cancel(topup), moment, cause, renderers)


def instruction_of(topup: Topup) -> Instruction:
    """Return what a rail is to know of a top-up."""
    return Instruction(
        scope=topup.scope,
        id=topup.id,
        amount=topup.amount,
        currency=topup.currency,
        scenario=topup.scenario,
        calendar=topup.calendar,
        is_collected=topup.status is Status.SUCCEEDED,
        is_frozen=topup.test_clock is not None,
        settlement_days=topup.settlement_days,
    )


def follow(
    topup: Topup, outcome: Outcome, moment: OwnerTime, cause: Cause, *, renderers: Renderers
) -> Transition | None:
    """Return what a bank's answer makes of a top-up; None when there is no answer yet.

    Raises:
        InvalidTransitionError: when the answer is none to where the top-up stands.
    """
    match outcome:
        case Succeed(return_due_ms):
            transaction_id = moment.new_id("txn_")
            after = rules.succeed(topup, balance_transaction=transaction_id, return_due_ms=return_due_ms)
            return _transition(topup, after, moment, cause, renderers, transaction_id=transaction_id)
        case Fail(code, message):
            return _transition(topup, rules.fail(topup, code=code, message=message), moment, cause, renderers)
        case Return(code, message):
            after = rules.reverse(topup, code=code, message=message)
            return _transition(topup, after, moment, cause, renderers, transaction_id=moment.new_id("txn_"))
        case Wait() | PresentAgain():
            return None


def _transition(
    before: Topup,
    after: Topup,
    moment: OwnerTime,
    cause: Cause,
    renderers: Renderers,
    *,
    transaction_id: str | None = None,
) -> Transition:
    """Return a change with its event and, where it has a balance transaction, with what it posts."""
    posting = None
    if transaction_id is not None:
        posting = posting_of(after, entry_id=moment.new_id("je_"), transaction_id=transaction_id)
    event = topup_event(after, moment, cause, renderers=renderers)
    return Transition(moved_from=before.status, topup=after, posting=posting, event=event)


def topup_event(topup: Topup, moment: OwnerTime, cause: Cause, *, renderers: Renderers) -> Event:
    """Return the event that announces where a top-up has just come to."""
    event_type = EVENT_OF_STATUS[topup.status]
    return new_event(topup.scope, event_type, topup.id, renderers.payload(event_type, topup), moment, cause)


class Change(msgspec.Struct, frozen=True):
    """A transition, the top-up before it, when it happens, and what brings it about."""

    transition: Transition
    before: Topup
    moment: OwnerTime
    cause: Cause


async def write_changes(
    conn: Conn, changes: Sequence[Change], *, renderers: Renderers, seal_at_once: bool = False
) -> None:
    """Write changes of top-ups that the caller's transaction holds, in the order in which they happen.

    With `seal_at_once` what they post is sealed here (`ledger.post_entries`), for transactions that end soon.
    Money that becomes usable is announced once for each account and moment, with the whole balance as it is then. What
    is no longer pending from a bank account makes room below the cap on that.

    Raises:
        StaleStatusError: the caller did not hold one of them.
    """
    posted = [(change, posting) for change in changes if (posting := change.transition.posting)]
    announcements, crossings = await _announce_available(conn, posted, renderers) if posted else ([], [])
    await transitions.write_transitions(conn, [change.transition for change in changes])
    if posted:
        await ledger.post_entries(conn, [posting for _, posting in posted], seal_at_once=seal_at_once)
    if announcements:
        await events_store.insert_events(conn, announcements)
    await announce_crossings(conn, crossings, renderers=renderers)
    ended = _no_longer_pending(changes)
    if ended:
        await reduce_source_exposures(conn, ended)
    await give_one_offs_back(conn, _not_collected(changes))


def _not_collected(changes: Sequence[Change]) -> list[OneOff]:
    """Return the top-ups of SEPA that end without money, by account and bank account."""
    return [
        (change.before.scope, change.before.source or "", change.before.id)
        for change in changes
        if change.before.rail == SEPA and change.transition.topup.status in {Status.CANCELED, Status.FAILED}
    ]


def _no_longer_pending(changes: Sequence[Change]) -> dict[tuple[AccountScope, str], int]:
    """Return how much of live money is not pending any more, by account and bank account."""
    ended: Counter[tuple[AccountScope, str]] = Counter()
    for change in changes:
        topup = change.before
        if topup.rail in FILE_RAILS and topup.status is Status.PENDING:
            ended[topup.scope, topup.payment_method or topup.source or ""] += topup.amount
    return ended


async def _announce_available(
    conn: Conn, posted: Sequence[tuple[Change, Posting]], renderers: Renderers
) -> tuple[list[Event], list[Crossing]]:
    """Return the `balance.available` events of these changes, and zero crossings; balances are locked from here on."""
    touched = {(change.transition.topup.scope, change.transition.topup.currency) for change, _ in posted}
    balances = await ledger.lock_balances(conn, touched)
    before = {(scope, currency): balances[scope][currency] for scope, currency in touched}
    last: dict[tuple[AccountScope, str], Change] = {}
    events: list[Event] = []
    for scope, together in _by_moment(posted):
        credited: Change | None = None
        for change, posting in together:
            currency = change.transition.topup.currency
            added = balance_change(posting.entry.lines, currency).available
            balances[scope][currency] += added
            last[scope, currency] = change
            credited = change if added > 0 else credited
        if credited:
            events.append(_available_event(scope, balances[scope], credited, renderers))
    crossings = [
        Crossing(scope=scope, currency=currency, is_negative=now < 0, moment=change.moment, cause=change.cause)
        for (scope, currency), change in sorted(last.items(), key=lambda each: each[0])
        if (before[scope, currency] < 0) != ((now := balances[scope][currency]) < 0)
    ]
    return events, crossings


def _by_moment(posted: Iterable[tuple[Change, Posting]]) -> list[tuple[AccountScope, list[tuple[Change, Posting]]]]:
    """Return changes gathered by account, the second they happen in and what causes them, in the order of the first."""
    gathered: dict[tuple[AccountScope, int, Cause], list[tuple[Change, Posting]]] = defaultdict(list)
    for change, posting in posted:
        gathered[change.transition.topup.scope, change.moment.now_ms // 1000, change.cause].append((change, posting))
    return [(scope, together) for (scope, _, _), together in gathered.items()]


def _available_event(scope: AccountScope, amounts: dict[str, int], change: Change, renderers: Renderers) -> Event:
    balances = [Balance(currency=currency, available=amounts[currency]) for currency in sorted(amounts)]
    payload = renderers.payload(EventType.BALANCE_AVAILABLE, scope, balances)
    return new_event(scope, EventType.BALANCE_AVAILABLE, scope.account, payload, change.moment, change.cause)
