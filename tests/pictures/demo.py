"""The demo company on an ordinary morning: what its people did before the pictures are taken."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from portal import demo
from portal.accounts.models import SignInEvent, SignInSession
from portal.app import create_app
from portal.billing import service as billing
from portal.jobs import worker
from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.privacy import service as privacy
from portal.privacy.models import Deletion, StandingOrder
from portal.promises import service as promises
from portal.support.models import Attachment, Message, Ticket
from tests.accounts.walk import CONFIRM, STOP, confirm_removal, removal_link, request_removal, stop_link
from tests.billing.wares import WARES
from tests.conftest import Outbox, Visitor, make_settings
from tests.people import Cast, Somebody

QUESTIONS = (
    ("Seam allowance on curved hems", "When I grade a curved hem, the allowance comes out uneven at the side seams."),
    ("纸样导入后尺寸不对", "从旧版本导入的纸样宽了两毫米，该在哪里更正？"),
    ("Invoice with our new address", "We’ve moved. Could the next invoice carry the new address, please?"),
)
STAFF = ("sam", "pia", "sena", "hugo")
PDF = b"%PDF-1.7\ntrailer\n<< >>\n%%EOF\n"
ANSWER = (
    "Thanks for the clear description. The plotter driver was updated on Monday and now scales by the sheet instead of by "
    "the marker.\n\nOpen Output, then Plotter, and choose “True size”. If it’s still too long, reply here and we’ll look at "
    "it together."
)


@dataclass
class Demo:
    """The demo company, and the tools of those who act in it."""

    app: Flask
    people: dict[str, Somebody] = field(default_factory=dict)
    browsers: dict[str, Visitor] = field(default_factory=dict)

    @classmethod
    def made_in(cls, folder: Path, **settings: Any) -> Demo:
        """Make the company in an empty folder, and let its people do what one does."""
        paid = {"stripe_api_key": "sk_test_ofthepictures", "stripe_webhook_secret": "whsec_ofthepictures"}
        app = create_app(make_settings(folder, f"sqlite:///{folder / 'portal.db'}", **{**paid, **settings}))
        with app.app_context():
            db.create_all()
        made = cls(app)
        made._move_in()
        made._live()
        return made

    @cached_property
    def cast(self) -> Cast:
        """Who opens sessions and further accounts."""
        return Cast(self.app)

    @cached_property
    def outbox(self) -> Outbox:
        """The emails that left."""
        return Outbox(self.app, self.run_jobs)

    def run_jobs(self) -> int:
        """Run all background work that is due."""
        with self.app.app_context():
            return worker.drain()

    def stranger(self) -> Visitor:
        """Open one more browser."""
        return Visitor(self.app)

    @cached_property
    def new_here(self) -> Somebody:
        """Somebody who has an account since a minute, and nothing else."""
        return self.newcomer("Wen Placket")

    def signed_in(self, who: str) -> Visitor:
        """Return the one browser in which somebody of the pictures is signed in."""
        if who not in self.browsers:
            person = self.new_here if who == "newcomer" else self.people[who]
            self.browsers[who] = self.cast.sign_in(person, by_second_factor=who in STAFF)
        return self.browsers[who]

    def newcomer(self, name: str) -> Somebody:
        """Make one more customer, for a page that costs them something."""
        return self.cast.make(name, f"{name.split()[0].lower()}@example.com", f"{name} keeps every last button")

    def _move_in(self) -> None:
        with self.app.app_context():
            for person in demo.draw_missing():
                with unit_of_work():
                    demo.add(person)
                with unit_of_work():
                    account = demo.accounts.find_by_email(person.email)
                    assert account is not None
                    key = person.email.partition("@")[0]
                    self.people[key] = Somebody(person.name, person.email, person.password, account.id)
            with unit_of_work():
                demo.ask_a_question()
            with unit_of_work():
                demo.work_together()
            with unit_of_work():
                billing.keep_prices(WARES)
            with unit_of_work():
                promises.run_checks()

    def _live(self) -> None:
        self.people["hugo"] = self.newcomer("Hugo Pleat")
        self.cast.give_role(self.people["hugo"], "senior")
        for staff in STAFF:
            self.cast.give_factor(self.people[staff])
        visitor = self.signed_in("ada")
        visitor.submit("/settings/avatar", photo=(photo(), "ada.jpg"))
        for subject, message in QUESTIONS:
            file = (io.BytesIO(PDF), "new-address.pdf") if subject.startswith("Invoice") else None
            visitor.submit("/contact", subject=subject, message=message, files=file)
        self._make_older()
        staff = self.signed_in("sam")
        staff.submit(f"/admin/tickets/{self.ticket_about('Markers')}", message=ANSWER)
        visitor.submit("/settings/privacy", action="/settings/privacy/export")
        self.run_jobs()
        with self.app.app_context(), unit_of_work():
            promises.run_checks()

    def _make_older(self) -> None:
        """Let each ticket be older than the one after it."""
        with self.app.app_context(), unit_of_work():
            tickets = db.session.scalars(select(Ticket).order_by(Ticket.opened_at)).all()
            for days, ticket in enumerate(reversed(tickets)):
                at = clock.now() - timedelta(days=days * 9 + 1, hours=days * 5)
                ticket.opened_at = ticket.updated_at = at
                db.session.execute(update(Message).where(Message.ticket_id == ticket.id).values(at=at))

    def ticket_about(self, word: str) -> str:
        """Return the id of the ticket whose subject begins so."""
        with self.app.app_context():
            return str(db.session.scalars(select(Ticket.id).where(Ticket.subject.startswith(word))).one())

    def first_message(self, word: str) -> str:
        """Return the id of the first message of the ticket whose subject begins so."""
        with self.app.app_context():
            said = select(Message.id).join(Ticket, Ticket.id == Message.ticket_id).where(Ticket.subject.startswith(word))
            return str(db.session.scalars(said.order_by(Message.at).limit(1)).one())

    def first_file(self) -> str:
        """Return the id of a file in a ticket."""
        with self.app.app_context():
            return str(db.session.scalars(select(Attachment.id).order_by(Attachment.added_at).limit(1)).one())

    def code(self, person: Somebody) -> str:
        """Return a code of somebody's authenticator app that is good now."""
        return self.cast.code(person)


