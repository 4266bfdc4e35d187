"""Answers by email as one conversation: under the customer's own subject, after what they asked, in one thread."""

from sqlalchemy import select

from portal.kit.db import db
from portal.support import mail
from portal.support.models import Author, Message, Ticket, TicketKind
from portal.support.service import guest_links

EARLIER = 8
"""So many earlier answers are named, the newest: any of them leads to the thread, and a header has its length."""


def email_reply(ticket: Ticket, *, said: Message) -> None:
    """Email an answer of ours to the ticket's address, with the last message of its customer's that was there before.

    Of a report of misuse nothing is quoted: it goes to the address of whom it names, and the words are its reporter's.
    """
    db.session.flush()
    of_ticket = select(Message).where(Message.ticket_id == ticket.id, Message.id != said.id)
    newest_first = of_ticket.order_by(Message.at.desc(), Message.id.desc())
    theirs = newest_first.where(Message.author == Author.CUSTOMER, Message.body != "").limit(1)
    question = db.session.scalar(theirs) if ticket.kind == TicketKind.CONTACT else None
    answers = db.session.scalars(
        select(Message.id)
        .where(Message.ticket_id == ticket.id, Message.id != said.id, Message.author == Author.STAFF)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(EARLIER)
    ).all()
    mail.reply(ticket, said=said, question=question, earlier=answers[::-1], token=guest_links.token_for(ticket))
