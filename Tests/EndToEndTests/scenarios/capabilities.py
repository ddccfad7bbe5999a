"""IRCv3 on the wire, as the specifications have it."""

import asyncio
import base64

from harness.message import Message
from harness.scenario import scenario
from harness.world import World

ALL = (
    "account-notify account-tag away-notify batch cap-notify chghost echo-message extended-join invite-notify"
    " labeled-response message-tags multi-prefix sasl server-time setname standard-replies userhost-in-names"
)


@scenario
async def negotiation(world: World) -> None:
    """LS, REQ, ACK, NAK as a whole, LIST and END."""
    world.tenants.tenant("acme")
    edge = await world.embedded()
    client = await world.connection(edge)
    client.send("CAP LS 302")
    offered: dict[str, str] = {}
    while True:
        line = await client.expect(("CAP", None, "LS"))
        for word in line.text.split():
            name, _, value = word.partition("=")
            offered[name] = value
        if line.parameters[2] != "*":
            break
    assert set(ALL.split()) <= set(offered), set(ALL.split()) - set(offered)
    assert set(offered["sasl"].split(",")) >= {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}, offered["sasl"]
    client.send("CAP REQ :server-time no-such-thing echo-message")
    answer = await client.expect(("CAP", None, "NAK"), refuse=("CAP", None, "ACK"))
    assert answer.text.split() == ["server-time", "no-such-thing", "echo-message"], answer.line
    client.send("CAP LIST")
    enabled = (await client.expect(("CAP", None, "LIST"))).text.split()
    assert enabled == ["cap-notify"], "302 implies cap-notify, and what was refused is not on"
    client.send("NICK alice", "USER alice 0 * :Alice", "PING before")
    await client.expect("PONG", "451", refuse="001")
    client.send("CAP REQ :server-time batch", "CAP REQ :-batch")
    await client.expect(("CAP", None, "ACK"))
    assert (await client.expect(("CAP", None, "ACK"))).text == "-batch"
    client.send("CAP REQ :-cap-notify")
    await client.expect(("CAP", None, "NAK"))
    client.send("CAP END")
    await client.expect("001")
    client.send("JOIN #lobby")
    joined = await client.expect("JOIN")
    assert "time" in joined.tags, joined.line
    client.send("CAP LIST")
    assert set((await client.expect(("CAP", None, "LIST"))).text.split()) == {"cap-notify", "server-time"}
    client.send("CAP FOO")
    await client.expect("410")


@scenario
async def labels(world: World) -> None:
    """Each labelled command gets exactly one labelled answer: ACK, a line or a batch."""
    world.tenants.tenant("acme")
    edge = await world.embedded()
    alice = await world.client(edge, "alice", caps=ALL)
    bob = await world.client(edge, "bob", caps="message-tags")
    for client in (alice, bob):
        await client.join("#lobby")
    await alice.sync()

    async def answer(label: str, line: str) -> list[Message]:
        alice.send(f"@label={label} {line}")
        first = await alice.expect(lambda m: m.tags.get("label") == label)
        if first.command != "BATCH":
            return [first]
        assert first.parameters[0].startswith("+") and first.parameters[1] == "labeled-response", first.line
        reference = first.parameters[0][1:]
        inside = []
        while True:
            message = await alice.expect(lambda m: m.tags.get("batch") == reference or m.command == "BATCH")
            if message.command == "BATCH":
                assert message.parameters[0] == f"-{reference}", message.line
                return inside
            inside.append(message)

    assert [m.command for m in await answer("a", "PONG :nothing")] == ["ACK"]
    assert [m.command for m in await answer("b", "PING :token")] == ["PONG"]
    assert [m.command for m in await answer("c", "NOSUCH command")] == ["421"]
    whois = [m.command for m in await answer("d", "WHOIS bob")]
    assert whois[0] == "311" and whois[-1] == "318", whois
    echo = await answer("e", "PRIVMSG #lobby :hello")
    assert [m.command for m in echo] == ["PRIVMSG"] and echo[0].nick == "alice", echo
    got = await bob.expect(("PRIVMSG", "#lobby", "hello"))
    assert "label" not in got.tags and got.tags["msgid"] == echo[0].tags["msgid"]
    echo = await answer("f", "PRIVMSG bob :direct")
    assert [m.command for m in echo] == ["PRIVMSG"] and echo[0].parameters == ["bob", "direct"]
    both = await answer("g", "PRIVMSG bob,#lobby :twice")
    assert [m.command for m in both] == ["PRIVMSG", "PRIVMSG"], [m.line for m in both]
    echo = await answer("h", "PRIVMSG alice :note to self")
    assert "PRIVMSG" in [m.command for m in echo], [m.line for m in echo]
    joined = [m.command for m in await answer("i", "JOIN #other")]
    assert joined[0] == "JOIN" and joined[-1] == "366", joined
    assert [m.command for m in await answer("j", "TOPIC #other :new")] == ["TOPIC"]
    assert [m.command for m in await answer("k", "NICK alicia")] == ["NICK"]
    assert [m.command for m in await answer("l", "PART #other")] == ["PART"]


