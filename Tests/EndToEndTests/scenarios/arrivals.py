"""How clients come in, through a gateway that says whose they are or by TLS alone, and how they go."""

import asyncio

from harness.client import Client
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, login, plain as with_plain

WORD = "hunter2"


@scenario
async def web_gateway(world: World) -> None:
    """WEBIRC over TLS: the client's address counts, the password may change, and nobody else is believed."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD}, connectionsPerAddress=2)
    file = world.folder / "webirc"
    file.write_text(WORD + "\n")
    (edge,) = await world.edges(1, webirc={"networks": ["127.0.0.0/8"], "passwordFile": str(file)})
    boss = await login(world, edge, with_plain, "boss", PASSWORD, "boss")
    boss.send(f"OPER boss :{PASSWORD}")
    await boss.expect("381")

    async def through(word: str, address: str, nick: str) -> Client:
        client = await world.connection(edge, "acme")
        client.nick = nick
        client.send(f"WEBIRC {word} web host.example {address} :secure", f"NICK {nick}", f"USER {nick} 0 * :{nick}")
        return client

    # More than one address may have: each counts for itself.
    clients = [await through(WORD, f"203.0.113.{number}", f"web{number}") for number in range(1, 5)]
    for number, client in enumerate(clients, 1):
        await client.expect("001")
        boss.send(f"WHOIS web{number}")
        shown = await boss.expect("338")
        assert f"203.0.113.{number}" in shown.parameters, shown.line
    wrong = await through("hunter3", "203.0.113.9", "wrong")
    assert "password" in (await wrong.expect("ERROR")).text
    # Another password is known without a restart, and the one before is not.
    file.write_text("hunter3\n")

    async def is_known() -> bool:
        client = await through("hunter3", "203.0.113.9", "later")
        return (await client.expect("001", "433", "ERROR")).command == "001"

    await until(is_known, "the new password to be known")
    former = await through(WORD, "203.0.113.10", "former")
    assert "password" in (await former.expect("ERROR")).text
    assert WORD not in edge.output and "hunter3" not in edge.output


@scenario
async def strict_transport(world: World) -> None:
    """STS: in the clear a client is told the port of TLS and nothing else holds; over TLS it is told for how long."""
    world.tenants.tenant("acme", spec={"sts": {"duration": "30d", "preload": True}})
    # As a Service would lead to it.
    (edge,) = await world.edges(1, listen_stsPort=7697)

    async def told(client: Client) -> str:
        client.send("CAP LS 302")
        words: list[str] = []
        while True:
            line = await client.expect("CAP")
            words += line.text.split()
            if line.parameters[2] != "*":
                return next(word for word in words if word.startswith("sts="))

    plain = await told(await world.connection(edge))
    assert plain.split(",")[0] == "sts=port=7697", plain
    secure = await world.connection(edge, "acme")
    policy = await told(secure)
    assert policy == f"sts=duration={30 * 24 * 3600},preload", policy
    secure.send("CAP REQ :sts")
    assert (await secure.expect("CAP")).parameters[1] == "NAK"


@scenario
async def last_words(world: World) -> None:
    """Whoever says everything at once and hangs up is heard, in order, on the other edge too."""
    world.tenants.tenant("acme")
    near, far = await world.edges()
    listeners = [await world.client(edge, nick) for edge, nick in ((near, "near"), (far, "far"))]
    for listener in listeners:
        await listener.join("#lobby")

    async def shout(number: int) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", near.irc)
        lines = [f"NICK s{number}", f"USER s{number} 0 * :x", "JOIN #lobby"]
        lines += [f"PRIVMSG #lobby :{number} says {word}" for word in range(3)]
        # Half of them sign off, the others just go.
        lines += ["QUIT :so long"] if number % 2 else []
        writer.write("".join(line + "\r\n" for line in lines).encode())
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(shout(number) for number in range(20)))
    for listener in listeners:
        for number in range(20):
            said = [("JOIN", "#lobby"), *(("PRIVMSG", "#lobby", f"{number} says {word}") for word in range(3))]

            async def is_heard() -> bool:
                heard = [(m.command, *m.parameters) for m in listener.messages if m.nick == f"s{number}"]
                return heard[:4] == said and (number % 2 == 0 or heard[4:] == [("QUIT", "Quit: so long")])

            await until(is_heard, f"{listener.nick} to hear all of s{number}: {listener.tail()}")
