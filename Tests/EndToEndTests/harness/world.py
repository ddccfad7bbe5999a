"""The world of one scenario: its temporary folder, its servers and its clients, all of which end with it."""

import asyncio
import os
import pathlib
import shutil
import tempfile

from .client import Client
from .edge import Edge
from .processes import Program, run, tool
from .services import PostgreSQL, Redis
from .tenants import Tenants


class World:
    def __init__(self, binary: pathlib.Path):
        self.binary = binary.resolve()
        assert self.binary.is_file(), f"ROOST_BINARY: there is no {self.binary}"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="roost-e2e-"))
        # PostgreSQL runs as a user of its own and must get through to its folder.
        self.folder.chmod(0o755)
        self.tenants = Tenants(self.folder / "tenants")
        self.programs: list[Program] = []
        self.clients: list[Client] = []
        #: What runs beside the scenario and is cancelled at its end.
        self.tasks: list[asyncio.Task] = []
        self.redis: Redis | None = None
        self.postgres: PostgreSQL | None = None

    # Servers

    async def embedded(self, *options: str, ephemeral: bool = True, **keywords) -> Edge:
        """One `roost dev` process."""
        edge = Edge(self, f"dev{len(self.programs)}")
        self.programs.append(edge)
        await edge.launch_embedded(*options, ephemeral=ephemeral, **keywords)
        return edge

    async def stores(self) -> None:
        """A Redis and a PostgreSQL with the schema in it."""
        self.redis = Redis(self.folder)
        self.postgres = PostgreSQL(self.folder)
        self.programs += [self.redis, self.postgres]
        await asyncio.gather(self.redis.launch(), self.postgres.launch())
        await self.roost("migrate", "up", "--database", self.postgres.url)

    async def edges(self, count: int = 2, **settings: str | int | bool) -> list[Edge]:
        """Edges over the shared stores, which are started if they are not."""
        if self.redis is None:
            await self.stores()
        if not self.tenants.path("plan-open").exists():
            self.tenants.plan()
        if not (self.folder / "secret").exists():
            (self.folder / "secret").write_bytes(os.urandom(32))
            await self.certificate("wildcard", "*.localhost", "acme.localhost", "globex.localhost")
        edges = []
        for _ in range(count):
            edge = Edge(self, f"edge{len(self.programs)}")
            self.programs.append(edge)
            edges.append(edge)
        await asyncio.gather(*(edge.launch_edge(**settings) for edge in edges))
        return edges

    async def roost(self, *arguments: str, stdin: str = "", expect: int | None = 0) -> str:
        """Runs a command of the program. Returns what it printed."""
        return await run(str(self.binary), *arguments, stdin=stdin, expect=expect)

    async def certificate(self, name: str, *hostnames: str) -> str:
        """A certificate of our own for hostnames. Returns `certificate,key`, as the configuration has it."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        names = ",".join(f"DNS:{hostname}" for hostname in hostnames)
        await run(
            tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", f"/CN={hostnames[0]}", "-addext", f"subjectAltName={names}",
            "-out", str(certificate), "-keyout", str(key),
        )  # fmt: skip
        return f"{certificate},{key}"

    # Clients

    async def client(self, edge: Edge, nick: str, tenant: str | None = None, **options) -> Client:
        """A registered client: in the clear to the plain tenant, or over TLS to a tenant's hostname."""
        how = {k: options.pop(k) for k in ("websocket", "address") if k in options}
        client = await self.connection(edge, tenant, **how)
        await client.register(nick, **options)
        return client

    async def connection(
        self, edge: Edge, tenant: str | None = None, websocket: bool = False, certificate: str | None = None,
        address: str | None = None,
    ) -> Client:  # fmt: skip
        """A connection that has said nothing yet; from another address of the loopback than the usual one, if it is by IRC."""
        host = f"{tenant}.localhost" if tenant else None
        source = {"local_addr": (address, 0)} if address else {}
        if websocket:
            client = await Client.websocket(edge.http, host or "acme.localhost")
        elif host:
            client = await Client.tls(edge.ircs, host, certificate, **source)
        else:
            client = await Client.plain(edge.irc, **source)
        self.clients.append(client)
        return client

    # The end

    def check_health(self) -> None:
        """No program ended that was not ended, and none reported a crash."""
        for program in self.programs:
            assert program.is_running or program.may_end, f"{program.name} ended:\n{program.output[-4000:]}"
            for word in ("Fatal error", "SIGSEGV", "Thread 0 crashed"):
                assert word not in program.output, f"{program.name} crashed:\n{program.output[-4000:]}"

    def report(self) -> str:
        """What to read when a scenario failed."""
        parts = [f"--- {program.name}\n{program.output[-3000:]}" for program in self.programs]
        for client in self.clients[-8:]:
            lines = "\n".join(line[:300] for line in client.transcript[-25:])
            parts.append(f"--- client {client.nick}\n{lines}")
        return "\n".join(parts)

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.gather(*(client.close() for client in self.clients), return_exceptions=True)
        for program in reversed(self.programs):
            await program.end()
        shutil.rmtree(self.folder, ignore_errors=True)
