"""Who prepared what a file does approves it neither in their own name nor by way of a key."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.core import direct_debits, originators
from brim.core.direct_debits import AchFile
from brim.core.originators import SecondPersonError
from brim.platform.database import Database
from tests.support.books import rows
from tests.support.live_money import PLATFORM, LiveMoney

ADA, BOB, CAROL = (
    Actor(kind=ActorKind.OPERATOR, id=f"op_{name}", name=f"{name}@example.com") for name in ("ada", "bob", "carol")
)
KEY = Actor(kind=ActorKind.API_KEY, id="mk_ada", name="sk_live_...")


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> AsyncIterator[LiveMoney]:
    yield LiveMoney(database, tmp_path)


async def _save(live: LiveMoney, originator: originators.Originator, by: Actor) -> None:
    async with live.database.transaction() as conn:
        await originators.save_originator(
            conn,
            live.vault,
            PLATFORM,
            originators.ProfileChange(originator.profile, originator_id=originator.id),
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def _approve(live: LiveMoney, file: str, by: Actor, *, approvers: int = 2) -> AchFile:
    async with live.database.transaction() as conn:
        return await direct_debits.approve_file(
            conn,
            PLATFORM,
            file,
            sha256=None,
            approvers=approvers,
            renderers=WIRE_FORMATS,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def _waiting_file(live: LiveMoney) -> str:
    (file,) = await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'")
    return str(file["id"])


async def test_a_profile_that_a_key_changed_lets_nobody_approve_until_an_operator_has_saved_it(live: LiveMoney) -> None:
    originator = await live.open(requires_approval=True)
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    file = await _waiting_file(live)
    await _save(live, originator, KEY)
    for operator in (ADA, BOB):  # one of them may have used the key, and nobody knows which
        with pytest.raises(SecondPersonError, match="Have an operator check and save the profile"):
            await _approve(live, file, operator)
    await _save(live, originator, ADA)
    with pytest.raises(SecondPersonError, match="An operator other than the one"):
        await _approve(live, file, ADA)
    assert (await _approve(live, file, BOB)).approved_by == BOB.id


async def test_a_profile_that_a_key_wrote_is_not_activated_where_several_operators_could_have(live: LiveMoney) -> None:
    originator = await live.open()
    async with live.database.transaction() as conn:
        suspended = await originators.suspend_originator(
            conn, PLATFORM, originator.id, by=ADA, now_ms=live.now_ms, ids=live.ids
        )
    await _save(live, suspended, KEY)
    for approvers in (2, 1):
        async with live.database.transaction() as conn:
            if approvers > 1:
                with pytest.raises(SecondPersonError, match="was last changed with an API key"):
                    await originators.activate_originator(
                        conn, PLATFORM, originator.id, approvers=2, by=BOB, now_ms=live.now_ms, ids=live.ids
                    )
                continue
            active = await originators.activate_originator(
                conn, PLATFORM, originator.id, approvers=1, by=ADA, now_ms=live.now_ms, ids=live.ids
            )
            assert active.activated_by == ADA.id


async def test_who_lets_rejected_debits_go_out_again_does_not_approve_the_file_that_has_them(
    live: LiveMoney, tmp_path: Path
) -> None:
    await _save(live, await live.open(requires_approval=True), CAROL)
    script = tmp_path / "script.toml"
    script.write_text('[[rule]]\naction = "reject"\nfile = "20261201*"\nreason = "no"\n', encoding="utf-8")
    await live.bank("script", str(script))
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    rejected = await _waiting_file(live)
    await _approve(live, rejected, ADA)  # nobody has resubmitted anything yet
    await live.work()
    await live.until("2026-12-01 17:10")
    async with live.database.transaction() as conn:
        await direct_debits.resubmit_file(conn, PLATFORM, rejected, by=ADA, now_ms=live.now_ms, ids=live.ids)
    await live.until("2026-12-02 17:00")
    again = await _waiting_file(live)
    with pytest.raises(SecondPersonError, match="You resubmitted entries in this file"):
        await _approve(live, again, ADA)
    async with live.database.transaction() as conn:  # they go out with another file, and it is still so
        await direct_debits.void_file(conn, PLATFORM, again, by=ADA, now_ms=live.now_ms, ids=live.ids)
    await live.until("2026-12-03 17:00")
    last = await _waiting_file(live)
    with pytest.raises(SecondPersonError, match="You resubmitted entries in this file"):
        await _approve(live, last, ADA)
    assert (await _approve(live, last, BOB)).approved_by == BOB.id


@pytest.mark.parametrize(
    ("by", "approvers", "passes"), [(KEY, 2, False), (KEY, 1, True), (KEY, 0, True), (ADA, 2, True)]
)
def test_keys_prepare_nothing_where_several_operators_could(by: Actor, approvers: int, passes: bool) -> None:
    if passes:
        originators.check_not_key(by, approvers=approvers)
        return
    with pytest.raises(SecondPersonError, match="API keys can't do this"):
        originators.check_not_key(by, approvers=approvers)


def test_commands_prepare_as_before() -> None:
    originators.check_not_key(msgspec.structs.replace(ADA, kind=ActorKind.CLI), approvers=5)
