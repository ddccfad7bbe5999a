"""Work that is shown before an account is registered."""

from harness.browser import Browser
from harness.processes import free_port
from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD

#: What the page says when it has ended, by what it is called there.
STATE = "document.querySelector('#state')"


async def said(page, state: str) -> None:
    """Waits until the page says how it ended."""
    text = await page.comes_to(
        f"{STATE} && Object.values({STATE}.dataset).includes({STATE}.textContent) && {STATE}.textContent", "the page's end"
    )
    assert text == await page.value(f"{STATE}.dataset.{state}"), text


@scenario
async def shown_in_a_browser(world: World) -> None:
    """A browser does the work on one edge, by https, and who was asked for it registers on the other, once."""
    world.tenants.tenant(
        "acme",
        hostnames=["acme.localhost", "acme.example"],
        spec={"displayName": "Acme <&> Co", "language": "de", "admission": {"proof": {"registration": True, "difficulty": 12}}},
    )
    port = free_port()
    edges = await world.edges(1, listen_https=f"127.0.0.1:{port}", listen_webPort=port)
    edges += await world.edges(1, listen_webPort=port)
    browser = Browser(world)
    world.programs.append(browser)
    await browser.launch(str(world.folder / "wildcard.pem"), {"acme.example": "127.0.0.1"})

    ann = await world.client(edges[1], "ann")
    await ann.capabilities("standard-replies")

    async def register(client) -> list[str]:
        client.send(f"REGISTER * * :{PASSWORD}")
        answer = await client.expect("REGISTER", "FAIL")
        return answer.parameters

    _, code, account, url, *_ = await register(ann)
    assert (code, account) == ("PROOF_REQUIRED", "ann") and url.startswith(f"https://acme.localhost:{port}/proof/"), url
    page = await browser.open(url)
    await said(page, "done")
    assert (await page.value("document.documentElement.lang")) == "de"
    assert (await page.value(f"{STATE}.textContent")).startswith("Fertig."), "it is in the network's language"
    assert (await page.value("document.querySelector('h1').textContent")) == "Acme <&> Co"
    # Its own policy lets it do all that it does, and its style is there.
    assert (await page.value("getComputedStyle(document.body).maxWidth")) != "none"
    assert page.problems == [], page.problems
    assert (await register(ann))[:2] == ["SUCCESS", "ann"]

    # What it found is good once, and it says so.
    again = await browser.open(url)
    await said(again, "failed")
    bea = await world.client(edges[0], "bea")
    await bea.capabilities("standard-replies")
    _, code, _, second, *_ = await register(bea)
    assert code == "PROOF_REQUIRED" and second != url
    # Browsers have no hashes for pages that anybody on the way may have written.
    plain = await browser.open(f"http://acme.example:{edges[0].http}/proof/{second.rsplit('/', 1)[1]}")
    await said(plain, "insecure")
    assert (await register(bea))[1] == "PROOF_REQUIRED"
    await plain.go(second)
    await said(plain, "done")
    assert (await register(bea))[:2] == ["SUCCESS", "bea"]
