"""What becomes of a file that arrives: it is kept, judged, stored and acknowledged."""

import hashlib
import zlib
from datetime import date
from typing import Final

from brim.bank.acknowledgement import Verdict, write_acknowledgement
from brim.bank.banking_days import SETTLEMENT, add_banking_days, on_or_after
from brim.bank.disputes import entry_row, find_dishonor_fault, keep_dishonors
from brim.bank.folders import ArrivedFile
from brim.bank.inspection import effective_day, inspect_batch, inspect_file
from brim.bank.nacha_reader import RECORD, REFUSALS, Batch, Entry, Fault, NachaFile, read_nacha
from brim.bank.pain008_reader import read_message
from brim.bank.retries import inspect_retries
from brim.bank.reversals import inspect_reversals
from brim.bank.sepa import judge_message
from brim.bank.step import Step

_MINUTE_S: Final = 60
_ACCEPTED: Final = Verdict(accepted=True)
_FILE_REJECTED: Final = Verdict(
    accepted=False, reason=Fault("FILE_REJECTED", "the file is rejected, nothing of it is processed")
)


def keep_delivery(step: Step, file: ArrivedFile, content: bytes) -> None:
    """Keep what arrived until it is read, unless a rule loses it."""
    sha256 = hashlib.sha256(content).hexdigest()
    kept: bytes | None = zlib.compress(content, 1)
    read_at = step.now
    if not step.store.value("known_file", file.name, sha256):
        rule = step.file_rule(file.name, _reference_of(step, content), "lose", "delay")
        if rule and rule.action == "lose":
            kept = None
        elif rule:
            read_at += rule.fields["minutes"] * _MINUTE_S
    step.store.run("insert_delivery", file.name, file.identity, sha256, step.now, read_at, kept)


def _reference_of(step: Step, content: bytes) -> str:
    return read_message(content).name if step.settings.is_sepa else read_nacha(content[:RECORD]).reference


def read_delivery(step: Step, number: int) -> None:
    """Decide about a file, or recognise one that was read before; an acknowledgment is owed either way."""
    content = zlib.decompress(step.store.value("delivery_content", number))
    (taken,) = step.store.rows("take_delivery", number)
    known = step.store.value("known_file", taken["name"], taken["sha256"])
    file_id = known or _decide(step, taken["name"], taken["sha256"], content)
    _owe_acknowledgement(step, file_id)


def _decide(step: Step, name: str, sha256: str, content: bytes) -> int:
    if step.settings.is_sepa:
        return judge_message(step, name, sha256, content)
    return _judge(step, name, sha256, read_nacha(content))


def _judge(step: Step, name: str, sha256: str, file: NachaFile) -> int:
    """Decide about a file and store the decision; return the file's id."""
    agreement, processing_day = step.settings.agreement, step.local.processing_day(step.now)
    identity = f"{file.origin} {file.destination} {file.date} {file.time} {file.modifier}"
    fault = inspect_file(file, agreement) or _duplicate(step, identity) or _scripted_rejection(step, name, file)
    verdicts = [_judge_batch(step, batch, file, processing_day) for batch in file.batches]
    if fault is None and verdicts and not any(verdict.accepted for verdict in verdicts):
        fault = Fault("NO_BATCH_ACCEPTED", "every batch of the file is rejected")
    elif fault:
        verdicts = [_FILE_REJECTED for _ in file.batches]
    verdict = Verdict(accepted=fault is None, reason=fault)
    file_id = step.store.run(
        "insert_file",
        name,
        sha256,
        identity,
        step.now,
        verdict.status,
        sum(len(batch.entries) for batch in file.batches),
        sum(batch.totals.debit for batch in file.batches),
        sum(batch.totals.credit for batch in file.batches),
        fault.code if fault else "",
        fault.sentence if fault else "",
        file.reference,
        file.origin_field,
        file.origin_name,
        write_acknowledgement(file, verdict, verdicts),
    )
    if verdict.accepted:
        for batch, decided in zip(file.batches, verdicts, strict=True):
            _keep_batch(step, file_id, batch, decided, processing_day)
    return file_id


