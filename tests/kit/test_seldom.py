"""What hardly any row meets is found by its index, whatever statistics of empty columns say."""

import uuid

import pytest
from sqlalchemy import func, select, text

from portal.kit.claims import Subject, seldom
from portal.kit.claims.counting import first
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.privacy import service
from portal.privacy.models import Hold

GUEST = Subject(uuid.UUID(int=1), frozenset({"guest@example.org"}))
FILL = """\
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO hold (id, subject_id, line, record_id, columns, ground, law, reason, set_at, release_at)
SELECT lower(hex(randomblob(16))), lower(hex(randomblob(16))), 'ticket', lower(hex(randomblob(16))), '[]', 'bug', '', 'Zips',
'2026-01-01', '2030-01-01' FROM n"""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_guest_s_hold_is_looked_up_where_all_others_are_of_people_with_an_account(app):
    # Taken back: the statistics would stay for the tests after it.
    with app.app_context(), unit_of_work() as taken_back:
        taken_back.refused = True
        db.session.execute(text(FILL))
        db.session.execute(text("ANALYZE"))
        statement = first(1001, Hold.id, of=Hold, where=service.of_holds([GUEST]))
        words = str(statement.compile(db.engine, compile_kwargs={"render_postcompile": True}))
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", (None,) * words.count("?"))
        steps = [row[3] for row in plan]
    assert any("ix_hold_address_hash" in step for step in steps)
    assert not any(step.startswith("SCAN hold") for step in steps)


@pytest.mark.both_databases
def test_it_says_the_same_as_the_clause_itself(unit):
    with unit():
        assert db.session.scalar(select(seldom(func.length("abc") == 3)))
        assert not db.session.scalar(select(seldom(func.length("abc") == 4)))
