"""One-time codes that a device shows (TOTP), and the recovery codes that stand in for them.

Source: RFC 6238; six digits, thirty seconds, SHA-1, as every authenticator app has it. A code is accepted during its
own step, the one before and the one after, for clocks that go wrong; and once.
"""

import base64
import hashlib
import os
from typing import Final

import msgspec
import pyotp
from pyotp.exceptions import OTPVerificationError

from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.core.audit import Action, Actor, ObjectType, record
from brim.core.operators import store as operators
from brim.core.operators.rules import Credentials, Operator, UnknownOperatorError
from brim.core.operators.sign_in_rules import WrongCodeError
from brim.platform.database import Conn, Database
from brim.platform.vault import RandomBytes, Vault

RECOVERY_CODES: Final = 10
_SECRET_BYTES: Final = 20
"""160 bits. Source: RFC 4226 section 4 recommends as many as the hash has."""

_RECOVERY_BYTES: Final = 10
"""80 bits: sixteen characters for people to type, and too many to guess even from the hashes."""

_GROUP: Final = 4
_STEPS_OFF: Final = 1
_ISSUER: Final = "Brim"


class CodesEnabledError(BrimError):
    """One-time codes are asked for already."""

    def __init__(self) -> None:
        super().__init__("One-time codes are already on. Turn them off before setting up another device.")


class CodesNotBegunError(BrimError):
    """There is no device to confirm."""

    def __init__(self) -> None:
        super().__init__("No authenticator app is being set up. Start over.")


class Enrolment(msgspec.Struct, frozen=True):
    """What a device needs in order to show codes: the secret in base32, and all as a URI for a QR code."""

    secret: str
    uri: str


async def begin_codes(
    database: Database, vault: Vault, operator: str, *, random_bytes: RandomBytes = os.urandom
) -> Enrolment:
    """Return what the device of the operator with this id needs; codes are asked for once `confirm_codes` ran.

    Raises:
        CodesEnabledError: they are asked for already.
        UnknownOperatorError: there is no such operator.
        NoEncryptionKeyError: the server cannot keep the secret.
    """
    secret = base64.b32encode(random_bytes(_SECRET_BYTES)).decode()
    sealed = vault.seal(secret.encode(), place=_place(operator))

    async def work(conn: Conn) -> Operator:
        found = await _require(conn, operator)
        if found.operator.has_codes:
            raise CodesEnabledError
        await operators.set_codes_secret(conn, operator, sealed)
        return found.operator

    return _enrolment(secret, await database.transact(work))


async def find_enrolment(database: Database, vault: Vault, operator: str) -> Enrolment:
    """Return what `begin_codes` did, for as long as the device has not been confirmed.

    Raises:
        CodesNotBegunError: no device is being set up.
        CodesEnabledError: one-time codes are asked for already, and what makes them is told to nobody any more.
        NoEncryptionKeyError: the server cannot open the secret.
    """
    async with database.connection() as conn:
        found = await operators.find_operator(conn, operator)
    if found is None or found.codes_secret is None:
        raise CodesNotBegunError
    if found.operator.has_codes:
        raise CodesEnabledError
    return _enrolment(vault.open(found.codes_secret, place=_place(operator)).decode(), found.operator)


async def confirm_codes(
    database: Database,
    vault: Vault,
    operator: str,
    code: str,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    random_bytes: RandomBytes = os.urandom,
) -> list[str]:
    """Ask for one-time codes from now on, the device having shown one; return recovery codes, told this once.

    Raises:
        WrongCodeError: it has not.
        CodesNotBegunError: no device is being set up.
        CodesEnabledError: they are asked for already.
        UnknownOperatorError: there is no such operator.
    """
    recovery = [_recovery_code(random_bytes) for _ in range(RECOVERY_CODES)]

    async def work(conn: Conn) -> None:
        found = await _require(conn, operator)
        if found.operator.has_codes:
            raise CodesEnabledError
        if found.codes_secret is None:
            raise CodesNotBegunError
        await _take_code(conn, vault, found, code, now_ms=now_ms)
        await operators.enable_codes(conn, operator, [_hash_recovery_code(each) for each in recovery])
        await record(
            conn, by, Action.CODES_ENABLED, object_type=ObjectType.OPERATOR, object_id=operator, now_ms=now_ms, ids=ids
        )

    await database.transact(work)
    return recovery


async def take_code(
    conn: Conn, vault: Vault, credentials: Credentials, code: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> None:
    """Take a one-time code or a recovery code of an operator whose row is held; neither is accepted again.

    Raises:
        WrongCodeError: it is none of theirs, or was taken before.
    """
    operator = credentials.operator.id
    if len(code.strip()) <= 7:  # six digits, perhaps with a blank in the middle
        await _take_code(conn, vault, credentials, code, now_ms=now_ms)
        return
    if not await operators.use_recovery_code(conn, operator, _hash_recovery_code(code)):
        raise WrongCodeError
    detail = f"{await operators.count_recovery_codes(conn, operator)} left"
    await record(
        conn,
        by,
        Action.RECOVERY_CODE_USED,
        object_type=ObjectType.OPERATOR,
        object_id=operator,
        detail=detail,
        now_ms=now_ms,
        ids=ids,
    )


def _enrolment(secret: str, operator: Operator) -> Enrolment:
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=operator.email, issuer_name=_ISSUER))


async def _take_code(conn: Conn, vault: Vault, credentials: Credentials, code: str, *, now_ms: int) -> None:
    if credentials.codes_secret is None:
        raise WrongCodeError
    secret = vault.open(credentials.codes_secret, place=_place(credentials.operator.id)).decode()
    digits = "".join(code.split())
    try:
        step = pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=now_ms // 1000, valid_window=_STEPS_OFF)
    except OTPVerificationError:
        raise WrongCodeError from None
    if not await operators.use_code(conn, credentials.operator.id, step):
        raise WrongCodeError


async def _require(conn: Conn, operator: str) -> Credentials:
    found = await operators.lock_operator(conn, operator)
    if found is None:
        raise UnknownOperatorError(operator)
    return found


def _recovery_code(random_bytes: RandomBytes) -> str:
    """Return a code such as `7f3k-q2ab-...`: letters and digits that nobody mistakes for each other."""
    text = base64.b32encode(random_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _hash_recovery_code(code: str) -> bytes:
    """Return what is stored of a recovery code, however it was typed."""
    typed = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(typed.encode("utf-8", "surrogatepass")).digest()


def _place(operator: str) -> str:
    return f"operators/{operator}/codes"
