"""Verbs of disabling. One module a use case; this is the door."""

from portal.disabling.models import Rule as Rule
from portal.disabling.service.appeals import appeal as appeal
from portal.disabling.service.appeals import disabling_for as disabling_for
from portal.disabling.service.appeals import lift as lift
from portal.disabling.service.appeals import uphold as uphold
from portal.disabling.service.decisions import confirm as confirm
from portal.disabling.service.decisions import decline as decline
from portal.disabling.service.decisions import propose as propose
from portal.disabling.service.reading import count_open as count_open
from portal.disabling.service.reading import list_open as list_open
from portal.disabling.service.reading import read_disabling as read_disabling
