"""The scenarios, the figures that each gives, and one run of one scenario against one server."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .processes import Processes, StartFailure, cores
from .servers import ACCOUNT, HOSTNAME, PASSWORD, Companions, Server

Report = dict


@dataclass(frozen=True)
class Figure:
    """A number of the table."""

    title: str
    read: Callable[[Report], float]
    unit: str
    digits: int
    more_is_better: bool = True


@dataclass(frozen=True)
class Scenario:
    """A load, as arguments of roost-bench, and what to take from its report."""

    name: str
    arguments: tuple[str, ...]
    figures: tuple[Figure, ...]
    timed: bool = True
    tls: bool = False
    quick: tuple[str, ...] = ()
    """The servers that it is for, by the beginning of their names; all by default."""
    servers: tuple[str, ...] = ("",)

    def suits(self, server: Server, is_named: bool) -> bool:
        """Whether `server` is measured with it: unless it was named, only with the scenarios of its row."""
        if not server.name.startswith(self.servers):
            return False
        return is_named or not server.scenarios or self.name in server.scenarios


def _per_cpu_second(report: Report) -> float:
    return report["cpu"]["server"]["perCpuSecond"]


def _deliveries(title: str) -> tuple[Figure, ...]:
    return (Figure(f"{title}, deliveries a CPU second", lambda report: _per_cpu_second(report) / 1e6, "M", 2),)


def _fan_out(channels: int, members: int) -> Scenario:
    # Each who talks has a message on its way, and 64 do at most: with 128, ngIRCd closed clients.
    window = members - 1 if members <= 100 else 64
    arguments = ("fanout", "--channels", str(channels), "--members", str(members), "--window", str(window))
    return Scenario(f"{channels}x{members}", arguments, _deliveries(f"{channels} × {members}"))


def _logins(name: str, mechanism: str, clients: int, parallel: int) -> Scenario:
    # Only Roost has accounts of its own. Each client has an address, so that nobody's log-ins are throttled.
    arguments = ("logins", "--mechanism", mechanism, "--account", ACCOUNT, "--password", PASSWORD,
                 "--clients", str(clients), "--parallel", str(parallel), "--addresses", str(parallel + 1))
    return Scenario(
        name,
        arguments,
        (
            Figure(f"log-ins with {mechanism} a CPU second", _per_cpu_second, "", 0),
            Figure("PONG to somebody else meanwhile, p99", lambda report: report["pingP99Milliseconds"], "ms", 1, False),
        ),
        timed=False,
        quick=("--clients", str(clients // 4)),
        servers=("roost",),
    )


SCENARIOS = [
    _fan_out(1, 100),
    _fan_out(1, 1000),
    _fan_out(50, 20),
    Scenario("pairs", ("pairs", "--clients", "100", "--window", "16"), _deliveries("50 pairs")),
    Scenario(
        "latency",
        ("latency", "--channels", "1", "--members", "100", "--rate", "100"),
        (
            Figure("latency p50 (1 × 100, 100 messages/s)", lambda report: report["p50Milliseconds"], "ms", 2, False),
            Figure("latency p99", lambda report: report["p99Milliseconds"], "ms", 2, False),
            Figure("latency, longest", lambda report: report["maxMilliseconds"], "ms", 2, False),
        ),
    ),
    Scenario(
        "joins",
        ("joins", "--clients", "500", "--channels", "10"),
        (Figure("joins a CPU second (500 clients × 10 channels)", lambda report: _per_cpu_second(report) / 1e3, "k", 1),),
        timed=False,
    ),
    Scenario(
        "registrations",
        ("registrations", "--clients", "10000", "--parallel", "2000"),
        (
            Figure("registrations a CPU second", lambda report: _per_cpu_second(report) / 1e3, "k", 1),
            Figure("registrations a second", lambda report: report["perSecond"] / 1e3, "k", 1),
        ),
        timed=False,
        quick=("--clients", "2000"),
    ),
    Scenario(
        "crowd",
        ("crowd", "--members", "5000", "--joiners", "200", "--window", "64"),
        (
            Figure("1 × 5000, deliveries a CPU second", lambda report: _per_cpu_second(report) / 1e6, "M", 2),
            Figure("joins a CPU second into a channel of 5000",
                   lambda report: report["joins"]["cpu"]["server"]["perCpuSecond"], "", 0),
        ),
        quick=("--members", "1000", "--joiners", "100"),
        # With ngIRCd the 5000 take minutes to come together.
        servers=("inspircd", "roost"),
    ),
    Scenario(
        "reconnects",
        ("reconnects", "--clients", "5000", "--channels", "250"),
        (
            Figure("5000 come back (250 channels), a CPU second", lambda report: _per_cpu_second(report) / 1e3, "k", 1),
            Figure("until all are back", lambda report: report["seconds"], "s", 1, False),
        ),
        timed=False,
        quick=("--clients", "1000", "--channels", "50"),
    ),
    _logins("logins-plain", "PLAIN", 60, 60),
    _logins("logins-scram", "SCRAM-SHA-256", 2000, 500),
    Scenario(
        "idle",
        ("idle", "--clients", "2000"),
        (Figure("memory of an idle connection",
                lambda report: report["memory"]["server"]["kibPerConnection"], "KiB", 1, False),),
        timed=False,
        quick=("--clients", "500"),
    ),
    Scenario(
        "idle-tls",
        ("idle", "--clients", "2000"),
        (Figure("memory of an idle TLS connection",
                lambda report: report["memory"]["server"]["kibPerConnection"], "KiB", 1, False),),
        timed=False,
        tls=True,
        quick=("--clients", "500"),
    ),
]


class RunFailure(Exception):
    """A run that gives no figure, with the reason."""


def run_once(
    scenario: Scenario,
    server: Server,
    companions: Companions,
    generator: Path,
    seconds: float,
    quick: bool = False,
    beside: Callable[[int, Path], None] | None = None,
) -> Report:
    """Starts a fresh server, loads it, ends it, and returns the generator's report.

    `beside` is called with the server's pid and the run's folder before the load begins (a profiler hooks in here).
    """
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Processes(folder) as processes:
            try:
                started = server.start(server, processes, companions)
            except StartFailure as failure:
                raise RunFailure(str(failure)) from failure
            command = ["taskset", "-c", str(cores()["generator"]), str(generator), *scenario.arguments]
            command += ["--accept-queue", str(server.accept_queue)]
            command += ["--port", str(started.tls_port if scenario.tls else started.port)]
            if scenario.tls:
                command += ["--tls", HOSTNAME]
            if scenario.timed:
                command += ["--seconds", str(seconds)]
            if quick:
                command += scenario.quick
            for label, pid in started.charge.items():
                command += ["--charge", f"{label}={pid}"]
            if beside:
                beside(started.charge["server"], folder)
            result = subprocess.run(command, capture_output=True, text=True, timeout=300)
            if result.returncode != 0:
                raise RunFailure(result.stderr.strip() or f"the generator ended with {result.returncode}")
            return json.loads(result.stdout)
