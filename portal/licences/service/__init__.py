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
from portal.licences.service.listing import licence_for as licence_for
from portal.licences.service.listing import licences_for as licences_for
from portal.licences.service.listing import machines_of as machines_of
from portal.licences.service.listing import owned_for as owned_for
from portal.licences.service.listing import standings_of as standings_of
from portal.licences.service.machines import activate_for as activate_for
from portal.licences.service.machines import deactivate_for as deactivate_for
from portal.licences.service.machines import machine_for as machine_for
from portal.licences.service.machines import release_for as release_for
from portal.licences.service.revocations import revoked_file as revoked_file
