import msgspec
import pytest

from brim.core.diagnosis.rules import (
    Finding,
    ServerFacts,
    Severity,
    judge_clock,
    judge_disk,
    judge_server,
    worst,
)

GIB = 1 << 30
GOOD = ServerFacts(
    version="18.1",
    fsync="on",
    full_page_writes="on",
    synchronous_commit="on",
    role="brim_service",
    is_superuser=False,
    may_change_books=False,
    connections=20,
    max_connections=100,
    now_ms=0,
)


def test_a_server_that_is_set_up_well_has_nothing_to_fix() -> None:
    found = judge_server(GOOD)
    assert worst(found) is Severity.OK
    assert all(each.fix is None for each in found)


@pytest.mark.parametrize(
    ("change", "check", "severity"),
    [
        ({"fsync": "off"}, "database.durability", Severity.ERROR),
        ({"full_page_writes": "off"}, "database.durability", Severity.ERROR),
        ({"synchronous_commit": "off"}, "database.durability", Severity.ERROR),
        ({"synchronous_commit": "local"}, "database.durability", Severity.ERROR),
        ({"is_superuser": True}, "database.role", Severity.WARNING),
        ({"may_change_books": True}, "database.role", Severity.WARNING),
        ({"connections": 80}, "database.connections", Severity.WARNING),
    ],
)
def test_what_is_set_up_badly_is_named_with_what_to_do(
    change: dict[str, object], check: str, severity: Severity
) -> None:
    wrong = [each for each in judge_server(msgspec.structs.replace(GOOD, **change)) if each.severity is not Severity.OK]
    assert [(each.check, each.severity) for each in wrong] == [(check, severity)]
    assert wrong[0].fix


@pytest.mark.parametrize(
    ("off", "said"),
    [(["fsync"], "fsync is off"), (["fsync", "full_page_writes"], "fsync and full_page_writes are off")],
)
def test_settings_that_are_off_are_counted_in_the_sentence(off: list[str], said: str) -> None:
    found = judge_server(msgspec.structs.replace(GOOD, **dict.fromkeys(off, "off")))
    assert any(each.message.startswith(said) for each in found)


@pytest.mark.parametrize(
    ("apart_ms", "severity"),
    [(999, Severity.OK), (1_000, Severity.WARNING), (-30_000, Severity.ERROR), (30_000, Severity.ERROR)],
)
def test_clocks_that_are_apart_are_named(apart_ms: int, severity: Severity) -> None:
    assert judge_clock(1_000_000 + apart_ms, 1_000_000).severity is severity


@pytest.mark.parametrize(
    ("free", "severity"),
    [
        (50 * GIB, Severity.OK),
        (14 * GIB, Severity.WARNING),
        (4 * GIB, Severity.ERROR),
        (GIB - 1, Severity.ERROR),
    ],
)
def test_a_disk_that_fills_up_is_named(free: int, severity: Severity) -> None:
    assert judge_disk("/var/lib/brim", free=free, total=100 * GIB).severity is severity


def test_the_worst_finding_decides() -> None:
    def finding(severity: Severity) -> Finding:
        return Finding(check="x", severity=severity, message="")

    assert worst([]) is Severity.OK
    assert worst([finding(Severity.OK), finding(Severity.WARNING)]) is Severity.WARNING
    assert worst([finding(Severity.ERROR), finding(Severity.WARNING)]) is Severity.ERROR
