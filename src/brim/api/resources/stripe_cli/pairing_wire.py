"""What the official CLI is answered while it logs in. Source: the fields that its version 1.52.0 reads."""

import msgspec


class PairingLinks(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person goes, where the CLI asks how it stands, and the words that both show."""

    browser_url: str
    poll_url: str
    verification_code: str


class PairingAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a login stands; with `redeemed` the key, told this once. No live key is made, and none to publish exists."""

    redeemed: bool
    account_id: str = ""
    account_display_name: str = ""
    testmode_key_secret: str = ""
    testmode_key_publishable: str = ""
    livemode_key_secret: str = ""
    livemode_key_publishable: str = ""
