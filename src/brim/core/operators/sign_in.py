"""Signing in and out, and recognising who is signed in.

A try is counted before anything is looked at, so that many at once count as many. An unknown email address, a disabled
operator and a wrong password take the same way to the same answer, the hashing included.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from brim.base.clock import Clock
from brim.base.ids import IdFactory, random_base62
from brim.core.accounts import RandomText
from brim.core.audit import Action, Actor, ActorKind, ObjectType, record
from brim.core.operators import session_store as operator_sessions
from brim.core.operators import store as operators
from brim.core.operators.one_time_codes import confirm_codes, take_code
from brim.core.operators.passwords import Passwords
from brim.core.operators.rules import (
    Credentials,
    InvalidEmailError,
    Operator,
    UnknownOperatorError,
    check_password,
    normalise_email,
)
from brim.core.operators.service import reset_password
from brim.core.operators.session_ends import end_other_sessions, end_session
from brim.core.operators.sign_in_rules import (
    CODE_WITHIN_MS,
    PER_ADDRESS,
    PER_PERSON,
    TOKEN_CHARS,
    Limit,
    NewSession,
    NoPasswordError,
    Session,
    SessionEndedError,
    WrongCodeError,
    WrongPasswordError,
    address_subject,
    code_subject,
    count_try,
    forgive_try,
    hash_token,
    person_subject,
)
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

REMEMBERED_MS: Final = 500
"""As long as keys are: what ends a session works in every process within a second."""

_MOST_REMEMBERED: Final = 10_000
_TOUCHED_EVERY_MS: Final = 60_000
"""How exactly the end by rest is kept: a write for every page would be too much for that."""

_log = structlog.get_logger()


class SignIn:
    """One process's way to begin sessions and end them.

    Args:
        database: where.
        passwords: compares passwords.
        vault: opens what makes one-time codes.
        life_ms: how long a session lasts at most.
        ids: makes the ids of the audit log's lines.
        random_text: where chance comes from.
    """

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        vault: Vault,
        *,
        life_ms: int,
        ids: IdFactory,
        random_text: RandomText = random_base62,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._vault = vault
        self._life_ms = life_ms
        self._ids = ids
        self._random_text = random_text

    async def sign_in(
        self, email: str, password: str, *, address: str | None, now_ms: int, replaced: str | None = None
    ) -> NewSession:
        """Begin a session; one that awaits a code may do nothing but `confirm_code`.

        Args:
            email: as it was typed.
            password: as it was typed.
            address: the remote address, None for a Unix socket.
            now_ms: the time.
            replaced: the token that the browser has by now, None for none; its session ends.

        Raises:
            WrongPasswordError: email address and password do not belong together.
            TooManyTriesError: the next try has to wait.
            OverloadedError: too many sign in at this moment.
        """
        subjects = {person_subject(email): PER_PERSON, address_subject(address): PER_ADDRESS}
        await self._count_try(subjects, now_ms=now_ms)
        shown = await self._find(email)
        is_right = await self._passwords.verify(shown.password_hash if shown else None, password)
        if shown is None or not is_right or shown.operator.disabled_ms is not None:
            _log.info("sign-in refused", address=address)
            raise WrongPasswordError
        rehashed = await self._rehash(shown, password)

        async def work(conn: Conn) -> NewSession:
            held = await operators.lock_operator(conn, shown.operator.id)
            if held is None or held.operator.disabled_ms is not None or held.password_hash != shown.password_hash:
                raise WrongPasswordError
            if rehashed:
                await operators.set_password(conn, held.operator.id, rehashed)
            await self._end(conn, replaced, detail="signed in again", address=address, now_ms=now_ms)
            return await self._begin(
                conn, held.operator, list(subjects), address, awaits_code=held.operator.has_codes, now_ms=now_ms
            )

        return await self._database.transact(work)

    async def confirm_code(self, token: str, code: str, *, address: str | None, now_ms: int) -> NewSession:
        """Begin the session of somebody who has shown a password, and now a one-time code or a recovery code.

        Args:
            token: that of the session that awaits the code; it ends.
            code: as it was typed.
            address: the remote address, None for a Unix socket.
            now_ms: the time.

        Raises:
            WrongCodeError: the code is wrong or was used before.
            TooManyTriesError: the next try has to wait.
            SessionEndedError: no session awaits a code under this token any more.
        """
        async with self._database.connection() as conn:
            awaiting = _check_awaiting(await operator_sessions.find_session(conn, hash_token(token)), now_ms=now_ms)
        operator = awaiting.operator.id
        subjects = {code_subject(operator): PER_PERSON, address_subject(address): PER_ADDRESS}
        await self._count_try(subjects, now_ms=now_ms)

        async def work(conn: Conn) -> NewSession:
            held = await operators.lock_operator(conn, operator)
            session = _check_awaiting(await operator_sessions.find_session(conn, hash_token(token)), now_ms=now_ms)
            if held is None:
                raise SessionEndedError
            by = actor_of(session.operator, address=address)
            await take_code(conn, self._vault, held, code, by=by, now_ms=now_ms, ids=self._ids)
            await operator_sessions.delete_session(conn, session.hash)
            return await self._begin(conn, held.operator, list(subjects), address, awaits_code=False, now_ms=now_ms)

        return await self._database.transact(work)

    async def change_password(
        self, operator: Operator, old: str, new: str, *, address: str | None, now_ms: int
    ) -> None:
        """Give an operator the password that they chose, having shown the old one; all of their sessions end.

        Raises:
            WrongPasswordError: the old one is wrong.
            WeakPasswordError: the new one may not be chosen.
            TooManyTriesError: the next try has to wait.
            OverloadedError: too many sign in at this moment.
        """
        check_password(new, email=operator.email)
        await self._check_own_password(operator, old, address=address, now_ms=now_ms)
        by = actor_of(operator, address=address)
        await reset_password(self._database, self._passwords, operator.id, new, by=by, now_ms=now_ms, ids=self._ids)

    async def turn_on_codes(
        self, operator: Operator, password: str, code: str, *, address: str | None, now_ms: int
    ) -> list[str]:
        """Ask an operator for one-time codes from now on, who has shown their password and the new device's code.

        Without the password, whoever finds a browser signed in could lock its account out.

        Returns:
            the recovery codes, told this once.

        Raises:
            WrongPasswordError: the password is wrong, or the operator has none.
            WrongCodeError: the device shows another code.
            CodesEnabledError, CodesNotBegunError: there is no device to confirm.
            TooManyTriesError: the next try has to wait.
            OverloadedError: too many sign in at this moment.
        """
        await self._check_own_password(operator, password, address=address, now_ms=now_ms)
        by = actor_of(operator, address=address)
        return await confirm_codes(self._database, self._vault, operator.id, code, by=by, now_ms=now_ms, ids=self._ids)

    async def turn_off_codes(self, operator: Operator, code: str, *, address: str | None, now_ms: int) -> None:
        """Ask an operator for no one-time codes any more, who has shown one, or a recovery code.

        Raises:
            WrongCodeError: the code is wrong or was used before.
            TooManyTriesError: the next try has to wait.
            UnknownOperatorError: there is no such operator.
        """
        subjects = {code_subject(operator.id): PER_PERSON, address_subject(address): PER_ADDRESS}
        await self._count_try(subjects, now_ms=now_ms)
        by = actor_of(operator, address=address)

        async def work(conn: Conn) -> None:
            held = await operators.lock_operator(conn, operator.id)
            if held is None:
                raise UnknownOperatorError(operator.id)
            await take_code(conn, self._vault, held, code, by=by, now_ms=now_ms, ids=self._ids)
            await self._forgive(conn, list(subjects), now_ms=now_ms)
            await operators.set_codes_secret(conn, operator.id, None)
            await record(
                conn,
                by,
                Action.CODES_RESET,
                object_type=ObjectType.OPERATOR,
                object_id=operator.id,
                now_ms=now_ms,
                ids=self._ids,
            )

        await self._database.transact(work)

    async def confirm(
        self,
        operator: Operator,
        password: str,
        code: str,
        *,
        act: str,
        address: str | None,
        now_ms: int,
        token: str | None = None,
    ) -> None:
        """Let an operator who is signed in go on with an act, who has shown their password for it, and a code.

        A code is asked for where they have codes on. A try is counted as one to sign in, and a wrong one is told in the
        audit log: whoever finds a browser signed in would make it.

        Args:
            operator: who is signed in.
            password: as it was typed.
            code: as it was typed, a one-time code or a recovery code; it counts for nothing where codes are off.
            act: what they are about to do, in a few words for the audit log.
            address: the remote address, None for a Unix socket.
            now_ms: the time.
            token: of the session in which it counts for `CONFIRMED_FOR_MS`; with None it counts for this act alone.

        Raises:
            NoPasswordError: they have none.
            WrongPasswordError: it is another one.
            WrongCodeError: the code is wrong or was used before.
            SessionEndedError: they are disabled, or have another password meanwhile.
            TooManyTriesError: the next try has to wait.
            OverloadedError: too many sign in at this moment.
        """
        shown = await self._find(operator.email)
        if shown is None or shown.operator.disabled_ms is not None:
            raise SessionEndedError
        if shown.password_hash is None:
            raise NoPasswordError
        subjects = {person_subject(operator.email): PER_PERSON, address_subject(address): PER_ADDRESS}
        if shown.operator.has_codes:
            subjects[code_subject(operator.id)] = PER_PERSON
        await self._count_try(subjects, now_ms=now_ms)
        by = actor_of(operator, address=address)
        if not await self._passwords.verify(shown.password_hash, password):
            await self._tell_refusal(by, f"{act}: wrong password", now_ms=now_ms)
            raise WrongPasswordError

        async def work(conn: Conn) -> None:
            held = await operators.lock_operator(conn, operator.id)
            if held is None or held.operator.disabled_ms is not None or held.password_hash != shown.password_hash:
                raise SessionEndedError
            if held.operator.has_codes:
                await take_code(conn, self._vault, held, code, by=by, now_ms=now_ms, ids=self._ids)
            await self._forgive(conn, list(subjects), now_ms=now_ms)
            if token is not None:
                await self._keep(conn, token, by, act, now_ms=now_ms)

        try:
            await self._database.transact(work)
        except WrongCodeError:
            await self._tell_refusal(by, f"{act}: wrong code", now_ms=now_ms)
            raise

    async def is_confirmed(self, operator: Operator, token: str, *, now_ms: int) -> bool:
        """Tell whether an operator has shown who they are within `CONFIRMED_FOR_MS`, in the session of a token."""
        async with self._database.connection() as conn:
            session = await operator_sessions.find_session(conn, hash_token(token))
        return session is not None and session.operator.id == operator.id and session.is_confirmed(now_ms=now_ms)

    async def _keep(self, conn: Conn, token: str, by: Actor, act: str, *, now_ms: int) -> None:
        """Let what was shown count in a session for a while, and tell the audit log."""
        if not await operator_sessions.confirm_session(conn, hash_token(token), by.id or "", now_ms=now_ms):
            raise SessionEndedError
        await self._tell(conn, by, Action.CONFIRMED, act, now_ms=now_ms)

    async def _tell_refusal(self, by: Actor, detail: str, *, now_ms: int) -> None:
        await self._database.transact(
            lambda conn: self._tell(conn, by, Action.CONFIRMATION_REFUSED, detail, now_ms=now_ms)
        )

    async def _tell(self, conn: Conn, by: Actor, action: Action, detail: str, *, now_ms: int) -> None:
        await record(
            conn,
            by,
            action,
            object_type=ObjectType.OPERATOR,
            object_id=by.id,
            detail=detail,
            now_ms=now_ms,
            ids=self._ids,
        )

    async def begin_for(
        self, operator: Operator, *, address: str | None, now_ms: int, replaced: str | None = None
    ) -> NewSession:
        """Begin the session of an operator for whom somebody trustworthy speaks: a provider, or the first-run link.

        Args:
            operator: who.
            address: the remote address, None for a Unix socket.
            now_ms: the time.
            replaced: the token that the browser has by now, None for none; its session ends.

        Raises:
            SessionEndedError: the operator is disabled, or does not exist.
        """

        async def work(conn: Conn) -> NewSession:
            held = await operators.lock_operator(conn, operator.id)
            if held is None or held.operator.disabled_ms is not None:
                raise SessionEndedError
            await self._end(conn, replaced, detail="signed in again", address=address, now_ms=now_ms)
            return await self._begin(conn, held.operator, [], address, awaits_code=False, now_ms=now_ms)

        return await self._database.transact(work)

    async def sign_out(self, token: str, *, address: str | None, now_ms: int) -> None:
        """End a session and the keys of its operator's pages; quiet when it has ended already."""
        await self._database.transact(lambda conn: self._end(conn, token, detail=None, address=address, now_ms=now_ms))

    async def sign_out_elsewhere(self, token: str, *, address: str | None, now_ms: int) -> int:
        """End all sessions of an operator but the one with this token, and return how many there were.

        The keys of their pages end too, and this browser's next page makes a new one.

        Raises:
            SessionEndedError: that one has ended, or awaits a code.
        """

        async def work(conn: Conn) -> int:
            session = await operator_sessions.find_session(conn, hash_token(token))
            if session is None or session.awaits_code:
                raise SessionEndedError
            by = actor_of(session.operator, address=address)
            ended = await end_other_sessions(conn, session, by=by, now_ms=now_ms, ids=self._ids)
            if ended:
                detail = f"{ended} ended"
                await record(
                    conn,
                    by,
                    Action.SIGNED_OUT_ELSEWHERE,
                    object_type=ObjectType.OPERATOR,
                    object_id=session.operator.id,
                    detail=detail,
                    now_ms=now_ms,
                    ids=self._ids,
                )
            return ended

        return await self._database.transact(work)

    async def _find(self, email: str) -> Credentials | None:
        """Return the operator whose email address was typed, None when there is none."""
        try:
            address = normalise_email(email)
        except InvalidEmailError:
            address = "@"  # nobody's; it is looked for all the same, for that takes its time
        async with self._database.connection() as conn:
            return await operators.find_operator(conn, address)

    async def _check_own_password(self, operator: Operator, password: str, *, address: str | None, now_ms: int) -> None:
        """Let somebody who is signed in pass who types their own password; a try is counted as at the door.

        Raises:
            WrongPasswordError: it is another one, or they have none.
            TooManyTriesError: the next try has to wait.
            OverloadedError: too many sign in at this moment.
        """
        subjects = {person_subject(operator.email): PER_PERSON, address_subject(address): PER_ADDRESS}
        await self._count_try(subjects, now_ms=now_ms)
        shown = await self._find(operator.email)
        if not await self._passwords.verify(shown.password_hash if shown else None, password):
            raise WrongPasswordError
        await self._database.transact(lambda conn: self._forgive(conn, list(subjects), now_ms=now_ms))

    async def _end(
        self, conn: Conn, token: str | None, *, detail: str | None, address: str | None, now_ms: int
    ) -> None:
        """End the session with a token, whoever's it is, and tell of it; quiet when there is none any more."""
        session = await operator_sessions.find_session(conn, hash_token(token)) if token else None
        if session is None:
            return
        operator, by = session.operator.id, actor_of(session.operator, address=address)
        if not await end_session(conn, session, by=by, now_ms=now_ms, ids=self._ids) or session.awaits_code:
            return
        await record(
            conn,
            by,
            Action.SIGNED_OUT,
            object_type=ObjectType.OPERATOR,
            object_id=operator,
            detail=detail,
            now_ms=now_ms,
            ids=self._ids,
        )

    async def _rehash(self, shown: Credentials, password: str) -> str | None:
        """Return a new hash of a right password where the old one has other parameters than those of now."""
        if shown.password_hash and self._passwords.is_outdated(shown.password_hash):
            return await self._passwords.hash(password)
        return None

    async def _count_try(self, limits: dict[str, Limit], *, now_ms: int) -> None:
        """Count a try under all of its subjects, or under none where one of them has to wait."""

        async def work(conn: Conn) -> None:
            before = await operator_sessions.lock_tries(conn, list(limits), now_ms=now_ms)
            after = [count_try(before[subject], limit, now_ms=now_ms) for subject, limit in limits.items()]
            await operator_sessions.write_tries(conn, after)

        await self._database.transact(work)

    async def _begin(
        self,
        conn: Conn,
        operator: Operator,
        subjects: Sequence[str],
        address: str | None,
        *,
        awaits_code: bool,
        now_ms: int,
    ) -> NewSession:
        """Write a session, give back the try that it took, and tell of it once it is whole."""
        refused = await self._forgive(conn, subjects, now_ms=now_ms)
        token = self._random_text(TOKEN_CHARS)
        session = Session(
            hash=hash_token(token),
            operator=operator,
            awaits_code=awaits_code,
            address=address,
            created_ms=now_ms,
            seen_ms=now_ms,
            ends_ms=now_ms + (CODE_WITHIN_MS if awaits_code else self._life_ms),
        )
        await operator_sessions.insert_session(conn, session)
        if not awaits_code:
            by = actor_of(operator, address=address)
            detail = f"after {refused} refused tries" if refused else None
            await record(
                conn,
                by,
                Action.SIGNED_IN,
                object_type=ObjectType.OPERATOR,
                object_id=operator.id,
                detail=detail,
                now_ms=now_ms,
                ids=self._ids,
            )
        return NewSession(token, session)

    async def _forgive(self, conn: Conn, subjects: Sequence[str], *, now_ms: int) -> int:
        """Give back a try that succeeded, and all of the person's own; return how many of those had been refused."""
        if not subjects:
            return 0
        before = await operator_sessions.lock_tries(conn, subjects, now_ms=now_ms)
        person, *others = subjects
        own = msgspec.structs.replace(before[person], tries=0, next_ms=0)
        forgiven = [forgive_try(before[subject], now_ms=now_ms) for subject in others]
        await operator_sessions.write_tries(conn, [own, *forgiven])
        return before[person].tries - 1


