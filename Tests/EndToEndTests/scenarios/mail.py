"""Mail: codes come by a real mail server, over TLS, and prove that somebody reads it."""

import asyncio

from harness.mail import MailServer
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD, plain, scram


async def server(world: World) -> MailServer:
    mail = MailServer(world)
    world.programs.append(mail)
    await mail.launch()
    return mail


@scenario
async def registered(world: World) -> None:
    """Registers by mail on one edge, proves it on the other, and forgets the password."""
    world.tenants.tenant(
        "acme", spec={"displayName": "Grüne Acme", "accounts": {"registration": "Email", "emailDomains": ["example.com"]}}
    )
    mail = await server(world)
    edges = await world.edges(mail=mail.settings)
    ann = await world.connection(edges[0])
    ann.nick = "ann"
    ann.send("CAP LS 302")
    await ann.expect(lambda message: "draft/account-registration=before-connect,email-required" in message.text.split())
    await ann.capabilities("sasl", "draft/languages")
    ann.send("NICK ann", "USER ann 0 * :Ann", "LANGUAGE de", f"REGISTER * * :{PASSWORD}")
    assert (await ann.expect("REGISTER", "FAIL")).parameters[:2] == ["REGISTER", "INVALID_EMAIL"]
    ann.send(f"REGISTER * ann@throw.away :{PASSWORD}")
    assert (await ann.expect("REGISTER", "FAIL")).parameters[:2] == ["REGISTER", "UNACCEPTABLE_EMAIL"]
    ann.send(f"REGISTER * ann@mail.example.com :{PASSWORD}")
    assert (await ann.expect("REGISTER", "FAIL")).parameters[:2] == ["VERIFICATION_REQUIRED", "ann"]

    letter = await mail.letter("ann@mail.example.com")
    assert letter.event["encrypted"] and letter.event["user"] == "roost", letter.event
    assert letter.event["sender"] == "chat@example.com"
    assert letter.subject == "Dein Konto bei Grüne Acme" and letter.message["Content-Language"] == "de", letter.text
    assert f"/msg NickServ VERIFY ann {letter.code}" in letter.text
    assert await plain(ann, "ann", PASSWORD) == "904"

    # Somebody reads it elsewhere.
    phone = await world.connection(edges[1])
    phone.send("NICK phone", f"VERIFY ann {letter.code}", "USER phone 0 * :Ann")
    assert (await phone.expect("VERIFY", "FAIL")).parameters[:2] == ["SUCCESS", "ann"]
    await phone.expect("900")
    await phone.expect("001")
    assert await scram(ann, "ann", PASSWORD) == "903"
    ann.send("CAP END")
    await ann.expect("001")

    # Which address that is nobody learns who has forgotten the password.
    guest = await world.client(edges[0], "guest")
    for account in ("nobody", "ann"):
        guest.send(f"NS SENDPASS {account}")
        await guest.expect(lambda message: message.command == "NOTICE" and "on its way" in message.text)
    again = await mail.letter("ann@mail.example.com", number=2)
    assert "new password" in again.text and again.code != letter.code, again.text
    guest.send(f"NS RESETPASS ann {again.code} battery-staple")
    await guest.expect(lambda message: "has the new password" in message.text)
    for password, outcome in ((PASSWORD, "904"), ("battery-staple", "903")):
        late = await world.connection(edges[1])
        await late.capabilities("sasl")
        assert await plain(late, "ann", password) == outcome
    _, figures = await edges[0].get("/metrics")
    _, others = await edges[1].get("/metrics")
    sent = [line for text in (figures, others) for line in text.splitlines() if 'roost_mail_total{end="sent"}' in line]
    assert sum(int(line.split()[-1]) for line in sent) == 2, sent

    # Who has the account and its mail go elsewhere is not alone with that.
    owner = await world.client(edges[0], "owner")
    owner.send("LANGUAGE fr", "NS IDENTIFY ann battery-staple")
    await owner.expect("900")
    owner.send("NS SET EMAIL battery-staple ann@new.example.com")
    moved = await mail.letter("ann@new.example.com")
    owner.send(f"NS VERIFY {moved.code}")
    news = await mail.letter("ann@mail.example.com", number=3)
    assert news.message["Content-Language"] == "fr" and "ann sur Grüne Acme" in news.text, news.text
    assert "L'adresse de ton compte" in news.subject, news.subject
    for edge in edges:
        assert "mail.example.com" not in edge.output and letter.code not in edge.output and again.code not in edge.output


@scenario
async def survives(world: World) -> None:
    """The mail server is away, and the edge that was asked dies: the letter comes from another."""
    world.tenants.tenant("acme", spec={"accounts": {"registration": "Email"}})
    mail = await server(world)
    edges = await world.edges(mail=mail.settings)
    await mail.kill()
    ann = await world.client(edges[0], "ann")
    ann.send(f"REGISTER * ann@example.com :{PASSWORD}")
    assert (await ann.expect("REGISTER", "FAIL")).parameters[:2] == ["VERIFICATION_REQUIRED", "ann"]

    async def deferred() -> bool:
        return any("a mail is sent later" in edge.output for edge in edges)

    async with asyncio.timeout(60):
        while not await deferred():
            await asyncio.sleep(0.05)
    await edges[0].kill()
    await mail.launch()
    letter = await mail.letter("ann@example.com", within=90)
    other = await world.connection(edges[1])
    other.send("NICK other", "USER other 0 * :Ann", f"VERIFY ann {letter.code}")
    assert (await other.expect("VERIFY", "FAIL")).parameters[:2] == ["SUCCESS", "ann"]
    assert len(mail.letters) == 1
