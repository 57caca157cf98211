"""Waiting for an event, but not for ever."""

import asyncio


async def happens_within(event: asyncio.Event, seconds: float) -> bool:
    """Return True as soon as an event is set, False when it was not within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