@scenario
async def labelled_echo(world: World) -> None:
    """With two edges, too, the answer to a labelled message is its echo, in its place among the others' messages."""
    world.tenants.tenant("acme")
    edges = await world.edges()
    caps = "echo-message message-tags batch labeled-response"
    clients = await asyncio.gather(*(world.client(edges[i % 2], f"user{i}", caps=caps) for i in range(4)))
    for client in clients:
        await client.join("#lobby")
    for client in clients:
        await client.sync()

    async def talk(client) -> None:
        for number in range(100):
            client.send(f"@label={number} PRIVMSG #lobby :{client.nick} {number}")
            answer = await client.expect(lambda m: m.tags.get("label") == str(number))
            assert answer.command == "PRIVMSG", f"the answer to a labelled message is {answer.line}"

    await asyncio.gather(*map(talk, clients))
    clients[0].send("PRIVMSG #lobby :the end")
    orders = []
    for client in clients:
        await client.expect(("PRIVMSG", "#lobby", "the end"))
        orders.append([m.text for m in client.messages if m.command == "PRIVMSG"])
    for client, order in zip(clients, orders):
        assert len(order) == 401, f"{client.nick} saw {len(order)} messages"
        place = next((i for i in range(401) if order[i] != orders[0][i]), None)
        assert place is None, f"{client.nick} saw {order[place : place + 3]} where user0 saw {orders[0][place : place + 3]}"


@scenario
async def tags(world: World) -> None:
    """Times, ids and clients' own tags reach those who asked for them, and nobody else sees a tag."""
    world.tenants.tenant("acme")
    edge = await world.embedded()
    alice = await world.client(edge, "alice", caps="message-tags server-time echo-message")
    bob = await world.client(edge, "bob", caps="message-tags server-time")
    plain = await world.client(edge, "plain")
    timed = await world.client(edge, "timed", caps="server-time")
    for client in (alice, bob, plain, timed):
        await client.join("#lobby")
    alice.send("@+react=\\:smile\\s\\\\;+x;secret=no;msgid=forged;time=forged PRIVMSG #lobby :hello")
    echo = await alice.expect(("PRIVMSG", "#lobby", "hello"))
    got = await bob.expect(("PRIVMSG", "#lobby", "hello"))
    assert got.tags["+react"] == ";smile \\" and got.tags["+x"] == "", got.line
    assert "secret" not in got.tags and "forged" not in (got.tags["msgid"], got.tags["time"]), got.line
    assert got.tags["msgid"] == echo.tags["msgid"] and got.tags["time"] == echo.tags["time"]
    assert set((await timed.expect(("PRIVMSG", "#lobby", "hello"))).tags) == {"time"}
    assert not (await plain.expect(("PRIVMSG", "#lobby", "hello"))).tags
    alice.send("@+typing=active TAGMSG #lobby", "PRIVMSG #lobby :after")
    assert (await bob.expect(("TAGMSG", "#lobby"))).tags["+typing"] == "active"
    for client in (plain, timed):
        await client.expect(("PRIVMSG", "#lobby", "after"), refuse="TAGMSG")


