"""Quotas hold over all edges, and nothing that a client sends harms the process or the others."""

import asyncio
import random
import time

from harness.client import Client
from harness.scenario import scenario
from harness.world import World

from .sessions import LEASE, PASSWORD, log_in


async def admission(world: World, edge, nick: str) -> str:
    """Tries to register. Returns the reason for a refusal, or nothing."""
    client = await world.connection(edge)
    client.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}")
    answer = await client.expect("376", "422", "ERROR")
    return answer.text if answer.command == "ERROR" else ""


@scenario
async def connections(world: World) -> None:
    """The connections of a tenant over both edges, those of one address, and new ones in a second."""
    world.tenants.tenant("acme", connections=6, connectionsPerAddress=1000)
    edges = await world.edges()
    reasons = await asyncio.gather(*(admission(world, edges[i % 2], f"user{i}") for i in range(12)))
    assert reasons.count("") == 6, reasons
    assert all("server is full" in reason for reason in reasons if reason), reasons
    # A place that is given back can be taken on the other edge.
    inside = [client for client in world.clients if not client.is_closed and "001" in {m.command for m in client.messages}]
    inside[0].send("QUIT :bye")
    await inside[0].ended()
    end = time.monotonic() + 10
    while reason := await admission(world, edges[1], "heir"):
        assert time.monotonic() < end, reason
        await asyncio.sleep(0.05)

    world.tenants.tenant("acme", connections=100, connectionsPerAddress=8)
    end = time.monotonic() + 10
    reasons = []
    while not any("address" in reason for reason in reasons):
        assert time.monotonic() < end, reasons
        reasons.append(await admission(world, edges[len(reasons) % 2], f"extra{len(reasons)}"))
        await asyncio.sleep(0.02)
    alive = [client for client in world.clients if not client.is_closed]
    assert len(alive) <= 9, f"{len(alive)} connections from one address"


@scenario
async def sessions(world: World) -> None:
    """The sessions of a tenant over both edges: those that wait count, coming back is free, and a dead edge's are given back."""
    world.tenants.tenant("acme", admins={"alice": PASSWORD}, sessions=6)
    edges = await world.edges(lease_seconds=LEASE)
    alice = await log_in(world, edges[0], "alice")
    reasons = await asyncio.gather(*(admission(world, edges[i % 2], f"user{i}") for i in range(12)))
    assert reasons.count("") == 5, reasons
    assert all("too many sessions" in reason for reason in reasons if reason), reasons
    # She waits, and nobody gets her place; it is still hers.
    await alice.abort()
    assert "too many sessions" in await admission(world, edges[1], "thief")
    await log_in(world, edges[1], "alice")
    # Those of an edge that is killed are free once it is found dead, but for hers, which is elsewhere.
    here = reasons[::2].count("")
    await edges[0].kill()
    end = time.monotonic() + 10 * LEASE
    let_in = 0
    while let_in < here:
        assert time.monotonic() < end, f"{let_in} of {here} places are free"
        if await admission(world, edges[1], f"heir{let_in}") == "":
            let_in += 1
        await asyncio.sleep(0.1)
    assert "too many sessions" in await admission(world, edges[1], "late")


@scenario
async def late_quota(world: World) -> None:
    """A quota that comes while people are connected counts those who are."""
    world.tenants.tenant("acme")
    edge = await world.embedded()
    early = [await world.client(edge, f"early{i}") for i in range(3)]
    world.tenants.tenant("acme", motd="A quota.", connections=4)
    end = time.monotonic() + 10
    while "A quota." not in "".join(m.text for m in await early[0].ask("MOTD", lambda m: m.command in ("376", "422"))):
        assert time.monotonic() < end, "the tenant did not change"
        await asyncio.sleep(0.02)
    reasons = [await admission(world, edge, f"late{i}") for i in range(3)]
    assert reasons[0] == "" and all(reasons[1:]), f"4 connections are allowed and 3 were there: {reasons}"


@scenario
async def new_connections(world: World) -> None:
    """New connections a second, counted over both edges."""
    world.tenants.tenant("acme", newConnectionsPerSecond=10)
    edges = await world.edges()
    began = time.monotonic()
    reasons = await asyncio.gather(*(admission(world, edges[i % 2], f"user{i}") for i in range(60)))
    took = time.monotonic() - began
    let_in = reasons.count("")
    assert 10 <= let_in <= 10 + 10 * took + 1, f"{let_in} were let in within {took:.1f} s"
    assert all("Too many new connections" in reason for reason in reasons if reason), reasons


