"""The servers that are compared: a row each, with how to configure and start it and which processes to charge.

Every server gets limits that no scenario reaches, no look-ups, no flood control and no log of traffic, so that the figures
are about carrying messages. To add a server, write its start function and a row in `SERVERS`.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .processes import Processes, StartFailure, cores, free_port

HOSTNAME = "bench.localhost"
"""Whom log-ins are for."""
ACCOUNT, PASSWORD = "bench", "a long password of the benchmark"


@dataclass
class Started:
    """A running server."""

    port: int
    tls_port: int
    """Label to pid; the label `server` is the one that figures are divided by."""
    charge: dict[str, int] = field(default_factory=dict)


@dataclass
class Server:
    """A row of the comparison."""

    name: str
    title: str
    binary: str
    start: Callable[["Server", Processes, "Companions"], Started]
    """Connections that may wait to be accepted: below the backlog that the server asks of the kernel."""
    accept_queue: int = 64
    version_arguments: tuple[str, ...] = ("--version",)
    """What somebody who reads the figures has to know."""
    note: str = ""
    """Whether it is measured only when it is named."""
    on_request: bool = False
    """What it is measured with unless scenarios are named; all by default."""
    scenarios: tuple[str, ...] = ()
    """The row that it is compared with, in a table of their own."""
    beside: str | None = None

    def available(self) -> bool:
        """Whether the binary is there."""
        return shutil.which(self.binary) is not None

    def version(self) -> str:
        """What the binary says of itself."""
        result = subprocess.run([self.binary, *self.version_arguments], capture_output=True, text=True, timeout=20)
        lines = (result.stdout or result.stderr).strip().splitlines()
        return lines[0] if lines else "unknown"


@dataclass
class Companions:
    """What outlives the servers of a run: certificates, and the Redis and PostgreSQL that edges use."""

    certificate: Path
    key: Path
    processes: Processes
    charge: dict[str, int] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def ensure_stores(self) -> None:
        """Starts Redis and PostgreSQL on free ports with data of their own, once."""
        if self.charge:
            return
        folder = self.processes.folder
        redis_port, postgres_port = free_port(), free_port()
        redis = self.processes.start(
            "redis",
            ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--dir", str(folder),
             "--save", "", "--appendonly", "yes", "--appendfsync", "everysec"],
            cores()["companions"],
        )
        data = folder / "postgres"
        data.mkdir()
        # PostgreSQL refuses to run as root; its package brings a user for it.
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            shutil.chown(data, user)
        tools = Path(shutil.which("postgres") or "postgres").resolve().parent
        subprocess.run(
            [tools / "initdb", "-D", data, "-U", "roost", "--auth=trust", "--encoding=UTF8", "--no-locale"],
            check=True, capture_output=True, user=user, cwd=folder,
        )
        postgres = self.processes.start(
            "postgres",
            [str(tools / "postgres"), "-D", str(data), "-k", "", "-h", "127.0.0.1", "-p", str(postgres_port)],
            # On SIGTERM it would wait for its clients.
            cores()["companions"], user=user, stop_signal=signal.SIGINT,
        )
        self.processes.wait_for_port("redis", redis, redis_port)
        self.processes.wait_for_port("postgres", postgres, postgres_port)
        # Row-level security does not bind a superuser, so the edge has a role of its own.
        for statement in ("CREATE ROLE edge LOGIN", "CREATE DATABASE edge OWNER edge"):
            subprocess.run(
                ["psql", f"postgresql://roost@127.0.0.1:{postgres_port}/postgres", "-qc", statement],
                check=True, capture_output=True,
            )
        self.charge = {"redis": redis.pid, "postgres": postgres.pid}
        self.environment = {
            "ROOST_REDIS_URL": f"redis://127.0.0.1:{redis_port}",
            "ROOST_DATABASE_URL": f"postgresql://edge@127.0.0.1:{postgres_port}/edge",
        }


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A throw-away certificate that every server may read."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={HOSTNAME}", "-addext", f"subjectAltName=DNS:{HOSTNAME}", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )
    key.chmod(0o644)
    return certificate, key


def start_inspircd(server: Server, processes: Processes, companions: Companions) -> Started:
    """InspIRCd 3: only the core modules and TLS."""
    port, tls_port = free_port(), free_port()
    configuration = processes.folder / "inspircd.conf"
    configuration.write_text(f"""
