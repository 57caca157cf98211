"""What money comes from: the bank accounts on file in both of the API's forms, as the dashboard shows them alike."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.http.form import Field
from brim.web.api_client import Caller, api_path

_MOST: Final = 100
"""How many of each form are shown where nothing is looked for."""
_SEARCHED: Final = 10
"""How many pages of each form are searched for bank accounts that fit."""

METHODS: Final = "/v1/payment_methods"
SOURCES: Final = "/v1/sources"
DEFAULTS: Final = "/v1/brim/default_funding_sources"
_SOURCE_STATES: Final = {"chargeable": "verified", "pending": "pending", "failed": "failed", "consumed": "consumed"}


class FundingSource(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account on file. `state` is verified, pending, failed or consumed (detached).

    One that has an IBAN has no routing number.
    """

    id: str
    bank_name: str | None
    last4: str
    routing_number: str
    holder: str | None
    state: str
    attempts_left: int | None
    created: int
    livemode: bool
    note: str = ""

    @property
    def label(self) -> str:
        """What a person knows it by; `note` is what tells it from others of the same bank and last digits."""
        name = f"{self.bank_name or ('IBAN' if self.has_iban else 'Bank account')} ··{self.last4}"
        return f"{name} · {self.note}" if self.note else name

    @property
    def has_iban(self) -> bool:
        """Whether it is debited by SEPA."""
        return not self.routing_number

    @property
    def currency(self) -> str:
        """In which currency it is debited."""
        return "eur" if self.has_iban else "usd"

    @property
    def can_pay(self) -> bool:
        """Whether new top-ups may take money from it."""
        return self.state == "verified"

    @property
    def is_method(self) -> bool:
        """Whether it is a payment method rather than a source."""
        return self.id.startswith("pm_")


async def list_funding_sources(api: Caller) -> list[FundingSource]:
    """Return the bank accounts on file, newest first."""
    methods = await api.get(METHODS, limit=_MOST, expand=["data.brim"])
    sources = await api.get(SOURCES, limit=_MOST)
    found = [*map(of_method, methods["data"]), *map(of_source, sources["data"])]
    return told_apart(sorted(found, key=lambda source: source.created, reverse=True))


async def search_funding_sources(api: Caller, fits: Callable[[FundingSource], bool]) -> list[FundingSource]:
    """Return the bank accounts on file that fit, of the newest thousand of each form, newest first."""
    found: list[FundingSource] = []
    for path, of, expand in ((METHODS, of_method, ["data.brim"]), (SOURCES, of_source, None)):
        after: str | None = None
        for _ in range(_SEARCHED):
            answered = await api.get(path, limit=_MOST, expand=expand, starting_after=after)
            found += map(of, answered["data"])
            if not answered["has_more"]:
                break
            after = answered["data"][-1]["id"]
    return told_apart(sorted(filter(fits, found), key=lambda source: source.created, reverse=True))


def told_apart(sources: Sequence[FundingSource]) -> list[FundingSource]:
    """Return bank accounts, those of one label with the first detail that is different for each of them."""
    alike: dict[str, list[FundingSource]] = defaultdict(list)
    for source in sources:
        alike[source.label].append(source)
    notes: dict[str, str] = {}
    for group in alike.values():
        if len(group) > 1:
            notes |= {source.id: note for source, note in zip(group, _notes(group), strict=True)}
    return [msgspec.structs.replace(source, note=notes.get(source.id, "")) for source in sources]


def _notes(group: Sequence[FundingSource]) -> list[str]:
    """Return what tells bank accounts apart: the holder, the routing number or, always, the end of the id."""
    for details in ([source.holder or "" for source in group], [source.routing_number for source in group]):
        if all(details) and len(set(details)) == len(group):
            return details
    return [f"…\N{WORD JOINER}{source.id[-6:]}" for source in group]


async def find_funding_source(api: Caller, source_id: str) -> FundingSource:
    """Return a bank account on file by its id.

    Raises:
        ApiRefusedError: there is none.
    """
    if source_id.startswith("pm_"):
        return of_method(await api.get(api_path(METHODS + "/{}", source_id), expand=["brim"]))
    return of_source(await api.get(api_path(SOURCES + "/{}", source_id)))


async def list_defaults(api: Caller) -> list[dict[str, Any]]:
    """Return what pays in each currency where a top-up names nothing."""
    found = await api.get(DEFAULTS)
    return list(found["data"])


def of_method(method: Mapping[str, Any]) -> FundingSource:
    """Return a payment method as it is shown."""
    account, state = method["us_bank_account"], method["brim"]
    return FundingSource(
        id=method["id"],
        bank_name=account["bank_name"],
        last4=account["last4"],
        routing_number=account["routing_number"],
        holder=method["billing_details"]["name"],
        state="consumed" if state["detached"] else state["verification"]["status"],
        attempts_left=state["verification"]["attempts_remaining"],
        created=method["created"],
        livemode=method["livemode"],
    )


def of_source(source: Mapping[str, Any]) -> FundingSource:
    """Return a source as it is shown."""
    account = source.get("ach_debit") or {"bank_name": None, "routing_number": "", **source["sepa_debit"]}
    verification = source.get("code_verification")
    return FundingSource(
        id=source["id"],
        bank_name=account["bank_name"],
        last4=account["last4"],
        routing_number=account["routing_number"],
        holder=source["owner"]["name"],
        state=_SOURCE_STATES[source["status"]],
        attempts_left=verification["attempts_remaining"] if verification else None,
        created=source["created"],
        livemode=source["livemode"],
    )


def new_method_fields(values: Mapping[str, str]) -> dict[str, Field]:
    """Return the API's parameters for a bank account from the fields of its form."""
    account: dict[str, Field] = {
        "account_number": values["account_number"],
        "routing_number": values["routing_number"],
        "account_holder_type": values["holder_type"] or None,
        "account_type": values["account_type"] or None,
    }
    return {
        "type": "us_bank_account",
        "us_bank_account": account,
        "billing_details": {"name": values["holder_name"]} if values["holder_name"] else None,
        "brim": {"verification": "microdeposits"} if values["microdeposits"] else None,
    }
