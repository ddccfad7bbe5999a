"""Who comes into a network and its channels: closed doors, and links that invite, over two edges."""

from harness.client import Client
from harness.edge import Edge
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, scram
from .checks import noted, operator

CHANNEL = "#tea"
CAPS = "standard-replies message-tags"
#: As NickServ takes one.
WORD = PASSWORD.replace(" ", "-")


async def comes(world: World, edge: Edge, nick: str, account: str | None = None, password: str = WORD) -> Client:
    """Somebody who wants to come in."""
    client = await world.connection(edge)
    client.nick = nick
    await client.capabilities("standard-replies", "sasl")
    if account:
        assert await scram(client, account, password) == "903"
    client.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}", "CAP END")
    return client


async def owner(world: World, edge: Edge, nick: str = "ann") -> Client:
    """Somebody with an account whose channel it is."""
    client = await world.client(edge, nick, caps=CAPS)
    client.send(f"NS REGISTER {WORD}")
    await client.expect("900")
    await client.join(CHANNEL)
    client.send(f"CS REGISTER {CHANNEL}")
    await client.expect(lambda m: m.command == "NOTICE" and "belongs to you now" in m.text)
    return client


@scenario
async def closed(world: World) -> None:
    """Doors of the network and of a channel are closed on both edges, also for an edge that begins, and open again."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    left, right = edges = await world.edges()
    boss = await operator(world, right)
    ann = await owner(world, right)
    guest = await world.client(right, "guest", caps=CAPS)
    await guest.join(CHANNEL)
    names = (f"g{number}" for number in range(1000))

    async def refuses(edge: Edge, why: str) -> bool:
        client = await comes(world, edge, next(names))
        first = await client.expect("ERROR", "001")
        if first.command == "001":
            return False
        assert why in first.text, client.tail()
        await client.ended()
        return True

    async def are_open() -> None:
        for edge in edges:

            async def lets_in(edge: Edge = edge) -> bool:
                return (await (await comes(world, edge, next(names))).expect("001", "ERROR")).command == "001"

            await until(lets_in, f"the doors of {edge.name} to be open")

    await are_open()
    assert await noted(boss, "RAID ON 10m :they come in swarms", "RAID_ON")
    for edge in edges:

        async def is_closed(edge: Edge = edge) -> bool:
            return await refuses(edge, "they come in swarms")

        await until(is_closed, f"the doors of {edge.name} to be closed")
        await (await comes(world, edge, next(names), account="ann")).expect("001", refuse="ERROR")
    # Who is there stays, speaks there, and does nothing else.
    guest.send(f"PRIVMSG {CHANNEL} :hello")
    assert (await ann.expect(("PRIVMSG", CHANNEL))).text == "hello"
    for line, code in (
        ("JOIN #new", "ACCOUNT_REQUIRED"), ("PRIVMSG ann :psst", "ACCOUNT_REQUIRED"), (f"REGISTER * * :{WORD}", "DISALLOWED"),
    ):  # fmt: skip
        guest.send(line)
        assert (await guest.expect("FAIL", "JOIN", "REGISTER")).parameters[1] == code, guest.tail()
    guest.send("PRIVMSG chief :help")
    assert (await boss.expect("PRIVMSG")).text == "help"
    # An edge that begins knows it before anybody is let in.
    await left.kill()
    await left.launch()
    assert await refuses(left, "they come in swarms")
    assert await noted(boss, "RAID OFF", "RAID_OFF")
    await are_open()
    # They open by themselves, too.
    assert await noted(boss, "RAID ON 2s :for a moment", "RAID_ON")
    await are_open()
    assert await noted(boss, "RAID", "RAID_OFF")

    ann.send(f"RAID {CHANNEL} ON 10m :no strangers")
    assert (await ann.expect("NOTE", "FAIL")).parameters[1:3] == ["RAID_ON", CHANNEL], ann.tail()
    assert (await guest.expect(("NOTICE", CHANNEL))).text.endswith("no strangers"), guest.tail()
    for number, edge in enumerate(edges):
        late = await world.client(edge, f"late{number}", caps=CAPS)
        late.send(f"JOIN {CHANNEL}")
        assert "no strangers" in (await late.expect("477", "JOIN")).text, late.tail()
        await (again := await comes(world, edge, f"ann{number}", account="ann")).expect("001")
        again.send(f"JOIN {CHANNEL}")
        await again.expect("366", refuse="477")
    guest.send(f"PRIVMSG {CHANNEL} :may I?")
    assert (await guest.expect("404", "FAIL")).text.endswith("no strangers"), guest.tail()
    ann.send(f"RAID {CHANNEL} OFF")
    await guest.expect(("NOTICE", CHANNEL))
    await late.join(CHANNEL)


@scenario
async def links(world: World) -> None:
    """A link for two lets exactly two in, however many try at once on both edges, and none who is banned."""
    world.tenants.tenant("acme")
    edges = await world.edges()
    ann = await owner(world, edges[0])
    ann.send(f"MODE {CHANNEL} +ik secret", f"MODE {CHANNEL} +b bad!*@*")
    await ann.sync()

    async def made(rest: str) -> tuple[str, str]:
        """The id and the code of a new link."""
        link, code = (await noted(ann, f"INVITELINK CREATE {CHANNEL} {rest}", "LINK_CREATED"))[1:3]
        return link, code

    async def left() -> dict[str, str]:
        """The uses that are left, by links."""
        lines = await ann.ask(f"INVITELINK LIST {CHANNEL}", ("NOTE", "INVITELINK", "LINKS_END"))
        return {m.parameters[3]: m.parameters[4] for m in lines if m.parameters[1:2] == ["LINK"]}

    # Everybody from an address of their own: who tries many codes waits.
    people = [
        await world.client(edges[number % 2], f"guest{number}", caps=CAPS, address=f"127.0.3.{number + 1}")
        for number in range(12)
    ]
    bad = await world.client(edges[1], "bad", caps=CAPS, address="127.0.3.100")
    link, code = await made("2 1h")
    bad.send(f"INVITELINK USE {code}")
    assert (await bad.expect("474", "FAIL", "JOIN")).command == "474", bad.tail()
    assert await left() == {link: "2"}, ann.tail()
    for client in people:
        client.send(f"INVITELINK USE {code}")
    ends = [await client.expect("366", "FAIL") for client in people]
    assert sum(end.command == "366" for end in ends) == 2, [end.line for end in ends]
    assert {end.parameters[1] for end in ends if end.command == "FAIL"} == {"NO_SUCH_LINK"}, [end.line for end in ends]
    names = await ann.ask(f"NAMES {CHANNEL}", "366")
    assert len([word for m in names if m.command == "353" for word in m.text.split()]) == 3, ann.tail()
    assert await left() == {}

    # One that is revoked on one edge is nothing on the other at once, and the code is nowhere.
    out = [client for client, end in zip(people, ends) if end.command == "FAIL"][:2]
    link, other = await made("5")
    assert await noted(ann, f"INVITELINK REVOKE {CHANNEL} {link}", "LINK_REVOKED")
    for client in out:
        client.send(f"INVITELINK USE {other}")
        assert (await client.expect("366", "FAIL")).parameters[1] == "NO_SUCH_LINK"
    # It waits in the database while an edge is killed.
    _, last = await made("1")
    await edges[1].kill()
    await edges[1].launch()
    late = await world.client(edges[1], "late", caps=CAPS, address="127.0.3.200")
    late.send(f"INVITELINK USE {last}")
    await late.expect("366", refuse="FAIL")
    stored = str(await world.postgres.query("SELECT * FROM invite_links")) + "".join(edge.output for edge in edges)
    assert not any(word in stored for word in (code, other, last))
