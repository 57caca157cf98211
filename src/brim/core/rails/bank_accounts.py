"""What a rail knows of bank accounts: which exist without being on file, whether a new one is verified, and guesses."""

from typing import NamedTuple

from brim.core.bank_accounts import BankNumbers, Guess, Verification


class Counterparty(NamedTuple):
    """A bank account as a rail sees it: what it plays, which only the rail reads, and whether it may be debited."""

    scenario: str | None
    verification: Verification

    @property
    def is_verified(self) -> bool:
        """Whether it may be debited."""
        return self.verification is Verification.VERIFIED


class BankAccountRules:
    """What holds where a rail says nothing else: nothing is documented, nothing is verified, no guess is right."""

    def documented_source(self, token_id: str) -> Counterparty | None:  # noqa: ARG002  a rail may know some
        """Return what a documented token stands for when it pays for a top-up; None for any other."""
        return None

    def documented_payment_method(self, method_id: str) -> Counterparty | None:  # noqa: ARG002  a rail may know some
        """Return what a documented payment method stands for; None for any other."""
        return None

    def documented_numbers(self, token_id: str) -> BankNumbers | None:  # noqa: ARG002  a rail may know some
        """Return the numbers of the bank account that a documented token stands for; None for any other."""
        return None

    def counterparty(self, numbers: BankNumbers) -> Counterparty:
        """Return what a new bank account is. One with an IBAN needs no verification: its holder signs a mandate."""
        return Counterparty(None, Verification.VERIFIED if numbers.is_iban else Verification.PENDING)

    def judge_amounts(self, amounts: tuple[int, int]) -> Guess:  # noqa: ARG002  a rail may have sent some
        """Return what amounts of micro-deposits, in cents and any order, are worth."""
        return Guess.WRONG

    def judge_descriptor_code(self, code: str) -> Guess:  # noqa: ARG002  a rail may have sent one
        """Return what the code of a micro-deposit is worth."""
        return Guess.WRONG
