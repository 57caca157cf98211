"""A browser as far as plain HTTP goes: it keeps cookies, says where a form was, and follows where it is led."""

import re
import ssl
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from itertools import count
from typing import Final
from urllib.parse import urlsplit

from brim.http.multipart import Part, encode_multipart, text_of
from tests.support.wire import Wire, WireReply

_ADDRESSES: Final = count(1)
_TOKEN: Final = re.compile(r'name="form_token" value="([^"]+)"')
_TAGS: Final = re.compile(r"<[^>]+>")
_MOST_STEPS: Final = 5


class Browser:
    """One browser, at an address of its own, so that nobody waits for somebody else's wrong tries.

    Attributes:
        address: whence it comes, by the word of the proxy that the server believes.
        cookies: by name; one that was ended is gone.
        page: what was answered last.
        host: whom it asks, with the port.
        wire: how it asks.
    """

    def __init__(
        self, url: str, *, proxied: Mapping[str, str] | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        number = next(_ADDRESSES)
        self.address = f"198.51.{number // 250}.{number % 250 + 1}"
        self.cookies: dict[str, str] = {}
        self.page: WireReply
        self.wire = Wire(url, None, context=context)
        self.host = urlsplit(url).netloc
        self._origin = url
        self._headers = {"Accept": "text/html", "X-Forwarded-For": self.address, **(proxied or {})}

    @property
    def text(self) -> str:
        """The last page as it is read."""
        return " ".join(unescape(_TAGS.sub(" ", self.page.body.decode())).split())

    @property
    def location(self) -> str | None:
        """Where the last answer leads."""
        return self.page.headers.get("location")

    @property
    def form_token(self) -> str:
        """The token in the last page's forms."""
        found = _TOKEN.search(self.page.body.decode())
        assert found, self.text
        return found[1]

    def get(self, path: str) -> WireReply:
        """Open an address without following where it leads."""
        return self._keep(self.wire.send("GET", path, headers=self.sent_headers()))

    def open(self, path: str) -> WireReply:
        """Open an address and follow to the page that it leads to."""
        self.get(path)
        return self._follow()

    def post(self, path: str, *, origin: str | None = "", **form: str) -> WireReply:
        """Send a form as it is, from a page of this site, or from elsewhere; None keeps quiet about it."""
        headers = self.sent_headers()
        if origin is not None:
            headers["Origin"] = origin or self._origin
        return self._keep(self.wire.send("POST", path, form=form, headers=headers))

    def upload(self, path: str, content: bytes, *, name: str = "monday.bai", **form: str) -> WireReply:
        """Send a form with a file, from a page of this site."""
        parts = [*(Part(field, text, None) for field, text in form.items()), Part("file", text_of(content), name)]
        content_type, body = encode_multipart(parts, boundary="b0undary")
        headers = {**self.sent_headers(), "Origin": self._origin, "Content-Type": content_type.decode()}
        return self._keep(self.wire.send("POST", path, body=body, headers=headers))

    def submit(self, path: str, **form: str) -> WireReply:
        """Send a form of the last page, with its token, and follow to the page that it leads to."""
        self.post(path, form_token=self.form_token, **form)
        return self._follow()

    def sign_in(self, email: str, password: str, *, follows: str = "") -> WireReply:
        """Fill in the form to sign in, and return what it answers."""
        return self.post("/sign-in", email=email, password=password, next=follows)

    def sent_headers(self) -> dict[str, str]:
        """Return what it sends with every request."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self._headers, **({"Cookie": cookies} if cookies else {})}

    def _keep(self, reply: WireReply) -> WireReply:
        self.page = reply
        for line in reply.set_cookies:
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value
        return reply

    def _follow(self) -> WireReply:
        for _ in range(_MOST_STEPS):
            if not 300 <= self.page.status < 400:
                return self.page
            target = urlsplit(self.page.headers["location"])
            assert not target.netloc, "it leads to another site"
            self.get(self.page.headers["location"])
        raise AssertionError("it leads round in circles")


_NO_ADDRESSES: Final = {"content", "value", "placeholder", "title", "data-path", "data-run-in-shell", "d"}
"""Attributes whose texts may begin with a slash though nobody asks for them there."""


class Links(HTMLParser):
    """What a page refers to: `addresses` are all attributes that begin with a slash, `pages` the links among them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str, str]] = []
        self.pages: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value and value.startswith("/") and name not in _NO_ADDRESSES:
                self.addresses.append((tag, name, value))
                if name in {"href", "src", "hx-get", "data-live-from"}:
                    self.pages.append(value)
