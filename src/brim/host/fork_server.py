"""Starts processes of the service by forking them off one that has loaded the service already.

Loading takes several times as long as all else of a start. `brim fork-server` loads once, has one thread and no event
loop, and forks a process for each request on its line, a socket: so they start at once, and share what is loaded. They
have a session of their own, the signals' defaults, and no other descriptor than those that came with the request.
The first fork server is itself forked off the supervisor, before that has an event loop or has read the database's
passwords, and so shares what the supervisor has loaded. One that takes its place is started from nothing, and so is the
first where the supervisor's settings hold what its children must not know.

A request is a line of JSON, with descriptors beside it; the answers are lines of JSON, too: that a process was started,
in the order of the requests, and that one has ended. Once nobody holds the other end of its line, the fork server ends.
Each process gets the reading end of a pipe that ends with the fork server: by that it knows that nobody looks after it.
"""

import array
import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from selectors import EVENT_READ, DefaultSelector
from typing import Any, Final, NoReturn, Self

import msgspec
from setproctitle import setproctitle

from brim.base.json_codec import decoder, encode
from brim.platform.telemetry.prometheus_internals import forget_process

ALIVE_VARIABLE: Final = "BRIM_INTERNAL_ALIVE_FD"
"""Names the descriptor of the pipe that ends with the fork server."""

LINE_VARIABLE: Final = "BRIM_INTERNAL_FORK_SERVER_FD"
"""Names the descriptor of the line to a fork server that runs already."""

UNKNOWN: Final = -1
"""The status of a process of which nobody can say how it ended."""

_NONE: Final = 0
"""Stands for the process that could not be started."""

_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_AT_ONCE: Final = 65_536
_MOST_DESCRIPTORS: Final = 16


class ForkRequest(msgspec.Struct, frozen=True):
    """Asks for a process.

    `descriptors` says, for each descriptor beside the request, which variable names it; several of one variable are
    separated by commas there. The environment is as `written` has it, since it need not be text.
    """

    arguments: list[str]
    environment: dict[str, str]
    descriptors: list[str] = []


class ForkAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Says that a process was started, or, with its exit status, that it has ended; 0 that none could be started."""

    pid: int
    status: int | None = None


def written(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment each byte of which is a character: the system's may be anything, and JSON is text."""
    return {
        os.fsencode(name).decode("latin-1"): os.fsencode(each).decode("latin-1") for name, each in environment.items()
    }


def _read_back(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        os.fsdecode(name.encode("latin-1")): os.fsdecode(each.encode("latin-1")) for name, each in environment.items()
    }


decode_request = decoder(ForkRequest)
decode_answer = decoder(ForkAnswer)


