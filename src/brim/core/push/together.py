"""Transfers of one statement that are received together: each as it would be alone, after those before it.

Only what is plain is: a transfer that is one top-up as a whole, and one that names nobody. The rest is for
`receive_line`, once those before it are written: what was expected and comes in parts, in another currency, or late;
what was sent to a virtual account number; and what only known payers may send.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

import msgspec
import structlog

from brim.base.scope import AccountScope
from brim.core.events import Event, Renderers
from brim.core.ledger import Posting
from brim.core.push import store
from brim.core.push.number_store import find_given
from brim.core.push.receiving import (
    MOST_SUGGESTIONS,
    TransferLine,
    all_name,
    announcement,
    checked,
    new_transfer,
    numbers_in,
    suggestions_of,
    why_unmatched,
)
from brim.core.push.references import Damaged, find_damaged, find_references
from brim.core.push.rules import (
    FundingInstructions,
    IncomingTransfer,
    Part,
    Policy,
    SuspenseStep,
    TransferStatus,
    decide,
    suspense_posting,
)
from brim.core.rails.ach import TransferPayers
from brim.core.time import OwnerTime
from brim.core.topups import ConfigVersion, PlannedTopup, plan_topup, read_config_versions
from brim.platform.database import Conn

_log = structlog.get_logger()


class PlannedTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer that is to be written: with its top-up, or with its entry in suspense; and its event."""

    transfer: IncomingTransfer
    topup: PlannedTopup | None = None
    entry: Posting | None = None
    event: Event

    @property
    def postings(self) -> tuple[Posting, ...]:
        """What it posts, in order."""
        if self.topup is not None:
            return self.topup.postings
        return () if self.entry is None else (self.entry,)


class _Read(msgspec.Struct, frozen=True):
    """What a line names: references with right check digits, and where it has none, what may have been one."""

    references: tuple[str, ...]
    damaged: Damaged | None


