"""The ACH rail: what it promises of a top-up; what comes of it is in files, and `core.direct_debits` reads them."""

import msgspec

from brim.core.rails.ach.profile import ACH, OriginatorProfile
from brim.core.rails.ach.schedule import calendar_name, promise_of
from brim.core.rails.protocol import Plan

__all__ = ["ACH", "AchRail"]


class AchRail(msgspec.Struct, frozen=True):
    """Direct debits made by the files of an originator: from US bank accounts, or by SEPA."""

    profile: OriginatorProfile
    amount: int = 0
    """The amount of the planned debit, in cents."""

    @property
    def name(self) -> str:
        """The name that its top-ups keep."""
        return self.profile.rail

    def plan(
        self,
        *,
        currency: str,  # noqa: ARG002  the originator has one
        scenario: str | None,  # noqa: ARG002  nobody plays anything
        settlement_days: int | None,
        now_ms: int,
        is_frozen: bool,  # noqa: ARG002  banking days are the same under a clock
    ) -> Plan:
        """Return when a top-up made now leaves in a file, and when its money should be usable."""
        promise = promise_of(self.profile, now_ms=now_ms, agreed_days=settlement_days, amount=self.amount)
        return Plan(
            expected_availability_date=promise.usable_ms // 1000,
            due_ms=promise.cutoff_ms,
            settlement_days=promise.hold_days,
            calendar=calendar_name(self.profile),
        )
