"""What those who run it rely on: usage, signals, exit codes, probes."""

import asyncio
import csv
import datetime
import io
import json
import os
import pathlib
import re
import signal
import time

from harness.edge import Edge
from harness.processes import free_port, status, until
from harness.scenario import scenario
from harness.services import PostgreSQL, Redis
from harness.world import World


def period() -> tuple[str, ...]:
    today = datetime.datetime.now(datetime.UTC).date()
    return ("--from", str(today - datetime.timedelta(days=1)), "--to", str(today + datetime.timedelta(days=2)))


async def usage(world: World, tenant: str = "acme") -> dict[str, float]:
    text = await world.roost(
        "usage", "report", "--tenant", tenant, *period(), "--format", "json", "--database", world.postgres.url
    )
    # Before anything was used the standard error says that nothing is known of the tenant.
    return meters(json.loads("\n".join(line for line in text.splitlines() if not line.startswith("roost: "))))


def meters(value) -> dict[str, float]:
    """Meter and quantity, wherever the report has them."""
    found: dict[str, float] = {}
    if isinstance(value, dict):
        if "meter" in value and "quantity" in value:
            found[value["meter"]] = float(value["quantity"])
        for inner in value.values():
            found |= meters(inner)
    elif isinstance(value, list):
        for inner in value:
            found |= meters(inner)
    return found


@scenario
async def metering(world: World) -> None:
    """Known traffic over two edges is in the ledger exactly, for the tenant that it belongs to."""
    world.tenants.tenant("acme")
    world.tenants.tenant("globex")
    edges = await world.edges()
    members = [await world.client(edges[i % 2], f"user{i}") for i in range(5)]
    for member in members:
        await member.join("#lobby")
    await asyncio.gather(*(member.sync() for member in members))
    for number in range(30):
        members[number % 5].send(f"PRIVMSG #lobby :message {number}")
    members[0].send("PRIVMSG user1 :direct", "NOTICE user2 :direct")
    await members[1].expect(("PRIVMSG", "user1"))
    await members[2].expect(("NOTICE", "user2"))
    for member in members:
        while len([m for m in member.messages if m.command == "PRIVMSG" and m.parameters[0] == "#lobby"]) < 24:
            await member.expect(("PRIVMSG", "#lobby"))
        member.send("QUIT")
        await member.ended()
    assert all([await edge.terminate() == 0 for edge in edges])
    used = await usage(world)
    assert used["messages"] == 32 and used["deliveries"] == 30 * 4 + 2, used
    assert used["bytes_in"] > 0 and used["bytes_out"] > 0 and used["peak_connections"] >= 1, used
    assert "connection_minutes" in used, used
    assert not sum((await usage(world, "globex")).values())
    text = await world.roost(
        "usage", "report", "--tenant", "acme", *period(), "--format", "csv", "--database", world.postgres.url
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["meter"]: float(row["quantity"]) for row in rows}["messages"] == 32, text
    table = await world.roost("usage", "report", "--tenant", "acme", *period(), "--database", world.postgres.url)
    assert re.search(r"messages\s.*\b32\b", table), table


@scenario
async def metering_survives_kill(world: World) -> None:
    """An edge that is killed takes the counts of its open window with it, and nothing else; nothing counts twice."""
    world.tenants.tenant("acme")
    left, right = await world.edges()
    speaker = await world.client(right, "speaker")

    async def say(count: int) -> None:
        for number in range(count):
            speaker.send(f"PRIVMSG speaker :{number}")
        for _ in range(count):
            await speaker.expect(("PRIVMSG", "speaker"))

    await say(20)

    async def has_closed() -> bool:
        return (await usage(world)).get("messages") == 20

    # A window has a minute.
    await until(has_closed, "the first window to be in the ledger", within=90)
    await say(7)
    await right.kill()
    after = (await usage(world))["messages"]
    assert 20 <= after <= 27, after
    await right.launch()
    speaker = await world.client(right, "speaker2")
    for number in range(5):
        speaker.send(f"PRIVMSG speaker2 :{number}")
    for _ in range(5):
        await speaker.expect(("PRIVMSG", "speaker2"))
    assert await right.terminate() == 0 and await left.terminate() == 0
    assert (await usage(world))["messages"] == after + 5


