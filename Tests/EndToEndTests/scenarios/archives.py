"""What was said lies in a bucket, once and provably, whatever ends meanwhile."""

import asyncio
import contextlib
import json
import shutil
import sqlite3
from collections import Counter

from harness.archive import BUNDLES, HEADER, Archive, program
from harness.chatter import Chatter
from harness.client import Client
from harness.message import Message
from harness.objects import SECRET_KEY, ObjectServer
from harness.processes import until
from harness.scenario import scenario
from harness.stumbling import TROUBLES, StumblingStore
from harness.worker import workers
from harness.world import World

from .accounts import plain, scram
from .faults import LEASE
from .services import told
from .workers import waiting

#: The least that there is.
ARCHIVE = {"archive": {"enabled": True, "delay": "10s"}}
#: What a client knows that reads what was said.
READING = "draft/chathistory batch server-time message-tags echo-message draft/message-redaction soju.im/search"


@scenario
async def every_line(world: World) -> None:
    """Two edges, two workers: one is killed, the bucket goes away and comes back; in the end each line is there once."""
    archive = Archive(world.folder).make()
    world.tenants.plan(features="WebSocket, History, Archive")
    world.tenants.tenant("acme", spec=ARCHIVE)
    world.tenants.tenant("globex")
    edges = await world.edges(lease_seconds=LEASE, work="Worker")
    chat = Chatter(world)
    await chat.begin(edges)
    other = await world.client(edges[0], "other", "globex")
    await other.join("#lobby")
    other.send("PRIVMSG #lobby :not archived")
    first, second = await workers(world, archive=archive.settings)

    async def has_segments() -> bool:
        return archive.files(b"ROOSTSEG") != []

    await until(has_segments, "a first segment", within=40)
    # With something in hand, as likely as not; and nothing can be put for a while.
    await first.kill()
    (folder,) = (path for path in (archive.bucket / "objects").iterdir() if archive.has_segment(path))
    hidden = world.folder / "away"
    hidden.write_text("no folder")
    archive.exchange(folder, hidden)
    await chat.progress(60)

    async def is_told() -> bool:
        rows = await world.postgres.query("SELECT failure FROM archives WHERE tenant = 'acme' AND failure IS NOT NULL")
        return rows != []

    await until(is_told, "the database to say that the bucket is away", within=60)
    archive.exchange(folder, hidden)
    await workers(world, 1, archive=archive.settings)
    await chat.progress()
    await chat.finish()

    async def nothing_waits() -> bool:
        if await waiting(second) != 0:
            return False
        return await world.postgres.query("SELECT 1 FROM archive_pending LIMIT 1") == []

    await until(nothing_waits, "everything to be in the bucket", within=90)
    told = {m.tags["msgid"]: m.text for t in chat.talkers for m in t.client.messages if m.command == "PRIVMSG"}
    lines = archive.lines("acme")
    counts = Counter(line["id"] for line in lines)
    assert max(counts.values()) == 1, counts.most_common(3)
    said = {line["id"]: line["text"] for line in lines if line["kind"] == "privmsg"}
    assert said == told, f"{len(said)} lines, {len(told)} told: {list(told.keys() - said.keys())[:3]}"
    assert archive.lines("globex") == []
    output = await world.roost("archive", "verify", "--tenant", "acme", *archive.options)
    assert "all is well" in output, output
    # The history went there, and was not kept back for anything.
    rows = await world.postgres.query("SELECT COUNT(*) FROM history WHERE tenant = 'acme' AND kind = 1")
    assert rows == [[str(len(told))]], rows


