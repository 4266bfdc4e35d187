"""Verbs of the helpdesk, by use case."""

from portal.support.service.access import TICKET_ROLES
from portal.support.service.answering import (
    answer,
    close_ticket,
    redact_file,
    redact_message,
    reopen_ticket,
)
from portal.support.service.keeping import (
    TooMuchStored,
    attachment_for,
    bury,
    delete_file,
    media_type_of,
    open_file,
    read_attachment,
)
from portal.support.service.opening import follow_address, open_frozen_ticket, open_misuse_ticket, open_ticket, reply, settle
from portal.support.service.reading import (
    QUEUES,
    Conversation,
    count_open,
    count_queues,
    queue,
    read_ticket,
    ticket_for,
    tickets_for,
)

__all__ = [
    "QUEUES",
    "TICKET_ROLES",
    "Conversation",
    "TooMuchStored",
    "answer",
    "attachment_for",
    "read_attachment",
    "bury",
    "close_ticket",
    "count_open",
    "count_queues",
    "delete_file",
    "follow_address",
    "media_type_of",
    "open_file",
    "open_ticket",
    "queue",
    "redact_file",
    "redact_message",
    "open_frozen_ticket",
    "open_misuse_ticket",
    "reopen_ticket",
    "reply",
    "settle",
    "ticket_for",
    "read_ticket",
    "tickets_for",
]
