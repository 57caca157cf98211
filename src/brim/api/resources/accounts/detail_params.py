"""The parameters that say what an account is: its business, the people behind it, its settings.

Source: Stripe API reference, Create an account, and the parameters' types in the official SDKs.
"""

from collections.abc import Iterable
from typing import Final

from brim.api.framework.kinds import (
    Boolean,
    BoundedInteger,
    Country,
    CurrencyCode,
    Email,
    Enum,
    Integer,
    Metadata,
    Text,
    TextList,
)
from brim.api.framework.params import Hash, Kind, Parameter
from brim.api.resources.accounts.kinds import Capabilities, DaysOfMonth, DelayDays, Percentage
from brim.api.resources.accounts.private_kinds import PrivateDate, PrivateObject, PrivateText
from brim.core.accounts import BUSINESS_TYPES

_MAX_DAYS: Final = 31
_MAX_ITEMS: Final = 50
_TEXT: Final = Text(clearable=True)
_NOT_KEPT: Final = "It isn't stored: the object only says that it was provided."


def _named(kind: Kind, meanings: Iterable[tuple[str, str]]) -> tuple[Parameter, ...]:
    return tuple(Parameter(name=name, kind=kind, description=meaning) for name, meaning in meanings)


def _group(name: str, description: str, *parameters: Parameter) -> Parameter:
    return Parameter(name=name, kind=Hash(parameters), description=description)


_ADDRESS_LINES: Final = (
    ("city", "City."),
    ("line1", "Street address."),
    ("line2", "Apartment, suite, unit or building."),
    ("postal_code", "Postal code."),
    ("state", "State or province."),
)
_COUNTRY: Final = Parameter(name="country", kind=Country(clearable=True), description="Two-letter country code.")


def _address(name: str, description: str, *, with_town: bool = False) -> Parameter:
    lines = (*_ADDRESS_LINES, ("town", "Town or cho-me.")) if with_town else _ADDRESS_LINES
    return _group(name, description, _COUNTRY, *_named(_TEXT, lines))


def _acceptance(name: str, description: str, *more: Parameter) -> Parameter:
    return _group(
        name,
        description,
        Parameter(name="date", kind=Integer(), description="When this was accepted, in Unix seconds."),
        *_named(_TEXT, (("ip", "The IP address used."), ("user_agent", "The browser used."))),
        *more,
    )


