"""Verbs of the helpdesk, by use case."""

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
    attachment_for_staff,
    bury,
    delete_file,
    media_type_of,
    open_file,
)
from portal.support.service.opening import open_ticket, reply, settle, take_frozen, take_misuse
from portal.support.service.reading import (
    QUEUES,
    Conversation,
    count_open,
    count_queues,
    queue,
    ticket_for,
    ticket_for_staff,
    tickets_for,
)

__all__ = [
    "QUEUES",
    "Conversation",
    "TooMuchStored",
    "answer",
    "attachment_for",
    "attachment_for_staff",
    "bury",
    "close_ticket",
    "count_open",
    "count_queues",
    "delete_file",
    "media_type_of",
    "open_file",
    "open_ticket",
    "queue",
    "redact_file",
    "redact_message",
    "reopen_ticket",
    "reply",
    "settle",
    "take_frozen",
    "take_misuse",
    "ticket_for",
    "ticket_for_staff",
    "tickets_for",
]
