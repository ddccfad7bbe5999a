"""A real browser without a window: Debian's Chromium, asked by its DevTools protocol."""

import asyncio
import base64
import hashlib
import itertools
import json
import os
import pathlib
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.asyncio.client import ClientConnection, connect

from .client import PATIENCE
from .processes import Program, tool, until


class Page:
    """A tab."""

    def __init__(self, socket: ClientConnection):
        self.socket = socket
        self.numbers = itertools.count(1)
        #: What the browser complained of: what a policy forbids, what could not be loaded, what the page's script threw.
        self.problems: list[str] = []

    async def call(self, method: str, **parameters) -> dict:
        number = next(self.numbers)
        await self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = json.loads(await self.socket.recv())
                if answer.get("id") == number:
                    assert "error" not in answer, answer
                    return answer["result"]
                self.heard(answer)

    def heard(self, event: dict) -> None:
        details = event.get("params", {})
        if event.get("method") == "Log.entryAdded" and details["entry"]["level"] == "error":
            self.problems.append(f"{details['entry']['text']} {details['entry'].get('url', '')}")
        if event.get("method") == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(details["exceptionDetails"]))

    async def value(self, expression: str):
        """What an expression of JavaScript is in the page."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def comes_to(self, expression: str, what: str, within: float = 60):
        """Waits until an expression is true in the page. Returns its value."""
        return await until(lambda: self.value(expression), what, within)

    async def go(self, url: str) -> None:
        await self.call("Page.navigate", url=url)


class Browser(Program):
    def __init__(self, world):
        super().__init__(f"browser{len(world.programs)}", world.folder / "browser.log")
        self.world = world
        self.port = 0
        self.pages: list[Page] = []

    async def launch(self, certificate: str, hosts: dict[str, str] | None = None) -> None:
        """
        Trusts one certificate, a file of the kind that `World.certificate` makes, beside the system's; `hosts` has addresses of
        hostnames.
        """
        public = x509.load_pem_x509_certificate(pathlib.Path(certificate).read_bytes()).public_key()
        key = hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
        rules = ",".join(f"MAP {name} {address}" for name, address in (hosts or {}).items())
        # It keeps root out of its own sandbox; what it opens here is ours.
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        # Not the script of that name in PATH: it would be ended in the browser's place.
        await self.start([
            tool("chromium-headless-shell", "/usr/lib/chromium"), *root, "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={self.world.folder / self.name}",
            f"--ignore-certificate-errors-spki-list={base64.b64encode(key).decode()}",
            *([f"--host-resolver-rules={rules}"] if rules else []), "about:blank",
        ])  # fmt: skip
        found = await self.wait_for_output(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/")
        self.port = int(found[1])

    async def open(self, url: str) -> Page:
        """A new tab."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new", method="PUT")
        tab = json.loads(await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=PATIENCE).read()))
        page = Page(await connect(tab["webSocketDebuggerUrl"], proxy=None, open_timeout=PATIENCE))
        self.pages.append(page)
        for domain in ("Page", "Log", "Runtime"):
            await page.call(f"{domain}.enable")
        await page.go(url)
        return page

    async def end(self) -> None:
        await asyncio.gather(*(page.socket.close() for page in self.pages), return_exceptions=True)
        await super().end()
