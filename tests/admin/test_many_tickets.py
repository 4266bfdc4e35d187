"""A list of 100,000 tickets answers as fast as one of 12,000: the same statements by the same indexes, as many rows read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from benchmarks import moving_in, plans
from benchmarks.population import WORDS
from portal.kit.db import db
from portal.support import service
from tests.conftest import Visitor
from tests.people import Cast
from tests.test_growth import effort, url_of

pytestmark = pytest.mark.both_databases

FEW, MANY = 12_000, 100_000
LIST = "/admin/tickets"
ADA = "ada@example.com"
URGENT = re.compile(r"by ix_ticket_urgent\w* whole ticket|whole ticket USING (COVERING )?INDEX ix_ticket_urgent\w*")
"""An index that holds the urgent tickets and no other is read from its beginning."""


def fill(app: Flask, *, first: int, count: int) -> None:
    """Put tickets into the database: every state, some urgent, few in Chinese, most from one address."""
    with app.app_context():
        kind = db.engine.dialect.name
        words = WORDS[kind]
        columns = {
            "id": words.id, "reference": "'R' || i", "kind": "'contact'", "name": "'Mei'", "email": "'mei@example.com'",
            "email_key": f"CASE WHEN i % 3 = 0 THEN '{ADA}' ELSE 'mei' || i || '@example.com' END",
            "language": "CASE WHEN i % 1000 = 0 THEN 'zh_Hans' ELSE 'en' END", "subject": "'Zips ' || i",
            "state": "CASE i % 4 WHEN 0 THEN 'open' WHEN 1 THEN 'waiting' ELSE 'closed' END", "urgent": "i % 10 = 0",
            "opened_at": words.ago(700), "updated_at": words.ago(300),
        }  # fmt: skip
        source = f"(SELECT i + {first} AS i FROM {words.numbers(count)}) AS more"
        with db.engine.begin() as connection:
            # Without parameters: a percent sign is one.
            plain = connection.execution_options(no_parameters=True)
            plain.exec_driver_sql(
                f"INSERT INTO ticket ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {source}"
            )
        db.engine.dispose()
    if kind == "postgresql":
        moving_in.look_around(url_of(app))


def addresses() -> Iterator[str]:
    """Yield every list that an address can ask for, and a search for what most have in common."""
    for queue in service.QUEUES:
        for sort in service.SORTS:
            yield from (f"{LIST}?queue={queue}&sort={sort}{more}" for more in ("", "&language=zh_Hans", "&language=en"))
    yield f"{LIST}?reference=R77"


def cost(app: Flask, sam: Visitor, address: str) -> tuple[int, int, list[str]]:
    """Return how many statements a list is, how much the database does for them, and where it sorts or reads all."""
    with plans.collected(app) as found:
        assert sam.client.get(address).status_code == 200
    shapes = [plan for each in found for plan in plans.plans(app, each)]
    wrong = [plan.shape for plan in shapes if "whole ticket" in URGENT.sub("", plan.shape) or "TEMP B-TREE" in plan.shape]
    return len(found), effort(app, found), wrong


def test_every_list_costs_with_100_000_tickets_what_it_costs_with_12_000(app: Flask, cast: Cast) -> None:
    sam = cast.sign_in_staff(cast.sam)
    fill(app, first=0, count=FEW)
    search = sam.submit(LIST, wanted=ADA).response.request.full_path
    looked = [*addresses(), search, "/admin/"]
    # The second page begins in the middle of an index.
    seconds = [more[0]["href"] for each in looked if (more := sam.get(each).soup.select("p.actions a.secondary"))]
    looked += [each for each in seconds if "after=" in each]
    assert len(looked) > 60
    before = {each: cost(app, sam, each) for each in looked}
    # A queue may have been short, or too short for its count to end at a thousand.
    full = max(done for _statements, done, _wrong in before.values())
    fill(app, first=FEW, count=MANY - FEW)
    assert sam.submit(LIST, wanted=ADA).response.request.full_path == search
    faults = []
    for each in looked:
        (statements, less, _wrong), (again, more, wrong) = before[each], cost(app, sam, each)
        faults += [f"{each}: {fault}" for fault in wrong]
        faults += [f"{each}: {statements} statements become {again}"] if again != statements else []
        faults += [f"{each}: {less} become {more}"] if more > max(less, full) * 5 // 4 else []
    assert faults == []
