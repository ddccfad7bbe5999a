"""Clients, a bouncer and a bot that nobody here wrote live through restarts: each comes back by itself, as it does anywhere."""

import asyncio
import hashlib
import threading
from collections.abc import Awaitable, Callable

import irc.bot
import irc.client

from harness.client import PATIENCE, Client
from harness.processes import Program, as_ordinary_user, free_port, give_to_ordinary_user, run, tool, until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD
from .sessions import log_in
from .strangers import CHANNEL, Irssi


#: ZNC takes no spaces in an account's password.
UNSPACED = PASSWORD.replace(" ", "-")


class WeeChat:
    """A client without a terminal: commands go into its FIFO, what its buffers show stands in its logs."""

    def __init__(self, world: World, port: int, account: str, fingerprint: str | None):
        """With a certificate's fingerprint it comes over TLS, and logs in; without one it does neither."""
        self.home = world.folder / "weechat"
        self.program = Program("weechat", world.folder / "weechat.log")
        world.programs.append(self.program)
        server = "irc.server.acme"
        self.commands = [
            "/set logger.file.flush_delay 0",
            "/set fifo.file.path ${weechat_runtime_dir}/fifo",
            f"/server add acme 127.0.0.1/{port} {'-ssl' if fingerprint else '-nossl'}",
            f"/set {server}.nicks {account}",
            *(
                [
                    f"/set {server}.ssl_fingerprint {fingerprint}",
                    f"/set {server}.sasl_mechanism scram-sha-256",
                    f"/set {server}.sasl_username {account}",
                    f"/set {server}.sasl_password {PASSWORD}",
                    f"/set {server}.autojoin {CHANNEL}",
                ]
                if fingerprint
                else []
            ),
            f"/set {server}.autoreconnect_delay 1",
            "/set irc.network.autoreconnect_delay_growing 1",
            "/connect acme",
        ]

    async def begin(self) -> None:
        words = [word for command in self.commands for word in ("-r", command)]
        await self.program.start([tool("weechat-headless"), "-d", str(self.home), *words], {"LC_ALL": "C.UTF-8"})

    async def write(self, line: str, buffer: str = f"irc.acme.{CHANNEL}") -> None:
        def put() -> None:
            with (self.home / "fifo").open("w") as fifo:
                fifo.write(f"{buffer} *{line}\n")

        await asyncio.wait_for(asyncio.to_thread(put), PATIENCE)

    async def shows(self, text: str, buffer: str = f"irc.acme.{CHANNEL}") -> None:
        log = self.home / "logs" / f"{buffer}.weechatlog"

        async def is_there() -> bool:
            return log.exists() and text in log.read_text(errors="replace")

        await until(is_there, f"WeeChat to show {text}", within=PATIENCE, alive=self.program)


class ZNC:
    """A bouncer that holds its user's connection, with the user's account; its own clients come and go."""

    def __init__(self, world: World, port: int, account: str):
        self.home = world.folder / "znc"
        self.port = free_port()
        self.account = account
        self.program = Program("znc", world.folder / "znc.log")
        world.programs.append(self.program)
        (self.home / "configs").mkdir(parents=True)
        password = hashlib.sha256(f"{UNSPACED}salt".encode()).hexdigest()
        (self.home / "configs" / "znc.conf").write_text(
            f"""Version = 1.8.2
ConnectDelay = 1
ServerThrottle = 1
<Listener clients>
    Host = 127.0.0.1
    Port = {self.port}
    IPv6 = false
    SSL = false
</Listener>
<User {account}>
    Nick = {account}
    <Pass password>
        Method = sha256
        Hash = {password}
        Salt = salt
    </Pass>
    <Network acme>
        LoadModule = sasl
        IRCConnectEnabled = false
        FloodBurst = 50
        FloodRate = 50
        Server = 127.0.0.1 {port}
        <Chan {CHANNEL}>
        </Chan>
    </Network>
</User>
"""
        )

    async def begin(self, world: World) -> Client:
        """Starts it, tells it the account, and has it connect. Returns the user's own client."""
        # It waits for half a minute before it runs as root.
        give_to_ordinary_user(self.home)
        await self.program.start(
            as_ordinary_user([tool("znc"), "--foreground", "--no-color", "--datadir", str(self.home)])
        )
        await self.program.wait_for_output("ZNC .* - https")
        client = await Client.plain(self.port)
        world.clients.append(client)
        client.nick = self.account
        client.send(f"PASS {self.account}/acme:{UNSPACED}", f"NICK {self.account}", f"USER {self.account} 0 * :Bob")
        await client.expect("001")
        client.send(
            f"PRIVMSG *sasl :Set {self.account} {UNSPACED}", "PRIVMSG *sasl :Mechanism PLAIN",
            "PRIVMSG *sasl :RequireAuth yes", "PRIVMSG *status :Connect",
        )  # fmt: skip
        await client.expect(lambda m: m.command == "366" and m.parameters[1] == CHANNEL)
        return client


