"""Emails: in the transaction that asks for them, out once it has committed, and forgotten when they have left."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.app import create_app
from portal.jobs import worker
from portal.jobs.models import Job, JobState
from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.mail import service, transport
from portal.mail.message import build
from portal.mail.models import Email, EmailState
from portal.recovery.forms import ForgotPassword
from tests.conftest import make_settings

pytestmark = pytest.mark.both_databases


def drain(app) -> int:
    """Run what is due."""
    with app.app_context():
        return worker.drain()


def post(app, write, **how):
    """Post an email in a unit of its own."""
    with app.app_context(), unit_of_work():
        return write(**how)


def test_nothing_leaves_before_the_commit_and_nothing_after_a_rollback(sending, post_office, write):
    with sending.app_context(), pytest.raises(ZeroDivisionError), unit_of_work():
        write()
        db.session.flush()
        raise ZeroDivisionError
    assert drain(sending) == 0
    assert post_office.taken == []
    with sending.app_context(), unit_of_work():
        assert db.session.scalar(select(func.count()).select_from(Email)) == 0


def test_an_email_arrives_as_it_was_written(sending, post_office, write):
    headers = {"List-Unsubscribe": "<https://portal.example.com/newsletter/unsubscribe/" + "t" * 300 + ">"}
    email_id = post(sending, write, subject="Grüße 王", text="Zoë,\n.\nFrom here.\n" + "x" * 1500, headers=headers)
    assert drain(sending) == 1
    (message,) = post_office.taken
    assert post_office.recipients == ["ada@example.com"]
    assert message["Subject"] == "Grüße 王"
    assert message["To"] == "ada@example.com"
    assert message["From"].addresses[0].addr_spec == "portal@example.com"
    assert message["From"].addresses[0].display_name == "Ünsere"
    assert message["Message-ID"] == f"<{email_id}@portal.example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    assert "".join(message["List-Unsubscribe"].split()) == headers["List-Unsubscribe"]
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n").startswith("Zoë,\n.\nFrom here.\nxxx")
    assert "x" * 1500 in message.get_body(("html",)).get_content()


def test_once_delivered_the_row_says_neither_to_whom_nor_what(sending, post_office, write, email_row):
    post(sending, write, headers={"X-Token": "secret"})
    drain(sending)
    row = email_row()
    assert (row.state, row.to_address, row.subject_line, row.text, row.html, row.headers) == (
        EmailState.SENT,
        "",
        "",
        "",
        "",
        {},
    )
    assert row.ended_at is not None


def test_it_leaves_once(sending, post_office, write):
    post(sending, write)
    assert drain(sending) == 1
    assert drain(sending) == 0
    assert len(post_office.taken) == 1


@pytest.mark.parametrize("answer", ["550 no such mailbox", "553 not here", "554 blocked"])
@pytest.mark.parametrize("step", ["to_recipient", "to_content"])
def test_an_email_that_nobody_will_take_is_given_up_and_blanked(sending, post_office, write, email_row, step, answer):
    setattr(post_office, step, answer)
    post(sending, write)
    drain(sending)
    row = email_row()
    assert (row.state, row.to_address, row.text) == (EmailState.FAILED, "", "")
    with sending.app_context(), unit_of_work():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 0


@pytest.mark.parametrize("answer", ["450 busy", "451 greylisted", "421 later", "530 authentication required"])
@pytest.mark.parametrize("step", ["to_recipient", "to_content"])
def test_an_email_refused_for_now_goes_again_with_the_same_message_id(
    sending, post_office, write, email_row, clock, step, answer
):
    setattr(post_office, step, answer)
    email_id = post(sending, write)
    drain(sending)
    assert (email_row().state, post_office.taken) == (EmailState.WAITING, [])
    setattr(post_office, step, "250 OK")
    clock.forward(minutes=1)
    drain(sending)
    (message,) = post_office.taken
    assert message["Message-ID"] == f"<{email_id}@portal.example.com>"
    assert email_row().state == EmailState.SENT


def test_a_server_that_is_away_is_tried_again(app, write, tmp_path, email_row, clock):
    from portal.app import create_app
    from tests.conftest import make_settings

    database = app.extensions["portal.settings"].database_url.get_secret_value()
    gone = create_app(make_settings(tmp_path, database, smtp_url="smtp://127.0.0.1:1"))
    post(gone, write)
    drain(gone)
    assert email_row().state == EmailState.WAITING
    with gone.app_context(), unit_of_work():
        job = db.session.scalars(select(Job)).one()
        assert (job.state != JobState.FAILED, job.attempts) == (True, 1)


def test_taken_but_not_yet_noted_it_arrives_again_under_the_same_message_id(sending, post_office, write, clock, monkeypatch):
    email_id = post(sending, write)

    def die(*_args, **_how):
        raise SystemExit

    monkeypatch.setattr(service, "end", die)
    with pytest.raises(SystemExit):
        drain(sending)
    monkeypatch.undo()
    clock.forward(minutes=3)
    drain(sending)
    assert {message["Message-ID"] for message in post_office.taken} == {f"<{email_id}@portal.example.com>"}
    assert len(post_office.taken) == 2


def test_what_the_server_says_to_our_goodbye_makes_no_second_email(sending, post_office, write, monkeypatch, email_row):
    import smtplib

    def rude(_self):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(smtplib.SMTP, "quit", rude)
    post(sending, write)
    drain(sending)
    assert email_row().state == EmailState.SENT


class TestInjection:
    """Nobody adds headers or recipients."""

    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0", "\u2028", "\x85", "\x0b"])
    def test_a_line_end_in_an_address_or_header_is_refused_at_once(self, sending, write, end):
        with sending.app_context(), unit_of_work():
            for how in (
                {"to": f"ada@example.com{end}Bcc: eve@example.com"},
                {"headers": {"X-Lab": f"a{end}Bcc: eve@example.com"}},
            ):
                with pytest.raises(ValueError):
                    write(**how)

    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "%0d%0a", "\\r\\n"])
    def test_a_name_in_the_subject_adds_no_header(self, sending, post_office, write, end):
        post(sending, write, subject="Hello {name}", name=f"Ada{end}Bcc: eve@example.com{end}{end}Body")
        drain(sending)
        (message,) = post_office.taken
        assert message["Bcc"] is None
        assert post_office.recipients == ["ada@example.com"]
        assert sorted(message.keys()) == sorted(
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
        )

    @pytest.mark.parametrize(
        "address", ["ada@example.com, eve@example.com", "Ada <ada@example.com>", "ada", "@example.com", ""]
    )
    def test_only_one_plain_address_is_ever_written_to(self, sending, post_office, write, address):
        post(sending, write, to=address)
        drain(sending)
        assert post_office.recipients == []

    def test_an_umlaut_in_the_domain_arrives_where_it_belongs(self, sending, post_office, write):
        post(sending, write, to="ada@straße-bücher.example")
        drain(sending)
        assert post_office.recipients == ["ada@xn--strae-bcher-z9a7i.example"] or post_office.recipients[0].startswith(
            "ada@xn--"
        )
        assert "strasse" not in post_office.recipients[0]

    def test_a_long_subject_stays_one_header(self, sending, post_office, write):
        post(sending, write, subject="ä" * 5000)
        drain(sending)
        (message,) = post_office.taken
        assert message["Subject"] == "ä" * 400


class TestEncryption:
    """Emails carry links that open accounts: beyond this machine they travel encrypted or not at all."""

    def test_a_server_elsewhere_that_offers_no_tls_gets_nothing(self, sending, post_office, monkeypatch, write):
        monkeypatch.setattr(transport, "LOOPBACK", ())
        post(sending, write)
        drain(sending)
        assert post_office.taken == []

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, monkeypatch):
        import ssl

        seen = []
        real = ssl.create_default_context
        monkeypatch.setattr(transport.ssl, "create_default_context", lambda: seen.append(real()) or seen[-1])
        with pytest.raises(OSError):
            transport._send_smtp(EmailMessage(), "smtps://127.0.0.1:1")
        assert seen[0].verify_mode is ssl.CERT_REQUIRED
        assert seen[0].check_hostname

    def test_no_password_of_the_server_is_ever_logged(self, app, write, tmp_path, capsys):
        from portal.app import create_app
        from tests.conftest import make_settings

        database = app.extensions["portal.settings"].database_url.get_secret_value()
        gone = create_app(make_settings(tmp_path, database, smtp_url="smtp://user:hidden-word@127.0.0.1:1"))
        post(gone, write)
        drain(gone)
        assert "hidden-word" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["Three Clicks, Inc.", 'The "Portal": Ünsere'])
def test_a_name_with_signs_in_it_arrives_whole(app, post_office, write, tmp_path, name):
    database = app.extensions["portal.settings"].database_url.get_secret_value()
    smtp = f"smtp://127.0.0.1:{post_office.port}"
    quoted = '"' + name.replace('"', '\\"') + '" <portal@example.com>' if '"' in name else f"{name} <portal@example.com>"
    changed = {"env": "production", "base_url": "https://portal.example.com", "smtp_url": smtp, "mail_from": quoted}
    sending = create_app(make_settings(tmp_path, database, **changed))
    post(sending, write)
    drain(sending)
    (message,) = post_office.taken
    assert post_office.senders == ["portal@example.com"]
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "portal@example.com")


LOCAL = st.text(st.sampled_from("azAZ09!#$%&'*+-/=?^_`{|}~."), min_size=1, max_size=12)


@given(local=LOCAL, domain=st.sampled_from(["example.com", "例子.广告", "xn--fsqu00a.example"]))
@example(local="=?utf-8?q?x?=", domain="example.com")
@example(local="x=?=?", domain="example.com")
def test_whatever_address_a_form_takes_can_be_written_to(apps, local, domain):
    app = apps("sqlite")
    with app.test_request_context(method="POST", data={"email": f"{local}@{domain}"}):
        form = ForgotPassword()
        if not form.email.validate(form):
            return
        email = Email(
            to_address=form.email.data, subject_line="Hello", text="Hello", html="<p>Hello", headers={},
            message_id="<1@example.com>", created_at=clock.now(),
        )  # fmt: skip
        sent = message_from_bytes(build(email).as_bytes(), policy=policy.default)
    assert [each.username for each in sent["To"].addresses] == [local]