<server name="{HOSTNAME}" description="benchmark" network="Bench">
<admin name="bench" nick="bench" email="bench@{HOSTNAME}">
<bind address="127.0.0.1" port="{port}" type="clients">
<module name="ssl_gnutls">
<sslprofile name="bench" provider="gnutls" certfile="{companions.certificate}" keyfile="{companions.key}">
<bind address="127.0.0.1" port="{tls_port}" type="clients" sslprofile="bench">
<connect name="bench" allow="*" timeout="60" pingfreq="600" hardsendq="67108864" softsendq="67108864" recvq="1048576"
  threshold="1000000" commandrate="1000000000" fakelag="no" localmax="100000" globalmax="100000" maxconnwarn="no"
  limit="100000" resolvehostnames="no" useident="no" maxchans="100">
<performance netbuffersize="65534" somaxconn="4096" softlimit="100000" clonesonconnect="no" nouserdns="yes">
<limits maxnick="30" maxchan="64">
<log method="file" type="*" level="sparse" target="{processes.folder}/inspircd-server.log">
<path datadir="{processes.folder}" logdir="{processes.folder}">
""")
    command = [server.binary, "--config", str(configuration), "--nofork", "--nopid"]
    if os.geteuid() == 0:
        command.append("--runasroot")
    process = processes.start(server.name, command, cores()["server"])
    processes.wait_for_port(server.name, process, port)
    return Started(port, tls_port, {"server": process.pid})


def start_ngircd(server: Server, processes: Processes, companions: Companions) -> Started:
    """ngIRCd in the foreground; as root it becomes the user `irc`."""
    port, tls_port = free_port(), free_port()
    configuration = processes.folder / "ngircd.conf"
    configuration.write_text(f"""
[Global]
Name = {HOSTNAME}
Info = benchmark
Listen = 127.0.0.1
Ports = {port}
ServerUID = irc
ServerGID = irc
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 600
PongTimeout = 600
[Options]
DNS = no
Ident = no
PAM = no
[SSL]
CertFile = {companions.certificate}
KeyFile = {companions.key}
Ports = {tls_port}
""")
    process = processes.start(server.name, [server.binary, "-n", "-f", str(configuration)], cores()["server"])
    processes.wait_for_port(server.name, process, port)
    return Started(port, tls_port, {"server": process.pid})


def write_tenant(folder: Path, history: bool = False) -> Path:
    """A folder with one tenant whose quotas no scenario reaches. The peers keep no history."""
    tenants = folder / "tenants"
    tenants.mkdir(exist_ok=True)
    (tenants / "bench.yaml").write_text(f"""
apiVersion: v1
kind: Secret
metadata: {{name: bench, namespace: bench}}
stringData: {{password: {PASSWORD}}}
---
apiVersion: roost.chat/v1alpha1
kind: Plan
metadata: {{name: bench}}
spec:
  quotas:
    connections: 1000000
    connectionsPerAddress: 1000000
    newConnectionsPerSecond: 1000000
    accounts: 1000000
    channels: 1000000
    channelMembers: 1000000
    messagesPerSecond: 1000000
---
apiVersion: roost.chat/v1alpha1
kind: Tenant
metadata: {{name: bench, namespace: bench}}
spec:
  displayName: Benchmark
  hostnames: [{HOSTNAME}]
  planRef: {{name: bench}}
  admins: [{{account: {ACCOUNT}, passwordSecretRef: {{name: bench, key: password}}}}]
  history: {{enabled: {str(history).lower()}}}
