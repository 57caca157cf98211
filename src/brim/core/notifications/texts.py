"""Messages in plain words: what is said of matters, as an e-mail in text and HTML, and as a line of chat.

Names of accounts, URLs of endpoints and errors are other people's text. In headers they are one line; in HTML and in
chats they are escaped, and nothing in them becomes a link or a mention.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import accumulate
from typing import Final
from urllib.parse import quote

import msgspec

from brim.base.currency import decimal
from brim.core.attention import Matter, zone_of

_MOST_LINES: Final = 50
"""How many matters a message spells out; of the rest it says how many there are."""

_LONGEST: Final = 200
_LONGEST_CHAT: Final = 1_900
"""Discord refuses a message of more than 2,000 characters; others take longer ones."""

_LONGEST_FACTS: Final = 600
"""Of one matter in a chat: it may have amounts in many currencies."""

_MOST_IN_SUBJECT: Final = 120
_UNPRINTABLE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_BREAKER: Final = "\u200b"
_LEADS_OUT: Final = re.compile(r"@|://|\]\(|www\.", re.IGNORECASE)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One matter in a message: the path of its page, when it began, and when it was over."""

    account: str
    account_name: str
    title: str
    detail: str
    target: str
    is_bad: bool = True
    amounts: Sequence[tuple[str, int]] = ()
    since_ms: int | None = None
    until_ms: int | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says: `kind` is `now`, `daily`, `weekly` or `test`."""

    kind: str
    at_ms: int
    timezone: str = "UTC"
    begun: Sequence[Line] = ()
    grown: Sequence[Line] = ()
    ended: Sequence[Line] = ()


def line_of(matter: Matter, *, account_name: str | None, since_ms: int | None, until_ms: int | None = None) -> Line:
    """Return what a message says of a matter."""
    return Line(
        account=matter.account,
        account_name=one_line(account_name or matter.account),
        title=one_line(matter.title),
        detail=_capital(one_line(matter.detail)),
        target=matter.target,
        is_bad=matter.is_bad,
        amounts=matter.amounts,
        since_ms=since_ms,
        until_ms=until_ms,
    )


def one_line(text: str) -> str:
    """Return other people's text as one line without control characters, cut where it is very long."""
    line = _UNPRINTABLE.sub(" ", text).strip()
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def link(base_url: str, line: Line) -> str:
    """Return the address of the page that shows a matter, for whichever account it is."""
    return f"{base_url}/accounts/{quote(line.account, safe='')}/open?to={quote(line.target, safe='/')}"


def subject(content: Content) -> str:
    """Return the subject of an e-mail."""
    said = _subject(content)
    return said if len(said) <= _MOST_IN_SUBJECT else said[: _MOST_IN_SUBJECT - 1] + "…"


def _subject(content: Content) -> str:
    if content.kind == "test":
        return "Test notification from Brim"
    if content.kind != "now":
        name = "Daily digest" if content.kind == "daily" else "Weekly digest"
        return f"{name}, {_day(content)}: {_how_many(len(content.begun))}"
    active = [*content.begun, *content.grown]
    if len(active) == 1:
        return f"{active[0].title} ({active[0].account_name})"
    if active:
        return _capital(_how_many(len(active)))
    if len(content.ended) == 1:
        return f"Resolved: {content.ended[0].title} ({content.ended[0].account_name})"
    return f"Resolved: {len(content.ended)} items"


