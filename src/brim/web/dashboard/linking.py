"""Where the dashboard shows an object, by its id; and what a form says that the API refused."""

from collections.abc import Mapping
from typing import Final

from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.forms import Form

OBJECT_PAGES: Final = {
    "tu": "/topups/{}",
    "txn": "/balance-transactions/{}",
    "evt": "/events/{}",
    "req": "/logs/{}",
    "we": "/webhooks/{}",
    "ed": "/webhooks/{}",
    "pm": "/funding-sources/{}",
    "src": "/funding-sources/{}",
    "acct": "/accounts/{}",
    "clock": "/test-clocks",
    "achf": "/ach/files/{}",
    "bankf": "/ach/bank-files/{}",
    "stmt": "/bank-statements/{}",
    "bsl": "/statement-lines/{}",
    "lset": "/line-settlements/{}",
    "brk": "/breaks/{}",
    "orig": "/ach/originators/{}",
    "corr": "/ach/corrections/{}",
    "retn": "/ach/returns/{}",
    "itr": "/incoming-transfers/{}",
    "achr": "/ach/reversals/{}",
    "pren": "/ach/prenotes/{}",
    "rfnd": "/refunds/{}",
    "frr": "/reports/{}",
    "mk": "/apikeys/{}",
    "op": "/settings/operators/{}",
    "mdep": "/ach/microdeposits",
    "fi": "/funding-instructions",
    "stmap": "/statement-mappings",
}
"""The path of an object's page by the prefix of its id, as it is in either mode."""
_ENDS_THE_PAGE: Final = frozenset({401, 404})


def place_of(object_id: str) -> str | None:
    """Return the path of an object's page, as it is in either mode; None where it has none."""
    place = OBJECT_PAGES.get(object_id.partition("_")[0])
    return place.format(object_id) if place else None


def message_of(error: ApiRefusedError) -> str:
    """Return what to say beside a form that was refused.

    Raises:
        ApiRefusedError: the key has ended, or there is no such object; the page answers with that.
    """
    if error.status in _ENDS_THE_PAGE:
        raise error
    return error.message


def take_refusal(form: Form, error: ApiRefusedError, fields: Mapping[str, str] | None = None) -> None:
    """Take what the API refused into a form; the arguments are those of `Form.refuse`.

    Raises:
        ApiRefusedError: the key has ended, or there is no such object; the page answers with that.
    """
    message_of(error)
    form.refuse(error, fields)