_AMOUNT: Final = (
    Parameter(name="amount", kind=Integer(), required=True, description="The amount, in minor units."),
    Parameter(name="currency", kind=CurrencyCode(), required=True, description="Its currency."),
)
BUSINESS_PROFILE: Final = _group(
    "business_profile",
    "Details of the business that its customers see.",
    _group(
        "annual_revenue",
        "Its annual revenue.",
        *_AMOUNT,
        Parameter(name="fiscal_year_end", kind=Text(), required=True, description="The last day of the fiscal year."),
    ),
    Parameter(
        name="estimated_worker_count",
        kind=BoundedInteger(least=0, most=10**9, clearable=True),
        description="The estimated number of workers.",
    ),
    Parameter(
        name="minority_owned_business_designation",
        kind=TextList(_MAX_ITEMS),
        description="Its designations as a minority-owned business.",
    ),
    _group("monthly_estimated_revenue", "Its estimated monthly revenue.", *_AMOUNT),
    _address("support_address", "Its support address."),
    *_named(
        _TEXT,
        (
            ("mcc", "Its merchant category code."),
            ("name", "The name that it does business under. Send an empty string to remove it."),
            ("product_description", "What it sells."),
            (
                "specified_commercial_transactions_act_url",
                "The URL of the disclosures that Japan's Act on Specified Commercial Transactions requires.",
            ),
            ("support_email", "Its support email address."),
            ("support_phone", "Its support phone number."),
            ("support_url", "Its support website."),
            ("url", "Its website."),
        ),
    ),
)
CAPABILITIES: Final = Parameter(
    name="capabilities",
    kind=Capabilities(),
    description=(
        "The capabilities to request, as in `capabilities[transfers][requested]=true`. They are granted immediately."
    ),
)
_DOCUMENT: Final = _named(PrivateText(), (("back", f"Its back. {_NOT_KEPT}"), ("front", f"Its front. {_NOT_KEPT}")))
COMPANY: Final = _group(
    "company",
    "The company behind the account.",
    _address("address", "Its address."),
    _address("address_kana", "The same in kana.", with_town=True),
    _address("address_kanji", "The same in kanji.", with_town=True),
    _address("administrative_address", "Its administrative address."),
    _address("physical_address", "The address at which it does business."),
    _address("principal_place_of_business", "Its principal place of business."),
    _acceptance("directorship_declaration", "The declaration that all directors are named."),
    _acceptance("ownership_declaration", "The declaration that all owners are named."),
    _acceptance("representative_declaration", "The declaration that its representative is authorized."),
    *_named(
        Boolean(),
        (
            ("directors_provided", "Whether all directors are named."),
            ("executives_provided", "Whether all executives are named."),
            ("owners_provided", "Whether all owners are named."),
        ),
    ),
    *_named(
        _TEXT,
        (
            ("export_license_id", "The id of its export license."),
            ("export_purpose_code", "The purpose of its exports."),
            ("name", "Its legal name."),
            ("name_kana", "The same in kana."),
            ("name_kanji", "The same in kanji."),
            ("ownership_exemption_reason", "The reason why its owners need not be named."),
            ("phone", "Its phone number."),
            ("structure", "Its legal structure."),
            ("tax_id_registrar", "The registrar of its tax ID."),
        ),
    ),
    Parameter(name="registration_date", kind=PrivateDate(), description=f"When it was registered. {_NOT_KEPT}"),
    *_named(
        PrivateText(),
        (
            ("registration_number", f"Its number in the register. {_NOT_KEPT}"),
            ("tax_id", f"Its tax ID. {_NOT_KEPT}"),
            ("vat_id", f"Its VAT number. {_NOT_KEPT}"),
        ),
    ),
    _group("verification", "Documents that verify the company.", _group("document", "A document.", *_DOCUMENT)),
)
CONTROLLER: Final = _group(
    "controller",
    "Who is responsible for the account. Don't send it together with `type`, which stands for a common combination.",
    _group(
        "fees",
        "The payment of fees.",
        Parameter(name="payer", kind=Enum(("account", "application")), description="Who pays them."),
    ),
    _group(
        "losses",
        "The liability for losses.",
        Parameter(name="payments", kind=Enum(("application", "stripe")), description="Who is liable for them."),
    ),
    Parameter(
        name="requirement_collection",
        kind=Enum(("application", "stripe")),
        description="Who collects required information.",
    ),
    _group(
        "stripe_dashboard",
        "The dashboard.",
        Parameter(name="type", kind=Enum(("express", "full", "none")), description="The type of dashboard."),
    ),
)
INDIVIDUAL: Final = _group(
    "individual",
    "The person behind the account.",
    _address("address", "Their address."),
    _address("address_kana", "The same in kana.", with_town=True),
    _address("address_kanji", "The same in kanji.", with_town=True),
    _address("registered_address", "Their registered address."),
    Parameter(name="dob", kind=PrivateDate(), description="Their date of birth. It is not stored."),
    Parameter(name="email", kind=Email(), description="Their email address."),
    Parameter(name="full_name_aliases", kind=TextList(_MAX_ITEMS), description="Other names that they use."),
    Parameter(name="metadata", kind=Metadata(), description="Your own key-value pairs about them."),
    Parameter(
        name="political_exposure",
        kind=Enum(("existing", "none")),
        description="Whether they or someone close to them hold a public office.",
    ),
    _group(
        "relationship",
        "Their relationship to the account.",
        *_named(
            Boolean(),
            (
                ("director", "Whether they are a director."),
                ("executive", "Whether they are an executive."),
                ("owner", "Whether they are an owner."),
            ),
        ),
        Parameter(name="percent_ownership", kind=Percentage(), description="Their share of the ownership, in percent."),
        *_named(_TEXT, (("title", "Their title."),)),
    ),
    *_named(
        _TEXT,
        (
            ("first_name", "First name."),
            ("first_name_kana", "The same in kana."),
            ("first_name_kanji", "The same in kanji."),
            ("gender", "Gender."),
            ("last_name", "Last name."),
            ("last_name_kana", "The same in kana."),
            ("last_name_kanji", "The same in kanji."),
            ("maiden_name", "Maiden name."),
            ("phone", "Phone number."),
        ),
    ),
    *_named(
        PrivateText(),
        (
            ("id_number", f"A government-issued ID number. {_NOT_KEPT}"),
            ("id_number_secondary", f"A second government-issued ID number. {_NOT_KEPT}"),
            ("ssn_last_4", f"The last four digits of their social security number. {_NOT_KEPT}"),
        ),
    ),
    _group(
        "verification",
        "Documents that verify their identity.",
        _group("additional_document", "A second document.", *_DOCUMENT),
        _group("document", "A document.", *_DOCUMENT),
    ),
)
_STATEMENT: Final = (
    ("statement_descriptor", "The statement descriptor."),
    ("statement_descriptor_kana", "The same in kana."),
    ("statement_descriptor_kanji", "The same in kanji."),
)
_PREFIX: Final = tuple((name.replace("descriptor", "descriptor_prefix"), meaning) for name, meaning in _STATEMENT)
SETTINGS: Final = _group(
    "settings",
    "The account's settings. They are stored, and have no effect in Brim.",
    _group("bacs_debit_payments", "Bacs debits.", *_named(_TEXT, (("display_name", "The name shown."),))),
    _group(
        "branding",
        "The branding of its pages.",
        *_named(
            _TEXT,
            (
                ("icon", "The id of its icon."),
                ("logo", "The id of its logo."),
                ("primary_color", "Its primary color."),
                ("secondary_color", "Its secondary color."),
            ),
        ),
    ),
    _group("card_issuing", "Card issuing.", _acceptance("tos_acceptance", "Who accepted the terms.")),
    _group(
        "card_payments",
        "Card payments.",
        _group(
            "decline_on",
            "The payments to decline.",
            *_named(
                Boolean(),
                (
                    ("avs_failure", "Whether payments with a wrong postal code are declined."),
                    ("cvc_failure", "Whether payments with a wrong verification code are declined."),
                ),
            ),
        ),
        *_named(_TEXT, _PREFIX),
    ),
    _group(
        "invoices",
        "Invoices.",
        Parameter(
            name="default_account_tax_ids",
            kind=TextList(_MAX_ITEMS),
            description="The tax IDs shown on invoices, by id.",
        ),
        Parameter(
            name="hosted_payment_method_save",
            kind=Enum(("always", "never", "offer")),
            description="Whether payment methods are saved.",
        ),
    ),
    _group("payments", "Payments.", *_named(_TEXT, _STATEMENT)),
    _group(
        "payouts",
        "Payouts.",
        Parameter(
            name="debit_negative_balances", kind=Boolean(), description="Whether a negative balance is collected."
        ),
        _group(
            "schedule",
            "The payout schedule.",
            Parameter(
                name="delay_days", kind=DelayDays(), description="The number of days until a payout, or `minimum`."
            ),
            Parameter(
                name="interval",
                kind=Enum(("daily", "manual", "monthly", "weekly")),
                description="The interval of payouts.",
            ),
            Parameter(
                name="monthly_anchor",
                kind=BoundedInteger(least=1, most=_MAX_DAYS),
                description="The day of the month of payouts.",
            ),
            Parameter(name="monthly_payout_days", kind=DaysOfMonth(), description="The days of the month of payouts."),
            Parameter(name="weekly_anchor", kind=Text(), description="The day of the week of payouts."),
            Parameter(name="weekly_payout_days", kind=TextList(7), description="The days of the week of payouts."),
        ),
        *_named(_TEXT, (("statement_descriptor", "The statement descriptor."),)),
    ),
    _group("sepa_debit_payments", "SEPA debits.", *_named(_TEXT, (("creditor_id", "The creditor's id."),))),
    _group("treasury", "Treasury.", _acceptance("tos_acceptance", "Who accepted the terms.")),
)
TOS_ACCEPTANCE: Final = _acceptance(
    "tos_acceptance",
    "Who accepted the terms of service.",
    *_named(_TEXT, (("service_agreement", "The terms that were accepted: `full` or `recipient`."),)),
)
DETAILS: Final = (
    BUSINESS_PROFILE,
    Parameter(name="business_type", kind=Enum(BUSINESS_TYPES), description="The type of business."),
    CAPABILITIES,
    COMPANY,
    Parameter(
        name="documents", kind=PrivateObject(), description="Documents that verify the account. They are not stored."
    ),
    _group(
        "groups",
        "The groups that the account belongs to.",
        *_named(_TEXT, (("payments_pricing", "Its pricing group."),)),
    ),
    INDIVIDUAL,
    SETTINGS,
    TOS_ACCEPTANCE,
)
