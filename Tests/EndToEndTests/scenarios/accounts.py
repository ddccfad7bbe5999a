"""Logging in: with SASL, with PASS, as an operator; and trying passwords."""

import asyncio
import base64
import hashlib
import hmac
import re
import time

from harness.client import Client
from harness.processes import run, tool
from harness.scenario import scenario
from harness.scram import Scram
from harness.world import World

PASSWORD = "correct horse battery"


async def plain(client: Client, account: str, password: str) -> str:
    """SASL PLAIN. Returns the numeric that ends it, or ERROR."""
    client.send("AUTHENTICATE PLAIN")
    answer = await client.expect("AUTHENTICATE", "904", "ERROR")
    if answer.command == "AUTHENTICATE":
        client.send("AUTHENTICATE " + base64.b64encode(f"\0{account}\0{password}".encode()).decode())
        answer = await client.expect("903", "904", "ERROR")
    return answer.command


async def scram(client: Client, account: str, password: str, mechanism: str = "SCRAM-SHA-256") -> str:
    """SASL SCRAM. Returns the numeric that ends it."""
    exchange = Scram(account, password, mechanism)

    async def step(text: str) -> str:
        client.send("AUTHENTICATE " + (base64.b64encode(text.encode()).decode() if text else "+"))
        answer = await client.expect("AUTHENTICATE", "903", "904")
        return base64.b64decode(answer.text).decode() if answer.command == "AUTHENTICATE" else answer.command

    client.send(f"AUTHENTICATE {mechanism}")
    await client.expect(("AUTHENTICATE", "+"))
    challenge = await step(exchange.first())
    if challenge == "904":
        return challenge
    answer = await step(exchange.final(challenge))
    if answer == "904":
        return answer
    exchange.check(answer)
    return await step("")


async def login(world: World, edge, how, account: str, password: str, nick: str) -> Client:
    client = await world.connection(edge)
    client.nick = nick
    await client.capabilities("sasl", "account-tag", "message-tags")
    assert await how(client, account, password) == "903"
    client.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}", "CAP END")
    await client.expect("376", "422")
    return client


async def scram_512(client: Client, account: str, password: str) -> str:
    return await scram(client, account, password, "SCRAM-SHA-512")


