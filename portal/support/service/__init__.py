"""Verbs of the helpdesk, by use case."""

from portal.support.service.access import TICKET_ROLES as TICKET_ROLES
from portal.support.service.attachments import attachment_for as attachment_for
from portal.support.service.attachments import delete_file as delete_file
from portal.support.service.attachments import delete_files as delete_files
from portal.support.service.attachments import media_type_of as media_type_of
from portal.support.service.attachments import open_file as open_file
from portal.support.service.attachments import read_attachment as read_attachment
from portal.support.service.conversations import QUEUES as QUEUES
from portal.support.service.conversations import count_queues as count_queues
from portal.support.service.conversations import queue as queue
from portal.support.service.conversations import read_ticket as read_ticket
from portal.support.service.conversations import ticket_for as ticket_for
from portal.support.service.conversations import tickets_for as tickets_for
from portal.support.service.customer_replies import close_own as close_own
from portal.support.service.customer_replies import reply as reply
from portal.support.service.own_tickets import OwnTickets as OwnTickets
from portal.support.service.own_tickets import waiting_for as waiting_for
from portal.support.service.staff_replies import answer as answer
from portal.support.service.staff_replies import close_ticket as close_ticket
from portal.support.service.staff_replies import redact_file as redact_file
from portal.support.service.staff_replies import redact_message as redact_message
from portal.support.service.staff_replies import reopen_ticket as reopen_ticket
from portal.support.service.tickets import follow_address as follow_address
from portal.support.service.tickets import open_frozen_ticket as open_frozen_ticket
from portal.support.service.tickets import open_misuse_ticket as open_misuse_ticket
from portal.support.service.tickets import open_ticket as open_ticket
