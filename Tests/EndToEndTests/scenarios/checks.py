"""What messages go through before they are said, over two edges."""

from harness.client import Client, numbers
from harness.edge import Edge
from harness.processes import until
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD

CHANNEL = "#tea"
CAPS = "standard-replies message-tags echo-message server-time batch labeled-response"
#: What each action waits for in a text.
WORDS = {action: f"say{action.lower()}" for action in ("Warn", "Refuse", "Hide", "Hold", "Mute", "Kick", "Ban")}


def words(action: str, word: str, **more) -> dict:
    """A check that does something with a word."""
    return {"name": action.lower(), "kind": "Words", "action": action, "words": [word], **more}


def moderated(world: World, *checks: dict) -> None:
    """Writes the tenant with these checks."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD}, spec={"moderation": {"checks": list(checks)}})


async def operator(world: World, edge: Edge, nick: str = "chief") -> Client:
    """Somebody who looks after the network, and is told in standard replies."""
    boss = await world.client(edge, nick, caps="standard-replies message-tags")
    boss.send(f"OPER boss :{PASSWORD}")
    await boss.expect("381", refuse="464")
    return boss


async def noted(client: Client, line: str, code: str) -> list[str]:
    """Sends a command that is answered by a note. Returns what the note has behind its code."""
    client.send(line)
    told = await client.expect("NOTE", "FAIL", "481")
    assert told.parameters[1] == code, told.line
    return told.parameters[2:]


async def member(world: World, edge: Edge, nick: str, number: int) -> Client:
    """Somebody in the channel who comes from an address of their own, so that what is done to them is done to nobody else."""
    client = await world.client(edge, nick, caps=CAPS, address=f"127.0.1.{number}")
    await client.join(CHANNEL)
    return client


async def heard(by: Client, *clients: Client) -> list[list[tuple[str, str]]]:
    """What each heard in the channel since it was last looked at, up to what somebody says now who may."""
    mark = f"mark {next(numbers)}"
    by.send(f"PRIVMSG {CHANNEL} :{mark}")
    told = [await client.collect(("PRIVMSG", CHANNEL, mark)) for client in clients]
    return [[(m.nick, m.text) for m in lines[:-1] if m.command == "PRIVMSG"] for lines in told]


async def says(client: Client, text: str, answer: str) -> str:
    """Says something in the channel, which is answered so. Returns the answer's text."""
    client.send(f"PRIVMSG {CHANNEL} :{text}")
    told = await client.expect(lambda m: m.text == text and m.nick == client.nick, "404", "FAIL", "WARN")
    assert told.command == answer, told.line
    return told.text


