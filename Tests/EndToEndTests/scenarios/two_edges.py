"""Two edges over one Redis and one PostgreSQL look like one server."""

import asyncio
import random

from harness.client import Client
from harness.scenario import scenario
from harness.world import World


def mode(letters: str):
    """A MODE line with these letters in it."""
    return lambda m: m.command == "MODE" and letters in m.parameters[1]


@scenario
async def one_network(world: World) -> None:
    """Everything that users see of one another crosses from edge to edge."""
    world.tenants.tenant("acme", motd="Welcome.")
    left, right = await world.edges()
    caps = "message-tags server-time away-notify setname chghost echo-message"
    alice = await world.client(left, "alice", caps=caps)
    bob = await world.client(right, "bob", "acme", caps=caps)
    carol = await world.client(right, "carol", caps=caps)

    # A nickname is taken on both.
    impostor = await world.connection(right)
    impostor.send("NICK alice", "USER a 0 * :a")
    await impostor.expect("433")

    # MONITOR.
    alice.send("MONITOR + dave,bob")
    online = await alice.expect("730")
    assert online.text.startswith("bob!"), online.line
    await alice.expect("731")
    dave = await world.client(right, "dave", websocket=True)
    assert (await alice.expect("730")).text.startswith("dave!")
    dave.send("QUIT :bye")
    assert (await alice.expect("731")).text == "dave"

    # JOIN and NAMES.
    await alice.join("#lobby")
    names = await bob.join("#lobby")
    assert {w.lstrip(".@+") for m in names if m.command == "353" for w in m.text.split()} == {"alice", "bob"}
    assert (await alice.expect("JOIN")).nick == "bob"
    await carol.join("#lobby")
    await alice.expect("JOIN")
    await bob.expect("JOIN")

    # Messages both ways, echoed with the id that the others see.
    for sender, receivers in ((alice, (bob, carol)), (bob, (alice, carol))):
        sender.send("PRIVMSG #lobby :hello from " + sender.nick)
        echo = await sender.expect(("PRIVMSG", "#lobby", "hello from " + sender.nick))
        for receiver in receivers:
            got = await receiver.expect(("PRIVMSG", "#lobby", "hello from " + sender.nick))
            assert got.tags["msgid"] == echo.tags["msgid"] and got.tags["time"] == echo.tags["time"], got.line
    bob.send("PRIVMSG alice :psst", "NOTICE alice :notice")
    assert (await alice.expect(("PRIVMSG", "alice", "psst"))).nick == "bob"
    assert (await alice.expect(("NOTICE", "alice", "notice"))).nick == "bob"

    # NICK, TOPIC, MODE, AWAY, SETNAME, INVITE, KICK, PART, QUIT.
    bob.send("NICK robert")
    assert (await alice.expect("NICK")).text == "robert"
    alice.send("PRIVMSG robert :new name")
    await bob.expect(("PRIVMSG", "robert", "new name"))
    alice.send("PRIVMSG bob :old name")
    await alice.expect("401")
    alice.send("TOPIC #lobby :the topic")
    assert (await bob.expect("TOPIC")).text == "the topic"
    alice.send("MODE #lobby +o-v+m robert carol")
    await bob.expect(mode("o"))
    carol.send("PRIVMSG #lobby :not heard")
    await carol.expect("404")
    bob.send("MODE #lobby +v carol")
    await carol.expect(mode("+v"))
    carol.send("PRIVMSG #lobby :heard")
    await alice.expect(("PRIVMSG", "#lobby", "heard"))
    bob.send("AWAY :lunch")
    assert (await alice.expect("AWAY")).text == "lunch"
    alice.send("PRIVMSG robert :are you there")
    assert (await alice.expect("301")).text == "lunch"
    bob.send("SETNAME :Robert Tables")
    assert (await alice.expect("SETNAME")).text == "Robert Tables"
    whois = await alice.ask("WHOIS robert", "318")
    assert "Robert Tables" in next(m.text for m in whois if m.command == "311")
    eve = await world.client(left, "eve")
    alice.send("MODE #lobby +i")
    await bob.expect(mode("+i"))
    eve.send("JOIN #lobby")
    await eve.expect("473")
    bob.send("INVITE eve #lobby")
    await eve.expect(("INVITE", "eve", "#lobby"))
    await eve.join("#lobby")
    assert (await carol.expect("JOIN")).nick == "eve"
    alice.send("KICK #lobby carol :enough")
    assert (await carol.expect("KICK")).text == "enough"
    assert (await bob.expect("KICK")).parameters[1] == "carol"
    bob.send("MODE #lobby -i+b *!*@*")
    await alice.expect(mode("b"))
    carol.send("JOIN #lobby")
    await carol.expect("474")
    bob.send("MODE #lobby -b *!*@*")
    await bob.sync()
    eve.send("PART #lobby :going")
    assert (await bob.expect("PART")).nick == "eve"
    eve.send("QUIT :gone")
    await bob.sync()
    alice.send("QUIT :good night")
    quit = await bob.expect("QUIT")
    assert quit.nick == "alice" and quit.text == "Quit: good night", quit.line
    back = await world.client(right, "alice")
    await back.sync()

    # Both edges agree on what there is.
    other = await world.client(left, "frank")
    for client in (bob, other):
        listed = {m.parameters[1]: m.parameters[2:] for m in await client.ask("LIST", "323") if m.command == "322"}
        assert listed == {"#lobby": ["1", "the topic"]}, listed
        users = [m.line for m in await client.ask("LUSERS", "255") if m.command == "251"]
        assert " 4 " in users[0] or " 5 " in users[0], users


async def chatter(clients: list[Client], messages: int, seed: int) -> None:
    """Everybody sends in bursts of random length; each waits for its own echo before it goes on."""
    async def talk(client: Client, index: int) -> None:
        dice = random.Random(seed + index)
        sent = 0
        while sent < messages:
            burst = min(dice.randint(1, 8), messages - sent)
            client.send(*(f"PRIVMSG #lobby :{client.nick} {sent + i}" for i in range(burst)))
            sent += burst
            await client.expect(("PRIVMSG", "#lobby", f"{client.nick} {sent - 1}"), within=90)

    await asyncio.gather(*(talk(client, index) for index, client in enumerate(clients)))


@scenario
async def same_order(world: World) -> None:
    """Under load all members on both edges see the same messages in the same order, each once."""
    world.tenants.tenant("acme")
    edges = await world.edges()
    members, each = 20, 100
    clients = await asyncio.gather(
        *(world.client(edges[i % 2], f"user{i}", caps="echo-message message-tags") for i in range(members))
    )
    for client in clients:
        await client.join("#lobby")
    for client in clients:
        await client.sync()
    await chatter(clients, each, seed=20)
    orders = []
    for client in clients:
        # All were acknowledged; what is after the last is a line of its own, in the same log.
        def said(client: Client = client) -> list:
            return [m for m in client.messages if m.command == "PRIVMSG"]

        while len(said()) < members * each:
            await client.expect("PRIVMSG", within=30)
        await client.sync()
        orders.append([(m.text, m.tags["msgid"]) for m in said()])
    first = orders[0]
    texts = [text for text, _ in first]
    assert len(texts) == len(set(texts)) == members * each, f"{len(texts)} messages, {len(set(texts))} different"
    assert len({msgid for _, msgid in first}) == members * each
    for index, order in enumerate(orders):
        assert order == first, f"user{index} saw another order than user0"
    for index in range(members):
        own = [int(text.split()[1]) for text in texts if text.startswith(f"user{index} ")]
        assert own == list(range(each)), f"user{index}'s messages are out of order"
