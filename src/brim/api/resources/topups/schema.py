"""The schemas of top-ups."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import (
    CURRENCY,
    LIVEMODE,
    METADATA,
    TEXT,
    TIME,
    Component,
    constant,
    expandable,
    identifier,
    or_null,
)
from brim.api.resources.topups import wire as topup_wire
from brim.base.currency import MAX_AMOUNT
from brim.core.topups import MAX_DESCRIPTION, MAX_STATEMENT_DESCRIPTOR, Status

_TOPUP: Final[dict[str, Schema]] = {
    "id": identifier("tu", "top-up"),
    "object": constant("topup"),
    "amount": {"description": "How much is moved, in minor units.", "minimum": 1, "maximum": MAX_AMOUNT},
    "balance_transaction": expandable("balance_transaction", "What booked the money on the balance, once it arrived."),
    "brim": {"description": "What is known beyond the rest; there only when `brim.availability` is expanded."},
    "created": {"description": "When it was made.", **TIME},
    "currency": CURRENCY,
    "description": {"description": "A text of yours.", "maxLength": MAX_DESCRIPTION},
    "expected_availability_date": {"description": "When the money is expected to be usable.", **TIME},
    "failure_code": {"description": "Why it failed or was returned, as a word for programs.", **TEXT},
    "failure_message": {"description": "Why it failed or was returned, as a sentence for people.", **TEXT},
    "initiated_by": {"description": "Who asked for it.", "enum": ["stripe", "user"]},
    "livemode": LIVEMODE,
    "metadata": METADATA,
    "payment_method": expandable("payment_method", "The PaymentMethod that pays."),
    "payment_method_options": {"description": "The options that were given for the payment method."},
    "source": {"description": "The bank account that pays, always in full.", **or_null("source")},
    "statement_descriptor": {
        "description": "What the statement of the debited account shows.",
        "maxLength": MAX_STATEMENT_DESCRIPTOR,
    },
    "status": {"description": "Where the top-up stands.", "enum": sorted(status.value for status in Status)},
    "transfer_group": {"description": "The group that you put it in.", **TEXT},
}
_TOPUP_EXTRAS: Final[dict[str, Schema]] = {
    "availability": {"description": "Why the money is usable when it is."},
}
_AVAILABILITY_PREVIEW: Final[dict[str, Schema]] = {
    "object": constant("brim.availability_preview"),
    "availability": {"description": "When the money could be used, and why then; null where nothing is promised."},
    "currency": CURRENCY,
    "livemode": LIVEMODE,
    "reason": {
        "description": "Why nothing is promised; null where something is.",
        "enum": [topup_wire.NO_DATE_PROMISED, None],
    },
}
_AVAILABILITY: Final[dict[str, Schema]] = {
    "available_on": {"description": "When the money is expected to be usable.", **TIME},
    "business_days": {"description": "The banking days that were counted, the last being that of the money."},
    "calendar": {"description": "Whose banking days count; null where the sandbox went by its own setting."},
    "counted_from": {"description": "The banking day that counts as the day of submission."},
    "cutoff": {"description": "The cut-off of the day of submission; null on a day without one.", **TIME},
    "missed_cutoff": {"description": "Whether it came too late for that day."},
    "settlement_days": {"description": "How many banking days money takes."},
    "skipped": {"description": "The days passed over, in order."},
    "submitted": {"description": "When it was handed in.", **TIME},
    "time_zone": {"description": "The bank's time zone, by its IANA name.", **TEXT},
}
_SKIPPED_DAY: Final[dict[str, Schema]] = {
    "date": {"description": "The day."},
    "name": {"description": "The holiday's name; null on a weekend.", **TEXT},
    "reason": {"description": "Why it did not count.", "enum": ["holiday", "weekend"]},
}

TOPUPS: Final = (
    Component(topup_wire.TopupObject, "topup", _TOPUP),
    Component(topup_wire.TopupExtras, "topup_extras", _TOPUP_EXTRAS),
    Component(topup_wire.AvailabilityObject, "availability", _AVAILABILITY),
    Component(topup_wire.AvailabilityPreviewObject, "brim.availability_preview", _AVAILABILITY_PREVIEW),
    Component(topup_wire.SkippedDayObject, "skipped_day", _SKIPPED_DAY),
)
