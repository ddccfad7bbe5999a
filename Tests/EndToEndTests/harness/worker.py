"""A `roost worker` process under test."""

import asyncio
import json

from .edge import Edge


class Worker(Edge):
    """What it is asked by HTTP is asked as of an edge; it has no other listeners."""

    async def launch_worker(self, **settings) -> None:
        """Settings are keys of the configuration."""
        world = self.world
        configuration = {
            "redis": {"url": world.redis.url},
            "database": {"url": world.postgres.url},
            "tenants": str(world.tenants.folder),
            "listen": {"metrics": f"127.0.0.1:{self.metrics}"},
            "lease": {"seconds": 3},
            **settings,
        }
        file = world.folder / f"{self.name}.yaml"
        file.write_text(json.dumps(configuration))
        self.command = [str(world.binary), "worker", "--config", str(file)]
        await self.launch()


async def workers(world, count: int = 2, **settings) -> list[Worker]:
    """Workers over the stores that the edges share."""
    made = []
    for _ in range(count):
        worker = Worker(world, f"worker{len(world.programs)}")
        world.programs.append(worker)
        made.append(worker)
    await asyncio.gather(*(worker.launch_worker(**settings) for worker in made))
    return made
