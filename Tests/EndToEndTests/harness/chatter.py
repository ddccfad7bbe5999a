"""People who chat without a pause while servers die, and the books of what they were told and what they saw."""

import asyncio
import dataclasses
import random

from .client import Client
from .world import World

CAPS = "echo-message message-tags batch labeled-response standard-replies server-time"


@dataclasses.dataclass
class Talker:
    client: Client
    sent: int = 0
    #: Texts that the server acknowledged by an echo, in the order of sending.
    acknowledged: list[str] = dataclasses.field(default_factory=list)
    #: Texts that it refused.
    refused: list[str] = dataclasses.field(default_factory=list)

    def seen(self, channel: str) -> list[tuple[str, str]]:
        """What was said in the channel, with ids, as this client saw it."""
        return [
            (m.text, m.tags.get("msgid", ""))
            for m in self.client.messages
            if m.command == "PRIVMSG" and m.parameters[0] == channel
        ]


class Chatter:
    """Talkers in one channel, spread over edges. Every message carries a label, so each must be answered."""

    def __init__(self, world: World, channel: str = "#lobby"):
        self.world = world
        self.channel = channel
        self.talkers: list[Talker] = []
        self.is_over = False
        self.tasks: list[asyncio.Task] = []

    async def begin(self, edges: list, each: int = 3, burst: int = 6, start: bool = True) -> None:
        for edge in edges:
            for _ in range(each):
                client = await self.world.client(edge, f"user{len(self.talkers)}", caps=CAPS)
                await client.join(self.channel)
                self.talkers.append(Talker(client))
        for talker in self.talkers:
            await talker.client.sync()
        if start:
            self.tasks = [
                asyncio.create_task(self.talk(talker, burst, seed)) for seed, talker in enumerate(self.talkers)
            ]
            self.world.tasks += self.tasks

    async def talk(self, talker: Talker, burst: int, seed: int) -> None:
        dice = random.Random(seed)
        client = talker.client
        while not self.is_over:
            pending: dict[str, str] = {}
            for _ in range(dice.randint(1, burst)):
                label = str(talker.sent)
                pending[label] = f"said-{client.nick}-{talker.sent}-"
                client.send(f"@label={label} PRIVMSG {self.channel} :{pending[label]}")
                talker.sent += 1
            while pending:
                answer = await client.expect(lambda m: m.tags.get("label") in pending, within=60)
                text = pending.pop(answer.tags["label"])
                if answer.command == "PRIVMSG":
                    assert answer.text == text, answer.line
                    talker.acknowledged.append(text)
                else:
                    assert answer.command == "FAIL" or answer.command.isdigit(), answer.line
                    talker.refused.append(text)

    @property
    def acknowledged(self) -> set[str]:
        return {text for talker in self.talkers for text in talker.acknowledged}

    async def progress(self, count: int = 20, within: float = 40) -> None:
        """Waits until every talker got so many more acknowledgements."""
        goals = [len(talker.acknowledged) + count for talker in self.talkers]
        end = asyncio.get_running_loop().time() + within
        while any(len(t.acknowledged) < goal for t, goal in zip(self.talkers, goals)):
            for task in self.tasks:
                if task.done():
                    task.result()
            counts = [f"{len(t.acknowledged)}/{goal}" for t, goal in zip(self.talkers, goals)]
            assert asyncio.get_running_loop().time() < end, f"chat stands still after {within} s: {counts}"
            await asyncio.sleep(0.05)

    async def finish(self) -> None:
        """Lets everybody say the last word, and sees that the books agree."""
        self.is_over = True
        async with asyncio.timeout(90):
            await asyncio.gather(*self.tasks)
        await self.say_the_end()
        self.check()

    async def say_the_end(self) -> None:
        """A last message in the log comes after everything else."""
        first = self.talkers[0].client
        first.send(f"PRIVMSG {self.channel} :the end")
        for talker in self.talkers:
            await talker.client.expect(("PRIVMSG", self.channel, "the end"))

    def check(self) -> None:
        for talker in self.talkers:
            assert not talker.client.is_closed, f"{talker.client.nick} was disconnected: {talker.client.tail()}"
        orders = [talker.seen(self.channel) for talker in self.talkers]
        texts = [text for text, _ in orders[0]]
        twice = {text for text in texts if texts.count(text) > 1}
        assert not twice, f"came twice: {sorted(twice)[:10]}"
        lost = self.acknowledged - set(texts)
        assert not lost, f"{len(lost)} acknowledged messages were lost: {sorted(lost)[:10]}"
        for talker, order in zip(self.talkers, orders):
            missing, extra = set(orders[0]) - set(order), set(order) - set(orders[0])
            assert not missing and not extra, (
                f"{talker.client.nick} lacks {sorted(missing)[:5]} and has besides {sorted(extra)[:5]}"
            )
            # A labelled echo is an answer, so each sees their own words in their own place; of others' words the order is one.
            mine, theirs = self.others(talker, order), self.others(talker, orders[0])
            assert mine == theirs, f"{talker.client.nick} saw another order: {first_difference(mine, theirs)}"
            own = [text for text in texts if text.startswith(f"said-{talker.client.nick}-")]
            numbers = [int(text.split("-")[2]) for text in own]
            assert numbers == sorted(numbers), f"{talker.client.nick}'s messages are out of order"

    def others(self, talker: Talker, order: list) -> list:
        own = tuple(f"said-{one.client.nick}-" for one in (talker, self.talkers[0]))
        return [entry for entry in order if not entry[0].startswith(own)]


def first_difference(one: list, other: list) -> str:
    place = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    return f"at {place}: {one[place : place + 3]} for {other[place : place + 3]}"
