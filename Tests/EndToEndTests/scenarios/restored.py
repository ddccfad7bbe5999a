"""A database that is lost and comes back from a backup."""

import shutil

from harness.processes import run, until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD
from .checks import moderated, noted, operator, words
from .doors import CAPS, CHANNEL, comes, owner
from .reports import shown


@scenario
async def moderation(world: World) -> None:
    """What was held, reported, muted and linked is there after pg_dump, the loss of both stores, and psql."""
    moderated(world, words("Hold", "buy"))
    left, right = edges = await world.edges()
    ann = await owner(world, left)
    boss = await operator(world, right)
    bob = await world.client(right, "bob", caps=CAPS)
    await bob.join(CHANNEL)
    bob.send(f"PRIVMSG {CHANNEL} :hello", f"PRIVMSG {CHANNEL} :buy this")
    assert (await bob.expect("FAIL")).parameters[1] == "MESSAGE_HELD", bob.tail()
    await ann.expect(("PRIVMSG", CHANNEL, "hello"))
    number = (await noted(ann, f"REPORT bob {CHANNEL} :he is rude", "REPORTED"))[0]
    code = (await noted(ann, f"INVITELINK CREATE {CHANNEL} 1 1d", "LINK_CREATED"))[2]
    ann.send(f"MODE {CHANNEL} +i")
    await noted(boss, "MUTE loud*!*@* 1d :hush", "MUTED")
    await noted(boss, "RAID ON 1d :for the night", "RAID_ON")
    await noted(boss, f"REPORTS CLAIM {number}", "REPORT_CLAIMED")

    async def is_kept() -> bool:
        """What is on its way to the database has come."""
        rows = await world.postgres.query("SELECT encode(fields, 'escape') FROM channels")
        said = await world.postgres.query("SELECT text FROM history")
        actions = {row[0] for row in await world.postgres.query("SELECT action FROM audit_log")}
        return bool(rows) and "hello" in str(said) and {"RAID", "MUTE", "REPORTS", "CHECK"} <= actions

    await until(is_kept, "the database to have it all", within=30)
    postgres = world.postgres
    connection = ("-h", "127.0.0.1", "-p", str(postgres.port), "-U", "postgres")
    backup = world.folder / "backup.sql"
    await run(postgres.program("pg_dump"), *connection, "-f", str(backup), "roost")
    for edge in edges:
        await edge.kill()
    await world.redis.kill()
    shutil.rmtree(world.redis.folder)
    world.redis.folder.mkdir()
    await world.redis.launch()
    await postgres.query("DROP DATABASE roost", database="postgres")
    await postgres.query("CREATE DATABASE roost OWNER roost", database="postgres")
    await run(postgres.program("psql"), *connection, "-d", "roost", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(backup))
    for edge in edges:
        await edge.launch()

    # The doors are closed, so only who has an account comes in.
    for place, edge in enumerate(edges):
        guest = await comes(world, edge, f"guest{place}")
        assert "for the night" in (await guest.expect("ERROR", "001")).text
    ann = await comes(world, right, "ann", account="ann")
    await ann.expect("001")
    await ann.join(CHANNEL)
    await ann.capabilities("message-tags")
    boss = await comes(world, left, "loud", account="boss", password=PASSWORD)
    await boss.expect("001")
    boss.send(f"OPER boss :{PASSWORD}")
    await boss.expect("381")
    listed = await boss.ask("MUTES", ("NOTE", "MUTES", "MUTES_END"))
    assert [m.parameters[2] for m in listed if m.parameters[1:2] == ["MUTE"]] == ["loud*!*@*"], boss.tail()
    report, lines = await shown(boss, number)
    assert report[1] == "claimed" and report[9] == "chief" and lines == ["hello"], (report, lines)
    await noted(boss, f"REPORTS CLOSE {number} :done", "REPORT_CLOSED")
    await ann.expect(lambda m: m.command == "NOTICE" and f"Your report {number} is closed: done" in m.text)
    held = await boss.ask("HELD LIST", ("NOTE", "HELD", "HELD_END"))
    (waits,) = (m.parameters[2] for m in held if m.parameters[1:2] == ["HELD"])
    await noted(boss, f"HELD RELEASE {waits}", "RELEASED")
    assert (await ann.expect(("PRIVMSG", CHANNEL))).text == "buy this"
    await noted(boss, "RAID OFF", "RAID_OFF")

    async def comes_in() -> bool:
        late = await comes(world, right, "late")
        if (await late.expect("001", "ERROR")).command == "ERROR":
            return False
        late.send(f"INVITELINK USE {code}")
        await late.expect("366", refuse="FAIL")
        return True

    await until(comes_in, "the doors to be open")
