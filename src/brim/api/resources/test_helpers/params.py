"""The parameters of the operations of test mode. Source: Stripe API reference, Test Clocks; the others are ours."""

from typing import Final

from brim.api.framework.common_params import PAGE, expand
from brim.api.framework.kinds import BoundedInteger, Enum, Text
from brim.api.framework.params import Parameter
from brim.core.rails import FAILURES
from brim.core.time import EARLIEST_TIME, LATEST_TIME, MAX_NAME

_FAILURE_CODE: Final = Parameter(
    name="failure_code",
    kind=Enum(tuple(FAILURES)),
    description="The failure code of the top-up.",
)
TOPUP_SUCCEED: Final = (expand("topup"),)
TOPUP_FAIL: Final = (_FAILURE_CODE, expand("topup"))
TOPUP_REVERSE: Final = (_FAILURE_CODE, expand("topup"))

_FROZEN_TIME: Final = Parameter(
    name="frozen_time",
    kind=BoundedInteger(least=EARLIEST_TIME, most=LATEST_TIME),
    required=True,
    description="The time to freeze, in Unix seconds: a time in the years 2000 to 2099.",
)
TEST_CLOCK_CREATE: Final = (
    _FROZEN_TIME,
    Parameter(name="name", kind=Text(max_length=MAX_NAME), description="A name for it."),
    expand("test_clock"),
)
TEST_CLOCK_ADVANCE: Final = (_FROZEN_TIME, expand("test_clock"))
TEST_CLOCK_RETRIEVE: Final = (expand("test_clock"),)
TEST_CLOCK_LIST: Final = (*PAGE, expand("test_clock", in_list=True))
