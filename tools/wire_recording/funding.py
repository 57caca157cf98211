"""What pays for top-ups: payment methods, sources, tokens and defaults."""

from typing import Final

from wire_recording.caller import Caller, next_second
from wire_recording.topups import create_topup

_NUMBERS: Final = {
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[routing_number]": "110000000",
}
METHOD: Final = {"type": "us_bank_account", **_NUMBERS}
_UNVERIFIED: Final = {"brim[verification]": "microdeposits"}
_GROUP: Final = "funding"
_SPECIAL: Final = (
    "000111111116 000111111113 000222222227 000333333335 000444444440 000555555559 000000000009 000777777771 "
    "000777777772 000666666661 000999999999"
).split()


def play_funding(caller: Caller) -> None:
    """Record the lives of everything that can pay."""
    for step in (_play_methods, _play_verification, _play_sources, _play_tokens, _play_defaults):
        next_second()  # pages merge methods and sources by the second in which they were made
        step(caller)
    next_second()


def _play_methods(caller: Caller) -> None:
    details = {
        **METHOD, "billing_details[name]": "Jenny Rosen", "billing_details[email]": "jenny@example.com",
        "us_bank_account[account_holder_type]": "company", "us_bank_account[account_type]": "savings",
        "metadata[a]": "b", "allow_redisplay": "always",
    }  # fmt: skip
    method = caller.make(_GROUP, "method", "/v1/payment_methods", details)
    path = f"/v1/payment_methods/{method}"
    caller.get(_GROUP, "method retrieve", path)
    caller.make(_GROUP, "method update", path, {"billing_details[name]": "J. Rosen", "metadata[a]": ""})
    caller.make(_GROUP, "method attach", f"{path}/attach", {"customer": "cus_recorded"})
    caller.post(_GROUP, "method attach to another", f"{path}/attach", {"customer": "cus_other"})
    caller.get(_GROUP, "method of customer", "/v1/payment_methods?customer=cus_recorded")
    form = {"amount": 100, "currency": "usd", "payment_method": method}
    create_topup(caller, _GROUP, "topup by method", form)
    caller.make(_GROUP, "method detach", f"{path}/detach")
    create_topup(caller, _GROUP, "topup by detached", form)
    for number in _SPECIAL:
        named = {**METHOD, "us_bank_account[account_number]": number}
        caller.post(_GROUP, f"method with {number}", "/v1/payment_methods", named)
    wrong = {**METHOD, "us_bank_account[routing_number]": "110000001"}
    caller.post(_GROUP, "method with wrong routing number", "/v1/payment_methods", wrong)
    caller.post(_GROUP, "method of another type", "/v1/payment_methods", {"type": "card"})


def _play_verification(caller: Caller) -> None:
    unverified = {**METHOD, **_UNVERIFIED}
    for name, first, last in (("right", 32, 45), ("wrong", 1, 2), ("one too many", 10, 11), ("too late", 40, 41)):
        method = caller.post(_GROUP, f"method to verify {name}", "/v1/payment_methods", unverified).json["id"]
        amounts = (("amounts[]", first), ("amounts[]", last))
        path = f"/v1/payment_methods/{method}"
        caller.post(_GROUP, f"verify {name}", f"{path}/verify_microdeposits", amounts)
        caller.post(_GROUP, f"verify {name} again", f"{path}/verify_microdeposits", amounts)
        caller.get(_GROUP, f"verified {name}", path)
    method = caller.post(_GROUP, "method to verify by code", "/v1/payment_methods", unverified).json["id"]
    form = {"amount": 100, "currency": "usd", "payment_method": method}
    create_topup(caller, _GROUP, "topup by unverified", form)
    caller.make(
        _GROUP, "verify code", f"/v1/payment_methods/{method}/verify_microdeposits", {"descriptor_code": "SM11AA"}
    )


def _play_sources(caller: Caller) -> None:
    form = {
        "type": "ach_debit", "token": "btok_us_verified", "currency": "usd", "owner[name]": "Jenny Rosen",
        "owner[email]": "jenny@example.com", "metadata[a]": "b",
    }  # fmt: skip
    source = caller.make(_GROUP, "source", "/v1/sources", form)
    path = f"/v1/sources/{source}"
    secret = caller.get(_GROUP, "source retrieve", path).json["client_secret"]
    caller.get(_GROUP, "source by secret", f"{path}?client_secret={secret}")
    caller.get(_GROUP, "source by wrong secret", f"{path}?client_secret=wrong")
    caller.make(_GROUP, "source update", path, {"owner[name]": "J. Rosen", "metadata[c]": "d"})
    create_topup(caller, _GROUP, "topup by source", {"amount": 100, "currency": "usd", "source": source})
    caller.make(_GROUP, "source detach", f"{path}/detach")
    unverified = {"type": "ach_debit", "token": "btok_us_verified", **_UNVERIFIED}
    for name, first, last in (("right", 32, 45), ("wrong", 1, 2)):
        source = caller.post(_GROUP, f"source to verify {name}", "/v1/sources", unverified).json["id"]
        values = (("values[]", first), ("values[]", last))
        caller.post(_GROUP, f"source verify {name}", f"/v1/sources/{source}/verify", values)
        caller.post(_GROUP, f"source verify {name} again", f"/v1/sources/{source}/verify", values)
    caller.post(_GROUP, "source of another type", "/v1/sources", {"type": "card", "token": "btok_us_verified"})


def _play_tokens(caller: Caller) -> None:
    form = {
        "bank_account[country]": "US", "bank_account[currency]": "usd", "bank_account[account_number]": "000123456789",
        "bank_account[routing_number]": "110000000", "bank_account[account_holder_name]": "Jenny Rosen",
    }  # fmt: skip
    token = caller.make(_GROUP, "token", "/v1/tokens", form)
    caller.get(_GROUP, "token retrieve", f"/v1/tokens/{token}")
    caller.post(_GROUP, "source of token", "/v1/sources", {"type": "ach_debit", "token": token})
    caller.post(_GROUP, "source of used token", "/v1/sources", {"type": "ach_debit", "token": token})
    caller.get(_GROUP, "token retrieve used", f"/v1/tokens/{token}")


def _play_defaults(caller: Caller) -> None:
    method = caller.post(_GROUP, "method for default", "/v1/payment_methods", METHOD).json["id"]
    path = "/v1/brim/default_funding_sources"
    caller.post(_GROUP, "default", path, {"currency": "usd", "funding_source": method}, Idempotency_Key="default")
    caller.post(_GROUP, "default again", path, {"currency": "usd", "funding_source": method}, Idempotency_Key="default")
    caller.get(_GROUP, "defaults", path)
    create_topup(caller, _GROUP, "topup by default", {"amount": 100, "currency": "usd"})
    caller.delete(_GROUP, "default delete", f"{path}/usd")
    caller.delete(_GROUP, "default delete again", f"{path}/usd")
    caller.post(_GROUP, "default once more", path, {"currency": "usd", "funding_source": method})
