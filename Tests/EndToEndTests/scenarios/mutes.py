"""Who says nothing for a while, over two edges."""

from harness.client import Client, numbers
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD
from .checks import noted, operator
from .doors import CAPS, CHANNEL, WORD, comes


@scenario
async def kept(world: World) -> None:
    """A muted account and a muted mask stay that: on another edge, after a restart of one, until it ends."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    left, right = await world.edges()
    boss = await operator(world, left)
    await boss.join(CHANNEL)
    bob = await world.client(right, "bob", caps=CAPS)
    bob.send(f"NS REGISTER {WORD}")
    await bob.expect("900")

    never: list[str] = []

    async def speaks(client: Client) -> bool:
        """Whether they can; then they are heard, and else never."""
        text = f"may I {next(numbers)}"
        client.send(f"PRIVMSG {CHANNEL} :{text}")
        if any(m.command == "404" for m in await client.sync()):
            never.append(text)
            return False
        await boss.expect(("PRIVMSG", CHANNEL, text))
        return True

    await bob.join(CHANNEL)
    assert await speaks(bob)
    assert await noted(boss, "MUTE bob 1h :enough", "MUTED")
    assert "enough" in (await bob.expect(lambda m: m.command == "NOTICE" and "muted" in m.text)).text
    assert not await speaks(bob)
    bob.send("PRIVMSG chief :why?", "NICK other", f"TOPIC {CHANNEL} :mine", "AWAY :mine")
    lines = await bob.sync()
    assert [m.parameters[1] for m in lines if m.command == "FAIL"] == ["MUTED"] * 3, bob.tail()
    assert (await boss.expect(("PRIVMSG", "chief"))).text == "why?"
    bob.send("QUIT")
    await bob.ended()

    # A name of theirs that others see is no way out, and neither is the other edge.
    back = await comes(world, left, "robert", account="bob")
    await back.expect("001")
    await back.join(CHANNEL)
    assert not await speaks(back)

    assert await noted(boss, "MUTE loud*!*@* 1h :hush", "MUTED")
    for number, edge in enumerate((left, right)):
        loud = await world.client(edge, f"loud{number}", caps=CAPS)
        await loud.join(CHANNEL)

        async def is_hushed(client: Client = loud) -> bool:
            return not await speaks(client)

        await until(is_hushed, f"{edge.name} to know of the mute")
    await right.kill()
    await right.launch()
    for nick, account in (("loud", None), ("bob", "bob")):
        client = await comes(world, right, nick, account=account)
        await client.expect("001")
        await client.join(CHANNEL)
        assert not await speaks(client)
    listed = await boss.ask("MUTES", ("NOTE", "MUTES", "MUTES_END"))
    muted = sorted(m.parameters[2] for m in listed if m.parameters[:2] == ["MUTES", "MUTE"])
    assert muted == ["a:bob", "loud*!*@*"], boss.tail()

    assert await noted(boss, "UNMUTE a:bob", "UNMUTED")
    for client in (back, client):

        async def may(client: Client = client) -> bool:
            return await speaks(client)

        await until(may, f"{client.nick} to speak again")
    # A mute ends by itself, on the other edge too.
    assert await noted(boss, "MUTE a:bob 4s :a moment", "MUTED")

    async def may_not() -> bool:
        return not await speaks(client)

    await until(may_not, "the other edge to know of the mute")
    await until(may, "the mute to end")
    listed = await boss.ask("MUTES", ("NOTE", "MUTES", "MUTES_END"))
    assert [m.parameters[2] for m in listed if m.parameters[:2] == ["MUTES", "MUTE"]] == ["loud*!*@*"], boss.tail()
    assert not [m.text for m in boss.messages if m.text in never], boss.tail()
