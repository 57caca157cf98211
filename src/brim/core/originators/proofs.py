"""The proof of an authorization, for a dispute: what its holder agreed to, how that is known, and its end.

An originator keeps a record of each authorization for two years after its end and gives it to its bank on request.
Source: Nacha's operating rules, 2.3.2.5. So the proof outlasts the erasure of its holder, and a legal hold keeps it for
longer: erasure puts text, evidence and the masked bank account aside, encrypted, which are opened here alone.
"""

import hashlib
import textwrap
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.actor import Actor
from brim.base.errors import BrimError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.originators import store
from brim.core.originators.rules import Authorization
from brim.platform.database import Conn
from brim.platform.vault import Vault

_SEC_CODES: Final = {
    "PPD": "in writing",
    "WEB": "on the internet or by mobile phone",
    "CCD": "as a company",
    "CORE": "by a SEPA mandate",
    "B2B": "by a SEPA mandate, as a company",
}
_EVIDENCE: Final = {"ip_address": "IP address", "user_agent": "Browser", "reference": "Reference"}


class ProofErasedError(BrimError):
    """The proof was erased at the end of its retention period."""

    def __init__(self, authorization_id: str) -> None:
        super().__init__(
            f"The proof of the authorization {authorization_id} was erased: it is kept for two years after its end."
        )


class ProofAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account of an authorization, masked."""

    account_type: str | None = None
    bank_name: str | None = None
    holder_name: str | None = None
    last4: str | None = None
    routing_number: str | None = None


class ProofActor(msgspec.Struct, frozen=True, kw_only=True):
    """Who recorded an authorization, or its end, by the audit log."""

    id: str | None
    kind: str
    name: str | None
    request: str | None


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What is proved, its members in the order of their names. Times are Unix seconds.

    `recorded_by` and `ended_by` are None where the audit log of this installation does not have it, as after an import.
    """

    accepted_at: int
    account: str
    authorization: str
    bank_account: ProofAccount
    created: int
    end_reason: str | None
    ended_at: int | None
    ended_by: ProofActor | None
    evidence: dict[str, str | None]
    funding_source: str
    is_erased: bool
    recorded_by: ProofActor | None
    sec_code: str
    text: str