class ForkedProcess:
    """A process that a fork server has started for us."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        """Return its exit status, that of a signal negative, once it has ended or nobody can say when it does."""
        return await asyncio.shield(self.ended)

    def terminate(self) -> None:
        """Ask it to finish what is in flight and end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if not self.ended.done():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class ForkServer:
    """A fork server as those see it who start processes by it. It is started with the first, and again if it dies.

    Args:
        environment: its own, in which it loads the service.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._line: _Line | None = None
        self._started: asyncio.subprocess.Process | None = None
        self._asking = asyncio.Lock()

    async def fork(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        descriptors: Sequence[tuple[str, int]],
    ) -> ForkedProcess:
        """Start a process and return it.

        Args:
            arguments: those of the command `brim`.
            environment: all of its environment.
            descriptors: what it gets beside them, each with the name of the variable that says its number.

        Raises:
            ConnectionError: the fork server ended meanwhile, or could not fork.
        """
        async with self._asking:
            if self._line is None or self._line.is_closed:
                self._line = _Line(await self._connect())
            request = ForkRequest([*arguments], written(environment), [name for name, _ in descriptors])
            return await self._line.ask(request, [descriptor for _, descriptor in descriptors])

    async def close(self) -> None:
        """Let it end, and return when it has, if we have started it."""
        if self._line is not None:
            self._line.close()
        if self._started is not None:
            await self._started.wait()

    async def _connect(self) -> socket.socket:
        """Return the line to a fork server: the one that was handed to us, else one to a new one."""
        if given := os.environ.pop(LINE_VARIABLE, None):
            return socket.socket(fileno=int(given))
        ours, its_end = socket.socketpair()
        with its_end:
            self._started = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "brim", "fork-server"),
                env={**self._environment, LINE_VARIABLE: str(its_end.fileno())},
                pass_fds=[its_end.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sys.stderr.fileno(),  # standard output is for the banner
                start_new_session=True,
            )
        return ours


class _Line:
    """Our end of the line to one fork server."""

    def __init__(self, line: socket.socket) -> None:
        self.is_closed = False
        self._line = line
        self._line.setblocking(False)  # noqa: FBT003  the library's own
        self._unread = b""
        self._asked: asyncio.Future[ForkedProcess] | None = None
        self._running: dict[int, ForkedProcess] = {}
        asyncio.get_running_loop().add_reader(line, self._read)

    async def ask(self, request: ForkRequest, descriptors: Sequence[int]) -> ForkedProcess:
        """Send a request and return the process that was started for it.

        Raises:
            ConnectionError: the fork server ended meanwhile, or could not fork.
        """
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[ForkedProcess] = loop.create_future()
        self._asked = asked
        message = encode(request) + b"\n"
        sent = socket.send_fds(self._line, [message], [*descriptors]) if descriptors else 0
        sending = asyncio.ensure_future(loop.sock_sendall(self._line, message[sent:]))
        try:  # whoever ends before all of it is read never takes the rest
            await asyncio.wait((sending, asked), return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and not asked.done():
                sending.result()
        finally:
            if not sending.cancel():
                sending.exception()  # the line may have been closed under it, which `asked` tells
        return await asked

    def close(self) -> None:
        """Hang up. What runs is told by the end of its pipe."""
        if self.is_closed:
            return
        self.is_closed = True
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._line)
        loop.remove_writer(self._line)
        self._line.close()
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(ConnectionResetError("the fork server ended"))
        for process in self._running.values():
            process.ended.set_result(UNKNOWN)
        self._running.clear()

    def _read(self) -> None:
        try:
            text = self._line.recv(_AT_ONCE)
        except BlockingIOError:
            return
        except ConnectionError:
            text = b""
        if not text:
            self.close()
            return
        *lines, self._unread = (self._unread + text).split(b"\n")
        for line in lines:
            self._take(decode_answer(line))

    def _take(self, answer: ForkAnswer) -> None:
        if answer.pid == _NONE:
            if self._asked is not None and not self._asked.done():
                self._asked.set_exception(ConnectionAbortedError("the fork server could not fork"))
        elif answer.status is None:
            process = self._running[answer.pid] = ForkedProcess(answer.pid)
            if self._asked is not None and not self._asked.done():
                self._asked.set_result(process)
        elif process_ended := self._running.pop(answer.pid, None):
            process_ended.ended.set_result(answer.status)


@contextmanager
def forked_ahead(run: Callable[[list[str]], object], load: Callable[[], None]) -> Iterator[None]:
    """Have a fork server that is forked off this process; it ends with the block, or before.

    Call it before there is an event loop or a second thread, and once all is loaded that both processes need. While
    there is another one already, as under tests, this does nothing.

    Args:
        run: does what the arguments of `brim` say; it may raise `SystemExit`.
        load: loads what processes need beyond that.
    """
    if LINE_VARIABLE in os.environ:
        yield
        return
    ours, its_end = socket.socketpair()
    gc.freeze()  # looking for garbage would write to what both share
    pid = os.fork()
    if pid == 0:
        _detach(its_end.fileno())
        end_with(lambda _: serve_forks(its_end, run, load), [])
    its_end.close()
    os.environ[LINE_VARIABLE] = str(ours.detach())
    try:
        yield
    finally:
        if unused := os.environ.pop(LINE_VARIABLE, None):
            os.close(int(unused))
        with suppress(ChildProcessError):  # whoever started us ignores the end of children, and so do we
            os.waitpid(pid, 0)


def _detach(kept: int) -> None:
    """Leave the terminal, and every descriptor but those of the streams and the one to keep."""
    os.setsid()
    for descriptor in map(int, os.listdir("/dev/fd")):  # noqa: PTH208  no paths, but numbers
        if descriptor > sys.stderr.fileno() and descriptor != kept:
            with suppress(OSError):  # the one that the folder was read with
                os.close(descriptor)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123  a descriptor
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # standard output is for the banner


def serve_forks(
    line: socket.socket, run: Callable[[list[str]], object], load: Callable[[], None] | None = None
) -> None:
    """Fork a process for each request on a line, until nobody holds its other end.

    Call it once all that processes need is loaded, in a process with one thread.

    Args:
        line: a socket between two processes.
        run: does what the arguments of `brim` say; it may raise `SystemExit`.
        load: loads what is not loaded yet, once the first request has brought the environment for that.
    """
    setproctitle("brim fork-server")
    # Whoever stops all processes at once means those that work; we end with the supervisor, after them. The signals are
    # held back and not ignored, so that a new process still gets what comes before it is ready for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    alive, our_end = os.pipe()
    if load is None:
        _prepare_to_share()
    with _ChildrenEnded() as ended, DefaultSelector() as selector:
        selector.register(line, EVENT_READ)
        selector.register(ended, EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if ended in ready:
                ended.tell(line)
            if line in ready:
                request, descriptors = _read_request(line)
                if request is None:
                    return
                if load is not None:
                    _become_environment(request.environment)
                    gc.disable()  # loading makes very many objects, and no garbage to speak of
                    load()
                    load = None
                    _prepare_to_share()
                    gc.enable()
                pid = _fork()
                if pid == 0:
                    selector.close()
                    ended.forget()
                    line.close()
                    os.close(our_end)
                    _become(request, [*descriptors, os.dup(alive)], run)
                for descriptor in descriptors:
                    os.close(descriptor)
                _answer(line, ForkAnswer(_NONE if pid is None else pid))


def _prepare_to_share() -> None:
    """Make what is loaded ready to be shared."""
    forget_process(os.getpid())  # we count nothing, and are no process whose figures anybody wants
    gc.collect()
    gc.freeze()  # so that no process writes to what it shares with the others, only to look for garbage


def _become_environment(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(_read_back(environment))


def _fork() -> int | None:
    """Return the id of a new process, 0 in it, or None where the system has no room for one: those that run go on."""
    try:
        return os.fork()
    except OSError as error:
        print(f"brim fork-server: no process can be started: {error}", file=sys.stderr)  # noqa: T201
        return None


class _ChildrenEnded:
    """Readable once a child has ended."""

    def __init__(self) -> None:
        self._readable, self._written = os.pipe()
        for descriptor in (self._readable, self._written):
            os.set_blocking(descriptor, False)

    def __enter__(self) -> Self:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._written, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        self.forget()

    def fileno(self) -> int:
        return self._readable

    def forget(self) -> None:
        """Look for the end of no child any more."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._readable)
        os.close(self._written)

    def tell(self, line: socket.socket) -> None:
        """Say which have ended, and how."""
        with suppress(BlockingIOError):
            os.read(self._readable, _AT_ONCE)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            _answer(line, ForkAnswer(pid, os.waitstatus_to_exitcode(status)))


