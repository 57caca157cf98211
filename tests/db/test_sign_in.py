"""Signing in: passwords, one-time codes, sessions and how they end, and the pauses between tries."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, cast

import asyncpg
import pyotp
import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from brim.base.actor import Actor, ActorKind
from brim.base.errors import OverloadedError
from brim.base.paging import PageRequest
from brim.core.audit.rules import Action
from brim.core.audit.service import list_audit_log
from brim.core.operators.one_time_codes import (
    CodesEnabledError,
    CodesNotBegunError,
    begin_codes,
    confirm_codes,
    find_enrolment,
)
from brim.core.operators.passwords import Passwords
from brim.core.operators.rules import Operator, Role, WeakPasswordError
from brim.core.operators.service import (
    NewOperator,
    add_operator,
    disable_operator,
    find_operator,
    reset_codes,
    reset_password,
    set_role,
)
from brim.core.operators.sign_in import REMEMBERED_MS, Sessions, list_sessions
from brim.core.operators.sign_in_rules import (
    CODE_WITHIN_MS,
    PER_ADDRESS,
    PER_PERSON,
    TRIES_KEPT_MS,
    NewSession,
    NoPasswordError,
    SessionEndedError,
    TooManyTriesError,
    WrongCodeError,
    WrongPasswordError,
)
from brim.core.pruning.service import prune_sign_ins
from brim.platform.database import Conn, Database
from tests.support.people import (
    ADDRESS,
    BY,
    EMAIL,
    IDLE_MS,
    IDS,
    LIFE_MS,
    NOW_MS,
    PASSWORD,
    VAULT,
    add,
    sign_in_of,
    weak_passwords,
)

OTHER = "grace@example.com"
STEP_MS = 30_000


class Time:
    """A clock that a test moves."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


class CountingHasher(PasswordHasher):
    """A hasher that notes the parameters of each hash that it makes, to keep it or to compare it."""

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.made: list[Parameters] = []

    def hash(self, password: str | bytes, **more: Any) -> str:
        made = super().hash(password, **more)
        self.made.append(extract_parameters(made))
        return made

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the library's name
        self.made.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


class CountedDatabase:
    """A database that counts how often a connection was lent."""

    def __init__(self, database: Database) -> None:
        self.lent = 0
        self._database = database

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Conn]:
        self.lent += 1
        async with self._database.connection() as conn:
            yield conn


async def _sign_in(
    database: Database, email: str = EMAIL, password: str = PASSWORD, *, address: str = ADDRESS, now_ms: int = NOW_MS
) -> NewSession:
    return await sign_in_of(database).sign_in(email, password, address=address, now_ms=now_ms)


def _sessions(database: Database, clock: Time | None = None) -> Sessions:
    return Sessions(database, clock or Time(), idle_ms=IDLE_MS)


