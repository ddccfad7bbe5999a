"""A scenario is an async function of a `World`; its name in the list is `file.function`."""

import functools
from collections.abc import Awaitable, Callable

from .world import World

Scenario = Callable[[World], Awaitable[None]]

#: All scenarios of the files that were imported, by name.
registered: dict[str, Scenario] = {}


def scenario(body: Scenario) -> Scenario:
    """Makes a function a scenario; scenarios.txt must name it, too."""
    name = f"{body.__module__.rsplit('.', 1)[-1]}.{body.__name__}"
    assert name not in registered, f"there are two scenarios {name}"

    @functools.wraps(body)
    async def run(world: World) -> None:
        await body(world)

    registered[name] = run
    return run
