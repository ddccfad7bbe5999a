"""The folder of tenants changes while their people are connected."""

import asyncio
import ssl
import time

import websockets

from harness.client import Client
from harness.processes import run, tool, until
from harness.scenario import scenario
from harness.world import World

#: What is promised is a second; a busy machine gets some more.
SOON = 2.0
# A file that is removed may be about to be replaced: its tenants stay for three seconds.
GONE = SOON + 3.0


async def reachable(edge, hostname: str) -> bool:
    try:
        client = await Client.tls(edge.ircs, hostname)
    except (OSError, ssl.SSLError):
        return False
    await client.close()
    return True


@scenario
async def change_while_running(world: World) -> None:
    """Tenants come, change, are suspended and go in a moment, and the others notice nothing."""
    world.tenants.tenant("acme", motd="The first.")
    edge = await world.embedded()
    alice = await world.client(edge, "alice", "acme")
    await alice.join("#lobby")
    assert not await reachable(edge, "newcorp.localhost")

    async def soon(condition, what: str) -> None:
        began = time.monotonic()
        await until(condition, what, within=10)
        assert time.monotonic() - began < SOON, f"{what} took {time.monotonic() - began:.1f} s"

    world.tenants.tenant("newcorp", motd="Old news.")
    await soon(lambda: reachable(edge, "newcorp.localhost"), "a tenant is added")
    bob = await world.client(edge, "bob", "newcorp")
    await bob.join("#lobby")

    world.tenants.tenant("newcorp", motd="Good news.")

    async def is_new() -> bool:
        return "Good news." in "".join(m.text for m in await bob.ask("MOTD", "376"))

    await soon(is_new, "the message of the day changes")

    began = time.monotonic()
    world.tenants.tenant("newcorp", state="Suspended")
    reason = await bob.ended(within=10)
    assert "suspended" in reason, reason
    assert time.monotonic() - began < SOON
    refused = await world.connection(edge, "newcorp")
    refused.send("NICK bob", "USER bob 0 * :bob")
    assert "suspended" in await refused.ended()

    world.tenants.tenant("newcorp")

    async def admitted() -> bool:
        client = await world.connection(edge, "newcorp")
        client.send("NICK bob", "USER bob 0 * :bob")
        try:
            await client.expect("376", "422", within=5)
        except AssertionError:
            return False
        return True

    await soon(admitted, "a tenant is resumed")

    world.tenants.tenant("newcorp", state="Cordoned")
    staying = world.clients[-1]

    began = time.monotonic()
    while True:
        client = await world.connection(edge, "newcorp")
        client.send("NICK late", "USER late 0 * :late")
        await client.expect("376", "422", "ERROR")
        if client.messages[-1].command == "ERROR":
            break
        assert time.monotonic() - began < SOON, "a cordoned tenant lets people in"
        client.send("QUIT")
    assert "no new connections" in client.messages[-1].text
    await staying.sync()

    # A file that is broken leaves everything as it was, and is told with its line.
    offset = len(edge.output)
    head = "apiVersion: roost.chat/v1alpha1\nkind: Tenant\nmetadata: {name: broken}\nspec:\n"
    world.tenants.write("broken", head + "  hostname: [x]\n")
    await edge.wait_for_output(r"broken\.yaml:5\b.*hostname", within=10, after=offset)
    offset = len(edge.output)
    world.tenants.write("newcorp", "this: [is\nno yaml: {")
    await edge.wait_for_output(r"newcorp\.yaml:\d+", within=10, after=offset)
    await staying.sync()
    alice.send("TOPIC #lobby :still here")
    await alice.expect("TOPIC")

    world.tenants.delete("newcorp")
    began = time.monotonic()
    reason = await staying.ended(within=10)
    assert time.monotonic() - began < GONE and reason, reason

    async def is_gone() -> bool:
        return not await reachable(edge, "newcorp.localhost")

    await until(is_gone, "a tenant is deleted", within=10)
    assert time.monotonic() - began < GONE
    await alice.sync()
    assert not alice.is_closed


