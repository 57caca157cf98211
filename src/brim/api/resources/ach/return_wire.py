"""The wire format of returns of debits and their dishonors. Ours."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.api.resources.ach.actions import ActionObject
from brim.base.json_codec import encode
from brim.core.dishonors import DISHONOR_CODES, AchReturn, ReturnStatus
from brim.core.rails.ach import contestable_until
from brim.core.rails.ach.nacha import RETURN_CODES, Stage

_CONTEST_CODES: Final = sorted(code for code, each in RETURN_CODES.items() if each.stage is Stage.CONTEST)


class DishonorCodeObject(msgspec.Struct, frozen=True, kw_only=True):
    """A code by which a return can be dishonored, and whether it fits."""

    code: Annotated[str, described("The network's code, such as `R68`.", enum=sorted(DISHONOR_CODES))]
    fits: Annotated[bool, described("Whether it fits this return.")]
    meaning: Annotated[str, described("The meaning of the code.", **TEXT)]
    reason: Annotated[str | None, described("Why it does not fit; null if it does.", **TEXT)]


class DishonorObject(msgspec.Struct, frozen=True, kw_only=True):
    """The dishonor of a return. `file` and `trace` are null until it is in a file."""

    booked_on: Annotated[date | None, described("The day on which the bank booked the money back; null before.")]
    code: Annotated[str, described("The network's code, such as `R68`.", enum=sorted(DISHONOR_CODES))]
    contestable_until: Annotated[
        date | None, described("The last day on which the receiving bank can contest it; null until the money is back.")
    ]
    created: Annotated[int, described("When it was dishonored.", **TIME)]
    created_by: Annotated[str, described("Who dishonored it.", **TEXT)]
    file: Annotated[str | None, described("The ACH file that it is in.", **TEXT)]
    final: Annotated[
        int | None,
        described("When it can no longer be contested; null until the money is back.", **TIME),
    ]
    information: Annotated[str | None, described("The addenda information sent with the code.", **TEXT)]
    leaves: Annotated[int, described("The cut-off by which it is sent, in a file of its own if necessary.", **TIME)]
    meaning: Annotated[str, described("What the code means.", **TEXT)]
    trace: Annotated[str | None, described("Its trace number.", **TEXT)]


class ContestObject(msgspec.Struct, frozen=True, kw_only=True):
    """The receiving bank's contest of the dishonor."""

    code: Annotated[str, described("The network's code, such as `R73`.", enum=_CONTEST_CODES)]
    created: Annotated[int, described("When it was received.", **TIME)]
    meaning: Annotated[str, described("The meaning of the code.", **TEXT)]
    trace: Annotated[str, described("Its trace number.", **TEXT)]


