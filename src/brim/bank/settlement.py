"""Settles a batch: books it, and plans what comes back of it."""

import sqlite3
from datetime import date

from brim.bank.banking_days import RETURNS
from brim.bank.disputes import book_dishonor
from brim.bank.outcomes import Outcome, corrected_data, due_day, is_counted
from brim.bank.script import Rule
from brim.bank.sepa import plan_return, settle_collections
from brim.bank.step import Step


def settle(step: Step, number: int) -> None:
    """Book a batch in full, and plan what its receiving banks do."""
    batch = step.store.rows("batch", number)[0]
    settle_on = date.fromisoformat(batch["settle_on"])
    step.store.run("settle_batch", number)
    if step.settings.is_sepa:
        settle_collections(step, batch)
        return
    reference = f"{batch['company_id']}-{batch['number']:07}"
    what = (
        f"{batch['company_id']} {batch['description']} EFF {batch['effective']} BATCH {batch['number']:07} "
        f"REF {batch['reference']}"
    )
    disputed = step.store.rows("dishonors_of_batch", number)
    for dishonor in disputed:
        book_dishonor(step, dishonor, settle_on)
    if disputed:
        return
    if batch["debit"]:
        step.book("collection", settle_on, batch["debit"], reference, f"ACH COLLECTION {what}", batch["entries"])
    if batch["credit"]:
        step.book("payment", settle_on, -batch["credit"], reference, f"ACH PAYMENT {what}", batch["entries"])
    for entry in step.store.rows("batch_entries", number):
        _plan(step, entry, settle_on)


def _plan(step: Step, entry: sqlite3.Row, settled: date) -> None:
    if entry["operator_return"]:
        outcome: Outcome | None = Outcome("return", entry["operator_return"], 0)
    else:
        debit = (entry["account"], entry["individual_id"], entry["amount"])
        outcome = step.outcome(
            entry["trace"],
            entry["account"],
            entry["amount"],
            prenote=entry["code"][1] in "38",
            credit=entry["code"][1] in "23",
            returned=step.store.value("returned_before", *debit, entry["id"]) if is_counted(entry["account"]) else 0,
            use=True,
        )
    if outcome and outcome.action in ("return", "notify"):
        _plan_outcome(step, entry, outcome, settled)


def _plan_outcome(step: Step, entry: sqlite3.Row, outcome: Outcome, settled: date) -> None:
    text = outcome.text
    if outcome.action == "notify":
        text = outcome.corrected or corrected_data(
            outcome.code, entry["routing"], entry["account"], entry["code"], outcome.layout
        )
    due_at = step.local.next_at(RETURNS, due_day(outcome, settled), step.now)
    if outcome.fault:
        step.store.run("insert_fault", entry["id"], outcome.fault)
    step.store.run("insert_outcome", entry["id"], outcome.action, outcome.code, text, due_at)


def return_settled(step: Step, rule: Rule, times: int | None) -> None:
    """Plan what a new rule says about entries that have settled."""
    named = {name: rule.fields.get(name) for name in ("trace", "account", "amount")}
    for entry in step.store.rows("settled_entries", **named)[:times]:
        settled = date.fromisoformat(entry["settle_on"])
        if step.settings.is_sepa:
            plan_return(step, entry, rule.outcome.code, rule.outcome.days, settled=settled)
        else:
            _plan_outcome(step, entry, rule.outcome, settled)
        step.store.run("use_rule", rule.id)