def photo() -> io.BytesIO:
    """Draw a portrait of nobody: a dress form before a curtain."""
    picture = Image.radial_gradient("L").resize((480, 480)).convert("RGB")
    picture.paste((199, 127, 23), (0, 300, 480, 480))
    picture.paste((34, 57, 90), (180, 120, 300, 330))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    out.seek(0)
    return out


def signed_up(made: Demo) -> str:
    """Return the page that says that an email is on its way."""
    visitor = made.stranger()
    fields = {"name": "Nell Bobbin", "email": "nell@example.com", "password": "a seam allowance of one centimetre"}
    return visitor.submit("/signup", accept_terms="y", **fields).path


def verify(made: Demo) -> str:
    """Return the link that confirms a sign-up."""
    signed_up(made)
    return made.outbox.last("nell@example.com").link("verify-email")


def reset(made: Demo) -> str:
    """Return the link that resets a password."""
    made.stranger().submit("/forgot-password", email="ben@example.com")
    return made.outbox.last("ben@example.com").link("reset-password")


def wasnt_me(made: Demo) -> str:
    """Return the link by which somebody says that it was not them."""
    made.stranger().submit("/forgot-password", email="ben@example.com")
    return made.outbox.last("ben@example.com").link("wasnt-me")


def moving(made: Demo, *, to: str, part: str, at: str) -> str:
    """Return a link of a change of address that is asked for."""
    mover = made.newcomer(f"{to.title()} Placket")
    made.cast.sign_in(mover).submit("/settings/email", email=f"{to}.new@example.com")
    if part == "undo":
        made.stranger().submit(made.outbox.last(f"{to}.new@example.com").link("/email/confirm/"))
    return made.outbox.last(f"{to}.new@example.com" if at == "new" else mover.email).link(f"/email/{part}/")


