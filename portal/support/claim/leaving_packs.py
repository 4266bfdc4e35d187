"""What a leaving pack holds of the helpdesk: tickets that people share with the organisation, as its Owners read them."""

import uuid
from collections.abc import Iterator
from typing import Any, BinaryIO

from sqlalchemy import Select, select

from portal.kit.claims import Conversation
from portal.kit.i18n import _l
from portal.kit.leaving_packs import INTERNAL, NAMED, PackPart, PackTable, Shown
from portal.support import service, words
from portal.support.claim.conversations import conversations_in, files_in
from portal.support.models import Message, Ticket


def _tickets(organisation_id: uuid.UUID) -> "Select[*tuple[Any, ...]]":
    shown = Ticket.reference, Ticket.name, Ticket.subject, Ticket.state, Ticket.opened_at, Ticket.updated_at
    return select(*shown).where(*service.shared_with(organisation_id)).order_by(Ticket.opened_at, Ticket.id)


def _conversations(organisation_id: uuid.UUID) -> Iterator[Conversation]:
    # Owners are not shown to which address we reply.
    yield from conversations_in(*service.shared_with(organisation_id), with_email=False)


def _files(organisation_id: uuid.UUID) -> Iterator[tuple[str, BinaryIO]]:
    messages = select(Message.id).join(Ticket, Ticket.id == Message.ticket_id)
    yield from files_in(messages.where(*service.shared_with(organisation_id)))


IN_PACK = PackPart(
    tables=[
        PackTable(
            "shared_tickets",
            Ticket,
            what=_l("Tickets shared with the organisation"),
            purpose=_l("To let people of one organisation read what each of them shares."),
            shows={
                "reference": Shown(_l("Reference")),
                "name": Shown(_l("Name"), is_personal=True),
                "subject": Shown(_l("Subject"), is_personal=True),
                "state": Shown(_l("State"), words=words.TICKET_STATES),
                "opened_at": Shown(_l("Opened")),
                "updated_at": Shown(_l("Updated")),
            },
            rows=_tickets,
            left_out={
                **dict.fromkeys(("id", "organisation_id"), INTERNAL),
                "subject_id": NAMED,
                **dict.fromkeys(
                    ("email", "email_key", "email_hash"), _l("Owners don’t see the email address that we reply to.")
                ),
                "about_id": _l("Only reports of misuse have it, and nobody shares those."),
                "kind": _l("Only questions to support are shared."),
                "language": _l("It’s the language of whoever wrote it."),
                "urgent": _l("It’s for our team."),
            },
        )
    ],
    conversations=_conversations,
    files=_files,
)
