"""What a live bank account needs before it is debited: its holder's authorization, and its verification."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.clock import system_clock_ms
from brim.core.rails.ach import MANDATES
from brim.http.form import Field
from brim.web.api_client import ApiRefusedError, Caller, api_path
from brim.web.dashboard.days import read_moment
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.signed import SignedVisit

AUTHORIZATIONS: Final = "/v1/brim/authorizations"
CORRECTIONS: Final = "/v1/brim/corrections"
PRENOTES: Final = "/v1/brim/prenotes"
MICRODEPOSITS: Final = "/v1/brim/microdeposits"
ORIGINATORS: Final = "/v1/brim/ach/originators"
VERIFY: Final = "/v1/brim/funding_sources/{}/verify"
NEW_FIELDS: Final = {
    "text": "",
    "sec_code": "WEB",
    "sequence_type": "RCUR",
    "mandate_reference": "",
    "confirmed_at": "",
    "last_collected_on": "",
    "new_reference": "",
    "new_source": "",
    "accepted_at": "",
    "reference": "",
    "method": "statement",
    "evidence": "",
    "reason": "",
}
"""The fields of the forms, with what they hold at first."""

METHODS: Final = (
    ("statement", "A bank statement or other document"),
    ("instant", "Instant verification by a provider"),
    ("prenote_elsewhere", "A prenote sent outside Brim"),
)
"""How a person says that a bank account was verified."""

IN_A_REHEARSAL: Final = ("rehearsal", "None: this is a rehearsal")

_MOST: Final = 20
_NOT_YOURS: Final = 403
_FIELD_OF: Final = {"evidence[reference]": "reference"}


class LiveDebits(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of a live bank account: authorizations, verifications and corrections, the newest first.

    `sends_microdeposits` says whether the profile of the active originator allows them.
    """

    authorizations: list[dict[str, Any]]
    corrections: list[dict[str, Any]]
    microdeposits: list[dict[str, Any]]
    sends_microdeposits: bool
    prenotes: list[dict[str, Any]]

    @property
    def active(self) -> Mapping[str, Any] | None:
        """The authorization by which it is debited, if there is one."""
        return next((each for each in self.authorizations if each["status"] == "active"), None)

    @property
    def is_prenote_pending(self) -> bool:
        """Whether a prenote is under way."""
        return any(each["status"] == "pending" for each in self.prenotes)

    @property
    def pending_microdeposits(self) -> Mapping[str, Any] | None:
        """The micro-deposits whose amounts are to be stated."""
        return next((each for each in self.microdeposits if each["status"] == "pending"), None)


async def read_live_debits(api: Caller, source_id: str) -> LiveDebits | None:
    """Return what there is of a live bank account; None for who may not see that."""
    try:
        authorizations = await api.get(AUTHORIZATIONS, funding_source=source_id, limit=_MOST)
        prenotes = await api.get(PRENOTES, funding_source=source_id, limit=_MOST)
        microdeposits = await api.get(MICRODEPOSITS, funding_source=source_id, limit=_MOST)
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return None
    corrections = await _read_corrections(api, source_id)
    return LiveDebits(
        authorizations=authorizations["data"],
        corrections=corrections,
        microdeposits=microdeposits["data"],
        sends_microdeposits=await _sends_microdeposits(api),
        prenotes=prenotes["data"],
    )


async def _sends_microdeposits(api: Caller) -> bool:
    """Tell whether the active originator sends micro-deposits; False for who may not see that."""
    try:
        found = await api.get(ORIGINATORS)
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return False
    return any(each["status"] == "active" and each["profile"]["microdeposits"] != "off" for each in found["data"])


async def _read_corrections(api: Caller, source_id: str) -> list[dict[str, Any]]:
    """Return what its bank has corrected of a bank account; nothing for who may not see that."""
    try:
        found = await api.get(CORRECTIONS, funding_source=source_id, limit=_MOST)
    except ApiRefusedError as error:
        if error.status != _NOT_YOURS:
            raise
        return []
    return list(found["data"])


