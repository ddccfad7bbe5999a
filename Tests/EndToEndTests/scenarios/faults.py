"""Servers die in the middle of a conversation: what was acknowledged stays said, once and in order."""

import asyncio
import re

from harness.chatter import Chatter
from harness.door import Door
from harness.processes import until
from harness.scenario import scenario
from harness.services import Redis
from harness.world import World

LEASE = 3


@scenario
async def redis_dies(world: World) -> None:
    """No client is dropped for it, and nothing acknowledged is lost, doubled or reordered."""
    world.tenants.tenant("acme")
    edges = await world.edges(lease_seconds=LEASE)
    chat = Chatter(world)
    await chat.begin(edges)
    await chat.progress()
    for _ in range(2):
        await world.redis.kill()
        # Clients talk on into the void until both edges have noticed.
        quiet = await world.connection(edges[0])
        quiet.send("PING still-there", "NICK someone")
        await world.redis.launch()
        await chat.progress(within=60)
    await chat.finish()
    # Those who come later find everything in its place.
    late = await world.client(edges[1], "late")
    names = await late.join("#lobby")
    nicks = {word.lstrip(".@+") for m in names if m.command == "353" for word in m.text.split()}
    assert nicks == {"late"} | {talker.client.nick for talker in chat.talkers}, nicks


@scenario
async def redis_is_away_for_long(world: World) -> None:
    """For longer than a lease: sessions are not buried for an outage that all edges shared, and nothing is missed."""
    world.tenants.tenant("acme")
    edges = await world.edges(lease_seconds=LEASE)
    chat = Chatter(world)
    await chat.begin(edges, each=2)
    await chat.progress()
    await world.redis.kill()
    outage = asyncio.get_running_loop().time() + 3 * LEASE

    async def is_over() -> bool:
        return asyncio.get_running_loop().time() > outage

    await until(is_over, "the outage to be longer than a lease")
    await world.redis.launch()
    await chat.progress(within=60)
    await chat.finish()


@scenario
async def redis_fails_over(world: World) -> None:
    """A replica that lagged is promoted. Everybody saw every acknowledged message once, or is told that some are missing."""
    world.tenants.tenant("acme")
    await world.stores()
    replica = Redis(world.folder, "replica", primary=world.redis)
    world.programs.append(replica)
    await replica.launch()

    async def has_mark() -> bool:
        return "1" in await replica.command("EXISTS", "mark")

    door = Door(world.redis.port)
    edges = await world.edges(lease_seconds=LEASE, redis_url=f"redis://127.0.0.1:{await door.open()}")
    chat = Chatter(world)
    await chat.begin(edges)
    await chat.progress()
    # What is before the mark has come to the replica; from here on the primary alone has what is said.
    await world.redis.command("SET", "mark", "here")
    await until(has_mark, "the replica to have it", within=60)
    await replica.command("REPLICAOF", "NO", "ONE")
    await chat.progress()
    await world.redis.kill()
    door.lead(replica.port)
    await chat.progress(within=60)
    goes_on = [len(talker.acknowledged) for talker in chat.talkers]
    await chat.progress()
    chat.is_over = True
    async with asyncio.timeout(90):
        await asyncio.gather(*chat.tasks)
    await chat.say_the_end()

    told = 0
    for talker in chat.talkers:
        client = talker.client
        assert not client.is_closed, f"{client.nick} was disconnected: {client.tail()}"
        texts = [text for text, _ in talker.seen("#lobby")]
        assert len(texts) == len(set(texts)), f"{client.nick} saw a message twice"
        gap = any(m.command == "NOTICE" and "may be missing" in m.text for m in client.messages)
        told += gap
        missing = chat.acknowledged - set(texts)
        assert gap or not missing, f"{client.nick} lacks {sorted(missing)[:5]} and was not told"
    # What was lost is the same for all, and each who had it is told so.
    assert told == len(chat.talkers), f"{told} of {len(chat.talkers)} are told that the store lost messages"
    # Once everybody goes on, nobody misses anything any more, and the order is one.
    late = {text for talker, count in zip(chat.talkers, goes_on) for text in talker.acknowledged[count:]}
    orders = [[entry for entry in talker.seen("#lobby") if entry[0] in late] for talker in chat.talkers]
    for talker, order in zip(chat.talkers, orders):
        assert set(order) == set(orders[0]), f"{talker.client.nick} saw other messages than user0"
        assert chat.others(talker, order) == chat.others(talker, orders[0]), f"{talker.client.nick} saw another order"
    await history_has(world, late)


