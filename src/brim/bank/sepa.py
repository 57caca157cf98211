"""The bank where it takes direct debits of SEPA: what becomes of a message, and of each collection in it."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from brim.bank.banking_days import RETURNS, SETTLEMENT
from brim.bank.nacha_reader import Fault
from brim.bank.pain002_writer import write_status_report
from brim.bank.pain008_reader import Collection, CollectionBatch, Message, read_message
from brim.bank.step import Step
from brim.bank.target_days import add_days, on_or_after

REASONS: Final = {
    "01": "AC01",
    "02": "AC04",
    "03": "AC06",
    "04": "AM04",
    "05": "MD01",
    "06": "MD06",
    "07": "MD07",
    "08": "MS02",
    "09": "MS03",
    "10": "AG01",
    "11": "SL01",
    "12": "AC13",
}
"""Reasons by the first two digits of the account number in a test IBAN."""
_OF_B2B: Final = "AC13"
"""That the account is a consumer's says only the bank of a debtor in the B2B scheme."""
_REFUNDS: Final = {"MD06"}
"""Reasons that the B2B scheme does not have."""
_B2B: Final = "B2B"
_ONE_OFF: Final = "OOFF"
_KINDS: Final = {(scheme, sequence) for scheme in ("CORE", "B2B") for sequence in ("RCUR", "OOFF", "FRST", "FNAL")}
BANK_CODE: Final = "99999999"
"""The German bank code of test IBANs: no bank has it."""
_TEST_IBAN: Final = re.compile(rf"DE[0-9]{{2}}{BANK_CODE}([0-9]{{2}})([0-9]{{3}})[0-9]{{5}}")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CALENDAR_DAYS: Final = {"MD01", "MD06"}
"""Reasons of refunds, whose time is counted in calendar days; the others are returns, in days of TARGET."""
DAYS_AHEAD: Final = 14
"""Calendar days that the bank keeps a batch before it is due; beyond that it is rejected."""


def iban_of(reason: str, days: int) -> str:
    """Return the IBAN of an account whose collections come back with a reason, so many days after settlement.

    With no days they are rejected before.
    """
    number = next(number for number, code in REASONS.items() if code == reason)
    account = f"{BANK_CODE}{number}{days:03}00000"
    return f"DE{98 - _remainder(f'{account}DE00'):02}{account}"


def judge_message(step: Step, name: str, sha256: str, content: bytes) -> int:
    """Decide about a message and store the decision; return the file's id."""
    message = read_message(content)
    fault = message.fault or _duplicate(step, message)
    at_batch = None
    if fault is None and (rule := step.file_rule(name, message.name, "reject")):
        scripted = Fault("NARR", str(rule.fields.get("reason", "rejected by script")))
        fault, at_batch = (None, scripted) if rule.fields.get("level") == "batch" else (scripted, None)
    found = {each.name: at_batch or _wrong_with(step, each) for each in message.batches}
    batches = {} if fault else {batch: wrong for batch, wrong in found.items() if wrong is not None}
    collections = {} if fault else dict(_rejected(step, message, batches))
    taken = sum(len(each.collections) for each in message.batches)
    report_name = f"PSR-{hashlib.sha256(sha256.encode() + name.encode()).hexdigest()[:24]}"
    decided = Message(message.name, message.version, message.made, message.batches, fault)
    file_id = step.store.run(
        "insert_file",
        name,
        sha256,
        message.name,
        step.now,
        "rejected" if fault else "accepted",
        taken,
        sum(each.total for each in message.batches),
        0,
        fault.code if fault else "",
        fault.sentence if fault else "",
        message.name,
        message.version,
        "",
        write_status_report(
            decided,
            name=report_name,
            made=step.local.local(step.now).replace(tzinfo=None).isoformat(timespec="seconds"),
            batches=batches,
            collections=collections,
        ),
    )
    is_taken = fault is None and at_batch is None
    is_gross = is_taken and step.file_rule(name, message.name, "book_gross") is not None
    left_out = set() if is_gross else set(collections)
    for number, batch in enumerate(message.batches, 1) if fault is None else ():
        _keep_batch(step, file_id, number, batch, is_rejected=batch.name in batches, rejected=left_out)
    return file_id


def settle_collections(step: Step, batch: sqlite3.Row) -> None:
    """Book a batch as one line, and plan which of its collections come back."""
    settle_on = date.fromisoformat(batch["settle_on"])
    if batch["debit"]:
        text = f"SEPA COLLECTION {batch['description']}"
        step.book("collection", settle_on, batch["debit"], batch["description"], text, batch["entries"])
    for entry in step.store.rows("batch_entries", batch["id"]):
        found = _outcome(step, entry["trace"], entry["account"], entry["amount"], scheme=batch["sec"], use=True)
        if found is not None:
            plan_return(step, entry, *found, settled=settle_on)


def plan_return(step: Step, entry: sqlite3.Row, code: str, days: int, *, settled: date) -> None:
    """Plan that a collection comes back so many days after its settlement."""
    day = on_or_after(settled + timedelta(days=days)) if code in _CALENDAR_DAYS else add_days(settled, days)
    step.store.run("insert_outcome", entry["id"], "return", code, "", step.local.next_at(RETURNS, day, step.now))


