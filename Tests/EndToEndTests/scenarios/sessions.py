"""Servers go, people stay: sessions that outlive connections, with clients that come back by a token."""

import asyncio
import base64
import collections
import random
import re

from harness.client import Client
from harness.door import Door
from harness.edge import Edge
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .strangers import Irssi

LEASE = 3
CAPS = "roost.chat/resume server-time message-tags echo-message"
#: People and channels; each is in one.
PEOPLE, CHANNELS = 500, 25


class Resumer:
    """Somebody who talks in a channel and connects again whenever the connection breaks, with jitter."""

    def __init__(self, world: World, nick: str, channel: str, seed: int):
        self.world = world
        self.nick = nick
        self.channel = channel
        self.dice = random.Random(seed)
        self.client: Client | None = None
        self.token = ""
        #: The `msgid` of the last message that came.
        self.seen = ""
        #: Text by id of everything that was said in the channel, in the order in which it came.
        self.heard: dict[str, str] = {}
        #: How often each id came.
        self.copies: collections.Counter[str] = collections.Counter()
        #: What the others should not notice.
        self.flaps: list[str] = []
        self.acknowledged: set[str] = set()
        self.unsure: set[str] = set()
        self.returns = 0
        self.is_settled = False
        self.looked = 0

    async def begin(self, edge: Edge) -> None:
        self.client = await self.world.connection(edge)
        await self.client.capabilities(*CAPS.split())
        self.client.send(f"NICK {self.nick}", f"USER {self.nick} 0 * :{self.nick}", "CAP END")
        self.token = (await self.client.expect(("RESUME", "TOKEN"))).parameters[1]
        await self.client.join(self.channel)

    def look(self) -> None:
        """Reads what came."""
        for message in self.client.messages[self.looked :]:
            if message.command == "RESUME":
                self.token = message.parameters[1]
            elif message.command == "PRIVMSG" and message.parameters[0] == self.channel:
                self.heard.setdefault(message.tags["msgid"], message.text)
                self.copies[message.tags["msgid"]] += 1
                self.seen = message.tags["msgid"]
                if message.nick == self.nick:
                    self.acknowledged.add(message.text)
                    self.unsure.discard(message.text)
            elif message.command == "NOTICE" and "More was said" in message.text:
                self.flaps.append(message.line)
            elif self.is_settled and message.command in ("JOIN", "PART", "QUIT", "NICK") and message.nick != self.nick:
                self.flaps.append(message.line)
        self.looked = len(self.client.messages)

    async def come_back(self, edges: list[Edge]) -> None:
        """To any edge that takes it, as the person that it is."""
        self.look()
        while True:
            await asyncio.sleep(self.dice.uniform(0.2, 2))
            edge = self.dice.choice(edges)
            try:
                client = await Client.plain(edge.irc)
                self.world.clients.append(client)
                client.nick = self.nick
                await client.capabilities(*CAPS.split())
                client.send("AUTHENTICATE ROOST-RESUME")
                await client.expect(("AUTHENTICATE", "+"))
                client.send("AUTHENTICATE " + base64.b64encode(f"{self.token} {self.seen}".encode()).decode())
                answer = await client.expect("903", "904")
                assert answer.command == "903", f"{self.nick} cannot resume: {answer.line}"
                client.send("NICK whoever", "USER whoever 0 * :w", "CAP END")
                await client.expect(("001", self.nick))
            except (OSError, AssertionError) as error:
                if "cannot resume" in str(error):
                    raise
                continue
            self.client, self.looked, self.returns = client, 0, self.returns + 1
            return

    async def live(self, edges: list[Edge], until: asyncio.Event) -> None:
        """Talks until it is over; `edges` are those that take people now."""
        number = 0
        while not until.is_set():
            if self.client.is_closed:
                await self.come_back(edges)
            text = f"{self.nick} says {number}"
            number += 1
            self.unsure.add(text)
            self.client.send(f"PRIVMSG {self.channel} :{text}")
            try:
                await asyncio.wait_for(until.wait(), self.dice.uniform(2, 5))
            except TimeoutError:
                pass
            self.look()
        while True:
            if self.client.is_closed:
                await self.come_back(edges)
            try:
                await self.client.sync()
                break
            except AssertionError:
                assert self.client.is_closed
        self.look()


