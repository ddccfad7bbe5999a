"""An address that leads to one server or another, as a virtual address does that moves in a failover; or to none for a while."""

import asyncio


class Door:
    """Listens on the loopback; each connection is carried to the port that it leads to when it is made."""

    def __init__(self, port: int):
        self.target = port
        self.server: asyncio.Server | None = None
        self.writers: set[asyncio.StreamWriter] = set()
        #: Whether connections are refused.
        self.is_shut = False
        #: What is sent comes through; what is not waits.
        self.passes = asyncio.Event()
        self.passes.set()

    async def open(self) -> int:
        """Returns the port."""
        self.server = await asyncio.start_server(self.carry, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    def lead(self, port: int) -> None:
        """Breaks all connections; later ones lead elsewhere."""
        self.target = port
        self.break_all()

    def stall(self) -> None:
        """Swallows what is sent, as a network does that lost its way: connections stay, and nothing comes."""
        self.passes.clear()

    def shut(self) -> None:
        """Breaks all connections and refuses others."""
        self.is_shut = True
        self.break_all()

    def go_on(self) -> None:
        """Lets everything through again."""
        self.is_shut = False
        self.passes.set()

    def break_all(self) -> None:
        for writer in list(self.writers):
            writer.close()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.is_shut:
                raise ConnectionRefusedError
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        self.writers |= {writer, back}
        await asyncio.gather(self.pump(reader, back), self.pump(there, writer))
        self.writers -= {writer, back}

    async def pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self.passes.wait()
                target.write(data)
                await target.drain()
        except OSError:
            pass
        finally:
            target.close()
