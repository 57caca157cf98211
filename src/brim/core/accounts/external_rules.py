"""External accounts: the bank accounts that an account is paid out to.

There are no payouts here, and an external account pays for no top-up: with the vendor neither. So nothing of it is
kept but what may be shown; the account number itself is not. Source of the object: Stripe API reference, External bank
accounts.
"""

from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.metadata import MetadataChange, merge
from brim.base.scope import AccountScope
from brim.core.bank_accounts import BankAccount

EXTERNAL_PREFIX: Final = "ba_"
MOST_EXTERNAL_ACCOUNTS: Final = 200
"""Of one account in one mode: each reply with the account holds them."""

SHOWN_WITH_ACCOUNT: Final = 10


class ExternalAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One of them; `is_default` among those of its currency."""

    scope: AccountScope
    id: str
    created: int
    bank_account: BankAccount
    currency: str
    holder_name: str | None = None
    is_default: bool = False
    metadata: dict[str, str] = {}


class ExternalAccountEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What an update changes; UNSET stays as it is, None is cleared."""

    holder_name: str | msgspec.UnsetType | None = msgspec.UNSET
    holder_type: str | msgspec.UnsetType | None = msgspec.UNSET
    account_type: str | msgspec.UnsetType | None = msgspec.UNSET
    is_default: bool = False
    metadata: MetadataChange = MetadataChange()


class DefaultExternalAccountError(BrimError):
    """The external account is the default of its currency, so it can't be deleted."""

    def __init__(self) -> None:
        super().__init__(
            "You cannot delete the default external account for your default currency. Please make another external "
            "account the default using the `default_for_currency` param, and then delete this one."
        )


class TooManyExternalAccountsError(BrimError):
    """The account has reached the maximum number of external accounts."""

    def __init__(self) -> None:
        super().__init__(f"You cannot have more than {MOST_EXTERNAL_ACCOUNTS} external accounts.")


def edited(external: ExternalAccount, edit: ExternalAccountEdit) -> ExternalAccount:
    """Return an external account after an update, its being a default aside.

    Raises:
        TooMuchMetadataError: it would have too many metadata keys.
    """
    account = external.bank_account
    return msgspec.structs.replace(
        external,
        holder_name=external.holder_name if edit.holder_name is msgspec.UNSET else edit.holder_name,
        metadata=merge(external.metadata, edit.metadata),
        bank_account=msgspec.structs.replace(
            account,
            holder_type=account.holder_type if edit.holder_type is msgspec.UNSET else edit.holder_type,
            account_type=account.account_type if edit.account_type is msgspec.UNSET else edit.account_type,
        ),
    )


def check_deletable(external: ExternalAccount, *, default_currency: str, others: int) -> None:
    """Let an external account pass that may be deleted.

    Args:
        external: which.
        default_currency: its account's.
        others: how many more the account has in the same currency.

    Raises:
        DefaultExternalAccountError: it is a default that is needed. Source: Stripe API reference, Delete an external
            account.
    """
    if external.is_default and (others or external.currency == default_currency):
        raise DefaultExternalAccountError