class Sessions:
    """Recognises sessions; one for each process. What it has seen it remembers for half a second.

    Args:
        database: where they are.
        clock: tells the time.
        idle_ms: how long a session may rest before it ends.
    """

    def __init__(self, database: Database, clock: Clock, *, idle_ms: int) -> None:
        self._database = database
        self._clock = clock
        self._idle_ms = idle_ms
        self._remembered: dict[bytes, tuple[int, Session]] = {}

    async def recognise(self, token: str, *, is_use: bool = True) -> Session | None:
        """Return the session of a cookie's token, None when there is none that may do anything now.

        Args:
            token: the cookie's.
            is_use: whether it rests no longer; False for what goes on by itself, such as a page that looks for news.
        """
        now_ms, digest = self._clock(), hash_token(token)
        until_ms, session = self._remembered.get(digest, (0, None))
        if session is None or now_ms >= until_ms or (is_use and self._has_rested(session, now_ms)):
            session = await self._look_up(digest, now_ms, is_use=is_use)
        if session is None or session.awaits_code or session.is_over(idle_ms=self._idle_ms, now_ms=now_ms):
            return None
        return session

    def forget(self, token: str) -> None:
        """Remember a session no longer, because it has just ended."""
        self._remembered.pop(hash_token(token), None)

    def _has_rested(self, session: Session, now_ms: int) -> bool:
        """Tell whether it is worth a write that a session is used now."""
        return now_ms - session.seen_ms >= min(_TOUCHED_EVERY_MS, self._idle_ms // 2)

    async def _look_up(self, digest: bytes, now_ms: int, *, is_use: bool) -> Session | None:
        """Return a session as it is now, remembered if it goes on; keep that it was used."""
        self._remembered.pop(digest, None)
        async with self._database.connection() as conn:
            session = await operator_sessions.find_session(conn, digest)
            if session is None or session.is_over(idle_ms=self._idle_ms, now_ms=now_ms):
                return None
            if is_use and self._has_rested(session, now_ms):
                await operator_sessions.touch_session(conn, digest, now_ms=now_ms)
                session = msgspec.structs.replace(session, seen_ms=now_ms)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[digest] = (now_ms + REMEMBERED_MS, session)
        return session


async def list_sessions(database: Database, operator: str, *, idle_ms: int, now_ms: int) -> list[Session]:
    """Return the sessions of the operator with this id that have not ended, newest first."""
    async with database.connection() as conn:
        found = await operator_sessions.list_sessions(conn, operator)
    return [each for each in found if not each.awaits_code and not each.is_over(idle_ms=idle_ms, now_ms=now_ms)]


def actor_of(operator: Operator, *, address: str | None) -> Actor:
    """Return an operator as the audit log tells of them."""
    return Actor(kind=ActorKind.OPERATOR, id=operator.id, name=operator.email, address=address)


def _check_awaiting(session: Session | None, *, now_ms: int) -> Session:
    """Return a session that awaits a code.

    Raises:
        SessionEndedError: it does not, or not any more.
    """
    if session is None or not session.awaits_code or session.is_over(idle_ms=CODE_WITHIN_MS, now_ms=now_ms):
        raise SessionEndedError
    return session
