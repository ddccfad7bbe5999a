"""An address that leads to one server or another, as a virtual address does that moves in a failover."""

import asyncio


class Door:
    """Listens on the loopback; each connection is carried to the port that it leads to when it is made."""

    def __init__(self, port: int):
        self.target = port
        self.server: asyncio.Server | None = None
        self.writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> int:
        """Returns the port."""
        self.server = await asyncio.start_server(self.carry, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    def lead(self, port: int) -> None:
        """Breaks all connections; later ones lead elsewhere."""
        self.target = port
        for writer in list(self.writers):
            writer.close()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        self.writers |= {writer, back}
        await asyncio.gather(self.pump(reader, back), self.pump(there, writer))
        self.writers -= {writer, back}

    @staticmethod
    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        except OSError:
            pass
        finally:
            target.close()
