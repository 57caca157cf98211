"""Fields of the audit log are shown as people read them: no Unix times, no JSON, no names of fields."""

from collections.abc import Mapping
from typing import Any

from brim.web.dashboard.who import Names
from brim.web.operators.audit_values import Change, changes_of, detail_of

NAMES = Names({"op_ada": "Ada"}, "op_grace")


def shown(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, tuple[str, str]]:
    return {each.field: (each.before, each.after) for each in changes_of(before, after, NAMES)}


def test_a_new_key_is_shown_with_its_end_and_its_rights_by_level() -> None:
    rights = {"ach": "write", "events": "read", "topups": "write"}
    key = {"redacted": "rk_live_...", "expires_ms": 1_796_125_526_690, "permissions": rights}
    assert shown(None, key) == {
        "key": ("", "rk_live_..."),
        "expires": ("", "Dec 1, 2026, 11:45:26 UTC"),
        "permissions": ("", "write: Live money, Top-ups; read: Events"),
    }


def test_of_a_field_with_parts_only_those_that_differ_are_shown() -> None:
    before = {"profile": {"hold_days": 3, "cutoffs": ["12:00"], "sepa": None}}
    after = {"profile": {"hold_days": 4, "cutoffs": ["12:00", "17:00"], "sepa": None}}
    assert shown(before, after) == {
        "profile: hold days": ("3", "4"),
        "profile: cutoffs": ("12:00", "12:00, 17:00"),
    }


def test_times_amounts_statuses_and_people_are_words() -> None:
    fields = {
        "target_frozen_time": 1_796_202_000,
        "amount": 1_200,
        "currency": "usd",
        "status": "built",
        "kind": "payment_method",
        "is_detached": False,
        "enabled_events": ["*"],
        "decided_by": "op_ada",
        "columns": None,
        "metadata": {},
    }
    assert shown(None, fields) == {
        "advanced to": ("", "Dec 2, 2026, 09:00:00 UTC"),
        "amount": ("", "12.00 USD"),
        "currency": ("", "usd"),
        "status": ("", "awaiting approval"),
        "kind": ("", "payment method"),
        "detached": ("", "no"),
        "enabled events": ("", "all"),
        "decided by": ("", "Ada"),
    }


def test_what_is_gone_has_nothing_after_it() -> None:
    assert changes_of({"name": "Thin"}, None, NAMES) == (Change(field="name", before="Thin", after=""),)


def test_how_a_bank_account_was_verified_is_said_as_in_the_form() -> None:
    said = "Instant verification by a provider: check 4711"
    assert detail_of("funding_source.verified", "instant: check 4711", NAMES) == said
    assert detail_of("funding_source.verified", "prenote pren_1", NAMES) == "prenote pren_1"
    assert detail_of("break.resolved", "instant: by op_ada", NAMES) == "instant: by Ada"
    assert detail_of("break.resolved", None, NAMES) is None


def test_a_report_is_shown_by_its_name_and_its_interval() -> None:
    report = {"report_type": "balance.summary.1", "parameters": {"interval_start": 1_796_202_000}}
    assert shown(None, report) == {
        "report type": ("", "Balance summary"),
        "interval start": ("", "Dec 2, 2026, 09:00:00 UTC"),
    }