@scenario
async def decided(world: World) -> None:
    """Each action on one edge: what its sender, the others and who looks after the network see on the other."""
    moderated(
        world,
        *(words(action, word, **({"directMessages": True} if action == "Hold" else {})) for action, word in WORDS.items()),
        words("Ban", "trial", dryRun=True) | {"name": "trial"},
    )
    left, right = await world.edges()
    ann = await world.client(left, "ann", caps=CAPS)
    await ann.join(CHANNEL)
    eve = await world.client(right, "eve", caps=CAPS)
    await eve.join(CHANNEL)
    boss = await operator(world, left)
    people = {nick: await member(world, right, nick, number) for number, nick in enumerate(("bob", "mia", "kim", "ban"))}
    bob = people["bob"]
    for client in (ann, eve):
        await client.sync()

    async def told(about: str) -> None:
        """Who looks after the network is told of what a check did, wherever they are."""
        await boss.expect(lambda m: m.command == "NOTICE" and m.text.startswith(f"Check: {CHANNEL}: {about}"))

    # It goes through, and its sender is warned.
    bob.send(f"PRIVMSG {CHANNEL} :I {WORDS['Warn']}")
    assert (await bob.expect("WARN")).parameters[:3] == ["PRIVMSG", "MESSAGE_FLAGGED", CHANNEL]
    assert (await ann.expect("PRIVMSG")).text == (await eve.expect("PRIVMSG")).text == f"I {WORDS['Warn']}"
    # Letters that look like others do not help.
    for text in (WORDS["Refuse"], WORDS["Refuse"].upper(), WORDS["Refuse"].replace("e", "\u0435")):
        assert "a word that is not wanted here" in await says(bob, text, "404")
    # Its sender cannot tell that nobody saw it.
    bob.send(f"@label=h PRIVMSG {CHANNEL} :I {WORDS['Hide']}")
    echo = await bob.expect(lambda m: m.tags.get("label") == "h")
    assert echo.command == "PRIVMSG" and echo.tags["msgid"] and echo.tags["time"], echo.line
    bob.send(f"PRIVMSG {CHANNEL} :I {WORDS['Hold']}")
    assert (await bob.expect("FAIL", "404", "PRIVMSG")).parameters[:3] == ["PRIVMSG", "MESSAGE_HELD", CHANNEL]
    await told("Hold ")
    # A dry run does nothing.
    await says(bob, "a trial", "PRIVMSG")
    assert await heard(ann, ann, eve) == [[("bob", "a trial")]] * 2, ann.tail()

    mia, kim, ban = (people[nick] for nick in ("mia", "kim", "ban"))
    await says(mia, WORDS["Mute"], "404")
    mode = await ann.expect(("MODE", CHANNEL))
    assert "b" in mode.parameters[1] and mode.parameters[-1].startswith("m:"), mode.line
    await told("Mute ")
    await says(mia, "may I?", "404")
    for number, client, word, ends in ((2, kim, "Kick", ("366",)), (3, ban, "Ban", ("474",))):
        client.send(f"PRIVMSG {CHANNEL} :{WORDS[word]}")
        kicked = await ann.expect(("KICK", CHANNEL, client.nick))
        assert kicked.text == f"Check: {word.lower()}", kicked.line
        await client.expect(("KICK", CHANNEL, client.nick))
        await told(word)
        # On another edge they are who they are here.
        again = await world.client(left, f"{client.nick}2", address=f"127.0.1.{number}")
        again.send(f"JOIN {CHANNEL}")
        assert (await again.expect("366", "474")).command in ends, again.tail()
    # Nobody else is meant, and nobody has heard what was said.
    await says(bob, "hello", "PRIVMSG")
    assert await heard(ann, ann, eve) == [[("bob", "hello")]] * 2, ann.tail()
    listed = await ann.ask(f"MODE {CHANNEL} b", "368")
    assert len([m for m in listed if m.command == "367"]) == 2, ann.tail()

    # Hits are those of a server: all of it was said on the other.
    for edge, count in ((left, 0), (right, 1)):
        _, figures = await edge.get("/metrics")
        hits = [line for line in figures.splitlines() if line.startswith("roost_check_hits_total{") and "trial" in line]
        assert sum(int(line.split()[-1]) for line in hits) == count, hits
    asked = await boss.ask(f"CHECKS TEST {CHANNEL} :a trial to {WORDS['Kick']}", ("NOTE", "CHECKS", "WOULD"))
    assert asked[-1].parameters[2] == "Kick" and [m.parameters[2:5] for m in asked if m.parameters[1:2] == ["HIT"]] == [
        ["kick", "Kick", "on"], ["trial", "Ban", "dry"],
    ], boss.tail()  # fmt: skip


