"""API keys: those there are, making one, rolling and revoking it. A secret is shown once, by the page that made it."""

import re
from collections.abc import Mapping
from typing import Final

from brim.base.errors import BrimError
from brim.base.ids import BODY_CHARS, random_base62
from brim.core.access import (
    KEY_PREFIX,
    LONGEST_NAME,
    PERMISSION_LEVELS,
    RESOURCES,
    KeyParameters,
    NewKey,
    OwnedKey,
    UnknownKeyError,
)
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedVisit
from brim.web.key_management import KeyManagement, KeysForbiddenError

_AT_ONCE: Final = "0"
GRACES: Final = (
    ("86400", "In a day"),
    ("3600", "In an hour"),
    ("604800", "In a week"),
    (_AT_ONCE, "Immediately (compromised)"),
)
"""When the old key ends, in seconds, and in words."""

RESTRICTED: Final = "restricted"
_BODY: Final = re.compile(rf"[0-9A-Za-z]{{{BODY_CHARS}}}")


class KeyPages:
    """The pages about keys.

    Args:
        desk: what may be done with keys.
    """

    def __init__(self, desk: KeyManagement) -> None:
        self._desk = desk

    async def show_all(self, page: SignedVisit) -> Reply:
        """`GET /apikeys`."""
        found = await self._desk.list_keys(page.session)
        now_ms = self._desk.now_ms()
        return page.reply(
            "dashboard/apikeys.html",
            keys=[key for key in found if key.operator is None],
            pages_keys=[key for key in found if key.operator is not None],
            states={key.key.id: key.state(now_ms) for key in found},
        )

    async def show_new(self, page: SignedVisit) -> Reply:
        """`GET /apikeys/new`; `kind=restricted` in its address asks for the table of rights."""
        return self._reply_new(page, Form(values={"name": "", "kind": page.query.get("kind", "")}))

    def _reply_new(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        form.idempotency_key = random_base62(BODY_CHARS)
        return page.reply(
            "dashboard/apikey_new.html",
            status=status,
            form=form,
            resources=RESOURCES,
            levels=PERMISSION_LEVELS,
            longest=LONGEST_NAME,
        )

    async def create(self, page: SignedVisit) -> Reply:
        """`POST /apikeys/new`; sent twice it makes one key, whose secret the second reply does not tell."""
        sent = page.form
        is_restricted = sent.get("kind") == RESTRICTED
        wanted = KeyParameters(
            id=_new_id(sent),
            name=sent.get("name", "").strip() or None,
            permissions={name: sent.get(f"right-{name}", "none") for name in RESOURCES} if is_restricted else None,
        )
        try:
            new = await self._desk.create_key(page.session, wanted)
        except KeysForbiddenError as error:
            return page.refusal(ApiRefusedError(403, str(error)))
        except BrimError as error:
            form = Form(values={"name": "", "kind": "", **sent}, message=str(error))
            return self._reply_new(page, form, status=400)
        return _reply_secret(page, new, "Key created")

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /apikeys/{key}`."""
        return await self._reply(page, Form())

    async def _reply(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        found = await self._find(page)
        form.idempotency_key = random_base62(BODY_CHARS)
        return page.reply(
            "dashboard/apikey.html",
            status=status,
            key=found.key,
            is_programs=found.operator is None,
            state=found.state(self._desk.now_ms()),
            form=form,
            graces=GRACES,
        )

    async def _find(self, page: SignedVisit) -> OwnedKey:
        try:
            return await self._desk.find_key(page.session, page.path_params["key"])
        except UnknownKeyError:
            raise ApiRefusedError(404, "This account has no such API key in this mode.") from None

    async def roll(self, page: SignedVisit) -> Reply:
        """`POST /apikeys/{key}/roll`; sent twice it rolls once. To end the old key at once is to be confirmed."""
        grace = page.form.get("grace", _AT_ONCE)
        grace_ms = int(grace) * 1000 if grace in dict(GRACES) else 0
        key = (await self._find(page)).key
        if not grace_ms and page.form.get("confirmed") != "yes" and page.session.may_make_keys:
            form = Form(idempotency_key=page.form.get("idempotency_key", ""))
            return page.reply("dashboard/apikey_roll.html", key=key, form=form)
        key_id = key.id
        try:
            new = await self._desk.roll_key(page.session, key_id, new_id=_new_id(page.form), grace_ms=grace_ms)
        except BrimError as error:
            return await self._refused(page, error)
        return _reply_secret(page, new, "Key rolled")

    async def revoke(self, page: SignedVisit) -> Reply:
        """`POST /apikeys/{key}/revoke`."""
        key_id = (await self._find(page)).key.id
        try:
            await self._desk.revoke_key(page.session, key_id)
        except BrimError as error:
            return await self._refused(page, error)
        return page.redirect(f"/apikeys/{key_id}", done="key_revoked")

    async def _refused(self, page: SignedVisit, error: BrimError) -> Reply:
        """Return the page with what was wrong; whose role does not suffice is told so."""
        if isinstance(error, KeysForbiddenError):
            return page.refusal(ApiRefusedError(403, str(error)))
        return await self._reply(page, Form(message=str(error)), status=400)


def _new_id(sent: Mapping[str, str]) -> str:
    """Return the id for the key of a form that was sent: the form's own, so that sent twice it makes one key."""
    body = sent.get("idempotency_key", "")
    return KEY_PREFIX + (body if _BODY.fullmatch(body) else random_base62(BODY_CHARS))


def _reply_secret(page: SignedVisit, new: NewKey, title: str) -> Reply:
    return page.reply("dashboard/apikey_secret.html", key=new.key, secret=new.secret, title=title)


def _resources(count: int) -> str:
    return f"{count} {'resource' if count == 1 else 'resources'}"


def rights_of(permissions: Mapping[str, str] | None) -> str:
    """Return what a key may do, in a few words."""
    if permissions is None:
        return "Full access"
    levels = [level for resource, level in permissions.items() if resource in RESOURCES]
    writes = levels.count("write")
    reads = len(levels) - writes
    counts = (("write", writes), ("read", reads))
    return "; ".join(f"{word}: {_resources(count)}" for word, count in counts if count).capitalize() or "None"
