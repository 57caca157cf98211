"""No money is usable, and no bank account verified, before what the bank had sent by then is read and applied."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.actor import Actor, ActorKind
from brim.base.errors import ResourceMissingError
from brim.core import direct_debits, originators, reconciliation, topups
from brim.core.direct_debits import file_store, incoming
from brim.core.direct_debits.claiming import OF_ACH
from brim.core.integrity import list_stuck
from brim.core.rails import Rails
from brim.core.time import OwnerTime
from brim.core.topups import forget_exceptions
from brim.platform.database import Database
from brim.worker.run import make_jobs
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, OPERATOR, PAYS, PLATFORM, LiveMoney, at

AFTER_THE_HOLD: Final = "2026-12-07 09:30"
UNREAD: Final = "A return may not have been applied yet: "


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def start(live: LiveMoney, what: str, number: str) -> str:
    """Let a top-up or a prenote leave for its bank, which accepts it; then the worker stops, until its hold is over."""
    await live.open(confirmation="acknowledgement")
    source = await live.bank_account(number, verified=what == "topup")
    started = await (live.create(source) if what == "topup" else live.prenote(source))
    await live.until("2026-12-01 17:00")
    live.now_ms = at(AFTER_THE_HOLD)
    live.move_to(live.database)  # a new process remembers nothing
    return started


async def events_of(live: LiveMoney, object_id: str) -> list[str]:
    found = await rows(live.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY id", object_id)
    return [row["type"].rpartition(".")[2] for row in found]


async def stuck(live: LiveMoney) -> list[str]:
    await direct_debits.forget_prenote_exceptions(live.database)
    await forget_exceptions(live.database, job=direct_debits.JOB)
    return [item.error for item in await list_stuck(live.database, None)]


async def retry(live: LiveMoney) -> None:
    """Do what the worker does when what was put off is due again."""
    live.now_ms += 60_000
    await live.work()


def forwards(what: str) -> str:
    return "succeeded" if what == "topup" else "verified"


BOTH = pytest.mark.parametrize("what", ["topup", "prenote"])


@BOTH
async def test_whoever_was_down_at_the_end_of_a_hold_reads_the_return_before_it_gives_credit(
    live: LiveMoney, what: str
) -> None:
    started = await start(live, what, NO_ACCOUNT)
    await live.advance_bank()
    await live.claim()
    assert await events_of(live, started) == ["created"]
    (error,) = await stuck(live)
    assert error.startswith(f"{UNREAD}no worker has read all of {live.folder / 'from-bank'} since 2026-12-01 22:00:00")
    assert "brim ach import --complete" in error
    await live.work()
    assert await events_of(live, started) == ["created", "failed"]
    assert await stuck(live) == []
    await assert_books_hold(live.database)


@BOTH
async def test_what_did_not_come_back_goes_on_once_the_folder_was_read(live: LiveMoney, what: str) -> None:
    started = await start(live, what, PAYS)
    await live.claim()
    assert len(await stuck(live)) == 1
    await live.work()
    assert await events_of(live, started) == ["created"]  # it was put off for a minute
    await retry(live)
    assert await events_of(live, started) == ["created", forwards(what)]
    await assert_books_hold(live.database)


@BOTH
async def test_the_jobs_of_a_worker_give_no_credit_whichever_is_first(live: LiveMoney, what: str) -> None:
    started = await start(live, what, NO_ACCOUNT)
    await live.advance_bank()
    jobs = {
        job.name: job
        for job in make_jobs(live.database, Rails([]), lambda: live.now_ms, WIRE_FORMATS, vault=live.vault)
    }
    for name in ("ach files", "ach exchange", "ach files"):
        await jobs[name].run_once()
    assert await events_of(live, started) == ["created", "failed"]


@BOTH
async def test_a_crash_between_storing_a_file_and_applying_it_lets_nothing_pass(live: LiveMoney, what: str) -> None:
    started = await start(live, what, NO_ACCOUNT)
    await live.read_bank()
    await live.advance_bank()
    await live.incoming.receive_all(live.database, now_ms=live.now_ms, ids=live.ids)
    live.move_to(live.database)  # killed here, and started anew
    await live.claim()
    assert await events_of(live, started) == ["created"]
    (error,) = await stuck(live)
    assert error.startswith(f"{UNREAD}the file returns_")
    assert "is stored and not applied" in error
    await live.work()
    assert await events_of(live, started) == ["created", "failed"]


@BOTH
async def test_a_crash_in_the_middle_of_a_reading_is_no_reading(
    live: LiveMoney, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = await start(live, what, NO_ACCOUNT)
    await live.advance_bank()

    async def crash(*_: Any, **__: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(file_store, "insert_bank_file", crash)
        with pytest.raises(KeyboardInterrupt):
            await live.read_bank()
    live.move_to(live.database)
    await live.claim()
    assert await events_of(live, started) == ["created"]
    await live.work()
    assert await events_of(live, started) == ["created", "failed"]


@BOTH
async def test_what_a_process_has_stored_in_a_database_that_is_gone_is_read_again(
    live: LiveMoney, owner_database: Database, what: str
) -> None:
    """A standby takes over, or a backup is restored, that lacks a file of the bank; the workers are not restarted."""
    started = await start(live, what, NO_ACCOUNT)
    await live.advance_bank()
    for path in (live.folder / "from-bank").glob("statement_20261204*"):
        path.unlink()  # it is not there yet, and would tell that the money was taken back
    live.now_ms = at("2026-12-07 08:00")
    await live.incoming.receive_all(live.database, now_ms=live.now_ms, ids=live.ids)
    async with owner_database.connection() as conn:
        await conn.execute("CREATE TABLE kept AS SELECT * FROM bank_files WHERE status <> 'received'")
        await conn.execute("TRUNCATE bank_files")  # the older copy: PostgreSQL gives its tables other files
        await conn.execute("INSERT INTO bank_files SELECT * FROM kept")
    live.now_ms = at(AFTER_THE_HOLD)
    await live.work()
    await retry(live)
    assert await events_of(live, started) == ["created", "failed"]


async def _another(live: LiveMoney) -> originators.Originator:
    """Return another originator, which was active once."""
    folders = {name: str(live.folder / name) for name in ("outgoing_folder", "incoming_folder")}
    async with live.database.transaction() as conn:
        draft = await originators.save_originator(
            conn,
            live.vault,
            PLATFORM,
            originators.ProfileChange(live.profile(bank_account="another", **folders), account_number="9876543211"),
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )
        with pytest.raises(ResourceMissingError, match="No such originator that is, or was, active"):
            await originators.choose_originator(conn, PLATFORM, draft.id)
        await conn.execute(
            "UPDATE originators SET status = 'suspended', activated_ms = 1, activated_by = 'x' WHERE id = $1", draft.id
        )
    (live.folder / "incoming_folder").mkdir()
    return draft


async def _import(live: LiveMoney, originator: originators.Originator, name: str, content: bytes) -> None:
    """Import a file for an originator, as at the command line."""
    when: dict[str, Any] = {"now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        await direct_debits.store_bank_file(conn, live.vault, WIRE_FORMATS, originator, name, content, **when)


@BOTH
async def test_what_was_imported_for_another_originator_comes_in_for_its_own_too(live: LiveMoney, what: str) -> None:
    """The bank's word of a batch means nothing of another's, so it must not be known because it came there first."""
    await live.open(confirmation="statement" if what == "topup" else "acknowledgement")
    source = await live.bank_account(verified=what == "topup")
    started = await (live.create(source) if what == "topup" else live.prenote(source))
    other = await _another(live)
    live.now_ms = at("2026-12-01 17:00")
    await live.work()
    await live.advance_bank()
    for moment in ("2026-12-01 17:00", "2026-12-02 23:30"):
        live.now_ms = at(moment)
        await live.advance_bank()
        for path in sorted((live.folder / "from-bank").iterdir()):
            await _import(live, other, path.name, path.read_bytes())
        await live.incoming.apply_all(live.database, clock=lambda: live.now_ms, ids=live.ids)
    first = await rows(live.database, "SELECT id, originator, kind, status FROM bank_files")
    assert {row["originator"] for row in first} == {other.id}
    assert {(row["kind"], row["status"]) for row in first} == {("acknowledgement", "applied"), ("statement", "held")}
    assert await rows(live.database, "SELECT FROM ach_entries WHERE confirmed_by IS NOT NULL") == []
    await live.work()
    both = await rows(live.database, "SELECT originator, status FROM bank_files")
    assert len(both) == 2 * len(first)
    assert {row["status"] for row in both if row["originator"] != other.id} == {"applied"}
    await live.until("2026-12-09 12:00")
    assert await events_of(live, started) == ["created", forwards(what)]
    kinds = {row["kind"] for row in await rows(live.database, "SELECT kind FROM breaks")}
    of_wrong_import = {"unmatched_acknowledgement", "held_file"}
    assert kinds == of_wrong_import if what == "topup" else kinds <= of_wrong_import
    await assert_books_hold(live.database)


async def test_a_return_that_was_imported_for_another_originator_too_counts_once(live: LiveMoney) -> None:
    started = await start(live, "topup", NO_ACCOUNT)
    other = await _another(live)
    await live.advance_bank()
    (path,) = (live.folder / "from-bank").glob("returns_*")
    await _import(live, other, path.name, path.read_bytes())
    await live.work()
    assert await events_of(live, started) == ["created", "failed"]
    assert await rows(live.database, "SELECT FROM breaks WHERE kind = 'unmatched_return'") == []
    await live.until("2026-12-09 12:00")
    await assert_books_hold(live.database)


async def test_a_file_whose_name_is_no_text_is_taken_and_keeps_nothing_back(live: LiveMoney) -> None:
    started = await start(live, "topup", NO_ACCOUNT)
    await live.advance_bank()
    (live.folder / "from-bank" / os.fsdecode(b"a\xff.txt")).write_bytes(b"")
    await live.work()
    assert await events_of(live, started) == ["created", "failed"]
    (named,) = await rows(live.database, "SELECT name, status FROM bank_files WHERE name LIKE 'a%txt'")
    assert (named["name"], named["status"]) == ("a\ufffd.txt", "applied")


@BOTH
async def test_a_held_file_keeps_everything_of_its_bank_until_its_break_is_resolved(live: LiveMoney, what: str) -> None:
    started = await start(live, what, PAYS)
    (live.folder / "from-bank" / "ret_torn.ach").write_text("101 nothing", encoding="ascii")
    await live.work()
    assert await events_of(live, started) == ["created"]
    (error,) = await stuck(live)
    assert error.startswith(f"{UNREAD}the file ret_torn.ach from the bank is held.")
    await retry(live)
    assert await events_of(live, started) == ["created"]
    (found,) = await rows(live.database, "SELECT id, kind FROM breaks")
    assert found["kind"] == "held_file"
    await resolve(live, found["id"])
    await retry(live)
    assert await events_of(live, started) == ["created", forwards(what)]


async def resolve(live: LiveMoney, break_id: str) -> None:
    async with live.database.transaction() as conn:
        await reconciliation.settle_break(
            conn, PLATFORM, break_id, resolution="Looked into.", by=TESTER, now_ms=live.now_ms, ids=live.ids
        )


def take_away(live: LiveMoney) -> Callable[[], object]:
    folder = live.folder / "from-bank"
    away = folder.rename(live.folder / "elsewhere")
    return lambda: away.rename(folder)


def put_one_that_is_too_large(live: LiveMoney) -> Callable[[], object]:
    large = live.folder / "from-bank" / "large.ach"
    with large.open("wb") as file:
        file.truncate(incoming.LARGEST_FILE + 1)
    return large.unlink


def put_one_that_leads_nowhere(live: LiveMoney) -> Callable[[], object]:
    link = live.folder / "from-bank" / "link.ach"
    link.symlink_to(live.folder / "nothing")
    return link.unlink


def list_one_that_is_not_known(live: LiveMoney) -> Callable[[], object]:
    sent = live.folder / "to-bank" / ".brim-sent"
    before = sent.read_text(encoding="ascii")
    sent.write_text(f"{before}achf_other\t00\tother.ach\n", encoding="ascii")
    return lambda: sent.write_text(before, encoding="ascii")


@pytest.mark.parametrize(
    ("hinder", "tells"),
    [
        (take_away, "from-bank cannot be read on "),
        (put_one_that_is_too_large, "The file large.ach is too large."),
        (put_one_that_leads_nowhere, "The file link.ach was removed while the folder was being read."),
        (list_one_that_is_not_known, "brim ach compare"),
    ],
)
@BOTH
async def test_what_cannot_be_read_keeps_back_what_it_may_concern_and_tells_so(
    live: LiveMoney, what: str, hinder: Callable[[LiveMoney], Callable[[], object]], tells: str
) -> None:
    started = await start(live, what, PAYS)
    mend = hinder(live)
    await live.work()
    await retry(live)
    assert await events_of(live, started) == ["created"]
    (error,) = await stuck(live)
    assert error.startswith(UNREAD)
    assert tells in error
    mend()
    await live.work()
    await retry(live)
    assert await events_of(live, started) == ["created", forwards(what)]
    assert await stuck(live) == []


@BOTH
async def test_where_no_worker_reads_the_folder_a_person_states_that_all_is_imported(
    live: LiveMoney, what: str
) -> None:
    started = await start(live, what, PAYS)
    take_away(live)
    (originator,) = await active(live)
    for moment, expected in ((at("2026-12-07 08:59"), ["created"]), (live.now_ms, ["created", forwards(what)])):
        await direct_debits.state_all_imported(live.database, originator, by=TESTER, now_ms=moment, ids=live.ids)
        await retry(live)
        assert await events_of(live, started) == expected
    actions = await rows(live.database, "SELECT action FROM audit_log WHERE action = 'bank_file.all_imported'")
    assert len(actions) == 2


async def active(live: LiveMoney) -> list[originators.Originator]:
    async with live.database.connection() as conn:
        return await originators.list_active_originators(conn)


@BOTH
async def test_the_reading_of_one_worker_counts_for_all_as_long_as_it_is_fresh(live: LiveMoney, what: str) -> None:
    started = await start(live, what, PAYS)
    await live.read_bank()
    live.move_to(live.database)
    live.now_ms += 5 * 60_000 + 1
    await live.claim()
    assert await events_of(live, started) == ["created"]
    live.now_ms += 60_000
    await LiveMoney.read_bank(live)
    live.move_to(live.database)
    await live.claim()
    assert await events_of(live, started) == ["created", forwards(what)]


@BOTH
async def test_at_the_end_of_a_hold_the_next_reading_is_waited_for_without_an_alarm(live: LiveMoney, what: str) -> None:
    started = await start(live, what, PAYS)
    live.now_ms = at("2026-12-07 09:00") - 10
    await live.read_bank()
    live.now_ms += 20
    await live.claim()
    assert (await events_of(live, started), await stuck(live)) == (["created"], [])
    live.now_ms += 5_000
    await live.work()
    assert await events_of(live, started) == ["created", forwards(what)]


@BOTH
async def test_the_reading_of_another_folder_than_the_profile_names_now_is_none(live: LiveMoney, what: str) -> None:
    started = await start(live, what, PAYS)
    await live.read_bank()
    async with live.database.connection() as conn:
        await conn.execute("""UPDATE originators SET profile = jsonb_set(profile, '{incoming_folder}', '"/other"')""")
    await live.claim()
    assert await events_of(live, started) == ["created"]
    assert "no worker has read all of /other yet" in (await stuck(live))[0]


async def _suspend_all(live: LiveMoney) -> str:
    async with live.database.transaction() as conn:
        (originator,) = await originators.list_originators(conn, PLATFORM)
        asked: dict[str, Any] = {"by": TESTER, "now_ms": live.now_ms, "ids": live.ids}
        await originators.suspend_originator(conn, PLATFORM, originator.id, **asked)
    return originator.id


@BOTH
@pytest.mark.parametrize("is_suspended", [False, True])
async def test_who_names_another_folder_alone_lets_nothing_pass(
    live: LiveMoney, what: str, *, is_suspended: bool
) -> None:
    """Nothing lies in it, so what came back would be usable."""
    started = await start(live, what, PAYS)
    (live.folder / "empty").mkdir()
    if is_suspended:
        await _suspend_all(live)
    when: dict[str, Any] = {"now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        (before,) = await originators.list_originators(conn, PLATFORM)
        saved = await direct_debits.save_originator(
            conn,
            live.vault,
            PLATFORM,
            originators.ProfileChange(
                msgspec.structs.replace(before.profile, incoming_folder=str(live.folder / "empty")),
                originator_id=before.id,
            ),
            by=OPERATOR,
            **when,
        )
    assert saved.status is originators.OriginatorStatus.SUSPENDED
    await live.work()
    await retry(live)
    assert await events_of(live, started) == ["created"]
    assert "Activate the originator again" in (await stuck(live))[0]
    async with live.database.transaction() as conn:
        with pytest.raises(originators.SecondPersonError):
            await originators.activate_originator(conn, PLATFORM, before.id, approvers=2, by=OPERATOR, **when)
    second = Actor(kind=ActorKind.OPERATOR, id="op_2", name="approver@example.com")
    async with live.database.transaction() as conn:
        await originators.activate_originator(conn, PLATFORM, before.id, approvers=2, by=second, **when)
    await live.work()
    await retry(live)
    assert await events_of(live, started) == ["created", forwards(what)]


@BOTH
async def test_a_suspended_originator_goes_on_to_hear_its_bank(live: LiveMoney, what: str) -> None:
    started = await start(live, what, PAYS)
    await _suspend_all(live)
    await live.work()
    await retry(live)
    assert await events_of(live, started) == ["created", forwards(what)]


async def test_what_is_confirmed_after_its_hold_waits_for_a_reading_since_then(live: LiveMoney) -> None:
    """The statement that confirms may be the first of the bank's new files that is read, and the return the second."""
    await live.open()
    topup = await live.create(await live.bank_account())
    for moment in ("2026-12-01 17:00", "2026-12-04 23:00"):
        live.now_ms = at(moment)
        await live.work()
        await live.advance_bank()
    statements = sorted((live.folder / "from-bank").iterdir())
    for path in statements:
        path.rename(live.folder / path.name)
    live.now_ms = at(AFTER_THE_HOLD)
    await live.work()
    live.now_ms += 10
    (originator,) = await active(live)
    for path in statements:
        content = (live.folder / path.name).read_bytes()
        await live.incoming.receive(live.database, originator, path.name, content, now_ms=live.now_ms, ids=live.ids)
    await live.incoming.apply_all(live.database, clock=lambda: live.now_ms, ids=live.ids)
    (entry,) = await rows(live.database, "SELECT status FROM ach_entries")
    assert entry["status"] == "confirmed"
    await live.claim()
    assert await events_of(live, topup) == ["created"]
    live.now_ms += 5_000
    await live.work()
    assert await events_of(live, topup) == ["created", "succeeded"]


