"""A phyle as a witness: what it cosigns, that it never goes back, and what it keeps as evidence."""

import asyncio
from collections import Counter

import pytest

from phyle.cooperative.ledger import witness_keys, witnesses
from phyle.cooperative.ledger.witnesses import Log
from phyle.cooperative.tree import ranges, tiles
from phyle.cooperative.tree.checkpoints import cosigned_at, verified
from phyle.cooperative.tree.equivocation import Equivocation
from phyle.cooperative.tree.keys import Signer
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.witness import Submission, read_cosignatures
from phyle.errors import Malformed, Missing, Unproven
from phyle.store.transaction import Store
from tests.cooperative.tree.signers import LOG, ORIGIN, head, signer
from tests.cooperative.tree.trees import leaves

TREE = leaves(60)


def submission(old: int, size: int, *, tree: list[bytes] = TREE, by: Signer = LOG) -> bytes:
    """What a log sends that had `old` leaves when it was last cosigned."""
    proof = tiles.hashes_of(ranges.consistency(old, size), tiles.built(tree[:size])) if old else []
    return bytes(Submission(old, tuple(proof), head(tree[:size], by=by).note))


async def watching(store: Store) -> Log:
    """We watch the log."""
    async with store.transaction() as tx:
        return await witnesses.watch(tx, origin=ORIGIN, host="a.example", keys=[LOG.public])


async def asked(store: Store, body: bytes) -> tuple[int, str, bytes]:
    """What the witness answers."""
    async with store.transaction() as tx:
        return await witnesses.answer(tx, body)


async def held(store: Store) -> Log:
    """What the witness holds of the log."""
    async with store.reading() as tx:
        return await witnesses.log(tx, ORIGIN)


async def test_a_log_is_cosigned_as_it_grows(store: Store) -> None:
    await watching(store)
    async with store.transaction() as tx:
        key = await witness_keys.public(tx)
    for old, size in ((0, 3), (3, 3), (3, 17), (17, 60)):
        status, _, body = await asked(store, submission(old, size))
        assert status == 200, body
        read_cosignatures(body, head(TREE[:size]).note, [key])
        now = await held(store)
        assert (now.size, now.root) == (size, head(TREE[:size]).root)
        assert now.note is not None
        note = Note.read(now.note)
        assert set(cosigned_at(note, [key])) == {"localhost:8080/witness"}
        assert note.verified([LOG.public])


async def test_what_is_refused_changes_nothing(store: Store) -> None:
    await watching(store)
    assert (await asked(store, submission(0, 9)))[0] == 200
    forger, other = signer(ORIGIN, seed=8), leaves(60, salt="other")
    for body, status in (
        (submission(0, 9), 409),
        (submission(5, 12), 409),
        (submission(9, 12, by=forger), 403),
        (submission(9, 12, tree=other), 422),
        (submission(9, 9, tree=other), 422),
        (bytes(Submission(9, (), head(TREE[:5]).note)), 400),
        (bytes(Submission(0, (), head(TREE[:5], origin="b.example/ledger/1").note)), 404),
    ):
        assert (await asked(store, body))[0] == status
        assert (await held(store)).size == 9
    assert (await asked(store, submission(0, 12)))[1:] == ("text/x.tlog.size", b"9\n")
    with pytest.raises(Malformed):
        await asked(store, b"nonsense")


async def test_nothing_is_cosigned_for_a_ledger_that_is_not_watched(store: Store) -> None:
    assert (await asked(store, submission(0, 3)))[0] == 404
    async with store.reading() as tx:
        with pytest.raises(Missing):
            await witnesses.log(tx, ORIGIN)


async def test_of_many_at_once_one_wins_and_nobody_goes_back(store: Store) -> None:
    await watching(store)
    assert (await asked(store, submission(0, 4)))[0] == 200
    answers = await asyncio.gather(*(asked(store, submission(4, size)) for size in range(5, 25)))
    assert Counter(status for status, _, _ in answers) == {200: 1, 409: 19}
    size = (await held(store)).size
    assert {body for status, _, body in answers if status == 409} == {f"{size}\n".encode()}


async def test_another_head_of_the_same_size_convicts(store: Store) -> None:
    await watching(store)
    assert (await asked(store, submission(0, 9)))[0] == 200
    other = leaves(60, salt="other")
    await asked(store, submission(9, 9, tree=other))
    await asked(store, submission(0, 9, tree=other))
    async with store.reading() as tx:
        (found,) = await witnesses.equivocations(tx)
    assert found["origin"] == ORIGIN
    older, newer = Equivocation.read(found["document"]).verify([LOG.public])
    assert {older.root, newer.root} == {head(TREE[:9]).root, head(other[:9]).root}


async def test_heads_that_wait_to_be_compared(store: Store) -> None:
    log = await watching(store)
    assert (await asked(store, submission(0, 9)))[0] == 200
    other = leaves(60, salt="other")
    assert (await asked(store, submission(9, 12, tree=other)))[0] == 422
    assert (await asked(store, submission(5, 7)))[0] == 409
    assert (await asked(store, submission(5, 12)))[0] == 409
    async with store.transaction() as tx:
        assert [seen.size for seen in await witnesses.seen(tx, log)] == [7, 12]
        await witnesses.settle(tx, log, head(TREE[:7]))
        assert [seen.root for seen in await witnesses.seen(tx, log)] == [head(other[:12]).root]


async def test_the_first_keys_stay_and_others_are_vouched_for(store: Store) -> None:
    log, new = await watching(store), signer(ORIGIN, seed=5)
    async with store.transaction() as tx:
        again = await witnesses.watch(tx, origin=ORIGIN, host="a.example", keys=[new.public])
        assert again == log
        with pytest.raises(Unproven):
            await witnesses.add_key(tx, log, head(TREE[:3], by=new), new.public)
        both = head(TREE[:3]).note.signed(new)
        await witnesses.add_key(tx, log, verified(both, [LOG.public]), new.public)
        assert (await witnesses.log(tx, ORIGIN)).keys == (LOG.public, new.public)
    assert (await asked(store, submission(0, 3, by=new)))[0] == 200


async def test_a_key_of_lost_state_is_retired(store: Store) -> None:
    async with store.transaction() as tx:
        first = await witness_keys.public(tx)
        assert await witness_keys.public(tx) == first
        await witness_keys.retire(tx)
        second = await witness_keys.public(tx)
    assert second.name == first.name
    assert second.key_id != first.key_id
