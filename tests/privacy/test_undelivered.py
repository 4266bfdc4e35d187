"""A deletion with an undelivered email to another spelling of the address leaves nothing (P28)."""

import socket

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from portal.app import create_app
from portal.jobs import worker
from portal.kit.db import Base, db
from portal.kit.email_address import lookup_key
from portal.kit.files import storage
from portal.kit.scopes import across
from portal.mail import transport
from portal.mail.models import Email, EmailState
from portal.privacy import service
from portal.privacy.models import Deletion, DeletionState
from tests.conftest import make_settings
from tests.mail.conftest import PostOffice
from tests.privacy.conftest import traces_of

pytestmark = pytest.mark.both_databases

SPELLINGS = [
    ("ada@example.com", "ADA@Example.com"),
    ("ada@bücher.example", "Ada@XN--BCHER-KVA.example"),
]
MARK = "ada@"


class MailServer:
    """A mail server that can be stopped and started again at the same place."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.office, self.is_running = PostOffice(), False
        self.start()

    def start(self) -> None:
        """Take emails."""
        self.controller = Controller(self.office, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        self.is_running = True

    def stop(self) -> None:
        """Refuse every connection."""
        if self.is_running:
            self.controller.stop()
        self.is_running = False


@pytest.fixture
def mail_server():
    """A mail server that runs until a test stops it."""
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def app(app, mail_server, tmp_path):
    """The app on the test's database, its letters leaving through the mail server and kept in the mailbox as well."""
    database = app.extensions["portal.settings"].database_url.get_secret_value()
    return create_app(make_settings(tmp_path, database, smtp_url=f"smtp://127.0.0.1:{mail_server.port}"))


def write_to_us(visitor, address):
    """Leave an address wherever it is asked for without signing in."""
    visitor.submit("/contact", name="Ada", email=address, subject="A question", message="Where do I find it?")
    visitor.submit("/signup", name="Ada", email=address, password="nine looms and a shuttle", accept_terms="y")
    visitor.submit("/newsletter", email=address)


@pytest.mark.parametrize(("address", "spelled"), SPELLINGS)
def test_nothing_is_left_of_an_address_that_was_spelled_otherwise_and_never_written_to(
    app, cast, new_client, mail_server, clock, run_jobs, address, spelled
):
    ada = cast.make("Ada", address, "ada keeps nine blue looms")
    new_client().submit("/contact", name="Ada", email=spelled, subject="Delivered", message="This one arrives.")
    cast.sign_in(ada).submit("/settings/privacy/delete", confirm="y")
    run_jobs()
    clock.forward(days=10)
    mail_server.stop()
    write_to_us(new_client(), spelled)
    run_jobs()
    assert len(undelivered(app, spelled)) == 3
    assert set(traces_of(app, MARK)) >= {"ticket.email", "sign_up.email", "email.to_address", "email.to_key"}
    clock.forward(days=4, minutes=1)
    erase(app, run_jobs)
    assert undelivered(app, spelled) == []
    mail_server.start()
    clock.forward(days=1)
    run_jobs()
    with app.app_context():
        # The receipt lies in the reader's own mailbox, which development keeps for them.
        (receipt,) = transport.kept_for({lookup_key(address)})
        storage().remove(receipt)
    # What stands before the @ of a message's id is drawn at random, and one in thousands ends like this.
    assert traces_of(app, MARK).keys() - {"email.message_id"} == set()


def undelivered(app, address):
    """Return the emails to an address, as it was spelled, that wait for the mail server."""
    with app.app_context():
        return db.session.scalars(select(Email).where(Email.to_address == address, Email.state == EmailState.WAITING)).all()


def erase(app, run_jobs):
    """Carry out the deletion that is due."""
    with app.app_context(), worker.unit_of_work():
        assert service.begin_due() == 1
    run_jobs()
    with app.app_context():
        assert [deletion.state for deletion in db.session.scalars(select(Deletion))] == [DeletionState.DONE]


def test_every_stored_key_is_the_key_of_the_address_beside_it(app, cast, new_client, run_jobs):
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/email", email="Ada.New@Example.com")
    write_to_us(new_client(), "Eve@BÜCHER.example")
    looked_at = set()
    with app.app_context(), across("the test looks at every row"):
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                key = table.columns.get(f"{column.name.removesuffix('_address')}_key")
                if key is None:
                    continue
                for address, stored in db.session.execute(select(column, key)):
                    looked_at.add(str(column))
                    assert stored == lookup_key(address)
    assert looked_at >= {"person.email", "sign_up.email", "email.to_address", "ticket.email", "email_change.old_email"}