def book_returns(step: Step) -> None:
    """Book the collections that come back now, each as a line with its reason; no file but the statement has them."""
    for row in step.store.rows("due_outcomes", step.now):
        number = step.store.value("next_trace")
        step.store.run("set_outcome_trace", f"RTR-{number:07}", row["outcome"])
        text = f"SEPA RETURN {row['reason']} {row['trace']}"
        step.book("debit_return", step.day, -row["amount"], row["trace"], text, 1, row["reason"])
        if step.settings.return_fee:
            fee = f"SEPA RETURN FEE {row['reason']} {row['trace']}"
            step.book("return_fee", step.day, -step.settings.return_fee, "", fee, 1)


def is_iban(text: str) -> bool:
    """Return whether a text is an IBAN as far as its check digits say."""
    return _IBAN.fullmatch(text) is not None and _remainder(text[4:] + text[:4]) == 1


def _remainder(text: str) -> int:
    return int("".join(str(_ALPHABET.index(each)) for each in text)) % 97


def _duplicate(step: Step, message: Message) -> Fault | None:
    if earlier := step.store.value("accepted_identity", message.name):
        return Fault("DU01", f"the message has the name of {earlier}")
    return None


def _wrong_with(step: Step, batch: CollectionBatch) -> Fault | None:
    """Return why a batch is rejected alone, if it is."""
    settings, day = step.settings, step.local.processing_day(step.now)
    due = batch.due_day
    if batch.creditor not in settings.company_ids:
        return Fault("BE05", f"the creditor identifier {batch.creditor} is not known")
    if batch.account != settings.account:
        return Fault("AC03", "the account is not the creditor's")
    if (batch.scheme, batch.sequence) not in _KINDS:
        return Fault("FF05", f"{batch.scheme} {batch.sequence} is not agreed")
    if due is None or due < add_days(day, 1) or due > day + timedelta(days=DAYS_AHEAD) or on_or_after(due) != due:
        return Fault("DT01", f"a message that is processed on {day} cannot be due on {batch.due}")
    return None


def _rejected(step: Step, message: Message, batches: dict[str, Fault]) -> Iterator[tuple[str, Fault]]:
    """Yield the collections that are rejected before they settle."""
    seen: set[str] = set()
    used: set[tuple[str, str]] = set()
    for batch in message.batches:
        for each in batch.collections if batch.name not in batches else ():
            mandate = (batch.creditor, each.mandate)
            is_used = mandate in used or bool(step.store.value("used_mandate", *mandate))
            is_double = each.end_to_end in seen
            if fault := _wrong_with_collection(step, batch, each, is_double=is_double, is_used=is_used):
                yield each.end_to_end, fault
            elif batch.sequence == _ONE_OFF:
                used.add(mandate)
            seen.add(each.end_to_end)


def _wrong_with_collection(
    step: Step, batch: CollectionBatch, collection: Collection, *, is_double: bool, is_used: bool
) -> Fault | None:
    if not is_iban(collection.iban):
        return Fault("AC01", "the IBAN is wrong")
    if not collection.mandate or not collection.signed or not collection.name:
        return Fault("MD02", "data of the mandate are missing")
    if is_double:
        return Fault("AM05", "the end-to-end id is there twice")
    if fault := _wrong_with_amendment(step, batch, collection):
        return fault
    if is_used:
        return Fault("MD01", "the mandate was for one collection")
    found = _outcome(step, collection.end_to_end, collection.iban, collection.amount, scheme=batch.scheme, use=False)
    return Fault(found[0], "rejected by the debtor's bank") if found is not None and found[1] == 0 else None


def _wrong_with_amendment(step: Step, batch: CollectionBatch, collection: Collection) -> Fault | None:
    """Return what a collection should have said of its mandate, as the debtor's bank knows it from the last one."""
    creditor = collection.former_creditor or batch.creditor
    mandate = collection.former_mandate or collection.mandate
    known = step.store.value("account_of_mandate", creditor, mandate)
    if known is not None and known != collection.iban and not collection.is_of_new_account:
        return Fault("MD02", "the mandate is of another account")
    return None


def _outcome(step: Step, end_to_end: str, iban: str, amount: int, *, scheme: str, use: bool) -> tuple[str, int] | None:
    """Return with which reason a collection comes back, and how many days after its settlement; None if it is paid."""
    rule = step.collection_rule(end_to_end, iban, amount, use=use)
    if rule is not None:
        return None if rule.action == "pay" else (rule.outcome.code, rule.outcome.days)
    found = _TEST_IBAN.fullmatch(iban)
    if found is None or found[1] not in REASONS:
        return None
    code, days = REASONS[found[1]], int(found[2])
    is_of_scheme = code not in _REFUNDS if scheme == _B2B else code != _OF_B2B
    return (code, days) if is_of_scheme else None


def _keep_batch(
    step: Step, file_id: int, number: int, batch: CollectionBatch, *, is_rejected: bool, rejected: set[str]
) -> None:
    taken = [] if is_rejected else [each for each in batch.collections if each.end_to_end not in rejected]
    sequence = batch.sequence
    settle_on = add_days(batch.due_day or step.day, step.settings.settlement_lag)
    batch_id = step.store.run(
        "insert_batch",
        file_id,
        number,
        "",
        batch.creditor,
        batch.scheme,
        batch.name,
        batch.due,
        len(taken),
        sum(each.amount for each in taken),
        0,
        "accepted" if taken else "rejected",
        settle_on.isoformat() if taken else None,
        max(step.local.at(settle_on, SETTLEMENT), step.now) if taken else None,
    )
    step.store.run_many(
        "insert_entry",
        (
            (batch_id, each.end_to_end, "27", "", each.iban, each.amount, each.mandate, each.name, sequence, None)
            for each in taken
        ),
    )
