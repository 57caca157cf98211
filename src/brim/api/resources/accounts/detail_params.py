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
_NOT_KEPT: Final = "It is not kept: the object says only that it was provided."


def _named(kind: Kind, meanings: Iterable[tuple[str, str]]) -> tuple[Parameter, ...]:
    return tuple(Parameter(name=name, kind=kind, description=meaning) for name, meaning in meanings)


def _group(name: str, description: str, *parameters: Parameter) -> Parameter:
    return Parameter(name=name, kind=Hash(parameters), description=description)


_ADDRESS_LINES: Final = (
    ("city", "City."),
    ("line1", "Street and number."),
    ("line2", "Flat, floor or building."),
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
        Parameter(name="date", kind=Integer(), description="When, as a Unix second."),
        *_named(_TEXT, (("ip", "From which address."), ("user_agent", "With which browser."))),
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
        "What it earns in a year.",
        *_AMOUNT,
        Parameter(name="fiscal_year_end", kind=Text(), required=True, description="The last day of that year."),
    ),
    Parameter(
        name="estimated_worker_count",
        kind=BoundedInteger(least=0, most=10**9, clearable=True),
        description="How many people work there.",
    ),
    Parameter(
        name="minority_owned_business_designation",
        kind=TextList(_MAX_ITEMS),
        description="Whether its owners belong to a minority.",
    ),
    _group("monthly_estimated_revenue", "What it earns in a month.", *_AMOUNT),
    _address("support_address", "Where its support is."),
    *_named(
        _TEXT,
        (
            ("mcc", "Its merchant category code."),
            ("name", "The name that it does business under. Send an empty string to remove it."),
            ("product_description", "What it sells."),
            ("specified_commercial_transactions_act_url", "Where a Japanese business says what the law asks for."),
            ("support_email", "Its support's email address."),
            ("support_phone", "Its support's phone number."),
            ("support_url", "Its support's page."),
            ("url", "Its own page."),
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
    _address("address", "Where it is."),
    _address("address_kana", "The same in kana.", with_town=True),
    _address("address_kanji", "The same in kanji.", with_town=True),
    _address("administrative_address", "Where it is administered."),
    _address("physical_address", "Where it does business."),
    _address("principal_place_of_business", "Where it does most of its business."),
    _acceptance("directorship_declaration", "Who declared its directors to be complete."),
    _acceptance("ownership_declaration", "Who declared its owners to be complete."),
    _acceptance("representative_declaration", "Who declared its representative to be one."),
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
            ("export_license_id", "Its export license."),
            ("export_purpose_code", "The purpose of its exports."),
            ("name", "Its legal name."),
            ("name_kana", "The same in kana."),
            ("name_kanji", "The same in kanji."),
            ("ownership_exemption_reason", "Why its owners need not be named."),
            ("phone", "Its phone number."),
            ("structure", "Its legal form."),
            ("tax_id_registrar", "Where its tax number is registered."),
        ),
    ),
    Parameter(name="registration_date", kind=PrivateDate(), description=f"When it was registered. {_NOT_KEPT}"),
    *_named(
        PrivateText(),
        (
            ("registration_number", f"Its number in the register. {_NOT_KEPT}"),
            ("tax_id", f"Its tax number. {_NOT_KEPT}"),
            ("vat_id", f"Its VAT number. {_NOT_KEPT}"),
        ),
    ),
    _group("verification", "What proves it.", _group("document", "A document.", *_DOCUMENT)),
)
CONTROLLER: Final = _group(
    "controller",
    "Who is responsible for the account. Don't send it together with `type`, which stands for a common combination.",
    _group(
        "fees",
        "Fees.",
        Parameter(name="payer", kind=Enum(("account", "application")), description="Who pays them."),
    ),
    _group(
        "losses",
        "Losses.",
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
        Parameter(name="type", kind=Enum(("express", "full", "none")), description="Which one it has."),
    ),
)
INDIVIDUAL: Final = _group(
    "individual",
    "The person behind the account.",
    _address("address", "Where they live."),
    _address("address_kana", "The same in kana.", with_town=True),
    _address("address_kanji", "The same in kanji.", with_town=True),
    _address("registered_address", "Where they are registered."),
    Parameter(name="dob", kind=PrivateDate(), description="When they were born. It is not kept."),
    Parameter(name="email", kind=Email(), description="Their email address."),
    Parameter(name="full_name_aliases", kind=TextList(_MAX_ITEMS), description="Other names of theirs."),
    Parameter(name="metadata", kind=Metadata(), description="Key-value pairs of yours about them."),
    Parameter(
        name="political_exposure",
        kind=Enum(("existing", "none")),
        description="Whether they hold a public office, or somebody near them does.",
    ),
    _group(
        "relationship",
        "What they are to the account.",
        *_named(
            Boolean(),
            (
                ("director", "Whether they direct it."),
                ("executive", "Whether they manage it."),
                ("owner", "Whether they own it."),
            ),
        ),
        Parameter(name="percent_ownership", kind=Percentage(), description="How much of it, in percent."),
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
            ("id_number", f"A government's number for them. {_NOT_KEPT}"),
            ("id_number_secondary", f"A second one. {_NOT_KEPT}"),
            ("ssn_last_4", f"The end of their social security number. {_NOT_KEPT}"),
        ),
    ),
    _group(
        "verification",
        "What proves who they are.",
        _group("additional_document", "A second document.", *_DOCUMENT),
        _group("document", "A document.", *_DOCUMENT),
    ),
)
_STATEMENT: Final = (
    ("statement_descriptor", "What a statement shows."),
    ("statement_descriptor_kana", "The same in kana."),
    ("statement_descriptor_kanji", "The same in kanji."),
)
_PREFIX: Final = tuple((name.replace("descriptor", "descriptor_prefix"), meaning) for name, meaning in _STATEMENT)
SETTINGS: Final = _group(
    "settings",
    "The account's settings. They are kept, and have no effect in Brim.",
    _group("bacs_debit_payments", "Bacs debits.", *_named(_TEXT, (("display_name", "The name shown."),))),
    _group(
        "branding",
        "How its pages look.",
        *_named(
            _TEXT,
            (
                ("icon", "The id of its icon."),
                ("logo", "The id of its logo."),
                ("primary_color", "Its first color."),
                ("secondary_color", "Its second color."),
            ),
        ),
    ),
    _group("card_issuing", "Cards it issues.", _acceptance("tos_acceptance", "Who accepted the terms.")),
    _group(
        "card_payments",
        "Card payments.",
        _group(
            "decline_on",
            "What is declined.",
            *_named(
                Boolean(), (("avs_failure", "A wrong postal code."), ("cvc_failure", "A wrong verification code."))
            ),
        ),
        *_named(_TEXT, _PREFIX),
    ),
    _group(
        "invoices",
        "Invoices.",
        Parameter(
            name="default_account_tax_ids", kind=TextList(_MAX_ITEMS), description="The ids of tax numbers shown."
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
            "When they are made.",
            Parameter(name="delay_days", kind=DelayDays(), description="After how many days, or `minimum`."),
            Parameter(name="interval", kind=Enum(("daily", "manual", "monthly", "weekly")), description="How often."),
            Parameter(name="monthly_anchor", kind=BoundedInteger(least=1, most=_MAX_DAYS), description="On which day."),
            Parameter(name="monthly_payout_days", kind=DaysOfMonth(), description="On which days of a month."),
            Parameter(name="weekly_anchor", kind=Text(), description="On which day of the week."),
            Parameter(name="weekly_payout_days", kind=TextList(7), description="On which days of the week."),
        ),
        *_named(_TEXT, (("statement_descriptor", "What a statement shows."),)),
    ),
    _group("sepa_debit_payments", "SEPA debits.", *_named(_TEXT, (("creditor_id", "The creditor's id."),))),
    _group("treasury", "Treasury.", _acceptance("tos_acceptance", "Who accepted the terms.")),
)
TOS_ACCEPTANCE: Final = _acceptance(
    "tos_acceptance",
    "Who accepted the terms of service.",
    *_named(_TEXT, (("service_agreement", "Which terms: `full` or `recipient`."),)),
)
DETAILS: Final = (
    BUSINESS_PROFILE,
    Parameter(name="business_type", kind=Enum(BUSINESS_TYPES), description="The type of business."),
    CAPABILITIES,
    COMPANY,
    Parameter(name="documents", kind=PrivateObject(), description="What proves the account. It is not kept."),
    _group("groups", "Groups.", *_named(_TEXT, (("payments_pricing", "Its group for prices."),))),
    INDIVIDUAL,
    SETTINGS,
    TOS_ACCEPTANCE,
)
