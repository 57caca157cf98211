"""The bytes of files for the bank and from it, to whom works with them, who shows their password again.

The API gives these to nobody, so the pages ask the use case, which writes the audit log in the same transaction.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.direct_debits import (
    BytesForgottenError,
    Download,
    download_bank_file,
    download_file,
    retrieve_bank_file,
    retrieve_file,
)
from brim.http.message import Reply
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedPages, SignedVisit
from brim.web.operators.confirmation import Confirmation
from brim.web.operators.people import OperatorDirectory
from brim.web.pages import PAGE_HEADERS
from brim.web.routes import NoSuchPageError, Route

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]")
"""A name that came from the bank is not ours: no header and no folder is told anything else by it."""

_LONGEST_NAME: Final = 200


class _Take(Protocol):
    """Returns the bytes of a file in a transaction, and tells the audit log."""

    def __call__(
        self, conn: Conn, vault: Vault, scope: AccountScope, file_id: str, /, *, by: Actor, now_ms: int, ids: IdFactory
    ) -> Awaitable[Download]: ...


class Kind(msgspec.Struct, frozen=True):
    """A kind of file: where its pages are, what people call it, how one is looked for, and taken."""

    path: str
    noun: str
    find_name: Callable[[Database, AccountScope, str], Awaitable[str]]
    take: _Take


async def _name_of_file(database: Database, scope: AccountScope, file_id: str) -> str:
    return (await retrieve_file(database, scope, file_id)).file.name


async def _name_of_bank_file(database: Database, scope: AccountScope, file_id: str) -> str:
    return (await retrieve_bank_file(database, scope, file_id)).name


FILES: Final = Kind("/ach/files", "payment file", _name_of_file, download_file)
BANK_FILES: Final = Kind("/ach/bank-files", "file from the bank", _name_of_bank_file, download_bank_file)


class DownloadPages:
    """The pages on which files are downloaded.

    Args:
        people: the ways to operators.
    """

    def __init__(self, people: OperatorDirectory) -> None:
        self._people = people
        self._confirmation = Confirmation(people)

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return (*self._routes_of(FILES, signed), *self._routes_of(BANK_FILES, signed))

    def _routes_of(self, kind: Kind, signed: SignedPages) -> tuple[Route, ...]:
        async def show(page: SignedVisit) -> Reply:
            return await self._show(page, kind, Form())

        async def download(page: SignedVisit) -> Reply:
            return await self._download(page, kind)

        path = f"{kind.path}/{{file}}/download"
        return (*signed.get_live(path, show), *signed.post_live(path, download))

    async def _show(self, page: SignedVisit, kind: Kind, form: Form, *, status: int = 200) -> Reply:
        """`GET .../download`: ask who it is."""
        name = await self._find_name(page, kind)
        if not page.session.may_see_bytes:
            return _refusal(page)
        return page.reply(
            "dashboard/ach_file_download.html",
            status=status,
            form=form,
            asked=await self._confirmation.asked(page),
            file=page.path_params["file"],
            kind=kind,
            name=name,
        )

    async def _download(self, page: SignedVisit, kind: Kind) -> Reply:
        """`POST .../download`: the stored bytes, once the audit log has it that they go."""
        people, file_id, form = self._people, page.path_params["file"], Form()
        await self._find_name(page, kind)
        if not page.session.may_see_bytes:
            return _refusal(page)
        status = await self._confirmation.refuse(page, form, act=f"download {file_id}")
        if status is not None:
            return await self._show(page, kind, form, status=status)

        async def work(conn: Conn) -> Download:
            by, now_ms = page.session.actor, people.clock()
            return await kind.take(conn, people.vault, _scope(page), file_id, by=by, now_ms=now_ms, ids=people.ids)

        try:
            return _attachment(await people.database.transact(work))
        except BytesForgottenError as error:
            return page.reply("dashboard/refusal.html", status=410, title="No longer kept", advice=error.message)

    async def _find_name(self, page: SignedVisit, kind: Kind) -> str:
        """Return the name of the file that a page is about; there are files in live mode alone."""
        try:
            return await kind.find_name(self._people.database, _scope(page), page.path_params["file"])
        except ResourceMissingError:
            raise NoSuchPageError from None


def _scope(page: SignedVisit) -> AccountScope:
    return AccountScope(page.session.account, page.session.livemode)


def _refusal(page: SignedVisit) -> Reply:
    return page.reply(
        "dashboard/refusal.html",
        status=403,
        title="For finance and approvers only",
        advice="Files contain bank account numbers. Ask an operator with the finance or approver role.",
    )


def _attachment(download: Download) -> Reply:
    name = _NOT_IN_NAMES.sub("_", download.name)[-_LONGEST_NAME:].lstrip(".") or "file"
    headers = [
        *PAGE_HEADERS,
        f'Content-Disposition: attachment; filename="{name}"',
        "Cache-Control: no-store",
    ]
    return Reply(200, download.content, headers, "application/octet-stream")
