"""Emails of the helpdesk. An address that anybody may have typed is sent nothing that was typed beside it."""

from portal.kit.links import external_url
from portal.mail import service as mail
from portal.support.models import Ticket


def received(ticket: Ticket) -> None:
    """Say that a message has arrived, with its reference and nothing else of it: the address may be a stranger's."""
    mail.send(
        "support/received",
        to=mail.Recipient(ticket.email, ticket.language, subject_id=ticket.subject_id),
        reference=ticket.reference,
        ticket_url=_page(ticket),
        contact_url=external_url("support.contact"),
    )


def reply(ticket: Ticket, *, to: str, text: str) -> None:
    """Carry our answer."""
    mail.send(
        "support/reply",
        to=mail.Recipient(to, ticket.language, subject_id=ticket.subject_id),
        reference=ticket.reference,
        text=text,
        ticket_url=_page(ticket),
        contact_url=external_url("support.contact"),
    )


def _page(ticket: Ticket) -> str | None:
    return external_url("support.ticket", ticket_id=ticket.id) if ticket.subject_id else None
