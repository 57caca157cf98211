"""Each act that the audit log knows, ready to be carried out once."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

import pyotp

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.base.scope import AccountScope
from brim.core import (
    direct_debits,
    legal_holds,
    notification_channels,
    notifications,
    originators,
    return_rates,
)
from brim.core.access.owner_keys import KeyParameters, OwnerKeys
from brim.core.access.service import create_account, create_key, ensure_first_account, revoke_key, roll_key
from brim.core.accounts import name_platform
from brim.core.direct_debits import AchFile, FileStatus
from brim.core.direct_debits.file_store import insert_file
from brim.core.direct_debits.rules import Batch
from brim.core.encryption import create_data_key, retire_data_keys, rewrap_data_keys, rotate_encryption
from brim.core.operators import service as operators
from brim.core.operators.dashboard_keys import OperatorKeys
from brim.core.operators.one_time_codes import begin_codes, confirm_codes
from brim.core.operators.password_links import make_password_link, use_password_link
from brim.core.operators.rules import Operator, Role
from brim.core.operators.service import NewOperator
from brim.core.pairing.rules import code_of
from brim.core.pairing.service import approve_pairing, begin_pairing, deny_pairing, redeem_pairing
from brim.core.rails.ach import OriginatorProfile
from brim.core.rails.protocol import Fail, Return, Succeed
from brim.core.test_clocks.service import delete_ended_clock
from brim.core.time import KEPT_S
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault, new_encryption_key
from tests.support.books import OWNER, execute
from tests.support.clockwork import Clockwork
from tests.support.fake_kms import FakeKms
from tests.support.people import ADDRESS, BY, EMAIL, IDS, KEY, NOW_MS, PASSWORD, VAULT, add, sign_in_of, weak_passwords

Act: TypeAlias = Callable[[], Awaitable[Any]]
Prepare: TypeAlias = Callable[[Database], Awaitable[Act]]
OPERATOR: Final = Actor(kind=ActorKind.OPERATOR, id="op_page", name="page@example.com", request_id="req_page")
NEW_PASSWORD: Final = "difference engine 1822"


async def new_account(database: Database) -> AccountScope:
    made = await create_account(database, platform=None, by=BY, now_ms=NOW_MS, ids=IDS)
    return AccountScope(made.account, livemode=False)


async def new_key(database: Database) -> str:
    scope = await new_account(database)
    new = await create_key(
        database, account=scope.account, livemode=False, permissions=None, name="k", by=BY, now_ms=NOW_MS, ids=IDS
    )
    return new.key.id


def _on_operator(use: Callable[[Database, Operator], Awaitable[Any]]) -> Prepare:
    """Return a case about the second of two admins."""

    async def prepare(database: Database) -> Act:
        await add(database, "first@example.com")
        operator = await add(database)
        return lambda: use(database, operator)

    return prepare


async def _create_account(database: Database) -> Act:
    return lambda: new_account(database)


async def _first_account(database: Database) -> Act:
    return lambda: ensure_first_account(database, "sk_test_" + "a" * 43, NOW_MS, ids=IDS)


async def _create_key(database: Database) -> Act:
    scope = await new_account(database)
    return lambda: create_key(
        database, account=scope.account, livemode=False, permissions=None, name="k", by=BY, now_ms=NOW_MS, ids=IDS
    )


async def _roll_key(database: Database) -> Act:
    key = await new_key(database)
    return lambda: roll_key(database, key_id=key, grace_ms=1000, by=BY, now_ms=NOW_MS, ids=IDS)


async def _revoke_key(database: Database) -> Act:
    key = await new_key(database)
    return lambda: revoke_key(database, key_id=key, by=BY, now_ms=NOW_MS, ids=IDS)


async def _page_creates_key(database: Database) -> Act:
    scope, wanted = await new_account(database), KeyParameters(id="mk_page", permissions={"topups": "read"})
    return lambda: OwnerKeys(database, ids=IDS).create_key(scope, wanted, by=BY, now_ms=NOW_MS)


async def _page_with_key(database: Database) -> tuple[AccountScope, OwnerKeys]:
    scope, keys = await new_account(database), OwnerKeys(database, ids=IDS)
    await keys.create_key(scope, KeyParameters(id="mk_page"), by=BY, now_ms=NOW_MS)
    return scope, keys


async def _page_rolls_key(database: Database) -> Act:
    scope, keys = await _page_with_key(database)
    return lambda: keys.roll_key(scope, "mk_page", new_id="mk_next", grace_ms=0, by=BY, now_ms=NOW_MS)


async def _page_revokes_key(database: Database) -> Act:
    scope, keys = await _page_with_key(database)
    return lambda: keys.revoke_key(scope, "mk_page", by=BY, now_ms=NOW_MS)


async def _pages_get_key(database: Database) -> Act:
    scope, operator = await new_account(database), await add(database)
    return lambda: OperatorKeys(database, VAULT, ids=IDS).key_of(operator, scope, now_ms=NOW_MS)


async def _approve(database: Database) -> Act:
    scope = await new_account(database)
    new = await begin_pairing(database, device="devbox", client_version="1", now_ms=NOW_MS)
    code = code_of(new.token)
    return lambda: approve_pairing(database, code, account=scope.account, by=BY, now_ms=NOW_MS, ids=IDS)


async def _deny(database: Database) -> Act:
    new = await begin_pairing(database, device="devbox", client_version="1", now_ms=NOW_MS)
    return lambda: deny_pairing(database, code_of(new.token), by=BY, now_ms=NOW_MS, ids=IDS)


async def _redeem(database: Database) -> Act:
    scope = await new_account(database)
    new = await begin_pairing(database, device="devbox", client_version="1", now_ms=NOW_MS)
    await approve_pairing(database, code_of(new.token), account=scope.account, by=BY, now_ms=NOW_MS, ids=IDS)
    return lambda: redeem_pairing(database, new.id, new.poll_secret, now_ms=NOW_MS, ids=IDS)


async def _add_operator(database: Database) -> Act:
    return lambda: add(database)


async def _claim_first_run(database: Database) -> Act:
    token = await operators.prepare_first_run(database, now_ms=NOW_MS)
    assert token
    wanted = NewOperator(email=EMAIL, name="Ada", role=Role.ADMIN, password=PASSWORD)
    return lambda: operators.claim_first_run(
        database, weak_passwords(), token, wanted, address=ADDRESS, now_ms=NOW_MS, ids=IDS
    )


async def _name_platform(database: Database) -> Act:
    await (await _create_account(database))()
    return lambda: name_platform(database, "Acme", by=BY, now_ms=NOW_MS, ids=IDS)


async def _enable(database: Database) -> Act:
    await add(database, "first@example.com")
    operator = await add(database)
    await operators.disable_operator(database, operator.id, by=BY, now_ms=NOW_MS, ids=IDS)
    return lambda: operators.enable_operator(database, operator.id, by=BY, now_ms=NOW_MS, ids=IDS)


async def _use_link(database: Database) -> Act:
    operator = await add(database)
    token = await make_password_link(database, operator.id, by=BY, now_ms=NOW_MS, ids=IDS)
    return lambda: use_password_link(
        database, weak_passwords(), token, NEW_PASSWORD, address=ADDRESS, now_ms=NOW_MS, ids=IDS
    )


async def _confirm_codes(database: Database) -> Act:
    operator = await add(database)
    code = pyotp.TOTP((await begin_codes(database, VAULT, operator.id)).secret).at(NOW_MS // 1000)
    return lambda: confirm_codes(database, VAULT, operator.id, code, by=BY, now_ms=NOW_MS, ids=IDS)


async def _reset_codes(database: Database) -> Act:
    await (await _confirm_codes(database))()
    return lambda: operators.reset_codes(database, EMAIL, by=BY, now_ms=NOW_MS, ids=IDS)


async def _end_other_sessions(database: Database) -> Act:
    await add(database)
    first, _ = [await sign_in_of(database).sign_in(EMAIL, PASSWORD, address=ADDRESS, now_ms=NOW_MS) for _ in range(2)]
    return lambda: sign_in_of(database).sign_out_elsewhere(first.token, address=ADDRESS, now_ms=NOW_MS)


async def _unbind(database: Database) -> Act:
    operator = await add(database)
    await execute(
        database,
        f"INSERT INTO operator_identities (operator, issuer, subject, bound_ms) VALUES ('{operator.id}', 'i', 's', 1)",
    )
    return lambda: operators.unbind_identity(database, operator.id, by=BY, now_ms=NOW_MS, ids=IDS)


async def _ended_clock(database: Database) -> Act:
    await Clockwork(database, now_ms=NOW_MS).freeze(OWNER, NOW_MS // 1000)
    after_ms = NOW_MS + (KEPT_S + 1) * 1000
    return lambda: delete_ended_clock(database, queues=[], now_ms=after_ms, ids=IDS, renderers=WIRE_FORMATS)


def _on_topup(use: Callable[[Clockwork, str], Awaitable[Any]], *, settled: bool = False) -> Prepare:
    """Return a case about a pending top-up, or one that has succeeded, by an operator's page."""

    async def prepare(database: Database) -> Act:
        topup = (await Clockwork(database, now_ms=NOW_MS).create(OWNER))["id"]
        if settled:
            await Clockwork(database, now_ms=NOW_MS).force(OWNER, topup, Succeed())
        return lambda: use(page_of(database), topup)

    return prepare


