"""Who ran a channel runs it again when only the server ended, whoever comes first."""

from harness.client import Client
from harness.edge import Edge
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .sessions import LEASE

CHANNEL = "#tea"


async def ranks(client: Client) -> list[str]:
    lines = await client.ask(f"NAMES {CHANNEL}", "366")
    return sorted(word for m in lines if m.command == "353" for word in m.text.split())


async def settle(edge: Edge, world: World, people: list[str]) -> None:
    """Somebody made the channel, and gave a voice; both are guests."""
    founder = await world.client(edge, people[0])
    await founder.join(CHANNEL)
    voiced = await world.client(edge, people[1])
    await voiced.join(CHANNEL)
    founder.send(f"MODE {CHANNEL} +v {people[1]}", f"TOPIC {CHANNEL} :leaves and water")
    await voiced.expect(("TOPIC", CHANNEL, "leaves and water"))


async def come_back(edge: Edge, world: World, people: list[str]) -> None:
    """A stranger comes first, and then they, each as before."""
    stranger = await world.client(edge, "stranger")
    lines = await stranger.join(CHANNEL)
    assert [m.text for m in lines if m.command == "332"] == ["leaves and water"], stranger.tail()
    assert await ranks(stranger) == ["stranger"], stranger.tail()
    assert await stranger.ask(f"MODE {CHANNEL} +m", "482")
    for nick in reversed(people):
        client = await world.client(edge, nick)
        await client.join(CHANNEL)
    assert await ranks(stranger) == [f"+{people[1]}", f"@{people[0]}", "stranger"], stranger.tail()


@scenario
async def kept(world: World) -> None:
    """An embedded server that is killed, and edges over a Redis of which all are: guests have their ranks again, and no stranger has them."""
    world.tenants.tenant("acme")
    people = ["ann", "bob"]
    embedded = await world.embedded(ephemeral=False)
    await settle(embedded, world, people)
    # An image of who is there is written every few seconds.
    image = embedded.data / "live" / "image"
    written = image.stat().st_mtime if image.exists() else 0

    async def is_written() -> bool:
        return image.exists() and image.stat().st_mtime > written

    await until(is_written, "the image of who is there", within=30)
    await embedded.kill()
    await embedded.launch()
    await come_back(embedded, world, people)
    await embedded.kill()

    left, right = await world.edges(lease_seconds=LEASE)
    await settle(left, world, people)
    await left.kill()
    watcher = await world.client(right, "watcher")

    async def are_gone() -> bool:
        lines = await watcher.ask("WHOIS ann", "318")
        return any(m.command == "401" for m in lines)

    await until(are_gone, "the dead edge's people to be gone", within=60)
    await come_back(right, world, people)
