"""What happens when the process may open no more descriptors."""

import asyncio
import re

from harness.client import Client
from harness.processes import tool, until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, plain

LIMIT = 400


async def metric(edge, name: str) -> float:
    status, text = await edge.get("/metrics")
    assert status == 200, text
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not in the metrics"
    return float(found[1])


class Silent:
    """Connections that say nothing, from one address."""

    def __init__(self, address: str):
        self.address = address
        self.writers: list[asyncio.StreamWriter] = []

    async def open(self, port: int, count: int) -> None:
        """The kernel takes connections that the program does not: neither end waits."""
        for _ in range(count):
            try:
                _, writer = await asyncio.wait_for(
                    asyncio.open_connection("127.0.0.1", port, local_addr=(self.address, 0)), 2
                )
            except (OSError, TimeoutError):
                return
            self.writers.append(writer)

    def close(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
        self.writers = []


@scenario
async def raised(world: World) -> None:
    """The limit that an ordinary process starts with is raised to the one that it may have."""
    world.tenants.tenant("acme")
    edge = await world.embedded(prefix=(tool("prlimit"), "--nofile=256:2000"))
    crowd = Silent("127.0.1.1")
    try:
        await crowd.open(edge.irc, 400)

        async def all_inside() -> bool:
            return await metric(edge, "roost_open_sockets") == 400

        await until(all_inside, "400 connections to be accepted")
    finally:
        crowd.close()


@scenario
async def run_out(world: World) -> None:
    """400 descriptors, more clients than that, log-ins and messages for the history: the process lives, and serves."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    edge = await world.embedded(ephemeral=False, prefix=(tool("prlimit"), f"--nofile={LIMIT}:{LIMIT}"))
    speaker = await world.client(edge, "speaker")
    await speaker.join("#lobby")
    is_over = False

    async def talk() -> None:
        number = 0
        while not is_over:
            number += 1
            speaker.send(f"PRIVMSG #lobby :message {number}")
            await speaker.sync()

    async def log_in() -> None:
        while not is_over:
            client = Client()
            try:
                client = await Client.plain(edge.irc)
                await client.capabilities("sasl")
                await plain(client, "boss", PASSWORD)
            except (OSError, AssertionError, TimeoutError):
                await asyncio.sleep(0.05)
            finally:
                await client.close()

    talking = asyncio.create_task(talk())
    world.tasks += [talking, *(asyncio.create_task(log_in()) for _ in range(4))]
    crowds = [Silent(f"127.0.1.{number}") for number in range(1, 31)]
    try:
        for turn in range(6):
            port = (edge.irc, edge.ircs, edge.http)[turn % 3]
            await asyncio.gather(*(crowd.open(port, 12) for crowd in crowds))
            # As often as libdispatch looks at its threads.
            await asyncio.sleep(1)
            assert edge.is_running, f"it ended with {edge.process.returncode}:\n{edge.output[-3000:]}"
            assert await metric(edge, "roost_accept_pauses_total") > 0
            assert await metric(edge, "roost_open_sockets") < LIMIT - 60
            for crowd in crowds[::3]:
                crowd.close()
        assert "no connections are accepted until some have ended" in edge.output
    finally:
        is_over = True
        for crowd in crowds:
            crowd.close()
    await talking
    # Whoever comes after that is served.
    late = await world.client(edge, "late")
    await late.join("#lobby")

    async def is_accepting() -> bool:
        return await metric(edge, "roost_accepting") == 1

    await until(is_accepting, "connections to be accepted again")