def page_of(database: Database) -> Clockwork:
    """Return the service as an operator's page asks it."""
    return Clockwork(database, now_ms=NOW_MS, by=OPERATOR)


async def _page_creates_topup(database: Database) -> Act:
    page = page_of(database)
    return lambda: page.create(OWNER, key="form")


async def _rotate(database: Database) -> Act:
    operator = await add(database)
    await begin_codes(database, VAULT, operator.id)
    return lambda: rotate_encryption(database, Vault([new_encryption_key(), KEY]), by=BY, now_ms=NOW_MS, ids=IDS)


async def _make_data_key(database: Database) -> Act:
    return lambda: create_data_key(database, FakeKms(), has_plain=True, by=BY, now_ms=NOW_MS, ids=IDS)


async def _rewrap_data_key(database: Database) -> Act:
    await (await _make_data_key(database))()
    return lambda: rewrap_data_keys(database, FakeKms("second"), by=BY, now_ms=NOW_MS, ids=IDS)


async def _retire_data_key(database: Database) -> Act:
    await (await _make_data_key(database))()
    return lambda: retire_data_keys(database, has_plain=True, by=BY, now_ms=NOW_MS, ids=IDS)


_LIVE: Final = AccountScope("acct_platform", livemode=True)


async def _originator(database: Database) -> originators.Originator:
    profile = OriginatorProfile(
        odfi_routing_number="121042882",
        odfi_name="BANK",
        immediate_origin="1234567890",
        origin_name="BRIM TESTS",
        company_name="BRIM TESTS",
        company_id="1234567890",
        outgoing_folder="/nowhere/out",
        incoming_folder="/nowhere/in",
    )
    async with database.transaction() as conn:
        return await originators.save_originator(
            conn,
            VAULT,
            _LIVE,
            originators.ProfileChange(profile, account_number="9876543210"),
            by=BY,
            now_ms=NOW_MS,
            ids=IDS,
        )


