"""Decides what is to be told to whom: looks what needs attention, follows it, and makes messages of what is due.

After the look, all of it is one transaction that holds the row of e-mail, so workers plan in turn, and what was planned
is never planned again: a crash before the commit leaves nothing, one after it leaves messages for whoever sends next.
"""

from collections.abc import Mapping, Sequence

import msgspec

from brim.base.ids import IdFactory
from brim.core.accounts import list_accounts
from brim.core.attention import Matter, find_attention_everywhere, merge_endpoints
from brim.core.notification_channels import EMAIL, Channel, ChannelKind, lock_planning, read_channels
from brim.core.notifications import store
from brim.core.notifications.rules import (
    ABSENT_MS,
    DIGESTS,
    KEPT_MS,
    TOPIC_OF,
    Frequency,
    OpenMatter,
    Preferences,
    Standing,
    Topic,
    defaults_of,
    due_now,
    frequencies_of,
    is_past,
    may_see,
    next_digests,
)
from brim.core.notifications.texts import Content, Line, line_of
from brim.core.operators import Role, list_operators
from brim.platform.database import Conn, Database


class _Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, or a chat, that is told; `role` is None for a chat, which admins choose for."""

    id: str
    channel: str
    role: Role | None

    def may_see(self, matter: Matter) -> bool:
        """Tell whether a matter may be told here."""
        return self.role is None or may_see(self.role, matter.kind)


async def plan(database: Database, *, now_ms: int, ids: IdFactory) -> int:
    """Make the messages that are due, and return how many; none while no channel is on or another worker plans."""
    if not any(channel.is_on for channel in await read_channels(database)):
        return 0

    found = await find_attention_everywhere(
        database, now_ms=now_ms
    )  # which may take long, so nothing is held meanwhile

    async def work(conn: Conn) -> int:
        if not await lock_planning(conn):
            return 0
        matters = await _follow(conn, found, now_ms=now_ms, ids=ids)
        names = {each.account: each.business_name for each in await list_accounts(conn) if each.business_name}
        recipients = await _recipients(await read_channels(database), database)
        waiting = await store.waiting_recipients(conn)
        count = 0
        for recipient in recipients:
            is_reached = recipient.id not in waiting
            count += await _plan_for(conn, recipient, matters, names, is_reached=is_reached, now_ms=now_ms, ids=ids)
        await store.prune(conn, before_ms=now_ms - KEPT_MS)
        return count

    return await database.transact(work)


async def _follow(conn: Conn, found: Sequence[Matter], *, now_ms: int, ids: IdFactory) -> list[OpenMatter]:
    """Write what has begun, what is still there and what is over; return all of it, with what ended lately."""
    known = {each.matter.key: each for each in await store.open_matters(conn)}
    followed = []
    for matter in found:
        before = known.pop(matter.key, None)
        if before is None:
            new = OpenMatter(id=ids.new_at(store.MATTER_PREFIX, now_ms), matter=matter, began_ms=now_ms, seen_ms=now_ms)
            await store.insert_matter(conn, new)
            followed.append(new)
        else:
            now = msgspec.structs.replace(before, matter=matter, seen_ms=now_ms)
            await store.update_matter(conn, now)
            followed.append(now)
    for gone in known.values():
        if is_past(gone.seen_ms, ABSENT_MS, now_ms=now_ms):
            await store.resolve_matter(conn, gone.id, now_ms=now_ms)
        else:
            followed.append(gone)
    return [*followed, *await store.matters_resolved_since(conn, now_ms - KEPT_MS)]


async def _recipients(channels: Sequence[Channel], database: Database) -> list[_Recipient]:
    """Return whom the channels that are on reach: by e-mail every operator who may sign in."""
    on = [channel for channel in channels if channel.is_on]
    people = [each for each in await list_operators(database) if each.disabled_ms is None]
    by_mail = [_Recipient(id=each.id, channel=EMAIL, role=each.role) for each in people]
    chats = [_Recipient(id=each.id, channel=each.id, role=None) for each in on if each.kind is ChannelKind.CHAT]
    return [*(by_mail if any(each.id == EMAIL for each in on) else ()), *chats]


async def _plan_for(
    conn: Conn,
    recipient: _Recipient,
    matters: Sequence[OpenMatter],
    names: Mapping[str, str],
    *,
    is_reached: bool,
    now_ms: int,
    ids: IdFactory,
) -> int:
    """Make the messages that are due for one recipient; nothing at once for one to whom a message is being tried again.

    So what begins and ends while a server is down for hours is told together once it is up, and not in turn.
    """
    wanted, standing = await store.read_recipient(conn, recipient.id)
    often = frequencies_of(wanted, defaults_of(recipient.role))
    visible = [each for each in matters if recipient.may_see(each.matter)]
    contents, after = [], _scheduled(wanted, standing, often, now_ms=now_ms)
    at_once = [each for each in visible if is_reached and often[TOPIC_OF[each.matter.kind]] is Frequency.NOW]
    due = due_now(at_once, await store.read_told(conn, recipient.id, at_once), last_ms=standing.told_ms, now_ms=now_ms)
    if due is not None:
        for each in (*due.begun, *due.grown):
            await store.write_told(conn, recipient.id, each, now_ms=now_ms)
        for each in due.ended:
            await store.write_ended(conn, recipient.id, each, now_ms=now_ms)
        ended = [each for each in due.ended if not _is_worse_now(each, at_once)]
        if due.begun or due.grown or ended:
            contents.append(
                Content(
                    kind="now",
                    at_ms=now_ms,
                    timezone=wanted.timezone,
                    begun=_lines(due.begun, names),
                    grown=_lines(due.grown, names),
                    ended=_lines(ended, names),
                )
            )
            after = msgspec.structs.replace(after, told_ms=now_ms)
    digest = _digest(wanted, standing, often, visible, names, now_ms=now_ms)
    contents += [digest] if digest else []
    if after != standing:
        await store.write_standing(conn, recipient.id, after)
    for content in contents:
        message_id = ids.new_at(store.MESSAGE_PREFIX, now_ms)
        await store.insert_message(
            conn, message_id, channel=recipient.channel, recipient=recipient.id, content=content, now_ms=now_ms
        )
    return len(contents)


def _is_worse_now(ended: OpenMatter, matters: Sequence[OpenMatter]) -> bool:
    """Tell whether what is over has only become worse, such as a return rate that was near its limit and reached it."""
    return not ended.matter.is_bad and any(
        each.resolved_ms is None
        and each.matter.is_bad
        and (each.matter.kind, each.matter.account) == (ended.matter.kind, ended.matter.account)
        for each in matters
    )


def _scheduled(wanted: Preferences, standing: Standing, often: Mapping[Topic, Frequency], *, now_ms: int) -> Standing:
    """Return when the next digests are due: those that were missed while nobody worked come once, not many times."""
    due = next_digests(wanted, often, after_ms=now_ms)
    for frequency, before_ms in ((Frequency.DAILY, standing.daily_ms), (Frequency.WEEKLY, standing.weekly_ms)):
        next_ms = due[frequency]
        if next_ms is not None and before_ms is not None and before_ms > now_ms:
            due[frequency] = min(before_ms, next_ms)
    return msgspec.structs.replace(standing, daily_ms=due[Frequency.DAILY], weekly_ms=due[Frequency.WEEKLY])


def _digest(
    wanted: Preferences,
    standing: Standing,
    often: Mapping[Topic, Frequency],
    visible: Sequence[OpenMatter],
    names: Mapping[str, str],
    *,
    now_ms: int,
) -> Content | None:
    """Return the digest that is due; None where none is, or it would say nothing."""
    due_at = {Frequency.DAILY: standing.daily_ms, Frequency.WEEKLY: standing.weekly_ms}
    due = {each: at for each in DIGESTS if (at := due_at[each]) is not None and at <= now_ms}
    due = {each: at for each, at in due.items() if each in often.values()}
    if not due:
        return None
    period_ms = (7 if Frequency.WEEKLY in due else 1) * 24 * 60 * 60_000
    since_ms = min(due.values()) - period_ms
    told = [each for each in visible if often[TOPIC_OF[each.matter.kind]] in due]
    begun = [each for each in told if each.resolved_ms is None]
    ended = [each for each in told if each.resolved_ms is not None and each.resolved_ms >= since_ms]
    if not begun and not ended and not wanted.wants_empty:
        return None
    return Content(
        kind=Frequency.DAILY if Frequency.DAILY in due else Frequency.WEEKLY,
        at_ms=now_ms,
        timezone=wanted.timezone,
        begun=_lines(begun, names),
        ended=_lines(ended, names),
    )


def _lines(matters: Sequence[OpenMatter], names: Mapping[str, str]) -> list[Line]:
    """Return what is said of matters, the worst first, an account's many endpoints in one line."""
    followed = {each.matter.key: each for each in matters}
    merged = merge_endpoints([each.matter for each in matters])
    ordered = sorted(merged, key=lambda each: not each.is_bad)
    return [_line(each, followed.get(each.key), names) for each in ordered]


def _line(matter: Matter, followed: OpenMatter | None, names: Mapping[str, str]) -> Line:
    return line_of(
        matter,
        account_name=names.get(matter.account),
        since_ms=followed.began_ms if followed else None,
        until_ms=followed.resolved_ms if followed else None,
    )
