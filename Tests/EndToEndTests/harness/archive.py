"""Archives as somebody reads them who has nothing of Roost: by the page docs/operations/archive-format.md, whose program this runs."""

import ctypes
import json
import os
import pathlib

PAGES = pathlib.Path(__file__).parents[3] / "docs/operations"
PAGE = PAGES / "archive-format.md"
#: What says what is in a tenant's bundle.
BUNDLES = PAGES / "bundle-format.md"
#: What a store in a folder has before an object's bytes.
HEADER = 512


def program(page: pathlib.Path = PAGE) -> dict:
    """What a page's program defines."""
    code = page.read_text().split("```python\n")[1].split("```")[0]
    names: dict = {}
    exec(compile(code, str(page), "exec"), names)
    return names


class Archive:
    """A folder of archives and the cell's keys."""

    def __init__(self, folder: pathlib.Path, header: int = HEADER):
        #: What files have before an object's bytes.
        self.header = header
        self.bucket = folder / "bucket"
        self.keys = folder / "keys"

    def make(self) -> "Archive":
        self.bucket.mkdir()
        self.keys.mkdir()
        (self.keys / "1").write_bytes(os.urandom(32))
        return self

    @property
    def settings(self) -> dict[str, str]:
        return {"url": f"folder:{self.bucket}", "keys": str(self.keys)}

    @property
    def options(self) -> list[str]:
        return ["--archive", f"folder:{self.bucket}", "--keys", str(self.keys)]

    def files(self, end: bytes) -> list[pathlib.Path]:
        """The files of objects whose bytes end so."""
        found = []
        for folder, _, names in os.walk(self.bucket):
            for name in names:
                path = pathlib.Path(folder, name)
                try:
                    if path.read_bytes()[self.header :].endswith(end):
                        found.append(path)
                except FileNotFoundError:
                    # Workers write, rename and delete meanwhile.
                    continue
        return sorted(found)

    @staticmethod
    def exchange(one: pathlib.Path, other: pathlib.Path) -> None:
        """Has each of two paths in the place of the other, such that nobody finds neither."""
        here, both_exchanged = -100, 2
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.renameat2(here, os.fsencode(one), here, os.fsencode(other), both_exchanged) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(one))

    def has_segment(self, folder: pathlib.Path) -> bool:
        """Whether a segment lies somewhere below a folder."""
        return any(folder in path.parents for path in self.files(b"ROOSTSEG"))

    def lines(self, tenant: str) -> list[dict]:
        """Every line of every segment."""
        lines = program()["lines"]
        cell = {path.name: path.read_bytes() for path in self.keys.iterdir()}
        keys = {}
        for path in self.files(b"}"):
            text = path.read_bytes()[self.header :].decode()
            keys[json.loads(text)["key"]] = text
        found: list[dict] = []
        for path in self.files(b"ROOSTSEG"):
            segment = path.read_bytes()[self.header :]
            footer = json.loads(segment[-12 - int.from_bytes(segment[-12:-8], "big"):-12])
            if footer["tenant"] == tenant:
                found += lines(segment, cell, keys)
        return found