@scenario
async def read_and_proved(world: World) -> None:
    """One process archives by itself; what was said is listed, read in each form, found by words, and a changed byte is named."""
    world.tenants.plan(features="WebSocket, History, Archive")
    world.tenants.tenant("acme", spec=ARCHIVE)
    dev = await world.embedded(ephemeral=False)
    archive = Archive(world.folder)
    archive.bucket, archive.keys = dev.data / "archive", dev.data / "archive-keys"
    ann = await world.client(dev, "ann")
    bob = await world.client(dev, "bob")
    for client in (ann, bob):
        await client.join("#tea")
    ann.send("PRIVMSG #tea :the kettle <boils>", "PRIVMSG #tea :=1+1", "PRIVMSG bob :between us")
    await bob.expect(("PRIVMSG", "bob", "between us"))

    async def is_there() -> bool:
        return archive.files(b"ROOSTSEG") != []

    await until(is_there, "a segment", within=40)
    options = ["--tenant", "acme", *archive.options]
    day, segments, _ = (await world.roost("archive", "list", *options)).split("\t")
    assert segments == "1" and len(day) == len("2026-11-30")
    lines = [json.loads(line) for line in (await world.roost("archive", "get", *options)).splitlines()]
    assert lines == archive.lines("acme")
    assert [line["text"] for line in lines if line["kind"] == "privmsg"] == ["the kettle <boils>", "=1+1", "between us"]
    assert {line["kind"] for line in lines} >= {"join", "privmsg"}
    tea = await world.roost("archive", "get", *options, "--channel", "#tea", "--format", "irc")
    assert "<ann> the kettle <boils>" in tea and "between us" not in tea
    csv = await world.roost("archive", "get", *options, "--format", "csv", "--from", day, "--to", day)
    assert "\"'=1+1\"" in csv
    html = await world.roost("archive", "get", *options, "--format", "html")
    assert "&lt;ann&gt; the kettle &lt;boils&gt;" in html
    found = await world.roost("archive", "grep", "KETTLE", *options)
    assert found.count("\n") == 1 and "the kettle" in found
    assert await world.roost("archive", "get", *options, "--to", "2020-01-01") == ""
    assert "all is well" in await world.roost("archive", "verify", *options)
    file = archive.files(b"ROOSTSEG")[0]
    bytes_ = bytearray(file.read_bytes())
    bytes_[HEADER + 20] ^= 1
    file.write_bytes(bytes_)
    output = await world.roost("archive", "verify", *options, expect=1)
    assert "1 findings" in output and ".rsg" in output, output
    # With another key nothing is said but which one is missing.
    shutil.move(archive.keys / "1", archive.keys / "2")
    output = await world.roost("archive", "get", *options, expect=None)
    assert "kettle" not in output
    await asyncio.gather(ann.close(), bob.close())


async def batch(client: Client, line: str) -> list[Message]:
    """What is said in the batch that answers a command."""
    client.send(line)
    await client.expect(lambda m: m.command == "BATCH" and m.parameters[0].startswith("+"))
    told = await client.collect(lambda m: m.command == "BATCH" and m.parameters[0].startswith("-"))
    return [message for message in told if message.command == "PRIVMSG"]


async def pages(client: Client, last: str) -> list[str]:
    """All that was said in a channel before a message, asked for page by page."""
    found: list[Message] = []
    while page := await batch(client, f"CHATHISTORY BEFORE #tea msgid={last} 10"):
        found = page + found
        last = page[0].tags["msgid"]
    return [message.text for message in found]


@scenario
async def read_on(world: World) -> None:
    """What was said is archived and gone from the history; a client pages back into the archive, and does so after a restart."""
    archive = Archive(world.folder).make()
    world.tenants.plan(features="WebSocket, History, Archive, ArchivedHistory")
    world.tenants.tenant("acme", spec=ARCHIVE)
    (edge,) = await world.edges(1, work="Worker", archive={**archive.settings, "readByClients": True})
    (plain,) = await world.edges(1, work="Worker")
    await workers(world, 1, archive=archive.settings)
    ann = await world.client(edge, "ann", caps=READING)
    await ann.join("#tea")
    ids = {}
    for number in range(1, 31):
        ann.send(f"PRIVMSG #tea :cup {number}")
        said = await ann.expect(("PRIVMSG", "#tea", f"cup {number}"))
        ids[number] = said.tags["msgid"]
    ann.send(f"REDACT #tea {ids[7]} :spilt")
    await ann.expect("REDACT")

    async def is_there() -> bool:
        rows = await world.postgres.query(
            "SELECT (SELECT COUNT(*) FROM archive_pending), (SELECT COUNT(*) FROM archive_redactions)"
        )
        return archive.files(b"ROOSTSEG") != [] and rows == [["0", "1"]]

    await until(is_there, "everything to be in the bucket", within=60)
    # The live store forgets an empty channel, and the history what is too old.
    await ann.ask("PART #tea", "PART")
    await world.postgres.query("DELETE FROM history WHERE tenant = 'acme'")
    wanted = [f"cup {number}" for number in range(1, 30) if number != 7]
    for attempt in range(2):
        ann = ann if attempt == 0 else await world.client(edge, "ann", caps=READING)
        eve = await world.client(plain, "eve", caps=READING)
        for client in (ann, eve):
            await client.join("#tea")
        assert await pages(ann, ids[30]) == wanted
        found = await batch(ann, "SEARCH in=#tea;text=cup\\s29")
        assert [message.text for message in found] == ["cup 29"]
        # Nothing else has it any more.
        assert await pages(eve, ids[30]) == []
        await eve.close()
        if attempt == 0:
            edge.may_end = True
            await edge.terminate()
            await edge.launch()
            edge.may_end = False