@scenario
async def notifications(world: World) -> None:
    """What happens to others is told to those who asked to know, in the form that they asked for."""
    world.tenants.tenant("acme", admins={"boss": "sesame-open-1"})
    edge = await world.embedded()
    full = await world.client(edge, "full", caps=ALL)
    bare = await world.client(edge, "bare")
    await full.join("#lobby")
    await bare.join("#lobby")
    await full.expect("JOIN")
    actor = await world.client(edge, "actor", caps="sasl")
    await actor.join("#lobby")
    joined = await full.expect("JOIN")
    assert joined.parameters == ["#lobby", "*", "actor the tester"], joined.line
    assert (await bare.expect("JOIN")).parameters == ["#lobby"]

    actor.send("AWAY :gone fishing")
    assert (await full.expect("AWAY")).text == "gone fishing"
    actor.send("AWAY")
    assert (await full.expect("AWAY")).parameters == []
    actor.send("SETNAME :A. Ctor")
    assert (await full.expect("SETNAME")).text == "A. Ctor"
    full.send("SETNAME :F. Ull")
    assert (await full.expect("SETNAME")).nick == "full"

    # Logging in after registration: the account is told, and the new host by CHGHOST.
    full.send("MODE #lobby +v actor")
    await actor.expect("MODE")
    actor.send("AUTHENTICATE PLAIN")
    await actor.expect("AUTHENTICATE")
    actor.send("AUTHENTICATE " + base64.b64encode(b"\0boss\0sesame-open-1").decode())
    await actor.expect("903")
    assert (await full.expect("ACCOUNT")).parameters == ["boss"]
    changed = await full.expect("CHGHOST", refuse=lambda m: m.command in ("QUIT", "JOIN"))
    assert changed.nick == "actor" and len(changed.parameters) == 2, changed.line
    actor.send("PRIVMSG #lobby :logged in")
    await bare.expect(("PRIVMSG", "#lobby", "logged in"), refuse=lambda m: m.command in ("CHGHOST", "ACCOUNT", "AWAY"))
    said = await full.expect(("PRIVMSG", "#lobby"))
    assert said.tags["account"] == "boss" and said.source.endswith(f"@{changed.parameters[1]}"), said.line
    late = await world.client(edge, "late", caps="extended-join userhost-in-names multi-prefix")
    full.send("MODE #lobby +ov actor actor")
    await actor.expect(lambda m: m.command == "MODE" and "o" in m.parameters[1])
    names = [w for m in await late.join("#lobby") if m.command == "353" for w in m.text.split()]
    entry = next(name for name in names if "actor!" in name)
    assert entry.startswith("@+actor!") and "@" in entry[2:], names

    # An invitation is told to those who could have made it.
    full.send("MODE #lobby +i")
    other = await world.client(edge, "other")
    full.send("MODE #lobby +o bare")
    await bare.expect(lambda m: m.command == "MODE" and "+o" in m.parameters)
    bare.send("INVITE other #lobby")
    await other.expect(("INVITE", "other", "#lobby"))
    assert (await full.expect("INVITE")).parameters == ["other", "#lobby"]

    # Standard replies in place of words for those who know them.
    full.send("SETNAME :" + "x" * 200)
    failure = await full.expect("FAIL")
    assert failure.parameters[:2] == ["SETNAME", "INVALID_REALNAME"], failure.line
    bare.send("SETNAME :" + "x" * 200)
    await bare.expect("NOTICE", refuse="FAIL")


@scenario
async def labels_behind_messages(world: World) -> None:
    """A label belongs to its own command, however many messages are on their way before it."""
    world.tenants.tenant("acme")
    (edge,) = await world.edges(1)
    alice = await world.client(edge, "alice", caps="echo-message batch labeled-response message-tags")
    bob = await world.client(edge, "bob")
    for client in (alice, bob):
        await client.join("#lobby")
    for turn in range(20):
        alice.send(
            f"PRIVMSG #lobby :plain {turn}", f"@label=a{turn} PRIVMSG #lobby :labelled {turn}",
            f"@label=b{turn} WHOIS bob", f"PRIVMSG #lobby :last {turn}",
        )  # fmt: skip
        plain = await alice.expect(("PRIVMSG", "#lobby", f"plain {turn}"))
        assert "label" not in plain.tags, plain.line
        labelled = await alice.expect(("PRIVMSG", "#lobby", f"labelled {turn}"))
        assert labelled.tags.get("label") == f"a{turn}", labelled.line
        batch = await alice.expect("BATCH")
        assert batch.tags.get("label") == f"b{turn}", batch.line
        last = await alice.expect(("PRIVMSG", "#lobby", f"last {turn}"))
        assert not {"label", "batch"} & set(last.tags), last.line
    heard = []
    while len(heard) < 60:
        heard.append((await bob.expect(("PRIVMSG", "#lobby"))).text)
    assert heard == [f"{kind} {turn}" for turn in range(20) for kind in ("plain", "labelled", "last")], heard


@scenario
async def outsiders(world: World) -> None:
    """Who is not in a channel gets an echo all the same, and sees nobody in a private one."""
    world.tenants.tenant("acme")
    for edge in (await world.embedded(), *await world.edges(1)):
        owner = await world.client(edge, "owner")
        await owner.join("#open")
        owner.send("MODE #open -n+p")
        await owner.expect(("MODE", "#open"))
        outsider = await world.client(edge, "outsider", caps="echo-message")
        outsider.send("PRIVMSG #open :from outside")
        await outsider.expect(("PRIVMSG", "#open", "from outside"))
        await owner.expect(("PRIVMSG", "#open", "from outside"))
        assert not [m for m in await outsider.ask("NAMES #open", "366") if m.command == "353"]
        assert not [m for m in await outsider.ask("WHO #open", "315") if m.command == "352"]
        inside = [m for m in await owner.ask("NAMES #open", "366") if m.command == "353"]
        assert "owner" in inside[0].text, inside[0].line


@scenario
async def abandoned_sasl(world: World) -> None:
    """CAP END in the middle of an exchange ends it; the client comes in without an account."""
    world.tenants.tenant("acme")
    edge = await world.embedded()
    client = await world.connection(edge)
    client.send("CAP LS 302", "CAP REQ :sasl", "NICK alice", "USER alice 0 * :Alice", "AUTHENTICATE PLAIN")
    await client.expect(("AUTHENTICATE", "+"))
    client.send("CAP END")
    await client.expect("906")
    await client.expect("001")
    assert not [m for m in await client.ask("WHOIS alice", "318") if m.command == "330"]
