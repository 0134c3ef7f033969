"""The jobs of the cooperative, by name. Which events they hear of, the composition root says."""

from collections.abc import Mapping
from datetime import timedelta

from phyle.cooperative import agora, closing, rebound
from phyle.cooperative import entering as booth
from phyle.cooperative.activities import (
    admitting,
    crediting,
    drawing,
    entering,
    fulfilling,
    joining,
    moderating,
    moving,
    noticing,
    observing,
    offering,
    polling,
    recovering,
    witnessing,
)
from phyle.cooperative.ledger import blobs, operating
from phyle.powers import NONE
from phyle.store.jobs import Job, local, network, recurring

JOBS: Mapping[str, Job] = {
    "cooperative.operated": local(operating.enter_job, NONE),
    "cooperative.forget_drafts": recurring(blobs.forget_drafts, NONE, every=timedelta(hours=12)),
    "cooperative.meet": recurring(witnessing.meet, NONE, every=timedelta(seconds=15)),
    "cooperative.introduce": network(witnessing.introduce_job, NONE, attempts=3),
    "cooperative.ask_witnesses": network(witnessing.ask_witnesses, NONE),
    "cooperative.observe": network(observing.observe, NONE),
    "cooperative.confirm": network(witnessing.confirm, NONE),
    "cooperative.recover": network(recovering.recover, NONE),
    "cooperative.asked": local(admitting.asked, NONE, ordered_by=("follower",)),
    "cooperative.ended": local(admitting.ended, NONE, ordered_by=("follower",)),
    "cooperative.addressed": local(entering.addressed, NONE, ordered_by=("author",)),
    entering.LINK: network(entering.send_link, NONE, attempts=5),
    "cooperative.forget_entrances": recurring(booth.forget, NONE, every=timedelta(minutes=10)),
    "cooperative.stood": local(admitting.stood, NONE, ordered_by=("member",)),
    "cooperative.credited": local(crediting.stood, NONE, ordered_by=("member",)),
    "cooperative.moved": local(moving.moved, NONE, ordered_by=("former",)),
    "cooperative.moved_away": local(moving.moved_away, NONE, ordered_by=("actor",)),
    "cooperative.repinned": local(moving.repinned, NONE, ordered_by=("actor",)),
    offering.JOB: local(offering.answer, NONE, ordered_by=("act",)),
    joining.TAKE: network(joining.take, NONE),
    crediting.JOB: local(crediting.credit, NONE, ordered_by=("member",)),
    "cooperative.begin_fulfilling": local(fulfilling.entered, NONE),
    "cooperative.fulfilments": recurring(fulfilling.look, NONE, every=timedelta(seconds=30)),
    fulfilling.JOB: local(fulfilling.fulfil, NONE, ordered_by=("id",)),
    "cooperative.begin_asking": local(drawing.entered, NONE),
    "cooperative.signatories": recurring(drawing.look, NONE, every=timedelta(seconds=15)),
    drawing.ASK: network(drawing.ask, NONE),
    "cooperative.begin_moderating": local(moderating.entered, NONE),
    "cooperative.moderations": recurring(moderating.look, NONE, every=timedelta(minutes=1)),
    "cooperative.notice": recurring(noticing.look, NONE, every=timedelta(seconds=15)),
    "cooperative.close_early": recurring(closing.look, NONE, every=timedelta(seconds=30)),
    "cooperative.voted": local(polling.voted, NONE, ordered_by=("post", "actor")),
    "cooperative.answered": local(polling.answered, NONE),
    "cooperative.rebound": local(rebound.entered, NONE),
    "cooperative.tell_entered": local(agora.tell_entered, NONE, ordered_by=("kind",)),
}
