"""A question to an idle account that never left is asked again, more and more rarely."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.mail import transport
from portal.mail.models import Email
from portal.privacy import service
from portal.privacy.models import StandingOrder

pytestmark = pytest.mark.both_databases


@pytest.fixture
def asked(clock, cast, unit, run_jobs):
    """Ada is away for long enough to be asked; look by the hour for so many days, and return the hours of each question."""
    cast.sign_in(cast.ada).submit("/settings/privacy/orders", account="180")
    for _day in range(50):
        clock.forward(days=3)
        with unit():
            service.ask_idle()

    def asked(days: int, *, forget: bool = False) -> list[int]:
        hours, before = [], 0
        for hour in range(days * 24):
            clock.forward(hours=1)
            with unit():
                service.ask_idle()
            run_jobs()
            with unit():
                if forget:
                    db.session.execute(delete(Email))
                questions = len(
                    db.session.scalars(select(AuditEntry.id).where(AuditEntry.event == "privacy.idle_asked")).all()
                )
            if questions > before:
                hours, before = [*hours, hour], questions
        return hours

    return asked


@pytest.mark.parametrize("forget", [False, True], ids=["refused", "forgotten"])
def test_a_question_that_never_left_is_asked_every_two_days_and_then_more_rarely(asked, monkeypatch, unit, forget):
    def refuse(_message):
        raise transport.Refused

    monkeypatch.setattr(transport, "send", refuse)
    hours = asked(24, forget=forget)
    between = [after - before for before, after in zip(hours, hours[1:], strict=False)]
    assert 3 <= len([hour for hour in hours if hour < 10 * 24]) <= 4
    assert between == sorted(between)
    assert min(between) >= 48
    assert 7 * 24 <= max(between) <= 7 * 24 + 2
    with unit():
        assert db.session.scalar(select(StandingOrder.asked)) == 0
