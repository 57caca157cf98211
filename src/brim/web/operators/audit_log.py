"""The audit log, page by page: who did what to what, when and from where."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.api.framework.operation import Operation
from brim.base import json_codec
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.paging import PageRequest
from brim.core.audit import Actor, ActorKind, AuditEntry, list_audit_log
from brim.http.message import Reply
from brim.web.dashboard.paging import CURSORS, paging
from brim.web.dashboard.signed import SignedPages, SignedVisit
from brim.web.dashboard.who import Names
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.wording import ACTIONS
from brim.web.routes import Route

AUDIT_LOG: Final = "/settings/audit-log"
_PAGE: Final = 50


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A field as people read it, before and after; empty where there was nothing, or is nothing."""

    field: str
    before: str
    after: str


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
        self._actions: Mapping[str, str] = ACTIONS | {each.operation_id: each.summary for each in operations}

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return signed.get(AUDIT_LOG, self.show)

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /settings/audit-log`."""
        cursor = next(({name: page.query[name]} for name in CURSORS if name in page.query), {})
        try:
            found = await list_audit_log(self._people.database, PageRequest(limit=_PAGE, **cursor))
        except (ResourceMissingError, ExclusiveParametersError):
            return page.redirect(AUDIT_LOG)
        listed = {"data": [{"id": entry.id} for entry in found.items], "has_more": found.has_more}
        names = await page.read_names()
        lines = [self._line(entry, names) for entry in found.items]
        return page.reply("operators/audit_log.html", lines=lines, names=names, paging=paging(page, listed))

    def _line(self, entry: AuditEntry, names: Names) -> Line:
        scope = entry.scope
        return Line(
            at=entry.at_ms // 1000,
            who=_who(entry.actor),
            what=self._actions.get(entry.action, entry.action),
            object=entry.object,
            account=scope.account if scope else None,
            mode=("live" if scope.livemode else "test") if scope else "",
            detail=names.in_text(entry.detail) if entry.detail else None,
            address=entry.actor.address,
            changes=_changes(entry, names),
        )


def _who(actor: Actor) -> str:
    name = actor.name or actor.id
    if actor.kind is ActorKind.CLI:
        return f"{name or 'Somebody'} at the command line"
    if actor.kind is ActorKind.API_KEY:
        return f"API key {name}"
    if actor.kind is ActorKind.JOB:
        return f"Brim itself ({name})"
    return name or "Somebody with a link"


def _changes(entry: AuditEntry, names: Names) -> tuple[Change, ...]:
    before, after = entry.before or {}, entry.after or {}
    return tuple(
        Change(field=name, before=_text(before.get(name), names), after=_text(after.get(name), names))
        for name in {**before, **after}
    )


def _text(value: Any, names: Names) -> str:
    """Return a value as people read it: operators by name, a text as it is, nothing for none, else JSON."""
    if value is None or isinstance(value, str):
        return names.in_text(value or "")
    return json_codec.encode_text(value)
