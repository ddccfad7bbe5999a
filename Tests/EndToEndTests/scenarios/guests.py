"""What people without an account may do less than others, over two edges."""

from harness.client import Client, numbers
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD
from .checks import operator
from .doors import CAPS, CHANNEL, WORD


@scenario
async def limited(world: World) -> None:
    """What a tenant lets guests do holds on both edges, changes while they are there, and is nothing for others."""
    limits = {"directMessages": False, "linksAfter": "1h", "createChannels": False, "maximumChannels": 1}
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    left, right = await world.edges()
    boss = await operator(world, left)
    for channel in (CHANNEL, "#two"):
        await boss.join(channel)
    people = [await world.client(edge, nick, caps=CAPS) for nick, edge in (("one", left), ("two", right))]
    one, two = people

    async def answers(client: Client, line: str) -> str:
        """What it is answered; nothing if it is done."""
        client.send(line)
        return " ".join(m.parameters[1] for m in await client.sync() if m.command == "FAIL")

    async def is_limited() -> bool:
        """Whether nobody begins a channel."""
        channel = f"#own{next(numbers)}"
        refused = [await answers(client, f"JOIN {channel}") for client in people]
        for client in people:
            await answers(client, f"PART {channel}")
        return all(refused)

    world.tenants.tenant("acme", admins={"boss": PASSWORD}, spec={"guests": limits})
    await until(is_limited, "guests to begin no channels")
    for client, other in ((one, "two"), (two, "one")):
        assert await answers(client, f"JOIN {CHANNEL}") == ""
        for line in ("JOIN #two", f"PRIVMSG {other} :psst", f"PRIVMSG {CHANNEL} :see https://example.com/"):
            assert await answers(client, line) == "ACCOUNT_REQUIRED", client.tail()
        for line in ("PRIVMSG chief :help", f"PRIVMSG {CHANNEL} :hello"):
            assert await answers(client, line) == "", client.tail()
        told = [await boss.expect("PRIVMSG") for _ in range(2)]
        assert sorted(m.text for m in told) == ["hello", "help"], boss.tail()
    # With an account all of it is theirs.
    one.send(f"NS REGISTER {WORD}")
    await one.expect("900")
    for line in ("JOIN #two", "JOIN #own", "PRIVMSG two :psst", f"PRIVMSG {CHANNEL} :see https://example.com/"):
        assert await answers(one, line) == "", one.tail()
    for text in ("psst", "see https://example.com/"):
        await two.expect(lambda m: m.command == "PRIVMSG" and m.nick == "one" and m.text == text)
