"""An object store: moto, which others wrote, behind a check of every signature."""

import asyncio
import pathlib
import urllib.parse

from .processes import Program, run

ROOT = pathlib.Path(__file__).parents[3]
PYTHON = ROOT / ".venv-objects/bin/python"
#: Beside the tests that are written in Swift.
SERVER = ROOT / "Tests/Support/Objects/servers/moto-server.py"
ACCESS_KEY, SECRET_KEY = "scenario", "a secret key"
BUCKET = "archives"
#: What the makers of S3 have for Python.
CLIENT = """
import boto3, sys
s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1",
                  aws_access_key_id=sys.argv[2], aws_secret_access_key=sys.argv[3])
"""


class ObjectServer(Program):
    """S3 with one bucket that keeps versions."""

    def __init__(self, world):
        super().__init__("objects", world.folder / "objects.log")
        self.world = world
        self.url = ""

    async def launch(self) -> None:
        await self.start([str(PYTHON), str(SERVER), ACCESS_KEY, SECRET_KEY], stdin=asyncio.subprocess.PIPE)
        await self.wait_for_output("\n")
        self.url = f"http://127.0.0.1:{self.output.split()[0]}"
        await self.ask(f"""
s3.create_bucket(Bucket="{BUCKET}")
s3.put_bucket_versioning(Bucket="{BUCKET}", VersioningConfiguration={{"Status": "Enabled"}})
""")

    async def ask(self, code: str) -> str:
        """Runs a piece of Python with a client `s3`. Returns what it printed."""
        return await run(str(PYTHON), "-c", CLIENT + code, self.url, ACCESS_KEY, SECRET_KEY)

    async def keys(self, prefix: str = "") -> list[str]:
        """What the bucket has under a prefix."""
        text = await self.ask(
            f'for o in s3.list_objects_v2(Bucket="{BUCKET}", Prefix="{prefix}").get("Contents", []): print(o["Key"])'
        )
        return text.split()

    async def fetch(self, prefix: str, folder: pathlib.Path) -> None:
        """Copies everything under a prefix into a folder."""
        await self.ask(f"""
import pathlib
for page in s3.get_paginator("list_objects_v2").paginate(Bucket="{BUCKET}", Prefix="{prefix}"):
    for o in page.get("Contents", []):
        path = pathlib.Path({str(folder)!r}, o["Key"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3.get_object(Bucket="{BUCKET}", Key=o["Key"])["Body"].read())
""")

    def place(self, prefix: str, url: str = "") -> str:
        """Where archives are below a prefix, as Roost is told; through something else if a URL is given."""
        endpoint = urllib.parse.quote(url or self.url, safe="")
        return f"s3://{BUCKET}/{prefix}?region=us-east-1&style=path&endpoint={endpoint}"

    def credentials(self) -> str:
        """A folder as a Secret is mounted."""
        folder = self.world.folder / "object-credentials"
        folder.mkdir(exist_ok=True)
        (folder / "accessKeyId").write_text(ACCESS_KEY)
        (folder / "secretAccessKey").write_text(SECRET_KEY + "\n")
        return str(folder)

