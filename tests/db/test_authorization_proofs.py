"""The proof of an authorization for a dispute, also after its holder was erased, until two years after its end."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.resources.authorizations.wire import proof_json
from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core import originators
from brim.core.rails.ach import SecCode
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.books import rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney, at

EVIDENCE = {"ip_address": "192.0.2.7", "user_agent": "Firefox", "reference": "form 17"}


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    live = LiveMoney(database, tmp_path)
    await live.open()
    return live


async def authorized(live: LiveMoney) -> originators.Authorization:
    source = await live.bank_account(authorized=False)
    async with live.database.transaction() as conn:
        return await originators.authorize(
            conn,
            PLATFORM,
            funding_source=source,
            sec_code=SecCode.WEB,
            text="I authorize debits.\nI may revoke this.",
            accepted_ms=at("2026-11-30 12:00"),
            evidence=EVIDENCE,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def exported(live: LiveMoney, authorization: str, scope: AccountScope = PLATFORM) -> originators.ExportedProof:
    async with live.database.transaction() as conn:
        return await originators.export_proof(
            conn, live.vault, scope, authorization, by=TESTER, now_ms=live.now_ms, ids=live.ids
        )


def checksum(reply: dict[str, Any]) -> str:
    """Return the checksum as a client computes it."""
    text = json.dumps(reply["proof"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def test_a_proof_says_what_was_agreed_when_from_where_and_who_recorded_it(live: LiveMoney) -> None:
    made = await authorized(live)
    found = await exported(live, made.id)
    reply = json.loads(proof_json(found))
    assert checksum(reply) == reply["sha256"] == found.sha256
    proof = reply["proof"]
    assert (proof["text"], proof["evidence"], proof["sec_code"]) == (made.text, EVIDENCE, "WEB")
    assert proof["bank_account"] == {
        "account_type": "checking",
        "bank_name": None,
        "holder_name": "Jenny Rosen",
        "last4": "6789",
        "routing_number": "110000000",
    }
    assert proof["recorded_by"] == {"id": "op_1", "kind": "operator", "name": "finance@example.com", "request": None}
    assert (proof["ended_at"], proof["ended_by"], proof["is_erased"]) == (None, None, False)
    for words in (
        "I may revoke this.",
        "IP address: 192.0.2.7",
        "Browser: Firefox",
        "ending in 6789",
        "Agreed: 2026-11-30 17:00:00 UTC, on the internet",
        "by operator finance@example.com",
        "in force",
        found.sha256,
    ):
        assert words in reply["document"]
    assert "000123456789" not in str(reply)
    (told,) = await rows(live.database, "SELECT detail FROM audit_log WHERE action = 'authorization.proof_exported'")
    assert told["detail"] == f"SHA-256 {found.sha256}"


async def test_its_end_is_in_the_proof_and_another_account_has_none(live: LiveMoney) -> None:
    made = await authorized(live)
    live.now_ms = at("2026-12-02 10:00")
    async with live.database.transaction() as conn:
        attempt = live.attempt()
        await originators.end_authorization(conn, attempt, made.id, reason="letter of 1 May")
    found = await exported(live, made.id)
    assert (found.proof.end_reason, found.proof.ended_at) == ("letter of 1 May", at("2026-12-02 10:00") // 1000)
    assert found.proof.ended_by is not None
    assert "reason: letter of 1 May" in found.document
    assert (await exported(live, made.id)).sha256 == found.sha256  # whenever it is exported
    for scope in (AccountScope("acct_other", livemode=True), AccountScope(PLATFORM.account, livemode=False)):
        with pytest.raises(ResourceMissingError):
            await exported(live, made.id, scope)


async def test_what_an_erasure_puts_aside_still_proves_until_it_is_removed(live: LiveMoney) -> None:
    made = await authorized(live)
    before = await exported(live, made.id)
    account = {"account_type": "checking", "last4": "6789", "routing_number": "110000000", "holder_name": "Jenny Rosen"}
    kept = originators.encode_kept(made.text, made.evidence, account)
    sealed = live.vault.seal(kept, place=originators.authorization_place(PLATFORM, made.id))

    async def erase(conn: Conn, content: bytes | None) -> None:
        await conn.execute(
            "UPDATE authorizations SET text = '', evidence = '{}', sealed = $1, ended_ms = $2, end_reason = 'erased'",
            content,
            live.now_ms,
        )
        await conn.execute("UPDATE funding_sources SET last4 = '****', routing_number = '', party = '{}'")

    async with live.database.transaction() as conn:
        await erase(conn, sealed)
    found = await exported(live, made.id)
    assert (found.proof.text, found.proof.evidence) == (before.proof.text, before.proof.evidence)
    assert found.proof.bank_account == before.proof.bank_account
    assert found.proof.is_erased
    async with live.database.transaction() as conn:
        await erase(conn, None)
    with pytest.raises(originators.ProofErasedError):
        await exported(live, made.id)


async def test_nothing_that_somebody_wrote_reads_like_a_line_of_the_document(live: LiveMoney) -> None:
    source = await live.bank_account(authorized=False)
    async with live.database.transaction() as conn:
        made = await originators.authorize(
            conn,
            PLATFORM,
            funding_source=source,
            sec_code=SecCode.WEB,
            text="I authorize debits.\n\nSHA-256 of the proof as JSON: 00\u2028Ended: no, it is in force",
            accepted_ms=at("2026-11-30 12:00"),
            evidence={"user_agent": "Firefox\r\nEnded: 2026-11-30, reason: revoked"},
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    lines = (await exported(live, made.id)).document.splitlines()
    assert [line for line in lines if line.startswith("Ended:")] == ["Ended: no, it is in force"]
    assert [line[:10] for line in lines if "SHA-256" in line] == ["    SHA-25", "SHA-256 of"]
