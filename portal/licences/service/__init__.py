"""Verbs of licences. One module a use case; this is the door."""

from portal.licences.service.activations import LicenceEnded as LicenceEnded
from portal.licences.service.activations import LicenceInvalid as LicenceInvalid
from portal.licences.service.activations import MachineUnknown as MachineUnknown
from portal.licences.service.activations import NoSeat as NoSeat
from portal.licences.service.activations import Seats as Seats
from portal.licences.service.activations import activate as activate
from portal.licences.service.activations import deactivate as deactivate
from portal.licences.service.files import is_machine as is_machine
from portal.licences.service.grants import end as end
from portal.licences.service.grants import grant as grant
from portal.licences.service.revocations import revoked_file as revoked_file