async def _activate(database: Database) -> Act:
    originator = await _originator(database)

    async def activate(conn: Conn) -> None:
        await originators.activate_originator(
            conn, _LIVE, originator.id, approvers=1, by=OPERATOR, now_ms=NOW_MS, ids=IDS
        )

    return lambda: database.transact(activate)


async def _approve_override(database: Database) -> Act:
    originator = await _originator(database)
    until_ms = NOW_MS + 86_400_000
    how: dict[str, Any] = {"approvers": 1, "by": OPERATOR, "now_ms": NOW_MS, "ids": IDS}
    async with database.transaction() as conn:
        await return_rates.ask_for_override(
            conn, originator, return_rates.ALL, reason="The bank knows.", until_ms=until_ms, **how
        )

    async def approve(conn: Conn) -> None:
        await return_rates.approve_override(conn, originator, return_rates.ALL, expected_until_ms=until_ms, **how)

    return lambda: database.transact(approve)


async def _approve_file(database: Database) -> Act:
    file = AchFile(
        scope=_LIVE,
        id="file_1",
        originator=(await _originator(database)).id,
        test_clock=None,
        status=FileStatus.BUILT,
        name="file-1.ach",
        file_date=date(2026, 12, 1),
        file_time="1700",
        modifier="A",
        effective_date=date(2026, 12, 2),
        entry_count=1,
        total_debit=5_000,
        total_credit=0,
        byte_count=1,
        sha256=bytes(32),
        built_ms=NOW_MS,
    )
    batch = Batch(number=1, sec_code="WEB", effective_date=file.effective_date, entry_count=1, total_debit=5_000)
    async with database.transaction() as conn:
        await insert_file(conn, file, [batch], b"sealed")

    async def approve(conn: Conn) -> None:
        await direct_debits.approve_file(
            conn,
            _LIVE,
            file.id,
            sha256=None,
            approvers=1,
            renderers=WIRE_FORMATS,
            by=OPERATOR,
            now_ms=NOW_MS,
            ids=IDS,
        )

    return lambda: database.transact(approve)


