"""Times in the viewer's zone, as the server writes them."""

from datetime import date

import pytest

from brim.web.zones import ViewerZone, first_second, times_in, viewer_time, zone_of


@pytest.mark.parametrize(
    ("cookies", "name", "other"),
    [
        ({}, "UTC", None),
        ({"brim_zone": "Europe/Berlin"}, "Europe/Berlin", "UTC"),
        ({"brim_zone": "Europe/Berlin", "brim_times": "utc"}, "UTC", "Europe/Berlin"),
        ({"brim_zone": "UTC"}, "UTC", None),
        ({"brim_zone": "../../etc/passwd"}, "UTC", None),
        ({"brim_times": "utc"}, "UTC", None),
    ],
)
def test_the_zone_is_the_browsers_unless_utc_is_preferred(
    cookies: dict[str, str], name: str, other: str | None
) -> None:
    zone = zone_of(cookies)
    assert (zone.name, zone.other) == (name, other)


def test_a_time_says_how_far_its_zone_is_from_utc() -> None:
    assert viewer_time(1_795_186_800) == "Nov 20, 2026, 15:00:00 UTC"
    for zone, written in (
        ("Europe/Berlin", "Nov 20, 2026, 16:00:00 UTC+1"),
        ("America/St_Johns", "Nov 20, 2026, 11:30:00 UTC-3:30"),
        ("Europe/London", "Nov 20, 2026, 15:00:00 UTC"),
    ):
        with times_in(ViewerZone(zone, zone)):
            assert viewer_time(1_795_186_800) == written
            assert viewer_time(-(10**15)) == viewer_time(0)
            assert "9999" in viewer_time(10**15)
    assert viewer_time(0) == "Jan 1, 1970, 00:00:00 UTC"


def test_a_day_begins_when_it_does_in_the_zone() -> None:
    assert first_second(date(2026, 3, 29), ViewerZone("Europe/Berlin", "Europe/Berlin")) == 1_774_738_800
    assert first_second(date(2026, 3, 29), ViewerZone()) == 1_774_742_400