@BOTH
async def test_in_a_rehearsal_a_held_file_keeps_back_what_a_test_clock_moves(
    database: Database, owner_database: Database, tmp_path: Path, what: str
) -> None:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    live = LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)
    await live.open(confirmation="acknowledgement")
    await live.freeze("2026-12-01 10:00")
    source = await live.bank_account(verified=what == "topup")
    started = await (live.create(source) if what == "topup" else live.prenote(source))
    await live.advance("2026-12-01 17:01")
    await live.advance("2026-12-04 23:00")
    torn = live.folder / "from-bank" / "ret_torn.ach"
    torn.write_text("101 nothing", encoding="ascii")
    await live.work()
    await live.advance("2026-12-07 09:30")
    assert await events_of(live, started) == ["created"]
    assert "is held" in (await stuck(live))[0]
    (found,) = await rows(live.database, "SELECT id FROM breaks")
    await resolve(live, found["id"])
    await live.advance("2026-12-07 11:00")
    assert await events_of(live, started) == ["created", forwards(what)]


def name_another_trace(text: str) -> str:
    return "".join(
        line[:6] + "999999999999999" + line[21:] if line.startswith("799") else line
        for line in text.splitlines(keepends=True)
    )


def name_another_account(text: str) -> str:
    return "".join(
        line[:12] + "4".ljust(17) + line[29:] if line.startswith("6") else line
        for line in text.splitlines(keepends=True)
    )