@scenario
async def drain(world: World) -> None:
    """SIGTERM: clients are told, the process ends with 0, and the others see their users go at once."""
    world.tenants.tenant("acme")
    left, right = await world.edges()
    watcher = await world.client(left, "watcher")
    leaving = [await world.client(right, f"leaving{i}") for i in range(5)]
    for client in (watcher, *leaving):
        await client.join("#lobby")
    leaving[0].send("PRIVMSG #lobby :last words")
    await watcher.expect(("PRIVMSG", "#lobby", "last words"))
    ending = asyncio.create_task(right.terminate())
    for client in leaving:
        # No ERROR, after which some clients do not come back by themselves.
        assert await client.ended() == ""
        told = [message.text for message in client.messages if message.command == "NOTICE"]
        assert "shutting down" in told[-1], told
    assert await ending == 0, right.output[-2000:]
    gone = set()
    while len(gone) < 5:
        gone.add((await watcher.expect("QUIT", within=5)).nick)
    await right.launch()
    back = await world.client(right, "leaving0")
    await back.join("#lobby")
    await watcher.expect("JOIN")


@scenario
async def ends_without_stores(world: World) -> None:
    """SIGTERM ends an edge soon after its drain, with 0, whichever of its stores is frozen; usage is kept if it can be."""
    world.tenants.tenant("acme")
    await world.stores()
    stores = {"both": (world.redis, world.postgres), "redis": (world.redis,), "postgresql": (world.postgres,)}
    for name, frozen in stores.items():
        (edge,) = await world.edges(1, lease_seconds=60)
        client = await world.client(edge, "alice")
        await client.join("#lobby")
        client.send(f"PRIVMSG #lobby :before {name} freezes")
        await client.sync()
        pids = [pid for store in frozen for pid in (store.pid, *children(store.pid))]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        # Something that waits for them.
        client.send("JOIN #other", f"PRIVMSG #lobby :while {name} is frozen")
        began = time.monotonic()
        try:
            assert await edge.terminate(within=60) == 0, edge.output[-2000:]
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        took = time.monotonic() - began
        print(f"{name}: ended after {took:.1f} s")
        assert took < 1 + 10, f"{name}: it took {took:.1f} s to end:\n{edge.output[-3000:]}"
        lost = "usage is lost" in edge.output
        assert lost == (name != "redis"), edge.output[-3000:]


def children(pid: int) -> list[int]:
    """The processes that a server has started."""
    path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    return [child for one in path.read_text().split() for child in (int(one), *children(int(one)))]


@scenario
async def reload(world: World) -> None:
    """SIGHUP reads the tenants again and drops nobody."""
    world.tenants.tenant("acme", motd="Old.")
    edge = await world.embedded()
    client = await world.client(edge, "alice")
    world.tenants.tenant("acme", motd="New.")
    edge.signal(signal.SIGHUP)

    async def is_new() -> bool:
        return "New." in "".join(m.text for m in await client.ask("MOTD", "376"))

    await until(is_new, "the new message of the day", within=10)


