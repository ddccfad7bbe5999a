"""Runs Roost under the community's test suite for IRC servers, irctest.

irctest is not part of this project. In a checkout of it:

    PYTHONPATH=../roost/Tests/Conformance pytest --controller roost_controller \
        -m 'not implementation-specific and not deprecated and not strict'

ROOST_BINARY names the program, by default `roost` as found on the PATH.
"""

from __future__ import annotations

import os
import subprocess
from typing import Any, Optional, Type

from irctest import patma
from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors

TENANT = """
apiVersion: v1
kind: Secret
metadata: {name: operators}
stringData: {password: operpassword}
---
apiVersion: roost.chat/v1alpha1
kind: Plan
metadata: {name: everything}
spec:
  history: {retention: 30d}
---
apiVersion: roost.chat/v1alpha1
kind: Tenant
metadata: {name: conformance}
spec:
  displayName: test server
  serverName: My.Little.Server
  hostnames: [my.little.server]
  planRef: {name: everything}
  admins:
    - {account: operuser, passwordSecretRef: {name: operators, key: password}}
  accounts: {registration: %s, registrationBeforeConnect: %s}
"""


def program() -> str:
    return os.environ.get("ROOST_BINARY", "roost")


class RoostController(BaseServerController, DirectoryBasedController):
    software_name = "Roost"
    _port_wait_interval = 0.02
    supported_sasl_mechanisms = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}
    supports_sts = False
    extban_mute_char = "m"

    capabilities = frozenset(Capabilities) - {Capabilities.STS}

    optional_behaviors = frozenset(OptionalBehaviors) - {
        # Members invite, too: a limit would hold nobody.
        OptionalBehaviors.INVITE_OVERRIDES_LIMIT,
        OptionalBehaviors.NON_UTF8_MESSAGE,
        OptionalBehaviors.SASL_REAUTHENTICATION,
    }

    isupport = {
        "BOT": "B",
        "ELIST": patma.StrRe(".*U.*"),
        "INVEX": patma.ANYOPTSTR,
        "MONITOR": patma.ANYSTR,
        "PREFIX": "(ov)@+",
        "STATUSMSG": "@+",
        "TARGMAX": patma.ANYSTR,
        "UTF8ONLY": None,
        "WHOX": None,
    }

    def create_config(self) -> None:
        super().create_config()
        with self.open_file("tenants/conformance.yaml", "w") as file:
            config = self.test_config
            registration = "Email" if config.account_registration_requires_email else "Open"
            file.write(TENANT % (registration, str(config.account_registration_before_connect).lower()))

    def run(
        self,
        hostname: str,
        port: int,
        *,
        password: Optional[str],
        ssl: bool,
        run_services: bool,
        faketime: Optional[str],
        websocket_hostname: Optional[str] = None,
        websocket_port: Optional[int] = None,
        **_: Any,
    ) -> None:
        if password is not None:
            raise NotImplementedByController("a password for the whole server")
        self.create_config()
        assert self.proc is None and self.directory is not None
        self.port = port
        self.hostname = hostname
        plain, secure = ("off", f"{hostname}:{port}") if ssl else (f"{hostname}:{port}", "off")
        websocket = f"{websocket_hostname}:{websocket_port}" if websocket_port else "off"
        self.arguments = [
            program(), "dev",
            "--tenants", str(self.directory / "tenants"),
            "--data", str(self.directory / "data"),
            # The suite asks one client at once for what another has just done; on the disk it is told a little later, when
            # nothing can take it back. What is about the past is tried as it is kept.
            "--durability", "disk" if self.test_config.chathistory else "memory",
            "--irc", plain,
            "--ircs", secure,
            "--http", websocket,
            "--https", "off",
            "--metrics", "off",
            "--plain-tenant", "conformance",
            "--no-flood-control",
        ]
        if self.test_config.account_registration_requires_email:
            # Whoever asks for addresses has a mail server; what is tried here sends nothing.
            self.arguments += ["--mail-server", "smtp://127.0.0.1:9", "--mail-from", "chat@example.com", "--mail-tls", "None"]
        self.start()

    def start(self) -> None:
        self.proc = self.execute(self.arguments)

    def restart(self) -> None:
        self.kill_proc()
        self.port_open = False
        self.start()
        self.wait_for_port()

    def wait_for_services(self) -> None:
        """Accounts are Roost's own."""

    def registerUser(self, case: Any, username: str, password: Optional[str] = None) -> None:
        assert self.directory is not None and password is not None
        # It makes its database before it listens.
        self.wait_for_port()
        database = self.directory / "data" / "roost.sqlite"
        subprocess.run(
            [
                program(), "account", "add", "--tenant", "conformance", "--password-stdin",
                "--database", f"sqlite:{database}", username,
            ],
            input=password + "\n",
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def get_irctest_controller_class() -> Type[RoostController]:
    return RoostController
