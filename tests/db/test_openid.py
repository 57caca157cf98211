"""Signing in by a provider of OpenID Connect, against a small one that also does wrong."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey

from brim.base.paging import PageRequest
from brim.core.audit.rules import Action
from brim.core.audit.service import list_audit_log
from brim.core.operators.openid import Client, MissingClientIdError, OpenId, client_of
from brim.core.operators.openid_rules import (
    AUTHORIZATION_KEPT_MS,
    AuthorizationExpiredError,
    Identity,
    IdentityMismatchError,
    NoOperatorError,
    Person,
    ProviderFailedError,
    UnverifiedEmailError,
)
from brim.core.operators.rules import InvalidEmailError, NotBoundError, Operator, OperatorDisabledError, Role
from brim.core.operators.service import disable_operator, find_identity, list_operators, unbind_identity
from brim.core.operators.sign_in import Sessions
from brim.core.operators.sign_in_rules import WrongPasswordError
from brim.platform.database import Database
from brim.platform.egress.operator_server import MOST_READ, FetchFailedError, fetch
from brim.platform.settings import InvalidSettingError, load_settings
from brim.platform.vault import NoEncryptionKeyError, Vault
from tests.support.people import ADDRESS, BY, EMAIL, IDS, NOW_MS, PASSWORD, VAULT, add, sign_in_of
from tests.support.provider import CLIENT_ID, CLIENT_SECRET, TestProvider, running_provider

BACK = "https://brim.example/sign-in/provider"


@pytest.fixture
def provider() -> Iterator[TestProvider]:
    with running_provider() as running:
        running.clock = lambda: NOW_MS // 1000
        yield running


def _openid(
    database: Database,
    provider: TestProvider,
    *,
    secret: str | None = CLIENT_SECRET,
    default_role: Role | None = None,
    vault: Vault = VAULT,
) -> OpenId:
    return OpenId(database, vault, Client(provider.url, CLIENT_ID, secret, default_role), ids=IDS)


async def _travel(openid: OpenId, provider: TestProvider, *, now_ms: int = NOW_MS) -> Operator:
    """Go to the provider and come back."""
    departure = await openid.begin(BACK, now_ms=now_ms)
    brought = provider.visit(departure.url)
    return await openid.finish(departure.state_cookie, brought, address=ADDRESS, now_ms=now_ms)


async def test_an_operator_is_signed_in_by_their_verified_email(database: Database, provider: TestProvider) -> None:
    ada = await add(database)
    provider.claims = {"email": "Ada@Example.com"}
    found = await _travel(_openid(database, provider), provider)
    assert found == ada
    assert (await sign_in_of(database).begin_for(found, address=ADDRESS, now_ms=NOW_MS)).session.operator == ada


async def test_any_process_goes_on_with_what_another_began(database: Database, provider: TestProvider) -> None:
    await add(database)
    departure = await _openid(database, provider).begin(BACK, now_ms=NOW_MS)
    brought = provider.visit(departure.url)
    other = _openid(database, provider)
    assert (await other.finish(departure.state_cookie, brought, address=ADDRESS, now_ms=NOW_MS)).email == EMAIL
    with pytest.raises(ProviderFailedError, match="400"):  # a code works once
        await other.finish(departure.state_cookie, brought, address=ADDRESS, now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("secret", "methods"),
    [
        (CLIENT_SECRET, ["client_secret_post"]),
        (CLIENT_SECRET, ["client_secret_post", "client_secret_basic"]),
        (None, ["none"]),
    ],
)
async def test_each_way_of_showing_the_clients_secret_works(
    database: Database, provider: TestProvider, secret: str | None, methods: list[str]
) -> None:
    await add(database)
    provider.described = {"token_endpoint_auth_methods_supported": methods}
    assert await _travel(_openid(database, provider, secret=secret), provider)


async def test_a_wrong_client_secret_is_told_without_it(database: Database, provider: TestProvider) -> None:
    with pytest.raises(ProviderFailedError, match="401") as refusal:
        await _travel(_openid(database, provider, secret="wrong-secret"), provider)
    assert "wrong-secret" not in refusal.value.message


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"aud": None},
        {"exp": NOW_MS // 1000 - 61},
        {"exp": None},
        {"iat": None},
        {"iat": NOW_MS // 1000 + 600},
        {"nbf": NOW_MS // 1000 + 600},
        {"nonce": "another"},
        {"nonce": None},
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    database: Database, provider: TestProvider, claims: dict[str, Any]
) -> None:
    await add(database)
    provider.claims = claims
    with pytest.raises(ProviderFailedError, match="ID token is"):
        await _travel(_openid(database, provider), provider)


async def test_a_token_signed_by_somebody_else_or_by_nobody_is_refused(
    database: Database, provider: TestProvider
) -> None:
    await add(database)
    openid = _openid(database, provider)
    public = provider.key.as_dict(private=False)
    provider.key = ECKey.generate_key("P-256", {"kid": "first"})
    with pytest.raises(ProviderFailedError, match="can't be verified"):
        await _travel(openid, provider)
    provider.header = {"alg": "none", "kid": "first"}
    with pytest.raises(ProviderFailedError, match="can't be verified"):
        await _travel(openid, provider)
    provider.header, provider.key = {"alg": "HS256", "kid": "first"}, OctKey.import_key(str(public))
    provider.told_keys = [{"kty": "oct", "k": "eHh4", "kid": "first"}, public]
    with pytest.raises(ProviderFailedError, match="can't be verified"):
        await _travel(openid, provider)


async def test_a_new_key_of_the_provider_is_asked_for_when_it_is_needed(
    database: Database, provider: TestProvider
) -> None:
    await add(database)
    openid = _openid(database, provider)
    for _ in range(2):
        await _travel(openid, provider)
    assert provider.asked.count("/keys") == provider.asked.count("/.well-known/openid-configuration") == 1
    provider.rotate()
    await _travel(openid, provider)
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}])
async def test_an_email_address_that_is_not_verified_signs_nobody_in(
    database: Database, provider: TestProvider, claims: dict[str, Any]
) -> None:
    await add(database)
    provider.claims = claims
    with pytest.raises(UnverifiedEmailError):
        await _travel(_openid(database, provider, default_role=Role.ADMIN), provider)


async def test_who_is_no_operator_becomes_one_only_where_a_role_is_set(
    database: Database, provider: TestProvider
) -> None:
    with pytest.raises(NoOperatorError, match=EMAIL):
        await _travel(_openid(database, provider), provider)
    assert await list_operators(database) == []
    made = await _travel(_openid(database, provider, default_role=Role.DEVELOPER), provider)
    assert (made.role, made.name, made.has_password) == (Role.DEVELOPER, "Ada Lovelace", False)
    assert await _travel(_openid(database, provider, default_role=Role.ADMIN), provider) == made


# Who is who at the provider

THIRD_PERSONS = {
    "fullwidth a": "\uff41da@example.com",
    "fullwidth at sign": "ada\uff20example.com",
    "Kelvin sign": "kir\u212a@example.com",
    "long s": "ros\u017f@example.com",
    "sharp s": "stra\u00dfe@example.com",
    "ligature": "\ufb01ona@example.com",
}
OPERATORS = (EMAIL, "kirk@example.com", "ross@example.com", "strasse@example.com", "fiona@example.com")


@pytest.mark.parametrize("kind", THIRD_PERSONS)
async def test_an_address_that_only_looks_like_an_operators_is_not_theirs(
    database: Database, provider: TestProvider, kind: str
) -> None:
    for email in OPERATORS:
        await add(database, email)
    provider.claims = {"email": THIRD_PERSONS[kind]}
    with pytest.raises((NoOperatorError, InvalidEmailError)):
        await _travel(_openid(database, provider), provider)
    with pytest.raises(WrongPasswordError):
        await sign_in_of(database).sign_in(THIRD_PERSONS[kind], PASSWORD, address=ADDRESS, now_ms=NOW_MS)


async def test_an_operator_stays_who_they_were_at_their_first_sign_in(
    database: Database, provider: TestProvider
) -> None:
    ada = await add(database)
    openid = _openid(database, provider, default_role=Role.ADMIN)
    for _ in range(2):
        assert await _travel(openid, provider) == ada
    provider.claims = {"sub": "person-2"}
    for _ in range(2):
        with pytest.raises(IdentityMismatchError, match=EMAIL):
            await _travel(openid, provider)
    told = [line for line in (await list_audit_log(database, PageRequest())).items if "identity" in line.action]
    refused, bound = (Action.IDENTITY_REFUSED, "person-2"), (Action.IDENTITY_BOUND, "person-1")
    assert [(line.action, line.detail) for line in told] == [
        (action, f"{subject} at {provider.url}") for action, subject in (refused, refused, bound)
    ]
    assert {(line.object, line.actor.address) for line in told} == {(ada.id, ADDRESS)}
    # the first person is known by their subject, whatever becomes of their address
    for changed in ({"email": "countess@example.com"}, {"email_verified": False}, {"email": None}, {"email": 5}):
        provider.claims = changed
        assert await _travel(openid, provider) == ada
    assert len(await list_operators(database)) == 1


async def test_a_new_address_that_is_another_operators_does_not_make_somebody_them(
    database: Database, provider: TestProvider
) -> None:
    ada, grace = await add(database), await add(database, "grace@example.com")
    openid = _openid(database, provider)
    assert await _travel(openid, provider) == ada
    provider.claims = {"email": grace.email}
    assert await _travel(openid, provider) == ada


async def test_whom_the_settings_let_in_is_bound_like_everybody(database: Database, provider: TestProvider) -> None:
    openid = _openid(database, provider, default_role=Role.VIEWER)
    made = await _travel(openid, provider)
    assert await find_identity(database, made.id) == Identity(provider.url, "person-1")
    provider.claims = {"sub": "person-2"}
    with pytest.raises(IdentityMismatchError):
        await _travel(openid, provider)


async def test_another_provider_is_not_believed_about_a_bound_operator(
    database: Database, provider: TestProvider
) -> None:
    await add(database)
    await _travel(_openid(database, provider), provider)
    with running_provider() as other:
        other.clock = lambda: NOW_MS // 1000
        with pytest.raises(IdentityMismatchError):
            await _travel(_openid(database, other), other)


async def test_an_unbound_operator_is_bound_to_who_comes_next(each_database: Database, provider: TestProvider) -> None:
    ada, openid = await add(each_database), _openid(each_database, provider)
    with pytest.raises(NotBoundError):
        await unbind_identity(each_database, EMAIL, by=BY, now_ms=NOW_MS, ids=IDS)
    session = await sign_in_of(each_database).begin_for(await _travel(openid, provider), address=None, now_ms=NOW_MS)
    assert await unbind_identity(each_database, EMAIL, by=BY, now_ms=NOW_MS, ids=IDS) == ada
    assert await Sessions(each_database, lambda: NOW_MS, idle_ms=1000).recognise(session.token) is None
    line = (await list_audit_log(each_database, PageRequest(limit=1))).items[0]
    assert (line.action, line.object, line.detail) == (
        Action.IDENTITY_UNBOUND,
        ada.id,
        f"person-1 at {provider.url}",
    )
    provider.claims = {"sub": "person-2"}
    assert await _travel(openid, provider) == ada
    provider.claims = {}
    with pytest.raises(IdentityMismatchError):
        await _travel(openid, provider)


async def test_of_many_who_come_at_once_with_one_address_one_is_bound(
    each_database: Database, provider: TestProvider
) -> None:
    ada, openid = await add(each_database), _openid(each_database, provider)
    people = [Person(f"person-{number // 2}", EMAIL, "Ada") for number in range(6)]
    answers = await asyncio.gather(
        *(openid._operator_of(person, address=ADDRESS, now_ms=NOW_MS) for person in people),
        return_exceptions=True,
    )
    assert answers.count(ada) == 2
    assert sum(isinstance(answer, IdentityMismatchError) for answer in answers) == 4


@pytest.mark.parametrize("subject", [None, "", 5, "a\0b", "a\u2028b", "x" * 256, ["person-1"]])
async def test_a_token_that_names_nobody_is_refused(
    database: Database, provider: TestProvider, subject: object
) -> None:
    await add(database)
    provider.claims = {"sub": subject}
    with pytest.raises(ProviderFailedError, match="ID token"):
        await _travel(_openid(database, provider), provider)


async def test_a_disabled_operator_stays_out(database: Database, provider: TestProvider) -> None:
    ada = await add(database)
    await add(database, "grace@example.com")
    await disable_operator(database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)
    with pytest.raises(OperatorDisabledError):
        await _travel(_openid(database, provider, default_role=Role.ADMIN), provider)


async def test_a_browser_that_was_not_sent_by_us_or_comes_late_is_refused(
    database: Database, provider: TestProvider
) -> None:
    await add(database)
    openid = _openid(database, provider)
    mine, others = [await openid.begin(BACK, now_ms=NOW_MS) for _ in range(2)]
    brought = provider.visit(mine.url)
    misplaced = VAULT.seal(b"{}", place="elsewhere").decode()
    for state_cookie, late_ms in (
        (others.state_cookie, 0),
        ("", 0),
        ("\ud800", 0),
        (misplaced, 0),
        (mine.state_cookie, AUTHORIZATION_KEPT_MS),
    ):
        with pytest.raises(AuthorizationExpiredError):
            await openid.finish(state_cookie, brought, address=ADDRESS, now_ms=NOW_MS + late_ms)
    with pytest.raises(AuthorizationExpiredError):
        await openid.finish(mine.state_cookie, {"code": "code-0"}, address=ADDRESS, now_ms=NOW_MS)
    assert await openid.finish(mine.state_cookie, brought, address=ADDRESS, now_ms=NOW_MS)


async def test_what_a_provider_says_wrong_is_told(database: Database, provider: TestProvider) -> None:
    openid = _openid(database, provider)
    departure = await openid.begin(BACK, now_ms=NOW_MS)
    brought = provider.visit(departure.url)
    refused = {"state": brought["state"], "error": "access_denied"}
    with pytest.raises(ProviderFailedError, match="access_denied"):
        await openid.finish(departure.state_cookie, refused, address=ADDRESS, now_ms=NOW_MS)
    with pytest.raises(ProviderFailedError, match="a different issuer"):
        await openid.finish(
            departure.state_cookie, {**brought, "iss": "https://elsewhere.example"}, address=ADDRESS, now_ms=NOW_MS
        )
    for said in ({"issuer": "https://elsewhere.example"}, {"jwks_uri": 5}, {"token_endpoint": None}):
        provider.described = said
        with pytest.raises(ProviderFailedError):
            await _openid(database, provider).begin(BACK, now_ms=NOW_MS)
    provider.described = {}
    for keys in ([{"kty": "EC"}], ["x"], [{"kty": "?"}]):
        provider.told_keys = keys
        with pytest.raises(ProviderFailedError):
            await _travel(_openid(database, provider), provider)
    with pytest.raises(NoEncryptionKeyError):
        await _openid(database, provider, vault=Vault(())).begin(BACK, now_ms=NOW_MS)


async def test_a_provider_that_is_not_there_is_told(database: Database) -> None:
    with running_provider() as gone:
        pass
    with pytest.raises(ProviderFailedError, match=r"127\.0\.0\.1 cannot be asked"):
        await _openid(database, gone).begin(BACK, now_ms=NOW_MS)


async def test_only_https_or_this_machine_is_asked_and_no_more_is_read_than_fits(provider: TestProvider) -> None:
    for url in ("http://provider.example/keys", "ftp://127.0.0.1/", "file:///etc/passwd", "http://a@127.0.0.1/"):
        with pytest.raises(FetchFailedError):
            await fetch(url, None, {})
    provider.told_keys = ["x" * MOST_READ]
    with pytest.raises(FetchFailedError):
        await fetch(f"{provider.url}/keys", None, {})


def test_the_settings_say_all_of_a_provider_or_nothing() -> None:
    assert client_of(load_settings({}, {})) is None
    issuer = {"BRIM_OIDC_ISSUER": "https://id.example/realm"}
    with pytest.raises(MissingClientIdError):
        client_of(load_settings({}, issuer))
    whole = {**issuer, "BRIM_OIDC_CLIENT_ID": "brim", "BRIM_OIDC_DEFAULT_ROLE": "Viewer"}
    assert client_of(load_settings({}, whole)) == Client("https://id.example/realm", "brim", None, Role.VIEWER)
    for variable, text in (
        ("BRIM_OIDC_ISSUER", "http://id.example"),
        ("BRIM_OIDC_ISSUER", "id.example"),
        ("BRIM_OIDC_ISSUER", "https://id.example?x=1"),
        ("BRIM_OIDC_DEFAULT_ROLE", "owner"),
    ):
        with pytest.raises(InvalidSettingError, match=variable):
            load_settings({}, {variable: text})
