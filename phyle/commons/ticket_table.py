"""The jobs and subscriptions of tickets, changes, offers and needs, and who answers their activities."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from phyle.commons import applying, events
from phyle.commons.activities import (
    claims,
    errands,
    gathering,
    merge_requests,
    needs,
    offers,
    releases,
    reviews,
    tickets,
)
from phyle.federation.dispatch import Handler, Key, join
from phyle.powers import NONE, SELF
from phyle.store.jobs import Job, Subscription, local, network, recurring, told

_BY_TICKET, _BY_OFFER = ("ticket",), ("offer",)

JOBS: Mapping[str, Job] = {
    "commons.tell_ticket_opened": local(tickets.tell_opened, NONE, ordered_by=_BY_TICKET),
    "commons.tell_ticket_changed": local(tickets.tell_changed, NONE, ordered_by=_BY_TICKET),
    "commons.lapse_claims": recurring(tickets.lapse, NONE, every=timedelta(minutes=1)),
    "commons.tell_applied": local(merge_requests.tell_applied, NONE, ordered_by=_BY_TICKET),
    "commons.tell_refused": local(merge_requests.tell_refused, NONE, ordered_by=_BY_TICKET),
    "commons.recover_applied": recurring(applying.recover, NONE, every=timedelta(seconds=20)),
    gathering.GATHER: network(gathering.gather, NONE),
    gathering.APPLY: network(gathering.apply_job, NONE),
    gathering.RENEW: network(gathering.renew, NONE),
    gathering.LOOK: network(gathering.look_applied, NONE),
    "commons.notice_push": local(gathering.notice_push, NONE),
    "commons.notice_offered_push": local(offers.notice_push, NONE),
    "commons.tell_offer": local(offers.tell_made, NONE, ordered_by=_BY_OFFER),
    "commons.tell_offer_renewed": local(offers.tell_renewed, NONE, ordered_by=_BY_OFFER),
    claims.SIGN: replace(network(claims.sign_made, NONE), ordered_by=_BY_OFFER),
    claims.SIGN_RENEWED: replace(network(claims.sign_renewed, NONE), ordered_by=_BY_OFFER),
    claims.CREDIT: network(claims.credit, NONE),
    "commons.tell_offer_withdrawn": local(offers.tell_withdrawn, NONE, ordered_by=_BY_OFFER),
    errands.RUN: network(errands.run, NONE),
    "commons.tell_released": local(releases.tell_released, NONE),
    "commons.know_fork": local(needs.know_fork, NONE),
    "commons.know_origin": local(needs.know_origin, NONE),
    "commons.ask_needs": recurring(needs.ask, NONE, every=timedelta(minutes=5)),
    needs.PULL: network(needs.pull, NONE, attempts=3),
}

SUBSCRIPTIONS: Mapping[type, Subscription] = {
    events.TicketOpened: told(SELF, "commons.tell_ticket_opened"),
    events.TicketChanged: told(SELF, "commons.tell_ticket_changed"),
    events.MergeRequestApplied: told(SELF, "commons.tell_applied", claims.CREDIT),
    events.MergeRequestRefused: told(SELF, "commons.tell_refused"),
    events.ErrandMade: told(SELF, errands.RUN),
    events.Released: told(SELF, "commons.tell_released"),
    events.OfferMade: told(SELF, claims.SIGN),
    events.OfferRenewed: told(SELF, claims.SIGN_RENEWED),
    events.OfferWithdrawn: told(SELF, "commons.tell_offer_withdrawn"),
}
ON_PUSHED = ("commons.notice_push", "commons.notice_offered_push")
ON_CREATED, ON_FORKED = ("commons.know_origin",), ("commons.know_fork",)
"""Which jobs of ours hear of what others hear of, too."""

INBOUND: Mapping[Key, Handler] = join(
    tickets.INBOUND, merge_requests.INBOUND, offers.INBOUND, needs.INBOUND, errands.INBOUND, reviews.INBOUND
)
