"""What pages on operators work with, and what they know of a browser: its cookie, its address, its way to us."""

from typing import Final
from urllib.parse import urlsplit

import msgspec

from brim.api.framework.call import Service
from brim.base.clock import Clock
from brim.base.ids import IdFactory
from brim.core.audit import Actor
from brim.core.notifications import MailServer, mail_server_of
from brim.core.operators import (
    CODE_WITHIN_MS,
    NewSession,
    OpenId,
    Operator,
    OperatorKeys,
    Passwords,
    Sessions,
    SignIn,
    actor_of,
    client_of,
    cookie_name,
    ended_cookie,
    session_cookie,
)
from brim.http.message import Reply
from brim.http.origin import Proxies
from brim.platform.database import Database
from brim.platform.egress.targets import Networks
from brim.platform.settings import Settings
from brim.platform.vault import Vault
from brim.web.pages import redirect
from brim.web.visit import Visit

_CODE_WITHIN_S: Final = CODE_WITHIN_MS // 1000


class OperatorDirectory(msgspec.Struct, frozen=True, kw_only=True):
    """One process's ways to operators.

    `openid` is None where there is no provider, and `provider` its name for people; `life_s` and `idle_ms` are how long
    a session lasts and may rest; `own_url` is where a browser on this machine reaches us; `chat_networks` are
    those that chats may be in beside the public Internet, `mail_server` is where e-mail goes out, None for nowhere.
    """

    database: Database
    vault: Vault
    clock: Clock
    ids: IdFactory
    passwords: Passwords
    sign_in: SignIn
    sessions: Sessions
    keys: OperatorKeys
    openid: OpenId | None
    provider: str
    proxies: Proxies
    own_url: str
    life_s: int
    idle_ms: int
    chat_networks: Networks = ()
    mail_server: MailServer | None = None

    def token_of(self, visit: Visit) -> str | None:
        """Return the token in a browser's cookie, None when it has none."""
        return visit.cookies.get(cookie_name(is_https=self.is_https(visit), prefix=self.prefix)) or None

    def address_of(self, visit: Visit) -> str | None:
        """Return the browser's address, None where there is no network between."""
        return self.proxies.address_of(visit.request)

    def is_https(self, visit: Visit) -> bool:
        """Tell whether the browser's connection is encrypted."""
        return self.proxies.is_https(visit.request)

    @property
    def prefix(self) -> str:
        """The path prefix of the public URL; empty where there is none."""
        return self.proxies.public.prefix if self.proxies.public else ""

    def url_of(self, visit: Visit, path: str) -> str:
        """Return the whole address of a page, as the browser reaches us."""
        return self.proxies.base_url(visit.request, own_url=self.own_url) + path

    def actor(self, visit: Visit, operator: Operator) -> Actor:
        """Return an operator as the audit log tells of what they do on a page."""
        return actor_of(operator, address=self.address_of(visit))

    async def enter_as(self, visit: Visit, operator: Operator, path: str) -> Reply:
        """Begin the session of an operator for whom somebody trustworthy speaks, as `SignIn.begin_for`, and `enter`.

        Raises:
            SessionEndedError: the operator is disabled, or does not exist.
        """
        address, replaced = self.address_of(visit), self.token_of(visit)
        new = await self.sign_in.begin_for(operator, address=address, now_ms=self.clock(), replaced=replaced)
        return self.enter(visit, new, path)

    def enter(self, visit: Visit, new: NewSession, path: str) -> Reply:
        """Return what gives a browser its new session, in place of one that has ended, and leads it on."""
        self.sessions.forget(self.token_of(visit) or "")
        life_s = _CODE_WITHIN_S if new.session.awaits_code else self.life_s
        reply = redirect(path)
        cookie = session_cookie(new.token, life_s=life_s, is_https=self.is_https(visit), prefix=self.prefix)
        reply.headers.append(f"Set-Cookie: {cookie}")
        return reply

    def leave(self, visit: Visit, path: str) -> Reply:
        """Return what lets a browser forget its session and leads it on."""
        reply = redirect(path)
        reply.headers.append("Set-Cookie: " + ended_cookie(is_https=self.is_https(visit), prefix=self.prefix))
        return reply


def people_of(service: Service, settings: Settings) -> OperatorDirectory:
    """Return the ways to operators of a process with these parts and settings.

    Raises:
        MissingClientIdError: the settings say half of what a provider of OpenID Connect needs.
    """
    database, vault, clock, ids = service.database, service.vault, service.clock, service.ids
    passwords, client, idle_ms = Passwords(), client_of(settings), round(settings.session_idle_s * 1000)
    life_s = max(1, round(settings.session_life_s))
    return OperatorDirectory(
        database=database,
        vault=vault,
        clock=clock,
        ids=ids,
        passwords=passwords,
        sign_in=SignIn(database, passwords, vault, life_ms=round(settings.session_life_s * 1000), ids=ids),
        sessions=Sessions(database, clock, idle_ms=idle_ms),
        keys=OperatorKeys(database, vault, ids=ids),
        openid=OpenId(database, vault, client, ids=ids) if client else None,
        provider=urlsplit(client.issuer).hostname or "" if client else "",
        proxies=service.proxies,
        own_url=service.own_url,
        life_s=life_s,
        idle_ms=idle_ms,
        chat_networks=settings.webhook_allow,
        mail_server=mail_server_of(settings),
    )
