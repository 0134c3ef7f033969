"""Telling what is wrong with an account or its posts."""

from phyle.clock import api_time
from phyle.conversation import posts, reports
from phyle.errors import Missing, Unprocessable
from phyle.identity import actors
from phyle.web.asked import Asked
from phyle.web.client.entities import Entity, account
from phyle.web.routes import post


async def file(asked: Asked) -> Entity:
    """A report of `account_id` and some of its `status_ids[]`."""
    number = asked.id_of("account_id")
    if number is None:
        raise Missing
    subject = await actors.by_id(asked.tx, number)
    wanted = asked.ids("status_ids")
    visible = await posts.visible(asked.tx, asked.me.id, wanted)
    found = [each for each in (await posts.by_ids(asked.tx, visible)).values() if each.author == subject.id]
    report = await reports.file(
        asked.tx,
        asked.me,
        subject,
        posts=[each.uri for each in found],
        comment=asked.text("comment", most=5000),
        category=asked.text("category") or "other",
        forward=asked.flag("forward"),
    )
    if report is None:
        raise Unprocessable("This report exists already.")
    return {
        "id": str(report.id),
        "action_taken": False,
        "action_taken_at": None,
        "category": report.category,
        "comment": report.comment,
        "forwarded": report.forwarded,
        "created_at": api_time(report.created_at),
        "status_ids": [str(each.id) for each in found],
        "rule_ids": [],
        "target_account": account(subject, asked.settings.origin),
    }


ROUTES = (post("/api/v1/reports", file, who="user", scope="write:reports"),)