async def _set_up_codes(
    database: Database, operator: Operator, *, now_ms: int = NOW_MS
) -> tuple[pyotp.TOTP, list[str]]:
    """Return an operator's device and recovery codes; the code of that moment is used."""
    device = pyotp.TOTP((await begin_codes(database, VAULT, operator.id)).secret)
    code = device.at(now_ms // 1000)
    return device, await confirm_codes(database, VAULT, operator.id, code, by=BY, now_ms=now_ms, ids=IDS)


# Passwords


async def test_who_signs_in_is_recognised_with_their_role(each_database: Database) -> None:
    ada = await add(each_database)
    new = await _sign_in(each_database, " ADA@example.com")
    session = await _sessions(each_database).recognise(new.token)
    assert session == new.session
    assert session is not None
    assert session.operator == ada
    assert (session.address, session.ends_ms) == (ADDRESS, NOW_MS + LIFE_MS)
    assert await _sessions(each_database).recognise(new.token + "x") is None
    assert await _sessions(each_database).recognise("\ud800") is None


async def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(database: Database) -> None:
    await add(database)
    said = set()
    for email, password in ((EMAIL, "wrong"), (OTHER, PASSWORD), ("no address", PASSWORD), ("a\0@b", "\ud800")):
        with pytest.raises(WrongPasswordError) as refusal:
            await _sign_in(database, email, password)
        said.add(refusal.value.message)
    assert len(said) == 1


async def test_who_has_no_password_and_who_is_disabled_get_that_answer_too(database: Database) -> None:
    await add(database, OTHER)
    ada = await add(database)
    await disable_operator(database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)
    with pytest.raises(WrongPasswordError):
        await _sign_in(database)
    async with database.connection() as conn:
        await conn.execute("UPDATE operators SET password_hash = NULL WHERE email = $1", OTHER)
    for password in (PASSWORD, ""):
        with pytest.raises(WrongPasswordError):
            await _sign_in(database, OTHER, password)


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(database: Database) -> None:
    """Each takes one hash of the same parameters, whose cost is far above that of all else."""
    hasher = CountingHasher(time_cost=2, memory_cost=16, parallelism=1)
    ada = await add(database)
    await reset_password(database, Passwords(hasher), ada.id, PASSWORD, by=BY, now_ms=NOW_MS, ids=IDS)
    process = sign_in_of(database, Passwords(hasher))
    spent: dict[str, list[Parameters]] = {EMAIL: [], OTHER: []}
    for number in range(2):  # the first of all makes a hash to compare with what has none
        for email, hashes in spent.items():
            hasher.made.clear()
            with pytest.raises(WrongPasswordError):
                await process.sign_in(email, "wrong", address=f"192.0.2.{number}", now_ms=NOW_MS + number * 60_000)
            hashes[:] = hasher.made
    assert len(spent[EMAIL]) == 1
    assert spent[OTHER] == spent[EMAIL]


async def test_the_event_loop_goes_on_while_a_password_is_hashed() -> None:
    passwords = Passwords()
    hashing = asyncio.create_task(passwords.hash(PASSWORD))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5
    assert await passwords.verify(await hashing, PASSWORD)


async def test_passwords_are_hashed_by_the_recommended_profile() -> None:
    parameters = extract_parameters(await Passwords().hash(PASSWORD))
    assert parameters == RFC_9106_LOW_MEMORY


async def test_a_password_is_the_same_in_each_of_unicodes_ways_to_write_it(database: Database) -> None:
    ada = await add(database)
    passwords = weak_passwords()
    await reset_password(database, passwords, ada.id, "caf\u00e9 au lait 12", by=BY, now_ms=NOW_MS, ids=IDS)
    assert await _sign_in(database, password="cafe\u0301 au lait 12")


async def test_too_many_at_once_are_turned_away() -> None:
    passwords = weak_passwords()
    done = await asyncio.gather(*(passwords.verify(None, "x") for _ in range(80)), return_exceptions=True)
    assert sum(isinstance(each, OverloadedError) for each in done) == 80 - 64
    assert await passwords.verify(None, "x") is False


async def test_a_hash_of_old_parameters_is_renewed_at_a_sign_in(database: Database) -> None:
    await add(database)
    stronger = weak_passwords(time_cost=2)
    for _ in range(2):
        await sign_in_of(database, stronger).sign_in(EMAIL, PASSWORD, address=ADDRESS, now_ms=NOW_MS)
    async with database.connection() as conn:
        kept = await conn.fetchval("SELECT password_hash FROM operators")
    assert not stronger.is_outdated(kept)
    assert await stronger.verify(kept, PASSWORD)


# Sessions


async def test_a_session_ends_after_its_life_however_much_it_is_used(each_database: Database) -> None:
    await add(each_database)
    new, clock = await _sign_in(each_database), Time()
    sessions = _sessions(each_database, clock)
    while clock.now_ms + IDLE_MS // 2 < NOW_MS + LIFE_MS:
        clock.now_ms += IDLE_MS // 2
        assert await sessions.recognise(new.token)
    clock.now_ms = NOW_MS + LIFE_MS - 1
    assert await sessions.recognise(new.token)
    clock.now_ms += 1
    assert await sessions.recognise(new.token) is None
    assert await _sessions(each_database, clock).recognise(new.token) is None


async def test_a_session_ends_by_rest(database: Database) -> None:
    await add(database)
    new, clock = await _sign_in(database), Time()
    clock.now_ms += IDLE_MS - 1
    assert await _sessions(database, clock).recognise(new.token)
    clock.now_ms += IDLE_MS - 1
    assert await _sessions(database, clock).recognise(new.token)
    clock.now_ms += IDLE_MS
    assert await _sessions(database, clock).recognise(new.token) is None


async def test_a_session_is_remembered_for_half_a_second_and_an_unknown_one_never(database: Database) -> None:
    await add(database)
    new, clock, counted = await _sign_in(database), Time(), CountedDatabase(database)
    sessions = Sessions(cast("Any", counted), clock, idle_ms=IDLE_MS)
    for _ in range(3):
        assert await sessions.recognise(new.token)
    assert counted.lent == 1
    for _ in range(3):
        assert await sessions.recognise("guess") is None
    assert counted.lent == 4
    clock.now_ms += REMEMBERED_MS
    assert await sessions.recognise(new.token)
    assert counted.lent == 5


async def test_signing_out_ends_a_session_at_once_here_and_within_half_a_second_elsewhere(database: Database) -> None:
    await add(database)
    new, clock = await _sign_in(database), Time()
    here, elsewhere = _sessions(database, clock), _sessions(database, clock)
    assert await here.recognise(new.token)
    assert await elsewhere.recognise(new.token)
    for _ in range(2):  # a second time is quiet
        await sign_in_of(database).sign_out(new.token, address=ADDRESS, now_ms=NOW_MS)
    here.forget(new.token)
    assert await here.recognise(new.token) is None
    clock.now_ms += REMEMBERED_MS
    assert await elsewhere.recognise(new.token) is None
    log = await list_audit_log(database, PageRequest())
    assert [entry.action for entry in log.items] == [Action.SIGNED_OUT, Action.SIGNED_IN, Action.OPERATOR_ADDED]
    ada = Actor(kind=ActorKind.OPERATOR, id=new.session.operator.id, name=EMAIL, address=ADDRESS)
    assert log.items[0].actor == log.items[1].actor == ada


async def test_a_new_password_and_disabling_end_all_sessions_of_that_operator_only(database: Database) -> None:
    ada = await add(database)
    await add(database, OTHER)
    passwords = weak_passwords()
    grace = await _sign_in(database, OTHER)
    old = [await _sign_in(database) for _ in range(2)]
    assert len(await list_sessions(database, ada.id, idle_ms=IDLE_MS, now_ms=NOW_MS)) == 2
    await reset_password(database, passwords, ada.id, PASSWORD + "!", by=BY, now_ms=NOW_MS, ids=IDS)
    later = await _sign_in(database, password=PASSWORD + "!")
    await disable_operator(database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)
    for new in (*old, later):
        assert await _sessions(database).recognise(new.token) is None
    assert await _sessions(database).recognise(grace.token)
    assert await list_sessions(database, ada.id, idle_ms=IDLE_MS, now_ms=NOW_MS) == []


async def test_a_sign_in_that_began_before_the_password_changed_comes_to_nothing(database: Database) -> None:
    ada = await add(database)

    class Slow(Passwords):
        async def verify(self, password_hash: str | None, password: str) -> bool:
            is_right = await weak_passwords().verify(password_hash, password)
            await reset_password(database, weak_passwords(), ada.id, "another one 1843", by=BY, now_ms=NOW_MS, ids=IDS)
            return is_right

        def is_outdated(self, password_hash: str) -> bool:
            return weak_passwords().is_outdated(password_hash)

    with pytest.raises(WrongPasswordError):
        await sign_in_of(database, Slow()).sign_in(EMAIL, PASSWORD, address=ADDRESS, now_ms=NOW_MS)


async def test_another_role_is_that_of_a_session_too(database: Database) -> None:
    await add(database, OTHER)
    ada = await add(database)
    new = await _sign_in(database)
    await set_role(database, ada.id, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS)
    session = await _sessions(database).recognise(new.token)
    assert session is not None
    assert session.operator.role is Role.VIEWER


async def test_who_signs_out_elsewhere_stays_where_they_are(database: Database) -> None:
    await add(database)
    await add(database, OTHER)
    here, there, elsewhere = [await _sign_in(database) for _ in range(3)]
    others = await _sign_in(database, OTHER)
    process = sign_in_of(database)
    assert await process.sign_out_elsewhere(here.token, address=ADDRESS, now_ms=NOW_MS) == 2
    sessions = _sessions(database)
    assert [await sessions.recognise(new.token) is not None for new in (here, there, elsewhere, others)] == [
        True,
        False,
        False,
        True,
    ]
    line = (await list_audit_log(database, PageRequest(limit=1))).items[0]
    assert (line.action, line.detail) == (Action.SIGNED_OUT_ELSEWHERE, "2 ended")
    with pytest.raises(SessionEndedError):
        await process.sign_out_elsewhere(there.token, address=ADDRESS, now_ms=NOW_MS)


async def test_a_password_is_changed_by_who_knows_the_old_one(database: Database) -> None:
    ada = await add(database)
    process, old = sign_in_of(database), await _sign_in(database)
    with pytest.raises(WrongPasswordError):
        await process.change_password(ada, "wrong", "difference engine", address=ADDRESS, now_ms=NOW_MS)
    with pytest.raises(WeakPasswordError):
        await process.change_password(ada, PASSWORD, "short", address=ADDRESS, now_ms=NOW_MS)
    assert await _sessions(database).recognise(old.token)
    await process.change_password(ada, PASSWORD, "difference engine", address=ADDRESS, now_ms=NOW_MS)
    assert await _sessions(database).recognise(old.token) is None
    assert await _sign_in(database, password="difference engine")


async def test_a_session_begun_by_somebody_trustworthy_is_not_for_the_disabled(database: Database) -> None:
    await add(database, OTHER)
    ada = await add(database)
    begun = await sign_in_of(database).begin_for(ada, address=ADDRESS, now_ms=NOW_MS)
    assert await _sessions(database).recognise(begun.token)
    await disable_operator(database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)
    with pytest.raises(SessionEndedError):
        await sign_in_of(database).begin_for(ada, address=ADDRESS, now_ms=NOW_MS)


async def test_ended_sessions_and_old_tries_are_forgotten(database: Database) -> None:
    await add(database)
    await _sign_in(database)
    assert await prune_sign_ins(database, now_ms=NOW_MS + LIFE_MS, limit=10) == 0
    assert await prune_sign_ins(database, now_ms=NOW_MS + LIFE_MS + 1, limit=10) == 1
    assert await prune_sign_ins(database, now_ms=NOW_MS + TRIES_KEPT_MS + 1, limit=1) == 1
    assert await prune_sign_ins(database, now_ms=NOW_MS + TRIES_KEPT_MS + 1, limit=10) == 1
    assert await prune_sign_ins(database, now_ms=NOW_MS + TRIES_KEPT_MS + 1, limit=10) == 0


# One-time codes


async def test_who_has_a_device_is_signed_in_by_its_code_only(each_database: Database) -> None:
    ada = await add(each_database)
    device, recovery = await _set_up_codes(each_database, ada)
    assert len(set(recovery)) == 10
    assert (await find_operator(each_database, ada.id)).has_codes
    now_ms = NOW_MS + 2 * STEP_MS
    half = await _sign_in(each_database, now_ms=now_ms)
    assert half.session.awaits_code
    assert await _sessions(each_database, Time(now_ms)).recognise(half.token) is None
    process = sign_in_of(each_database)
    with pytest.raises(WrongCodeError):
        await process.confirm_code(half.token, "000000", address=ADDRESS, now_ms=now_ms)
    whole = await process.confirm_code(half.token, device.at(now_ms // 1000), address=ADDRESS, now_ms=now_ms)
    session = await _sessions(each_database, Time(now_ms)).recognise(whole.token)
    assert session == whole.session
    for token in (half.token, whole.token, "guess"):
        with pytest.raises(SessionEndedError):
            await process.confirm_code(token, device.at(now_ms // 1000), address=ADDRESS, now_ms=now_ms)


async def test_a_code_is_taken_once_and_none_before_it_after_it(database: Database) -> None:
    ada = await add(database)
    device, _ = await _set_up_codes(database, ada)
    process, now_ms = sign_in_of(database), NOW_MS + 10 * STEP_MS

    async def show(code: str) -> NewSession:
        half = await _sign_in(database, now_ms=now_ms)
        return await process.confirm_code(half.token, code, address=ADDRESS, now_ms=now_ms)

    for far in (-2, 2):
        with pytest.raises(WrongCodeError):
            await show(device.at(now_ms // 1000 + far * 30))
    this = device.at(now_ms // 1000)
    await show(f" {this[:3]} {this[3:]} ")
    for used in (this, device.at(now_ms // 1000 - 30)):
        with pytest.raises(WrongCodeError):
            await show(used)
    await show(device.at(now_ms // 1000 + 30))


@pytest.mark.parametrize("kind", ["one-time code", "recovery code"])
async def test_of_many_who_show_one_code_at_once_one_gets_in(database: Database, kind: str) -> None:
    ada = await add(database)
    device, recovery = await _set_up_codes(database, ada)
    now_ms = NOW_MS + 2 * STEP_MS
    code = device.at(now_ms // 1000) if kind == "one-time code" else recovery[0]
    halves = [await _sign_in(database, now_ms=now_ms) for _ in range(4)]
    done = await asyncio.gather(
        *(
            sign_in_of(database).confirm_code(half.token, code, address=f"192.0.2.{number}", now_ms=now_ms)
            for number, half in enumerate(halves)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, NewSession) for each in done) == 1
    assert sum(isinstance(each, WrongCodeError) for each in done) == 3


async def test_a_recovery_code_stands_in_for_the_device_once(each_database: Database) -> None:
    ada = await add(each_database)
    _, recovery = await _set_up_codes(each_database, ada)
    process = sign_in_of(each_database)
    half = await _sign_in(each_database)
    typed = recovery[3].upper().replace("-", " ")
    await process.confirm_code(half.token, typed, address=ADDRESS, now_ms=NOW_MS)
    half = await _sign_in(each_database)
    with pytest.raises(WrongCodeError):
        await process.confirm_code(half.token, recovery[3], address=ADDRESS, now_ms=NOW_MS)
    used = [entry for entry in (await list_audit_log(each_database, PageRequest())).items if entry.detail == "9 left"]
    assert [entry.action for entry in used] == [Action.RECOVERY_CODE_USED]


async def test_a_code_comes_too_late_after_five_minutes(database: Database) -> None:
    ada = await add(database)
    device, _ = await _set_up_codes(database, ada)
    half, late_ms = await _sign_in(database), NOW_MS + CODE_WITHIN_MS
    with pytest.raises(SessionEndedError):
        await sign_in_of(database).confirm_code(half.token, device.at(late_ms // 1000), address=ADDRESS, now_ms=late_ms)


async def test_a_device_counts_once_it_has_shown_a_code(database: Database) -> None:
    ada = await add(database)
    with pytest.raises(CodesNotBegunError):
        await confirm_codes(database, VAULT, ada.id, "000000", by=BY, now_ms=NOW_MS, ids=IDS)
    enrolment = await begin_codes(database, VAULT, ada.id)
    assert enrolment.uri.startswith("otpauth://totp/Brim:ada%40example.com?")
    assert enrolment.secret in enrolment.uri
    with pytest.raises(WrongCodeError):
        await confirm_codes(database, VAULT, ada.id, "000000", by=BY, now_ms=NOW_MS, ids=IDS)
    assert not (await _sign_in(database)).session.awaits_code
    device, _ = await _set_up_codes(database, ada)
    for again in (
        begin_codes(database, VAULT, ada.id),
        confirm_codes(database, VAULT, ada.id, device.at(NOW_MS // 1000 + 30), by=BY, now_ms=NOW_MS, ids=IDS),
    ):
        with pytest.raises(CodesEnabledError):
            await cast("Any", again)
    await reset_codes(database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)
    assert not (await _sign_in(database)).session.awaits_code
    async with database.connection() as conn:
        assert await conn.fetchval("SELECT count(*) FROM operator_recovery_codes") == 0


async def test_what_a_device_needs_is_told_until_it_has_shown_a_code(database: Database) -> None:
    ada = await add(database)
    with pytest.raises(CodesNotBegunError):
        await find_enrolment(database, VAULT, ada.id)
    begun = await begin_codes(database, VAULT, ada.id)
    assert await find_enrolment(database, VAULT, ada.id) == begun
    code = pyotp.TOTP(begun.secret).at(NOW_MS // 1000)
    await confirm_codes(database, VAULT, ada.id, code, by=BY, now_ms=NOW_MS, ids=IDS)
    with pytest.raises(CodesEnabledError):
        await find_enrolment(database, VAULT, ada.id)


async def test_codes_are_turned_off_by_who_can_show_one(database: Database) -> None:
    ada = await add(database)
    device, recovery = await _set_up_codes(database, ada)
    process = sign_in_of(database)
    for wrong in ("000000", device.at(NOW_MS // 1000), "aaaa-bbbb-cccc-dddd"):  # the second was used at the set-up
        with pytest.raises(WrongCodeError):
            await process.turn_off_codes(ada, wrong, address=ADDRESS, now_ms=NOW_MS)
    assert (await find_operator(database, ada.id)).has_codes
    await process.turn_off_codes(ada, recovery[0], address=ADDRESS, now_ms=NOW_MS)
    assert not (await find_operator(database, ada.id)).has_codes
    assert not (await _sign_in(database)).session.awaits_code
    told = [line.action for line in (await list_audit_log(database, PageRequest(limit=3))).items]
    assert told == [Action.SIGNED_IN, Action.CODES_RESET, Action.RECOVERY_CODE_USED]


async def test_codes_are_not_to_be_guessed_to_turn_them_off(database: Database) -> None:
    ada = await add(database)
    await _set_up_codes(database, ada)
    process = sign_in_of(database)
    for _ in range(PER_PERSON.free):
        with pytest.raises(WrongCodeError):
            await process.turn_off_codes(ada, "000000", address=ADDRESS, now_ms=NOW_MS)
    with pytest.raises(TooManyTriesError):
        await process.turn_off_codes(ada, "000000", address=ADDRESS, now_ms=NOW_MS)


async def test_only_hashes_of_recovery_codes_are_kept(database_url: str, database: Database) -> None:
    device, recovery = await _set_up_codes(database, await add(database))
    conn = await asyncpg.connect(database_url)
    kept = {row["hash"] for row in await conn.fetch("SELECT hash FROM operator_recovery_codes")}
    sealed = await conn.fetchval("SELECT totp_secret FROM operators")
    await conn.close()
    assert kept == {hashlib.sha256(code.replace("-", "").encode()).digest() for code in recovery}
    assert device.secret.encode() not in sealed


# Pauses


async def _try_wrongly(database: Database, email: str, address: str, *, now_ms: int = NOW_MS) -> None:
    with pytest.raises(WrongPasswordError):
        await _sign_in(database, email, "wrong", address=address, now_ms=now_ms)


async def test_after_a_few_wrong_tries_at_a_person_the_next_have_to_wait_longer_and_longer(
    each_database: Database,
) -> None:
    await add(each_database)
    now_ms, waits = NOW_MS, []
    for number in range(PER_PERSON.free + 8):
        await _try_wrongly(each_database, EMAIL, f"192.0.2.{number}", now_ms=now_ms)
        try:
            await _sign_in(each_database, password="wrong", address="198.51.100.1", now_ms=now_ms)
        except TooManyTriesError as refusal:
            waits.append(refusal.wait_s)
            now_ms += refusal.wait_s * 1000
        except WrongPasswordError:
            waits.append(0)
    assert waits[:3] == [0, 0, 1]
    assert waits[-1] == PER_PERSON.longest_ms // 1000
    assert waits == sorted(waits)


async def test_who_has_to_wait_does_so_with_the_right_password_too_and_wherever_they_are(database: Database) -> None:
    await add(database)
    for email in (EMAIL, OTHER):  # whether there is such an operator cannot be told
        for number in range(PER_PERSON.free):
            await _try_wrongly(database, email, f"192.0.2.{number}")
        with pytest.raises(TooManyTriesError):
            await _sign_in(database, email, address="198.51.100.9")
    assert await _sign_in(database, address="198.51.100.9", now_ms=NOW_MS + 1000)
    await _try_wrongly(database, EMAIL, ADDRESS, now_ms=NOW_MS + 1000)  # all is forgiven
    log = await list_audit_log(database, PageRequest(limit=1))
    assert (log.items[0].action, log.items[0].detail) == (Action.SIGNED_IN, f"after {PER_PERSON.free} refused tries")


async def test_an_address_that_tries_many_people_has_to_wait(database: Database) -> None:
    for number in range(PER_ADDRESS.free):
        await _try_wrongly(database, f"{number}@example.com", "2001:db8::1")
    with pytest.raises(TooManyTriesError):
        await _sign_in(database, OTHER, address="2001:db8::ffff")  # the same household
    await _try_wrongly(database, OTHER, "2001:db8:0:1::1")


async def test_tries_at_once_count_as_many_as_they_are(each_database: Database) -> None:
    await add(each_database)
    done = await asyncio.gather(
        *(_sign_in(each_database, password="wrong", address=f"192.0.2.{number}") for number in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, WrongPasswordError) for each in done) == PER_PERSON.free
    assert sum(isinstance(each, TooManyTriesError) for each in done) == 20 - PER_PERSON.free


async def test_successes_cost_an_address_nothing(database: Database) -> None:
    await add(database)
    for _ in range(PER_ADDRESS.free + 5):
        assert await _sign_in(database)


async def test_codes_are_not_to_be_guessed_either(database: Database) -> None:
    ada = await add(database)
    device, _ = await _set_up_codes(database, ada)
    process, now_ms = sign_in_of(database), NOW_MS + 2 * STEP_MS
    half = await _sign_in(database, now_ms=now_ms)
    for number in range(PER_PERSON.free):
        with pytest.raises(WrongCodeError):
            await process.confirm_code(half.token, "000000", address=f"192.0.2.{number}", now_ms=now_ms)
    with pytest.raises(TooManyTriesError):
        await process.confirm_code(half.token, device.at(now_ms // 1000), address=ADDRESS, now_ms=now_ms)
    now_ms += 1000
    assert await process.confirm_code(half.token, device.at(now_ms // 1000), address=ADDRESS, now_ms=now_ms)


# Shown again, by somebody who is signed in


async def refusals(database: Database) -> list[str | None]:
    """Return what the audit log tells of wrong confirmations, newest first."""
    found = await list_audit_log(database, PageRequest(limit=100))
    return [entry.detail for entry in found.items if entry.action == Action.CONFIRMATION_REFUSED]


async def test_who_is_signed_in_shows_their_password_again(each_database: Database) -> None:
    ada = await add(each_database)
    signing = sign_in_of(each_database)
    await signing.confirm(ada, PASSWORD, "", act="download x", address=ADDRESS, now_ms=NOW_MS)
    for wrong in ("", PASSWORD + " "):
        with pytest.raises(WrongPasswordError):
            await signing.confirm(ada, wrong, "", act="download x", address=ADDRESS, now_ms=NOW_MS)
    assert await refusals(each_database) == ["download x: wrong password"] * 2
    await disable_operator(each_database, (await add(each_database, OTHER)).id, by=BY, now_ms=NOW_MS, ids=IDS)
    other = await find_operator(each_database, OTHER)
    with pytest.raises(SessionEndedError):
        await signing.confirm(other, PASSWORD, "", act="x", address=ADDRESS, now_ms=NOW_MS)


async def test_who_has_a_device_shows_a_code_too_each_once(database: Database) -> None:
    ada = await add(database)
    enrolment = await begin_codes(database, VAULT, ada.id)
    device = pyotp.TOTP(enrolment.secret)
    await confirm_codes(database, VAULT, ada.id, device.at(NOW_MS // 1000), by=BY, now_ms=NOW_MS, ids=IDS)
    signing, later_ms = sign_in_of(database), NOW_MS + STEP_MS
    code = device.at(later_ms // 1000)

    async def confirm(password: str, code: str) -> None:
        await signing.confirm(ada, password, code, act="approve x", address=ADDRESS, now_ms=later_ms)

    for password, given, error in (
        (PASSWORD, "", WrongCodeError),
        (PASSWORD, device.at(NOW_MS // 1000), WrongCodeError),
        ("wrong", code, WrongPasswordError),
    ):
        with pytest.raises(error):
            await confirm(password, given)
    await confirm(PASSWORD, code)
    with pytest.raises(WrongCodeError):
        await confirm(PASSWORD, code)
    told = ["code", "password", "code", "code"]
    assert await refusals(database) == [f"approve x: wrong {what}" for what in told]


async def test_confirmations_are_not_to_be_guessed_and_share_the_count_of_the_door(database: Database) -> None:
    ada = await add(database)
    signing = sign_in_of(database)
    for _ in range(PER_PERSON.free):
        with pytest.raises(WrongPasswordError):
            await signing.confirm(ada, "wrong", "", act="x", address=ADDRESS, now_ms=NOW_MS)
    with pytest.raises(TooManyTriesError):
        await signing.confirm(ada, PASSWORD, "", act="x", address="198.51.100.1", now_ms=NOW_MS)
    with pytest.raises(TooManyTriesError):
        await signing.sign_in(EMAIL, PASSWORD, address="198.51.100.2", now_ms=NOW_MS)
    assert len(await refusals(database)) == PER_PERSON.free
    await signing.confirm(ada, PASSWORD, "", act="x", address=ADDRESS, now_ms=NOW_MS + 1000)
    await signing.sign_in(EMAIL, PASSWORD, address=ADDRESS, now_ms=NOW_MS + 1000)


async def test_who_has_no_password_is_told_so_and_costs_no_try(database: Database) -> None:
    wanted = NewOperator(email=OTHER, name="Grace", role=Role.FINANCE, password=None)
    grace = await add_operator(database, weak_passwords(), wanted, by=BY, now_ms=NOW_MS, ids=IDS)
    for _ in range(PER_PERSON.free + 1):
        with pytest.raises(NoPasswordError, match="Ask an admin for a setup link"):
            await sign_in_of(database).confirm(grace, "", "", act="x", address=ADDRESS, now_ms=NOW_MS)