async def _place_hold(database: Database) -> Act:
    account = (await new_account(database)).account

    async def place(conn: Conn) -> legal_holds.LegalHold:
        return await legal_holds.place_hold(
            conn,
            kind=legal_holds.HoldKind.ACCOUNT,
            account=account,
            reason="Case 7",
            reference=None,
            by=BY,
            now_ms=NOW_MS,
            ids=IDS,
        )

    return lambda: database.transact(place)


async def _lift_hold(database: Database) -> Act:
    hold = await (await _place_hold(database))()
    return lambda: database.transact(lambda conn: legal_holds.lift_hold(conn, hold.id, by=BY, now_ms=NOW_MS, ids=IDS))


async def _add_chat(database: Database) -> Act:
    return lambda: database.transact(
        lambda conn: notification_channels.add_chat(
            conn, VAULT, name="#x", url="https://chat.example.com/x", allowed=(), by=BY, now_ms=NOW_MS, ids=IDS
        )
    )


def _turn_email(*, is_on: bool) -> Prepare:
    async def prepare(database: Database) -> Act:
        def turn(wanted: bool) -> Any:
            return database.transact(
                lambda conn: notification_channels.turn_channel(
                    conn, notification_channels.EMAIL, is_on=wanted, by=BY, now_ms=NOW_MS, ids=IDS
                )
            )

        await turn(not is_on)
        return lambda: turn(is_on)

    return prepare


async def _remove_chat(database: Database) -> Act:
    chat = await (await _add_chat(database))()
    return lambda: database.transact(
        lambda conn: notification_channels.remove_chat(conn, chat.id, by=BY, now_ms=NOW_MS, ids=IDS)
    )


async def _test_channel(database: Database) -> Act:
    return lambda: database.transact(
        lambda conn: notifications.send_test(conn, notification_channels.EMAIL, "op_1", by=BY, now_ms=NOW_MS, ids=IDS)
    )


def _choose(role: Role | None) -> Prepare:
    async def prepare(database: Database) -> Act:
        wanted = notifications.Preferences(hour=7)
        return lambda: database.transact(
            lambda conn: notifications.save_preferences(conn, "op_1", wanted, role=role, by=BY, now_ms=NOW_MS, ids=IDS)
        )

    return prepare