@scenario
async def held(world: World) -> None:
    """What is held is let through once, over both edges, also after the edge that held it was killed."""
    moderated(world, words("Hold", "buy", directMessages=True))
    left, right = await world.edges()
    ann = await world.client(left, "ann", caps=CAPS)
    await ann.join(CHANNEL)
    bob = await member(world, left, "bob", 1)
    eve = await world.client(right, "eve", caps=CAPS)
    await eve.join(CHANNEL)
    cid = await member(world, right, "cid", 2)
    boss, second = await operator(world, right), await operator(world, left, "boss2")

    async def waiting() -> dict[str, str]:
        """Who sees to it sees the same on both edges. Returns ids by texts."""
        shown = []
        for one in (boss, second):
            lines = await one.ask("HELD LIST", ("NOTE", "HELD", "HELD_END"))
            shown.append({m.text: m.parameters[2] for m in lines if m.parameters[1:2] == ["HELD"]})
        assert shown[0] == shown[1], shown
        return shown[0]

    for text in ("buy one", "buy two", "buy three"):
        bob.send(f"PRIVMSG {CHANNEL} :{text}")
        assert (await bob.expect("FAIL", "PRIVMSG")).parameters[1] == "MESSAGE_HELD", bob.tail()
    bob.send("PRIVMSG cid :buy four")
    assert (await bob.expect("FAIL", "PRIVMSG")).parameters[1:3] == ["MESSAGE_HELD", "cid"], bob.tail()
    ids = await waiting()
    assert sorted(ids) == ["buy four", "buy one", "buy three", "buy two"], ids

    # Two see to it at once: it is heard once, on both edges.
    for one in (boss, second):
        one.send(f"HELD RELEASE {ids['buy one']}")
    answers = sorted([(await one.expect("NOTE", "FAIL")).parameters[1] for one in (boss, second)])
    assert answers == ["NO_SUCH_MESSAGE", "RELEASED"], answers
    for client in (ann, eve, cid, bob):
        seen = await client.expect(("PRIVMSG", CHANNEL))
        assert seen.text == "buy one" and seen.nick == "bob" and seen.tags["roost.chat/said-at"].isdigit(), seen.line
    await bob.expect(lambda m: m.command == "NOTICE" and "let your message" in m.text)
    await noted(second, f"HELD REJECT {ids['buy two']} :no adverts", "REJECTED")
    await bob.expect(lambda m: m.command == "NOTICE" and m.text.endswith("no adverts"))

    # The edge that held them dies, and its people with it.
    await left.kill()
    await left.launch()
    second = await operator(world, left, "boss3")
    ids = await waiting()
    assert sorted(ids) == ["buy four", "buy three"], ids
    dan = await world.client(left, "dan", caps=CAPS)
    await dan.join(CHANNEL)
    await noted(second, f"HELD RELEASE {ids['buy three']}", "RELEASED")
    for client in (dan, eve, cid):
        seen = await client.expect(("PRIVMSG", CHANNEL))
        assert seen.text == "buy three" and seen.nick == "bob", seen.line
    await noted(second, f"HELD RELEASE {ids['buy four']}", "RELEASED")
    assert (await cid.expect(("PRIVMSG", "cid"))).text == "buy four"
    assert await waiting() == {}
    assert await heard(dan, dan, eve, cid) == [[]] * 3, dan.tail()


@scenario
async def changed(world: World) -> None:
    """Other checks hold on both edges at once for who is there, and none when there are none."""
    moderated(world)
    edges = await world.edges()
    people = [await world.client(edge, nick, caps=CAPS) for edge, nick in zip(edges, ("ann", "bob"))]
    for client in people:
        await client.join(CHANNEL)
    ann, bob = people
    bosses = [await operator(world, edge, f"boss{number}") for number, edge in enumerate(edges)]

    async def apply(*checks: dict) -> None:
        moderated(world, *checks)
        for boss in bosses:

            async def holds(boss: Client = boss) -> bool:
                lines = await boss.ask("CHECKS LIST", ("NOTE", "CHECKS", "CHECKS_END"))
                shown = [tuple(m.parameters[2:6]) for m in lines if m.parameters[1:2] == ["CHECK"]]
                return shown == [(c["name"], c["kind"], c["action"], "dry" if c.get("dryRun") else "on") for c in checks]

            await until(holds, f"the checks to hold: {boss.tail()}")

    async def say(text: str, answer: str) -> None:
        await says(bob, text, answer)
        assert await heard(ann, ann) == [[("bob", text)] if answer == "PRIVMSG" else []], ann.tail()

    await say("buy this", "PRIVMSG")
    await apply(words("Refuse", "buy"))
    await say("buy this", "404")
    await apply(words("Refuse", "sell", dryRun=True))
    await say("sell this", "PRIVMSG")
    await apply(words("Refuse", "sell"))
    await say("buy this", "PRIVMSG")
    # A definition that is none leaves all as it was.
    moderated(world, {"name": "broken", "kind": "Patterns", "action": "Refuse", "patterns": ["("]})
    await edges[1].wait_for_output("patterns")
    await say("sell this", "404")
    # What was said before counts for nothing, and each counts for themselves.
    await apply({"name": "flood", "kind": "Rate", "action": "Refuse", "limit": 3, "within": "10m"})
    for number in range(3):
        await say(f"line {number}", "PRIVMSG")
    await say("line 3", "404")
    # Who runs the channel is exempt.
    for number in range(6):
        await says(ann, f"mine {number}", "PRIVMSG")
    await bob.sync()
    await apply()
    await say("sell this", "PRIVMSG")
