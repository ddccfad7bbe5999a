"""One process, several tenants: whatever one does, the other sees nothing of it."""

import asyncio
import re
import time

from harness.client import Client
from harness.edge import Edge
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, login, plain


@scenario
async def isolation(world: World) -> None:
    world.tenants.tenant("acme", spec={"displayName": "Acme Corp"})
    world.tenants.tenant("globex")
    edge = await world.embedded()

    # The same nicknames on both, by every way in: TLS with a server name, WebSocket with a Host.
    people: dict[str, dict[str, Client]] = {}
    for tenant in ("acme", "globex"):
        people[tenant] = {
            "alice": await world.client(edge, "alice", tenant),
            "bob": await world.client(edge, "bob", tenant, websocket=True),
        }
        for client in people[tenant].values():
            client.send("MONITOR + carol")
            await client.sync()
            await client.join("#lobby")
    everybody = [client for tenant in people.values() for client in tenant.values()]
    for client in everybody:
        await client.sync()

    # A taken nickname is taken on its own tenant only.
    third = await world.connection(edge, "acme")
    third.send("NICK alice", "USER alice 0 * :alice")
    await third.expect("433")
    third.send("NICK carol")
    await third.expect("376", "422")
    await people["acme"]["alice"].expect("730")

    # Whatever a user does on acme …
    acme, globex = people["acme"], people["globex"]
    acme["alice"].send(
        "PRIVMSG #lobby :secret of acme", "PRIVMSG bob :secret for bob of acme", "TOPIC #lobby :acme's topic",
        "MODE #lobby +k acmekey", "AWAY :acme away", "INVITE carol #lobby", "NOTICE #lobby :secret notice of acme",
    )  # fmt: skip
    await acme["bob"].expect(("PRIVMSG", "#lobby", "secret of acme"))
    await acme["bob"].expect(("PRIVMSG", "bob", "secret for bob of acme"))
    await acme["bob"].expect(("NOTICE", "#lobby", "secret notice of acme"))
    third.send("JOIN #hidden", "JOIN #lobby acmekey")
    await third.expect(("366", None, "#lobby"))
    acme["bob"].send("NICK robert")
    await acme["alice"].expect("NICK")
    third.send("QUIT :done")
    await acme["alice"].expect("QUIT")

    # … nobody on globex sees, and nothing there changed.
    for name, client in globex.items():
        seen = await client.sync()
        leaked = [m.line for m in seen if m.command not in ("PONG", "JOIN", "353", "366", "MODE", "731", "324", "329")]
        assert not leaked, f"globex's {name} saw {leaked}"
        assert "acme" not in "\n".join(m.line for m in client.messages).lower(), f"globex's {name} saw acme's name"
    alice = globex["alice"]
    names = await alice.ask("NAMES #lobby", "366")
    assert sorted(word.lstrip(".@+") for m in names if m.command == "353" for word in m.text.split()) == ["alice", "bob"]
    assert not [m for m in await alice.ask("TOPIC #lobby", lambda m: m.command in ("331", "332")) if m.command == "332"]
    listed = [m.parameters[1] for m in await alice.ask("LIST", "323") if m.command == "322"]
    assert listed == ["#lobby"], listed
    whois = await alice.ask("WHOIS robert", "318")
    assert [m.command for m in whois] == ["401", "318"], [m.line for m in whois]
    whois = await alice.ask("WHOIS alice", "318")
    assert not [m for m in whois if m.command == "301"], "globex's alice is not away"
    whois = await alice.ask("WHOWAS carol", "369")
    assert not [m for m in whois if m.command == "314"], [m.line for m in whois]
    who = [m.parameters for m in await alice.ask("WHO #lobby", "315") if m.command == "352"]
    assert sorted(p[5] for p in who) == ["alice", "bob"], who
    ison = await alice.ask("ISON carol robert bob", "303")
    assert ison[-1].text.split() == ["bob"], ison[-1].line
    users = [m.line for m in await alice.ask("LUSERS", "255") if m.command in ("251", "255")]
    assert " 2 " in users[0], users
    seen = await alice.ask("PRIVMSG robert :hello", lambda m: m.command == "401")
    assert seen[-1].parameters[1] == "robert"
    assert (await third.ended()).endswith("(Quit: done)")