@scenario
async def channels_and_members(world: World) -> None:
    """Channels of a tenant and members of a channel, counted over both edges."""
    world.tenants.tenant("acme", channels=4, channelMembers=3)
    edges = await world.edges()
    clients = await asyncio.gather(*(world.client(edges[i % 2], f"user{i}") for i in range(8)))

    async def join(client: Client, channel: str) -> bool:
        client.send(f"JOIN {channel}")
        answer = await client.expect(
            ("366", None, channel), "403", "405", "471", "437", "FAIL", ("NOTICE", client.nick)
        )
        return answer.command == "366"

    made = await asyncio.gather(*(join(client, f"#room{i}") for i, client in enumerate(clients)))
    assert made.count(True) == 4, [client.messages[-1].line for client in clients]
    open_room = f"#room{made.index(True)}"
    entered = await asyncio.gather(*(join(client, open_room) for i, client in enumerate(clients) if i != made.index(True)))
    assert entered.count(True) == 2, entered
    owner = clients[made.index(True)]
    names = [w for m in await owner.ask(f"NAMES {open_room}", "366") if m.command == "353" for w in m.text.split()]
    assert len(names) == 3, names


@scenario
async def message_rate(world: World) -> None:
    """Messages a second: what both edges let through together never exceeds the rate and its burst."""
    rate = 40
    world.tenants.tenant("acme", messagesPerSecond=rate)
    edges = await world.edges()
    caps = "echo-message standard-replies message-tags"
    clients = await asyncio.gather(*(world.client(edges[i % 2], f"user{i}", caps=caps) for i in range(6)))
    watcher = await world.client(edges[0], "watcher")
    for client in (*clients, watcher):
        await client.join("#lobby")
    began = time.monotonic()

    async def flood(client: Client) -> tuple[int, int]:
        said = refused = 0
        for number in range(100):
            client.send(f"PRIVMSG #lobby :{client.nick} {number}")
            answer = await client.expect(("PRIVMSG", "#lobby", f"{client.nick} {number}"), ("FAIL", "PRIVMSG"))
            said += answer.command == "PRIVMSG"
            refused += answer.command == "FAIL"
            assert answer.command != "FAIL" or answer.parameters[1] == "RATE_LIMITED", answer.line
        return said, refused

    counts = await asyncio.gather(*map(flood, clients))
    took = time.monotonic() - began
    said = sum(count for count, _ in counts)
    assert sum(count for _, count in counts) > 0, f"600 messages in {took:.1f} s and none was refused"
    assert said <= rate * took + 2 * rate + 1, f"{said} messages in {took:.1f} s at {rate} a second"
    await clients[0].sync()
    seen = len([m for m in watcher.messages if m.command == "PRIVMSG"])
    assert seen <= said


@scenario
async def message_burst(world: World) -> None:
    """Everybody talks at the same moment, within the burst: nobody is refused, however the tokens are handed out."""
    world.tenants.tenant("acme", messagesPerSecond=100)
    (edge,) = await world.edges(1)
    clients = await asyncio.gather(*(world.client(edge, f"u{i}", caps="echo-message standard-replies") for i in range(60)))
    await asyncio.gather(*(client.join("#lobby") for client in clients))
    for client in clients:
        client.send(f"PRIVMSG #lobby :hello from {client.nick}")
    for client in clients:
        answer = await client.expect(("PRIVMSG", "#lobby", f"hello from {client.nick}"), "FAIL")
        assert answer.command == "PRIVMSG", answer.line


async def bystanders(world: World, edge) -> list[Client]:
    """Two people in #lobby, for `others_chat`."""
    witnesses = [await world.client(edge, f"witness{i}") for i in range(2)]
    for client in witnesses:
        await client.join("#lobby")
    return witnesses


async def others_chat(world: World, edge, witnesses: list[Client]) -> None:
    """Two bystanders still chat, and quickly."""
    one, other = witnesses
    began = time.monotonic()
    text = f"still here {random.random()}"
    one.send(f"PRIVMSG #lobby :{text}")
    await other.expect(("PRIVMSG", "#lobby", text))
    assert time.monotonic() - began < 5, "bystanders waited"


