"""Who reads the reference: the address they reached us at, the key of their samples, and their language."""

import re
from http.cookies import CookieError, SimpleCookie
from typing import Final

import msgspec

from brim.core.access import redact_secret
from brim.web.samples.languages import BY_KEY, DEFAULT, Language
from brim.web.session import Session
from brim.web.visit import Visit

KEY: Final = "sk_test_YOUR_KEY"
"""Stands where the key of somebody would who is signed in."""

COOKIE: Final = "brim_language"
_A_YEAR_S: Final = 31_536_000
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:]{2,39}\](:\d{1,5})?")
_HOST_OF_NOBODY: Final = "127.0.0.1:12111"


class Reader(msgspec.Struct, frozen=True):
    """What is written into a reader's samples. `key` is never a whole one."""

    base: str
    key: str
    language: Language


def reader_of(visit: Visit, session: Session | None) -> Reader:
    """Return the reader of a page: the language is the address's `?lang=`, else that of the cookie, else cURL."""
    asked = BY_KEY.get(visit.query.get("lang", ""))
    key = redact_secret(session.key) if session else KEY
    return Reader(_base_of(visit), key, asked or BY_KEY.get(_cookie(visit), DEFAULT))


def _base_of(visit: Visit) -> str:
    """Return where the reader's programs reach the API: at the public URL, or as the request says."""
    if visit.public is not None:
        return str(visit.public)
    host = visit.request.header(b"host") or ""
    scheme = "https" if visit.request.header(b"x-forwarded-proto") == "https" else "http"
    return f"{scheme}://{host if _HOST.fullmatch(host) else _HOST_OF_NOBODY}"


def remembering_headers(visit: Visit) -> list[str]:
    """Return the headers that keep a language which the address asked for."""
    asked = BY_KEY.get(visit.query.get("lang", ""))
    if asked is None:
        return []
    return [f"Set-Cookie: {COOKIE}={asked.key}; Path=/docs; Max-Age={_A_YEAR_S}; SameSite=Lax"]


def _cookie(visit: Visit) -> str:
    try:
        cookies = SimpleCookie(visit.request.header(b"cookie") or "")
    except CookieError:
        return ""
    found = cookies.get(COOKIE)
    return found.value if found else ""