@scenario
async def in_a_bucket(world: World) -> None:
    """A worker archives into S3, with a key from a mounted Secret that is replaced; while it is wrong that is told, and nothing is lost."""
    archive = Archive(world.folder).make()
    server = ObjectServer(world)
    world.programs.append(server)
    await server.launch()
    world.tenants.plan(features="WebSocket, History, Archive")
    world.tenants.tenant("acme", spec=ARCHIVE)
    (edge,) = await world.edges(1, work="Worker")
    place, credentials = server.place("cell-1"), server.credentials()
    (worker,) = await workers(
        world, 1, archive={"url": place, "keys": str(archive.keys), "credentials": credentials}
    )
    ann = await world.client(edge, "ann")
    await ann.join("#tea")
    ann.send("PRIVMSG #tea :first")

    async def segments() -> list[str]:
        return await server.keys("cell-1/acme/segments/")

    async def is_first_there() -> bool:
        return len(await segments()) == 1

    await until(is_first_there, "a first segment", within=40)
    secret = world.folder / "object-credentials/secretAccessKey"
    secret.write_text("another")
    await worker.terminate()
    worker.may_end = True
    (worker,) = await workers(
        world, 1, archive={"url": place, "keys": str(archive.keys), "credentials": credentials}
    )
    ann.send("PRIVMSG #tea :second")

    async def is_told() -> bool:
        return await world.postgres.query("SELECT failure FROM archives WHERE tenant = 'acme'") == [["AccessDenied"]]

    await until(is_told, "the database to say that access is denied", within=60)
    secret.write_text(SECRET_KEY)
    command = ["--tenant", "acme", "--archive", place, "--keys", str(archive.keys), "--credentials", credentials]

    async def is_second_there() -> bool:
        return len(await segments()) == 2

    await until(is_second_there, "a second segment", within=90)
    said = await world.roost("archive", "get", *command, "--channel", "#tea", "--format", "irc")
    assert "<ann> first" in said and "<ann> second" in said, said
    assert "all is well" in await world.roost("archive", "verify", *command)
    assert SECRET_KEY not in worker.output
    # What is encrypted here nobody reads who has the bucket.
    text = await server.ask("""
for o in s3.list_objects_v2(Bucket="archives")["Contents"]:
    body = s3.get_object(Bucket="archives", Key=o["Key"])["Body"].read()
    assert b"second" not in body and b"#tea" not in body and b"ann!" not in body, o["Key"]
print("nothing")
""")
    assert text == "nothing\n"


