"""Signing in: sessions and their cookie, and how the pauses between tries grow.

A session's token is 256 random bits in a cookie. The database has its SHA-256, and the token that forms carry against
forgery is made from it, so that neither the table nor a page gives the cookie away.
"""

import hashlib
import hmac
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple

import msgspec

from brim.base.errors import BrimError
from brim.core.operators.rules import Operator, fold_email

TOKEN_CHARS: Final = 43
"""Base62 characters of chance in a token: 43 are the fewest that hold 256 bits."""

CODE_WITHIN_MS: Final = 5 * 60 * 1000
"""How long somebody who has shown a password may take to show a one-time code."""

CONFIRMED_FOR_MS: Final = 5 * 60 * 1000
"""How long what somebody has shown anew counts in their session: for a few files in a row, not for an absence."""

FIRST_RUN_KEPT_MS: Final = 24 * 3600 * 1000
"""How long the link works that makes the first admin."""

PASSWORD_LINK_KEPT_MS: Final = 3 * 24 * 3600 * 1000
"""How long somebody may take to choose a password by a link: over a weekend."""

TRIES_KEPT_MS: Final = 24 * 3600 * 1000
"""How long tries are remembered after the last one: longer than any pause."""

DASHBOARD_PATH: Final = "/test/balance/overview"
FIRST_RUN_PATH: Final = "/first-run"
"""Where the link for the first admin leads; its token is the parameter `token`."""

PASSWORD_LINK_PATH: Final = "/set-password"  # noqa: S105  a path, no secret
"""Where a link leads by which somebody chooses a password; its token is the parameter `token`."""

_COOKIE: Final = "brim_session"
_FORM_PURPOSE: Final = b"form"


class WrongPasswordError(BrimError):
    """Email address and password do not belong together; which of them is wrong is not told."""

    def __init__(self) -> None:
        super().__init__("Wrong email address or password.")


class NoPasswordError(BrimError):
    """Somebody has no password to be asked for, because they sign in by a provider alone."""

    def __init__(self) -> None:
        super().__init__(
            "You sign in with your identity provider, so you have no password to confirm. Ask an admin for a "
            "setup link to set one, then try again."
        )


class WrongCodeError(BrimError):
    """A one-time code is wrong, was used before, or came too late."""

    def __init__(self) -> None:
        super().__init__("The code is wrong or was already used. Wait for the next code and try again.")


class TooManyTriesError(BrimError):
    """The next try has to wait; `wait_s` is how long, in whole seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Too many attempts. Try again in {wait_s} {'second' if wait_s == 1 else 'seconds'}.")
        self.wait_s = wait_s


class SessionEndedError(BrimError):
    """The session has ended, or never was."""

    def __init__(self) -> None:
        super().__init__("You are no longer signed in. Sign in again.")


class ForgedFormError(BrimError):
    """A form was sent without the token of its session, so perhaps from a page of somebody else."""

    def __init__(self) -> None:
        super().__init__("This form has expired. Reload the page and try again.")


class FirstRunOverError(BrimError):
    """The link for the first admin does not work: used, expired, replaced at a later start, or never made."""

    def __init__(self) -> None:
        super().__init__(
            "This link no longer works. If you have an account, sign in. Until there is an operator, Brim "
            "prints a new link at each start; after that, run brim operators add EMAIL --role admin."
        )


class PasswordLinkOverError(BrimError):
    """The link to choose a password does not work: used, expired, replaced by another, or never made."""

    def __init__(self) -> None:
        super().__init__("This link no longer works. Ask an admin for a new one.")


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is signed in. `hash` names it; times are Unix milliseconds, `ends_ms` its end at the latest.

    `confirmed_ms` is when its operator last showed anew who they are, for acts in a row; None for never.
    """

    hash: bytes
    operator: Operator
    awaits_code: bool
    address: str | None
    created_ms: int
    seen_ms: int
    ends_ms: int
    confirmed_ms: int | None = None

    def is_confirmed(self, *, now_ms: int) -> bool:
        """Tell whether what was shown anew counts still."""
        return self.confirmed_ms is not None and 0 <= now_ms - self.confirmed_ms < CONFIRMED_FOR_MS

    def is_over(self, *, idle_ms: int, now_ms: int) -> bool:
        """Tell whether it has ended: by its age, by rest, or because the operator is disabled."""
        return now_ms >= self.ends_ms or now_ms >= self.seen_ms + idle_ms or self.operator.disabled_ms is not None


