"""Stand-ins at the Shell's edges: an API that writes down what it is asked, and a screen that keeps what is printed."""

import asyncio
import re
from collections.abc import Callable

from brim.api.resources.operations import OPERATIONS
from brim.http.message import Reply, Request
from brim.http.websocket import Socket
from brim.web.shell.commands import build_commands
from brim.web.shell.interpreter import Interpreter
from brim.web.shell.session import KeySession

COMMANDS = build_commands(OPERATIONS)
HOST = "127.0.0.1:12111"
KEY = "sk_test_" + "k" * 40
TEST_SESSION = KeySession(key=KEY, account="acct_1", livemode=False)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ANSWER = b'{\n  "id": "tu_1NG6yj2eZvKYlo2C1FOBiHya"\n}\n'


class RecordingApi:
    """Answers everything alike and keeps the requests.

    Args:
        answer: returns the reply to a request.
    """

    def __init__(self, answer: Callable[[Request], Reply] = lambda _: Reply(200, _ANSWER)) -> None:
        self.requests: list[Request] = []
        self._answer = answer

    async def handle(self, request: Request) -> Reply:
        self.requests.append(request)
        return self._answer(request)

    async def converse(self, request: Request, socket: Socket) -> None:
        raise NotImplementedError


class SlowApi(RecordingApi):
    """Answers once it is let, and keeps which requests it finished."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.finished = asyncio.Event()

    async def handle(self, request: Request) -> Reply:
        self.asked.set()
        await self.may_answer.wait()
        self.finished.set()
        return await super().handle(request)


class KeepingScreen:
    """Keeps what is printed."""

    def __init__(self) -> None:
        self.painted = ""

    async def write(self, text: str) -> None:
        self.painted += text

    @property
    def text(self) -> str:
        """What was printed, without colours."""
        return _COLOURS.sub("", self.painted)


def shell(api: RecordingApi | None = None, session: KeySession = TEST_SESSION) -> Interpreter:
    """Return an interpreter over an API that only writes down."""
    return Interpreter(api or RecordingApi(), COMMANDS, session, host=HOST, clock=lambda: 1_800_000_000_000)


async def printed(line: str, api: RecordingApi | None = None, session: KeySession = TEST_SESSION) -> str:
    """Return what a line prints, without colours."""
    screen = KeepingScreen()
    await shell(api, session).run(line, screen)
    return screen.text
