"""Answers a statement of micro-deposits: in live mode by those that were sent, in test mode by the documented ones."""

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.core import direct_debits, funding
from brim.core.funding import FundingKind, MicrodepositGuess, Render
from brim.core.idempotency import Result


async def verify(call: Call, kind: FundingKind, guess: MicrodepositGuess, *, render: Render) -> Result:
    """Return the reply of a bank account that is verified by what somebody says was sent."""
    service = call.service
    if not call.scope.livemode:
        return await funding.verify_funding_source(
            service.database, call.context, kind, call.path_id, guess, render=render, render_error=render_error
        )
    return await direct_debits.verify_by_microdeposits(
        service.database,
        service.vault,
        service.renderers,
        call.context,
        kind,
        call.path_id,
        guess,
        render=render,
        render_error=render_error,
    )
