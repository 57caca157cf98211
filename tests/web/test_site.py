"""The site's skeleton: which handler answers, what a page's headers say, and what is answered when something fails."""

from pathlib import Path

import msgspec
import pytest

from brim.base.errors import BrimError
from brim.core.operators import Role
from brim.http.message import Reply
from brim.web.assets import Assets
from brim.web.pages import TEMPLATES, Pages, page_reply
from brim.web.routes import Route, RouteTable
from brim.web.session import Session
from brim.web.site import Site
from brim.web.visit import Visit
from tests.support.asking import BROWSER, ask, header_of, headers_of

ASSETS = Assets()


class OddError(BrimError):
    """Something that is nobody's fault."""


async def show_places(visit: Visit) -> Reply:
    return page_reply(visit, repr(sorted(visit.path_params.items())).encode())


async def show_much(visit: Visit) -> Reply:
    return page_reply(visit, b"word " * 1000, public=visit.query.get("secret") != "yes")


async def refuse(_visit: Visit) -> Reply:
    raise OddError("The moon is <full>.")


async def break_down(_visit: Visit) -> Reply:
    raise RuntimeError("not for the visitor's eyes")


SITE = Site(
    [
        Route("GET", "/things/{thing}", show_places),
        Route("GET", "/things/own", show_much),
        Route("GET", "/deep/{first}/x/{rest*}", show_places),
        Route("POST", "/refused", refuse),
        Route("GET", "/broken", break_down),
        Route("GET", "/much", show_much),
    ],
    Pages(ASSETS),
    ASSETS,
)


async def test_a_placeholder_takes_one_segment_unquoted() -> None:
    assert (await ask(SITE, "/things/a%20b")).body == b"[('thing', 'a b')]"
    assert (await ask(SITE, "/things/a/b")).status == 404
    assert (await ask(SITE, "/things/")).status == 404


async def test_a_starred_placeholder_takes_all_that_follows() -> None:
    assert (await ask(SITE, "/deep/1/x/2/3")).body == b"[('first', '1'), ('rest', '2/3')]"


def test_a_path_without_placeholders_goes_before_patterns() -> None:
    match = RouteTable([Route("GET", "/a/{b}", show_places), Route("GET", "/a/b", show_much)]).find("/a/b")
    assert match is not None
    assert match.routes["GET"].handler is show_much


async def test_every_page_forbids_what_it_does_not_need() -> None:
    for target in ("/much", "/nowhere", "/broken"):
        headers = headers_of(await ask(SITE, target))
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


async def test_a_missing_page_is_a_page_that_says_so() -> None:
    reply = await ask(SITE, "/nowhere", headers=BROWSER)
    assert (reply.status, reply.content_type) == (404, "text/html; charset=utf-8")
    assert b"Page not found" in reply.body


async def test_a_wrong_method_is_refused_with_those_that_are_right() -> None:
    reply = await ask(SITE, "/much", method="POST")
    assert reply.status == 405
    assert header_of(reply, "allow") == "GET"


async def test_a_refusal_is_shown_as_text_never_as_markup() -> None:
    reply = await ask(SITE, "/refused", method="POST")
    assert b"The moon is &lt;full&gt;." in reply.body


async def test_what_breaks_tells_the_visitor_nothing_of_the_inside() -> None:
    reply = await ask(SITE, "/broken")
    assert reply.status == 500
    assert b"visitor" not in reply.body


async def test_only_pages_without_secrets_are_packed() -> None:
    packed = await ask(SITE, "/much", headers=BROWSER)
    assert header_of(packed, "content-encoding") == "gzip"
    assert len(packed.body) < 200
    assert header_of(await ask(SITE, "/much?secret=yes", headers=BROWSER), "content-encoding") is None
    assert header_of(await ask(SITE, "/much"), "content-encoding") is None


async def test_a_page_holds_no_script_or_style_of_its_own() -> None:
    page = (await ask(SITE, "/nowhere")).body.decode()
    assert "<style" not in page
    assert "style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count('<script src="') + page.count('<script type="module" src="')


def test_templates_never_mark_text_as_safe_and_hold_no_scripts() -> None:
    for template in sorted(TEMPLATES.rglob("*.html")):
        text = template.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", ""), template
        assert " style=" not in text, template
        assert "javascript:" not in text, template


@pytest.mark.parametrize("name", ["brim.css", "js/page.js", "js/theme.js", "vendor/htmx-2.0.11.min.js"])
async def test_an_asset_stays_in_the_browser_for_ever(name: str) -> None:
    reply = await ask(SITE, ASSETS.url(name), headers=BROWSER)
    assert reply.status == 200
    headers = headers_of(reply)
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"


async def test_an_asset_of_another_version_is_asked_for_again() -> None:
    reply = await ask(SITE, "/assets/0000000000000000/brim.css")
    assert reply.status == 200
    assert header_of(reply, "cache-control") == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "../pages.py", "%2e%2e/pages.py", "js", ""])
async def test_nothing_but_assets_is_served_as_one(name: str) -> None:
    assert (await ask(SITE, f"/assets/{ASSETS.version}/{name}")).status == 404


def test_the_version_of_the_assets_changes_with_any_of_them(tmp_path: Path) -> None:
    versions = set()
    for name, text in (("one", "a"), ("two", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.css").write_text(text)
        versions.add(Assets(tmp_path / name).version)
    assert len(versions) == 2


class Recognising:
    """Knows who looks, or says that nobody can tell."""

    def __init__(self, session: Session | None, error: BrimError | None = None) -> None:
        self._session = session
        self._error = error

    async def find(self, visit: Visit, *, livemode: bool) -> Session | None:
        if self._error is not None:
            raise self._error
        return msgspec.structs.replace(self._session, livemode=livemode) if self._session and visit else None


ADA = Session(
    operator="op_1", name="Ada", role=Role.VIEWER, form_token="t", account="acct_1", livemode=True, key="rk_live_1"
)


@pytest.mark.parametrize(
    ("sessions", "path", "shown", "not_shown"),
    [
        (Recognising(ADA), "/nowhere", b'href="/balance/overview"', b"Sign in"),
        (Recognising(ADA), "/test/nowhere", b'href="/test/balance/overview"', b"Sign in"),
        (Recognising(None), "/nowhere", b'href="/sign-in?next=/nowhere"', b"Sign out"),
        (Recognising(None, OddError("No database.")), "/nowhere", b"Page not found", b"Sign in"),
    ],
)
async def test_a_missing_page_shows_who_is_signed_in(
    sessions: Recognising, path: str, shown: bytes, not_shown: bytes
) -> None:
    site = Site([], Pages(ASSETS), ASSETS, sessions=sessions)
    reply = await ask(site, path, headers=BROWSER)
    assert reply.status == 404
    assert shown in reply.body
    assert not_shown not in reply.body
    assert (b"Sign out" in reply.body) == (shown.endswith(b'overview"'))
