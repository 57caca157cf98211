import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.rails.sandbox.bank_accounts import IBAN_SCENARIOS
from brim.core.rails.sepa import (
    BicInvalidError,
    CreditorIdentifierInvalidError,
    IbanInvalidError,
    MandateReferenceInvalidError,
    check_bic,
    check_creditor_identifier,
    check_debtor_iban,
    check_iban,
    check_mandate_reference,
    identifier_of,
    is_identifier,
)
from tests.support.pain008 import DEBTOR_IBANS, iban_of

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASIC = "ABCXYZabcxyz0123456789+?/-:().,' "


def remainder(text: str) -> int:
    """Return the remainder by 97 of a text whose letters are numbers from 10 on, digit by digit."""
    left = 0
    for digit in "".join(str(ALPHABET.index(each)) for each in text):
        left = (left * 10 + int(digit)) % 97
    return left


@pytest.mark.parametrize("iban", DEBTOR_IBANS)
def test_an_iban_of_the_registry_is_taken_however_it_is_written(iban: str) -> None:
    spaced = " ".join(re.findall(".{1,4}", iban.lower()))

    assert check_debtor_iban(f" {spaced} ", param="iban") == iban


@given(bban=st.text("0123456789", min_size=18, max_size=18), position=st.integers(2, 21), other=st.integers(1, 9))
def test_an_iban_with_one_wrong_digit_is_refused(bban: str, position: int, other: int) -> None:
    iban = iban_of("DE", bban)
    assert remainder(iban[4:] + iban[:4]) == 1
    digit = str((int(iban[position]) + other) % 10)

    with pytest.raises(IbanInvalidError, match="check digits"):
        check_iban(iban[:position] + digit + iban[position + 1 :], param="iban")


@pytest.mark.parametrize(
    ("iban", "reason"),
    [
        ("DE8937040044053201300", "check digits"),
        (iban_of("DE", "37040044053201300"), "length or the structure"),
        (iban_of("NL", "1234041716430X"), "length or the structure"),
        (iban_of("ZZ", "370400440532013000"), "begins with no country"),
        ("", "Invalid IBAN"),
        ("370400440532013000", "Invalid IBAN"),
        ("BR1800360305000010009795493C1", "cannot be reached by SEPA"),
    ],
)
def test_what_is_no_iban_of_sepa_is_refused_with_the_reason(iban: str, reason: str) -> None:
    with pytest.raises(IbanInvalidError, match=reason) as refused:
        check_iban(iban, param="sepa_debit[iban]")

    assert refused.value.param == "sepa_debit[iban]"
    assert len(iban) < 3 or iban not in str(refused.value)


def test_an_account_outside_of_the_eea_is_not_debited_without_an_address() -> None:
    swiss = "CH9300762011623852957"

    assert check_iban(swiss, param="iban") == swiss
    with pytest.raises(IbanInvalidError, match="outside of the EEA"):
        check_debtor_iban(swiss, param="iban")


@pytest.mark.parametrize("identifier", ["DE98ZZZ09999999999", "DE41EON00000129793", "es 23 zzz 47690558n"])
def test_published_creditor_identifiers_are_taken(identifier: str) -> None:
    assert check_creditor_identifier(identifier, param="id") == identifier.replace(" ", "").upper()


@given(
    country=st.sampled_from(["DE", "FR", "NL", "AT", "IT"]),
    business=st.text(ALPHABET, min_size=3, max_size=3),
    national=st.text(ALPHABET, min_size=1, max_size=28),
    digit=st.integers(0, 96),
)
def test_the_check_digits_of_a_creditor_identifier_leave_its_business_code_out(
    country: str, business: str, national: str, digit: int
) -> None:
    right = 98 - remainder(f"{national}{country}00")
    identifier = f"{country}{right:02}{business}{national}"

    assert check_creditor_identifier(identifier, param="id") == identifier
    wrong = (right + digit) % 97 + 1
    if wrong % 97 != right % 97:
        with pytest.raises(CreditorIdentifierInvalidError, match="check digits"):
            check_creditor_identifier(f"{country}{wrong:02}{business}{national}", param="id")


@pytest.mark.parametrize(
    ("identifier", "reason"),
    [("", "it is a country"), ("DE98ZZZ", "it is a country"), ("DE98ZZZ099/9999999", "it is a country"),
     ("US98ZZZ09999999999", "US is not in SEPA"), ("DE99ZZZ09999999999", "check digits")],
)  # fmt: skip
def test_what_is_no_creditor_identifier_is_refused_with_the_reason(identifier: str, reason: str) -> None:
    with pytest.raises(CreditorIdentifierInvalidError, match=reason):
        check_creditor_identifier(identifier, param="id")


def test_a_bic_has_8_or_11_characters_and_a_country() -> None:
    assert check_bic("cobadeff xxx", param="bic") == "COBADEFFXXX"
    assert check_bic("COBADEFF", param="bic") == "COBADEFF"
    for wrong in ("COBADEF", "COBA11FF", "COBAZZFF", "COBADEFFXX", ""):
        with pytest.raises(BicInvalidError):
            check_bic(wrong, param="bic")


@given(st.text(BASIC + "_ä\n", max_size=40))
def test_a_reference_is_taken_exactly_where_the_scheme_takes_it(text: str) -> None:
    is_basic = all(each in BASIC for each in text)
    is_trimmed = text == text.strip() and text
    has_slashes = text.startswith("/") or text.endswith("/") or "//" in text
    expected = bool(is_basic and is_trimmed and not has_slashes and len(text) <= 35)

    assert is_identifier(text) is expected
    if expected:
        assert check_mandate_reference(text, param="reference") == text
    else:
        with pytest.raises(MandateReferenceInvalidError):
            check_mandate_reference(text, param="reference")


def test_an_object_has_an_identifier_of_its_own_each_time_that_it_is_presented() -> None:
    topup = "tu_0Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op"

    assert identifier_of(topup) == "tu-0Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op"
    assert is_identifier(identifier_of(topup, number=999_999))
    assert identifier_of(topup, number=2) == f"{identifier_of(topup)}-2"


@pytest.mark.parametrize("iban", IBAN_SCENARIOS)
def test_ibans_of_test_mode_can_be_debited(iban: str) -> None:
    assert check_debtor_iban(iban, param="iban") == iban