def name_no_code(text: str) -> str:
    return "".join(
        line[:3] + "R!!" + line[6:] if line.startswith("799") else line for line in text.splitlines(keepends=True)
    )


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (name_another_trace, "unmatched_return"),
        (name_another_account, "unmatched_return"),
        (name_no_code, "unreadable_item"),
    ],
)
async def test_a_return_that_could_not_be_applied_keeps_the_prenote_that_it_seems_to_mean_from_verifying(
    live: LiveMoney, spoil: Callable[[str], str], kind: str
) -> None:
    await live.open()
    returned = await live.prenote(await live.bank_account(NO_ACCOUNT, verified=False))
    passes = await live.prenote(await live.bank_account(verified=False))
    await live.until("2026-12-01 17:00")
    live.now_ms = at(AFTER_THE_HOLD)
    await live.advance_bank()
    (path,) = (live.folder / "from-bank").glob("returns_*")
    path.write_bytes(spoil(path.read_bytes().decode("ascii")).encode("ascii"))
    await live.work()
    (found,) = await rows(live.database, "SELECT id, kind FROM breaks")
    assert found["kind"] == kind
    assert await events_of(live, passes) == ["created", "verified"]
    assert await events_of(live, returned) == ["created"]
    (error,) = await stuck(live)
    assert error.startswith("A return that could not be applied seems to be for this prenote")
    assert found["id"] in error
    await retry(live)
    assert await events_of(live, returned) == ["created"]
    await resolve(live, found["id"])
    await retry(live)
    assert await events_of(live, returned) == ["created", "verified"]