@scenario
async def cloaks(world: World) -> None:
    """Nobody's address is shown, and the same address looks different on each tenant."""
    world.tenants.tenant("acme")
    world.tenants.tenant("globex")
    edge = await world.embedded()
    hosts = {}
    for tenant in ("acme", "globex"):
        alice = await world.client(edge, "alice", tenant)
        bob = await world.client(edge, "bob", tenant)
        for client in (alice, bob):
            await client.join("#lobby")
        whois = await alice.ask("WHOIS bob", "318")
        assert not [m.line for m in alice.messages if "127.0.0.1" in m.line], "an address was shown"
        hosts[tenant] = next(m.parameters[3] for m in whois if m.command == "311")
    assert hosts["acme"] != hosts["globex"], hosts


@scenario
async def starts_at_once(world: World) -> None:
    """`roost dev` says for each tenant how to connect, in lines that work."""
    world.tenants.tenant("acme", spec={"displayName": "Acme Corp"})
    world.tenants.tenant("globex")
    edge = await world.embedded()
    assert f"openssl s_client -quiet -servername acme.localhost -connect 127.0.0.1:{edge.ircs}" in edge.output
    assert f"ws://globex.localhost:{edge.http}/irc" in edge.output
    plain, secure = await asyncio.gather(world.client(edge, "alice"), world.client(edge, "bob", "acme"))
    await plain.join("#lobby")
    await secure.join("#lobby")
    secure.send("PRIVMSG #lobby :hello")
    await plain.expect(("PRIVMSG", "#lobby", "hello"))


@scenario
async def restarts(world: World) -> None:
    """`roost dev` is ended and killed and started again on the same data: accounts are where they were, guests are gone."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    edge = await world.embedded("--shards", "2", ephemeral=False)
    boss = await login(world, edge, plain, "boss", PASSWORD, "boss")
    await boss.join("#lobby")
    boss.send("TOPIC #lobby :news", "MODE #lobby +nt", "MODE #lobby +b *!*@bad.example")
    await boss.expect(("MODE", "#lobby", "+b"))
    ended = [edge.terminate, edge.kill, edge.kill, edge.terminate]
    for number, end in enumerate(ended):
        guest = await world.client(edge, "guest")
        await guest.join("#lobby")
        # They are on different shards: it has to have heard.
        await boss.expect(lambda m: m.command == "JOIN" and m.nick == "guest")
        boss.send("MODE #lobby +v guest")
        await guest.expect(("MODE", "#lobby", "+v"))
        is_away = number != 2
        since = time.time()
        await until(lambda: is_written(edge, since), "an image of who is there")
        if is_away:
            await boss.abort()
            await until(lambda: connections(edge, 1), "the server to notice")
            guest.send(f"PRIVMSG #lobby :while away {number}", f"PRIVMSG boss :to you {number}")
            await guest.sync()
        assert await end() in (0, None)
        await edge.launch()

        # The guest's name is free at once, and who comes back to it has its rank; the channel has its owner, who is not there yet.
        other = await world.client(edge, "guest")
        names = await other.join("#lobby")
        assert [m.text for m in names if m.command == "332"] == ["news"], [m.line for m in names]
        assert sorted(word for m in names if m.command == "353" for word in m.text.split()) == ["+guest", "@boss"]
        other.send("TOPIC #lobby :mine")
        await other.expect("482")
        boss = await login(world, edge, plain, "boss", PASSWORD, "another")
        await boss.sync()
        joined = [m.parameters[0] for m in boss.messages if m.command == "JOIN" and m.nick == "boss"]
        assert joined == ["#lobby"], boss.tail(40)
        if is_away:
            told = [m.text for m in boss.messages if m.command == "PRIVMSG"]
            assert told == [f"while away {number}", f"to you {number}"], boss.tail(40)
        assert not [m.line for m in boss.messages if "More was said" in m.text], boss.tail(40)
        banned = await boss.ask("MODE #lobby b", "368")
        assert [m.parameters[2] for m in banned if m.command == "367"] == ["*!*@bad.example"], boss.tail(40)
        boss.send("MODE #lobby -v+v guest guest")
        await other.expect(("MODE", "#lobby"))
        other.send("QUIT")
        await other.ended()


async def connections(edge: Edge, count: int) -> bool:
    """Whether that many are open."""
    _, metrics = await edge.get("/metrics")
    return re.search(rf"^roost_connections{{.*}} {count}(\.0)?$", metrics, re.MULTILINE) is not None


async def is_written(edge: Edge, since: float) -> bool:
    """Whether what is live was written since then."""
    image = edge.data / "live" / "image"
    return image.exists() and image.stat().st_mtime >= since
