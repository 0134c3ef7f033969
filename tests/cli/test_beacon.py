"""`phyle ledger beacon`: what a public source of chance said is mixed into a draw that had named it."""

from hashlib import sha256
from pathlib import Path

import pytest

from phyle.cooperative import acting, people
from phyle.cooperative.law.draws import Draw, digest_of, message, seed_of_secrets
from phyle.cooperative.ledger import append, reading
from phyle.errors import Refused, Unprocessable
from tests.cli.test_operating import Operator
from tests.cooperative.activities.neighbours import origin
from tests.cooperative.activities.test_drawing import founders
from tests.cooperative.founding import pass_time
from tests.cooperative.travelling import Clock
from tests.instance import Instance

SAID = b'{"round": 7, "randomness": "33"}'
OUTPUT = "33" * 32


async def test_what_a_beacon_said_is_entered_and_mixed_in(
    whole: Instance, clock: Clock, tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = Operator(tmp_path, database, capsys)
    by = await founders(whole)
    call = {"purpose": "office", "about": "scribes", "beacon": "drand, round 7"}
    await acting.perform(whole.store, by[0], "call_draw", call)
    await append.drain(whole.store)
    async with whole.store.reading() as tx:
        ((id, _),) = (await reading.group(tx, Draw)).items()
        members = [str(await people.member_of(tx, each.id)) for each in by[:2]]
    file = tmp_path / "said.json"
    file.write_bytes(b"")
    assert "empty" in await operator.refused(Unprocessable, "ledger", "beacon", id, OUTPUT, str(file))
    file.write_bytes(SAID)
    assert "is entered" in await operator.does("ledger", "beacon", id, OUTPUT, str(file))
    assert "already" in await operator.refused(Refused, "ledger", "beacon", id, OUTPUT, str(file))
    assert (await whole.client.get(f"/ledger/blobs/{sha256(SAID).hexdigest()}")).content == SAID
    secrets = {member: sha256(member.encode()).hexdigest()[:32] for member in members}
    for each, member in zip(by, members, strict=False):
        committed = {"draw": id, "digest": digest_of(id, member, secrets[member])}
        await acting.perform(whole.store, each, "commit_secret", committed)
    await pass_time(whole.store, clock, days=2)
    for each, member in zip(by, members, strict=False):
        await acting.perform(whole.store, each, "reveal_secret", {"draw": id, "secret": secrets[member]})
    await append.drain(whole.store)
    async with whole.store.reading() as tx:
        draw = await reading.get(tx, Draw, id)
    assert draw is not None
    fixed = message(origin(whole), id, draw.entry or "")
    assert draw.seed == seed_of_secrets(fixed, [secrets[member] for member in sorted(members)], OUTPUT)
