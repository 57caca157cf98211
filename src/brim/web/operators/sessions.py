"""Recognises operators by their cookie, and finds what they are shown: which account, by which key."""

from typing import Final

from brim.base.scope import AccountScope
from brim.core.access import accounts_to_show
from brim.core.operators import OperatorDisabledError, UnknownOperatorError, form_token
from brim.http.message import Request
from brim.web.operators.audit_recorder import AuditRecorder
from brim.web.operators.people import OperatorDirectory
from brim.web.session import ACCOUNT_COOKIE, AccountChoice, Session
from brim.web.visit import Visit

_MOST_ACCOUNTS: Final = 100
"""As many as somebody still finds theirs among."""


class OperatorSessions:
    """The sessions of operators, as pages see them.

    Args:
        people: the ways to operators.
        trail: tells the audit log what their pages do.
    """

    def __init__(self, people: OperatorDirectory, trail: AuditRecorder) -> None:
        self._people = people
        self._trail = trail

    async def find(self, visit: Visit, *, livemode: bool) -> Session | None:
        """Return the session of a visit, None when nobody is signed in; see `brim.web.session.Sessions`.

        Raises:
            NoAccountError: there is nothing to be shown.
            NoEncryptionKeyError: the server cannot keep the key of an operator's pages.
        """
        people = self._people
        token = people.token_of(visit)
        signed_in = await people.sessions.recognise(token, is_use=_is_use(visit.request)) if token else None
        if token is None or signed_in is None:
            return None
        operator = signed_in.operator
        wanted = visit.cookies.get(ACCOUNT_COOKIE, "")
        account, choices = await accounts_to_show(people.database, wanted, most=_MOST_ACCOUNTS)
        scope = AccountScope(account, livemode)
        try:
            key = await people.keys.page_key(operator, scope, now_ms=people.clock(), until_ms=signed_in.ends_ms)
        except (OperatorDisabledError, UnknownOperatorError):
            return None
        by = people.actor(visit, operator)
        return Session(
            operator=operator.id,
            name=operator.name,
            email=operator.email,
            address=by.address,
            role=operator.role,
            form_token=form_token(token),
            account=account,
            livemode=livemode,
            key=key.secret,
            permissions=key.permissions,
            accounts=tuple(AccountChoice(each.account, each.business_name or each.account) for each in choices),
            told=self._trail.of(by, scope),
            is_platform=all(each.platform is None for each in choices if each.account == account),
        )


def _is_use(request: Request) -> bool:
    """Tell whether a person asks, and not an open page by itself, which would keep a session for as long as it is open.

    An open page listens for news, by an event stream or a websocket, and fetches its pieces anew by htmx.
    """
    listens = b"upgrade" in request.headers or "text/event-stream" in (request.header(b"accept") or "")
    return not listens and not (request.method == "GET" and b"hx-request" in request.headers)