class Bot(threading.Thread):
    """A bot as its authors tell people to write one: it answers a greeting, and comes back when it was cut off."""

    class Greeter(irc.bot.SingleServerIRCBot):
        def __init__(self, port: int):
            super().__init__(
                [irc.bot.ServerSpec("127.0.0.1", port)], "robot", "A bot",
                recon=irc.bot.ExponentialBackoff(min_interval=1, max_interval=2),
            )  # fmt: skip

        def on_welcome(self, connection, event) -> None:
            connection.join(CHANNEL)

        def on_nicknameinuse(self, connection, event) -> None:
            connection.nick(connection.get_nickname() + "_")

        def on_pubmsg(self, connection, event) -> None:
            text = event.arguments[0]
            if text.startswith("robot: "):
                connection.privmsg(CHANNEL, f"{event.source.nick}: you said {text.removeprefix('robot: ')}")

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self.bot = self.Greeter(port)
        self.over = threading.Event()

    def run(self) -> None:
        self.bot._connect()
        while not self.over.is_set():
            self.bot.reactor.process_once(0.05)


async def fingerprint(certificate: str) -> str:
    """The SHA-256 of a certificate, as WeeChat wants it."""
    told = await run(tool("openssl"), "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256")
    return told.split("=")[1].strip().replace(":", "").lower()


@scenario
async def everybody_comes_back(world: World) -> None:
    """irssi, WeeChat with SCRAM over TLS, ZNC, a bot and a WebSocket: an edge is drained and started again, then killed."""
    world.tenants.tenant("acme", admins={"alice": PASSWORD, "bob": UNSPACED, "carol": PASSWORD})
    (edge,) = await world.edges(1, lease_seconds=3)
    irssi = Irssi(world, edge.irc)
    weechat = WeeChat(world, edge.ircs, "alice", await fingerprint(f"{world.folder}/wildcard.pem"))
    znc, bot = ZNC(world, edge.irc, "bob"), Bot(edge.irc)
    try:
        await irssi.begin(connect=False)
        await irssi.type("/set nick irssi")
        await irssi.type("/set server_reconnect_time 1s")
        await irssi.type("/network add acme")
        await irssi.type(f"/server add -network acme 127.0.0.1 {edge.irc}")
        await irssi.type("/connect acme")
        await irssi.shows("Welcome to")
        await irssi.type(f"/join {CHANNEL}")
        await irssi.shows(f"[Users {CHANNEL}]")
        bot.start()
        await weechat.begin()
        bouncer = await znc.begin(world)
        for turn in range(3):
            carol = await log_in(world, edge, "carol", "draft/chathistory batch server-time", websocket=True)
            await carol.join(CHANNEL)
            await everybody_talks(carol, irssi, weechat, bouncer, str(turn))
            if turn == 0:
                await edge.terminate()
            elif turn == 1:
                await edge.kill()
            if turn < 2:
                await edge.launch()
        carol.send("WHOIS alice", "WHOIS bob")
        accounts = [await carol.expect("330") for _ in range(2)]
        assert sorted(account.parameters[2] for account in accounts) == ["alice", "bob"]
    finally:
        bot.over.set()
        await asyncio.to_thread(bot.join, 5)
        for program in (irssi.server, weechat.program, znc.program):
            program.may_end = True


async def everybody_talks(carol: Client, irssi: Irssi, weechat: WeeChat, bouncer: Client, turn: str) -> None:
    """Waits until all are in the channel, has each say something, and looks whether all others have it once."""

    async def heard(client: Client, text: str) -> None:
        await client.expect(lambda m: m.command == "PRIVMSG" and m.text == text)

    # The bot answers once it is there again; who asked too early asks again.
    async def is_back() -> bool:
        carol.send(f"PRIVMSG {CHANNEL} :robot: are you there, {turn}?")
        await carol.sync()
        return any(m.text == f"carol: you said are you there, {turn}?" for m in carol.messages)

    await until(is_back, "the bot to be back", within=PATIENCE)

    async def all_there() -> bool:
        carol.send(f"WHO {CHANNEL}")
        start = len(carol.messages)
        await carol.expect("315")
        names = {m.parameters[5].rstrip("_") for m in carol.messages[start:] if m.command == "352"}
        return names >= {"alice", "bob", "carol", "irssi", "robot"}

    await until(all_there, "all to be back", within=PATIENCE)
    say: dict[str, Callable[[str], Awaitable[None]]] = {
        "irssi": irssi.type,
        "WeeChat": weechat.write,
    }

    async def by_client(client: Client, text: str) -> None:
        client.send(f"PRIVMSG {CHANNEL} :{text}")

    say["ZNC"] = lambda text: by_client(bouncer, text)
    say["the WebSocket"] = lambda text: by_client(carol, text)
    hears: dict[str, Callable[[str], Awaitable[None]]] = {
        "irssi": irssi.shows,
        "WeeChat": weechat.shows,
        "ZNC": lambda text: heard(bouncer, text),
        "the WebSocket": lambda text: heard(carol, text),
    }
    for speaker, speak in say.items():
        text = f"turn {turn}, greetings from {speaker}, ünïcödé"
        await speak(text)
        for listener, hear in hears.items():
            if listener != speaker:
                await hear(text)
