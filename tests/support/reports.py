"""Reports for tests: run one, have a worker make it, and write its files to a folder as a client would."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import reports
from brim.core.reports import KEY_FILE, FileKind, ReportMaker, ReportRun, RunParameters, file_name
from brim.platform.database import Database
from brim.platform.vault import Vault
from tests.support.audits import TESTER


class Reporting:
    """A worker that makes reports. `clock` is everybody's time, in Unix milliseconds."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], int], **more: Any) -> None:
        self.database = database
        self.vault = vault
        self.clock = clock
        self.ids = IdFactory(clock)
        self.maker = ReportMaker(database, vault, WIRE_FORMATS, clock=clock, ids=self.ids, **more)

    async def create(self, scope: AccountScope, type_id: str, start: int, end: int, **wanted: Any) -> ReportRun:
        """Return a run that waits."""
        parameters = RunParameters(interval_start=start, interval_end=end, **wanted)
        async with self.database.transaction() as conn:
            return await reports.create_run(
                conn, scope, type_id, parameters, by=TESTER, now_ms=self.clock(), ids=self.ids
            )

    async def run(self, scope: AccountScope, type_id: str, start: int, end: int, **wanted: Any) -> ReportRun:
        """Return a run that was made."""
        run = await self.create(scope, type_id, start, end, **wanted)
        assert await self.maker.run_once() == 1
        return await reports.retrieve_run(self.database, scope, run.id)

    async def content(self, run: ReportRun, kind: FileKind) -> bytes:
        """Return a file of a run."""
        return b"".join([part async for part in reports.read_file(self.database, run, kind)])

    async def rows(self, run: ReportRun) -> list[dict[str, str]]:
        """Return the rows of a run's CSV file."""
        text = (await self.content(run, FileKind.CSV)).decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))

    async def write(self, run: ReportRun, folder: Path) -> Path:
        """Write the files of a run, and the public key; return the path of its manifest."""
        for kind in FileKind:
            (folder / file_name(run.id, kind)).write_bytes(await self.content(run, kind))
        key = await reports.find_signing_key(self.database, self.vault)
        (folder / KEY_FILE).write_text(key.public_pem)
        return folder / file_name(run.id, FileKind.MANIFEST)
