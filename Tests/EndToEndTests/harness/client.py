"""An IRC client for tests: it keeps every line that came and waits for lines with a deadline, never for time."""

import asyncio
import itertools
import ssl
from collections.abc import Callable

import websockets
from websockets.asyncio.client import connect

from .message import Message

#: Machines that test are busy; a deadline only says when something is not going to happen any more.
PATIENCE = 30.0

Matcher = Callable[[Message], bool] | str | tuple[str, ...]
numbers = itertools.count(1)


def matches(wanted: Matcher, message: Message) -> bool:
    """A command, a command with its first parameters (None for any), or a function."""
    if callable(wanted):
        return bool(wanted(message))
    if isinstance(wanted, str):
        return message.command == wanted
    command, *parameters = wanted
    return message.command == command and len(message.parameters) >= len(parameters) and all(
        want is None or want == got for want, got in zip(parameters, message.parameters)
    )


class Client:
    def __init__(self):
        self.nick = "*"
        self.messages: list[Message] = []
        self.transcript: list[str] = []
        #: Everything before it was looked at by `expect`.
        self.cursor = 0
        self.is_closed = False
        #: Why reading ended, if it broke.
        self.failure: BaseException | None = None
        self.changed = asyncio.Condition()
        self.reader_task: asyncio.Task | None = None
        self.stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.socket: websockets.asyncio.client.ClientConnection | None = None
        self.may_read = asyncio.Event()
        self.may_read.set()

    # Ways to connect

    @classmethod
    async def plain(cls, port: int, host: str = "127.0.0.1", **options) -> "Client":
        client = cls()
        async with asyncio.timeout(PATIENCE):
            client.stream = await asyncio.open_connection(host, port, limit=1 << 22, **options)
        client.reader_task = asyncio.create_task(client._read_lines())
        return client

    @classmethod
    async def tls(cls, port: int, hostname: str, certificate: str | None = None, **options) -> "Client":
        """
        TLS 1.2 or newer with a server name, and with a certificate of the client if there is one, as `certificate,key`; the
        server's is looked at by the scenarios about certificates.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(*certificate.split(","))
        return await cls.plain(port, ssl=context, server_hostname=hostname, **options)

    @classmethod
    async def websocket(cls, port: int, hostname: str, subprotocol: str = "text.ircv3.net") -> "Client":
        client = cls()
        client.socket = await connect(
            f"ws://{hostname}:{port}/irc", host="127.0.0.1", port=port, subprotocols=[subprotocol],
            open_timeout=PATIENCE, proxy=None, max_size=1 << 20,
        )  # fmt: skip
        client.reader_task = asyncio.create_task(client._read_frames())
        return client

    # Reading

    async def _read_lines(self) -> None:
        reader, _ = self.stream
        try:
            while line := await reader.readline():
                await self._received(line.decode("utf-8", "replace").rstrip("\r\n"))
                await self.may_read.wait()
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError) as error:
            self.failure = error
        finally:
            await self._ended()

    async def _read_frames(self) -> None:
        try:
            async for frame in self.socket:
                await self._received(frame if isinstance(frame, str) else frame.decode("utf-8", "replace"))
        except websockets.ConnectionClosed as error:
            self.failure = error
        finally:
            await self._ended()

    async def _received(self, line: str) -> None:
        self.transcript.append(line)
        message = Message.parse(line)
        if message.command == "PING":
            self.send(f"PONG :{message.text}")
            return
        async with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    async def _ended(self) -> None:
        async with self.changed:
            self.is_closed = True
            self.changed.notify_all()

    # Writing

    def send(self, *lines: str) -> None:
        """Hands lines to the socket."""
        for line in lines:
            self.transcript.append(f">> {line}")
        if self.socket is not None:
            for line in lines:
                asyncio.ensure_future(self._send_frame(line))
        else:
            self.send_bytes("".join(line + "\r\n" for line in lines).encode())

    async def _send_frame(self, line: str) -> None:
        try:
            await self.socket.send(line)
        except websockets.ConnectionClosed:
            pass

    def send_bytes(self, data: bytes) -> None:
        _, writer = self.stream
        if not writer.is_closing():
            writer.write(data)

    async def drained(self) -> None:
        """Waits until the kernel took nearly everything that was sent."""
        if self.stream is not None:
            await self.stream[1].drain()

    # Waiting

    async def expect(self, *wanted: Matcher, within: float = PATIENCE, refuse: Matcher | None = None) -> Message:
        """The next message that matches one of what is wanted, or else fails; what is before it is passed over."""
        async def find() -> Message:
            while True:
                while self.cursor < len(self.messages):
                    message = self.messages[self.cursor]
                    self.cursor += 1
                    assert refuse is None or not matches(refuse, message), f"{self.nick} got {message.line}"
                    if any(matches(one, message) for one in wanted):
                        return message
                assert not self.is_closed, f"{self.nick}'s connection ended, waiting for {wanted}: {self.tail()}"
                async with self.changed:
                    await self.changed.wait_for(lambda: self.cursor < len(self.messages) or self.is_closed)

        try:
            async with asyncio.timeout(within):
                return await find()
        except TimeoutError:
            raise AssertionError(f"{self.nick} waited {within} s for {wanted}: {self.tail()}") from None

    async def collect(self, last: Matcher, within: float = PATIENCE) -> list[Message]:
        """All messages up to the one that matches."""
        start = self.cursor
        await self.expect(last, within=within)
        return self.messages[start : self.cursor]

    async def ask(self, line: str, last: Matcher, within: float = PATIENCE) -> list[Message]:
        """Sends a command. Returns the answer, up to the message that matches."""
        self.send(line)
        return await self.collect(last, within)

    async def sync(self, within: float = PATIENCE) -> list[Message]:
        """Waits until the server has handled everything sent so far. Returns what came in the meantime."""
        token = f"sync{next(numbers)}"
        return await self.ask(f"PING {token}", lambda m: m.command == "PONG" and m.text == token, within)

    async def ended(self, within: float = PATIENCE) -> str:
        """Waits until the server closed. Returns the text of its ERROR, empty if there was none."""
        try:
            async with asyncio.timeout(within), self.changed:
                await self.changed.wait_for(lambda: self.is_closed)
        except TimeoutError:
            raise AssertionError(f"{self.nick}'s connection is open after {within} s: {self.tail()}") from None
        errors = [message.text for message in self.messages if message.command == "ERROR"]
        return errors[-1] if errors else ""

    def tail(self, count: int = 12) -> str:
        return "\n" + "\n".join(line[:300] for line in self.transcript[-count:])

    # What people do

    async def capabilities(self, *names: str) -> None:
        """Asks for capabilities before registration."""
        self.send("CAP LS 302", f"CAP REQ :{' '.join(names)}")
        answer = await self.expect(("CAP", None, "ACK"), ("CAP", None, "NAK"))
        assert answer.parameters[1] == "ACK", answer.line

    async def register(self, nick: str, caps: str = "", within: float = PATIENCE) -> list[Message]:
        """Registers. Returns everything up to the end of the MOTD."""
        self.nick = nick
        if caps:
            await self.capabilities(*caps.split())
        self.send(f"NICK {nick}", f"USER {nick} 0 * :{nick} the tester", *(["CAP END"] if caps else []))
        start = self.cursor
        await self.expect("376", "422", within=within, refuse=lambda m: m.command in ("433", "ERROR"))
        return self.messages[start : self.cursor]

    async def join(self, channel: str, within: float = PATIENCE) -> list[Message]:
        """Joins. Returns everything up to the end of the names."""
        return await self.ask(f"JOIN {channel}", ("366", None, channel), within)

    async def abort(self) -> None:
        """Ends without a word, as a broken line would."""
        if self.stream is not None:
            self.stream[1].transport.abort()

    async def close(self) -> None:
        if self.reader_task is not None:
            self.reader_task.cancel()
        if self.stream is not None:
            self.stream[1].transport.abort()
        if self.socket is not None:
            self.socket.transport.abort()