class NewSession(msgspec.Struct, frozen=True):
    """A session just made, and the token for its cookie, which nobody can ask for again."""

    token: str
    session: Session


def hash_token(token: str) -> bytes:
    """Return the SHA-256 that stands for a token in the database; its 256 random bits need no slower hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def form_token(token: str) -> str:
    """Return what every form of a session carries, so that other sites cannot send it."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), _FORM_PURPOSE, hashlib.sha256).hex()


def check_form_token(token: str, given: str) -> None:
    """Let a form pass that came with its session's token.

    Raises:
        ForgedFormError: it came without.
    """
    if not hmac.compare_digest(form_token(token).encode(), given.encode("utf-8", "surrogatepass")):
        raise ForgedFormError


def cookie_name(*, is_https: bool, prefix: str = "") -> str:
    """Return the cookie's name; browsers let no other host and no plain HTTP set one that begins with `__Host-`.

    Such a cookie belongs to the whole host. Below the path prefix `prefix` it is `__Secure-`: no plain HTTP sets that.
    Source: RFC 6265bis section 4.1.3, cookie name prefixes.
    """
    if not is_https:
        return _COOKIE
    return f"__Secure-{_COOKIE}" if prefix else f"__Host-{_COOKIE}"


def session_cookie(token: str, *, life_s: int, is_https: bool, prefix: str = "") -> str:
    """Return the value of `Set-Cookie` for a new session; who sends it puts the path prefix before its path."""
    name, secure = cookie_name(is_https=is_https, prefix=prefix), "; Secure" if is_https else ""
    return f"{name}={token}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}"


def ended_cookie(*, is_https: bool, prefix: str = "") -> str:
    """Return the value of `Set-Cookie` that makes a browser forget its session."""
    return session_cookie("", life_s=0, is_https=is_https, prefix=prefix)


class Limit(NamedTuple):
    """How many tries cost nothing, and how long the pause between later ones grows at most."""

    free: int
    longest_ms: int


PER_PERSON: Final = Limit(free=5, longest_ms=60_000)
"""The longest pause is short, because anybody can make somebody else wait; it still allows 1440 guesses a day only."""

PER_ADDRESS: Final = Limit(free=20, longest_ms=15 * 60_000)
"""Many people may share an address, so more tries are free; a guesser who tries many people waits longer."""

_FIRST_PAUSE_MS: Final = 1_000


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """How often somebody lately tried: `next_ms` is when they may again, `seen_ms` when they last did."""

    subject: str
    tries: int = 0
    next_ms: int = 0
    seen_ms: int = 0


def person_subject(email: str) -> str:
    """Return what tries to sign in with an email address are counted under, be there such an operator or not."""
    return "person:" + hashlib.sha256(fold_email(email).encode("utf-8", "surrogatepass")).hexdigest()


def code_subject(operator: str) -> str:
    """Return what an operator's tries to show a one-time code are counted under."""
    return f"code:{operator}"


def address_subject(address: str | None) -> str:
    """Return what tries from a remote address are counted under: of IPv6 the network that one household has."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "address:local"
    if isinstance(parsed, IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    if isinstance(parsed, IPv6Address):
        return f"address:{IPv6Network((int(parsed) >> 64 << 64, 64))}"
    return f"address:{parsed}"


def pause_ms(limit: Limit, tries: int) -> int:
    """Return how long the pause is after so many tries: none at first, then twice as long each time."""
    beyond = tries - limit.free
    return 0 if beyond < 0 else min(_FIRST_PAUSE_MS << min(beyond, 32), limit.longest_ms)


def count_try(before: Tries, limit: Limit, *, now_ms: int) -> Tries:
    """Return the tries with one more.

    Raises:
        TooManyTriesError: it has to wait.
    """
    if before.seen_ms + TRIES_KEPT_MS <= now_ms:
        before = Tries(subject=before.subject)
    if now_ms < before.next_ms:
        raise TooManyTriesError(-(-(before.next_ms - now_ms) // 1000))
    tries = before.tries + 1
    return Tries(subject=before.subject, tries=tries, next_ms=now_ms + pause_ms(limit, tries), seen_ms=now_ms)


def forgive_try(before: Tries, *, now_ms: int) -> Tries:
    """Return the tries without the one that succeeded."""
    return msgspec.structs.replace(before, tries=max(before.tries - 1, 0), next_ms=now_ms)
