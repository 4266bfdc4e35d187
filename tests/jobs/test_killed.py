"""A worker that is killed at the worst moment: nothing is lost, and what is done twice is seen to be one."""

import asyncio
import signal
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.jobs.models import Job
from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.mail.models import Email, EmailState
from tests.kit.processes import FAST_HASH, environment, started, wait_for
from tests.mail.conftest import PostOffice, post_office, write  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.both_databases, pytest.mark.xdist_group("processes")]


class SlowPostOffice(PostOffice):
    """Takes an email, and says so only after a while."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.pause)
        return answer


def test_killed_after_the_post_office_took_the_email_it_arrives_again_and_is_not_lost(
    app,
    post_office,  # noqa: F811
    write,  # noqa: F811
    tmp_path,
):
    post_office.__class__ = SlowPostOffice
    post_office.pause = 60
    database = app.extensions["portal.settings"].database_url.get_secret_value()
    env = environment(tmp_path, database, PORTAL_SMTP_URL=f"smtp://127.0.0.1:{post_office.port}", **FAST_HASH)
    with app.app_context(), unit_of_work():
        email_id = write()

    with started("worker", env=env, log=tmp_path / "log") as worker:
        wait_for(lambda: post_office.taken)
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=10)
    assert look(app) == (EmailState.WAITING, "ada@example.com")

    post_office.pause = 0
    with app.app_context(), unit_of_work():
        held = db.session.scalar(select(Job.leased_until).where(Job.kind == "mail.deliver"))
        assert held > clock.now(), "its lease protects the job from being done twice at once"
        ended = update(Job).where(Job.kind == "mail.deliver").values(leased_until=clock.now() - timedelta(seconds=1))
        db.session.execute(ended)

    with started("worker", env=env, log=tmp_path / "log") as worker:
        wait_for(lambda: look(app) == (EmailState.SENT, ""))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0
    assert len(post_office.taken) == 2
    (message_id,) = {message["Message-ID"] for message in post_office.taken}
    assert str(email_id) in message_id
    assert "ada@example.com" not in (tmp_path / "log").read_text()


def look(app) -> tuple[str, str]:
    """Return the email's state and address."""
    with app.app_context():
        email = db.session.scalars(select(Email)).one()
        found = (email.state, email.to_address)
        db.session.rollback()
        return found
