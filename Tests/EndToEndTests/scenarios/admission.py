"""Who is let in: lists of addresses, ranges that ask for a log-in, and rates, over two edges."""

import base64
import hashlib

from harness.client import Client
from harness.edge import Edge
from harness.names import NameServer, listing
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, scram
from .checks import noted, operator

GATEWAY = "a word of gateways"


async def gateway(world: World) -> dict:
    """What edges have to be told, so that clients come from other addresses than the loopback's."""
    file = world.folder / "webirc"
    file.write_text(GATEWAY.replace(" ", "-") + "\n")
    return {"networks": ["127.0.0.0/8"], "passwordFile": str(file)}


async def arrives(world: World, edge: Edge, address: str, *caps: str) -> Client:
    """A connection from an address, on whose behalf nothing else was said yet."""
    client = await world.connection(edge, "acme")
    client.send(f"WEBIRC {GATEWAY.replace(' ', '-')} gateway host.example {address} :secure")
    await client.capabilities("standard-replies", *caps)
    return client


async def comes(world: World, edge: Edge, address: str, nick: str, account: str | None = None) -> Client:
    """Somebody from an address who wants to come in, by an account or as a guest."""
    client = await arrives(world, edge, address, *(["sasl"] if account else []))
    client.nick = nick
    if account:
        assert await scram(client, account, PASSWORD) == "903"
    client.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}", "CAP END")
    return client


async def enters(client: Client) -> None:
    """They are let in."""
    await client.expect("001", refuse=lambda m: m.command in ("465", "ERROR", "FAIL"))


def solve(url: str) -> str:
    """Does the work that is asked for. Returns the command that shows it."""
    challenge = url.rsplit("/", 1)[1]
    bits = base64.urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4))[1]
    number = 0
    while int.from_bytes(hashlib.sha256(f"{challenge}:{number}".encode()).digest()) >> (256 - bits):
        number += 1
    return f"PROOF {challenge} {number}"


async def figure(edge: Edge, name: str, *labels: str) -> int:
    """What an edge has counted of something."""
    _, text = await edge.get("/metrics")
    lines = [line for line in text.splitlines() if line.startswith(name) and all(label in line for label in labels)]
    return sum(int(float(line.split()[-1])) for line in lines)


@scenario
async def listed(world: World) -> None:
    """A name server says who is listed: each tenant's action holds, and no answer keeps nobody out."""
    zones = {"Refuse": "bad.example", "DemandLogin": "range.example", "DemandProof": "new.example", "Mark": "tor.example"}
    world.tenants.tenant("acme", spec={"admission": {
        "proof": {"difficulty": 8},
        "dnsbl": [
            {"zone": zone, "action": action, **({"reason": "See https://bad.example/?ip=%{ip}"} if action == "Refuse" else {})}
            for action, zone in zones.items()
        ] + [{"zone": "slow.example", "action": "Refuse"}],
    }})  # fmt: skip
    names = NameServer(world)
    world.programs.append(names)
    people = {action: f"203.0.113.{number}" for number, action in enumerate(zones, 1)}
    slow, six = "203.0.113.77", "2001:db8::66"
    await names.launch(
        *(f"{listing(people[action], zone)}=127.0.0.2/60" for action, zone in zones.items()),
        # What is no address of 127.0.0.0/8 says nothing.
        f"{listing('198.51.100.1', 'bad.example')}=192.0.2.1/60", f"{listing(six, 'bad.example')}=127.0.0.3/60",
        "--silent", listing(slow, "slow.example"), "--broken", listing("198.51.100.1", "slow.example"),
    )  # fmt: skip
    left, right = await world.edges(webirc=await gateway(world), dns={"servers": [f"127.0.0.1:{names.port}"]})
    # Whoever is not listed anywhere makes an account.
    ann = await comes(world, left, "198.51.100.1", "ann")
    await enters(ann)
    ann.send(f"REGISTER * * :{PASSWORD}")
    await ann.expect("900")

    for number, edge in enumerate((left, right)):
        bad = await comes(world, edge, people["Refuse"], f"bad{number}")
        assert (await bad.expect("465", "001")).text == f"See https://bad.example/?ip={people['Refuse']}", bad.tail()
        await bad.ended()
        assert (await (await comes(world, edge, six, f"six{number}")).expect("465", "001")).command == "465"

        range_ = await comes(world, edge, people["DemandLogin"], f"range{number}")
        assert (await range_.expect("FAIL", "001")).parameters[:2] == ["*", "ACCOUNT_REQUIRED"], range_.tail()
        await range_.ended()
        await enters(await comes(world, edge, people["DemandLogin"], f"ann{number}", account="ann"))

        marked = await comes(world, edge, people["Mark"], f"marked{number}")
        await enters(marked)
        assert await figure(edge, "roost_admission_decisions_total", 'outcome="mark"', 'reason="listed"') >= 1
        # Two seconds, and then they are in.
        await enters(await comes(world, edge, slow, f"slow{number}"))
        assert await figure(edge, "roost_dns_lookups_total", 'outcome="late"') >= 1

    new = await comes(world, left, people["DemandProof"], "new")
    told = await new.expect("FAIL", "001")
    assert told.parameters[:2] == ["*", "PROOF_REQUIRED"], told.line
    await new.ended()
    # On the other edge, as the same address may lead to any.
    shows = await arrives(world, right, people["DemandProof"])
    shows.send(solve(told.parameters[2]))
    assert (await shows.expect("NOTE", "FAIL")).parameters[:2] == ["PROOF", "ACCEPTED"], shows.tail()
    await enters(await comes(world, left, people["DemandProof"], "new"))
    again = await comes(world, left, people["DemandProof"], "again")
    assert (await again.expect("FAIL", "001")).parameters[1] == "PROOF_REQUIRED"

    # Each list was asked, and none for the loopback.
    asked = {listing(people["Refuse"], zone) for zone in (*zones.values(), "slow.example")}
    assert asked <= set(names.questions), names.questions
    assert not any(name.startswith("1.0.0.127") for name in names.questions)
    # A name server that is no more lets everybody in whom it would not have known.
    await names.kill()
    await enters(await comes(world, right, "203.0.113.90", "late"))
    for edge in (left, right):
        assert "203.0.113" not in edge.output and "2001:db8" not in edge.output


