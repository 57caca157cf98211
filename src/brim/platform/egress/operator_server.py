"""Asks a server that the operator has chosen, in a thread: for what is asked a few times an hour.

Webhooks go another way (`posting`), because others choose where they go. Nothing is followed; TLS is verified.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import urlencode, urlsplit

from brim.platform.settings import parse_issuer

MOST_READ: Final = 512 * 1024
_TIMEOUT_S: Final = 10.0
_threads: Final = ThreadPoolExecutor(4, thread_name_prefix="brim-fetch")
"""Of its own: whoever waits for a server or its name takes no thread from those who check passwords."""


class Fetched(NamedTuple):
    """A server's answer."""

    status: int
    body: bytes


class FetchFailedError(Exception):
    """There is no answer that can be read; the text says why."""


Fetch: TypeAlias = Callable[[str, Mapping[str, str] | None, Mapping[str, str]], Awaitable[Fetched]]
"""Answers what a URL answers to a GET, or to a POST of a form, with some headers; raises FetchFailedError."""


async def fetch(url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> Fetched:
    """Return what a URL answers to a GET, or to a POST where there is a form.

    Raises:
        FetchFailedError: nothing that can be read, or the URL is neither of https nor on this machine.
    """
    try:
        async with asyncio.timeout(2 * _TIMEOUT_S):
            return await asyncio.get_running_loop().run_in_executor(_threads, partial(_fetch, url, form, headers))
    except (OSError, HTTPException, ValueError) as error:
        raise FetchFailedError(f"{urlsplit(url).hostname} cannot be asked: {error or 'no reason was given'}") from error


def _fetch(url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> Fetched:
    parts = urlsplit(url)
    parse_issuer(parts._replace(query="").geturl())
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Accept": "application/json", **headers}
    try:
        if form is None:
            connection.request("GET", path, headers=sent)
        else:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, body=urlencode(form), headers=sent)
        answer = connection.getresponse()
        body = answer.read(MOST_READ + 1)
    finally:
        connection.close()
    if len(body) > MOST_READ:
        raise ValueError(url)
    return Fetched(answer.status, body)


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=_TIMEOUT_S)