@pytest.mark.parametrize("spoil", [name_another_trace, name_another_account, name_no_code])
async def test_a_return_that_could_not_be_applied_keeps_the_topup_that_it_seems_to_mean_pending(
    live: LiveMoney, spoil: Callable[[str], str]
) -> None:
    """The statement that would say that the money was taken back comes days later, or not at all."""
    await live.open(confirmation="acknowledgement")
    returned = await live.create(await live.bank_account(NO_ACCOUNT))
    passes = await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    live.now_ms = at(AFTER_THE_HOLD)
    await live.advance_bank()
    for statement in (live.folder / "from-bank").glob("statement_20261204*"):
        statement.unlink()
    (path,) = (live.folder / "from-bank").glob("returns_*")
    right = path.read_bytes()
    path.write_bytes(spoil(right.decode("ascii")).encode("ascii"))
    await live.work()
    assert await events_of(live, passes) == ["created", "succeeded"]
    (found,) = await rows(live.database, "SELECT id FROM breaks")
    (error,) = await stuck(live)
    assert error.startswith("A return that could not be applied seems to be for this top-up")
    assert found["id"] in error
    await retry(live)
    assert await events_of(live, returned) == ["created"]
    if spoil is name_another_account:  # it means another one
        await resolve(live, found["id"])
        await retry(live)
        assert await events_of(live, returned) == ["created", "succeeded"]
    else:
        path.with_name("returns_right.ach").write_bytes(right)
        await live.work()
        assert await events_of(live, returned) == ["created", "failed"]
    await assert_books_hold(live.database)