@scenario
async def ranges(world: World) -> None:
    """A range asks for a log-in on both edges: of who is there, of who comes, and after a restart."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    left, right = await world.edges(webirc=await gateway(world))
    boss = await operator(world, left)
    guests = [await comes(world, edge, f"203.0.113.{n}", f"guest{n}") for n, edge in enumerate((left, right))]
    other = await comes(world, right, "198.51.100.1", "other")
    ann = await comes(world, right, "203.0.113.9", "ann")
    for client in (*guests, other, ann):
        await enters(client)
    ann.send(f"REGISTER * * :{PASSWORD}")
    await ann.expect("900")

    assert await noted(boss, "UBAN REQUIRE-SASL 203.0.113.0/24 1h :too many come from there", "BAN_ADDED")
    for client in guests:
        assert "too many come from there" in (await client.expect("ERROR")).text

    async def holds(edge: Edge, number: int) -> None:
        guest = await comes(world, edge, f"203.0.113.{number}", f"new{number}")
        told = await guest.expect("FAIL", "001")
        assert told.parameters[:2] == ["*", "ACCOUNT_REQUIRED"] and "too many come" in told.text, told.line
        await guest.ended()
        maker = await arrives(world, edge, f"203.0.113.{number}")
        maker.send(f"NICK maker{number}", f"REGISTER * * :{PASSWORD}")
        assert (await maker.expect("REGISTER", "FAIL")).parameters[:2] == ["REGISTER", "DISALLOWED"], maker.tail()
        member = await comes(world, edge, f"203.0.113.{number}", f"member{number}", account="ann")
        await enters(member)
        await enters(await comes(world, edge, f"198.51.100.{number}", f"free{number}"))

    await holds(left, 20)
    await holds(right, 21)
    await ann.sync()
    await other.sync()
    listed = await boss.ask("UBAN LIST", ("NOTE", "UBAN", "BANS_END"))
    (mask,) = (m.parameters[2] for m in listed if m.parameters[1:2] == ["REQUIRE_SASL"])
    assert mask.endswith("203.0.113.0/24"), boss.tail()
    await right.kill()
    await right.launch()
    await holds(right, 22)
    assert await noted(boss, "UBAN DEL 203.0.113.0/24", "BAN_LIFTED")

    async def comes_in() -> bool:
        guest = await comes(world, right, "203.0.113.30", "last")
        return (await guest.expect("001", "ERROR")).command == "001"

    await until(comes_in, "guests to be let in again")


@scenario
async def rates(world: World) -> None:
    """A command that came too often is refused: of one connection, and no other command or client."""
    world.tenants.tenant("acme", spec={"limits": {"rates": [
        {"command": "JOIN", "count": 3, "per": "10m"}, {"command": "PRIVMSG", "count": 2, "per": "10m"},
        {"command": "NOTICE", "count": 1, "per": "10m"}, {"command": "REGISTER", "count": 1, "per": "10m"},
    ]}})  # fmt: skip
    left, right = await world.edges()
    ann, bob = [await world.client(edge, nick, caps="standard-replies") for edge, nick in ((left, "ann"), (right, "bob"))]
    await bob.join("#a")
    # Each target counts.
    ann.send("JOIN #a,#b", "JOIN #c,#d")
    lines = await ann.sync()
    assert sorted(m.parameters[0] for m in lines if m.command == "JOIN") in (["#a", "#b"], ["#a", "#b", "#c"]), ann.tail()
    assert len([m for m in lines if m.command == "263"]) == 1, ann.tail()
    ann.send("PRIVMSG #a :1", "PRIVMSG bob :2", "PRIVMSG #a :3", "NOTICE #a :4", "NOTICE #a :5", "TOPIC #a")
    lines = await ann.sync()
    assert [m.command for m in lines] == ["263", "331", "PONG"], ann.tail()
    heard: list[tuple[str, str]] = []
    while len(heard) < 3:
        told = await bob.expect("PRIVMSG", "NOTICE")
        heard += [(told.command, told.text)] if told.nick == "ann" else []
    assert heard == [("PRIVMSG", "1"), ("PRIVMSG", "2"), ("NOTICE", "4")], bob.tail()
    # What NickServ is told counts as the command.
    ann.send("REGISTER * * :x", f"NS REGISTER {PASSWORD.replace(' ', '-')}")
    assert (await ann.expect("FAIL", "REGISTER")).parameters[1] == "WEAK_PASSWORD", ann.tail()
    refused = await ann.expect("NOTICE", "FAIL", "900", "263")
    assert refused.command != "900", refused.line
    # Another client, from the same place, is not counted with it; and more is allowed as soon as the tenant says so.
    eve = await world.client(left, "eve", caps="standard-replies")
    await eve.join("#a")
    world.tenants.tenant("acme")

    async def may() -> bool:
        ann.send("PRIVMSG #a :more")
        return not any(m.command == "263" for m in await ann.sync())

    await until(may, "the rates to be gone")
    assert (await bob.expect(("PRIVMSG", "#a"))).text == "more"