def read_form(page: SignedVisit) -> Form:
    """Return what was filled in."""
    return Form(values={name: page.form.get(name, default).strip() for name, default in NEW_FIELDS.items()})


async def authorize(page: SignedVisit, form: Form) -> None:
    """Record that the holder of a bank account agreed to debits; what is wrong is shown in the form."""
    values = form.values
    accepted_at = read_moment(form, "accepted_at") if values["accepted_at"] else system_clock_ms() // 1000
    if not values["text"]:
        form.errors["text"] = "Enter the wording that the holder agreed to."
    if not form.is_right:
        return
    fields: dict[str, Field] = {
        "funding_source": page.path_params["source"],
        "text": values["text"],
        "sec_code": values["sec_code"],
        "sequence_type": values["sequence_type"] if values["sec_code"] in MANDATES else None,
        "mandate_reference": values["mandate_reference"] or None,
        "last_collected_on": values["last_collected_on"] or None,
        "accepted_at": accepted_at,
        "evidence": {"reference": values["reference"]} if values["reference"] else None,
    }
    await _send(page, form, AUTHORIZATIONS, fields)


async def amend_mandate(page: SignedVisit, form: Form) -> None:
    """Give a mandate another reference, or another bank account of its debtor."""
    path = api_path(AUTHORIZATIONS + "/{}/amend", page.path_params["authorization"])
    fields: dict[str, Field] = {
        "mandate_reference": form.values["new_reference"] or None,
        "funding_source": form.values["new_source"] or None,
    }
    names = {"mandate_reference": "new_reference", "funding_source": "new_source"}
    await _send(page, form, path, fields, names)


async def confirm_mandate(page: SignedVisit, form: Form) -> None:
    """Record that the debtor has confirmed a mandate of the B2B scheme to their bank."""
    confirmed_at = read_moment(form, "confirmed_at") if form.values["confirmed_at"] else None
    if form.is_right:
        path = api_path(AUTHORIZATIONS + "/{}/confirm", page.path_params["authorization"])
        await _send(page, form, path, {"confirmed_at": confirmed_at})


async def end_authorization(page: SignedVisit, form: Form) -> None:
    """End an authorization that its holder has revoked."""
    path = api_path(AUTHORIZATIONS + "/{}/end", page.path_params["authorization"])
    await _send(page, form, path, {"reason": form.values["reason"] or None})


async def export_proof(page: SignedVisit) -> str:
    """Return the proof of an authorization as a text for people."""
    path = api_path(AUTHORIZATIONS + "/{}/proof", page.path_params["authorization"])
    return str((await page.api.get(path))["document"])


async def state_verification(page: SignedVisit, form: Form) -> None:
    """State that somebody has verified a bank account, with how that can be shown."""
    if not form.values["evidence"]:
        form.errors["evidence"] = "Enter the evidence."
        return
    fields: dict[str, Field] = {name: form.values[name] for name in ("method", "evidence")}
    await _send(page, form, api_path(VERIFY, page.path_params["source"]), fields)


async def start_prenote(page: SignedVisit, form: Form) -> str | None:
    """Start a prenote to a bank account, and return its id; None where that is refused."""
    started = await _send(page, form, PRENOTES, {"funding_source": page.path_params["source"]})
    return str(started["id"]) if started else None


async def start_microdeposits(page: SignedVisit, form: Form) -> None:
    """Send micro-deposits to a bank account; what is refused is shown in the form."""
    await _send(page, form, MICRODEPOSITS, {"funding_source": page.path_params["source"]})


async def _send(
    page: SignedVisit, form: Form, path: str, fields: Mapping[str, Field], names: Mapping[str, str] = _FIELD_OF
) -> dict[str, Any] | None:
    try:
        done = await page.api.post(path, fields, idempotency_key=page.form.get("idempotency_key") or None)
    except ApiRefusedError as error:
        take_refusal(form, error, names)
        return None
    return dict(done)