class Crowd:
    """Everybody, and the books of what they were told."""

    def __init__(self, world: World):
        self.world = world
        self.people = [
            Resumer(world, f"p{number}", f"#room{number % CHANNELS}", number) for number in range(PEOPLE)
        ]
        self.is_over = asyncio.Event()
        self.tasks: list[asyncio.Task] = []

    async def begin(self, edges: list[Edge]) -> list[Edge]:
        """Spreads them over the edges. Returns the list of those that take people, to be changed as edges come and go."""
        for start in range(0, PEOPLE, 50):
            await asyncio.gather(
                *(self.people[i].begin(edges[(i // CHANNELS) % len(edges)]) for i in range(start, start + 50))
            )
        for person in self.people:
            await person.client.sync()
            person.look()
            person.is_settled = True
        alive = list(edges)
        self.tasks = [asyncio.create_task(person.live(alive, self.is_over)) for person in self.people]
        self.world.tasks += self.tasks
        return alive

    async def chat(self, seconds: float) -> None:
        """They talk for a while."""
        done, _ = await asyncio.wait(self.tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def finish(self) -> None:
        """Nobody noticed anybody go or come, and everybody was told everything once and in order."""
        self.is_over.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*self.tasks)
        flaps = [flap for person in self.people for flap in person.flaps]
        assert not flaps, f"{len(flaps)} noticed: {flaps[:5]}"
        said = 0
        for channel in {person.channel for person in self.people}:
            members = [person for person in self.people if person.channel == channel]
            acknowledged = set().union(*(person.acknowledged for person in members))
            said += len(acknowledged)
            first = list(members[0].heard.items())
            for person in members:
                missed = acknowledged - set(person.heard.values())
                assert not missed, f"{person.nick} missed {len(missed)}: {sorted(missed)[:3]}"
                assert list(person.heard.items()) == first, f"{person.nick} was told in another order"
                assert len(set(person.heard.values())) == len(person.heard), f"{person.nick} was told twice"
        again = sum(count - 1 for person in self.people for count in person.copies.values())
        back = sum(person.returns for person in self.people)
        print(f"{said} messages, each to {PEOPLE // CHANNELS}; {back} came back; {again} lines came again with the same id")


@scenario
async def five_hundred_and_a_killed_pod(world: World) -> None:
    """An edge is killed under five hundred people who talk: nobody else notices, nobody misses or repeats a message."""
    world.tenants.tenant("acme")
    edges = await world.edges(lease_seconds=LEASE)
    crowd = Crowd(world)
    alive = await crowd.begin(edges)
    await crowd.chat(4 * LEASE)
    alive.remove(edges[1])
    await edges[1].kill()
    await crowd.chat(6 * LEASE)
    await crowd.finish()
    await check_no_ghosts(world, edges[0], PEOPLE)


@scenario
async def five_hundred_and_a_rollout(world: World) -> None:
    """Two edges are replaced, one after the other, under five hundred people who talk: nobody notices."""
    world.tenants.tenant("acme")
    edges = await world.edges(lease_seconds=LEASE, drain_seconds=2)
    crowd = Crowd(world)
    alive = await crowd.begin(edges)
    await crowd.chat(LEASE)
    for edge in edges:
        alive.remove(edge)
        await edge.terminate()
        await edge.launch()
        alive.append(edge)
        await crowd.chat(LEASE)
    await crowd.chat(4 * LEASE)
    await crowd.finish()
    await check_no_ghosts(world, edges[0], PEOPLE)


async def check_no_ghosts(world: World, edge: Edge, people: int) -> None:
    """Who is counted is there."""
    looker = await world.client(edge, "looker")
    lusers = await looker.ask("LUSERS", "266")
    counted = next(m.text for m in lusers if m.command == "251")
    assert re.search(rf"\b{people + 1} users", counted), counted


PASSWORD = "correct horse battery"


async def log_in(world: World, edge: Edge, account: str, caps: str = "", websocket: bool = False) -> Client:
    """SASL PLAIN. Everything that came until the end of the message of the day is passed over."""
    client = await world.connection(edge, websocket=websocket)
    client.nick = account
    await client.capabilities("sasl", *caps.split())
    client.send("AUTHENTICATE PLAIN")
    await client.expect(("AUTHENTICATE", "+"))
    client.send("AUTHENTICATE " + base64.b64encode(f"\0{account}\0{PASSWORD}".encode()).decode())
    await client.expect("903")
    client.send(f"NICK {account}", f"USER {account} 0 * :{account}", "CAP END")
    await client.expect("376", "422")
    return client


@scenario
async def laptop_and_phone(world: World) -> None:
    """One account with irssi on one edge and a WebSocket on another; the laptop's edge is killed, the phone goes on."""
    world.tenants.tenant("acme", motd="Welcome.", admins={"alice": PASSWORD})
    left, right = await world.edges(lease_seconds=LEASE)
    carol = await world.client(right, "carol")
    await carol.join("#lobby")
    laptop = Irssi(world, left.irc)
    await laptop.begin(connect=False)
    await laptop.type(f"/network add -sasl_mechanism PLAIN -sasl_username alice -sasl_password \"{PASSWORD}\" acme")
    await laptop.type(f"/server add -network acme 127.0.0.1 {left.irc}")
    await laptop.type("/connect acme")
    await laptop.shows("Welcome to")
    await laptop.type("/join #lobby")
    assert (await carol.expect("JOIN")).nick != "carol"
    await laptop.type("/nick alice")
    await laptop.shows("[alice")

    phone = await log_in(world, right, "alice", "draft/chathistory batch server-time message-tags", websocket=True)
    assert (await phone.expect(("JOIN", "#lobby"))).nick == "alice"
    await phone.expect(("366", None, "#lobby"))
    # What one says, the other shows; carol sees one person.
    await laptop.type("hello from the laptop")
    assert (await phone.expect(("PRIVMSG", "#lobby", "hello from the laptop"))).nick == "alice"
    phone.send("PRIVMSG #lobby :hello from the phone", "PRIVMSG carol :psst")
    await laptop.shows("hello from the phone")
    for text in ("hello from the laptop", "hello from the phone"):
        assert (await carol.expect(("PRIVMSG", "#lobby", text))).nick == "alice"
    await carol.expect(("PRIVMSG", "carol", "psst"))

    await left.kill()
    await carol.sync()
    start = len(carol.messages)
    carol.send("PRIVMSG #lobby :is the laptop there?")
    await phone.expect(("PRIVMSG", "#lobby", "is the laptop there?"))
    await asyncio.sleep(5 * LEASE)
    # The phone goes too; nobody is there, and alice still is.
    await phone.close()
    carol.send("PRIVMSG #lobby :while you slept")
    await carol.sync()
    # The laptop opens again, on an edge that is new.
    await left.launch()
    await laptop.type("/connect acme")
    await laptop.shows("while you slept")
    await laptop.type("good morning")
    assert (await carol.expect(("PRIVMSG", "#lobby", "good morning"))).nick == "alice"
    flaps = [m.line for m in carol.messages[start:] if m.command in ("JOIN", "PART", "QUIT", "NICK")]
    assert not flaps, flaps
    # The phone asks for what was said in the meantime, and has it once.
    phone = await log_in(world, right, "alice", "draft/chathistory batch server-time message-tags", websocket=True)
    await phone.expect(("366", None, "#lobby"))
    phone.send("CHATHISTORY LATEST #lobby * 50")
    await phone.expect(lambda m: m.command == "BATCH" and m.parameters[0].startswith("+"))
    past = await phone.collect(lambda m: m.command == "BATCH" and m.parameters[0].startswith("-"))
    texts = [m.text for m in past if m.command == "PRIVMSG"]
    assert texts == [
        "hello from the laptop", "hello from the phone", "is the laptop there?", "while you slept", "good morning"
    ], texts  # fmt: skip


class CutOff:
    """Bob on one edge, and on another, whose way to Redis leads through a door, Alice with her account and Gil with a token."""

    def __init__(self, world: World):
        self.world = world
        #: What Bob said.
        self.said: list[str] = []
        #: Where the messages begin that count.
        self.starts: dict[str, int] = {}

    async def begin(self, **spec) -> None:
        world = self.world
        world.tenants.tenant("acme", admins={"alice": PASSWORD}, spec=spec)
        await world.stores()
        self.door = Door(world.redis.port)
        redis = f"redis://127.0.0.1:{await self.door.open()}"
        [self.left] = await world.edges(1, lease_seconds=LEASE, redis_url=redis)
        [self.right] = await world.edges(1, lease_seconds=LEASE)
        self.bob = await world.client(self.right, "bob")
        self.alice = await log_in(world, self.left, "alice", "echo-message message-tags")
        self.gil = Resumer(world, "gil", "#lobby", 1)
        await self.bob.join("#lobby")
        await self.alice.join("#lobby")
        await self.gil.begin(self.left)
        for client in (self.bob, self.alice, self.gil.client):
            await client.sync()
        self.start = len(self.bob.messages)

    def say(self, text: str) -> None:
        self.said.append(text)
        self.bob.send(f"PRIVMSG #lobby :{text}")

    async def is_taken_for_dead(self) -> None:
        """The other edge has seen to what the one that is cut off held."""
        seen = len(self.right.output)
        await self.right.wait_for_output("a pod is gone", 60, after=seen)

    def check_bob(self) -> None:
        """He noticed nothing."""
        flaps = [m.line for m in self.bob.messages[self.start :] if m.command in ("JOIN", "PART", "QUIT", "NICK")]
        assert not flaps, flaps

    @staticmethod
    def heard(client: Client, start: int = 0) -> list[str]:
        """What came from Bob."""
        lines = client.messages[start:]
        return [m.text for m in lines if m.command == "PRIVMSG" and m.nick == "bob"]


@scenario
async def an_edge_is_cut_off(world: World) -> None:
    """An edge does not reach Redis for longer than a lease: its people notice a pause, and the others nothing at all."""
    cut = CutOff(world)
    await cut.begin()
    people = [cut.alice, cut.gil.client]
    for way in (cut.door.stall, cut.door.shut):
        mine = f"hers while it {way.__name__}s"
        cut.say(f"before it {way.__name__}s")
        await cut.alice.expect(("PRIVMSG", "#lobby", cut.said[-1]))
        way()
        cut.say(f"while it {way.__name__}s")
        cut.alice.send(f"PRIVMSG #lobby :{mine}")
        await cut.is_taken_for_dead()
        cut.say(f"when it was taken for dead, {way.__name__}")
        cut.door.go_on()
        for person in people:
            await person.expect(("PRIVMSG", "#lobby", cut.said[-1]))

        async def is_told() -> bool:
            """Alice knows how it ended, and Bob has heard it if it was taken."""
            echoes = [m for m in cut.alice.messages if m.command == "PRIVMSG" and m.text == mine]
            refusals = [m for m in cut.alice.messages if m.command in ("NOTICE", "FAIL") and "PRIVMSG" in m.line]
            await cut.bob.sync()
            heard = [m for m in cut.bob.messages if m.command == "PRIVMSG" and m.text == mine]
            assert len(echoes) <= 1 and len(heard) <= 1, [m.line for m in echoes + heard]
            return len(heard) == len(echoes) and bool(echoes or refusals)

        await until(is_told, "Alice to be told how her message ended")
    for person in people:
        await person.sync()
        assert not person.is_closed
        assert cut.heard(person) == cut.said, cut.heard(person)
        gaps = [m.line for m in person.messages if "missing" in m.line or "More was said" in m.line]
        assert not gaps, gaps
    cut.check_bob()
    await check_no_ghosts(world, cut.right, 3)


@scenario
async def an_edge_is_cut_off_for_long(world: World) -> None:
    """Longer than sessions wait: its people are led away, come back on another edge, and still nobody noticed anything."""
    cut = CutOff(world)
    await cut.begin(sessions={"resumeGrace": f"{3 * LEASE}s"})
    cut.say("before")
    await cut.alice.expect(("PRIVMSG", "#lobby", "before"))
    await cut.gil.client.sync()
    cut.gil.look()
    cut.door.shut()
    cut.say("while it is cut off")
    for person in (cut.alice, cut.gil.client):
        # No ERROR, after which some clients do not come back by themselves.
        told = await person.expect(lambda m: "cut off, connect again" in m.text)
        assert told.command == "NOTICE", told
    alice = await log_in(world, cut.right, "alice", "echo-message message-tags")
    await cut.gil.come_back([cut.right])
    cut.say("when they are back")
    for person in (alice, cut.gil.client):
        await person.expect(("PRIVMSG", "#lobby", "when they are back"))
        # After a pod's death the last half a minute is told, to who does not say what it has seen.
        assert cut.heard(person)[-2:] == cut.said[1:], cut.heard(person)
    assert cut.heard(cut.gil.client) == cut.said[1:], cut.heard(cut.gil.client)
    cut.door.go_on()

    async def is_ready() -> bool:
        return (await cut.left.get("/readyz"))[0] == 200

    await until(is_ready, "the edge to be back")
    # What the edge had to tell of those who left it is no news to anybody.
    newcomer = await world.client(cut.left, "newcomer")
    await newcomer.sync()
    alice.send("PRIVMSG #lobby :here I am")
    await cut.bob.expect(("PRIVMSG", "#lobby", "here I am"))
    cut.check_bob()