@scenario
async def sasl(world: World) -> None:
    """PLAIN and both SCRAMs, right and wrong, on both edges, for an admin and for an account added by hand."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    edges = await world.edges()
    database = ("--database", world.postgres.url)
    await world.roost("account", "add", "carol", "--tenant", "acme", "--password-stdin", *database, stdin="carol's pass word\n")
    code = await world.roost(
        "account", "add", "Carol", "--tenant", "acme", "--password-stdin", *database, stdin="carol's pass word\n", expect=64
    )
    assert "already" in code, code
    listed = await world.roost("account", "list", "--tenant", "acme", *database)
    assert "carol" in listed and PASSWORD not in listed, listed

    first = await login(world, edges[0], plain, "boss", PASSWORD, "first")
    second = await login(world, edges[1], scram, "boss", PASSWORD, "second")
    third = await login(world, edges[0], scram_512, "carol", "carol's pass word", "third")
    whois = await second.ask("WHOIS third", "318")
    assert [m.parameters[2] for m in whois if m.command == "330"] == ["carol"], [m.line for m in whois]
    await first.join("#lobby")
    await third.join("#lobby")
    third.send("PRIVMSG #lobby :hello")
    assert (await first.expect(("PRIVMSG", "#lobby"))).tags["account"] == "carol"

    for how in (plain, scram, scram_512):
        wrong = await world.connection(edges[0])
        await wrong.capabilities("sasl")
        assert await how(wrong, "boss", "wrong password") == "904"
        assert await how(wrong, "nobody", "wrong password") == "904"
        wrong.send("AUTHENTICATE NO-SUCH")
        await wrong.expect("908")
        wrong.send("AUTHENTICATE PLAIN", "AUTHENTICATE *")
        await wrong.expect("906")
    # PASS does as well, as old clients have it.
    old = await world.connection(edges[1])
    old.send(f"PASS carol:{'carol' + chr(39) + 's pass word'}".replace("PASS ", "PASS :"), "NICK old", "USER old 0 * :old")
    await old.expect("376", "422")
    # Without any log there is a password.
    for edge in edges:
        assert PASSWORD not in edge.output and "carol's" not in edge.output


@scenario
async def registered(world: World) -> None:
    """Who registers on one edge logs in on the other; administrators agree, list, change and delete from outside."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    world.tenants.tenant("globex", spec={"accounts": {"registration": "Approval", "required": True}})
    edges = await world.edges()

    async def roost(command: str, name: str, tenant: str, *words: str, **options) -> str:
        return await world.roost(
            "account", command, *([name] if name else []), *words, "--tenant", tenant, "--database", world.postgres.url, **options
        )

    dora = await world.client(edges[0], "dora")
    dora.send(f"REGISTER * dora@example.com :{PASSWORD}")
    assert (await dora.expect("REGISTER", "FAIL")).parameters[:2] == ["SUCCESS", "dora"]
    await dora.expect("900")
    again = await login(world, edges[1], scram, "Dora", PASSWORD, "again")
    whois = await again.ask("WHOIS dora", "318")
    assert [m.parameters[2] for m in whois if m.command == "330"] == ["dora"], [m.line for m in whois]
    # Nobody else takes the name, whichever edge is asked, and nobody the tenant's admin's.
    for nick in ("dora", "boss"):
        other = await world.connection(edges[1])
        other.send(f"NICK {nick}", f"REGISTER * * :{PASSWORD}x")
        assert (await other.expect("REGISTER", "FAIL")).parameters[1] == "ACCOUNT_EXISTS"
    listed = {line.split("\t")[0]: line.split("\t")[1:] for line in (await roost("list", "", "acme")).splitlines()}
    assert set(listed) == {"boss", "dora"} and PASSWORD not in str(listed), listed
    role, state, since, last, mail = listed["dora"]
    assert (role, state, mail) == ("user", "active", "dora@example.com") and since <= last, listed
    assert "spec.admins" in await roost("delete", "boss", "acme", expect=64)
    # A nickname that she added is shown, and taken away.
    dora.send("NICK dory", "NS GROUP")
    await dora.expect(lambda message: message.command == "NOTICE" and "dory" in message.text)
    assert (await roost("nicks", "dora", "acme")).split() == ["dory"]
    assert "no more" in await roost("nicks", "Dora", "acme", "--remove", "Dory")
    assert not (await roost("nicks", "dora", "acme")).split()
    assert "no nickname dory" in await roost("nicks", "dora", "acme", "--remove", "dory", expect=64)
    assert "is called so" in await roost("nicks", "dora", "acme", "--remove", "dora", expect=64)
    dora.send("NICK dora")
    await dora.expect("NICK")

    # On the other network an administrator agrees first.
    asks = await world.connection(edges[0], tenant="globex")
    asks.send("CAP LS 302", "NICK erik", "USER erik 0 * :Erik", f"REGISTER * * :{PASSWORD}")
    assert (await asks.expect("REGISTER", "FAIL")).parameters[:2] == ["VERIFICATION_REQUIRED", "erik"]
    asks.send("CAP REQ sasl")
    await asks.expect("CAP")
    assert await plain(asks, "erik", PASSWORD) == "904"
    assert "erik" in await roost("list", "", "globex", "--waiting")
    await roost("approve", "erik", "globex")
    assert "erik" not in await roost("list", "", "globex", "--waiting")
    assert await plain(asks, "erik", PASSWORD) == "903"
    asks.send("CAP END")
    await asks.expect("001")

    # A certificate does as well, from wherever its owner comes.
    certificate = await world.certificate("client", "erik")
    fingerprint = (
        await run(tool("openssl"), "x509", "-in", certificate.split(",")[0], "-noout", "-fingerprint", "-sha256")
    ).strip().split("=")[1]
    asks.send(f"CERT ADD {fingerprint}")
    added = await asks.expect("NOTE", "NOTICE", "FAIL")
    assert fingerprint.replace(":", "").lower() in added.line, added.line
    for shown, ended in ((certificate, "903"), (await world.certificate("other", "erik"), "904")):
        known = await world.connection(edges[1], "globex", certificate=shown)
        known.send("CAP LS 302")
        assert "EXTERNAL" in (await known.expect("CAP")).line
        await known.capabilities("sasl")
        known.send("AUTHENTICATE EXTERNAL", "AUTHENTICATE +")
        assert (await known.expect("903", "904")).command == ended
    unknown = await world.connection(edges[1], "globex")
    unknown.send("CAP LS 302")
    assert "EXTERNAL" not in (await unknown.expect("CAP")).line

    await roost("role", "dora", "acme", "admin")
    await again.ask(f"OPER dora :{PASSWORD}", "381")
    await roost("password", "dora", "acme", "--password-stdin", stdin="another horse\n")
    late = await world.connection(edges[0])
    await late.capabilities("sasl")
    assert await scram(late, "dora", PASSWORD) == "904"
    assert await plain(late, "dora", "another horse") == "903"
    await roost("delete", "dora", "acme")
    assert "no account" in await roost("delete", "dora", "acme", expect=64)
    gone = await world.connection(edges[1])
    await gone.capabilities("sasl")
    assert await plain(gone, "dora", "another horse") == "904"
    for edge in edges:
        assert PASSWORD not in edge.output and "another horse" not in edge.output


