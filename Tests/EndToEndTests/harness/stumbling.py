"""What stands between an object store and who uses it on a bad day: answers that get lost, servers that ask for patience, another clock."""

import asyncio
import collections
import datetime
import email.utils
import itertools
import re
import urllib.parse

from .objects import ObjectServer

#: As far as S3 lets clocks differ, in seconds.
SKEW = 900
#: What becomes of requests that come to nothing, in turn.
TROUBLES = ("throttled", "broken", "lost on the way", "done, and nobody was told")


class StumblingStore:
    """Passes requests on to a store, two of three. One connection is for one request."""

    def __init__(self, store: ObjectServer):
        self.address = urllib.parse.urlsplit(store.url)
        self.turns = itertools.cycle(turn for trouble in TROUBLES for turn in ("done", trouble, "done"))
        #: Nobody answers at all.
        self.is_away = False
        #: By how many seconds the store's clock is ahead of everybody's.
        self.ahead = 0
        #: What became of requests.
        self.fates: collections.Counter[str] = collections.Counter()

    async def start(self) -> str:
        """Begins. Returns where."""
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self.server.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(60):
                await self.answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            writer.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_away:
            self.fates["away"] += 1
            return
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?im)^content-length: *(\d+)", head)
        body = await reader.readexactly(int(length.group(1))) if length else b""
        fate = self.fate(head)
        self.fates[fate] += 1
        if fate == "lost on the way":
            return
        if fate in ("skewed", "throttled", "broken"):
            status, code = {
                "skewed": ("403 Forbidden", "RequestTimeTooSkewed"),
                "throttled": ("503 Slow Down", "SlowDown"),
                "broken": ("500 Internal Server Error", "InternalError"),
            }[fate]
            text = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
            writer.write(
                f"HTTP/1.1 {status}\r\nDate: {self.date()}\r\nContent-Type: application/xml\r\n"
                f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode()
            )
            return await writer.drain()
        answer, theirs = await asyncio.open_connection(self.address.hostname, self.address.port)
        try:
            theirs.write(re.sub(rb"(?im)^connection:.*\r\n", b"", head)[:-2] + b"connection: close\r\n\r\n" + body)
            await theirs.drain()
            first = await answer.readuntil(b"\r\n\r\n")
            if fate == "done, and nobody was told":
                await answer.read()
                return
            writer.write(re.sub(rb"(?im)^date:.*\r\n", f"Date: {self.date()}\r\n".encode(), first))
            while piece := await answer.read(1 << 16):
                writer.write(piece)
                await writer.drain()
        finally:
            theirs.close()

    def fate(self, head: bytes) -> str:
        signed = re.search(rb"(?im)^x-amz-date: *(\d{8}T\d{6}Z)", head)
        if signed:
            time = datetime.datetime.strptime(signed.group(1).decode(), "%Y%m%dT%H%M%SZ")
            time = time.replace(tzinfo=datetime.timezone.utc)
            if abs((self.now() - time).total_seconds()) > SKEW:
                return "skewed"
        return next(self.turns)

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.ahead)

    def date(self) -> str:
        return email.utils.format_datetime(self.now(), usegmt=True)