def newsletter(made: Demo, part: str) -> str:
    """Return a link of the newsletter."""
    made.stranger().submit("/newsletter", email="ida@example.com")
    link = made.outbox.last("ida@example.com").link("/newsletter/confirm/")
    if part == "unsubscribe":
        made.stranger().submit(link)
        link = made.outbox.last("ida@example.com").link("/newsletter/unsubscribe/")
    return link


def guest_ticket(made: Demo) -> str:
    """Return a guest's link to their ticket."""
    words = {"subject": "Plotter driver", "message": "Which driver does the plotter need?"}
    made.stranger().submit("/contact", name="Gus Bobbin", email="gus@example.com", **words)
    return made.outbox.last("gus@example.com").link("/ticket/")


def email_shown(made: Demo) -> str:
    """Return the address of an email in the development mailbox."""
    page = made.stranger().get("/dev/mailbox")
    return str(page.soup.select_one("main h2 a")["href"])


def closing(made: Demo) -> str:
    """Return the link that cancels a deletion."""
    leaver = made.newcomer("Olive Yoke")
    made.cast.sign_in(leaver).submit("/settings/privacy/delete", confirm="y")
    return made.outbox.last(leaver.email).link("/delete/undo/")


def still_here(made: Demo) -> str:
    """Return the link by which somebody who stays away says that they are still here."""
    idle = made.newcomer("Gail Pleat")
    made.cast.sign_in(idle).submit("/settings/privacy/orders", account="180")
    with made.app.app_context(), unit_of_work():
        gone = {"starts_at": clock.now(), "here_at": clock.now() - timedelta(days=170)}
        db.session.execute(update(StandingOrder).where(StandingOrder.person_id == idle.id).values(**gone))
        for model, column in ((SignInSession, "seen_at"), (SignInEvent, "last_at")):
            db.session.execute(update(model).where(model.person_id == idle.id).values({column: gone["here_at"]}))
    with made.app.app_context(), unit_of_work():
        privacy.ask_idle()
    return made.outbox.last(idle.email).link("/still-here/")


def receipt(made: Demo) -> str:
    """Return the link to the receipt of a deletion that has been carried out."""
    leaver = made.newcomer("Sid Basting")
    made.cast.sign_in(leaver).submit("/settings/privacy/delete", confirm="y")
    with made.app.app_context(), unit_of_work():
        db.session.execute(update(Deletion).where(Deletion.person_id == leaver.id).values(due_at=clock.now()))
    with made.app.app_context(), worker.unit_of_work():
        privacy.begin_due()
    return made.outbox.last(leaver.email).link("/receipt/")


def preparing(made: Demo) -> str:
    """Return the page of a copy that is not ready yet."""
    page = made.signed_in("ada").get("/settings/privacy")
    if link := page.soup.select_one("#copy a[href*='/export/']"):
        # It was asked for on an earlier page.
        return str(link["href"])
    return str(made.signed_in("ada").send(page, action="/settings/privacy/export").path)


def losing(made: Demo, part: str) -> str:
    """Return a link by which a lost second factor is confirmed to go, or kept."""
    loser = made.newcomer("Percy Gusset" if part == CONFIRM else "Quinn Tuck")
    made.cast.give_factor(loser)
    visitor = made.stranger()
    request_removal(visitor, loser)
    if part == STOP:
        confirm_removal(visitor, made.outbox, loser)
        return stop_link(made.outbox, loser)
    return removal_link(made.outbox, loser)


def totp_now(secret: str) -> str:
    """Return the code that an app with this secret shows now."""
    return pyotp.TOTP(secret).now()