def _answer(line: socket.socket, answer: ForkAnswer) -> None:
    with suppress(ConnectionError):  # nobody is left to be told
        line.sendall(encode(answer) + b"\n")


def _read_request(line: socket.socket) -> tuple[ForkRequest | None, list[int]]:
    """Return the next request and the descriptors beside it; none if nobody asks any more."""
    text, descriptors = b"", array.array("i")
    room = socket.CMSG_SPACE(_MOST_DESCRIPTORS * descriptors.itemsize)
    while not text.endswith(b"\n"):
        try:
            part, beside, _, _ = line.recvmsg(_AT_ONCE, room, getattr(socket, "MSG_CMSG_CLOEXEC", 0))
        except ConnectionError:
            part = b""
        if not part:
            return None, []
        text += part
        for _, kind, data in beside:
            if kind == socket.SCM_RIGHTS:
                descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    return decode_request(text), [*descriptors]


def _become(request: ForkRequest, descriptors: Sequence[int], run: Callable[[list[str]], object]) -> NoReturn:
    """Be the process that was asked for, and end as it ends."""
    os.setsid()  # Ctrl-C in a terminal is the supervisor's to answer
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
    named: dict[str, list[str]] = {}
    for name, descriptor in zip([*request.descriptors, ALIVE_VARIABLE], descriptors, strict=True):
        named.setdefault(name, []).append(str(descriptor))
    _become_environment(request.environment)
    os.environ.update({name: ",".join(numbers) for name, numbers in named.items()})
    setproctitle(" ".join(["brim", *request.arguments]))
    end_with(run, request.arguments)


def end_with(run: Callable[[list[str]], object], arguments: list[str]) -> NoReturn:
    """Do what a command says and end this process, which was forked, with its status, as the interpreter would."""
    status: Any = 1
    try:
        run(arguments)
        status = 0
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001  told as the interpreter tells what nobody catches
        sys.excepthook(*sys.exc_info())
    finally:
        _end(status)


def _end(status: object) -> NoReturn:
    """End without giving back what is loaded, page for page: the others share it."""
    import atexit  # noqa: PLC0415

    if status is not None and not isinstance(status, int):
        print(status, file=sys.stderr)  # noqa: T201  as the interpreter does
        status = 1
    atexit._run_exitfuncs()  # noqa: SLF001  there is no public way
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status or 0)