@scenario
async def slow_writes(world: World) -> None:
    """Tenants' files are written slowly, as cp and editors do, and nobody is put off; what they say at the end counts."""
    world.tenants.tenant("acme", motd="The first.", connections=100)
    world.tenants.tenant("other")
    edge = await world.embedded()
    alice = await world.client(edge, "alice", "acme")
    await alice.join("#lobby")
    path = world.tenants.path("acme")
    text = path.read_text().replace("The first.", "The second.")

    async def says(words: str) -> bool:
        return words in "".join(m.text for m in await alice.ask("MOTD", "376"))

    # It stays open, and is opened again for each piece; another tenant's file has the folder read meanwhile.
    for mode in ("w", "a"):
        path.write_text("")
        with path.open(mode) as file:
            for start in range(0, len(text), 40):
                file.write(text[start : start + 40])
                file.flush()
                if mode == "a":
                    path.open("a").close()
                world.tenants.tenant("other", motd=f"Piece {start} of {mode}.")
                await asyncio.sleep(0.4)
                assert await says("The first.")
        await until(lambda: says("The second."), "what was written counts", within=10)
        world.tenants.write("acme", text.replace("The second.", "The first."))
        await until(lambda: says("The first."), "what was written counts", within=10)

    # Somebody empties it, and goes away.
    path.write_text("")
    await edge.wait_for_output(r"acme\.yaml: is empty", within=10)
    assert await says("The first.")

    # A file that is whole, and in which the tenant is not.
    path.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nothing}\n")
    assert await alice.ended(within=10)


@scenario
async def unknown_hostnames(world: World) -> None:
    """A hostname that nobody has, and that of a deleted tenant, look the same from outside."""
    world.tenants.tenant("acme")
    world.tenants.tenant("gone")
    edge = await world.embedded()
    assert await reachable(edge, "gone.localhost")
    world.tenants.delete("gone")

    async def is_gone() -> bool:
        return not await reachable(edge, "gone.localhost")

    await until(is_gone, "the deletion")
    alerts, answers, pages = [], [], []
    for hostname in ("gone.localhost", "never.localhost"):
        try:
            await Client.tls(edge.ircs, hostname)
        except ssl.SSLError as error:
            alerts.append(error.reason)
        try:
            await Client.websocket(edge.http, hostname)
        except websockets.InvalidStatus as error:
            answers.append((error.response.status_code, bytes(error.response.body or b"")))
        pages.append(await edge.get("/irc", port=edge.http, host=hostname))
    assert len(alerts) == 2 and alerts[0] == alerts[1] and "UNRECOGNIZED_NAME" in alerts[0], alerts
    assert len(answers) == 2 and answers[0] == answers[1] and answers[0][0] == 404, answers
    assert pages[0] == pages[1] and pages[0][0] == 404, pages
    # Without a name there is no tenant either.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        await asyncio.open_connection("127.0.0.1", edge.ircs, ssl=context, server_hostname=None)
        raise AssertionError("a client without a server name was let in")
    except (ssl.SSLError, ConnectionError):
        pass


@scenario
async def certificates(world: World) -> None:
    """Each hostname is shown the certificate that was made for it."""
    world.tenants.tenant("acme")
    world.tenants.tenant("globex", hostnames=["globex.localhost", "chat.globex.localhost"])
    edge = await world.embedded()
    for hostname in ("acme.localhost", "globex.localhost", "chat.globex.localhost"):
        shown = await run(
            tool("openssl"), "s_client", "-connect", f"127.0.0.1:{edge.ircs}", "-servername", hostname,
            "-verify_hostname", hostname, stdin="QUIT\r\n", expect=None,
        )  # fmt: skip
        chain = shown[shown.index("-----BEGIN CERTIFICATE-----") :]
        text = await run(tool("openssl"), "x509", "-noout", "-ext", "subjectAltName", "-enddate", stdin=chain)
        assert f"DNS:{hostname}" in text, text
    # Two edges with files of their own; the one that fits best is shown, and a new one without a restart.
    special = await world.certificate("special", "acme.localhost")
    wildcard = await world.certificate("other", "*.localhost", "globex.localhost")
    [edge] = await world.edges(1, certificates=[special, wildcard])

    async def fingerprint(hostname: str) -> str:
        shown = await run(
            tool("openssl"), "s_client", "-connect", f"127.0.0.1:{edge.ircs}", "-servername", hostname,
            stdin="QUIT\r\n", expect=None,
        )  # fmt: skip
        chain = shown[shown.index("-----BEGIN CERTIFICATE-----") :]
        return await run(tool("openssl"), "x509", "-noout", "-fingerprint", "-sha256", stdin=chain)

    async def of_file(pair: str) -> str:
        return await run(tool("openssl"), "x509", "-noout", "-fingerprint", "-sha256", "-in", pair.split(",")[0])

    assert await fingerprint("acme.localhost") == await of_file(special)
    assert await fingerprint("globex.localhost") == await of_file(wildcard)
    before = await of_file(special)
    staying = await world.client(edge, "alice", "acme")
    await world.certificate("special", "acme.localhost")
    after = await of_file(special)
    assert before != after

    async def is_renewed() -> bool:
        return await fingerprint("acme.localhost") == after

    await until(is_renewed, "the new certificate to be shown", within=20)
    await staying.sync()
