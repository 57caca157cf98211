"""The audit log, page by page: who did what to what, when and from where."""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from brim.api.framework.operation import Operation
from brim.api.resources.audit_log.wire import entry_json
from brim.base import json_codec
from brim.base.csv_file import csv_lines, safe_cell
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.paging import PageRequest, Range
from brim.core.audit import Action, Actor, ActorKind, AuditEntry, AuditFilters, PageAction, list_audit_log
from brim.core.operators import list_operators
from brim.http.message import Reply
from brim.web.dashboard.csv_export import streamed_csv, streamed_file
from brim.web.dashboard.days import DAY_FIELDS, read_bounds
from brim.web.dashboard.forms import Form
from brim.web.dashboard.paging import CURSORS, paging
from brim.web.dashboard.signed import SignedPages, SignedVisit
from brim.web.dashboard.who import Names
from brim.web.operators.audit_values import Change, changes_of, detail_of
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.wording import ACTIONS, PAGE_ACTIONS
from brim.web.routes import Route

AUDIT_LOG: Final = "/settings/audit-log"
FILTERS: Final = ("who", "action", "object", "account", *DAY_FIELDS)
COLUMNS: Final = (
    *("id", "time_utc", "actor_type", "actor_id", "actor_name", "address", "action", "description", "object_type"),
    *("object_id", "account", "mode", "detail", "before", "after", "request_id"),
)
"""Of the CSV file."""

_PAGE: Final = 50
_AT_ONCE: Final = 500


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line as people read it. `at` is in Unix seconds; `mode` is `live`, `test`, or empty where it has none."""

    at: int
    who: str
    what: str
    object: str | None
    account: str | None
    mode: str
    detail: str | None
    address: str | None
    changes: tuple[Change, ...]


class AuditLogPages:
    """The pages of the audit log.

    Args:
        people: the ways to operators.
        operations: the table that says what operations do.
    """

    def __init__(self, people: OperatorDirectory, operations: Sequence[Operation]) -> None:
        self._people = people
        self._actions: Mapping[str, str] = (
            ACTIONS | {each.operation_id: each.summary for each in operations} | PAGE_ACTIONS
        )

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return (
            *signed.get(AUDIT_LOG, self.show),
            *signed.get(f"{AUDIT_LOG}.csv", self.export_csv),
            *signed.get(f"{AUDIT_LOG}.jsonl", self.export_jsonl),
        )

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /settings/audit-log`."""
        form, filters = await self._read(page)
        cursor = next(({name: page.query[name]} for name in CURSORS if name in page.query), {})
        try:
            found = await list_audit_log(self._people.database, PageRequest(limit=_PAGE, **cursor), filters)
        except (ResourceMissingError, ExclusiveParametersError):
            return page.redirect(AUDIT_LOG)
        listed = {"data": [{"id": entry.id} for entry in found.items], "has_more": found.has_more}
        names = await page.read_names()
        return page.reply(
            "operators/audit_log.html",
            lines=[self._line(entry, names) for entry in found.items],
            names=names,
            paging=paging(page, listed),
            form=form,
            actions=[("", "Any"), *sorted(self._actions_shown().items(), key=lambda action: action[1])],
            people=[operator.email for operator in await list_operators(self._people.database)],
            exports=[(kind, page.link(f"{AUDIT_LOG}.{kind.lower()}", **form.values)) for kind in ("CSV", "JSONL")],
        )

    async def _read(self, page: SignedVisit) -> tuple[Form, AuditFilters]:
        """Return the filters in an address; operators are named by their email addresses, too."""
        form = Form(values={name: page.query[name].strip() for name in FILTERS if page.query.get(name, "").strip()})
        values = form.values
        who = values.get("who")
        if who and "@" in who:
            operators = await list_operators(self._people.database)
            who = next((each.id for each in operators if each.email.lower() == who.lower()), who)
        first, end = read_bounds(form, page.zone)
        created = None if first is None and end is None else Range(first, None if end is None else end - 1)
        return form, AuditFilters(
            actor=who,
            action=values.get("action"),
            object=values.get("object"),
            account=values.get("account"),
            created=created,
        )

    def _actions_shown(self) -> dict[str, str]:
        """Return what can be filtered by: actions, and what pages ask of the money path."""
        return {name: words for name, words in self._actions.items() if name in set(Action) | set(PageAction)}

    async def export_csv(self, page: SignedVisit) -> Reply:
        """`GET /settings/audit-log.csv`: all lines that pass the filters."""
        _, filters = await self._read(page)
        names = await page.read_names()

        async def parts() -> AsyncGenerator[str, None]:
            yield csv_lines([COLUMNS])
            async for entries in self._entries(page, filters):
                yield csv_lines([self._cells(entry, names) for entry in entries])

        return streamed_csv(_file_name(page, "csv"), parts())

    async def export_jsonl(self, page: SignedVisit) -> Reply:
        """`GET /settings/audit-log.jsonl`: the same, each line as the API writes it."""
        _, filters = await self._read(page)

        async def parts() -> AsyncGenerator[bytes, None]:
            async for entries in self._entries(page, filters):
                yield b"".join(entry_json(entry) + b"\n" for entry in entries)

        return streamed_file(_file_name(page, "jsonl"), parts(), "application/jsonl; charset=utf-8")

    async def _entries(self, page: SignedVisit, filters: AuditFilters) -> AsyncGenerator[list[AuditEntry], None]:
        """Yield all entries that pass the filters, newest first, for as long as whoever asked is signed in."""
        request = PageRequest(limit=_AT_ONCE)
        while True:
            found = await list_audit_log(self._people.database, request, filters)
            yield found.items
            if not found.has_more or not await page.is_still_signed_in():
                return
            request = PageRequest(limit=_AT_ONCE, starting_after=found.items[-1].id)

    def _cells(self, entry: AuditEntry, names: Names) -> Sequence[str]:
        line, actor = self._line(entry, names), entry.actor
        at = datetime.fromtimestamp(entry.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        fields = [json_codec.encode_text(each) if each else "" for each in (entry.before, entry.after)]
        cells = (
            *(entry.id, at, actor.kind.value, actor.id, actor.name, actor.address),
            *(entry.action, line.what, entry.object_type, entry.object, line.account, line.mode),
            *(line.detail, *fields, actor.request_id),
        )
        return [safe_cell(cell) for cell in cells]

    def _line(self, entry: AuditEntry, names: Names) -> Line:
        scope = entry.scope
        return Line(
            at=entry.at_ms // 1000,
            who=_who(entry.actor),
            what=self._actions.get(entry.action, entry.action),
            object=entry.object,
            account=scope.account if scope else None,
            mode=("live" if scope.livemode else "test") if scope else "",
            detail=detail_of(entry.action, entry.detail, names),
            address=entry.actor.address,
            changes=changes_of(entry.before, entry.after, names),
        )


def _file_name(page: SignedVisit, kind: str) -> str:
    """Return what an export is called: by what it is narrowed, as far as that makes a name."""
    words = [page.query.get(name, "") for name in FILTERS]
    kept = "-".join(re.sub(r"[^0-9A-Za-z_.-]+", "-", word) for word in ("audit-log", *words) if word)
    return f"{kept[:150]}.{kind}"


def _who(actor: Actor) -> str:
    name = actor.name or actor.id
    if actor.kind is ActorKind.CLI:
        return f"{name or 'Unknown user'} (command line)"
    if actor.kind is ActorKind.API_KEY:
        return f"API key {name}"
    if actor.kind is ActorKind.JOB:
        return f"Brim ({name})"
    return name or "Setup link"
