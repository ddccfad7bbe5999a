"""What is logged in to an account, ended from inside and from outside."""

from harness.client import Client
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, login, plain


async def listed(client: Client) -> list[str]:
    """What NickServ says is logged in, up to the count."""
    client.send("NS CLIENTS LIST")
    lines = []
    while not lines or not lines[-1].startswith("Clients of "):
        lines.append((await client.expect(lambda m: m.command == "NOTICE" and m.line.startswith(":NickServ!"))).text)
    return lines


@scenario
async def logged_out(world: World) -> None:
    """Clients of an account on two edges are listed and ended, one and all; one that was deleted or logged out from outside ends, too."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    edges = await world.edges()
    database = ("--tenant", "acme", "--database", world.postgres.url)
    for name in ("carol", "dave"):
        await world.roost("account", "add", name, "--password-stdin", *database, stdin=PASSWORD)

    here, there = [await login(world, edge, plain, "carol", PASSWORD, "carol") for edge in edges]
    third = await login(world, edges[1], plain, "carol", PASSWORD, "carol")
    looks_on = await world.client(edges[1], "looks_on")
    await looks_on.join("#lobby")
    await here.join("#lobby")
    lines = await listed(here)
    assert lines[-1] == "Clients of carol: 3", lines
    # One of them: the others stay.
    ids = [line.split()[1].rstrip(",") for line in lines if line.startswith("Client ")]
    own = lines[lines.index("That is the one that you write with") - 1].split()[1].rstrip(",")
    other = next(id for id in ids if id != own)
    here.send(f"NS CLIENTS LOGOUT {other}")
    await here.expect(lambda m: m.text == "That is logged out")
    lines = await listed(here)
    assert lines[-1] == "Clients of carol: 2" and other not in " ".join(lines), lines
    # All of them, wherever they are.
    here.send("NS CLIENTS LOGOUT all")
    for client in (here, there, third):
        assert "Logged out by another client" in (await client.expect("ERROR")).text
        await client.ended()
    await looks_on.expect(lambda m: m.command == "QUIT" and m.line.startswith(":carol!"))

    # From outside, within seconds.
    carols = [await login(world, edge, plain, "carol", PASSWORD, "carol") for edge in edges]
    assert "ends" in await world.roost("account", "logout", "carol", *database)
    for client in carols:
        assert "Logged out by an administrator" in (await client.expect("ERROR", within=15)).text
    dave = await login(world, edges[1], plain, "dave", PASSWORD, "dave")
    await world.roost("account", "delete", "dave", *database)
    assert "Your account is no more" in (await dave.expect("ERROR", within=15)).text

    # An operator whose role is another has the rights of that.
    await world.roost("account", "role", "carol", "moderator", *database)
    carol = await login(world, edges[0], plain, "carol", PASSWORD, "carol")
    await carol.ask(f"OPER carol :{PASSWORD}", "381")
    await world.roost("account", "role", "carol", "user", *database)
    await carol.expect(lambda m: m.command == "MODE" and "-o" in m.line, within=15)
    assert (await carol.ask("KILL looks_on :x", "481"))[-1].command == "481"