""")
    return tenants


def listen_arguments(ports: dict[str, int]) -> list[str]:
    """`--irc 127.0.0.1:N` and so on."""
    return [part for name, port in ports.items() for part in (f"--{name}", f"127.0.0.1:{port}")]


def start_roost_embedded(
    shards: int = 1, durability: str | None = None
) -> Callable[[Server, Processes, Companions], Started]:
    """Roost in one process, nothing beside it; with a `durability` it keeps a history, its journal there.

    A second shard shares the core of Redis and PostgreSQL, which are not used here.
    """
    def start(server: Server, processes: Processes, companions: Companions) -> Started:
        ports = {name: free_port() for name in ("irc", "ircs", "http", "metrics")}
        data = processes.folder / f"data-{ports['irc']}"
        kept = ["--data", str(data), "--durability", durability] if durability else ["--ephemeral"]
        command = [server.binary, "dev", *kept, "--shards", str(shards), "--no-flood-control", *listen_arguments(ports),
                   "--tenants", str(write_tenant(processes.folder, history=durability is not None))]
        core = {cores()["server"], cores()["companions"]} if shards > 1 else cores()["server"]
        process = processes.start(server.name, command, core)
        processes.wait_for_port(server.name, process, ports["irc"])
        return Started(ports["irc"], ports["ircs"], {"server": process.pid})

    return start


def start_roost_edge(history: bool = False) -> Callable[[Server, Processes, Companions], Started]:
    """One Roost edge with one shard over Redis and PostgreSQL, whose CPU is shown apart."""
    def start(server: Server, processes: Processes, companions: Companions) -> Started:
        companions.ensure_stores()
        ports = {name: free_port() for name in ("irc", "ircs", "http", "metrics")}
        secret = processes.folder / "secret"
        secret.write_bytes(os.urandom(32))
        environment = {
            **companions.environment,
            **{f"ROOST_LISTEN_{name.upper()}": f"127.0.0.1:{port}" for name, port in ports.items()},
            "ROOST_SHARDS": "1",
            "ROOST_FLOOD_CONTROL": "false",
            "ROOST_TENANTS": str(write_tenant(processes.folder, history=history)),
            "ROOST_SECRET_FILE": str(secret),
            "ROOST_CERTIFICATES": f"{companions.certificate},{companions.key}",
        }
        migrated = subprocess.run([server.binary, "migrate", "up"], env={**os.environ, **environment}, capture_output=True)
        if migrated.returncode != 0:
            raise StartFailure(f"roost migrate up ended with {migrated.returncode}: {migrated.stderr.decode()[-400:]}")
        command = [server.binary, "edge"]
        process = processes.start(server.name, command, cores()["server"], environment=environment)
        processes.wait_for_port(server.name, process, ports["irc"])
        return Started(ports["irc"], ports["ircs"], {"server": process.pid, **companions.charge})

    return start


def servers(roost: str, before: str | None = None) -> list[Server]:
    """All rows; `roost` is the path of the binary, `before` that of another one to compare it with."""
    rows = [
        Server("inspircd", "InspIRCd", shutil.which("inspircd") or "/usr/sbin/inspircd", start_inspircd, accept_queue=1000),
        Server("ngircd", "ngIRCd", shutil.which("ngircd") or "/usr/sbin/ngircd", start_ngircd, accept_queue=4),
        Server("roost", "Roost embedded", roost, start_roost_embedded(), note="durability memory, no history"),
        Server("roost-edge", "Roost over Redis", roost, start_roost_edge()),
        Server("roost-two-shards", "two shards", roost, start_roost_embedded(shards=2),
               scenarios=("1x100", "50x20", "pairs"), beside="roost"),
        Server("roost-kept-memory", "history, in memory", roost, start_roost_embedded(durability="memory"),
               note="durability memory, history in SQLite", scenarios=("1x100", "50x20", "pairs"), beside="roost"),
        Server("roost-kept-disk", "history, on disk", roost, start_roost_embedded(durability="disk"), on_request=True,
               note="durability disk, history in SQLite", beside="roost"),
        Server("roost-edge-kept", "history, over Redis", roost, start_roost_edge(history=True),
               note="history in PostgreSQL", scenarios=("1x100", "50x20", "pairs"), beside="roost-edge"),
    ]
    if before:
        rows += [
            Server("roost-before", "Roost before", before, start_roost_embedded(), beside="roost"),
            Server("roost-before-two-shards", "two shards before", before, start_roost_embedded(shards=2),
                   scenarios=("1x100", "50x20", "pairs"), beside="roost-two-shards"),
        ]
    return rows