class AchReturnObject(msgspec.Struct, frozen=True, kw_only=True, rename={"break_": "break"}):
    """A return of a debit, and its outcome."""

    id: Annotated[str, identifier("retn", "ach_return")]
    object: Annotated[str, constant("brim.ach_return")] = "brim.ach_return"
    account: Annotated[str | None, described("The account of the top-up; null if no matching debit is known.", **TEXT)]
    actions: Annotated[
        list[ActionObject] | msgspec.UnsetType,
        described(
            "The actions that its status allows, and whether you can do them. Only present when a single return is "
            "retrieved."
        ),
    ] = msgspec.UNSET
    amount: Annotated[int, described("How much was returned, in cents.", minimum=1)]
    applied: Annotated[bool, described("Whether it was applied to its top-up; if not, its break says why.")]
    bank_file: Annotated[str | None, described("The file from the bank that it was in; null in test mode.", **TEXT)]
    break_: Annotated[str | None, described("The break that lists it, if it could not be applied.", **TEXT)]
    code: Annotated[str, described("The network's return code, such as `R01`.", enum=sorted(RETURN_CODES))]
    contest: Annotated[ContestObject | None, described("How its dishonor was contested; null if it wasn't.")]
    created: Annotated[int, described("When it was received.", **TIME)]
    dishonor: Annotated[DishonorObject | None, described("How it was dishonored; null if it wasn't.")]
    dishonor_codes: Annotated[
        list[DishonorCodeObject] | msgspec.UnsetType,
        described("Which codes fit; only present when a single return that can be dishonored is retrieved."),
    ] = msgspec.UNSET
    dishonorable_until: Annotated[
        int, described("The deadline for dishonoring it: the last cut-off of the fifth banking day.", **TIME)
    ]
    entry_number: Annotated[int | None, described("Which presentment of the top-up it returns.", minimum=1)]
    entry_trace: Annotated[str, described("The trace number of the original entry.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    meaning: Annotated[str, described("What the return code means.", **TEXT)]
    originator: Annotated[str | None, described("The originator whose debit it is; null in test mode.", **TEXT)]
    settled_on: Annotated[date, described("The day on which it settled.")]
    status: Annotated[
        str,
        described(
            "The status: `returned` if it hasn't been dishonored; `dishonored` until your bank has booked the "
            "money back; `missed` if the dishonored return wasn't sent in time, or its break was resolved "
            "without recovering the money; `money_back` while the receiving bank can contest it; `contested` if it "
            "did, so that the return stands; `accepted` once it can no longer be contested.",
            enum=[status.value for status in ReturnStatus],
        ),
    ]
    topup: Annotated[str | None, described("The top-up whose debit was returned; null if none is known.", **TEXT)]
    trace: Annotated[str, described("The trace number of the return.", **TEXT)]


def return_json(
    found: AchReturn,
    *,
    actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET,
    reasons: Mapping[str, str | None] | None = None,
) -> bytes:
    """Return the compact JSON of a return; `reasons`, if given, has each code and why it does not fit."""
    return encode(
        AchReturnObject(
            id=found.id,
            account=found.owner if found.topup else None,
            actions=actions,
            amount=found.amount,
            applied=found.is_applied,
            bank_file=found.bank_file or None,
            break_=found.break_id,
            code=found.code,
            contest=_contest(found),
            created=found.received_ms // 1000,
            dishonor=_dishonor(found),
            dishonor_codes=msgspec.UNSET if reasons is None else _codes(reasons),
            dishonorable_until=found.dishonorable_until_ms // 1000,
            entry_number=found.number,
            entry_trace=found.original_trace,
            livemode=found.scope.livemode,
            meaning=RETURN_CODES[found.code].title,
            originator=found.originator or None,
            settled_on=found.settled_on,
            status=found.status,
            topup=found.topup,
            trace=found.trace,
        )
    )


def _codes(reasons: Mapping[str, str | None]) -> list[DishonorCodeObject]:
    return [
        DishonorCodeObject(code=code, fits=reason is None, meaning=DISHONOR_CODES[code], reason=reason)
        for code, reason in sorted(reasons.items())
    ]


def _dishonor(found: AchReturn) -> DishonorObject | None:
    if found.dishonor_code is None:
        return None
    return DishonorObject(
        booked_on=found.booked_on,
        code=found.dishonor_code,
        contestable_until=None if found.booked_on is None else contestable_until(found.booked_on),
        created=(found.dishonored_ms or 0) // 1000,
        created_by=found.dishonored_by or "",
        file=found.file,
        final=None if found.final_ms is None else found.final_ms // 1000,
        information=found.information,
        leaves=(found.leaves_ms or 0) // 1000,
        meaning=DISHONOR_CODES[found.dishonor_code],
        trace=found.dishonor_trace,
    )


def _contest(found: AchReturn) -> ContestObject | None:
    if found.contest_code is None:
        return None
    return ContestObject(
        code=found.contest_code,
        created=(found.contested_ms or 0) // 1000,
        meaning=RETURN_CODES[found.contest_code].title,
        trace=found.contest_trace or "",
    )