class ExportedProof(msgspec.Struct, frozen=True, kw_only=True):
    """A proof with its checksum, the SHA-256 of its compact JSON, and as a document for people."""

    proof: Proof
    sha256: str
    document: str


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What erasure puts aside of an authorization."""

    text: str
    evidence: dict[str, str]
    bank_account: ProofAccount = ProofAccount()


_decode_kept: Final = json_codec.decoder(_Kept)


def authorization_place(scope: AccountScope, authorization_id: str) -> str:
    """Return what the proof of an authorization whose holder was erased is sealed for."""
    return f"authorization/{scope.account}/{scope.livemode}/{authorization_id}"


def encode_kept(text: str, evidence: Mapping[str, Any], bank_account: Mapping[str, Any]) -> bytes:
    """Return what erasure puts aside of an authorization, to be sealed."""
    return json_codec.encode(
        _Kept(text=text, evidence=dict(evidence), bank_account=msgspec.convert(bank_account, ProofAccount))
    )


async def export_proof(
    conn: Conn, vault: Vault, scope: AccountScope, authorization_id: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> ExportedProof:
    """Return the proof of an authorization; the audit log tells of it once the caller's transaction commits.

    Raises:
        ResourceMissingError: the account has none of that id.
        ProofErasedError: it is not kept any more.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read what is encrypted.
    """
    found = await store.read_proof(conn, scope, authorization_id)
    if found is None:
        raise ResourceMissingError("authorization", authorization_id, param="authorization", in_path=True)
    authorization, bank_account = found.authorization, msgspec.convert(found.bank_account, ProofAccount)
    text, evidence = authorization.text, dict(authorization.evidence)
    if found.sealed is not None:
        kept = _decode_kept(vault.open(found.sealed, place=authorization_place(scope, authorization_id)))
        text, evidence, bank_account = kept.text, kept.evidence, kept.bank_account
    if not text:
        raise ProofErasedError(authorization_id)
    proof = Proof(
        accepted_at=authorization.accepted_ms // 1000,
        account=scope.account,
        authorization=authorization.id,
        bank_account=bank_account,
        created=authorization.created_ms // 1000,
        end_reason=authorization.end_reason,
        ended_at=None if authorization.ended_ms is None else authorization.ended_ms // 1000,
        ended_by=await _actor_at(conn, authorization, Action.AUTHORIZATION_ENDED, authorization.ended_ms),
        evidence={name: evidence.get(name) for name in sorted({*_EVIDENCE, *evidence})},
        funding_source=authorization.funding_source,
        is_erased=found.sealed is not None,
        recorded_by=await _actor_at(conn, authorization, Action.AUTHORIZATION_MADE, authorization.created_ms),
        sec_code=authorization.sec_code,
        text=text,
    )
    sha256 = hashlib.sha256(json_codec.encode(proof)).hexdigest()
    await audit.record(
        conn,
        by,
        Action.AUTHORIZATION_EXPORTED,
        object_type=ObjectType.AUTHORIZATION,
        object_id=authorization_id,
        scope=scope,
        detail=f"SHA-256 {sha256}",
        now_ms=now_ms,
        ids=ids,
    )
    return ExportedProof(proof=proof, sha256=sha256, document=document_of(proof, sha256, exported_ms=now_ms))


async def _actor_at(
    conn: Conn, authorization: Authorization, action: Action, moment_ms: int | None
) -> ProofActor | None:
    if moment_ms is None:
        return None
    entry = await audit.find_entry(conn, action, authorization.id, at_ms=moment_ms)
    if entry is None:
        return None
    actor = entry.actor
    return ProofActor(id=actor.id, kind=actor.kind, name=actor.name, request=actor.request_id)


def document_of(proof: Proof, sha256: str, *, exported_ms: int) -> str:
    """Return a proof as a text for people, its times in UTC."""
    lines = ["Proof of authorization", "", *map(_one_line, _lines_of(proof)), ""]
    lines += ["The wording that the holder of the bank account agreed to:", "", textwrap.indent(proof.text, "    "), ""]
    lines += [f"Exported: {_time(exported_ms // 1000)}", f"SHA-256 of the proof as JSON: {sha256}", ""]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    """Return a text on one line, so that nothing that somebody else wrote reads like a line of the proof."""
    return "".join(char if char.isprintable() else " " for char in text)


def _lines_of(proof: Proof) -> Iterator[str]:
    account = proof.bank_account
    yield f"Authorization: {proof.authorization}"
    yield f"Account: {proof.account}"
    yield f"Bank account: {proof.funding_source}, {_masked(account)}"
    if account.holder_name:
        yield f"Holder: {account.holder_name}"
    yield f"Agreed: {_time(proof.accepted_at)}, {_SEC_CODES.get(proof.sec_code, 'otherwise')} ({proof.sec_code})"
    for name, value in proof.evidence.items():
        if value is None:
            continue
        yield f"{_EVIDENCE.get(name, name)}: {value}"
    yield f"Recorded: {_time(proof.created)}{_by(proof.recorded_by)}"
    if proof.ended_at is None:
        yield "Ended: no, it is in force"
    else:
        yield f"Ended: {_time(proof.ended_at)}{_by(proof.ended_by)}, reason: {proof.end_reason or 'none'}"
    if proof.is_erased:
        yield "The holder's personal data was erased otherwise."


def _masked(account: ProofAccount) -> str:
    parts = [account.bank_name, account.account_type, f"ending in {account.last4}" if account.last4 else None]
    routing = f"routing number {account.routing_number}" if account.routing_number else None
    return ", ".join(part for part in (*parts, routing) if part) or "erased"


def _by(actor: ProofActor | None) -> str:
    if actor is None:
        return ""
    who = " ".join(part for part in (actor.kind, actor.name or actor.id) if part)
    return f" by {who}" + (f" (request {actor.request})" if actor.request else "")


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
