"""Files go to a bank's SFTP server and come from it, whole or not at all, whatever is cut, full, changed or moved."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.scope import AccountScope
from brim.core import direct_debits, originators
from brim.core.direct_debits import reading_store, sent_lists
from brim.core.direct_debits.bank_servers import BankServers
from brim.core.direct_debits.rules import FileChangedError
from brim.core.direct_debits.service import read_bytes
from brim.core.direct_debits.sftp_exchange import OUTAGE_MS
from brim.core.direct_debits.sftp_reading import READ_COPIES, SftpReading
from brim.core.direct_debits.sftp_sending import SftpSending
from brim.core.rails.ach import AfterReading, Upload
from brim.platform import sftp
from brim.platform.database import Database
from brim.platform.sftp import Patience, SftpError
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NEW_YORK, NO_ACCOUNT, OPERATOR, PAYS, PLATFORM, LiveMoney, at
from tests.support.sftp_server import (
    HASTY,
    SOON,
    USER,
    Line,
    SftpServer,
    limited_command,
    line_to,
    make_key,
    needs_sshd,
    sftp_server,
)

pytestmark = needs_sshd


@pytest.fixture(scope="module")
def bank_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with sftp_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


class Exchange:
    """A platform whose bank is reached by SFTP. The bank's folders are those of `LiveMoney`."""

    def __init__(self, live: LiveMoney, server: SftpServer, *, patience: Patience = SOON) -> None:
        self.live = live
        self.server = server
        self.records = live.folder / "records"
        self.credentials = live.folder / "credentials"
        self.to_bank, self.from_bank = live.folder / "to-bank", live.folder / "from-bank"
        self.server.keep_credentials(self.credentials, PLATFORM.account)
        self.patience = patience
        self.meanwhile: Callable[[], None] = lambda: None
        self.originator: originators.Originator | None = None
        self.start()

    def start(self) -> None:
        """Be a new process, which remembers nothing."""
        self.live.move_to(self.live.database)
        self.servers = BankServers(self.credentials, self.patience)
        self.exchange = direct_debits.SftpExchange(
            self.live.vault,
            WIRE_FORMATS,
            self.live.incoming,
            self.servers,
            clock=lambda: self.live.now_ms,
            ids=self.live.ids,
            reading=_Interrupted(self.live.incoming, self.live.vault, self.servers, self),
        )

    def profile(self, *, port: int | None = None, **changes: Any) -> dict[str, Any]:
        return {
            "outgoing_folder": self.server.url(self.to_bank, port=port),
            "incoming_folder": self.server.url(self.from_bank, port=port),
            "sftp_host_keys": (self.server.fingerprint,),
            "sftp_records_folder": str(self.records),
            **changes,
        }

    async def open(self, *, port: int | None = None, **changes: Any) -> None:
        self.records.mkdir()
        self.originator = await self.live.open(**self.profile(port=port, **changes))

    async def change(self, **changes: Any) -> None:
        """Write another profile, and activate it again."""
        async with self.live.database.transaction() as conn:
            when: dict[str, Any] = {"by": OPERATOR, "now_ms": self.live.now_ms, "ids": self.live.ids}
            assert self.originator is not None
            change = originators.ProfileChange(
                self.live.profile(**self.profile(**changes)), originator_id=self.originator.id
            )
            saved = await direct_debits.save_originator(conn, self.live.vault, PLATFORM, change, **when)
            if saved.status is not originators.OriginatorStatus.ACTIVE:
                saved = await originators.activate_originator(conn, PLATFORM, saved.id, approvers=1, **when)
        self.originator = saved

    async def run(self, *, after_ms: int = 61_000) -> None:
        """Let time pass and exchange once, in both directions; what has come is applied."""
        self.live.now_ms += after_ms
        await self.exchange.start_due(self.live.database)
        await self.exchange.finish(within_s=20)
        await self.live.work()

    async def until(self, text: str) -> None:
        """Let time pass, for us and for the bank."""
        while self.live.now_ms < at(text):
            await self.live.until(min(text, _local(self.live.now_ms + 12 * 3_600_000)))
            await self.run(after_ms=0)
            await self.live.advance_bank()
            await self.run(after_ms=61_000)

    async def files(self, count: int) -> list[str]:
        """Make files that may leave, each of one debit, and return their ids."""
        source = await self.live.bank_account()
        for number in range(count):
            await self.live.create(source, 1_000 + number)
        self.live.now_ms = at("2026-12-01 17:00")
        await self.live.claim()
        for _ in range(count):
            await direct_debits.build_due(
                self.live.database, self.live.vault, WIRE_FORMATS, now_ms=self.live.now_ms, ids=self.live.ids
            )
        found = await rows(self.live.database, "SELECT id FROM ach_files WHERE status = 'approved' ORDER BY id")
        assert len(found) == count
        return [row["id"] for row in found]

    async def send(self) -> None:
        """Send what may leave, as a new process would; a server that cannot be used is no surprise."""
        assert self.originator is not None
        sending = SftpSending(self.live.vault, WIRE_FORMATS, BankServers(self.credentials, self.patience))
        with suppress(SftpError):
            await sending.send_due(
                self.live.database, self.originator, clock=lambda: self.live.now_ms, ids=self.live.ids
            )

    async def wanted(self) -> dict[str, bytes]:
        """Return the files that there are, by their names: what the bank ought to have, or will have."""
        async with self.live.database.connection() as conn:
            ids = [row["id"] for row in await conn.fetch("SELECT id FROM ach_files ORDER BY id")]
            files = [await direct_debits.find_file(conn, PLATFORM, file_id) for file_id in ids]
            return {file.name: await read_bytes(conn, self.live.vault, file) for file in files}

    def at_bank(self) -> dict[str, bytes]:
        """Return what the bank finds under names that it takes."""
        return {path.name: path.read_bytes() for path in self.to_bank.iterdir() if not path.name.startswith(".")}

    async def statuses(self) -> list[str]:
        return [row["status"] for row in await rows(self.live.database, "SELECT status FROM ach_files ORDER BY id")]

    async def breaks(self) -> list[str]:
        return [row["detail"] for row in await rows(self.live.database, "SELECT detail FROM breaks ORDER BY id")]

    async def reading(self) -> Any:
        assert self.originator is not None
        whose = (PLATFORM, self.originator.id)
        async with self.live.database.connection() as conn:
            return (await reading_store.read_readings(conn, [whose]))[whose]

    async def stored(self) -> list[str]:
        return [row["name"] for row in await rows(self.live.database, "SELECT name FROM bank_files ORDER BY name")]


