"""Web Push: what an account would want to know at once comes to its devices, encrypted, whoever is there to read it."""

import asyncio

from harness.client import Client
from harness.edge import Edge
from harness.processes import until
from harness.push import Device, PushService
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, plain

CONTACT = "mailto:push@acme.example"
CAPS = ("sasl", "message-tags", "server-time", "account-tag", "draft/webpush", "draft/read-marker", "standard-replies")


async def service(world: World) -> tuple[PushService, dict]:
    """A push service on the loopback, and what an edge has to be told of it."""
    await world.certificate("push", "localhost")
    service = PushService()
    await service.start(f"{world.folder}/push.pem", f"{world.folder}/push.key")
    settings = {"contact": CONTACT, "networks": ["127.0.0.0/8", "::1"], "authorities": f"{world.folder}/push.pem"}
    return service, settings


async def login(world: World, edge: Edge, account: str, nick: str) -> tuple[Client, str]:
    """Returns the client, and the key of what is pushed as it is told."""
    client = await world.connection(edge)
    client.nick = nick
    await client.capabilities(*CAPS)
    assert await plain(client, account, PASSWORD) == "903"
    client.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}", "CAP END")
    await client.expect("376", "422")
    tokens = [word for m in client.messages if m.command == "005" for word in m.parameters]
    return client, next(word.removeprefix("VAPID=") for word in tokens if word.startswith("VAPID="))


async def register(client: Client, device: Device) -> None:
    client.send(f"WEBPUSH REGISTER {device.endpoint} {device.keys}")
    await client.expect(("WEBPUSH", "REGISTER", device.endpoint))


async def figure(edge: Edge, end: str) -> float:
    """How many pushes of an edge ended so."""
    _, text = await edge.get("/metrics")
    return next(float(l.split()[1]) for l in text.splitlines() if l.startswith(f'roost_push_total{{end="{end}"}}'))


async def pushed(client: Client, edges: list[Edge], line: str) -> None:
    """Says something again and again until each edge has pushed it: each learns of a new device by itself."""
    for number in range(60):
        client.send(f"{line} {number}")
        if all([sum([await figure(edge, end) for end in ("sent", "gone")]) for edge in edges]):
            return
        await asyncio.sleep(0.5)
    raise AssertionError("nothing is pushed")


@scenario
async def received(world: World) -> None:
    push, settings = await service(world)
    world.tenants.tenant("acme", admins={"ann": PASSWORD, "bob": PASSWORD})
    edges = await world.edges(push=settings)
    phone, laptop = Device(push, "phone"), Device(push, "laptop")
    ann, key = await login(world, edges[0], "ann", "annie")
    bob, other = await login(world, edges[1], "bob", "bob")
    assert key == other, "all edges have one key"
    await ann.join("#lobby")
    await bob.join("#lobby")
    await register(ann, phone)
    await register(ann, laptop)
    await pushed(bob, edges, "PRIVMSG annie :are you there")

    # A direct message, a call in a channel and an invitation are pushed, all else is not.
    bob.send(
        "PRIVMSG #lobby :nobody is called here", "PRIVMSG #lobby :annie: have a look", "JOIN #other",
        "INVITE annie #other", "NOTICE annie :the last",
    )  # fmt: skip
    heard = await ann.expect(("PRIVMSG", "#lobby", "annie: have a look"))
    for device in (phone, laptop):
        said = await push.expect(device, ("PRIVMSG", "#lobby"))
        assert said.nick == "bob" and said.text == heard.text and said.tags["account"] == "bob", said.line
        # By the same id as a client is told.
        assert said.tags["msgid"] == heard.tags["msgid"] and said.tags["time"] == heard.tags["time"], said.line
        await push.expect(device, ("INVITE", "annie", "#other"))
        await push.expect(device, ("NOTICE", "annie", "the last"))
        assert not [m.line for m in push.lines(device) if "nobody is called" in m.line]
    for one in push.pushes:
        assert one.verify(f"https://localhost:{push.port}", CONTACT) == key
        assert "bob" not in str(one.headers) and b"annie" not in one.body

    # What was read on one device goes from the others.
    ann.send(f"MARKREAD #lobby timestamp={heard.tags['time']}")
    await push.expect(phone, ("MARKREAD", "#lobby", f"timestamp={heard.tags['time']}"))

    # The edge that the device spoke to is killed: it is pushed to all the same, and the key is as it was.
    await edges[0].kill()
    bob.send("PRIVMSG annie :you will be back")
    await push.expect(phone, ("PRIVMSG", "annie", "you will be back"))
    await edges[0].launch()
    _, again = await login(world, edges[0], "ann", "ann")
    assert again == key, "the key stays"
    for program in edges:
        assert phone.endpoint not in program.output and phone.keys not in program.output, "where to is in the log"


@scenario
async def refused(world: World) -> None:
    """A device that is no more is forgotten, a busy service gets it later, and nothing is sent to where it may not."""
    push, settings = await service(world)
    world.tenants.tenant("acme", admins={"ann": PASSWORD, "bob": PASSWORD})
    edge = await world.embedded(
        "--push-contact", CONTACT, "--push-networks", "127.0.0.0/8", "--push-networks", "::1",
        "--push-authorities", settings["authorities"],
    )  # fmt: skip
    gone, busy = Device(push, "gone"), Device(push, "busy")
    push.answers = {"/gone": ["410 Gone"], "/busy": ["503 Service Unavailable", "429 Too Many Requests"]}
    ann, _ = await login(world, edge, "ann", "ann")
    bob, _ = await login(world, edge, "bob", "bob")
    for endpoint in ("http://localhost/", "https://127.0.0.1/", "https://user@localhost/"):
        ann.send(f"WEBPUSH REGISTER {endpoint} {busy.keys}")
        await ann.expect(("FAIL", "WEBPUSH", "INVALID_PARAMS", "REGISTER", endpoint))
    await register(ann, gone)
    await register(ann, busy)
    await pushed(bob, [edge], "PRIVMSG ann :hello")
    await push.expect(busy, "PRIVMSG")

    await until(lambda: figure(edge, "gone"), "the device is forgotten")
    await until(lambda: figure(edge, "sent"), "the busy service took it")
    before = len(push.requests(gone))
    bob.send("PRIVMSG ann :once more")
    await push.expect(busy, ("PRIVMSG", "ann", "once more"))
    assert len(push.requests(gone)) == before, "the device was forgotten"

    # Another edge does not trust the loopback: its name leads to where nothing is sent to.
    strict = await world.embedded("--push-contact", CONTACT)
    far = Device(push, "far")
    ann, _ = await login(world, strict, "ann", "ann")
    bob, _ = await login(world, strict, "bob", "bob")
    await register(ann, far)
    async with asyncio.timeout(30):
        while await figure(strict, "forbidden") < 1:
            bob.send("PRIVMSG ann :hello")
            await asyncio.sleep(0.5)
    assert not push.requests(far), "it was sent to where it may not be"
