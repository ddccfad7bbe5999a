"""Runs scenarios: `python -m harness FILE.FUNCTION …`; `--check` compares the list with what is written.

ROOST_BINARY names the program under test. Exit status 0 means that all scenarios hold.
"""

import asyncio
import faulthandler
import importlib
import os
import pathlib
import signal
import sys
import time
import traceback

from .scenario import registered
from .world import World

HERE = pathlib.Path(__file__).resolve().parent.parent
#: Shorter than what the Swift test allows, so that a scenario that hangs still says where.
DEADLINE = float(os.environ.get("ROOST_SCENARIO_DEADLINE", "170"))


def listed() -> list[str]:
    lines = (HERE / "scenarios.txt").read_text().splitlines()
    return [line.split(":", 1)[0].strip() for line in lines if line.strip() and not line.startswith("#")]


def load(names: list[str]) -> None:
    for module in sorted({name.split(".", 1)[0] for name in names}):
        importlib.import_module(f"scenarios.{module}")


def check() -> int:
    load([path.stem + ".any" for path in (HERE / "scenarios").glob("*.py") if path.stem != "__init__"])
    names = listed()
    wrong = [f"{name} is written but not in scenarios.txt" for name in registered if name not in names]
    wrong += [f"{name} is in scenarios.txt but not written" for name in names if name not in registered]
    wrong += [f"{name} is in scenarios.txt twice" for name in set(names) if names.count(name) > 1]
    print("\n".join(wrong) or f"all {len(names)} scenarios are listed")
    return 1 if wrong else 0


async def run(name: str) -> bool:
    began = time.monotonic()
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    world = World(pathlib.Path(os.environ["ROOST_BINARY"]))
    try:
        async with asyncio.timeout(DEADLINE):
            await registered[name](world)
            world.check_health()
    except (Exception, asyncio.CancelledError) as error:  # whatever it is, it is a failure and is shown
        print(world.report())
        traceback.print_exception(error, file=sys.stdout)
        return False
    finally:
        await world.end()
        print(f"{name}: {time.monotonic() - began:.1f} s", flush=True)
    return True


def main() -> int:
    faulthandler.enable()
    arguments = sys.argv[1:]
    if arguments == ["--check"]:
        return check()
    names = arguments or listed()
    load(names)
    failed = [name for name in names if not asyncio.run(run(name))]
    print("failed: " + " ".join(failed) if failed else "passed", flush=True)
    return 1 if failed else 0


sys.exit(main())