@scenario
async def through_faults(world: World) -> None:
    """Two workers archive into S3 that throttles, breaks, loses answers, has another clock and is away; one is killed. Each line is there once."""
    archive = Archive(world.folder, header=0).make()
    server = ObjectServer(world)
    world.programs.append(server)
    await server.launch()
    between = StumblingStore(server)
    place = server.place("cell", await between.start())
    settings = {"url": place, "keys": str(archive.keys), "credentials": server.credentials()}
    world.tenants.plan(features="WebSocket, History, Archive")
    world.tenants.tenant("acme", spec=ARCHIVE)
    edges = await world.edges(lease_seconds=LEASE, work="Worker")
    # From the first request on.
    between.ahead = 1800
    first, second = await workers(world, archive=settings)
    chat = Chatter(world)
    await chat.begin(edges)

    async def segments() -> int:
        return len(await server.keys("cell/acme/segments/"))

    async def has_segments() -> bool:
        return await segments() >= 2

    await until(has_segments, "two segments", within=90)
    await first.kill()
    between.is_away = True
    await chat.progress(60)

    async def is_told() -> bool:
        rows = await world.postgres.query("SELECT failure FROM archives WHERE tenant = 'acme' AND failure IS NOT NULL")
        return rows == [["StoreUnavailable"]]

    await until(is_told, "the database to say that the store is away", within=90)
    # The clock goes back meanwhile.
    between.ahead = -1800
    between.is_away = False
    await workers(world, 1, archive=settings)
    await chat.progress()
    await chat.finish()

    async def nothing_waits() -> bool:
        if await waiting(second) != 0:
            return False
        return await world.postgres.query("SELECT 1 FROM archive_pending LIMIT 1") == []

    await until(nothing_waits, "everything to be in the bucket", within=120)
    for fate in (*TROUBLES, "skewed", "away"):
        assert between.fates[fate] > 0, f"nothing was {fate}: {between.fates}"
    told = {m.tags["msgid"]: m.text for t in chat.talkers for m in t.client.messages if m.command == "PRIVMSG"}
    await server.fetch("cell/", archive.bucket)
    lines = archive.lines("acme")
    counts = Counter(line["id"] for line in lines)
    assert max(counts.values()) == 1, counts.most_common(3)
    said = {line["id"]: line["text"] for line in lines if line["kind"] == "privmsg"}
    assert said == told, f"{len(said)} lines, {len(told)} told: {list(told.keys() - said.keys())[:3]}"
    command = ["--tenant", "acme", "--archive", server.place("cell"), "--keys", str(archive.keys)]
    command += ["--credentials", server.credentials()]
    assert "all is well" in await world.roost("archive", "verify", *command)
    await between.stop()


@scenario
async def restored(world: World) -> None:
    """The history's rows are deleted; they come back from the archive, and a client reads them, but for what was taken back."""
    archive = Archive(world.folder).make()
    world.tenants.plan(features="WebSocket, History, Archive")
    world.tenants.tenant("acme", spec=ARCHIVE)
    (edge,) = await world.edges(1, work="Worker")
    await workers(world, 1, archive=archive.settings)
    caps = "draft/chathistory draft/message-redaction message-tags batch server-time echo-message"
    ann = await world.client(edge, "ann", caps=caps)
    await ann.join("#tea")
    ids = []
    for text in ("first", "a secret", "last"):
        ann.send(f"PRIVMSG #tea :{text}")
        ids.append((await ann.expect(("PRIVMSG", "#tea", text))).tags["msgid"])
    ann.send(f"REDACT #tea {ids[1]}")
    await ann.expect("REDACT")

    async def is_archived() -> bool:
        kinds = [line["kind"] for line in archive.lines("acme")]
        return kinds.count("privmsg") == 3 and "redaction" in kinds

    await until(is_archived, "all to be in the bucket", within=60)
    # The channel goes with its last member, and what was said last with its log.
    ann.send("PART #tea")
    await ann.expect("PART")
    await world.postgres.query("DELETE FROM history")
    await ann.join("#tea")

    async def past() -> list[str]:
        ann.send("CHATHISTORY LATEST #tea * 50")
        await ann.expect(lambda m: m.command == "BATCH" and m.parameters[0].startswith("+"))
        found = await ann.collect(lambda m: m.command == "BATCH" and m.parameters[0].startswith("-"))
        return [message.text for message in found if message.command == "PRIVMSG"]

    assert await past() == []
    database = ["--tenant", "acme", "--database", world.postgres.url]
    output = await world.roost("archive", "restore", *database, *archive.options)
    assert "lines came back" in output, output
    assert await past() == ["first", "last"]
    output = await world.roost("archive", "restore", *database, *archive.options)
    assert output.splitlines()[-1].startswith("0 of "), output
    # Left to a worker it is the same.
    await world.postgres.query("DELETE FROM history WHERE text = 'last'")
    job = (await world.roost("archive", "restore", *database, "--no-wait")).split()[-1]

    async def is_done() -> bool:
        return "state:\tdone" in await world.roost("archive", "jobs", "show", job, *database)

    await until(is_done, "a worker to do it", within=40)
    assert await past() == ["first", "last"]
    assert (await world.roost("archive", "jobs", "list", *database)).count("restore\tdone") == 3
    await ann.close()


