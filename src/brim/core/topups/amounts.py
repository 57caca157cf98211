"""Which amounts a currency allows, once both are known."""

from brim.base.currency import MAX_AMOUNT, InvalidAmountStepError, amount_step, written_amount
from brim.base.errors import BrimError


class AmountTooLargeError(BrimError):
    """The amount has too many digits."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"Amount must be no more than {written_amount(MAX_AMOUNT, currency)}")


def check_amount(amount_minor: int, currency: str) -> None:
    """Let a positive amount pass that a top-up in that currency may have.

    Raises:
        AmountTooLargeError: when it has more than twelve digits.
        InvalidAmountStepError: when the currency has no coin for its last digits.
    """
    if amount_minor > MAX_AMOUNT:
        raise AmountTooLargeError(currency)
    step = amount_step(currency)
    if amount_minor % step:
        raise InvalidAmountStepError(amount_minor, currency, step)