def totp(secret: str, when: float) -> str:
    """RFC 6238, with what all apps understand."""
    mac = hmac.digest(base64.b32decode(secret), int(when // 30).to_bytes(8), hashlib.sha1)
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


@scenario
async def second_factor(world: World) -> None:
    """An account that asks for codes is let in with one behind the password, on every edge, and nobody twice with the same."""
    world.tenants.tenant("acme", spec={"accounts": {"rememberFor": "1h"}})
    edges = await world.edges()
    ann = await world.client(edges[0], "ann")
    ann.send(f"REGISTER * * :{PASSWORD}")
    await ann.expect("900")
    # NickServ takes passwords without blanks.
    await world.roost(
        "account", "password", "ann", "--tenant", "acme", "--password-stdin", "--database", world.postgres.url, stdin="battery-staple"
    )
    ann.send("NS MFA ENABLE battery-staple")
    link = await ann.expect(lambda message: message.command == "NOTICE" and "otpauth://" in message.text)
    secret = re.search("secret=([A-Z2-7]+)", link.text).group(1)
    ann.send(f"NS MFA VERIFY {totp(secret, time.time())}")
    told = await ann.expect(lambda message: message.command == "NOTICE" and "works once" in message.text)
    recovery = re.findall("[0-9A-Z]{5}-[0-9A-Z]{5}", told.text)
    assert len(recovery) == 8, told.text

    async def tries(edge, password: str, how=plain) -> str:
        client = await world.connection(edge)
        await client.capabilities("sasl", "standard-replies")
        return await how(client, "ann", password)

    # Nobody waits for the next half minute: clocks may be wrong by one.
    code = totp(secret, time.time() + 30)
    assert await tries(edges[1], "battery-staple") == "904"
    assert await tries(edges[1], "battery-staple", scram) == "904"
    assert await tries(edges[1], f"battery-staple{code}") == "903"
    assert await tries(edges[0], f"battery-staple{code}") == "904"
    assert await tries(edges[0], f"battery-staple {recovery[3]}") == "903"
    assert await tries(edges[1], f"battery-staple {recovery[3]}") == "904"
    # What a password alone lets in while accounts cannot be read is not such an account.
    kept = await world.redis.command("--no-raw", "hgetall", "r:acme:l::h")
    assert "aann" not in kept, kept
    for edge in edges:
        assert secret not in edge.output and not any(code in edge.output for code in recovery)
    stored = str(await world.postgres.query("SELECT row_to_json(a) FROM accounts a"))
    assert secret not in stored and base64.b32decode(secret).hex() not in stored, stored

    database = ("--tenant", "acme", "--database", world.postgres.url)
    assert "asks for no codes" in await world.roost("account", "unlock", "Ann", *database)
    assert await tries(edges[0], "battery-staple") == "903"
    assert "no account" in await world.roost("account", "unlock", "nobody", *database, expect=64)


@scenario
async def remembered(world: World) -> None:
    """PostgreSQL is away: who logged in lately comes in on any edge, all others are told that accounts cannot be checked."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD}, spec={"accounts": {"rememberFor": "1h"}})
    world.tenants.tenant("globex", admins={"boss": PASSWORD})
    edges = await world.edges()
    await world.roost(
        "account", "add", "carol", "--tenant", "acme", "--password-stdin", "--database", world.postgres.url, stdin=PASSWORD
    )
    await login(world, edges[0], plain, "boss", PASSWORD, "boss")
    elsewhere = await world.connection(edges[0], tenant="globex")
    assert await log_in(elsewhere, PASSWORD) == "903"
    # Redis has the name and when that was, and nothing that is worth reading.
    kept = await world.redis.command("--no-raw", "hgetall", "r:acme:l::h")
    assert "aboss" in kept and not any(word in kept for word in ("SCRAM", "scrypt", "passwordHash", PASSWORD)), kept
    assert "(empty" in await world.redis.command("--no-raw", "hgetall", "r:globex:l::h")

    await world.postgres.kill()
    for how in (plain, scram):
        again = await login(world, edges[1], how, "boss", PASSWORD, "boss")
        assert any("what is remembered" in message.text for message in again.messages), again.tail()
    again.send(f"OPER boss :{PASSWORD}")
    await again.expect(lambda message: "cannot be checked" in message.text, refuse="381")
    for tenant, how, account, password in (
        ("acme", plain, "boss", "wrong"), ("acme", scram, "boss", "wrong"), ("acme", plain, "carol", PASSWORD),
        ("globex", plain, "boss", PASSWORD),
    ):  # fmt: skip
        client = await world.connection(edges[1], tenant=tenant)
        await client.capabilities("sasl")
        assert await how(client, account, password) == "904"
        assert "cannot be checked" in client.messages[-1].text, client.tail()
    _, metrics = await edges[1].get("/metrics")
    assert "roost_remembered_logins_total 2" in metrics, metrics

    await world.postgres.launch()
    await edges[1].wait_for_output("accounts can be read again")
    await login(world, edges[1], plain, "carol", PASSWORD, "carol")
    again.send(f"OPER boss :{PASSWORD}")
    await again.expect("381")


@scenario
async def operators(world: World) -> None:
    """A tenant's admin becomes operator, with power over this tenant only."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    world.tenants.tenant("globex")
    edge = await world.embedded()
    boss = await world.client(edge, "boss", "acme")
    victim = await world.client(edge, "victim", "acme")
    other = await world.client(edge, "victim", "globex")
    victim.send("KILL boss :no")
    await victim.expect("481")
    boss.send("OPER boss wrong-password")
    await boss.expect("464")
    boss.send(f"OPER boss :{PASSWORD}")
    await boss.expect("381")
    boss.send("KILL victim :misbehaves")
    reason = await victim.ended()
    assert "misbehaves" in reason, reason
    boss.send("REHASH")
    await boss.expect("382")
    await other.sync()
    assert not other.is_closed
    # Who is named no more is a user from then on.
    world.tenants.tenant("acme", admins={"chief": PASSWORD})
    await edge.wait_for_output("no administrator any more")
    former = await world.client(edge, "former", "acme")
    former.send(f"OPER boss :{PASSWORD}")
    await former.expect("464", refuse="381")
    former.send(f"OPER chief :{PASSWORD}")
    await former.expect("381")


@scenario
async def required(world: World) -> None:
    """Where accounts are required, nobody is let in without one."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD}, spec={"accounts": {"required": True}})
    edge = await world.embedded()
    nobody = await world.connection(edge)
    nobody.send("NICK nobody", "USER nobody 0 * :nobody")
    assert "account" in await nobody.ended()
    client = await login(world, edge, plain, "boss", PASSWORD, "boss")
    await client.sync()


@scenario
async def throttling(world: World) -> None:
    """After some wrong passwords an address has to wait, on this tenant alone, and then the right one is let in."""
    world.tenants.tenant("acme", admins={"boss": PASSWORD})
    world.tenants.tenant("beta", admins={"boss": PASSWORD})
    edge = await world.embedded()
    client = await world.connection(edge)
    await client.capabilities("sasl")
    loop = asyncio.get_running_loop()
    began = loop.time()
    took = 0.0
    for number in range(30):
        before = loop.time()
        assert await plain(client, "boss", f"wrong-{number}") == "904"
        took = loop.time() - before
        # On a busy machine the first ones may take their time, too.
        if number >= 10 and took > 1:
            break
    assert took > 1, "passwords can be tried without end"
    right = asyncio.create_task(log_in(await world.connection(edge), PASSWORD))
    other = await log_in(await world.connection(edge, tenant="beta"), PASSWORD)
    assert other == "903" and not right.done(), "another tenant's people wait too"
    assert await right == "903", "the right password is refused"
    assert loop.time() - began < 60


async def log_in(client: Client, password: str) -> str:
    """SASL PLAIN of the admin. Returns the numeric that ends it."""
    await client.capabilities("sasl")
    return await plain(client, "boss", password)