@scenario
async def postgresql_dies(world: World) -> None:
    """Chat goes on without it, and afterwards the history has every acknowledged message once."""
    world.tenants.tenant("acme")
    edges = await world.edges(lease_seconds=LEASE)
    chat = Chatter(world)
    await chat.begin(edges)
    await chat.progress()
    await world.postgres.kill()
    await chat.progress(30)
    await world.postgres.launch()
    await chat.progress(30)
    await chat.finish()
    await history_is_complete(world, chat)


@scenario
async def history_survives_everything(world: World) -> None:
    """An edge, Redis and PostgreSQL die one after the other; no acknowledged message is missing in the history."""
    world.tenants.tenant("acme")
    left, right = await world.edges(lease_seconds=LEASE)
    chat = Chatter(world)
    await chat.begin([left])
    await chat.progress()
    await world.postgres.kill()
    await chat.progress()
    await right.kill()
    await world.redis.kill()
    await world.redis.launch()
    await chat.progress(within=60)
    await world.postgres.launch()
    await right.launch()
    await chat.progress(within=60)
    await chat.finish()
    await history_is_complete(world, chat)


@scenario
async def nothing_dies(world: World) -> None:
    """The history has every acknowledged message once."""
    world.tenants.tenant("acme")
    chat = Chatter(world)
    await chat.begin(await world.edges(lease_seconds=LEASE))
    await chat.progress()
    await chat.finish()
    await history_is_complete(world, chat)


async def history_has(world: World, acknowledged: set[str]) -> list[str]:
    """Asks the database itself, until it has everything that was acknowledged. Returns what it has."""
    async def kept() -> list[str]:
        rows = await world.postgres.query(
            "SELECT h.text FROM history h JOIN conversations c ON c.tenant = h.tenant AND c.id = h.conversation"
            " WHERE h.tenant = 'acme' AND c.name = '#lobby' AND h.kind = 1"
        )
        return [match[0] for row in rows if (match := re.search(r"said-[a-z0-9]+-\d+-", row[0]))]

    async def is_complete() -> bool:
        return acknowledged <= set(await kept())

    try:
        await until(is_complete, "every acknowledged message to be in the history", within=110)
    except AssertionError as error:
        missing = acknowledged - set(await kept())
        raise AssertionError(
            f"{len(missing)} of {len(acknowledged)} acknowledged messages are not in the history:"
            f" {sorted(missing)[:5]}"
        ) from error
    texts = await kept()
    assert len(texts) == len(set(texts)), "the history has a message twice"
    return texts


async def history_is_complete(world: World, chat: Chatter) -> None:
    texts = await history_has(world, chat.acknowledged)
    said = {text for text, _ in chat.talkers[0].seen("#lobby")}
    assert set(texts) <= said, "the history has what nobody saw"


@scenario
async def edge_dies(world: World) -> None:
    """Its users quit for the others within the lease, their nicknames are free again, the others chat on."""
    world.tenants.tenant("acme")
    left, right = await world.edges(lease_seconds=LEASE)
    stayer = await world.client(left, "stayer")
    friend = await world.client(left, "friend")
    gone = [await world.client(right, f"gone{i}") for i in range(5)]
    for client in (stayer, friend, *gone):
        await client.join("#lobby")
    stayer.send("MONITOR + " + ",".join(client.nick for client in gone))
    await stayer.sync()
    # Reapers act only after some renewals without a break.
    await chat_for(stayer, friend, 3 * LEASE)
    began = asyncio.get_running_loop().time()
    await right.kill()
    left_for = set()
    while len(left_for) < len(gone):
        message = await friend.expect("QUIT", within=6 * LEASE)
        left_for.add(message.nick)
    assert left_for == {client.nick for client in gone}
    took = asyncio.get_running_loop().time() - began
    assert took < 4 * LEASE, f"the users of the dead edge quit after {took:.1f} s"
    offline = set()
    while len(offline) < len(gone):
        offline |= {nick.partition("!")[0] for nick in (await stayer.expect("731")).text.split(",")}
    heir = await world.client(left, "gone0")
    names = await heir.join("#lobby")
    nicks = sorted(word.lstrip(".@+") for m in names if m.command == "353" for word in m.text.split())
    assert nicks == ["friend", "gone0", "stayer"], nicks
    await chat_for(stayer, friend, 0.5)
    assert not stayer.is_closed and not friend.is_closed
    # The edge comes back as a new one.
    await right.launch()
    back = await world.client(right, "gone1")
    await back.join("#lobby")
    back.send("PRIVMSG #lobby :back")
    await stayer.expect(("PRIVMSG", "#lobby", "back"))


async def chat_for(one, other, seconds: float) -> None:
    end = asyncio.get_running_loop().time() + seconds
    count = 0
    while asyncio.get_running_loop().time() < end:
        one.send(f"PRIVMSG #lobby :message {count}")
        await other.expect(("PRIVMSG", "#lobby", f"message {count}"))
        await asyncio.sleep(0.05)
        count += 1
