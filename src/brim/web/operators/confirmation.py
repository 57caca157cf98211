"""Asks somebody who is signed in for their password again, and their code, before what no stolen session may do.

What is shown counts for the one act whose form it was sent with: nothing is kept, so there is nothing to be stolen.
Acts by which money leaves people do in a row: there it counts for `CONFIRMED_FOR_MS` in the session of the browser, for
acts of that kind alone (`asked_in_a_row`, `refuse_in_a_row`). A page with such an act includes `confirmation_fields` of
`operators/parts.html` in its form, and its POST goes on only once `refuse` has returned None:

    form = Form()
    status = await confirmation.refuse(page, form, act=f"approve {file}")
    if status is not None:
        return page.reply(TEMPLATE, status=status, form=form, asked=await confirmation.asked(page), ...)
"""

from typing import Final

import msgspec

from brim.base.errors import OverloadedError
from brim.core.operators import (
    NoPasswordError,
    Operator,
    SessionEndedError,
    TooManyTriesError,
    UnknownOperatorError,
    WrongCodeError,
    WrongPasswordError,
    find_operator,
)
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedVisit
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.wording import BUSY, NOT_YOURS, too_many_tries

PASSWORD: Final = "password"  # noqa: S105  the name of a field
CODE: Final = "code"
_AGAIN: Final = "Confirm your password again to continue. Nothing was done yet."


class Asked(msgspec.Struct, frozen=True):
    """What somebody is asked for: a password, where they have one, and a code, where they have codes on.

    `email` is whose, for what keeps passwords in the browser; `cannot` says why they cannot be asked, None where they
    can.
    """

    email: str
    has_codes: bool
    cannot: str | None = None


class Confirmation:
    """One process's way to ask anew who somebody is.

    Args:
        people: the ways to operators.
    """

    def __init__(self, people: OperatorDirectory) -> None:
        self._people = people

    async def asked(self, page: SignedVisit) -> Asked:
        """Return what the form of a page has to ask for."""
        operator = await self._find(page)
        if operator is None or not operator.has_password:
            return Asked(email=operator.email if operator else "", has_codes=False, cannot=NoPasswordError().message)
        return Asked(email=operator.email, has_codes=operator.has_codes)

    async def asked_unless_recent(self, page: SignedVisit) -> Asked | None:
        """Return what the form of a page has to ask for; None where it was shown a moment ago, in this browser."""
        return None if await self._is_recent(page) else await self.asked(page)

    async def refuse_unless_recent(self, page: SignedVisit, form: Form, *, act: str) -> int | None:
        """Return what `refuse` does, or None where it was shown a moment ago; what is shown now counts for others.

        A form that was not made to ask, because it was made within that time, is no wrong try.
        """
        if await self._is_recent(page):
            return None
        if PASSWORD not in page.form:
            form.message = _AGAIN
            return 403
        return await self.refuse(page, form, act=act, is_kept=True)

    async def refuse(self, page: SignedVisit, form: Form, *, act: str, is_kept: bool = False) -> int | None:
        """Return None where the form that was sent shows who is signed in, else the status of the refusal.

        Args:
            page: the POST.
            form: takes in what was wrong.
            act: what is about to be done, in a few words for the audit log, such as `approve achf_...`.
            is_kept: lets it count for acts in a row.
        """
        people, operator = self._people, await self._find(page)
        if operator is None:
            form.message = SessionEndedError().message
            return 403
        try:
            await people.sign_in.confirm(
                operator,
                page.form.get(PASSWORD, ""),
                page.form.get(CODE, ""),
                act=act,
                address=people.address_of(page.visit),
                now_ms=people.clock(),
                token=people.token_of(page.visit) if is_kept else None,
            )
        except WrongPasswordError:
            form.errors[PASSWORD] = NOT_YOURS
        except WrongCodeError as error:
            form.errors[CODE] = error.message
        except (NoPasswordError, SessionEndedError) as error:
            form.message = error.message
        except TooManyTriesError as error:
            form.message = too_many_tries(error)
            return 429
        except OverloadedError:
            form.message = BUSY
            return 429
        return None if form.is_right else 403

    async def _is_recent(self, page: SignedVisit) -> bool:
        operator, token = await self._find(page), self._people.token_of(page.visit)
        if operator is None or token is None:
            return False
        return await self._people.sign_in.is_confirmed(operator, token, now_ms=self._people.clock())

    async def _find(self, page: SignedVisit) -> Operator | None:
        try:
            return await find_operator(self._people.database, page.session.operator)
        except UnknownOperatorError:
            return None


async def asked_in_a_row(page: SignedVisit) -> Asked | None:
    """Return what the form of an act by which money leaves has to ask for; None where it need not ask.

    A page without operators behind it asks for nothing: whoever it is has shown a key, which approves nothing.
    """
    return await Confirmation(page.people).asked_unless_recent(page) if page.people else None


async def refuse_in_a_row(page: SignedVisit, form: Form, *, act: str) -> int | None:
    """Return None where an act by which money leaves may go on, else the refusal's status; see `asked_in_a_row`."""
    return await Confirmation(page.people).refuse_unless_recent(page, form, act=act) if page.people else None