@scenario
async def exit_codes(world: World) -> None:
    """64 for usage, 69 for a service that is away, 78 for configuration, with words that help."""
    binary = str(world.binary)
    code, text = await status(binary, "edge", "--no-such-option")
    assert code == 64, (code, text)
    code, text = await status(binary, "dev", "--tenants", "/nowhere/at/all")
    assert code == 64 and "/nowhere/at/all" in text, (code, text)
    code, text = await status(binary, "edge")
    assert code == 78 and "redis.url" in text and "database.url" in text, (code, text)
    file = world.folder / "bad.yaml"
    file.write_text("redis: {url: 'redis://127.0.0.1:1'}\nshards: many\nnonsense: 1\n")
    code, text = await status(binary, "edge", "--config", str(file))
    assert code == 78 and "bad.yaml:2" in text and "bad.yaml:3" in text, (code, text)
    await world.stores()
    world.tenants.tenant("acme")
    world.tenants.plan()
    secret = world.folder / "secret"
    secret.write_bytes(b"s" * 32)
    pair = await world.certificate("any", "*.localhost")
    settings = {
        "ROOST_REDIS_URL": world.redis.url, "ROOST_DATABASE_URL": world.postgres.url,
        "ROOST_TENANTS": str(world.tenants.folder), "ROOST_SECRET_FILE": str(secret), "ROOST_CERTIFICATES": pair,
        "ROOST_LISTEN_IRCS": f"127.0.0.1:{free_port()}", "ROOST_LISTEN_HTTP": "off", "ROOST_LISTEN_METRICS": "off",
    }  # fmt: skip
    code, text = await status(binary, "migrate", "status", "--database", f"postgres://roost@127.0.0.1:{free_port()}/roost")
    assert code == 69, (code, text)
    code, text = await status(binary, "edge", **(settings | {"ROOST_PROJECTION": "true"}))
    assert code == 78 and "tenants: is set beside projection" in text and "sealingKeyFile" in text, (code, text)
    # A port that is taken is said so.
    taken = await world.embedded()
    code, text = await status(
        binary, "dev", "--ephemeral", "--tenants", str(world.tenants.folder), "--irc", f"127.0.0.1:{taken.irc}",
        "--ircs", "off", "--http", "off", "--https", "off", "--metrics", "off",
    )  # fmt: skip
    assert code != 0 and str(taken.irc) in text, (code, text)


@scenario
async def waits_for_its_stores(world: World) -> None:
    """An edge without a database, a schema or a Redis stays, says in /readyz what it waits for, and serves once it is there."""
    world.tenants.tenant("acme")
    world.redis, world.postgres = Redis(world.folder), PostgreSQL(world.folder)
    world.programs += [world.redis, world.postgres]
    starting = asyncio.create_task(world.edges(1))

    async def is_made() -> bool:
        return len(world.programs) == 3

    await until(is_made, "an edge to be made")
    edge = world.programs[2]

    async def says(words: str) -> None:
        async def is_said() -> bool:
            try:
                code, text = await edge.get("/readyz")
            except OSError:
                return False
            assert code == 503, (code, text)
            return words in text

        await until(is_said, words, within=60)
        assert (await edge.get("/livez"))[0] == 200

    await says("schema: the database is unavailable")
    await world.postgres.launch()
    await says("run `roost migrate up`")
    await world.roost("migrate", "up", "--database", world.postgres.url)
    await says("store: the chat store is unavailable")
    await world.redis.launch()
    await starting
    ann = await world.client(edge, "ann")
    await ann.join("#lobby")
    await ann.sync()

    # One that waits ends when it is told to.
    await world.redis.kill()
    other = Edge(world, "other")
    world.programs.append(other)
    starting = asyncio.create_task(other.launch_edge())
    edge = other
    await says("store: the chat store is unavailable")
    starting.cancel()
    assert await other.terminate() == 0


@scenario
async def probes(world: World) -> None:
    """/livez, /readyz and /metrics answer, and the metrics are what Prometheus reads."""
    world.tenants.tenant("acme")
    edge, _ = await world.edges()
    client = await world.client(edge, "alice")
    await client.join("#lobby")
    client.send("PRIVMSG #lobby :confidential words")
    await client.sync()
    assert (await edge.get("/livez"))[0] == 200
    assert (await edge.get("/readyz"))[0] == 200
    code, text = await edge.get("/metrics")
    assert code == 200
    names = set()
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r'([a-z_:][a-zA-Z0-9_:]*)(\{[^}]*\})? ([-+0-9.eE]+|NaN|[+-]?Inf)( \d+)?', line)
        assert match, line
        names.add(match[1])
    assert "roost_sessions" in names, names
    assert "confidential" not in text and "alice" not in text
