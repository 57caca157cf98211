"""Bank accounts in the form of each operation that takes one, and how a missing permission is refused."""

from typing import Final

from brim.core.access.rules import stripe_permission
from tests.support.wire import WireReply

BANK_ACCOUNT: Final = {
    "type": "us_bank_account",
    "billing_details[name]": "Jenny Rosen",
    "us_bank_account[routing_number]": "110000000",
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[account_holder_type]": "individual",
}
BANK_SOURCE: Final = {"type": "ach_debit", "currency": "usd", "token": "btok_us_verified"}
BANK_TOKEN: Final = {
    "bank_account[country]": "US",
    "bank_account[currency]": "usd",
    "bank_account[routing_number]": "110000000",
    "bank_account[account_number]": "000123456789",
}


def assert_right_wanted(reply: WireReply, resource: str, level: str = "read") -> None:
    """Expect a refusal for want of a permission, without a code, as the vendor's."""
    assert (reply.status, "code" in reply.error) == (403, False), reply.body
    name = stripe_permission(resource, level)
    assert reply.error["message"].endswith(f"Having the '{name}' permission would allow this request to continue.")