@scenario
async def carried_over(world: World) -> None:
    """A tenant of one process is imported under another name beside edges: its people log in as before, find their channel, and read what was said."""
    world.tenants.plan(features="WebSocket, History, Archive")
    world.tenants.tenant("acme")
    dev = await world.embedded(ephemeral=False)
    database = ["--database", f"sqlite:{dev.data}/roost.sqlite"]
    password = "correct horse battery"
    await world.roost(
        "account", "add", "carol", "--tenant", "acme", "--password-stdin", *database, stdin=password + "\n"
    )
    caps = ("sasl", "message-tags", "server-time", "batch", "draft/chathistory", "echo-message")

    async def log_in(edge, how, tenant: str):
        client = await world.connection(edge, tenant)
        client.nick = "carol"
        await client.capabilities(*caps)
        assert await how(client, "carol", password) == "903"
        client.send("NICK carol", "USER carol 0 * :carol", "CAP END")
        await client.expect("376", "422")
        await client.join("#tea")
        return client

    carol = await log_in(dev, plain, "acme")
    await told(carol, "CS REGISTER #tea", "belongs to you now")
    said = []
    for number in range(30):
        carol.send(f"PRIVMSG #tea :words {number}")
        said.append((await carol.expect(("PRIVMSG", "#tea", f"words {number}"))).tags["msgid"])

    async def is_kept() -> bool:
        with contextlib.closing(sqlite3.connect(f"file:{dev.data}/roost.sqlite?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT COUNT(*) FROM channels WHERE owner = 'carol'").fetchone() == (1,)

    await until(is_kept, "the database to have the channel")
    await carol.close()
    await dev.terminate()
    dev.may_end = True
    bundle, page = world.folder / "acme.bundle", world.folder / "carol.html"
    await world.roost("archive", "export", "--tenant", "acme", *database, "--output", str(bundle))
    assert bundle.stat().st_mode & 0o777 == 0o600
    assert not bundle.with_name("acme.bundle.partial").exists()
    # Who reads bundles without Roost finds it whole.
    with bundle.open("rb") as file:
        assert program(BUNDLES)["check"](file)

    world.tenants.tenant("globex")
    await world.stores()
    database = ["--database", world.postgres.url]
    into = ["--tenant", "globex", *database]
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:-100])
    await world.roost("archive", "import", str(bundle), *into, expect=78)
    bundle.write_bytes(whole)
    assert "globex is here" in await world.roost("archive", "import", str(bundle), *into)
    await world.roost("archive", "import", str(bundle), *into, expect=78)
    (edge,) = await world.edges(1)
    carol = await log_in(edge, scram, "globex")
    carol.send("CHATHISTORY LATEST #tea * 50")
    for number, msgid in enumerate(said):
        heard = await carol.expect(("PRIVMSG", "#tea", f"words {number}"))
        assert heard.tags["msgid"] == msgid, (number, heard.tags, msgid)
    await told(carol, "CS INFO #tea", "carol")
    # What is said beside it comes along here.
    lines = await world.roost("archive", "person", "--account", "Carol", *into)
    records = [json.loads(line) for line in lines.splitlines() if not line.startswith("roost: ")]
    kinds = Counter(key for record in records for key in record)
    assert kinds["person"] == kinds["account"] == kinds["channel"] == 1, kinds
    texts = [r["said"]["text"] for r in records if r.get("said", {}).get("kind") == "privmsg"]
    assert texts == [f"words {number}" for number in range(30)], texts
    await world.roost("archive", "person", "--account", "carol", "--format", "html", "--output", str(page), *into)
    assert "&lt;carol&gt; words 29" in page.read_text()
