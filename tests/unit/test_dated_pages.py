"""Pages of what was made within a range of seconds: a bound on ids, or on few objects that were all read."""

import msgspec
import pytest

from brim.api.framework.paging import read_page
from brim.base.ids import IdFactory
from brim.base.paging import DatedPageRequest, PageRequest, Range, page_of_few, window_of


class Made(msgspec.Struct, frozen=True):
    id: str


SECONDS = (100, 200, 300, 400)
MADE = [Made(IdFactory(lambda: 0).new_at("x_", second * 1000 + 999)) for second in SECONDS]


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (Range(200, 300), [300, 200]),
        (Range(201, None), [400, 300]),
        (Range(None, 100), [100]),
        (Range(401, None), []),
        (Range(300, 200), []),
    ],
)
def test_a_range_of_seconds_bounds_both_ways_to_page(within: Range, expected: list[int]) -> None:
    request = read_page({"limit": 10, "created": within})
    assert isinstance(request, DatedPageRequest)
    wanted = [MADE[SECONDS.index(second)] for second in expected]
    assert page_of_few(MADE, request, kind="thing").items == wanted
    window = window_of("x_", None, request)
    assert [each for each in reversed(MADE) if window.low < each.id < window.high] == wanted


def test_a_cursor_and_a_range_narrow_together() -> None:
    request = DatedPageRequest(limit=1, starting_after=MADE[3].id, made_within=Range(200, 400))
    page = page_of_few(MADE, request, kind="thing")
    assert (page.items, page.has_more) == ([MADE[2]], True)
    assert type(read_page({})) is PageRequest
