"""A reply whose body goes out in pieces, no faster than its client reads them."""

import asyncio
from contextlib import aclosing

import structlog

from brim.http.message import StreamedReply

log = structlog.get_logger()


class Stream:
    """A streamed reply on its way: takes each piece when the client has read those before.

    Make it inside the running event loop.
    """

    def __init__(self, reply: StreamedReply, transport: asyncio.Transport, *, chunked: bool) -> None:
        self.endless = reply.endless
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self._pieces = reply.pieces
        self._transport = transport
        self._chunked = chunked
        self._task = asyncio.create_task(self._send())

    def end(self) -> None:
        """Let no more pieces be sent; what is half-way done for the next one is called off."""
        self._task.cancel()

    async def run(self) -> bool:
        """Return once it has ended: true when nothing of the body is missing, or more was never promised."""
        try:
            await asyncio.wait([self._task])
        finally:
            self._task.cancel()
        if self._task.cancelled():
            is_whole = self.endless
        else:
            is_whole = self._task.exception() is None
            if not is_whole:
                log.error("a streamed response failed", exc_info=self._task.exception())
        if is_whole and self._chunked and not self._transport.is_closing():
            self._transport.write(b"0\r\n\r\n")
        return is_whole

    async def _send(self) -> None:
        async with aclosing(self._pieces):
            async for piece in self._pieces:
                await self.may_go_on.wait()
                if self._transport.is_closing():
                    return
                if piece:  # an empty chunk would be the end
                    self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)
