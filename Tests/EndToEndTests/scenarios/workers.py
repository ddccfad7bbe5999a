"""Workers do the cell's work, so that its edges need not."""

import asyncio
import re

from harness.chatter import Chatter
from harness.mail import MailServer
from harness.processes import until
from harness.scenario import scenario
from harness.services import Redis
from harness.worker import workers
from harness.world import World

from .accounts import PASSWORD
from .faults import LEASE, history_is_complete


async def waiting(edge, redis: str = "") -> float:
    """How much of a feed the history has not acknowledged, as one process sees it; -1 if it has not looked."""
    _, text = await edge.get("/metrics")
    found = re.search(rf'^roost_feed_waiting\{{redis="{redis}",consumer="history"\}} (\S+)', text, re.MULTILINE)
    return float(found.group(1)) if found else -1


@scenario
async def share_the_feed(world: World) -> None:
    """Edges alone write no history. Two workers write all of it, once, though one is killed; the other is told to end, and does."""
    world.tenants.tenant("acme")
    edges = await world.edges(lease_seconds=LEASE, work="Worker")
    chat = Chatter(world)
    await chat.begin(edges)
    await chat.progress()
    for edge in edges:
        _, metrics = await edge.get("/metrics")
        assert "roost_feed_waiting" not in metrics and "roost_history_dead_letters" not in metrics
    assert await world.postgres.query("SELECT 1 FROM history LIMIT 1") == []
    first, second = await workers(world)
    for worker in (first, second):
        async def is_ready(worker=worker) -> bool:
            return (await worker.get("/readyz"))[0] == 200

        await until(is_ready, "a worker to be ready")
    await chat.progress()
    # With a batch in hand, as likely as not.
    await first.kill()
    await chat.progress(60)
    await chat.finish()
    await history_is_complete(world, chat)

    async def has_nothing_left() -> bool:
        return await waiting(second) == 0

    await until(has_nothing_left, "the feed to be empty", within=110)
    assert await second.terminate() == 0, second.output[-3000:]
    assert "without them" not in second.output, second.output[-3000:]
    # What is said now waits for the next.
    chat.talkers[0].client.send("PRIVMSG #lobby :said-late-0-")
    await chat.talkers[1].client.expect(("PRIVMSG", "#lobby", "said-late-0-"))
    await workers(world, 1)

    async def is_late_there() -> bool:
        return await world.postgres.query("SELECT 1 FROM history WHERE text = 'said-late-0-'") == [["1"]]

    await until(is_late_there, "what was said without a worker to be in the history")


@scenario
async def send_mail(world: World) -> None:
    """A code goes out within seconds by a worker, which alone has the password; edges only know that there is mail."""
    world.tenants.tenant("acme", spec={"accounts": {"registration": "Email", "emailDomains": ["example.com"]}})
    mail = MailServer(world)
    world.programs.append(mail)
    await mail.launch()
    settings = mail.settings
    edges = await world.edges(work="Worker", mail={key: settings[key] for key in ("server", "from")})
    await workers(world, mail=settings, secretFile=str(world.folder / "secret"))
    ann = await world.client(edges[0], "ann")
    await ann.capabilities("sasl")
    began = asyncio.get_running_loop().time()
    ann.send(f"REGISTER * ann@example.com :{PASSWORD}")
    assert (await ann.expect("REGISTER", "FAIL")).parameters[:2] == ["VERIFICATION_REQUIRED", "ann"]
    letter = await mail.letter("ann@example.com")
    assert asyncio.get_running_loop().time() - began < 10
    ann.send(f"VERIFY ann {letter.code}")
    assert (await ann.expect("VERIFY", "FAIL")).parameters[:2] == ["SUCCESS", "ann"]


@scenario
async def several_stores(world: World) -> None:
    """A worker reads the feed of each Redis, as an edge does: one that is away when it begins later, and one that goes keeps nothing from the others."""
    world.tenants.tenant("acme")
    await world.stores()
    second = Redis(world.folder, "second")
    world.programs.append(second)
    urls = [world.redis.url, f"second={second.url}"]
    (edge,) = await world.edges(1, work="Worker", redis_url=urls)
    (worker,) = await workers(world, 1, redis={"url": urls})
    (other,) = await world.edges(1, redis_url=urls)

    async def reads_first() -> bool:
        return await waiting(worker) == 0 and await waiting(other) == 0

    await until(reads_first, "the first feed to be read")
    assert await waiting(worker, "second") == -1
    await second.launch()

    async def reads_both() -> bool:
        return await waiting(worker, "second") == 0 and await waiting(other, "second") == 0

    await until(reads_both, "the second feed to be read")
    await second.kill()
    ann = await world.client(edge, "ann", caps="draft/chathistory message-tags batch server-time")
    await ann.join("#lobby")
    ann.send("PRIVMSG #lobby :all the same")

    async def is_kept() -> bool:
        return await world.postgres.query("SELECT 1 FROM history WHERE text = 'all the same'") == [["1"]]

    await until(is_kept, "the history to go on")
    assert (await worker.get("/readyz"))[0] == 200
    for program in (worker, edge, other):
        assert await program.terminate(within=40) == 0, program.output[-3000:]
