"""What the tests about a lost second factor share."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import FactorRemoval, TotpFactor
from portal.jobs import service as jobs
from portal.kit.db import db
from tests.accounts.walk import confirm_removal, request_removal

STEP = timedelta(hours=12)


@pytest.fixture
def owner(cast, clock):
    """Ada, with a factor that she set up long ago and has lost."""
    cast.give_factor(cast.ada)
    clock.forward(days=30)
    return cast.ada


@pytest.fixture
def waiting(client, owner, outbox):
    """Ada, whose lost factor is to go."""
    request_removal(client, owner)
    confirm_removal(client, outbox, owner)
    return owner


@pytest.fixture
def removal(app):
    """Read the newest removal as the database has it now."""

    def read():
        with app.app_context():
            return db.session.scalars(select(FactorRemoval).order_by(FactorRemoval.requested_at.desc())).first()

    return read


@pytest.fixture
def has_factor(app, owner):
    """Tell whether Ada's factor is there."""

    def look():
        with app.app_context():
            return db.session.get(TotpFactor, owner.account_id) is not None

    return look


@pytest.fixture
def live(clock, unit, run_jobs):
    """Let time pass by, with a worker that looks twice a day, and at the end, at what has come due."""

    def pass_by(**length):
        left = timedelta(**length)
        while left > timedelta():
            step = min(left, STEP)
            clock.forward(seconds=step.total_seconds())
            with unit():
                for kind in ("accounts.continue_removals", "privacy.sweep"):
                    jobs.enqueue(kind)
            run_jobs()
            left -= step

    return pass_by
