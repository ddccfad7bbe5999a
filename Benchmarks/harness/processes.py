"""Starting servers and ending them: each by its own pid, each on its own core, none left behind."""

import os
import random
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path


class StartFailure(Exception):
    """A server did not come up; the text says where its output is."""


def cores() -> dict[str, int]:
    """Which core is whose: the measured server, the generator, and the server's own servers (Redis, PostgreSQL)."""
    available = sorted(os.sched_getaffinity(0))
    server = available[0]
    generator = available[1] if len(available) > 1 else server
    return {"server": server, "generator": generator, "companions": available[2] if len(available) > 2 else generator}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, below those that the kernel gives to clients."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def raise_file_limit() -> None:
    """As many open files as the system lets this process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Processes:
    """The processes that a run has started; leaving the block ends them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        self.stop_signals: dict[int, signal.Signals] = {}

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.running):
            self._end(process)

    def start(
        self,
        name: str,
        command: list[str],
        core: int | set[int],
        user: str | None = None,
        environment: dict[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> subprocess.Popen[bytes]:
        """Starts a server pinned to `core` (or several), its output in `NAME.log`."""

        def prepare() -> None:
            os.sched_setaffinity(0, {core} if isinstance(core, int) else core)
            raise_file_limit()

        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
                user=user,
                preexec_fn=prepare,
            )
        self.running.append(process)
        self.stop_signals[process.pid] = stop_signal
        return process

    def wait_for_port(self, name: str, process: subprocess.Popen[bytes], port: int, seconds: float = 20) -> None:
        """Returns when something listens on `port`; raises StartFailure when the process ends first."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise StartFailure(f"{name} ended with {process.returncode}: {self.tail(name)}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise StartFailure(f"{name} does not listen on port {port}: {self.tail(name)}")

    def tail(self, name: str) -> str:
        """The end of a server's output."""
        log = self.folder / f"{name}.log"
        return log.read_text(errors="replace")[-600:].strip() if log.exists() else "no output"

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is not None:
            return
        process.send_signal(self.stop_signals[process.pid])
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
