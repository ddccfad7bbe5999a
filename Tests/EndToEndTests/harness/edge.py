"""A `roost dev` or `roost edge` process under test."""

import json
import os
import urllib.error
import urllib.request
import asyncio
from collections.abc import Sequence

from .processes import Program, free_port


class Edge(Program):
    def __init__(self, world, name: str):
        super().__init__(name, world.folder / f"{name}.log")
        self.world = world
        self.irc, self.ircs, self.http, self.metrics = (free_port() for _ in range(4))
        self.command: list[str] = []
        self.data = world.folder / f"{name}-data"

    async def launch_embedded(
        self, *options: str, ephemeral: bool, within: float = 30, prefix: Sequence[str] = ()
    ) -> None:
        """`prefix` is a program that starts it, such as one that sets limits."""
        if "plan-open.yaml" not in os.listdir(self.world.tenants.folder):
            self.world.tenants.plan()
        if not options or not any(option.endswith("flood-control") for option in options):
            options += ("--no-flood-control",)
        self.command = [
            *prefix, str(self.world.binary), "dev", "--tenants", str(self.world.tenants.folder),
            *(["--ephemeral"] if ephemeral else ["--data", str(self.data)]),
            "--irc", f"127.0.0.1:{self.irc}", "--ircs", f"127.0.0.1:{self.ircs}",
            "--http", f"127.0.0.1:{self.http}", "--https", "off", "--metrics", f"127.0.0.1:{self.metrics}", *options,
        ]  # fmt: skip
        await self.launch(within)

    async def launch_edge(self, **settings: str | int | bool | list[str]) -> None:
        """Settings replace those of the configuration; `lease_seconds` is `lease.seconds`."""
        world = self.world
        secret = world.folder / "secret"
        configuration = {
            "redis": {"url": world.redis.url},
            "database": {"url": world.postgres.url},
            "tenants": str(world.tenants.folder),
            "secretFile": str(secret),
            "plainTenant": "acme",
            "certificates": [f"{world.folder}/wildcard.pem,{world.folder}/wildcard.key"],
            "listen": {
                "irc": f"127.0.0.1:{self.irc}", "ircs": f"127.0.0.1:{self.ircs}", "http": f"127.0.0.1:{self.http}",
                "metrics": f"127.0.0.1:{self.metrics}",
            },
            "log": {"level": "info"},
            "drain": {"seconds": 1},
            "lease": {"seconds": 3},
            "floodControl": False,
        }  # fmt: skip
        for key, value in settings.items():
            place = configuration
            *path, last = key.split("_") if key.split("_")[0] in configuration else [key]
            for step in path:
                place = place[step]
            place[last] = value
        file = world.folder / f"{self.name}.yaml"
        file.write_text(json.dumps(configuration))
        self.command = [str(world.binary), "edge", "--config", str(file)]
        await self.launch()

    async def launch(self, within: float = 40) -> None:
        offset = len(self.output)
        await self.start(self.command)
        await self.wait_for_output("^ready", within, after=offset)

    async def get(self, path: str, port: int | None = None, host: str | None = None) -> tuple[int, str]:
        """An HTTP request. Returns status and body."""
        request = urllib.request.Request(f"http://127.0.0.1:{port or self.metrics}{path}")
        if host:
            request.add_header("Host", host)

        def fetch() -> tuple[int, str]:
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    return response.status, response.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode(errors="replace")

        return await asyncio.to_thread(fetch)