@scenario
async def bad_input(world: World) -> None:
    """Whatever bytes come, the process lives, the others chat on, and the protocol's own answers are given."""
    world.tenants.tenant("acme")
    edge = await world.embedded()
    witnesses = await bystanders(world, edge)

    # Lines that are too long are refused and the next is heard.
    client = await world.client(edge, "clumsy", caps="message-tags standard-replies")
    await client.join("#lobby")
    client.send("PRIVMSG #lobby :" + "x" * 600, "PING after")
    answers = await client.collect(("PONG", None, "after"))
    assert [m.command for m in answers] == ["417", "PONG"], [m.line[:80] for m in answers]
    client.send("@+a=" + "y" * 5000 + " PRIVMSG #lobby :tagged", "PING after")
    answers = await client.collect(("PONG", None, "after"))
    assert [m.command for m in answers] == ["417", "PONG"], [m.line[:80] for m in answers]
    client.send_bytes(b"PRIVMSG #lobby :\xff\xfe bad\r\nPING after\r\n")
    answers = await client.collect(("PONG", None, "after"))
    assert answers[0].parameters[1] == "INVALID_UTF8", answers[0].line
    client.send_bytes(b"PRIVMSG #lobby :nul\0nul\r\nPING after\r\n")
    await client.expect(("PONG", None, "after"))
    client.send("FROBNICATE now")
    assert (await client.expect("421")).parameters[1] == "FROBNICATE"
    client.send_bytes(b"\r\n\r\n   \r\n:\r\n@\r\n@x \r\n: : :\r\nPING after\n")
    await client.expect(("PONG", None, "after"))
    client.send("JOIN", "PRIVMSG", "MODE #lobby +" + "b" * 400, "PING after")
    await client.expect(("PONG", None, "after"))
    for huge in (str((1 << 63) - 1), "9" * 17, "-" + "9" * 18, "9" * 40):
        client.send(
            f"LIST C>{huge}", f"LIST T<{huge}", f"LIST C<{huge},T>{huge}", f"LIST >{huge}", f"MODE #lobby +l {huge}",
            f"WHOWAS clumsy {huge}", f"WHO #lobby %t,{huge}", f"CAP LS {huge}", f"PRIVMSG , :{huge}",
        )  # fmt: skip
    client.send("PING after")
    await client.expect(("PONG", None, "after"))
    await others_chat(world, edge, witnesses)

    # A megabyte without a line's end; connections that never register; random bytes.
    flood = await world.connection(edge)
    flood.send_bytes(b"z" * (1 << 20))
    await others_chat(world, edge, witnesses)
    halves = [await world.connection(edge) for _ in range(20)]
    for half in halves:
        half.send("CAP LS 302", "NICK half")
    dice = random.Random(20260101)
    for _ in range(30):
        noise = await world.connection(edge)
        noise.send_bytes(dice.randbytes(dice.randint(1, 4000)) + b"\r\n")
        noisy = await world.client(edge, f"noisy{_}")
        lines = [dice.choice(["JOIN", "MODE", "WHO", "PRIVMSG", "KICK", "TOPIC", "NICK", "LIST"]) for _ in range(20)]
        for line in lines:
            noisy.send_bytes(line.encode() + b" " + dice.randbytes(dice.randint(0, 60)).replace(b"\n", b"") + b"\r\n")
        noisy.send("PING after")
        await noisy.expect(lambda m: m.command in ("PONG", "ERROR"))
        noisy.send("QUIT")
    for port in (edge.ircs, edge.http, edge.metrics):
        for _ in range(10):
            raw = await Client.plain(port)
            world.clients.append(raw)
            raw.send_bytes(dice.randbytes(500))
    await others_chat(world, edge, witnesses)
    users = [m for m in await witnesses[0].ask("LUSERS", "255") if m.command == "251"]
    assert users, "no answer"


