"""Work that is shown before an account is registered, over two edges."""

from harness.scenario import scenario
from harness.world import World

from .accounts import PASSWORD
from .admission import solve


@scenario
async def shown(world: World) -> None:
    """Work comes before an account: shown on the other edge, good once however often it is sent, and the page is there."""
    world.tenants.tenant("acme", spec={"admission": {"proof": {"registration": True, "difficulty": 10}}})
    left, right = await world.edges()
    ann = await world.client(left, "ann", caps="standard-replies")
    ann.send(f"REGISTER * * :{PASSWORD}")
    told = await ann.expect("FAIL", "REGISTER")
    assert told.parameters[:3] == ["REGISTER", "PROOF_REQUIRED", "ann"], told.line
    url = told.parameters[3]
    assert url.startswith("https://acme.localhost/proof/") and url in told.text, told.line
    for edge in (left, right):
        code, page = await edge.get(url.removeprefix("https://acme.localhost"), port=edge.http, host="acme.localhost")
        assert code == 200 and "<html" in page.lower(), (code, page[:200])

    work = solve(url)
    # Another answer than the right one, and the right one on both edges at once.
    ann.send(work.rsplit(" ", 1)[0] + " 0x1")
    assert (await ann.expect("NOTE", "FAIL")).parameters[:2] == ["PROOF", "INVALID_PROOF"]
    showing = [await world.client(edge, f"show{n}", caps="standard-replies") for n, edge in enumerate((left, right) * 3)]
    for client in showing:
        client.send(work)
    answers = [(await client.expect("NOTE", "FAIL")).parameters[1] for client in showing]
    assert sorted(answers) == ["ACCEPTED"] + ["INVALID_PROOF"] * 5, answers
    # It is for one account of that address.
    ann.send(f"REGISTER * * :{PASSWORD}")
    assert (await ann.expect("REGISTER", "FAIL")).parameters[:2] == ["SUCCESS", "ann"], ann.tail()
    bob = await world.client(right, "bob", caps="standard-replies")
    bob.send(f"REGISTER * * :{PASSWORD}")
    assert (await bob.expect("REGISTER", "FAIL")).parameters[1] == "PROOF_REQUIRED"
    # Work for one address is none for another.
    told = bob.messages[bob.cursor - 1]
    bob.send(solve(told.parameters[3]))
    assert (await bob.expect("NOTE", "FAIL")).parameters[1] == "ACCEPTED"
    cid = await world.client(right, "cid", caps="standard-replies", address="127.0.2.1")
    cid.send(f"REGISTER * * :{PASSWORD}")
    assert (await cid.expect("REGISTER", "FAIL")).parameters[1] == "PROOF_REQUIRED", cid.tail()
    for edge in (left, right):
        assert url.rsplit("/", 1)[1] not in edge.output
