"""The writes that put bank accounts on file, in the form of `flows`."""

from contextlib import suppress
from typing import Any, Final

from brim.api.framework.errors import render_error
from brim.api.resources.funding.wire import default_json, payment_method_json, source_json, token_json
from brim.base.errors import ResourceMissingError
from brim.core.bank_accounts.rules import BankNumbers
from brim.core.funding import defaults as default_funding
from brim.core.funding import service as funding
from brim.core.funding import tokens
from brim.core.funding.rules import FundingKind
from brim.core.funding.service import MicrodepositGuess, NewPaymentMethod
from brim.core.funding.tokens import NewBankToken, NewSource
from brim.core.idempotency.service import Result
from tests.support.clockwork import Clockwork
from tests.support.flows import KEY, OWNER, Act, Flow

_NUMBERS: Final = BankNumbers("110000000", "000123456789")
_METHOD: Final = FundingKind.PAYMENT_METHOD


async def _keep_method(brim: Clockwork, _: str, *, by_microdeposits: bool = False) -> Result:
    return await funding.create_payment_method(
        brim.database,
        brim.secrets,
        brim.context(OWNER, key=KEY),
        NewPaymentMethod(numbers=_NUMBERS, by_microdeposits=by_microdeposits),
        ids=brim.ids,
        render=payment_method_json,
        render_error=render_error,
    )


async def _have_method(brim: Clockwork, *, by_microdeposits: bool = False) -> str:
    """Leave a payment method and return its id."""
    wanted = NewPaymentMethod(numbers=_NUMBERS, by_microdeposits=by_microdeposits)
    answer = await funding.create_payment_method(
        brim.database,
        brim.secrets,
        brim.context(OWNER),
        wanted,
        ids=brim.ids,
        render=payment_method_json,
        render_error=render_error,
    )
    return brim.id_in(answer)


async def _have_unverified_method(brim: Clockwork) -> str:
    return await _have_method(brim, by_microdeposits=True)


async def _have_default(brim: Clockwork) -> str:
    method_id = await _have_method(brim)
    await default_funding.set_default(
        brim.database,
        brim.context(OWNER),
        currency="usd",
        funding_source=method_id,
        render=default_json,
        render_error=render_error,
    )
    return method_id


def _guess(amounts: tuple[int, int]) -> Any:
    async def act(brim: Clockwork, method_id: str) -> Result:
        return await funding.verify_funding_source(
            brim.database,
            brim.context(OWNER, key=KEY),
            _METHOD,
            method_id,
            MicrodepositGuess(amounts=amounts, param="amounts"),
            render=payment_method_json,
            render_error=render_error,
        )

    return act


async def _detach(brim: Clockwork, method_id: str) -> Result:
    return await funding.detach_funding_source(
        brim.database,
        brim.context(OWNER, key=KEY),
        _METHOD,
        method_id,
        render=payment_method_json,
        render_error=render_error,
    )


async def _choose(brim: Clockwork, method_id: str) -> Result:
    return await default_funding.set_default(
        brim.database,
        brim.context(OWNER, key=KEY),
        currency="usd",
        funding_source=method_id,
        render=default_json,
        render_error=render_error,
    )


async def _forget(brim: Clockwork, _: str) -> None:
    with suppress(ResourceMissingError):  # what a client whose first answer was lost is told
        await default_funding.delete_default(brim.database, brim.context(OWNER), "usd")


async def _keep_token(brim: Clockwork, _: str) -> Result:
    return await tokens.create_token(
        brim.database,
        brim.secrets,
        brim.context(OWNER, key=KEY),
        NewBankToken(numbers=_NUMBERS),
        ids=brim.ids,
        render=token_json,
        render_error=render_error,
    )


async def _have_token(brim: Clockwork) -> str:
    """Leave a token and return its id."""
    answer = await tokens.create_token(
        brim.database,
        brim.secrets,
        brim.context(OWNER),
        NewBankToken(numbers=_NUMBERS),
        ids=brim.ids,
        render=token_json,
        render_error=render_error,
    )
    return brim.id_in(answer)


async def _make_source(brim: Clockwork, token: str) -> Result:
    return await tokens.create_source(
        brim.database,
        brim.secrets,
        brim.context(OWNER, key=KEY),
        NewSource(token=token),
        ids=brim.ids,
        render=source_json,
        render_error=render_error,
    )


async def _pay_by_token(brim: Clockwork, token: str) -> Any:
    return await brim.create(OWNER, source=token, key=KEY)


def _told(act: Act) -> Act:
    """Return what a client is told: the body, not whether it was a replay."""

    async def tell(brim: Clockwork, subject: str) -> Any:
        answer = await act(brim, subject)
        return answer.body if isinstance(answer, Result) else answer

    return tell


BANK_FLOWS: Final = [
    Flow("payment method", _told(_keep_method)),
    Flow("right guess at micro-deposits", _told(_guess((32, 45))), _have_unverified_method),
    Flow("wrong guess at micro-deposits", _told(_guess((1, 2))), _have_unverified_method),
    Flow("detached payment method", _told(_detach), _have_default),
    Flow("default funding source", _told(_choose), _have_method),
    Flow("removal of a default", _told(_forget), _have_default),
    Flow("bank token", _told(_keep_token)),
    Flow("source from a token", _told(_make_source), _have_token),
    Flow("create paid by a token", _told(_pay_by_token), _have_token, is_atomic=False),
]
"""The row of what is done, and of what it needs."""
