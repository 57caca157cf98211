"""Brim's processes in a simulation: API processes and workers, each with connections of its own, and killed at will."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import msgspec

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.core.pruning import DEFAULT_PERIODS
from brim.core.rails import Rails, SandboxRail
from brim.core.webhooks import DeliverySender, WebhookSender
from brim.platform.database import Database
from brim.platform.vault import Vault
from brim.worker.deliver import Dispatcher
from brim.worker.run import Wakes, make_jobs, make_webhook_jobs
from tests.support.clockwork import Clockwork
from tests.support.live_money import LiveMoney
from tests.support.simulation.conductor import Start
from tests.support.simulation.receivers import Receivers

if TYPE_CHECKING:
    from brim.worker.loop import Job

BANKING_DAY_S: Final = 6 * 3600.0
"""How long a banking day of test mode takes, so that a top-up's life spans several steps."""
_PATIENCE_S: Final = 600.0
_IN_FLIGHT: Final = 64

_PERIODS: Final = msgspec.structs.replace(DEFAULT_PERIODS, events_ms=400 * 86_400_000)
"""Events are kept for as long as a simulation may last, so that each can be compared; all else is pruned as ever."""

Clock = Callable[[], int]


async def connect(url: str, name: str, *, most: int = 3) -> Database:
    """Return the connections of a process; plans are made anew by the simulated time."""
    return await Database.connect(url, max_connections=most, timeout_s=_PATIENCE_S, application=name)


class ApiProcess(Clockwork):
    """One API process: test mode through `Clockwork`, live mode through `live`."""

    def __init__(self, name: str, database: Database, clock: Clock, live: "LiveProcess") -> None:
        self.name = name
        self._clock = clock
        self.live = live
        super().__init__(database, now_ms=0, settle_after_s=BANKING_DAY_S)

    @property
    def now_ms(self) -> int:
        """The simulated time."""
        return self._clock()

    @now_ms.setter
    def now_ms(self, _now_ms: int) -> None:
        """Ignore what it is set to: the time is the simulation's."""


class LiveProcess(LiveMoney):
    """The use cases of live mode, in the simulated time."""

    def __init__(self, database: Database, folder: Path, clock: Clock, encryption_key: str) -> None:
        self._clock = clock
        super().__init__(database, folder)
        self.use_key(encryption_key)

    @property
    def now_ms(self) -> int:
        """The simulated time."""
        return self._clock()

    @now_ms.setter
    def now_ms(self, _now_ms: int) -> None:
        """Ignore what it is set to: the time is the simulation's."""


class WorkerProcess:
    """One worker: the jobs of `brim worker`, each run when the conductor says so."""

    def __init__(
        self,
        name: str,
        database: Database,
        clock: Clock,
        vault: Vault,
        receivers: Receivers,
        on_error: Callable[[str], None],
    ) -> None:
        self.name = name
        self.database = database
        self._on_error = on_error
        self._running: set[str] = set()
        wakes = Wakes()
        sender = DeliverySender(cast("WebhookSender", receivers), vault, clock, IdFactory(clock), WIRE_FORMATS)
        self.dispatcher = Dispatcher(database, sender, clock, in_flight=_IN_FLIGHT)
        self.jobs: dict[str, Job] = {
            job.name: job
            for job in (
                *make_jobs(
                    database,
                    Rails([SandboxRail(BANKING_DAY_S)]),
                    clock,
                    WIRE_FORMATS,
                    vault=vault,
                    wakes=wakes,
                    periods=_PERIODS,
                ),
                *make_webhook_jobs(database, self.dispatcher, clock, wakes.number),
            )
        }

    def step(self, job: str) -> Start:
        """Return one step of a job; not while another is under way, as in a worker's loop."""

        async def run() -> None:
            if job in self._running:
                return
            self._running.add(job)
            try:
                await self.jobs[job].run_once()
            except DatabaseUnavailableError:
                pass
            except Exception as error:  # noqa: BLE001  a job's loop bears it, and the oracle doesn't
                self._on_error(f"{self.name}: the job {job} failed: {type(error).__name__}: {error}")
            finally:
                self._running.discard(job)

        return Start(f"{self.name} {job}", run)

    def deliver_rest(self) -> Start:
        """Return the wait for deliveries under way."""
        return Start(f"{self.name} finishes", self.dispatcher.finish)