def _how_many(count: int) -> str:
    if not count:
        return "nothing needs attention"
    return f"{count} {'item needs' if count == 1 else 'items need'} attention"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(content: Content) -> str:
    moment = datetime.fromtimestamp(content.at_ms // 1000, zone_of(content.timezone))
    return f"{moment:%b} {moment.day}"


def _sections(content: Content) -> list[tuple[str, Sequence[Line]]]:
    """Return the parts of a message that have something: their headings and lines."""
    if content.kind == "now":
        parts = (("Needs attention", content.begun), ("More than before", content.grown))
    else:
        parts = (("Needs attention", content.begun), ("", ()))
    return [(heading, lines) for heading, lines in (*parts, ("Resolved", content.ended)) if lines]


def _intro(content: Content) -> str | None:
    if content.kind == "test":
        return "This is a test. Notifications reach you here."
    if content.kind != "now" and not content.begun:
        return "Nothing needs attention."
    return None


def _facts(line: Line, content: Content, *, is_over: bool) -> list[str]:
    """Return what is said of a matter below its title."""
    facts = [line.account_name]
    if line.amounts and not is_over:
        facts.append(", ".join(amount(value, currency) for currency, value in line.amounts))
    if line.detail and not is_over:
        facts.append(line.detail)
    if line.since_ms is not None and line.until_ms is not None:
        facts.append(f"{_time(line.since_ms, content.timezone)} to {_time(line.until_ms, content.timezone)}")
    elif line.since_ms is not None:
        facts.append(f"since {_time(line.since_ms, content.timezone)}")
    return facts


def _time(at_ms: int, timezone: str) -> str:
    moment = datetime.fromtimestamp(at_ms // 1000, zone_of(timezone))
    return f"{moment:%b} {moment.day}, {moment:%H:%M} {moment:%Z}"


def amount(value: int, currency: str) -> str:
    """Return an amount for people, such as `1,234.50 USD`."""
    return f"{decimal(value, currency, grouping=',')} {currency.upper()}"


def _footer(base_url: str) -> tuple[str, str]:
    return "Change your notification preferences:", f"{base_url}/settings/profile/notifications"


def as_text(content: Content, base_url: str) -> str:
    """Return an e-mail's text."""
    blocks = [intro] if (intro := _intro(content)) else []
    for heading, lines in _sections(content):
        blocks.append(f"{heading}\n{'-' * len(heading)}")
        is_over = heading == "Resolved"
        for line in lines[:_MOST_LINES]:
            rows = [line.title, "  " + " · ".join(_facts(line, content, is_over=is_over))]
            blocks.append("\n".join(rows if is_over else [*rows, "  " + link(base_url, line)]))
        if len(lines) > _MOST_LINES:
            blocks.append(_more(len(lines)))
    said, address = _footer(base_url)
    return "\n\n".join([*blocks, f"-- \n{said}\n{address}"]) + "\n"


def _more(count: int) -> str:
    return f"And {count - _MOST_LINES} more."


_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="margin:0;padding:24px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
font-size:15px;line-height:1.5;color:#1a1f36;background:#ffffff">
<div style="max-width:600px">
{body}
<p style="margin:32px 0 0;font-size:13px;color:#5a6478">{footer}</p>
</div></body></html>
"""


def as_html(content: Content, base_url: str) -> str:
    """Return the same in HTML, which loads nothing from anywhere."""
    blocks = [f"<p>{escape(intro)}</p>"] if (intro := _intro(content)) else []
    for heading, lines in _sections(content):
        is_over = heading == "Resolved"
        blocks.append(f'<h2 style="margin:24px 0 8px;font-size:16px">{heading}</h2>')
        blocks += [_html_line(line, content, base_url, is_over=is_over) for line in lines[:_MOST_LINES]]
        if len(lines) > _MOST_LINES:
            blocks.append(f"<p>{_more(len(lines))}</p>")
    said, address = _footer(base_url)
    footer = f'<a style="color:#5a6478" href="{escape(address)}">{said.removesuffix(":")}</a>'
    return _PAGE.format(title=escape(subject(content)), body="\n".join(blocks), footer=footer)


def _html_line(line: Line, content: Content, base_url: str, *, is_over: bool) -> str:
    facts = escape(" · ".join(_facts(line, content, is_over=is_over)))
    if is_over:
        title = escape(line.title)
    else:
        color = "#b3093c" if line.is_bad else "#3b3fb6"
        title = f'<a style="color:{color}" href="{escape(link(base_url, line))}">{escape(line.title)}</a>'
    return f'<p style="margin:0 0 12px"><strong>{title}</strong><br><span style="color:#5a6478">{facts}</span></p>'


def as_chat(content: Content, base_url: str) -> str:
    """Return a message for a chat, in the notation of Slack, which Mattermost and Discord's `/slack` read as well."""
    if content.kind == "test":
        return "This is a test notification from Brim."
    blocks = [f"*{_chat(subject(content))}*"] if content.kind != "now" else []
    rows = [
        _chat_line(line, content, base_url, is_over=heading == "Resolved")
        for heading, lines in _sections(content)
        for line in lines
    ]
    room = _LONGEST_CHAT - sum(map(len, blocks))
    fitting = sum(length <= room for length in accumulate(len(row) + 1 for row in rows))
    rest = [f"And {len(rows) - fitting} more."] if fitting < len(rows) else []
    return "\n".join([*blocks, *rows[:fitting], *rest])


def _chat_line(line: Line, content: Content, base_url: str, *, is_over: bool) -> str:
    title = _chat(line.title)
    facts = _chat(" · ".join(_facts(line, content, is_over=is_over)))[:_LONGEST_FACTS]
    return f"Resolved: {title} · {facts}" if is_over else f"<{link(base_url, line)}|{title}> · {facts}"


def _chat(text: str) -> str:
    """Return other people's text for a chat: no mention, no link and no markup comes of it.

    Source: Slack, "Formatting text for app surfaces": `&`, `<` and `>` are escaped. Mattermost and Discord notify of
    `@all` and link bare addresses and `[text](url)`, which an invisible character inside keeps them from.
    """
    escaped = escape(text, quote=False)
    escaped = _LEADS_OUT.sub(lambda found: found[0][0] + _BREAKER + found[0][1:], escaped)
    return escaped.replace("`", "'").replace("|", "¦").replace("*", "")
