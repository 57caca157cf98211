"""The capabilities that an account can ask for, and what becomes of one: there is nothing to check, so it is active.

None has an effect here, where only top-ups move money. Source: the official SDKs' types of 2026-10-28 (Account).
"""

from typing import Final

from brim.base.errors import ResourceMissingError
from brim.core.accounts.details import AccountDetails, CapabilityState

CAPABILITIES: Final = tuple(
    """
    acss_debit_payments affirm_payments afterpay_clearpay_payments alma_payments amazon_pay_payments
    app_distribution au_becs_debit_payments bacs_debit_payments bancontact_payments bank_transfer_payments
    billie_payments bizum_payments blik_payments blik_recurring_payments boleto_payments card_issuing card_payments
    cartes_bancaires_payments cashapp_payments crypto_payments eps_payments fpx_payments gb_bank_transfer_payments
    giropay_payments grabpay_payments ideal_payments india_international_payments jcb_payments
    jp_bank_transfer_payments kakao_pay_payments klarna_payments konbini_payments kr_card_payments legacy_payments
    link_payments mb_way_payments mobilepay_payments multibanco_payments mx_bank_transfer_payments
    naver_pay_payments nz_bank_account_becs_debit_payments oxxo_payments p24_payments pay_by_bank_payments
    payco_payments paynow_payments paypay_payments payto_payments pix_payments promptpay_payments
    revolut_pay_payments samsung_pay_payments satispay_payments scalapay_payments sepa_bank_transfer_payments
    sepa_debit_payments sequra_payments sofort_payments sunbit_payments swish_payments tax_reporting_us_1099_k
    tax_reporting_us_1099_misc transfers treasury twint_payments upi_payments us_bank_account_ach_payments
    us_bank_transfer_payments wero_payments zip_payments
    """.split()
)
UNREQUESTED: Final = CapabilityState(requested=False)


def status_of(state: CapabilityState, details: AccountDetails) -> str:
    """Return a capability's status: active once it was asked for, unless its account was rejected."""
    if not state.requested:
        return "inactive" if state is not UNREQUESTED else "unrequested"
    return "inactive" if details.rejected else "active"


def check_capability(name: str) -> None:
    """Let a name pass that a capability has.

    Raises:
        ResourceMissingError: there is none of that name.
    """
    if name not in CAPABILITIES:
        raise ResourceMissingError("capability", name, param="capability", in_path=True)
