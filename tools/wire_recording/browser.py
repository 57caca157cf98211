"""A browser as far as plain HTTP goes: it keeps cookies, fills in forms, and records what it is shown."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Final

from wire_recording.recording import Mask, Recording
from wire_recording.wire import Reply, Wire, encode

_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_MOST_STEPS: Final = 5


class NoSuchFormError(RuntimeError):
    """A page has no form that leads to an address."""


class Browser:
    """One browser.

    Attributes:
        page: what was answered last.
        wire: how it asks.
    """

    def __init__(self, wire: Wire, recording: Recording, mask: Mask | None = None) -> None:
        self.page: Reply
        self.recording = recording
        self._mask = mask or recording.masks.page
        self.wire = wire
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Reply:
        """Open an address, unrecorded, without following where it leads."""
        return self._keep(self.wire.send("GET", path, headers=self._headers()))

    def show(self, group: str, path: str) -> Reply:
        """Open an address and record what it answers."""
        reply = self.get(path)
        self._record(group, f"GET {path}", reply)
        return reply

    def submit(self, group: str, path: str, action: str, form: Mapping[str, str], *, note: str = "") -> Reply:
        """Open a page, send its form that leads to `action`, and record the answer and the page it leads to.

        Raises:
            NoSuchFormError: there is none.
        """
        _, found, rest = self.get(path).text.partition(f'action="{action}"')
        if not found:
            raise NoSuchFormError(f"{path} has no form that leads to {action}: {self.page.status} {self.page.text}")
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(rest.partition("</form>")[0])}
        if "idempotency_key" in hidden:  # an event says later under which key it was brought about
            self.recording.masks.literals[hidden["idempotency_key"]] = "<form key>"
        return self.post(group, action, {**hidden, **form}, note=note)

    def post(self, group: str, path: str, form: Mapping[str, str], *, origin: str = "", note: str = "") -> Reply:
        """Send a form as it is; record the answer and the page it leads to."""
        headers = {"Origin": origin or self.wire.url, "Content-Type": "application/x-www-form-urlencoded"}
        reply = self.wire.send("POST", path, body=encode(form).encode(), headers={**self._headers(), **headers})
        self._record(group, f"POST {path} {note}".rstrip(), self._keep(reply))
        for _ in range(_MOST_STEPS):
            target = self.page.header("location")
            if target is None:
                break
            self.show(group, target)
        return self.page

    def _record(self, group: str, asked: str, reply: Reply) -> None:
        name = self.recording.masks.page(asked.replace("/", " "))
        self.recording.reply("pages", group, name, asked, reply, self._mask)

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Accept": "text/html", **({"Cookie": cookies} if cookies else {})}

    def _keep(self, reply: Reply) -> Reply:
        self.page = reply
        for name, line in reply.headers:
            if name.lower() == "set-cookie":
                cookie, _, rest = line.partition("=")
                value = rest.partition(";")[0]
                self._cookies.pop(cookie, None)
                if value:
                    self._cookies[cookie] = value
        return reply
