"""`roost dev` is killed in the middle of a conversation: what was acknowledged is in the history, once and in order."""

import asyncio
import contextlib
import re
import sqlite3

from harness.chatter import Chatter
from harness.edge import Edge
from harness.processes import until
from harness.scenario import scenario
from harness.world import World


@scenario
async def killed_under_chat(world: World) -> None:
    """Three times, each time while the database takes nothing, so that all rests on the journal."""
    world.tenants.tenant("acme")
    edge = await world.embedded("--shards", "2", ephemeral=False)
    assert "Durability disk" in edge.output
    acknowledged: list[list[str]] = []
    for life in range(3):
        chat = Chatter(world)
        with locked(edge):
            await chat.begin([edge], each=4, burst=20, start=False)
            tasks = [asyncio.create_task(chat.talk(talker, 20, life)) for talker in chat.talkers]
            chat.tasks = []
            world.tasks += tasks
            await chat.progress(100)
            await edge.kill()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # What had arrived before the end and was not looked at counts as well.
        for talker in chat.talkers:
            echoes = [m.text for m in talker.client.messages if m.command == "PRIVMSG" and "label" in m.tags]
            acknowledged.append([f"{life}/{text}" for text in echoes])
            assert len(echoes) >= 100, f"{talker.client.nick} had {len(echoes)} echoes"
        await edge.launch()
        wanted = {text for texts in acknowledged for text in texts}

        async def is_complete() -> bool:
            return wanted <= set(kept(edge))

        try:
            await until(is_complete, "every acknowledged message to be in the history")
        except AssertionError as error:
            missing = wanted - set(kept(edge))
            raise AssertionError(f"{len(missing)} of {len(wanted)} are lost: {sorted(missing)[:5]}") from error
    texts = kept(edge)
    assert len(texts) == len(set(texts)), "the history has a message twice"
    for own in acknowledged:
        known = set(own)
        assert [text for text in texts if text in known] == own, "a sender's messages are out of order"


@scenario
async def one_process_a_folder(world: World) -> None:
    """Another process on the same data is refused in plain words; the first one goes on."""
    world.tenants.tenant("acme")
    edge = await world.embedded(ephemeral=False)
    said = await world.roost(
        "dev", "--tenants", str(world.tenants.folder), "--data", str(edge.data), "--irc", "off", "--ircs", "off",
        "--http", "off", "--https", "off", "--metrics", "off", expect=69,
    )  # fmt: skip
    assert "in use by another process" in said, said
    client = await world.client(edge, "alice")
    await client.join("#lobby")
    # A process that was killed holds nothing.
    await edge.kill()
    await edge.launch()


@contextlib.contextmanager
def locked(edge: Edge):
    """Holds the database's write lock, as a backup would."""
    database = sqlite3.connect(edge.data / "roost.sqlite", isolation_level=None, timeout=30)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


def kept(edge: Edge) -> list[str]:
    """What the history has of the channel, in its order; the number of the process before each."""
    database = sqlite3.connect(f"file:{edge.data}/roost.sqlite?mode=ro", uri=True, timeout=30)
    try:
        rows = database.execute(
            "SELECT h.epoch, h.text FROM history h JOIN conversations c ON c.tenant = h.tenant AND c.id = h.conversation"
            " WHERE h.tenant = 'acme' AND c.name = '#lobby' AND h.kind = 1 ORDER BY h.time, h.epoch, h.sequence"
        ).fetchall()
    finally:
        database.close()
    lives = {epoch: life for life, epoch in enumerate(sorted({epoch for epoch, _ in rows}))}
    texts = []
    for epoch, text in rows:
        if match := re.search(r"said-[a-z0-9]+-\d+-", text or ""):
            texts.append(f"{lives[epoch]}/{match[0]}")
    return texts