class _Interrupted(SftpReading):
    """Reads, and lets something happen between its two listings."""

    def __init__(self, incoming: direct_debits.Incoming, vault: Any, servers: BankServers, exchange: Exchange) -> None:
        super().__init__(incoming, vault, servers, settle_s=0.0)
        self._exchange = exchange

    async def settle(self) -> None:
        happening, self._exchange.meanwhile = self._exchange.meanwhile, lambda: None
        happening()


def _local(moment_ms: int) -> str:
    return datetime.fromtimestamp(moment_ms // 1000, NEW_YORK).strftime("%Y-%m-%d %H:%M")


@pytest_asyncio.fixture
async def exchange(database: Database, tmp_path: Path, bank_server: SftpServer) -> Exchange:
    return Exchange(LiveMoney(database, tmp_path), bank_server)


@pytest_asyncio.fixture
async def line(bank_server: SftpServer) -> AsyncIterator[Line]:
    async with line_to(bank_server.port) as line:
        yield line


async def test_a_life_of_live_money_goes_through_the_banks_server(exchange: Exchange) -> None:
    await exchange.open(sftp_after_reading=AfterReading.DELETE)
    live = exchange.live
    pays = await live.create(await live.bank_account(PAYS))
    comes_back = await live.create(await live.bank_account(NO_ACCOUNT))
    await exchange.until("2026-12-08 12:00")
    assert (await live.topup(pays))["status"] == "succeeded"
    assert (await live.topup(comes_back))["status"] == "failed"
    assert await exchange.statuses() == ["settled"]
    assert await exchange.breaks() == []
    assert [path for path in exchange.from_bank.iterdir() if not path.name.startswith(".")] == []
    assert (exchange.records / sent_lists.SENT_LIST).is_file()
    assert not (exchange.to_bank / sent_lists.SENT_LIST).exists()
    await assert_books_hold(live.database)


async def test_however_often_it_is_cut_the_bank_has_whole_files_or_none(exchange: Exchange, line: Line) -> None:
    """The line is cut after so many bytes up or down: while logging in, in the middle of files, before answers."""
    await exchange.open(port=line.port, max_file_entries=1)
    await exchange.files(8)
    wanted = await exchange.wanted()
    seen = set()
    for up, down in [(n, None) for n in (900, 3_000, 4_200, 4_700, 5_300, 6_000)] + [
        (None, n) for n in (1_500, 3_400, 3_700, 3_900, 4_100, 4_400)
    ]:
        line.up, line.down = up, down
        await exchange.send()
        there = exchange.at_bank()
        assert there.items() <= wanted.items()
        seen.add(len(there))
    assert len(seen) > 2  # some of the cuts were in the middle of the work
    line.up = line.down = None
    await exchange.send()
    assert exchange.at_bank() == wanted
    assert await exchange.statuses() == ["sent"] * 8
    assert [path.name for path in exchange.to_bank.iterdir() if path.name.startswith(".")] == []
    assert len(sent_lists.read_sent_lists(exchange.records)) == 8
    assert await exchange.breaks() == []


async def test_what_was_cut_before_its_name_was_asked_for_has_not_left_and_can_be_given_up(
    exchange: Exchange, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    await exchange.open(port=line.port)
    (file_id,) = await exchange.files(1)

    async def cut(*_: Any) -> None:
        line.drop_all()
        raise sftp.SftpUnavailableError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(sftp.RemoteFolders, "write_file", cut)
        await exchange.send()
    assert sent_lists.read_sent_lists(exchange.records) == {}
    async with exchange.live.database.transaction() as conn:
        await direct_debits.void_file(
            conn, PLATFORM, file_id, by=TESTER, now_ms=exchange.live.now_ms, ids=exchange.live.ids
        )
    await exchange.send()
    assert exchange.at_bank() == {}


async def test_where_the_records_are_not_nobody_gives_up_what_may_have_left(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host without the folder knows nothing of the list: the file has its name at the bank, unheard of by us."""
    await exchange.open()
    (file_id,) = await exchange.files(1)

    async def cut(*_: Any) -> None:
        raise sftp.SftpUnavailableError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(sftp.RemoteFolders, "rename_file", cut)
        await exchange.send()
    exchange.records.rename(exchange.live.folder / "elsewhere")
    for _ in range(2):
        with pytest.raises(FileChangedError):
            async with exchange.live.database.transaction() as conn:
                await direct_debits.void_file(
                    conn, PLATFORM, file_id, by=TESTER, now_ms=exchange.live.now_ms, ids=exchange.live.ids
                )
        assert await direct_debits.void_late(exchange.live.database, now_ms=at("2026-12-03 12:00")) == 0
        exchange.records.mkdir(exist_ok=True)  # an empty mount point
    exchange.records.rmdir()
    (exchange.live.folder / "elsewhere").rename(exchange.records)
    await exchange.send()
    assert exchange.at_bank() == await exchange.wanted()
    assert await exchange.statuses() == ["sent"]


async def test_a_file_that_is_given_up_while_it_is_written_does_not_get_its_name(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    await exchange.open()
    (file_id,) = await exchange.files(1)
    write = sftp.RemoteFolders.write_file

    async def write_and_void(remote: sftp.RemoteFolders, path: str, content: bytes) -> None:
        await write(remote, path, content)
        async with exchange.live.database.transaction() as conn:
            await direct_debits.void_file(
                conn, PLATFORM, file_id, by=TESTER, now_ms=exchange.live.now_ms, ids=exchange.live.ids
            )

    monkeypatch.setattr(sftp.RemoteFolders, "write_file", write_and_void)
    await exchange.send()
    assert list(exchange.to_bank.iterdir()) == []
    assert await exchange.statuses() == ["voided"]


async def test_a_rename_whose_answer_is_lost_is_found_out(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    await exchange.open()
    await exchange.files(1)
    rename = sftp.RemoteFolders.rename_file

    async def rename_and_cut(remote: sftp.RemoteFolders, path: str, new: str) -> None:
        await rename(remote, path, new)
        raise sftp.SftpUnavailableError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(sftp.RemoteFolders, "rename_file", rename_and_cut)
        await exchange.send()
    assert await exchange.statuses() == ["approved"]
    await exchange.send()
    assert await exchange.statuses() == ["sent"]
    assert exchange.at_bank() == await exchange.wanted()
    assert await exchange.breaks() == []


async def test_what_the_bank_has_taken_before_anybody_could_look_counts_as_sent_and_is_listed(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    await exchange.open()
    await exchange.files(1)
    rename = sftp.RemoteFolders.rename_file

    async def rename_and_cut(remote: sftp.RemoteFolders, path: str, new: str) -> None:
        await rename(remote, path, new)
        os.rename(new, exchange.live.folder / "taken")  # noqa: PTH104  asynchronous rules want no Path here
        raise sftp.SftpUnavailableError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(sftp.RemoteFolders, "rename_file", rename_and_cut)
        await exchange.send()
    await exchange.send()
    assert exchange.at_bank() == {}  # nothing is sent for a second time
    assert await exchange.statuses() == ["sent"]
    (detail,) = await exchange.breaks()
    assert "likely the bank has picked it up" in detail
    assert "brim ach files download" in detail


async def test_a_name_that_has_other_bytes_is_left_alone_and_other_files_go(exchange: Exchange) -> None:
    await exchange.open(max_file_entries=1)
    first, _ = await exchange.files(2)
    wanted = await exchange.wanted()
    taken = next(name for name in wanted if first in name)
    (exchange.to_bank / taken).write_bytes(b"something else")
    await exchange.run()
    assert (exchange.to_bank / taken).read_bytes() == b"something else"
    assert await exchange.statuses() == ["approved", "sent"]
    (detail,) = await exchange.breaks()
    assert f"has a file {taken} with other bytes than ours" in detail
    await exchange.run()
    assert len(await exchange.breaks()) == 1


async def test_a_full_disk_leaves_no_half_file_under_the_final_name(
    database: Database, tmp_path: Path, bank_server: SftpServer
) -> None:
    (tmp_path / "full").mkdir()
    with sftp_server(tmp_path / "full", command=limited_command(tmp_path / "full", 512)) as full:
        exchange = Exchange(LiveMoney(database, tmp_path), full)
        await exchange.open()
        await exchange.files(1)
        await exchange.run()
        assert exchange.at_bank() == {}
        assert await exchange.statuses() == ["approved"]
        (detail,) = await exchange.breaks()
        assert "refuses to write" in detail
        assert sent_lists.read_sent_lists(exchange.records) == {}
    exchange.server = bank_server
    bank_server.keep_credentials(exchange.credentials, PLATFORM.account)
    (path,) = exchange.to_bank.iterdir()
    assert path.name.startswith(".")
    assert path.stat().st_size <= 512
    async with database.transaction() as conn:  # the bank has made room: it is the same server
        await conn.execute(
            "UPDATE originators SET profile = profile || jsonb_build_object('outgoing_folder', $1::text, "
            "'sftp_host_keys', jsonb_build_array($2::text)), version = version + 1",
            bank_server.url(exchange.to_bank),
            bank_server.fingerprint,
        )
    await exchange.run(after_ms=120_000)
    assert exchange.at_bank() == await exchange.wanted()
    assert [path.name for path in exchange.to_bank.iterdir()] == list(exchange.at_bank())


async def test_another_host_key_stops_the_exchange_and_names_both(database: Database, tmp_path: Path) -> None:
    with sftp_server(tmp_path / "sshd") as server:
        exchange = Exchange(LiveMoney(database, tmp_path), server)
        await exchange.open()
        await exchange.files(1)
        (exchange.from_bank / "ack.txt").write_bytes(b"unread")
        known = server.fingerprint
        shown = server.change_host_key()
        await exchange.run()
        assert exchange.at_bank() == {}
        assert await exchange.stored() == []
        details = await exchange.breaks()
        assert len(details) == 2
        assert all(known in detail and shown in detail for detail in details)
        assert (await exchange.reading()).is_in_trouble
        await exchange.change(sftp_host_keys=(known, server.host_key.public))
        await exchange.run()
        assert exchange.at_bank() == await exchange.wanted()
        assert await exchange.stored() == ["ack.txt"]
        assert not (await exchange.reading()).is_in_trouble


async def test_a_server_out_of_reach_is_listed_once_it_has_lasted(exchange: Exchange, line: Line) -> None:
    await exchange.open(port=line.port)
    await exchange.files(1)
    line.up = 0
    await exchange.run()
    assert await exchange.breaks() == []
    assert "cannot be reached" in (await exchange.reading()).problem
    await exchange.run(after_ms=OUTAGE_MS)
    assert len(await exchange.breaks()) == 2  # it can neither be sent to nor read from
    await exchange.run()
    assert len(await exchange.breaks()) == 2
    line.up = None
    await exchange.run()
    assert await exchange.statuses() == ["sent"]


async def test_who_is_not_let_in_is_listed_and_nothing_is_told_where_no_key_is_kept(
    exchange: Exchange, line: Line
) -> None:
    await exchange.open(port=line.port)
    await exchange.files(1)
    exchange.server.keep_credentials(exchange.credentials, PLATFORM.account, make_key())
    await exchange.run()
    assert all(f"refuses {USER}'s login" in detail for detail in await exchange.breaks())
    assert len(await exchange.breaks()) == 2
    connections = line.connections
    (exchange.credentials / PLATFORM.account).rename(exchange.credentials / "acct_another")
    exchange.live.now_ms += 120_000
    await exchange.run()
    assert line.connections == connections
    assert "The private key" in (await exchange.reading()).problem
    assert exchange.at_bank() == {}


async def test_a_server_that_hangs_holds_up_no_other(exchange: Exchange, line: Line) -> None:
    await exchange.open()
    other = AccountScope("acct_other", livemode=True)
    live = exchange.live
    exchange.server.keep_credentials(exchange.credentials, other.account)
    line.hangs = True
    async with live.database.transaction() as conn:
        await conn.execute("INSERT INTO accounts (account, created) VALUES ($1, 1)", other.account)
        (live.folder / "other").mkdir()
        folders = exchange.profile(port=line.port, sftp_records_folder=str(live.folder / "other"))
        when: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
        change = originators.ProfileChange(live.profile(**folders), account_number="9876543211")
        made = await originators.save_originator(conn, live.vault, other, change, **when)
        await originators.activate_originator(conn, other, made.id, approvers=1, **when)
    await exchange.files(1)
    (exchange.from_bank / "a.txt").write_bytes(b"a")
    await exchange.exchange.start_due(live.database)
    assert exchange.originator is not None
    own = {task for task in asyncio.all_tasks() if task.get_name().startswith(exchange.originator.id)}
    assert len(own) == 2
    await asyncio.wait(own, timeout=10)
    assert await exchange.statuses() == ["sent"]
    assert await exchange.stored() == ["a.txt"]
    assert await exchange.exchange.start_due(live.database) == 0  # one connection for each, and no more
    await exchange.exchange.finish(within_s=0)
    exchange.patience = HASTY
    exchange.start()
    await exchange.run()
    whose = (other, made.id)
    async with live.database.connection() as conn:
        found = (await reading_store.read_readings(conn, [whose]))[whose]
    assert "has not answered in time" in (found.problem or "") or "cannot be reached" in (found.problem or "")


async def test_what_the_bank_renames_while_we_look_is_found_and_nothing_else_waits(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    await exchange.open()
    for name in "abc":
        (exchange.from_bank / name).write_bytes(name.encode())

    def rename() -> None:
        (exchange.from_bank / "b").rename(exchange.from_bank / "renamed")

    exchange.meanwhile = rename
    await exchange.run()
    assert await exchange.stored() == ["a", "c", "renamed"]
    assert not (await exchange.reading()).is_in_trouble
    read = sftp.RemoteFolders.read_file
    for name in "de":
        (exchange.from_bank / name).write_bytes(name.encode())

    async def move_and_read(remote: sftp.RemoteFolders, path: str, *, most: int) -> bytes | None:
        if path.endswith("/d"):
            os.unlink(path)  # noqa: PTH108  asynchronous rules want no Path here
        return await read(remote, path, most=most)

    monkeypatch.setattr(sftp.RemoteFolders, "read_file", move_and_read)
    await exchange.run()
    assert await exchange.stored() == ["a", "c", "e", "renamed"]
    assert not (await exchange.reading()).is_in_trouble


async def test_what_is_still_being_written_is_waited_for_and_keeps_the_reading_from_being_complete(
    exchange: Exchange,
) -> None:
    await exchange.open()
    for name in ("whole", "growing", ".hidden", "x.part", "y.tmp"):
        (exchange.from_bank / name).write_bytes(name.encode())
    (exchange.from_bank / "empty").touch()
    (exchange.from_bank / "folder").mkdir()

    def grow() -> None:
        with (exchange.from_bank / "growing").open("ab") as file:
            file.write(b"!")

    exchange.meanwhile = grow
    await exchange.run()
    assert await exchange.stored() == ["whole"]
    assert "growing is still being written" in (await exchange.reading()).problem
    await exchange.run(after_ms=5_000)
    assert await exchange.stored() == ["growing", "whole"]
    assert not (await exchange.reading()).is_in_trouble
    assert (await exchange.reading()).complete_ms == exchange.live.now_ms


async def test_many_files_are_read_in_one_go_and_once(exchange: Exchange) -> None:
    await exchange.open()
    for number in range(60):
        (exchange.from_bank / f"file-{number:03}").write_bytes(b"\n" * 40 + str(number).encode())
    await exchange.run()
    assert len(await exchange.stored()) == 60
    await exchange.run()
    assert len(await exchange.stored()) == 60
    assert not (await exchange.reading()).is_in_trouble


@pytest.mark.parametrize("after", [AfterReading.DELETE, AfterReading.ARCHIVE])
async def test_what_was_taken_from_the_server_comes_back_with_an_older_database(
    exchange: Exchange, owner_database: Database, after: AfterReading
) -> None:
    archive = exchange.live.folder / "archive"
    archive.mkdir()
    await exchange.open(sftp_after_reading=after, sftp_archive_folder=str(archive))
    (exchange.from_bank / "returns.ach").write_bytes(b"\n101 a return that nobody may lose")
    await exchange.run()
    assert await exchange.stored() == ["returns.ach"]
    assert list(exchange.from_bank.iterdir()) == []
    assert len(list(archive.iterdir())) == (after is AfterReading.ARCHIVE)
    (copy,) = (exchange.records / READ_COPIES).iterdir()
    assert b"a return" not in copy.read_bytes()
    async with owner_database.connection() as conn:
        await conn.execute("TRUNCATE bank_files")  # the older copy: PostgreSQL gives its tables other files
    exchange.start()
    await exchange.run()
    assert await exchange.stored() == ["returns.ach"]


@pytest.mark.parametrize("after", [AfterReading.DELETE, AfterReading.ARCHIVE])
async def test_what_the_bank_writes_over_a_file_that_is_being_removed_is_read(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, after: AfterReading
) -> None:
    archive = exchange.live.folder / "archive"
    archive.mkdir()
    await exchange.open(sftp_after_reading=after, sftp_archive_folder=str(archive))
    path = exchange.from_bank / "returns.ach"
    path.write_bytes(b"one")
    keep = SftpReading.keep_copy

    def keep_and_write_over(*arguments: Any) -> None:
        keep(*arguments)
        path.write_bytes(b"two")

    with monkeypatch.context() as patched:
        patched.setattr(SftpReading, "keep_copy", keep_and_write_over)
        await exchange.run()
    assert (await exchange.reading()).is_in_trouble
    path.write_bytes(b"three")
    await exchange.run()
    assert await exchange.stored() == ["returns.ach"] * 3
    assert not (await exchange.reading()).is_in_trouble
    assert list(exchange.from_bank.iterdir()) == []
    archived = sorted(each.read_bytes() for each in archive.iterdir())
    assert archived == ([b"three", b"two"] if after is AfterReading.ARCHIVE else [])
    assert len(list((exchange.records / READ_COPIES).iterdir())) == 3


async def test_a_server_that_tells_no_times_is_read_anew(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    await exchange.open()
    find = sftp._remote_file
    monkeypatch.setattr(sftp, "_remote_file", lambda *arguments: find(*arguments)._replace(changed=None))
    for content in (b"one", b"two", b"two"):
        (exchange.from_bank / "returns.ach").write_bytes(content)
        await exchange.run()
    assert await exchange.stored() == ["returns.ach"] * 2


async def test_a_file_under_its_own_name_is_completed_after_a_cut(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    await exchange.open(sftp_upload=Upload.DIRECT)
    await exchange.files(1)
    write = sftp.RemoteFolders.write_file

    async def half(remote: sftp.RemoteFolders, path: str, content: bytes) -> None:
        await write(remote, path, content[: len(content) // 2])
        if not content:
            return
        raise sftp.SftpUnavailableError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(sftp.RemoteFolders, "write_file", half)
        await exchange.send()
    assert len(exchange.at_bank()) == 1
    await exchange.send()
    assert exchange.at_bank() == await exchange.wanted()
    assert await exchange.statuses() == ["sent"]


async def test_a_file_whose_own_name_is_refused_has_not_left(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    await exchange.open(sftp_upload=Upload.DIRECT)
    (file_id,) = await exchange.files(1)
    away = exchange.live.folder / "away"
    exchange.to_bank.rename(away)
    for _ in range(2):
        await exchange.send()
        assert sent_lists.read_sent_lists(exchange.records) == {}
        assert await exchange.statuses() == ["approved"]
    away.rename(exchange.to_bank)
    write = sftp.RemoteFolders.write_file

    async def write_and_cut(remote: sftp.RemoteFolders, path: str, content: bytes) -> None:
        await write(remote, path, content)
        raise sftp.SftpUnavailableError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(sftp.RemoteFolders, "write_file", write_and_cut)
        await exchange.send()
    assert list(exchange.at_bank().values()) == [b""]
    assert sent_lists.read_sent_lists(exchange.records) == {}
    await exchange.send()
    assert exchange.at_bank() == await exchange.wanted()
    assert list(sent_lists.read_sent_lists(exchange.records)) == [file_id]
    assert await exchange.statuses() == ["sent"]


async def test_processes_beside_each_other_hand_each_file_over_once(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bank takes a file in the moment in which it gets its name, so whoever comes later finds nothing of it."""
    await exchange.open(max_file_entries=1)
    await exchange.files(4)
    taken: list[str] = []
    rename = sftp.RemoteFolders.rename_file

    async def rename_and_take(remote: sftp.RemoteFolders, path: str, new: str) -> None:
        await rename(remote, path, new)
        taken.append(os.path.basename(new))  # noqa: PTH119  asynchronous rules want no Path here
        os.unlink(new)  # noqa: PTH108  nor here

    monkeypatch.setattr(sftp.RemoteFolders, "rename_file", rename_and_take)
    await asyncio.gather(*(exchange.send() for _ in range(4)))
    await exchange.send()
    assert sorted(taken) == sorted(await exchange.wanted())
    assert await exchange.statuses() == ["sent"] * 4
    assert await exchange.breaks() == []
    events = await rows(exchange.live.database, "SELECT FROM events WHERE type = 'brim.ach_file.sent'")
    assert len(events) == 4


async def test_nothing_leaves_where_the_records_are_not_mounted(exchange: Exchange) -> None:
    await exchange.open(max_file_entries=1)
    await exchange.files(2)
    wanted = await exchange.wanted()
    first = min(wanted)
    async with exchange.live.database.transaction() as conn:
        await conn.execute("UPDATE ach_files SET status = 'built' WHERE name <> $1", first)
    await exchange.send()
    assert list(exchange.at_bank()) == [first]
    exchange.records.rename(exchange.live.folder / "elsewhere")
    async with exchange.live.database.transaction() as conn:
        await conn.execute("UPDATE ach_files SET status = 'approved' WHERE name <> $1", first)
    await exchange.run(after_ms=1_000)
    exchange.records.mkdir()  # an empty mount point
    await exchange.run(after_ms=2_000)
    assert list(exchange.at_bank()) == [first]
    reasons = await exchange.breaks()
    assert any("The records folder isn't usable on this host: No such file" in each for each in reasons)
    assert any("is missing, although files were sent" in each for each in reasons)
    shutil.rmtree(exchange.records)
    (exchange.live.folder / "elsewhere").rename(exchange.records)
    await exchange.run()
    assert exchange.at_bank() == wanted


async def test_the_exchange_is_tried_before_money_depends_on_it(exchange: Exchange) -> None:
    await exchange.open()
    assert exchange.originator is not None
    found = await direct_debits.check_exchange(exchange.servers, exchange.originator)
    assert all(each.is_good for each in found)
    assert {each.what for each in found} == {
        "sftp_records_folder",
        "outgoing_folder: log in",
        "outgoing_folder: list",
        "outgoing_folder: write",
        "incoming_folder: log in",
        "incoming_folder: list",
    }
    assert list(exchange.to_bank.iterdir()) == []
    if os.getuid():
        exchange.to_bank.chmod(0o500)
    else:
        exchange.to_bank.rmdir()
    failed = [
        each for each in await direct_debits.check_exchange(exchange.servers, exchange.originator) if not each.is_good
    ]
    assert [each.what for each in failed] == ["outgoing_folder"]
    assert "refuses to" in failed[0].result