async def test_what_may_be_a_return_is_asked_for_once_for_all_that_are_due(live: LiveMoney) -> None:
    await live.open(confirmation="acknowledgement")
    source = await live.bank_account()
    started = [await live.create(source, amount) for amount in range(1_001, 1_006)]
    await live.until("2026-12-01 17:00")
    traces = await rows(live.database, "SELECT trace FROM ach_entries ORDER BY topup")
    live.now_ms = at(AFTER_THE_HOLD)
    await live.read_bank()
    asked: list[str] = []
    async with live.database.transaction() as conn:
        listed = [
            await reconciliation.open_break(
                conn,
                reconciliation.NewBreak(
                    scope=PLATFORM,
                    kind=kind,
                    cause=f"{kind}/{number}",
                    detail="x",
                    reference=reference,
                ),
                now_ms=live.now_ms + age,
                ids=live.ids,
            )
            for number, (kind, reference, age) in enumerate(
                [
                    (reconciliation.BreakKind.RETURN, traces[0]["trace"], 1),
                    (reconciliation.BreakKind.ITEM, started[0][-15:], 0),  # the older one of the two is told
                    (reconciliation.BreakKind.ITEM, started[2][-15:], 0),
                    (reconciliation.BreakKind.LINE, traces[3]["trace"], 0),  # is no return
                ]
            )
        ]
        due = await topups.claim_due(conn, OF_ACH, now_ms=live.now_ms, limit=10)
        conn.add_query_logger(lambda record: asked.append(record.query))
        await live.claiming.work_off(conn, [(topup, OwnerTime(live.now_ms, live.ids)) for topup in due])
        assert len([query for query in asked if "f.kind = ANY" in query]) == 1
    assert [(await live.topup(each))["status"] for each in started] == [
        "pending",
        "succeeded",
        "pending",
        "succeeded",
        "succeeded",
    ]
    told = await rows(live.database, "SELECT object_id, error FROM due_exceptions ORDER BY object_id")
    assert [row["object_id"] for row in told] == [started[0], started[2]]
    for row, found in zip(told, listed[1:3], strict=True):
        assert found is not None
        assert found.id in row["error"]
