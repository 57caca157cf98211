"""The parameters of the operations on reports. Source: Stripe API reference, Report Runs and Report Types."""

from typing import Final

from brim.api.framework.common_params import PAGE, created, expand
from brim.api.framework.kinds import CurrencyCode, Enum, Integer, Text, TextList
from brim.api.framework.params import Hash, Parameter
from brim.core.ledger import BalanceTransactionType
from brim.core.reports import DEFAULT_TIMEZONE

_MOST_COLUMNS: Final = 50
_RUN: Final = "reporting.report_run"
_TYPE: Final = "reporting.report_type"

RUN_CREATE: Final = (
    Parameter(
        name="parameters",
        kind=Hash(
            (
                Parameter(
                    name="interval_end",
                    kind=Integer(),
                    required=True,
                    description="The end of the interval, exclusive, in Unix seconds.",
                ),
                Parameter(
                    name="interval_start",
                    kind=Integer(),
                    required=True,
                    description="The start of the interval, inclusive, in Unix seconds.",
                ),
                Parameter(
                    name="columns",
                    kind=TextList(_MOST_COLUMNS),
                    description="The columns, in order. Default: the `default_columns` of the report type.",
                ),
                Parameter(
                    name="connected_account",
                    kind=Text(),
                    description="Only this account: one of your connected accounts, or your own.",
                ),
                Parameter(name="currency", kind=CurrencyCode(), description="Only this currency."),
                Parameter(
                    name="reporting_category",
                    kind=Enum(tuple(BalanceTransactionType)),
                    description="Only balance transactions of this category.",
                ),
                Parameter(
                    name="timezone",
                    kind=Text(max_length=100),
                    description=(
                        f"The IANA time zone of times and dates in the report, by default "
                        f"`{DEFAULT_TIMEZONE}`. It does not change the interval."
                    ),
                ),
            )
        ),
        required=True,
        description="The parameters of the report. Which of them a report takes depends on its type.",
    ),
    Parameter(
        name="report_type",
        kind=Text(max_length=100),
        required=True,
        description="The report to run.",
    ),
    expand(_RUN),
)
RUN_RETRIEVE: Final = (expand(_RUN),)
RUN_LIST: Final = (created("runs"), *PAGE, expand(_RUN, in_list=True))
TYPE_RETRIEVE: Final = (expand(_TYPE),)
TYPE_LIST: Final = (expand(_TYPE, in_list=True),)
