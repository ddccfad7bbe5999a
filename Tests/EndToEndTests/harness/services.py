"""A real Redis and a real PostgreSQL on ports of their own with temporary data, which can be killed and restarted."""

import asyncio
import os
import pathlib
import signal

from .processes import Program, as_ordinary_user, free_port, give_to_ordinary_user, run, status, tool, until


class Redis(Program):
    """Every write is on the disk before it is answered, so that a killed Redis comes back with what it said."""

    def __init__(self, folder: pathlib.Path, name: str = "redis", primary: "Redis | None" = None):
        super().__init__(name, folder / f"{name}.log")
        self.folder = folder / name
        self.folder.mkdir()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        #: Whose replica it is when it starts.
        self.primary = primary

    async def launch(self) -> None:
        await self.start([
            tool("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no",
            *(["--replicaof", "127.0.0.1", str(self.primary.port)] if self.primary else []),
        ])  # fmt: skip
        await until(self.answers, "redis to answer", alive=self)

    async def answers(self) -> bool:
        code, output = await status(tool("redis-cli"), "-p", str(self.port), "ping")
        return code == 0 and "PONG" in output

    async def command(self, *words: str) -> str:
        return await run(tool("redis-cli"), "-p", str(self.port), *words)


class PostgreSQL(Program):
    """A cluster made for one scenario; connections are trusted, since it listens on the loopback only."""

    def __init__(self, folder: pathlib.Path):
        super().__init__("postgresql", folder / "postgresql.log")
        self.folder = folder / "postgresql"
        self.folder.mkdir(mode=0o700)
        give_to_ordinary_user(self.folder)
        self.port = free_port()
        self.url = f"postgres://roost@127.0.0.1:{self.port}/roost"

    @staticmethod
    def program(name: str) -> str:
        versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        return tool(name, *map(str, versions))

    async def launch(self) -> None:
        data = self.folder / "data"
        is_new = not data.exists()
        if is_new:
            await run(*as_ordinary_user([
                self.program("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
                "--no-sync",
            ]))  # fmt: skip
        # After a kill the last backends may still hold the shared memory for a moment; then it is tried again.
        end = asyncio.get_running_loop().time() + 30
        while True:
            await self.start(as_ordinary_user([
                self.program("postgres"), "-D", str(data), "-p", str(self.port), "-k", str(self.folder),
                "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60",
            ]))  # fmt: skip
            if await self.comes_up():
                break
            assert asyncio.get_running_loop().time() < end, f"PostgreSQL does not start:\n{self.output[-4000:]}"
        if is_new:
            await self.query("CREATE ROLE roost LOGIN", database="postgres")
            await self.query("CREATE DATABASE roost OWNER roost", database="postgres")

    async def comes_up(self) -> bool:
        async def settled() -> bool:
            return not self.is_running or await self.answers()

        await until(settled, "PostgreSQL to answer", within=60)
        return self.is_running

    async def answers(self) -> bool:
        code, _ = await status(self.program("pg_isready"), "-q", "-U", "postgres", "-h", "127.0.0.1", "-p", str(self.port))
        return code == 0

    async def query(self, sql: str, database: str = "roost") -> list[list[str]]:
        """Rows of text, as a superuser: row-level security does not hide anything."""
        output = await run(
            self.program("psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database,
            "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql,
        )  # fmt: skip
        return [line.split("\t") for line in output.splitlines()]

    async def end(self) -> None:
        # Fast shutdown: SIGTERM would wait for clients.
        self.may_end = True
        self.signal(signal.SIGINT)
        await super().end()
