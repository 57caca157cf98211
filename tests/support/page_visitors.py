"""People in front of a browser without scripts, and an API process whose pages believe a cookie."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from brim.host.data_folder import read_encryption_key
from tests.support.brim_process import brim_environment
from tests.support.service import Server, serving
from tests.support.signing import SignedIn, cookie_of
from tests.support.wire import Wire, WireReply
from tests.support.words import banned_in

_PAGE_SERVER: Final = Path(__file__).parent / "page_server.py"
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
BROWSER: Final = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="session")
def pages_url(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an API process on the same database whose pages believe a cookie."""
    with serving_pages(server, tmp_path_factory.mktemp("pages")) as url:
        yield url


@contextmanager
def serving_pages(server: Server, folder: Path) -> Iterator[str]:
    """Yield the URL of an API process on a server's database whose pages believe a cookie."""
    encryption_key = read_encryption_key(server.unix_socket.parent)
    assert encryption_key is not None
    with serving_pages_of(server.database_url, encryption_key, folder) as url:
        yield url


@contextmanager
def serving_pages_of(database_url: str, encryption_key: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an API process on a database whose pages believe a cookie."""

    def command(port: int) -> list[str]:
        return [sys.executable, str(_PAGE_SERVER), database_url, str(port), encryption_key]

    with serving(command, _environment(), folder / "brim.log") as url:
        yield url


def _environment() -> dict[str, str]:
    environment = brim_environment({"BRIM_RATE_LIMIT_LIVE": "0"})
    environment["PYTHONPATH"] = f"{environment['PYTHONPATH']}:{_PAGE_SERVER.parents[2]}"
    return environment


_ONE_OF_MANY: Final = re.compile(
    r"(?<![\d.,:+-])1 (?:accounts|approvals|attempts|banking days|breaks|credits|days|debits|differences|endpoints"
    r"|entries|events|failures|files|hours|items|keys|lines|matches|minutes|payments|requests|returns|rows|seconds|statements"
    r"|top-ups|transactions|transfers|types|workers)\b"
)
"""A plural after one, such as `1 accounts`."""


class Person:
    """Somebody in front of a browser without scripts: visits pages, and sends the forms that are on them."""

    def __init__(self, url: str, signed_in: SignedIn) -> None:
        self.wire = Wire(url, None)
        self.cookie = cookie_of(signed_in)

    def visit(self, target: str) -> WireReply:
        return self.wire.get(target, headers={**BROWSER, "Cookie": self.cookie})

    def read(self, target: str) -> str:
        """Return the text of a page that is there."""
        reply = self.visit(target)
        assert reply.status == 200, reply.body
        text = text_of(reply)
        assert list(banned_in(text)) == [], f"{target} has words of tests/unit/words.toml"
        assert (wrong := _ONE_OF_MANY.search(text)) is None, f"{target} says {wrong[0]}"
        return text

    def send(self, target: str, action: str, fields: Mapping[str, str] | None = None) -> WireReply:
        """Fill in and send the form of a page that leads to an address, with what it hides."""
        return self.post(action, {**self.hidden(target, action), **(fields or {})})

    def post(self, target: str, fields: Mapping[str, str]) -> WireReply:
        return self.wire.post(target, fields, headers={**BROWSER, "Cookie": self.cookie})

    def fields(self, target: str) -> dict[str, str]:
        """Return what the form of a page holds that leads back to it."""
        parser = _Fields(target)
        parser.feed(self.visit(target).body.decode())
        assert parser.found, f"{target} has no form that leads to it"
        return parser.found

    def hidden(self, target: str, action: str) -> dict[str, str]:
        """Return what the form of a page hides that leads to an address."""
        page = self.visit(target).body.decode()
        _, found, rest = page.partition(f'action="{action}"')
        assert found, f"{target} has no form that leads to {action}"
        return {name: unescape(value) for name, value in _HIDDEN.findall(rest.partition("</form>")[0])}


class _Fields(HTMLParser):
    """The fields of the form that leads to an address, with what they hold."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._action = action
        self._is_inside = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._is_inside = given.get("action") == self._action
        elif tag == "select":
            self._select = name
        elif self._is_inside and tag == "input" and name:
            if given.get("type") != "checkbox" or "checked" in given:
                self.found[name] = given.get("value") or ""
        elif self._is_inside and tag == "option" and ("selected" in given or self._select not in self.found):
            self.found[self._select] = given.get("value") or ""


def text_of(reply: WireReply) -> str:
    """Return what a page says, without its markup; blanks are single."""
    body = reply.body.decode().partition("<body>")[2].replace("<wbr>", "")
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", body))).strip()


@pytest.fixture
def person(pages_url: str, server: Server, account: str, key: str) -> Person:
    """An admin who looks at the account of this test."""
    keys = {f"{account}/test": key, f"{account}/live": server.make_key(account, livemode=True)}
    return Person(pages_url, SignedIn(keys=keys))
