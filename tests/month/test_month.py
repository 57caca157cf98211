"""A month of live money in which worker and bank are killed: `make month` lives through it, a test through three days.

`make month` keeps what it does in the folder MONTH_STATE and goes on from there; MONTH_TOPUPS, MONTH_DAYS, MONTH_KILLS
and MONTH_SEED say how large a new one is, and MONTH_MINUTES ends a part of it.
"""

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from brim.host.database_urls import DatabaseUrls
from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded
from tests.month.drill import SCRIPTS, Drill, Place, Planned, Settings, told
from tests.support.figures import Figures
from tests.support.long_form import long_form

STATE = Path(os.environ["MONTH_STATE"]).resolve() if "MONTH_STATE" in os.environ else None


@pytest.mark.slow
@pytest.mark.skipif(STATE is not None, reason="a whole month is asked for")
async def test_three_days_with_kills_lose_and_double_nothing(
    database_urls: DatabaseUrls, tmp_path: Path, figures: Figures
) -> None:
    exchange, files = "ach exchange", "ach files"
    plan = [
        Planned(0, 0, Place("building", files, "before", "commit", "insert_file")),
        Planned(0, 1, Place("placing", exchange, "after", "rename", "ach$", stays_down=True)),
        Planned(1, 0, Place("bank", "bank", "after", "commit"), nth=2),
        Planned(1, 0, Place("statement", exchange, "before", "commit", "confirm_entries")),
    ]
    scripts = {1: 'action = "reject"\nfile = "{day}-A-*"\nreason = "by the drill"'}
    settings = Settings(topups=300, days=3, kills=4, seed=1, scripts=scripts, verifies_daily=False)
    drill = await Drill.begun(tmp_path, database_urls, settings, plan=plan)
    await drill.run(print)
    assert drill.is_over
    assert len(drill.state.kills) == 4
    figures.count("month: kills of worker and bank in its small form", len(drill.state.kills))


FLAWED = {
    "claim": (Place("claiming", "ach files", "after", "commit", "postpone_topups"), "is in 0 live files", {}),
    "list": (
        Place("placing", "ach exchange", "after", "rename", "ach$", stays_down=True),
        "was debited 2 times",
        {0: 'action = "lose_acknowledgement"\nfile = "{day}-B-*"'},
    ),
}
"""By the name of the control that is broken: where a kill makes that show, what is found, and what the bank does."""


@pytest.mark.slow
@pytest.mark.skipif(STATE is not None, reason="a whole month is asked for")
@pytest.mark.long_form
@pytest.mark.parametrize("flaw", long_form(list(FLAWED), short=["claim"]))
async def test_a_control_that_is_broken_is_found_by_the_same_drill(
    database_urls: DatabaseUrls, tmp_path: Path, flaw: str
) -> None:
    place, found, scripts = FLAWED[flaw]
    settings = Settings(topups=12, days=1, kills=1, seed=1, scripts=scripts, flaw=flaw, verifies_daily=False)
    drill = await Drill.begun(tmp_path, database_urls, settings, plan=[Planned(0, 1, place)])
    with pytest.raises(AssertionError, match=found):
        await drill.run(print)


@pytest.mark.skipif(STATE is None, reason="make month")
async def test_a_month_with_kills_loses_and_doubles_nothing() -> None:
    assert STATE is not None
    STATE.mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(STATE / "postgres")
    await server.start()
    try:
        if (STATE / "state.json").exists():
            drill = Drill.found(STATE, server.urls)
        else:
            await prepare_embedded(server.urls, now_ms=0)
            settings = Settings(
                topups=int(os.environ.get("MONTH_TOPUPS", "100000")),
                days=int(os.environ.get("MONTH_DAYS", "22")),
                kills=int(os.environ.get("MONTH_KILLS", "50")),
                seed=int(os.environ.get("MONTH_SEED", "20261129")),
                scripts=SCRIPTS,
            )
            drill = await Drill.begun(STATE, server.urls, settings)
        minutes = float(os.environ.get("MONTH_MINUTES", "inf"))
        await drill.run(lambda text: print(text, flush=True), until=time.monotonic() + minutes * 60)
    finally:
        await server.stop()
    kills = drill.state.kills
    victims = Counter(kill.victim for kill in kills)
    print("\n".join(told(kills)))
    print(f"{len(kills)} kills ({dict(victims)}), nothing lost, nothing doubled until banking day {drill.state.day}")
