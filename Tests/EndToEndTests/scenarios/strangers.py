"""Clients that nobody here wrote talk with one another: Python's irc, websockets, irssi and ii."""

import asyncio
import pathlib
import threading

import irc.client
from websockets.asyncio.client import connect

from harness.client import PATIENCE
from harness.processes import Program, run, tool, until
from harness.scenario import scenario
from harness.world import World

CHANNEL = "#lobby"


class Library(threading.Thread):
    """The irc library's own loop in a thread of its own."""

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self.reactor = irc.client.Reactor()
        self.heard: list[tuple[str, str]] = []
        self.joined = threading.Event()
        self.over = threading.Event()
        self.connection = self.reactor.server().connect("127.0.0.1", port, "library")
        self.connection.add_global_handler("welcome", lambda connection, event: connection.join(CHANNEL))
        self.connection.add_global_handler("endofnames", lambda connection, event: self.joined.set())
        self.connection.add_global_handler(
            "pubmsg", lambda connection, event: self.heard.append((event.source.nick, event.arguments[0]))
        )

    def run(self) -> None:
        while not self.over.is_set():
            self.reactor.process_once(0.05)


class Irssi:
    """A terminal client in a terminal: keys go in, the screen comes out."""

    def __init__(self, world: World, port: int):
        self.home = world.folder / "irssi"
        self.home.mkdir()
        self.socket = world.folder / "tmux"
        self.port = port
        self.log = world.folder / "irssi.txt"
        self.server = Program("tmux", world.folder / "tmux.log")
        world.programs.append(self.server)

    async def tmux(self, *words: str, expect: int | None = 0) -> str:
        return await run(tool("tmux"), "-S", str(self.socket), *words, expect=expect)

    async def begin(self, connect: bool = True) -> None:
        # The server in the foreground, so that it has a pid of ours and ends with the scenario.
        config = self.socket.with_suffix(".conf")
        config.write_text("set -g exit-empty off\n")
        await self.server.start(
            [tool("tmux"), "-S", str(self.socket), "-f", str(config), "-D"], {"TERM": "screen", "LC_ALL": "C.UTF-8"}
        )

        async def is_up() -> bool:
            return self.socket.exists() and "no server" not in await self.tmux("list-sessions", expect=None)

        await until(is_up, "tmux to run", alive=self.server)
        await self.tmux(
            "new-session", "-d", "-s", "irssi", "-x", "160", "-y", "50",
            f"TERM=screen LC_ALL=C.UTF-8 HOME={self.home} {tool('irssi')} --home={self.home}/.irssi"
            + (f" --connect=127.0.0.1 --port={self.port} --nick=irssi" if connect else " --noconnect"),
        )  # fmt: skip
        await self.shows("Welcome to" if connect else "Irssi v")

    async def type(self, line: str) -> None:
        await self.tmux("send-keys", "-t", "irssi", "-l", line)
        await self.tmux("send-keys", "-t", "irssi", "Enter")

    async def shows(self, text: str) -> None:
        screen = ""

        async def is_shown() -> bool:
            nonlocal screen
            screen = await self.tmux("capture-pane", "-p", "-J", "-t", "irssi")
            return text in screen

        try:
            await until(is_shown, f"irssi to show {text}", within=PATIENCE)
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows:\n{screen}") from None


class II:
    """The client made of files: what is written to `in` is said, what is heard is appended to `out`."""

    def __init__(self, world: World, port: int):
        self.folder = world.folder / "ii"
        self.program = Program("ii", world.folder / "ii.log")
        self.port = port
        world.programs.append(self.program)

    @property
    def server(self) -> pathlib.Path:
        return self.folder / "127.0.0.1"

    async def begin(self) -> None:
        command = [tool("ii"), "-s", "127.0.0.1", "-p", str(self.port), "-n", "files", "-i", str(self.folder)]
        await self.program.start(command)
        await self.hears(self.server, "Welcome to")
        await self.write(self.server, f"/j {CHANNEL}")
        await self.hears(self.server / CHANNEL, "files")

    async def write(self, place: pathlib.Path, line: str) -> None:
        def put() -> None:
            with (place / "in").open("w") as fifo:
                fifo.write(line + "\n")

        await asyncio.wait_for(asyncio.to_thread(put), PATIENCE)

    async def hears(self, place: pathlib.Path, text: str) -> None:
        async def is_there() -> bool:
            return (place / "out").exists() and text in (place / "out").read_text(errors="replace")

        await until(is_there, f"ii to write {text} to {place / 'out'}", within=PATIENCE, alive=self.program)


@scenario
async def all_together(world: World) -> None:
    """Each says something in one channel, and each of the others gets it."""
    world.tenants.tenant("acme", motd="Welcome, stranger.")
    edge = await world.embedded("--flood-control")
    irssi, ii = Irssi(world, edge.irc), II(world, edge.irc)
    library = Library(edge.irc)
    library.start()
    try:
        assert await asyncio.to_thread(library.joined.wait, PATIENCE), "the irc library did not join"
        await irssi.begin()
        await irssi.type(f"/join {CHANNEL}")
        await irssi.shows(f"[Users {CHANNEL}]")
        await ii.begin()
        url = f"ws://acme.localhost:{edge.http}/irc"
        async with connect(
            url, host="127.0.0.1", port=edge.http, subprotocols=["text.ircv3.net"], proxy=None
        ) as browser:
            assert browser.subprotocol == "text.ircv3.net"
            frames: list[str] = []

            async def read_until(text: str) -> None:
                while not any(text in frame for frame in frames):
                    frame = await asyncio.wait_for(browser.recv(), PATIENCE)
                    assert isinstance(frame, str) and "\n" not in frame and "\r" not in frame, frame
                    frames.append(frame)

            for line in ("NICK browser", "USER browser 0 * :browser", f"JOIN {CHANNEL}"):
                await browser.send(line)
            await read_until(" 366 ")
            names = " ".join(frame for frame in frames if " 353 " in frame)
            assert all(nick in names for nick in ("library", "irssi", "files", "browser")), names

            async def heard_by_library(text: str) -> None:
                async def is_heard() -> bool:
                    return any(text == said for _, said in library.heard)

                await until(is_heard, f"the irc library to hear {text}", within=PATIENCE)

            said = {
                "library": lambda text: asyncio.to_thread(library.connection.privmsg, CHANNEL, text),
                "irssi": irssi.type,
                "files": lambda text: ii.write(ii.server / CHANNEL, text),
                "browser": lambda text: browser.send(f"PRIVMSG {CHANNEL} :{text}"),
            }
            hears = {
                "library": heard_by_library,
                "irssi": irssi.shows,
                "files": lambda text: ii.hears(ii.server / CHANNEL, text),
                "browser": read_until,
            }
            for speaker, say in said.items():
                text = f"greetings from {speaker}, ünïcödé"
                await say(text)
                for listener, hear in hears.items():
                    if listener != speaker:
                        await hear(text)
            # Things that people do, seen by a client with opinions of its own.
            await browser.send(f"PRIVMSG {CHANNEL} :\x01ACTION waves\x01")
            await irssi.shows("* browser waves")
            await irssi.type("/nick renamed")
            await read_until(" NICK ")
            await irssi.type("/quit so long")
            await read_until("QUIT :Quit: so long")
    finally:
        library.over.set()
        await asyncio.to_thread(library.join, 5)
        ii.program.may_end = irssi.server.may_end = True