def _judge_batch(step: Step, batch: Batch, file: NachaFile, processing_day: date) -> Verdict:
    if fault := inspect_batch(batch, file, step.settings.agreement, processing_day):
        return Verdict(accepted=False, reason=fault)
    if fault := find_dishonor_fault(step, batch, processing_day):
        return Verdict(accepted=False, reason=fault)
    if fault := inspect_reversals(step, batch, processing_day):
        return Verdict(accepted=False, reason=fault)
    if fault := inspect_retries(step, batch, _settlement_day(step, batch, processing_day)):
        return Verdict(accepted=False, reason=fault)
    effective = effective_day(batch)
    if effective is None or on_or_after(effective) < processing_day:
        settles = _settlement_day(step, batch, processing_day)
        return Verdict(
            accepted=True,
            reason=Fault("STALE_EFFECTIVE_DATE", f"effective date {batch.effective}: settles on {settles}"),
        )
    return _ACCEPTED


def _settlement_day(step: Step, batch: Batch, processing_day: date) -> date:
    wanted = on_or_after(max(effective_day(batch) or processing_day, processing_day))
    return add_banking_days(wanted, step.settings.settlement_lag)


def _duplicate(step: Step, identity: str) -> Fault | None:
    if earlier := step.store.value("accepted_identity", identity):
        return Fault("DUPLICATE_FILE", f"origin, destination, date, time and modifier are those of {earlier}")
    return None


def _scripted_rejection(step: Step, name: str, file: NachaFile) -> Fault | None:
    if rule := step.file_rule(name, file.reference, "reject"):
        return Fault("REJECTED", str(rule.fields.get("reason", "rejected by script")))
    return None


def _keep_batch(step: Step, file_id: int, batch: Batch, verdict: Verdict, processing_day: date) -> None:
    settle_on = _settlement_day(step, batch, processing_day)
    status = "accepted" if verdict.accepted else "rejected"
    moves = verdict.accepted and batch.sec != REFUSALS
    if moves and any(_never_settles(step, entry) for entry in batch.entries):
        status = "never settles"
    settles = status == "accepted"
    agreement = step.settings.agreement
    entries = [entry for entry in batch.entries if not agreement.is_offset(entry)]
    own = [entry for entry in batch.entries if agreement.is_offset(entry)]
    batch_id = step.store.run(
        "insert_batch",
        file_id,
        batch.number,
        batch.company_name,
        batch.company_id,
        batch.sec,
        batch.description,
        batch.effective,
        len(entries),
        batch.totals.debit - sum(entry.amount for entry in own if not entry.is_credit),
        batch.totals.credit - sum(entry.amount for entry in own if entry.is_credit),  # what moves on the company's own
        status,
        settle_on.isoformat() if settles else None,
        max(step.local.at(settle_on, SETTLEMENT), step.now) if settles else None,
    )
    if moves and batch.entries[0].dishonor is not None:
        keep_dishonors(step, batch_id, batch)
    elif moves:
        step.store.run_many("insert_entry", (entry_row(batch_id, entry) for entry in entries))


def _never_settles(step: Step, entry: Entry) -> bool:
    if entry.dishonor is not None:
        return False
    outcome = step.outcome(entry.trace, entry.account, entry.amount, prenote=entry.is_prenote, credit=entry.is_credit)
    return outcome is not None and outcome.action == "never_settle"


def _owe_acknowledgement(step: Step, file_id: int) -> None:
    row = step.store.rows("file", file_id)[0]
    rule = step.file_rule(row["name"], row["reference"], "lose_acknowledgement", "delay_acknowledgement")
    if rule is None or rule.action == "delay_acknowledgement":
        minutes = rule.fields["minutes"] if rule else 0
        step.store.run("insert_acknowledgement", file_id, step.now + minutes * _MINUTE_S)


def acknowledge(step: Step, number: int) -> None:
    """Hand out an acknowledgment."""
    file_id = step.store.value("take_acknowledgement", number)
    content = step.store.value("acknowledgement_content", file_id)
    kind, ending = ("pain002", "xml") if step.settings.is_sepa else ("ack", "csv")
    step.hand_out(f"{kind}_{step.local.local(step.now):%Y%m%d_%H%M%S}_{number:06}.{ending}", content)
