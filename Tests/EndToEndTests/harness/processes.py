"""Programs that a scenario starts: each ends with it, also if the scenario fails or this process is killed."""

import asyncio
import ctypes
import fcntl
import os
import random
import pathlib
import pwd
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


#: What was handed out may not be bound yet.
handed_out: set[int] = set()
#: A byte of this file for each port, locked by the process that was given it (Tests/Support/FreePort.swift).
ports = os.open(f"{tempfile.gettempdir()}/roost-test-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def free_port() -> int:
    """A port of the loopback that was free a moment ago, of which no test on this machine was told that still runs, and which
    is not in the range that the kernel hands out."""
    while True:
        port = random.randrange(20_000, 32_000)
        if port in handed_out:
            continue
        try:
            fcntl.lockf(ports, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            continue
        handed_out.add(port)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def tool(name: str, *folders: str) -> str:
    """Where a program is; a scenario that lacks one fails."""
    path = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"]))
    assert path, f"{name} is not installed: run scripts/install-packages test"
    return path


class Program:
    """A process with its output in a file."""

    def __init__(self, name: str, log: pathlib.Path):
        self.name = name
        self.log = log
        self.process: asyncio.subprocess.Process | None = None
        #: Set by whoever ends it on purpose; a program that ends otherwise is a failure.
        self.may_end = False

    async def start(self, command: Sequence[str], environment: dict[str, str] | None = None, **options) -> None:
        self.may_end = False
        self.may_outlive = False

        def bind_to_parent() -> None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command,
                stdin=options.pop("stdin", asyncio.subprocess.DEVNULL),
                stdout=log,
                stderr=log,
                env={**os.environ, **(environment or {})},
                preexec_fn=bind_to_parent,
                **options,
            )

    @property
    def pid(self) -> int:
        assert self.process, f"{self.name} was not started"
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def signal(self, number: signal.Signals) -> None:
        if self.is_running:
            self.process.send_signal(number)

    async def kill(self) -> None:
        """Ends it as a crash would."""
        self.may_end = True
        self.signal(signal.SIGKILL)
        await self.process.wait()

    async def terminate(self, within: float = 20) -> int:
        """Asks it to end. Returns its exit code."""
        self.may_end = True
        self.signal(signal.SIGTERM)
        async with asyncio.timeout(within):
            return await self.process.wait()

    async def end(self) -> None:
        self.may_end = True
        if not self.is_running:
            return
        self.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(5):
                await self.process.wait()
        except TimeoutError:
            await self.kill()

    async def wait_for_output(self, pattern: str, within: float = 30, after: int = 0) -> re.Match[str]:
        """Waits until the output past an offset matches; a file cannot tell, so it is looked at again and again."""
        async def look() -> re.Match[str] | None:
            return re.search(pattern, self.output[after:], re.MULTILINE)

        return await until(look, f"{self.name} to print /{pattern}/", within, alive=self)


async def until(condition, what: str, within: float = 20, alive: Program | None = None):
    """Polls a condition of the outside world that cannot notify. Returns its first true value."""
    end = asyncio.get_running_loop().time() + within
    while True:
        value = await condition()
        if value:
            return value
        assert alive is None or alive.is_running, f"{alive.name} ended while waiting for {what}:\n{alive.output[-4000:]}"
        assert asyncio.get_running_loop().time() < end, f"waited {within} s for {what}"
        await asyncio.sleep(0.02)


async def run(*command: str, stdin: str = "", within: float = 60, expect: int | None = 0, **environment: str) -> str:
    """Runs a command to its end. Returns what it printed; its exit code must be the expected one."""
    code, output = await status(*command, stdin=stdin, within=within, **environment)
    assert expect is None or code == expect, f"{' '.join(command)}: exit code {code}, expected {expect}\n{output}"
    return output


async def status(*command: str, stdin: str = "", within: float = 60, **environment: str) -> tuple[int, str]:
    """Runs a command to its end. Returns its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **environment},
    )
    try:
        async with asyncio.timeout(within):
            output, _ = await process.communicate(stdin.encode())
    except BaseException:
        if process.returncode is None:
            process.kill()
        raise
    return process.returncode, output.decode(errors="replace")


#: Made by Debian's package of PostgreSQL.
ORDINARY = "postgres"


def give_to_ordinary_user(folder: pathlib.Path) -> None:
    """Lets what `as_ordinary_user` starts write to a folder, and to all in it."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, ORDINARY, ORDINARY)


def as_ordinary_user(command: Sequence[str], user: str = ORDINARY) -> list[str]:
    """Some programs do not run as root: then as an ordinary user."""
    if os.geteuid() != 0:
        return list(command)
    entry = pwd.getpwnam(user)
    drop = [tool("setpriv"), f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    # Changing the user clears what binds a process to its parent.
    return [*drop, "--pdeathsig", "KILL", *command]
