"""NickServ and ChanServ, and what belongs to accounts: nicknames and channels."""

import shutil

from harness.client import Client
from harness.edge import Edge
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, login, plain
from .restarts import WeeChat
from .sessions import LEASE
from .strangers import Irssi

CHANNEL = "#tea"


async def told(client: Client, line: str, text: str) -> None:
    """Says something to a service, which answers with a text at last."""
    client.send(line)
    await client.expect(lambda m: m.command == "NOTICE" and text in m.text)


async def joined(client: Client, *line: str) -> tuple[list[str], list[str]]:
    """Comes into the channel. Returns its topic, and who is in it."""
    client.send(" ".join(("JOIN", CHANNEL, *line)))
    lines = await client.collect(lambda m: m.command in ("366", "475", "FAIL"))
    assert lines[-1].command == "366", lines[-1].line
    topics = [m.text for m in lines if m.command == "332"]
    return topics, sorted(word for m in lines if m.command == "353" for word in m.text.split())


async def lose(world: World, edges: list[Edge]) -> None:
    """Redis is there again with nothing of what it had."""
    await world.redis.kill()
    shutil.rmtree(world.redis.folder)
    world.redis.folder.mkdir()
    await world.redis.launch()
    for edge in edges:
        await until(lambda edge=edge: is_ready(edge), "the edge to reach the store again", within=30)


async def is_ready(edge: Edge) -> bool:
    return (await edge.get("/readyz"))[0] == 200


@scenario
async def owned(world: World) -> None:
    """Redis loses everything, with both edges and without: a channel and its people are there before the first JOIN."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD}, spec={"accounts": {"nickOwnership": "Strict"}})
    edges = await world.edges(lease_seconds=LEASE)
    people = []
    for nick, edge in (("ann", edges[0]), ("bob", edges[1])):
        person = await world.client(edge, nick)
        await told(person, f"NS REGISTER {PASSWORD.replace(' ', '-')}", f"You are now logged in as {nick}")
        people.append(person)
    ann, bob = people
    await joined(ann)
    await told(ann, f"CS REGISTER {CHANNEL}", "belongs to you now")
    await told(ann, f"CS ACCESS {CHANNEL} ADD bob host", "bob is host")
    await joined(bob)
    ann.send(f"MODE {CHANNEL} +k secret", f"MODE {CHANNEL} +b *!*@bad.example", f"TOPIC {CHANNEL} :leaves and water")
    await bob.expect(("TOPIC", CHANNEL, "leaves and water"))

    for round, kills in enumerate((False, True)):
        topic = ["leaves and water", "only leaves"][round]

        async def is_kept() -> bool:
            rows = await world.postgres.query("SELECT encode(fields, 'escape') FROM channels WHERE owner = 'ann'")
            return any(topic in row[0] for row in rows)

        await until(is_kept, f"the database to have {topic}", within=30)
        if kills:
            for edge in edges:
                await edge.kill()
        await lose(world, [] if kills else edges)
        if kills:
            for edge in edges:
                await edge.launch()
        else:
            # They are told that their sessions are gone.
            for person in (ann, bob):
                await person.ended()

        # The first to come is nobody there, on whichever edge, and does not go by another's name.
        eve = await world.client(edges[round], "eve")
        assert await eve.ask(f"JOIN {CHANNEL}", "475")
        topics, names = await joined(eve, "secret")
        assert (topics, names) == ([topic], ["eve"]), (topics, names)
        banned = await eve.ask(f"MODE {CHANNEL} b", "368")
        assert [m.parameters[2] for m in banned if m.command == "367"] == ["*!*@bad.example"], eve.tail(20)
        assert await eve.ask("NICK ann", "433")
        bob = await login(world, edges[1 - round], plain, "bob", PASSWORD.replace(" ", "-"), "bob")
        assert (await joined(bob, "secret"))[1] == ["@bob", "eve"]
        # The founder needs no key.
        ann = await login(world, edges[round], plain, "ann", PASSWORD.replace(" ", "-"), "ann")
        assert (await joined(ann))[1] == ["@ann", "@bob", "eve"]
        ann.send(f"TOPIC {CHANNEL} :only leaves")
        await bob.expect(("TOPIC", CHANNEL, "only leaves"))


@scenario
async def driven(world: World) -> None:
    """irssi and WeeChat register accounts and a channel, log in, and look after both, as people type it."""
    world.tenants.tenant("acme", motd="Welcome.")
    left, right = await world.edges()
    irssi = Irssi(world, left.irc)
    await irssi.begin()
    # What services say is shown in the first window.
    await irssi.type("/set autocreate_own_query OFF")
    await irssi.type("/msg NickServ REGISTER correct-horse irssi@example.com")
    await irssi.shows("You have an account now: irssi")
    await irssi.type(f"/join {CHANNEL}")
    await irssi.shows(f"{CHANNEL}: Total of 1 nicks")
    await irssi.type("/window 1")
    await irssi.type(f"/msg ChanServ REGISTER {CHANNEL}")
    await irssi.shows(f"{CHANNEL} belongs to you now")

    friend = await world.client(right, "friend")
    await told(friend, "NS REGISTER battery-staple", "You have an account now")
    friend.send("QUIT")
    await friend.ended()

    weechat = WeeChat(world, right.irc, "friend", fingerprint=None)
    await weechat.begin()
    await weechat.shows("Welcome to", "irc.server.acme")
    # Whose nickname it goes by it is told, and logs in.
    await weechat.shows("This nickname belongs to an account", "irc.server.acme")
    await weechat.write("/msg nickserv identify battery-staple", "irc.server.acme")
    await weechat.shows("You are now logged in as friend", "irc.server.acme")
    await irssi.type(f"/msg ChanServ ACCESS {CHANNEL} ADD friend voice")
    await irssi.shows(f"friend is voice in {CHANNEL} from now on")
    await weechat.write(f"/join {CHANNEL}", "irc.server.acme")
    eve = await world.client(left, "eve")
    await until(lambda: is_in(eve, "+friend"), "WeeChat to have its voice", within=30)
    await weechat.write(f"/msg chanserv info {CHANNEL}", "irc.server.acme")
    await weechat.shows(f"{CHANNEL} belongs to irssi", "irc.server.acme")
    # Both have words that are commands of the server's.
    await irssi.type("/quote NS LISTCHANS")
    await irssi.shows(f"Your channels: {CHANNEL}")
    await irssi.type(f"/msg ChanServ DROP {CHANNEL}")
    await irssi.shows(f"{CHANNEL} belongs to nobody now")
    await weechat.write("/quote NS DROP battery-staple", "irc.server.acme")
    await weechat.shows("Your account is no more", "irc.server.acme")


async def is_in(client: Client, name: str) -> bool:
    """Whether somebody is in the channel with a rank."""
    names = await client.ask(f"NAMES {CHANNEL}", "366")
    return any(name in m.text.split() for m in names if m.command == "353")
