"""A mail server, and the letters that it took."""

import asyncio
import base64
import email
import email.policy
import json
import pathlib
import re

from .client import PATIENCE
from .processes import Program, free_port, until

#: Beside the tests that are written in Swift.
SERVER = pathlib.Path(__file__).parents[2] / "Support" / "Mail" / "smtp-server.py"
USER, PASSWORD = "roost", "a mail password"


class Letter:
    """A letter as a mail program reads it."""

    def __init__(self, event: dict):
        self.event = event
        content = base64.b64decode(event["content"])
        self.message = email.message_from_bytes(content, policy=email.policy.default)
        self.subject = str(self.message["Subject"])
        self.text = self.message.get_content()

    @property
    def code(self) -> str:
        found = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", self.text)
        assert found, self.text
        return found.group()


class MailServer(Program):
    """aiosmtpd, which takes mail over TLS alone, and only of who signs on."""

    def __init__(self, world):
        super().__init__("mail", world.folder / "mail.log")
        self.world = world
        self.port = free_port()

    async def launch(self) -> None:
        """Listens on the same port each time."""
        folder = self.world.folder
        if not (folder / "mail.pem").exists():
            await self.world.certificate("mail", "localhost")
            (folder / "mail-both.pem").write_text((folder / "mail.key").read_text() + (folder / "mail.pem").read_text())
        offset = len(self.output)
        # Debian's Python, which has Debian's packages.
        await self.start(
            [
                "/usr/bin/python3", str(SERVER), "--tls", "starttls", "--certificate", str(folder / "mail-both.pem"),
                "--user", USER, "--password", PASSWORD, "--port", str(self.port),
            ],
            stdin=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await self.wait_for_output('"event": "port"', after=offset)

    @property
    def settings(self) -> dict:
        """What an edge has to be told."""
        folder = self.world.folder
        (folder / "mail-password").write_text(PASSWORD + "\n")
        return {
            "server": f"smtp://localhost:{self.port}", "from": "chat@example.com", "username": USER,
            "passwordFile": str(folder / "mail-password"), "authorities": str(folder / "mail.pem"),
        }  # fmt: skip

    @property
    def letters(self) -> list[Letter]:
        events = [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]
        return [Letter(event) for event in events if event["event"] == "mail"]

    async def letter(self, to: str, number: int = 1, within: float = PATIENCE) -> Letter:
        """Waits for so many letters to somebody. Returns the last."""

        def find() -> list[Letter]:
            return [letter for letter in self.letters if letter.event["recipients"] == [to]]

        async def came() -> bool:
            return len(find()) >= number

        await until(came, f"letter {number} to {to}", within)
        return find()[-1]
