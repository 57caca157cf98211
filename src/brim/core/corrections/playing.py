"""Plays a bank that corrects, in test mode: where the scenario of a bank account says so, once its top-up succeeds."""

from collections.abc import Sequence
from typing import Final

import structlog

from brim.base.scope import AccountScope
from brim.core.accounts import account_platform
from brim.core.corrections.rules import Notice, Presented
from brim.core.corrections.service import take_in
from brim.core.events import Renderers
from brim.core.funding import BankSecrets, hold_with_numbers
from brim.core.rails.sandbox import CORRECTED_NUMBER, CORRECTS, NUMBER_TO_CORRECT, SANDBOX
from brim.core.topups import Change, Status
from brim.platform.database import Conn
from brim.platform.vault import Vault

_CODE: Final = "C01"

_log = structlog.get_logger()


class CorrectionPlayer:
    """Corrects bank accounts of test mode after top-ups, in the transaction that settles them."""

    def __init__(self, secrets: BankSecrets, vault: Vault, renderers: Renderers) -> None:
        self._secrets = secrets
        self._vault = vault
        self._renderers = renderers

    async def __call__(self, conn: Conn, written: Sequence[Change]) -> None:
        """Let banks correct what paid for top-ups that have succeeded just now; what fails holds nothing up."""
        for change in written:
            topup = change.transition.topup
            if (topup.rail, topup.scenario, topup.status) != (SANDBOX, CORRECTS, Status.SUCCEEDED):
                continue
            try:
                async with conn.transaction():
                    await self._play(conn, change)
            except Exception:  # noqa: BLE001  the top-up has succeeded all the same
                _log.exception("bank account could not be corrected", account=topup.scope.account, topup=topup.id)

    async def _play(self, conn: Conn, change: Change) -> None:
        topup = change.transition.topup
        source = topup.payment_method or topup.source or ""
        held = await hold_with_numbers(conn, self._secrets, topup.scope, source)
        if held is None or held.numbers.account_number != NUMBER_TO_CORRECT:
            return  # it was corrected before
        platform = await account_platform(conn, topup.scope.account) or topup.scope.account
        account = held.source.bank_account
        notice = Notice(
            scope=AccountScope(platform, topup.scope.livemode),
            owner=topup.scope,
            funding_source=source,
            originator=None,
            topup=topup.id,
            number=1,
            bank_file=None,
            change_code=_CODE,
            corrected_data=CORRECTED_NUMBER,
            original_trace=None,
            trace=topup.id,
            presented=Presented(
                routing_number=account.routing_number,
                account_number=held.numbers.account_number,
                account_type="savings" if account.account_type == "savings" else "checking",
                holder_name=held.source.party.name or "",
            ),
        )
        await take_in(conn, self._vault, self._secrets, self._renderers, notice, moment=change.moment)