CASES: Final[Mapping[str, Prepare]] = {
    "brim accounts create": _create_account,
    "brim serve, first account": _first_account,
    "brim keys create": _create_key,
    "brim keys roll": _roll_key,
    "brim keys revoke": _revoke_key,
    "/apikeys/new": _page_creates_key,
    "/apikeys/{key}/roll": _page_rolls_key,
    "/apikeys/{key}/revoke": _page_revokes_key,
    "an operator's pages get a key": _pages_get_key,
    "brim login approve": _approve,
    "brim login deny": _deny,
    "a login fetches its key": _redeem,
    "/settings/operators/new": _add_operator,
    "/first-run": _claim_first_run,
    "/settings/operators/{operator}/role": _on_operator(
        lambda database, operator: operators.set_role(database, operator.id, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS)
    ),
    "/settings/operators/{operator}/disable": _on_operator(
        lambda database, operator: operators.disable_operator(database, operator.id, by=BY, now_ms=NOW_MS, ids=IDS)
    ),
    "/settings/operators/{operator}/enable": _enable,
    "/settings/operators/{operator}/link": _on_operator(
        lambda database, operator: make_password_link(database, operator.id, by=BY, now_ms=NOW_MS, ids=IDS)
    ),
    "/settings/operators/{operator}/reset-codes": _reset_codes,
    "/settings/operators/{operator}/unbind": _unbind,
    "/settings/platform": _name_platform,
    "/settings/legal-holds/new": _place_hold,
    "/settings/notifications": _add_chat,
    "/settings/notifications/{channel}": _choose(None),
    "/settings/notifications/{channel}/on": _turn_email(is_on=True),
    "/settings/notifications/{channel}/off": _turn_email(is_on=False),
    "/settings/notifications/{channel}/test": _test_channel,
    "/settings/notifications/{channel}/remove": _remove_chat,
    "/settings/profile/notifications": _choose(Role.VIEWER),
    "/settings/legal-holds/{hold}/lift": _lift_hold,
    "/settings/profile": _on_operator(
        lambda database, operator: operators.rename_operator(
            database, operator.id, "Augusta", by=BY, now_ms=NOW_MS, ids=IDS
        )
    ),
    "/settings/profile/password": _on_operator(
        lambda database, operator: operators.reset_password(
            database, weak_passwords(), operator.id, NEW_PASSWORD, by=BY, now_ms=NOW_MS, ids=IDS
        )
    ),
    "/settings/profile/sign-out-elsewhere": _end_other_sessions,
    "/settings/profile/codes/confirm": _confirm_codes,
    "/set-password": _use_link,
    "worker, ended test clocks": _ended_clock,
    "brim keys rotate-encryption": _rotate,
    "brim keys create-data-key": _make_data_key,
    "brim keys rewrap-data-keys": _rewrap_data_key,
    "brim keys retire-data-keys": _retire_data_key,
    "/ach/originators/{originator}/activate": _activate,
    "/ach/files/{file}/approve": _approve_file,
    "/ach/return-rates/{subject}/approve-override": _approve_override,
    "/topups/new": _page_creates_topup,
    "/topups/{topup}": _on_topup(lambda page, topup: page.update(OWNER, topup, description="By a page")),
    "/topups/{topup}/cancel": _on_topup(lambda page, topup: page.cancel(OWNER, topup)),
    "/topups/{topup}/succeed": _on_topup(lambda page, topup: page.force(OWNER, topup, Succeed())),
    "/topups/{topup}/fail": _on_topup(lambda page, topup: page.force(OWNER, topup, Fail("account_closed", "Closed"))),
    "/topups/{topup}/reverse": _on_topup(
        lambda page, topup: page.force(OWNER, topup, Return("account_closed", "Closed")), settled=True
    ),
}
"""By page, by command, or in words."""