@scenario
async def slow_reader(world: World) -> None:
    """Who does not read is closed with a reason, and nobody waits for them."""
    world.tenants.tenant("acme")
    edge = await world.embedded()
    witnesses = await bystanders(world, edge)
    slow = await world.client(edge, "slow")
    await slow.join("#lobby")
    slow.may_read.clear()
    slow.stream[1].transport.pause_reading()
    text = "w" * 400
    slowest = 0.0
    quit = False
    for number in range(60_000):
        began = time.monotonic()
        witnesses[0].send(*(f"PRIVMSG #lobby :{number} {i} {text}" for i in range(50)))
        last = f"{number} 49 {text}"
        message = await witnesses[1].expect(("PRIVMSG", "#lobby", last), "QUIT")
        slowest = max(slowest, time.monotonic() - began)
        if message.command == "QUIT":
            assert message.nick == "slow" and "SendQ" in message.text, message.line
            quit = True
            break
    assert quit, "a slow reader was never closed"
    assert slowest < 5, f"the others waited {slowest:.1f} s"
    await others_chat(world, edge, witnesses)


@scenario
async def flood_control(world: World) -> None:
    """A flooder is slowed down, loses nothing, and slows nobody else."""
    world.tenants.tenant("acme")
    edge = await world.embedded("--flood-control")
    flooder = await world.client(edge, "flooder")
    witness = await world.client(edge, "witness")
    await flooder.join("#lobby")
    await witness.join("#lobby")
    began = time.monotonic()
    flooder.send(*(f"PRIVMSG #lobby :message {number}" for number in range(40)))
    seen = [(await witness.expect(("PRIVMSG", "#lobby"))).text for _ in range(40)]
    took = time.monotonic() - began
    assert seen == [f"message {number}" for number in range(40)]
    assert took > 3, f"40 messages took only {took:.1f} s"
    began = time.monotonic()
    await witness.sync()
    assert time.monotonic() - began < 2


@scenario
async def five_thousand(world: World) -> None:
    """5,000 connections on one edge in 50 channels: all are registered, and a message reaches each member once.

    Not one channel of all: that would be 12 million JOIN lines before the first word.
    """
    count, rooms = 5000, 50
    world.tenants.tenant("acme")
    edge = await world.embedded()
    began = time.monotonic()
    members = [Crowd(number, f"#room{number % rooms}") for number in range(count)]
    gate = asyncio.Semaphore(100)

    async def enter(member: Crowd) -> None:
        async with gate:
            await member.begin(edge.irc)

    try:
        await asyncio.gather(*map(enter, members))
        print(f"{count} registered and joined in {time.monotonic() - began:.1f} s")
        speaker = await world.client(edge, "speaker")
        users = [m.text for m in await speaker.ask("LUSERS", "255") if m.command == "251"]
        assert str(count + 1) in users[0], users
        for room in range(rooms):
            await speaker.join(f"#room{room}")
            speaker.send(f"PRIVMSG #room{room} :to all of you", f"PRIVMSG #room{room} :the end")
        async with asyncio.timeout(60):
            await asyncio.gather(*(member.has_heard(b":the end\r\n") for member in members))
        wrong = [member.number for member in members if member.buffer.count(b":to all of you\r\n") != 1]
        assert not wrong, f"{len(wrong)} did not hear it once: {wrong[:10]}"
        print(f"all heard after {time.monotonic() - began:.1f} s")
    finally:
        for member in members:
            if member.transport:
                member.transport.abort()


class Crowd(asyncio.Protocol):
    """A client that is cheap enough to have thousands of."""

    def __init__(self, number: int, room: str):
        self.number = number
        self.room = room
        self.buffer = bytearray()
        self.transport: asyncio.Transport | None = None
        self.waits: tuple[bytes, asyncio.Future] | None = None
        self.is_closed = False

    async def begin(self, port: int) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        self.transport.write(f"NICK crowd{self.number}\r\nUSER c 0 * :c\r\nJOIN {self.room}\r\n".encode())
        await asyncio.wait_for(self.has_heard(b" 366 "), 60)

    def connection_made(self, transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.waits and self.waits[0] in self.buffer and not self.waits[1].done():
            self.waits[1].set_result(None)

    def connection_lost(self, error) -> None:
        self.is_closed = True
        if self.waits and not self.waits[1].done():
            self.waits[1].set_exception(AssertionError(f"crowd{self.number} was disconnected: {self.buffer[-200:]}"))

    async def has_heard(self, text: bytes) -> None:
        if text in self.buffer:
            return
        assert not self.is_closed, f"crowd{self.number} was disconnected: {self.buffer[-200:]}"
        self.waits = (text, asyncio.get_running_loop().create_future())
        await self.waits[1]
