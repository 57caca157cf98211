"""A file has no more lines than its profile allows, whatever waits for it."""

from datetime import date
from typing import Any, cast

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.direct_debits.encoding import OutgoingCredit, reversing
from brim.core.direct_debits.fitting import within_lines
from brim.core.direct_debits.rules import Entry, EntryStatus
from brim.core.dishonors import AchReturn, Dishonor, ReturnStatus
from brim.core.rails.ach import Offset, OriginatorProfile
from brim.core.reversals import Reversal, ReversalReason, ReversalStatus

PROFILE = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="BANK",
    immediate_origin="1234567890",
    origin_name="BRIM",
    company_name="BRIM",
    company_id="1234567890",
    outgoing_folder="/out",
    incoming_folder="/in",
)
SCOPE = AccountScope("acct_platform", livemode=True)
CLASSES = st.lists(st.sampled_from(("PPD", "WEB", "CCD")), max_size=120)
OFFSETS = st.sampled_from(Offset)


def _entry(number: int, sec_code: str) -> Entry:
    return Entry(
        scope=SCOPE,
        topup=f"tu_{number}",
        number=1,
        owner=SCOPE.account,
        originator="orig_1",
        test_clock=None,
        status=EntryStatus.QUEUED,
        amount=100,
        hold_days=0,
        transaction_code=27,
        sec_code=sec_code,
        routing_number="110000000",
        last4="0000",
        sealed=b"",
        receiver_name="A",
        claimed_ms=0,
        retry=number % 2,
    )


def _dishonor(number: int, sec_code: str) -> Dishonor:
    found = AchReturn(
        scope=SCOPE,
        id=f"retn_{number}",
        owner=SCOPE.account,
        originator="orig_1",
        topup=None,
        number=None,
        bank_file="bankf_1",
        break_id=None,
        code="R06",
        original_trace="1",
        original_rdfi="11000000",
        trace="1",
        amount=100,
        sec_code=sec_code,
        settled_on=date(2026, 12, 1),
        debited_on=None,
        is_applied=False,
        status=ReturnStatus.DISHONORED,
        dishonorable_until_ms=0,
        received_ms=0,
    )
    return Dishonor(found=found, record="")


def _reversal(number: int, sec_code: str) -> OutgoingCredit:
    found = Reversal(
        scope=SCOPE,
        id=f"achr_{number}",
        owner=SCOPE.account,
        originator="orig_1",
        topup=f"tu_{number}",
        number=1,
        reason=ReversalReason.DUPLICATE,
        amount=100,
        original_trace="1",
        debited_on=date(2026, 12, 1),
        sec_code=sec_code,
        company_name=None,
        company_id=None,
        status=ReversalStatus.REQUESTED,
        requested_by="op_1",
        requested_ms=0,
        sendable_until_ms=0,
        leaves_ms=0,
    )
    return reversing(found, _entry(number, sec_code), "1")


@given(
    most=st.integers(100, 260),
    offset=OFFSETS,
    entries=CLASSES,
    refusals=st.integers(0, 120),
    disputed=CLASSES,
    reversing=CLASSES,
)
def test_what_a_file_takes_fits_into_its_lines(
    most: int, offset: Offset, entries: list[str], refusals: int, disputed: list[str], reversing: list[str]
) -> None:
    profile = msgspec.structs.replace(PROFILE, max_file_lines=most, offset=offset)
    waiting = [_entry(*each) for each in enumerate(entries)]
    told = [_dishonor(*each) for each in enumerate(disputed)]
    back = [_reversal(*each) for each in enumerate(reversing)]
    taken = within_lines(profile, waiting, cast("Any", [None] * refusals), told, back)  # they are counted only
    batches = len({(each.sec_code, each.retry) for each in taken.entries})
    lines = 2 + len(taken.entries) + batches * (2 if offset is Offset.NONE else 3)
    lines += (2 if taken.refusals else 0) + 2 * len(taken.refusals)
    lines += 2 * len({each.found.sec_code for each in taken.disputed}) + 2 * len(taken.disputed)
    classes = {each.batch.sec_code for each in taken.credits_}
    lines += len(taken.credits_) + len(classes) * (2 if offset is Offset.NONE else 3)
    assert -(-lines // 10) * 10 <= most
    assert taken.entries == waiting[: len(taken.entries)]
    assert bool(taken.disputed) == bool(disputed)
    if 2 + 2 * len(told) + 6 <= most // 10 * 10:
        assert taken.disputed == told
        if 2 + 2 * len(told) + 6 + len(back) + 9 <= most // 10 * 10:
            assert taken.credits_ == back
