"""A name server, and what it is asked for."""

import asyncio
import ipaddress
import pathlib

from .processes import Program

#: Beside the tests that are written in Swift.
SERVER = pathlib.Path(__file__).parents[2] / "Support" / "Names" / "dns-server.py"


def listing(address: str, zone: str) -> str:
    """The name by which a list of addresses is asked for one (RFC 5782)."""
    reverse = ipaddress.ip_address(address).reverse_pointer
    return reverse.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa") + "." + zone


class NameServer(Program):
    """dnslib on a free port of the loopback, which answers from what it was started with."""

    def __init__(self, world):
        super().__init__("names", world.folder / "names.log")
        self.port = 0

    async def launch(self, *options: str) -> None:
        """Options are those of `dns-server.py`."""
        # Debian's Python, which has Debian's packages. It ends with its standard input.
        await self.start(["/usr/bin/python3", str(SERVER), *options], stdin=asyncio.subprocess.PIPE)
        self.port = int((await self.wait_for_output(r"^(\d+)$")).group(1))

    @property
    def questions(self) -> list[str]:
        """The names that were asked for, in order."""
        return self.output.splitlines()[1:]
