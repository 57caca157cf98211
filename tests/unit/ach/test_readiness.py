"""What blocks live top-ups: each fact by itself, and nothing where all is well."""

from typing import Any

import msgspec
import pytest

from brim.base.scope import AccountScope
from brim.core.originators import Facts, Folder, Originator, OriginatorStatus, exchanging, judge
from brim.core.rails.ach import OriginatorProfile
from brim.core.rails.sepa import SepaTerms

ACTIVE = Originator(
    scope=AccountScope("acct_platform", livemode=True),
    id="orig_1",
    status=OriginatorStatus.ACTIVE,
    profile=OriginatorProfile(
        odfi_routing_number="121042882",
        odfi_name="BANK",
        immediate_origin="1234567890",
        origin_name="BRIM",
        company_name="BRIM",
        company_id="1234567890",
        outgoing_folder="/out",
        incoming_folder="/in",
    ),
    last4="3210",
    created_ms=1,
    changed_by="op_1",
    activated_ms=1,
    activated_by="op_2",
)
DRAFT = msgspec.structs.replace(ACTIVE, id="orig_2", status=OriginatorStatus.DRAFT)
ALL_WELL = Facts(
    has_encryption_key=True,
    originators=[ACTIVE],
    folders=[Folder(use="outgoing_folder", path="/out", exists=True, is_usable=True)],
    has_worker=True,
    failing_jobs=[],
    stops=[],
    stopped_accounts=0,
    held_files=0,
    approvers=2,
    who_approves=frozenset({"op_2", "op_3"}),
    has_endpoint=True,
)


def codes(**changes: Any) -> tuple[list[str], list[str]]:
    found = judge(msgspec.structs.replace(ALL_WELL, **changes))
    assert found.is_ready == (not found.blockers)
    return [each.code for each in found.blockers], [each.code for each in found.warnings]


def test_nothing_blocks_where_all_is_well() -> None:
    assert codes() == ([], [])
    assert codes(originators=[ACTIVE, DRAFT]) == ([], [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"has_encryption_key": False}, "encryption_key_missing"),
        ({"originators": []}, "originator_missing"),
        ({"originators": [DRAFT]}, "originator_draft"),
        (
            {"originators": [msgspec.structs.replace(ACTIVE, status=OriginatorStatus.SUSPENDED)]},
            "originator_suspended",
        ),
        (
            {"folders": [Folder(use="outgoing_folder", path="/out", exists=False, is_usable=False)]},
            "outgoing_folder_missing",
        ),
        (
            {"folders": [Folder(use="incoming_folder", path="/in", exists=True, is_usable=False)]},
            "incoming_folder_not_usable",
        ),
        ({"has_worker": False}, "worker_missing"),
        ({"failing_jobs": [("ach files", "OSError: full")]}, "worker_job_failing"),
        ({"stops": ["audit"]}, "rail_stopped"),
        ({"held_files": 2}, "files_held"),
        ({"held_bank_files": ["returns.ach"]}, "bank_file_held"),
        ({"unapproved": ["bf_1"]}, "statement_unapproved"),
    ],
)
def test_each_fact_blocks_by_itself(changes: dict[str, Any], code: str) -> None:
    assert codes(**changes) == ([code], [])


def test_what_is_advisable_blocks_nothing() -> None:
    assert codes(has_endpoint=False, stopped_accounts=3) == ([], ["accounts_stopped", "webhook_endpoint_missing"])


def test_who_wrote_the_profile_is_named_where_another_operator_activates() -> None:
    fixes = [
        judge(msgspec.structs.replace(ALL_WELL, originators=[DRAFT], approvers=approvers)).blockers[0].fix
        for approvers in (1, 2)
    ]
    assert ["op_1" in fix for fix in fixes] == [False, True]


def test_large_files_need_two_who_did_not_write_the_profile() -> None:
    limited = msgspec.structs.replace(
        ACTIVE, profile=msgspec.structs.replace(ACTIVE.profile, second_approval_from_total=1)
    )
    for who, approvers, lacks in (({"op_2", "op_3"}, 3, False), ({"op_1", "op_2"}, 3, True), ({"op_1"}, 1, False)):
        found = codes(originators=[limited], who_approves=frozenset(who), approvers=approvers)
        assert found == ([], ["second_approver_missing"] if lacks else [])
    assert codes(who_approves=frozenset()) == ([], [])


def test_of_each_rail_the_active_originator_exchanges_files_or_else_the_newest_that_was() -> None:
    terms = SepaTerms(creditor_identifier="DE98ZZZ09999999999", creditor_name="BRIM", bic="COBADEFFXXX")
    euros = msgspec.structs.replace(ACTIVE, id="orig_3", profile=msgspec.structs.replace(ACTIVE.profile, sepa=terms))
    suspended = msgspec.structs.replace(ACTIVE, id="orig_4", status=OriginatorStatus.SUSPENDED)
    stopped = msgspec.structs.replace(euros, status=OriginatorStatus.SUSPENDED)
    assert exchanging([]) == []
    assert exchanging([DRAFT]) == [DRAFT]
    assert exchanging([ACTIVE, euros, DRAFT]) == [ACTIVE, euros]
    assert exchanging([ACTIVE, suspended, stopped]) == [ACTIVE, stopped]
    assert exchanging([suspended, DRAFT]) == [suspended]