class TransferSet:
    """Transfers of a platform that are planned together, in their order: `find`, then `hold`, then `plan` each."""

    def __init__(
        self,
        scope: AccountScope,
        read: Mapping[str, _Read],
        known: Mapping[str, str],
        expecting: Mapping[tuple[str, int], Sequence[str]],
        owners: Mapping[str, AccountScope],
        numbered: Container[str],
    ) -> None:
        self._scope = scope
        self._read = read
        self._known = known
        self._expecting = expecting
        self._owners = owners
        self._numbered = numbered
        self._instructions: dict[str, FundingInstructions] = {}
        self._configs: dict[AccountScope, ConfigVersion] = {}

    @classmethod
    async def find(
        cls, conn: Conn, scope: AccountScope, lines: Sequence[TransferLine], *, policy: Policy
    ) -> "TransferSet":
        """Find what lines of one bank account of a platform name, or may mean."""
        read: dict[str, _Read] = {}
        names, amounts = set[str](), defaultdict[str, set[int]](set)
        for line in lines:
            references = find_references(line.texts)
            damaged = None if references else find_damaged(line.texts)
            read[line.transfer] = _Read(tuple(references), damaged)
            names.update(damaged.candidates if damaged is not None else references)
        known = await store.find_by_references(conn, scope, sorted(names))
        for line in lines:
            if not any(name in known for name in read[line.transfer].references):
                amounts[line.row.currency].add(line.row.amount)
        expecting = {
            (currency, amount): ids
            for currency, wanted in amounts.items()
            for amount, ids in (
                await store.find_expected(conn, scope, currency, wanted, limit=MOST_SUGGESTIONS)
            ).items()
        }
        named = {known[name] for each in read.values() for name in each.references if name in known}
        found = await store.fetch_instructions(conn, scope, sorted(named))
        owners = {each.id: each.owner_scope for each in found.values()}
        return cls(scope, read, known, expecting, owners, await _numbered(conn, scope, lines, policy))

    @property
    def owners(self) -> Iterable[AccountScope]:
        """The accounts that may be credited."""
        return self._owners.values()

    async def hold(self, conn: Conn) -> None:
        """Hold the instructions that are named, and read what has come for all; the clocks of accounts are held."""
        suggested = {each for ids in self._expecting.values() for each in ids} | set(self._known.values())
        await store.lock_all_instructions(conn, self._scope, self._owners)
        self._instructions = await store.fetch_instructions(conn, self._scope, sorted({*self._owners, *suggested}))
        self._configs = await read_config_versions(conn, sorted(set(self._owners.values())))

    def plan(
        self,
        line: TransferLine,
        *,
        policy: Policy,
        renderers: Renderers,
        moments: Mapping[AccountScope, OwnerTime],
    ) -> PlannedTransfer | None:
        """Return what becomes of the next line; None where `receive_line` has to see it, after those before it."""
        if line.transfer in self._numbered:
            return None
        read = self._read[line.transfer]
        known = {name: self._known[name] for name in read.references if name in self._known}
        named = list(dict.fromkeys(known.values()))
        if not named:
            return self._suspended(line, read, renderers=renderers, at=moments[self._scope])
        if len(named) > 1 or not all_name(line.payments, known):
            return None
        return self._credited(line, self._instructions[named[0]], policy=policy, renderers=renderers, moments=moments)

    def _credited(
        self,
        line: TransferLine,
        instructions: FundingInstructions,
        *,
        policy: Policy,
        renderers: Renderers,
        moments: Mapping[AccountScope, OwnerTime],
    ) -> PlannedTransfer | None:
        row, owner, at = line.row, instructions.owner_scope, moments[self._scope]
        config = self._configs[owner]
        if TransferPayers.KNOWN in {instructions.payers, policy.payers}:
            return None
        if config.is_closed or (instructions.amount is not None and instructions.received):
            return None
        parts = decide(instructions, amount=row.amount, currency=row.currency, booked_on=row.booked_on, policy=policy)
        parts = checked(instructions, parts)
        if len(parts) > 1 or parts[0].reason is not None:
            return None
        transfer = new_transfer(line, parts[0], at=at, reference=instructions.reference)
        topup = plan_topup(
            owner,
            amount=transfer.amount,
            currency=transfer.currency,
            description=instructions.description,
            metadata=instructions.metadata,
            bank_account=transfer.bank_account,
            reference=transfer.line,
            config_version=config.version,
            renderers=renderers,
            moment=moments[owner],
        )
        transfer = msgspec.structs.replace(
            transfer,
            status=TransferStatus.CREDITED,
            instructions=instructions.id,
            owner=instructions.owner,
            topup=topup.topup.id,
        )
        received = instructions.received + transfer.amount
        self._instructions[instructions.id] = msgspec.structs.replace(instructions, received=received)
        event = announcement(transfer, renderers=renderers, at=at)
        return PlannedTransfer(transfer=transfer, topup=topup, event=event)

    def _suspended(self, line: TransferLine, read: _Read, *, renderers: Renderers, at: OwnerTime) -> PlannedTransfer:
        row = line.row
        reason, reference = why_unmatched(read.references, read.damaged)
        candidates = () if read.damaged is None else read.damaged.candidates
        like = [self._known[name] for name in candidates if name in self._known]
        expecting = self._expecting[row.currency, row.amount]
        because = {**dict.fromkeys(expecting, "amount"), **dict.fromkeys(like, "reference")}
        found = [self._instructions[each] for each in because if each in self._instructions]
        transfer = new_transfer(line, Part(row.amount, reason), at=at, reference=reference)
        transfer = msgspec.structs.replace(transfer, suggestions=suggestions_of(found, because))
        entry_id = at.new_id("je_")
        entry = suspense_posting(transfer, SuspenseStep.RECEIVED, entry_id=entry_id, created=at.ids.newest_second)
        event = announcement(transfer, renderers=renderers, at=at)
        return PlannedTransfer(transfer=transfer, entry=entry, event=event)


async def _numbered(conn: Conn, scope: AccountScope, lines: Sequence[TransferLine], policy: Policy) -> frozenset[str]:
    """Return the transfers that name a virtual account number, given or not."""
    numbers = {line.transfer: numbers_in(line) for line in lines}
    asked = sorted({each for found in numbers.values() for each in found})
    given = await find_given(conn, scope, asked) if asked else {}
    free = policy.numbers
    return frozenset(
        transfer
        for transfer, found in numbers.items()
        if any(each in given or (free is not None and each in free) for each in found)
    )


async def write_transfers(conn: Conn, scope: AccountScope, planned: Sequence[PlannedTransfer]) -> bool:
    """Write planned transfers of a platform, of which there is at least one; tell whether all could be.

    Their top-ups are written; the caller, in the same transaction, posts their entries and inserts their events. Where
    it returns False, the caller undoes all of it: the return reference of one is that of another line, which is rare.
    """
    transfers = [each.transfer for each in planned]
    if await store.insert_transfers(conn, scope, transfers) < len(transfers):
        return False
    for each in transfers:
        _log.info("incoming transfer updated", incoming_transfer=each.id, status=each.status, reason=each.reason)
    return True
