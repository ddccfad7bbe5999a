"""What people tell of others, and what becomes of it, over two edges."""

from harness.client import Client
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD
from .checks import noted, operator
from .doors import CHANNEL, comes, owner
from .services import lose

CAPS = "standard-replies message-tags echo-message server-time draft/message-redaction"


async def shown(client: Client, number: str) -> tuple[list[str], list[str]]:
    """A report as it is listed, and what was said around it."""
    lines = await client.ask(f"REPORTS SHOW {number}", ("NOTE", "REPORTS", "REPORT_END"))
    (first,) = (m.parameters[2:] for m in lines if m.parameters[1:2] == ["REPORT"])
    return first, [m.text for m in lines if m.parameters[1:2] == ["LINE"]]


@scenario
async def looked_into(world: World) -> None:
    """A report has what was said, also when Redis has lost it and who said it took it back; one takes it on, on either edge."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    left, right = edges = await world.edges()
    ann = await owner(world, left)
    await ann.capabilities("standard-replies", "message-tags")
    bob = await world.client(right, "bob", caps=CAPS)
    await bob.join(CHANNEL)
    boss = await operator(world, right)
    for number in range(3):
        bob.send(f"PRIVMSG {CHANNEL} :harmless {number}")
    bob.send(f"PRIVMSG {CHANNEL} :something nasty", "PRIVMSG ann :and to you", f"PRIVMSG {CHANNEL} :what?")
    ids = {m.text: m.tags["msgid"] for m in [await bob.expect("PRIVMSG") for _ in range(6)]}
    await ann.expect(("PRIVMSG", CHANNEL, "what?"))
    nasty = ids["something nasty"]
    (number, *_) = await noted(ann, f"REPORT {nasty} :he is rude", "REPORTED")
    told = await boss.expect(lambda m: m.command == "NOTICE" and m.text.startswith(f"Report {number} by ann about bob"))
    assert told.text.endswith("he is rude"), told.line
    bob.send(f"REDACT {CHANNEL} {nasty}")
    await bob.expect("REDACT")
    said = ["harmless 0", "harmless 1", "harmless 2", "something nasty", "what?"]
    report, lines = await shown(boss, number)
    assert lines == said and report[1] == "open" and report[3:5] == ["ann", "ann"], boss.tail(20)
    assert report[7:9] == [CHANNEL, nasty], report
    # Nobody tells of what they cannot read.
    eve = await world.client(right, "eve", caps="standard-replies")
    eve.send(f"REPORT {ids['and to you']} :not mine")
    assert (await eve.expect("FAIL", "NOTE")).parameters[1] == "UNKNOWN_MSGID", eve.tail()

    # The history has it when Redis has not.
    async def is_kept() -> bool:
        rows = str(await world.postgres.query("SELECT text FROM history"))
        channels = await world.postgres.query("SELECT 1 FROM channels")
        return bool(channels) and all(text in rows for text in ("harmless 1", "and to you", "what?"))

    await until(is_kept, "the history to have it")
    await lose(world, edges)
    for client in (ann, boss):
        await client.ended()
    ann = await comes(world, right, "ann", account="ann")
    await ann.expect("001")
    await ann.join(CHANNEL)
    two = await noted(ann, f"REPORT {ids['harmless 1']} :this, too", "REPORTED")
    three = await noted(ann, f"REPORT {ids['and to you']} :and this", "REPORTED")
    bosses = [await operator(world, edge, f"boss{n}") for n, edge in enumerate(edges)]
    for boss in bosses:
        listed = await boss.ask("REPORTS LIST", ("NOTE", "REPORTS", "REPORTS_END"))
        found = [m.parameters[2] for m in listed if m.parameters[1:2] == ["REPORT"]]
        assert found == [three[0], two[0], number], boss.tail()
    assert (await shown(bosses[0], number))[1] == said
    # It was taken back meanwhile, so only the first has it.
    assert (await shown(bosses[0], two[0]))[1] == [text for text in said if text != "something nasty"], bosses[0].tail(20)
    assert (await shown(bosses[1], three[0]))[1] == ["and to you"]

    # Both take it on at once.
    for boss in bosses:
        boss.send(f"REPORTS CLAIM {number}")
    assert sorted([(await boss.expect("NOTE", "FAIL")).parameters[1] for boss in bosses]) == ["REPORT_CLAIMED", "REPORT_TAKEN"]
    ann.send("QUIT")
    await ann.ended()
    assert await noted(bosses[0], f"REPORTS CLOSE {number} :he is banned", "REPORT_CLOSED")
    # Who told of it hears so, once, wherever they come back.
    for edge, count in ((left, 1), (right, 0)):
        ann = await comes(world, edge, "ann", account="ann")
        await ann.expect("001")
        if count:
            closed = await ann.expect(lambda m: m.command == "NOTICE" and m.text.startswith(f"Your report {number} is closed"))
            assert closed.text.endswith("he is banned"), closed.line
        ann.send("QUIT")
        await ann.ended()
        assert sum("is closed" in m.text for m in ann.messages if m.command == "NOTICE") == count, ann.tail()
    assert (await shown(bosses[1], number))[0][1] == "closed"
