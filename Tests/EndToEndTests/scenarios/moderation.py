"""Keeping people off a network."""

import asyncio

from harness.client import Client
from harness.processes import run, tool
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, login, plain


async def refused(client: Client, reason: str) -> None:
    """Whoever comes is told why, and that is the end."""
    told = await client.expect("465", "001")
    assert told.command == "465" and reason in told.text, told.line
    await client.ended()


@scenario
async def kept_out(world: World) -> None:
    """Somebody is banned by account, certificate, real name and mask, on one edge: they go, and come back on neither."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    edges = await world.edges()
    boss = await login(world, edges[0], plain, "boss", PASSWORD, "boss")
    assert await boss.ask(f"OPER boss :{PASSWORD}", "381")
    await boss.capabilities("standard-replies")
    certificate = await world.certificate("client", "troll")
    fingerprint = (
        await run(tool("openssl"), "x509", "-in", certificate.split(",")[0], "-noout", "-fingerprint", "-sha256")
    ).strip().split("=")[1].replace(":", "").lower()
    member = await world.client(edges[1], "member")
    member.send(f"NS REGISTER {PASSWORD.replace(' ', '-')}")
    await member.expect("900")

    async def come(edge, kind: str) -> Client:
        client = await world.connection(edge, "acme", certificate=certificate if kind == "certificate" else None)
        if kind == "account":
            client.send(f"PASS member:{PASSWORD.replace(' ', '-')}")
        nick = {"account": "member2", "mask": "troll"}.get(kind, "guest")
        client.send(f"NICK {nick}", f"USER x 0 * :{'I am bad' if kind == 'realname' else 'Real'}")
        return client

    bans = {"account": "a:member", "certificate": f"z:{fingerprint}", "realname": "r:I*bad", "mask": "troll!*@*"}
    for kind, mask in bans.items():
        here = member if kind == "account" else await come(edges[1], kind)
        if kind != "account":
            await here.expect("376", "422")
        boss.send(f"UBAN ADD {mask} 1h :enough of {kind}")
        assert (await boss.expect("NOTE", "FAIL")).parameters[1] == "BAN_ADDED", boss.tail()
        # On the other edge, at once.
        assert f"enough of {kind}" in (await here.expect("ERROR")).text
        for edge in edges:
            await refused(await come(edge, kind), f"enough of {kind}")
    # Everybody else is let in, and those who looked after it stay.
    other = await world.client(edges[1], "other")
    await other.sync()
    listed = await boss.ask("UBAN LIST", ("NOTE", "UBAN", "BANS_END"))
    assert sorted(m.parameters[2] for m in listed if m.parameters[1] == "BAN") == sorted(bans.values()), boss.tail(20)

    # After a restart of an edge they are known before anybody is let in.
    await edges[1].kill()
    await edges[1].launch()
    await refused(await come(edges[1], "mask"), "enough of mask")
    for mask in bans.values():
        boss.send(f"UBAN DEL {mask}")
        await boss.expect(("NOTE", "UBAN", "BAN_LIFTED"))
    # By address: all tests come from this one, so the network's own people look on from their accounts.
    boss.send("UBAN ADD 127.0.0.0/8")
    assert (await boss.expect("NOTE", "FAIL")).parameters[1] == "INVALID_MASK"

    async def comes_in() -> bool:
        client = await come(edges[1], "mask")
        return (await client.expect("001", "465")).command == "001"

    async with asyncio.timeout(30):
        while not await comes_in():
            pass
